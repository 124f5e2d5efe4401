/* SPDX-License-Identifier: Apache-2.0 */

/*
 * sluice-health: asks backends whether they live, and tells balancers whether this gateway has
 * some. A process of its own, so that nothing which keeps sluiced busy can fail a check.
 */

#include <cap-ng.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "control/health/health_server.h"
#include "fastpath/base/log.h"

#define NOBODY 65534

static void usage(FILE *out)
{
	(void)fputs("usage: sluice-health --socket PATH [--log error|warn|info|debug]\n"
		    "                     [--keep-privileges]\n"
		    "\n"
		    "Runs the health checks that sluiced sends to the socket, and answers\n"
		    "healthCheckNodePorts. sluiced starts it when there is something to check.\n"
		    "Once its sockets are open it becomes nobody, unless told to keep its\n"
		    "privileges, which is for debuggers.\n",
		    out);
}

struct options {
	const char *socket;
	enum log_level level;
	bool keeps;
};

/* -1 to go on, else the exit status. */
static int options_read(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"socket", required_argument, NULL, 's'},    {"log", required_argument, NULL, 'l'},
		{"keep-privileges", no_argument, NULL, 'k'}, {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},	     {NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "s:h", longs, NULL)) != -1) {
		switch (option) {
		case 's':
			options->socket = optarg;
			break;
		case 'l':
			if (log_level_parse(optarg, &options->level) == 0)
				break;
			usage(stderr);
			return 2;
		case 'k':
			options->keeps = true;
			break;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		case 'v':
			(void)puts("sluice-health " SLUICE_VERSION);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (options->socket && optind == argc)
		return -1;
	usage(stderr);
	return 2;
}

static void signal_ready(void *arg, uint32_t events)
{
	(void)events;
	reactor_stop(arg);
}

static int signals_open(struct reactor *reactor, int *out)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	*out = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *out < 0 ? -errno : reactor_watch(reactor, *out, EPOLLIN, signal_ready, reactor);
}

/* What it reads from now on comes from strangers. */
static void privileges_drop(void)
{
	capng_clear(CAPNG_SELECT_BOTH);
	if (geteuid() == 0) {
		if (capng_change_id(NOBODY, NOBODY, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING))
			log_warn("the process cannot become nobody");
	} else if (capng_apply(CAPNG_SELECT_CAPS)) {
		log_warn("the process keeps its capabilities");
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		log_warn("the process cannot give up privileges");
}

int main(int argc, char **argv)
{
	struct options options = {.level = LOG_INFO};
	struct health_server_error error = {""};
	struct health_server *server = NULL;
	struct reactor *reactor = NULL;
	int status, signals = -1, err;

	log_open("sluice-health", LOG_INFO);
	status = options_read(argc, argv, &options);
	if (status >= 0)
		return status;
	log_open("sluice-health", options.level);
	err = reactor_open(&reactor);
	if (!err)
		err = signals_open(reactor, &signals);
	if (err) {
		log_error("cannot start: %s", strerror(-err));
		return EXIT_FAILURE;
	}
	err = health_server_open(&server, reactor, options.socket, &error);
	if (err) {
		log_error("%s", error.text);
		reactor_close(reactor);
		return EXIT_FAILURE;
	}
	if (!options.keeps)
		privileges_drop();
	err = reactor_run(reactor);
	if (err)
		log_error("waiting for events: %s", strerror(-err));
	health_server_close(server);
	reactor_close(reactor);
	(void)close(signals);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
