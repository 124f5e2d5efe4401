/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tcp_track_plain() against tcp_track(): what the short way takes, the long way takes with the
 * same effect; what it leaves alone is unchanged. Random windows, random segments close to them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fastpath/flow/tcp_track.h"
#include "test/lib/random_draw.h"

#define ROUNDS 2000000u

static uint64_t seed = 7;

static uint32_t below(uint32_t n)
{
	return (uint32_t)random_below(&seed, n);
}

/* Near `centre`, mostly by little. */
static uint32_t near(uint32_t centre)
{
	static const uint32_t spreads[] = {1, 3, 1500, 70000, 1u << 24};
	uint32_t spread = spreads[below(ARRAY_SIZE(spreads))];

	return centre + below(2 * spread) - spread;
}

static struct flow settled_flow(void)
{
	struct flow flow = {.state = FLOW_TCP_ESTABLISHED};

	flow.key0.proto = 6;
	for (uint32_t side = 0; side < 2; side++) {
		flow.scale[side] = (uint8_t)below(15);
		flow.window[side] = (uint16_t)random_next(&seed);
		flow.tcp[side].end = (uint32_t)random_next(&seed);
		flow.tcp[side].edge = flow.tcp[side].end + below(1u << below(26)) - below(2);
	}
	return flow;
}

/* A whole frame with nothing but the TCP header at its front. */
static struct headers segment(const struct flow *flow, uint32_t dir, struct tcp_header *tcp)
{
	static const uint8_t flags[] = {
		TCP_ACK,	   TCP_ACK,	      TCP_ACK | 8, TCP_ACK | TCP_FIN,
		TCP_RST | TCP_ACK, TCP_SYN | TCP_ACK, TCP_SYN};
	uint16_t size = (uint16_t)below(below(4) ? 2 : 1460);

	*tcp = (struct tcp_header){
		.seq = BE32(near(flow->tcp[dir].end) - (below(2) ? size : 0)),
		.ack = BE32(near(flow->tcp[!dir].end)),
		.offset = 5 << 4,
		.flags = flags[below(ARRAY_SIZE(flags))],
		.window = BE16((uint16_t)below(flow->window[dir] + 2u)),
	};
	return (struct headers){.payload = TCP_MIN, .end = (uint16_t)(TCP_MIN + size)};
}

static void both_ways_agree(void **state)
{
	uint32_t taken = 0;

	(void)state;
	for (uint32_t i = 0; i < ROUNDS; i++) {
		const struct flow before = settled_flow();
		struct flow plain = before, whole = before;
		struct tcp_header tcp;
		uint32_t dir = below(2);
		struct headers h = segment(&before, dir, &tcp);

		if (!tcp_track_plain(&plain, dir, (const uint8_t *)&tcp, &h)) {
			assert_memory_equal(&plain, &before, sizeof(plain));
			continue;
		}
		struct tcp_verdict v = tcp_track(&whole, dir, &tcp, (uint32_t)(h.end - h.payload));

		taken++;
		assert_int_equal(v.reason, DROP_NONE);
		assert_int_equal(v.next, FLOW_TCP_ESTABLISHED);
		assert_memory_equal(&plain, &whole, sizeof(plain));
	}
	print_message("%u of %u segments went the short way\n", taken, ROUNDS);
	assert_true(taken > ROUNDS / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
