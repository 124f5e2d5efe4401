/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What becomes of one connection, as JSON: one answer, or where a service is called one for each
 * group of backends that policy cannot tell apart.
 *
 * An answer is an explanation (explanation_form.h) of the connection to the backend, and has
 * `service` (null: none was called), `backends` of the group, `reason` and `text` (null, or the
 * drop of a service that refuses the call: then `egress` and `ingress` are null), and `answered`
 * (true: a ping, which a service's address answers itself).
 */

#include <jansson.h>

#include "control/offline/judge.h"
#include "control/offline/service_ask.h"

struct prober {
	const struct judge *judge;
	struct explainer *explainer;
};

/* A new array of at least one. */
json_t *probe_answers(const struct prober *p, const struct explain_question *q);
