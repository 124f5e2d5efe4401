/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/rig.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/api/image.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/io/mem.h"
#include "fastpath/wg/wg_world.h"

#define EVENT_SLOTS	4096
#define EVENTS_MAX_HELD 8192

static int rig_fail(struct rig_error *error, int err, const char *format, ...) PRINTF(3, 4);

static int rig_fail(struct rig_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return err;
}

static int engine_up(struct rig *rig, struct rig_error *error)
{
	const struct config *c = &rig->config;
	struct engine_config ec = {.state = rig->state,
				   .workers = rig->workers,
				   .flows = c->flows,
				   .frames = c->frames,
				   .fragments = c->fragments,
				   .event_slots = EVENT_SLOTS,
				   .port_count = (uint32_t)c->port_count};
	struct engine_error failed;

	for (uint32_t i = 0; i < c->port_count; i++) {
		strcpy(ec.ports[i].name, c->ports[i].name);
		strcpy(ec.ports[i].io, "mem");
	}
	if (*c->punt_interface) {
		strcpy(ec.punt.name, "punt");
		strcpy(ec.punt.io, "mem");
	}
	if (engine_open(&rig->engine, &ec, rig->now_ns, &failed))
		return rig_fail(error, -EINVAL, "engine: %s", failed.text);
	rig->open = true;
	for (uint32_t w = 0; w < rig->workers; w++) {
		struct core *core = &rig->engine.workers[w].core;

		core->event_types = ~0u;
		for (uint32_t i = 0; i < c->port_count; i++)
			memcpy(&core->port_mac[i], c->ports[i].mac, 6);
	}
	for (uint32_t i = 0; i < c->port_count; i++)
		memcpy(rig->engine.ports[i].mac, c->ports[i].mac, 6);
	return 0;
}

int rig_open(struct rig *rig, const struct config *config, const char *state, uint32_t workers,
	     uint64_t now_ns, struct rig_error *error)
{
	memset(rig, 0, sizeof(*rig));
	rig->config = *config;
	rig->state = state;
	rig->workers = workers;
	rig->now_ns = now_ns;
	rig->memory = compile_memory_open();
	rig->frames = malloc(RIG_FRAMES_MAX * sizeof(*rig->frames));
	rig->events = malloc(EVENTS_MAX_HELD * sizeof(*rig->events));
	CHECK(rig->memory && rig->frames && rig->events);
	if (state)
		(void)shm_remove(state);
	return engine_up(rig, error);
}

void rig_close(struct rig *rig)
{
	if (rig->open)
		engine_close(&rig->engine);
	if (rig->state)
		(void)shm_remove(rig->state);
	images_free(&rig->images);
	compile_memory_free(rig->memory);
	net_view_free(&rig->net);
	config_free(&rig->config);
	free(rig->frames);
	free(rig->events);
	memset(rig, 0, sizeof(*rig));
}

/* A table of the generation before when its image is the same, else a new one. */
static int table_of(struct rig *rig, const struct images *next, int kind, struct table **out,
		    struct rig_error *error)
{
	const struct image_header *old = rig->images.image[kind], *new = next->image[kind];
	const struct table *before = NULL;
	struct image_error refused;

	if (rig->published)
		before = generation_table(rig->engine.publisher.current, kind);
	if (rig->published && old->size == new->size &&memcmp(old, new, new->size) == 0) {
		*out = (struct table *)before;
		return 0;
	}
	if (image_verify(new, new->size, kind, &refused))
		return rig_fail(error, -EINVAL, "%s image refused: %s", image_kind_name(kind),
				refused.text);
	return table_build(new, before, out) ? rig_fail(error, -ENOMEM, "table_build") : 0;
}

static int run_images(struct rig *rig, struct images *next, struct rig_error *error)
{
	struct table *tables[IMAGE_KINDS];
	struct image_error refused;
	struct generation *generation;

	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		int err = table_of(rig, next, kind, &tables[kind], error);

		if (err)
			return err;
	}
	if (generation_build(tables, rig->engine.publisher.current, &generation, &refused))
		return rig_fail(error, -EINVAL, "generation refused: %s", refused.text);
	if (engine_publish(&rig->engine, generation)) {
		generation_free(generation);
		return rig_fail(error, -ENOMEM, "engine_publish");
	}
	images_free(&rig->images);
	rig->images = *next;
	rig->published = true;
	return 0;
}

int rig_publish(struct rig *rig, const struct objects *objects, struct rig_error *error)
{
	struct compile_input input = {.config = &rig->config,
				      .objects = objects,
				      .net = &rig->net,
				      .now_s = rig->now_ns / 1000000000ull};
	struct compile_error failed;
	struct images next = {0};
	int err;

	net_view_free(&rig->net);
	err = net_view_from_config(&rig->config, &rig->net);
	if (err)
		return rig_fail(error, err, "net_view_from_config: %s", strerror(-err));
	if (compile_images(&input, rig->memory, &next, &failed))
		return rig_fail(error, -EINVAL, "compile: %s", failed.text);
	err = run_images(rig, &next, error);
	if (err)
		images_free(&next);
	return err;
}

int rig_restart(struct rig *rig, struct rig_error *error)
{
	engine_close(&rig->engine);
	rig->open = false;
	rig->published = false;
	return engine_up(rig, error);
}

uint32_t rig_port(const struct rig *rig, const char *name)
{
	for (uint32_t i = 0; i < rig->config.port_count; i++) {
		if (strcmp(rig->config.ports[i].name, name) == 0)
			return i;
	}
	return strcmp(name, "punt") == 0 && rig->engine.has_punt ? rig->engine.port_count
								 : UINT32_MAX;
}

void rig_mac(const struct rig *rig, uint32_t port, const union addr *addr, uint8_t mac[6])
{
	const struct net_route *best = NULL;
	union addr hop = *addr;

	memcpy(mac, (uint8_t[6]){2, 0xee, 0, 0, 0, (uint8_t)port}, 6);
	for (size_t i = 0; i < rig->net.route_count; i++) {
		const struct net_route *r = &rig->net.routes[i];

		if (prefix_contains(&r->prefix, addr) && r->kind <= ROUTE_ONLINK &&
		    r->port == port && (!best || r->prefix.len > best->prefix.len))
			best = r;
	}
	if (best && best->has_gateway)
		hop = best->gateway;
	for (size_t i = 0; i < rig->net.neighbour_count; i++) {
		const struct net_neigh *n = &rig->net.neighbours[i];

		if (n->port == port && addr_equal(&n->addr, &hop))
			memcpy(mac, n->mac, 6);
	}
}

/* Packets of one connection come in by one queue, as with any NIC. */
static uint32_t queue_of(const struct rig *rig, const uint8_t *frame, size_t size)
{
	uint32_t sum = rig->spin;
	bool v4 = size > 14 && frame[14] >> 4 == 4;

	for (size_t i = v4 ? 26 : 22; i < (v4 ? 34u : 54u) && i < size; i++)
		sum += frame[i];
	if (v4 && size > 38 && (frame[20] & 0x3f) == 0 && frame[21] == 0 && frame[23] != 1)
		sum += (uint32_t)frame[35] + frame[37];
	return sum % rig->workers;
}

int rig_inject(struct rig *rig, uint32_t port, const uint8_t *frame, size_t size)
{
	return mem_inject(&rig->engine.ports[port], queue_of(rig, frame, size), frame,
			  (uint32_t)size);
}

static void collect_frames(struct rig *rig, uint32_t port, uint32_t queue)
{
	while (rig->frame_count < RIG_FRAMES_MAX) {
		struct rig_frame *f = &rig->frames[rig->frame_count];
		int size = mem_collect(&rig->engine.ports[port], queue, f->bytes, sizeof(f->bytes));

		if (size < 0)
			break;
		f->port = port;
		f->size = (uint32_t)size;
		f->taken = false;
		rig->frame_count++;
	}
}

static void collect(struct rig *rig)
{
	uint32_t ports = rig->engine.port_count + rig->engine.has_punt;
	uint64_t drops[DROP_REASONS] = {0};

	for (uint32_t p = 0; p < ports; p++) {
		for (uint32_t q = 0; q < rig->engine.ports[p].queues; q++)
			collect_frames(rig, p, q);
	}
	for (uint32_t w = 0; w < rig->workers; w++) {
		struct worker *worker = &rig->engine.workers[w];

		for (uint32_t r = 0; r < DROP_REASONS; r++)
			drops[r] += worker->core.counters->drops[r];
		rig->event_count += event_take(&worker->event_ring, rig->events + rig->event_count,
					       EVENTS_MAX_HELD - rig->event_count);
	}
	for (uint32_t r = 0; r < DROP_REASONS; r++) {
		rig->drops[r] += drops[r] - rig->drops_seen[r];
		rig->drops_seen[r] = drops[r];
	}
}

void rig_turn(struct rig *rig)
{
	uint32_t quiet = 0;

	while (quiet < 2) {
		uint32_t moved = 0;

		for (uint32_t w = 0; w < rig->workers; w++)
			moved += worker_turn(&rig->engine.workers[w], rig->now_ns);
		moved += wg_world_turn(rig->engine.wg, rig->now_ns, RIG_UNIX_NS + rig->now_ns);
		moved += wg_world_has_news(rig->engine.wg);
		wg_world_reclaim(rig->engine.wg);
		collect(rig);
		quiet = moved ? 0 : quiet + 1;
	}
}

static bool wheels_behind(const struct rig *rig)
{
	for (uint32_t w = 0; w < rig->workers; w++) {
		const struct worker *worker = &rig->engine.workers[w];
		uint32_t slot = worker->core.now_tick >> WHEEL_SHIFT;

		if (worker->core.gen &&
		    ((worker->flow_table.wheel_at - slot - 1) & (UINT32_MAX >> WHEEL_SHIFT)) != 0)
			return true;
	}
	return false;
}

void rig_wait(struct rig *rig, uint64_t ns)
{
	rig->now_ns += ns;
	rig_turn(rig);
	for (uint32_t i = 0; wheels_behind(rig) && i < 100000; i++)
		rig_turn(rig);
}

void rig_forget(struct rig *rig)
{
	rig->frame_count = 0;
	memset(rig->drops, 0, sizeof(rig->drops));
}

uint32_t rig_flows(const struct rig *rig, const char *state)
{
	uint32_t count = 0;

	for (uint32_t w = 0; w < rig->workers; w++) {
		const struct flow_table *t = &rig->engine.workers[w].flow_table;

		for (uint32_t i = 0; i < t->capacity; i++) {
			uint8_t s = t->flows[i].state;

			count += state ? strcmp(flow_state_name(s), state) == 0
				       : s != FLOW_FREE && s < FLOW_MAP;
		}
	}
	return count;
}

uint32_t rig_held(struct rig *rig)
{
	uint32_t free_count = 0;

	rig_turn(rig);
	for (uint32_t w = 0; w < rig->workers; w++) {
		pkt_cache_reclaim(&rig->engine.caches[w]);
		free_count += rig->engine.caches[w].count;
	}
	return rig->engine.pool.count - free_count;
}
