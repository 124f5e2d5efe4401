/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/engine.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fastpath/base/clock.h"
#include "fastpath/base/log.h"
#include "fastpath/wg/wg_world.h"

#define STATE_MAGIC   0x73746174736c7563ull
#define STATE_LAYOUT  6u /* grows when the meaning of a byte in shared memory changes */
#define STATE_HEADER  4096u
#define HANDOFF_SLOTS 4096u

/* The first page of the state. */
struct state_header {
	uint64_t magic;
	uint32_t layout;
	uint32_t flow_size;
	uint32_t counters_size;
	uint32_t workers;
	uint32_t flows;
	uint32_t pad;
	struct hash_keys keys;
	struct siphash_key cookie_key; /* of SYN cookies that are under way */
	uint64_t starts;
};

static_assert(sizeof(struct state_header) <= STATE_HEADER);

static int fail(struct engine_error *error, int err, const char *what)
{
	(void)snprintf(error->text, sizeof(error->text), "%s: %s", what, strerror(-err));
	return err;
}

static bool header_fits(const struct state_header *h, const struct engine_config *config)
{
	return h->magic == STATE_MAGIC && h->layout == STATE_LAYOUT &&
	       h->flow_size == sizeof(struct flow) && h->counters_size == sizeof(struct counters) &&
	       h->workers == config->workers && h->flows == config->flows;
}

static int state_open(struct engine *engine, struct engine_error *error)
{
	const struct engine_config *config = &engine->config;
	size_t size = STATE_HEADER + config->workers * worker_state_size(config->flows);
	struct state_header *h;
	int err = shm_map(config->state, size, &engine->state);

	if (err == -EBUSY)
		return fail(error, err, "another fast path uses this state: stop it first");
	if (err)
		return fail(error, err, "no memory for flows (lower `flows' in the conf)");
	h = engine->state.memory;
	if (engine->state.kept && !header_fits(h, config)) {
		log_warn("the flows of an earlier version or size cannot be used: starting empty");
		shm_clear(&engine->state);
	}
	if (!engine->state.kept) {
		*h = (struct state_header){.magic = STATE_MAGIC,
					   .layout = STATE_LAYOUT,
					   .flow_size = sizeof(struct flow),
					   .counters_size = sizeof(struct counters),
					   .workers = config->workers,
					   .flows = config->flows};
		hash_keys_make(&h->keys);
		siphash_key_make(&h->cookie_key);
	}
	h->starts++;
	engine->keys = h->keys;
	engine->cookie_key = h->cookie_key;
	return 0;
}

static int rings_open(struct engine *engine)
{
	uint32_t count = engine->config.workers * engine->config.workers;

	engine->handoff = aligned_alloc(CACHE_LINE, count * sizeof(*engine->handoff));
	if (!engine->handoff)
		return -ENOMEM;
	memset(engine->handoff, 0, count * sizeof(*engine->handoff));
	for (uint32_t i = 0; i < count; i++) {
		if (ring_open(&engine->handoff[i], HANDOFF_SLOTS))
			return -ENOMEM;
	}
	return 0;
}

static int buffers_open(struct engine *engine, struct engine_error *error)
{
	const struct engine_config *config = &engine->config;
	int err = pkt_pool_open(&engine->pool, config->workers, config->frames);

	for (uint32_t w = 0; !err && w < config->workers; w++)
		err = pkt_cache_open(&engine->caches[w], &engine->pool, w);
	if (!err)
		err = rings_open(engine);
	return err ? fail(error, err, "no memory for packet buffers (lower `frames' in the conf)")
		   : 0;
}

static int ports_open(struct engine *engine, struct engine_error *error)
{
	const struct engine_config *config = &engine->config;
	struct io_error io;
	int err;

	for (uint32_t i = 0; i < config->port_count; i++) {
		err = io_open(&engine->ports[i], &config->ports[i], i, engine->caches,
			      config->workers, &io);
		if (err)
			goto failed;
		engine->port_count++;
	}
	if (!config->punt.io[0])
		return 0;
	err = io_open(&engine->ports[engine->port_count], &config->punt, engine->port_count,
		      engine->caches, config->workers, &io);
	if (err)
		goto failed;
	engine->has_punt = true;
	return 0;
failed:
	(void)snprintf(error->text, sizeof(error->text), "%s", io.text);
	return err;
}

static int workers_open(struct engine *engine, uint64_t now_ns, struct engine_error *error)
{
	const struct engine_config *config = &engine->config;
	uint8_t *memory = (uint8_t *)engine->state.memory + STATE_HEADER;
	struct worker *workers;

	workers =
		aligned_alloc(CACHE_LINE, align_up(config->workers * sizeof(*workers), CACHE_LINE));
	if (!workers)
		return fail(error, -ENOMEM, "workers");
	memset(workers, 0, config->workers * sizeof(*workers));
	engine->workers = workers;
	for (uint32_t w = 0; w < config->workers; w++) {
		int err = worker_open(&workers[w], engine, w,
				      memory + w * worker_state_size(config->flows), now_ns);

		if (err) {
			engine->config.workers = w;
			return fail(error, err, "workers");
		}
		engine->flows_kept += workers[w].flow_table.used;
	}
	return 0;
}

int engine_open(struct engine *engine, const struct engine_config *config, uint64_t now_ns,
		struct engine_error *error)
{
	int err;

	memset(engine, 0, sizeof(*engine));
	engine->config = *config;
	engine->started_ns = now_ns;
	engine->state.fd = -1;
	engine->events_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (!config->workers || config->workers > CORE_WORKERS_MAX ||
	    config->port_count > CORE_PORTS_MAX - 1)
		return fail(error, -EINVAL, "workers or ports out of range");
	err = state_open(engine, error);
	if (!err)
		err = buffers_open(engine, error);
	if (!err) {
		err = wg_world_open(&engine->wg, config->aead[0] ? config->aead : "auto");
		if (err)
			(void)fail(error, err, "WireGuard's cipher (`wireguard.aead' in the conf)");
	}
	/* Peers that have sessions with the process before us cannot know that it is gone. */
	if (!err && engine->state.kept)
		wg_world_greet(engine->wg);
	if (!err)
		err = ports_open(engine, error);
	if (!err)
		err = workers_open(engine, now_ns, error);
	if (err) {
		bool ours = engine->state.memory && !engine->state.kept;

		engine_close(engine);
		/* State that was made for nothing does not stay behind. */
		if (ours && config->state)
			(void)shm_remove(config->state);
	}
	return err;
}

void engine_close(struct engine *engine)
{
	uint32_t workers = engine->config.workers;

	for (uint32_t w = 0; engine->workers && w < workers; w++)
		worker_close(&engine->workers[w]);
	for (uint32_t i = engine->port_count + engine->has_punt; i-- > 0;)
		io_close(&engine->ports[i]);
	free(engine->workers);
	for (uint32_t i = 0; engine->handoff && i < workers * workers; i++)
		ring_close(&engine->handoff[i]);
	free(engine->handoff);
	for (uint32_t w = 0; w < workers; w++)
		pkt_cache_close(&engine->caches[w]);
	pkt_pool_close(&engine->pool);
	wg_world_close(engine->wg);
	shm_unmap(&engine->state);
	if (engine->events_fd >= 0)
		(void)close(engine->events_fd);
	generation_free(engine->publisher.current);
	memset(engine, 0, sizeof(*engine));
}

int engine_publish(struct engine *engine, struct generation *next)
{
	int err = wg_world_adopt(engine->wg, next);

	if (err)
		return err;
	publish_generation(&engine->publisher, next);
	wg_world_settle(engine->wg, next);
	return 0;
}

int engine_start(struct engine *engine)
{
	for (uint32_t w = 0; w < engine->config.workers; w++) {
		struct worker *worker = &engine->workers[w];
		pthread_attr_t attr;
		cpu_set_t cpus;
		int err;

		(void)pthread_attr_init(&attr);
		if (worker->cpu >= 0) {
			CPU_ZERO(&cpus);
			CPU_SET((unsigned int)worker->cpu, &cpus);
			(void)pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
		}
		worker->running = true;
		err = pthread_create(&worker->thread, &attr, worker_run, worker);
		(void)pthread_attr_destroy(&attr);
		if (err) {
			worker->running = false;
			engine_stop(engine);
			return -err;
		}
	}
	return 0;
}

void engine_stop(struct engine *engine)
{
	for (uint32_t w = 0; w < engine->config.workers; w++) {
		struct worker *worker = &engine->workers[w];
		uint64_t one = 1;

		if (!worker->running)
			continue;
		__atomic_store_n(&worker->stop, 1, __ATOMIC_RELAXED);
		(void)!write(worker->wake_fd, &one, sizeof(one));
		(void)pthread_join(worker->thread, NULL);
		worker->running = false;
	}
}
