/* SPDX-License-Identifier: Apache-2.0 */

#include "control/reactor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fastpath/base/attr.h"
#include "fastpath/base/check.h"

/* Descriptors are small numbers, so they index a table. `serial` tells a descriptor from a
 * later one with the same number. */
struct slot {
	reactor_fd_fn *fn;
	void *arg;
	uint32_t serial;
};

struct reactor {
	int epoll;
	bool stopped;
	uint32_t serial;
	struct slot *slots;
	size_t slot_count;
	struct reactor_timer *timers;
};

uint64_t reactor_now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * REACTOR_S + (uint64_t)now.tv_nsec;
}

int reactor_open(struct reactor **out)
{
	struct reactor *reactor = calloc(1, sizeof(*reactor));

	if (!reactor)
		return -ENOMEM;
	reactor->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (reactor->epoll < 0) {
		free(reactor);
		return -errno;
	}
	*out = reactor;
	return 0;
}

void reactor_close(struct reactor *reactor)
{
	if (!reactor)
		return;
	(void)close(reactor->epoll);
	free(reactor->slots);
	free(reactor);
}

static int slots_grow(struct reactor *reactor, size_t fd)
{
	size_t count = reactor->slot_count ? reactor->slot_count : 16;
	struct slot *slots;

	if (fd < reactor->slot_count)
		return 0;
	while (count <= fd)
		count *= 2;
	slots = realloc(reactor->slots, count * sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	memset(slots + reactor->slot_count, 0, (count - reactor->slot_count) * sizeof(*slots));
	reactor->slots = slots;
	reactor->slot_count = count;
	return 0;
}

static struct epoll_event slot_event(const struct reactor *reactor, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events};

	event.data.u64 = (uint64_t)reactor->slots[fd].serial << 32 | (uint32_t)fd;
	return event;
}

int reactor_watch(struct reactor *reactor, int fd, uint32_t events, reactor_fd_fn *fn, void *arg)
{
	struct epoll_event event;
	int err = slots_grow(reactor, (size_t)fd);

	if (err)
		return err;
	reactor->slots[fd] = (struct slot){.fn = fn, .arg = arg, .serial = ++reactor->serial};
	event = slot_event(reactor, fd, events);
	if (epoll_ctl(reactor->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		err = -errno;
		reactor->slots[fd].fn = NULL;
	}
	return err;
}

int reactor_change(struct reactor *reactor, int fd, uint32_t events)
{
	struct epoll_event event = slot_event(reactor, fd, events);

	return epoll_ctl(reactor->epoll, EPOLL_CTL_MOD, fd, &event) < 0 ? -errno : 0;
}

void reactor_forget(struct reactor *reactor, int fd)
{
	if (fd < 0 || (size_t)fd >= reactor->slot_count || !reactor->slots[fd].fn)
		return;
	(void)epoll_ctl(reactor->epoll, EPOLL_CTL_DEL, fd, NULL);
	reactor->slots[fd].fn = NULL;
}

void reactor_timer_clear(struct reactor *reactor, struct reactor_timer *timer)
{
	struct reactor_timer **at = &reactor->timers;

	if (!timer->deadline_ns)
		return;
	while (*at && *at != timer)
		at = &(*at)->next;
	if (*at)
		*at = timer->next;
	timer->deadline_ns = 0;
}

void reactor_timer_set(struct reactor *reactor, struct reactor_timer *timer, uint64_t delay_ns)
{
	struct reactor_timer **at = &reactor->timers;
	uint64_t now_ns = reactor_now_ns();

	CHECK(timer->fn);
	reactor_timer_clear(reactor, timer);
	timer->deadline_ns = delay_ns > UINT64_MAX - now_ns ? UINT64_MAX : now_ns + delay_ns;
	while (*at && (*at)->deadline_ns <= timer->deadline_ns)
		at = &(*at)->next;
	timer->next = *at;
	*at = timer;
}

void reactor_timer_hurry(struct reactor *reactor, struct reactor_timer *timer, uint64_t delay_ns)
{
	uint64_t now_ns = reactor_now_ns();

	if (!timer->deadline_ns ||
	    (timer->deadline_ns > now_ns && timer->deadline_ns - now_ns > delay_ns))
		reactor_timer_set(reactor, timer, delay_ns);
}

static int timers_wait_ms(const struct reactor *reactor, int timeout_ms)
{
	uint64_t now_ns = reactor_now_ns(), ms;

	if (!reactor->timers)
		return timeout_ms;
	if (reactor->timers->deadline_ns <= now_ns)
		return 0;
	/* Rounded up: waking early would mean spinning through the last millisecond. */
	ms = (reactor->timers->deadline_ns - now_ns + REACTOR_MS - 1) / REACTOR_MS;
	if (ms > 3600000u)
		ms = 3600000u;
	return timeout_ms >= 0 && (uint64_t)timeout_ms < ms ? timeout_ms : (int)ms;
}

/* Only those due now: a timer that sets itself again with no delay must not starve the rest. */
static void timers_fire(struct reactor *reactor)
{
	uint64_t now_ns = reactor_now_ns();

	while (reactor->timers && reactor->timers->deadline_ns <= now_ns) {
		struct reactor_timer *timer = reactor->timers;

		reactor->timers = timer->next;
		timer->deadline_ns = 0;
		timer->fn(timer->arg);
	}
}

int reactor_step(struct reactor *reactor, int timeout_ms)
{
	struct epoll_event events[32];
	int count = epoll_wait(reactor->epoll, events, ARRAY_SIZE(events),
			       timers_wait_ms(reactor, timeout_ms));

	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	for (int i = 0; i < count; i++) {
		uint32_t fd = (uint32_t)events[i].data.u64;
		const struct slot *slot = &reactor->slots[fd];

		if (slot->fn && slot->serial == events[i].data.u64 >> 32)
			slot->fn(slot->arg, events[i].events);
	}
	timers_fire(reactor);
	return 0;
}

int reactor_run(struct reactor *reactor)
{
	int err = 0;

	reactor->stopped = false;
	while (!reactor->stopped && !err)
		err = reactor_step(reactor, -1);
	return err;
}

void reactor_stop(struct reactor *reactor)
{
	reactor->stopped = true;
}
