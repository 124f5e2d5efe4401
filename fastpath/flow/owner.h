/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which worker has a packet's flow, whatever the packet is. */

#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/nat.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/egress.h"
#include "fastpath/table/service_table.h"

static ALWAYS_INLINE uint32_t owner_of_client(const struct core *core, const union addr *client)
{
	return hash_range(hash_addr(client, core->flows->keys.k[1]), core->worker_count);
}

/*
 * Connections of which services say so belong to their client's worker. An address of ours may be
 * both a service's and one that flows leave with: then its port tells, as no port of a service is
 * given to a flow.
 */
static NOINLINE bool owner_by_client(const struct core *core, const struct tuple *t, bool pooled,
				     uint32_t *owner)
{
	const struct service_table *services = core->gen->service;
	const union addr *client;

	if (pooled && !service_find(services, &t->dst, t->dport, t->proto))
		return false;
	if (!service_client_owned(services, t, &client))
		return false;
	*owner = owner_of_client(core, client);
	return true;
}

/* Answers to translated flows belong to whoever handed out the port; the rest by hash. What has
 * no ports would be found by neither, and is rare: the first worker has it all. */
static ALWAYS_INLINE uint32_t owner_of(const struct core *core, const struct pkt *pkt,
				       uint64_t flow_hash)
{
	const struct tuple *t = &pkt->h.tuple;
	uint32_t owner;
	bool pooled;

	if (unlikely(!nat_has_ports(&pkt->h)))
		return 0;
	pooled = egress_in_pool(core->gen->egress, &t->dst);
	if (unlikely(core->gen->service->has_client_owned) &&
	    owner_by_client(core, t, pooled, &owner))
		return owner;
	if (unlikely(pooled))
		return nat_owner(from_be16(t->dport), core->worker_count);
	return hash_range(flow_hash, core->worker_count);
}
