/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Requests of WireGuard's control socket: any bytes are read or refused; what is read changes a
 * device with two peers, compiles or is refused, and is the same again after it was in its file.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/compile_memory.h"
#include "control/wg_uapi.h"
#include "crypto/wg_keys.h"
#include "fastpath/base/check.h"

static struct config config;
static struct objects objects;
static struct net_view net;
static struct wireguard_facts facts;
static struct compile_memory *memory;
static struct images images;
static bool is_changed; /* `images` are not those of the conf alone */

static const char conf[] =
	"node = \"gw\";\n"
	"ports = ({ name = \"wan\"; io = \"mem\"; mac = \"02:00:00:00:00:02\";\n"
	"           addresses = [ \"192.0.2.1/24\" ]; });\n"
	"static : { routes = ({ prefix = \"0.0.0.0/0\"; port = \"wan\"; gateway = \"192.0.2.254\"; }); };\n"
	"wireguard : { enabled = true; strict = [ \"10.0.0.0/8\" ]; peers = (\n"
	"  { public_key = \"xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\";\n"
	"    endpoint = \"192.0.2.7:51820\"; allowed_ips = [ \"10.0.7.0/24\" ]; },\n"
	"  { public_key = \"TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=\";\n"
	"    allowed_ips = [ \"10.0.8.0/24\", \"fd00::/8\" ]; }); };\n";

static int compile(void)
{
	const struct compile_input input = {
		.config = &config, .objects = &objects, .net = &net, .now_s = 1, .wg = &facts};
	struct compile_error error;

	images_free(&images);
	return compile_images(&input, memory, &images, &error);
}

static void prepare(void)
{
	struct config_error error;
	struct objects_error objects_error;

	CHECK(config_parse("fuzz.conf", conf, strlen(conf), &config, &error) == 0);
	CHECK(net_view_from_config(&config, &net) == 0);
	objects_open(&objects);
	CHECK(objects_finish(&objects, &objects_error) == 0);
	CHECK(wg_key_read("GCwtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkdISUA=", facts.private_key) == 0);
	memory = compile_memory_open();
}

static void file_is_the_same(const struct wireguard_overlay *overlay)
{
	struct secret_text first = {.size = 0}, second = {.size = 0};
	struct wg_request again;
	char *copy;

	wg_overlay_write(overlay, &first);
	copy = strdup(first.bytes);
	CHECK(copy);
	CHECK(wg_request_read(copy, first.size, &again) == 0 && !again.is_get);
	wg_overlay_write(&again.said, &second);
	CHECK(first.size == second.size && memcmp(first.bytes, second.bytes, first.size) == 0);
	wg_request_free(&again);
	free(copy);
	secret_free(&first);
	secret_free(&second);
}

static void change(const struct wg_request *request)
{
	struct wireguard_overlay before = facts.overlay;
	struct secret_text answer = {.size = 0};
	int err = wg_overlay_apply(&before, images.wg, request, &facts.overlay);

	wireguard_overlay_free(&before);
	is_changed = true;
	if (!err)
		err = compile();
	if (err)
		return;
	file_is_the_same(&facts.overlay);
	wg_get_write(images.wg, NULL, 0, &answer);
	secret_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wg_request request;
	char *text = malloc(size + 1);

	CHECK(text);
	if (!memory)
		prepare();
	memcpy(text, data, size);
	text[size] = '\0';
	if (is_changed || !images.wg)
		CHECK(compile() == 0);
	is_changed = false;
	if (wg_request_read(text, size, &request) == 0) {
		/* Twice: what is there then is also changed. */
		if (!request.is_get)
			change(&request);
		if (!request.is_get && images.wg)
			change(&request);
		wg_request_free(&request);
	}
	wireguard_overlay_free(&facts.overlay);
	free(text);
	return 0;
}

#include "test/fuzz/replay_main.inc"
