/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/wg_pair.h"

#include "fastpath/base/check.h"
#include "test/data/wireguard_vectors.h"

static void end_make(struct wg_pair_end *end, const uint8_t *own, const uint8_t *other,
		     const uint8_t *psk)
{
	CHECK(noise_identity_make(&end->identity, own) == 0);
	CHECK(noise_peer_make(&end->peer, &end->identity, other, psk) == 0);
	wg_gate_make(&end->gate, end->identity.public_key);
	wg_macs_make(&end->macs, other);
}

void wg_pair_make(struct wg_pair *pair, const uint8_t *psk)
{
	*pair = (struct wg_pair){0};
	end_make(&pair->ends[0], vector_initiator, vector_responder_public, psk);
	end_make(&pair->ends[1], vector_responder, vector_initiator_public, psk);
}

void wg_pair_initiate(struct wg_pair *pair)
{
	struct wg_pair_end *end = &pair->ends[0];

	CHECK(noise_initiation_create(&end->peer, &end->identity, WG_PAIR_INITIATOR_INDEX,
				      vector_first_ephemeral, vector_timestamp,
				      &pair->initiation) == 0);
	wg_macs_add(&end->macs, &pair->initiation, sizeof(pair->initiation), 0);
}

enum wg_verdict wg_pair_accept(struct wg_pair *pair, uint64_t now_ns)
{
	struct wg_pair_end *end = &pair->ends[1];
	enum wg_verdict verdict;
	struct noise_opened opened;

	verdict = wg_gate_check_mac1(&end->gate, &pair->initiation, sizeof(pair->initiation));
	if (verdict)
		return verdict;
	verdict = noise_initiation_open(&end->identity, &pair->initiation, &opened);
	if (verdict)
		return verdict;
	if (memcmp(opened.public_key, end->peer.public_key, WG_KEY_SIZE) != 0) {
		noise_opened_wipe(&opened);
		return WG_UNKNOWN_PEER;
	}
	return noise_initiation_accept(&end->peer, &opened, &pair->initiation, now_ns);
}

void wg_pair_respond(struct wg_pair *pair)
{
	struct wg_pair_end *end = &pair->ends[1];

	CHECK(noise_response_create(&end->peer, WG_PAIR_RESPONDER_INDEX, vector_second_ephemeral,
				    &pair->response) == 0);
	wg_macs_add(&end->macs, &pair->response, sizeof(pair->response), 0);
}

void wg_pair_shake(struct wg_pair *pair, uint64_t now_ns, struct wg_session sessions[2])
{
	struct wg_pair_end *first = &pair->ends[0];

	wg_pair_initiate(pair);
	CHECK(wg_pair_accept(pair, now_ns) == WG_OK);
	wg_pair_respond(pair);
	CHECK(noise_response_consume(&first->peer, &first->identity, &pair->response) == WG_OK);
	CHECK(noise_session_begin(&first->peer, now_ns, &sessions[0]) == 0);
	CHECK(noise_session_begin(&pair->ends[1].peer, now_ns, &sessions[1]) == 0);
}
