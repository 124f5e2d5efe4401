/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image_verify() for L7 rules: each level points at a run of records of the next one, and runs
 * may be shared. What the words of a match mean for its kind is its parser's to judge.
 */

#include "fastpath/api/image_check.h"

/* The bounds of each level's runs, and how many steps following them all would take. */
struct l7_walk {
	const struct verify *v;
	uint64_t work;
};

/* `index` of `what` points at a run of `next` records that are there. */
static int verify_run(struct l7_walk *walk, const char *what, uint32_t index, uint32_t first,
		      uint32_t count, enum image_section_id next)
{
	uint32_t there = walk->v->count[next];

	if (first > there || count > there - first)
		return verify_refuse(walk->v, "%s %u: %u + %u of %u are not there", what, index,
				     first, count, there);
	walk->work += count;
	if (walk->work > VERIFY_WORK_MAX)
		return verify_refuse(walk->v, "%ss share too many records", what);
	return 0;
}

static int verify_sets(struct l7_walk *walk)
{
	const struct image_l7_set *set = walk->v->records[IMAGE_L7_SET];
	uint32_t count = walk->v->count[IMAGE_L7_SET];
	int err = 0;

	if (count == 0 || set->first || set->count)
		return verify_refuse(walk->v, "set 0, which is never asked, is missing or asked");
	for (uint32_t i = 1; i < count && !err; i++) {
		if (set[i].count == 0)
			return verify_refuse(walk->v, "set %u has no alternative", i);
		err = verify_run(walk, "set", i, set[i].first, set[i].count, IMAGE_L7_ALTERNATIVE);
	}
	return err;
}

static int verify_alternatives(struct l7_walk *walk)
{
	const struct image_l7_alternative *a = walk->v->records[IMAGE_L7_ALTERNATIVE];
	int err = 0;

	for (uint32_t i = 0; i < walk->v->count[IMAGE_L7_ALTERNATIVE] && !err; i++, a++) {
		if (a->count == 0)
			return verify_refuse(walk->v, "alternative %u has no group", i);
		err = verify_run(walk, "alternative", i, a->first, a->count, IMAGE_L7_GROUP);
	}
	return err;
}

static int verify_groups(struct l7_walk *walk)
{
	const struct image_l7_group *group = walk->v->records[IMAGE_L7_GROUP];
	int err = 0;

	for (uint32_t i = 0; i < walk->v->count[IMAGE_L7_GROUP] && !err; i++, group++) {
		if (group->kind >= L7_KINDS)
			return verify_refuse(walk->v, "group %u: unknown kind %u", i, group->kind);
		err = verify_run(walk, "group", i, group->first, group->count, IMAGE_L7_RULE);
	}
	return err;
}

static int verify_rules(struct l7_walk *walk)
{
	const struct image_l7_rule *rule = walk->v->records[IMAGE_L7_RULE];
	int err = 0;

	for (uint32_t i = 0; i < walk->v->count[IMAGE_L7_RULE] && !err; i++, rule++)
		err = verify_run(walk, "rule", i, rule->first, rule->count, IMAGE_L7_MATCH);
	return err;
}

static int verify_matches(const struct verify *v)
{
	const struct image_l7_match *match = v->records[IMAGE_L7_MATCH];
	const char *strings = v->records[IMAGE_L7_STRINGS];
	uint32_t size = v->count[IMAGE_L7_STRINGS];

	if (size == 0 || strings[0] != '\0' || strings[size - 1] != '\0')
		return verify_refuse(v, "the strings do not begin and end with a zero");
	for (uint32_t i = 0; i < v->count[IMAGE_L7_MATCH]; i++, match++) {
		if (match->field >= L7_FIELDS || match->op >= L7_OPS ||
		    match->mismatch >= L7_MISMATCHES || match->pad)
			return verify_refuse(v, "match %u: unknown field, operator or mismatch", i);
		if (match->key >= size || match->value >= size)
			return verify_refuse(v, "match %u: a string is not there", i);
	}
	return 0;
}

int verify_l7(const struct verify *v)
{
	struct l7_walk walk = {.v = v};
	int err = verify_sets(&walk);

	if (!err)
		err = verify_alternatives(&walk);
	if (!err)
		err = verify_groups(&walk);
	if (!err)
		err = verify_rules(&walk);
	return err ? err : verify_matches(v);
}
