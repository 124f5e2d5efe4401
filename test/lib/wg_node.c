/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/wg_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/wg_keys.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/parse.h"
#include "test/lib/traffic_tables.h"

#define FLOW_PORT    7000u
#define OVERLAY_LINK 33u

static union addr v4(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return addr_v4(BE32(a << 24 | b << 16 | c << 8 | d));
}

union addr wg_node_host(uint32_t number)
{
	return v4(10, number, 0, 10);
}

union addr wg_node_wan(const struct wg_node *node, uint32_t number)
{
	if (node->over_ip6)
		return (union addr){.w = {BE32(0x20010db8), 0, 0, BE32(number)}};
	return v4(192, 0, 2, number);
}

static union addr hop_of(uint32_t peer)
{
	return (union addr){.w = {BE32(0x01000000), 0, 0, BE32(peer + 1)}};
}

void wg_node_key(uint32_t number, uint8_t private_key[WG_KEY_SIZE], uint8_t public_key[WG_KEY_SIZE])
{
	for (uint32_t i = 0; i < WG_KEY_SIZE; i++)
		private_key[i] = (uint8_t)(number * 37 + i * 11 + 1);
	wg_key_clamp(private_key);
	wg_key_public(private_key, public_key);
}

/* ---- tables ---- */

static void write_links(struct image_writer *w, const struct wg_node *node)
{
	static const char *const names[] = {"lan", "wan", "wg0", "vx0"};
	static const uint16_t ports[] = {0, 1, WG_NODE_LINK, OVERLAY_LINK};
	const uint16_t mtus[] = {1500, node->wan_mtu, 1420, 1370};

	for (uint32_t i = 0; i < 3u + node->overlay; i++) {
		struct image_link link = {.port = ports[i],
					  .mtu = mtus[i],
					  .mac = {2, 0, 0, 0, (uint8_t)node->number, (uint8_t)i}};

		if (i == 2)
			memset(link.mac, 0, sizeof(link.mac));
		(void)snprintf(link.name, sizeof(link.name), "%s", names[i]);
		(void)image_writer_add(w, IMAGE_LINKS_LINK, &link, sizeof(link));
	}
	for (uint32_t i = 0; i < 5; i++) {
		const union addr addrs[] = {v4(10, node->number, 0, 1),
					    v4(192, 0, 2, node->number),
					    v4(192, 0, 2, node->number + 100),
					    {.w = {BE32(0x20010db8), 0, 0, BE32(node->number)}},
					    v4(10, node->number, 0, 1)};
		struct image_local local = {.addr = addrs[i], .port = i != 0};

		/* What errors to peers come from. */
		if (i == 4) {
			local.port = WG_NODE_LINK;
			local.flags = LOCAL_SHARED;
		}
		(void)image_writer_add(w, IMAGE_LINKS_LOCAL, &local, sizeof(local));
	}
}

static void write_route(struct image_writer *w, union addr addr, uint8_t len, const union addr *via,
			uint16_t port)
{
	struct image_route r = {.prefix = {.addr = addr, .len = len},
				.port = port,
				.kind = via ? ROUTE_VIA : ROUTE_ONLINK};

	if (via)
		r.gateway = *via;
	(void)image_writer_add(w, IMAGE_ROUTE_RECORD, &r, sizeof(r));
}

static const struct wg_node_peer *peer_behind(const struct wg_node *node, uint32_t number,
					      uint32_t *index)
{
	for (uint32_t i = 0; i < WG_NODE_PEERS; i++) {
		*index = i;
		if (number && node->peers[i].node == number)
			return &node->peers[i];
	}
	return NULL;
}

static void write_routes(struct image_writer *w, const struct wg_node *node)
{
	for (uint32_t n = 1; n < 250; n++) {
		uint32_t peer;

		if (n == node->number) {
			write_route(w, v4(10, n, 0, 0), 120, NULL, 0);
		} else if (peer_behind(node, n, &peer)) {
			union addr hop = node->overlay ? v4(192, 0, 2, n) : hop_of(peer);

			write_route(w, v4(10, n, 0, 0), 112, &hop,
				    node->overlay ? OVERLAY_LINK : WG_NODE_LINK);
		}
	}
	write_route(w, v4(192, 0, 2, 0), 120, NULL, 1);
	write_route(w, (union addr){.w = {BE32(0x20010db8), 0, 0, 0}}, 64, NULL, 1);
}

static void write_neighbour(struct image_writer *w, union addr addr, uint16_t port, uint8_t node,
			    uint8_t mac)
{
	struct image_neigh n = {
		.addr = addr, .port = port, .mac = {2, 0, 0, 0, node, mac}, .flags = NEIGH_VALID};

	(void)image_writer_add(w, IMAGE_NEIGH_RECORD, &n, sizeof(n));
}

static void write_neigh(struct image_writer *w, const struct wg_node *node)
{
	write_neighbour(w, wg_node_host(node->number), 0, (uint8_t)node->number, 10);
	for (uint32_t i = 0; i < WG_NODE_PEERS; i++)
		if (node->peers[i].node)
			write_neighbour(w, hop_of(i), WG_NODE_LINK, 0, 0);
	for (uint32_t n = 1; n <= 2 && node->overlay; n++)
		if (n != node->number)
			write_neighbour(w, v4(192, 0, 2, n), OVERLAY_LINK, (uint8_t)n, 33);
	for (uint32_t n = 1; n <= 2 && !node->no_neighbour; n++) {
		uint8_t mac = (uint8_t)(n == node->number ? 99 : n);

		write_neighbour(w, v4(192, 0, 2, n), 1, mac, 1);
		write_neighbour(w, v4(192, 0, 2, n + 100), 1, mac, 1);
		write_neighbour(w, (union addr){.w = {BE32(0x20010db8), 0, 0, BE32(n)}}, 1, mac, 1);
	}
}

static int peer_compare(const void *a, const void *b)
{
	return memcmp(((const struct image_wg_peer *)a)->public_key,
		      ((const struct image_wg_peer *)b)->public_key, WG_KEY_SIZE);
}

static uint32_t peers_make(const struct wg_node *node, struct image_wg_peer *peers)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < WG_NODE_PEERS; i++) {
		const struct wg_node_peer *from = &node->peers[i];
		struct image_wg_peer *to = &peers[count];

		if (!from->node)
			continue;
		*to = (struct image_wg_peer){.hop = hop_of(i), .keepalive_s = from->keepalive_s};
		memcpy(to->public_key, from->public_key, WG_KEY_SIZE);
		memcpy(to->preshared_key, from->preshared_key, WG_KEY_SIZE);
		if (from->has_endpoint) {
			to->endpoint = wg_node_wan(node, from->node);
			to->endpoint_port = WG_NODE_PORT;
		}
		count++;
	}
	qsort(peers, count, sizeof(*peers), peer_compare);
	return count;
}

static void write_allowed(struct image_writer *w, const struct wg_node *node,
			  const struct image_wg_peer *peers, uint32_t behind, struct prefix prefix)
{
	struct image_wg_allowed a = {.prefix = prefix};
	uint32_t index;
	const struct wg_node_peer *peer = peer_behind(node, behind, &index);

	if (!peer || peer->no_allowed)
		return;
	while (memcmp(peers[a.peer].public_key, peer->public_key, WG_KEY_SIZE) != 0)
		a.peer++;
	(void)image_writer_add(w, IMAGE_WG_ALLOWED, &a, sizeof(a));
}

static void write_wg(struct image_writer *w, const struct wg_node *node)
{
	struct image_wg device = {.link = WG_NODE_LINK, .listen_port = WG_NODE_PORT};
	struct image_wg_peer peers[WG_NODE_PEERS];
	uint32_t count = peers_make(node, peers);

	memcpy(device.private_key, node->private_key, WG_KEY_SIZE);
	(void)image_writer_add(w, IMAGE_WG_DEVICE, &device, sizeof(device));
	(void)image_writer_add_many(w, IMAGE_WG_PEER, peers, count, sizeof(peers[0]));
	for (uint32_t net = 0; net < 1u + node->overlay; net++)
		for (uint32_t n = 1; n < 250; n++)
			write_allowed(w, node, peers, n,
				      net ? (struct prefix){v4(192, 0, 2, n), 128, {0}}
					  : (struct prefix){v4(10, n, 0, 0), 112, {0}});
}

static struct image_header *image_make(const struct wg_node *node, enum image_kind kind)
{
	static const struct traffic_tables plain;
	static const struct image_tunnel overlay = {
		.link = OVERLAY_LINK, .udp_port = 8472, .kind = TUNNEL_VXLAN, .vni = 5};
	const struct image_ident world = {.identity = IDENTITY_WORLD};
	struct image_writer w;

	image_writer_open(&w, kind);
	switch (kind) {
	case IMAGE_LINKS:
		write_links(&w, node);
		break;
	case IMAGE_IDENT:
		(void)image_writer_add(&w, IMAGE_IDENT_RECORD, &world, sizeof(world));
		break;
	case IMAGE_ROUTE:
		write_routes(&w, node);
		break;
	case IMAGE_NEIGH:
		write_neigh(&w, node);
		break;
	case IMAGE_TUNNEL:
		if (node->overlay)
			(void)image_writer_add(&w, IMAGE_TUNNEL_RECORD, &overlay, sizeof(overlay));
		break;
	case IMAGE_WG:
		write_wg(&w, node);
		break;
	default:
		return traffic_image(&plain, kind);
	}
	return image_writer_close(&w);
}

static void refused(const char *text)
{
	(void)fprintf(stderr, "%s\n", text);
	abort();
}

void wg_node_publish(struct wg_node *node)
{
	struct table *tables[IMAGE_KINDS];
	struct generation *next;
	struct image_error error;

	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		struct image_header *image = image_make(node, kind);

		if (image_verify(image, image->size, kind, &error))
			refused(error.text);
		CHECK(table_build(image, NULL, &tables[kind]) == 0);
		free(image);
	}
	if (generation_build(tables, node->engine.publisher.current, &next, &error))
		refused(error.text);
	CHECK(engine_publish(&node->engine, next) == 0);
}

/* ---- the engine ---- */

/* splitmix64 */
static void chance_bytes(void *arg, void *bytes, size_t size)
{
	uint64_t *state = arg;

	for (size_t i = 0; i < size; i++) {
		uint64_t z = *state += 0x9e3779b97f4a7c15ull;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
		z = (z ^ z >> 27) * 0x94d049bb133111ebull;
		((uint8_t *)bytes)[i] = (uint8_t)(z ^ z >> 31);
	}
}

void wg_node_open(struct wg_node *node, uint32_t number, uint32_t workers, uint64_t now_ns)
{
	struct engine_config config = traffic_engine(workers, 1024, 2048);
	struct engine_error error;

	memset(node, 0, sizeof(*node));
	node->number = number;
	node->workers = workers;
	node->chance = number;
	node->wan_mtu = 1500;
	wg_node_key(number, node->private_key, node->public_key);
	(void)snprintf(config.ports[0].name, sizeof(config.ports[0].name), "lan");
	config.event_slots = 4096;
	if (engine_open(&node->engine, &config, now_ns, &error))
		refused(error.text);
	for (uint32_t w = 0; w < workers; w++)
		node->engine.workers[w].core.event_types = ~0u;
	wg_world_set_random(node->engine.wg, chance_bytes, &node->chance);
}

void wg_node_close(struct wg_node *node)
{
	engine_close(&node->engine);
}

uint32_t wg_node_turn(struct wg_node *node, uint64_t now_ns)
{
	struct engine *engine = &node->engine;
	uint32_t total = 0, quiet = 0;

	while (quiet < 2) {
		uint32_t moved = 0;

		for (uint32_t w = 0; w < node->workers; w++)
			moved += worker_turn(&engine->workers[w], now_ns);
		moved += wg_world_turn(engine->wg, now_ns, WG_NODE_UNIX_NS + now_ns);
		moved += wg_world_has_news(engine->wg);
		wg_world_reclaim(engine->wg);
		total += moved;
		quiet = moved ? 0 : quiet + 1;
	}
	return total;
}

uint64_t wg_node_drops(struct wg_node *node, enum drop_reason reason)
{
	uint64_t drops = 0, before = node->drops_seen[reason];

	for (uint32_t w = 0; w < node->workers; w++)
		drops += node->engine.workers[w].core.counters->drops[reason];
	node->drops_seen[reason] = drops;
	return drops - before;
}

uint32_t wg_node_held(struct wg_node *node)
{
	uint32_t free_count = 0;

	for (uint32_t w = 0; w < node->workers; w++) {
		pkt_cache_reclaim(&node->engine.caches[w]);
		free_count += node->engine.caches[w].count;
	}
	return node->engine.pool.count - free_count;
}

/* ---- frames ---- */

uint32_t wg_node_frame(uint8_t *frame, uint32_t from, uint32_t to, uint32_t flow, uint64_t number,
		       uint32_t size)
{
	union addr src = wg_node_host(from), dst = wg_node_host(to);
	struct eth_header *eth = (void *)frame;
	struct ip4_header *ip = (void *)(frame + ETH_SIZE);
	struct udp_header *udp = (void *)(ip + 1);
	uint32_t udp_size = size - IP4_MIN;

	memset(frame, 0, ETH_SIZE + size);
	memcpy(eth->dst, (uint8_t[6]){2, 0, 0, 0, (uint8_t)from, 0}, sizeof(eth->dst));
	memcpy(eth->src, (uint8_t[6]){2, 0, 0, 0, (uint8_t)from, 10}, sizeof(eth->src));
	eth->type = BE16(ETH_TYPE_IP4);
	*ip = (struct ip4_header){.version_ihl = 0x45,
				  .total_len = BE16(size),
				  .frag = BE16(IP4_DF),
				  .ttl = IP4_TTL,
				  .proto = IP_PROTO_UDP,
				  .src = src.w[3],
				  .dst = dst.w[3]};
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, IP4_MIN));
	*udp = (struct udp_header){
		.sport = BE16(FLOW_PORT + flow), .dport = BE16(FLOW_PORT), .len = BE16(udp_size)};
	memcpy(udp + 1, &number, sizeof(number));
	udp->cksum = (uint16_t)~cksum_fold(
		cksum_add(cksum_pseudo(&src, &dst, IP_PROTO_UDP, udp_size), udp, udp_size));
	return ETH_SIZE + size;
}

bool wg_node_read(const uint8_t *frame, uint32_t size, uint32_t *flow, uint64_t *number)
{
	const struct udp_header *udp;
	struct headers h;
	uint64_t sum;

	if (parse_frame(frame, size, &h) || h.tuple.proto != IP_PROTO_UDP ||
	    h.end - h.payload < (int)sizeof(*number) || h.end != size)
		return false;
	udp = (const void *)(frame + h.l4);
	sum = cksum_pseudo(&h.tuple.src, &h.tuple.dst, IP_PROTO_UDP, from_be16(udp->len));
	*flow = from_be16(udp->sport) - FLOW_PORT;
	memcpy(number, frame + h.payload, sizeof(*number));
	return cksum_fold(cksum_add(sum, udp, from_be16(udp->len))) == 0xffff;
}
