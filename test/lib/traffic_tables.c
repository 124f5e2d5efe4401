/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/traffic_tables.h"

#include <stdio.h>
#include <string.h>

#include "fastpath/base/check.h"
#include "fastpath/net/ip.h"
#include "test/lib/many_services.h"

#define SERVICE_PORT	 8080u /* of their backends, which are 10.128/9 */
#define SERVICE_BACKENDS 10u
#define SERVICE_MAGLEV	 101u

enum {
	IDENT_WORLD,
	IDENT_CLIENTS,
	IDENT_SERVERS,
};

enum {
	SET_OPEN,
	SET_CLIENTS_SEND,
	SET_CLIENTS_RECEIVE,
	SETS,
};

static union addr v4(uint32_t host_order)
{
	return addr_v4(BE32(host_order));
}

static union addr v6(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return (union addr){.w = {BE32(a), BE32(b), BE32(c), BE32(d)}};
}

static uint32_t client_node(uint32_t number)
{
	return number % TRAFFIC_NODES;
}

union addr traffic_client(enum family family, uint32_t number)
{
	uint32_t host = number / TRAFFIC_NODES + 1;

	return family == FAMILY_IP4 ? v4(10u << 24 | client_node(number) << 16 | host)
				    : v6(0xfd00000a, 0, client_node(number), host);
}

union addr traffic_server(enum family family, uint32_t number)
{
	return family == FAMILY_IP4 ? v4((198u << 24 | 18u << 16) + number)
				    : v6(0x20010db8, 0x00050000, 0, number + 1);
}

union addr traffic_egress(enum family family, uint32_t number)
{
	return family == FAMILY_IP4 ? v4((192u << 24 | 2u << 8 | 16u) + number)
				    : v6(0x20010db8, 0x000e0000, 0, number + 1);
}

static struct prefix prefix_of(union addr addr, uint8_t len)
{
	return (struct prefix){.addr = addr, .len = len};
}

static union addr router(enum family family)
{
	return family == FAMILY_IP4 ? v4(192u << 24 | 2u << 8 | 1u) : v6(0x20010db8, 0, 0, 1);
}

static union addr node_addr(enum family family, uint32_t node)
{
	return family == FAMILY_IP4 ? v4((172u << 24 | 16u << 16 | 16u) + node)
				    : v6(0xfd00000b, 0, 0, node + 1);
}

static void write_settings(struct image_writer *w, const struct traffic_tables *world)
{
	struct image_settings s = {
		.half_open_max = UINT32_MAX,
		.icmp_rate = 1000,
		.icmp_burst = 100,
		.fragment_ms = 1000,
		.drain_s = 60,
		.neighbour_ms = 1000,
		.nat_port_first = 1024,
		.nat_port_last = 65535,
		.udp_mapping = UDP_MAPPING_ADDRESS_PORT,
		.timeout_s =
			{
#define TIMEOUT(name, key, seconds, why) [TIMEOUT_##name] = (seconds),
#include "fastpath/api/timeouts.def"
#undef TIMEOUT
			},
	};

	for (int i = 0; world->timeout_s && i < TIMEOUT_CLASSES; i++)
		s.timeout_s[i] = world->timeout_s;
	(void)image_writer_add(w, IMAGE_SETTINGS_RECORD, &s, sizeof(s));
}

static void write_links(struct image_writer *w, const struct traffic_tables *world)
{
	for (uint16_t port = 0; port < 2; port++) {
		struct image_link link = {.port = port,
					  .flags = world->verify_source ? LINK_VERIFY_SOURCE : 0,
					  .mtu = 1500,
					  .mac = {2, 0, 0, 0, 0, (uint8_t)port}};

		(void)snprintf(link.name, sizeof(link.name), "%s", port ? "wan" : "pods");
		(void)image_writer_add(w, IMAGE_LINKS_LINK, &link, sizeof(link));
	}
}

static void write_ident_prefix(struct image_writer *w, struct prefix prefix, uint32_t ident)
{
	struct image_ident_prefix record = {.prefix = prefix, .ident = ident};

	(void)image_writer_add(w, IMAGE_IDENT_PREFIX, &record, sizeof(record));
}

/* In address order: 10/8 and 198.18/15 (mapped), then 2001:db8:5::/48, then fd00:a::/32. */
static void write_ident(struct image_writer *w, const struct traffic_tables *world)
{
	for (uint32_t i = 0; i < IDENT_SERVERS + world->entries; i++) {
		struct image_ident ident = {.identity = i + 1};

		if (i == IDENT_CLIENTS) {
			ident.egress_set = SET_CLIENTS_SEND;
			ident.ingress_set = SET_CLIENTS_RECEIVE;
			ident.egress_class = world->translate;
		}
		(void)image_writer_add(w, IMAGE_IDENT_RECORD, &ident, sizeof(ident));
	}
	write_ident_prefix(w, prefix_of(v4(10u << 24), 104), IDENT_CLIENTS);
	if (world->services)
		write_ident_prefix(w, prefix_of(v4(10u << 24 | 128u << 16), 105), IDENT_SERVERS);
	for (uint32_t i = 0; i < world->entries; i++)
		write_ident_prefix(w, prefix_of(traffic_server(FAMILY_IP4, i), 128),
				   IDENT_SERVERS + i);
	for (uint32_t i = 0; i < world->entries; i++)
		write_ident_prefix(w, prefix_of(traffic_server(FAMILY_IP6, i), 128),
				   IDENT_SERVERS + i);
	write_ident_prefix(w, prefix_of(v6(0xfd00000a, 0, 0, 0), 32), IDENT_CLIENTS);
}

/* Decision 0 denies, 1 allows. Row 0 denies all, row 1 allows the service ports. */
static void write_rows(struct image_writer *w, const struct traffic_tables *world)
{
	uint32_t first = TRAFFIC_PORT + (world->stamp ? world->stamp - 1 : 0);
	uint32_t end = world->stamp	 ? first + 1
		       : world->services ? SERVICE_PORT + 1
					 : first + TRAFFIC_PORTS;
	const struct image_policy_span spans[] = {
		{0, 0},
		{0, 0},
		{IP_PROTO_TCP << 16 | first, 1},
		{IP_PROTO_TCP << 16 | end, 0},
		{IP_PROTO_UDP << 16 | first, 1},
		{IP_PROTO_UDP << 16 | end, 0},
	};
	static const struct image_policy_row rows[] = {{0, 1}, {1, ARRAY_SIZE(spans) - 1}};
	static const struct image_policy_decision decisions[] = {{.verdict = POLICY_DENY},
								 {.verdict = POLICY_ALLOW}};

	for (uint32_t i = 0; i < ARRAY_SIZE(spans); i++)
		(void)image_writer_add(w, IMAGE_POLICY_SPAN, &spans[i], sizeof(spans[i]));
	for (uint32_t i = 0; i < ARRAY_SIZE(rows); i++)
		(void)image_writer_add(w, IMAGE_POLICY_ROW, &rows[i], sizeof(rows[i]));
	for (uint32_t i = 0; i < ARRAY_SIZE(decisions); i++)
		(void)image_writer_add(w, IMAGE_POLICY_DECISION, &decisions[i],
				       sizeof(decisions[i]));
}

static void write_policy(struct image_writer *w, const struct traffic_tables *world)
{
	struct image_policy_set set = {.default_row = 0};

	write_rows(w, world);
	for (uint32_t i = 0; i < SETS; i++)
		(void)image_writer_add(w, IMAGE_POLICY_SET, &set, sizeof(set));
	for (uint32_t i = 0; i < world->entries; i++) {
		struct image_policy_cell cell = {
			.set = SET_CLIENTS_SEND, .ident = IDENT_SERVERS + i, .row = 1};

		(void)image_writer_add(w, IMAGE_POLICY_CELL, &cell, sizeof(cell));
	}
}

static void write_egress(struct image_writer *w, const struct traffic_tables *world)
{
	uint32_t first = world->stamp ? world->stamp - 1 : 0;
	uint32_t count = world->stamp ? 1 : TRAFFIC_EGRESS;
	struct image_egress_rule rules[] = {{0},
					    {.count4 = (uint16_t)count, .count6 = (uint16_t)count}};
	struct image_egress_prefix all = {
		.prefix = prefix_of((union addr){.d = {0}}, 0), .egress_class = 1, .rule = 1};

	for (uint32_t i = 0; i < ARRAY_SIZE(rules); i++)
		(void)image_writer_add(w, IMAGE_EGRESS_RULE, &rules[i], sizeof(rules[i]));
	(void)image_writer_add(w, IMAGE_EGRESS_PREFIX, &all, sizeof(all));
	for (uint32_t half = 0; half < 2; half++) {
		enum family family = half ? FAMILY_IP6 : FAMILY_IP4;

		for (uint32_t i = 0; i < count; i++) {
			struct image_egress_address a = {traffic_egress(family, first + i)};

			(void)image_writer_add(w, IMAGE_EGRESS_ADDRESS, &a, sizeof(a));
		}
		/* All stay ours, so that what leaves late is recognised. */
		for (uint32_t i = 0; i < TRAFFIC_EGRESS; i++) {
			struct image_egress_pool p = {.addr = traffic_egress(family, i),
						      .draining = i < first || i >= first + count};

			(void)image_writer_add(w, IMAGE_EGRESS_POOL, &p, sizeof(p));
		}
	}
}

static void write_route(struct image_writer *w, struct prefix prefix, union addr via, uint16_t port)
{
	struct image_route r = {.prefix = prefix, .gateway = via, .port = port, .kind = ROUTE_VIA};

	(void)image_writer_add(w, IMAGE_ROUTE_RECORD, &r, sizeof(r));
}

/* In address order: 0/0, 10.k/16, 100.64.../24 beside them; ::/0 comes first of all. */
static void write_routes(struct image_writer *w, const struct traffic_tables *world)
{
	write_route(w, prefix_of((union addr){.d = {0}}, 0), router(FAMILY_IP6), 1);
	write_route(w, prefix_of(v4(0), 96), router(FAMILY_IP4), 1);
	for (uint32_t i = 0; i < TRAFFIC_NODES; i++)
		write_route(w, prefix_of(v4(10u << 24 | i << 16), 112), node_addr(FAMILY_IP4, i),
			    0);
	if (world->services)
		write_route(w, prefix_of(v4(10u << 24 | 128u << 16), 105), router(FAMILY_IP4), 1);
	for (uint32_t i = 0; i < world->routes; i++)
		write_route(w, prefix_of(v4((100u << 24 | 64u << 16) + (i << 8)), 120),
			    router(FAMILY_IP4), 1);
	for (uint32_t i = 0; i < TRAFFIC_NODES; i++)
		write_route(w, prefix_of(v6(0xfd00000a, 0, i, 0), 96), node_addr(FAMILY_IP6, i), 0);
}

static void write_neigh(struct image_writer *w, const struct traffic_tables *world)
{
	for (uint32_t half = 0; half < 2; half++) {
		enum family family = half ? FAMILY_IP6 : FAMILY_IP4;

		for (uint32_t i = 0; i <= TRAFFIC_NODES; i++) {
			bool node = i < TRAFFIC_NODES;
			struct image_neigh n = {.addr = node ? node_addr(family, i)
							     : router(family),
						.port = node ? 0 : 1,
						.mac = {2, 0, 0, 1, (uint8_t)half,
							(uint8_t)(node ? i : world->stamp)},
						.flags = NEIGH_VALID};

			(void)image_writer_add(w, IMAGE_NEIGH_RECORD, &n, sizeof(n));
		}
	}
}

static struct image_header *services_image(const struct traffic_tables *world)
{
	return many_services_image(&(struct many_services){.services = world->services,
							   .backends = SERVICE_BACKENDS,
							   .maglev_size = SERVICE_MAGLEV,
							   .proto = IP_PROTO_UDP,
							   .changed = UINT32_MAX,
							   .snat_rule = 1});
}

struct image_header *traffic_image(const struct traffic_tables *world, enum image_kind kind)
{
	struct image_header *image;
	const struct image_origin origin = {0};
	const struct image_l7_set never_asked = {0};
	struct image_error error;
	struct image_writer w;

	CHECK(world->entries <= TRAFFIC_SERVERS && world->stamp <= TRAFFIC_PORTS);
	if (kind == IMAGE_SERVICE && world->services)
		return services_image(world);
	image_writer_open(&w, kind);
	switch (kind) {
	case IMAGE_SETTINGS:
		write_settings(&w, world);
		break;
	case IMAGE_LINKS:
		write_links(&w, world);
		break;
	case IMAGE_IDENT:
		write_ident(&w, world);
		break;
	case IMAGE_POLICY:
		write_policy(&w, world);
		break;
	case IMAGE_EGRESS:
		write_egress(&w, world);
		break;
	case IMAGE_ROUTE:
		write_routes(&w, world);
		break;
	case IMAGE_NEIGH:
		write_neigh(&w, world);
		break;
	case IMAGE_L7:
		(void)image_writer_add(&w, IMAGE_L7_SET, &never_asked, sizeof(never_asked));
		break;
	case IMAGE_SERVICE:
	case IMAGE_TUNNEL:
	case IMAGE_WG:
		break;
	default:
		(void)image_writer_add(&w, IMAGE_ORIGIN_RECORD, &origin, sizeof(origin));
		break;
	}
	image = image_writer_close(&w);
	if (image_verify(image, image->size, kind, &error)) {
		(void)fprintf(stderr, "%s\n", error.text);
		abort();
	}
	return image;
}

struct table *traffic_table(const struct traffic_tables *world, enum image_kind kind)
{
	struct image_header *image = traffic_image(world, kind);
	struct table *table;

	CHECK(table_build(image, NULL, &table) == 0);
	free(image);
	return table;
}

struct generation *traffic_generation(const struct traffic_tables *world,
				      const struct generation *before)
{
	struct table *tables[IMAGE_KINDS];
	struct generation *next;
	struct image_error error;

	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		tables[kind] = traffic_table(world, kind);
	if (generation_build(tables, before, &next, &error)) {
		(void)fprintf(stderr, "%s\n", error.text);
		abort();
	}
	return next;
}

struct engine_config traffic_engine(uint32_t workers, uint32_t flows, uint32_t frames)
{
	struct engine_config config = {
		.workers = workers,
		.flows = flows,
		.frames = frames,
		.fragments = 64,
		.spin_us = 1000,
		.event_slots = 64,
		.ports = {{.name = "pods", .io = "mem"}, {.name = "wan", .io = "mem"}},
		.port_count = 2};

	for (uint32_t i = 0; i < CORE_WORKERS_MAX; i++)
		config.cpus[i] = -1;
	return config;
}
