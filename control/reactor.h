/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One thread that sleeps until a descriptor or a timer has something to say.
 *
 * Everything in sluiced is called from here, so nothing in it takes a lock. A callback may
 * watch, forget and close any descriptor, its own included: an event that was already fetched
 * for a forgotten descriptor is not delivered.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

struct reactor;

typedef void reactor_fd_fn(void *arg, uint32_t events);
typedef void reactor_timer_fn(void *arg);

/* Embedded in its owner; zero it, set fn and arg once. */
struct reactor_timer {
	reactor_timer_fn *fn;
	void *arg;
	uint64_t deadline_ns; /* 0: not set */
	struct reactor_timer *next;
};

int reactor_open(struct reactor **out);
void reactor_close(struct reactor *reactor);

/* `events` as for epoll: EPOLLIN, EPOLLOUT. The descriptor stays its owner's. */
int reactor_watch(struct reactor *reactor, int fd, uint32_t events, reactor_fd_fn *fn, void *arg);
int reactor_change(struct reactor *reactor, int fd, uint32_t events);
/* Before close(fd). */
void reactor_forget(struct reactor *reactor, int fd);

/* Fires once, after delay_ns at the earliest; setting it again moves it. */
void reactor_timer_set(struct reactor *reactor, struct reactor_timer *timer, uint64_t delay_ns);
/* The same, unless it fires sooner: for work that is wanted soon, however often it is asked for. */
void reactor_timer_hurry(struct reactor *reactor, struct reactor_timer *timer, uint64_t delay_ns);
void reactor_timer_clear(struct reactor *reactor, struct reactor_timer *timer);

/* Until reactor_stop(). */
int reactor_run(struct reactor *reactor);
/* Sleeps once, at most timeout_ms, and serves what came. */
int reactor_step(struct reactor *reactor, int timeout_ms);
void reactor_stop(struct reactor *reactor);

/* CLOCK_MONOTONIC. */
uint64_t reactor_now_ns(void);

#define REACTOR_MS 1000000ull
#define REACTOR_S  1000000000ull
