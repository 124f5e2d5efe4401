/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * rtnetlink, one question at a time: dumps into plain arrays, and asking for a neighbour.
 *
 * Inside control/mirror/ only. A dump that the kernel says it changed under is read again.
 */

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/config.h"
#include "control/mirror/net_view.h"

/* An array that grows; a failed growth is remembered, so that callers check once. */
struct rows {
	void *items;
	size_t count;
	size_t room;
	bool failed;
};

void rows_add(struct rows *rows, const void *item, size_t size);
void rows_free(struct rows *rows);
/* Sorts them by their bytes, so padding must be zero; frees them when `err` or an addition
 * failed. Returns that. */
int rows_finish(struct rows *rows, size_t size, int err);

/* A neighbour to ask for. */
struct net_hop {
	union addr addr;
	uint16_t port;
};

struct netlink {
	struct mnl_socket *socket;
	uint32_t seq;
	char *buffer;
};

int netlink_open(struct netlink *nl);
void netlink_close(struct netlink *nl);

typedef void (*netlink_row_fn)(const struct nlmsghdr *message, void *data);

/* A request with its fixed header; the caller may put attributes behind it. */
struct nlmsghdr *netlink_request(struct netlink *nl, uint16_t type, uint16_t flags,
				 const void *header, size_t header_size);
/* Sends a dump request and hands over each row. 0, -EINTR (rows are inconsistent) or -errno. */
int netlink_dump(struct netlink *nl, struct nlmsghdr *request, netlink_row_fn row, void *data);
/* Sends a request and waits for its acknowledgement. 0 or -errno. */
int netlink_ask(struct netlink *nl, struct nlmsghdr *request);

/* Attributes of a message, by type; types from `count` on are left out. */
void netlink_attributes(const struct nlmsghdr *message, size_t header_size,
			const struct nlattr **table, size_t count);
void netlink_nested(const void *payload, size_t size, const struct nlattr **table, size_t count);
uint32_t netlink_u32(const struct nlattr *attribute, uint32_t missing);
/* An address of a family; false when there is none or its size is wrong. */
bool netlink_addr(const struct nlattr *attribute, uint8_t family, union addr *out);

/* The index of the port that is this interface, or -1. */
int netlink_port(const struct net_view *view, uint32_t ifindex);

/*
 * What one array of the view would be now, by the other arrays as they are; links stand in the
 * order of the ports, the rest is sorted. 0, or -errno and `out` is empty.
 */
int netlink_read_links(struct netlink *nl, const struct config *config, struct rows *out);
int netlink_read_addresses(struct netlink *nl, const struct net_view *view, struct rows *out);
/* `stale`: neighbours that the kernel will not confirm by itself. */
int netlink_read_neighbours(struct netlink *nl, const struct net_view *view, struct rows *out,
			    struct rows *stale);
/* `gateways`: every next hop on a port, those of unused paths included. `several_paths` is set
 * when the choice among them depends on the neighbours. */
int netlink_read_routes(struct netlink *nl, const struct net_view *view, struct rows *out,
			struct rows *gateways, bool *several_paths);

/* As if the kernel had a packet for `addr`: it asks for the MAC address, or confirms it. */
int netlink_use_neighbour(struct netlink *nl, int ifindex, const union addr *addr);
