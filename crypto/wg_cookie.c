/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/wg_cookie.h"

#include <sodium.h>
#include <string.h>

#include "crypto/kdf.h"
#include "crypto/sealed.h"
#include "crypto/wg_keys.h"

#define LABEL_SIZE 8u

/* Both messages of a handshake end with mac1 and mac2. */
static uint32_t mac1_at(uint32_t size)
{
	return size - 2 * WG_MAC_SIZE;
}

static uint32_t mac2_at(uint32_t size)
{
	return size - WG_MAC_SIZE;
}

static void keys_make(const uint8_t public_key[WG_KEY_SIZE], uint8_t mac1_key[WG_KEY_SIZE],
		      uint8_t cookie_key[WG_KEY_SIZE])
{
	blake_hash(mac1_key, "mac1----", LABEL_SIZE, public_key, WG_KEY_SIZE);
	blake_hash(cookie_key, "cookie--", LABEL_SIZE, public_key, WG_KEY_SIZE);
}

struct wg_source wg_source_make(const void *address, uint32_t address_size, be16 port)
{
	struct wg_source source = {.size = (uint8_t)(address_size + sizeof(port))};

	memcpy(source.bytes, address, address_size);
	memcpy(source.bytes + address_size, &port, sizeof(port));
	return source;
}

/* ---- receiving handshakes ---- */

void wg_gate_make(struct wg_gate *gate, const uint8_t own_public[WG_KEY_SIZE])
{
	*gate = (struct wg_gate){0};
	keys_make(own_public, gate->mac1_key, gate->cookie_key);
}

bool wg_gate_is_due(const struct wg_gate *gate, uint64_t now_ns)
{
	return !gate->has_secret || now_ns >= gate->secret_born_ns + WG_COOKIE_SECRET_NS;
}

void wg_gate_renew(struct wg_gate *gate, const uint8_t random[WG_KEY_SIZE], uint64_t now_ns)
{
	memcpy(gate->secret, random, sizeof(gate->secret));
	gate->secret_born_ns = now_ns;
	gate->has_secret = true;
}

void wg_gate_wipe(struct wg_gate *gate)
{
	wg_wipe(gate, sizeof(*gate));
}

enum wg_verdict wg_gate_check_mac1(const struct wg_gate *gate, const void *message, uint32_t size)
{
	const uint8_t *bytes = message;
	uint8_t mac[WG_MAC_SIZE];

	blake_mac(mac, gate->mac1_key, sizeof(gate->mac1_key), bytes, mac1_at(size));
	return sodium_memcmp(mac, bytes + mac1_at(size), sizeof(mac)) ? WG_BAD_MAC1 : WG_OK;
}

static void cookie_make(const struct wg_gate *gate, const struct wg_source *source,
			uint8_t cookie[WG_COOKIE_SIZE])
{
	blake_mac(cookie, gate->secret, sizeof(gate->secret), source->bytes, source->size);
}

enum wg_verdict wg_gate_check_mac2(const struct wg_gate *gate, const void *message, uint32_t size,
				   const struct wg_source *source, uint64_t now_ns)
{
	uint8_t cookie[WG_COOKIE_SIZE], mac[WG_MAC_SIZE];
	const uint8_t *bytes = message;
	bool differs;

	if (wg_gate_is_due(gate, now_ns))
		return WG_NO_COOKIE;
	cookie_make(gate, source, cookie);
	blake_mac(mac, cookie, sizeof(cookie), bytes, mac2_at(size));
	differs = sodium_memcmp(mac, bytes + mac2_at(size), sizeof(mac));
	wg_wipe(cookie, sizeof(cookie));
	wg_wipe(mac, sizeof(mac));
	return differs ? WG_NO_COOKIE : WG_OK;
}

void wg_cookie_reply_create(const struct wg_gate *gate, const void *message, uint32_t size,
			    const struct wg_source *source, const uint8_t nonce[WG_NONCE_SIZE],
			    struct wg_cookie_reply *reply)
{
	const uint8_t *bytes = message;
	struct sealed_aad aad = {bytes + mac1_at(size), WG_MAC_SIZE};
	uint8_t cookie[WG_COOKIE_SIZE];

	*reply = (struct wg_cookie_reply){.type = LE32(WG_COOKIE_REPLY)};
	/* To the sender of either message, whose index stands at the same place. */
	memcpy(&reply->receiver, bytes + offsetof(struct wg_initiation, sender),
	       sizeof(reply->receiver));
	memcpy(reply->nonce, nonce, WG_NONCE_SIZE);
	cookie_make(gate, source, cookie);
	xsealed_make(reply->sealed_cookie, cookie, sizeof(cookie), aad, nonce, gate->cookie_key);
	wg_wipe(cookie, sizeof(cookie));
}

/* ---- sending handshakes ---- */

void wg_macs_make(struct wg_macs *macs, const uint8_t peer_public[WG_KEY_SIZE])
{
	*macs = (struct wg_macs){0};
	keys_make(peer_public, macs->mac1_key, macs->cookie_key);
}

void wg_macs_wipe(struct wg_macs *macs)
{
	wg_wipe(macs, sizeof(*macs));
}

/* A little less than the secret's own age: it has to arrive while it is good. */
static bool cookie_is_good(const struct wg_macs *macs, uint64_t now_ns)
{
	return macs->has_cookie &&
	       now_ns < macs->cookie_born_ns + WG_COOKIE_SECRET_NS - WG_COOKIE_LATENCY_NS;
}

void wg_macs_add(struct wg_macs *macs, void *message, uint32_t size, uint64_t now_ns)
{
	uint8_t *bytes = message;

	blake_mac(bytes + mac1_at(size), macs->mac1_key, sizeof(macs->mac1_key), bytes,
		  mac1_at(size));
	memcpy(macs->last_mac1, bytes + mac1_at(size), WG_MAC_SIZE);
	macs->has_mac1 = true;
	if (cookie_is_good(macs, now_ns))
		blake_mac(bytes + mac2_at(size), macs->cookie, sizeof(macs->cookie), bytes,
			  mac2_at(size));
	else
		memset(bytes + mac2_at(size), 0, WG_MAC_SIZE);
}

enum wg_verdict wg_cookie_reply_consume(struct wg_macs *macs, const struct wg_cookie_reply *reply,
					uint64_t now_ns)
{
	struct sealed_aad aad = {macs->last_mac1, sizeof(macs->last_mac1)};
	uint8_t cookie[WG_COOKIE_SIZE];

	if (!macs->has_mac1 || !xsealed_open(cookie, reply->sealed_cookie, sizeof(cookie), aad,
					     reply->nonce, macs->cookie_key))
		return WG_BAD_COOKIE;
	memcpy(macs->cookie, cookie, sizeof(cookie));
	macs->cookie_born_ns = now_ns;
	macs->has_cookie = true;
	macs->has_mac1 = false;
	wg_wipe(cookie, sizeof(cookie));
	return WG_OK;
}
