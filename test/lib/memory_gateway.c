/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/memory_gateway.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fastpath/base/check.h"
#include "fastpath/base/clock.h"

static void conf_write(const struct memory_gateway *g)
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

void memory_gateway_make(struct memory_gateway *g)
{
	*g = (struct memory_gateway){.directory = "/tmp/sluice-perf-XXXXXX"};
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

void memory_gateway_start(struct memory_gateway *g)
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
void memory_gateway_await(struct memory_gateway *g, struct memory_round *round)
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

void memory_gateway_end(struct memory_gateway *g)
{
	char command[128];
	int status;

	(void)kill(g->pid, SIGINT);
	(void)waitpid(g->pid, &status, 0);
	(void)fclose(g->log);
	(void)snprintf(command, sizeof(command), "rm -rf %s", g->directory);
	CHECK(system(command) == 0);
}

double resident_mb(pid_t pid)
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

double memory_gateway_busy_ms(const struct memory_gateway *g)
{
	return processor_ms(g->pid) + processor_ms(g->fastpath);
}

double memory_gateway_change(struct memory_gateway *g, const char *name,
			     void (*write)(FILE *out, const void *arg), const void *arg,
			     struct memory_round *round)
{
	char written[128], path[160];
	uint64_t start_ns;
	FILE *out;

	(void)snprintf(written, sizeof(written), "%s/one.new", g->directory);
	(void)snprintf(path, sizeof(path), "%s/%s", g->objects, name);
	out = fopen(written, "we");
	CHECK(out);
	write(out, arg);
	CHECK(fclose(out) == 0);
	start_ns = clock_now_ns();
	CHECK(rename(written, path) == 0);
	memory_gateway_await(g, round);
	return (double)(clock_now_ns() - start_ns) / 1e6;
}

static int compare_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median_of(double *values, uint32_t count)
{
	qsort(values, count, sizeof(*values), compare_double);
	return values[count / 2];
}

void number_tell(bool json, const char *what, double value, const char *unit)
{
	(void)printf(json ? "{\"what\": \"%s\", \"value\": %.3f, \"unit\": \"%s\"}\n"
			  : "%-34s %10.1f %s\n",
		     what, value, unit);
	(void)fflush(stdout);
}
