/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Rules of all tiers and ranks: in every tier the best one decides, a pass leaves it to the next
 * tier, L7 rules of equal precedence add up, audited denials are told where everything else lets
 * the packet pass. Random rules against an evaluator that looks at one port at a time. A failure prints the seed; with SLUICE_SEED=n only
 * those rules are tried.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/row_build.h"
#include "test/lib/random_world.h"

#define ROUNDS	  3000
#define RULES_MAX 14

struct bench {
	struct config config;
	struct compile_input input;
	struct compile_error error;
	struct images unused;
	struct world world;
	uint32_t fallback;
	uint32_t rules[RULES_MAX];
	uint32_t count;
};

static void bench_open(struct bench *b)
{
	const struct image_policy_decision allow = {.verdict = POLICY_ALLOW};

	*b = (struct bench){0};
	random_world_settings(&b->config.settings);
	b->input.config = &b->config;
	b->world.in = &b->input;
	b->world.memory = compile_memory_open();
	b->world.out = &b->unused;
	b->world.error = &b->error;
	world_open(&b->world);
	b->fallback = decision_add(&b->world, &allow);
}

static void bench_close(struct bench *b)
{
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		free(image_writer_close(&b->world.images[kind]));
	compile_memory_free(b->world.memory);
	world_close(&b->world);
}

static uint32_t draw_decision(struct bench *b, enum rule_rank rank, bool audited, uint32_t origin,
			      uint64_t *seed)
{
	struct l7_match match = {.field = L7_FIELD_HTTP_PATH, .op = L7_EQUAL, .key = ""};
	struct l7_rule rule = {.matches = &match, .match_count = 1};
	struct l7_group group = {.kind = L7_HTTP, .rules = &rule, .rule_count = 1};
	const struct l7_alternative alternative = {.groups = &group, .group_count = 1};
	struct image_policy_decision d = {.verdict = POLICY_ALLOW, .origin = origin};
	static const char *const paths[] = {"/a", "/b", "/c"};

	if (rank == RANK_DENY || rank == RANK_AUTH)
		d.verdict = POLICY_DENY;
	if (rank == RANK_AUTH)
		d.flags = DECISION_AUTH;
	if (audited)
		d.flags = DECISION_AUDIT;
	if (rank == RANK_L7) {
		match.value = paths[random_below(seed, ARRAY_SIZE(paths))];
		d.l7 = l7_set_add(&b->world, &alternative, origin);
		d.flags = random_below(seed, 4) == 0 ? DECISION_LOG : 0;
	}
	return decision_add(&b->world, &d);
}

static void draw_rule(struct bench *b, uint64_t *seed)
{
	struct world *w = &b->world;
	enum rule_rank rank = (enum rule_rank)random_below(seed, 4);
	uint32_t tier = TIER_ADMIN + random_below(seed, 3);
	bool passes = rank == RANK_ALLOW && random_below(seed, 2) == 0;
	struct rule rule = {.any_peer = true, .first_range = w->ranges.count};

	rule.audited = rank == RANK_DENY && random_below(seed, 3) == 0;
	rule.precedence = RULE_PRECEDENCE(
		tier, random_below(seed, 4) ? random_below(seed, 2) : PRIORITY_DEFAULT, rank);
	rule.origin = w->rules.count + 1;
	rule.decision =
		passes ? RULE_PASS : draw_decision(b, rank, rule.audited, rule.origin, seed);
	rule.range_count = 1 + random_below(seed, 2);
	for (uint32_t r = 0; r < rule.range_count; r++) {
		uint32_t first = random_below(seed, 8), last = first + random_below(seed, 5);

		if (random_below(seed, 5) == 0)
			last = RANGE_END;
		GROW_ADD(&w->ranges, (struct range){first, last});
	}
	b->rules[b->count++] = w->rules.count;
	GROW_ADD(&w->rules, rule);
}

static bool holds(const struct world *w, const struct rule *rule, uint32_t at)
{
	for (uint32_t r = 0; r < rule->range_count; r++)
		if (w->ranges.items[rule->first_range + r].first <= at &&
		    at <= w->ranges.items[rule->first_range + r].last)
			return true;
	return false;
}

/* The best rule of a tier, or NULL. */
static const struct rule *tier_best(const struct bench *b, uint32_t tier, uint32_t at, bool strict)
{
	const struct rule *best = NULL;

	for (uint32_t i = 0; i < b->count; i++) {
		const struct rule *rule = &b->world.rules.items[b->rules[i]];

		if (RULE_TIER(rule->precedence) != tier || !holds(&b->world, rule, at) ||
		    (rule->audited && !strict))
			continue;
		if (!best || rule->precedence < best->precedence ||
		    (rule->precedence == best->precedence && rule < best))
			best = rule;
	}
	return best;
}

/* What L7 rules like this one ask together. */
static uint32_t together(struct bench *b, const struct rule *first, uint32_t at)
{
	struct image_policy_decision d = decision_get(&b->world, first->decision), other;
	uint32_t sets[RULES_MAX], count = 0;

	for (uint32_t i = 0; i < b->count; i++) {
		const struct rule *rule = &b->world.rules.items[b->rules[i]];

		if (rule->precedence != first->precedence || !holds(&b->world, rule, at))
			continue;
		other = decision_get(&b->world, rule->decision);
		sets[count++] = other.l7;
		d.flags |= other.flags;
	}
	if (count == 1)
		return first->decision;
	d.l7 = l7_set_join(&b->world, sets, count);
	return decision_share(&b->world, &d);
}

static uint32_t slow_judge(struct bench *b, uint32_t at, bool strict, const struct rule **by)
{
	for (uint32_t tier = TIER_ADMIN; tier <= TIER_BASELINE; tier++) {
		*by = tier_best(b, tier, at, strict);
		if (!*by || (*by)->decision == RULE_PASS)
			continue;
		return RULE_RANK((*by)->precedence) == RANK_L7 ? together(b, *by, at)
							       : (*by)->decision;
	}
	*by = NULL;
	return b->fallback;
}

static struct row_verdict slow_verdict(struct bench *b, uint32_t at)
{
	const struct rule *lenient_by, *strict_by;
	uint32_t lenient = slow_judge(b, at, false, &lenient_by);
	uint32_t strict = slow_judge(b, at, true, &strict_by);
	struct image_policy_decision d = decision_get(&b->world, lenient);
	const struct rule *by = lenient_by;

	if (strict_by && strict_by->audited && d.verdict == POLICY_ALLOW && d.l7 == 0) {
		lenient = strict;
		by = strict_by;
	}
	return (struct row_verdict){lenient, by ? (uint32_t)(by - b->world.rules.items) : NONE};
}

static void row_check(struct bench *b, uint64_t seed)
{
	struct span_list spans = {0};
	uint32_t span = 0;

	row_build(&b->world, b->rules, b->count, b->fallback, &spans);
	assert_true(spans.count > 0);
	assert_int_equal(spans.items[0].from, 0);
	for (uint32_t at = 0; at < 16; at++) {
		struct row_verdict want = slow_verdict(b, at), got;

		got = row_judge(&b->world, b->rules, b->count, b->fallback, at);
		while (span + 1 < spans.count && spans.items[span + 1].from <= at)
			span++;
		if (spans.items[span].decision != want.decision || got.decision != want.decision ||
		    got.rule != want.rule)
			fail_msg("seed %lu at %u: decision %u by rule %d, row %u, judged %u by %d",
				 (unsigned long)seed, at, want.decision, (int)want.rule,
				 spans.items[span].decision, got.decision, (int)got.rule);
	}
	GROW_FREE(&spans);
}

static void random_rules_decide_as_the_slow_evaluator_says(void **state)
{
	const char *only = getenv("SLUICE_SEED");
	struct bench b;

	(void)state;
	bench_open(&b);
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		uint64_t number = only ? strtoull(only, NULL, 10) : round, seed = number;

		b.count = 0;
		for (uint32_t n = random_below(&seed, RULES_MAX + 1); n > 0; n--)
			draw_rule(&b, &seed);
		/* In any order. */
		for (uint32_t i = b.count; i > 1; i--) {
			uint32_t k = random_below(&seed, i), rule = b.rules[i - 1];

			b.rules[i - 1] = b.rules[k];
			b.rules[k] = rule;
		}
		row_check(&b, number);
		if (only)
			break;
	}
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_rules_decide_as_the_slow_evaluator_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
