/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Handshakes (paper section 5.4), the receiving end of which is open to everybody: a message costs
 * one hash until its mac1 is right. While there are too many messages, whoever sends one has to show
 * that it receives at its address, and may do so a few times a second; only then come the four
 * multiplications that a handshake costs.
 */

#include <string.h>

#include "crypto/wg_keys.h"
#include "fastpath/base/hash.h"
#include "fastpath/base/log.h"
#include "fastpath/wg/wg_world.h"

#define SOURCE_RATE 20u	  /* a second */
#define SOURCE_FULL 1280u /* five of them at once, in 256ths */

/* ---- sending ---- */

/* Full: it is as if it was lost on its way. */
static void send_to(struct wg_world *world, uint32_t link, const struct wg_endpoint *to,
		    const void *message, uint32_t size)
{
	struct wg_slip *slip = wg_box_next(world->to_worker);

	if (!slip)
		return;
	*slip = (struct wg_slip){.kind = WG_SLIP_MESSAGE,
				 .link = (uint8_t)link,
				 .size = (uint16_t)size,
				 .port = to->port,
				 .far = to->far,
				 .near = to->near};
	memcpy(slip->bytes, message, size);
	wg_box_put(world->to_worker);
	world->has_news = true;
}

static void send_to_peer(struct wg_world *world, struct wg_live *live, void *message, uint32_t size)
{
	wg_macs_add(&live->macs, message, size, world->now_ns);
	wg_count(&live->sent_size, size);
	if (live->endpoint)
		send_to(world, live->link, live->endpoint, message, size);
}

static struct wg_endpoint endpoint_of(const struct wg_slip *slip)
{
	return (struct wg_endpoint){.far = slip->far, .near = slip->near, .port = slip->port};
}

/* What handshakes need is computed when the first comes. */
static bool noise_ready(struct wg_world *world, struct wg_live *live)
{
	struct wg_owner *owner = wg_world_owner(world, live->link);

	if (live->has_noise)
		return true;
	if (live->is_useless || !owner)
		return false;
	if (noise_peer_make(&live->noise, &owner->identity, live->public_key,
			    live->preshared_key)) {
		live->is_useless = true;
		log_warn("a WireGuard peer's public key is of low order: nobody can be that peer");
		return false;
	}
	wg_macs_make(&live->macs, live->public_key);
	live->has_noise = true;
	return true;
}

static uint32_t index_renew(struct wg_world *world, struct wg_live *live)
{
	if (live->has_index)
		wg_index_release(world, live->handshake_index);
	live->handshake_index = wg_index_reserve(world, live);
	live->has_index = true;
	return live->handshake_index;
}

void wg_initiate(struct wg_world *world, struct wg_live *live)
{
	const struct wg_owner *owner = wg_world_owner(world, live->link);
	uint8_t ephemeral[WG_KEY_SIZE], timestamp[WG_TIMESTAMP_SIZE];
	struct wg_initiation message;

	if (!owner || !noise_ready(world, live))
		return;
	world->random(world->random_arg, ephemeral, sizeof(ephemeral));
	wg_timestamp_make(world->unix_ns, timestamp);
	if (!noise_initiation_create(&live->noise, &owner->identity, index_renew(world, live),
				     ephemeral, timestamp, &message))
		send_to_peer(world, live, &message, sizeof(message));
	wg_wipe(ephemeral, sizeof(ephemeral));
}

/* ---- the session that comes of it ---- */

static bool session_begin(struct wg_world *world, struct wg_live *live, const struct wg_slip *slip)
{
	struct wg_session fresh;
	int err = noise_session_begin(&live->noise, world->now_ns, &fresh);

	if (!err) {
		err = wg_channel_begin(world, live, &fresh, slip->worker);
		/* The index is the session's now. */
		if (!err)
			live->has_index = false;
	}
	wg_session_wipe(&fresh);
	return err == 0;
}

/* Proved to be from the peer. */
static void message_count(struct wg_world *world, struct wg_live *live, const struct wg_slip *slip)
{
	struct wg_endpoint from = endpoint_of(slip);

	wg_count(&live->received_size, slip->size);
	wg_endpoint_set(world, live, &from);
}

static enum wg_verdict initiation_take(struct wg_world *world, struct wg_owner *owner,
				       const struct wg_slip *slip)
{
	const struct wg_initiation *message = (const void *)slip->bytes;
	uint8_t ephemeral[WG_KEY_SIZE];
	struct wg_response response;
	struct noise_opened opened;
	struct wg_live *live;
	enum wg_verdict verdict = noise_initiation_open(&owner->identity, message, &opened);

	if (verdict)
		return verdict;
	live = wg_world_find(world, slip->link, opened.public_key);
	if (!live || !noise_ready(world, live)) {
		noise_opened_wipe(&opened);
		return WG_UNKNOWN_PEER;
	}
	verdict = noise_initiation_accept(&live->noise, &opened, message, world->now_ns);
	if (verdict)
		return verdict;
	message_count(world, live, slip);
	wg_peer_event(world, live, WG_EVENT_INITIATION_RECEIVED, world->now_ns);
	world->random(world->random_arg, ephemeral, sizeof(ephemeral));
	if (!noise_response_create(&live->noise, index_renew(world, live), ephemeral, &response) &&
	    session_begin(world, live, slip)) {
		send_to_peer(world, live, &response, sizeof(response));
		wg_peer_event(world, live, WG_EVENT_RESPONSE_SENT, world->now_ns);
	}
	wg_wipe(ephemeral, sizeof(ephemeral));
	return WG_OK;
}

/* Who has a place among receiver indices; what for is for the caller to see. */
static struct wg_live *holder_of(const struct wg_world *world, const struct wg_slip *slip,
				 uint32_t receiver)
{
	struct wg_live *live = world->holders[receiver & (WG_PLACES - 1)];

	return live && live->link == slip->link && live->has_noise ? live : NULL;
}

/* It sent an initiation with this index. */
static bool is_initiating(const struct wg_live *live, uint32_t index)
{
	return live->has_index && live->handshake_index == index;
}

/* It sent a response with this index, which is its next session's. */
static bool has_responded(const struct wg_live *live, uint32_t index)
{
	return live->next && live->next->session.local_index == index;
}

static enum wg_verdict response_take(struct wg_world *world, const struct wg_owner *owner,
				     const struct wg_slip *slip)
{
	const struct wg_response *message = (const void *)slip->bytes;
	uint32_t index = from_le32(message->receiver);
	struct wg_live *live = holder_of(world, slip, index);
	enum wg_verdict verdict;

	if (!live || !is_initiating(live, index))
		return WG_NO_HANDSHAKE;
	verdict = noise_response_consume(&live->noise, &owner->identity, message);
	if (verdict)
		return verdict;
	message_count(world, live, slip);
	if (session_begin(world, live, slip)) {
		live->handshake_unix_ns = world->unix_ns;
		wg_peer_event(world, live, WG_EVENT_RESPONSE_RECEIVED, world->now_ns);
	}
	return WG_OK;
}

static enum wg_verdict cookie_take(struct wg_world *world, const struct wg_slip *slip)
{
	const struct wg_cookie_reply *reply = (const void *)slip->bytes;
	uint32_t index = from_le32(reply->receiver);
	struct wg_live *live = holder_of(world, slip, index);

	if (!live || (!is_initiating(live, index) && !has_responded(live, index)))
		return WG_NO_HANDSHAKE;
	return wg_cookie_reply_consume(&live->macs, reply, world->now_ns);
}

/* ---- too many of them ---- */

static struct wg_source source_of(const struct wg_slip *slip)
{
	if (addr_is_v4(&slip->far))
		return wg_source_make(&slip->far.w[3], 4, slip->port);
	return wg_source_make(&slip->far, 16, slip->port);
}

/* An IPv6 user has a whole /64. Two sources that share a place take it from each other. */
static bool source_may(struct wg_world *world, const union addr *far)
{
	uint64_t who = addr_is_v4(far) ? far->w[3] : far->d[0];
	uint64_t key = hash_mix(who ^ world->bucket_key, 0x9e3779b97f4a7c15ull);
	struct wg_source_tokens *s = &world->sources[key & (WG_SOURCES - 1)];
	uint64_t since_ms;

	if (s->key != key)
		*s = (struct wg_source_tokens){
			.key = key, .filled_ns = world->now_ns, .tokens = SOURCE_FULL};
	since_ms = (world->now_ns - s->filled_ns) / 1000000;
	if (since_ms) {
		uint64_t tokens = s->tokens + since_ms * SOURCE_RATE * 256 / 1000;

		s->tokens = tokens < SOURCE_FULL ? (uint32_t)tokens : SOURCE_FULL;
		s->filled_ns = world->now_ns;
	}
	if (s->tokens < 256)
		return false;
	s->tokens -= 256;
	return true;
}

static void cookie_send(struct wg_world *world, struct wg_owner *owner, const struct wg_slip *slip,
			const struct wg_source *source)
{
	struct wg_endpoint to = endpoint_of(slip);
	uint8_t nonce[WG_NONCE_SIZE];
	struct wg_cookie_reply reply;

	world->random(world->random_arg, nonce, sizeof(nonce));
	wg_cookie_reply_create(&owner->gate, slip->bytes, slip->size, source, nonce, &reply);
	send_to(world, slip->link, &to, &reply, sizeof(reply));
}

static enum wg_verdict gate_pass(struct wg_world *world, struct wg_owner *owner,
				 const struct wg_slip *slip, bool is_loaded)
{
	struct wg_source source = source_of(slip);
	uint8_t secret[WG_KEY_SIZE];
	enum wg_verdict verdict = wg_gate_check_mac1(&owner->gate, slip->bytes, slip->size);

	if (verdict || !is_loaded)
		return verdict;
	if (wg_gate_is_due(&owner->gate, world->now_ns)) {
		world->random(world->random_arg, secret, sizeof(secret));
		wg_gate_renew(&owner->gate, secret, world->now_ns);
		wg_wipe(secret, sizeof(secret));
	}
	verdict = wg_gate_check_mac2(&owner->gate, slip->bytes, slip->size, &source, world->now_ns);
	if (verdict)
		cookie_send(world, owner, slip, &source);
	else if (!source_may(world, &slip->far))
		verdict = WG_TOO_SOON;
	return verdict;
}

void wg_message_handle(struct wg_world *world, const struct wg_slip *slip, bool is_loaded)
{
	struct wg_owner *owner = wg_world_owner(world, slip->link);
	enum wg_verdict verdict;
	enum wg_type type;

	if (!owner || wg_message_check(slip->bytes, slip->size, &type) || type == WG_DATA)
		return;
	if (type == WG_COOKIE_REPLY) {
		verdict = cookie_take(world, slip);
	} else {
		verdict = gate_pass(world, owner, slip, is_loaded);
		if (!verdict && type == WG_INITIATION)
			verdict = initiation_take(world, owner, slip);
		else if (!verdict)
			verdict = response_take(world, owner, slip);
	}
	world->verdicts[verdict]++;
}
