/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/fuzz_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"

#define START_NS 5000000000000ull
#define WAIT_NS	 4000000000ull

struct rig *fuzz_rig_open(const char *conf, uint32_t workers, void (*change)(struct config *config))
{
	struct objects objects;
	struct rig *rig = calloc(1, sizeof(*rig));
	struct config config = {0};
	struct config_error config_error;
	struct objects_error objects_error;
	struct rig_error error;

	CHECK(rig);
	objects_open(&objects);
	if (config_load(conf, &config, &config_error)) {
		(void)fprintf(stderr, "%s\n", config_error.text);
		abort();
	}
	if (change)
		change(&config);
	if (objects_load_directory(&objects, config.objects, &objects_error) ||
	    rig_open(rig, &config, NULL, workers, START_NS, &error) ||
	    rig_publish(rig, &objects, &error)) {
		(void)fprintf(stderr, "run from the top of the tree: %s cannot be used\n", conf);
		abort();
	}
	objects_free(&objects);
	return rig;
}

void fuzz_rig_check(struct rig *rig)
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

void fuzz_rig_settle(struct rig *rig)
{
	rig_wait(rig, WAIT_NS);
	fuzz_rig_check(rig);
	CHECK(rig_held(rig) == 0);
}
