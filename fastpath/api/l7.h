/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Words that L7 rules are made of, common to the objects, the images and the parsers.
 *
 * A rule is a list of matches that must all hold; a group is a list of rules of one kind, of
 * which one must hold, or that holds for everything of its kind when it is empty. An
 * alternative is a list of groups that must all hold (a server name and an HTTP path); a set
 * is a list of alternatives, of which one must hold: one for each policy rule that lets the
 * same packets pass.
 */

enum l7_kind {
#define L7_KIND(name, word) L7_##name,
#include "fastpath/api/l7_kinds.def"
#undef L7_KIND
	L7_KINDS,
};

enum l7_field {
#define L7_FIELD(name, word) L7_FIELD_##name,
#include "fastpath/api/l7_fields.def"
#undef L7_FIELD
	L7_FIELDS,
};

enum l7_op {
	L7_PRESENT, /* no value is asked for */
	L7_EQUAL,
	L7_REGEX,   /* RE2, of the whole value */
	L7_PATTERN, /* of names: "*" inside a label, "**." many labels, "*" alone everything */
	L7_OPS,
};

/* What happens to a request whose header does not match (headerMatches). */
enum l7_mismatch {
	L7_MISMATCH_FAIL,
	L7_MISMATCH_LOG,
	L7_MISMATCH_ADD,
	L7_MISMATCH_DELETE,
	L7_MISMATCH_REPLACE,
	L7_MISMATCHES,
};
