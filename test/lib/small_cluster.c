/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/small_cluster.h"

#include <stdio.h>
#include <string.h>

#include "test/lib/random_world.h"

const char *small_cluster_open(struct small_cluster *c, const char *label, const char *text)
{
	struct compile_input input = {
		.config = &c->config, .objects = &c->objects, .net = &c->net, .now_s = 1000};
	struct objects_error objects_error = {""};
	struct compile_error error = {""};

	random_world_settings(&c->config.settings);
	c->is_loaded = false;
	c->memory = compile_memory_open();
	objects_open(&c->objects);
	if (objects_load_bytes(&c->objects, label, text, strlen(text), &objects_error) ||
	    objects_finish(&c->objects, &objects_error)) {
		(void)snprintf(c->error, sizeof(c->error), "%s", objects_error.text);
		return c->error;
	}
	if (compile_images(&input, c->memory, &c->images, &error)) {
		(void)snprintf(c->error, sizeof(c->error), "%s", error.text);
		return c->error;
	}
	c->is_loaded = true;
	return NULL;
}

void small_cluster_close(struct small_cluster *c)
{
	if (c->is_loaded)
		images_free(&c->images);
	compile_memory_free(c->memory);
	objects_free(&c->objects);
}

struct twin_packet small_cluster_packet(const struct small_cluster *c,
					enum twin_direction direction, const union addr *src,
					const union addr *dst, uint8_t proto, uint16_t port)
{
	return (struct twin_packet){.objects = &c->objects,
				    .config = &c->config,
				    .net = &c->net,
				    .direction = direction,
				    .src = src,
				    .dst = dst,
				    .proto = proto,
				    .port = port};
}

enum twin_result small_cluster_ask(const struct small_cluster *c, const struct twin_packet *packet,
				   const struct image_policy_decision **decision)
{
	const struct image_policy_decision *d = reader_decision(
		&c->images, packet->direction == TWIN_EGRESS ? READER_EGRESS : READER_INGRESS,
		reader_ident(&c->images, packet->src), reader_ident(&c->images, packet->dst),
		packet->proto, packet->port);

	if (decision)
		*decision = d;
	if (!d)
		return TWIN_OPEN;
	if (d->flags & DECISION_AUDIT)
		return TWIN_AUDIT;
	if (d->verdict == POLICY_DENY)
		return d->flags & DECISION_AUTH ? TWIN_AUTH : TWIN_DENY;
	if (d->l7)
		return TWIN_L7;
	return d->origin ? TWIN_ALLOW : TWIN_OPEN;
}

bool twin_passes(enum twin_result result)
{
	return result == TWIN_OPEN || result == TWIN_ALLOW || result == TWIN_AUDIT;
}
