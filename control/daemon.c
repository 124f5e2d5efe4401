/* SPDX-License-Identifier: Apache-2.0 */

#include "control/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/fastpath_command.h"
#include "control/serve/server.h"
#include "fastpath/base/attr.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

static int PRINTF(3, 4) refuse(struct daemon_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return err;
}

/* ---- from the fast path ---- */

static void fastpath_up(void *arg)
{
	struct daemon *d = arg;

	reconcile_up(&d->reconcile);
}

static void fastpath_down(void *arg)
{
	struct daemon *d = arg;

	reconcile_down(&d->reconcile);
}

static void fastpath_ended(void *arg)
{
	struct daemon *d = arg;

	health_client_end(&d->backends.health);
	reactor_stop(d->reactor);
}

static void fastpath_events(void *arg, const struct event *events, size_t count)
{
	struct daemon *d = arg;

	for (size_t i = 0; i < count; i++) {
		if (events[i].type == EVENT_NEIGH)
			reconcile_resolve(&d->reconcile, events[i].port_out, &events[i].wire.dst);
	}
	if (d->server)
		server_events(d->server, events, count);
}

/* ---- conf ---- */

static char *start_options(const struct config *config)
{
	const struct command_options options = {.socket = ""};
	struct fastpath_command command;
	struct command_error error = {""};
	char *text;

	if (command_build(config, &options, &command, &error))
		return NULL;
	text = command_text(&command);
	command_free(&command);
	return text;
}

static bool text_equal(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Whether the new conf can be taken while the fast path runs. */
static bool is_live_change(const struct config *old, const struct config *new)
{
	char *a = start_options(old), *b = start_options(new);
	bool same = text_equal(a, b) && text_equal(old->run_directory, new->run_directory) &&
		    text_equal(old->objects, new->objects) && old->is_static == new->is_static;

	free(a);
	free(b);
	return same;
}

static void config_discard(struct config *config)
{
	if (!config)
		return;
	config_free(config);
	free(config);
}

/* The mirror keeps its pointer to the conf, so the struct stays and its contents change. */
static void config_take(struct daemon *d, struct config *fresh)
{
	struct config old = *d->config;

	*d->config = *fresh;
	*fresh = old;
	log_open("sluiced", d->config->log_level);
	reconcile_reconfigure(&d->reconcile, d->config);
	supervise_reconfigure(&d->supervisor, d->config);
	wg_control_take(&d->wg, d->config);
}

static int config_reload(struct daemon *d, struct daemon_error *error)
{
	struct config *fresh = calloc(1, sizeof(*fresh));
	struct config_error why = {""};
	int err;

	CHECK(fresh);
	err = config_load(d->conf_path, fresh, &why);
	if (err) {
		free(fresh);
		fresh = NULL;
	} else {
		err = wg_control_prepare(&d->wg, fresh, &why);
	}
	if (err) {
		config_discard(fresh);
		(void)snprintf(d->conf_problem, sizeof(d->conf_problem), "%s", why.text);
		log_error("%s", why.text);
		return refuse(error, err, "%s", why.text);
	}
	d->conf_problem[0] = '\0';
	config_discard(d->next_config);
	d->next_config = NULL;
	if (is_live_change(d->config, fresh)) {
		config_take(d, fresh);
		config_discard(fresh);
		return 0;
	}
	log_warn("%s asks for other ports, sizes or paths: none of it is applied until sluiced and "
		 "the fast path are started again",
		 d->conf_path);
	d->next_config = fresh;
	return 0;
}

int daemon_reload(struct daemon *d, struct daemon_error *error)
{
	struct reconcile_error why = {""};
	int err = config_reload(d, error);

	if (err)
		return err;
	err = reconcile_now(&d->reconcile, RECONCILE_OBJECTS, &why);
	return err ? refuse(error, err, "%s", why.text) : 0;
}

void daemon_restart_fastpath(struct daemon *d)
{
	supervise_stop(&d->supervisor, SUPERVISE_THEN_START);
}

void daemon_shutdown(struct daemon *d)
{
	log_info("ending, and the fast path with us");
	d->is_ending = true;
	supervise_stop(&d->supervisor, SUPERVISE_THEN_END);
}

/* ---- signals ---- */

/*
 * SIGTERM is how a service manager restarts or upgrades us: traffic must not notice, so the
 * fast path stays. SIGINT is a person at the terminal: what was started together ends together.
 */
static void signal_ready(void *arg, uint32_t events)
{
	struct daemon *d = arg;
	struct signalfd_siginfo info;
	struct daemon_error error = {""};

	(void)events;
	if (read(d->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGHUP:
		log_info("reading conf and objects again");
		if (config_reload(d, &error) == 0)
			reconcile_soon(&d->reconcile, RECONCILE_OBJECTS, 0);
		break;
	case SIGINT:
		if (d->is_ending || d->supervisor.mode == SUPERVISE_ADOPT)
			reactor_stop(d->reactor);
		else
			daemon_shutdown(d);
		break;
	default:
		log_info("ending; the fast path goes on with the tables it has");
		reactor_stop(d->reactor);
	}
}

static int signals_open(struct daemon *d)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	d->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (d->signal_fd < 0)
		return -errno;
	return reactor_watch(d->reactor, d->signal_fd, EPOLLIN, signal_ready, d);
}

/* ---- start and end ---- */

static int directory_make(const char *path)
{
	struct stat st;

	if (mkdir(path, 0750) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

/* One sluiced for a run directory; the lock ends with the process, however it ends. */
static int lock_take(struct daemon *d, struct daemon_error *error)
{
	char *path;
	int err = directory_make(d->config->run_directory);

	if (err)
		return refuse(error, err, "run directory %s: %s", d->config->run_directory,
			      strerror(-err));
	path = run_path(d->config, "sluiced.lock");
	d->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (d->lock_fd < 0)
		err = refuse(error, -errno, "%s: %s", path, strerror(errno));
	else if (flock(d->lock_fd, LOCK_EX | LOCK_NB) < 0)
		err = refuse(error, -EBUSY, "another sluiced uses %s", d->config->run_directory);
	free(path);
	return err;
}

static void health_changed(void *arg)
{
	struct daemon *d = arg;

	reconcile_backends(&d->reconcile);
}

static void directory_changed(void *arg)
{
	struct daemon *d = arg;

	reconcile_soon(&d->reconcile, RECONCILE_OBJECTS, 0);
}

static int parts_open(struct daemon *d, enum supervise_mode mode, struct daemon_error *error)
{
	const struct supervise_hooks hooks = {
		.up = fastpath_up,
		.down = fastpath_down,
		.ended = fastpath_ended,
		.events = fastpath_events,
		.arg = d,
	};
	struct reconcile_error why = {""};
	struct config_error conf_error = {""};
	char *path;
	int err = reconcile_open(&d->reconcile, d->reactor, &d->supervisor, d->config, &why);

	if (err)
		return refuse(error, err, "%s", why.text);
	backends_open(&d->backends, d->reactor, d->config, mode, health_changed, d);
	d->reconcile.backends = &d->backends;
	err = wg_control_open(&d->wg, &d->reconcile, d->config, &conf_error);
	if (err)
		return refuse(error, err, "%s", conf_error.text);
	path = run_path(d->config, "sluiced.sock");
	err = server_open(&d->server, d, path, NULL);
	if (err)
		(void)refuse(error, err, "%s: %s", path, strerror(-err));
	free(path);
	if (!err && d->config->objects && d->config->objects[0]) {
		err = watch_open(&d->watch, d->reactor, d->config->objects, directory_changed, d);
		if (err)
			(void)refuse(error, err, "watching %s: %s", d->config->objects,
				     strerror(-err));
	}
	if (!err)
		err = supervise_open(&d->supervisor, d->reactor, d->config, mode, &hooks);
	/* Objects that are wrong are told of at once, not when the fast path is there. */
	if (!err && d->supervisor.state != SUPERVISE_UP)
		reconcile_soon(&d->reconcile, RECONCILE_OBJECTS, 0);
	return err;
}

int daemon_open(struct daemon *d, const char *conf_path, enum supervise_mode mode,
		struct daemon_error *error)
{
	struct config_error why = {""};
	int err;

	*d = (struct daemon){
		.conf_path = conf_path,
		.config = calloc(1, sizeof(*d->config)),
		.lock_fd = -1,
		.signal_fd = -1,
		.started_ns = reactor_now_ns(),
	};
	CHECK(d->config);
	err = config_load(conf_path, d->config, &why);
	if (err) {
		free(d->config);
		d->config = NULL;
		return refuse(error, err, "%s", why.text);
	}
	log_open("sluiced", d->config->log_level);
	/* Private keys pass through our memory: it is in no core dump. */
	if (d->config->wireguard.enabled)
		(void)prctl(PR_SET_DUMPABLE, 0);
	err = lock_take(d, error);
	if (err)
		goto close;
	err = reactor_open(&d->reactor);
	if (!err)
		err = signals_open(d);
	if (err) {
		(void)refuse(error, err, "cannot start: %s", strerror(-err));
		goto close;
	}
	err = parts_open(d, mode, error);
	if (err)
		goto close;
	return 0;

close:
	daemon_close(d);
	return err;
}

void daemon_close(struct daemon *d)
{
	server_close(d->server);
	d->server = NULL;
	watch_close(&d->watch);
	if (d->supervisor.reactor)
		supervise_close(&d->supervisor);
	wg_control_close(&d->wg);
	reconcile_close(&d->reconcile);
	backends_close(&d->backends);
	if (d->signal_fd >= 0)
		(void)close(d->signal_fd);
	if (d->lock_fd >= 0)
		(void)close(d->lock_fd);
	reactor_close(d->reactor);
	config_discard(d->next_config);
	config_discard(d->config);
	*d = (struct daemon){.lock_fd = -1, .signal_fd = -1};
}
