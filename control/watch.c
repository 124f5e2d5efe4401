/* SPDX-License-Identifier: Apache-2.0 */

#include "control/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

/* A few changes are taken at once; more are a swarm, and the next one may be part of it. */
#define FEW	     8
#define FEW_QUIET_NS (5 * REACTOR_MS)
#define QUIET_NS     (50 * REACTOR_MS)
#define SWARM_NS     (250 * REACTOR_MS) /* changes without a pause are taken after so long */
#define AGAIN_NS     (1 * REACTOR_S)

#define INTEREST                                                                                 \
	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_DELETE_SELF | \
	 IN_MOVE_SELF | IN_ONLYDIR)

static void swarm_over(void *arg)
{
	struct watch *watch = arg;

	watch->changes = 0;
	watch->changed(watch->arg);
}

static void change_note(struct watch *watch)
{
	uint64_t now_ns = reactor_now_ns(), left_ns, quiet_ns;

	if (!watch->changes++)
		watch->first_ns = now_ns;
	quiet_ns = watch->changes <= FEW ? FEW_QUIET_NS : QUIET_NS;
	left_ns = watch->first_ns + SWARM_NS > now_ns ? watch->first_ns + SWARM_NS - now_ns : 0;
	reactor_timer_set(watch->reactor, &watch->quiet, quiet_ns < left_ns ? quiet_ns : left_ns);
}

static void watch_retry(void *arg)
{
	struct watch *watch = arg;

	if (inotify_add_watch(watch->fd, watch->directory, INTEREST) < 0) {
		if (!watch->is_lost)
			log_warn("objects directory %s: %s; looking for it", watch->directory,
				 strerror(errno));
		watch->is_lost = true;
		reactor_timer_set(watch->reactor, &watch->again, AGAIN_NS);
		return;
	}
	if (watch->is_lost)
		change_note(watch);
	watch->is_lost = false;
}

/* A file that is created gets its contents later and is closed then; a link has them already. */
static bool is_complete(const struct watch *watch, const struct inotify_event *event)
{
	struct stat st;
	char *path;
	bool is_link;

	if (!event->len)
		return false;
	CHECK(asprintf(&path, "%s/%s", watch->directory, event->name) >= 0);
	is_link = lstat(path, &st) == 0 && (S_ISLNK(st.st_mode) || st.st_nlink > 1);
	free(path);
	return is_link;
}

static void event_take(struct watch *watch, const struct inotify_event *event)
{
	if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) {
		if (event->mask & IN_MOVE_SELF)
			(void)inotify_rm_watch(watch->fd, event->wd);
		watch->is_lost = true;
		reactor_timer_hurry(watch->reactor, &watch->again, QUIET_NS);
		change_note(watch);
		return;
	}
	if (!(event->mask & IN_CREATE) || is_complete(watch, event))
		change_note(watch);
}

static void watch_ready(void *arg, uint32_t events)
{
	struct watch *watch = arg;
	_Alignas(struct inotify_event) char bytes[16384];
	ssize_t size;

	(void)events;
	size = read(watch->fd, bytes, sizeof(bytes));
	for (ssize_t at = 0; at < size;) {
		const struct inotify_event *event = (const void *)(bytes + at);

		event_take(watch, event);
		at += (ssize_t)(sizeof(*event) + event->len);
	}
}

int watch_open(struct watch *watch, struct reactor *reactor, const char *directory,
	       void (*changed)(void *arg), void *arg)
{
	int err;

	*watch = (struct watch){
		.reactor = reactor,
		.directory = strdup(directory),
		.fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
		.changed = changed,
		.arg = arg,
		.quiet = {.fn = swarm_over, .arg = watch},
		.again = {.fn = watch_retry, .arg = watch},
	};
	CHECK(watch->directory);
	if (watch->fd < 0)
		return -errno;
	err = reactor_watch(reactor, watch->fd, EPOLLIN, watch_ready, watch);
	if (err)
		return err;
	watch_retry(watch);
	return 0;
}

void watch_close(struct watch *watch)
{
	if (!watch->reactor)
		return;
	reactor_timer_clear(watch->reactor, &watch->quiet);
	reactor_timer_clear(watch->reactor, &watch->again);
	if (watch->fd >= 0) {
		reactor_forget(watch->reactor, watch->fd);
		(void)close(watch->fd);
	}
	free(watch->directory);
	*watch = (struct watch){.fd = -1};
}
