/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/service_scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fastpath/base/check.h"

static const char gateway[] =
	"node = \"gw-1\";\n"
	"ports = (\n"
	"  { name = \"pods\"; io = \"mem\"; mac = \"02:00:00:00:00:01\";\n"
	"    addresses = [ \"10.0.1.1/24\", \"fd00:1::1/64\" ]; },\n"
	"  { name = \"wan\"; io = \"mem\"; mac = \"02:00:00:00:00:02\";\n"
	"    addresses = [ \"192.0.2.1/24\", \"2001:db8:2::1/64\" ]; }\n"
	");\n"
	"static : { routes = (\n"
	"  { prefix = \"0.0.0.0/0\"; port = \"wan\"; gateway = \"192.0.2.254\"; },\n"
	"  { prefix = \"::/0\"; port = \"wan\"; gateway = \"2001:db8:2::fe\"; } ); };\n";

void service_scene_open(struct service_scene *s, const char *services)
{
	struct config_error error;
	char text[4096];
	int size;

	*s = (struct service_scene){.memory = compile_memory_open(), .now_s = 1000};
	size = snprintf(text, sizeof(text), "%s%s", gateway, services ? services : "");
	CHECK(size > 0 && (size_t)size < sizeof(text));
	if (config_parse("scene.conf", text, (size_t)size, &s->config, &error)) {
		(void)fprintf(stderr, "%s\n", error.text);
		CHECK(false);
	}
	CHECK(net_view_from_config(&s->config, &s->net) == 0);
	objects_open(&s->objects);
}

void service_scene_close(struct service_scene *s)
{
	images_free(&s->images);
	compile_memory_free(s->memory);
	objects_free(&s->objects);
	net_view_free(&s->net);
	config_free(&s->config);
}

static void add(struct service_scene *s, const char *format, ...) PRINTF(2, 3);

static void add(struct service_scene *s, const char *format, ...)
{
	size_t used = strlen(s->text);
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(s->text + used, sizeof(s->text) - used, format, args);
	va_end(args);
	CHECK(size >= 0 && (size_t)size < sizeof(s->text) - used);
}

static const void *records(const struct service_scene *s, enum image_section_id section)
{
	uint32_t count;

	return image_records(s->images.image[IMAGE_SERVICE], section, &count);
}

static const char *string(const struct service_scene *s, uint32_t offset)
{
	uint32_t count;

	return (const char *)image_records(s->images.image[IMAGE_ORIGIN], IMAGE_ORIGIN_STRINGS,
					   &count) +
	       offset;
}

static void end_add(struct service_scene *s, const union addr *addr, uint16_t port)
{
	char text[ADDR_TEXT_MAX];

	add(s, addr_is_v4(addr) ? "%s:%u" : "[%s]:%u", addr_format(addr, text), port);
}

static void pick_add(struct service_scene *s, const struct image_pick *pick)
{
	static const char *const states[] = {"", "=draining", "=down"};
	const struct image_backend *b = records(s, IMAGE_SERVICE_BACKEND);

	b += pick->backend;
	end_add(s, &b->addr, b->port);
	if (pick->weight != 1)
		add(s, "*%u", pick->weight);
	add(s, "%s", states[pick->state]);
	if (pick->near)
		add(s, " near");
	if (pick->since_s)
		add(s, " since %u", pick->since_s);
}

static void service_add(struct service_scene *s, uint32_t index, bool *told)
{
	static const char *const modes[] = {"snat", "direct", "dsr-option", "dsr-ipip"};
	static const char *const algorithms[] = {"maglev", "random", "least", "first"};
	const struct image_service *service = records(s, IMAGE_SERVICE_RECORD);
	const struct image_pick *picks = records(s, IMAGE_SERVICE_PICK);

	service += index;
	add(s, "%s", string(s, service->name));
	if (told[index])
		return;
	told[index] = true;
	add(s, " %s %s", modes[service->mode], algorithms[service->algorithm]);
	if (service->flags & SERVICE_NO_BACKEND_DROP)
		add(s, " drop");
	if (service->flags & SERVICE_KEEP_FRONTEND)
		add(s, " keep");
	if (service->flags & SERVICE_TOPOLOGY)
		add(s, " topology");
	if (service->affinity_s)
		add(s, " affinity %u", service->affinity_s);
	if (service->source_rate)
		add(s, " rate %u/%u", service->source_rate, service->source_burst);
	add(s, " [");
	for (uint32_t i = 0; i < service->count; i++) {
		add(s, "%s", i ? " " : "");
		pick_add(s, &picks[service->first + i]);
	}
	add(s, "]");
}

static void sources_add(struct service_scene *s, uint32_t number)
{
	const struct image_source_set *set = records(s, IMAGE_SERVICE_SOURCE_SET);
	const struct image_source_prefix *p = records(s, IMAGE_SERVICE_SOURCE_PREFIX);
	char text[ADDR_TEXT_MAX];

	set += number;
	add(s, set->flags & SOURCES_DENY ? " not" : " only");
	for (uint32_t i = 0; i < set->count; i++)
		add(s, " %s", prefix_format(&p[set->first + i].prefix, text));
}

static void frontend_add(struct service_scene *s, const struct image_frontend *f, bool *told)
{
	end_add(s, &f->addr, f->port);
	add(s, "/%s", f->proto == 6 ? "tcp" : f->proto == 17 ? "udp" : "sctp");
	if (f->flags & FRONTEND_VIP)
		add(s, " vip");
	if (f->flags & FRONTEND_INSIDE_ONLY)
		add(s, " inside-only");
	if (f->sources)
		sources_add(s, f->sources);
	add(s, " -> ");
	service_add(s, f->service, told);
	if (f->service_inside != f->service) {
		add(s, " inside ");
		service_add(s, f->service_inside, told);
	}
	add(s, "\n");
}

static void text_make(struct service_scene *s)
{
	const struct image_header *image = s->images.image[IMAGE_SERVICE];
	uint32_t count, services;
	const struct image_frontend *f;
	bool *told;

	(void)image_records(image, IMAGE_SERVICE_RECORD, &services);
	told = calloc(services + 1u, sizeof(*told));
	CHECK(told);
	f = image_records(image, IMAGE_SERVICE_FRONTEND, &count);
	s->text[0] = '\0';
	for (uint32_t i = 0; i < count; i++)
		frontend_add(s, &f[i], told);
	free(told);
}

int service_scene_try(struct service_scene *s, const char *yaml)
{
	struct compile_input input = {.config = &s->config,
				      .objects = &s->objects,
				      .net = &s->net,
				      .now_s = s->now_s,
				      .backends = s->facts,
				      .backend_count = s->fact_count};
	struct objects_error error = {""};

	objects_free(&s->objects);
	objects_open(&s->objects);
	if (objects_load_bytes(&s->objects, "scene.yaml", yaml, strlen(yaml), &error) ||
	    objects_finish(&s->objects, &error)) {
		(void)fprintf(stderr, "%s\n", error.text);
		CHECK(false);
	}
	images_free(&s->images);
	return compile_images(&input, s->memory, &s->images, &s->error);
}

const char *service_scene_compile(struct service_scene *s, const char *yaml)
{
	if (service_scene_try(s, yaml)) {
		(void)fprintf(stderr, "%s\n", s->error.text);
		CHECK(false);
	}
	text_make(s);
	return s->text;
}

bool service_scene_warns(const struct service_scene *s, const char *part)
{
	for (size_t i = 0; i < s->images.warning_count; i++)
		if (strstr(s->images.warnings[i], part))
			return true;
	return false;
}
