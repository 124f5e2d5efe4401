/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What would have to change to flip a verdict, in sentences.
 *
 * First what each rule hides: who would decide without it. Then, where a default deny decides,
 * the rules that nearly allow the packet: right peer and wrong port, or the other way round.
 */

#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "control/compile/explain_side.h"
#include "control/transport.h"

#define NEAR_MAX     16 /* of each sort; a thousand of them help nobody */
#define DEFAULTS_MAX 4

struct hints {
	const struct explainer *x;
	struct arena *arena;
	const struct explain_question *question;
	const struct explain_end *subject;
	const struct explain_end *peer;
	const char *direction; /* "ingress" */
	GROW(const char *) sentences;
};

PRINTF(2, 3) static void say(struct hints *h, const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	CHECK(vasprintf(&text, format, args) >= 0);
	va_end(args);
	GROW_ADD(&h->sentences, explain_text(h->arena, text));
	free(text);
}

/* "NetworkPolicy a/b ingress[0] (dir/x.yaml:12)" */
static const char *rule_text(const struct hints *h, const struct explain_rule *rule)
{
	char place[512] = "", *text;
	const char *kept;

	if (*rule->file && rule->line)
		(void)snprintf(place, sizeof(place), " (%s:%u)", rule->file, rule->line);
	else if (*rule->file)
		(void)snprintf(place, sizeof(place), " (%s)", rule->file);
	CHECK(asprintf(&text, "%s %s%s%s %s%s", rule->kind, rule->space, *rule->space ? "/" : "",
		       rule->name, rule->rule, place) >= 0);
	kept = explain_text(h->arena, text);
	free(text);
	return kept;
}

/* "TCP/80", "ICMP type 8", "protocol 47" */
static const char *port_text(const struct explain_question *q, char *buf, size_t size)
{
	const char *ports = transport_name(q->proto);

	if (ports)
		(void)snprintf(buf, size, "%s/%u", ports, q->port);
	else if (q->proto == IPPROTO_ICMP || q->proto == IPPROTO_ICMPV6)
		(void)snprintf(buf, size, "ICMP%s type %u", q->proto == IPPROTO_ICMP ? "" : "v6",
			       q->port);
	else
		(void)snprintf(buf, size, "protocol %u", q->proto);
	return buf;
}

static const char *verdict_text(enum explain_verdict verdict)
{
	static const char *const texts[EXPLAIN_VERDICTS] = {
		[EXPLAIN_OPEN] = "open: no rule decides",
		[EXPLAIN_ALLOW] = "allowed by",
		[EXPLAIN_AUDIT] = "only told (audit) by",
		[EXPLAIN_L7] = "left to the L7 rules of",
		[EXPLAIN_AUTH] = "denied for want of authentication by",
		[EXPLAIN_DENY] = "denied by",
	};

	return texts[verdict];
}

static void open_say(struct hints *h, const struct explain_side *side)
{
	if (h->x->world.in->config->enforcement == ENFORCE_NEVER)
		say(h, "policy.enforcement is \"never\": no policy counts");
	else if (side->policy_count == 0)
		say(h, "no policy selects %s for %s: it is open until one does", h->subject->name,
		    h->direction);
	else
		say(h, "policies select %s for %s, but no rule of them decides this packet",
		    h->subject->name, h->direction);
}

/* How many default denies decide one after the other, from this step on. */
static size_t defaults_count(const struct explain_side *side, size_t step)
{
	size_t count = 0;

	while (step + count < side->step_count && side->steps[step + count].without->is_default)
		count++;
	return count;
}

/* Where many policies select the subject, not all of their default denies are worth a sentence. */
static void defaults_say(struct hints *h, const struct explain_side *side, size_t first,
			 size_t count)
{
	for (size_t i = first; i < first + DEFAULTS_MAX - 1; i++)
		say(h, "%s denies what no rule allows", rule_text(h, side->steps[i].without));
	say(h, "and so do %zu more default denies", count - (DEFAULTS_MAX - 1));
}

static void steps_say(struct hints *h, const struct explain_side *side)
{
	const struct explain_step *last;

	for (size_t i = 0; i < side->step_count; i++) {
		const struct explain_step *step = &side->steps[i];
		size_t defaults = defaults_count(side, i);
		const char *what;

		if (defaults > DEFAULTS_MAX) {
			defaults_say(h, side, i, defaults);
			i += defaults - 1;
			step = &side->steps[i];
			what = "them";
		} else {
			what = rule_text(h, step->without);
		}
		say(h, "without %s%s it is %s%s%s", what,
		    i && defaults <= DEFAULTS_MAX ? ", too," : "", verdict_text(step->then),
		    step->by ? " " : "", step->by ? rule_text(h, step->by) : "");
	}
	if (side->step_count == 0)
		return;
	last = &side->steps[side->step_count - 1];
	if (last->by && last->then == side->verdict)
		say(h, "and so on: more rules say the same");
}

/* The last denial by default that stands between the packet and the other verdict. */
static const struct explain_rule *default_find(const struct explain_side *side)
{
	const struct explain_rule *rule = NULL;

	for (size_t i = 0; i < side->step_count; i++)
		if (side->steps[i].without->is_default)
			rule = side->steps[i].without;
	if (!rule && side->decider && side->decider->is_default)
		rule = side->decider;
	return rule;
}

static bool nearly_allows(const struct explain_rule *rule, const struct explain_rule *deny)
{
	return (rule->action == EXPLAIN_RULE_ALLOW || rule->action == EXPLAIN_RULE_L7) &&
	       rule->precedence < deny->precedence && !rule->matches;
}

enum near {
	NEAR_PORT, /* the port is the wrong one */
	NEAR_PEER, /* the peer is */
};

static void near_say(struct hints *h, const struct explain_side *side,
		     const struct explain_rule *deny, enum near near)
{
	size_t said = 0, more = 0;
	char port[32];

	(void)port_text(h->question, port, sizeof(port));
	for (size_t p = 0; p < side->policy_count; p++) {
		for (size_t r = 0; r < side->policies[p].rule_count; r++) {
			const struct explain_rule *rule = &side->policies[p].rules[r];

			if (!nearly_allows(rule, deny) ||
			    !(near == NEAR_PORT ? rule->peer_matches : rule->port_matches))
				continue;
			if (said++ >= NEAR_MAX)
				more++;
			else if (near == NEAR_PORT)
				say(h, "%s allows %s, but not %s", rule_text(h, rule),
				    h->peer->name, port);
			else
				say(h, "%s allows %s, but not %s", rule_text(h, rule), port,
				    h->peer->name);
		}
	}
	if (more)
		say(h, "%zu more rules allow %s, but not %s", more,
		    near == NEAR_PORT ? h->peer->name : port,
		    near == NEAR_PORT ? port : h->peer->name);
}

void hints_write(const struct explainer *x, const struct explained *e, enum direction direction,
		 struct explain_side *side)
{
	struct hints h = {
		.x = x,
		.arena = e->arena,
		.question = &e->public.question,
		.subject = direction == EGRESS ? &e->public.src : &e->public.dst,
		.peer = direction == EGRESS ? &e->public.dst : &e->public.src,
		.direction = direction == EGRESS ? "egress" : "ingress",
	};
	const struct explain_rule *deny = default_find(side);
	const char **sentences;

	if (!side->decider)
		open_say(&h, side);
	steps_say(&h, side);
	if (deny && side->verdict != EXPLAIN_ALLOW && side->verdict != EXPLAIN_L7) {
		near_say(&h, side, deny, NEAR_PORT);
		near_say(&h, side, deny, NEAR_PEER);
	}
	sentences = explain_room(e->arena, h.sentences.count, sizeof(*sentences));
	for (uint32_t i = 0; i < h.sentences.count; i++)
		sentences[i] = h.sentences.items[i];
	side->hints = sentences;
	side->hint_count = h.sentences.count;
	GROW_FREE(&h.sentences);
}
