/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/wg_verdict.h"

static const struct {
	const char *name;
	const char *text;
} verdicts[] = {
#define WG_VERDICT(name, text) {#name, text},
#include "crypto/wg_verdicts.def"
#undef WG_VERDICT
};

const char *wg_verdict_name(unsigned int verdict)
{
	return verdict < WG_VERDICTS ? verdicts[verdict].name : "?";
}

const char *wg_verdict_text(unsigned int verdict)
{
	return verdict < WG_VERDICTS ? verdicts[verdict].text : "?";
}
