/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One compilation, from start to end: world.h says what is learnt in which order.
 */

#include "control/compile/compile.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/label_index.h"
#include "control/compile/world.h"

int world_refuse(struct world *w, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(w->error->text, sizeof(w->error->text), format, args);
	va_end(args);
	return err;
}

void world_warn(struct world *w, const struct source *source, const char *format, ...)
{
	char text[1024];
	int size = 0;
	va_list args;
	bool fresh;

	if (source->file && source->line)
		size = snprintf(text, sizeof(text), "%s:%u: ", source->file, source->line);
	else if (source->file)
		size = snprintf(text, sizeof(text), "%s: ", source->file);
	if (size < 0 || (size_t)size >= sizeof(text))
		size = 0;
	va_start(args, format);
	(void)vsnprintf(text + size, sizeof(text) - (size_t)size, format, args);
	va_end(args);
	(void)intern_add(&w->warnings, text, strlen(text) + 1, &fresh);
}

struct ident_list world_list(struct world *w, const uint32_t *items, uint32_t count)
{
	uint32_t *copy;

	if (count == 0)
		return (struct ident_list){0};
	copy = grow_zeroed(count, sizeof(*copy));
	memcpy(copy, items, count * sizeof(*copy));
	GROW_ADD(&w->scraps, (void *)copy);
	return (struct ident_list){copy, count};
}

static void rooms_make(struct world *w)
{
	const struct compile_rooms *rooms = &w->memory->rooms;

	intern_reserve(&w->selections, &rooms->selections);
	intern_reserve(&w->strings, &rooms->strings);
	GROW_RESERVE(&w->ranges, grow_margin(rooms->ranges));
	GROW_RESERVE(&w->rules, grow_margin(rooms->rules));
	GROW_RESERVE(&w->bundles, grow_margin(rooms->bundles));
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		for (unsigned int section = 0; section < IMAGE_SECTIONS_MAX; section++)
			if (rooms->sections[kind][section])
				image_writer_reserve(&w->images[kind], section,
						     grow_margin(rooms->sections[kind][section]));
}

void world_open(struct world *w)
{
	static const struct image_origin nobody;
	static const struct image_l7_set never_asked;

	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		image_writer_open(&w->images[kind], (enum image_kind)kind);
	rooms_make(w);
	(void)origin_string(w, "");
	(void)image_writer_add(&w->images[IMAGE_ORIGIN], IMAGE_ORIGIN_RECORD, &nobody,
			       sizeof(nobody));
	(void)image_writer_add(&w->images[IMAGE_L7], IMAGE_L7_SET, &never_asked,
			       sizeof(never_asked));
	(void)image_writer_add(&w->images[IMAGE_SETTINGS], IMAGE_SETTINGS_RECORD,
			       &w->in->config->settings, sizeof(struct image_settings));
}

void world_close(struct world *w)
{
	struct intern *tables[] = {
		&w->space_names, &w->class_keys,      &w->port_maps,	  &w->ident_keys,
		&w->blocks,	 &w->selections,      &w->egress_classes, &w->strings,
		&w->decisions,	 &w->warnings,	      &w->node_groups,	  &w->api_servers,
		&w->l7_strings,	 &w->l7_alternatives, &w->l7_sets,
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		intern_free(tables[i]);
	for (uint32_t i = 0; i < w->spaces.count; i++) {
		if (w->spaces.items[i].own_labels)
			free(w->spaces.items[i].labels.items);
		free(w->spaces.items[i].cilium_keys);
	}
	visible_free(&w->visible);
	label_index_free(w->label_index);
	service_index_free(w->service_index);
	GROW_FREE(&w->group_nodes);
	GROW_FREE(&w->l7_string_offsets);
	GROW_FREE(&w->l7_records);
	for (uint32_t i = 0; i < w->scraps.count; i++)
		free(w->scraps.items[i]);
	GROW_FREE(&w->scraps);
	GROW_FREE(&w->spaces);
	GROW_FREE(&w->classes);
	GROW_FREE(&w->idents);
	GROW_FREE(&w->addresses);
	GROW_FREE(&w->block_idents);
	GROW_FREE(&w->selected);
	GROW_FREE(&w->ranges);
	GROW_FREE(&w->rules);
	GROW_FREE(&w->bundles);
	GROW_FREE(&w->egress_pool);
	GROW_FREE(&w->next_pool);
	services_free(w->services);
	wireguard_close(w);
	starts_free(&w->next_starts);
	GROW_FREE(&w->string_offsets);
	GROW_FREE(&w->shared_decisions);
	free(w->class_idents);
	free(w->cell_first);
	free(w->cell_idents);
	free(w->pods);
	free(w->egress_rule_first);
	prefix_tree_free(&w->cells);
}

static void rooms_note(const struct world *w)
{
	struct compile_rooms *rooms = &w->memory->rooms;

	rooms->selections = intern_room(&w->selections);
	rooms->strings = intern_room(&w->strings);
	rooms->ranges = w->ranges.count;
	rooms->rules = w->rules.count;
	rooms->bundles = w->bundles.count;
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		for (unsigned int section = 0; section < IMAGE_SECTIONS_MAX; section++)
			rooms->sections[kind][section] =
				w->out->image[kind]->sections[section].count;
}

static void policies_expand(struct world *w)
{
	if (w->in->config->enforcement == ENFORCE_NEVER)
		return;
	network_policies_expand(w);
	cilium_policies_expand(w);
	cluster_policies_expand(w);
	enforcement_expand(w);
}

int world_learn(struct world *w)
{
	int err = classes_build(w);

	if (err)
		return err;
	egress_select(w);
	cells_build(w);
	err = idents_build(w);
	if (!err)
		policies_expand(w);
	return err;
}

static int world_compile(struct world *w)
{
	int err = world_learn(w);

	if (!err)
		err = policy_emit(w);
	if (!err && w->l7_full)
		err = world_refuse(w, -ENOSPC, "L7 rules do not fit: the fast path holds no more");
	if (!err)
		err = egress_gateways_emit(w);
	if (err)
		return err;
	egress_pool_sort(w);
	err = egress_prefixes_emit(w);
	/* After the prefixes: what services leave with is no way around egress policies. */
	if (!err)
		err = services_emit(w);
	if (err)
		return err;
	egress_pool_sort(w);
	err = egress_pool_emit(w);
	if (!err)
		err = wireguard_emit(w);
	if (!err)
		err = network_emit(w);
	return err ? err : idents_emit(w);
}

/* The images must pass what the fast path will ask of them: better refused here than there. */
static int images_close(struct world *w)
{
	struct image_error error;

	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		struct image_header *image = image_writer_close(&w->images[kind]);

		w->out->image[kind] = image;
		if (image_verify(image, image->size, (enum image_kind)kind, &error))
			return world_refuse(w, -EINVAL, "%s", error.text);
	}
	return 0;
}

static void warnings_close(struct world *w)
{
	uint32_t count = w->warnings.entries.count;

	w->out->warnings = grow_zeroed(count, sizeof(*w->out->warnings));
	for (uint32_t i = 0; i < count; i++) {
		size_t size;
		const char *text = intern_key(&w->warnings, i, &size);

		w->out->warnings[i] = strdup(text);
		CHECK(w->out->warnings[i]);
	}
	w->out->warning_count = count;
}

static void memory_commit(struct world *w)
{
	struct memory_pool before = w->memory->pool;
	struct memory_starts starts = w->memory->starts;

	rooms_note(w);
	numbers_tidy(&w->memory->identities, w->generation);
	numbers_tidy(&w->memory->cidrs, w->generation);
	numbers_tidy(&w->memory->nodes, w->generation);
	numbers_tidy(&w->memory->services, w->generation);
	numbers_tidy(&w->memory->backends, w->generation);
	w->memory->generation = w->generation;
	w->memory->neighbour_count = w->neighbour_count;
	w->memory->pool = w->next_pool;
	w->next_pool = before;
	w->memory->starts = w->next_starts;
	w->next_starts = starts;
	w->memory->backend_count = max_u32(w->memory->backend_count, w->backend_count);
}

int compile_images(const struct compile_input *input, struct compile_memory *memory,
		   struct images *out, struct compile_error *error)
{
	struct world w = {
		.in = input,
		.memory = memory,
		.generation = memory->generation + 1,
		.out = out,
		.error = error,
	};
	int err;

	*out = (struct images){.next_s = UINT64_MAX};
	world_open(&w);
	err = world_compile(&w);
	if (!err)
		err = images_close(&w);
	if (!err) {
		warnings_close(&w);
		memory_commit(&w);
	} else {
		for (int kind = 0; kind < IMAGE_KINDS; kind++)
			if (!out->image[kind])
				image_free(image_writer_close(&w.images[kind]));
		images_free(out);
	}
	world_close(&w);
	return err;
}

void images_free(struct images *images)
{
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		image_free(images->image[kind]);
	wireguard_free(images->wg);
	for (size_t i = 0; i < images->warning_count; i++)
		free(images->warnings[i]);
	free(images->warnings);
	free(images->checks);
	free(images->node_healths);
	*images = (struct images){.next_s = UINT64_MAX};
}
