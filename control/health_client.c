/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The life of sluice-health as one state machine: adopted or started, told what to check, heard,
 * and started again. It is one file because each of these names the next.
 */

#include "control/health_client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/fastpath_command.h"
#include "control/fastpath_spawn.h"
#include "control/health_set_form.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

#define BACKOFF_FIRST_NS (100 * REACTOR_MS)
#define BACKOFF_LAST_NS	 (5 * REACTOR_S)
#define GOOD_START_NS	 (10 * REACTOR_S)
#define CONNECT_NS	 (10 * REACTOR_MS)
#define ADOPT_NS	 (500 * REACTOR_MS)
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

static void PRINTF(2, 3) problem_set(struct health_client *h, const char *format, ...)
{
	char text[sizeof(h->problem)];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (strcmp(text, h->problem) != 0)
		log_error("%s", text);
	memcpy(h->problem, text, sizeof(text));
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

static void process_forget(struct health_client *h)
{
	if (h->pidfd >= 0) {
		reactor_forget(h->reactor, h->pidfd);
		(void)close(h->pidfd);
	}
	h->pidfd = -1;
	h->pid = 0;
	h->is_child = false;
}

static void retry_later(struct health_client *h)
{
	h->process = is_needed(h) ? HEALTH_PROCESS_DOWN : HEALTH_PROCESS_NONE;
	if (h->process == HEALTH_PROCESS_NONE || h->is_ending)
		return;
	if (h->mode == SUPERVISE_ADOPT) {
		reactor_timer_set(h->reactor, &h->timer, ADOPT_NS);
		return;
	}
	if (h->up_ns && reactor_now_ns() - h->up_ns > GOOD_START_NS)
		h->backoff_ns = 0;
	h->up_ns = 0;
	h->backoff_ns = h->backoff_ns ? h->backoff_ns * 2 : BACKOFF_FIRST_NS;
	if (h->backoff_ns > BACKOFF_LAST_NS)
		h->backoff_ns = BACKOFF_LAST_NS;
	reactor_timer_set(h->reactor, &h->timer, h->backoff_ns);
}

static void connection_broken(struct health_client *h, const char *why)
{
	problem_set(h, "sluice-health: %s", why);
	connection_close(h);
	/* It may still be alive: the timer connects first. Its death comes by the pidfd. */
	retry_later(h);
}

static void process_ended(void *arg, uint32_t events)
{
	struct health_client *h = arg;
	char how[96] = "";
	pid_t pid = h->pid;

	(void)events;
	if (h->is_child)
		(void)process_reap(pid, how, sizeof(how));
	process_forget(h);
	connection_close(h);
	if (h->is_ending)
		return;
	h->deaths++;
	problem_set(h, "sluice-health, process %d, died%s", pid, how);
	retry_later(h);
}

static void process_take(struct health_client *h, pid_t pid, bool is_child)
{
	if (h->pidfd >= 0)
		return;
	h->pidfd = process_watch(pid);
	if (h->pidfd < 0)
		return;
	if (reactor_watch(h->reactor, h->pidfd, EPOLLIN, process_ended, h)) {
		(void)close(h->pidfd);
		h->pidfd = -1;
		return;
	}
	h->pid = pid;
	h->is_child = is_child;
}

/* ---- what it says ---- */

static bool states_copy(struct health_client *h, const struct health_state_record *records,
			size_t count)
{
	bool changed = false;

	for (size_t i = 0; i < count; i++) {
		struct health_state_record *known = &h->states[records[i].index];
		const struct health_check_record *check = &h->set.checks[records[i].index];
		char addr[ADDR_TEXT_MAX];

		if (known->state != records[i].state) {
			changed = true;
			log_info("%s port %u is %s%s%s", addr_format(&check->addr, addr),
				 check->port, records[i].state == HEALTH_UP ? "up" : "down",
				 records[i].text[0] ? ": " : "", records[i].text);
		}
		*known = records[i];
	}
	return changed;
}

/* A descriptor with the states of every check of the set. */
static int states_read(struct health_client *h, int fd, bool *changed)
{
	size_t size = h->set.check_count * sizeof(struct health_state_record);
	void *bytes;
	int err = fd < 0 ? -EPROTO : health_memfd_read(fd, size, &bytes);

	if (err)
		return err;
	err = health_states_verify(bytes, h->set.check_count, h->set.check_count);
	if (!err)
		*changed = states_copy(h, bytes, h->set.check_count);
	free(bytes);
	return err;
}

/* One that was adopted: the set that it runs becomes ours until another is wanted. */
static int set_adopt(struct health_client *h, int fd, uint32_t number)
{
	struct health_set set;
	off_t size = lseek(fd, 0, SEEK_END);
	char text[160];
	uint8_t *copy;
	void *bytes = NULL;
	int err = size < 0 ? -EPROTO : health_memfd_read(fd, (size_t)size, &bytes);

	if (err)
		return err;
	err = health_set_verify(bytes, (size_t)size, &set, text, sizeof(text));
	if (err) {
		free(bytes);
		return -EPROTO;
	}
	/* As health_set_form() would write it. */
	copy = bytes;
	for (uint32_t i = 0; i < set.check_count; i++)
		copy[(const uint8_t *)&set.checks[i].state - (const uint8_t *)bytes] = HEALTH_UP;
	h->states = health_states_carry(&set, &(struct health_set){.check_count = 0}, NULL);
	h->set_bytes = bytes;
	h->set_size = (size_t)size;
	h->set = set;
	h->number = number;
	return 0;
}

static void set_send(struct health_client *h)
{
	struct health_set_msg head = {.number = h->number, .size = (uint32_t)h->set_size};
	size_t checks_at = sizeof(struct health_set_header);
	uint8_t *bytes = malloc(h->set_size);
	int fd, err;

	CHECK(bytes);
	memcpy(bytes, h->set_bytes, h->set_size);
	for (uint32_t i = 0; i < h->set.check_count; i++)
		bytes[checks_at + i * sizeof(struct health_check_record) +
		      offsetof(struct health_check_record, state)] = h->states[i].state;
	fd = health_memfd(bytes, h->set_size);
	free(bytes);
	err = fd < 0 ? fd : health_send(h->fd, HEALTH_SET, &head, sizeof(head), &fd, 1);
	if (fd >= 0)
		(void)close(fd);
	h->is_taken = false;
	if (err)
		connection_broken(h, strerror(-err));
}

static int hello_take(struct health_client *h, const struct health_hello *hello,
		      const struct health_message *m)
{
	bool changed = false;
	int err = 0;

	if (hello->version != HEALTH_VERSION) {
		log_info("sluice-health speaks version %u, this program %u: it is ended, for one "
			 "that does",
			 hello->version, HEALTH_VERSION);
		(void)health_send(h->fd, HEALTH_END, NULL, 0, NULL, 0);
		return -EPROTONOSUPPORT;
	}
	h->was_greeted = true;
	h->process = HEALTH_PROCESS_UP;
	h->up_ns = reactor_now_ns();
	h->problem[0] = '\0';
	if (!h->number && hello->number) {
		err = set_adopt(h, m->fds[0], hello->number);
		if (!err)
			err = states_read(h, m->fds[1], &changed);
		h->is_taken = !err;
	} else if (h->number) {
		set_send(h);
	}
	log_info("%s sluice-health, process %d", h->is_child ? "connected to" : "adopted", h->pid);
	return err;
}

static int taken_take(struct health_client *h, struct health_taken *taken, int fd)
{
	bool changed = false;
	int err;

	taken->text[sizeof(taken->text) - 1] = '\0';
	if (taken->number != h->number)
		return 0;
	if (taken->status) {
		problem_set(h, "sluice-health refuses the checks: %s", taken->text);
		return 0;
	}
	err = states_read(h, fd, &changed);
	h->is_taken = !err;
	if (changed)
		h->changed(h->arg);
	return err;
}

static int states_take(struct health_client *h, struct health_message *m)
{
	struct health_states_msg head;
	struct health_state_record *records;
	int err;

	memcpy(&head, m->body, sizeof(head));
	records = (struct health_state_record *)((uint8_t *)m->body + sizeof(head));
	if (head.count > HEALTH_STATES_BATCH ||
	    m->header.size != sizeof(head) + head.count * sizeof(*records))
		return -EPROTO;
	/* Those before TAKEN are of another set, whatever its number. */
	if (head.number != h->number || !h->is_taken)
		return 0;
	err = health_states_verify(records, head.count, h->set.check_count);
	if (!err && states_copy(h, records, head.count))
		h->changed(h->arg);
	return err;
}

static int message_take(struct health_client *h)
{
	struct health_message *m = &h->message;
	struct health_hello hello;
	struct health_taken taken;

	if (m->header.type == HEALTH_HELLO && m->header.size == sizeof(hello) && !h->was_greeted) {
		memcpy(&hello, m->body, sizeof(hello));
		return hello_take(h, &hello, m);
	}
	if (!h->was_greeted)
		return -EPROTO;
	if (m->header.type == HEALTH_TAKEN && m->header.size == sizeof(taken)) {
		memcpy(&taken, m->body, sizeof(taken));
		return taken_take(h, &taken, m->fds[0]);
	}
	if (m->header.type == HEALTH_STATES && m->header.size >= sizeof(struct health_states_msg))
		return states_take(h, m);
	return -EPROTO;
}

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
		err = message_take(h);
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
	process_take(h, pid, false);
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
	const struct fastpath_command command = {.argv = argv, .count = 5};
	struct command_error error = {""};
	pid_t pid;
	int err;

	if (!program) {
		problem_set(h, "sluice-health is not beside this program: nothing is checked");
		return -ENOENT;
	}
	(void)snprintf(level, sizeof(level), "%s", levels[h->config->log_level]);
	memcpy(argv, ((char *[]){program, option_socket, h->socket, option_log, level, NULL}),
	       6 * sizeof(char *));
	err = fastpath_spawn(&command, &pid, &error);
	free(program);
	if (err) {
		problem_set(h, "%s", error.text);
		return err;
	}
	h->starts++;
	process_take(h, pid, true);
	return 0;
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
	if (h->process == HEALTH_PROCESS_STARTING && h->pidfd >= 0) {
		reactor_timer_set(h->reactor, &h->timer, CONNECT_NS);
		return;
	}
	if (h->mode == SUPERVISE_ADOPT || (err != -ENOENT && err != -ECONNREFUSED) ||
	    h->pidfd >= 0) {
		problem_set(h, "sluice-health: %s: %s", h->socket, strerror(-err));
		retry_later(h);
		return;
	}
	if (process_start(h)) {
		retry_later(h);
		return;
	}
	h->process = HEALTH_PROCESS_STARTING;
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
		.pidfd = -1,
		.timer = {.fn = client_try, .arg = h},
	};
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
	process_forget(h);
	free(h->socket);
	free(h->set_bytes);
	free(h->states);
	*h = (struct health_client){.fd = -1, .pidfd = -1};
}

void health_client_end(struct health_client *h)
{
	if (!h->reactor || h->mode == SUPERVISE_ADOPT)
		return;
	h->is_ending = true;
	reactor_timer_clear(h->reactor, &h->timer);
	if (h->fd >= 0 && health_send(h->fd, HEALTH_END, NULL, 0, NULL, 0) == 0)
		return;
	if (h->pidfd >= 0)
		(void)syscall(SYS_pidfd_send_signal, h->pidfd, SIGTERM, NULL, 0);
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
	if (h->was_greeted)
		set_send(h);
	else if (h->fd < 0 && is_needed(h) && !h->timer.deadline_ns)
		reactor_timer_set(h->reactor, &h->timer, 0);
}
