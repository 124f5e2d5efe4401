/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What services cost where no packet is established yet, and when they change.
 *
 *	services [-j] [BACKENDS]	10
 *
 * For 10 to 100,000 services of BACKENDS each: nanoseconds of the processor (and, where the
 * kernel lets us count, instructions) of the lookup of an address, and of that and the choice of
 * a backend, of random services, and of one service over and over. Then, for 10,000 services of
 * the usual table size: verifying and building the first image, and one of which one backend has
 * changed.
 */

#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fastpath/base/check.h"
#include "fastpath/table/service_table.h"
#include "test/lib/many_services.h"

#define PROTO_TCP 6
#define LOOKUPS	  (1u << 20)
#define USUAL	  16381u /* slots */
#define CHANGES	  20u

static bool json;

static void tell(const char *what, double value, const char *unit)
{
	if (json)
		(void)printf("{\"what\": \"%s\", \"value\": %.3f, \"unit\": \"%s\"}\n", what, value,
			     unit);
	else
		(void)printf("%-46s %10.2f %s\n", what, value, unit);
	(void)fflush(stdout);
}

/* Of the processor: what else runs on the machine is not in it. */
static uint64_t spent_ns(void)
{
	struct timespec now;

	CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- instructions ---- */

static int counter_open(void)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_HARDWARE,
				       .size = sizeof(attr),
				       .config = PERF_COUNT_HW_INSTRUCTIONS,
				       .exclude_kernel = 1,
				       .exclude_hv = 1};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static uint64_t counter_read(int fd)
{
	uint64_t n = 0;

	return fd >= 0 && read(fd, &n, sizeof(n)) == (ssize_t)sizeof(n) ? n : 0;
}

/* ---- lookups ---- */

enum question {
	FIND,
	FIND_AND_PICK,
};

static uint32_t ask(const struct service_table *t, enum question question, struct tuple *tuple)
{
	const struct image_frontend *f = service_find(t, &tuple->dst, tuple->dport, tuple->proto);

	if (!f || question == FIND)
		return f ? f->service : 0;
	return service_maglev(t, f->service, service_hash(&t->services[f->service], tuple));
}

/* Of random services, or of one when `services` is 1. */
static void ask_many(const struct service_table *t, uint32_t services, enum question question,
		     const char *what)
{
	static int fd = -2;
	struct tuple tuple = {
		.dport = BE16(80), .proto = PROTO_TCP, .family = FAMILY_IP4, .sport = BE16(1)};
	uint64_t x = 88172645463325252ull, begun_ns, begun;
	uint32_t sum = 0;
	char text[64];

	if (fd == -2)
		fd = counter_open();
	begun = counter_read(fd);
	begun_ns = spent_ns();
	for (uint32_t i = 0; i < LOOKUPS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		tuple.src = addr_v4((be32)(x >> 32));
		tuple.dst = many_services_vip((uint32_t)((x & 0xffffffff) * services >> 32));
		/* The next one waits for it, as for a packet of its own. */
		x += ask(t, question, &tuple) == UINT32_MAX;
		sum += (uint32_t)x;
	}
	begun_ns = spent_ns() - begun_ns;
	tell(what, sum == 1 ? 0 : (double)begun_ns / LOOKUPS, "ns");
	if (fd < 0)
		return;
	(void)snprintf(text, sizeof(text), "%s, instructions", what);
	tell(text, (double)(counter_read(fd) - begun) / LOOKUPS, "");
}

static struct service_table *build(const struct image_header *image,
				   const struct service_table *before)
{
	struct table *table;

	CHECK(table_build(image, before ? &before->table : NULL, &table) == 0);
	return (struct service_table *)table;
}

static void lookups_tell(uint32_t services, uint32_t backends)
{
	struct many_services world = {.services = services,
				      .backends = backends,
				      /* a hundred thousand tables of the usual size are 1.6 GB */
				      .maglev_size = services > 1000 ? 1021 : USUAL,
				      .proto = PROTO_TCP,
				      .changed = UINT32_MAX};
	struct image_header *image = many_services_image(&world);
	struct service_table *t = build(image, NULL);
	char what[48];

	(void)snprintf(what, sizeof(what), "%u services: find", services);
	ask_many(t, services, FIND, what);
	(void)snprintf(what, sizeof(what), "%u services: find and pick", services);
	ask_many(t, services, FIND_AND_PICK, what);
	(void)snprintf(what, sizeof(what), "%u services: one of them", services);
	ask_many(t, 1, FIND_AND_PICK, what);
	table_free(&t->table);
	free(image);
}

/* ---- changes ---- */

static double verify_ms(const struct image_header *image)
{
	uint64_t begun = spent_ns();
	struct image_error error;

	CHECK(image_verify(image, image->size, IMAGE_SERVICE, &error) == 0);
	return (double)(spent_ns() - begun) / 1e6;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static void changes_tell(uint32_t services, uint32_t backends)
{
	struct many_services world = {.services = services,
				      .backends = backends,
				      .maglev_size = USUAL,
				      .proto = PROTO_TCP,
				      .changed = UINT32_MAX};
	struct image_header *image = many_services_image(&world);
	uint64_t begun = spent_ns();
	struct service_table *t = build(image, NULL), *next;
	double build_ms[CHANGES], check_ms[CHANGES];

	tell("10,000 services: first build", (double)(spent_ns() - begun) / 1e6, "ms");
	free(image);
	for (uint32_t i = 0; i < CHANGES; i++) {
		world.changed = i * (services / CHANGES);
		image = many_services_image(&world);
		check_ms[i] = verify_ms(image);
		begun = spent_ns();
		next = build(image, t);
		build_ms[i] = (double)(spent_ns() - begun) / 1e6;
		table_free(&t->table);
		t = next;
		free(image);
	}
	table_free(&t->table);
	qsort(build_ms, CHANGES, sizeof(double), compare);
	qsort(check_ms, CHANGES, sizeof(double), compare);
	tell("10,000 services: verify, half are faster than", check_ms[CHANGES / 2], "ms");
	tell("one changed: build, half are faster than", build_ms[CHANGES / 2], "ms");
	tell("one changed: build, one of ten is slower than", build_ms[CHANGES * 9 / 10], "ms");
}

int main(int argc, char **argv)
{
	static const uint32_t counts[] = {10, 1000, 10000, 100000};
	uint32_t backends = 10;

	if (argc > 1 && strcmp(argv[1], "-j") == 0) {
		json = true;
		argc--;
		argv++;
	}
	if (argc > 1)
		backends = (uint32_t)strtoul(argv[1], NULL, 10);
	if (backends < 1 || backends > 100) {
		(void)fputs("services [-j] [BACKENDS: 1 to 100]\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		lookups_tell(counts[i], counts[i] > 20000 ? min_u32(backends, 2) : backends);
	changes_tell(10000, backends);
	return 0;
}
