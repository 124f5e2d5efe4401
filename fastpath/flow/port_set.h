/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A set of ports: a bit for each of the 65536, and a bit for each word of those that is not
 * empty, so that the next member is found in a few steps however many are missing.
 */

#include <stdint.h>

#define PORT_SET_WORDS	   1024u
#define PORT_SET_SUMMARIES (PORT_SET_WORDS / 64)

struct port_set {
	uint64_t words[PORT_SET_WORDS];
	uint64_t summary[PORT_SET_SUMMARIES]; /* bit set: the word is not zero */
};

void port_set_add(struct port_set *set, uint16_t port);
void port_set_remove(struct port_set *set, uint16_t port);
/* An empty set becomes all ports from `first` to `last`. */
void port_set_fill(struct port_set *set, uint32_t first, uint32_t last);
/* The first port at or cyclically behind `from`, or -1 when the set is empty. */
int32_t port_set_next(const struct port_set *set, uint16_t from);
