/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The netlink conversation: requests, dumps, acknowledgements, attributes.
 */

#include "control/mirror/netlink.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define BUFFER_SIZE  65536 /* the kernel fills what we offer, up to 32 KiB a message */
#define ANSWER_S     5	   /* the kernel answers at once, or something is very wrong */
#define REQUEST_SIZE 512

void rows_add(struct rows *rows, const void *item, size_t size)
{
	if (rows->count == rows->room && !rows->failed) {
		size_t room = rows->room ? rows->room * 2 : 64;
		void *grown = reallocarray(rows->items, room, size);

		rows->failed = grown == NULL;
		if (grown) {
			rows->items = grown;
			rows->room = room;
		}
	}
	if (!rows->failed)
		memcpy((char *)rows->items + rows->count++ * size, item, size);
}

void rows_free(struct rows *rows)
{
	free(rows->items);
	memset(rows, 0, sizeof(*rows));
}

static int bytes_compare(const void *a, const void *b, void *size)
{
	return memcmp(a, b, *(const size_t *)size);
}

int rows_finish(struct rows *rows, size_t size, int err)
{
	if (!err && rows->failed)
		err = -ENOMEM;
	if (err)
		rows_free(rows);
	else if (rows->count > 1)
		qsort_r(rows->items, rows->count, size, bytes_compare, &size);
	return err;
}

int netlink_open(struct netlink *nl)
{
	struct timeval limit = {.tv_sec = ANSWER_S};
	int on = 1;
	int err;

	memset(nl, 0, sizeof(*nl));
	nl->buffer = malloc(BUFFER_SIZE);
	if (!nl->buffer)
		return -ENOMEM;
	nl->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!nl->socket) {
		err = -errno;
		goto free_buffer;
	}
	/* Strict: the kernel heeds the table of a route dump, so we are not sent its caches. */
	if (mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on)) < 0 ||
	    setsockopt(mnl_socket_get_fd(nl->socket), SOL_SOCKET, SO_RCVTIMEO, &limit,
		       sizeof(limit)) < 0) {
		err = -errno;
		goto close_socket;
	}
	return 0;
close_socket:
	(void)mnl_socket_close(nl->socket);
free_buffer:
	free(nl->buffer);
	memset(nl, 0, sizeof(*nl));
	return err;
}

void netlink_close(struct netlink *nl)
{
	if (nl->socket)
		(void)mnl_socket_close(nl->socket);
	free(nl->buffer);
	memset(nl, 0, sizeof(*nl));
}

struct nlmsghdr *netlink_request(struct netlink *nl, uint16_t type, uint16_t flags,
				 const void *header, size_t header_size)
{
	struct nlmsghdr *message;

	memset(nl->buffer, 0, REQUEST_SIZE);
	message = mnl_nlmsg_put_header(nl->buffer);
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = ++nl->seq;
	memcpy(mnl_nlmsg_put_extra_header(message, header_size), header, header_size);
	return message;
}

enum answer {
	ANSWER_MORE,
	ANSWER_DONE,
};

static int message_error(const struct nlmsghdr *message)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(message);

	return mnl_nlmsg_get_payload_len(message) < sizeof(error->error) ? -EBADMSG : error->error;
}

/* One datagram of messages. Sets *result to what an error or the end of a dump says. */
static enum answer take_messages(struct netlink *nl, int size, netlink_row_fn row, void *data,
				 int *result)
{
	const struct nlmsghdr *message = (const struct nlmsghdr *)nl->buffer;

	for (; mnl_nlmsg_ok(message, size); message = mnl_nlmsg_next(message, &size)) {
		if (message->nlmsg_seq != nl->seq)
			continue; /* a late answer to a question that timed out */
		if (message->nlmsg_flags & NLM_F_DUMP_INTR)
			*result = -EINTR;
		if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
			int error = message_error(message);

			if (error)
				*result = error;
			return ANSWER_DONE;
		}
		if (row && message->nlmsg_type >= NLMSG_MIN_TYPE)
			row(message, data);
	}
	return ANSWER_MORE;
}

static int converse(struct netlink *nl, const struct nlmsghdr *request, netlink_row_fn row,
		    void *data)
{
	enum answer answer = ANSWER_MORE;
	int result = 0;

	if (mnl_socket_sendto(nl->socket, request, request->nlmsg_len) < 0)
		return -errno;
	while (answer == ANSWER_MORE) {
		ssize_t size = mnl_socket_recvfrom(nl->socket, nl->buffer, BUFFER_SIZE);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		answer = take_messages(nl, (int)size, row, data, &result);
	}
	return result;
}

int netlink_dump(struct netlink *nl, struct nlmsghdr *request, netlink_row_fn row, void *data)
{
	request->nlmsg_flags |= NLM_F_DUMP;
	return converse(nl, request, row, data);
}

int netlink_ask(struct netlink *nl, struct nlmsghdr *request)
{
	request->nlmsg_flags |= NLM_F_ACK;
	return converse(nl, request, NULL, NULL);
}

void netlink_nested(const void *payload, size_t size, const struct nlattr **table, size_t count)
{
	const struct nlattr *attr = payload;
	int left = (int)size;

	for (size_t i = 0; i < count; i++)
		table[i] = NULL;
	for (; mnl_attr_ok(attr, left); attr = mnl_attr_next(attr)) {
		if (mnl_attr_get_type(attr) < count)
			table[mnl_attr_get_type(attr)] = attr;
		left -= (int)align_up(attr->nla_len, MNL_ALIGNTO);
	}
}

void netlink_attributes(const struct nlmsghdr *message, size_t header_size,
			const struct nlattr **table, size_t count)
{
	size_t size = mnl_nlmsg_get_payload_len(message);
	size_t skip = align_up(header_size, MNL_ALIGNTO);

	netlink_nested(mnl_nlmsg_get_payload_offset(message, header_size),
		       size > skip ? size - skip : 0, table, count);
}

uint32_t netlink_u32(const struct nlattr *attribute, uint32_t missing)
{
	if (!attribute || mnl_attr_get_payload_len(attribute) < sizeof(uint32_t))
		return missing;
	return mnl_attr_get_u32(attribute);
}

bool netlink_addr(const struct nlattr *attribute, uint8_t family, union addr *out)
{
	size_t size = family == AF_INET ? 4 : 16;

	if (!attribute || mnl_attr_get_payload_len(attribute) != size)
		return false;
	if (family == AF_INET)
		*out = addr_v4(load32(mnl_attr_get_payload(attribute)));
	else
		memcpy(out->b, mnl_attr_get_payload(attribute), size);
	return true;
}

int netlink_port(const struct net_view *view, uint32_t ifindex)
{
	for (size_t i = 0; i < view->link_count; i++) {
		if (view->links[i].present && (uint32_t)view->links[i].ifindex == ifindex)
			return (int)i;
	}
	return -1;
}

int netlink_use_neighbour(struct netlink *nl, int ifindex, const union addr *addr)
{
	bool v4 = addr_is_v4(addr);
	struct ndmsg header = {
		.ndm_family = v4 ? AF_INET : AF_INET6,
		.ndm_ifindex = ifindex,
		.ndm_state = NUD_NONE,
		.ndm_flags = NTF_USE,
	};
	struct nlmsghdr *request =
		netlink_request(nl, RTM_NEWNEIGH, NLM_F_CREATE, &header, sizeof(header));

	if (v4)
		mnl_attr_put(request, NDA_DST, sizeof(addr->w[3]), &addr->w[3]);
	else
		mnl_attr_put(request, NDA_DST, sizeof(addr->b), addr->b);
	return netlink_ask(nl, request);
}
