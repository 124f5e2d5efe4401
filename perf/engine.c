/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What one core spends on a packet, without any wire: the engine with ports that only copy a
 * prepared frame in and give the buffer back. perf/README.md says how to read the numbers.
 *
 *   perf/engine [-j] [-q] [SUITE..]     suites: flows burst policy new services memory
 *   perf/engine -i                      under callgrind: a dump of counts for each scenario
 *
 * One file, since each suite is a few lines over the same measuring.
 */

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __has_include
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif
#endif

#include "fastpath/base/check.h"
#include "fastpath/base/clock.h"
#include "fastpath/net/ip.h"
#include "fastpath/pipeline.h"
#include "test/lib/traffic_flows.h"

#define REPEATS_MAX 15u
#define ENTRIES	    1000u
#define ROUTES	    1000u

static bool json, quick;

/* ---- time: of this thread alone, so that others on the core do not count ---- */

static double thread_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static int double_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct sample {
	double median, least;
};

static struct sample sample_of(double *values, uint32_t count)
{
	qsort(values, count, sizeof(*values), double_compare);
	return (struct sample){values[count / 2], values[0]};
}

static double clocks_per_ns(void)
{
	static double rate;
	uint64_t ns, clocks;

	if (rate > 0)
		return rate;
	ns = clock_now_ns();
	clocks = clock_cycles();
	while (clock_now_ns() - ns < 50000000)
		;
	rate = (double)(clock_cycles() - clocks) / (double)(clock_now_ns() - ns);
	return rate;
}

/* ---- established flows ---- */

struct scenario {
	enum family family;
	uint8_t proto;
	bool translate;
	uint32_t flows, entries, burst;
	uint32_t services;
};

struct result {
	struct sample total, generator;
	double stages[STAGES]; /* clocks, median */
};

static struct traffic_load load_of(const struct scenario *s)
{
	return (struct traffic_load){.tables = {.entries = s->entries,
						.routes = ROUTES,
						.translate = s->translate,
						.services = s->services,
						.verify_source = true},
				     .family = s->family,
				     .proto = s->proto,
				     .flows = s->flows};
}

static const char *kind_of(const struct scenario *s, char text[32])
{
	char services[16];

	(void)snprintf(services, sizeof(services), "services%u", s->services);
	(void)snprintf(text, 32, "%s%d-%s", s->proto == IP_PROTO_TCP ? "tcp" : "udp",
		       s->family == FAMILY_IP4 ? 4 : 6,
		       s->services    ? services
		       : s->translate ? "nat"
				      : "plain");
	return text;
}

static void measure(struct traffic *t, uint32_t burst, struct result *r)
{
	struct counters *c = t->engine.workers[0].core.counters;
	/* Every flow in both directions, and enough for the clock. */
	uint32_t packets = max_u32(2 * t->load.flows, quick ? 1u << 16 : 1u << 18);
	uint32_t repeats = quick ? 5 : t->load.flows > 200000 ? 7 : REPEATS_MAX;
	double total[REPEATS_MAX], generator[REPEATS_MAX], stages[STAGES][REPEATS_MAX];
	double begun;

	packets -= packets % (2 * burst);
	traffic_run(t, packets, burst);
	for (uint32_t i = 0; i < repeats; i++) {
		struct stage_counters before[STAGES];

		memcpy(before, c->stages, sizeof(before));
		begun = thread_ns();
		traffic_run(t, packets, burst);
		total[i] = (thread_ns() - begun) / packets;
		for (int stage = 0; stage < STAGES; stage++)
			stages[stage][i] =
				(double)(c->stages[stage].cycles - before[stage].cycles) / packets;
		begun = thread_ns();
		traffic_generate(t, packets, burst);
		generator[i] = (thread_ns() - begun) / packets;
	}
	CHECK(traffic_drops(t) == 0);
	r->total = sample_of(total, repeats);
	r->generator = sample_of(generator, repeats);
	for (int stage = 0; stage < STAGES; stage++)
		r->stages[stage] = sample_of(stages[stage], repeats).median;
}

static void report(const char *suite, const struct scenario *s, const struct result *r)
{
	double clocks = r->total.median * clocks_per_ns();
	char kind[32];

	(void)kind_of(s, kind);
	if (json) {
		(void)printf("{\"suite\":\"%s\",\"kind\":\"%s\",\"flows\":%u,\"entries\":%u,"
			     "\"burst\":%u,\"ns\":%.1f,\"ns_least\":%.1f,\"clocks\":%.0f,"
			     "\"generator_ns\":%.1f,\"stages\":{",
			     suite, kind, s->flows, s->entries, s->burst, r->total.median,
			     r->total.least, clocks, r->generator.median);
		for (int i = 0; i < STAGES; i++)
			(void)printf("%s\"%s\":%.0f", i ? "," : "", stage_name((enum stage)i),
				     r->stages[i]);
		(void)printf("}}\n");
	} else {
		(void)printf("%-18s %8u %7u %5u  %6.1f %6.1f %7.0f %6.1f  ", kind, s->flows,
			     s->entries, s->burst, r->total.median, r->total.least, clocks,
			     r->generator.median);
		for (int i = 0; i < STAGES; i++)
			(void)printf(" %7.0f", r->stages[i]);
		(void)printf("\n");
	}
	(void)fflush(stdout);
}

static void heading(const char *what)
{
	if (json)
		return;
	(void)printf("\n%s\n%-18s %8s %7s %5s  %6s %6s %7s %6s  ", what, "kind", "flows", "entries",
		     "burst", "ns", "least", "clocks", "gen ns");
	for (int i = 0; i < STAGES; i++)
		(void)printf(" %7s", stage_name((enum stage)i));
	(void)printf("\n");
}

static void run_scenario(const char *suite, const struct scenario *s, const uint32_t *bursts,
			 uint32_t burst_count)
{
	struct traffic_load load = load_of(s);
	struct traffic t;

	traffic_open(&t, &load);
	for (uint32_t i = 0; i < burst_count; i++) {
		struct scenario with = *s;
		struct result r;

		with.burst = bursts[i];
		measure(&t, with.burst, &r);
		report(suite, &with, &r);
	}
	traffic_close(&t);
}

static const uint32_t full_burst[] = {64};

static void suite_flows(void)
{
	static const uint32_t counts[] = {1, 1000, 100000, 1000000};

	heading("established flows (clocks of each stage on the right)");
	for (uint32_t kind = 0; kind < 8; kind++) {
		for (uint32_t i = 0; i < ARRAY_SIZE(counts) - quick; i++) {
			struct scenario s = {.family = kind & 2 ? FAMILY_IP6 : FAMILY_IP4,
					     .proto = kind & 1 ? IP_PROTO_TCP : IP_PROTO_UDP,
					     .translate = !(kind & 4),
					     .flows = counts[i],
					     .entries = ENTRIES};

			run_scenario("flows", &s, full_burst, 1);
		}
	}
}

static void suite_burst(void)
{
	static const uint32_t bursts[] = {1, 4, 16, 64};
	struct scenario s = {.family = FAMILY_IP4,
			     .proto = IP_PROTO_UDP,
			     .translate = true,
			     .flows = 1000,
			     .entries = ENTRIES};

	heading("burst sizes");
	run_scenario("burst", &s, bursts, ARRAY_SIZE(bursts));
	s.flows = 100000;
	run_scenario("burst", &s, bursts, ARRAY_SIZE(bursts));
}

static void suite_policy(void)
{
	static const uint32_t counts[] = {10, 1000, 100000};

	heading("policy entries");
	for (uint32_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct scenario s = {.family = FAMILY_IP4,
				     .proto = IP_PROTO_UDP,
				     .translate = true,
				     .flows = 1000,
				     .entries = counts[i]};

		run_scenario("policy", &s, full_burst, 1);
	}
}

/* ---- the beginning and the end of flows ---- */

static void measure_new(const struct scenario *s)
{
	uint32_t count = quick ? 100000 : 1000000, repeats = quick ? 3 : 5;
	struct traffic_load load = load_of(s);
	double begin[REPEATS_MAX], end[REPEATS_MAX];
	struct sample born, gone;
	struct traffic t;
	char kind[32];

	load.flows = 0;
	load.capacity = count;
	traffic_open(&t, &load);
	for (uint32_t i = 0; i < repeats; i++) {
		double begun;

		traffic_make_new(&t, count);
		begun = thread_ns();
		traffic_run_out(&t, count, IO_BURST);
		begin[i] = (thread_ns() - begun) / count;
		CHECK(t.engine.workers[0].flow_table.used == count && traffic_drops(&t) == 0);
		begun = thread_ns();
		(void)traffic_expire(&t);
		end[i] = (thread_ns() - begun) / count;
	}
	traffic_close(&t);
	born = sample_of(begin, repeats);
	gone = sample_of(end, repeats);
	(void)kind_of(s, kind);
	(void)printf(json ? "{\"suite\":\"new\",\"kind\":\"%s\",\"flows\":%u,\"entries\":%u,"
			    "\"new_ns\":%.1f,\"new_per_s\":%.0f,\"expire_ns\":%.1f}\n"
			  : "%-18s %8u %7u  %8.1f %10.0f %9.1f\n",
		     kind, count, s->entries, born.median, 1e9 / born.median, gone.median);
	(void)fflush(stdout);
}

static void new_heading(void)
{
	if (!json)
		(void)printf("\nnew flows, and their expiry\n%-18s %8s %7s  %8s %10s %9s\n", "kind",
			     "flows", "entries", "ns", "flows/s", "expire ns");
}

static void suite_new(void)
{
	new_heading();
	for (uint32_t kind = 0; kind < 8; kind++) {
		struct scenario s = {.family = kind & 2 ? FAMILY_IP6 : FAMILY_IP4,
				     .proto = kind & 1 ? IP_PROTO_TCP : IP_PROTO_UDP,
				     .translate = !(kind & 4),
				     .entries = ENTRIES};

		measure_new(&s);
	}
}

static void suite_services(void)
{
	static const uint32_t counts[] = {10, 1000, 10000};
	struct scenario s = {.family = FAMILY_IP4,
			     .proto = IP_PROTO_UDP,
			     .translate = true,
			     .flows = 1000,
			     .entries = ENTRIES};

	heading("established flows of services; beside them, of none");
	run_scenario("services", &s, full_burst, 1);
	for (uint32_t i = 0; i < ARRAY_SIZE(counts); i++) {
		s.services = counts[i];
		run_scenario("services", &s, full_burst, 1);
	}
	new_heading();
	s.services = 0;
	measure_new(&s);
	for (uint32_t i = 0; i < ARRAY_SIZE(counts); i++) {
		s.services = counts[i];
		measure_new(&s);
	}
}

/* ---- memory ---- */

/* Shared and private memory of an engine that holds `flows`. */
static uint64_t engine_bytes(uint32_t flows)
{
	struct engine_config config = traffic_engine(1, flows, 64);
	struct mallinfo2 before = mallinfo2(), after;
	struct engine_error error;
	struct engine engine;
	uint64_t bytes;

	CHECK(engine_open(&engine, &config, clock_now_ns(), &error) == 0);
	after = mallinfo2();
	bytes = engine.state.size + after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
	engine_close(&engine);
	return bytes;
}

static void suite_memory(void)
{
	static const uint32_t counts[] = {1u << 16, 100000, 1000000, 1u << 20, 1u << 22};
	uint64_t none = engine_bytes(1);

	if (!json)
		(void)printf("\nmemory of a flow, both directions, all told\n%8s  %s\n", "flows",
			     "bytes");
	for (uint32_t i = 0; i < ARRAY_SIZE(counts); i++) {
		double bytes = (double)(engine_bytes(counts[i]) - none) / counts[i];

		(void)printf(json ? "{\"suite\":\"memory\",\"flows\":%u,\"bytes\":%.1f}\n"
				  : "%8u  %.1f\n",
			     counts[i], bytes);
	}
}

/* ---- instructions ---- */

#ifdef CALLGRIND_ZERO_STATS

#define COUNTED_PACKETS 16384u

static void dump(const char *kind, uint32_t flows, uint32_t burst, const char *what)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%s %s-%u-burst%u %u", what, kind, flows, burst,
		       COUNTED_PACKETS);
	CALLGRIND_DUMP_STATS_AT(name);
}

static void count_scenario(const struct scenario *s)
{
	struct traffic_load load = load_of(s);
	struct traffic t;
	char kind[32];

	load.fixed_clock = true;
	load.capacity = 4096;
	traffic_open(&t, &load);
	traffic_run(&t, COUNTED_PACKETS, s->burst);
	CALLGRIND_ZERO_STATS;
	traffic_run(&t, COUNTED_PACKETS, s->burst);
	dump(kind_of(s, kind), s->flows, s->burst, "total");
	CALLGRIND_ZERO_STATS;
	traffic_generate(&t, COUNTED_PACKETS, s->burst);
	dump(kind, s->flows, s->burst, "generator");
	traffic_close(&t);
}

/* Tables that decide have changed: each flow is judged again at its next packet. */
static void count_again(const struct scenario *s)
{
	struct traffic_load load = load_of(s);
	struct publisher *publisher;
	struct generation *before;
	struct traffic t;
	char kind[32], again[40];

	load.fixed_clock = true;
	load.capacity = 4096;
	traffic_open(&t, &load);
	traffic_run(&t, COUNTED_PACKETS, s->burst);
	publisher = &t.engine.publisher;
	before = publisher->current;
	publisher->current = traffic_generation(&load.tables, before);
	generation_free(before);
	CALLGRIND_ZERO_STATS;
	traffic_run(&t, COUNTED_PACKETS, s->burst);
	(void)snprintf(again, sizeof(again), "again-%s", kind_of(s, kind));
	dump(again, s->flows, s->burst, "total");
	CALLGRIND_ZERO_STATS;
	traffic_generate(&t, COUNTED_PACKETS, s->burst);
	dump(again, s->flows, s->burst, "generator");
	traffic_close(&t);
}

static void count_new(const struct scenario *s)
{
	struct traffic_load load = load_of(s);
	struct traffic t;
	char kind[32], begin[40], end[40];

	(void)kind_of(s, kind);
	(void)snprintf(begin, sizeof(begin), "new-%s", kind);
	(void)snprintf(end, sizeof(end), "end-%s", kind);
	load.fixed_clock = true;
	load.capacity = COUNTED_PACKETS;
	load.flows = 0;
	traffic_open(&t, &load);
	traffic_make_new(&t, COUNTED_PACKETS);
	CALLGRIND_ZERO_STATS;
	traffic_run_out(&t, COUNTED_PACKETS, IO_BURST);
	dump(begin, COUNTED_PACKETS, IO_BURST, "total");
	CALLGRIND_ZERO_STATS;
	(void)traffic_expire(&t);
	dump(end, COUNTED_PACKETS, IO_BURST, "total");
	traffic_close(&t);
}

/* Clients of services, which leave with an address of ours as pods do. */
static void count_services(void)
{
	static const uint32_t counts[] = {10, 10000};

	for (uint32_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct scenario s = {.family = FAMILY_IP4,
				     .proto = IP_PROTO_UDP,
				     .translate = true,
				     .flows = 1000,
				     .entries = 10,
				     .burst = IO_BURST,
				     .services = counts[i]};

		count_scenario(&s);
		count_new(&s);
	}
}

static int count_instructions(void)
{
	count_services();
	for (uint32_t kind = 0; kind < 8; kind++) {
		struct scenario s = {.family = kind & 2 ? FAMILY_IP6 : FAMILY_IP4,
				     .proto = kind & 1 ? IP_PROTO_TCP : IP_PROTO_UDP,
				     .translate = !(kind & 4),
				     .flows = 1000,
				     .entries = 10,
				     .burst = IO_BURST};

		count_scenario(&s);
		if (kind > 1)
			continue;
		count_new(&s);
		count_again(&s);
		for (s.burst = 1; s.burst < IO_BURST; s.burst *= 4)
			count_scenario(&s);
	}
	return 0;
}

#else

static int count_instructions(void)
{
	(void)fprintf(stderr, "engine: built without valgrind/callgrind.h: install valgrind\n");
	return 1;
}

#endif

static const struct {
	const char *name;
	void (*run)(void);
} suites[] = {
	{"flows", suite_flows}, {"burst", suite_burst},	      {"policy", suite_policy},
	{"new", suite_new},	{"services", suite_services}, {"memory", suite_memory},
};

static int run_named(const char *name)
{
	bool found = false;

	for (uint32_t i = 0; i < ARRAY_SIZE(suites); i++) {
		if (name && strcmp(name, suites[i].name) != 0)
			continue;
		found = true;
		suites[i].run();
	}
	if (!found)
		(void)fprintf(
			stderr,
			"engine: no suite \"%s\": flows, burst, policy, new, services, memory\n",
			name);
	return found ? 0 : 2;
}

int main(int argc, char **argv)
{
	int option, err = 0;

	while ((option = getopt(argc, argv, "ijq")) != -1) {
		if (option == 'i')
			return count_instructions();
		if (option == '?') {
			(void)fprintf(stderr, "usage: engine [-i | [-j] [-q] [SUITE..]]\n");
			return 2;
		}
		json |= option == 'j';
		quick |= option == 'q';
	}
	if (optind == argc)
		return run_named(NULL);
	for (int i = optind; i < argc && !err; i++)
		err = run_named(argv[i]);
	return err;
}
