/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Why a packet is judged as it is: the world in which questions are asked, and their two ends.
 *
 * The world is learnt as for the images, but with the rules that match nobody. What policies and
 * identities are called is read from its ORIGIN and IDENT images.
 */

#include <stdio.h>
#include <stdlib.h>

#include "control/compile/explain_side.h"

const char *explain_verdict_name(enum explain_verdict verdict)
{
	static const char *const names[EXPLAIN_VERDICTS] = {
		[EXPLAIN_OPEN] = "open", [EXPLAIN_ALLOW] = "allow", [EXPLAIN_AUDIT] = "audit",
		[EXPLAIN_L7] = "l7",	 [EXPLAIN_AUTH] = "auth",   [EXPLAIN_DENY] = "deny",
	};

	return names[verdict];
}

const char *explain_action_name(enum explain_action action)
{
	static const char *const names[EXPLAIN_ACTIONS] = {
		[EXPLAIN_RULE_ALLOW] = "allow", [EXPLAIN_RULE_DENY] = "deny",
		[EXPLAIN_RULE_AUDIT] = "audit", [EXPLAIN_RULE_AUTH] = "auth",
		[EXPLAIN_RULE_L7] = "l7",	[EXPLAIN_RULE_PASS] = "pass",
	};

	return names[action];
}

static uint32_t ident_find(const struct explainer *x, const union addr *addr)
{
	uint32_t count, best = 0;
	const struct image_ident_prefix *p = image_records(x->idents, IMAGE_IDENT_PREFIX, &count);
	int best_len = -1;

	for (uint32_t i = 0; i < count; i++) {
		if (p[i].prefix.len <= best_len || !prefix_contains(&p[i].prefix, addr))
			continue;
		best = p[i].ident;
		best_len = p[i].prefix.len;
	}
	return best;
}

static bool has_address(const union addr *list, size_t count, const union addr *addr)
{
	for (size_t i = 0; i < count; i++)
		if (addr_equal(&list[i], addr))
			return true;
	return false;
}

/* The pod that got the address: as in ident_claims.c. */
static const struct pod_object *pod_find(const struct explainer *x, const union addr *addr)
{
	const struct objects *objects = x->world.in->objects;
	const struct pod_object *found = NULL;

	for (size_t i = 0; i < objects->pod_count; i++) {
		const struct pod_object *pod = &objects->pods[i];

		if (x->world.pods[i].class != NONE && (!found || (found->yields && !pod->yields)) &&
		    has_address(pod->addresses, pod->address_count, addr))
			found = pod;
	}
	return found;
}

/* The pod or node that has the address. */
static const char *object_find(const struct explainer *x, uint32_t ident, const union addr *addr,
			       struct arena *arena)
{
	const struct objects *objects = x->world.in->objects;
	enum ident_kind kind = x->world.idents.items[ident].kind;
	char *text = NULL;
	const char *kept;

	if (kind == IDENT_POD) {
		const struct pod_object *pod = pod_find(x, addr);

		if (pod)
			CHECK(asprintf(&text, "Pod %s/%s", pod->meta.space, pod->meta.name) >= 0);
	}
	for (size_t i = 0; i < objects->node_count && kind != IDENT_POD && !text; i++) {
		const struct node_object *node = &objects->nodes[i];

		if (has_address(node->addresses, node->address_count, addr))
			CHECK(asprintf(&text, "Node %s", node->meta.name) >= 0);
	}
	kept = explain_text(arena, text ? text : "");
	free(text);
	return kept;
}

static uint32_t end_explain(const struct explainer *x, const union addr *addr, struct arena *arena,
			    struct explain_end *out)
{
	const struct image_ident *records = image_records(x->idents, IMAGE_IDENT_RECORD, NULL);
	uint32_t ident = ident_find(x, addr);

	*out = (struct explain_end){
		.addr = *addr,
		.identity = records[ident].identity,
		.name = explain_text(arena, explain_string(x, records[ident].name)),
		.object = object_find(x, ident, addr, arena),
	};
	return ident;
}

int explain_open(const struct compile_input *input, struct compile_memory *memory,
		 struct explainer **out, struct compile_error *error)
{
	static const struct image_policy_decision allow = {.verdict = POLICY_ALLOW};
	struct explainer *x = grow_zeroed(1, sizeof(*x));
	int err;

	if (!memory)
		memory = x->memory = compile_memory_open();
	CHECK(memory);
	x->world.in = input;
	x->world.memory = memory;
	x->world.generation = memory->generation + 1;
	x->world.out = &x->unused;
	x->world.error = error;
	x->world.explains = true;
	world_open(&x->world);
	err = world_learn(&x->world);
	if (!err)
		err = idents_emit(&x->world);
	if (err) {
		explain_close(x);
		return err;
	}
	x->fallback = decision_add(&x->world, &allow);
	x->idents = image_writer_close(&x->world.images[IMAGE_IDENT]);
	x->origins = image_writer_close(&x->world.images[IMAGE_ORIGIN]);
	*out = x;
	return 0;
}

struct explanation *explain_ask(struct explainer *explainer,
				const struct explain_question *question)
{
	struct explained *e = grow_zeroed(1, sizeof(*e));
	uint32_t src, dst;

	e->arena = arena_open();
	CHECK(e->arena);
	e->public.question = *question;
	src = end_explain(explainer, &question->src, e->arena, &e->public.src);
	dst = end_explain(explainer, &question->dst, e->arena, &e->public.dst);
	side_explain(explainer, e, EGRESS, src, dst);
	side_explain(explainer, e, INGRESS, dst, src);
	e->public.verdict = e->public.egress.verdict > e->public.ingress.verdict
				    ? e->public.egress.verdict
				    : e->public.ingress.verdict;
	return &e->public;
}

void explanation_free(struct explanation *explanation)
{
	struct explained *e = (struct explained *)explanation;

	if (!e)
		return;
	arena_free(e->arena);
	free(e);
}

void explain_close(struct explainer *explainer)
{
	if (!explainer)
		return;
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		free(image_writer_close(&explainer->world.images[kind]));
	world_close(&explainer->world);
	free(explainer->idents);
	free(explainer->origins);
	if (explainer->memory)
		compile_memory_free(explainer->memory);
	free(explainer);
}

int compile_explain(const struct compile_input *input, struct compile_memory *memory,
		    const struct explain_question *question, struct explanation **out,
		    struct compile_error *error)
{
	struct explainer *x;
	int err = explain_open(input, memory, &x, error);

	if (err)
		return err;
	*out = explain_ask(x, question);
	explain_close(x);
	return 0;
}
