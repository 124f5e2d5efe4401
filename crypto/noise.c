/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/noise.h"

#include <errno.h>
#include <string.h>

#include "crypto/kdf.h"
#include "crypto/noise_mix.h"
#include "crypto/wg_keys.h"
#include "crypto/wg_session.h"

/* ---- who ---- */

int noise_identity_make(struct noise_identity *identity, const uint8_t private_key[WG_KEY_SIZE])
{
	if (wg_key_is_zero(private_key))
		return -EINVAL;
	memcpy(identity->private_key, private_key, WG_KEY_SIZE);
	wg_key_clamp(identity->private_key);
	wg_key_public(identity->private_key, identity->public_key);
	return 0;
}

void noise_identity_wipe(struct noise_identity *identity)
{
	wg_wipe(identity, sizeof(*identity));
}

int noise_peer_make(struct noise_peer *peer, const struct noise_identity *identity,
		    const uint8_t public_key[WG_KEY_SIZE], const uint8_t preshared_key[WG_KEY_SIZE])
{
	*peer = (struct noise_peer){0};
	if (!wg_key_agree(identity->private_key, public_key, peer->static_static))
		return -EINVAL;
	memcpy(peer->public_key, public_key, WG_KEY_SIZE);
	if (preshared_key)
		memcpy(peer->preshared_key, preshared_key, WG_KEY_SIZE);
	return 0;
}

void noise_peer_reset(struct noise_peer *peer)
{
	peer->state = NOISE_IDLE;
	peer->local_index = 0;
	peer->remote_index = 0;
	wg_wipe(peer->ephemeral, sizeof(peer->ephemeral));
	wg_wipe(peer->remote_ephemeral, sizeof(peer->remote_ephemeral));
	wg_wipe(&peer->mix, sizeof(peer->mix));
}

void noise_peer_wipe(struct noise_peer *peer)
{
	wg_wipe(peer, sizeof(*peer));
}

/* ---- the initiation ---- */

int noise_initiation_create(struct noise_peer *peer, const struct noise_identity *identity,
			    uint32_t local_index, const uint8_t ephemeral[WG_KEY_SIZE],
			    const uint8_t timestamp[WG_TIMESTAMP_SIZE],
			    struct wg_initiation *message)
{
	uint8_t key[WG_KEY_SIZE];

	if (wg_key_is_zero(ephemeral))
		return -EINVAL;
	noise_peer_reset(peer);
	memcpy(peer->ephemeral, ephemeral, WG_KEY_SIZE);
	wg_key_clamp(peer->ephemeral);
	*message = (struct wg_initiation){.type = LE32(WG_INITIATION), .sender = LE32(local_index)};
	wg_key_public(peer->ephemeral, message->ephemeral);

	mix_begin(&peer->mix, peer->public_key);
	mix_ephemeral(&peer->mix, message->ephemeral);
	if (!mix_agreed(&peer->mix, peer->ephemeral, peer->public_key, key)) {
		noise_peer_reset(peer);
		return -EINVAL;
	}
	mix_seal(&peer->mix, key, identity->public_key, WG_KEY_SIZE, message->sealed_static);
	mix_secret(&peer->mix, peer->static_static, key);
	mix_seal(&peer->mix, key, timestamp, WG_TIMESTAMP_SIZE, message->sealed_timestamp);
	wg_wipe(key, sizeof(key));
	peer->local_index = local_index;
	peer->state = NOISE_INITIATION_SENT;
	return 0;
}

enum wg_verdict noise_initiation_open(const struct noise_identity *identity,
				      const struct wg_initiation *message,
				      struct noise_opened *opened)
{
	enum wg_verdict verdict = WG_OK;
	uint8_t key[WG_KEY_SIZE];

	mix_begin(&opened->mix, identity->public_key);
	mix_ephemeral(&opened->mix, message->ephemeral);
	if (!mix_agreed(&opened->mix, identity->private_key, message->ephemeral, key))
		verdict = WG_BAD_KEYS;
	else if (!mix_open(&opened->mix, key, opened->public_key, WG_KEY_SIZE,
			   message->sealed_static))
		verdict = WG_BAD_STATIC;
	wg_wipe(key, sizeof(key));
	if (verdict)
		noise_opened_wipe(opened);
	return verdict;
}

void noise_opened_wipe(struct noise_opened *opened)
{
	wg_wipe(opened, sizeof(*opened));
}

static enum wg_verdict judge_timestamp(const struct noise_peer *peer,
				       const uint8_t timestamp[WG_TIMESTAMP_SIZE], uint64_t now_ns)
{
	/* Big-endian numbers compare as bytes do. They are no secret. */
	if (memcmp(timestamp, peer->timestamp, WG_TIMESTAMP_SIZE) <= 0)
		return WG_OLD_TIMESTAMP;
	if (peer->accepted_ns && peer->accepted_ns + WG_INITIATION_SPACING_NS > now_ns)
		return WG_TOO_SOON;
	return WG_OK;
}

enum wg_verdict noise_initiation_accept(struct noise_peer *peer, struct noise_opened *opened,
					const struct wg_initiation *message, uint64_t now_ns)
{
	uint8_t key[WG_KEY_SIZE], timestamp[WG_TIMESTAMP_SIZE];
	enum wg_verdict verdict = WG_BAD_TIMESTAMP;

	mix_secret(&opened->mix, peer->static_static, key);
	if (mix_open(&opened->mix, key, timestamp, sizeof(timestamp), message->sealed_timestamp))
		verdict = judge_timestamp(peer, timestamp, now_ns);
	wg_wipe(key, sizeof(key));
	if (verdict == WG_OK) {
		noise_peer_reset(peer);
		memcpy(peer->timestamp, timestamp, sizeof(timestamp));
		peer->accepted_ns = now_ns ? now_ns : 1;
		peer->mix = opened->mix;
		memcpy(peer->remote_ephemeral, message->ephemeral, WG_KEY_SIZE);
		peer->remote_index = from_le32(message->sender);
		peer->state = NOISE_INITIATION_ACCEPTED;
	}
	noise_opened_wipe(opened);
	return verdict;
}

/* ---- the response ---- */

int noise_response_create(struct noise_peer *peer, uint32_t local_index,
			  const uint8_t ephemeral[WG_KEY_SIZE], struct wg_response *message)
{
	uint8_t key[WG_KEY_SIZE];

	if (peer->state != NOISE_INITIATION_ACCEPTED || wg_key_is_zero(ephemeral))
		return -EINVAL;
	memcpy(peer->ephemeral, ephemeral, WG_KEY_SIZE);
	wg_key_clamp(peer->ephemeral);
	*message = (struct wg_response){.type = LE32(WG_RESPONSE),
					.sender = LE32(local_index),
					.receiver = LE32(peer->remote_index)};
	wg_key_public(peer->ephemeral, message->ephemeral);

	mix_ephemeral(&peer->mix, message->ephemeral);
	if (!mix_agreed(&peer->mix, peer->ephemeral, peer->remote_ephemeral, NULL) ||
	    !mix_agreed(&peer->mix, peer->ephemeral, peer->public_key, NULL)) {
		noise_peer_reset(peer);
		return -EINVAL;
	}
	mix_preshared(&peer->mix, peer->preshared_key, key);
	mix_seal(&peer->mix, key, NULL, 0, message->sealed_nothing);
	wg_wipe(key, sizeof(key));
	peer->local_index = local_index;
	peer->state = NOISE_RESPONSE_SENT;
	return 0;
}

enum wg_verdict noise_response_consume(struct noise_peer *peer,
				       const struct noise_identity *identity,
				       const struct wg_response *message)
{
	enum wg_verdict verdict = WG_OK;
	uint8_t key[WG_KEY_SIZE];
	struct noise_mix mix;

	if (peer->state != NOISE_INITIATION_SENT ||
	    from_le32(message->receiver) != peer->local_index)
		return WG_NO_HANDSHAKE;
	mix = peer->mix;
	mix_ephemeral(&mix, message->ephemeral);
	if (!mix_agreed(&mix, peer->ephemeral, message->ephemeral, NULL) ||
	    !mix_agreed(&mix, identity->private_key, message->ephemeral, NULL)) {
		verdict = WG_BAD_KEYS;
		goto wipe;
	}
	mix_preshared(&mix, peer->preshared_key, key);
	if (!mix_open(&mix, key, NULL, 0, message->sealed_nothing)) {
		verdict = WG_BAD_RESPONSE;
		goto wipe;
	}
	peer->mix = mix;
	memcpy(peer->remote_ephemeral, message->ephemeral, WG_KEY_SIZE);
	peer->remote_index = from_le32(message->sender);
	peer->state = NOISE_RESPONSE_ACCEPTED;
wipe:
	wg_wipe(&mix, sizeof(mix));
	wg_wipe(key, sizeof(key));
	return verdict;
}

/* ---- the session ---- */

int noise_session_begin(struct noise_peer *peer, uint64_t now_ns, struct wg_session *session)
{
	bool initiator = peer->state == NOISE_RESPONSE_ACCEPTED;

	if (!initiator && peer->state != NOISE_RESPONSE_SENT)
		return -EINVAL;
	*session = (struct wg_session){.born_ns = now_ns,
				       .local_index = peer->local_index,
				       .remote_index = peer->remote_index,
				       .valid = true,
				       .initiator = initiator};
	kdf(peer->mix.chain, NULL, 0, initiator ? session->sending_key : session->receiving_key,
	    initiator ? session->receiving_key : session->sending_key, NULL);
	noise_peer_reset(peer);
	return 0;
}
