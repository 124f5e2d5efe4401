/* SPDX-License-Identifier: Apache-2.0 */

#include "control/health/probe.h"

#include <netinet/in.h>
#include <string.h>

#include "fastpath/base/check.h"

socklen_t sockaddr_of(const union addr *addr, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (addr_is_v4(addr)) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		memcpy(&v4->sin_addr, addr->b + 12, 4);
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	memcpy(&v6->sin6_addr, addr->b, 16);
	return sizeof(*v6);
}

int probes_open(struct probes *probes, struct checks *checks)
{
	int err = echo_open(&probes->echo, checks);

	if (err)
		return err;
	err = http_open(&probes->http, checks);
	if (err)
		echo_close(probes->echo);
	return err;
}

void probes_close(struct probes *probes)
{
	http_close(probes->http);
	echo_close(probes->echo);
}

void probe_start(struct probes *probes, struct check *check)
{
	switch ((enum health_kind)check->ask.kind) {
	case HEALTH_HTTP:
	case HEALTH_GRPC:
		http_start(probes->http, check);
		break;
	case HEALTH_ICMP:
		echo_start(probes->echo, check);
		break;
	case HEALTH_TCP:
	case HEALTH_UDP:
	case HEALTH_KINDS:
		connect_start(check);
		break;
	}
}

void probe_cancel(struct probes *probes, struct check *check)
{
	switch ((enum health_kind)check->ask.kind) {
	case HEALTH_HTTP:
	case HEALTH_GRPC:
		http_cancel(probes->http, check);
		break;
	case HEALTH_ICMP:
		echo_cancel(probes->echo, check);
		break;
	case HEALTH_TCP:
	case HEALTH_UDP:
	case HEALTH_KINDS:
		connect_cancel(check);
		break;
	}
}
