/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Two ends of WireGuard and whatever arrives at them. An input is a list of steps: a byte says what
 * is done, the next how many bytes belong to it.
 *
 *	raw		the bytes are a message, as they are
 *	changed		a genuine message, to which the bytes are added here and there
 *	mended		likewise, and its macs are made right again
 *	known peer	an initiation with right keys and a timestamp of the input's
 *	genuine		the next message of a handshake as it should be
 *	data		a sealed packet with a counter of the input's, then changed
 *	timers		an event, or time that passes
 *	key		text that may be a key
 *
 * What is refused has changed nothing; sessions of both ends fit whatever came before; a counter is
 * accepted once.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/aead.h"
#include "crypto/wg_keys.h"
#include "crypto/wg_timers.h"
#include "fastpath/base/check.h"
#include "test/data/wireguard_vectors.h"
#include "test/lib/wg_pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum step {
	STEP_RAW,
	STEP_CHANGED,
	STEP_MENDED,
	STEP_KNOWN_PEER,
	STEP_GENUINE,
	STEP_DATA,
	STEP_TIMERS,
	STEP_KEY,
	STEPS,
};

struct world {
	struct wg_pair pair;
	struct wg_sessions sessions[2];
	struct wg_timers timers;
	struct wg_cookie_reply reply;
	struct wg_source source;
	uint64_t now_ns;
	struct aead *aead;
};

union message {
	struct wg_initiation initiation;
	struct wg_response response;
	struct wg_cookie_reply reply;
	uint8_t bytes[sizeof(struct wg_initiation)];
};

static void begin(struct world *w, int who)
{
	struct wg_session session;
	struct wg_ended ended;

	if (noise_session_begin(&w->pair.ends[who].peer, w->now_ns, &session))
		return;
	wg_sessions_add(&w->sessions[who], &session, &ended);
	wg_session_wipe(&session);
}

/* ---- what arrives ---- */

static enum wg_verdict consume_initiation(struct world *w, const struct wg_initiation *message)
{
	struct wg_pair_end *end = &w->pair.ends[1];
	struct noise_opened opened;
	enum wg_verdict verdict = noise_initiation_open(&end->identity, message, &opened);

	if (verdict)
		return verdict;
	if (memcmp(opened.public_key, end->peer.public_key, WG_KEY_SIZE) != 0) {
		noise_opened_wipe(&opened);
		return WG_UNKNOWN_PEER;
	}
	return noise_initiation_accept(&end->peer, &opened, message, w->now_ns);
}

static enum wg_verdict consume(struct world *w, const void *bytes, enum wg_type type)
{
	struct wg_pair_end *ends = w->pair.ends;
	enum wg_verdict verdict;

	switch (type) {
	case WG_INITIATION:
		verdict = wg_gate_check_mac1(&ends[1].gate, bytes, sizeof(struct wg_initiation));
		(void)wg_gate_check_mac2(&ends[1].gate, bytes, sizeof(struct wg_initiation),
					 &w->source, w->now_ns);
		return verdict ? verdict : consume_initiation(w, bytes);
	case WG_RESPONSE:
		verdict = wg_gate_check_mac1(&ends[0].gate, bytes, sizeof(struct wg_response));
		return verdict ? verdict
			       : noise_response_consume(&ends[0].peer, &ends[0].identity, bytes);
	case WG_COOKIE_REPLY:
		return wg_cookie_reply_consume(&ends[0].macs, bytes, w->now_ns);
	default:
		return WG_UNKNOWN_SESSION;
	}
}

/* Bytes that lie as they came, in memory of just their size. */
static enum wg_verdict arrive(struct world *w, const uint8_t *bytes, uint32_t size)
{
	struct wg_pair before = w->pair;
	enum wg_type type = 0;
	uint8_t *copy = malloc(size ? size : 1);
	enum wg_verdict verdict;

	CHECK(copy);
	memcpy(copy, bytes, size);
	verdict = wg_message_check(copy, size, &type);
	if (!verdict)
		verdict = consume(w, copy, type);
	CHECK(verdict < WG_VERDICTS);
	CHECK(verdict == WG_OK || memcmp(&before, &w->pair, sizeof(before)) == 0);
	if (verdict == WG_OK && type == WG_RESPONSE)
		begin(w, 0);
	free(copy);
	return verdict;
}

/* ---- what is sent ---- */

/* The first that fits: what answers the state in which both are. */
static uint32_t genuine(struct world *w, union message *message)
{
	struct noise_peer *first = &w->pair.ends[0].peer, *second = &w->pair.ends[1].peer;

	if (second->state == NOISE_INITIATION_ACCEPTED) {
		wg_pair_respond(&w->pair);
		begin(w, 1);
	} else if (first->state != NOISE_INITIATION_SENT) {
		wg_pair_initiate(&w->pair);
		message->initiation = w->pair.initiation;
		return sizeof(struct wg_initiation);
	}
	message->response = w->pair.response;
	return sizeof(struct wg_response);
}

static uint32_t kind_of_message(struct world *w, uint8_t kind, union message *message)
{
	switch (kind % 4) {
	case 0:
		message->initiation = w->pair.initiation;
		return sizeof(struct wg_initiation);
	case 1:
		message->response = w->pair.response;
		return sizeof(struct wg_response);
	case 2:
		if (!wg_gate_is_due(&w->pair.ends[1].gate, w->now_ns))
			wg_cookie_reply_create(&w->pair.ends[1].gate, &w->pair.initiation,
					       sizeof(w->pair.initiation), &w->source,
					       vector_cookie_nonce, &w->reply);
		message->reply = w->reply;
		return sizeof(struct wg_cookie_reply);
	default:
		return genuine(w, message);
	}
}

/* Pairs of position and what is added there. */
static void change(uint8_t *bytes, uint32_t size, const uint8_t *data, uint32_t data_size)
{
	for (uint32_t i = 0; i + 2 <= data_size; i += 2)
		bytes[data[i] % size] ^= data[i + 1];
}

static void step_changed(struct world *w, const uint8_t *data, uint32_t size, enum step step)
{
	union message message = {0};
	uint32_t message_size;

	if (!size)
		return;
	message_size = kind_of_message(w, data[0], &message);
	change(message.bytes, message_size, data + 1, size - 1);
	if (step == STEP_MENDED && message_size == sizeof(struct wg_initiation))
		wg_macs_add(&w->pair.ends[0].macs, &message, message_size, w->now_ns);
	if (step == STEP_MENDED && message_size == sizeof(struct wg_response))
		wg_macs_add(&w->pair.ends[1].macs, &message, message_size, w->now_ns);
	(void)arrive(w, message.bytes, message_size);
}

static void step_known_peer(struct world *w, const uint8_t *data, uint32_t size)
{
	uint8_t timestamp[WG_TIMESTAMP_SIZE] = {0}, newest[WG_TIMESTAMP_SIZE];
	struct wg_pair_end *end = &w->pair.ends[0];
	enum wg_verdict verdict;

	memcpy(timestamp, data, min_u32(size, sizeof(timestamp)));
	memcpy(newest, w->pair.ends[1].peer.timestamp, sizeof(newest));
	CHECK(noise_initiation_create(&end->peer, &end->identity, WG_PAIR_INITIATOR_INDEX,
				      vector_first_ephemeral, timestamp, &w->pair.initiation) == 0);
	wg_macs_add(&end->macs, &w->pair.initiation, sizeof(w->pair.initiation), w->now_ns);
	verdict = arrive(w, (const void *)&w->pair.initiation, sizeof(w->pair.initiation));
	if (memcmp(timestamp, newest, sizeof(newest)) <= 0)
		CHECK(verdict == WG_OLD_TIMESTAMP);
	else
		CHECK(verdict == WG_OK || verdict == WG_TOO_SOON);
}

static void step_genuine(struct world *w)
{
	union message message = {0};
	uint32_t size = genuine(w, &message);

	(void)arrive(w, message.bytes, size);
}

static void packet_arrives(struct world *w, struct wg_session *to, struct aead_job *job,
			   bool changed)
{
	struct wg_ended ended;

	if (!wg_session_may_receive(to, w->now_ns) ||
	    !wg_replay_may_accept(&to->replay, job->counter))
		return;
	job->key = to->receiving_key;
	aead_unseal(w->aead, job, 1);
	CHECK(job->ok == !changed);
	if (!job->ok)
		return;
	CHECK(wg_replay_accept(&to->replay, job->counter));
	CHECK(!wg_replay_may_accept(&to->replay, job->counter));
	(void)wg_sessions_confirm(&w->sessions[1], to, &ended);
	CHECK(wg_sessions_find(&w->sessions[1], to->local_index) == to);
}

static void step_data(struct world *w, const uint8_t *data, uint32_t size)
{
	struct wg_session *from = wg_sessions_current(&w->sessions[0]), *to;
	uint8_t bytes[256 + AEAD_TAG_SIZE] = {0}, sealed[sizeof(bytes)];
	struct aead_job job = {.data = bytes};

	if (!from || size < 9)
		return;
	to = wg_sessions_find(&w->sessions[1], from->remote_index);
	/* Indices are the same in every handshake; keys are not when messages were changed. */
	if (!to || memcmp(to->receiving_key, from->sending_key, WG_KEY_SIZE) != 0)
		return;
	job.counter = load64(data);
	job.key = from->sending_key;
	job.size = data[8];
	aead_seal(w->aead, &job, 1);
	memcpy(sealed, bytes, sizeof(bytes));
	change(bytes, job.size + AEAD_TAG_SIZE, data + 9, size - 9);
	packet_arrives(w, to, &job, memcmp(sealed, bytes, sizeof(bytes)) != 0);
}

static void step_timers(struct world *w, const uint8_t *data, uint32_t size)
{
	for (uint32_t i = 0; i + 3 <= size; i += 3) {
		uint32_t event = data[i] % (WG_EVENT_LAST_MINUTE + 3u), actions;

		w->now_ns += (uint64_t)load16(data + i + 1) << data[i] % 24;
		if (event <= WG_EVENT_LAST_MINUTE)
			actions = wg_timers_event(&w->timers, (enum wg_event)event, w->now_ns,
						  (uint32_t)(data[i] * 1000000u));
		else if (event == WG_EVENT_LAST_MINUTE + 1u)
			actions = wg_timers_set_persistent(&w->timers, data[i + 1] * WG_SECOND_NS);
		else
			actions = wg_timers_expire(&w->timers, w->now_ns);
		CHECK(actions < WG_DO_KEEPALIVE << 1);
		/* What was due is done; a deadline in the past is one that nobody asked about. */
		CHECK(event != WG_EVENT_LAST_MINUTE + 2u || wg_timers_next(&w->timers) > w->now_ns);
		CHECK(w->timers.attempts <= WG_HANDSHAKE_ATTEMPTS + 1);
	}
	if (wg_gate_is_due(&w->pair.ends[1].gate, w->now_ns))
		wg_gate_renew(&w->pair.ends[1].gate, vector_gate_secret, w->now_ns);
}

static void step_key(const uint8_t *data, uint32_t size)
{
	char text[257] = {0}, again[WG_KEY_BASE64_SIZE], hex[WG_KEY_HEX_SIZE];
	uint8_t key[WG_KEY_SIZE], same[WG_KEY_SIZE];

	memcpy(text, data, size);
	if (wg_key_read(text, key))
		return;
	wg_key_base64(key, again);
	CHECK(wg_key_read(again, same) == 0 && memcmp(key, same, sizeof(key)) == 0);
	wg_key_hex(key, hex);
	CHECK(wg_key_read(hex, same) == 0 && memcmp(key, same, sizeof(key)) == 0);
}

/* ---- */

static void step_do(struct world *w, enum step step, const uint8_t *data, uint32_t size)
{
	switch (step) {
	case STEP_RAW:
		(void)arrive(w, data, size);
		break;
	case STEP_CHANGED:
	case STEP_MENDED:
		step_changed(w, data, size, step);
		break;
	case STEP_KNOWN_PEER:
		step_known_peer(w, data, size);
		break;
	case STEP_GENUINE:
		step_genuine(w);
		break;
	case STEP_DATA:
		step_data(w, data, size);
		break;
	case STEP_TIMERS:
		step_timers(w, data, size);
		break;
	default:
		step_key(data, size);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct aead *aead;
	static struct world first;
	struct world w;

	if (!aead) {
		static const uint8_t address[4] = {192, 0, 2, 7};

		CHECK(aead_open(AEAD_LIBSODIUM, &aead) == 0);
		first.aead = aead;
		first.source = wg_source_make(address, sizeof(address), BE16(51820));
		wg_pair_make(&first.pair, vector_psk_psk);
		wg_gate_renew(&first.pair.ends[1].gate, vector_gate_secret, 0);
		wg_pair_initiate(&first.pair);
		wg_sessions_make(&first.sessions[0]);
		wg_sessions_make(&first.sessions[1]);
	}
	w = first;
	for (size_t at = 0; at + 2 <= size;) {
		uint32_t room = (uint32_t)(size - at - 2), step_size = min_u32(data[at + 1], room);

		step_do(&w, (enum step)(data[at] % STEPS), data + at + 2, step_size);
		at += 2 + step_size;
	}
	return 0;
}

#include "test/fuzz/replay_main.inc"
