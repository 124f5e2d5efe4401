/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a peer, or who claims to be one, puts into the tunnel: through the whole fast path of the
 * network of the packet scripts, VXLAN and Geneve, kept from one input to the next. An input is a
 * sequence of datagrams: a byte of flags, two bytes of size, then what stands behind UDP. Outer headers
 * are right, so that what is inside is reached; flags say which tunnel and underlay, whether the
 * tunnel's header and the checksum of an IPv4 header inside are mended, and which mark of congestion
 * the outer packet has. Now and then a pod answers, so that packets go into the tunnel, too.
 */

#include <stdint.h>
#include <string.h>

#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "test/lib/fuzz_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONF	 "test/conf/tunnel.conf"
#define PODS	 0u
#define NODES	 1u
#define INSIDE	 1900u
#define OUTER	 (ETH_SIZE + IP6_SIZE + UDP_SIZE)

#define GENEVE	 1u
#define OVER_IP6 2u
#define MEND	 4u
#define ANSWER	 8u
#define ECN(f)	 ((f) >> 4 & 3u)
#define NO_SUM	 64u

static const uint8_t peer4[4] = {172, 16, 0, 2}, here4[4] = {172, 16, 0, 1};
static const union addr peer6 = {.b = {0xfd, 0, 0, 0x16, [15] = 2}};
static const union addr here6 = {.b = {0xfd, 0, 0, 0x16, [15] = 1}};

static void choose_geneve(struct config *config)
{
	config->tunnel.protocol = TUNNEL_GENEVE + 1;
}

static struct rig *rig_of(uint8_t flags)
{
	static struct rig *rigs[2];
	uint32_t i = flags & GENEVE;

	if (!rigs[i])
		rigs[i] = fuzz_rig_open(CONF, i + 1, i ? choose_geneve : NULL);
	return rigs[i];
}

/* A header that is one, and an IPv4 header whose checksum fits. */
static void mend(uint8_t *inside, size_t size, bool geneve)
{
	struct ip4_header *ip = (void *)(inside + 8 + ETH_SIZE);
	uint8_t identity = inside[6];

	memset(inside, 0, 8);
	if (geneve)
		store16(inside + 2, BE16(0x6558));
	else
		inside[0] = 8;
	inside[5] = 5001 >> 8;
	inside[6] = (uint8_t)(5001 + (identity & 3));
	if (size < 8 + ETH_SIZE + IP4_MIN)
		return;
	store16(inside + 20, ip->version_ihl >> 4 == 6 ? BE16(ETH_TYPE_IP6) : BE16(ETH_TYPE_IP4));
	if (ip->version_ihl >> 4 != 4 || (ip->version_ihl & 15u) * 4u > size - 8 - ETH_SIZE)
		return;
	ip->cksum = 0;
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, (ip->version_ihl & 15u) * 4ul));
}

static size_t outer4(uint8_t *at, uint8_t flags, size_t payload)
{
	struct ip4_header *ip = (void *)at;

	*ip = (struct ip4_header){.version_ihl = 0x45,
				  .tos = ECN(flags),
				  .total_len = BE16(IP4_MIN + payload),
				  .ttl = IP4_TTL,
				  .proto = IP_PROTO_UDP,
				  .src = load32(peer4),
				  .dst = load32(here4)};
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, IP4_MIN));
	return IP4_MIN;
}

static size_t outer6(uint8_t *at, uint8_t flags, size_t payload)
{
	struct ip6_header *ip = (void *)at;

	*ip = (struct ip6_header){.version_class_flow = BE32(6u << 28 | ECN(flags) << 20),
				  .payload_len = BE16(payload),
				  .next = IP_PROTO_UDP,
				  .hop_limit = IP4_TTL};
	memcpy(ip->src, &peer6, 16);
	memcpy(ip->dst, &here6, 16);
	return IP6_SIZE;
}

static void inject(struct rig *rig, uint8_t flags, const uint8_t *inside, size_t size)
{
	uint8_t frame[OUTER + INSIDE] = {0};
	bool v6 = flags & OVER_IP6;
	struct eth_header *eth = (void *)frame;
	size_t ip_size = v6 ? outer6(frame + ETH_SIZE, flags, UDP_SIZE + size)
			    : outer4(frame + ETH_SIZE, flags, UDP_SIZE + size);
	uint8_t *l4 = frame + ETH_SIZE + ip_size;
	struct udp_header *udp = (void *)l4;
	union addr src = v6 ? peer6 : addr_v4(load32(peer4));
	union addr dst = v6 ? here6 : addr_v4(load32(here4));

	memcpy(eth->dst, rig->config.ports[NODES].mac, 6);
	eth->type = v6 ? BE16(ETH_TYPE_IP6) : BE16(ETH_TYPE_IP4);
	memcpy(l4 + UDP_SIZE, inside, size);
	*udp = (struct udp_header){.sport = BE16(51000),
				   .dport = flags & GENEVE ? BE16(6081) : BE16(8472),
				   .len = BE16(UDP_SIZE + size)};
	if (v6 || !(flags & NO_SUM)) {
		uint64_t sum = cksum_pseudo(&src, &dst, IP_PROTO_UDP, (uint32_t)(UDP_SIZE + size));

		udp->cksum = (uint16_t)~cksum_fold(cksum_add(sum, udp, UDP_SIZE + size));
		udp->cksum = udp->cksum ? udp->cksum : 0xffff;
	}
	if (rig_inject(rig, NODES, frame, ETH_SIZE + ip_size + UDP_SIZE + size))
		rig_turn(rig);
}

/* The inner packet's answer as db would send it: ends turned round. */
static void answer(struct rig *rig, const uint8_t *inside, size_t size)
{
	uint8_t frame[INSIDE];
	struct ip4_header *ip = (void *)(frame + ETH_SIZE);
	be32 addr;

	if (size < 8 + ETH_SIZE + IP4_MIN + 8)
		return;
	size -= 8;
	memcpy(frame, inside + 8, size);
	if (ip->version_ihl != 0x45)
		return;
	memcpy(frame, rig->config.ports[PODS].mac, 6);
	addr = ip->src;
	ip->src = ip->dst;
	ip->dst = addr;
	addr = load32(ip + 1);
	store32(ip + 1, addr << 16 | addr >> 16);
	if (rig_inject(rig, PODS, frame, size))
		rig_turn(rig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rig *last = NULL;

	while (size >= 3) {
		uint8_t flags = data[0], inside[INSIDE] = {0};
		size_t len = (size_t)data[1] << 8 | data[2];
		struct rig *rig = rig_of(flags);

		data += 3;
		size -= 3;
		len = len < size ? len : size;
		len = len < INSIDE ? len : INSIDE;
		memcpy(inside, data, len);
		data += len;
		size -= len;
		if (flags & MEND && len >= 8)
			mend(inside, len, flags & GENEVE);
		inject(rig, flags, inside, len);
		if (flags & ANSWER) {
			rig_turn(rig);
			answer(rig, inside, len);
		}
		rig_turn(rig);
		fuzz_rig_check(rig);
		if (last && last != rig)
			fuzz_rig_settle(last);
		last = rig;
	}
	if (last)
		fuzz_rig_settle(last);
	return 0;
}

#include "test/fuzz/replay_main.inc"
