/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Anything at a WireGuard device's port, of two fast paths that speak with each other: payloads as
 * they are, and such that get further because an index, a mac1 or a whole encryption is made right.
 * An input is a sequence of steps: a byte that says what (below), two bytes of size, then bytes.
 * Every buffer comes back, and the two can still speak afterwards.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/lib/wg_lab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum step {
	STEP_PAYLOAD,	 /* as it is */
	STEP_DATA,	 /* data with the index of a session */
	STEP_SEALED,	 /* encrypted under a session */
	STEP_INITIATION, /* with a right mac1 */
	STEP_RESPONSE,	 /* likewise, to the index of a handshake */
	STEP_COOKIE,	 /* a cookie reply to that */
	STEP_WAIT,
	STEP_TALK, /* a packet of the host behind the first node */
	STEPS,
};

static struct wg_lab *lab;

static void lab_make(void)
{
	lab = calloc(1, sizeof(*lab));
	CHECK(lab);
	wg_lab_open(lab, 1);
	wg_lab_publish(lab);
	lab->takes_all = true;
}

static void put_index(uint8_t *message, uint32_t at, uint32_t index)
{
	index = LE32(index);
	memcpy(message + at, &index, sizeof(index));
}

static void put_type(uint8_t *message, uint32_t type)
{
	put_index(message, 0, type);
}

static void add_mac1(uint32_t to, uint8_t *message, uint32_t size)
{
	struct wg_macs macs;

	wg_macs_make(&macs, lab->nodes[to].public_key);
	wg_macs_add(&macs, message, size, lab->now_ns);
}

/* The bytes at their place in a message of `size`, then what makes it look right. */
static void message_step(enum step step, uint32_t to, uint8_t *message, uint32_t size)
{
	const struct wg_live *live = wg_lab_live(lab, to, 0);
	uint32_t handshake = live->has_index ? live->handshake_index : 0;

	switch (step) {
	case STEP_DATA:
		put_type(message, WG_DATA);
		if (live->current)
			put_index(message, 4, live->current->session.local_index);
		break;
	case STEP_INITIATION:
		size = sizeof(struct wg_initiation);
		put_type(message, WG_INITIATION);
		add_mac1(to, message, size);
		break;
	case STEP_RESPONSE:
		size = sizeof(struct wg_response);
		put_type(message, WG_RESPONSE);
		put_index(message, 8, handshake);
		add_mac1(to, message, size);
		break;
	case STEP_COOKIE:
		size = sizeof(struct wg_cookie_reply);
		put_type(message, WG_COOKIE_REPLY);
		put_index(message, 4, handshake);
		break;
	default:
		break;
	}
	wg_lab_payload(lab, to, !to + 1u, message, size);
}

static void step_do(uint8_t what, const uint8_t *bytes, uint32_t size)
{
	enum step step = (enum step)(what % STEPS);
	uint32_t to = what >> 4 & 1;
	uint8_t message[1500] = {0};

	memcpy(message, bytes, size);
	if (step == STEP_WAIT)
		wg_lab_wait(lab, (size % 16 + 1) * WG_SECOND_NS);
	else if (step == STEP_TALK)
		wg_lab_send(lab, !to, 0, 1, 36 + size % 1300);
	else if (step == STEP_SEALED && wg_channel_to_send(wg_lab_live(lab, !to, 0), lab->now_ns))
		wg_lab_seal(lab, !to, message, size);
	else
		message_step(step, to, message, size);
	wg_lab_run(lab);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!lab)
		lab_make();
	while (size >= 3) {
		uint32_t len = (uint32_t)data[1] << 8 | data[2];
		uint8_t what = data[0];

		data += 3;
		size -= 3;
		len = len < size ? len : (uint32_t)size;
		len = len < 1400 ? len : 1400;
		step_do(what, data, len);
		data += len;
		size -= len;
	}
	/* A new handshake may not come sooner after one before. */
	wg_lab_wait(lab, 20 * WG_SECOND_NS);
	wg_lab_forget(lab);
	wg_lab_send(lab, 0, 0, 1, 100);
	wg_lab_wait(lab, 20 * WG_SECOND_NS);
	CHECK(lab->count[1] >= 1);
	for (uint32_t i = 0; i < 2; i++)
		CHECK(wg_node_held(&lab->nodes[i]) == 0);
	return 0;
}

#include "test/fuzz/replay_main.inc"
