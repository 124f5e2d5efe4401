/* SPDX-License-Identifier: Apache-2.0 */

#include "control/text_form.h"

#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"

json_t *text_form(const char *text)
{
	json_t *form = json_string(text);
	char *copy;

	if (form)
		return form;
	copy = strdup(text);
	CHECK(copy);
	for (char *c = copy; *c; c++)
		if (*c & 0x80)
			*c = '?';
	form = json_string(copy);
	free(copy);
	return form;
}
