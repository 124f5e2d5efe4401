/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conf file: any bytes are either a config that keeps its promises or one line of error.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "control/config.h"
#include "control/mirror/net_view.h"
#include "fastpath/base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig loses a few bytes of a file with a syntax error. Ours are not forgiven. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}

static void check_config(const struct config *config)
{
	struct net_view view;

	CHECK(config->port_count >= 1 && config->port_count <= CONFIG_PORTS_MAX);
	CHECK(config->workers >= 1 && config->workers <= CONFIG_WORKERS_MAX);
	CHECK(config->fragments <= config->frames / 2);
	CHECK(config->settings.half_open_max <= config->flows);
	CHECK(config->settings.nat_port_first <= config->settings.nat_port_last);
	for (size_t i = 0; i < config->route_count; i++)
		CHECK(config->routes[i].port < config->port_count);
	for (size_t i = 0; i < config->neighbour_count; i++)
		CHECK(config->neighbours[i].port < config->port_count);
	if (config->is_static) {
		CHECK(net_view_from_config(config, &view) == 0);
		net_view_free(&view);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct config_error error;
	struct config config;

	CHECK(text);
	memcpy(text, data, size);
	text[size] = '\0';
	if (config_parse("conf/fuzz.conf", text, size, &config, &error) == 0) {
		check_config(&config);
		config_free(&config);
	} else {
		CHECK(*error.text && !strchr(error.text, '\n'));
	}
	free(text);
	return 0;
}

#include "test/fuzz/replay_main.inc"
