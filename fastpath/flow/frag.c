/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/frag.h"

#include <stdlib.h>
#include <string.h>

#include "fastpath/flow/flow_table.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/settings.h"

struct piece {
	uint16_t first;
	uint16_t end;
};

/* Datagrams are few and live for a moment: a hash of chains, oldest first in a list. */
struct datagram {
	struct tuple key; /* the identification stands where ports would */
	uint64_t deadline_ns;
	uint32_t chain; /* next with the same hash, or free */
	uint32_t older, newer;
	uint32_t held;	  /* packets that wait for the ports, linked through next */
	uint32_t covered; /* bytes */
	uint32_t total;	  /* bytes; 0 before the last fragment came */
	uint16_t piece_count;
	bool ports_known;
	uint8_t broken; /* enum drop_reason: nothing more of it goes on */
	/* from the first fragment */
	be16 sport, dport;
	uint16_t flags;
	uint8_t proto;
	uint8_t icmp_type;
	struct piece pieces[FRAG_PIECES_MAX];
};

struct frag_table {
	uint32_t size;
	uint32_t used;
	uint32_t held;
	uint32_t mask;
	uint32_t *chains;
	struct datagram *datagrams;
	uint32_t free;
	uint32_t oldest, newest;
};

#define NIL UINT32_MAX

struct frag_table *frag_open(uint32_t held)
{
	struct frag_table *t = calloc(1, sizeof(*t));
	uint32_t chains = power_of_two_up(held);

	if (!t)
		return NULL;
	t->size = held;
	t->mask = chains - 1;
	t->chains = malloc(chains * sizeof(*t->chains));
	t->datagrams = calloc(held, sizeof(*t->datagrams));
	if (!t->chains || !t->datagrams) {
		frag_close(t);
		return NULL;
	}
	memset(t->chains, 0xff, chains * sizeof(*t->chains));
	for (uint32_t i = 0; i < held; i++)
		t->datagrams[i].chain = i + 1 < held ? i + 1 : NIL;
	t->free = held ? 0 : NIL;
	t->oldest = t->newest = NIL;
	return t;
}

void frag_close(struct frag_table *t)
{
	if (!t)
		return;
	free(t->chains);
	free(t->datagrams);
	free(t);
}

uint32_t frag_used(const struct frag_table *t)
{
	return t->used;
}

uint32_t frag_size(const struct frag_table *t)
{
	return t->size;
}

/* Of an IPv6 datagram only the first fragment says the protocol for sure: others name what comes
 * first behind their fragment header, which may be an extension header (RFC 8200 section 4.5). */
static struct tuple datagram_key(const struct headers *h)
{
	return (struct tuple){.src = h->tuple.src,
			      .dst = h->tuple.dst,
			      .sport = (be16)(h->frag_id >> 16),
			      .dport = (be16)h->frag_id,
			      .proto = h->tuple.family == FAMILY_IP6 ? 0 : h->tuple.proto,
			      .family = h->tuple.family};
}

static struct datagram *datagram_find(struct frag_table *t, const struct tuple *key, uint64_t hash)
{
	uint32_t i = t->chains[hash & t->mask];

	while (i != NIL && !tuple_equal(&t->datagrams[i].key, key))
		i = t->datagrams[i].chain;
	return i == NIL ? NULL : &t->datagrams[i];
}

static struct datagram *datagram_make(struct core *core, const struct tuple *key, uint64_t hash)
{
	struct frag_table *t = core->frags;
	uint32_t i = t->free;
	struct datagram *d;

	if (i == NIL)
		return NULL;
	d = &t->datagrams[i];
	t->free = d->chain;
	*d = (struct datagram){.key = *key,
			       .deadline_ns = core->now_ns + core->gen->settings->fragment_ns,
			       .chain = t->chains[hash & t->mask],
			       .older = t->newest,
			       .newer = NIL,
			       .held = NIL};
	t->chains[hash & t->mask] = i;
	if (t->newest != NIL)
		t->datagrams[t->newest].newer = i;
	else
		t->oldest = i;
	t->newest = i;
	t->used++;
	return d;
}

static void datagram_free(struct core *core, struct datagram *d)
{
	struct frag_table *t = core->frags;
	uint32_t self = (uint32_t)(d - t->datagrams);
	uint32_t *link = &t->chains[flow_hash(core->flows, &d->key) & t->mask];

	while (*link != self)
		link = &t->datagrams[*link].chain;
	*link = d->chain;
	if (d->older != NIL)
		t->datagrams[d->older].newer = d->newer;
	else
		t->oldest = d->newer;
	if (d->newer != NIL)
		t->datagrams[d->newer].older = d->older;
	else
		t->newest = d->older;
	d->chain = t->free;
	t->free = self;
	t->used--;
}

static struct pkt *held_take(struct core *core, struct datagram *d)
{
	struct pkt *pkt;

	if (d->held == NIL)
		return NULL;
	pkt = &core->cache->pool->pkts[d->held];
	d->held = pkt->next;
	core->frags->held--;
	return pkt;
}

static void datagram_break(struct core *core, struct datagram *d, enum drop_reason reason)
{
	struct pkt *pkt;

	d->broken = (uint8_t)reason;
	while ((pkt = held_take(core, d)))
		pkt_drop(core, pkt, reason);
}

/* Whether the piece is new, where it belongs, and touches no other. */
static enum drop_reason piece_add(struct core *core, struct datagram *d, const struct headers *h)
{
	struct piece p = {h->frag_offset, (uint16_t)(h->frag_offset + h->frag_size)};
	bool last = !(h->flags & HEADERS_MORE_FRAGS);
	uint32_t reach = p.end;

	for (uint32_t i = 0; i < d->piece_count; i++) {
		const struct piece *q = &d->pieces[i];

		/* The same again is a copy made on the way, not an attack. */
		if (q->first == p.first && q->end == p.end)
			return DROP_FRAGMENT_OVERLAP;
		if (p.first < q->end && q->first < p.end) {
			datagram_break(core, d, DROP_FRAGMENT_OVERLAP);
			return DROP_FRAGMENT_OVERLAP;
		}
		reach = max_u32(reach, q->end);
	}
	if ((last && (d->total || reach > p.end)) || (!last && d->total && p.end > d->total)) {
		datagram_break(core, d, DROP_BAD_FRAGMENT);
		return DROP_BAD_FRAGMENT;
	}
	if (d->piece_count == FRAG_PIECES_MAX) {
		datagram_break(core, d, DROP_FRAGMENT_LIMIT);
		return DROP_FRAGMENT_LIMIT;
	}
	d->pieces[d->piece_count++] = p;
	d->covered += h->frag_size;
	if (last)
		d->total = p.end;
	return DROP_NONE;
}

static void ports_apply(const struct datagram *d, struct pkt *pkt)
{
	pkt->h.tuple.proto = d->proto;
	pkt->h.tuple.sport = d->sport;
	pkt->h.tuple.dport = d->dport;
	pkt->h.icmp_type = d->icmp_type;
	pkt->h.flags |= d->flags;
	pkt->flags |= PKT_DEFRAGMENTED;
	pkt->flags &= (uint16_t)~PKT_HANDED;
}

static void ports_learn(struct core *core, struct datagram *d, const struct headers *h)
{
	struct pkt *pkt;

	d->ports_known = true;
	d->proto = h->tuple.proto;
	d->sport = h->tuple.sport;
	d->dport = h->tuple.dport;
	d->icmp_type = h->icmp_type;
	d->flags = h->flags & (HEADERS_ECHO_REQUEST | HEADERS_ECHO_REPLY | HEADERS_ICMP_OTHER);
	while ((pkt = held_take(core, d))) {
		ports_apply(d, pkt);
		pkt_again(core, pkt);
	}
}

static enum drop_reason hold(struct core *core, struct datagram *d, struct pkt *pkt)
{
	if (core->frags->held >= core->frags->size)
		return DROP_FRAGMENT_LIMIT;
	pkt->next = d->held;
	pkt->held_ns = core->now_ns;
	d->held = pkt->index;
	core->frags->held++;
	return DROP_NONE;
}

enum fate {
	GOES_ON,
	IS_HELD,
	IS_LOST
};

static enum fate lose(struct core *core, struct pkt *pkt, enum drop_reason reason)
{
	pkt_drop(core, pkt, reason);
	return IS_LOST;
}

static enum fate fragment_take(struct core *core, struct pkt *pkt, const struct tuple *key,
			       uint64_t hash)
{
	struct datagram *d = datagram_find(core->frags, key, hash);
	enum drop_reason reason;
	enum fate fate = GOES_ON;

	if (!d)
		d = datagram_make(core, key, hash);
	if (!d)
		return lose(core, pkt, DROP_FRAGMENT_LIMIT);
	if (d->broken)
		return lose(core, pkt, d->broken);
	reason = piece_add(core, d, &pkt->h);
	if (reason)
		return lose(core, pkt, reason);
	if (pkt->h.frag_offset == 0) {
		ports_learn(core, d, &pkt->h);
		ports_apply(d, pkt);
	} else if (d->ports_known) {
		ports_apply(d, pkt);
	} else {
		reason = hold(core, d, pkt);
		if (reason)
			return lose(core, pkt, reason);
		fate = IS_HELD;
	}
	if (d->total && d->covered == d->total)
		datagram_free(core, d);
	return fate;
}

void frag_stage(struct core *core, struct batch *batch)
{
	uint32_t kept = 0;

	if (likely(!(batch->seen & HEADERS_FRAGMENT)))
		return;
	batch_foreach(batch, i) {
		struct pkt *pkt = batch->pkts[i];
		struct tuple key;
		struct tuple_hash hash;
		uint32_t home;

		if (likely(!(pkt->h.flags & HEADERS_FRAGMENT) || pkt->flags & PKT_DEFRAGMENTED)) {
			batch->pkts[kept++] = pkt;
			continue;
		}
		key = datagram_key(&pkt->h);
		hash = tuple_hash(&key, &core->flows->keys);
		home = hash_range(hash.flow, core->worker_count);
		if (home != core->worker && !(pkt->flags & PKT_HANDED)) {
			pkt_hand_off(core, pkt, home);
			continue;
		}
		if (fragment_take(core, pkt, &key, hash.table) == GOES_ON)
			batch->pkts[kept++] = pkt;
	}
	batch->count = kept;
}

void frag_expire(struct core *core)
{
	struct frag_table *t = core->frags;

	while (t->oldest != NIL) {
		struct datagram *d = &t->datagrams[t->oldest];

		if (core->now_ns < d->deadline_ns)
			break;
		datagram_break(core, d, DROP_FRAGMENT_TIMEOUT);
		datagram_free(core, d);
	}
}

void frag_drop_all(struct core *core, enum drop_reason reason)
{
	struct frag_table *t = core->frags;

	for (uint32_t i = t ? t->oldest : NIL; i != NIL; i = t->datagrams[i].newer)
		datagram_break(core, &t->datagrams[i], reason);
}
