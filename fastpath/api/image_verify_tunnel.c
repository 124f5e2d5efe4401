/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>

#include "fastpath/api/image_check.h"

static bool is_unspecified(const union addr *a)
{
	return (a->d[0] | a->d[1]) == 0;
}

static int verify_one(const struct verify *v, uint32_t i, const struct image_tunnel *t)
{
	if (t->link < LINK_TUNNEL_FIRST || t->link >= LINKS_MAX)
		return verify_refuse(v, "tunnel %u: link %u is none of a tunnel", i, t->link);
	if (t->kind >= TUNNEL_KINDS || t->flags & ~(TUNNEL_IDENTITY | TUNNEL_DSCP) || t->pad ||
	    t->pad2)
		return verify_refuse(v, "tunnel %u: unknown kind or flags", i);
	if (t->udp_port == 0)
		return verify_refuse(v, "tunnel %u has no UDP port", i);
	if (t->vni > TUNNEL_VNI_MAX || (t->flags & TUNNEL_IDENTITY && t->vni))
		return verify_refuse(v, "tunnel %u: network number %u", i, t->vni);
	if (!is_unspecified(&t->local4) && !addr_is_v4(&t->local4))
		return verify_refuse(v, "tunnel %u: its IPv4 address is none", i);
	if (!is_unspecified(&t->local6) && addr_is_v4(&t->local6))
		return verify_refuse(v, "tunnel %u: its IPv6 address is none", i);
	return 0;
}

int verify_tunnel(const struct verify *v)
{
	const struct image_tunnel *t = v->records[IMAGE_TUNNEL_RECORD];
	uint32_t count = v->count[IMAGE_TUNNEL_RECORD];

	for (uint32_t i = 0; i < count; i++) {
		int err = verify_one(v, i, &t[i]);

		if (err)
			return err;
		if (i > 0 && t[i - 1].link >= t[i].link)
			return verify_refuse(v, "tunnel %u is out of order or there twice", i);
		for (uint32_t other = 0; other < i; other++)
			if (t[other].udp_port == t[i].udp_port)
				return verify_refuse(v, "tunnels %u and %u have the same UDP port",
						     other, i);
	}
	return 0;
}
