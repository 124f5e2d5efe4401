/* SPDX-License-Identifier: Apache-2.0 */

/* AF_XDP ports: several queues, several ports, both modes, addresses, and what cannot work. */

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/lib/veth_lab.h"

static void echo_in_mode(int mode)
{
	struct io_port port;
	int peer = lab_packet_socket("peer0");
	uint32_t back = 0;

	lab_pool_up();
	lab_port_up(&port, 0, mode, false);
	assert_int_equal(afxdp_steer(&port)->generic, mode == IO_XDP_GENERIC);
	for (uint32_t i = 0; i < 10; i++) {
		lab_send(peer, 0, LAB_STRANGER, 500);
		assert_int_equal(lab_serve(&port, &port), 500);
		back += lab_received(peer);
	}
	assert_int_equal(back, 5000);
	/* Without the driver's help veth puts everything on the first queue. */
	assert_true(port.stats[0].rx_packets > 0);
	assert_true(port.stats[1].rx_packets > 0 || mode == IO_XDP_GENERIC);
	assert_int_equal(port.stats[0].tx_packets + port.stats[1].tx_packets, 5000);
	io_close(&port);
	lab_pool_down();
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
	lab_pool_up();
	lab_port_up(&ports[0], 0, IO_XDP_NATIVE, false);
	lab_port_up(&ports[1], 1, IO_XDP_GENERIC, false);
	peers[0] = lab_packet_socket("peer0");
	peers[1] = lab_packet_socket("peer1");
	for (uint32_t i = 0; i < 20; i++) {
		lab_send(peers[0], 0, LAB_STRANGER, 700);
		assert_int_equal(lab_serve(&ports[0], &ports[1]), 700);
		assert_int_equal(lab_received(peers[1]), 700);
		lab_send(peers[1], 1, LAB_STRANGER, 700);
		assert_int_equal(lab_serve(&ports[1], &ports[0]), 700);
		assert_int_equal(lab_received(peers[0]), 700);
	}
	/* One closes, the other goes on. */
	io_close(&ports[0]);
	lab_send(peers[1], 1, LAB_STRANGER, 100);
	assert_int_equal(lab_serve(&ports[1], &ports[1]), 100);
	io_close(&ports[1]);
	lab_pool_down();
	close(peers[0]);
	close(peers[1]);
}

static void an_idle_port_keeps_frames_and_counts_what_it_loses(void **state)
{
	struct io_port port;
	struct pollfd ready = {.events = POLLIN};
	int peer;

	(void)state;
	lab_pool_up();
	lab_port_up(&port, 0, IO_XDP_NATIVE, false);
	peer = lab_packet_socket("peer0");
	ready.fd = port.ops->fd(&port, 0);
	assert_int_equal(poll(&ready, 1, 0), 0);
	lab_send(peer, 0, LAB_STRANGER, 2000);
	assert_int_equal(poll(&ready, 1, 1000), 1);
	assert_int_equal(lab_serve(&port, &port), 2000);
	for (uint32_t i = 0; i < 20; i++)
		lab_send(peer, 0, LAB_STRANGER, 500);
	(void)usleep(50000);
	port.ops->read_stats(&port);
	assert_int_equal(lab_serve(&port, &port) + port.stats[0].rx_lost + port.stats[1].rx_lost,
			 10000);
	assert_true(port.stats[0].rx_lost + port.stats[1].rx_lost > 0);
	io_close(&port);
	lab_pool_down();
	close(peer);
}

static void own_addresses_pass_and_shared_ones_do_not(void **state)
{
	struct image_local local[2] = {{.addr = addr_v4(BE32(0x0a000001))},
				       {.addr = addr_v4(BE32(0x0a000002)), .flags = LOCAL_SHARED}};
	struct io_error error;
	struct io_port port;
	int kernel;
	int peer;

	(void)state;
	lab_pool_up();
	assert_int_equal(lab_run("ip addr add 10.0.0.1/24 dev port0"), 0);
	lab_port_up(&port, 0, IO_XDP_NATIVE, false);
	peer = lab_packet_socket("peer0");
	kernel = lab_packet_socket("port0");
	/* Known from the interface, before anyone says so. */
	lab_send(peer, 0, 0x0a000001, 10);
	assert_int_equal(lab_serve(&port, &port), 0);
	assert_int_equal(lab_received(kernel), 10);
	assert_int_equal(port.ops->set_local(&port, local, 2, &error), 0);
	lab_send(peer, 0, 0x0a000001, 10);
	lab_send(peer, 0, 0x0a000002, 20);
	assert_int_equal(lab_serve(&port, &port), 20);
	assert_int_equal(lab_received(kernel), 10);
	/* Taken from the list: ours. */
	assert_int_equal(port.ops->set_local(&port, local + 1, 1, &error), 0);
	lab_send(peer, 0, 0x0a000001, 10);
	assert_int_equal(lab_serve(&port, &port), 10);
	assert_int_equal(lab_received(kernel), 0);
	io_close(&port);
	lab_pool_down();
	close(peer);
	close(kernel);
}

static void what_cannot_work_says_what_to_do(void **state)
{
	struct io_config config = {.name = "wan", .io = "afxdp", .steer = lab_steer_path};
	struct io_error error;
	struct io_port port;

	(void)state;
	lab_pool_up();
	strcpy(config.interface, "eth77");
	assert_int_equal(io_open(&port, &config, 0, lab_caches, 1, &error), -ENODEV);
	assert_string_equal(error.text, "wan: there is no interface eth77");
	strcpy(config.interface, "lo");
	assert_true(io_open(&port, &config, 0, lab_caches, 1, &error) < 0);
	strcpy(config.interface, "port0");
	assert_int_equal(io_open(&port, &config, 0, lab_caches, 1, &error), -EINVAL);
	assert_string_equal(error.text, "wan: port0 spreads packets over 2 queues but 1 are "
					"served: run 'ethtool -L port0 rx 1' or raise workers "
					"and queues");
	assert_int_equal(lab_run("ip link set port0 mtu 9000"), 0);
	assert_int_equal(io_open(&port, &config, 0, lab_caches, 2, &error), -EMSGSIZE);
	assert_string_equal(error.text, "wan: MTU 9000 of port0 does not fit a packet buffer "
					"(at most 3822): lower the MTU");
	assert_int_equal(lab_run("ip link set port0 mtu 1500"), 0);
	config.steer = "/nonexistent/steer.bpf.o";
	assert_true(io_open(&port, &config, 0, lab_caches, 2, &error) < 0);
	assert_string_equal(error.text,
			    "wan: cannot read the XDP program /nonexistent/steer.bpf.o");
	lab_pool_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_queues_echo_in_native_mode, lab_up, lab_down),
		cmocka_unit_test_setup_teardown(two_queues_echo_in_generic_mode, lab_up, lab_down),
		cmocka_unit_test_setup_teardown(two_ports_share_their_buffers, lab_up, lab_down),
		cmocka_unit_test_setup_teardown(an_idle_port_keeps_frames_and_counts_what_it_loses,
						lab_up, lab_down),
		cmocka_unit_test_setup_teardown(own_addresses_pass_and_shared_ones_do_not, lab_up,
						lab_down),
		cmocka_unit_test_setup_teardown(what_cannot_work_says_what_to_do, lab_up, lab_down),
	};

	lab_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
