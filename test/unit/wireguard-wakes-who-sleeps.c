/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Two whole fast paths with threads and agents, all of them asleep: a packet wakes who is needed for
 * a handshake, and arrives soon. The agent then tells what it knows of the peer.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fastpath/agent.h"
#include "fastpath/base/clock.h"
#include "fastpath/io/mem.h"
#include "test/lib/wg_lab.h"

#define WORKERS 2u

static struct wg_lab lab;
static struct agent agents[2];
static volatile int stop;

static void *agent_thread(void *arg)
{
	agent_run(arg, &stop);
	return NULL;
}

/* What leaves one node comes to the other. */
static void carry(void)
{
	for (uint32_t i = 0; i < 2; i++)
		for (uint32_t q = 0; q < WORKERS; q++) {
			uint8_t frame[2048];
			int got;

			while ((got = mem_collect(&lab.nodes[i].engine.ports[1], q, frame,
						  sizeof(frame))) >= 0)
				wg_lab_inject(&lab, !i, frame, (uint32_t)got);
		}
}

static uint32_t arrived(uint32_t at)
{
	uint32_t count = 0;
	uint8_t frame[2048];

	for (uint32_t q = 0; q < WORKERS; q++)
		while (mem_collect(&lab.nodes[at].engine.ports[0], q, frame, sizeof(frame)) >= 0)
			count++;
	return count;
}

/* How long until all are there. */
static uint64_t send_and_wait(uint32_t from, uint32_t count)
{
	struct timespec pause = {.tv_nsec = 200000};
	uint64_t begun_ns = clock_now_ns();
	uint32_t there = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint8_t frame[512];
		uint32_t size = wg_node_frame(frame, from + 1, 2 - from, 0, i, 300);

		assert_int_equal(mem_inject(&lab.nodes[from].engine.ports[0], 0, frame, size), 0);
	}
	while (there < count) {
		carry();
		there += arrived(!from);
		(void)nanosleep(&pause, NULL);
		assert_true(clock_now_ns() - begun_ns < 20 * WG_SECOND_NS);
	}
	return clock_now_ns() - begun_ns;
}

static void rest(void)
{
	(void)usleep(300000);
}

static void packets_arrive_soon(void **state)
{
	(void)state;
	rest();
	/* A retransmission would take five seconds. */
	assert_true(send_and_wait(0, 20) < 4 * WG_SECOND_NS);
	rest();
	assert_true(send_and_wait(1, 20) < 4 * WG_SECOND_NS);
}

static struct wg_record ask(uint32_t node)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct msg_header header = {.magic = MSG_MAGIC, .type = MSG_WG};
	uint8_t answer[512];
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = {answer, sizeof(answer)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	const struct msg_reply *reply = (const void *)(answer + sizeof(header));
	const struct msg_rows *rows = (const void *)(reply + 1);
	struct wg_record record;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0), memory;

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", agents[node].path);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(send(fd, &header, sizeof(header), 0), sizeof(header));
	assert_true(recvmsg(fd, &message, 0) > 0);
	assert_int_equal(reply->status, 0);
	assert_int_equal(rows->count, 1);
	memcpy(&memory, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(memory));
	assert_int_equal(pread(memory, &record, sizeof(record), 0), sizeof(record));
	(void)close(memory);
	(void)close(fd);
	return record;
}

static void the_agent_tells_of_the_peer(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		struct wg_record r = ask(i);
		union addr other = wg_node_wan(&lab.nodes[i], 2 - i);

		assert_memory_equal(r.public_key, lab.nodes[!i].public_key, WG_KEY_SIZE);
		assert_true(addr_equal(&r.endpoint, &other));
		assert_int_equal(r.endpoint_port, WG_NODE_PORT);
		assert_int_equal(r.link, WG_NODE_LINK);
		assert_int_equal(r.has_session, 1);
		assert_true(r.handshake_ns > WG_NODE_UNIX_NS);
		/* A handshake message, twenty packets, and at one end a keepalive. */
		assert_true(r.sent_size >= 92 + 20 * 336);
		assert_true(r.received_size >= 92 + 20 * 336);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_arrive_soon),
		cmocka_unit_test(the_agent_tells_of_the_peer),
	};
	pthread_t threads[2];
	int failed;

	wg_lab_open(&lab, WORKERS);
	wg_lab_publish(&lab);
	for (uint32_t i = 0; i < 2; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "/tmp/sluice-wg-test-%d-%u", (int)getpid(), i);
		CHECK(agent_open(&agents[i], &lab.nodes[i].engine, path) == 0);
		CHECK(engine_start(&lab.nodes[i].engine) == 0);
		CHECK(pthread_create(&threads[i], NULL, agent_thread, &agents[i]) == 0);
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	stop = 1;
	for (uint32_t i = 0; i < 2; i++) {
		CHECK(pthread_join(threads[i], NULL) == 0);
		engine_stop(&lab.nodes[i].engine);
		agent_close(&agents[i]);
	}
	wg_lab_close(&lab);
	return failed;
}
