/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * For tests about objects: a text becomes a finished store, or one line of error. Included
 * behind <cmocka.h>.
 */

#include <string.h>

#include "control/objects/objects.h"
#include "fastpath/base/attr.h"

/* The error, or NULL; free the store in both cases. */
static inline const char *objects_load_text(struct objects *out, const char *label,
					    const char *text)
{
	static struct objects_error error;
	int err;

	error.text[0] = '\0';
	objects_open(out);
	err = objects_load_bytes(out, label, text, strlen(text), &error);
	if (!err)
		err = objects_finish(out, &error);
	return err ? error.text : NULL;
}

/* A text, and the line it is refused with or "loaded". */
struct objects_case {
	const char *text;
	const char *error;
};

static inline void objects_check_cases(const char *label, const struct objects_case *cases,
				       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct objects store;
		const char *error = objects_load_text(&store, label, cases[i].text);

		objects_free(&store);
		assert_string_equal(error ? error : "loaded", cases[i].error);
	}
}
