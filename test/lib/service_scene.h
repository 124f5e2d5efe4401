/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A gateway with two ports, objects in YAML, and what became of their services as text:
 *
 *	192.0.2.80:80/tcp vip -> default/web:http snat maglev [10.0.1.5:8080 10.0.1.6:8080=down]
 *	10.96.0.80:80/tcp vip inside-only -> default/web:http
 *
 * Frontends as they stand in the image. A service that was told in full before is only named.
 * Where clients inside meet another one, it stands behind "inside". A pick has its state when it is
 * not active, "*w" for a weight that is not 1, "near" and the time since when it is active.
 */

#include "control/compile/compile.h"

struct service_scene {
	struct config config;
	struct net_view net;
	struct objects objects;
	struct compile_memory *memory;
	struct images images;
	struct compile_error error;
	const struct backend_fact *facts;
	size_t fact_count;
	uint64_t now_s;
	char text[16384];
};

/* `services` goes into the conf, for instance "services : { mode = \"dsr\"; };". */
void service_scene_open(struct service_scene *s, const char *services);
/* The objects are these, and no longer those before. 0, or the error of compile_images(). */
int service_scene_try(struct service_scene *s, const char *yaml);
/* Likewise; must succeed. Returns s->text. */
const char *service_scene_compile(struct service_scene *s, const char *yaml);
void service_scene_close(struct service_scene *s);

/* A warning has the text in it. */
bool service_scene_warns(const struct service_scene *s, const char *part);
