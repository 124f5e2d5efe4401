/* SPDX-License-Identifier: Apache-2.0 */

/*
 * sluiced: options, and what is done without staying.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/daemon.h"
#include "control/dry_run.h"
#include "control/fastpath_command.h"
#include "control/notify.h"
#include "fastpath/base/heap.h"
#include "fastpath/base/log.h"

#define CONF_DEFAULT "/etc/sluice/gateway.conf"

enum action {
	ACTION_RUN,
	ACTION_CHECK,
	ACTION_EXEC_FASTPATH,
};

struct options {
	const char *conf;
	enum action action;
	enum supervise_mode mode;
};

static void usage(FILE *out)
{
	(void)fputs(
		"usage: sluiced [-c CONF] [--check | --external-fastpath | --exec-fastpath]\n"
		"\n"
		"Reads the conf and the objects it names, starts sluice-fastpath and keeps it doing\n"
		"what they say. Stays in the foreground; logs to standard error.\n"
		"\n"
		"  -c, --conf FILE        the conf; without it " CONF_DEFAULT "\n"
		"      --check            read and compile everything, say what is wrong, change\n"
		"                         nothing; needs no privileges\n"
		"      --external-fastpath  connect to a fast path that somebody else starts and\n"
		"                         restarts (conf/sluice-fastpath.service)\n"
		"      --exec-fastpath    become the fast path that the conf asks for\n"
		"  -f, --foreground       as always; for those used to saying it\n"
		"  -h, --help\n"
		"      --version\n"
		"\n"
		"SIGHUP   reads conf and objects again.\n"
		"SIGTERM  ends sluiced; the fast path goes on with the tables it has, and the next\n"
		"         sluiced takes it over. `sluicectl shutdown' ends both.\n"
		"SIGINT   (Ctrl-C) ends both.\n",
		out);
}

/* -1 to go on, else the exit status. */
static int options_read(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"conf", required_argument, NULL, 'c'},
		{"check", no_argument, NULL, 'k'},
		{"external-fastpath", no_argument, NULL, 'e'},
		{"exec-fastpath", no_argument, NULL, 'x'},
		{"foreground", no_argument, NULL, 'f'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:fh", longs, NULL)) != -1) {
		switch (option) {
		case 'c':
			options->conf = optarg;
			break;
		case 'k':
			options->action = ACTION_CHECK;
			break;
		case 'e':
			options->mode = SUPERVISE_ADOPT;
			break;
		case 'x':
			options->action = ACTION_EXEC_FASTPATH;
			break;
		case 'f':
			break;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		case 'v':
			(void)puts("sluiced " SLUICE_VERSION);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind == argc)
		return -1;
	(void)fprintf(stderr, "sluiced: what is `%s'? --help says what there is\n", argv[optind]);
	return 2;
}

static int run(const struct options *options)
{
	struct daemon_error error = {""};
	struct daemon daemon;
	int err;

	err = daemon_open(&daemon, options->conf, options->mode, &error);
	if (err) {
		log_error("%s", error.text);
		return EXIT_FAILURE;
	}
	log_info("version %s, conf %s", SLUICE_VERSION, options->conf);
	notify_send("READY=1");
	err = reactor_run(daemon.reactor);
	notify_send("STOPPING=1");
	if (err)
		log_error("waiting for events: %s", strerror(-err));
	if (daemon.supervisor.refused)
		err = -ECHILD;
	daemon_close(&daemon);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options options = {.conf = CONF_DEFAULT};
	int status;

	heap_keep();
	log_open("sluiced", LOG_INFO);
	status = options_read(argc, argv, &options);
	if (status >= 0)
		return status;
	switch (options.action) {
	case ACTION_CHECK:
		return dry_run_check(options.conf);
	case ACTION_EXEC_FASTPATH:
		return dry_run_exec(options.conf);
	default:
		return run(&options);
	}
}
