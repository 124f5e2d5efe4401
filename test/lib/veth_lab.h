/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * AF_XDP ports over veth, in a network namespace of the test's own: port0 - peer0 and
 * port1 - peer1, two queues in each direction. Ports are opened on portN; a packet socket on
 * peerN is the world, and one on portN sees what the XDP program passes to the kernel.
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/io/afxdp.h"

#define LAB_WORKERS  2u
#define LAB_FRAMES   8192u	 /* of each worker */
#define LAB_STRANGER 0xc6336409u /* 198.51.100.9 */

extern struct pkt_pool lab_pool;
extern struct pkt_cache lab_caches[LAB_WORKERS];
extern char lab_steer_path[512];

/* Enters a namespace and finds the XDP program; ends the test with a reason if it cannot run. */
void lab_enter(void);
/* For cmocka: the interfaces of one test. */
int lab_up(void **state);
int lab_down(void **state);
/* A shell command. Its exit status. */
int lab_run(const char *format, ...) PRINTF(1, 2);

void lab_pool_up(void);
void lab_pool_down(void);
int lab_port_try(struct io_port *port, uint32_t index, int mode, bool fail_open,
		 struct io_error *error);
void lab_port_up(struct io_port *port, uint32_t index, int mode, bool fail_open);

int lab_packet_socket(const char *interface);
/* Numbered UDP frames for `to` (host order), addressed to the MAC address of port `index`. */
void lab_send(int fd, uint32_t index, uint32_t to, uint32_t count);
/* How many of these came in at a packet socket since the last look. */
uint32_t lab_received(int fd);
/* Serves both queues until nothing comes for a while: everything from `in` leaves at `out`. */
uint32_t lab_serve(struct io_port *in, struct io_port *out);
