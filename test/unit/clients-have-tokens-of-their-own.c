/* SPDX-License-Identifier: Apache-2.0 */

/* The rate of a client's new connections, in a table that strangers cannot make forget it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fastpath/flow/source_rate.h"

#define S 1000000000ull

static const struct image_service ten = {.number = 1, .source_rate = 10, .source_burst = 5};

static union addr client(uint32_t number)
{
	return addr_v4(BE32(0x0a000000u + number));
}

static uint32_t take_many(struct source_rates *rates, const union addr *who, uint32_t tries,
			  uint64_t from_ns, uint64_t step_ns)
{
	uint32_t taken = 0;

	for (uint32_t i = 0; i < tries; i++)
		taken += source_rate_take(rates, &ten, who, from_ns + i * step_ns);
	return taken;
}

static void a_burst_and_then_the_rate(void **state)
{
	struct source_rates *rates = source_rates_open(1);
	union addr a = client(1), b = client(2);

	(void)state;
	assert_int_equal(take_many(rates, &a, 100, S, 0), 5);
	assert_int_equal(take_many(rates, &b, 100, S, 0), 5);
	/* However often it asks in between, nothing is lost by rounding. */
	assert_int_equal(take_many(rates, &a, 1000000, S, 10000), 99);
	assert_int_equal(take_many(rates, &a, 100, 1000 * S, 0), 5);
	source_rates_close(rates);
}

static void services_are_counted_apart(void **state)
{
	struct source_rates *rates = source_rates_open(1);
	struct image_service other = ten;
	union addr a = client(1);

	(void)state;
	other.number = 2;
	assert_int_equal(take_many(rates, &a, 100, S, 0), 5);
	assert_true(source_rate_take(rates, &other, &a, S));
	source_rates_close(rates);
}

static void strangers_come_in_and_fill_nobodys_bucket(void **state)
{
	struct source_rates *rates = source_rates_open(1);
	union addr a = client(0);
	uint32_t refused = 0;

	(void)state;
	assert_int_equal(take_many(rates, &a, 100, S, 0), 5);
	for (uint32_t i = 1; i <= 1000000; i++) {
		union addr stranger = client(i);

		refused += !source_rate_take(rates, &ten, &stranger, S);
	}
	assert_int_equal(refused, 0);
	/* Pushed out of its place it has one connection, not a burst. */
	assert_true(take_many(rates, &a, 100, S, 0) <= 1);
	source_rates_close(rates);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_and_then_the_rate),
		cmocka_unit_test(services_are_counted_apart),
		cmocka_unit_test(strangers_come_in_and_fill_nobodys_bucket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
