/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/wireguard_scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h> /* cmocka wants it first */

#include <cmocka.h>

#include "control/wg_secrets.h"
#include "control/wg_uapi.h"
#include "crypto/wg_keys.h"

static const char gateway[] =
	"node = \"gw\";\n"
	"ports = ({ name = \"pods\"; io = \"mem\"; mac = \"02:00:00:00:00:01\";\n"
	"           addresses = [ \"10.0.1.1/24\" ]; },\n"
	"         { name = \"wan\"; io = \"mem\"; mac = \"02:00:00:00:00:02\";\n"
	"           addresses = [ \"192.0.2.1/24\" ]; });\n"
	"static : {\n"
	"  routes = ({ prefix = \"0.0.0.0/0\"; port = \"wan\"; gateway = \"192.0.2.254\"; },\n"
	"            { prefix = \"10.0.3.0/24\"; port = \"wan\"; gateway = \"192.0.2.253\"; });\n"
	"  neighbours = ({ address = \"192.0.2.254\"; port = \"wan\";\n"
	"                  mac = \"02:00:00:00:00:fe\"; });\n"
	"};\n";

void wireguard_scene_key(const char *text, uint8_t key[WG_KEY_SIZE])
{
	assert_int_equal(wg_key_read(text, key), 0);
}

void wireguard_scene_open(struct wireguard_scene *s, const char *group, const char *more)
{
	struct config_error error = {""};
	char *text;

	*s = (struct wireguard_scene){.memory = compile_memory_open()};
	assert_true(asprintf(&text, "%swireguard : { enabled = true; %s };\n%s", gateway, group,
			     more) > 0);
	if (config_parse("gw.conf", text, strlen(text), &s->config, &error))
		fail_msg("%s", error.text);
	free(text);
	wireguard_scene_key(KEY_OWN, s->facts.private_key);
	assert_int_equal(net_view_from_config(&s->config, &s->net), 0);
	net_view_sort(&s->net);
	objects_open(&s->objects);
	wireguard_scene_objects(s, "");
}

void wireguard_scene_objects(struct wireguard_scene *s, const char *text)
{
	struct objects_error error = {""};

	objects_free(&s->objects);
	objects_open(&s->objects);
	if ((*text && objects_load_bytes(&s->objects, "nodes.yaml", text, strlen(text), &error)) ||
	    objects_finish(&s->objects, &error))
		fail_msg("%s", error.text);
}

int wireguard_scene_compile(struct wireguard_scene *s)
{
	const struct compile_input input = {.config = &s->config,
					    .objects = &s->objects,
					    .net = &s->net,
					    .now_s = 1000,
					    .wg = &s->facts};

	images_free(&s->images);
	s->error.text[0] = '\0';
	return compile_images(&input, s->memory, &s->images, &s->error);
}

int wireguard_scene_set(struct wireguard_scene *s, const char *request)
{
	struct wireguard_overlay before = s->facts.overlay, after;
	struct wg_request read;
	char *text = strdup(request);
	int err = wg_request_read(text, strlen(text), &read);

	free(text);
	if (err)
		return err;
	err = wg_overlay_apply(&before, s->images.wg, &read, &after);
	wg_request_free(&read);
	s->facts.overlay = after;
	wireguard_overlay_free(&before);
	return err ? err : wireguard_scene_compile(s);
}

void wireguard_scene_close(struct wireguard_scene *s)
{
	images_free(&s->images);
	compile_memory_free(s->memory);
	objects_free(&s->objects);
	net_view_free(&s->net);
	wg_secrets_free(&s->facts);
	config_free(&s->config);
}

static const char *key_start(const uint8_t key[WG_KEY_SIZE], char text[WG_KEY_BASE64_SIZE])
{
	wg_key_base64(key, text);
	text[4] = '\0';
	return text;
}

const char *wireguard_scene_allowed(const struct wireguard_scene *s, char *buf)
{
	const struct image_header *image = s->images.image[IMAGE_WG];
	uint32_t count;
	const struct image_wg_allowed *allowed = image_records(image, IMAGE_WG_ALLOWED, &count);
	const struct image_wg_peer *peers = image_records(image, IMAGE_WG_PEER, NULL);
	size_t size = 0;

	buf[0] = '\0';
	for (uint32_t i = 0; i < count; i++) {
		char prefix[ADDR_TEXT_MAX], key[WG_KEY_BASE64_SIZE];

		size += (size_t)snprintf(buf + size, 1024 - size, "%s%s>%s", i ? " " : "",
					 prefix_format(&allowed[i].prefix, prefix),
					 key_start(peers[allowed[i].peer].public_key, key));
		assert_true(size < 1024);
	}
	return buf;
}

static const char *peer_of_hop(const struct wireguard_scene *s, const union addr *hop,
			       char text[WG_KEY_BASE64_SIZE])
{
	const struct image_header *image = s->images.image[IMAGE_WG];
	uint32_t count;
	const struct image_wg_peer *peers = image_records(image, IMAGE_WG_PEER, &count);

	for (uint32_t i = 0; i < count; i++)
		if (addr_equal(&peers[i].hop, hop))
			return key_start(peers[i].public_key, text);
	return "nobody";
}

const char *wireguard_scene_way(const struct wireguard_scene *s, const char *address, char *buf)
{
	static const char *const kinds[ROUTE_KINDS] = {
		[ROUTE_LOCAL] = "local",
		[ROUTE_UNREACHABLE] = "unreachable",
		[ROUTE_PROHIBIT] = "prohibit",
		[ROUTE_BLACKHOLE] = "blackhole",
	};
	const struct image_route *route;
	char text[WG_KEY_BASE64_SIZE + ADDR_TEXT_MAX];
	union addr addr;

	assert_int_equal(addr_parse(address, &addr), 0);
	route = reader_route(&s->images, &addr);
	if (!route)
		return "nothing";
	if (route->kind > ROUTE_ONLINK)
		return kinds[route->kind];
	if (route->port == LINK_WG_FIRST)
		(void)snprintf(buf, 128, "wg0 %s", peer_of_hop(s, &route->gateway, text));
	else if (route->kind == ROUTE_ONLINK)
		(void)snprintf(buf, 128, "%s", s->config.ports[route->port].name);
	else
		(void)snprintf(buf, 128, "%s %s", s->config.ports[route->port].name,
			       addr_format(&route->gateway, text));
	return buf;
}

bool wireguard_scene_warns(const struct wireguard_scene *s, const char *text)
{
	for (size_t i = 0; i < s->images.warning_count; i++)
		if (strstr(s->images.warnings[i], text))
			return true;
	for (size_t i = 0; i < s->objects.warning_count; i++)
		if (strstr(s->objects.warnings[i], text))
			return true;
	return false;
}
