/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What must hold of an interface before AF_XDP can serve it, and the sentences for when it does
 * not.
 */

#include "fastpath/io/io.h"

/* Fills the port's mac, mtu, mtu_max and number of queues. 0 or -errno with a sentence. */
int afxdp_check(struct io_port *port, uint32_t workers, int *ifindex, struct io_error *error);
/* The sentence for an AF_XDP socket that could not be opened; returns `err`. */
int afxdp_failed(const struct io_port *port, uint32_t queue, int err, struct io_error *error);
/* Copying or not, as the conf says; generic XDP always copies. */
uint16_t afxdp_bind_flags(const struct io_port *port, bool generic);
/* What the kernel made of it. */
bool afxdp_is_zero_copy(int fd);
