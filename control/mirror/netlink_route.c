/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routes of the kernel's main table.
 *
 * We are not a policy router: rules, other tables and routes by source or type of service are
 * the kernel's alone. Of several paths the first that works is taken: one with a known
 * neighbour, else one whose link is up.
 */

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "control/mirror/netlink.h"
#include "fastpath/base/log.h"

#define ROUTE_ATTRS (RTA_NH_ID + 1)

struct route_dump {
	const struct net_view *view;
	struct rows *rows;
	struct rows *gateways;
	bool several_paths;
};

/* Better ones are greater. */
enum hop_rank {
	HOP_NONE,      /* dead, or nowhere */
	HOP_NO_PORT,   /* out of an interface that is not ours */
	HOP_LINK_DOWN, /* no carrier */
	HOP_ALIVE,
	HOP_RESOLVED, /* and its MAC address is known, or it needs none of a gateway */
};

struct hop {
	union addr gateway;
	bool has_gateway;
	uint16_t port;
	enum hop_rank rank;
};

static void warn_once(bool *said, const char *what)
{
	if (!*said)
		log_warn("routes %s are not supported: they count as unreachable", what);
	*said = true;
}

static bool hop_gateway(const struct nlattr *gateway, const struct nlattr *via, uint8_t family,
			union addr *out)
{
	const struct rtvia *other;
	size_t size;

	if (netlink_addr(gateway, family, out))
		return true;
	if (!via || mnl_attr_get_payload_len(via) < sizeof(*other))
		return false;
	other = mnl_attr_get_payload(via);
	size = mnl_attr_get_payload_len(via) - sizeof(*other);
	if (other->rtvia_family == AF_INET && size >= 4)
		*out = addr_v4(load32(other->rtvia_addr));
	else if (other->rtvia_family == AF_INET6 && size >= 16)
		memcpy(out->b, other->rtvia_addr, 16);
	else
		return false;
	return true;
}

/* `attrs` are those of the route, or of one of its paths: the types are the same. */
static struct hop hop_read(struct route_dump *dump, const struct nlattr **attrs, uint8_t family,
			   uint32_t ifindex, unsigned int flags)
{
	static bool said;
	struct hop hop;
	int port = netlink_port(dump->view, ifindex);

	memset(&hop, 0, sizeof(hop));
	if (attrs[RTA_ENCAP_TYPE])
		warn_once(&said, "with an encapsulation");
	hop.has_gateway = hop_gateway(attrs[RTA_GATEWAY], attrs[RTA_VIA], family, &hop.gateway);
	if (flags & RTNH_F_DEAD)
		hop.rank = HOP_NONE;
	else if (port < 0 || attrs[RTA_ENCAP_TYPE])
		hop.rank = HOP_NO_PORT;
	else if (flags & RTNH_F_LINKDOWN)
		hop.rank = HOP_LINK_DOWN;
	else if (hop.has_gateway && !net_view_neigh(dump->view, (uint16_t)port, &hop.gateway))
		hop.rank = HOP_ALIVE;
	else
		hop.rank = HOP_RESOLVED;
	hop.port = port < 0 ? 0 : (uint16_t)port;
	if (hop.rank >= HOP_LINK_DOWN && hop.has_gateway) {
		struct net_hop ask = {.addr = hop.gateway, .port = hop.port};

		rows_add(dump->gateways, &ask, sizeof(ask));
	}
	return hop;
}

static struct hop hop_best(struct route_dump *dump, const struct nlattr *paths, uint8_t family)
{
	static bool said;
	const struct rtnexthop *path = mnl_attr_get_payload(paths);
	size_t left = mnl_attr_get_payload_len(paths);
	struct hop best;

	memset(&best, 0, sizeof(best));
	if (!said)
		log_warn("routes with several paths use the first that works, not all of them");
	said = true;
	dump->several_paths = true;
	while (left >= sizeof(*path) && path->rtnh_len >= sizeof(*path) && path->rtnh_len <= left) {
		const struct nlattr *attrs[ROUTE_ATTRS];
		size_t step = align_up(path->rtnh_len, RTNH_ALIGNTO);
		struct hop hop;

		netlink_nested(path + 1, path->rtnh_len - sizeof(*path), attrs, ROUTE_ATTRS);
		hop = hop_read(dump, attrs, family, (uint32_t)path->rtnh_ifindex, path->rtnh_flags);
		if (hop.rank > best.rank)
			best = hop;
		if (step >= left)
			break;
		left -= step;
		path = (const struct rtnexthop *)((const char *)path + step);
	}
	return best;
}

static uint16_t route_mtu(const struct nlattr *metrics)
{
	const struct nlattr *attrs[RTAX_MTU + 1];

	if (!metrics)
		return 0;
	netlink_nested(mnl_attr_get_payload(metrics), mnl_attr_get_payload_len(metrics), attrs,
		       ARRAY_SIZE(attrs));
	return (uint16_t)min_u32(netlink_u32(attrs[RTAX_MTU], 0), UINT16_MAX);
}

/* Where a unicast route goes; false when it goes nowhere at all and others may take over. */
static bool route_direct(struct route_dump *dump, const struct rtmsg *header,
			 const struct nlattr **attrs, struct net_route *route)
{
	static bool said;
	struct hop hop;

	if (attrs[RTA_MULTIPATH])
		hop = hop_best(dump, attrs[RTA_MULTIPATH], header->rtm_family);
	else
		hop = hop_read(dump, attrs, header->rtm_family, netlink_u32(attrs[RTA_OIF], 0),
			       header->rtm_flags);
	if (attrs[RTA_NH_ID] && !attrs[RTA_OIF] && !attrs[RTA_MULTIPATH])
		warn_once(&said, "by next hop object with net.ipv4.nexthop_compat_mode = 0");
	if (hop.rank == HOP_NONE)
		return false;
	if (hop.rank == HOP_NO_PORT) {
		route->kind = ROUTE_UNREACHABLE;
		return true;
	}
	route->kind = hop.has_gateway ? ROUTE_VIA : ROUTE_ONLINK;
	route->has_gateway = hop.has_gateway;
	route->gateway = hop.gateway;
	route->port = hop.port;
	return true;
}

/* The kinds that we mirror; the rest is the kernel's own (local, broadcast, multicast). */
static bool route_kind_of(uint8_t type, uint8_t *kind)
{
	switch (type) {
	case RTN_UNICAST:
		*kind = ROUTE_ONLINK;
		return true;
	case RTN_UNREACHABLE:
		*kind = ROUTE_UNREACHABLE;
		return true;
	case RTN_PROHIBIT:
		*kind = ROUTE_PROHIBIT;
		return true;
	case RTN_BLACKHOLE:
		*kind = ROUTE_BLACKHOLE;
		return true;
	default:
		return false;
	}
}

static void route_row(const struct nlmsghdr *message, void *data)
{
	static bool said;
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[ROUTE_ATTRS];
	struct route_dump *dump = data;
	struct net_route route;
	bool v4 = header->rtm_family == AF_INET;

	memset(&route, 0, sizeof(route));
	if (message->nlmsg_type != RTM_NEWROUTE || (!v4 && header->rtm_family != AF_INET6) ||
	    (header->rtm_flags & RTM_F_CLONED) || !route_kind_of(header->rtm_type, &route.kind))
		return;
	netlink_attributes(message, sizeof(*header), attrs, ROUTE_ATTRS);
	if (netlink_u32(attrs[RTA_TABLE], header->rtm_table) != RT_TABLE_MAIN)
		return;
	if (header->rtm_src_len || header->rtm_tos) {
		if (!said)
			log_warn("routes by source or type of service are not supported: left out");
		said = true;
		return;
	}
	if (v4)
		route.prefix.addr = addr_v4(0);
	if (attrs[RTA_DST] && !netlink_addr(attrs[RTA_DST], header->rtm_family, &route.prefix.addr))
		return;
	route.prefix.len =
		(uint8_t)(v4 ? header->rtm_dst_len + ADDR_V4_PREFIX_BITS : header->rtm_dst_len);
	if (net_addr_is_link_local(&route.prefix.addr) || route.prefix.addr.b[0] == 0xff)
		return; /* on every link; nothing is forwarded to them */
	route.metric = netlink_u32(attrs[RTA_PRIORITY], 0);
	route.mtu = route_mtu(attrs[RTA_METRICS]);
	if (header->rtm_type != RTN_UNICAST || route_direct(dump, header, attrs, &route))
		rows_add(dump->rows, &route, sizeof(route));
}

static int dump_family(struct netlink *nl, uint8_t family, struct route_dump *dump)
{
	struct rtmsg header = {.rtm_family = family, .rtm_table = RT_TABLE_MAIN};
	struct nlmsghdr *request = netlink_request(nl, RTM_GETROUTE, 0, &header, sizeof(header));
	int err;

	mnl_attr_put_u32(request, RTA_TABLE, RT_TABLE_MAIN);
	err = netlink_dump(nl, request, route_row, dump);
	/* No table yet, as nobody has made a route; or no such family in this kernel. */
	return err == -ENOENT || err == -EAFNOSUPPORT || err == -EOPNOTSUPP ? 0 : err;
}

int netlink_read_routes(struct netlink *nl, const struct net_view *view, struct rows *out,
			struct rows *gateways, bool *several_paths)
{
	struct route_dump dump = {.view = view, .rows = out, .gateways = gateways};
	int err;

	memset(out, 0, sizeof(*out));
	err = dump_family(nl, AF_INET, &dump);
	if (!err)
		err = dump_family(nl, AF_INET6, &dump);
	*several_paths = dump.several_paths;
	return rows_finish(out, sizeof(struct net_route), err);
}
