/* SPDX-License-Identifier: Apache-2.0 */

#include "control/offline/diff.h"

#include <string.h>

#include "control/compile/intern.h"

#define FAMILIES 2

/* What one pair of classes is judged by; pairs with the same rows change in the same way. */
struct rows {
	const struct image_policy_row *row[DIFF_SIDES][JUDGE_DIRECTIONS];
};

struct work {
	struct diff *diff;
	const struct diff_world *worlds;
	struct intern class_keys;
	struct intern rows_keys;
	GROW(struct u32_list) rows_groups; /* by number of rows: which groups they are in */
	struct intern group_keys;
};

/* ---- classes ---- */

static void ident_take(const struct judge *judge, const union addr *addresses, uint32_t count,
		       uint32_t out[FAMILIES])
{
	out[0] = out[1] = UINT32_MAX;
	for (uint32_t i = 0; i < count; i++) {
		bool v4 = addr_is_v4(&addresses[i]);

		if (out[v4] == UINT32_MAX)
			out[v4] = judge_ident(judge, &addresses[i]);
	}
}

struct class_key {
	uint32_t is_outside;
	uint32_t ident[DIFF_SIDES][FAMILIES];
};

static struct class_key class_key(const struct diff_class *class)
{
	struct class_key key = {.is_outside = class->is_outside};

	memcpy(key.ident, class->ident, sizeof(key.ident));
	return key;
}

/* Of what is outside the ends that somebody named say enough, else every prefix is named. */
static void class_add(struct work *w, const char *name, const struct diff_class *class)
{
	struct class_key key = class_key(class);
	struct diff_class *known;
	uint32_t number;
	char *copy;
	bool fresh;

	number = intern_add(&w->class_keys, &key, sizeof(key), &fresh);
	if (fresh)
		GROW_ADD(&w->diff->classes, *class);
	known = &w->diff->classes.items[number];
	if (class->is_prefix && !known->is_prefix)
		return;
	for (uint32_t i = 0; class->is_prefix && i < known->names.count; i++)
		if (strcmp(known->names.items[i], name) == 0)
			return;
	copy = strdup(name);
	CHECK(copy);
	GROW_ADD(&known->names, copy);
}

static const struct end *end_find(const struct end_list *ends, const struct end *like)
{
	for (uint32_t i = 0; i < ends->count; i++)
		if (strcmp(ends->items[i].name, like->name) == 0)
			return &ends->items[i];
	return NULL;
}

/* Both lists stand in the same order, so what is looked for is mostly the next one. */
static const struct end *end_find_from(const struct end_list *ends, uint32_t *at,
				       const struct end *like)
{
	const struct end *found = NULL;

	if (*at < ends->count && strcmp(ends->items[*at].name, like->name) == 0)
		found = &ends->items[*at];
	else
		found = end_find(ends, like);
	if (found)
		*at = (uint32_t)(found - ends->items) + 1;
	return found;
}

static void classes_of_ends(struct work *w)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < w->worlds[DIFF_OLD].ends->count; i++) {
		const struct end *before = &w->worlds[DIFF_OLD].ends->items[i];
		const struct end *after = end_find_from(w->worlds[DIFF_NEW].ends, &at, before);
		struct diff_class class = {.is_outside = !before->pod};

		if (!after) {
			GROW_ADD(&w->diff->only[DIFF_OLD], strdup(before->name));
			continue;
		}
		ident_take(w->worlds[DIFF_OLD].judge, before->addresses, before->address_count,
			   class.ident[DIFF_OLD]);
		ident_take(w->worlds[DIFF_NEW].judge, after->addresses, after->address_count,
			   class.ident[DIFF_NEW]);
		class_add(w, before->alias ? before->alias : before->name, &class);
	}
	at = 0;
	for (uint32_t i = 0; i < w->worlds[DIFF_NEW].ends->count; i++) {
		const struct end *after = &w->worlds[DIFF_NEW].ends->items[i];

		if (!end_find_from(w->worlds[DIFF_OLD].ends, &at, after))
			GROW_ADD(&w->diff->only[DIFF_NEW], strdup(after->name));
	}
}

/* Each prefix that one of the worlds knows, by one of its addresses. */
static void classes_of_outside(struct work *w)
{
	for (int side = 0; side < DIFF_SIDES; side++) {
		uint32_t count;
		struct judge_outside *outside = judge_outside(w->worlds[side].judge, &count);

		for (uint32_t i = 0; i < count; i++) {
			struct diff_class class = {.is_outside = true, .is_prefix = true};
			char text[ADDR_TEXT_MAX];

			for (int s = 0; s < DIFF_SIDES; s++)
				ident_take(w->worlds[s].judge, &outside[i].addr, 1, class.ident[s]);
			class_add(w, prefix_format(&outside[i].prefix, text), &class);
		}
		free(outside);
	}
}

/* ---- changes ---- */

/* Walks the spans of a row; NULL is one open span. */
struct walk {
	const struct judge *judge;
	const struct image_policy_row *row;
	uint32_t at;
};

static uint32_t walk_last(const struct walk *walk)
{
	if (!walk->row || walk->at + 1 >= walk->row->count)
		return JUDGE_KEY_MAX;
	return judge_spans(walk->judge)[walk->row->first + walk->at + 1].from - 1;
}

static struct judgement walk_judgement(const struct walk *walk)
{
	if (!walk->row)
		return (struct judgement){.verdict = JUDGE_ALLOW, .is_open = true};
	return judge_decision(walk->judge,
			      judge_spans(walk->judge)[walk->row->first + walk->at].decision);
}

static struct diff_verdict verdict_of(const struct walk walks[JUDGE_DIRECTIONS])
{
	struct judgement egress = walk_judgement(&walks[JUDGE_EGRESS]);
	struct judgement ingress = walk_judgement(&walks[JUDGE_INGRESS]);
	struct diff_verdict out = {.verdict = judge_worse(egress.verdict, ingress.verdict)};

	/* A denial has one reason: what else there is does not matter. */
	if (out.verdict == JUDGE_ALLOW || egress.verdict == out.verdict)
		out.origin[JUDGE_EGRESS] = egress.origin;
	if (out.verdict == JUDGE_ALLOW || egress.verdict != out.verdict)
		out.origin[JUDGE_INGRESS] = ingress.origin;
	out.wants_l7 = out.verdict == JUDGE_DENY &&
		       (egress.verdict == JUDGE_DENY ? egress.wants_l7 : ingress.wants_l7);
	return out;
}

/* Changes of one kind inside the rows, before it is known whether there is a group of them. */
struct found {
	struct diff_verdict verdict[DIFF_SIDES];
	GROW(struct diff_range) ranges;
};

struct found_list GROW_FIELDS(struct found);

static bool verdicts_equal(const struct diff_verdict *a, const struct diff_verdict *b)
{
	return a->verdict == b->verdict && a->wants_l7 == b->wants_l7 &&
	       a->origin[JUDGE_INGRESS] == b->origin[JUDGE_INGRESS] &&
	       a->origin[JUDGE_EGRESS] == b->origin[JUDGE_EGRESS];
}

static void found_add(struct found_list *list, const struct diff_verdict verdict[DIFF_SIDES],
		      uint32_t first, uint32_t last)
{
	struct diff_range range = {first, last};
	struct found *f = NULL;

	for (uint32_t i = 0; i < list->count && !f; i++)
		if (verdicts_equal(&list->items[i].verdict[DIFF_OLD], &verdict[DIFF_OLD]) &&
		    verdicts_equal(&list->items[i].verdict[DIFF_NEW], &verdict[DIFF_NEW]))
			f = &list->items[i];
	if (!f) {
		struct found fresh = {0};

		memcpy(fresh.verdict, verdict, sizeof(fresh.verdict));
		GROW_ADD(list, fresh);
		f = &list->items[list->count - 1];
	}
	if (f->ranges.count && f->ranges.items[f->ranges.count - 1].last + 1 == first)
		f->ranges.items[f->ranges.count - 1].last = last;
	else
		GROW_ADD(&f->ranges, range);
}

static void rows_compare(struct work *w, const struct rows *rows, struct found_list *out)
{
	struct walk walks[DIFF_SIDES][JUDGE_DIRECTIONS];
	struct diff_verdict verdict[DIFF_SIDES];
	uint32_t first = 0, last;

	for (int s = 0; s < DIFF_SIDES; s++)
		for (int d = 0; d < JUDGE_DIRECTIONS; d++)
			walks[s][d] = (struct walk){w->worlds[s].judge, rows->row[s][d], 0};
	do {
		last = JUDGE_KEY_MAX;
		for (int s = 0; s < DIFF_SIDES; s++) {
			verdict[s] = verdict_of(walks[s]);
			for (int d = 0; d < JUDGE_DIRECTIONS; d++)
				last = min_u32(last, walk_last(&walks[s][d]));
		}
		if (verdict[DIFF_OLD].verdict != verdict[DIFF_NEW].verdict)
			found_add(out, verdict, first, last);
		for (int s = 0; s < DIFF_SIDES; s++)
			for (int d = 0; d < JUDGE_DIRECTIONS; d++)
				walks[s][d].at += walk_last(&walks[s][d]) == last;
		first = last + 1;
	} while (last < JUDGE_KEY_MAX);
}

static uint32_t group_find(struct work *w, const struct found *found)
{
	const struct diff_verdict *v = found->verdict;
	const uint32_t head[] = {
		v[DIFF_OLD].verdict,
		v[DIFF_OLD].wants_l7,
		v[DIFF_OLD].origin[JUDGE_INGRESS],
		v[DIFF_OLD].origin[JUDGE_EGRESS],
		v[DIFF_NEW].verdict,
		v[DIFF_NEW].wants_l7,
		v[DIFF_NEW].origin[JUDGE_INGRESS],
		v[DIFF_NEW].origin[JUDGE_EGRESS],
	};
	size_t ranges = found->ranges.count * sizeof(*found->ranges.items);
	size_t size = sizeof(head) + ranges;
	uint8_t *key = grow_zeroed(size, 1);
	struct diff_group group = {0};
	uint32_t number;
	bool fresh;

	memcpy(key, head, sizeof(head));
	memcpy(key + sizeof(head), found->ranges.items, ranges);
	number = intern_add(&w->group_keys, key, size, &fresh);
	free(key);
	if (fresh) {
		memcpy(group.verdict, found->verdict, sizeof(group.verdict));
		for (uint32_t i = 0; i < found->ranges.count; i++)
			GROW_ADD(&group.ranges, found->ranges.items[i]);
		GROW_ADD(&w->diff->groups, group);
	}
	return number;
}

static const struct u32_list *rows_groups(struct work *w, const struct rows *rows)
{
	struct found_list found = {0};
	struct u32_list groups = {0};
	uint32_t number;
	bool fresh;

	number = intern_add(&w->rows_keys, rows, sizeof(*rows), &fresh);
	if (!fresh)
		return &w->rows_groups.items[number];
	rows_compare(w, rows, &found);
	for (uint32_t i = 0; i < found.count; i++) {
		GROW_ADD(&groups, group_find(w, &found.items[i]));
		GROW_FREE(&found.items[i].ranges);
	}
	GROW_FREE(&found);
	GROW_ADD(&w->rows_groups, groups);
	return &w->rows_groups.items[number];
}

static void pair_add(struct diff_group *group, uint32_t from, uint32_t to)
{
	struct diff_pair pair = {from, to};
	const struct diff_pair *last =
		group->pairs.count ? &group->pairs.items[group->pairs.count - 1] : NULL;

	/* The other family says the same. */
	if (last && last->from == from && last->to == to)
		return;
	GROW_ADD(&group->pairs, pair);
}

static void pair_compare(struct work *w, uint32_t from, uint32_t to)
{
	const struct diff_class *src = &w->diff->classes.items[from];
	const struct diff_class *dst = &w->diff->classes.items[to];
	const struct u32_list *groups;

	if ((src->is_outside && dst->is_outside) || (from == to && src->names.count < 2))
		return;
	for (int family = 0; family < FAMILIES; family++) {
		struct rows rows;
		bool both = true;

		for (int s = 0; s < DIFF_SIDES; s++)
			both = both && src->ident[s][family] != UINT32_MAX &&
			       dst->ident[s][family] != UINT32_MAX;
		if (!both)
			continue;
		for (int s = 0; s < DIFF_SIDES; s++)
			for (int d = 0; d < JUDGE_DIRECTIONS; d++)
				rows.row[s][d] =
					judge_row(w->worlds[s].judge, d, src->ident[s][family],
						  dst->ident[s][family]);
		groups = rows_groups(w, &rows);
		for (uint32_t i = 0; i < groups->count; i++)
			pair_add(&w->diff->groups.items[groups->items[i]], from, to);
	}
}

void diff_build(struct diff *out, const struct diff_world worlds[DIFF_SIDES])
{
	struct work w = {.diff = out, .worlds = worlds};

	memset(out, 0, sizeof(*out));
	classes_of_ends(&w);
	classes_of_outside(&w);
	for (uint32_t from = 0; from < out->classes.count; from++)
		for (uint32_t to = 0; to < out->classes.count; to++)
			pair_compare(&w, from, to);
	for (uint32_t i = 0; i < w.rows_groups.count; i++)
		GROW_FREE(&w.rows_groups.items[i]);
	GROW_FREE(&w.rows_groups);
	intern_free(&w.class_keys);
	intern_free(&w.rows_keys);
	intern_free(&w.group_keys);
}

void diff_free(struct diff *diff)
{
	for (uint32_t i = 0; i < diff->classes.count; i++) {
		for (uint32_t n = 0; n < diff->classes.items[i].names.count; n++)
			free(diff->classes.items[i].names.items[n]);
		GROW_FREE(&diff->classes.items[i].names);
	}
	GROW_FREE(&diff->classes);
	for (uint32_t i = 0; i < diff->groups.count; i++) {
		GROW_FREE(&diff->groups.items[i].ranges);
		GROW_FREE(&diff->groups.items[i].pairs);
	}
	GROW_FREE(&diff->groups);
	for (int s = 0; s < DIFF_SIDES; s++) {
		for (uint32_t i = 0; i < diff->only[s].count; i++)
			free(diff->only[s].items[i]);
		GROW_FREE(&diff->only[s]);
	}
}
