/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What should be: the objects of the conf's directory and those that were applied.
 */

#include "control/applied.h"
#include "control/config.h"
#include "control/objects/object_cache.h"

/*
 * Loads everything into a fresh store. `applied` and `cache` may be NULL. 0, or -errno with a sentence and
 * nothing to free. What was skipped stands in objects->warnings and `warnings`.
 */
int desired_load(const struct config *config, struct applied *applied, struct object_cache *cache,
		 struct objects *out, struct text_list *warnings, struct objects_error *error);

/* Whether an object's source lies in the conf's directory of objects. */
bool desired_is_in_directory(const struct config *config, const struct meta *meta);
