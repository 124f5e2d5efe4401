/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/api/drop.h"

#include <string.h>

static const struct {
	const char *name;
	const char *text;
} reasons[DROP_REASONS] = {
	[DROP_NONE] = {"NONE", "not dropped"},
#define DROP_REASON(name, text) [DROP_##name] = {#name, text},
#include "fastpath/api/drop.def"
#undef DROP_REASON
};

const char *drop_name(unsigned int reason)
{
	return reason < DROP_REASONS ? reasons[reason].name : "?";
}

const char *drop_text(unsigned int reason)
{
	return reason < DROP_REASONS ? reasons[reason].text : "?";
}

enum drop_reason drop_by_name(const char *name)
{
	unsigned int reason = DROP_NONE + 1;

	while (reason < DROP_REASONS && strcmp(reasons[reason].name, name) != 0)
		reason++;
	return (enum drop_reason)reason;
}
