/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Images: the list of sections, the records of a verified image, and the writer.
 *
 * The writer keeps one growing array for each section and copies them behind one another when
 * it is closed. It runs in control/ and in tests, where no memory is the end.
 */

#include "fastpath/api/image.h"

#include <stdlib.h>
#include <string.h>

#include "fastpath/api/image_check.h"
#include "fastpath/base/check.h"

const struct image_layout image_layouts[IMAGE_KINDS][IMAGE_SECTIONS_MAX] = {
#define IMAGE_SECTION(kind, position, name, type, max) [kind][position] = {sizeof(type), max},
#include "fastpath/api/image_sections.def"
#undef IMAGE_SECTION
};

#define IMAGE_SECTION(kind, position, name, type, max)             \
	static_assert((position) < IMAGE_SECTIONS_MAX);            \
	static_assert(sizeof(type) == 1 || sizeof(type) % 4 == 0); \
	static_assert(_Alignof(type) <= 8);                        \
	static_assert((uint64_t)(max) * sizeof(type) < IMAGE_SIZE_MAX);
#include "fastpath/api/image_sections.def"
#undef IMAGE_SECTION

const char *image_kind_name(enum image_kind kind)
{
	static const char *const names[IMAGE_KINDS] = {
		[IMAGE_SETTINGS] = "settings", [IMAGE_LINKS] = "links",	  [IMAGE_IDENT] = "ident",
		[IMAGE_POLICY] = "policy",     [IMAGE_EGRESS] = "egress", [IMAGE_ROUTE] = "route",
		[IMAGE_NEIGH] = "neigh",       [IMAGE_ORIGIN] = "origin", [IMAGE_L7] = "l7",
		[IMAGE_SERVICE] = "service",   [IMAGE_TUNNEL] = "tunnel", [IMAGE_WG] = "wg",
	};

	return (unsigned int)kind < IMAGE_KINDS ? names[kind] : "?";
}

const void *image_records(const struct image_header *image, enum image_section_id section,
			  uint32_t *count)
{
	const struct image_section *s = &image->sections[section];

	if (count)
		*count = s->count;
	return (const uint8_t *)image + s->offset;
}

bool image_is_secret(enum image_kind kind)
{
	return kind == IMAGE_WG;
}

void image_free(struct image_header *image)
{
	if (image && image_is_secret(image->kind))
		explicit_bzero(image, image->size);
	free(image);
}

void image_writer_open(struct image_writer *w, enum image_kind kind)
{
	CHECK((unsigned int)kind < IMAGE_KINDS);
	*w = (struct image_writer){.kind = kind};
}

static void writer_append(struct image_writer *w, unsigned int section, const void *bytes,
			  size_t size)
{
	if (w->room[section] - w->size[section] < size) {
		size_t room = w->room[section] * 2 > 256 ? w->room[section] * 2 : 256;

		while (room - w->size[section] < size)
			room *= 2;
		w->bytes[section] = realloc(w->bytes[section], room);
		CHECK(w->bytes[section]);
		w->room[section] = room;
	}
	memcpy(w->bytes[section] + w->size[section], bytes, size);
	w->size[section] += size;
}

uint32_t image_writer_add(struct image_writer *w, enum image_section_id section, const void *record,
			  size_t size)
{
	const struct image_layout *layout = &image_layouts[w->kind][section];
	size_t index;

	CHECK(layout->record_size > 0 && (layout->record_size == 1 || layout->record_size == size));
	index = w->size[section] / layout->record_size;
	CHECK(index + size / layout->record_size <= layout->max);
	writer_append(w, section, record, size);
	return (uint32_t)index;
}

uint32_t image_writer_add_many(struct image_writer *w, enum image_section_id section,
			       const void *records, uint32_t count, size_t size)
{
	size_t index = w->size[section] / size;

	CHECK(image_layouts[w->kind][section].record_size == size);
	CHECK(count <= image_writer_room(w, section));
	if (count)
		writer_append(w, section, records, count * size);
	return (uint32_t)index;
}

void image_writer_reserve(struct image_writer *w, enum image_section_id section, uint32_t count)
{
	size_t room = (size_t)count * image_layouts[w->kind][section].record_size;

	if (room <= w->room[section])
		return;
	w->bytes[section] = realloc(w->bytes[section], room);
	CHECK(w->bytes[section]);
	w->room[section] = room;
}

uint32_t image_writer_room(const struct image_writer *w, enum image_section_id section)
{
	const struct image_layout *layout = &image_layouts[w->kind][section];

	return layout->max - (uint32_t)(w->size[section] / layout->record_size);
}

bool image_writer_full(const struct image_writer *w, enum image_section_id section)
{
	return image_writer_room(w, section) == 0;
}

uint32_t image_writer_string(struct image_writer *w, enum image_section_id section,
			     const char *text)
{
	if (w->size[section] == 0)
		(void)image_writer_add(w, section, "", 1);
	return *text ? image_writer_add(w, section, text, strlen(text) + 1) : 0;
}

static void writer_clear(struct image_writer *w)
{
	for (unsigned int i = 0; i < IMAGE_SECTIONS_MAX; i++) {
		if (image_is_secret(w->kind) && w->bytes[i])
			explicit_bzero(w->bytes[i], w->room[i]);
		free(w->bytes[i]);
	}
	image_writer_open(w, w->kind);
}

/* With zeroes up to where the next section begins. */
static void section_close(const struct image_writer *w, unsigned int section, uint8_t *to)
{
	memcpy(to, w->bytes[section], w->size[section]);
	memset(to + w->size[section], 0, align_up(w->size[section], 8) - w->size[section]);
}

struct image_header *image_writer_close(struct image_writer *w)
{
	const struct image_layout *layouts = image_layouts[w->kind];
	struct image_header header = {
		.magic = IMAGE_MAGIC,
		.version = IMAGE_VERSION,
		.kind = (uint16_t)w->kind,
		.size = sizeof(header),
	};
	struct image_header *image;

	for (unsigned int i = 0; i < IMAGE_SECTIONS_MAX; i++) {
		if (layouts[i].record_size == 0)
			continue;
		if (layouts[i].record_size == 1 && w->size[i] == 0)
			writer_append(w, i, "", 1);
		header.sections[i] = (struct image_section){
			.offset = header.size,
			.count = (uint32_t)(w->size[i] / layouts[i].record_size),
			.record_size = layouts[i].record_size,
		};
		header.size = align_up(header.size + w->size[i], 8);
	}
	CHECK(header.size <= IMAGE_SIZE_MAX);
	image = malloc(header.size);
	CHECK(image);
	memcpy(image, &header, sizeof(header));
	for (unsigned int i = 0; i < IMAGE_SECTIONS_MAX; i++)
		if (w->size[i] > 0)
			section_close(w, i, (uint8_t *)image + header.sections[i].offset);
	writer_clear(w);
	return image;
}
