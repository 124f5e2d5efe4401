/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Arbitrary frames through the whole fast path: policy, tracking, translation and answers of the
 * network of the packet scripts, kept from one input to the next. An input is a sequence of
 * frames: a byte that says the port (bit 0) and whether time passes before it (bits 1 to 3), two
 * bytes of size, then the frame. Every buffer comes back, and what leaves can be parsed again.
 */

#include <stdint.h>
#include <string.h>

#include "test/lib/fuzz_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONF "test/conf/egress.conf"

static void feed(struct rig *rig, const uint8_t *data, size_t size)
{
	while (size >= 3) {
		uint32_t port = data[0] & 1, wait = data[0] >> 1 & 7;
		size_t len = (size_t)data[1] << 8 | data[2];
		uint8_t frame[PKT_FRAME_SIZE];

		data += 3;
		size -= 3;
		len = len < size ? len : size;
		len = len < sizeof(frame) ? len : sizeof(frame);
		memcpy(frame, data, len);
		/* Most frames should pass the first check. */
		if (len >= 6 && !(wait & 4))
			memcpy(frame, rig->config.ports[port].mac, 6);
		if (wait & 3)
			rig_wait(rig, 1ull << (wait & 3) * 9 << 10);
		if (rig_inject(rig, port, frame, len))
			rig_turn(rig);
		data += len;
		size -= len;
	}
	rig_turn(rig);
	fuzz_rig_check(rig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rig *rigs[2];

	for (uint32_t i = 0; i < 2; i++) {
		if (!rigs[i])
			rigs[i] = fuzz_rig_open(CONF, i + 1, NULL);
		feed(rigs[i], data, size);
		fuzz_rig_settle(rigs[i]);
	}
	return 0;
}

#include "test/fuzz/replay_main.inc"
