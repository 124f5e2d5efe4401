/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sleeping without missing work. Who gives a worker something to do looks afterwards whether it
 * sleeps; who goes to sleep says so first and looks afterwards whether there is something. With
 * a full fence between the two on either side, at least one of them sees the other.
 */

#include <poll.h>
#include <unistd.h>

#include "fastpath/engine.h"
#include "fastpath/wg/wg_stage.h"
#include "fastpath/worker.h"

#define SLEEP_MS 50

void worker_wake(struct worker *worker)
{
	uint64_t one = 1;

	/* Pairs with the fence in worker_sleep(): either we see it sleeping or it sees our work. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&worker->sleeping, __ATOMIC_RELAXED) && worker->wake_fd >= 0)
		(void)!write(worker->wake_fd, &one, sizeof(one));
}

static bool handoff_waits(const struct worker *worker)
{
	const struct engine *engine = worker->engine;
	uint32_t n = engine->config.workers;

	for (uint32_t from = 0; n > 1 && from < n; from++) {
		const struct ring *ring = &engine->handoff[from * n + worker->core.worker];

		if (__atomic_load_n(&ring->head, __ATOMIC_ACQUIRE) != ring->tail)
			return true;
	}
	return false;
}

void worker_sleep(struct worker *worker)
{
	struct engine *engine = worker->engine;
	struct pollfd fds[IO_PORTS_MAX + 1] = {{.fd = worker->wake_fd, .events = POLLIN}};
	int timeout = worker->core.waiting_count ? (int)(RETRY_NS / 1000000) : SLEEP_MS;
	nfds_t count = 1;
	uint64_t woken;

	for (uint32_t i = 0; i < engine->port_count; i++) {
		struct io_port *port = &engine->ports[i];
		uint32_t queue = io_queue_of(port, worker->core.worker);
		int fd = queue == IO_NO_QUEUE ? -1 : port->ops->fd(port, queue);

		if (queue != IO_NO_QUEUE && port->ops->before_sleep)
			port->ops->before_sleep(port, queue, worker->core.cache);
		if (fd >= 0)
			fds[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
		else if (queue != IO_NO_QUEUE)
			timeout = 1;
	}
	worker->core.counters->sleeps++;
	__atomic_store_n(&worker->sleeping, 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!handoff_waits(worker) && wg_may_sleep(&worker->core) &&
	    !__atomic_load_n(&worker->call, __ATOMIC_ACQUIRE) &&
	    !__atomic_load_n(&worker->stop, __ATOMIC_RELAXED)) {
		urcu_qsbr_thread_offline();
		(void)poll(fds, count, timeout);
		urcu_qsbr_thread_online();
	}
	__atomic_store_n(&worker->sleeping, 0, __ATOMIC_RELAXED);
	if (fds[0].revents)
		(void)!read(worker->wake_fd, &woken, sizeof(woken));
}
