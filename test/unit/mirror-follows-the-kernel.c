/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mirror against a real kernel, in a network namespace of the test's own, with a neighbour
 * in a second one. Both end with the test. One file, since all cases share that network.
 */

#include "control/mirror/mirror.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h> /* cmocka wants it first */

#include <cmocka.h>

#include "fastpath/base/log.h"

enum port {
	PORT_PODS,
	PORT_WAN,
};

static pid_t neighbour; /* a process that holds the second namespace */
static struct config config;
static const char *skip_reason;

static void PRINTF(1, 2) run(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command) != 0) {
		print_error("failed: %s\n", command);
		fail();
	}
}

static union addr address(const char *text)
{
	union addr a;

	assert_int_equal(addr_parse(text, &a), 0);
	return a;
}

static struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(text, &p), 0);
	return p;
}

static const struct net_route *find_route(const struct net_view *view, const char *text)
{
	struct prefix wanted = prefix(text);

	for (size_t i = 0; i < view->route_count; i++) {
		if (prefix_compare(&view->routes[i].prefix, &wanted) == 0)
			return &view->routes[i];
	}
	return NULL;
}

static const struct net_address *find_address(const struct net_view *view, const char *text)
{
	union addr wanted = address(text);

	for (size_t i = 0; i < view->address_count; i++) {
		if (addr_equal(&view->addresses[i].addr, &wanted))
			return &view->addresses[i];
	}
	return NULL;
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

typedef bool (*condition_fn)(const struct net_view *view);

static bool wait_until(struct mirror *m, condition_fn condition, uint64_t patience_ms)
{
	uint64_t end = now_ms() + patience_ms;

	while (!condition(mirror_view(m))) {
		struct pollfd fd = {.fd = mirror_fd(m), .events = POLLIN};
		enum mirror_change change;

		if (now_ms() >= end)
			return false;
		if (poll(&fd, 1, 100) > 0)
			assert_int_equal(mirror_read(m, &change), 0);
	}
	return true;
}

static struct mirror *open_mirror(void)
{
	struct mirror *m;

	if (skip_reason) {
		print_message("SKIP: %s\n", skip_reason);
		skip();
	}
	assert_int_equal(mirror_open(&config, &m), 0);
	return m;
}

static void the_first_view_has_what_the_kernel_has(void **state)
{
	struct mirror *m = open_mirror();
	const struct net_view *view = mirror_view(m);
	const struct net_route *route;

	(void)state;
	assert_int_equal(view->link_count, 2);
	assert_true(view->links[PORT_WAN].present && view->links[PORT_WAN].up);
	assert_int_equal(view->links[PORT_WAN].mtu, 1400);
	assert_int_equal(view->links[PORT_WAN].mac[5], 0x02);

	assert_true(find_address(view, "192.0.2.1")->on_port);
	assert_int_equal(find_address(view, "192.0.2.1")->port, PORT_WAN);
	assert_int_equal(find_address(view, "192.0.2.1")->prefix_len, 120);
	assert_int_equal(find_address(view, "2001:db8:2::1")->prefix_len, 64);
	assert_false(find_address(view, "127.0.0.1")->on_port);

	route = find_route(view, "0.0.0.0/0");
	assert_int_equal(route->kind, ROUTE_VIA);
	assert_int_equal(route->port, PORT_WAN);
	assert_true(route->has_gateway && route->gateway.b[15] == 10);
	assert_int_equal(find_route(view, "192.0.2.0/24")->kind, ROUTE_ONLINK);
	assert_int_equal(find_route(view, "2001:db8:2::/64")->kind, ROUTE_ONLINK);
	assert_null(find_route(view, "fe80::/64"));
	mirror_close(m);
}

static void every_kind_of_route_is_understood(void **state)
{
	struct mirror *m;
	const struct net_view *view;

	(void)state;
	if (!skip_reason) {
		run("ip route add blackhole 10.8.0.0/16");
		run("ip route add unreachable 10.7.0.0/16 metric 9");
		run("ip route add prohibit 10.6.0.0/16");
		run("ip -6 route add blackhole 2001:db8:8::/48");
		run("ip route add 10.5.0.0/16 via 192.0.2.20 mtu 1300");
		run("ip route add 10.4.0.0/16 via inet6 2001:db8:2::10 dev wan");
		run("ip route add 10.3.0.0/16 dev other");
		run("ip route add 10.2.0.0/16 nexthop via 172.16.0.2 dev other nexthop via "
		    "192.0.2.30 dev wan");
		run("ip nexthop add id 7 via 192.0.2.40 dev wan");
		run("ip route add 10.1.0.0/16 nhid 7");
		run("ip route add 10.9.0.0/16 via 192.0.2.50 table 77");
	}
	m = open_mirror();
	view = mirror_view(m);
	assert_int_equal(find_route(view, "10.8.0.0/16")->kind, ROUTE_BLACKHOLE);
	assert_int_equal(find_route(view, "10.7.0.0/16")->kind, ROUTE_UNREACHABLE);
	assert_int_equal(find_route(view, "10.7.0.0/16")->metric, 9);
	assert_int_equal(find_route(view, "10.6.0.0/16")->kind, ROUTE_PROHIBIT);
	assert_int_equal(find_route(view, "2001:db8:8::/48")->kind, ROUTE_BLACKHOLE);
	assert_int_equal(find_route(view, "10.5.0.0/16")->mtu, 1300);
	assert_int_equal(find_route(view, "10.4.0.0/16")->kind, ROUTE_VIA);
	assert_false(addr_is_v4(&find_route(view, "10.4.0.0/16")->gateway));
	assert_int_equal(find_route(view, "10.3.0.0/16")->kind, ROUTE_UNREACHABLE);
	assert_int_equal(find_route(view, "10.2.0.0/16")->kind, ROUTE_VIA);
	assert_int_equal(find_route(view, "10.2.0.0/16")->gateway.b[15], 30);
	assert_int_equal(find_route(view, "10.1.0.0/16")->gateway.b[15], 40);
	assert_null(find_route(view, "10.9.0.0/16"));
	mirror_close(m);
}

static bool has_new_route(const struct net_view *view)
{
	return find_route(view, "10.99.0.0/16") != NULL;
}

static bool has_no_new_route(const struct net_view *view)
{
	return !has_new_route(view);
}

static void a_route_that_comes_and_goes_is_followed(void **state)
{
	struct mirror *m = open_mirror();

	(void)state;
	run("ip route add 10.99.0.0/16 via 192.0.2.10");
	assert_true(wait_until(m, has_new_route, 2000));
	run("ip route del 10.99.0.0/16");
	assert_true(wait_until(m, has_no_new_route, 2000));
	mirror_close(m);
}

static bool has_all_of_the_burst(const struct net_view *view)
{
	size_t count = 0;

	for (size_t i = 0; i < view->route_count; i++)
		count += view->routes[i].prefix.len == 128;
	return count >= 20000;
}

/* Also more notifications than fit the queue between two readings. */
static void a_burst_of_changes_is_read_in_few_readings(void **state)
{
	struct mirror *m = open_mirror();
	unsigned int readings = 0;
	uint64_t end;

	(void)state;
	run("for i in $(seq 0 19999); do echo route add 10.50.$((i/256)).$((i%%256)) via "
	    "192.0.2.10; done | ip -batch -");
	end = now_ms() + 5000;
	while (!has_all_of_the_burst(mirror_view(m)) && now_ms() < end) {
		struct pollfd fd = {.fd = mirror_fd(m), .events = POLLIN};
		enum mirror_change change;

		if (poll(&fd, 1, 100) > 0)
			assert_int_equal(mirror_read(m, &change), 0);
		readings++;
	}
	assert_true(has_all_of_the_burst(mirror_view(m)));
	assert_true(readings < 50);
	mirror_close(m);
	run("ip route flush root 10.50.0.0/16");
}

static bool knows_gateway(const struct net_view *view)
{
	union addr gateway = address("192.0.2.10");
	const struct net_neigh *neigh = net_view_neigh(view, PORT_WAN, &gateway);

	return neigh && neigh->mac[5] == 0x22;
}

static void a_gateway_is_asked_for_before_anybody_needs_it(void **state)
{
	struct mirror *m = open_mirror();

	(void)state;
	run("ip neigh flush dev wan");
	assert_true(wait_until(m, knows_gateway, 10000));
	mirror_close(m);
}

static bool knows_v4_host(const struct net_view *view)
{
	union addr host = address("192.0.2.11");

	return net_view_neigh(view, PORT_WAN, &host) != NULL;
}

static bool knows_v6_host(const struct net_view *view)
{
	union addr host = address("2001:db8:2::11");

	return net_view_neigh(view, PORT_WAN, &host) != NULL;
}

static void a_neighbour_is_resolved_when_asked_for(void **state)
{
	struct mirror *m = open_mirror();
	union addr v4 = address("192.0.2.11"), v6 = address("2001:db8:2::11");
	union addr group = address("224.0.0.1");

	(void)state;
	assert_false(knows_v4_host(mirror_view(m)));
	assert_int_equal(mirror_resolve(m, PORT_WAN, &v4), 0);
	assert_int_equal(mirror_resolve(m, PORT_WAN, &v4), 0);
	assert_int_equal(mirror_resolve(m, PORT_WAN, &v6), 0);
	assert_int_equal(mirror_resolve(m, PORT_WAN, &group), -EINVAL);
	assert_int_equal(mirror_resolve(m, 9, &v4), -EINVAL);
	assert_true(wait_until(m, knows_v4_host, 3000));
	assert_true(wait_until(m, knows_v6_host, 3000));
	mirror_close(m);
}

static bool stale_is_confirmed(const struct net_view *view)
{
	(void)view;
	return system("ip neigh show 192.0.2.11 dev wan | grep -qE 'REACHABLE|DELAY|PROBE'") == 0;
}

static void a_stale_neighbour_is_confirmed_though_the_kernel_sees_no_packets(void **state)
{
	struct mirror *m = open_mirror();

	(void)state;
	run("ip neigh replace 192.0.2.11 lladdr 02:00:00:00:00:22 dev wan nud stale");
	assert_true(wait_until(m, stale_is_confirmed, 8000));
	assert_true(knows_v4_host(mirror_view(m)));
	mirror_close(m);
}

static void a_permanent_neighbour_stays_permanent(void **state)
{
	struct mirror *m;
	union addr host = address("192.0.2.77");

	(void)state;
	if (!skip_reason)
		run("ip neigh replace 192.0.2.77 lladdr 02:00:00:00:00:77 dev wan nud permanent");
	m = open_mirror();
	assert_non_null(net_view_neigh(mirror_view(m), PORT_WAN, &host));
	assert_int_equal(mirror_resolve(m, PORT_WAN, &host), 0);
	run("ip neigh show 192.0.2.77 dev wan | grep -q PERMANENT");
	mirror_close(m);
}

static bool wan_is_down(const struct net_view *view)
{
	return !view->links[PORT_WAN].up && !find_route(view, "192.0.2.0/24");
}

static bool wan_is_up(const struct net_view *view)
{
	return view->links[PORT_WAN].up && find_route(view, "192.0.2.0/24");
}

/* The kernel does not tell of the IPv4 routes that go with a link. */
static void routes_go_with_their_link(void **state)
{
	struct mirror *m = open_mirror();

	(void)state;
	run("ip link set wan down");
	assert_true(wait_until(m, wan_is_down, 2000));
	run("ip link set wan up");
	assert_true(wait_until(m, wan_is_up, 5000));
	mirror_close(m);
}

/* An interface with a carrier. */
static void make_pair(const char *name, const char *with_address)
{
	run("ip link add %s type veth peer name %s-peer && ip link set %s up && "
	    "ip link set %s-peer up && ip addr add %s dev %s",
	    name, name, name, name, with_address, name);
}

static bool pods_is_gone(const struct net_view *view)
{
	return !view->links[PORT_PODS].present;
}

static bool pods_is_back(const struct net_view *view)
{
	return view->links[PORT_PODS].present && find_address(view, "10.0.1.1") &&
	       find_address(view, "10.0.1.1")->on_port;
}

static void an_interface_may_go_and_come_back_with_another_number(void **state)
{
	struct mirror *m = open_mirror();

	(void)state;
	run("ip link del pods");
	assert_true(wait_until(m, pods_is_gone, 2000));
	make_pair("pods", "10.0.1.1/24");
	assert_true(wait_until(m, pods_is_back, 2000));
	mirror_close(m);
}

static int make_neighbour(void)
{
	int ready[2];
	char byte = 0;

	if (pipe(ready))
		return -1;
	neighbour = fork();
	if (neighbour < 0)
		return -1;
	if (neighbour == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET) || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	return read(ready[0], &byte, 1) == 1 ? 0 : -1;
}

static void make_network(void)
{
	run("ip link set lo up");
	make_pair("pods", "10.0.1.1/24");
	make_pair("other", "172.16.0.1/24");
	run("ip link add wan address 02:00:00:00:00:02 mtu 1400 type veth peer name eth0 address "
	    "02:00:00:00:00:22 netns %d",
	    neighbour);
	run("ip link set wan up && ip addr add 192.0.2.1/24 dev wan");
	run("ip addr add 2001:db8:2::1/64 dev wan nodad");
	run("nsenter -t %d -n sh -c 'ip link set eth0 up; for i in 10 11; do "
	    "ip addr add 192.0.2.$i/24 dev eth0; ip addr add 2001:db8:2::$i/64 dev eth0 nodad; "
	    "done'",
	    neighbour);
	run("ip route add default via 192.0.2.10");
}

static int set_up(void **state)
{
	(void)state;
	log_open("test", LOG_ERROR);
	config.port_count = 2;
	(void)strcpy(config.ports[PORT_PODS].interface, "pods");
	(void)strcpy(config.ports[PORT_WAN].interface, "wan");
	if (geteuid() != 0)
		skip_reason = "network namespaces need root";
	else if (unshare(CLONE_NEWNET) || make_neighbour())
		skip_reason = "this machine makes no network namespaces";
	else if (system("ip link add probe type veth 2>/dev/null && ip link del probe") != 0)
		skip_reason = "this kernel has no veth interfaces";
	if (!skip_reason)
		make_network();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (neighbour > 0) {
		(void)kill(neighbour, SIGKILL);
		(void)waitpid(neighbour, NULL, 0);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_view_has_what_the_kernel_has),
		cmocka_unit_test(every_kind_of_route_is_understood),
		cmocka_unit_test(a_route_that_comes_and_goes_is_followed),
		cmocka_unit_test(a_burst_of_changes_is_read_in_few_readings),
		cmocka_unit_test(a_gateway_is_asked_for_before_anybody_needs_it),
		cmocka_unit_test(a_neighbour_is_resolved_when_asked_for),
		cmocka_unit_test(a_stale_neighbour_is_confirmed_though_the_kernel_sees_no_packets),
		cmocka_unit_test(a_permanent_neighbour_stays_permanent),
		cmocka_unit_test(routes_go_with_their_link),
		cmocka_unit_test(an_interface_may_go_and_come_back_with_another_number),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
