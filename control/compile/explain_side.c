/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One direction of a question.
 *
 * A walk over the bundles that select the subject: each rule is asked for its peers and its
 * ports; those that match both are judged by row_judge() at the one place in question, and again
 * and again without the rule that decided, until the verdict is another one.
 */

#include "control/compile/explain_side.h"

#include <string.h>

#include "control/compile/row_build.h"

#define STEPS_MAX 64

/* A rule as its object has it: the compiler may have cut it into several. */
struct piece {
	uint32_t first; /* in world.rules */
	uint32_t count;
	uint32_t policy;
	bool peer;
	bool port;
	bool both;
};

struct side {
	struct explainer *x;
	struct arena *arena;
	uint32_t at; /* protocol << 16 | port */
	uint32_t remote;
	GROW(struct piece) pieces;
	struct u32_list matching;   /* rules of the world that match peer and port */
	struct explain_rule *rules; /* by piece */
};

void *explain_room(struct arena *arena, size_t count, size_t size)
{
	void *p = arena_array(arena, count ? count : 1, size);

	CHECK(p);
	return p;
}

const char *explain_text(struct arena *arena, const char *text)
{
	char *copy = arena_text(arena, text, strlen(text));

	CHECK(copy);
	return copy;
}

static bool list_holds(const struct ident_list *list, uint32_t ident)
{
	uint32_t at = grow_find_u32(list->items, list->count, ident);

	return at < list->count && list->items[at] == ident;
}

static bool rule_has_port(const struct world *w, const struct rule *rule, uint32_t at)
{
	for (uint32_t r = 0; r < rule->range_count; r++) {
		const struct range *range = &w->ranges.items[rule->first_range + r];

		if (range->first <= at && at <= range->last)
			return true;
	}
	return false;
}

static const struct image_origin *origin_get(const struct explainer *x, uint32_t origin)
{
	const struct image_origin *records = image_records(x->origins, IMAGE_ORIGIN_RECORD, NULL);

	return &records[origin];
}

const char *explain_string(const struct explainer *x, uint32_t offset)
{
	const char *strings = image_records(x->origins, IMAGE_ORIGIN_STRINGS, NULL);

	return strings + offset;
}

/* ---- the rules of the policies that select the subject ---- */

static bool same_object(const struct image_origin *a, const struct image_origin *b)
{
	return a->kind == b->kind && a->space == b->space && a->name == b->name;
}

static bool piece_goes_on(const struct side *s, const struct piece *piece, const struct rule *rule)
{
	const struct rule *first = &s->x->world.rules.items[piece->first];

	return first->origin == rule->origin && first->precedence == rule->precedence &&
	       first->decision == rule->decision;
}

static void rule_look_at(struct side *s, uint32_t number, uint32_t bundle_first)
{
	const struct world *w = &s->x->world;
	const struct rule *rule = &w->rules.items[number];
	bool peer = rule->any_peer || list_holds(&rule->peers, s->remote);
	bool port = rule_has_port(w, rule, s->at);
	struct piece *last = s->pieces.count ? &s->pieces.items[s->pieces.count - 1] : NULL;
	struct piece piece = {.first = number};

	if (!last || last->first < bundle_first || !piece_goes_on(s, last, rule)) {
		if (last)
			piece.policy = last->policy;
		if (last && !same_object(origin_get(s->x, w->rules.items[last->first].origin),
					 origin_get(s->x, rule->origin)))
			piece.policy++;
		GROW_ADD(&s->pieces, piece);
		last = &s->pieces.items[s->pieces.count - 1];
	}
	last->count++;
	last->both |= peer && port;
	/* Ports of others say nothing, once some of it is about this peer. */
	if (peer && !last->peer)
		last->port = false;
	if (peer || !last->peer)
		last->port |= port;
	last->peer |= peer;
	if (peer && port)
		GROW_ADD(&s->matching, number);
}

static void bundles_walk(struct side *s, enum direction direction, uint32_t subject)
{
	const struct world *w = &s->x->world;

	for (uint32_t b = 0; b < w->bundles.count; b++) {
		const struct bundle *bundle = &w->bundles.items[b];

		if (bundle->direction != direction || !list_holds(&bundle->subjects, subject))
			continue;
		for (uint32_t r = 0; r < bundle->rule_count; r++)
			rule_look_at(s, bundle->first_rule + r, bundle->first_rule);
	}
}

static enum explain_action rule_action(const struct world *w, const struct rule *rule)
{
	struct image_policy_decision decision;

	if (rule->decision == RULE_PASS)
		return EXPLAIN_RULE_PASS;
	decision = decision_get(w, rule->decision);
	if (rule->audited)
		return EXPLAIN_RULE_AUDIT;
	if (decision.verdict == POLICY_DENY)
		return decision.flags & DECISION_AUTH ? EXPLAIN_RULE_AUTH : EXPLAIN_RULE_DENY;
	return decision.l7 ? EXPLAIN_RULE_L7 : EXPLAIN_RULE_ALLOW;
}

static const char *tier_name(uint32_t tier)
{
	static const char *const names[] = {
		[TIER_ADMIN] = "Admin",
		[TIER_NAMESPACED] = "Namespaced",
		[TIER_BASELINE] = "Baseline",
		[TIER_CONF] = "conf",
	};

	return names[tier];
}

static struct explain_rule rule_explain(const struct side *s, const struct piece *piece)
{
	const struct rule *rule = &s->x->world.rules.items[piece->first];
	const struct image_origin *origin = origin_get(s->x, rule->origin);
	uint64_t priority = RULE_PRIORITY(rule->precedence);
	uint32_t tier = RULE_TIER(rule->precedence);

	return (struct explain_rule){
		.kind = explain_text(s->arena, explain_string(s->x, origin->kind)),
		.space = explain_text(s->arena, explain_string(s->x, origin->space)),
		.name = explain_text(s->arena, explain_string(s->x, origin->name)),
		.file = explain_text(s->arena, explain_string(s->x, origin->file)),
		.line = origin->line,
		.rule = explain_text(s->arena, explain_string(s->x, origin->rule)),
		.tier = tier_name(tier),
		.priority = tier == TIER_NAMESPACED || priority == PRIORITY_DEFAULT
				    ? priority
				    : priority >> CLUSTER_PLACE_BITS,
		.precedence = rule->precedence,
		.action = rule_action(&s->x->world, rule),
		.is_default = priority == PRIORITY_DEFAULT,
		.peer_matches = piece->peer,
		.port_matches = piece->port,
		.matches = piece->both,
	};
}

static void policies_list(struct side *s, struct explain_side *out)
{
	struct explain_policy *policies;
	size_t count = s->pieces.count;

	out->policy_count = count ? s->pieces.items[count - 1].policy + 1 : 0;
	policies = explain_room(s->arena, out->policy_count, sizeof(*policies));
	s->rules = explain_room(s->arena, count, sizeof(*s->rules));
	for (size_t i = 0; i < count; i++) {
		struct explain_policy *policy = &policies[s->pieces.items[i].policy];
		const struct explain_rule *rule = &s->rules[i];

		s->rules[i] = rule_explain(s, &s->pieces.items[i]);
		if (policy->rule_count == 0)
			*policy = (struct explain_policy){rule->kind, rule->space, rule->name,
							  rule->file, rule->line,  rule,
							  0};
		policy->rule_count++;
	}
	out->policies = policies;
}

/* ---- who decides, and who would ---- */

static enum explain_verdict verdict_of(const struct image_policy_decision *decision)
{
	if (decision->flags & DECISION_AUDIT)
		return EXPLAIN_AUDIT;
	if (decision->verdict == POLICY_DENY)
		return decision->flags & DECISION_AUTH ? EXPLAIN_AUTH : EXPLAIN_DENY;
	return decision->l7 ? EXPLAIN_L7 : EXPLAIN_ALLOW;
}

/* The piece that a rule belongs to; they are in the order of the rules. */
static uint32_t piece_find(const struct side *s, uint32_t rule)
{
	uint32_t low = 0, high = s->pieces.count;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (s->pieces.items[middle].first <= rule)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct judgement {
	enum explain_verdict verdict;
	uint32_t piece; /* NONE: nothing decides */
	struct image_policy_decision decision;
};

static struct judgement judge(struct side *s)
{
	struct world *w = &s->x->world;
	struct row_verdict verdict =
		row_judge(w, s->matching.items, s->matching.count, s->x->fallback, s->at);
	struct judgement j = {.decision = decision_get(w, verdict.decision), .piece = NONE};

	if (verdict.rule == NONE)
		return j;
	j.verdict = verdict_of(&j.decision);
	j.piece = piece_find(s, verdict.rule);
	return j;
}

static void piece_remove(struct side *s, uint32_t piece)
{
	const struct piece *p = &s->pieces.items[piece];
	uint32_t kept = 0;

	for (uint32_t i = 0; i < s->matching.count; i++)
		if (s->matching.items[i] < p->first || s->matching.items[i] >= p->first + p->count)
			s->matching.items[kept++] = s->matching.items[i];
	s->matching.count = kept;
}

/* Verdicts that users would call the same. */
static int verdict_class(enum explain_verdict verdict)
{
	static const uint8_t class[EXPLAIN_VERDICTS] = {
		[EXPLAIN_AUDIT] = 1, [EXPLAIN_L7] = 2, [EXPLAIN_AUTH] = 3, [EXPLAIN_DENY] = 3};

	return class[verdict];
}

static void steps_take(struct side *s, struct judgement now, struct explain_side *out)
{
	struct explain_step *steps = explain_room(s->arena, STEPS_MAX, sizeof(*steps));

	out->steps = steps;
	while (now.piece != NONE && out->step_count < STEPS_MAX &&
	       verdict_class(now.verdict) == verdict_class(out->verdict)) {
		struct explain_step *step = &steps[out->step_count++];

		step->without = &s->rules[now.piece];
		piece_remove(s, now.piece);
		now = judge(s);
		step->then = now.verdict;
		step->by = now.piece == NONE ? NULL : &s->rules[now.piece];
	}
}

void side_explain(struct explainer *x, struct explained *e, enum direction direction,
		  uint32_t subject, uint32_t remote)
{
	const struct explain_question *q = &e->public.question;
	struct explain_side *out = direction == EGRESS ? &e->public.egress : &e->public.ingress;
	struct side s = {
		.x = x,
		.arena = e->arena,
		.at = (uint32_t)q->proto << 16 | q->port,
		.remote = remote,
	};
	struct judgement now;

	bundles_walk(&s, direction, subject);
	policies_list(&s, out);
	now = judge(&s);
	out->verdict = now.verdict;
	if (now.piece != NONE) {
		s.rules[now.piece].decides = true;
		out->decider = &s.rules[now.piece];
		out->answer = now.decision.answer;
		out->is_logged = now.decision.flags & DECISION_LOG;
	}
	steps_take(&s, now, out);
	hints_write(x, e, direction, out);
	GROW_FREE(&s.pieces);
	GROW_FREE(&s.matching);
}
