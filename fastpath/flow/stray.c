/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/stray.h"

#include "fastpath/flow/owner.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"

#define CANDIDATES 4u

static uint32_t candidate(const struct core *core, const struct pkt *pkt, uint32_t place)
{
	const struct tuple *t = &pkt->h.tuple;

	switch (place) {
	case 0:
		return hash_range(pkt->hash, core->worker_count);
	case 1:
		return owner_of_client(core, &t->src);
	case 2:
		return owner_of_client(core, &t->dst);
	default:
		return nat_owner(from_be16(t->dport), core->worker_count);
	}
}

/* The first place that names `worker`. */
static uint32_t place_of(const struct core *core, const struct pkt *pkt, uint32_t worker)
{
	uint32_t place = 0;

	while (place < CANDIDATES && candidate(core, pkt, place) != worker)
		place++;
	return place;
}

/* Whom to ask after this worker; in the end the owner again. */
static uint32_t next_of(const struct core *core, const struct pkt *pkt, uint32_t owner)
{
	uint32_t place = core->worker == owner ? 0 : place_of(core, pkt, core->worker) + 1;

	for (; place < CANDIDATES; place++) {
		uint32_t worker = candidate(core, pkt, place);

		if (worker != owner && place_of(core, pkt, worker) == place)
			return worker;
	}
	return owner;
}

static bool may_have_flow(const struct pkt *pkt)
{
	switch (pkt->h.tuple.proto) {
	case IP_PROTO_TCP:
		return pkt->h.flags & HEADERS_ICMP_ERROR ||
		       (pkt->h.tcp_flags & (TCP_SYN | TCP_ACK)) != TCP_SYN;
	case IP_PROTO_UDP:
	case IP_PROTO_SCTP:
		return true;
	default:
		return false;
	}
}

bool stray_goes_on(struct core *core, struct pkt *pkt)
{
	uint32_t owner = owner_of(core, pkt, pkt->hash), next;
	bool was_asked = pkt->flags & PKT_STRAY;

	/* Not at its owner: it was sent here for another reason, and is not asked about. */
	if (!may_have_flow(pkt) || (owner == core->worker) == was_asked) {
		pkt->flags &= (uint16_t)~PKT_STRAY;
		return false;
	}
	next = next_of(core, pkt, owner);
	if (next == core->worker)
		return false;
	pkt->flags |= PKT_STRAY;
	pkt_hand_off(core, pkt, next);
	return true;
}
