/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Explanations for people, from the JSON that explanation_form() makes.
 */

#include <jansson.h>

enum explanation_depth {
	EXPLANATION_SHORT, /* what decided */
	EXPLANATION_FULL,  /* every policy and rule, and what would change the verdict */
};

/* Both directions, as lines that begin with "  egress" and "  ingress". */
void explanation_print(const json_t *form, enum explanation_depth depth);
/* "  from      shop/front (app=front), identity 257" */
void explanation_end_print(const char *label, const json_t *end);
/* "  service   shop/web:http (services.yaml:3), maglev, snat" and its backends, when the answer
 * has a service. */
void explanation_service_print(const json_t *answer, const json_t *backends);
