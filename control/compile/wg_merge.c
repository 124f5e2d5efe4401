/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One WireGuard device out of three sources. Each peer comes from the first that names its public
 * key: the conf, then the CiliumNode objects in the order of their names; then the overlay of the
 * control socket changes, removes and adds. An allowed IP has one peer: what the socket said wins,
 * then the conf, then the first node.
 *
 * Objects that contradict each other or the conf are told of and left out; a change by the socket
 * that cannot be is refused.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/wireguard_world.h"
#include "crypto/wg_keys.h"

struct claim {
	struct prefix prefix;
	uint32_t peer;
	uint32_t order;
	uint8_t rank; /* the lower one wins */
};

struct merge {
	struct world *w;
	struct wireguard *device;
	struct intern keys; /* the number of a key is its peer's */
	struct intern hops;
	uint32_t room;
	struct wireguard_peer *peers; /* in the order of the sources */
	uint32_t count;
	bool *removed;
	bool *replaced; /* the socket said all its allowed IPs */
	GROW(struct claim) claims;
};

bool wireguard_encrypts_nodes(const struct world *w)
{
	return w->in->config->tunnel.protocol != 0;
}

static uint8_t rank_of(enum wireguard_source source)
{
	return source == WIREGUARD_FROM_SOCKET ? 0 : source == WIREGUARD_FROM_CONF ? 1 : 2;
}

static void claim_add(struct merge *m, uint32_t peer, const struct prefix *prefix,
		      enum wireguard_source source)
{
	GROW_ADD(&m->claims, (struct claim){.prefix = *prefix,
					    .peer = peer,
					    .order = m->claims.count,
					    .rank = rank_of(source)});
}

/* Why a key cannot be a peer's, or NULL. */
static const char *peer_fault(const struct merge *m, const uint8_t key[WG_KEY_SIZE])
{
	if (m->device->has_key && memcmp(key, m->device->public_key, WG_KEY_SIZE) == 0)
		return "has our own public key";
	if (intern_find(&m->keys, key, WG_KEY_SIZE) != INTERN_NONE)
		return "has a public key that another peer has already";
	if (intern_find(&m->hops, key, WG_HOP_SIZE) != INTERN_NONE)
		return "has a public key that begins as another peer's does";
	return m->count == WG_PEERS_MAX ? "is one peer too many" : NULL;
}

static struct wireguard_peer *peer_add(struct merge *m, const uint8_t key[WG_KEY_SIZE],
				       enum wireguard_source source, const struct source *from)
{
	struct wireguard_peer *peer = &m->peers[m->count];

	CHECK(m->count < m->room && intern_add(&m->keys, key, WG_KEY_SIZE, NULL) == m->count);
	(void)intern_add(&m->hops, key, WG_HOP_SIZE, NULL);
	m->count++;
	memcpy(peer->public_key, key, WG_KEY_SIZE);
	peer->source = (uint8_t)source;
	if (from) {
		peer->file = strdup(from->file);
		peer->line = from->line;
		CHECK(peer->file);
	}
	return peer;
}

static void conf_add(struct merge *m)
{
	const struct config *config = m->w->in->config;
	const struct wireguard_facts *facts = m->w->in->wg;

	for (size_t i = 0; i < config->wireguard.peer_count; i++) {
		const struct config_wg_peer *from = &config->wireguard.peers[i];
		const struct source here = {.file = config->path, .line = from->line};
		const char *fault = peer_fault(m, from->public_key);
		uint32_t number = m->count;
		struct wireguard_peer *peer;

		if (fault) {
			world_warn(m->w, &here, "wireguard.peers[%zu] %s: left out", i, fault);
			continue;
		}
		peer = peer_add(m, from->public_key, WIREGUARD_FROM_CONF, &here);
		peer->endpoint = from->endpoint.addr;
		peer->endpoint_port = from->endpoint.port;
		peer->keepalive_s = from->persistent_keepalive;
		memcpy(peer->name, from->name, strnlen(from->name, sizeof(from->name) - 1));
		if (facts && i < facts->preshared_count)
			memcpy(peer->preshared_key, facts->preshared_keys[i], WG_KEY_SIZE);
		for (size_t j = 0; j < from->allowed_ip_count; j++)
			claim_add(m, number, &from->allowed_ips[j], WIREGUARD_FROM_CONF);
	}
}

static const union addr *node_endpoint(const struct cilium_node *node)
{
	for (size_t i = 0; i < node->internal_count; i++)
		if (addr_is_v4(&node->internal[i]))
			return &node->internal[i];
	return node->internal_count ? &node->internal[0] : NULL;
}

static void node_add(struct merge *m, const struct cilium_node *node)
{
	const char *fault = peer_fault(m, node->wg_key);
	const union addr *endpoint = node_endpoint(node);
	uint32_t number = m->count;
	struct wireguard_peer *peer;

	if (fault) {
		world_warn(m->w, &node->meta.source, "CiliumNode %s %s: it is no peer of WireGuard",
			   node->meta.name, fault);
		return;
	}
	peer = peer_add(m, node->wg_key, WIREGUARD_FROM_NODE, &node->meta.source);
	memcpy(peer->name, node->meta.name, strnlen(node->meta.name, sizeof(peer->name) - 1));
	if (endpoint) {
		peer->endpoint = *endpoint;
		peer->endpoint_port = m->w->in->config->wireguard.node_port;
	}
	for (size_t i = 0; i < node->pod_cidr_count; i++)
		claim_add(m, number, &node->pod_cidrs[i], WIREGUARD_FROM_NODE);
	for (size_t i = 0; i < node->address_count && wireguard_encrypts_nodes(m->w); i++) {
		struct prefix host = prefix_host(&node->addresses[i]);

		claim_add(m, number, &host, WIREGUARD_FROM_NODE);
	}
}

static void nodes_add(struct merge *m)
{
	const struct objects *objects = m->w->in->objects;

	for (size_t i = 0; i < objects->cilium_node_count; i++) {
		const struct cilium_node *node = &objects->cilium_nodes[i];

		if (!node->has_wg_key)
			continue;
		if (strcmp(node->meta.name, m->w->in->config->node_name) != 0)
			node_add(m, node);
		else if (m->device->has_key &&
			 memcmp(node->wg_key, m->device->public_key, WG_KEY_SIZE) != 0)
			world_warn(m->w, &node->meta.source,
				   "CiliumNode %s is this gateway, but the public key in its "
				   "annotation is not ours: others cannot talk to us",
				   node->meta.name);
	}
}

static int change_apply(struct merge *m, const struct wireguard_change *change)
{
	uint32_t number = intern_find(&m->keys, change->public_key, WG_KEY_SIZE);
	struct wireguard_peer *peer;

	if (number == INTERN_NONE) {
		const char *fault = peer_fault(m, change->public_key);

		if (change->is_removed || change->is_update)
			return 0;
		/* As WireGuard does: our own key is no peer, and no error. */
		if (m->device->has_key &&
		    memcmp(change->public_key, m->device->public_key, WG_KEY_SIZE) == 0)
			return 0;
		if (fault)
			return world_refuse(m->w, -EINVAL, "a peer of WireGuard's socket %s",
					    fault);
		number = m->count;
		peer = peer_add(m, change->public_key, WIREGUARD_FROM_SOCKET, NULL);
	} else {
		peer = &m->peers[number];
		peer->is_changed = true;
	}
	m->removed[number] = change->is_removed;
	m->replaced[number] = change->has_allowed;
	if (change->has_preshared_key)
		memcpy(peer->preshared_key, change->preshared_key, WG_KEY_SIZE);
	if (change->has_endpoint) {
		peer->endpoint = change->endpoint;
		peer->endpoint_port = change->endpoint_port;
	}
	if (change->has_keepalive)
		peer->keepalive_s = change->keepalive_s;
	for (uint32_t i = 0; i < change->allowed_count && change->has_allowed; i++)
		claim_add(m, number, &change->allowed[i], WIREGUARD_FROM_SOCKET);
	return 0;
}

/* ---- who has which allowed IP ---- */

static int claim_order(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = prefix_compare(&x->prefix, &y->prefix);

	if (order)
		return order;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static void claim_lost(struct merge *m, const struct claim *lost,
		       const struct wireguard_allowed *won)
{
	const struct wireguard_peer *loser = &m->peers[lost->peer], *winner = &m->peers[won->peer];
	const struct source here = {.file = loser->file, .line = loser->line};
	char text[ADDR_TEXT_MAX];

	/* What the socket moves it moves. */
	if (loser == winner || lost->rank == 0 || m->replaced[won->peer])
		return;
	world_warn(m->w, &here, "%s is an allowed IP of the peer of %s:%u already: left out",
		   prefix_format(&lost->prefix, text), winner->file, winner->line);
}

static int claims_settle(struct merge *m)
{
	struct wireguard *device = m->device;

	GROW_RESERVE(&m->claims, 1); /* so that there is something to sort */
	qsort(m->claims.items, m->claims.count, sizeof(*m->claims.items), claim_order);
	device->allowed = grow_zeroed(m->claims.count + 1, sizeof(*device->allowed));
	for (uint32_t i = 0; i < m->claims.count; i++) {
		const struct claim *claim = &m->claims.items[i];
		const struct wireguard_allowed *last =
			device->allowed_count ? &device->allowed[device->allowed_count - 1] : NULL;

		if (m->removed[claim->peer] || (m->replaced[claim->peer] && claim->rank != 0))
			continue;
		if (last && prefix_compare(&last->prefix, &claim->prefix) == 0)
			claim_lost(m, claim, last);
		else if (device->allowed_count == WG_ALLOWED_MAX)
			return world_refuse(m->w, -ENOSPC, "more than %u allowed IPs of WireGuard",
					    WG_ALLOWED_MAX);
		else
			device->allowed[device->allowed_count++] =
				(struct wireguard_allowed){claim->prefix, claim->peer};
	}
	return 0;
}

/* ---- in order ---- */

static int key_order(const void *a, const void *b, void *arg)
{
	const struct wireguard_peer *peers = arg;

	return memcmp(peers[*(const uint32_t *)a].public_key,
		      peers[*(const uint32_t *)b].public_key, WG_KEY_SIZE);
}

/* By their keys, without those that were removed, and each with its allowed IPs. */
static void peers_settle(struct merge *m)
{
	struct wireguard *device = m->device;
	uint32_t *order = grow_zeroed(m->count + 1, sizeof(*order));
	uint32_t *place = grow_zeroed(m->count + 1, sizeof(*place)), count = 0;

	for (uint32_t i = 0; i < m->count; i++)
		if (!m->removed[i])
			order[count++] = i;
	qsort_r(order, count, sizeof(*order), key_order, m->peers);
	device->peers = grow_zeroed(count + 1, sizeof(*device->peers));
	device->peer_count = count;
	for (uint32_t i = 0; i < count; i++) {
		device->peers[i] = m->peers[order[i]];
		m->peers[order[i]].file = NULL;
		place[order[i]] = i;
	}
	for (uint32_t i = 0; i < device->allowed_count; i++) {
		device->allowed[i].peer = place[device->allowed[i].peer];
		device->peers[device->allowed[i].peer].count++;
	}
	for (uint32_t i = 1; i < count; i++)
		device->peers[i].first = device->peers[i - 1].first + device->peers[i - 1].count;
	device->by_peer = grow_zeroed(device->allowed_count + 1, sizeof(*device->by_peer));
	memset(place, 0, (m->count + 1) * sizeof(*place));
	for (uint32_t i = 0; i < device->allowed_count; i++) {
		uint32_t peer = device->allowed[i].peer;

		device->by_peer[device->peers[peer].first + place[peer]++] = i;
	}
	free(order);
	free(place);
}

static void device_open(struct merge *m)
{
	const struct config_wireguard *config = &m->w->in->config->wireguard;
	const struct wireguard_facts *facts = m->w->in->wg;
	struct wireguard *device = m->device;

	memcpy(device->name, config->name, sizeof(device->name));
	device->listen_port = config->listen_port;
	if (!facts)
		return;
	memcpy(device->private_key,
	       facts->overlay.has_private_key ? facts->overlay.private_key : facts->private_key,
	       WG_KEY_SIZE);
	if (facts->overlay.has_listen_port)
		device->listen_port = facts->overlay.listen_port;
	device->fwmark = facts->overlay.fwmark;
	device->is_changed = facts->overlay.has_private_key || facts->overlay.has_listen_port;
	device->has_key = !wg_key_is_zero(device->private_key);
	if (device->has_key)
		wg_key_public(device->private_key, device->public_key);
}

static void merge_close(struct merge *m)
{
	for (uint32_t i = 0; i < m->count; i++)
		free(m->peers[i].file);
	explicit_bzero(m->peers, m->room * sizeof(*m->peers));
	free(m->peers);
	free(m->removed);
	free(m->replaced);
	intern_free(&m->keys);
	intern_free(&m->hops);
	GROW_FREE(&m->claims);
}

int wireguard_merge(struct world *w, struct wireguard **out)
{
	const struct wireguard_overlay *overlay = w->in->wg ? &w->in->wg->overlay : NULL;
	struct merge m = {.w = w, .device = grow_zeroed(1, sizeof(*m.device))};
	int err = 0;

	*out = m.device;
	m.room =
		(uint32_t)(w->in->config->wireguard.peer_count + w->in->objects->cilium_node_count +
			   (overlay ? overlay->change_count : 0) + 1);
	m.peers = grow_zeroed(m.room, sizeof(*m.peers));
	m.removed = grow_zeroed(m.room, sizeof(*m.removed));
	m.replaced = grow_zeroed(m.room, sizeof(*m.replaced));
	device_open(&m);
	conf_add(&m);
	nodes_add(&m);
	for (uint32_t i = 0; overlay && i < overlay->change_count && !err; i++)
		err = change_apply(&m, &overlay->changes[i]);
	if (!err)
		err = claims_settle(&m);
	if (!err)
		peers_settle(&m);
	merge_close(&m);
	return err;
}
