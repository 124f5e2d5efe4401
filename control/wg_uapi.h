/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * WireGuard's cross-platform configuration protocol (wireguard.com/xplatform) as text: what is asked
 * and answered over the control socket, and how changes are kept in a file. No sockets here.
 *
 * A request is read whole before anything is done: garbage changes nothing.
 */

#include "control/compile/wireguard.h"
#include "control/secret_text.h"
#include "fastpath/api/msg.h"

#define WG_REQUEST_MAX (16u << 20)

struct wg_request {
	bool is_get;
	/* set: in `said' each public_key is a change of its own, several of one peer perhaps;
	 * is_update is update_only, has_allowed is replace_allowed_ips. */
	bool replaces_peers;
	struct wireguard_overlay said;
};

/* Lines up to a blank one or the end; text[size] is zero, the text is cut up. 0, or -EINVAL (a key
 * or value), -EPROTO (no line of this protocol), -ENOSPC; nothing is left to free then. */
int wg_request_read(char *text, size_t size, struct wg_request *out);
void wg_request_free(struct wg_request *request);

/* The answer to get=1, without errno. `records` are those of MSG_WG, sorted by public key; none:
 * nothing is known of handshakes. NULL: there is no device. */
void wg_get_write(const struct wireguard *device, const struct wg_record *records, size_t count,
		  struct secret_text *out);
/* NULL when there is none of the peer. */
const struct wg_record *wg_record_find(const struct wg_record *records, size_t count,
				       const uint8_t key[WG_KEY_SIZE]);

/* An overlay as the request that makes it, and back from its `said'. */
void wg_overlay_write(const struct wireguard_overlay *overlay, struct secret_text *out);

/* wg_overlay.c: what the overlay becomes when a request changes the device as it is (NULL: without
 * peers). 0 or -ENOSPC; `out' is a copy, whatever comes. */
int wg_overlay_apply(const struct wireguard_overlay *before, const struct wireguard *device,
		     const struct wg_request *request, struct wireguard_overlay *out);
