/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/pkt/pool.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static int returns_open(struct pkt_pool *pool)
{
	uint32_t count = pool->workers * pool->workers;

	if (pool->workers == 1)
		return 0;
	pool->returns = aligned_alloc(CACHE_LINE, count * sizeof(*pool->returns));
	if (!pool->returns)
		return -ENOMEM;
	memset(pool->returns, 0, count * sizeof(*pool->returns));
	for (uint32_t i = 0; i < count; i++) {
		/* As large as all frames of the home worker: a return always finds room. */
		if (ring_open(&pool->returns[i], pool->per_worker + 1))
			return -ENOMEM;
	}
	return 0;
}

int pkt_pool_open(struct pkt_pool *pool, uint32_t workers, uint32_t per_worker)
{
	memset(pool, 0, sizeof(*pool));
	if (workers == 0 || workers > POOL_WORKERS_MAX || per_worker == 0)
		return -EINVAL;
	pool->workers = workers;
	pool->per_worker = per_worker;
	pool->count = workers * per_worker;
	pool->size = (size_t)pool->count * PKT_FRAME_SIZE;
	pool->memory = mmap(NULL, pool->size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (pool->memory == MAP_FAILED) {
		pool->memory = NULL;
		return -ENOMEM;
	}
	(void)madvise(pool->memory, pool->size, MADV_HUGEPAGE);
	pool->pkts = aligned_alloc(CACHE_LINE, pool->count * sizeof(*pool->pkts));
	if (!pool->pkts || returns_open(pool)) {
		pkt_pool_close(pool);
		return -ENOMEM;
	}
	memset(pool->pkts, 0, pool->count * sizeof(*pool->pkts));
	for (uint32_t i = 0; i < pool->count; i++) {
		pool->pkts[i].index = i;
		pool->pkts[i].data = pkt_frame(pool, &pool->pkts[i]) + PKT_HEADROOM;
	}
	return 0;
}

void pkt_pool_close(struct pkt_pool *pool)
{
	for (uint32_t i = 0; pool->returns && i < pool->workers * pool->workers; i++)
		ring_close(&pool->returns[i]);
	free(pool->returns);
	free(pool->pkts);
	if (pool->memory)
		(void)munmap(pool->memory, pool->size);
	memset(pool, 0, sizeof(*pool));
}

int pkt_cache_open(struct pkt_cache *cache, struct pkt_pool *pool, uint32_t worker)
{
	CHECK(worker < pool->workers);
	cache->pool = pool;
	cache->worker = worker;
	cache->count = 0;
	cache->stack = calloc(pool->per_worker, sizeof(struct pkt *));
	if (!cache->stack)
		return -ENOMEM;
	for (uint32_t i = 0; i < pool->per_worker; i++)
		pkt_free(cache, &pool->pkts[worker * pool->per_worker + i]);
	return 0;
}

void pkt_cache_close(struct pkt_cache *cache)
{
	free(cache->stack);
	cache->stack = NULL;
	cache->count = 0;
}

void pkt_cache_reclaim(struct pkt_cache *cache)
{
	struct pkt_pool *pool = cache->pool;

	for (uint32_t from = 0; pool->returns && from < pool->workers; from++) {
		struct ring *ring = &pool->returns[from * pool->workers + cache->worker];
		uint32_t room = pool->per_worker - cache->count;

		if (from == cache->worker)
			continue;
		cache->count += ring_take(ring, (void **)&cache->stack[cache->count], room);
	}
}

void pkt_return(struct pkt_cache *cache, struct pkt *pkt)
{
	struct pkt_pool *pool = cache->pool;
	uint32_t home = pkt->index / pool->per_worker;
	struct ring *ring = &pool->returns[cache->worker * pool->workers + home];
	void *item = pkt;

	CHECK(ring_put(ring, &item, 1) == 1);
}
