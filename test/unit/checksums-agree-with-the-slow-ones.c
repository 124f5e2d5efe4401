/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The Internet checksum and CRC32c against plain readings of their RFCs, at every size and
 * alignment; the incremental update against computing anew.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fastpath/net/cksum.h"
#include "test/lib/random_world.h"

#define SIZE_MAX_TRIED 300

static uint8_t bytes[SIZE_MAX_TRIED + 64];
static uint64_t seed = 7;

static void fill(void)
{
	uint32_t kind = random_below(&seed, 4);

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = kind == 0 ? 0xff : kind == 1 ? 0 : (uint8_t)random_next(&seed);
}

/* RFC 1071, a big-endian word at a time. */
static uint16_t slow_sum(const uint8_t *p, size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i++) {
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)sum;
}

static uint32_t slow_crc32c(const uint8_t *p, size_t size)
{
	uint32_t crc = 0xffffffffu;

	while (size--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
	}
	return ~crc;
}

static void sums_agree_at_every_size_and_alignment(void **state)
{
	(void)state;
	for (size_t size = 0; size < SIZE_MAX_TRIED; size++) {
		for (size_t at = 0; at < 9; at++) {
			fill();
			assert_int_equal(cksum_fold(cksum_add(0, bytes + at, size)),
					 BE16(slow_sum(bytes + at, size)));
		}
	}
}

static void crc32c_agrees_at_every_size_and_in_parts(void **state)
{
	(void)state;
	assert_int_equal(crc32c("123456789", 9), 0xe3069283u);
	for (size_t size = 0; size < SIZE_MAX_TRIED; size++) {
		for (size_t at = 0; at < 9; at++) {
			fill();
			assert_int_equal(crc32c(bytes + at, size), slow_crc32c(bytes + at, size));
		}
	}
}

static void an_update_equals_a_new_computation(void **state)
{
	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint32_t at = random_below(&seed, 30) * 2;
		uint16_t before, updated, now = (uint16_t)random_next(&seed);
		uint64_t delta;

		fill();
		bytes[0] |= 1; /* a sum of nothing but zeroes has two spellings */
		before = (uint16_t)~cksum_fold(cksum_add(0, bytes, 64));
		if (round % 3 == 0)
			now = round % 2 ? 0 : 0xffff;
		if (at == 0)
			now |= 0x0101;
		delta = cksum_delta16(load16(bytes + at), now);
		store16(bytes + at, now);
		updated = cksum_adjust(before, delta);
		assert_int_equal(updated, (uint16_t)~cksum_fold(cksum_add(0, bytes, 64)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_agree_at_every_size_and_alignment),
		cmocka_unit_test(crc32c_agrees_at_every_size_and_in_parts),
		cmocka_unit_test(an_update_equals_a_new_computation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
