/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * mac1, mac2 and cookies (paper sections 5.3, 5.4.4 and 5.4.7).
 *
 * mac1 shows that the sender knows our public key; it costs one hash to check and comes first.
 * When we are short of time we ask for mac2 as well: it is keyed by a cookie, which we send to the
 * address that the message came from, and which is computed from that address and a secret of two
 * minutes, so that nothing is remembered and nobody answers for another's address.
 *
 * The receiving half belongs to our identity, the sending half to a peer. One thread owns each.
 */

#include <stdbool.h>
#include <stdint.h>

#include "crypto/wg_messages.h"

/* Address and port as they stand in the packet: 4 or 16 bytes and 2. */
struct wg_source {
	uint8_t size;
	uint8_t bytes[18];
};

struct wg_source wg_source_make(const void *address, uint32_t address_size, be16 port);

/* ---- receiving handshakes ---- */

struct wg_gate {
	uint8_t mac1_key[WG_KEY_SIZE];
	uint8_t cookie_key[WG_KEY_SIZE];
	uint8_t secret[WG_KEY_SIZE];
	uint64_t secret_born_ns;
	bool has_secret;
};

void wg_gate_make(struct wg_gate *gate, const uint8_t own_public[WG_KEY_SIZE]);
/* There is no secret yet, or it is two minutes old: wg_gate_renew() with random bytes. */
bool wg_gate_is_due(const struct wg_gate *gate, uint64_t now_ns);
void wg_gate_renew(struct wg_gate *gate, const uint8_t random[WG_KEY_SIZE], uint64_t now_ns);
void wg_gate_wipe(struct wg_gate *gate);

/* `message` is a checked initiation or response of `size` bytes. WG_OK or WG_BAD_MAC1. */
enum wg_verdict wg_gate_check_mac1(const struct wg_gate *gate, const void *message, uint32_t size);
/* WG_OK or WG_NO_COOKIE: wg_cookie_reply_create() then. False cookies are as good as none. */
enum wg_verdict wg_gate_check_mac2(const struct wg_gate *gate, const void *message, uint32_t size,
				   const struct wg_source *source, uint64_t now_ns);
/* The answer to a message whose mac1 was right. The gate's secret must not be due. */
void wg_cookie_reply_create(const struct wg_gate *gate, const void *message, uint32_t size,
			    const struct wg_source *source, const uint8_t nonce[WG_NONCE_SIZE],
			    struct wg_cookie_reply *reply);

/* ---- sending handshakes ---- */

struct wg_macs {
	uint8_t mac1_key[WG_KEY_SIZE];
	uint8_t cookie_key[WG_KEY_SIZE];
	uint8_t cookie[WG_COOKIE_SIZE];
	uint8_t last_mac1[WG_MAC_SIZE];
	uint64_t cookie_born_ns;
	bool has_cookie;
	bool has_mac1; /* a message was sent that no cookie reply has answered */
};

void wg_macs_make(struct wg_macs *macs, const uint8_t peer_public[WG_KEY_SIZE]);
void wg_macs_wipe(struct wg_macs *macs);
/* Fills in mac1, and mac2 if there is a cookie; the last thing done to a message. */
void wg_macs_add(struct wg_macs *macs, void *message, uint32_t size, uint64_t now_ns);
/* WG_OK, and the next messages have mac2; or WG_BAD_COOKIE and nothing has changed. */
enum wg_verdict wg_cookie_reply_consume(struct wg_macs *macs, const struct wg_cookie_reply *reply,
					uint64_t now_ns);
