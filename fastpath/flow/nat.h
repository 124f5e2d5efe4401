/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Source ports of translated flows.
 *
 * A port is taken when a flow of this worker already has the same answer tuple: egress address,
 * remote address and port, protocol. So the flow table is the truth, and one port serves any
 * number of remotes. The port's own number says which worker owns it (nat_owner), which is how
 * answers find their worker; each worker hands out only its own.
 *
 * While few ports towards a remote are taken, a few random tries find a free one. When they
 * fail, the remote gets a map: a bit for each port that may be free. A set bit is tried and
 * cleared when the port turns out taken; the end of a flow sets it. So a search looks at each
 * taken port once, not once per search, and says "full" only when every port is taken: exact,
 * and O(1) a flow. Maps are a cache of what the flow table knows and may be forgotten.
 *
 * Ports of closed TCP connections (TIME-WAIT and its like) are taken over when no other is
 * left, the choice that RFC 6191 and RFC 7857 section 6 leave to the translator.
 */

#include <stdbool.h>

#include "fastpath/api/drop.h"
#include "fastpath/base/tuple.h"
#include "fastpath/net/parse.h"

struct core;
struct flow;
struct nat_table;

/* `maps` remotes may be crowded at once. NULL when out of memory. */
struct nat_table *nat_open(uint32_t maps, uint64_t seed);
void nat_close(struct nat_table *nat);

/* The worker that owns answers to `port` (host order). */
static ALWAYS_INLINE uint32_t nat_owner(uint16_t port, uint32_t worker_count)
{
	return (uint32_t)port * worker_count >> 16;
}

/*
 * Completes `reply` (source, destination and its port are set; the wanted port is a wish) with a
 * port that makes it unique on this worker. DROP_NONE or DROP_NAT_PORTS_FULL.
 */
enum drop_reason nat_reserve(struct core *core, struct tuple *reply, be16 wanted);

/* What has no ports has one answer tuple for all clients: DROP_NAT_PROTOCOL when it is taken.
 * Such flows belong to worker 0, so that their answers find them. */
enum drop_reason nat_reserve_whole(struct core *core, struct tuple *reply);

/*
 * The same with endpoint-independent mapping: all UDP flows of the client's socket share one
 * port. The mapping is created when it is the first. `*mapped`: the port is the mapping's, and
 * not one of the flow's own because the mapping could not serve it.
 */
enum drop_reason nat_reserve_mapped(struct core *core, const struct tuple *orig,
				    struct tuple *reply, bool *mapped);

/* How many ports this worker has towards one remote end, for each address. */
uint32_t nat_port_count(const struct core *core);

/* The port of a flow that did not begin, or has ended, is free. */
void nat_give_back(struct core *core, const struct tuple *reply);

/* The client socket that owns `addr`:`port`, as a FLOW_MAP, or NULL. */
struct flow *nat_find_mapping(struct core *core, const union addr *addr, be16 port, uint8_t family);

/* The flow for which a mapping was just reserved did not come about. */
void nat_unreserve_mapped(struct core *core, const struct tuple *orig);

/* A flow that holds a port ends; it is about to leave the table. */
void nat_release(struct core *core, struct flow *flow);
/* A TCP flow has closed: its port may be taken over. */
void nat_closed(struct core *core, const struct flow *flow);

/* It has ports that are translated like those of TCP and UDP, or an echo identifier. */
bool nat_has_ports(const struct headers *h);
