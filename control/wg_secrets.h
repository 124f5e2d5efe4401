/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Keys that the conf names by their files, and what the control socket changed, which a file in the
 * run directory keeps.
 */

#include "control/compile/wireguard.h"
#include "control/config.h"

enum wg_secrets_mode {
	WG_SECRETS_MAKE, /* a private key that is not named and not there is made and stored */
	WG_SECRETS_LOOK, /* nothing is written: it is made and forgotten */
};

/* 0, or -errno with a sentence that shows no key. A conf without WireGuard has no keys. In both
 * cases wg_secrets_free() frees it. The overlay is empty. */
int wg_secrets_load(const struct config *config, enum wg_secrets_mode mode,
		    struct wireguard_facts *out, struct config_error *error);
void wg_secrets_free(struct wireguard_facts *facts);

/* RUN/wireguard.changes. Without a file the overlay is empty. */
int wg_overlay_load(const struct config *config, struct wireguard_overlay *out,
		    struct config_error *error);
int wg_overlay_save(const struct config *config, const struct wireguard_overlay *overlay);
