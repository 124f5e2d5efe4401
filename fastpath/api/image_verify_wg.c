/* SPDX-License-Identifier: Apache-2.0 */

#include <stdlib.h>
#include <string.h>

#include "fastpath/api/image_check.h"

static bool is_unspecified(const union addr *a)
{
	return (a->d[0] | a->d[1]) == 0;
}

static bool is_zero(const uint8_t key[WG_KEY_SIZE])
{
	uint8_t any = 0;

	for (uint32_t i = 0; i < WG_KEY_SIZE; i++)
		any |= key[i];
	return any == 0;
}

/* 100::/64 */
static bool is_discard(const union addr *a)
{
	return a->d[0] == BE64(0x0100ull << 48);
}

static int verify_devices(const struct verify *v)
{
	const struct image_wg *d = v->records[IMAGE_WG_DEVICE];

	for (uint32_t i = 0; i < v->count[IMAGE_WG_DEVICE]; i++) {
		if (d[i].link < LINK_TUNNEL_FIRST || d[i].link >= LINKS_MAX || d[i].pad)
			return verify_refuse(v, "device %u: link %u is none of a device", i,
					     d[i].link);
		if (i > 0 && d[i - 1].link >= d[i].link)
			return verify_refuse(v, "device %u is out of order or there twice", i);
		if (d[i].listen_port == 0)
			return verify_refuse(v, "device %u has no UDP port", i);
		if (is_zero(d[i].private_key))
			return verify_refuse(v, "device %u has no private key", i);
		if (!is_unspecified(&d[i].local4) && !addr_is_v4(&d[i].local4))
			return verify_refuse(v, "device %u: its IPv4 address is none", i);
		if (!is_unspecified(&d[i].local6) && addr_is_v4(&d[i].local6))
			return verify_refuse(v, "device %u: its IPv6 address is none", i);
		for (uint32_t other = 0; other < i; other++)
			if (d[other].listen_port == d[i].listen_port)
				return verify_refuse(v, "devices %u and %u have the same UDP port",
						     other, i);
	}
	return 0;
}

static int peer_compare(const struct image_wg_peer *a, const struct image_wg_peer *b)
{
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return memcmp(a->public_key, b->public_key, WG_KEY_SIZE);
}

static int verify_peers(const struct verify *v)
{
	const struct image_wg_peer *p = v->records[IMAGE_WG_PEER];

	for (uint32_t i = 0; i < v->count[IMAGE_WG_PEER]; i++) {
		if (p[i].device >= v->count[IMAGE_WG_DEVICE] || p[i].pad)
			return verify_refuse(v, "peer %u: no device %u", i, p[i].device);
		if (i > 0 && peer_compare(&p[i - 1], &p[i]) >= 0)
			return verify_refuse(v, "peer %u is out of order or there twice", i);
		if (is_zero(p[i].public_key))
			return verify_refuse(v, "peer %u has no public key", i);
		if (!is_discard(&p[i].hop))
			return verify_refuse(v, "peer %u: its next hop is not in 100::/64", i);
		if (is_unspecified(&p[i].endpoint) != (p[i].endpoint_port == 0))
			return verify_refuse(v, "peer %u has half an endpoint", i);
	}
	return 0;
}

static int number_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Each next hop is of one peer. Sorted, as it takes the same time whatever they are. */
static int verify_hops(const struct verify *v)
{
	const struct image_wg_peer *p = v->records[IMAGE_WG_PEER];
	uint32_t count = v->count[IMAGE_WG_PEER];
	uint64_t *hops = malloc((count + 1ull) * sizeof(*hops));
	int err = 0;

	if (!hops)
		return verify_refuse(v, "out of memory");
	for (uint32_t i = 0; i < count; i++)
		hops[i] = p[i].hop.d[1];
	qsort(hops, count, sizeof(*hops), number_compare);
	for (uint32_t i = 1; i < count && !err; i++)
		if (hops[i] == hops[i - 1])
			err = verify_refuse(v, "two peers have the same next hop");
	free(hops);
	return err;
}

static int verify_allowed(const struct verify *v)
{
	const struct image_wg_allowed *a = v->records[IMAGE_WG_ALLOWED];
	const struct image_wg_peer *p = v->records[IMAGE_WG_PEER];

	for (uint32_t i = 0; i < v->count[IMAGE_WG_ALLOWED]; i++, a++) {
		if (!verify_prefix(&a->prefix))
			return verify_refuse(v, "allowed prefix %u is not well formed", i);
		if (a->device >= v->count[IMAGE_WG_DEVICE] || a->peer >= v->count[IMAGE_WG_PEER] ||
		    p[a->peer].device != a->device)
			return verify_refuse(v, "allowed prefix %u: device %u has no peer %u", i,
					     a->device, a->peer);
		if (i > 0 &&
		    (a[-1].device > a->device ||
		     (a[-1].device == a->device && prefix_compare(&a[-1].prefix, &a->prefix) >= 0)))
			return verify_refuse(v, "allowed prefix %u is out of order or there twice",
					     i);
	}
	return 0;
}

int verify_wg(const struct verify *v)
{
	int err = verify_devices(v);

	if (!err)
		err = verify_peers(v);
	if (!err)
		err = verify_hops(v);
	return err ? err : verify_allowed(v);
}
