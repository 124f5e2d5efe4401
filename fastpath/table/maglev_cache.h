/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Maglev tables of all services, shared between generations.
 *
 * A table is large, and most services are the same from image to image: one whose backends,
 * weights, size and seed stay takes the table of the service of its number in the SERVICE table
 * before. What is compared are the records themselves, so nothing can be taken for another.
 * Only the agent builds and frees, so the count of shares needs no atomics.
 */

struct service_table;

/* Fills t->maglev. 0 or -ENOMEM. */
int maglev_cache_fill(struct service_table *t, const struct service_table *before);
/* Gives the shares back. */
void maglev_cache_drop(struct service_table *t);
