/* SPDX-License-Identifier: Apache-2.0 */

#include "control/desired.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"

static int is_object_file(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return e->d_name[0] != '.' && dot &&
	       (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 || strcmp(dot, ".json") == 0);
}

static int directory_load(const char *directory, struct object_cache *cache, struct objects *out,
			  struct objects_error *error)
{
	struct dirent **names;
	int count = scandir(directory, &names, is_object_file, alphasort), err = 0;

	if (count < 0) {
		err = -errno;
		(void)snprintf(error->text, sizeof(error->text), "objects directory %s: %s",
			       directory, strerror(errno));
		return err;
	}
	for (int i = 0; i < count; i++) {
		char *path;

		CHECK(asprintf(&path, "%s/%s", directory, names[i]->d_name) >= 0);
		if (!err && cache)
			err = object_cache_load_file(cache, out, path, path, error);
		else if (!err)
			err = objects_load_file(out, path, error);
		free(path);
		free(names[i]);
	}
	free(names);
	return err;
}

int desired_load(const struct config *config, struct applied *applied, struct object_cache *cache,
		 struct objects *out, struct text_list *warnings, struct objects_error *error)
{
	int err = 0;

	objects_open(out);
	if (cache)
		object_cache_begin(cache);
	if (config->objects && config->objects[0])
		err = directory_load(config->objects, cache, out, error);
	if (!err && applied)
		err = applied_load(applied, cache, out, warnings, error);
	if (cache)
		object_cache_end(cache, err);
	if (!err)
		err = objects_finish(out, error);
	if (err)
		objects_free(out);
	return err;
}

bool desired_is_in_directory(const struct config *config, const struct meta *meta)
{
	size_t size = config->objects ? strlen(config->objects) : 0;

	return size && strncmp(meta->source.file, config->objects, size) == 0 &&
	       meta->source.file[size] == '/';
}
