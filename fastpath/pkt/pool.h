/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Packet buffers: one memory area for all ports (an AF_XDP UMEM is made of it), a stack of free
 * ones for each worker.
 *
 * A frame has a home worker. A packet that another worker finished with goes back over a ring
 * of that pair of workers; so stacks need no locks and no worker starves another.
 */

#include <stddef.h>

#include "fastpath/base/check.h"
#include "fastpath/base/ring.h"
#include "fastpath/pkt/pkt.h"

#define POOL_WORKERS_MAX 16

struct pkt_pool {
	uint8_t *memory; /* frame i at memory + i * PKT_FRAME_SIZE, page aligned */
	size_t size;
	struct pkt *pkts;
	uint32_t count;
	uint32_t per_worker;
	uint32_t workers;
	struct ring *returns; /* [from * workers + to]; NULL with one worker */
};

struct pkt_cache {
	struct pkt_pool *pool;
	struct pkt **stack;
	uint32_t count;
	uint32_t worker;
};

/* `per_worker` frames for each of `workers`. 0 or -errno. */
int pkt_pool_open(struct pkt_pool *pool, uint32_t workers, uint32_t per_worker);
void pkt_pool_close(struct pkt_pool *pool);
int pkt_cache_open(struct pkt_cache *cache, struct pkt_pool *pool, uint32_t worker);
void pkt_cache_close(struct pkt_cache *cache);

/* Takes back what other workers returned. Once a loop. */
void pkt_cache_reclaim(struct pkt_cache *cache);
/* For a frame that belongs to another worker. */
void pkt_return(struct pkt_cache *cache, struct pkt *pkt);

static ALWAYS_INLINE struct pkt *pkt_alloc(struct pkt_cache *cache)
{
	return likely(cache->count) ? cache->stack[--cache->count] : NULL;
}

static ALWAYS_INLINE void pkt_free(struct pkt_cache *cache, struct pkt *pkt)
{
	uint32_t home = cache->worker * cache->pool->per_worker;

	if (likely(pkt->index - home < cache->pool->per_worker)) {
		DCHECK(cache->count < cache->pool->per_worker);
		cache->stack[cache->count++] = pkt;
		return;
	}
	pkt_return(cache, pkt);
}

static ALWAYS_INLINE uint8_t *pkt_frame(const struct pkt_pool *pool, const struct pkt *pkt)
{
	return pool->memory + (size_t)pkt->index * PKT_FRAME_SIZE;
}

/* The packet whose frame holds `offset` of the pool's memory. */
static ALWAYS_INLINE struct pkt *pkt_at(const struct pkt_pool *pool, uint64_t offset)
{
	return &pool->pkts[offset / PKT_FRAME_SIZE];
}
