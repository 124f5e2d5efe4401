/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Geneve (RFC 8926 section 3.4). Inside may be a frame or an IP packet. Options are stepped over,
 * but for those that say that who does not know them must not go on (section 3.5): of these we know
 * Cilium's, which carry a service's address to the node of a backend (class 0x014b, types 1 and 2)
 * and tell us nothing. A control packet (O) is for an end of the tunnel that there is none of here.
 */

#include "fastpath/tunnel/tunnel.h"

#include "fastpath/base/attr.h"
#include "fastpath/net/eth.h"

#define VERSION_MASK	0xc0u
#define OPTIONS_MASK	0x3fu /* bytes / 4 */
#define FLAG_CONTROL	0x80u
#define FLAG_CRITICAL	0x40u /* some option is critical */
#define PROTOCOL_ETH	0x6558u
#define OPTION_CRITICAL 0x80u
#define CLASS_CILIUM	0x014bu
#define TYPE_DSR4	(OPTION_CRITICAL | 1u)
#define TYPE_DSR6	(OPTION_CRITICAL | 2u)

struct geneve_header {
	uint8_t version_options;
	uint8_t flags;
	be16 protocol;
	be32 vni; /* << 8 */
} PACKED;

static_assert(sizeof(struct geneve_header) == 8);

struct geneve_option {
	be16 class;
	uint8_t type;
	uint8_t length; /* of what follows, / 4, in five bits */
} PACKED;

static bool is_known(const struct geneve_option *option)
{
	return option->class == BE16(CLASS_CILIUM) &&
	       (option->type == TYPE_DSR4 || option->type == TYPE_DSR6);
}

static enum drop_reason options_check(const uint8_t *at, uint32_t size)
{
	while (size) {
		const struct geneve_option *option = (const void *)at;
		uint32_t length;

		if (size < sizeof(*option))
			return DROP_TUNNEL_HEADER;
		length = (uint32_t)sizeof(*option) + (option->length & 0x1fu) * 4;
		if (length > size)
			return DROP_TUNNEL_HEADER;
		if (option->type & OPTION_CRITICAL && !is_known(option))
			return DROP_TUNNEL_OPTION;
		at += length;
		size -= length;
	}
	return DROP_NONE;
}

static enum drop_reason geneve_read(const uint8_t *header, uint32_t size, struct tunnel_found *out)
{
	const struct geneve_header *geneve = (const void *)header;
	uint32_t options;

	if (size < sizeof(*geneve) || geneve->version_options & VERSION_MASK ||
	    geneve->flags & FLAG_CONTROL)
		return DROP_TUNNEL_HEADER;
	options = (geneve->version_options & OPTIONS_MASK) * 4u;
	if (options > size - sizeof(*geneve))
		return DROP_TUNNEL_HEADER;
	*out = (struct tunnel_found){.vni = from_be32(geneve->vni) >> 8,
				     .inner = (uint32_t)sizeof(*geneve) + options};
	if (geneve->protocol == BE16(ETH_TYPE_IP4) || geneve->protocol == BE16(ETH_TYPE_IP6))
		out->type = geneve->protocol;
	else if (geneve->protocol != BE16(PROTOCOL_ETH) || size - out->inner < ETH_SIZE)
		return DROP_TUNNEL_HEADER;
	return options_check(header + sizeof(*geneve), options);
}

static void geneve_write(uint8_t *header, uint32_t vni)
{
	*(struct geneve_header *)header =
		(struct geneve_header){.protocol = BE16(PROTOCOL_ETH), .vni = BE32(vni << 8)};
}

const struct tunnel_ops geneve_ops = {.name = "geneve", .read = geneve_read, .write = geneve_write};
