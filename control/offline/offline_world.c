/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Texts become objects, objects become tables, exactly as in sluiced.
 *
 * Pods of a manifest have no address yet. So that their policies can be tried all the same, they
 * get one of each family that nobody else has: of 240.0.0.0/4, which is reserved, and of 100::/64,
 * which discards.
 */

#include <errno.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/offline/offline.h"

/* What sluiced's defaults are, on a machine without interfaces. */
static const char conf_default[] =
	"ports = ({ name = \"pods\"; io = \"mem\"; mac = \"02:00:00:00:00:01\"; });\n"
	"static : { };\n";

static int world_configure(struct offline_world *w, const struct offline_options *options,
			   struct offline_error *error)
{
	struct config_error why = {""};
	int err;

	if (options->conf)
		err = config_load(options->conf, &w->config, &why);
	else
		err = config_parse("(defaults)", conf_default, sizeof(conf_default) - 1, &w->config,
				   &why);
	if (err)
		return offline_fail(error, err, "%s", why.text);
	if (options->cidr_matches_pods)
		w->config.cidr_matches_pods = true;
	if (w->config.is_static)
		err = net_view_from_config(&w->config, &w->net);
	return err ? offline_fail(error, err, "no memory") : 0;
}

static int addresses_invent(struct offline_world *w)
{
	uint32_t number = 0;

	for (size_t i = 0; i < w->objects.pod_count; i++) {
		struct pod_object *pod = &w->objects.pods[i];

		if (pod->address_count || pod->finished || pod->host_network)
			continue;
		pod->addresses = arena_array(w->objects.arena, 2, sizeof(*pod->addresses));
		if (!pod->addresses)
			return -ENOMEM;
		number++;
		pod->address_count = 2;
		pod->addresses[0] = addr_v4(BE32(0xf0000000u + number));
		pod->addresses[1].w[0] = BE32(0x01000000);
		pod->addresses[1].w[3] = BE32(number);
		w->invented++;
	}
	return 0;
}

static int world_load(struct offline_world *w, const struct offline_texts *texts,
		      struct offline_error *error)
{
	struct objects_error why = {""};
	int err = 0;

	objects_open(&w->objects);
	for (uint32_t i = 0; i < texts->count && !err; i++)
		err = objects_load_bytes(&w->objects, texts->items[i].label, texts->items[i].bytes,
					 texts->items[i].size, &why);
	if (!err)
		err = objects_finish(&w->objects, &why);
	if (err)
		return offline_fail(error, err, "%s", why.text);
	err = addresses_invent(w);
	return err ? offline_fail(error, err, "no memory") : 0;
}

int world_read(const struct offline_texts *texts, const struct offline_options *options,
	       struct offline_world **out, struct offline_error *error)
{
	struct offline_world *w = grow_zeroed(1, sizeof(*w));
	struct compile_error why = {""};
	int err = world_configure(w, options, error);

	if (!err)
		err = world_load(w, texts, error);
	if (err)
		goto free_world;
	w->memory = compile_memory_open();
	w->input = (struct compile_input){
		.config = &w->config, .objects = &w->objects, .net = &w->net};
	err = compile_images(&w->input, w->memory, &w->images, &why);
	if (err) {
		memset(&w->images, 0, sizeof(w->images));
		err = offline_fail(error, err, "%s", why.text);
		goto free_world;
	}
	*out = w;
	return 0;
free_world:
	world_free(w);
	return err;
}

void world_free(struct offline_world *w)
{
	if (!w)
		return;
	images_free(&w->images);
	compile_memory_free(w->memory);
	objects_free(&w->objects);
	net_view_free(&w->net);
	config_free(&w->config);
	free(w);
}
