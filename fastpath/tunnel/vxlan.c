/* SPDX-License-Identifier: Apache-2.0 */

/*
 * VXLAN (RFC 7348 section 5): eight bytes, of which only the I flag and the network number say
 * something; the rest is sent as zero and ignored.
 */

#include "fastpath/tunnel/tunnel.h"

#include "fastpath/base/attr.h"
#include "fastpath/net/eth.h"

#define FLAG_I 0x08000000u /* the network number is valid */

struct vxlan_header {
	be32 flags;
	be32 vni; /* << 8 */
} PACKED;

static_assert(sizeof(struct vxlan_header) == 8);

static enum drop_reason vxlan_read(const uint8_t *header, uint32_t size, struct tunnel_found *out)
{
	const struct vxlan_header *vxlan = (const void *)header;

	if (size < sizeof(*vxlan) + ETH_SIZE || !(from_be32(vxlan->flags) & FLAG_I))
		return DROP_TUNNEL_HEADER;
	*out = (struct tunnel_found){.vni = from_be32(vxlan->vni) >> 8, .inner = sizeof(*vxlan)};
	return DROP_NONE;
}

static void vxlan_write(uint8_t *header, uint32_t vni)
{
	*(struct vxlan_header *)header = (struct vxlan_header){BE32(FLAG_I), BE32(vni << 8)};
}

const struct tunnel_ops vxlan_ops = {.name = "vxlan", .read = vxlan_read, .write = vxlan_write};
