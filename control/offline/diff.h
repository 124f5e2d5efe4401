/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What would change between two worlds: every pair of ends, every protocol and port.
 *
 * Nothing is sampled. Verdicts can only change where a span begins, so spans are compared; and
 * what lies outside is stood for by one address of each prefix that either world tells apart.
 */

#include "control/offline/ends.h"

enum diff_side {
	DIFF_OLD,
	DIFF_NEW,
	DIFF_SIDES,
};

struct diff_verdict {
	enum judge_verdict verdict;
	bool wants_l7;
	uint32_t origin[JUDGE_DIRECTIONS]; /* of what decided; 0: nothing, or it was the other */
};

struct diff_range {
	uint32_t first; /* keys */
	uint32_t last;
};

struct diff_pair {
	uint32_t from; /* class */
	uint32_t to;
};

/* Connections that change in the same way for the same reasons. */
struct diff_group {
	struct diff_verdict verdict[DIFF_SIDES];
	GROW(struct diff_range) ranges;
	GROW(struct diff_pair) pairs;
};

struct diff_class {
	GROW(char *) names; /* of the ends, in their order */
	bool is_outside;
	bool is_prefix;		       /* nobody named it: a prefix that a world knows */
	uint32_t ident[DIFF_SIDES][2]; /* by family: IPv6, IPv4; UINT32_MAX: it has none */
};

struct diff {
	GROW(struct diff_class) classes;
	GROW(struct diff_group) groups;
	GROW(char *) only[DIFF_SIDES]; /* pods that the other world does not have */
};

struct diff_world {
	const struct judge *judge;
	const struct end_list *ends; /* pods and externals */
};

void diff_build(struct diff *out, const struct diff_world worlds[DIFF_SIDES]);
void diff_free(struct diff *diff);
/* "TCP/80, UDP/53-60", "everything but TCP/80". To be freed. */
char *diff_ports_text(const struct diff_group *group);
