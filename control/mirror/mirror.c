/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeping the view: notifications make parts of it stale, stale parts are dumped anew.
 *
 * A notification is never believed in detail, so none can be misread, missed or come in the
 * wrong order. The kernel does not tell all: IPv4 routes vanish with their link or source
 * address without a word, so a change of those makes the routes stale too. What is stale is read
 * at once if its last reading is long enough ago, else a little later: that is what folds a burst
 * of a thousand changes into one reading.
 */

#include "control/mirror/mirror.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "control/mirror/mirror_state.h"
#include "fastpath/base/log.h"

#define TICK_NS	   (5 * NS_PER_S)
#define EVENT_ROOM (4 << 20) /* of the kernel's queue of notifications */

static void timer_arm(struct mirror *m)
{
	uint64_t next = m->tick_ns;
	struct itimerspec when = {0};

	for (enum part part = 0; part < PARTS; part++) {
		if ((m->stale & 1u << part) && m->next_ns[part] < next)
			next = m->next_ns[part];
	}
	when.it_value.tv_sec = (time_t)(next / NS_PER_S);
	when.it_value.tv_nsec = (long)(next % NS_PER_S);
	(void)timerfd_settime(m->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static bool route_event_matters(const struct nlmsghdr *message)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);

	return !(header->rtm_flags & RTM_F_CLONED) &&
	       (header->rtm_table == RT_TABLE_MAIN || header->rtm_table == RT_TABLE_UNSPEC ||
		header->rtm_table == RT_TABLE_COMPAT);
}

/* The parts that a notification makes stale. */
static unsigned int event_stale(const struct mirror *m, const struct nlmsghdr *message)
{
	const struct ndmsg *neigh = mnl_nlmsg_get_payload(message);

	switch (message->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return 1u << PART_LINKS | 1u << PART_ROUTES;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return 1u << PART_ADDRESSES | 1u << PART_ROUTES;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		return netlink_port(&m->view, (uint32_t)neigh->ndm_ifindex) < 0
			       ? 0
			       : 1u << PART_NEIGHBOURS;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		return route_event_matters(message) ? 1u << PART_ROUTES : 0;
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		return 1u << PART_ROUTES;
	default:
		return 0;
	}
}

static void take_events(struct mirror *m)
{
	char buffer[16384] __attribute__((aligned(NLMSG_ALIGNTO)));
	int fd = mnl_socket_get_fd(m->events);

	for (;;) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
		int size = (int)got;

		if (got < 0 && errno == ENOBUFS) {
			log_warn("the kernel's notifications came too fast: reading all anew");
			m->stale = STALE_ALL;
			continue;
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		for (; mnl_nlmsg_ok(message, size); message = mnl_nlmsg_next(message, &size)) {
			if (mnl_nlmsg_get_payload_len(message) >= sizeof(struct ndmsg))
				m->stale |= event_stale(m, message);
		}
	}
}

int mirror_read(struct mirror *mirror, enum mirror_change *change)
{
	uint64_t expirations, now;
	int err;

	*change = MIRROR_SAME;
	if (mirror->poll_fd < 0)
		return 0;
	*change = mirror->untold;
	take_events(mirror);
	if (read(mirror->timer_fd, &expirations, sizeof(expirations)) < 0 && errno != EAGAIN)
		return -errno;
	now = mirror_now_ns();
	if (now >= mirror->tick_ns) {
		mirror->tick_ns = now + TICK_NS;
		mirror->tick = true;
		mirror->stale |= 1u << PART_NEIGHBOURS;
	}
	err = mirror_sync(mirror, change);
	timer_arm(mirror);
	mirror->untold = err ? *change : MIRROR_SAME;
	return err;
}

static int events_open(struct mirror *m)
{
	static const int groups[] = {RTNLGRP_LINK,	  RTNLGRP_NEIGH,      RTNLGRP_IPV4_IFADDR,
				     RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
				     RTNLGRP_NEXTHOP};
	int room = EVENT_ROOM;
	int fd;

	m->events = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!m->events || mnl_socket_bind(m->events, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	fd = mnl_socket_get_fd(m->events);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (mnl_socket_setsockopt(m->events, NETLINK_ADD_MEMBERSHIP, (void *)&groups[i],
					  sizeof(groups[i])) < 0)
			return -errno;
	}
	return 0;
}

static int poll_open(struct mirror *m)
{
	struct epoll_event want = {.events = EPOLLIN};

	m->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	m->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (m->timer_fd < 0 || m->poll_fd < 0 ||
	    epoll_ctl(m->poll_fd, EPOLL_CTL_ADD, m->timer_fd, &want) < 0 ||
	    epoll_ctl(m->poll_fd, EPOLL_CTL_ADD, mnl_socket_get_fd(m->events), &want) < 0)
		return -errno;
	return 0;
}

/* Subscribed before the first reading: what changes in between is read again. */
static int kernel_open(struct mirror *m)
{
	enum mirror_change change;
	int err = events_open(m);

	if (!err)
		err = poll_open(m);
	if (!err)
		err = netlink_open(&m->netlink);
	if (!err)
		err = mirror_ask_open(m);
	if (err) {
		log_error("opening the kernel's network (rtnetlink): %s", strerror(-err));
		return err;
	}
	m->stale = STALE_ALL;
	m->tick_ns = mirror_now_ns() + TICK_NS;
	err = mirror_sync(m, &change);
	timer_arm(m);
	return err;
}

int mirror_open(const struct config *config, struct mirror **out)
{
	struct mirror *m = calloc(1, sizeof(*m));
	int err;

	if (!m)
		return -ENOMEM;
	m->config = config;
	m->poll_fd = -1;
	m->timer_fd = -1;
	err = config->is_static ? net_view_from_config(config, &m->view) : kernel_open(m);
	if (err) {
		mirror_close(m);
		return err;
	}
	*out = m;
	return 0;
}

void mirror_close(struct mirror *mirror)
{
	if (mirror->poll_fd >= 0)
		(void)close(mirror->poll_fd);
	if (mirror->timer_fd >= 0)
		(void)close(mirror->timer_fd);
	if (mirror->events)
		(void)mnl_socket_close(mirror->events);
	netlink_close(&mirror->netlink);
	rows_free(&mirror->gateways);
	free(mirror->asked);
	net_view_free(&mirror->view);
	free(mirror);
}

int mirror_fd(const struct mirror *mirror)
{
	return mirror->poll_fd;
}

const struct net_view *mirror_view(const struct mirror *mirror)
{
	return &mirror->view;
}
