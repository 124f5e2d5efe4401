/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Services of a large cluster: how long until they run, and how long until one endpoint more or
 * less does.
 *
 *	service_change [-j] [SERVICES [BACKENDS [CHANGES]]]	10000 10 20
 *
 * Real processes with ports that are memory (test/lib/memory_gateway.h). The latency of a change is
 * from the rename that puts a file with one EndpointSlice in place to the line that says that
 * every worker runs it; the stages are those that sluiced tells.
 */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fastpath/base/attr.h"
#include "fastpath/base/check.h"
#include "test/lib/memory_gateway.h"

#define CHANGES_MAX 1000u
#define FILE_HOLDS  500u

struct cluster {
	uint32_t services;
	uint32_t backends;
	uint32_t missing; /* this endpoint of service 0 is not there; UINT32_MAX: all are */
};

static void service_write(FILE *out, uint32_t number)
{
	(void)fprintf(out,
		      "---\napiVersion: v1\nkind: Service\n"
		      "metadata: {name: s%u, namespace: shop}\n"
		      "spec:\n  type: ClusterIP\n  clusterIP: 10.96.%u.%u\n"
		      "  ports:\n  - {name: http, protocol: TCP, port: 80, targetPort: 8080}\n",
		      number, number >> 8, number & 255);
}

static void slice_write(FILE *out, const struct cluster *c, uint32_t number)
{
	(void)fprintf(out,
		      "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n"
		      "metadata: {name: s%u-a, namespace: shop,\n"
		      "           labels: {kubernetes.io/service-name: s%u}}\n"
		      "addressType: IPv4\nports:\n- {name: http, protocol: TCP, port: 8080}\n"
		      "endpoints:\n",
		      number, number);
	for (uint32_t b = 0; b < c->backends; b++) {
		uint32_t address = (10u << 24 | 128u << 16) + number * c->backends + b;

		if (number || b != c->missing)
			(void)fprintf(out,
				      "- {addresses: [%u.%u.%u.%u], conditions: {ready: true}}\n",
				      address >> 24, address >> 16 & 255, address >> 8 & 255,
				      address & 255);
	}
}

static void first_slice_write(FILE *out, const void *arg)
{
	slice_write(out, arg, 0);
}

/* Service 0's slice has a file of its own. */
static void cluster_write(const struct cluster *c, const char *directory)
{
	FILE *out = NULL;

	for (uint32_t i = 0; i < c->services; i++) {
		char path[160];

		if (i % FILE_HOLDS == 0) {
			CHECK(!out || fclose(out) == 0);
			(void)snprintf(path, sizeof(path), "%s/services-%u.yaml", directory,
				       i / FILE_HOLDS);
			out = fopen(path, "we");
			CHECK(out);
		}
		service_write(out, i);
		if (i)
			slice_write(out, c, i);
	}
	CHECK(!out || fclose(out) == 0);
}

static void changes_run(struct memory_gateway *g, struct cluster *c, uint32_t count, bool json)
{
	static double total[CHANGES_MAX], read[CHANGES_MAX], compile[CHANGES_MAX],
		build[CHANGES_MAX], wait[CHANGES_MAX], busy[CHANGES_MAX];
	const struct timespec pause = {.tv_nsec = 400000000};
	struct memory_round round;

	for (uint32_t i = 0; i < count; i++) {
		(void)nanosleep(&pause, NULL);
		c->missing = i % 2 ? UINT32_MAX : i % c->backends;
		busy[i] = -memory_gateway_busy_ms(g);
		total[i] = memory_gateway_change(g, "one.yaml", first_slice_write, c, &round);
		busy[i] += memory_gateway_busy_ms(g);
		read[i] = round.read_ms;
		compile[i] = round.compile_ms;
		build[i] = round.build_ms;
		wait[i] = round.wait_ms;
	}
	number_tell(json, "a change: read", median_of(read, count), "ms");
	number_tell(json, "a change: compile", median_of(compile, count), "ms");
	number_tell(json, "a change: send and build", median_of(build, count), "ms");
	number_tell(json, "a change: until every worker runs it", median_of(wait, count), "ms");
	number_tell(json, "a change: processor time of both", median_of(busy, count), "ms");
	number_tell(json, "a change: file to every worker", median_of(total, count), "ms, median");
	number_tell(json, "  the quickest", total[0], "ms");
	number_tell(json, "  one of ten is slower than", total[count * 9 / 10], "ms");
}

static uint32_t argument(int argc, char **argv, int index, uint32_t otherwise)
{
	return index < argc ? (uint32_t)strtoul(argv[index], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "-j") == 0;
	struct cluster c = {.services = argument(argc, argv, 1 + json, 10000),
			    .backends = argument(argc, argv, 2 + json, 10),
			    .missing = UINT32_MAX};
	uint32_t changes = min_u32(argument(argc, argv, 3 + json, 20), CHANGES_MAX);
	struct memory_gateway g;
	struct memory_round round;
	char path[160];
	FILE *one;

	if (!c.services || c.services > 65536 || !c.backends || !changes) {
		(void)fprintf(stderr, "services: 1 to 65536; backends and changes: at least 1\n");
		return 2;
	}
	memory_gateway_make(&g);
	cluster_write(&c, g.objects);
	(void)snprintf(path, sizeof(path), "%s/one.yaml", g.objects);
	one = fopen(path, "we");
	CHECK(one);
	first_slice_write(one, &c);
	CHECK(fclose(one) == 0);
	memory_gateway_start(&g);
	memory_gateway_await(&g, &round);
	number_tell(json, "services", c.services, "");
	number_tell(json, "backends of each", c.backends, "");
	number_tell(json, "first: read", round.read_ms, "ms");
	number_tell(json, "first: compile", round.compile_ms, "ms");
	number_tell(json, "first: send and build", round.build_ms, "ms");
	changes_run(&g, &c, changes, json);
	number_tell(json, "sluiced, resident", resident_mb(g.pid), "MB");
	number_tell(json, "sluice-fastpath, resident", resident_mb(g.fastpath), "MB");
	memory_gateway_end(&g);
	return 0;
}
