/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Tells the kernel's own frames from ours, and nothing more.
 *
 * The kernel keeps ARP, neighbour discovery, everything that is not IP, multicast, and packets
 * for the node's own addresses. All other IP packets go to the AF_XDP socket of their receive
 * queue, those that are cut short too: the worker drops them by name. While no socket is there
 * (the process is being restarted) they are dropped, or pass if the configuration says so.
 *
 * Whatever could be forwarded must not pass: the kernel would route it around policy and
 * translation. So neighbour discovery passes only when addressed to the node.
 */

#include <linux/bpf.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <xdp/xdp_helpers.h>

#include "bpf/steer.h"

#define ND_FIRST      133 /* RFC 4861: router solicitation to redirect */
#define ND_LAST	      137
#define ND_HOP_LIMIT  255
#define MLD_FIRST     130 /* RFC 2710, RFC 3810 */
#define MLD_LAST      132
#define MLD2_REPORT   143
#define MLD_HOP_LIMIT 1

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* In libxdp's chain: what we pass to the kernel, later programs may still look at. */
struct {
	__uint(priority, 20);
	__uint(XDP_PASS, 1);
} XDP_RUN_CONFIG(sluice_steer);

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, STEER_QUEUES_MAX);
	__type(key, __u32);
	__type(value, __u32);
} steer_xsks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, STEER_LOCAL_MAX);
	__type(key, struct steer_address);
	__type(value, __u32);
} steer_local SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct steer_config);
} steer_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STEER_COUNTS);
	__type(key, __u32);
	__type(value, __u64);
} steer_count SEC(".maps");

static __always_inline void count(enum steer_count what)
{
	__u32 key = what;
	__u64 *packets = bpf_map_lookup_elem(&steer_count, &key);

	if (packets)
		(*packets)++;
}

static __always_inline int pass(enum steer_count why)
{
	count(why);
	return XDP_PASS;
}

static __always_inline int redirect(struct xdp_md *ctx, const struct steer_config *config)
{
	int none = config->flags & STEER_FAIL_OPEN ? XDP_PASS : XDP_DROP;
	int action = bpf_redirect_map(&steer_xsks, ctx->rx_queue_index, none);

	if (action == XDP_REDIRECT)
		count(STEER_REDIRECT);
	else
		count(action == XDP_PASS ? STEER_PASS_OPEN : STEER_DROP);
	return action;
}

static __always_inline int mac_is_ours(const struct ethhdr *eth, const struct steer_config *config)
{
	const __u16 *a = (const __u16 *)eth->h_dest;
	const __u16 *b = (const __u16 *)config->mac;

	return (a[0] == b[0] && a[1] == b[1] && a[2] == b[2]) || !(b[0] | b[1] | b[2]);
}

static __always_inline int steer_ip4(struct xdp_md *ctx, const struct steer_config *config,
				     const struct iphdr *ip, const void *end)
{
	struct steer_address key;
	const __u32 *flags;

	if ((const void *)(ip + 1) > end)
		return redirect(ctx, config);
	if ((ip->daddr & bpf_htonl(0xf0000000)) == bpf_htonl(0xe0000000) ||
	    ip->daddr == bpf_htonl(0xffffffff))
		return pass(STEER_PASS_MULTICAST);
	key.words[0] = 0;
	key.words[1] = 0;
	key.words[2] = bpf_htonl(0xffff);
	key.words[3] = ip->daddr;
	flags = bpf_map_lookup_elem(&steer_local, &key);
	if (flags && !(*flags & STEER_LOCAL_SHARED))
		return pass(STEER_PASS_LOCAL);
	return redirect(ctx, config);
}

static __always_inline int is_discovery(const struct ipv6hdr *ip, const void *end)
{
	const struct icmp6hdr *icmp = (const void *)(ip + 1);
	__u8 type;

	if (ip->nexthdr != IPPROTO_ICMPV6 || (const void *)(icmp + 1) > end)
		return 0;
	type = icmp->icmp6_type;
	if (type >= ND_FIRST && type <= ND_LAST)
		return ip->hop_limit == ND_HOP_LIMIT;
	return ((type >= MLD_FIRST && type <= MLD_LAST) || type == MLD2_REPORT) &&
	       ip->hop_limit == MLD_HOP_LIMIT;
}

static __always_inline int steer_ip6(struct xdp_md *ctx, const struct steer_config *config,
				     const struct ipv6hdr *ip, const void *end)
{
	struct steer_address key;
	const __u32 *flags;

	if ((const void *)(ip + 1) > end)
		return redirect(ctx, config);
	__builtin_memcpy(&key, &ip->daddr, sizeof(key));
	if (ip->daddr.s6_addr[0] == 0xff)
		return pass(STEER_PASS_MULTICAST);
	flags = bpf_map_lookup_elem(&steer_local, &key);
	if ((key.words[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000))
		return pass(is_discovery(ip, end) ? STEER_PASS_ND : STEER_PASS_LOCAL);
	if (flags && is_discovery(ip, end))
		return pass(STEER_PASS_ND);
	if (flags && !(*flags & STEER_LOCAL_SHARED))
		return pass(STEER_PASS_LOCAL);
	return redirect(ctx, config);
}

SEC("xdp")
int sluice_steer(struct xdp_md *ctx)
{
	const void *end = (const void *)(long)ctx->data_end;
	const struct ethhdr *eth = (const void *)(long)ctx->data;
	const struct steer_config *config;
	__u32 zero = 0;

	config = bpf_map_lookup_elem(&steer_config, &zero);
	if (!config || (const void *)(eth + 1) > end)
		return pass(STEER_PASS_OTHER);
	if (eth->h_dest[0] & 1)
		return pass(STEER_PASS_MULTICAST);
	if (!mac_is_ours(eth, config))
		return pass(STEER_PASS_MAC);
	if (eth->h_proto == bpf_htons(ETH_P_IP))
		return steer_ip4(ctx, config, (const void *)(eth + 1), end);
	if (eth->h_proto == bpf_htons(ETH_P_IPV6))
		return steer_ip6(ctx, config, (const void *)(eth + 1), end);
	return pass(eth->h_proto == bpf_htons(ETH_P_ARP) ? STEER_PASS_ARP : STEER_PASS_OTHER);
}
