/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Connections whose answers nobody sees here: when they begin to live, and what ends them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fastpath/flow/tcp_one_way.h"

#define ISN 1000u

static struct flow flow;

static struct tcp_header segment(uint8_t flags, uint32_t seq, uint32_t ack)
{
	return (struct tcp_header){.seq = BE32(seq),
				   .ack = BE32(ack),
				   .offset = TCP_MIN / 4 << 4,
				   .flags = flags,
				   .window = BE16(65535)};
}

static void open_with_syn(void)
{
	struct tcp_header syn = segment(TCP_SYN, ISN, 0);

	memset(&flow, 0, sizeof(flow));
	tcp_track_open(&flow, &syn, 0, false);
	flow.state = FLOW_TCP_SYN_SENT;
}

/* The state after a segment, or the reason why it is dropped, negative. */
static int after(uint32_t dir, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t payload)
{
	struct tcp_header tcp = segment(flags, seq, ack);
	struct tcp_verdict v = tcp_track_one_way(&flow, dir, &tcp, payload);

	flow.state = (uint8_t)v.next;
	return v.reason ? -(int)v.reason : (int)v.next;
}

static int client(uint8_t flags, uint32_t seq, uint32_t payload)
{
	return after(0, flags, seq, 5000, payload);
}

static void it_lives_with_the_acknowledgement(void **state)
{
	(void)state;
	open_with_syn();
	assert_int_equal(client(TCP_ACK, ISN + 1, 0), FLOW_TCP_ESTABLISHED);
	assert_int_equal(client(TCP_ACK | TCP_PSH, ISN + 1, 100), FLOW_TCP_ESTABLISHED);
}

static void data_may_come_before_it_or_instead(void **state)
{
	(void)state;
	open_with_syn();
	assert_int_equal(client(TCP_ACK, ISN + 1 + 1460, 1460), FLOW_TCP_ESTABLISHED);
	open_with_syn();
	assert_int_equal(client(TCP_ACK, ISN + 1 + UINT16_MAX, 10), FLOW_TCP_ESTABLISHED);
}

static void what_cannot_follow_the_syn_is_dropped(void **state)
{
	(void)state;
	open_with_syn();
	assert_int_equal(client(TCP_ACK, ISN, 0), -DROP_TCP_OUT_OF_WINDOW);
	assert_int_equal(client(TCP_ACK, ISN + 2 + UINT16_MAX, 0), -DROP_TCP_OUT_OF_WINDOW);
	assert_int_equal(client(TCP_RST, ISN, 0), -DROP_TCP_OUT_OF_WINDOW);
	assert_int_equal(client(TCP_SYN | TCP_ACK, ISN, 0), -DROP_TCP_BAD_STATE);
	assert_int_equal(client(TCP_FIN, ISN + 1, 0), -DROP_TCP_BAD_STATE);
	assert_int_equal(flow.state, FLOW_TCP_SYN_SENT);
	assert_int_equal(client(TCP_SYN, ISN, 0), FLOW_TCP_SYN_SENT);
	assert_int_equal(client(TCP_RST, ISN + 1, 0), FLOW_TCP_CLOSED);
}

static void the_clients_fin_closes(void **state)
{
	(void)state;
	open_with_syn();
	(void)client(TCP_ACK, ISN + 1, 0);
	assert_int_equal(client(TCP_FIN | TCP_ACK, ISN + 1, 10), FLOW_TCP_FIN);
	/* The client goes on acknowledging what the backend still sends. */
	assert_int_equal(client(TCP_ACK, ISN + 12, 0), FLOW_TCP_FIN);
	assert_int_equal(client(TCP_RST, ISN + 12, 0), FLOW_TCP_CLOSED);
	/* The same port again. */
	assert_int_equal(client(TCP_SYN, 77777, 0), FLOW_TCP_SYN_SENT);
	assert_int_equal(client(TCP_ACK, 77778, 0), FLOW_TCP_ESTABLISHED);
}

static void a_fin_may_be_the_first_after_the_syn(void **state)
{
	(void)state;
	open_with_syn();
	assert_int_equal(client(TCP_FIN | TCP_ACK, ISN + 1, 10), FLOW_TCP_FIN);
}

static void only_the_exact_reset_closes(void **state)
{
	(void)state;
	open_with_syn();
	(void)client(TCP_ACK, ISN + 1, 500);
	assert_int_equal(client(TCP_RST, ISN + 500, 0), FLOW_TCP_ESTABLISHED);
	assert_int_equal(client(TCP_RST, ISN + 502, 0), FLOW_TCP_ESTABLISHED);
	assert_int_equal(client(TCP_RST, ISN + 501, 0), FLOW_TCP_CLOSED);
}

static void a_syn_into_a_living_connection_changes_nothing(void **state)
{
	(void)state;
	open_with_syn();
	(void)client(TCP_ACK, ISN + 1, 0);
	assert_int_equal(client(TCP_SYN, 99, 0), FLOW_TCP_ESTABLISHED);
	assert_int_equal(client(TCP_RST, ISN + 1, 0), FLOW_TCP_CLOSED);
}

static void answers_say_nothing_but_a_refusal(void **state)
{
	(void)state;
	open_with_syn();
	assert_int_equal(after(1, TCP_SYN | TCP_ACK, 5000, ISN + 1, 0), FLOW_TCP_SYN_SENT);
	assert_int_equal(after(1, TCP_RST | TCP_ACK, 0, ISN + 2, 0), FLOW_TCP_SYN_SENT);
	assert_int_equal(after(1, TCP_RST | TCP_ACK, 0, ISN + 1, 0), FLOW_TCP_CLOSED);
	open_with_syn();
	(void)client(TCP_ACK, ISN + 1, 0);
	assert_int_equal(after(1, TCP_RST, 5000, 0, 0), FLOW_TCP_ESTABLISHED);
	assert_int_equal(after(1, TCP_FIN | TCP_ACK, 5000, ISN + 1, 0), FLOW_TCP_ESTABLISHED);
}

static void one_from_the_middle_lives_with_its_second_segment(void **state)
{
	struct tcp_header first = segment(TCP_ACK, 400, 0);

	(void)state;
	memset(&flow, 0, sizeof(flow));
	tcp_track_open(&flow, &first, 100, true);
	flow.state = FLOW_TCP_SYN_RECV;
	assert_int_equal(client(TCP_ACK, 500, 10), FLOW_TCP_ESTABLISHED);
	assert_int_equal(client(TCP_RST, 510, 0), FLOW_TCP_CLOSED);
}

static void numbers_may_wrap_around(void **state)
{
	struct tcp_header syn = segment(TCP_SYN, UINT32_MAX - 10, 0);

	(void)state;
	memset(&flow, 0, sizeof(flow));
	tcp_track_open(&flow, &syn, 0, false);
	flow.state = FLOW_TCP_SYN_SENT;
	assert_int_equal(client(TCP_ACK, UINT32_MAX - 9, 100), FLOW_TCP_ESTABLISHED);
	assert_int_equal(client(TCP_RST, 89, 0), FLOW_TCP_ESTABLISHED);
	assert_int_equal(client(TCP_RST, 90, 0), FLOW_TCP_CLOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_lives_with_the_acknowledgement),
		cmocka_unit_test(data_may_come_before_it_or_instead),
		cmocka_unit_test(what_cannot_follow_the_syn_is_dropped),
		cmocka_unit_test(the_clients_fin_closes),
		cmocka_unit_test(a_fin_may_be_the_first_after_the_syn),
		cmocka_unit_test(only_the_exact_reset_closes),
		cmocka_unit_test(a_syn_into_a_living_connection_changes_nothing),
		cmocka_unit_test(answers_say_nothing_but_a_refusal),
		cmocka_unit_test(one_from_the_middle_lives_with_its_second_segment),
		cmocka_unit_test(numbers_may_wrap_around),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
