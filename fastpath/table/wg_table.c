/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/wg_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/secret.h"

static int allowed_build(const struct image_wg_allowed *allowed, uint32_t count, struct lpm **out)
{
	struct lpm_entry *entries = calloc(count + 1ull, sizeof(*entries));
	int err;

	if (!entries)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		entries[i] = (struct lpm_entry){allowed[i].prefix, allowed[i].peer};
	err = lpm_build(entries, count, out);
	free(entries);
	return err;
}

/* All three sections are sorted by device. */
static int devices_build(struct wg_table *t, const struct image_header *image)
{
	const struct image_wg *records = image_records(image, IMAGE_WG_DEVICE, &t->count);
	const struct image_wg_allowed *allowed;
	uint32_t allowed_count, at = 0, peer = 0;

	allowed = image_records(image, IMAGE_WG_ALLOWED, &allowed_count);
	for (uint32_t i = 0; i < t->count; i++) {
		struct wg_device *d = &t->devices[i];
		uint32_t first = at;

		d->local4 = records[i].local4;
		d->local6 = records[i].local6;
		d->udp_port = BE16(records[i].listen_port);
		d->link = (uint8_t)records[i].link;
		memcpy(t->private_keys + (size_t)i * WG_KEY_SIZE, records[i].private_key,
		       WG_KEY_SIZE);
		d->private_key = t->private_keys + (size_t)i * WG_KEY_SIZE;
		d->first = peer;
		while (peer < t->peer_count && t->peers[peer].device == i)
			peer++;
		d->count = peer - d->first;
		while (at < allowed_count && allowed[at].device == i)
			at++;
		t->of_link[d->link] = (uint8_t)(i + 1);
		if (allowed_build(allowed + first, at - first, &d->allowed))
			return -ENOMEM;
	}
	return 0;
}

int wg_build(const struct image_header *image, struct table **out)
{
	struct wg_table *t = calloc(1, sizeof(*t));
	const struct image_wg_peer *peers;

	if (!t)
		return -ENOMEM;
	peers = image_records(image, IMAGE_WG_PEER, &t->peer_count);
	t->private_keys = secret_alloc((size_t)WG_DEVICES_MAX * WG_KEY_SIZE);
	t->peers = secret_alloc(t->peer_count * sizeof(*t->peers));
	if (!t->private_keys || !t->peers)
		goto no_memory;
	memcpy(t->peers, peers, t->peer_count * sizeof(*t->peers));
	if (devices_build(t, image))
		goto no_memory;
	*out = &t->table;
	return 0;
no_memory:
	wg_free(&t->table);
	return -ENOMEM;
}

void wg_free(struct table *table)
{
	struct wg_table *t = (struct wg_table *)table;

	for (uint32_t i = 0; i < WG_DEVICES_MAX; i++)
		lpm_free(t->devices[i].allowed);
	secret_free(t->private_keys, (size_t)WG_DEVICES_MAX * WG_KEY_SIZE);
	secret_free(t->peers, t->peer_count * sizeof(*t->peers));
	free(t);
}
