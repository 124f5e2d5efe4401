/* SPDX-License-Identifier: Apache-2.0 */

/*
 * sluice-replay: capture files through the fast path.
 *
 * The fast path is the real one, started on a socket of its own with captures for ports; it
 * gets its tables as from sluiced, runs to the end of the captures, and tells of every packet
 * it drops. Events come on the second connection; what is left of them is read at the end.
 */

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/child.h"
#include "control/compile/compile.h"
#include "control/desired.h"
#include "control/fastpath_client.h"
#include "control/mirror/net_view.h"
#include "control/reactor.h"
#include "control/replay_options.h"
#include "control/serve/event_form.h"
#include "fastpath/api/drop.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

#define START_MS 20000

struct replay {
	struct config config;
	struct images images;
	struct capture_port captures[CONFIG_PORTS_MAX];
	char directory[32]; /* of the socket */
	char socket[64];
	pid_t pid;
	struct fastpath_client requests;
	struct fastpath_client events;
	uint64_t drops[DROP_REASONS];
	uint64_t dropped;
	uint64_t lost;
};

static void drop_print(const struct replay *replay, const struct event *event)
{
	json_t *line =
		json_pack("{s:f, s:s, s:s, s:s}", "time", (double)event->time_ns / 1e9, "port",
			  link_name(replay->images.image[IMAGE_LINKS], event->port_in), "reason",
			  drop_name(event->reason), "text", drop_text(event->reason));
	json_t *origin = origin_form(replay->images.image[IMAGE_ORIGIN], event->origin);

	if (event->tuple.family)
		tuple_form(line, &event->tuple);
	if (json_is_object(origin)) {
		(void)json_object_set(line, "object", json_object_get(origin, "text"));
		(void)json_object_set(line, "file", json_object_get(origin, "file"));
		(void)json_object_set(line, "line", json_object_get(origin, "line"));
	}
	(void)json_dumpf(line, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
	(void)putchar('\n');
	json_decref(origin);
	json_decref(line);
}

static void events_take(void *arg, const struct event *events, size_t count)
{
	struct replay *replay = arg;

	for (size_t i = 0; i < count; i++) {
		if (events[i].type == EVENT_LOST)
			replay->lost += events[i].count;
		if (events[i].type != EVENT_DROP)
			continue;
		replay->dropped++;
		if (events[i].reason < DROP_REASONS)
			replay->drops[events[i].reason]++;
		drop_print(replay, &events[i]);
	}
}

static int compile(struct replay *replay)
{
	struct compile_memory *memory = compile_memory_open();
	struct text_list warnings = {.count = 0};
	struct compile_error compile_error = {""};
	struct objects_error error = {""};
	struct objects objects;
	struct net_view view = {.link_count = 0};
	struct compile_input input = {
		.config = &replay->config,
		.objects = &objects,
		.net = &view,
	};
	int err = desired_load(&replay->config, NULL, NULL, &objects, &warnings, &error);

	text_list_free(&warnings);
	if (err) {
		log_error("%s", error.text);
		goto free_memory;
	}
	err = net_view_from_config(&replay->config, &view);
	if (err) {
		log_error("%s: %s", replay->config.path, strerror(-err));
		goto free_objects;
	}
	err = compile_images(&input, memory, &replay->images, &compile_error);
	if (err)
		log_error("%s", compile_error.text);
	net_view_free(&view);
free_objects:
	objects_free(&objects);
free_memory:
	compile_memory_free(memory);
	return err;
}

static int start(struct replay *replay)
{
	const struct command_options options = {
		.socket = replay->socket,
		.replay = true,
		.captures = replay->captures,
	};
	struct fastpath_command command;
	struct command_error error = {""};
	int err = command_build(&replay->config, &options, &command, &error);

	if (!err) {
		err = child_spawn(command.argv, &replay->pid, error.text, sizeof(error.text));
		command_free(&command);
	}
	if (err)
		log_error("%s", error.text);
	return err;
}

static int connect_started(struct replay *replay)
{
	struct fastpath_error error = {""};

	for (int waited_ms = 0; waited_ms < START_MS; waited_ms += 5) {
		int status, err = fastpath_open(&replay->requests, replay->socket, &error);

		if (!err)
			err = fastpath_open(&replay->events, replay->socket, &error);
		if (!err)
			return 0;
		if (err != -ENOENT && err != -ECONNREFUSED)
			break;
		if (waitpid(replay->pid, &status, WNOHANG) == replay->pid) {
			replay->pid = 0;
			(void)snprintf(error.text, sizeof(error.text),
				       "the fast path ended before it began");
			break;
		}
		(void)usleep(5000);
	}
	log_error("%s", error.text);
	return -EIO;
}

/* Reads events until there have been none for a moment. */
static void events_drain(struct replay *replay, int quiet_ms)
{
	struct fastpath_error error = {""};

	while (fastpath_is_open(&replay->events)) {
		struct pollfd ready = {.fd = replay->events.fd, .events = POLLIN};

		if (poll(&ready, 1, quiet_ms) <= 0 || fastpath_read_events(&replay->events, &error))
			return;
	}
}

/*
 * RUN is answered when the captures have ended, and we read events meanwhile, or they would be
 * lost: so a child waits for the answer.
 */
static int run(struct replay *replay, uint64_t *packets)
{
	struct fastpath_error error = {""};
	int answer[2], status = 0;
	pid_t waiter;

	if (pipe(answer) < 0)
		return -errno;
	(void)fflush(NULL);
	waiter = fork();
	if (waiter == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		status = fastpath_run(&replay->requests, packets, &error);
		if (status)
			log_error("%s", error.text);
		else if (write(answer[1], packets, sizeof(*packets)) != sizeof(*packets))
			status = -EIO;
		_exit(status ? 1 : 0);
	}
	(void)close(answer[1]);
	for (;;) {
		struct pollfd ready[2] = {
			{.fd = answer[0], .events = POLLIN},
			{.fd = replay->events.fd, .events = POLLIN},
		};

		if (poll(ready, fastpath_is_open(&replay->events) ? 2 : 1, -1) < 0 &&
		    errno != EINTR)
			break;
		if (ready[1].revents && fastpath_is_open(&replay->events))
			(void)fastpath_read_events(&replay->events, &error);
		if (ready[0].revents)
			break;
	}
	if (waiter < 0 || read(answer[0], packets, sizeof(*packets)) != sizeof(*packets))
		status = -EIO;
	(void)close(answer[0]);
	if (waiter > 0)
		(void)waitpid(waiter, NULL, 0);
	events_drain(replay, 300);
	return status;
}

static void summary_print(const struct replay *replay, uint64_t packets)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "%llu packets, %llu dropped", (unsigned long long)packets,
		      (unsigned long long)replay->dropped);
	for (unsigned int i = 0; i < DROP_REASONS; i++) {
		if (replay->drops[i])
			(void)fprintf(stderr, ", %s %llu", drop_name(i),
				      (unsigned long long)replay->drops[i]);
	}
	(void)fputc('\n', stderr);
}

static int replay_run(struct replay *replay)
{
	struct fastpath_error error = {""};
	struct msg_commit done;
	uint64_t packets = 0;
	int err = compile(replay);

	if (!err)
		err = start(replay);
	if (!err)
		err = connect_started(replay);
	if (err)
		return err;
	replay->events.on_events = events_take;
	replay->events.arg = replay;
	err = fastpath_subscribe(&replay->events, 1u << EVENT_DROP | 1u << EVENT_LOST, &error);
	if (!err)
		err = fastpath_commit(&replay->requests, replay->images.image, &done, &error);
	if (err) {
		log_error("%s", error.text);
		return err;
	}
	err = run(replay, &packets);
	if (err)
		return err;
	summary_print(replay, packets);
	if (replay->lost) {
		log_error("%llu drops are not in the list: events were lost",
			  (unsigned long long)replay->lost);
		return -ENOBUFS;
	}
	return 0;
}

static int directory_open(struct replay *replay)
{
	(void)stpcpy(replay->directory, "/tmp/sluice-replay-XXXXXX");
	if (!mkdtemp(replay->directory)) {
		log_error("%s: %s", replay->directory, strerror(errno));
		return -errno;
	}
	(void)snprintf(replay->socket, sizeof(replay->socket), "%s/fastpath.sock",
		       replay->directory);
	/* Its name is also that of the state in shared memory. */
	free(replay->config.run_directory);
	replay->config.run_directory = strdup(replay->directory);
	CHECK(replay->config.run_directory);
	return 0;
}

static void replay_close(struct replay *replay)
{
	struct fastpath_error error = {""};

	if (fastpath_is_open(&replay->requests))
		(void)fastpath_stop(&replay->requests, &error);
	fastpath_close(&replay->requests);
	fastpath_close(&replay->events);
	if (replay->pid > 0) {
		for (int i = 0; i < 200 && waitpid(replay->pid, NULL, WNOHANG) == 0; i++) {
			if (i == 100)
				(void)kill(replay->pid, SIGTERM);
			if (i == 199)
				(void)kill(replay->pid, SIGKILL);
			(void)usleep(10000);
		}
	}
	if (replay->directory[0]) {
		(void)unlink(replay->socket);
		(void)rmdir(replay->directory);
	}
	images_free(&replay->images);
	replay_captures_free(replay->captures);
	config_free(&replay->config);
}

int main(int argc, char **argv)
{
	struct replay_options options = {.conf = NULL};
	struct replay replay = {.requests.fd = -1, .events.fd = -1};
	struct config_error config_error = {""};
	struct command_error error = {""};
	int err, status;

	log_open("sluice-replay", LOG_WARN);
	status = replay_options_read(argc, argv, &options);
	if (status >= 0)
		return status;
	if (config_load(options.conf, &replay.config, &config_error)) {
		log_error("%s", config_error.text);
		return EXIT_FAILURE;
	}
	err = 0;
	if (!replay.config.is_static) {
		log_error("%s: replay has no kernel to ask: the conf needs a `static' group",
			  options.conf);
		err = -EINVAL;
	}
	if (!err && options.objects) {
		free(replay.config.objects);
		replay.config.objects = strdup(options.objects);
		CHECK(replay.config.objects);
	}
	if (!err) {
		err = replay_captures(&options, &replay.config, replay.captures, &error);
		if (err)
			log_error("%s", error.text);
	}
	if (!err)
		err = directory_open(&replay);
	if (!err)
		err = replay_run(&replay);
	replay_close(&replay);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
