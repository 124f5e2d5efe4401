/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A set of prefixes that knows who lies in whom.
 *
 * The prefixes are sorted, so what lies in a prefix stands right behind it. The families do not
 * hold each other: 0.0.0.0/0 is not in ::/0, although in the mapped form ::/0 covers it.
 */

#include <stdint.h>

#include "fastpath/base/addr.h"

#define PREFIX_NONE UINT32_MAX

struct prefix_tree {
	struct prefix *prefixes; /* sorted, each once */
	uint32_t *parent;	 /* the next shorter one in the mapped form, or PREFIX_NONE */
	uint32_t *end;		 /* behind the last prefix that lies in this one, mapped form */
	uint32_t count;
};

/* All addresses of one family. */
struct prefix prefix_all_v4(void);
struct prefix prefix_all_v6(void);
struct prefix prefix_host(const union addr *addr);
/* prefix_covers() within one family. */
bool prefix_holds(const struct prefix *outer, const struct prefix *inner);

/* From `count` prefixes in any order. */
void prefix_tree_build(struct prefix_tree *tree, const struct prefix *prefixes, uint32_t count);
void prefix_tree_free(struct prefix_tree *tree);
/* The next shorter one of the same family, or PREFIX_NONE. */
uint32_t prefix_tree_up(const struct prefix_tree *tree, uint32_t at);
/* Exactly this prefix, or PREFIX_NONE. */
uint32_t prefix_tree_find(const struct prefix_tree *tree, const struct prefix *prefix);
/* The longest one that holds the prefix, itself included, or PREFIX_NONE. */
uint32_t prefix_tree_lookup(const struct prefix_tree *tree, const struct prefix *prefix);
