/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The checks that are being run, and when each is due.
 *
 * A check waits for its next probe or for the end of one, so it has one deadline, and all
 * deadlines lie in one heap behind one timer. Probes are spread over the interval and each is
 * moved a little at random, so that thousands of checks never ask in step.
 *
 * Only backends are judged: a probe that could not be made for want of descriptors, memory or
 * ports here says nothing and is made again soon. A deadline that we ourselves served too late
 * is no failure either: what has arrived meanwhile is read first.
 */

#include <stddef.h>
#include <stdint.h>

#include "control/health/health_msg.h"
#include "control/health/verdict.h"
#include "control/reactor.h"

struct checks;
struct http_probe;

struct check {
	struct health_check_record ask;
	const char *path; /* in the bytes of the set */
	const char *host;
	uint32_t index; /* in the set */
	struct verdict verdict;
	char text[HEALTH_TEXT_MAX]; /* how the last failure was */
	bool is_dirty;		    /* changed, and nobody was told yet */
	/* scheduling */
	uint64_t deadline_ns;
	uint64_t begun_ns;
	uint32_t heap_at;
	bool is_asking;
	bool has_grace; /* its deadline was served late, and moved once */
	/* of the probe */
	struct checks *owner;
	int fd;
	uint16_t sequence;
	uint64_t nonce;
	struct http_probe *http;
};

enum probe_end {
	PROBE_GOOD,
	PROBE_BAD,
	PROBE_UNDONE, /* for want of something here */
};

/* Some state has changed: is_dirty is set. */
typedef void checks_changed_fn(void *arg);

struct checks_counts {
	uint64_t probes;
	uint64_t failures;
	uint64_t undone;
	uint32_t asking;
	uint32_t down;
};

int checks_open(struct checks **out, struct reactor *reactor, checks_changed_fn *changed,
		void *arg);
void checks_close(struct checks *checks);

/*
 * Takes a verified set in place of the one before. A check that asks the same as before goes on
 * where it was. `set` points into bytes that stay until the next call.
 */
void checks_replace(struct checks *checks, const struct health_set *set);

size_t checks_count(const struct checks *checks);
struct check *check_at(const struct checks *checks, size_t index);
struct checks_counts checks_counts(const struct checks *checks);

/* ---- for the probes ---- */

struct reactor *checks_reactor(struct checks *checks);
uint64_t checks_random(struct checks *checks);
/* The probe has ended and has let go of everything. `format` says how, unless it was good. */
void check_ended(struct check *check, enum probe_end end, const char *format, ...) PRINTF(3, 4);
/* As text, "10.0.0.1:80: " never included: the reader knows of whom it is. */
void check_failed_errno(struct check *check, int err);
