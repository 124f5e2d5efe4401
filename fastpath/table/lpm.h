/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Longest prefix match over both families, built once and then only read.
 *
 * Prefixes are cut into disjoint ranges; the starts of the ranges are a sorted array, searched
 * through an implicit tree whose nodes are eight keys wide. The cost is the same for one prefix
 * or a hundred nested ones, and grows by one node for every eightfold number of prefixes. It
 * takes 20 bytes a range, at most two ranges a prefix.
 */

#include <stddef.h>

#include "fastpath/base/addr.h"

#define LPM_NONE UINT32_MAX

struct lpm;

struct lpm_entry {
	struct prefix prefix;
	uint32_t value; /* anything but LPM_NONE */
};

/* `entries` are sorted by prefix_compare() without duplicates, as image_verify() promises.
 * 0 or -ENOMEM. */
int lpm_build(const struct lpm_entry *entries, size_t count, struct lpm **out);
void lpm_free(struct lpm *lpm);

/* The value of the longest prefix that holds `addr`, or LPM_NONE. */
uint32_t lpm_lookup(const struct lpm *lpm, const union addr *addr);
