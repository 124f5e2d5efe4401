/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Arbitrary frames through the whole fast path: policy, tracking, translation and answers of the
 * network of the packet scripts, kept from one input to the next. An input is a sequence of
 * frames: a byte that says the port (bit 0) and whether time passes before it (bits 1 to 3), two
 * bytes of size, then the frame. Every buffer comes back, and what leaves can be parsed again.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/lib/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONF "test/conf/egress.conf"

static struct rig *rig_make(uint32_t workers)
{
	struct objects objects;
	struct rig *rig = calloc(1, sizeof(*rig));
	struct config config = {0};
	struct config_error config_error;
	struct objects_error objects_error;
	struct rig_error error;

	CHECK(rig);
	objects_open(&objects);
	if (config_load(CONF, &config, &config_error) ||
	    objects_load_directory(&objects, config.objects, &objects_error) ||
	    rig_open(rig, &config, NULL, workers, 5000000000000ull, &error) ||
	    rig_publish(rig, &objects, &error)) {
		(void)fprintf(stderr, "run from the top of the tree: %s cannot be used\n", CONF);
		abort();
	}
	objects_free(&objects);
	return rig;
}

/* What leaves is as long as its IP header says and can be read again, unless it is a fragment in
 * whose middle nothing can be known or an answer that quotes what could not be read. */
static void check_output(struct rig *rig)
{
	for (uint32_t i = 0; i < rig->frame_count; i++) {
		const struct rig_frame *f = &rig->frames[i];
		uint8_t *frame = malloc(f->size);
		enum drop_reason reason;
		struct headers h;

		CHECK(frame);
		memcpy(frame, f->bytes, f->size);
		reason = parse_frame(frame, f->size, &h);
		CHECK(reason == DROP_NONE || reason == DROP_BAD_ICMP_INNER);
		CHECK(reason || h.end == f->size || f->port == rig->engine.port_count);
		free(frame);
	}
	rig_forget(rig);
	rig->event_count = 0;
}

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
	check_output(rig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rig *rigs[2];

	for (uint32_t i = 0; i < 2; i++) {
		if (!rigs[i])
			rigs[i] = rig_make(i + 1);
		feed(rigs[i], data, size);
		rig_wait(rigs[i], 4000000000ull);
		check_output(rigs[i]);
		CHECK(rig_held(rigs[i]) == 0);
	}
	return 0;
}

#include "test/fuzz/replay_main.inc"
