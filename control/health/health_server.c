/* SPDX-License-Identifier: Apache-2.0 */

#include "control/health/health_server.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/health/checks.h"
#include "control/health/health_msg.h"
#include "control/health/node_answers.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

struct health_server {
	struct reactor *reactor;
	uint64_t started_ns;
	int listener; /* -1: none */
	int client;   /* -1: nobody is connected */
	bool was_greeted;
	bool is_blocked; /* the client reads too slowly: EPOLLOUT is awaited */
	struct reactor_timer tell;
	struct checks *checks;
	struct node_answers *answers;
	/* the set that is being run */
	uint32_t number; /* 0: none */
	int set_fd;
	uint32_t set_size;
	void *set_bytes;
	struct health_message message;
};

static void client_close(struct health_server *s)
{
	if (s->client < 0)
		return;
	reactor_forget(s->reactor, s->client);
	(void)close(s->client);
	s->client = -1;
	s->was_greeted = false;
	s->is_blocked = false;
}

static void client_refuse(struct health_server *s, const char *why)
{
	log_warn("the connection to sluiced is closed: %s", why);
	client_close(s);
}

/* ---- states ---- */

static struct health_state_record record_of(struct check *check)
{
	struct health_state_record record = {
		.index = check->index,
		.state = check->verdict.state,
		.known = check->verdict.known,
		.streak = check->verdict.streak,
		.since_ns = check->verdict.since_ns,
	};

	memcpy(record.text, check->text, sizeof(record.text));
	check->is_dirty = false;
	return record;
}

/* All states as a descriptor, or -errno. */
static int states_memfd(const struct health_server *s)
{
	size_t count = checks_count(s->checks);
	struct health_state_record *records = calloc(count + 1, sizeof(*records));
	int fd;

	CHECK(records);
	for (size_t i = 0; i < count; i++)
		records[i] = record_of(check_at(s->checks, i));
	fd = health_memfd(records, count * sizeof(*records));
	free(records);
	return fd;
}

static void client_blocked(struct health_server *s)
{
	s->is_blocked = true;
	if (reactor_change(s->reactor, s->client, EPOLLIN | EPOLLOUT))
		client_refuse(s, "it cannot be waited for");
}

static int batch_send(struct health_server *s, struct health_states_msg *head,
		      struct health_state_record *records)
{
	struct {
		struct health_states_msg head;
		struct health_state_record records[HEALTH_STATES_BATCH];
	} body = {.head = *head};
	int err;

	memcpy(body.records, records, head->count * sizeof(*records));
	err = health_send(s->client, HEALTH_STATES, &body,
			  sizeof(body.head) + head->count * sizeof(*records), NULL, 0);
	if (!err)
		return 0;
	for (uint32_t i = 0; i < head->count; i++)
		check_at(s->checks, records[i].index)->is_dirty = true;
	if (err == -EAGAIN)
		client_blocked(s);
	else
		client_refuse(s, strerror(-err));
	return err;
}

static void states_tell(void *arg)
{
	struct health_server *s = arg;
	struct health_state_record records[HEALTH_STATES_BATCH];
	struct health_states_msg head = {.number = s->number};

	if (s->client < 0 || !s->was_greeted || s->is_blocked)
		return;
	for (size_t i = 0; i < checks_count(s->checks); i++) {
		struct check *check = check_at(s->checks, i);

		if (check->is_dirty)
			records[head.count++] = record_of(check);
		if (head.count < HEALTH_STATES_BATCH)
			continue;
		if (batch_send(s, &head, records))
			return;
		head.count = 0;
	}
	if (head.count)
		(void)batch_send(s, &head, records);
}

static void state_changed(void *arg)
{
	struct health_server *s = arg;

	reactor_timer_hurry(s->reactor, &s->tell, 0);
}

/* ---- what sluiced says ---- */

static void send_or_close(struct health_server *s, enum health_msg_type type, const void *body,
			  size_t size, const int *fds, size_t fd_count)
{
	int err = health_send(s->client, type, body, size, fds, fd_count);

	/* Also when it is full: a client that asks and does not read is none of ours. */
	if (err)
		client_refuse(s, strerror(-err));
}

static void hello_answer(struct health_server *s)
{
	struct health_hello hello = {
		.version = HEALTH_VERSION,
		.number = s->number,
		.started_ns = s->started_ns,
	};
	int fds[HEALTH_FDS_MAX] = {s->set_fd, -1};

	if (s->number)
		fds[1] = states_memfd(s);
	if (s->number && fds[1] < 0) {
		client_refuse(s, strerror(-fds[1]));
		return;
	}
	s->was_greeted = true;
	send_or_close(s, HEALTH_HELLO, &hello, sizeof(hello), fds, s->number ? 2 : 0);
	if (fds[1] >= 0)
		(void)close(fds[1]);
}

static void PRINTF(4, 5)
	set_refuse(struct health_server *s, uint32_t number, int err, const char *format, ...)
{
	struct health_taken taken = {.number = number, .status = err};
	va_list args;

	va_start(args, format);
	(void)vsnprintf(taken.text, sizeof(taken.text), format, args);
	va_end(args);
	log_warn("a set of checks is refused: %s", taken.text);
	send_or_close(s, HEALTH_TAKEN, &taken, sizeof(taken), NULL, 0);
}

static void set_run(struct health_server *s, const struct health_set_msg *head, int fd, void *bytes,
		    const struct health_set *set)
{
	struct health_taken taken = {.number = head->number};
	int states;

	checks_replace(s->checks, set);
	node_answers_replace(s->answers, set);
	if (s->set_fd >= 0)
		(void)close(s->set_fd);
	free(s->set_bytes);
	s->set_bytes = bytes;
	s->set_fd = fd;
	s->set_size = head->size;
	s->number = head->number;
	log_info("set %u: %u checks, %u node health ports", head->number, set->check_count,
		 set->node_count);
	states = states_memfd(s);
	if (states < 0) {
		client_refuse(s, strerror(-states));
		return;
	}
	send_or_close(s, HEALTH_TAKEN, &taken, sizeof(taken), &states, 1);
	(void)close(states);
}

/* The descriptor is kept: it is how a sluiced that comes back learns what is run. */
static void set_take(struct health_server *s, const struct health_set_msg *head, int fd)
{
	struct health_set set;
	char text[200];
	void *bytes;
	int err = health_memfd_read(fd, head->size, &bytes);

	if (err) {
		(void)close(fd);
		set_refuse(s, head->number, err, "it cannot be read: %s", strerror(-err));
		return;
	}
	err = health_set_verify(bytes, head->size, &set, text, sizeof(text));
	if (err) {
		(void)close(fd);
		free(bytes);
		set_refuse(s, head->number, err, "%s", text);
		return;
	}
	set_run(s, head, fd, bytes, &set);
}

static void message_take(struct health_server *s)
{
	struct health_message *m = &s->message;
	const bool has_fd = m->fds[0] >= 0 && m->fds[1] < 0;
	struct health_set_msg head;
	struct health_hello hello;

	if (m->header.type == HEALTH_HELLO && m->header.size == sizeof(hello) && !s->was_greeted) {
		memcpy(&hello, m->body, sizeof(hello));
		if (hello.version != HEALTH_VERSION)
			log_warn("sluiced speaks version %u, this program %u", hello.version,
				 HEALTH_VERSION);
		hello_answer(s);
	} else if (m->header.type == HEALTH_SET && m->header.size == sizeof(head) &&
		   s->was_greeted && has_fd) {
		int fd = m->fds[0];

		m->fds[0] = -1;
		memcpy(&head, m->body, sizeof(head));
		if (head.number)
			set_take(s, &head, fd);
		else
			(void)close(fd);
	} else if (m->header.type == HEALTH_END && !m->header.size) {
		log_info("ending, as sluiced asks");
		reactor_stop(s->reactor);
	} else {
		client_refuse(s, "it sent what is no message");
	}
	health_message_close(m);
}

static void client_ready(void *arg, uint32_t events)
{
	struct health_server *s = arg;
	int err = 0;

	if (events & EPOLLOUT) {
		s->is_blocked = false;
		(void)reactor_change(s->reactor, s->client, EPOLLIN);
		reactor_timer_hurry(s->reactor, &s->tell, 0);
	}
	while (s->client >= 0 && !err) {
		err = health_receive(s->client, &s->message);
		if (!err)
			message_take(s);
	}
	if (s->client < 0 || err == -EAGAIN)
		return;
	if (err == -ECONNRESET)
		client_close(s);
	else
		client_refuse(s, strerror(-err));
}

void health_server_adopt(struct health_server *s, int fd)
{
	client_close(s);
	s->client = fd;
	if (reactor_watch(s->reactor, fd, EPOLLIN, client_ready, s)) {
		(void)close(fd);
		s->client = -1;
	}
}

static void listener_ready(void *arg, uint32_t events)
{
	struct health_server *s = arg;
	int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd >= 0)
		health_server_adopt(s, fd);
}

/* ---- open and close ---- */

static int refuse(struct health_server_error *error, const char *path, int err)
{
	(void)snprintf(error->text, sizeof(error->text), "%s: %s", path, strerror(-err));
	return err;
}

static int listener_open(struct health_server *s, const char *path)
{
	int err = health_listen(path, &s->listener);

	return err ? err : reactor_watch(s->reactor, s->listener, EPOLLIN, listener_ready, s);
}

int health_server_open(struct health_server **out, struct reactor *reactor, const char *path,
		       struct health_server_error *error)
{
	struct health_server *s = calloc(1, sizeof(*s));
	int err;

	CHECK(s);
	*s = (struct health_server){
		.reactor = reactor,
		.started_ns = reactor_now_ns(),
		.listener = -1,
		.client = -1,
		.set_fd = -1,
		.tell = {.fn = states_tell, .arg = s},
	};
	err = checks_open(&s->checks, reactor, state_changed, s);
	if (!err)
		err = node_answers_open(&s->answers, reactor);
	if (!err && path)
		err = listener_open(s, path);
	if (err) {
		health_server_close(s);
		return refuse(error, path ? path : "health", err);
	}
	*out = s;
	return 0;
}

void health_server_close(struct health_server *s)
{
	if (!s)
		return;
	client_close(s);
	if (s->listener >= 0) {
		reactor_forget(s->reactor, s->listener);
		(void)close(s->listener);
	}
	reactor_timer_clear(s->reactor, &s->tell);
	checks_close(s->checks);
	node_answers_close(s->answers);
	if (s->set_fd >= 0)
		(void)close(s->set_fd);
	free(s->set_bytes);
	free(s);
}
