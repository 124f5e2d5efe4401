/* SPDX-License-Identifier: Apache-2.0 */

/*
 * AF_XDP ports over veth, in a network namespace of our own: one end is the port under test, a
 * packet socket on the other end is the world. A second packet socket, on the port's own
 * interface, sees what the XDP program passes to the kernel.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fastpath/base/log.h"
#include "fastpath/io/afxdp.h"
#include "fastpath/io/netdev.h"

#define FRAMES	   8192u
#define WORKERS	   2u
#define FRAME_SIZE 64u
#define EXIT_SKIP  77

static struct pkt_pool pool;
static struct pkt_cache caches[WORKERS];
static char steer_path[512];

static int PRINTF(1, 2) run(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return system(command);
}

/* Two pairs: port0 - peer0 and port1 - peer1, two queues in each direction. */
static int lab_up(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		if (run("ip link add port%d numtxqueues 2 numrxqueues 2 type veth "
			"peer name peer%d numtxqueues 2 numrxqueues 2",
			i, i) ||
		    run("ip link set port%d up; ip link set peer%d up", i, i))
			return -1;
	}
	return 0;
}

static int lab_down(void **state)
{
	(void)state;
	(void)run("ip link del port0; ip link del port1");
	return 0;
}

static void pool_up(void)
{
	assert_int_equal(pkt_pool_open(&pool, WORKERS, FRAMES), 0);
	for (uint32_t w = 0; w < WORKERS; w++)
		assert_int_equal(pkt_cache_open(&caches[w], &pool, w), 0);
}

static void pool_down(void)
{
	for (uint32_t w = 0; w < WORKERS; w++)
		pkt_cache_close(&caches[w]);
	pkt_pool_close(&pool);
}

static int port_try(struct io_port *port, uint32_t index, int mode, bool fail_open,
		    struct io_error *error)
{
	struct io_config config = {
		.io = "afxdp", .queues = 2, .fail_open = fail_open, .steer = steer_path};

	config.xdp_mode = mode;
	(void)snprintf(config.name, sizeof(config.name), "p%u", index);
	(void)snprintf(config.interface, sizeof(config.interface), "port%u", index);
	error->text[0] = 0;
	return io_open(port, &config, index, caches, WORKERS, error);
}

static void port_up(struct io_port *port, uint32_t index, int mode, bool fail_open)
{
	struct io_error error;

	if (port_try(port, index, mode, fail_open, &error))
		fail_msg("%s", error.text);
}

static int packet_socket(const char *interface)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ALL),
				 .sll_ifindex = (int)if_nametoindex(interface)};
	int room = 8 << 20;

	assert_true(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* An IPv4 UDP frame to `to` (host order) through port `index`, numbered. */
static void frame_make(uint8_t *frame, uint32_t index, uint32_t to, uint32_t number)
{
	static const uint8_t head[] = {0x08, 0x00, 0x45, 0, 0, 50, 0, 0, 0,
				       0,    64,   17,	 0, 0, 10, 0, 0, 9};
	char name[16];
	struct netdev dev;

	(void)snprintf(name, sizeof(name), "port%u", index);
	assert_int_equal(netdev_read(name, &dev), 0);
	memset(frame, 0, FRAME_SIZE);
	memcpy(frame, dev.mac, 6);
	frame[6] = 2;
	memcpy(frame + 12, head, sizeof(head));
	store32(frame + 30, htonl(to));
	store16(frame + 34, htons((uint16_t)(1024 + number % 4096))); /* spreads over queues */
	store16(frame + 36, htons(7));
	store16(frame + 38, htons(30));
	store32(frame + 42, 0x534c5543);
	store32(frame + 46, number);
}

#define STRANGER 0xc6336409u /* 198.51.100.9 */

static void send_frames(int fd, uint32_t index, uint32_t to, uint32_t first, uint32_t count)
{
	uint8_t frame[FRAME_SIZE];

	frame_make(frame, index, to, 0);
	for (uint32_t i = 0; i < count; i++) {
		store16(frame + 34, htons((uint16_t)(1024 + (first + i) % 4096)));
		store32(frame + 46, first + i);
		assert_int_equal(send(fd, frame, sizeof(frame), 0), sizeof(frame));
	}
}

/* Our numbered frames that came in at this packet socket since the last look. */
static uint32_t count_frames(int fd)
{
	uint8_t frame[2048];
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	uint32_t n = 0;
	ssize_t len;

	while ((len = recvfrom(fd, frame, sizeof(frame), 0, (struct sockaddr *)&from, &size)) > 0) {
		size = sizeof(from);
		if (from.sll_pkttype != PACKET_OUTGOING && len >= 50 &&
		    load32(frame + 42) == 0x534c5543)
			n++;
	}
	return n;
}

/* Serves both queues until nothing comes for a while: everything from `in` leaves at `out`. */
static uint32_t serve(struct io_port *in, struct io_port *out)
{
	uint32_t total = 0;

	for (int idle = 0; idle < 20;) {
		uint32_t n = 0;

		for (uint32_t q = 0; q < in->queues; q++) {
			struct pkt *pkts[IO_BURST];
			uint32_t got = in->ops->rx(in, q, &caches[q], pkts, IO_BURST);
			uint32_t sent = out->ops->tx(out, q, &caches[q], pkts, got);

			for (uint32_t i = sent; i < got; i++)
				pkt_free(&caches[q], pkts[i]);
			in->ops->before_sleep(in, q, &caches[q]);
			out->ops->before_sleep(out, q, &caches[q]);
			n += got;
		}
		total += n;
		idle = n ? 0 : idle + 1;
		if (!n)
			(void)usleep(1000);
	}
	return total;
}

static void echo_in_mode(int mode)
{
	struct io_port port;
	int peer = packet_socket("peer0");
	uint32_t back = 0;

	pool_up();
	port_up(&port, 0, mode, false);
	assert_int_equal(afxdp_steer(&port)->generic, mode == IO_XDP_GENERIC);
	for (uint32_t i = 0; i < 10; i++) {
		send_frames(peer, 0, STRANGER, i * 500, 500);
		assert_int_equal(serve(&port, &port), 500);
		back += count_frames(peer);
	}
	assert_int_equal(back, 5000);
	/* Without the driver's help veth puts everything on the first queue. */
	assert_true(port.stats[0].rx_packets > 0);
	assert_true(port.stats[1].rx_packets > 0 || mode == IO_XDP_GENERIC);
	assert_int_equal(port.stats[0].tx_packets + port.stats[1].tx_packets, 5000);
	io_close(&port);
	pool_down();
	close(peer);
}

static void two_queues_echo_in_native_mode(void **state)
{
	(void)state;
	echo_in_mode(IO_XDP_NATIVE);
}

static void two_queues_echo_in_generic_mode(void **state)
{
	(void)state;
	echo_in_mode(IO_XDP_GENERIC);
}

static void two_ports_share_their_buffers(void **state)
{
	struct io_port ports[2];
	int peers[2];

	(void)state;
	pool_up();
	port_up(&ports[0], 0, IO_XDP_NATIVE, false);
	port_up(&ports[1], 1, IO_XDP_GENERIC, false);
	peers[0] = packet_socket("peer0");
	peers[1] = packet_socket("peer1");
	for (uint32_t i = 0; i < 20; i++) {
		send_frames(peers[0], 0, STRANGER, 0, 700);
		assert_int_equal(serve(&ports[0], &ports[1]), 700);
		assert_int_equal(count_frames(peers[1]), 700);
		send_frames(peers[1], 1, STRANGER, 0, 700);
		assert_int_equal(serve(&ports[1], &ports[0]), 700);
		assert_int_equal(count_frames(peers[0]), 700);
	}
	/* One closes, the other goes on. */
	io_close(&ports[0]);
	send_frames(peers[1], 1, STRANGER, 0, 100);
	assert_int_equal(serve(&ports[1], &ports[1]), 100);
	io_close(&ports[1]);
	pool_down();
	close(peers[0]);
	close(peers[1]);
}

static void an_idle_port_keeps_frames_and_counts_what_it_loses(void **state)
{
	struct io_port port;
	struct pollfd ready = {.events = POLLIN};
	int peer;

	(void)state;
	pool_up();
	port_up(&port, 0, IO_XDP_NATIVE, false);
	peer = packet_socket("peer0");
	ready.fd = port.ops->fd(&port, 0);
	assert_int_equal(poll(&ready, 1, 0), 0);
	send_frames(peer, 0, STRANGER, 0, 2000);
	assert_int_equal(poll(&ready, 1, 1000), 1);
	assert_int_equal(serve(&port, &port), 2000);
	for (uint32_t i = 0; i < 20; i++)
		send_frames(peer, 0, STRANGER, 0, 500);
	(void)usleep(50000);
	port.ops->read_stats(&port);
	assert_int_equal(serve(&port, &port) + port.stats[0].rx_lost + port.stats[1].rx_lost,
			 10000);
	assert_true(port.stats[0].rx_lost + port.stats[1].rx_lost > 0);
	io_close(&port);
	pool_down();
	close(peer);
}

/* A child that owns the port until it is killed. */
static pid_t child_start(int mode, bool fail_open)
{
	int ready[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct io_port port;
		struct io_error error;

		if (pkt_pool_open(&pool, WORKERS, FRAMES) || pkt_cache_open(&caches[0], &pool, 0) ||
		    pkt_cache_open(&caches[1], &pool, 1) ||
		    port_try(&port, 0, mode, fail_open, &error) || write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			(void)serve(&port, &port);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

static void child_kill(pid_t child)
{
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void kill_and_take_over(int mode)
{
	pid_t child = child_start(mode, false);
	int peer = packet_socket("peer0");
	int kernel = packet_socket("port0");
	uint64_t before[STEER_COUNTS];
	uint64_t after[STEER_COUNTS];
	struct io_port port;

	send_frames(peer, 0, STRANGER, 0, 300);
	child_kill(child);
	send_frames(peer, 0, STRANGER, 0, 300);
	pool_up();
	port_up(&port, 0, IO_XDP_AUTO, false);
	assert_true(afxdp_steer(&port)->taken_over);
	assert_int_equal(afxdp_steer(&port)->generic, mode == IO_XDP_GENERIC);
	assert_int_equal(steer_counters(afxdp_steer(&port), before), 0);
	assert_true(before[STEER_DROP] >= 300);
	(void)count_frames(peer);
	send_frames(peer, 0, STRANGER, 0, 300);
	assert_int_equal(serve(&port, &port), 300);
	assert_int_equal(count_frames(peer), 300);
	assert_int_equal(steer_counters(afxdp_steer(&port), after), 0);
	assert_int_equal(after[STEER_REDIRECT] - before[STEER_REDIRECT], 300);
	assert_int_equal(count_frames(kernel), 0);

	/* A clean end gives the interface back. */
	io_close(&port);
	send_frames(peer, 0, STRANGER, 0, 5);
	(void)usleep(20000);
	assert_int_equal(count_frames(kernel), 5);
	pool_down();
	close(peer);
	close(kernel);
}

static void after_kill_native_frames_are_dropped_and_taken_over(void **state)
{
	(void)state;
	kill_and_take_over(IO_XDP_NATIVE);
}

static void after_kill_generic_frames_are_dropped_and_taken_over(void **state)
{
	(void)state;
	kill_and_take_over(IO_XDP_GENERIC);
}

static void after_kill_frames_pass_if_the_port_fails_open(void **state)
{
	pid_t child = child_start(IO_XDP_AUTO, true);
	int peer = packet_socket("peer0");
	int kernel = packet_socket("port0");
	struct io_error error;

	(void)state;
	send_frames(peer, 0, STRANGER, 0, 50);
	(void)usleep(20000);
	assert_int_equal(count_frames(kernel), 0);
	child_kill(child);
	(void)usleep(100000);
	send_frames(peer, 0, STRANGER, 0, 50);
	(void)usleep(20000);
	assert_int_equal(count_frames(kernel), 50);
	assert_int_equal(steer_detach("port0", &error), 0);
	assert_int_equal(steer_detach("port0", &error), 0);
	assert_int_not_equal(run("ip link show port0 | grep -q xdp"), 0);
	close(peer);
	close(kernel);
}

static void a_port_in_use_stays_with_its_owner(void **state)
{
	pid_t child = child_start(IO_XDP_NATIVE, false);
	int peer = packet_socket("peer0");
	struct io_port port;
	struct io_error error;

	(void)state;
	pool_up();
	assert_int_equal(port_try(&port, 0, IO_XDP_NATIVE, false, &error), -EBUSY);
	assert_string_equal(error.text, "p0: another process receives from queue 0 of port0");
	send_frames(peer, 0, STRANGER, 0, 50);
	(void)usleep(50000);
	assert_int_equal(count_frames(peer), 50);
	child_kill(child);
	pool_down();
	assert_int_equal(steer_detach("port0", &error), 0);
	close(peer);
}

static void own_addresses_pass_and_shared_ones_do_not(void **state)
{
	struct image_local local[2] = {{.addr = addr_v4(htonl(0x0a000001))},
				       {.addr = addr_v4(htonl(0x0a000002)), .flags = LOCAL_SHARED}};
	struct io_error error;
	struct io_port port;
	int kernel;
	int peer;

	(void)state;
	pool_up();
	assert_int_equal(run("ip addr add 10.0.0.1/24 dev port0"), 0);
	port_up(&port, 0, IO_XDP_NATIVE, false);
	peer = packet_socket("peer0");
	kernel = packet_socket("port0");
	/* Known from the interface, before anyone says so. */
	send_frames(peer, 0, 0x0a000001, 0, 10);
	assert_int_equal(serve(&port, &port), 0);
	assert_int_equal(count_frames(kernel), 10);
	assert_int_equal(port.ops->set_local(&port, local, 2, &error), 0);
	send_frames(peer, 0, 0x0a000001, 0, 10);
	send_frames(peer, 0, 0x0a000002, 0, 20);
	assert_int_equal(serve(&port, &port), 20);
	assert_int_equal(count_frames(kernel), 10);
	/* Taken from the list: ours. */
	assert_int_equal(port.ops->set_local(&port, local + 1, 1, &error), 0);
	send_frames(peer, 0, 0x0a000001, 0, 10);
	assert_int_equal(serve(&port, &port), 10);
	assert_int_equal(count_frames(kernel), 0);
	io_close(&port);
	pool_down();
	close(peer);
	close(kernel);
}

static void what_cannot_work_says_what_to_do(void **state)
{
	struct io_config config = {.name = "wan", .io = "afxdp", .steer = steer_path};
	struct io_error error;
	struct io_port port;

	(void)state;
	pool_up();
	strcpy(config.interface, "eth77");
	assert_int_equal(io_open(&port, &config, 0, caches, 1, &error), -ENODEV);
	assert_string_equal(error.text, "wan: there is no interface eth77");
	strcpy(config.interface, "lo");
	assert_true(io_open(&port, &config, 0, caches, 1, &error) < 0);
	strcpy(config.interface, "port0");
	assert_int_equal(io_open(&port, &config, 0, caches, 1, &error), -EINVAL);
	assert_string_equal(error.text, "wan: port0 spreads packets over 2 queues but 1 are "
					"served: run 'ethtool -L port0 rx 1' or raise workers "
					"and queues");
	assert_int_equal(run("ip link set port0 mtu 9000"), 0);
	assert_int_equal(io_open(&port, &config, 0, caches, 2, &error), -EMSGSIZE);
	assert_string_equal(error.text, "wan: MTU 9000 of port0 does not fit a packet buffer "
					"(at most 3822): lower the MTU");
	assert_int_equal(run("ip link set port0 mtu 1500"), 0);
	config.steer = "/nonexistent/steer.bpf.o";
	assert_true(io_open(&port, &config, 0, caches, 2, &error) < 0);
	assert_string_equal(error.text,
			    "wan: cannot read the XDP program /nonexistent/steer.bpf.o");
	pool_down();
}

static void skip_all(const char *reason)
{
	printf("SKIP: %s\n", reason);
	exit(EXIT_SKIP);
}

static void find_steer(void)
{
	ssize_t len = readlink("/proc/self/exe", steer_path, sizeof(steer_path) - 32);
	char *slash;

	if (len < 0)
		skip_all("/proc is not mounted");
	steer_path[len] = 0;
	slash = strrchr(steer_path, '/');
	strcpy(slash, "/../steer.bpf.o");
	if (access(steer_path, R_OK))
		skip_all("steer.bpf.o has not been built");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_queues_echo_in_native_mode, lab_up, lab_down),
		cmocka_unit_test_setup_teardown(two_queues_echo_in_generic_mode, lab_up, lab_down),
		cmocka_unit_test_setup_teardown(two_ports_share_their_buffers, lab_up, lab_down),
		cmocka_unit_test_setup_teardown(an_idle_port_keeps_frames_and_counts_what_it_loses,
						lab_up, lab_down),
		cmocka_unit_test_setup_teardown(after_kill_native_frames_are_dropped_and_taken_over,
						lab_up, lab_down),
		cmocka_unit_test_setup_teardown(
			after_kill_generic_frames_are_dropped_and_taken_over, lab_up, lab_down),
		cmocka_unit_test_setup_teardown(after_kill_frames_pass_if_the_port_fails_open,
						lab_up, lab_down),
		cmocka_unit_test_setup_teardown(a_port_in_use_stays_with_its_owner, lab_up,
						lab_down),
		cmocka_unit_test_setup_teardown(own_addresses_pass_and_shared_ones_do_not, lab_up,
						lab_down),
		cmocka_unit_test_setup_teardown(what_cannot_work_says_what_to_do, lab_up, lab_down),
	};
	int fd;

	if (geteuid() != 0)
		skip_all("AF_XDP needs root");
	fd = socket(AF_XDP, SOCK_RAW, 0);
	if (fd < 0)
		skip_all("this kernel has no AF_XDP");
	close(fd);
	if (unshare(CLONE_NEWNET))
		skip_all("no network namespace of our own");
	find_steer();
	log_open("test", getenv("DEBUG_LOG") ? LOG_DEBUG : LOG_ERROR);
	(void)run("ip link set lo up; echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; "
		  "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
