/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * WireGuard on one worker: the state of its cipher, its box to the agent, and packets that cannot go
 * yet. Between wg's own files, and for who opens workers.
 */

#include "crypto/aead.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/generation.h"
#include "fastpath/wg/wg_live.h"
#include "fastpath/wg/wg_slip.h"

#define WG_WAIT_PEERS 256u /* that packets wait for, on one worker */
#define WG_WAIT_EACH  128u
#define WG_WAIT_NS    (10 * WG_SECOND_NS) /* an initiation may be lost, and its repetition answered */
#define WG_UNSENT_MAX 32u

/* Packets for one peer, oldest first, linked by pkt->next. */
struct wg_wait {
	uint32_t head;
	uint32_t tail;
	uint32_t count;
	uint32_t serial; /* of the peer: in other tables the hop may be another one's */
	uint16_t hop;
	uint8_t link;
};

struct wg_spread;

struct wg_core {
	const struct wg_index *index;
	struct aead *aead;
	struct wg_spread *spread;      /* NULL: the only worker */
	struct wg_core *const *others; /* by worker, this one too; NULL until it is open */
	struct wg_box *to_agent;
	struct wg_box *from_agent; /* of the first worker; else NULL */
	uint32_t tells;		   /* slips that were ever put into to_agent */
	uint32_t told;		   /* and when the agent was last woken */
	/* packets that wait for a session, or for the MAC address of the way to the peer */
	uint32_t wait_count;
	uint32_t wait_packets;
	uint32_t wait_packets_max;
	uint32_t unsent_count;
	struct wg_wait waits[WG_WAIT_PEERS];
	uint16_t wait_of_hop[1u << 16]; /* one more than the place in `waits`; 0: none */
	/* messages of handshakes that wait for a MAC address */
	struct pkt *unsent[WG_UNSENT_MAX];
};

struct wg_world;

/* `frames`: packet buffers of this worker, number `worker` of `count`. 0 or -errno. */
int wg_core_open(struct wg_core **out, struct wg_world *world, uint32_t worker, uint32_t count,
		 uint32_t frames);
/* Packets that wait must have been dropped. NULL is nothing. */
void wg_core_close(struct wg_core *wg);

/* The slip at which the worker tells something; false: no room. */
static inline struct wg_slip *wg_tell(struct core *core, enum wg_slip_kind kind)
{
	struct wg_slip *slip = wg_box_next(core->wg->to_agent);

	if (slip)
		*slip = (struct wg_slip){.kind = (uint8_t)kind, .worker = core->worker};
	return slip;
}

/* Hands over what wg_tell() gave to be filled in. */
static inline void wg_tell_done(struct core *core)
{
	wg_box_put(core->wg->to_agent);
	core->wg->tells++;
}

static ALWAYS_INLINE bool wg_has_slips(const struct wg_core *wg)
{
	return wg->from_agent && wg_box_count(wg->from_agent);
}

/* There is something for wg_turn(), tables or not. */
static ALWAYS_INLINE bool wg_is_busy(const struct wg_core *wg)
{
	return (wg->wait_packets | wg->unsent_count) || wg_has_slips(wg);
}

/* There is something new for the agent; asked once. */
static ALWAYS_INLINE bool wg_has_told(struct wg_core *wg)
{
	if (likely(wg->tells == wg->told))
		return false;
	wg->told = wg->tells;
	return true;
}
