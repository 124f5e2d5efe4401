/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links, addresses and neighbours as the kernel dumps them. Routes are in netlink_route.c.
 */

#include <errno.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "control/mirror/netlink.h"

#define NUD_USABLE (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP)

struct link_dump {
	const struct config *config;
	struct net_link *links;
};

static void link_row(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[IFLA_MTU + 1];
	struct link_dump *dump = data;

	if (message->nlmsg_type != RTM_NEWLINK)
		return;
	netlink_attributes(message, sizeof(*header), attrs, ARRAY_SIZE(attrs));
	if (!attrs[IFLA_IFNAME])
		return;
	for (size_t i = 0; i < dump->config->port_count; i++) {
		struct net_link *link = &dump->links[i];
		uint32_t mtu = netlink_u32(attrs[IFLA_MTU], 0);

		if (strcmp(mnl_attr_get_str(attrs[IFLA_IFNAME]),
			   dump->config->ports[i].interface) != 0)
			continue;
		link->present = true;
		link->up = (header->ifi_flags & IFF_UP) && (header->ifi_flags & IFF_RUNNING);
		link->ifindex = header->ifi_index;
		link->mtu = (uint16_t)min_u32(mtu, UINT16_MAX);
		if (attrs[IFLA_ADDRESS] &&
		    mnl_attr_get_payload_len(attrs[IFLA_ADDRESS]) == sizeof(link->mac))
			memcpy(link->mac, mnl_attr_get_payload(attrs[IFLA_ADDRESS]),
			       sizeof(link->mac));
	}
}

int netlink_read_links(struct netlink *nl, const struct config *config, struct rows *out)
{
	struct ifinfomsg header = {.ifi_family = AF_UNSPEC};
	struct link_dump dump = {.config = config};
	int err;

	memset(out, 0, sizeof(*out));
	dump.links = calloc(config->port_count + 1, sizeof(*dump.links));
	if (!dump.links)
		return -ENOMEM;
	err = netlink_dump(nl, netlink_request(nl, RTM_GETLINK, 0, &header, sizeof(header)),
			   link_row, &dump);
	if (err) {
		free(dump.links);
		return err;
	}
	out->items = dump.links;
	out->count = config->port_count;
	return 0;
}

struct row_dump {
	const struct net_view *view;
	struct rows *rows;
	struct rows *stale;
};

/* Its own family's length, in the mapped form. */
static uint8_t mapped_length(uint8_t family, uint8_t length)
{
	return (uint8_t)(family == AF_INET ? length + ADDR_V4_PREFIX_BITS : length);
}

static void address_row(const struct nlmsghdr *message, void *data)
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[IFA_FLAGS + 1];
	struct row_dump *dump = data;
	struct net_address address;
	union addr peer;
	uint32_t flags;
	bool has_local;
	int port;

	if (message->nlmsg_type != RTM_NEWADDR ||
	    (header->ifa_family != AF_INET && header->ifa_family != AF_INET6))
		return;
	netlink_attributes(message, sizeof(*header), attrs, ARRAY_SIZE(attrs));
	memset(&address, 0, sizeof(address));
	has_local = netlink_addr(attrs[IFA_LOCAL], header->ifa_family, &address.addr);
	if (!netlink_addr(attrs[IFA_ADDRESS], header->ifa_family, &peer))
		peer = address.addr;
	if (!has_local)
		address.addr = peer;
	flags = netlink_u32(attrs[IFA_FLAGS], header->ifa_flags);
	/* Not ours yet, or somebody else's: the kernel does not answer for it. */
	if ((flags & IFA_F_DADFAILED) || ((flags & IFA_F_TENTATIVE) && !(flags & IFA_F_OPTIMISTIC)))
		return;
	/* On a point-to-point link the length is that of the peer. */
	address.prefix_len = addr_equal(&peer, &address.addr)
				     ? mapped_length(header->ifa_family, header->ifa_prefixlen)
				     : 128;
	port = netlink_port(dump->view, header->ifa_index);
	address.on_port = port >= 0;
	address.port = port >= 0 ? (uint16_t)port : 0;
	address.deprecated = (flags & IFA_F_DEPRECATED) != 0;
	rows_add(dump->rows, &address, sizeof(address));
}

static void neighbour_row(const struct nlmsghdr *message, void *data)
{
	const struct ndmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[NDA_LLADDR + 1];
	struct row_dump *dump = data;
	struct net_neigh neigh;
	int port = netlink_port(dump->view, (uint32_t)header->ndm_ifindex);

	if (message->nlmsg_type != RTM_NEWNEIGH || port < 0 || !(header->ndm_state & NUD_USABLE) ||
	    (header->ndm_flags & NTF_PROXY))
		return;
	netlink_attributes(message, sizeof(*header), attrs, ARRAY_SIZE(attrs));
	memset(&neigh, 0, sizeof(neigh));
	if (!netlink_addr(attrs[NDA_DST], header->ndm_family, &neigh.addr) || !attrs[NDA_LLADDR] ||
	    mnl_attr_get_payload_len(attrs[NDA_LLADDR]) != sizeof(neigh.mac))
		return;
	neigh.port = (uint16_t)port;
	memcpy(neigh.mac, mnl_attr_get_payload(attrs[NDA_LLADDR]), sizeof(neigh.mac));
	if (neigh.mac[0] & 1) /* the kernel's own entries for multicast groups */
		return;
	rows_add(dump->rows, &neigh, sizeof(neigh));
	if (header->ndm_state & NUD_STALE) {
		struct net_hop hop = {.addr = neigh.addr, .port = neigh.port};

		rows_add(dump->stale, &hop, sizeof(hop));
	}
}

static const uint8_t families[] = {AF_INET, AF_INET6};

int netlink_read_addresses(struct netlink *nl, const struct net_view *view, struct rows *out)
{
	struct row_dump dump = {.view = view, .rows = out};
	int err = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < ARRAY_SIZE(families) && !err; i++) {
		struct ifaddrmsg header = {.ifa_family = families[i]};

		err = netlink_dump(nl, netlink_request(nl, RTM_GETADDR, 0, &header, sizeof(header)),
				   address_row, &dump);
	}
	return rows_finish(out, sizeof(struct net_address), err);
}

int netlink_read_neighbours(struct netlink *nl, const struct net_view *view, struct rows *out,
			    struct rows *stale)
{
	struct row_dump dump = {.view = view, .rows = out, .stale = stale};
	int err = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < ARRAY_SIZE(families) && !err; i++) {
		struct ndmsg header = {.ndm_family = families[i]};

		err = netlink_dump(nl,
				   netlink_request(nl, RTM_GETNEIGH, 0, &header, sizeof(header)),
				   neighbour_row, &dump);
	}
	return rows_finish(out, sizeof(struct net_neigh), err);
}
