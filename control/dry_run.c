/* SPDX-License-Identifier: Apache-2.0 */

#include "control/dry_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/compile/compile.h"
#include "control/desired.h"
#include "control/fastpath_command.h"
#include "control/mirror/mirror.h"
#include "control/object_list.h"
#include "control/small_file.h"
#include "control/wg_secrets.h"
#include "fastpath/base/log.h"

static void warnings_print(char *const *warnings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		log_warn("%s", warnings[i]);
}

static void summary_print(const struct objects *objects, const struct images *images)
{
	size_t size = 0;

	for (size_t k = 0; k < OBJECT_KINDS; k++)
		printf("%-30s %zu\n", object_kinds[k].name,
		       object_written_count(objects, &object_kinds[k]));
	for (unsigned int k = 0; k < IMAGE_KINDS; k++)
		size += images->image[k]->size;
	printf("%-30s %zu bytes\n", "compiled tables", size);
}

/* The images as the fast path would check them. */
static int images_check(const struct images *images)
{
	struct image_error why = {""};

	for (unsigned int k = 0; k < IMAGE_KINDS; k++) {
		int err = image_verify(images->image[k], images->image[k]->size, k, &why);

		if (err) {
			log_error("the %s table would be refused: %s", image_kind_name(k),
				  why.text);
			return err;
		}
	}
	return 0;
}

static int objects_check(const struct config *config, const struct net_view *view,
			 const struct wireguard_facts *wireguard)
{
	struct compile_memory *memory = compile_memory_open();
	struct text_list shadowed = {.count = 0};
	struct compile_error compile_error = {""};
	struct objects_error error = {""};
	struct objects objects;
	struct images images;
	struct compile_input input = {
		.config = config, .objects = &objects, .net = view, .wg = wireguard};
	int err = desired_load(config, NULL, NULL, &objects, &shadowed, &error);

	if (err) {
		log_error("%s", error.text);
		goto free_memory;
	}
	err = compile_images(&input, memory, &images, &compile_error);
	if (err) {
		log_error("%s", compile_error.text);
		goto free_objects;
	}
	warnings_print(objects.warnings, objects.warning_count);
	warnings_print(images.warnings, images.warning_count);
	err = images_check(&images);
	if (!err)
		summary_print(&objects, &images);
	images_free(&images);
free_objects:
	objects_free(&objects);
free_memory:
	text_list_free(&shadowed);
	compile_memory_free(memory);
	return err;
}

int dry_run_check(const char *conf_path)
{
	struct config config;
	struct config_error why = {""};
	struct wireguard_facts wireguard;
	struct mirror *mirror;
	int err = config_load(conf_path, &config, &why);

	if (err) {
		log_error("%s", why.text);
		return EXIT_FAILURE;
	}
	if (wg_secrets_load(&config, WG_SECRETS_LOOK, &wireguard, &why)) {
		log_error("%s", why.text);
		wg_secrets_free(&wireguard);
		config_free(&config);
		return EXIT_FAILURE;
	}
	/* Interfaces that are not here are no error: a conf may be checked on another machine. */
	err = mirror_open(&config, &mirror);
	if (!err) {
		err = objects_check(&config, mirror_view(mirror), &wireguard);
		mirror_close(mirror);
	}
	wg_secrets_free(&wireguard);
	config_free(&config);
	if (err)
		return EXIT_FAILURE;
	printf("%s is good\n", conf_path);
	return EXIT_SUCCESS;
}

int dry_run_exec(const char *conf_path)
{
	struct command_options options = {.replay = false};
	struct fastpath_command command;
	struct command_error error = {""};
	struct config config;
	struct config_error why = {""};
	char *socket, *args, *text;

	if (config_load(conf_path, &config, &why)) {
		log_error("%s", why.text);
		return EXIT_FAILURE;
	}
	if (mkdir(config.run_directory, 0750) < 0 && errno != EEXIST) {
		log_error("%s: %s", config.run_directory, strerror(errno));
		return EXIT_FAILURE;
	}
	socket = run_path(&config, "fastpath.sock");
	args = run_path(&config, "fastpath.args");
	options.socket = socket;
	if (command_build(&config, &options, &command, &error)) {
		log_error("%s", error.text);
		return EXIT_FAILURE;
	}
	text = command_text(&command);
	if (file_write(args, text, strlen(text)))
		log_warn("%s cannot be written", args);
	(void)execv(command.argv[0], command.argv);
	log_error("cannot start %s: %s", command.argv[0], strerror(errno));
	return EXIT_FAILURE;
}
