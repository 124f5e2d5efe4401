/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A memory from images. Identities are not among it: they are numbers for people, and the same
 * objects get the same ones in the same order.
 */

#include "control/compile/compile_memory.h"

static void neighbours_restore(struct compile_memory *memory, const struct image_header *image)
{
	uint32_t count;
	const struct image_neigh *records = image_records(image, IMAGE_NEIGH_RECORD, &count);

	for (uint32_t i = 0; i < count; i++) {
		struct neighbour_key key = {records[i].addr, records[i].port};

		if (records[i].flags & NEIGH_VALID)
			numbers_restore(&memory->neighbours, memory->generation, &key, sizeof(key),
					i);
	}
	memory->neighbour_count = count;
	/* Holes may still be in flows' minds: the search for a free number starts behind them. */
	memory->neighbours.cursor = count < memory->neighbours.count ? count : 0;
}

static void pool_restore(struct compile_memory *memory, const struct image_header *image,
			 uint64_t drained_s)
{
	uint32_t count;
	const struct image_egress_pool *records = image_records(image, IMAGE_EGRESS_POOL, &count);

	for (uint32_t i = 0; i < count; i++)
		GROW_ADD(&memory->pool,
			 (struct memory_address){records[i].addr,
						 records[i].draining ? drained_s : UINT64_MAX});
}

static void backends_restore(struct compile_memory *memory, const struct image_header *image)
{
	uint32_t count;
	const struct image_backend *records = image_records(image, IMAGE_SERVICE_BACKEND, &count);

	for (uint32_t i = 0; i < count; i++) {
		struct backend_key key = {.addr = records[i].addr,
					  .port = records[i].port,
					  .proto = records[i].proto};

		if (records[i].flags & BACKEND_VALID)
			numbers_restore(&memory->backends, memory->generation, &key, sizeof(key),
					i);
	}
	memory->backend_count = count;
	memory->backends.cursor = count < memory->backends.count ? count : 0;
}

/* What tells apart the services of one name: their frontends do. */
static uint8_t *service_marks(const struct image_header *image, uint32_t service_count)
{
	uint8_t *marks = grow_zeroed(service_count, 1);
	uint32_t count;
	const struct image_frontend *f = image_records(image, IMAGE_SERVICE_FRONTEND, &count);

	for (uint32_t i = 0; i < count; i++, f++) {
		if (addr_is_v4(&f->addr)) {
			marks[f->service] |= SERVICE_KEY_V4;
			marks[f->service_inside] |= SERVICE_KEY_V4;
		}
		if (f->service != f->service_inside)
			marks[f->service_inside] |= SERVICE_KEY_SECOND;
	}
	return marks;
}

static void starts_restore(struct compile_memory *memory, const struct image_service *service,
			   const struct image_pick *picks)
{
	if (service->slow_start_s == 0)
		return;
	starts_add(&memory->starts, service->number, NUMBERS_FULL, 0);
	for (uint32_t i = 0; i < service->count; i++)
		if (picks[service->first + i].state == PICK_ACTIVE)
			starts_add(&memory->starts, service->number,
				   picks[service->first + i].backend,
				   picks[service->first + i].since_s);
}

static void services_restore(struct compile_memory *memory, const struct image_header *image,
			     const struct image_header *origin)
{
	uint32_t count, pick_count, size, next = 0;
	const struct image_service *services = image_records(image, IMAGE_SERVICE_RECORD, &count);
	const struct image_pick *picks = image_records(image, IMAGE_SERVICE_PICK, &pick_count);
	const char *strings = image_records(origin, IMAGE_ORIGIN_STRINGS, &size);
	uint8_t *marks = service_marks(image, count);
	struct byte_list key = {0};

	for (uint32_t i = 0; i < count; i++) {
		const char *name = services[i].name < size ? strings + services[i].name : "";

		key.count = 0;
		GROW_ADD(&key, marks[i]);
		for (; *name; name++)
			GROW_ADD(&key, (uint8_t)*name);
		numbers_restore(&memory->services, memory->generation, key.items, key.count,
				services[i].number);
		starts_restore(memory, &services[i], picks);
		next = max_u32(next, services[i].number + 1);
	}
	memory->services.cursor = next < memory->services.count ? next : 0;
	GROW_FREE(&key);
	free(marks);
}

void compile_memory_restore(struct compile_memory *memory,
			    struct image_header *const images[IMAGE_KINDS], uint64_t now_s)
{
	uint32_t count;
	const struct image_settings *settings =
		image_records(images[IMAGE_SETTINGS], IMAGE_SETTINGS_RECORD, &count);

	neighbours_restore(memory, images[IMAGE_NEIGH]);
	backends_restore(memory, images[IMAGE_SERVICE]);
	services_restore(memory, images[IMAGE_SERVICE], images[IMAGE_ORIGIN]);
	pool_restore(memory, images[IMAGE_EGRESS], now_s + (count ? settings->drain_s : 0));
}
