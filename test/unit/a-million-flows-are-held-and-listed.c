/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A table of a million flows, full, asked for over the agent's socket: each flow once, in a
 * bounded number of messages, and gone when they are flushed.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "fastpath/agent.h"
#include "test/lib/traffic_flows.h"

#define FLOWS (1u << 20)

static struct traffic traffic;
static struct agent agent;
static int wire[2];

static int open_full_table(void **state)
{
	struct traffic_load load = {.tables = {.entries = 1000, .translate = true},
				    .family = FAMILY_IP4,
				    .proto = 17,
				    .flows = FLOWS};

	(void)state;
	traffic_open(&traffic, &load);
	agent = (struct agent){.engine = &traffic.engine, .listen_fd = -1};
	for (int i = 0; i < AGENT_CLIENTS_MAX; i++)
		agent.clients[i].fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wire))
		return -1;
	agent.clients[0].fd = wire[0];
	return 0;
}

static int close_table(void **state)
{
	(void)state;
	(void)close(wire[0]);
	(void)close(wire[1]);
	traffic_close(&traffic);
	return 0;
}

/* One request; the descriptor beside its reply goes to `fd`. */
static struct msg_rows ask(uint16_t type, const struct flow_filter *filter, int *fd)
{
	struct {
		struct msg_header header;
		struct flow_filter filter;
	} request = {{.magic = MSG_MAGIC, .type = type, .size = sizeof(*filter)}, *filter};
	struct {
		struct msg_header header;
		struct msg_reply reply;
		struct msg_rows rows;
	} answer;
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = {&answer, sizeof(answer)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};

	assert_int_equal(send(wire[1], &request, sizeof(request), 0), sizeof(request));
	assert_true(agent_turn(&agent, 0));
	assert_int_equal(recvmsg(wire[1], &message, 0), sizeof(answer));
	assert_int_equal(answer.reply.status, 0);
	*fd = -1;
	if (CMSG_FIRSTHDR(&message))
		memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(*fd));
	return answer.rows;
}

static int compare_tuple(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct tuple));
}

static void every_flow_is_listed_once(void **state)
{
	struct flow_filter all = {0};
	int fd;
	struct msg_rows rows = ask(MSG_FLOWS, &all, &fd);
	const struct flow_record *records;
	struct tuple *seen = calloc(rows.count, sizeof(*seen));

	(void)state;
	assert_int_equal(rows.count, FLOWS);
	assert_int_equal(rows.size, FLOWS * sizeof(*records));
	records = mmap(NULL, rows.size, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(records, MAP_FAILED);
	for (uint64_t i = 0; i < rows.count; i++) {
		assert_true(records[i].flags & FLOW_SNAT);
		seen[i] = records[i].reply;
	}
	qsort(seen, rows.count, sizeof(*seen), compare_tuple);
	for (uint64_t i = 1; i < rows.count; i++)
		assert_true(compare_tuple(&seen[i - 1], &seen[i]) < 0);
	free(seen);
	(void)munmap((void *)records, rows.size);
	(void)close(fd);
}

static void a_limit_ends_the_list(void **state)
{
	struct flow_filter some = {.limit = 10};
	int fd;

	(void)state;
	assert_int_equal(ask(MSG_FLOWS, &some, &fd).count, 10);
	(void)close(fd);
}

static void a_full_table_is_flushed(void **state)
{
	struct flow_filter all = {0};
	int fd;

	(void)state;
	assert_int_equal(ask(MSG_FLUSH, &all, &fd).count, FLOWS);
	assert_int_equal(traffic.engine.workers[0].flow_table.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_flow_is_listed_once),
		cmocka_unit_test(a_limit_ends_the_list),
		cmocka_unit_test(a_full_table_is_flushed),
	};

	return cmocka_run_group_tests(tests, open_full_table, close_table);
}
