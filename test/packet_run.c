/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Runs packet scripts: packet-run [-v] [-b BURST] [-w WORKERS] FILE or DIRECTORY...
 *
 * Each script runs with bursts of 1, 3 and 64 packets and with one and two workers; what it
 * expects must hold in all of them. One of the runs begins shortly before the flows' clock wraps
 * around. Prints one line a script, TAP-like, and errors as file:line.
 *
 * -c DIRECTORY writes the frames of each script there, as inputs for fuzz_pipeline.
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/lib/script_run.h"

#define USUAL_START_NS 5000000000000ull
/* 20 seconds before the 32-bit tick wraps. */
#define WRAP_START_NS ((1ull << 52) - 20000000000ull)

struct totals {
	unsigned int passed, failed;
	bool verbose;
	uint32_t only_burst, only_workers;
	const char *corpus; /* directory */
};

static uint32_t permutations(const struct script *s)
{
	uint32_t n = 1;

	for (uint32_t i = 2; i <= s->permute_count; i++)
		n *= i;
	return n;
}

static int run_variant(const struct script *s, const struct run_variant *v)
{
	static struct run run;
	unsigned int line;

	if (script_run(&run, s, v, &line) == 0)
		return 0;
	printf("# %s:%u: (burst %u, workers %u", s->path, line, v->burst, v->workers);
	if (s->permute_count)
		printf(", order %u", v->permutation);
	printf(") %s\n", run.error.text);
	return -1;
}

static FILE *corpus_open(const char *directory, const char *script)
{
	const char *name = strrchr(script, '/');
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name ? name + 1 : script);
	return fopen(path, "w");
}

static int run_workers(const struct script *s, const struct totals *t, uint32_t workers)
{
	static const uint32_t bursts[] = {1, 3, 64};

	for (size_t i = 0; i < ARRAY_SIZE(bursts); i++) {
		struct run_variant v = {.burst = bursts[i],
					.workers = workers,
					.start_ns =
						bursts[i] == 3 ? WRAP_START_NS : USUAL_START_NS};

		if (t->only_burst && t->only_burst != bursts[i])
			continue;
		if (t->corpus && i == 0 && workers == 1)
			v.corpus = corpus_open(t->corpus, s->path);
		for (; v.permutation < permutations(s); v.permutation++) {
			if (run_variant(s, &v))
				return -1;
			if (v.corpus)
				(void)fclose(v.corpus);
			v.corpus = NULL;
		}
	}
	return 0;
}

static void run_file(struct totals *t, const char *path)
{
	struct script script;
	struct script_error error;
	int err = script_load(path, &script, &error);

	if (err)
		printf("# %s\n", error.text);
	for (uint32_t workers = 1; workers <= 2 && !err; workers++) {
		if ((script.workers && script.workers != workers) ||
		    (t->only_workers && t->only_workers != workers))
			continue;
		err = run_workers(&script, t, workers);
	}
	script_free(&script);
	if (err)
		t->failed++;
	else
		t->passed++;
	if (err || t->verbose)
		printf("%s %u - %s\n", err ? "not ok" : "ok", t->passed + t->failed, path);
	(void)fflush(stdout);
}

static int is_script(const struct dirent *e)
{
	size_t size = strlen(e->d_name);

	return e->d_name[0] != '.' &&
	       (e->d_type == DT_DIR || (size > 2 && strcmp(e->d_name + size - 2, ".t") == 0));
}

static void run_path(struct totals *t, const char *path)
{
	struct dirent **entries;
	struct stat st;
	int count;

	if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
		run_file(t, path);
		return;
	}
	count = scandir(path, &entries, is_script, alphasort);
	for (int i = 0; i < count; i++) {
		char name[4096];

		(void)snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		run_path(t, name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

int main(int argc, char **argv)
{
	struct totals t = {0};
	int option;

	while ((option = getopt(argc, argv, "vb:w:c:")) != -1) {
		switch (option) {
		case 'v':
			t.verbose = true;
			break;
		case 'b':
			t.only_burst = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'w':
			t.only_workers = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'c':
			t.corpus = optarg;
			break;
		default:
			(void)fprintf(
				stderr,
				"usage: packet-run [-v] [-b 1|3|64] [-w 1|2] [-c DIRECTORY] FILE...\n");
			return 2;
		}
	}
	if (optind == argc)
		run_path(&t, "test/packet");
	for (; optind < argc; optind++)
		run_path(&t, argv[optind]);
	printf("%u scripts passed, %u failed\n", t.passed, t.failed);
	return t.failed || !t.passed;
}
