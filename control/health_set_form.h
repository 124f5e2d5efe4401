/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the compiler wants checked, as a set of health_msg.h.
 */

#include <stddef.h>

#include "control/compile/compile.h"
#include "control/health/health_msg.h"

/* The bytes, verified and with `out` pointing into them; to be freed. What cannot be asked is left
 * out and logged. */
void *health_set_form(const struct images *images, size_t *size, struct health_set *out);

/* The states of `old` for the checks of `set` that ask the same; up where nothing is known. */
struct health_state_record *health_states_carry(const struct health_set *set,
						const struct health_set *old,
						const struct health_state_record *states);
