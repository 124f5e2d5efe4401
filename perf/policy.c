/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A large cluster's policies: how long until they run, how long until one more does, what they
 * weigh, and what a first packet pays for them.
 *
 *	policy [-j] [POLICIES [PODS [IDENTITIES [CHANGES]]]]	10000 5000 1000 20
 *
 * Starts a sluiced and a sluice-fastpath of its own (the programs beside this one's directory)
 * with ports that are memory, so that it needs no privileges and touches no network. Times are
 * those that sluiced tells; the latency of a change is from the rename that puts a file of one
 * policy in place to the line that says that every worker runs it. It is one file, like every
 * program here.
 */

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "control/compile/compile.h"
#include "control/image_store.h"
#include "fastpath/base/attr.h"
#include "fastpath/base/check.h"
#include "fastpath/base/clock.h"
#include "fastpath/table/policy.h"
#include "test/lib/large_world.h"

#define CHANGES_MAX 1000u
#define LOOKUPS	    (1u << 20)

struct gateway {
	char directory[64];
	char objects[96];
	char run[96];
	pid_t pid;
	pid_t fastpath;
	FILE *log;
};

struct round {
	double read_ms;
	double compile_ms;
	double build_ms;
	double wait_ms;
};

static bool json;

static void PRINTF(2, 3) tell(const char *what, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)printf(json ? "{\"what\": \"%s\", " : "%-34s ", what);
	(void)vprintf(format, args);
	(void)printf(json ? "}\n" : "\n");
	va_end(args);
	(void)fflush(stdout);
}

static void number_tell(const char *what, double value, const char *unit)
{
	if (json)
		tell(what, "\"value\": %.3f, \"unit\": \"%s\"", value, unit);
	else
		tell(what, "%10.1f %s", value, unit);
}

/* ---- the gateway ---- */

static void conf_write(const struct gateway *g)
{
	char path[128];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/gateway.conf", g->directory);
	out = fopen(path, "we");
	CHECK(out);
	(void)fprintf(out,
		      "node = \"gw\";\n"
		      "paths : { objects = \"%s\"; run = \"%s\"; };\n"
		      "workers : { count = 1; };\n"
		      "sizes : { flows = 16384; };\n"
		      "punt : { interface = \"\"; };\n"
		      "ports = ({ name = \"pods\"; io = \"mem\"; mac = \"02:00:00:00:00:01\";\n"
		      "           mtu = 1500; addresses = [ \"10.255.255.1/24\" ]; },\n"
		      "         { name = \"wan\"; io = \"mem\"; mac = \"02:00:00:00:00:02\";\n"
		      "           mtu = 1500; addresses = [ \"192.0.2.1/24\" ]; });\n"
		      "static : { routes = ({ prefix = \"0.0.0.0/0\"; port = \"wan\";\n"
		      "                      gateway = \"192.0.2.254\"; }); neighbours = (); };\n",
		      g->objects, g->run);
	CHECK(fclose(out) == 0);
}

static void gateway_make(struct gateway *g)
{
	*g = (struct gateway){.directory = "/tmp/sluice-policy-XXXXXX"};
	CHECK(mkdtemp(g->directory));
	(void)snprintf(g->objects, sizeof(g->objects), "%s/objects", g->directory);
	(void)snprintf(g->run, sizeof(g->run), "%s/run", g->directory);
	CHECK(mkdir(g->objects, 0700) == 0);
	conf_write(g);
}

static void program_path(char *out, size_t size, const char *name)
{
	char own[PATH_MAX] = "", *slash;

	CHECK(readlink("/proc/self/exe", own, sizeof(own) - 1) > 0);
	slash = strrchr(own, '/');
	CHECK(slash);
	*slash = '\0';
	(void)snprintf(out, size, "%s/../%s", own, name);
}

static void gateway_start(struct gateway *g)
{
	char program[PATH_MAX + 32], conf[128];
	int ends[2];

	program_path(program, sizeof(program), "sluiced");
	(void)snprintf(conf, sizeof(conf), "%s/gateway.conf", g->directory);
	CHECK(pipe(ends) == 0);
	g->pid = fork();
	CHECK(g->pid >= 0);
	if (g->pid == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		(void)close(ends[0]);
		(void)close(ends[1]);
		(void)execl(program, program, "-c", conf, (char *)NULL);
		(void)fprintf(stderr, "%s: %s\n", program, strerror(errno));
		_exit(1);
	}
	(void)close(ends[1]);
	g->log = fdopen(ends[0], "r");
	CHECK(g->log);
}

/* Reads the log up to the line that says that a generation runs. */
static void gateway_await(struct gateway *g, struct round *round)
{
	char line[2048];
	const char *at;

	while (fgets(line, sizeof(line), g->log)) {
		at = strstr(line, "fast path, process ");
		if (at)
			(void)sscanf(at, "fast path, process %d", &g->fastpath);
		at = strstr(line, " runs: ");
		if (at && sscanf(at,
				 " runs: objects read in %lf ms, compiled in %lf ms, sent and "
				 "built in %lf ms, on every worker after %lf ms",
				 &round->read_ms, &round->compile_ms, &round->build_ms,
				 &round->wait_ms) == 4)
			return;
		if (strstr(line, "error: "))
			(void)fputs(line, stderr);
	}
	(void)fprintf(stderr, "sluiced has ended\n");
	exit(EXIT_FAILURE);
}

static void gateway_end(struct gateway *g)
{
	char command[128];
	int status;

	(void)kill(g->pid, SIGINT);
	(void)waitpid(g->pid, &status, 0);
	(void)fclose(g->log);
	(void)snprintf(command, sizeof(command), "rm -rf %s", g->directory);
	CHECK(system(command) == 0);
}

static double resident_mb(pid_t pid)
{
	char path[64], line[256];
	double kb = 0;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in))
		(void)sscanf(line, "VmRSS: %lf", &kb);
	if (in)
		(void)fclose(in);
	return kb / 1024;
}

/* Of the main thread: sluiced has no other, and in the fast path it is the one that builds. */
static double processor_ms(pid_t pid)
{
	char path[64];
	double ns = 0;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	in = fopen(path, "re");
	if (in) {
		(void)!fscanf(in, "%lf", &ns);
		(void)fclose(in);
	}
	return ns / 1e6;
}

/* ---- one more policy ---- */

static int compare_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, uint32_t count)
{
	qsort(values, count, sizeof(*values), compare_double);
	return values[count / 2];
}

static double change_run(struct gateway *g, const struct large_world *world, uint32_t number,
			 struct round *round)
{
	char written[128], path[128];
	uint64_t start_ns;
	FILE *out;

	(void)snprintf(written, sizeof(written), "%s/one.new", g->directory);
	(void)snprintf(path, sizeof(path), "%s/one-%u.yaml", g->objects, number);
	out = fopen(written, "we");
	CHECK(out);
	large_world_policy(world, world->policies + number, out);
	CHECK(fclose(out) == 0);
	start_ns = clock_now_ns();
	CHECK(rename(written, path) == 0);
	gateway_await(g, round);
	return (double)(clock_now_ns() - start_ns) / 1e6;
}

static void changes_run(struct gateway *g, const struct large_world *world, uint32_t count)
{
	static double total[CHANGES_MAX], read[CHANGES_MAX], compile[CHANGES_MAX],
		build[CHANGES_MAX], busy[CHANGES_MAX];
	const struct timespec pause = {.tv_nsec = 400000000};
	struct round round;

	for (uint32_t i = 0; i < count; i++) {
		(void)nanosleep(&pause, NULL);
		busy[i] = -processor_ms(g->pid) - processor_ms(g->fastpath);
		total[i] = change_run(g, world, i, &round);
		busy[i] += processor_ms(g->pid) + processor_ms(g->fastpath);
		read[i] = round.read_ms;
		compile[i] = round.compile_ms;
		build[i] = round.build_ms;
	}
	number_tell("one more: read", median(read, count), "ms");
	number_tell("one more: compile", median(compile, count), "ms");
	number_tell("one more: send and build", median(build, count), "ms");
	number_tell("one more: processor time of both", median(busy, count), "ms");
	number_tell("one more: file to every worker", median(total, count), "ms, median");
	number_tell("  the quickest", total[0], "ms");
	number_tell("  one of ten is slower than", total[count * 9 / 10], "ms");
}

/* ---- what it weighs and costs ---- */

static uint32_t records(const struct image_header *image, enum image_section_id section)
{
	uint32_t count;

	(void)image_records(image, section, &count);
	return count;
}

/* Random questions of an identity to a set; the order defeats the caches as packets would. */
static double lookup_ns(const struct image_header *image, uint32_t ident_count)
{
	struct table *table;
	const struct policy_table *policy;
	uint64_t x = 88172645463325252ull, start_ns;
	uint32_t sum = 0, sets;

	CHECK(table_build(image, NULL, &table) == 0);
	policy = (const struct policy_table *)table;
	sets = policy->set_count;
	start_ns = clock_now_ns();
	for (uint32_t i = 0; i < LOOKUPS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		sum += policy_judge(policy, 1 + (uint32_t)x % (sets - 1),
				    (uint32_t)(x >> 32) % ident_count, 6, (uint16_t)(x >> 48));
	}
	start_ns = clock_now_ns() - start_ns;
	table_free(table);
	return sum == 1 ? 0 : (double)start_ns / LOOKUPS;
}

static void weight_tell(const struct gateway *g)
{
	const struct timespec pause = {.tv_sec = 1};
	struct image_header *images[IMAGE_KINDS];
	struct image_mark mark;
	char path[128];
	uint32_t spans;
	double all = 0;

	(void)nanosleep(&pause, NULL);
	(void)snprintf(path, sizeof(path), "%s/images", g->run);
	CHECK(image_store_load(path, images, &mark) == 0);
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		all += (double)images[kind]->size;
	spans = records(images[IMAGE_POLICY], IMAGE_POLICY_SPAN);
	number_tell("distinct rule entries", spans, "spans");
	number_tell("rows", records(images[IMAGE_POLICY], IMAGE_POLICY_ROW), "");
	number_tell("pairs that have one", records(images[IMAGE_POLICY], IMAGE_POLICY_CELL),
		    "cells");
	number_tell("all images", all / 1e6, "MB");
	number_tell("a rule entry, policy image", (double)images[IMAGE_POLICY]->size / spans,
		    "bytes");
	number_tell("a rule entry, all images", all / spans, "bytes");
	number_tell(
		"lookup of a first packet, large",
		lookup_ns(images[IMAGE_POLICY], records(images[IMAGE_IDENT], IMAGE_IDENT_RECORD)),
		"ns");
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		free(images[kind]);
}

static void run(const struct large_world *world, uint32_t changes)
{
	struct gateway g;
	struct round round;
	uint64_t start_ns;

	gateway_make(&g);
	large_world_write(world, g.objects);
	start_ns = clock_now_ns();
	gateway_start(&g);
	gateway_await(&g, &round);
	number_tell("start to every worker", (double)(clock_now_ns() - start_ns) / 1e6, "ms");
	number_tell("first: read", round.read_ms, "ms");
	number_tell("first: compile", round.compile_ms, "ms");
	number_tell("first: send and build", round.build_ms + round.wait_ms, "ms");
	if (changes) {
		changes_run(&g, world, changes);
		weight_tell(&g);
		number_tell("sluiced, resident", resident_mb(g.pid), "MB");
		number_tell("sluice-fastpath, resident", resident_mb(g.fastpath), "MB");
	}
	gateway_end(&g);
}

static void small_tell(void)
{
	const struct large_world small = {.pods = 100, .identities = 50, .policies = 10};
	struct image_header *images[IMAGE_KINDS];
	struct image_mark mark;
	const struct timespec pause = {.tv_sec = 1};
	struct gateway g;
	struct round round;
	char path[128];

	gateway_make(&g);
	large_world_write(&small, g.objects);
	gateway_start(&g);
	gateway_await(&g, &round);
	(void)nanosleep(&pause, NULL);
	(void)snprintf(path, sizeof(path), "%s/images", g.run);
	CHECK(image_store_load(path, images, &mark) == 0);
	number_tell(
		"lookup of a first packet, 10 policies",
		lookup_ns(images[IMAGE_POLICY], records(images[IMAGE_IDENT], IMAGE_IDENT_RECORD)),
		"ns");
	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		free(images[kind]);
	gateway_end(&g);
}

static uint32_t argument(int argc, char **argv, int index, uint32_t otherwise)
{
	return index < argc ? (uint32_t)strtoul(argv[index], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	struct large_world world = {0};
	int first = 1;
	uint32_t changes;

	if (argc > 1 && strcmp(argv[1], "-j") == 0) {
		json = true;
		first++;
	}
	world.policies = argument(argc, argv, first, 10000);
	world.pods = argument(argc, argv, first + 1, 5000);
	world.identities = argument(argc, argv, first + 2, 1000);
	changes = min_u32(argument(argc, argv, first + 3, 20), CHANGES_MAX);
	if (world.identities < LARGE_SPACES || world.identities % LARGE_SPACES) {
		(void)fprintf(stderr, "identities: a multiple of %u\n", LARGE_SPACES);
		return 2;
	}
	number_tell("policies", world.policies, "");
	number_tell("pods", world.pods, "");
	number_tell("identities", world.identities, "");
	run(&world, changes);
	small_tell();
	return 0;
}
