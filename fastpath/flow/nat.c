/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/nat.h"

#include <stdlib.h>
#include <string.h>

#include "fastpath/flow/expire.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/port_set.h"
#include "fastpath/net/ip.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/service_table.h"
#include "fastpath/table/settings.h"

#define RANDOM_TRIES 8u

struct port_map {
	struct tuple key; /* reply tuple, its destination port zero */
	uint64_t used_ns;
	uint16_t first, last; /* the ports it was made for */
	bool used;
	struct port_set maybe_free;
	struct port_set closed;
};

struct nat_table {
	uint64_t random;
	uint32_t map_count;
	uint32_t maps_used;
	struct port_map *maps;
};

struct nat_table *nat_open(uint32_t maps, uint64_t seed)
{
	struct nat_table *nat = calloc(1, sizeof(*nat));

	if (!nat)
		return NULL;
	nat->random = seed | 1;
	nat->map_count = maps;
	nat->maps = calloc(maps, sizeof(*nat->maps));
	if (!nat->maps) {
		free(nat);
		return NULL;
	}
	return nat;
}

void nat_close(struct nat_table *nat)
{
	if (nat)
		free(nat->maps);
	free(nat);
}

/* xorshift64*: unpredictable enough for ports (RFC 6056), seeded from the kernel. */
static uint32_t nat_random(struct nat_table *nat)
{
	nat->random ^= nat->random >> 12;
	nat->random ^= nat->random << 25;
	nat->random ^= nat->random >> 27;
	return (uint32_t)(nat->random * 0x2545f4914f6cdd1dull >> 32);
}

bool nat_has_ports(const struct headers *h)
{
	uint8_t proto = h->tuple.proto;

	if (h->flags & HEADERS_ICMP_OTHER)
		return false;
	return proto == IP_PROTO_TCP || proto == IP_PROTO_UDP || proto == IP_PROTO_UDPLITE ||
	       proto == IP_PROTO_SCTP || proto == IP_PROTO_ICMP || proto == IP_PROTO_ICMP6;
}

/* This worker's part of the configured ports; last < first: none. */
struct port_range {
	int32_t first, last;
};

static struct port_range own_ports(const struct core *core)
{
	const struct image_settings *s = &core->gen->settings->image;
	uint32_t w = core->worker, n = core->worker_count;
	/* The least p with p * n >> 16 == w is ceil(w * 65536 / n). */
	int32_t first = (int32_t)((w * 65536 + n - 1) / n);
	int32_t last = (int32_t)(((w + 1) * 65536 + n - 1) / n) - 1;

	if (first < s->nat_port_first)
		first = s->nat_port_first;
	if (last > s->nat_port_last)
		last = s->nat_port_last;
	return (struct port_range){first, last};
}

uint32_t nat_port_count(const struct core *core)
{
	struct port_range range = own_ports(core);

	return range.last < range.first ? 0 : (uint32_t)(range.last - range.first + 1);
}

static void reply_set_port(struct tuple *reply, uint16_t port)
{
	reply->dport = BE16(port);
	if (reply->proto == IP_PROTO_ICMP || reply->proto == IP_PROTO_ICMP6)
		reply->sport = reply->dport;
}

static struct flow *port_user(struct core *core, struct tuple *reply, uint16_t port)
{
	uint32_t dir;

	reply_set_port(reply, port);
	return flow_find(core->flows, reply, flow_hash(core->flows, reply), &dir);
}

/* What comes to a service's port is no answer, but a call. */
static bool is_call(const struct core *core, const struct tuple *reply)
{
	return service_find(core->gen->service, &reply->dst, reply->dport, reply->proto) != NULL;
}

static bool port_is_free(struct core *core, struct tuple *reply, uint16_t port)
{
	return !port_user(core, reply, port) && !is_call(core, reply);
}

static struct tuple map_key(const struct tuple *reply)
{
	struct tuple key = *reply;

	reply_set_port(&key, 0);
	return key;
}

static struct port_map *map_find(struct nat_table *nat, const struct tuple *key)
{
	for (uint32_t i = 0; i < nat->maps_used; i++) {
		if (nat->maps[i].used && tuple_equal(&nat->maps[i].key, key))
			return &nat->maps[i];
	}
	return NULL;
}

/* A map in which every port may be free; in place of the one that was idle for longest. */
static struct port_map *map_make(struct core *core, const struct tuple *key,
				 struct port_range range)
{
	struct nat_table *nat = core->nat;
	struct port_map *map = &nat->maps[0];

	if (nat->maps_used < nat->map_count) {
		map = &nat->maps[nat->maps_used++];
	} else {
		for (uint32_t i = 1; i < nat->map_count; i++) {
			if (nat->maps[i].used_ns < map->used_ns)
				map = &nat->maps[i];
		}
	}
	memset(map, 0, sizeof(*map));
	map->key = *key;
	map->used = true;
	map->first = (uint16_t)range.first;
	map->last = (uint16_t)range.last;
	port_set_fill(&map->maybe_free, (uint32_t)range.first, (uint32_t)range.last);
	return map;
}

static bool map_search(struct core *core, struct port_map *map, struct tuple *reply)
{
	uint16_t from = (uint16_t)nat_random(core->nat);
	int32_t port;

	while ((port = port_set_next(&map->maybe_free, from)) >= 0) {
		struct flow *user = port_user(core, reply, (uint16_t)port);

		port_set_remove(&map->maybe_free, (uint16_t)port);
		if (!user && !is_call(core, reply))
			return true;
		if (user && user->state == FLOW_TCP_CLOSED)
			port_set_add(&map->closed, (uint16_t)port);
	}
	while ((port = port_set_next(&map->closed, from)) >= 0) {
		struct flow *user = port_user(core, reply, (uint16_t)port);

		port_set_remove(&map->closed, (uint16_t)port);
		if (user && user->state != FLOW_TCP_CLOSED)
			continue;
		if (user)
			flow_end(core, user, FLOW_END_REPLACED);
		/* Its end put the port back among the free ones. */
		port_set_remove(&map->maybe_free, (uint16_t)port);
		return true;
	}
	return false;
}

enum drop_reason nat_reserve_whole(struct core *core, struct tuple *reply)
{
	return port_user(core, reply, 0) ? DROP_NAT_PROTOCOL : DROP_NONE;
}

enum drop_reason nat_reserve(struct core *core, struct tuple *reply, be16 wanted)
{
	struct port_range range = own_ports(core);
	struct port_map *map;
	struct tuple key;
	int32_t port = from_be16(wanted);

	if (range.last < range.first)
		return DROP_NAT_PORTS_FULL;
	/* Most clients' own ports are free here too. */
	if (port >= range.first && port <= range.last && port_is_free(core, reply, (uint16_t)port))
		return DROP_NONE;
	key = map_key(reply);
	map = map_find(core->nat, &key);
	for (uint32_t i = 0; !map && i < RANDOM_TRIES; i++) {
		port = range.first + (int32_t)((uint64_t)nat_random(core->nat) *
						       (uint32_t)(range.last - range.first + 1) >>
					       32);
		if (port_is_free(core, reply, (uint16_t)port))
			return DROP_NONE;
	}
	if (!map || map->first != range.first || map->last != range.last) {
		if (map)
			map->used = false;
		map = map_make(core, &key, range);
	}
	map->used_ns = core->now_ns;
	return map_search(core, map, reply) ? DROP_NONE : DROP_NAT_PORTS_FULL;
}

/* ---- endpoint-independent mapping (RFC 4787 section 4.1) ---- */

static struct tuple mapping_client(const struct tuple *orig)
{
	return (struct tuple){.src = orig->src,
			      .sport = orig->sport,
			      .proto = orig->proto,
			      .family = orig->family};
}

static struct tuple mapping_outside(const union addr *addr, be16 port, uint8_t family)
{
	return (struct tuple){.dst = *addr, .dport = port, .proto = IP_PROTO_UDP, .family = family};
}

struct flow *nat_find_mapping(struct core *core, const union addr *addr, be16 port, uint8_t family)
{
	struct tuple outside = mapping_outside(addr, port, family);
	uint32_t dir;

	return flow_find(core->flows, &outside, flow_hash(core->flows, &outside), &dir);
}

static struct flow *mapping_of_client(struct core *core, const struct tuple *orig)
{
	struct tuple client = mapping_client(orig);
	uint32_t dir;

	return flow_find(core->flows, &client, flow_hash(core->flows, &client), &dir);
}

static enum drop_reason mapping_make(struct core *core, const struct tuple *orig,
				     const struct tuple *reply, struct flow **out)
{
	struct tuple outside = mapping_outside(&reply->dst, 0, reply->family);
	struct flow *map;
	enum drop_reason reason;

	reason = nat_reserve(core, &outside, orig->sport);
	if (reason)
		return reason;
	map = flow_reserve(core->flows);
	if (!map) {
		nat_give_back(core, &outside);
		return DROP_FLOW_TABLE_FULL;
	}
	map->key0 = mapping_client(orig);
	map->key1 = outside;
	map->flags = map->client = 0;
	map->uses = 0;
	map->timeout = TIMEOUT_UDP_ASSURED;
	map->last_tick = core->now_tick;
	if (flow_insert(core->flows, map, FLOW_MAP)) {
		nat_give_back(core, &outside);
		return DROP_FLOW_TABLE_FULL;
	}
	flow_reschedule(core, map);
	*out = map;
	return DROP_NONE;
}

enum drop_reason nat_reserve_mapped(struct core *core, const struct tuple *orig,
				    struct tuple *reply, bool *mapped)
{
	struct flow *map = mapping_of_client(core, orig);
	enum drop_reason reason;

	*mapped = false;
	/* A mapping to an address that is no longer the client's only serves its old flows. */
	if (map && !addr_equal(&map->key1.dst, &reply->dst)) {
		if (map->uses)
			return nat_reserve(core, reply, orig->sport);
		flow_end(core, map, FLOW_END_DRAINED);
		map = NULL;
	}
	if (!map) {
		reason = mapping_make(core, orig, reply, &map);
		if (reason)
			return reason;
	}
	if (map->uses == UINT16_MAX)
		return DROP_NAT_PORTS_FULL;
	/* A flow from before mappings were asked for may hold this very tuple. */
	if (port_user(core, reply, from_be16(map->key1.dport)))
		return nat_reserve(core, reply, orig->sport);
	map->uses++;
	*mapped = true;
	return DROP_NONE;
}

void nat_unreserve_mapped(struct core *core, const struct tuple *orig)
{
	struct flow *map = mapping_of_client(core, orig);

	if (map && map->uses)
		map->uses--;
}

/* ---- the end of flows ---- */

void nat_closed(struct core *core, const struct flow *flow)
{
	struct tuple key;
	struct port_map *map;

	if (!(flow->flags & FLOW_F_SNAT) || !core->nat->maps_used)
		return;
	key = map_key(&flow->key1);
	map = map_find(core->nat, &key);
	if (map)
		port_set_add(&map->closed, from_be16(flow->key1.dport));
}

void nat_give_back(struct core *core, const struct tuple *reply)
{
	uint16_t port = from_be16(reply->dport);
	struct port_map *map;
	struct tuple key;

	if (!core->nat->maps_used)
		return;
	key = map_key(reply);
	map = map_find(core->nat, &key);
	if (map && port >= map->first && port <= map->last) {
		port_set_remove(&map->closed, port);
		port_set_add(&map->maybe_free, port);
	}
}

void nat_release(struct core *core, struct flow *flow)
{
	if (flow->flags & FLOW_F_MAPPED)
		nat_unreserve_mapped(core, &flow->key0);
	if (flow->flags & FLOW_F_SNAT || flow->state == FLOW_MAP)
		nat_give_back(core, &flow->key1);
}
