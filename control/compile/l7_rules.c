/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The L7 image. The groups of an alternative are written once for each different alternative;
 * the records of alternatives once for each set that has them, because a set's stand together.
 *
 * When the image is full the world is told, and there will be no images.
 */

#include <string.h>

#include "control/compile/world.h"

static uint32_t string_add(struct world *w, const char *text)
{
	bool fresh;
	uint32_t number;

	if (!text || !*text)
		return 0;
	number = intern_add(&w->l7_strings, text, strlen(text), &fresh);
	if (fresh) {
		if (image_writer_room(&w->images[IMAGE_L7], IMAGE_L7_STRINGS) < strlen(text) + 2)
			w->l7_full = true;
		GROW_ADD(&w->l7_string_offsets,
			 w->l7_full ? 0
				    : image_writer_string(&w->images[IMAGE_L7], IMAGE_L7_STRINGS,
							  text));
	}
	return w->l7_string_offsets.items[number];
}

static uint32_t record_add(struct world *w, enum image_section_id section, const void *record,
			   size_t size)
{
	if (w->l7_full || image_writer_full(&w->images[IMAGE_L7], section)) {
		w->l7_full = true;
		return 0;
	}
	return image_writer_add(&w->images[IMAGE_L7], section, record, size);
}

static struct image_l7_rule matches_write(struct world *w, const struct l7_rule *rule)
{
	struct image_l7_rule record = {.count = (uint32_t)rule->match_count};

	for (size_t i = 0; i < rule->match_count; i++) {
		const struct l7_match *m = &rule->matches[i];
		const struct image_l7_match match = {
			.field = (uint8_t)m->field,
			.op = (uint8_t)m->op,
			.mismatch = (uint8_t)m->mismatch,
			.key = string_add(w, m->key),
			.value = string_add(w, m->value),
		};
		uint32_t index = record_add(w, IMAGE_L7_MATCH, &match, sizeof(match));

		if (i == 0)
			record.first = index;
	}
	return record;
}

static struct image_l7_group rules_write(struct world *w, const struct l7_group *group)
{
	struct image_l7_group record = {
		.kind = group->kind,
		.count = (uint32_t)group->rule_count,
	};
	GROW(struct image_l7_rule) rules = {0};

	for (size_t i = 0; i < group->rule_count; i++)
		GROW_ADD(&rules, matches_write(w, &group->rules[i]));
	for (uint32_t i = 0; i < rules.count; i++) {
		uint32_t index =
			record_add(w, IMAGE_L7_RULE, &rules.items[i], sizeof(rules.items[i]));

		if (i == 0)
			record.first = index;
	}
	GROW_FREE(&rules);
	return record;
}

static struct image_l7_alternative groups_write(struct world *w,
						const struct l7_alternative *alternative,
						uint32_t origin)
{
	struct image_l7_alternative record = {
		.count = (uint32_t)alternative->group_count,
		.origin = origin,
	};
	GROW(struct image_l7_group) groups = {0};

	for (size_t i = 0; i < alternative->group_count; i++)
		GROW_ADD(&groups, rules_write(w, &alternative->groups[i]));
	for (uint32_t i = 0; i < groups.count; i++) {
		uint32_t index =
			record_add(w, IMAGE_L7_GROUP, &groups.items[i], sizeof(groups.items[i]));

		if (i == 0)
			record.first = index;
	}
	GROW_FREE(&groups);
	return record;
}

static void key_add_text(struct byte_list *key, const char *text)
{
	key_add(key, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void key_add_rule(struct byte_list *key, const struct l7_rule *rule)
{
	const uint32_t count = (uint32_t)rule->match_count;

	key_add(key, &count, sizeof(count));
	for (size_t i = 0; i < rule->match_count; i++) {
		const struct l7_match *m = &rule->matches[i];
		const uint8_t head[3] = {(uint8_t)m->field, (uint8_t)m->op, (uint8_t)m->mismatch};

		key_add(key, head, sizeof(head));
		key_add_text(key, m->key);
		key_add_text(key, m->value);
	}
}

/* The number of an alternative, whatever sets it is in. */
static uint32_t alternative_add(struct world *w, const struct l7_alternative *alternative,
				uint32_t origin)
{
	struct byte_list key = {0};
	uint32_t number;
	bool fresh;

	key_add(&key, &origin, sizeof(origin));
	for (size_t i = 0; i < alternative->group_count; i++) {
		const struct l7_group *group = &alternative->groups[i];
		const uint32_t head[2] = {group->kind, (uint32_t)group->rule_count};

		key_add(&key, head, sizeof(head));
		for (size_t r = 0; r < group->rule_count; r++)
			key_add_rule(&key, &group->rules[r]);
	}
	number = intern_add(&w->l7_alternatives, key.items, key.count, &fresh);
	GROW_FREE(&key);
	if (fresh) {
		struct image_l7_alternative record = groups_write(w, alternative, origin);

		GROW_ADD(&w->l7_records, record);
	}
	return number;
}

static uint32_t set_add(struct world *w, const uint32_t *alternatives, uint32_t count)
{
	struct image_l7_set set = {.count = count};
	bool fresh;
	uint32_t number =
		intern_add(&w->l7_sets, alternatives, count * sizeof(*alternatives), &fresh);

	if (!fresh)
		return number + 1;
	CHECK(alternatives && count);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t index =
			record_add(w, IMAGE_L7_ALTERNATIVE, &w->l7_records.items[alternatives[i]],
				   sizeof(struct image_l7_alternative));

		if (i == 0)
			set.first = index;
	}
	(void)record_add(w, IMAGE_L7_SET, &set, sizeof(set));
	return number + 1;
}

uint32_t l7_set_add(struct world *w, const struct l7_alternative *alternative, uint32_t origin)
{
	uint32_t number = alternative_add(w, alternative, origin);

	return set_add(w, &number, 1);
}

static void set_list(const struct world *w, uint32_t set, struct u32_list *out)
{
	size_t size;
	const uint32_t *items;

	if (set == 0)
		return;
	items = intern_key(&w->l7_sets, set - 1, &size);
	for (size_t i = 0; i < size / sizeof(*items); i++)
		GROW_ADD(out, items[i]);
}

uint32_t l7_set_join(struct world *w, const uint32_t *sets, uint32_t count)
{
	struct u32_list all = {0};
	uint32_t set;

	for (uint32_t i = 0; i < count; i++)
		set_list(w, sets[i], &all);
	all.count = grow_sort_u32(all.items, all.count);
	set = all.count ? set_add(w, all.items, all.count) : 0;
	GROW_FREE(&all);
	return set;
}
