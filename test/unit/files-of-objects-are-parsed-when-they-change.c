/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The object cache: what it parses again, what it shares, and that a load through it says and
 * compiles to exactly what a load without it does.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/compile/compile.h"
#include "control/desired.h"
#include "test/lib/large_world.h"

static char directory[64];
static struct config config;
static struct object_cache *cache;

static void file_put(const char *name, const char *text)
{
	char path[128];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	out = fopen(path, "we");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static void pod_put(const char *name, const char *address)
{
	char text[256];

	(void)snprintf(text, sizeof(text),
		       "apiVersion: v1\nkind: Pod\nmetadata: {name: %.1s, namespace: shop}\n"
		       "status: {podIP: %s}\n",
		       name, address);
	file_put(name, text);
}

/* As if nothing had touched the file for a minute: only then is its stamp believed. */
static void file_age(const char *name)
{
	struct timespec times[2] = {{.tv_sec = 1700000000}, {.tv_sec = 1700000000}};
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static int load(struct object_cache *through, struct objects *out, struct objects_error *error)
{
	struct text_list warnings = {.count = 0};
	int err = desired_load(&config, NULL, through, out, &warnings, error);

	text_list_free(&warnings);
	return err;
}

static void load_well(struct objects *out)
{
	struct objects_error error;

	if (load(cache, out, &error))
		fail_msg("%s", error.text);
}

static int scene_open(void **state)
{
	(void)state;
	(void)strcpy(directory, "/tmp/sluice-cache-XXXXXX");
	assert_non_null(mkdtemp(directory));
	config = (struct config){.objects = directory};
	config.settings = (struct image_settings){.nat_port_first = 1024,
						  .nat_port_last = 65535,
						  .half_open_max = 1,
						  .fragment_ms = 1};
	for (int i = 0; i < TIMEOUT_CLASSES; i++)
		config.settings.timeout_s[i] = 60;
	cache = object_cache_open();
	assert_non_null(cache);
	return 0;
}

static int scene_close(void **state)
{
	char command[128];

	(void)state;
	object_cache_free(cache);
	(void)snprintf(command, sizeof(command), "rm -r %s", directory);
	assert_int_equal(system(command), 0);
	return 0;
}

static void what_has_not_changed_is_not_parsed(void **state)
{
	struct objects first, second;

	(void)state;
	pod_put("a.yaml", "10.0.0.1");
	pod_put("b.yaml", "10.0.0.2");
	load_well(&first);
	assert_int_equal(object_cache_parsed(cache), 2);
	load_well(&second);
	assert_int_equal(object_cache_parsed(cache), 2);
	/* Both are whole, whichever goes first. */
	objects_free(&first);
	assert_int_equal(second.pod_count, 2);
	assert_string_equal(second.pods[1].meta.name, "b");
	assert_int_equal(second.namespace_count, 1);
	pod_put("c.yaml", "10.0.0.3");
	load_well(&first);
	assert_int_equal(object_cache_parsed(cache), 3);
	assert_int_equal(first.pod_count, 3);
	objects_free(&first);
	objects_free(&second);
}

static void touching_a_file_does_not_change_it(void **state)
{
	struct objects objects;

	(void)state;
	pod_put("a.yaml", "10.0.0.1");
	load_well(&objects);
	objects_free(&objects);
	file_age("a.yaml");
	load_well(&objects);
	objects_free(&objects);
	assert_int_equal(object_cache_parsed(cache), 1);
}

/* The same size, the same inode, and the time of modification set back. */
static void a_change_within_a_tick_of_the_clock_is_seen(void **state)
{
	struct objects objects;
	union addr addr;
	char address[16];

	(void)state;
	for (int i = 1; i <= 9; i++) {
		(void)snprintf(address, sizeof(address), "10.0.0.%d", i);
		pod_put("a.yaml", address);
		file_age("a.yaml");
		load_well(&objects);
		assert_int_equal(addr_parse(address, &addr), 0);
		assert_true(addr_equal(&objects.pods[0].addresses[0], &addr));
		objects_free(&objects);
	}
}

static void a_bad_file_is_refused_as_without_a_cache(void **state)
{
	struct objects_error with, without;
	struct objects objects;

	(void)state;
	pod_put("a.yaml", "10.0.0.1");
	pod_put("c.yaml", "10.0.0.3");
	load_well(&objects);
	objects_free(&objects);
	file_put("b.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {nam: b}\n");
	assert_int_equal(load(cache, &objects, &with), load(NULL, &objects, &without));
	assert_string_equal(with.text, without.text);
	assert_non_null(strstr(with.text, "b.yaml:3"));
	/* Twice: a file that failed is not remembered as good. */
	assert_int_not_equal(load(cache, &objects, &with), 0);
	pod_put("b.yaml", "10.0.0.2");
	load_well(&objects);
	assert_int_equal(objects.pod_count, 3);
	objects_free(&objects);
	/* a, c, b three times */
	assert_int_equal(object_cache_parsed(cache), 5);
}

static void an_object_in_two_files_is_refused(void **state)
{
	struct objects_error with, without;
	struct objects objects;

	(void)state;
	pod_put("a.yaml", "10.0.0.1");
	pod_put("aa.yaml", "10.0.0.2");
	assert_int_equal(load(cache, &objects, &with), load(NULL, &objects, &without));
	assert_string_equal(with.text, without.text);
}

static void a_file_that_goes_takes_its_objects_with_it(void **state)
{
	struct objects objects;
	char path[128];

	(void)state;
	pod_put("a.yaml", "10.0.0.1");
	pod_put("b.yaml", "10.0.0.2");
	load_well(&objects);
	objects_free(&objects);
	(void)snprintf(path, sizeof(path), "%s/a.yaml", directory);
	assert_int_equal(unlink(path), 0);
	load_well(&objects);
	assert_int_equal(objects.pod_count, 1);
	objects_free(&objects);
	/* It is not remembered either. */
	pod_put("a.yaml", "10.0.0.1");
	load_well(&objects);
	assert_int_equal(objects.pod_count, 2);
	objects_free(&objects);
	assert_int_equal(object_cache_parsed(cache), 3);
}

static struct images compile(const struct objects *objects, struct compile_memory *memory)
{
	const struct net_view net = {.link_count = 0};
	const struct compile_input input = {.config = &config, .objects = objects, .net = &net};
	struct compile_error error;
	struct images images;

	if (compile_images(&input, memory, &images, &error))
		fail_msg("%s", error.text);
	return images;
}

/* A cache and a memory that have seen many worlds, against ones that know nothing. */
static void images_are_the_same_as_from_scratch(void **state)
{
	const struct large_world world = {.pods = 200, .identities = 50, .policies = 120};
	struct compile_memory *memory = compile_memory_open();
	char name[32];

	(void)state;
	large_world_write(&world, directory);
	for (uint32_t round = 0; round < 12; round++) {
		struct compile_memory *fresh_memory = compile_memory_open();
		struct objects objects, fresh;
		struct objects_error error;
		struct images images, other;
		FILE *out;
		char path[128];

		(void)snprintf(name, sizeof(name), "one-%u.yaml", round);
		(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
		out = fopen(path, "we");
		assert_non_null(out);
		large_world_policy(&world, world.policies + round, out);
		assert_int_equal(fclose(out), 0);
		load_well(&objects);
		assert_int_equal(load(NULL, &fresh, &error), 0);
		/* Numbers that stay depend on the past; policy and origins do not. */
		images = compile(&objects, memory);
		other = compile(&fresh, fresh_memory);
		for (int kind = 0; kind < IMAGE_KINDS; kind++) {
			assert_int_equal(images.image[kind]->size, other.image[kind]->size);
			if (kind != IMAGE_IDENT)
				assert_memory_equal(images.image[kind], other.image[kind],
						    images.image[kind]->size);
		}
		images_free(&images);
		images_free(&other);
		/* And with the same past, all of them. */
		images = compile(&objects, memory);
		other = compile(&fresh, memory);
		for (int kind = 0; kind < IMAGE_KINDS; kind++)
			assert_memory_equal(images.image[kind], other.image[kind],
					    images.image[kind]->size);
		images_free(&images);
		images_free(&other);
		objects_free(&objects);
		objects_free(&fresh);
		compile_memory_free(fresh_memory);
	}
	compile_memory_free(memory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_has_not_changed_is_not_parsed),
		TEST(touching_a_file_does_not_change_it),
		TEST(a_change_within_a_tick_of_the_clock_is_seen),
		TEST(a_bad_file_is_refused_as_without_a_cache),
		TEST(an_object_in_two_files_is_refused),
		TEST(a_file_that_goes_takes_its_objects_with_it),
		TEST(images_are_the_same_as_from_scratch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
