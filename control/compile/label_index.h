/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Classes of pods by their labels: who asks for a label looks at the classes that have it, and
 * not at all of them.
 */

#include "control/objects/labels.h"

struct world;

struct label_index;

struct class_list {
	const uint32_t *items; /* ascending */
	uint32_t count;
};

/* Made at the first call; the world frees it. */
const struct label_index *label_index_get(struct world *w);
void label_index_free(struct label_index *index);
/* A class's labels of source k8s, with those that Cilium adds. */
const struct labels *label_index_labels(const struct label_index *index, uint32_t class);
/* Classes that have the key; with this value if it is not NULL. */
struct class_list label_index_find(const struct label_index *index, const char *key,
				   const char *value);
