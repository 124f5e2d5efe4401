/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The life of the fast path as one state machine: looked for, adopted or started, watched, and
 * started again. It is one file because each of these names the next.
 */

#include "control/supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/fastpath_command.h"
#include "control/small_file.h"
#include "fastpath/base/log.h"

/* It was up, so it probably lives: connecting is all there is to do. */
#define AGAIN_NS (100 * REACTOR_MS)
/* A start touches all memory that the conf asks for, which can be many gigabytes. */
#define START_LIMIT_NS (60 * REACTOR_S)
#define CONNECT_NS     (10 * REACTOR_MS)
#define ADOPT_NS       (200 * REACTOR_MS)
#define STOP_NS	       (3 * REACTOR_S)

const char *supervise_state_name(enum supervise_state state)
{
	static const char *const names[] = {
		[SUPERVISE_DOWN] = "down",
		[SUPERVISE_STARTING] = "starting",
		[SUPERVISE_UP] = "up",
		[SUPERVISE_ENDED] = "ended",
	};

	return names[state];
}

static void connections_close(struct supervisor *s)
{
	if (fastpath_is_open(&s->requests)) {
		reactor_forget(s->reactor, s->requests.fd);
		fastpath_close(&s->requests);
	}
	if (fastpath_is_open(&s->events)) {
		reactor_forget(s->reactor, s->events.fd);
		fastpath_close(&s->events);
	}
}

static void retry_later(struct supervisor *s)
{
	if (s->mode == SUPERVISE_ADOPT) {
		reactor_timer_set(s->reactor, &s->timer, ADOPT_NS);
		return;
	}
	reactor_timer_set(s->reactor, &s->timer, child_pause(&s->child));
}

static void go_down(struct supervisor *s)
{
	bool was_up = s->state == SUPERVISE_UP;

	connections_close(s);
	if (s->state != SUPERVISE_ENDED)
		s->state = SUPERVISE_DOWN;
	if (was_up)
		s->hooks.down(s->hooks.arg);
}

static void process_ended(void *arg, pid_t pid, enum process_end how, const char *text)
{
	struct supervisor *s = arg;

	if (how == ENDED_BY_ITSELF && !s->was_ever_up && s->state != SUPERVISE_ENDED) {
		s->refused = true;
		s->state = SUPERVISE_ENDED;
	}
	if (s->state == SUPERVISE_ENDED) {
		log_info(s->refused ? "the fast path does not start, ending"
				    : "the fast path has ended");
		reactor_timer_clear(s->reactor, &s->timer);
		if (s->restarting) {
			s->restarting = false;
			s->state = SUPERVISE_DOWN;
			reactor_timer_set(s->reactor, &s->timer, 0);
		} else {
			s->hooks.ended(s->hooks.arg);
		}
		return;
	}
	s->child.deaths++;
	child_problem(&s->child, "the fast path, process %d, died%s", pid, text);
	go_down(s);
	retry_later(s);
}

void supervise_broken(struct supervisor *s, const char *why)
{
	if (s->state != SUPERVISE_UP)
		return;
	child_problem(&s->child, "%s", why);
	go_down(s);
	/* It may still be alive: the timer tries to connect first. Its death comes by the pidfd. */
	reactor_timer_set(s->reactor, &s->timer, AGAIN_NS);
}

static void events_ready(void *arg, uint32_t events)
{
	struct supervisor *s = arg;
	struct fastpath_error error = {""};
	int fd = s->events.fd;

	(void)events;
	if (fastpath_read_events(&s->events, &error)) {
		reactor_forget(s->reactor, fd);
		supervise_broken(s, error.text);
	}
}

/* Nothing comes unasked on this connection but its end. */
static void requests_ended(void *arg, uint32_t events)
{
	struct supervisor *s = arg;
	struct fastpath_error error = {""};
	int fd = s->requests.fd;

	(void)events;
	if (fastpath_read_events(&s->requests, &error)) {
		reactor_forget(s->reactor, fd);
		supervise_broken(s, error.text);
	}
}

static void options_compare(struct supervisor *s)
{
	const struct command_options options = {.socket = s->socket};
	struct fastpath_command command;
	struct command_error error = {""};
	char *running, *wanted;

	s->restart_needed = false;
	if (command_build(s->config, &options, &command, &error))
		return;
	wanted = command_text(&command);
	running = file_read(s->args_path);
	s->restart_needed = running && strcmp(running, wanted) != 0;
	if (s->restart_needed)
		log_warn("the running fast path was started with other options than %s asks for: "
			 "`sluicectl restart-fastpath' applies them",
			 s->config->path);
	free(running);
	free(wanted);
	command_free(&command);
}

void supervise_reconfigure(struct supervisor *s, const struct config *config)
{
	s->config = config;
	if (s->state == SUPERVISE_UP)
		options_compare(s);
}

/* 0 when both connections stand. */
static int connect_both(struct supervisor *s, struct fastpath_error *error)
{
	int err = fastpath_open(&s->requests, s->socket, error);

	/* One of another version cannot be talked to, but it can be ended. */
	if (err == -EPROTONOSUPPORT && s->child.pidfd < 0)
		(void)child_adopt(&s->child, s->requests.pid);
	if (err)
		return err;
	err = fastpath_open(&s->events, s->socket, error);
	if (!err)
		err = fastpath_subscribe(&s->events, s->subscribed, error);
	if (!err && s->child.pidfd < 0) {
		s->adopted = !s->child.starts;
		err = child_adopt(&s->child, s->requests.pid);
		if (err)
			(void)snprintf(error->text, sizeof(error->text), "process %d: %s",
				       s->requests.pid, strerror(-err));
	}
	if (!err)
		err = reactor_watch(s->reactor, s->requests.fd, EPOLLIN, requests_ended, s);
	if (!err)
		err = reactor_watch(s->reactor, s->events.fd, EPOLLIN, events_ready, s);
	if (err)
		connections_close(s);
	return err;
}

static void go_up(struct supervisor *s)
{
	reactor_timer_clear(s->reactor, &s->timer);
	s->events.on_events = s->hooks.events;
	s->events.arg = s->hooks.arg;
	s->state = SUPERVISE_UP;
	s->was_ever_up = true;
	child_up(&s->child);
	log_info("%s the fast path, process %d: %u workers, %u ports, %llu flows kept",
		 s->child.is_ours ? "connected to" : "adopted", s->child.pid,
		 s->requests.hello.workers, s->requests.hello.ports,
		 (unsigned long long)s->requests.hello.flows);
	options_compare(s);
	s->hooks.up(s->hooks.arg);
}

static int process_start(struct supervisor *s)
{
	const struct command_options options = {.socket = s->socket};
	struct fastpath_command command;
	struct command_error error = {""};
	char *text;
	int written, err = command_build(s->config, &options, &command, &error);

	if (err) {
		child_problem(&s->child, "%s", error.text);
		return err;
	}
	text = command_text(&command);
	err = child_start(&s->child, command.argv, error.text, sizeof(error.text));
	if (err) {
		child_problem(&s->child, "%s", error.text);
		goto free_command;
	}
	written = file_write(s->args_path, text, strlen(text));
	if (written)
		log_warn("%s: %s", s->args_path, strerror(-written));
free_command:
	free(text);
	command_free(&command);
	return err;
}

static void supervise_try(void *arg)
{
	struct supervisor *s = arg;
	struct fastpath_error error = {""};
	int err;

	if (s->state == SUPERVISE_ENDED) {
		/* Asked to end, and it did not; or there was none. */
		if (s->child.pidfd >= 0)
			child_signal(&s->child, SIGKILL);
		else
			s->hooks.ended(s->hooks.arg);
		return;
	}
	err = connect_both(s, &error);
	if (!err) {
		go_up(s);
		return;
	}
	if (s->state == SUPERVISE_STARTING && s->child.pidfd >= 0) {
		if (reactor_now_ns() - s->starting_ns > START_LIMIT_NS)
			child_problem(&s->child,
				      "the fast path has started but does not answer: %s",
				      error.text);
		reactor_timer_set(s->reactor, &s->timer, CONNECT_NS);
		return;
	}
	/* Somebody listens there: a second fast path would only fight for the same ports. */
	if (s->mode == SUPERVISE_ADOPT || (err != -ENOENT && err != -ECONNREFUSED) ||
	    s->child.pidfd >= 0) {
		child_problem(&s->child, "%s", error.text);
		retry_later(s);
		return;
	}
	if (process_start(s)) {
		retry_later(s);
		return;
	}
	s->state = SUPERVISE_STARTING;
	s->starting_ns = reactor_now_ns();
	reactor_timer_set(s->reactor, &s->timer, CONNECT_NS);
}

int supervise_open(struct supervisor *s, struct reactor *reactor, const struct config *config,
		   enum supervise_mode mode, const struct supervise_hooks *hooks)
{
	*s = (struct supervisor){
		.reactor = reactor,
		.config = config,
		.mode = mode,
		.hooks = *hooks,
		.requests.fd = -1,
		.events.fd = -1,
		.subscribed = 1u << EVENT_NEIGH,
		.socket = run_path(config, "fastpath.sock"),
		.args_path = run_path(config, "fastpath.args"),
		.timer = {.fn = supervise_try, .arg = s},
	};
	child_open(&s->child, reactor, process_ended, s);
	supervise_try(s);
	return 0;
}

void supervise_close(struct supervisor *s)
{
	reactor_timer_clear(s->reactor, &s->timer);
	connections_close(s);
	child_forget(&s->child);
	free(s->socket);
	free(s->args_path);
	s->socket = NULL;
	s->args_path = NULL;
}

void supervise_stop(struct supervisor *s, enum supervise_after after)
{
	struct fastpath_error error = {""};
	bool asked = fastpath_is_open(&s->requests) && fastpath_stop(&s->requests, &error) == 0;

	if (!asked)
		child_signal(&s->child, SIGTERM);
	go_down(s);
	s->child.backoff_ns = 0;
	s->restarting = after == SUPERVISE_THEN_START && s->child.pidfd >= 0;
	if (after == SUPERVISE_THEN_START && s->child.pidfd < 0) {
		reactor_timer_set(s->reactor, &s->timer, 0);
		return;
	}
	s->state = SUPERVISE_ENDED;
	reactor_timer_set(s->reactor, &s->timer, s->child.pidfd >= 0 ? STOP_NS : 0);
}

int supervise_subscribe(struct supervisor *s, uint32_t types, struct fastpath_error *error)
{
	uint32_t wanted = types | 1u << EVENT_NEIGH;
	int fd = s->events.fd, err;

	if (wanted == s->subscribed)
		return 0;
	s->subscribed = wanted;
	if (s->state != SUPERVISE_UP)
		return 0;
	err = fastpath_subscribe(&s->events, wanted, error);
	if (err && !fastpath_is_open(&s->events)) {
		reactor_forget(s->reactor, fd);
		supervise_broken(s, error->text);
	}
	return err;
}
