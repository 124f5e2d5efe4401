/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A round: load, compile, commit, accept. They stand in one file, because what a step may leave
 * behind when it fails is only seen beside the steps before it.
 */

#include "control/reconcile.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/desired.h"
#include "control/fastpath_command.h"
#include "fastpath/base/log.h"

#define SAVE_NS (500 * REACTOR_MS)

/* What one round has made, until it is accepted. */
struct candidate {
	bool has_objects;
	struct objects objects;
	struct text_list warnings;
	struct images images;
};

static int PRINTF(3, 4) refuse(struct reconcile_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return err;
}

static void candidate_free(struct candidate *candidate)
{
	if (candidate->has_objects)
		objects_free(&candidate->objects);
	text_list_free(&candidate->warnings);
	images_free(&candidate->images);
}

static int candidate_load(struct reconcile *r, struct candidate *candidate,
			  struct reconcile_error *error)
{
	struct objects_error why = {""};
	uint64_t start_ns = reactor_now_ns();
	int err = desired_load(r->config, &r->applied, r->cache, &candidate->objects,
			       &candidate->warnings, &why);

	if (err)
		return refuse(error, err, "%s", why.text);
	candidate->has_objects = true;
	r->loaded = true;
	r->load_ns = reactor_now_ns() - start_ns;
	return 0;
}

static int compile_once(struct reconcile *r, struct candidate *candidate, uint64_t now_ns,
			struct reconcile_error *error)
{
	const struct compile_input input = {
		.config = r->config,
		.objects = candidate->has_objects ? &candidate->objects : &r->objects,
		.net = mirror_view(r->mirror),
		.now_s = now_ns / REACTOR_S,
		.backends = r->backends ? r->backends->facts : NULL,
		.backend_count = r->backends ? r->backends->fact_count : 0,
		.wg = r->wireguard,
	};
	struct compile_error why = {""};
	int err = compile_images(&input, r->memory, &candidate->images, &why);

	return err ? refuse(error, err, "%s", why.text) : 0;
}

static int candidate_compile(struct reconcile *r, struct candidate *candidate,
			     struct reconcile_error *error)
{
	uint64_t start_ns = reactor_now_ns();
	int err;

	if (r->backends)
		(void)backends_refresh(r->backends, r->running.image);
	err = compile_once(r, candidate, start_ns, error);
	/* A backend that comes with this change may have been drained before it came. */
	if (!err && r->backends && backends_refresh(r->backends, candidate->images.image)) {
		images_free(&candidate->images);
		err = compile_once(r, candidate, start_ns, error);
	}
	r->compile_ns = reactor_now_ns() - start_ns;
	return err;
}

static bool image_equal(const struct image_header *a, const struct image_header *b)
{
	return a && b && a->size == b->size && memcmp(a, b, a->size) == 0;
}

/* Tables name ports by number: to the wrong ports they would be worse than none. */
static int ports_check(const struct reconcile *r, struct reconcile_error *error)
{
	const struct msg_hello *hello = &r->supervisor->requests.hello;
	bool same = hello->ports == r->config->port_count;

	for (size_t i = 0; same && i < r->config->port_count; i++)
		same = strcmp(hello->port_names[i], r->config->ports[i].name) == 0;
	return same ? 0
		    : refuse(error, -ESTALE,
			     "the running fast path has other ports than %s: `sluicectl "
			     "restart-fastpath' applies them",
			     r->config->path);
}

/*
 * The store is written after the answer. Whoever finds an older one knows by its mark that it is
 * not what runs, and sends everything.
 */
static void store_save(void *arg)
{
	struct reconcile *r = arg;
	struct image_header *images[IMAGE_KINDS];
	int err;

	for (unsigned int k = 0; k < IMAGE_KINDS; k++)
		images[k] = r->unsaved & 1u << k ? r->running.image[k] : NULL;
	r->unsaved = 0;
	err = image_store_save(r->images_path, images, &r->mark);
	if (err)
		log_warn("%s: %s", r->images_path, strerror(-err));
}

static void store_save_later(struct reconcile *r, struct image_header *const images[IMAGE_KINDS])
{
	for (unsigned int k = 0; k < IMAGE_KINDS; k++)
		if (images[k])
			r->unsaved |= 1u << k;
	reactor_timer_hurry(r->reactor, &r->save, SAVE_NS);
}

static void commit_tell(const struct reconcile *r, const struct msg_commit *done)
{
	log_info("generation %llu runs: objects read in %.1f ms, compiled in %.1f ms, sent and "
		 "built in %.1f ms, on every worker after %.1f ms",
		 (unsigned long long)done->generation, r->loaded ? (double)r->load_ns / 1e6 : 0.0,
		 (double)r->compile_ns / 1e6, (double)(r->commit_ns - done->wait_ns) / 1e6,
		 (double)done->wait_ns / 1e6);
}

/* Sends the images that are not NULL. */
static int commit(struct reconcile *r, struct image_header *const images[IMAGE_KINDS],
		  struct reconcile_error *error)
{
	uint64_t start_ns = reactor_now_ns();
	struct fastpath_error why = {""};
	struct msg_commit done;
	int err = ports_check(r, error);

	if (err)
		return err;
	err = fastpath_commit(&r->supervisor->requests, images, &done, &why);
	if (err) {
		if (!fastpath_is_open(&r->supervisor->requests))
			supervise_broken(r->supervisor, why.text);
		return refuse(error, err, "the fast path: %s", why.text);
	}
	r->commit_ns = reactor_now_ns() - start_ns;
	r->commits++;
	r->committed_at = time(NULL);
	r->revision = done.revision;
	r->mark = (struct image_mark){r->supervisor->requests.hello.started_ns, done.generation};
	r->is_synced = true;
	store_save_later(r, images);
	commit_tell(r, &done);
	return 0;
}

/* Sends what differs from what the fast path runs; nothing, when nothing does. */
static int candidate_commit(struct reconcile *r, const struct candidate *candidate,
			    struct reconcile_error *error)
{
	struct image_header *changed[IMAGE_KINDS];
	bool any = false;

	if (r->supervisor->state != SUPERVISE_UP) {
		r->is_synced = false;
		return 0;
	}
	for (unsigned int k = 0; k < IMAGE_KINDS; k++) {
		bool same = r->is_synced &&
			    image_equal(candidate->images.image[k], r->running.image[k]);

		changed[k] = same ? NULL : candidate->images.image[k];
		any |= !same;
	}
	return any ? commit(r, changed, error) : 0;
}

static void schedule_next(struct reconcile *r, uint64_t next_s)
{
	uint64_t now_s = reactor_now_ns() / REACTOR_S;

	reactor_timer_clear(r->reactor, &r->next);
	if (next_s == UINT64_MAX)
		return;
	/* At most a day: the clock of the timer need not reach further. */
	next_s = next_s > now_s + 86400 ? 86400 : next_s > now_s ? next_s - now_s : 1;
	reactor_timer_set(r->reactor, &r->next, next_s * REACTOR_S);
}

static void origin_keep(struct reconcile *r, const struct images *accepted)
{
	if (image_equal(accepted->image[IMAGE_ORIGIN], r->running.image[IMAGE_ORIGIN]))
		return;
	free(r->old_origin);
	r->old_origin = r->running.image[IMAGE_ORIGIN];
	r->running.image[IMAGE_ORIGIN] = NULL;
	r->origin_since = r->mark.generation;
}

static void candidate_accept(struct reconcile *r, struct candidate *candidate)
{
	const uint64_t next_s = candidate->images.next_s;

	origin_keep(r, &candidate->images);
	images_free(&r->running);
	r->running = candidate->images;
	candidate->images = (struct images){.warning_count = 0};
	r->has_running = true;
	if (r->backends)
		backends_check(r->backends, &r->running);
	if (candidate->has_objects) {
		if (r->has_objects)
			objects_free(&r->objects);
		r->objects = candidate->objects;
		r->has_objects = true;
		candidate->has_objects = false;
		text_list_free(&r->warnings);
		r->warnings = candidate->warnings;
		candidate->warnings = (struct text_list){.count = 0};
	}
	schedule_next(r, next_s);
	if (r->problem[0])
		log_info("what was wrong is right again");
	r->problem[0] = '\0';
}

/* Of this thread: how busy others are does not make a round dear. */
static uint64_t processor_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * REACTOR_S + (uint64_t)now.tv_nsec;
}

static int round_run(struct reconcile *r, enum reconcile_scope scope, struct reconcile_error *error)
{
	struct candidate candidate = {.has_objects = false};
	uint64_t start_ns = processor_ns();
	int err = 0;

	r->rounds++;
	r->loaded = false;
	if (scope == RECONCILE_OBJECTS || !r->has_objects)
		err = candidate_load(r, &candidate, error);
	if (!err)
		err = candidate_compile(r, &candidate, error);
	if (!err)
		err = candidate_commit(r, &candidate, error);
	if (!err)
		candidate_accept(r, &candidate);
	candidate_free(&candidate);
	r->ended_ns = reactor_now_ns();
	r->round_ns = processor_ns() - start_ns;
	return err;
}

static void problem_set(struct reconcile *r, const char *text)
{
	if (strcmp(r->problem, text) != 0)
		log_error("%s", text);
	(void)snprintf(r->problem, sizeof(r->problem), "%s", text);
	r->problem_at = time(NULL);
}

int reconcile_now(struct reconcile *r, enum reconcile_scope scope, struct reconcile_error *error)
{
	if (r->soon.deadline_ns) {
		reactor_timer_clear(r->reactor, &r->soon);
		if (r->scope > scope)
			scope = r->scope;
	}
	r->scope = RECONCILE_NETWORK;
	return round_run(r, scope, error);
}

static void round_due(void *arg)
{
	struct reconcile *r = arg;
	struct reconcile_error error = {""};

	if (reconcile_now(r, r->scope, &error))
		problem_set(r, error.text);
}

static void next_due(void *arg)
{
	reconcile_soon(arg, RECONCILE_NETWORK, 0);
}

static void round_after(struct reconcile *r, uint64_t rest_ns, uint64_t delay_ns)
{
	uint64_t rested_ns = reactor_now_ns() - r->ended_ns;

	if (rested_ns < rest_ns && delay_ns < rest_ns - rested_ns)
		delay_ns = rest_ns - rested_ns;
	reactor_timer_hurry(r->reactor, &r->soon, delay_ns);
}

void reconcile_soon(struct reconcile *r, enum reconcile_scope scope, uint64_t delay_ns)
{
	if (scope > r->scope)
		r->scope = scope;
	round_after(r, 2 * r->round_ns, delay_ns);
}

void reconcile_backends(struct reconcile *r)
{
	round_after(r, r->round_ns / 2, 0);
}

static void network_changed(void *arg, uint32_t events)
{
	struct reconcile *r = arg;
	enum mirror_change change = MIRROR_SAME;

	(void)events;
	if (mirror_read(r->mirror, &change) == 0 && change == MIRROR_CHANGED)
		reconcile_soon(r, RECONCILE_NETWORK, 0);
}

void reconcile_resolve(struct reconcile *r, uint16_t port, const union addr *addr)
{
	if (port < r->config->port_count)
		(void)mirror_resolve(r->mirror, port, addr);
}

/*
 * A fast path that starts anew gets the last good tables at once: compiling anew may take longer,
 * and what has changed since is sent after.
 */
static void send_last_good(struct reconcile *r)
{
	struct reconcile_error error = {""};

	if (r->has_running && commit(r, r->running.image, &error))
		problem_set(r, error.text);
}

void reconcile_up(struct reconcile *r)
{
	const struct msg_hello *hello = &r->supervisor->requests.hello;
	bool compiled = r->has_objects;

	r->is_synced = r->has_running && hello->generation != 0 &&
		       hello->generation == r->mark.generation &&
		       hello->started_ns == r->mark.started_ns;
	if (!r->is_synced && compiled)
		send_last_good(r);
	r->scope = compiled ? RECONCILE_NETWORK : RECONCILE_OBJECTS;
	round_due(r);
	/* Nothing better to be had: the tables of the process before us, if it runs none. */
	if (!r->is_synced && !compiled && hello->generation == 0)
		send_last_good(r);
}

void reconcile_down(struct reconcile *r)
{
	r->is_synced = false;
}

void reconcile_reconfigure(struct reconcile *r, const struct config *config)
{
	r->config = config;
}

const struct image_header *reconcile_origin(const struct reconcile *r, uint32_t generation)
{
	if (generation >= (uint32_t)r->origin_since)
		return r->running.image[IMAGE_ORIGIN];
	return r->old_origin;
}

int reconcile_open(struct reconcile *r, struct reactor *reactor, struct supervisor *supervisor,
		   const struct config *config, struct reconcile_error *error)
{
	char *path = run_path(config, "applied");
	struct objects_error why = {""};
	int err;

	*r = (struct reconcile){
		.reactor = reactor,
		.supervisor = supervisor,
		.config = config,
		.images_path = run_path(config, "images"),
		.soon = {.fn = round_due, .arg = r},
		.next = {.fn = next_due, .arg = r},
		.save = {.fn = store_save, .arg = r},
	};
	err = applied_open(&r->applied, path, &why);
	free(path);
	if (err)
		return refuse(error, err, "%s", why.text);
	r->memory = compile_memory_open();
	r->cache = object_cache_open();
	if (!r->cache)
		return refuse(error, -ENOMEM, "no memory");
	err = mirror_open(config, &r->mirror);
	if (err)
		return refuse(error, err, "the kernel's network cannot be read: %s",
			      strerror(-err));
	if (mirror_fd(r->mirror) >= 0)
		err = reactor_watch(reactor, mirror_fd(r->mirror), EPOLLIN, network_changed, r);
	if (err)
		return refuse(error, err, "the kernel's network: %s", strerror(-err));
	r->has_running = image_store_load(r->images_path, r->running.image, &r->mark) == 0;
	if (r->has_running)
		compile_memory_restore(r->memory, r->running.image, reactor_now_ns() / REACTOR_S);
	return 0;
}

void reconcile_close(struct reconcile *r)
{
	if (!r->reactor)
		return;
	reactor_timer_clear(r->reactor, &r->soon);
	reactor_timer_clear(r->reactor, &r->next);
	reactor_timer_clear(r->reactor, &r->save);
	if (r->unsaved)
		store_save(r);
	if (r->mirror) {
		if (mirror_fd(r->mirror) >= 0)
			reactor_forget(r->reactor, mirror_fd(r->mirror));
		mirror_close(r->mirror);
	}
	if (r->memory)
		compile_memory_free(r->memory);
	if (r->has_objects)
		objects_free(&r->objects);
	object_cache_free(r->cache);
	images_free(&r->running);
	free(r->old_origin);
	text_list_free(&r->warnings);
	applied_close(&r->applied);
	free(r->images_path);
	*r = (struct reconcile){.reactor = NULL};
}
