/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The handshake: Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s as WireGuard has it (paper section 5.4;
 * noiseprotocol.org revision 34).
 *
 *	initiator				responder
 *	noise_initiation_create	   ----->	noise_initiation_open, find the peer,
 *						noise_initiation_accept
 *	noise_response_consume	   <-----	noise_response_create
 *	noise_session_begin			noise_session_begin
 *
 * mac1 and mac2 are not in here: wg_macs_add() after create, wg_gate_check_mac1() before the rest.
 * Random numbers and time come in as arguments; the same arguments give the same bytes.
 *
 * A peer has one handshake at a time, ours or its own: the later one replaces the earlier. One
 * thread owns a peer. What does not authenticate changes nothing. Functions that are asked by us
 * return 0 or -errno, those that judge a message a verdict. Secrets are wiped when they were used.
 */

#include <stdbool.h>
#include <stdint.h>

#include "crypto/wg_messages.h"

struct wg_session;

/* Who we are. Read only after noise_identity_make(): threads may share it. */
struct noise_identity {
	uint8_t private_key[WG_KEY_SIZE];
	uint8_t public_key[WG_KEY_SIZE];
};

/* What both ends have computed so far: a hash of all that was said, and the chain of secrets. */
struct noise_mix {
	uint8_t hash[WG_HASH_SIZE];
	uint8_t chain[WG_HASH_SIZE];
};

enum noise_state {
	NOISE_IDLE,
	NOISE_INITIATION_SENT,
	NOISE_INITIATION_ACCEPTED,
	NOISE_RESPONSE_SENT,
	NOISE_RESPONSE_ACCEPTED,
};

struct noise_peer {
	uint8_t public_key[WG_KEY_SIZE];
	uint8_t preshared_key[WG_KEY_SIZE]; /* zero: none */
	uint8_t static_static[WG_KEY_SIZE]; /* DH of both static keys */
	/* The newest initiation accepted; 0: none. */
	uint8_t timestamp[WG_TIMESTAMP_SIZE];
	uint64_t accepted_ns;
	/* The handshake under way. */
	enum noise_state state;
	uint32_t local_index;
	uint32_t remote_index;
	uint8_t ephemeral[WG_KEY_SIZE];
	uint8_t remote_ephemeral[WG_KEY_SIZE];
	struct noise_mix mix;
};

/* The private key is clamped. -EINVAL: it is zero. */
int noise_identity_make(struct noise_identity *identity, const uint8_t private_key[WG_KEY_SIZE]);
void noise_identity_wipe(struct noise_identity *identity);

/* `preshared_key` may be NULL. -EINVAL: a public key of low order. */
int noise_peer_make(struct noise_peer *peer, const struct noise_identity *identity,
		    const uint8_t public_key[WG_KEY_SIZE],
		    const uint8_t preshared_key[WG_KEY_SIZE]);
/* Ends the handshake under way; the peer stays. */
void noise_peer_reset(struct noise_peer *peer);
void noise_peer_wipe(struct noise_peer *peer);

/* ---- the initiator ---- */

/*
 * `local_index`: where the response shall go. `ephemeral`: 32 random bytes. `timestamp`: of
 * wg_timestamp_make(). `message` is whole but for its macs. -EINVAL: `ephemeral` is
 * zero, as of a random generator that failed.
 */
int noise_initiation_create(struct noise_peer *peer, const struct noise_identity *identity,
			    uint32_t local_index, const uint8_t ephemeral[WG_KEY_SIZE],
			    const uint8_t timestamp[WG_TIMESTAMP_SIZE],
			    struct wg_initiation *message);
/* The peer is found by message->receiver. WG_NO_HANDSHAKE, WG_BAD_KEYS, WG_BAD_RESPONSE. */
enum wg_verdict noise_response_consume(struct noise_peer *peer,
				       const struct noise_identity *identity,
				       const struct wg_response *message);

/* ---- the responder ---- */

/* An initiation of which the sender is known but nothing proved. Wiped by noise_initiation_accept(). */
struct noise_opened {
	uint8_t public_key[WG_KEY_SIZE]; /* find the peer by it */
	struct noise_mix mix;
};

/* WG_BAD_KEYS, WG_BAD_STATIC. `opened` is to be wiped if no noise_initiation_accept() follows. */
enum wg_verdict noise_initiation_open(const struct noise_identity *identity,
				      const struct wg_initiation *message,
				      struct noise_opened *opened);
void noise_opened_wipe(struct noise_opened *opened);
/* `peer` has the key opened->public_key. WG_BAD_TIMESTAMP, WG_OLD_TIMESTAMP, WG_TOO_SOON. */
enum wg_verdict noise_initiation_accept(struct noise_peer *peer, struct noise_opened *opened,
					const struct wg_initiation *message, uint64_t now_ns);
/* -EINVAL: no initiation was accepted, or `ephemeral` is zero. */
int noise_response_create(struct noise_peer *peer, uint32_t local_index,
			  const uint8_t ephemeral[WG_KEY_SIZE], struct wg_response *message);

/* ---- both ---- */

/*
 * After a response was sent or accepted: the keys go to `session`, the handshake is wiped.
 * -EINVAL: not at that point.
 */
int noise_session_begin(struct noise_peer *peer, uint64_t now_ns, struct wg_session *session);
