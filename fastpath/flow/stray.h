/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Connections whose owner changed while they lived.
 *
 * Services say which connections belong to their client's worker (service_client_owned). When
 * they say it of others than before, connections stay where they are, and their packets come to a
 * worker that knows nothing of them. It asks those who may: whom the hash of the packet says, or
 * the address of either end as the client, or the port as one that was given to a flow. A packet
 * that nobody knows comes back and opens what it may. What only begins need not ask.
 */

#include <stdbool.h>

struct core;
struct pkt;

/* The packet, which has no flow here, went to somebody else; false: it is ours. */
bool stray_goes_on(struct core *core, struct pkt *pkt);
