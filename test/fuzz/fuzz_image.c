/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An image from a stranger: image_verify() reads inside it only, and what passes can be walked.
 * Each input is tried as it is, and once with an envelope that begins right, so that most of the
 * time is not spent on the first check.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"
#include "fastpath/table/service_table.h"
#include "test/lib/image_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BUILT_MAX 16u /* services: their Maglev tables cost more than their image says */

/* What passed becomes a table, and is asked for something of each service. */
static void try_services(const struct image_header *image)
{
	const struct service_table *t;
	struct table *table;

	if (image->sections[IMAGE_SERVICE_RECORD].count > BUILT_MAX)
		return;
	CHECK(table_build(image, NULL, &table) == 0);
	t = (const struct service_table *)table;
	for (uint32_t i = 0; i < t->service_count; i++) {
		struct tuple tuple = {.src = addr_v4(BE32(0x0a000001u)), .sport = BE16(i)};
		uint32_t pick = service_maglev(t, i, service_hash(&t->services[i], &tuple));
		const struct image_backend *b;

		if (pick == PICK_NONE)
			continue;
		b = &t->backends[t->picks[pick].backend];
		CHECK(service_pick_of(t, i, &b->addr, BE16(b->port)) == pick);
	}
	table_free(table);
}

static void try_image(const uint8_t *bytes, size_t size, enum image_kind kind)
{
	struct image_error error = {""};

	if (image_verify(bytes, size, kind, &error) == 0) {
		(void)image_walk((const struct image_header *)(const void *)bytes);
		if (kind == IMAGE_SERVICE)
			try_services((const struct image_header *)(const void *)bytes);
	} else {
		CHECK(error.text[0] && strlen(error.text) < sizeof(error.text));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image_header *image;
	uint8_t *copy = malloc(size ? size : 1);

	CHECK(copy);
	if (size)
		memcpy(copy, data, size);
	for (unsigned int kind = 0; kind < IMAGE_KINDS; kind++)
		try_image(copy, size, (enum image_kind)kind);
	if (size >= sizeof(*image)) {
		image = (struct image_header *)(void *)copy;
		image->magic = IMAGE_MAGIC;
		image->version = IMAGE_VERSION;
		image->kind %= IMAGE_KINDS;
		image->size = size;
		try_image(copy, size, (enum image_kind)image->kind);
	}
	free(copy);
	return 0;
}

#include "test/fuzz/replay_main.inc"
