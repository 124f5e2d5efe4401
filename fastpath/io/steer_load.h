/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The XDP program on an interface: attached, taken over, replaced, detached.
 *
 * Attached through libxdp's dispatcher where the kernel lets us, so that it lives beside other
 * XDP programs; else alone. It stays attached when this process dies, and drops IP packets (or
 * passes them, with fail_open) until the next process takes it over and puts its sockets into
 * the program's map: no packet reaches the kernel in between.
 */

#include <stdbool.h>
#include <stdint.h>

#include "bpf/steer.h"
#include "fastpath/io/io.h"

struct steer {
	int ifindex;
	bool generic;	 /* the kernel's generic XDP, after its receive path; else the driver's */
	bool dispatched; /* behind libxdp's dispatcher */
	bool taken_over; /* it was attached before */
	int program_fd;
	int xsks_fd;
	int local_fd;
	int config_fd;
	int count_fd;
};

/* Attaches port->config.steer to port->config.interface, or takes over what is there. */
int steer_open(struct steer *steer, const struct io_port *port, int ifindex,
	       struct io_error *error);
/* Lets go of the program, which stays attached. */
void steer_close(struct steer *steer);
/* Detaches our program from an interface, whoever attached it; nothing there is no error. */
int steer_detach(const char *interface, struct io_error *error);

/* From now on frames of the receive queue go to this AF_XDP socket. 0 or -errno. */
int steer_set_socket(const struct steer *steer, uint32_t queue, int fd);
/* Replaces the list; an address that stays is never missing. 0 or -errno. */
int steer_set_local(const struct steer *steer, const struct image_local *local, uint32_t count);
/* Packets since the program was attached. 0 or -errno. */
int steer_counters(const struct steer *steer, uint64_t counters[STEER_COUNTS]);
const char *steer_counter_name(enum steer_count counter);
