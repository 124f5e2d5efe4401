/* SPDX-License-Identifier: Apache-2.0 */

/*
 * TCP: whoever completes the handshake is up. The connection ends with a reset: closing it in
 * order would leave one waiting here for a minute after each of thousands of probes.
 *
 * UDP: any answer is good, "port unreachable" is bad, and so is silence: a payload that the
 * server answers must be asked with.
 */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "control/health/probe.h"
#include "fastpath/base/attr.h"

static bool is_tcp(const struct check *check)
{
	return check->ask.kind == HEALTH_TCP;
}

void connect_cancel(struct check *check)
{
	const struct linger reset = {.l_onoff = 1};

	if (check->fd < 0)
		return;
	reactor_forget(checks_reactor(check->owner), check->fd);
	if (is_tcp(check))
		(void)setsockopt(check->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	(void)close(check->fd);
	check->fd = -1;
}

static int tcp_result(int fd)
{
	socklen_t size = sizeof(int);
	int err = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
		err = errno;
	return err;
}

static int udp_result(int fd)
{
	char byte;

	return recv(fd, &byte, sizeof(byte), MSG_DONTWAIT | MSG_TRUNC) < 0 ? errno : 0;
}

static void answered(void *arg, uint32_t events)
{
	struct check *check = arg;
	int err = is_tcp(check) ? tcp_result(check->fd) : udp_result(check->fd);

	(void)events;
	if (err == EAGAIN || err == EINTR)
		return;
	connect_cancel(check);
	if (err)
		check_failed_errno(check, err);
	else
		check_ended(check, PROBE_GOOD, "%s", "");
}

static int payload_send(const struct check *check)
{
	return is_tcp(check) || send(check->fd, check->path, strlen(check->path), 0) >= 0 ? 0
											  : errno;
}

void connect_start(struct check *check)
{
	struct sockaddr_storage to;
	socklen_t size = sockaddr_of(&check->ask.ask, check->ask.ask_port, &to);
	int err = 0;

	check->fd = socket(
		to.ss_family,
		(is_tcp(check) ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (check->fd < 0) {
		check_failed_errno(check, errno);
		return;
	}
	if (connect(check->fd, (struct sockaddr *)&to, size) < 0 && errno != EINPROGRESS)
		err = errno;
	if (!err)
		err = payload_send(check);
	if (!err)
		err = -reactor_watch(checks_reactor(check->owner), check->fd,
				     is_tcp(check) ? EPOLLOUT : EPOLLIN, answered, check);
	if (!err)
		return;
	connect_cancel(check);
	check_failed_errno(check, err);
}
