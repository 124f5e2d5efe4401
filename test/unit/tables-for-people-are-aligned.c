/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What sluicectl makes of numbers and names.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/cli/cli.h"

static void numbers_are_readable(void **state)
{
	char buf[TEXT_MAX];

	(void)state;
	assert_string_equal(text_count(0, buf), "0");
	assert_string_equal(text_count(999, buf), "999");
	assert_string_equal(text_count(1000, buf), "1,000");
	assert_string_equal(text_count(UINT64_MAX, buf), "18,446,744,073,709,551,615");
	assert_string_equal(text_bytes(0, buf), "0 B");
	assert_string_equal(text_bytes(999, buf), "999 B");
	assert_string_equal(text_bytes(999960, buf), "1.0 MB");
	assert_string_equal(text_bytes(1500000000, buf), "1.5 GB");
	assert_string_equal(text_bytes(UINT64_MAX, buf), "18.4 EB");
	assert_string_equal(text_ms(0, buf), "0 s");
	assert_string_equal(text_ms(850, buf), "850 ms");
	assert_string_equal(text_ms(59999, buf), "59 s");
	assert_string_equal(text_ms(185000, buf), "3 min 5 s");
	assert_string_equal(text_ms(7800000, buf), "2 h 10 min");
	assert_string_equal(text_ms(356400000, buf), "4 d 3 h");
}

static void ends_have_brackets_where_they_need_them(void **state)
{
	json_t *six = json_pack("{s:s, s:i}", "src", "2001:db8::1", "sport", 80);
	json_t *four = json_pack("{s:s, s:i}", "src", "10.0.0.1", "sport", 80);
	json_t *none = json_pack("{s:s}", "src", "10.0.0.1");
	char buf[TEXT_MAX];

	(void)state;
	assert_string_equal(text_end(six, "src", "sport", buf), "[2001:db8::1]:80");
	assert_string_equal(text_end(four, "src", "sport", buf), "10.0.0.1:80");
	assert_string_equal(text_end(none, "src", "sport", buf), "10.0.0.1");
	json_decref(six);
	json_decref(four);
	json_decref(none);
}

static char *table_text(size_t rows)
{
	static const char *const headings[] = {"NAME", ">COUNT", "WHY"};
	struct cli_table table;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	table_open(&table, out, headings, 3);
	for (size_t i = 0; i < rows; i++) {
		const char *cells[] = {i ? "b" : "l\xc3\xa4nger", i ? "12,345" : "7",
				       i ? "x" : "a\x1b[31mb"};

		table_add(&table, cells);
	}
	table_close(&table);
	(void)fclose(out);
	return text;
}

static void columns_are_as_wide_as_their_letters(void **state)
{
	char *text = table_text(2);

	(void)state;
	assert_string_equal(text, "NAME     COUNT  WHY\n"
				  "l\xc3\xa4nger       7  a?[31mb\n"
				  "b       12,345  x\n");
	free(text);
}

static void an_empty_table_is_its_headings(void **state)
{
	char *text = table_text(0);

	(void)state;
	assert_string_equal(text, "NAME  COUNT  WHY\n");
	free(text);
}

static void a_long_table_does_not_wait_for_its_end(void **state)
{
	char *text = table_text(2000);
	size_t lines = 0;

	(void)state;
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 2001);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_readable),
		cmocka_unit_test(ends_have_brackets_where_they_need_them),
		cmocka_unit_test(columns_are_as_wide_as_their_letters),
		cmocka_unit_test(an_empty_table_is_its_headings),
		cmocka_unit_test(a_long_table_does_not_wait_for_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
