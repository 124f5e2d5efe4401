/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Expectations: what a user wants to hold of policies, in a file beside them.
 *
 *	externals:
 *	  partner: 192.0.2.10
 *	tests:
 *	- name: the front talks to the partner and to nobody else
 *	  from: shop/front
 *	  to: [partner, 2001:db8:2::10]
 *	  port: [TCP/80, TCP/443]
 *	  expect: allow
 *
 * `from`, `to` and `port` are one or several of what --from, --to and --port take; all that they
 * mean must come out as expected. `apiVersion: sluice.io/v1` with `kind: PolicyTest` may stand at
 * the top, so that the file can lie among objects.
 */

#include "control/offline/ends.h"

struct word {
	char *text;
	uint32_t line;
};

struct word_list GROW_FIELDS(struct word);

struct expectation {
	char *name;
	const char *file;
	uint32_t line;
	struct word_list from;
	struct word_list to;
	struct word_list ports;
	enum judge_verdict expect;
};

struct expectations {
	struct word_list externals; /* "NAME=ADDRESS" */
	const char *file;	    /* of the externals */
	GROW(struct expectation) list;
};

/* Adds what stands in the text, which must stay. 0, or -errno and "file:line: ...". */
int expectations_read(const struct offline_text *text, struct expectations *out,
		      struct offline_error *error);
void expectations_free(struct expectations *expectations);
/* The externals as ends, but those whose names are there already. */
int expectations_add_externals(const struct expectations *expectations, struct end_list *ends,
			       struct offline_error *error);

struct outcome {
	size_t asked;
	size_t missed;
	char *misses; /* lines about the first ones; "" */
};

/* -errno when it asks about something that is not there. */
int expectation_try(const struct expectation *expectation, const struct judge *judge,
		    const struct end_list *ends, struct outcome *out, struct offline_error *error);
