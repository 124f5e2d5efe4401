/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/wg/wg_world.h"

#include <errno.h>
#include <stdlib.h>

#include "crypto/wg_keys.h"
#include "fastpath/base/secret.h"
#include "fastpath/wg/wg_core.h"
#include "fastpath/wg/wg_memory.h"

#define TO_WORKER_SLIPS 1024u
#define SLIPS_A_TURN	64u
#define ACTIVE_NS	(WG_SECOND_NS / 10) /* between looks at peers that speak */
#define LOADED_NS	WG_SECOND_NS	    /* for so long after there were too many messages */
#define LOADED_RATE	512u		    /* messages a second */

static void random_bytes(void *arg, void *bytes, size_t size)
{
	(void)arg;
	wg_random(bytes, size);
}

/* Measured once: it takes some ms, and does not change. */
static int aead_once(const char *wanted, enum aead_kind *kind)
{
	static enum aead_kind chosen;
	static char name[16];
	int err;

	if (strncmp(name, wanted, sizeof(name)) != 0) {
		err = aead_choose(wanted, &chosen);
		if (err)
			return err;
		(void)snprintf(name, sizeof(name), "%s", wanted);
	}
	*kind = chosen;
	return 0;
}

int wg_world_open(struct wg_world **out, const char *aead)
{
	struct wg_world *world = calloc(1, sizeof(*world));
	int err;

	if (!world)
		return -ENOMEM;
	world->index = calloc(1, sizeof(*world->index));
	world->random = random_bytes;
	world->next_ns = UINT64_MAX;
	wg_random(&world->bucket_key, sizeof(world->bucket_key));
	world->owners = secret_alloc(WG_DEVICES_MAX * sizeof(*world->owners));
	world->to_worker = wg_box_make(TO_WORKER_SLIPS);
	err = world->index && world->owners && world->to_worker ? 0 : -ENOMEM;
	if (!err)
		err = wg_arena_open(&world->lives, sizeof(struct wg_live), WG_LIVES);
	if (!err)
		err = wg_arena_open(&world->channels, sizeof(struct wg_channel), 2 * WG_PLACES);
	if (!err)
		err = wg_arena_open(&world->endpoints, sizeof(struct wg_endpoint), 2 * WG_LIVES);
	if (!err)
		err = aead_once(aead, &world->aead);
	if (err) {
		wg_world_close(world);
		return err;
	}
	*out = world;
	return 0;
}

void wg_world_close(struct wg_world *world)
{
	if (!world)
		return;
	free(world->retired);
	wg_arena_close(&world->lives);
	wg_arena_close(&world->channels);
	wg_arena_close(&world->endpoints);
	wg_box_free(world->to_worker);
	secret_free(world->owners, WG_DEVICES_MAX * sizeof(*world->owners));
	free(world->index);
	free(world);
}

enum aead_kind wg_world_aead(const struct wg_world *world)
{
	return world->aead;
}

void wg_world_greet(struct wg_world *world)
{
	world->greets = true;
}

void wg_world_set_random(struct wg_world *world, wg_random_fn *random, void *arg)
{
	world->random = random;
	world->random_arg = arg;
}

uint64_t wg_world_verdicts(const struct wg_world *world, enum wg_verdict verdict)
{
	return world->verdicts[verdict];
}

/* ---- what workers told ---- */

static void slip_take(struct wg_world *world, const struct wg_slip *slip, bool is_loaded)
{
	struct wg_live *live;

	if (slip->kind == WG_SLIP_MESSAGE) {
		world->counted++;
		wg_message_handle(world, slip, is_loaded);
		return;
	}
	live = slip->number < world->live_count ? world->by_number[slip->number] : NULL;
	if (!live || live->serial != slip->serial || !live->generation)
		return;
	if (slip->kind == WG_SLIP_WANT) {
		wg_peer_event(world, live, WG_EVENT_WANT_SESSION, world->now_ns);
	} else if (slip->kind == WG_SLIP_MOVED) {
		const struct wg_endpoint e = {
			.far = slip->far, .near = slip->near, .port = slip->port};

		wg_endpoint_set(world, live, &e);
		__atomic_store_n(&live->moved, false, __ATOMIC_RELEASE);
	}
}

static bool load_measure(struct wg_world *world)
{
	if (world->now_ns - world->counted_ns >= WG_SECOND_NS) {
		world->counted_ns = world->now_ns;
		world->counted = 0;
	}
	for (uint32_t w = 0; w < world->core_count; w++) {
		const struct wg_box *box = world->cores[w]->to_agent;

		if (wg_box_count(box) > (box->mask + 1) / 8 || world->counted > LOADED_RATE)
			world->loaded_until_ns = world->now_ns + LOADED_NS;
	}
	return world->now_ns < world->loaded_until_ns;
}

static uint32_t slips_take(struct wg_world *world)
{
	bool loaded = load_measure(world);
	uint32_t total = 0;

	for (uint32_t w = 0; w < world->core_count; w++) {
		struct wg_box *box = world->cores[w]->to_agent;
		const struct wg_slip *slip;
		uint32_t count = 0;

		while (count++ < SLIPS_A_TURN && (slip = wg_box_oldest(box))) {
			slip_take(world, slip, loaded);
			wg_box_took(box);
			total++;
		}
	}
	return total;
}

/* ---- the clock ---- */

void wg_world_activate(struct wg_world *world, struct wg_live *live)
{
	if (live->is_active)
		return;
	live->is_active = true;
	live->active_at = world->active_count;
	world->active[world->active_count++] = live;
	if (world->next_ns == UINT64_MAX)
		world->next_ns = world->now_ns + ACTIVE_NS;
}

static bool is_idle(const struct wg_live *live, uint64_t due_ns)
{
	return due_ns == UINT64_MAX && !live->current && !live->next && !live->previous;
}

static void look_at_all(struct wg_world *world)
{
	/* From behind, as the last one takes the place of one that goes. */
	for (uint32_t i = world->active_count; i-- > 0;) {
		struct wg_live *live = world->active[i];

		if (!is_idle(live, wg_peer_look(world, live)))
			continue;
		live->is_active = false;
		world->active[i] = world->active[--world->active_count];
		world->active[i]->active_at = i;
	}
	world->next_ns = world->active_count ? world->now_ns + ACTIVE_NS : UINT64_MAX;
}

static void do_due(struct wg_world *world)
{
	world->has_due = false;
	for (uint32_t i = 0; i < world->live_count; i++) {
		struct wg_live *live = world->by_number[i];
		uint32_t due = live ? live->due : 0;

		if (!due)
			continue;
		live->due = 0;
		wg_peer_do(world, live, due);
	}
}

uint32_t wg_world_turn(struct wg_world *world, uint64_t now_ns, uint64_t unix_ns)
{
	uint32_t count;

	world->now_ns = now_ns;
	world->unix_ns = unix_ns;
	if (world->has_due)
		do_due(world);
	count = slips_take(world);
	if (now_ns >= world->next_ns)
		look_at_all(world);
	return count;
}

uint64_t wg_world_next_ns(const struct wg_world *world)
{
	return world->next_ns;
}

bool wg_world_has_news(struct wg_world *world)
{
	bool news = world->has_news;

	world->has_news = false;
	return news;
}
