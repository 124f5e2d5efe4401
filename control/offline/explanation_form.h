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

#include "control/compile/explain_compile.h"

/* A new reference. */
json_t *explanation_form(const struct explanation *explanation);
/* "allow", "audit" or "deny". */
const char *explanation_verdict(enum explain_verdict verdict);
