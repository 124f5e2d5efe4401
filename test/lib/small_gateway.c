/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/small_gateway.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/serve/request.h"
#include "fastpath/base/check.h"

#define PATIENCE_NS (60 * REACTOR_S)

static void file_make(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

void small_gateway_file(struct small_gateway *g, const char *name, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/objects/%s", g->directory, name);
	file_make(path, text);
}

void small_gateway_neighbours(struct small_gateway *g, const char *neighbours)
{
	char text[4096], own[PATH_MAX] = "";

	CHECK(readlink("/proc/self/exe", own, sizeof(own) - 1) > 0);
	(void)snprintf(text, sizeof(text),
		       "node = \"gw\";\n"
		       "log = \"error\";\n"
		       "paths : { objects = \"objects\"; run = \"%s/run\"; fastpath = \"%s\"; };\n"
		       "workers : { count = 1; };\n"
		       "ports = ({ name = \"pods\"; io = \"mem\"; mac = \"02:00:00:00:00:01\";\n"
		       "           mtu = 1500; addresses = [ \"10.0.1.1/24\" ]; },\n"
		       "         { name = \"wan\"; io = \"mem\"; mac = \"02:00:00:00:00:02\";\n"
		       "           mtu = 1500; addresses = [ \"192.0.2.1/24\" ]; });\n"
		       "static : {\n"
		       "  routes = ({ prefix = \"0.0.0.0/0\"; port = \"wan\";\n"
		       "              gateway = \"192.0.2.254\"; });\n"
		       "  neighbours = (%s);\n"
		       "};\n",
		       g->directory, own, neighbours);
	file_make(g->conf, text);
}

void small_gateway_make(struct small_gateway *g, uint32_t flags)
{
	char number[16], objects[96];

	memset(g, 0, sizeof(*g));
	(void)stpcpy(g->directory, "/tmp/sluice-gateway-test-XXXXXX");
	CHECK(mkdtemp(g->directory));
	(void)snprintf(objects, sizeof(objects), "%s/objects", g->directory);
	CHECK(mkdir(objects, 0700) == 0);
	(void)snprintf(g->conf, sizeof(g->conf), "%s/test.conf", g->directory);
	small_gateway_neighbours(g, SMALL_GATEWAY_NEIGHBOUR);
	small_gateway_file(g, "pods.yaml",
			   "apiVersion: v1\n"
			   "kind: Pod\n"
			   "metadata: {name: web, namespace: shop, labels: {app: web}}\n"
			   "status: {podIP: 10.0.1.10}\n");
	(void)snprintf(number, sizeof(number), "%u", flags);
	CHECK(setenv("FAKE_AGENT", number, 1) == 0);
}

bool small_gateway_is_synced(const struct small_gateway *g)
{
	return g->daemon.supervisor.state == SUPERVISE_UP && g->daemon.reconcile.is_synced;
}

void small_gateway_wait(struct small_gateway *g, bool (*done)(const struct small_gateway *g))
{
	uint64_t start_ns = reactor_now_ns();

	while (!done(g)) {
		CHECK(reactor_now_ns() - start_ns < PATIENCE_NS);
		CHECK(reactor_step(g->daemon.reactor, 20) == 0);
	}
}

void small_gateway_start(struct small_gateway *g)
{
	const char *flags = getenv("FAKE_AGENT");
	struct daemon_error error = {""};
	int err = daemon_open(&g->daemon, g->conf, SUPERVISE_SPAWN, &error);

	if (err)
		(void)fprintf(stderr, "%s\n", error.text);
	CHECK(err == 0);
	if (flags && strcmp(flags, "0") == 0)
		small_gateway_wait(g, small_gateway_is_synced);
}

void small_gateway_leave(struct small_gateway *g)
{
	daemon_close(&g->daemon);
}

static bool is_gone(const struct small_gateway *g)
{
	return g->daemon.supervisor.child.pidfd < 0;
}

void small_gateway_end(struct small_gateway *g)
{
	char command[128];

	daemon_shutdown(&g->daemon);
	small_gateway_wait(g, is_gone);
	daemon_close(&g->daemon);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	(void)snprintf(command, sizeof(command), "rm -r %s", g->directory);
	CHECK(system(command) == 0);
}

json_t *small_gateway_ask(struct small_gateway *g, const char *request)
{
	struct answer answer;
	json_t *reply;

	(void)request_answer(&g->daemon, request, strlen(request), &answer);
	reply = json_incref(answer.reply);
	answer_free(&answer);
	return reply;
}

uint64_t small_gateway_puts(struct small_gateway *g, const char *table)
{
	json_t *reply = small_gateway_ask(g, "{\"request\":\"stats\"}");
	const json_t *row;
	uint64_t puts = UINT64_MAX;
	size_t i;

	json_array_foreach(json_object_get(reply, "tables"), i, row)
	{
		if (strcmp(json_string_value(json_object_get(row, "name")), table) == 0)
			puts = (uint64_t)json_integer_value(json_object_get(row, "used"));
	}
	json_decref(reply);
	return puts;
}
