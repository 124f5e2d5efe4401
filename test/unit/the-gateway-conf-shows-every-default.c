/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf/gateway.conf is what operators read to learn the keys, so it must name each one, and the
 * value it shows must be what leaving the key out means. Run from the top of the tree.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h> /* cmocka wants it first */

#include <cmocka.h>

#include "control/config.h"
#include "control/config_keys.h"
#include "control/mirror/net_view.h"

static void load(const char *path, struct config *config)
{
	struct config_error error;

	if (config_load(path, config, &error))
		fail_msg("%s", error.text);
}

static bool key_same(const struct config_key *key, const void *a, const void *b)
{
	const char *x = (const char *)a + key->offset, *y = (const char *)b + key->offset;

	if (key->type == KEY_TEXT || key->type == KEY_PATH)
		return strcmp(*(char *const *)x, *(char *const *)y) == 0;
	return memcmp(x, y, key->size) == 0;
}

static void assert_same(const char *group, const void *a, const void *b)
{
	size_t count;
	const struct config_key *keys = config_keys(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(keys[i].group, group) != 0 || keys[i].type == KEY_LIST)
			continue;
		if (!key_same(&keys[i], a, b))
			fail_msg("%s.%s is not shown with its default", group, keys[i].name);
	}
}

static void its_values_are_the_defaults(void **state)
{
	static const char *const groups[] = {"",	 "paths",  "workers",	"sizes",
					     "punt",	 "nat",	   "timeouts",	"tcp",
					     "policy",	 "icmp",   "fragments", "neighbours",
					     "services", "health", "tunnel",	"wireguard"};
	struct config shown, least;

	(void)state;
	load("conf/gateway.conf", &shown);
	load("conf/minimal.conf", &least);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		assert_same(groups[i], &shown, &least);
	assert_int_equal(shown.port_count, least.port_count);
	for (size_t i = 0; i < shown.port_count; i++)
		assert_same("ports", &shown.ports[i], &least.ports[i]);
	assert_memory_equal(shown.cpus, least.cpus, sizeof(shown.cpus));
	config_free(&shown);
	config_free(&least);
}

static void it_names_every_key(void **state)
{
	FILE *file = fopen("conf/gateway.conf", "r");
	char text[65536];
	size_t count, size;
	const struct config_key *keys = config_keys(&count);

	(void)state;
	assert_non_null(file);
	size = fread(text, 1, sizeof(text) - 1, file);
	text[size] = '\0';
	(void)fclose(file);
	for (size_t i = 0; i < count; i++) {
		char assignment[64];

		(void)snprintf(assignment, sizeof(assignment), "%s = ", keys[i].name);
		if (!strstr(text, assignment))
			fail_msg("%s.%s is not in conf/gateway.conf", keys[i].group, keys[i].name);
	}
}

static void the_defaults_are_the_documented_ones(void **state)
{
	static const uint32_t seconds[] = {
#define TIMEOUT(name, key, value, why) [TIMEOUT_##name] = (value),
#include "fastpath/api/timeouts.def"
#undef TIMEOUT
	};
	struct config config;

	(void)state;
	load("conf/minimal.conf", &config);
	assert_memory_equal(config.settings.timeout_s, seconds, sizeof(seconds));
	assert_int_equal(config.settings.nat_port_first, 1024);
	assert_int_equal(config.settings.nat_port_last, 65535);
	assert_int_equal(config.settings.half_open_max, config.flows / 4);
	assert_false(config.start_open || config.failure_open || config.audit);
	assert_int_equal(config.services.maglev_size, 16381);
	assert_int_equal(config.services.dispatch, SERVICE_DSR_OPTION);
	assert_int_equal(config.settings.syn_cookies, SYN_COOKIES_FULL);
	assert_int_equal(config.services.check_interval_ms, 2000);
	assert_int_equal(config.services.snat_address_count, 0);
	assert_true(config.ports[0].verify_source);
	assert_string_equal(config.objects, "conf/objects");
	assert_string_equal(config.run_directory, "/run/sluice");
	assert_string_equal(config.fastpath, "");
	config_free(&config);
}

static void the_demo_conf_reads_the_demo_objects(void **state)
{
	struct config config;

	(void)state;
	load("conf/demo.conf", &config);
	assert_string_equal(config.objects, "conf/demo");
	assert_string_equal(config.node_name, "gw-1");
	assert_int_equal(config.port_count, 3);
	config_free(&config);
}

static const char no_kernel[] =
	"ports = (\n"
	"  { name = \"pods\"; io = \"mem\"; mac = \"02:00:00:00:00:0A\";\n"
	"    addresses = [ \"10.0.1.1/24\", \"fd00:1::1/64\" ]; },\n"
	"  { name = \"wan\"; io = \"pcap\"; mac = \"02:00:00:00:00:0b\"; mtu = 1400;\n"
	"    addresses = ( \"192.0.2.1/24\", \"192.0.2.101/32\", \"fe80::1/64\" ); }\n"
	");\n"
	"workers : { count = 1; cpus = [ 3 ]; };\n"
	"static : {\n"
	"  routes = (\n"
	"    { prefix = \"0.0.0.0/0\"; port = \"wan\"; gateway = \"192.0.2.254\"; },\n"
	"    { prefix = \"10.0.1.0/24\"; port = \"pods\"; mtu = 1300; },\n"
	"    { prefix = \"10.8.0.0/16\"; kind = \"blackhole\"; }\n"
	"  );\n"
	"  neighbours = (\n"
	"    { address = \"192.0.2.254\"; port = \"wan\"; mac = \"02:00:00:00:00:fe\"; }\n"
	"  );\n"
	"};\n";

static const struct net_route *view_route(const struct net_view *view, const char *text)
{
	const struct net_route *found = NULL;
	struct prefix prefix;

	assert_int_equal(prefix_parse(text, &prefix), 0);
	for (size_t i = 0; i < view->route_count; i++) {
		if (prefix_compare(&view->routes[i].prefix, &prefix) == 0) {
			assert_null(found);
			found = &view->routes[i];
		}
	}
	return found;
}

static void a_conf_without_a_kernel_is_a_network(void **state)
{
	struct config_error error;
	struct config config;
	struct net_view view;
	union addr gateway;

	(void)state;
	if (config_parse("x.conf", no_kernel, strlen(no_kernel), &config, &error))
		fail_msg("%s", error.text);
	assert_true(config.is_static);
	assert_int_equal(config.cpus[0], 3);
	assert_string_equal(config.objects, "objects");
	assert_int_equal(net_view_from_config(&config, &view), 0);

	assert_int_equal(view.link_count, 2);
	assert_true(view.links[0].present && view.links[0].up);
	assert_int_equal(view.links[0].mac[5], 0x0a);
	assert_int_equal(view.links[0].mtu, 1500);
	assert_int_equal(view.links[1].mtu, 1400);
	assert_int_equal(view.address_count, 5);
	assert_int_equal(view.route_count, 5);
	assert_int_equal(view_route(&view, "0.0.0.0/0")->kind, ROUTE_VIA);
	assert_int_equal(view_route(&view, "10.0.1.0/24")->mtu, 1300);
	assert_int_equal(view_route(&view, "10.8.0.0/16")->kind, ROUTE_BLACKHOLE);
	assert_int_equal(view_route(&view, "192.0.2.0/24")->kind, ROUTE_ONLINK);
	assert_int_equal(view_route(&view, "192.0.2.0/24")->port, 1);
	assert_int_equal(view_route(&view, "fd00:1::/64")->port, 0);
	assert_int_equal(addr_parse("192.0.2.254", &gateway), 0);
	assert_int_equal(net_view_neigh(&view, 1, &gateway)->mac[5], 0xfe);
	assert_null(net_view_neigh(&view, 0, &gateway));
	net_view_free(&view);
	config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_values_are_the_defaults),
		cmocka_unit_test(it_names_every_key),
		cmocka_unit_test(the_defaults_are_the_documented_ones),
		cmocka_unit_test(the_demo_conf_reads_the_demo_objects),
		cmocka_unit_test(a_conf_without_a_kernel_is_a_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
