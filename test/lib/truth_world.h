/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Worlds of the truth tables, which are data from elsewhere: SLUICE_TRUTH names their directory,
 * else it is looked for beside the checkout.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* NULL when it is not there. */
const char *truth_directory(void);
/* The namespaces, pods and policies of a world as Kubernetes prints them: one List. To be freed. */
char *truth_objects(json_t *world);

/* One world of a file, or one step of it. False: something is wrong, stop. */
typedef bool truth_fn(void *arg, const char *id, json_t *world);
/* How many there were; 0 when the file cannot be read or `each` said no. */
size_t truth_each(const char *name, truth_fn *each, void *arg);
