/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inside of random_cluster.c and its policies: drawing, and writing what was drawn.
 */

#include <stdio.h>

#include "fastpath/base/attr.h"
#include "test/lib/random_cluster.h"

struct pen {
	uint64_t *seed;
	FILE *out;
	struct random_cluster *cluster;
};

#define CHOOSE(pen, list) ((list)[pen_below(pen, ARRAY_SIZE(list))])

uint32_t pen_below(struct pen *pen, uint32_t n);
bool pen_chance(struct pen *pen, uint32_t percent);
void pen_write(struct pen *pen, const char *format, ...) PRINTF(2, 3);
/* The beginning of an object, up to and with "spec: "; the caller writes the rest and "}\n---\n". */
void pen_object(struct pen *pen, const char *kind, const char *version, uint32_t number,
		const char *space, bool may_have_notes);

const char *pen_space(struct pen *pen);
const char *pen_prefix(struct pen *pen);
/* Plain labels and selectors, of app, env and tier; nodes have role and zone. */
void pen_labels(struct pen *pen);
void pen_node_labels(struct pen *pen);
void pen_selector(struct pen *pen);
void pen_node_selector(struct pen *pen);
/* `n` items in brackets. */
void pen_list(struct pen *pen, uint32_t n, void (*item)(struct pen *pen));
void pen_prefixes(struct pen *pen, uint32_t n);

void random_cilium_policies(struct pen *pen);
void random_cluster_policies(struct pen *pen);
void random_kubernetes_policies(struct pen *pen);
