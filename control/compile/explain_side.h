/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inside of the explaining: a question on its way through explain_compile.c (the world, the two
 * ends), explain_side.c (one direction) and explain_hints.c (its sentences).
 */

#include "control/compile/explain_compile.h"
#include "control/compile/world.h"
#include "control/objects/arena.h"

struct explainer {
	struct world world;
	struct images unused;	       /* a world wants a place for them */
	struct compile_memory *memory; /* ours; NULL: the caller's is used */
	struct image_header *idents;
	struct image_header *origins;
	uint32_t fallback; /* decision: nobody objects */
};

struct explained {
	struct explanation public;
	struct arena *arena;
};

/* Never NULL; zeroed. */
void *explain_room(struct arena *arena, size_t count, size_t size);
const char *explain_text(struct arena *arena, const char *text);
/* A string of the ORIGIN image. */
const char *explain_string(const struct explainer *x, uint32_t offset);

/* Who decides one direction of e->public.question, and why. */
void side_explain(struct explainer *x, struct explained *e, enum direction direction,
		  uint32_t subject, uint32_t remote);
/* The sentences, from everything else that stands in `side`. */
void hints_write(const struct explainer *x, const struct explained *e, enum direction direction,
		 struct explain_side *side);
