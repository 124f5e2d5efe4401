/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/worker.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fastpath/base/clock.h"
#include "fastpath/engine.h"
#include "fastpath/flow/expire.h"
#include "fastpath/flow/frag.h"
#include "fastpath/flow/nat.h"
#include "fastpath/flow/service_state.h"
#include "fastpath/flow/syn_cookie.h"
#include "fastpath/handoff.h"
#include "fastpath/net/eth.h"
#include "fastpath/pipeline.h"
#include "fastpath/sandbox.h"
#include "fastpath/table/links.h"
#include "fastpath/wg/wg_core.h"
#include "fastpath/wg/wg_stage.h"

#define EXPIRE_BUDGET  64u
#define RECOUNT_BUDGET 256u
#define FLOWS_PER_MAP  16384u

size_t worker_state_size(uint32_t flows)
{
	return align_up(sizeof(struct counters), 4096) + align_up(flow_table_size(flows), 4096);
}

/* ---- output ---- */

static void flush_port(struct worker *worker, uint32_t port_index)
{
	struct core *core = &worker->core;
	struct io_port *port = &worker->engine->ports[port_index];
	struct batch *out = &core->out[port_index];
	uint32_t queue = io_queue_of(port, core->worker), sent;

	if (queue == IO_NO_QUEUE) {
		/* The first worker has a queue of every port. */
		for (uint32_t i = 0; i < out->count; i++) {
			out->pkts[i]->flags |= PKT_FINISHED;
			pkt_hand_off(core, out->pkts[i], 0);
		}
		out->count = 0;
		return;
	}
	sent = port->ops->tx(port, queue, core->cache, out->pkts, out->count);
	for (uint32_t i = sent; i < out->count; i++)
		pkt_drop(core, out->pkts[i],
			 port_index < worker->engine->port_count ? DROP_TX_FULL : DROP_PUNT_FULL);
	out->count = 0;
}

static void flush_out(struct core *core, uint32_t link)
{
	if (unlikely(link >= LINK_TUNNEL_FIRST))
		pipeline_flush_link(core, link);
	else
		flush_port(core->owner, link);
}

static void wake(struct core *core, uint32_t worker)
{
	struct worker *own = core->owner;

	worker_wake(&own->engine->workers[worker]);
}

/* To the kernel: its tap takes frames that are addressed to the tap. */
static void flush_punt(struct core *core)
{
	struct worker *worker = core->owner;
	struct engine *engine = worker->engine;
	uint32_t tap = engine->port_count;

	for (uint32_t i = 0; i < core->punt.count; i++) {
		struct pkt *pkt = core->punt.pkts[i];

		if (!engine->has_punt) {
			pkt_drop(core, pkt, DROP_PUNT_NONE);
			continue;
		}
		memcpy(((struct eth_header *)pkt->data)->dst, engine->ports[tap].mac, 6);
		core->counters->punted++;
		pkt->port_out = (uint8_t)tap;
		pkt_send(core, pkt);
	}
	core->punt.count = 0;
}

static void flush_all(struct core *core)
{
	if (unlikely(core->punt.count))
		flush_punt(core);
	if (core->gen && unlikely(core->gen->has_tunnels))
		pipeline_flush_links(core);
	for (uint32_t port = 0; port < core->port_count; port++) {
		if (core->out[port].count)
			flush_out(core, port);
	}
	if (core->worker_count > 1)
		handoff_flush_all(core);
}

/* ---- input ---- */

static void drop_all(struct core *core, struct batch *batch, enum drop_reason reason)
{
	batch_foreach(batch, i)
		pkt_drop(core, batch->pkts[i], reason);
	batch->count = 0;
}

static ALWAYS_INLINE void run(struct core *core, struct batch *batch)
{
	if (likely(core->gen)) {
		pipeline_run(core, batch);
		return;
	}
	if (!((struct worker *)core->owner)->engine->config.start_open) {
		drop_all(core, batch, DROP_NOT_READY);
		return;
	}
	batch_foreach(batch, i)
		pkt_punt(core, batch->pkts[i]);
	batch->count = 0;
}

static uint32_t receive(struct worker *worker)
{
	struct core *core = &worker->core;
	struct engine *engine = worker->engine;
	uint32_t total = 0;

	for (uint32_t i = 0; i < engine->port_count; i++) {
		struct io_port *port = &engine->ports[i];
		uint32_t queue = io_queue_of(port, core->worker);
		struct batch batch;

		if (queue == IO_NO_QUEUE)
			continue;
		batch.count = port->ops->rx(port, queue, core->cache, batch.pkts, BATCH_MAX);
		if (!batch.count)
			continue;
		total += batch.count;
		batch_foreach(&batch, n) {
			struct pkt *pkt = batch.pkts[n];

			pkt->flags &= PKT_CUT;
			pkt->depth = 0;
		}
		run(core, &batch);
	}
	return total;
}

/* The addresses by which frames are ours; in a replay they are the captured gateway's. */
static COLD void learn_tables(struct core *core)
{
	core->gen_number = (uint32_t)core->gen->number;
	core->hops_number = core->gen->hops_number;
	for (uint32_t i = 0; i < core->port_count; i++) {
		const struct link *link = &core->gen->links->links[i];

		if (link->present)
			memcpy(&core->port_mac[i], link->mac, sizeof(link->mac));
	}
	service_learn_tables(core);
}

/* What belongs before a burst: the clock, the tables, flows whose time is up. */
static void burst_begin(struct worker *worker, uint64_t now_ns)
{
	struct core *core = &worker->core;

	core->gen = publish_load(&worker->engine->publisher);
	core->now_ns = now_ns;
	core->now_tick = tick_of_ns(now_ns);
	flow_table_settle(core->flows);
	pkt_cache_reclaim(core->cache);
	if (unlikely(!core->gen))
		return;
	if (unlikely(worker->generation != core->gen->number))
		learn_tables(core);
	flow_expire(core, EXPIRE_BUDGET);
	frag_expire(core);
	if (unlikely(!service_is_recounted(core)))
		service_recount_some(core, RECOUNT_BUDGET);
	if (unlikely(core->waiting_count &&
		     (worker->generation != core->gen->number || now_ns >= worker->retry_ns))) {
		worker->retry_ns = now_ns + RETRY_NS;
		core_retry_waiting(core);
	}
	worker->generation = core->gen->number;
}

static void run_again(struct core *core)
{
	struct batch none = {0};

	if (unlikely(core->again.count && core->gen))
		pipeline_run(core, &none);
}

static void run_call(struct worker *worker)
{
	worker_call_fn *fn = __atomic_load_n(&worker->call, __ATOMIC_ACQUIRE);

	if (likely(!fn))
		return;
	fn(&worker->core, worker->call_arg);
	__atomic_store_n(&worker->call, NULL, __ATOMIC_RELEASE);
}

/* The agent sleeps until somebody has something to tell. */
static ALWAYS_INLINE void tell_agent(struct worker *worker)
{
	struct engine *engine = worker->engine;
	uint64_t one = 1;

	if (likely(worker->event_ring.head == worker->events_told && !wg_has_told(worker->core.wg)))
		return;
	worker->events_told = worker->event_ring.head;
	/* Pairs with the fence in agent_turn(). */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&engine->agent_sleeps, __ATOMIC_RELAXED))
		(void)!write(engine->events_fd, &one, sizeof(one));
}

uint32_t worker_turn(struct worker *worker, uint64_t now_ns)
{
	struct core *core = &worker->core;
	uint32_t moved;

	burst_begin(worker, now_ns);
	run_call(worker);
	run_again(core);
	moved = receive(worker);
	if (core->gen && unlikely(wg_is_busy(core->wg)))
		moved += wg_turn(core);
	if (core->worker_count > 1 && core->gen) {
		moved += handoff_receive(worker);
		moved += wg_share(core, moved == 0);
		run_again(core);
	}
	flush_all(core);
	tell_agent(worker);
	core->counters->bursts += moved != 0;
	core->counters->empty_polls += moved == 0;
	return moved;
}

void worker_feed(struct worker *worker, struct pkt **pkts, uint32_t count, uint64_t now_ns)
{
	struct core *core = &worker->core;
	struct batch batch = {.count = count};

	for (uint32_t i = 0; i < count; i++)
		batch.pkts[i] = pkts[i];
	burst_begin(worker, now_ns);
	run_again(core);
	batch_foreach(&batch, i) {
		batch.pkts[i]->flags &= PKT_CUT;
		batch.pkts[i]->depth = 0;
	}
	run(core, &batch);
	flush_all(core);
}

/* ---- the thread ---- */

void *worker_run(void *arg)
{
	struct worker *worker = arg;
	uint64_t spin_ns = worker->engine->config.spin_us * 1000ull;
	uint64_t busy_ns = clock_now_ns();

	sandbox_worker();
	urcu_qsbr_register_thread();
	while (!__atomic_load_n(&worker->stop, __ATOMIC_RELAXED)) {
		uint64_t now_ns = clock_now_ns();

		if (worker_turn(worker, now_ns))
			busy_ns = now_ns;
		urcu_qsbr_quiescent_state();
		if (now_ns - busy_ns > spin_ns) {
			worker_sleep(worker);
			busy_ns = clock_now_ns();
		}
	}
	urcu_qsbr_unregister_thread();
	return NULL;
}

void worker_call(struct worker *worker, worker_call_fn *fn, void *arg)
{
	struct timespec pause = {.tv_nsec = 20000};

	if (!worker->running) {
		fn(&worker->core, arg);
		return;
	}
	worker->call_arg = arg;
	__atomic_store_n(&worker->call, fn, __ATOMIC_RELEASE);
	worker_wake(worker);
	while (__atomic_load_n(&worker->call, __ATOMIC_ACQUIRE))
		(void)nanosleep(&pause, NULL);
}

/* ---- open and close ---- */

static void core_open(struct worker *worker, struct counters *counters)
{
	struct engine *engine = worker->engine;
	struct core *core = &worker->core;

	core->counters = counters;
	core->flows = &worker->flow_table;
	core->events = &worker->event_ring;
	core->cache = &engine->caches[core->worker];
	core->worker_count = (uint16_t)engine->config.workers;
	core->port_count = (uint16_t)(engine->port_count + engine->has_punt);
	core->flush_out = flush_out;
	core->flush_away = handoff_flush;
	core->wake = wake;
	core->owner = worker;
	for (uint32_t i = 0; i < engine->port_count; i++)
		memcpy(&core->port_mac[i], engine->ports[i].mac, 6);
}

int worker_open(struct worker *worker, struct engine *engine, uint32_t id, void *memory,
		uint64_t now_ns)
{
	const struct engine_config *config = &engine->config;
	struct core *core = &worker->core;
	uint32_t maps = config->flows / FLOWS_PER_MAP;
	uint8_t *flows = (uint8_t *)memory + align_up(sizeof(struct counters), 4096);

	memset(worker, 0, sizeof(*worker));
	worker->engine = engine;
	worker->cpu = config->cpus[id];
	core->worker = (uint16_t)id;
	core_open(worker, memory);
	worker->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	core->nat = nat_open(maps < 16 ? 16 : maps, engine->keys.k[0] + now_ns + id);
	core->frags = frag_open(config->fragments);
	core->cookies = cookie_jar_open(&engine->cookie_key, engine->state.kept, now_ns);
	if (worker->wake_fd < 0 || !core->nat || !core->frags || !core->cookies ||
	    event_ring_open(&worker->event_ring, config->event_slots) ||
	    flow_table_open(core->flows, flows, config->flows, &engine->keys, tick_of_ns(now_ns))) {
		worker_close(worker);
		return -ENOMEM;
	}
	core->services = service_state_open(core->flows, engine->state.kept,
					    engine->keys.k[2] + now_ns + id);
	if (!core->services ||
	    wg_core_open(&core->wg, engine->wg, id, config->workers, config->frames)) {
		worker_close(worker);
		return -ENOMEM;
	}
	return 0;
}

void worker_close(struct worker *worker)
{
	struct core *core = &worker->core;

	for (uint32_t i = 0; i < core->waiting_count; i++)
		pkt_drop(core, core->waiting[i], DROP_SHUTDOWN);
	core->waiting_count = 0;
	frag_drop_all(core, DROP_SHUTDOWN);
	wg_drop_all(core);
	wg_core_close(core->wg);
	flow_table_close(&worker->flow_table);
	event_ring_close(&worker->event_ring);
	nat_close(core->nat);
	frag_close(core->frags);
	service_state_close(core->services);
	cookie_jar_close(core->cookies);
	if (worker->wake_fd >= 0)
		(void)close(worker->wake_fd);
}
