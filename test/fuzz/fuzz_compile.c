/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whatever objects the loader accepts, the compiler turns them into images that verify, and the
 * same objects again into the same images.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"
#include "test/lib/image_walk.h"
#include "test/lib/random_world.h"

#include "control/compile/compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compile_twice(const struct compile_input *input)
{
	struct compile_memory *memory = compile_memory_open();
	struct compile_error error = {""};
	struct images images, again;

	/* Only what is too much is refused, and no input here is large enough for that. */
	if (compile_images(input, memory, &images, &error)) {
		(void)fprintf(stderr, "%s\n", error.text);
		abort();
	}
	CHECK(compile_images(input, memory, &again, &error) == 0);
	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		(void)image_walk(images.image[kind]);
		CHECK(images.image[kind]->size == again.image[kind]->size);
		CHECK(memcmp(images.image[kind], again.image[kind], images.image[kind]->size) == 0);
	}
	images_free(&images);
	images_free(&again);
	compile_memory_free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct random_world world; /* its network and conf */
	struct objects_error error = {""};
	struct objects objects;

	random_world_open(&world, size);
	objects_open(&objects);
	if (objects_load_bytes(&objects, "fuzz", (const char *)data, size, &error) == 0 &&
	    objects_finish(&objects, &error) == 0) {
		struct compile_input input = {
			.config = &world.config,
			.objects = &objects,
			.net = &world.net,
			.now_s = 1000,
		};

		compile_twice(&input);
	}
	objects_free(&objects);
	random_world_close(&world);
	return 0;
}

#include "test/fuzz/replay_main.inc"
