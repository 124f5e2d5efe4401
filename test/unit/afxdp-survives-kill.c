/* SPDX-License-Identifier: Apache-2.0 */

/* A process that owns AF_XDP sockets is killed: no packet reaches the kernel, the next process
 * takes over or replaces the XDP program, a clean end removes it. */

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cmocka.h>

#include "test/lib/veth_lab.h"

/* A child that owns the port until it is killed. */
static pid_t child_start(int mode, bool fail_open, void (*prepare)(struct io_port *port))
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

		if (pkt_pool_open(&lab_pool, LAB_WORKERS, LAB_FRAMES) ||
		    pkt_cache_open(&lab_caches[0], &lab_pool, 0) ||
		    pkt_cache_open(&lab_caches[1], &lab_pool, 1) ||
		    lab_port_try(&port, 0, mode, fail_open, &error))
			_exit(1);
		if (prepare)
			prepare(&port);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			(void)lab_serve(&port, &port);
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
	pid_t child = child_start(mode, false, NULL);
	int peer = lab_packet_socket("peer0");
	int kernel = lab_packet_socket("port0");
	uint64_t before[STEER_COUNTS];
	uint64_t after[STEER_COUNTS];
	struct io_port port;

	lab_send(peer, 0, LAB_STRANGER, 300);
	child_kill(child);
	lab_send(peer, 0, LAB_STRANGER, 300);
	lab_pool_up();
	lab_port_up(&port, 0, IO_XDP_AUTO, false);
	assert_true(afxdp_steer(&port)->taken_over);
	assert_int_equal(afxdp_steer(&port)->generic, mode == IO_XDP_GENERIC);
	assert_int_equal(steer_counters(afxdp_steer(&port), before), 0);
	assert_true(before[STEER_DROP] >= 300);
	(void)lab_received(peer);
	lab_send(peer, 0, LAB_STRANGER, 300);
	assert_int_equal(lab_serve(&port, &port), 300);
	assert_int_equal(lab_received(peer), 300);
	assert_int_equal(steer_counters(afxdp_steer(&port), after), 0);
	assert_int_equal(after[STEER_REDIRECT] - before[STEER_REDIRECT], 300);
	assert_int_equal(lab_received(kernel), 0);

	/* A clean end gives the interface back. */
	io_close(&port);
	lab_send(peer, 0, LAB_STRANGER, 5);
	(void)usleep(20000);
	assert_int_equal(lab_received(kernel), 5);
	lab_pool_down();
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
	pid_t child = child_start(IO_XDP_AUTO, true, NULL);
	int peer = lab_packet_socket("peer0");
	int kernel = lab_packet_socket("port0");
	struct io_error error;

	(void)state;
	lab_send(peer, 0, LAB_STRANGER, 50);
	(void)usleep(20000);
	assert_int_equal(lab_received(kernel), 0);
	child_kill(child);
	(void)usleep(100000);
	lab_send(peer, 0, LAB_STRANGER, 50);
	(void)usleep(20000);
	assert_int_equal(lab_received(kernel), 50);
	assert_int_equal(steer_detach("port0", &error), 0);
	assert_int_equal(steer_detach("port0", &error), 0);
	assert_int_not_equal(lab_run("ip link show port0 | grep -q xdp"), 0);
	close(peer);
	close(kernel);
}

static void a_port_in_use_stays_with_its_owner(void **state)
{
	pid_t child = child_start(IO_XDP_NATIVE, false, NULL);
	int peer = lab_packet_socket("peer0");
	struct io_port port;
	struct io_error error;

	(void)state;
	lab_pool_up();
	assert_int_equal(lab_port_try(&port, 0, IO_XDP_NATIVE, false, &error), -EBUSY);
	assert_string_equal(error.text, "p0: another process receives from queue 0 of port0");
	lab_send(peer, 0, LAB_STRANGER, 50);
	(void)usleep(50000);
	assert_int_equal(lab_received(peer), 50);
	child_kill(child);
	lab_pool_down();
	assert_int_equal(steer_detach("port0", &error), 0);
	close(peer);
}

/* As a build with another layout would leave it behind. */
static void make_older(struct io_port *port)
{
	struct image_local shared = {.addr = addr_v4(BE32(0x0a000002)), .flags = LOCAL_SHARED};
	struct steer_config old = {.layout = STEER_LAYOUT + 1};
	uint32_t zero = 0;
	struct io_error error;

	if (port->ops->set_local(port, &shared, 1, &error) ||
	    bpf_map_update_elem(afxdp_steer(port)->config_fd, &zero, &old, 0))
		_exit(1);
}

static void an_older_program_is_replaced_without_a_gap(void **state)
{
	pid_t child = child_start(IO_XDP_NATIVE, false, make_older);
	int peer = lab_packet_socket("peer0");
	int kernel = lab_packet_socket("port0");
	uint64_t counters[STEER_COUNTS];
	struct io_port port;

	(void)state;
	child_kill(child);
	assert_int_equal(lab_run("ip addr add 10.0.0.2/24 dev port0"), 0);
	lab_send(peer, 0, LAB_STRANGER, 100);
	lab_pool_up();
	lab_port_up(&port, 0, IO_XDP_AUTO, false);
	assert_false(afxdp_steer(&port)->taken_over);
	(void)lab_received(peer);
	lab_send(peer, 0, LAB_STRANGER, 100);
	/* The new program knows which addresses are shared. */
	lab_send(peer, 0, 0x0a000002, 100);
	assert_int_equal(lab_serve(&port, &port), 200);
	assert_int_equal(steer_counters(afxdp_steer(&port), counters), 0);
	assert_int_equal(counters[STEER_REDIRECT], 200);
	assert_int_equal(lab_received(kernel), 0);
	io_close(&port);
	lab_pool_down();
	close(peer);
	close(kernel);
}

static void another_mode_takes_the_place_of_the_old(void **state)
{
	pid_t child = child_start(IO_XDP_NATIVE, false, NULL);
	int peer = lab_packet_socket("peer0");
	struct io_port port;

	(void)state;
	child_kill(child);
	lab_pool_up();
	lab_port_up(&port, 0, IO_XDP_GENERIC, false);
	assert_true(afxdp_steer(&port)->generic);
	lab_send(peer, 0, LAB_STRANGER, 100);
	assert_int_equal(lab_serve(&port, &port), 100);
	io_close(&port);
	lab_pool_down();
	close(peer);
}

static void somebody_elses_program_is_left_alone(void **state)
{
	/* return XDP_PASS */
	struct bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS},
				  {.code = BPF_JMP | BPF_EXIT}};
	int program =
		bpf_prog_load(BPF_PROG_TYPE_XDP, "alien", "GPL", code, ARRAY_SIZE(code), NULL);
	int ifindex = (int)if_nametoindex("port0");
	struct io_error error;
	struct io_port port;

	(void)state;
	assert_true(program >= 0);
	assert_int_equal(bpf_xdp_attach(ifindex, program, XDP_FLAGS_DRV_MODE, NULL), 0);
	lab_pool_up();
	assert_true(lab_port_try(&port, 0, IO_XDP_AUTO, false, &error) < 0);
	assert_string_equal(error.text, "p0: another XDP program, \"alien\", sits alone on port0: "
					"detach it with 'ip link set dev port0 xdp off'");
	assert_int_equal(steer_detach("port0", &error), 0);
	assert_int_equal(lab_run("ip link show port0 | grep -q xdp"), 0);
	lab_pool_down();
	close(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(after_kill_native_frames_are_dropped_and_taken_over,
						lab_up, lab_down),
		cmocka_unit_test_setup_teardown(
			after_kill_generic_frames_are_dropped_and_taken_over, lab_up, lab_down),
		cmocka_unit_test_setup_teardown(after_kill_frames_pass_if_the_port_fails_open,
						lab_up, lab_down),
		cmocka_unit_test_setup_teardown(a_port_in_use_stays_with_its_owner, lab_up,
						lab_down),
		cmocka_unit_test_setup_teardown(an_older_program_is_replaced_without_a_gap, lab_up,
						lab_down),
		cmocka_unit_test_setup_teardown(another_mode_takes_the_place_of_the_old, lab_up,
						lab_down),
		cmocka_unit_test_setup_teardown(somebody_elses_program_is_left_alone, lab_up,
						lab_down),
	};

	lab_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
