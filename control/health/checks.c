/* SPDX-License-Identifier: Apache-2.0 */

#include "control/health/checks.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>

#include "control/health/deadlines.h"
#include "control/health/probe.h"
#include "fastpath/base/check.h"
#include "fastpath/base/hash.h"

/* Probes begun in one turn, so that answers are read between. */
#define STARTS_IN_A_TURN 64
/* A deadline served later than this was missed by us, not by the backend. */
#define LATE_NS	 (20 * REACTOR_MS)
#define GRACE_NS (50 * REACTOR_MS)
/* After a probe that we could not make. */
#define AGAIN_NS (250 * REACTOR_MS)
/* Descriptors left for connections to us and for the server of node healths. */
#define DESCRIPTORS_KEPT 1200u

struct checks {
	struct reactor *reactor;
	checks_changed_fn *changed;
	void *arg;
	struct check **items;
	size_t count;
	struct deadlines deadlines;
	struct reactor_timer timer;
	struct probes probes;
	struct checks_counts counts;
	uint32_t asking_max;
	uint64_t turn;
	uint64_t secret[2];
};

struct reactor *checks_reactor(struct checks *checks)
{
	return checks->reactor;
}

uint64_t checks_random(struct checks *checks)
{
	checks->turn += 0x9e3779b97f4a7c15u;
	return hash_mix(checks->turn ^ checks->secret[0], checks->secret[1]);
}

size_t checks_count(const struct checks *checks)
{
	return checks->count;
}

struct check *check_at(const struct checks *checks, size_t index)
{
	return checks->items[index];
}

struct checks_counts checks_counts(const struct checks *checks)
{
	struct checks_counts counts = checks->counts;

	counts.down = 0;
	for (size_t i = 0; i < checks->count; i++)
		counts.down += checks->items[i]->verdict.state == HEALTH_DOWN;
	return counts;
}

static void timer_arm(struct checks *checks)
{
	const struct check *first = deadline_first(&checks->deadlines);
	uint64_t now_ns = reactor_now_ns();

	if (!first) {
		reactor_timer_clear(checks->reactor, &checks->timer);
		return;
	}
	reactor_timer_set(checks->reactor, &checks->timer,
			  first->deadline_ns > now_ns ? first->deadline_ns - now_ns : 0);
}

static void schedule(struct check *check, uint64_t now_ns, uint64_t deadline_ns)
{
	struct checks *checks = check->owner;

	deadline_set(&checks->deadlines, check, deadline_ns);
	reactor_timer_hurry(checks->reactor, &checks->timer,
			    deadline_ns > now_ns ? deadline_ns - now_ns : 0);
}

/* ---- the end of a probe ---- */

static void mark_dirty(struct check *check)
{
	if (check->is_dirty)
		return;
	check->is_dirty = true;
	check->owner->changed(check->owner->arg);
}

static void text_set(struct check *check, const char *text)
{
	size_t size = strnlen(text, sizeof(check->text) - 1);

	memset(check->text, 0, sizeof(check->text));
	/* What a server wrote may hold anything. */
	for (size_t i = 0; i < size; i++)
		check->text[i] = (char)(text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?');
}

/* Up to a tenth of the interval earlier or later, measured from the last beginning. */
static uint64_t next_begin(struct check *check, uint64_t now_ns)
{
	const uint64_t interval_ns = check->ask.interval_ms * REACTOR_MS;
	const uint64_t jitter_ns = checks_random(check->owner) % (interval_ns / 5 + 1);
	const uint64_t next_ns = check->begun_ns + interval_ns - interval_ns / 10 + jitter_ns;

	return next_ns > now_ns ? next_ns : now_ns + interval_ns / 10;
}

void check_ended(struct check *check, enum probe_end end, const char *format, ...)
{
	struct checks *checks = check->owner;
	uint64_t now_ns = reactor_now_ns();
	bool was_known = check->verdict.known, was_well = check->verdict.streak == 0;
	char text[HEALTH_TEXT_MAX];
	va_list args;

	CHECK(check->is_asking);
	check->is_asking = false;
	checks->counts.asking--;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (end == PROBE_UNDONE) {
		checks->counts.undone++;
		text_set(check, text);
		schedule(check, now_ns, now_ns + AGAIN_NS);
		return;
	}
	if (end == PROBE_BAD) {
		checks->counts.failures++;
		text_set(check, text);
	}
	/* The first failure and the first answer are told too: people ask what is going on. */
	if (verdict_take(&check->verdict, end == PROBE_GOOD ? ANSWER_GOOD : ANSWER_BAD,
			 check->ask.rise, check->ask.fall, now_ns) ||
	    !was_known || (was_well && check->verdict.streak))
		mark_dirty(check);
	schedule(check, now_ns, next_begin(check, now_ns));
}

/* What fails here and not at the backend. */
static bool is_our_fault(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM || err == ENOBUFS ||
	       err == EADDRNOTAVAIL || err == EAGAIN;
}

void check_failed_errno(struct check *check, int err)
{
	check_ended(check, is_our_fault(err) ? PROBE_UNDONE : PROBE_BAD, "%s", strerror(err));
}

/* ---- time ---- */

static void begin(struct checks *checks, struct check *check, uint64_t now_ns)
{
	if (checks->counts.asking >= checks->asking_max) {
		deadline_set(&checks->deadlines, check, now_ns + AGAIN_NS / 10);
		return;
	}
	check->is_asking = true;
	check->has_grace = false;
	check->begun_ns = now_ns;
	checks->counts.asking++;
	checks->counts.probes++;
	deadline_set(&checks->deadlines, check, now_ns + check->ask.timeout_ms * REACTOR_MS);
	probe_start(&checks->probes, check);
}

static void time_is_up(struct checks *checks, struct check *check, uint64_t now_ns)
{
	if (now_ns - check->deadline_ns > LATE_NS && !check->has_grace) {
		check->has_grace = true;
		deadline_set(&checks->deadlines, check, now_ns + GRACE_NS);
		return;
	}
	probe_cancel(&checks->probes, check);
	check_ended(check, PROBE_BAD, "no answer in %u ms", check->ask.timeout_ms);
}

static void due(void *arg)
{
	struct checks *checks = arg;
	uint64_t now_ns = reactor_now_ns();
	struct check *check;

	for (int i = 0; i < STARTS_IN_A_TURN; i++) {
		check = deadline_first(&checks->deadlines);
		if (!check || check->deadline_ns > now_ns)
			break;
		if (check->is_asking)
			time_is_up(checks, check, now_ns);
		else
			begin(checks, check, now_ns);
	}
	timer_arm(checks);
}

/* ---- another set ---- */

static bool same_question(const struct check *old, const struct health_set *set,
			  const struct health_check_record *ask)
{
	return old->ask.kind == ask->kind && old->ask.ask_port == ask->ask_port &&
	       addr_equal(&old->ask.ask, &ask->ask) &&
	       strcmp(old->path, set->strings + ask->path) == 0 &&
	       strcmp(old->host, set->strings + ask->host) == 0;
}

/* Of the old checks with the key, from `first` on, one that asks the same; or NULL. */
static struct check **find_old(const struct checks *checks, size_t first,
			       const struct health_set *set, const struct health_check_record *ask)
{
	for (size_t i = first; i < checks->count; i++) {
		struct check *old = checks->items[i];

		if (!old)
			continue;
		if (health_key_compare(&old->ask, ask) > 0)
			break;
		if (same_question(old, set, ask))
			return &checks->items[i];
	}
	return NULL;
}

static struct check *check_new(struct checks *checks, const struct health_check_record *ask)
{
	struct check *check = calloc(1, sizeof(*check));
	uint64_t interval_ns = ask->interval_ms * REACTOR_MS, now_ns = reactor_now_ns();

	CHECK(check);
	check->owner = checks;
	check->ask = *ask;
	check->fd = -1;
	check->heap_at = DEADLINE_NOWHERE;
	check->verdict.state = ask->state;
	check->verdict.since_ns = now_ns;
	deadline_set(&checks->deadlines, check, now_ns + checks_random(checks) % interval_ns);
	return check;
}

static void check_free(struct checks *checks, struct check *check)
{
	if (check->is_asking) {
		probe_cancel(&checks->probes, check);
		checks->counts.asking--;
	}
	deadline_clear(&checks->deadlines, check);
	free(check);
}

static struct check *check_take(struct checks *checks, struct check **old,
				const struct health_set *set, uint32_t index)
{
	const struct health_check_record *ask = &set->checks[index];
	struct check *check = old ? *old : check_new(checks, ask);
	bool is_faster = ask->interval_ms < check->ask.interval_ms;

	if (old)
		*old = NULL;
	check->ask = *ask;
	check->path = set->strings + ask->path;
	check->host = set->strings + ask->host;
	check->index = index;
	if (is_faster && !check->is_asking)
		deadline_set(&checks->deadlines, check,
			     reactor_now_ns() +
				     checks_random(checks) % (ask->interval_ms * REACTOR_MS));
	return check;
}

void checks_replace(struct checks *checks, const struct health_set *set)
{
	struct check **items = calloc(set->check_count + 1, sizeof(struct check *));
	size_t first = 0;

	CHECK(items);
	for (uint32_t i = 0; i < set->check_count; i++) {
		const struct health_check_record *ask = &set->checks[i];

		while (first < checks->count &&
		       (!checks->items[first] ||
			health_key_compare(&checks->items[first]->ask, ask) < 0))
			first++;
		items[i] = check_take(checks, find_old(checks, first, set, ask), set, i);
	}
	for (size_t i = 0; i < checks->count; i++)
		if (checks->items[i])
			check_free(checks, checks->items[i]);
	free(checks->items);
	checks->items = items;
	checks->count = set->check_count;
	timer_arm(checks);
}

/* ---- open and close ---- */

static uint32_t descriptors_max(void)
{
	struct rlimit limit = {.rlim_cur = 1024, .rlim_max = 1024};

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur > 60000)
		return 60000 - DESCRIPTORS_KEPT;
	return limit.rlim_cur / 2 > DESCRIPTORS_KEPT ? (uint32_t)limit.rlim_cur - DESCRIPTORS_KEPT
						     : (uint32_t)limit.rlim_cur / 2;
}

int checks_open(struct checks **out, struct reactor *reactor, checks_changed_fn *changed, void *arg)
{
	struct checks *checks = calloc(1, sizeof(*checks));
	int err;

	if (!checks)
		return -ENOMEM;
	*checks = (struct checks){
		.reactor = reactor,
		.changed = changed,
		.arg = arg,
		.timer = {.fn = due, .arg = checks},
		.asking_max = descriptors_max(),
	};
	/* It cannot fail for so few bytes once the machine is up. */
	if (getrandom(checks->secret, sizeof(checks->secret), 0) < 0)
		checks->secret[0] = checks->secret[1] = reactor_now_ns();
	checks->secret[1] |= 1;
	err = probes_open(&checks->probes, checks);
	if (err) {
		free(checks);
		return err;
	}
	*out = checks;
	return 0;
}

void checks_close(struct checks *checks)
{
	if (!checks)
		return;
	reactor_timer_clear(checks->reactor, &checks->timer);
	for (size_t i = 0; i < checks->count; i++)
		check_free(checks, checks->items[i]);
	free(checks->items);
	probes_close(&checks->probes);
	deadlines_free(&checks->deadlines);
	free(checks);
}
