/* SPDX-License-Identifier: Apache-2.0 */

/* Lengths of time in the words of Go's time package. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "control/objects/duration.h"
#include "fastpath/base/attr.h"

static void lengths_of_time_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} cases[] = {
		{"0", 0},
		{"0s", 0},
		{"1ns", 1},
		{"2us", 2000},
		{"2\xc2\xb5s", 2000},
		{"2\xce\xbcs", 2000},
		{"500ms", 500000000},
		{"1.5s", 1500000000},
		{".5s", 500000000},
		{"1.s", 1000000000},
		{"1m30s", 90000000000},
		{"1h1m1s1ms1us1ns", 3661001001001},
		{"0.333333333333333333s", 333333333},
		{"5124095h", UINT64_C(18446742000000000000)},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t ns = 7;

		assert_int_equal(duration_parse(cases[i].text, &ns), 0);
		assert_int_equal(ns, cases[i].ns);
	}
}

static void what_is_none_is_refused(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{"", -EINVAL},		 {"1", -EINVAL},
		{"s", -EINVAL},		 {".s", -EINVAL},
		{"-1s", -EINVAL},	 {"+1s", -EINVAL},
		{"1 s", -EINVAL},	 {"1s ", -EINVAL},
		{"1d", -EINVAL},	 {"1s1", -EINVAL},
		{"1.5.5s", -EINVAL},	 {"\xc2\xb5s", -EINVAL},
		{"5124096h", -ERANGE},	 {"99999999999999999999999s", -ERANGE},
		{"9999999h1x", -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t ns = 7;

		assert_int_equal(duration_parse(cases[i].text, &ns), cases[i].err);
		assert_int_equal(ns, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_of_time_are_read),
		cmocka_unit_test(what_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
