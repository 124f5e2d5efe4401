/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * An explanation as JSON, the same from sluiced and from the policy commands.
 *
 *	{"verdict": "deny", "src": {..}, "dst": {..}, "egress": {..}, "ingress": {..}}
 *
 * A direction has `verdict` (allow, deny, audit: passes, and is told), `cause` (open: nothing
 * selects that end; rule; l7; auth), what decided (kind, namespace, name, file, line, rule, tier,
 * priority; null when nothing did), `policies` that select that end with each of their rules, and
 * in `flip` sentences about what would have to change.
 */

#include <jansson.h>

#include "control/offline/service_ask.h"

/* A new reference. */
json_t *explanation_form(const struct explanation *explanation);
/* "allow", "audit" or "deny". */
const char *explanation_verdict(enum explain_verdict verdict);

/* {name, algorithm, mode, affinity_s, origin: {kind, namespace, name, file, line, rule, text}} */
json_t *explanation_service_form(const struct service_reader *r,
				 const struct image_service *service);
/* {name, address, port, state} */
json_t *explanation_backend_form(const struct service_reader *r, uint32_t pick);
