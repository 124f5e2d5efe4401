/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Why a packet is judged as it is, and what would have to change to judge it otherwise.
 *
 * From the same input as compile_images(), by the same rules and the same code that paints rows,
 * so that it always agrees with the image. Pure and deterministic like it. An explanation owns
 * all it points to.
 *
 *	err = explain_open(&input, memory, &explainer, &error);
 *	explanation = explain_ask(explainer, &question);
 *	...
 *	explanation_free(explanation);
 *	explain_close(explainer);
 */

#include "control/compile/compile.h"

struct explain_question {
	union addr src;
	union addr dst;
	uint8_t proto;
	uint16_t port; /* destination port; ICMP: the type; 0 for protocols without ports */
};

/* Ordered: of two directions the greater one is what becomes of the packet. */
enum explain_verdict {
	EXPLAIN_OPEN, /* nothing selects the subject in this direction, or nothing decides */
	EXPLAIN_ALLOW,
	EXPLAIN_AUDIT, /* would be denied: passes, and is told */
	EXPLAIN_L7,    /* the L7 rules decide */
	EXPLAIN_AUTH,  /* denied, because the ends are not authenticated */
	EXPLAIN_DENY,
	EXPLAIN_VERDICTS,
};

/* "open", "allow", "audit", "l7", "auth", "deny" */
const char *explain_verdict_name(enum explain_verdict verdict);

/* What a rule says to packets that it matches. */
enum explain_action {
	EXPLAIN_RULE_ALLOW,
	EXPLAIN_RULE_DENY,
	EXPLAIN_RULE_AUDIT, /* a denial that is only told */
	EXPLAIN_RULE_AUTH,  /* asks for authentication */
	EXPLAIN_RULE_L7,
	EXPLAIN_RULE_PASS, /* leaves it to the next tier */
	EXPLAIN_ACTIONS,
};

/* "allow", "deny", "audit", "auth", "l7", "pass" */
const char *explain_action_name(enum explain_action action);

struct explain_rule {
	const char *kind; /* of the object: "NetworkPolicy" */
	const char *space;
	const char *name;
	const char *file;
	uint32_t line;
	const char *rule;    /* "ingress[0]", "default deny" */
	const char *tier;    /* "Admin", "Namespaced", "Baseline" */
	uint64_t priority;   /* in the tier; 0 first */
	uint64_t precedence; /* tier, priority and rank as one number: the smaller one wins */
	enum explain_action action;
	bool is_default; /* decides what no other rule of its tier does: a default deny */
	bool peer_matches;
	bool port_matches; /* protocol and port */
	bool matches;	   /* both */
	bool decides;
};

/* A policy that selects the subject in a direction. */
struct explain_policy {
	const char *kind;
	const char *space;
	const char *name;
	const char *file;
	uint32_t line;			  /* of its first rule */
	const struct explain_rule *rules; /* in the order of the object */
	size_t rule_count;
};

/* Take this rule and those of the steps before away, and that is what happens. */
struct explain_step {
	const struct explain_rule *without;
	enum explain_verdict then;
	const struct explain_rule *by; /* NULL: nothing decides */
};

struct explain_side {
	enum explain_verdict verdict;
	uint8_t answer;			    /* enum deny_answer, when it is denied */
	bool is_logged;			    /* the rule asked for a log line */
	const struct explain_rule *decider; /* NULL: EXPLAIN_OPEN */
	const struct explain_policy *policies;
	size_t policy_count;
	/* Until the verdict is another one, or until nothing is left to take away. */
	const struct explain_step *steps;
	size_t step_count;
	/* The same and more in sentences: what would have to change to flip the verdict. */
	const char *const *hints;
	size_t hint_count;
};

struct explain_end {
	union addr addr;
	uint32_t identity;  /* Cilium's number */
	const char *name;   /* of the identity, as in the IDENT image */
	const char *object; /* "Pod a/b", "Node n", or "" */
};

struct explanation {
	struct explain_question question;
	enum explain_verdict verdict; /* of both sides */
	struct explain_end src;
	struct explain_end dst;
	struct explain_side egress;  /* src is the subject */
	struct explain_side ingress; /* dst is the subject */
};

struct explainer;

/*
 * `input` must stay until explain_close(); of the memory only identity numbers are used (NULL: a
 * fresh one). 0, or -errno with a sentence.
 */
int explain_open(const struct compile_input *input, struct compile_memory *memory,
		 struct explainer **out, struct compile_error *error);
struct explanation *explain_ask(struct explainer *explainer,
				const struct explain_question *question);
void explanation_free(struct explanation *explanation);
void explain_close(struct explainer *explainer);

/* All of it, for one question. */
int compile_explain(const struct compile_input *input, struct compile_memory *memory,
		    const struct explain_question *question, struct explanation **out,
		    struct compile_error *error);
