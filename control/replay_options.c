/* SPDX-License-Identifier: Apache-2.0 */

#include "control/replay_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fastpath/base/check.h"

static void usage(FILE *out)
{
	(void)fputs(
		"usage: sluice-replay -c CONF [--objects DIR] --in PORT=FILE.pcap ... [--out DIR]\n"
		"\n"
		"Runs capture files through the fast path, with their own clock: what would this conf\n"
		"and these objects have done with this traffic? Needs no privileges and no network.\n"
		"\n"
		"  -c, --conf FILE        a conf with a `static' group: links, routes and neighbours\n"
		"                         come from it\n"
		"      --objects DIR      objects, instead of those the conf names\n"
		"  -i, --in PORT=FILE     packets that come in by this port of the conf\n"
		"      --out DIR          writes PORT.pcap there for each port: what went out by it\n"
		"  -h, --help\n"
		"      --version\n"
		"\n"
		"Standard output: one line of JSON for each packet that was dropped, with its reason\n"
		"and the object and line that decided. Standard error: a summary.\n",
		out);
}

static int option_take(struct replay_options *options, int option, const char *text)
{
	switch (option) {
	case 'c':
		options->conf = text;
		return -1;
	case 'b':
		options->objects = text;
		return -1;
	case 'u':
		options->out = text;
		return -1;
	case 'i':
		if (options->in_count == CONFIG_PORTS_MAX) {
			(void)fprintf(stderr, "sluice-replay: more than %d --in\n",
				      CONFIG_PORTS_MAX);
			return 2;
		}
		options->in[options->in_count++] = text;
		return -1;
	case 'h':
		usage(stdout);
		return EXIT_SUCCESS;
	case 'v':
		(void)puts("sluice-replay " SLUICE_VERSION);
		return EXIT_SUCCESS;
	default:
		usage(stderr);
		return 2;
	}
}

int replay_options_read(int argc, char **argv, struct replay_options *options)
{
	static const struct option longs[] = {
		{"conf", required_argument, NULL, 'c'},
		{"objects", required_argument, NULL, 'b'},
		{"in", required_argument, NULL, 'i'},
		{"out", required_argument, NULL, 'u'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},
		{NULL, 0, NULL, 0},
	};
	int option, status;

	while ((option = getopt_long(argc, argv, "c:i:h", longs, NULL)) != -1) {
		status = option_take(options, option, optarg);
		if (status >= 0)
			return status;
	}
	if (optind != argc) {
		(void)fprintf(stderr, "sluice-replay: what is `%s'? --help says what there is\n",
			      argv[optind]);
		return 2;
	}
	if (!options->conf || !options->in_count) {
		(void)fputs("sluice-replay: needs --conf and at least one --in\n", stderr);
		return 2;
	}
	return -1;
}

static int PRINTF(3, 4) refuse(struct command_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return err;
}

static int capture_in(const char *text, const struct config *config,
		      struct capture_port captures[CONFIG_PORTS_MAX], struct command_error *error)
{
	const char *equals = strchr(text, '=');
	size_t size = equals ? (size_t)(equals - text) : 0;

	if (!equals)
		return refuse(error, -EINVAL, "--in %s: must be PORT=FILE", text);
	if (access(equals + 1, R_OK) < 0)
		return refuse(error, -errno, "%s: %s", equals + 1, strerror(errno));
	for (size_t i = 0; i < config->port_count; i++) {
		if (strncmp(config->ports[i].name, text, size) != 0 || config->ports[i].name[size])
			continue;
		if (captures[i].in)
			return refuse(error, -EINVAL, "--in: port %s stands there twice",
				      config->ports[i].name);
		captures[i].in = strdup(equals + 1);
		CHECK(captures[i].in);
		return 0;
	}
	return refuse(error, -EINVAL, "--in %s: %s has no port `%.*s'", text, config->path,
		      (int)size, text);
}

int replay_captures(const struct replay_options *options, const struct config *config,
		    struct capture_port captures[CONFIG_PORTS_MAX], struct command_error *error)
{
	int err = 0;

	memset(captures, 0, CONFIG_PORTS_MAX * sizeof(*captures));
	for (size_t i = 0; i < options->in_count && !err; i++)
		err = capture_in(options->in[i], config, captures, error);
	if (!err && options->out && mkdir(options->out, 0777) < 0 && errno != EEXIST)
		err = refuse(error, -errno, "%s: %s", options->out, strerror(errno));
	for (size_t i = 0; i < config->port_count && !err && options->out; i++) {
		char *path;

		CHECK(asprintf(&path, "%s/%s.pcap", options->out, config->ports[i].name) >= 0);
		captures[i].out = path;
	}
	if (err)
		replay_captures_free(captures);
	return err;
}

void replay_captures_free(struct capture_port captures[CONFIG_PORTS_MAX])
{
	for (size_t i = 0; i < CONFIG_PORTS_MAX; i++) {
		free(captures[i].in);
		free(captures[i].out);
		captures[i] = (struct capture_port){.in = NULL};
	}
}
