/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Picks by their weight, for services without a Maglev table: sums of the weights in front of
 * each pick, which all services share, so that drawing one costs a search in a sorted array.
 */

#include "fastpath/table/service_table.h"

/* 0 or -ENOMEM; the table frees what was made. */
int service_weights_build(struct service_table *t);

/* All weights of a service's picks that take connections; 0: none does. */
static inline uint64_t service_weight(const struct service_table *t, uint32_t service)
{
	const struct image_service *s = &t->services[service];

	return t->weight_before[s->first + s->count] - t->weight_before[s->first];
}

/* The pick that holds place `at` when each has as many as its weight; `at` is less than
 * service_weight(). */
uint32_t service_pick_at(const struct service_table *t, uint32_t service, uint64_t at);

/* The one of least order that takes connections, or PICK_NONE; for SERVICE_FIRST_AVAILABLE. */
uint32_t service_first_available(const struct service_table *t, uint32_t service);
