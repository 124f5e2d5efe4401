/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the kernel for MAC addresses, and keeping those it has.
 *
 * What asks are packets, so how often is limited: per address, and in all, so that a scan of
 * a network on our wire cannot fill the kernel's table of neighbours.
 *
 * Packets bypass the kernel, so it does not see that a neighbour is in use and would never
 * confirm it again. Every few seconds we use the stale ones and ask for the gateways that have no
 * MAC address, so that flows find their next hop known. A neighbour that is gone is then found
 * out, too.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/mirror/mirror_state.h"
#include "fastpath/base/log.h"

#define ASKED_SLOTS   1024 /* power of two */
#define ASK_AGAIN_NS  NS_PER_S
#define ASK_RATE      256 /* a second; unanswered ones live 3 s, and the kernel holds 1024 */
#define TICK_ASKS_MAX 1024

/* When an address was asked for; a collision forgets the older one, which only costs a question. */
struct asked {
	struct net_hop hop;
	uint64_t at_ns;
};

int mirror_ask_open(struct mirror *mirror)
{
	mirror->asked = calloc(ASKED_SLOTS, sizeof(*mirror->asked));
	return mirror->asked ? 0 : -ENOMEM;
}

static struct asked *asked_slot(struct mirror *m, const struct net_hop *hop)
{
	uint64_t hash = (hop->addr.d[0] ^ hop->addr.d[1] * 3 ^ hop->port) * 0x9e3779b97f4a7c15ull;

	return &m->asked[hash >> 32 & (ASKED_SLOTS - 1)];
}

/* Not the same address twice within a second, and not too many in all. */
static bool ask_allowed(struct mirror *m, const struct net_hop *hop, uint64_t now)
{
	struct asked *slot = asked_slot(m, hop);

	if (slot->at_ns && now - slot->at_ns < ASK_AGAIN_NS && slot->hop.port == hop->port &&
	    addr_equal(&slot->hop.addr, &hop->addr))
		return false;
	if (now - m->ask_refill_ns >= NS_PER_S) {
		m->ask_refill_ns = now;
		m->ask_tokens = ASK_RATE;
	}
	if (m->ask_tokens == 0)
		return false;
	m->ask_tokens--;
	slot->hop = *hop;
	slot->at_ns = now;
	return true;
}

static int use_hop(struct mirror *m, const struct net_hop *hop)
{
	static bool said;
	const struct net_link *link = &m->view.links[hop->port];
	int err;

	if (!link->present || !link->up)
		return -ENETDOWN;
	err = netlink_use_neighbour(&m->netlink, link->ifindex, &hop->addr);
	if (err == -EPERM && !said) {
		log_warn("no right to ask for neighbours (CAP_NET_ADMIN): next hops stay unknown "
			 "until the kernel meets them");
		said = true;
	}
	return err;
}

int mirror_resolve(struct mirror *mirror, uint16_t port, const union addr *addr)
{
	struct net_hop hop = {.addr = *addr, .port = port};

	if (mirror->poll_fd < 0)
		return 0;
	if (port >= mirror->view.link_count || (addr->d[0] | addr->d[1]) == 0 ||
	    addr->b[0] == 0xff || (addr_is_v4(addr) && (addr->b[12] >= 224 || addr->b[12] == 0)))
		return -EINVAL;
	/* Using a permanent entry would make it an ordinary one. */
	if (net_view_neigh(&mirror->view, port, addr))
		return 0;
	if (!ask_allowed(mirror, &hop, mirror_now_ns()))
		return 0;
	return use_hop(mirror, &hop);
}

void mirror_use_stale(struct mirror *m, const struct rows *stale)
{
	const struct net_hop *hops = stale->items;

	for (size_t i = 0; i < stale->count && i < TICK_ASKS_MAX; i++)
		(void)use_hop(m, &hops[i]);
}

void mirror_use_gateways(struct mirror *m)
{
	const struct net_hop *hops = m->gateways.items;

	for (size_t i = 0; i < m->gateways.count && i < TICK_ASKS_MAX; i++)
		(void)mirror_resolve(m, hops[i].port, &hops[i].addr);
}
