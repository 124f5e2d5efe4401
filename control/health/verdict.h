/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Up or down, from single answers: `fall` failures in a row take a backend down, `rise` good
 * answers bring it back. What was never asked counts as up, or every start would be an outage.
 */

#include <stdbool.h>
#include <stdint.h>

#include "control/health/health_msg.h"

struct verdict {
	uint8_t state;	 /* enum health_state */
	bool known;	 /* a probe has ended */
	uint16_t streak; /* answers in a row that speak against the state */
	uint64_t since_ns;
};

enum answer_kind {
	ANSWER_GOOD,
	ANSWER_BAD,
};

static inline bool verdict_take(struct verdict *v, enum answer_kind answer, uint32_t rise,
				uint32_t fall, uint64_t now_ns)
{
	const enum answer_kind against = v->state == HEALTH_UP ? ANSWER_BAD : ANSWER_GOOD;
	const uint32_t enough = v->state == HEALTH_UP ? fall : rise;

	v->known = true;
	if (answer != against) {
		v->streak = 0;
		return false;
	}
	if (++v->streak < enough)
		return false;
	v->state = v->state == HEALTH_UP ? HEALTH_DOWN : HEALTH_UP;
	v->streak = 0;
	v->since_ns = now_ns;
	return true;
}
