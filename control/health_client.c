/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The life of sluice-health as one state machine: adopted or started, told what to check, heard,
 * and started again.
 */

#include "control/health_client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/fastpath_command.h"
#include "control/health_set_form.h"
#include "control/health_talk.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

#define CONNECT_NS (10 * REACTOR_MS)
#define ADOPT_NS   (500 * REACTOR_MS)
/* At our start only: what runs must be known before the first tables are compiled. */
#define HELLO_MS 1000

const char *health_process_name(enum health_process process)
{
	static const char *const names[] = {
		[HEALTH_PROCESS_NONE] = "not needed",
		[HEALTH_PROCESS_DOWN] = "down",
		[HEALTH_PROCESS_STARTING] = "starting",
		[HEALTH_PROCESS_UP] = "up",
	};

	return names[process];
}

static bool is_needed(const struct health_client *h)
{
	return h->set.check_count || h->set.node_count;
}

/* ---- connection and process, as they end ---- */

static void connection_close(struct health_client *h)
{
	if (h->fd < 0)
		return;
	reactor_forget(h->reactor, h->fd);
	(void)close(h->fd);
	h->fd = -1;
	h->was_greeted = false;
	h->is_taken = false;
}

static void retry_later(struct health_client *h)
{
	h->state = is_needed(h) ? HEALTH_PROCESS_DOWN : HEALTH_PROCESS_NONE;
	if (h->state == HEALTH_PROCESS_NONE || h->is_ending)
		return;
	if (h->mode == SUPERVISE_ADOPT) {
		reactor_timer_set(h->reactor, &h->timer, ADOPT_NS);
		return;
	}
	reactor_timer_set(h->reactor, &h->timer, child_pause(&h->child));
}

static void connection_broken(struct health_client *h, const char *why)
{
	child_problem(&h->child, "sluice-health: %s", why);
	connection_close(h);
	/* It may still be alive: the timer connects first. Its death comes by the pidfd. */
	retry_later(h);
}

static void process_ended(void *arg, pid_t pid, enum process_end how, const char *text)
{
	struct health_client *h = arg;

	(void)how;
	connection_close(h);
	if (h->is_ending)
		return;
	h->child.deaths++;
	child_problem(&h->child, "sluice-health, process %d, died%s", pid, text);
	retry_later(h);
}

/* ---- what it says ---- */

static void connection_ready(void *arg, uint32_t events)
{
	struct health_client *h = arg;
	int err = 0;

	(void)events;
	/* Bounded, so that a storm of states leaves time for everything else. */
	for (int i = 0; i < 64 && !err && h->fd >= 0; i++) {
		err = health_receive(h->fd, &h->message);
		if (err)
			break;
		err = health_message_take(h);
		health_message_close(&h->message);
	}
	if (!err || err == -EAGAIN || h->fd < 0)
		return;
	connection_broken(h, err == -EPROTO	  ? "it sent what is no message"
			     : err == -ECONNRESET ? "it has closed the connection"
						  : strerror(-err));
}

/* ---- connecting and starting ---- */

static int socket_connect(struct health_client *h, pid_t *pid)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct ucred peer;
	socklen_t size = sizeof(peer);
	int fd, err;

	if (strlen(h->socket) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, h->socket, strlen(h->socket) + 1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) {
		err = -errno;
		(void)close(fd);
		return err;
	}
	*pid = peer.pid;
	h->fd = fd;
	return 0;
}

/* 0 when the connection stands and the greeting is said; the answer comes by the reactor. */
static int client_connect(struct health_client *h)
{
	const struct health_hello hello = {.version = HEALTH_VERSION};
	pid_t pid = 0;
	int err = socket_connect(h, &pid);

	if (err)
		return err;
	if (h->child.pidfd < 0)
		(void)child_adopt(&h->child, pid);
	err = health_send(h->fd, HEALTH_HELLO, &hello, sizeof(hello), NULL, 0);
	if (!err)
		err = reactor_watch(h->reactor, h->fd, EPOLLIN, connection_ready, h);
	if (err)
		connection_close(h);
	return err;
}

static int process_start(struct health_client *h)
{
	static const char *const places[] = {"sluice-health", "../sbin/sluice-health"};
	static const char *const levels[] = {"error", "warn", "info", "debug"};
	char *program = program_beside(places, ARRAY_SIZE(places)), *argv[8];
	char option_socket[] = "--socket", option_log[] = "--log", level[8];
	char why[512];
	int err;

	if (!program) {
		child_problem(&h->child,
			      "sluice-health is not beside this program: nothing is checked");
		return -ENOENT;
	}
	(void)snprintf(level, sizeof(level), "%s", levels[h->config->log_level]);
	memcpy(argv, ((char *[]){program, option_socket, h->socket, option_log, level, NULL}),
	       6 * sizeof(char *));
	err = child_start(&h->child, argv, why, sizeof(why));
	free(program);
	if (err)
		child_problem(&h->child, "%s", why);
	return err;
}

static void client_try(void *arg)
{
	struct health_client *h = arg;
	int err;

	if (h->fd >= 0 || h->is_ending)
		return;
	err = client_connect(h);
	if (!err)
		return;
	if (h->state == HEALTH_PROCESS_STARTING && h->child.pidfd >= 0) {
		reactor_timer_set(h->reactor, &h->timer, CONNECT_NS);
		return;
	}
	if (h->mode == SUPERVISE_ADOPT || (err != -ENOENT && err != -ECONNREFUSED) ||
	    h->child.pidfd >= 0) {
		child_problem(&h->child, "sluice-health: %s: %s", h->socket, strerror(-err));
		retry_later(h);
		return;
	}
	if (process_start(h)) {
		retry_later(h);
		return;
	}
	h->state = HEALTH_PROCESS_STARTING;
	reactor_timer_set(h->reactor, &h->timer, CONNECT_NS);
}

/* ---- what others call ---- */

void health_client_open(struct health_client *h, struct reactor *reactor,
			const struct config *config, enum supervise_mode mode,
			health_changed_fn *changed, void *arg)
{
	struct pollfd ready = {.events = POLLIN};

	*h = (struct health_client){
		.reactor = reactor,
		.config = config,
		.mode = mode,
		.changed = changed,
		.arg = arg,
		.socket = run_path(config, "health.sock"),
		.fd = -1,
		.timer = {.fn = client_try, .arg = h},
	};
	child_open(&h->child, reactor, process_ended, h);
	if (client_connect(h))
		return;
	ready.fd = h->fd;
	if (poll(&ready, 1, HELLO_MS) > 0)
		connection_ready(h, EPOLLIN);
	else
		connection_broken(h, "it does not answer");
}

void health_client_close(struct health_client *h)
{
	if (!h->reactor)
		return;
	reactor_timer_clear(h->reactor, &h->timer);
	connection_close(h);
	child_forget(&h->child);
	free(h->socket);
	free(h->set_bytes);
	free(h->states);
	*h = (struct health_client){.fd = -1, .child.pidfd = -1};
}

void health_client_end(struct health_client *h)
{
	if (!h->reactor || h->mode == SUPERVISE_ADOPT)
		return;
	h->is_ending = true;
	reactor_timer_clear(h->reactor, &h->timer);
	if (h->fd >= 0 && health_send(h->fd, HEALTH_END, NULL, 0, NULL, 0) == 0)
		return;
	child_signal(&h->child, SIGTERM);
}

void health_client_want(struct health_client *h, const struct images *images)
{
	struct health_state_record *states;
	struct health_set set;
	size_t size;
	void *bytes = health_set_form(images, &size, &set);

	if (h->number && size == h->set_size && memcmp(bytes, h->set_bytes, size) == 0) {
		free(bytes);
		return;
	}
	if (!h->number && !set.check_count && !set.node_count) {
		free(bytes);
		return;
	}
	states = health_states_carry(&set, &h->set, h->states);
	free(h->states);
	free(h->set_bytes);
	h->states = states;
	h->set_bytes = bytes;
	h->set_size = size;
	h->set = set;
	if (!++h->number)
		h->number = 1;
	if (h->was_greeted) {
		int err = health_set_send(h);

		if (err)
			connection_broken(h, strerror(-err));
	} else if (h->fd < 0 && is_needed(h) && !h->timer.deadline_ns) {
		reactor_timer_set(h->reactor, &h->timer, 0);
	}
}
