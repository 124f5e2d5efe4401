/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The names of what is wrong with a WireGuard message. WG_OK is zero and means "go on". The
 * functions of crypto/ give what they can see; UNKNOWN_PEER, UNKNOWN_SESSION, EXPIRED, BAD_DATA and
 * REPLAY are for their callers, who look up, ask the session and run the AEAD.
 */

enum wg_verdict {
#define WG_VERDICT(name, text) WG_##name,
#include "crypto/wg_verdicts.def"
#undef WG_VERDICT
	WG_VERDICTS,
};

/* "BAD_MAC1"; "?" for what is not in the list. */
const char *wg_verdict_name(unsigned int verdict);
/* The sentence. */
const char *wg_verdict_text(unsigned int verdict);
