/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Requests of clients: any bytes get an answer, and a list can be read to its end.
 *
 * There is no fast path and no applied object, so a request can be dispatched as often as the
 * fuzzer likes: an apply is loaded, compiled and, where it is good, taken back.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/serve/request.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

static struct daemon daemon_under_test;
static struct config config;

static void daemon_prepare(void)
{
	struct daemon *d = &daemon_under_test;
	struct reconcile_error error;
	char directory[] = "/tmp/sluice-fuzz-serve-XXXXXX";

	log_open("fuzz", LOG_ERROR);
	CHECK(mkdtemp(directory));
	CHECK(rmdir(directory) == 0);
	config.path = strdup("fuzz.conf");
	config.node_name = strdup("gw");
	/* Does not exist, so nothing is ever written. */
	CHECK(asprintf(&config.run_directory, "%s/gone", directory) >= 0);
	config.is_static = true;
	config.port_count = 1;
	(void)stpcpy(config.ports[0].name, "wan");
	(void)stpcpy(config.ports[0].io, "mem");
	config.ports[0].mtu = 1500;
	config.settings.nat_port_first = 1024;
	config.settings.nat_port_last = 65535;
	d->config = &config;
	d->conf_path = config.path;
	d->supervisor.requests.fd = -1;
	d->supervisor.events.fd = -1;
	d->supervisor.child.pidfd = -1;
	CHECK(reactor_open(&d->reactor) == 0);
	d->supervisor.reactor = d->reactor;
	CHECK(reconcile_open(&d->reconcile, d->reactor, &d->supervisor, &config, &error) == 0);
}

static void lines_read(struct answer *answer)
{
	json_t *line = NULL;

	while (answer->lines.next && (line = answer->lines.next(answer->lines.state))) {
		char *text = json_dumps(line, JSON_COMPACT);

		CHECK(text);
		free(text);
		json_decref(line);
	}
}

/* What ends, restarts or reads the conf again is not for here. */
static bool is_for_the_daemon(const uint8_t *data, size_t size)
{
	return memmem(data, size, "shutdown", 8) || memmem(data, size, "restart", 7) ||
	       memmem(data, size, "reload", 6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct applied *applied = &daemon_under_test.reconcile.applied;
	struct answer answer;
	char *line, *text;

	if (!daemon_under_test.reactor)
		daemon_prepare();
	if (is_for_the_daemon(data, size))
		return 0;
	line = malloc(size ? size : 1);
	CHECK(line);
	memcpy(line, data, size);
	(void)request_answer(&daemon_under_test, line, size, &answer);
	free(line);
	CHECK(json_is_boolean(json_object_get(answer.reply, "ok")));
	text = json_dumps(answer.reply, JSON_COMPACT);
	CHECK(text && !strchr(text, '\n'));
	free(text);
	lines_read(&answer);
	answer_free(&answer);
	/* Accepted, but there is no place to write it: it stays pending until it is taken back. */
	if (applied->has_pending)
		applied_take_back(applied);
	CHECK(applied->count == 0);
	return 0;
}

#include "test/fuzz/replay_main.inc"
