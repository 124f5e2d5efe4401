/* SPDX-License-Identifier: Apache-2.0 */

/* The XDP program's decisions, one frame at a time, as the kernel runs it. */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bpf/steer.h"
#include "fastpath/base/addr.h"

#define EXIT_SKIP 77
#define OURS	  "020000000001"
#define PEER	  "020000000002"
#define OTHER	  "020000000003"

/* IPv4: header of 20 bytes, TTL 64, UDP; the destination follows */
#define IP4                        \
	"0800"                     \
	"450000140000000040110000" \
	"0a000009"
/* IPv6: next header and hop limit, then source; the destination follows */
#define IP6(nh_hl) \
	"86dd"     \
	"600000000008" nh_hl "20010db8000000000000000000000009"
#define NODE4	 "0a000001"
#define SHARED4	 "0a000002"
#define FAR4	 "c6336409"
#define NODE6	 "20010db8000000000000000000000001"
#define SHARED6	 "20010db8000000000000000000000002"
#define FAR6	 "20010db8ffff00000000000000000009"
#define LINK6	 "fe800000000000000000000000000001"
#define ICMP6(t) t "00000000000000"
#define UDP	 "0400000700080000"

struct decision {
	const char *what;
	const char *frame;
	uint32_t action;
	enum steer_count counter;
};

static const struct decision decisions[] = {
	{"ARP request",
	 "ffffffffffff" PEER "0806"
	 "0001",
	 XDP_PASS, STEER_PASS_MULTICAST},
	{"ARP reply",
	 OURS PEER "0806"
		   "0001",
	 XDP_PASS, STEER_PASS_ARP},
	{"spanning tree",
	 "0180c2000000" PEER "0026"
	 "4242",
	 XDP_PASS, STEER_PASS_MULTICAST},
	{"unicast LLDP",
	 OURS PEER "88cc"
		   "0000",
	 XDP_PASS, STEER_PASS_OTHER},
	{"VLAN", OURS PEER "81000001" IP4 FAR4, XDP_PASS, STEER_PASS_OTHER},
	{"another station's", OTHER PEER IP4 FAR4, XDP_PASS, STEER_PASS_MAC},
	{"IPv4 for the node", OURS PEER IP4 NODE4, XDP_PASS, STEER_PASS_LOCAL},
	{"IPv4 for a shared address", OURS PEER IP4 SHARED4, XDP_REDIRECT, STEER_REDIRECT},
	{"IPv4 for far away", OURS PEER IP4 FAR4, XDP_REDIRECT, STEER_REDIRECT},
	{"IPv4 multicast", OURS PEER IP4 "e0000001", XDP_PASS, STEER_PASS_MULTICAST},
	{"IPv4 broadcast", OURS PEER IP4 "ffffffff", XDP_PASS, STEER_PASS_MULTICAST},
	{"IPv4 class E", OURS PEER IP4 "f0000001", XDP_REDIRECT, STEER_REDIRECT},
	{"IPv4 cut short", OURS PEER IP4 "0a0000", XDP_REDIRECT, STEER_REDIRECT},
	{"IPv6 for the node", OURS PEER IP6("1140") NODE6 UDP, XDP_PASS, STEER_PASS_LOCAL},
	{"IPv6 for a shared address", OURS PEER IP6("1140") SHARED6 UDP, XDP_REDIRECT,
	 STEER_REDIRECT},
	{"IPv6 for far away", OURS PEER IP6("1140") FAR6 UDP, XDP_REDIRECT, STEER_REDIRECT},
	{"IPv6 link-local", OURS PEER IP6("1140") LINK6 UDP, XDP_PASS, STEER_PASS_LOCAL},
	{"IPv6 multicast", OURS PEER IP6("1140") "ff020000000000000000000000000001" UDP, XDP_PASS,
	 STEER_PASS_MULTICAST},
	{"IPv6 cut short",
	 OURS PEER "86dd"
		   "6000",
	 XDP_REDIRECT, STEER_REDIRECT},
	{"solicitation of the node", OURS PEER IP6("3aff") NODE6 ICMP6("87"), XDP_PASS,
	 STEER_PASS_ND},
	{"solicitation of a shared address", OURS PEER IP6("3aff") SHARED6 ICMP6("87"), XDP_PASS,
	 STEER_PASS_ND},
	{"advertisement, link-local", OURS PEER IP6("3aff") LINK6 ICMP6("88"), XDP_PASS,
	 STEER_PASS_ND},
	{"solicitation from afar", OURS PEER IP6("3afe") SHARED6 ICMP6("87"), XDP_REDIRECT,
	 STEER_REDIRECT},
	/* The kernel would forward it. */
	{"solicitation of a stranger", OURS PEER IP6("3aff") FAR6 ICMP6("87"), XDP_REDIRECT,
	 STEER_REDIRECT},
	{"listener query to a shared address", OURS PEER IP6("3a01") SHARED6 ICMP6("82"), XDP_PASS,
	 STEER_PASS_ND},
	{"echo to a shared address", OURS PEER IP6("3aff") SHARED6 ICMP6("80"), XDP_REDIRECT,
	 STEER_REDIRECT},
	{"echo to the node", OURS PEER IP6("3aff") NODE6 ICMP6("80"), XDP_PASS, STEER_PASS_LOCAL},
};

static struct bpf_object *object;
static int program_fd;
static char path[512];

static int map_fd(const char *name)
{
	return bpf_object__find_map_fd_by_name(object, name);
}

static uint32_t unhex(const char *text, uint8_t *bytes)
{
	uint32_t n = 0;

	for (; text[0]; text += 2) {
		const char pair[3] = {text[0], text[1], 0};

		bytes[n++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return n;
}

static uint64_t counter_read(uint32_t key)
{
	uint64_t values[1024] = {0};
	uint64_t sum = 0;

	assert_true(libbpf_num_possible_cpus() <= 1024);
	assert_int_equal(bpf_map_lookup_elem(map_fd(STEER_MAP_COUNT), &key, values), 0);
	for (int cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++)
		sum += values[cpu];
	return sum;
}

static uint32_t decide(const char *frame, uint32_t queue)
{
	uint8_t in[256] = {0};
	struct xdp_md context = {.ingress_ifindex = if_nametoindex("steer0"),
				 .rx_queue_index = queue};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = in, .ctx_in = &context,
		    .ctx_size_in = sizeof(context));

	run.data_size_in = unhex(frame, in);
	context.data_end = run.data_size_in;
	assert_int_equal(bpf_prog_test_run_opts(program_fd, &run), 0);
	return run.retval;
}

static void configure(uint32_t flags)
{
	struct steer_config config = {.layout = STEER_LAYOUT, .flags = flags};
	uint32_t zero = 0;

	(void)unhex(OURS, config.mac);
	assert_int_equal(bpf_map_update_elem(map_fd(STEER_MAP_CONFIG), &zero, &config, 0), 0);
}

static void add_local(const char *text, uint32_t flags)
{
	union addr addr;

	assert_int_equal(addr_parse(text, &addr), 0);
	assert_int_equal(bpf_map_update_elem(map_fd(STEER_MAP_LOCAL), &addr, &flags, 0), 0);
}

static int load(void **state)
{
	int xsk = socket(AF_XDP, SOCK_RAW, 0);
	uint32_t zero = 0;

	(void)state;
	object = bpf_object__open_file(path, NULL);
	if (!object || bpf_object__load(object))
		return -1;
	program_fd = bpf_program__fd(bpf_object__find_program_by_name(object, STEER_PROGRAM));
	configure(0);
	add_local("10.0.0.1", 0);
	add_local("10.0.0.2", STEER_LOCAL_SHARED);
	add_local("2001:db8::1", 0);
	add_local("2001:db8::2", STEER_LOCAL_SHARED);
	/* Queue 0 has a socket, queue 1 has none. */
	return bpf_map_update_elem(map_fd(STEER_MAP_XSKS), &zero, &xsk, 0);
}

static int unload(void **state)
{
	(void)state;
	bpf_object__close(object);
	return 0;
}

static void every_kind_of_frame_goes_where_it_belongs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(decisions); i++) {
		const struct decision *d = &decisions[i];
		uint64_t before = counter_read(d->counter);
		uint32_t action = decide(d->frame, 0);

		if (action != d->action || counter_read(d->counter) != before + 1)
			fail_msg("%s: action %u, expected %u; counted %d", d->what, action,
				 d->action, counter_read(d->counter) == before + 1);
	}
}

static void without_a_socket_what_is_ours_is_dropped(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(decisions); i++) {
		const struct decision *d = &decisions[i];

		assert_int_equal(decide(d->frame, 1),
				 d->action == XDP_REDIRECT ? XDP_DROP : XDP_PASS);
	}
	assert_true(counter_read(STEER_DROP) > 0);
}

static void without_a_socket_an_open_port_passes(void **state)
{
	(void)state;
	configure(STEER_FAIL_OPEN);
	for (size_t i = 0; i < ARRAY_SIZE(decisions); i++)
		assert_int_equal(decide(decisions[i].frame, 1), XDP_PASS);
	assert_true(counter_read(STEER_PASS_OPEN) > 0);
	configure(0);
}

static void before_it_is_configured_it_is_closed(void **state)
{
	struct steer_config config = {.layout = 0};
	uint32_t zero = 0;

	(void)state;
	assert_int_equal(bpf_map_update_elem(map_fd(STEER_MAP_CONFIG), &zero, &config, 0), 0);
	assert_int_equal(decide(OURS PEER IP4 FAR4, 1), XDP_DROP);
	configure(0);
}

static void skip_all(const char *reason)
{
	printf("SKIP: %s\n", reason);
	exit(EXIT_SKIP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_frame_goes_where_it_belongs),
		cmocka_unit_test(without_a_socket_what_is_ours_is_dropped),
		cmocka_unit_test(without_a_socket_an_open_port_passes),
		cmocka_unit_test(before_it_is_configured_it_is_closed),
	};
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 32);

	if (len < 0)
		skip_all("/proc is not mounted");
	path[len] = 0;
	strcpy(strrchr(path, '/'), "/../steer.bpf.o");
	if (access(path, R_OK))
		skip_all("steer.bpf.o has not been built");
	if (geteuid() != 0 || unshare(CLONE_NEWNET))
		skip_all("XDP programs need root");
	if (system("ip link add steer0 numrxqueues 2 type veth peer name steer1 numtxqueues 2") ||
	    system("ip link set steer0 up; ip link set steer1 up"))
		skip_all("no veth here");
	return cmocka_run_group_tests(tests, load, unload);
}
