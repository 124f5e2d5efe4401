/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The names of packet loss. DROP_NONE is zero and means "go on".
 */

enum drop_reason {
	DROP_NONE,
#define DROP_REASON(name, text) DROP_##name,
#include "fastpath/api/drop.def"
#undef DROP_REASON
	DROP_REASONS,
};

/* "NO_FLOW"; "NONE" for DROP_NONE, "?" for what is not in the list. */
const char *drop_name(unsigned int reason);
/* The sentence. */
const char *drop_text(unsigned int reason);
/* The reason called `name`, or DROP_REASONS. */
enum drop_reason drop_by_name(const char *name);
