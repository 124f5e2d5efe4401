/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Files that are broken, lie, or were made to eat memory and time: one line of error each, with
 * the line of the file, in bounded time.
 */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

static void broken_yaml_is_refused_with_its_line(void **state)
{
	static const struct objects_case cases[] = {
		{"a: 1\nb: [1,\nc: {",
		 "x.yaml:4: not YAML: while parsing a flow node: did not find "
		 "expected node content"},
		{"a: b\n\tc: d\n",
		 "x.yaml:2: not YAML: while scanning a plain scalar: found a tab character that violates indentation"},
		{"a: \"b\n", "x.yaml:2: not YAML: while scanning a quoted scalar: found unexpected "
			     "end of stream"},
		{"a: 1\n\n\xff\n", "x.yaml:3: not YAML: invalid leading UTF-8 octet"},
		{"a: 1\nb: \xc0\x80\n", "x.yaml:2: not YAML: invalid length of a UTF-8 sequence"},
		{"a: \x01\n", "x.yaml:1: not YAML: control characters are not allowed"},
		{"a: 1\nb: *a\n", "x.yaml:2: aliases (*a) are not supported"},
		{"a: &a [x]\n", "x.yaml:1: anchors (&a) are not supported"},
		{"a: &a {x: y}\n", "x.yaml:1: anchors (&a) are not supported"},
		{"a: &a x\n", "x.yaml:1: anchors (&a) are not supported"},
		{"a: 1\n<<: {b: 2}\n", "x.yaml:2: merge keys (<<) are not supported"},
		{"a: !!binary eA==\n",
		 "x.yaml:1: the tag tag:yaml.org,2002:binary is not supported"},
		{"a: !!int 3\n", "x.yaml:1: the tag tag:yaml.org,2002:int is not supported"},
		{"a: !x 3\n", "x.yaml:1: the tag !x is not supported"},
		{"# a\n%TAG ! x\n---\na: 1\n", "x.yaml:2: tag directives (%TAG) are not supported"},
		{"%TAG ! x\n---\na: 1\n", "x.yaml:1: tag directives (%TAG) are not supported"},
		{"\xef\xbb\xbf%TAG ! x\n", "x.yaml:1: tag directives (%TAG) are not supported"},
		{"#\xe2\x80\xa8%TAG ! x\n", "x.yaml:1: tag directives (%TAG) are not supported"},
		{"# 100%TAG\n%YAML 1.2\n---\n~\n", "loaded"},
		{"? [a, b]\n: c\n", "x.yaml:1: a key must be a string"},
		{"a: \"b\\0c\"\n", "x.yaml:1: a string holds a zero byte"},
		{"a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n",
		 "x.yaml:5: the key `c` stands here a second time"},
		{"a: 1\n\"a\": 1\n", "x.yaml:2: the key `a` stands here a second time"},
		{"\"a\\nb\": 1\n\"a\\nb\": 1\n",
		 "x.yaml:2: the key `a?b` stands here a second time"},
		{"kind: \"\\e[31mX\\x9b\"\napiVersion: \"\\n\"\n", "loaded"},
		{"kind: \"A\\e[31m\\x9b\"\n", "x.yaml:1: A?[31m??: apiVersion: is required"},
		{"{a: 1}\n{b: 2}\n", "x.yaml:1: object: kind: is required"},
		{"", "loaded"},
		{"# nothing\n---\n...\n---\n~\n", "loaded"},
	};

	(void)state;
	objects_check_cases("x.yaml", cases, ARRAY_SIZE(cases));
}

static void broken_json_is_refused_with_its_line(void **state)
{
	static const struct objects_case cases[] = {
		{"{", "x.json:1: not JSON: expected a key in quotes"},
		{"{\"a\"", "x.json:1: not JSON: expected `:` behind a key"},
		{"{\"a\":",
		 "x.json:1: not JSON: a value is neither string, number, true, false nor "
		 "null"},
		{"{\"a\":\n1 \"b\"", "x.json:2: not JSON: expected `,` or the end of a collection"},
		{"{\"a\": 1,\n}", "x.json:2: not JSON: expected a key in quotes"},
		{"{\"a\": [1,]}",
		 "x.json:1: not JSON: a value is neither string, number, true, false "
		 "nor null"},
		{"{\"a\": 01}",
		 "x.json:1: not JSON: a value is neither string, number, true, false "
		 "nor null"},
		{"{\"a\": True}",
		 "x.json:1: not JSON: a value is neither string, number, true, false "
		 "nor null"},
		{"{\"a\": 1.}",
		 "x.json:1: not JSON: a value is neither string, number, true, false nor "
		 "null"},
		{"{\"a\": \"b", "x.json:1: not JSON: a string does not end"},
		{"{\"a\": \"b\\\"}", "x.json:1: not JSON: a string does not end"},
		{"{\"a\": \"b\nc\"}", "x.json:1: not JSON: a string holds a control character"},
		{"{\"a\": \"\\x\"}", "x.json:1: not JSON: a string holds a wrong escape"},
		{"{\"a\": \"\\u12g4\"}", "x.json:1: not JSON: a string holds a wrong escape"},
		{"{\"a\": \"\\u12\"}", "x.json:1: not JSON: a string holds a wrong escape"},
		{"{\"a\": \"\\ud83d\"}", "x.json:1: not JSON: a string holds a wrong escape"},
		{"{\"a\": \"\\ud83d\\u0041\"}",
		 "x.json:1: not JSON: a string holds a wrong escape"},
		{"{\"a\": \"\\ude00\"}", "x.json:1: not JSON: a string holds a wrong escape"},
		{"{\"a\": \"\\u0000\"}", "x.json:1: a string holds a zero byte"},
		{"{\"a\": \"\xc0\xaf\"}", "x.json:1: not JSON: a string is not UTF-8"},
		{"{\"a\": \"\xed\xa0\x80\"}", "x.json:1: not JSON: a string is not UTF-8"},
		{"{\"a\": \"\xf4\x90\x80\x80\"}", "x.json:1: not JSON: a string is not UTF-8"},
		{"{\"a\": \"\xe2\x82\"}", "x.json:1: not JSON: a string is not UTF-8"},
		{"{\"a\": 1,\n \"a\": 2}", "x.json:2: the key `a` stands here a second time"},
		{"{a: 1}", "x.json:1: not JSON: expected a key in quotes"},
		{" \n ", "loaded"},
	};

	(void)state;
	objects_check_cases("x.json", cases, ARRAY_SIZE(cases));
}

static void a_second_key_is_found_among_many(void **state)
{
	size_t size = 0, room = 1 << 20;
	struct objects store;
	const char *error;
	char *text;

	(void)state;
	text = malloc(room);
	assert_non_null(text);
	for (int i = 0; i < 50000; i++)
		size += (size_t)snprintf(text + size, room - size, "k%d: 1\n", i);
	(void)snprintf(text + size, room - size, "k777: 1\n");
	error = objects_load_text(&store, "x.yaml", text);
	objects_free(&store);
	free(text);
	assert_string_equal(error, "x.yaml:50001: the key `k777` stands here a second time");
}

static const char *load_repeated(const char *label, const char *piece, size_t count)
{
	size_t size = strlen(piece);
	char *text = malloc(size * count + 1);
	struct objects store;
	const char *error;

	assert_non_null(text);
	for (size_t i = 0; i < count; i++)
		memcpy(text + i * size, piece, size);
	text[size * count] = '\0';
	error = objects_load_text(&store, label, text);
	objects_free(&store);
	free(text);
	return error ? error : "loaded";
}

static void depth_and_size_are_limited(void **state)
{
	(void)state;
	assert_string_equal(load_repeated("x.yaml", "[", 1000000),
			    "x.yaml:1: nested deeper than 128 levels");
	assert_string_equal(load_repeated("x.yaml", "- ", 1000),
			    "x.yaml:1: nested deeper than 128 levels");
	assert_string_equal(load_repeated("x.yaml", "{a: ", 1000000),
			    "x.yaml:1: nested deeper than 128 levels");
	assert_string_equal(load_repeated("x.json", "[", 1000000),
			    "x.json:1: nested deeper than 128 levels");
	assert_string_equal(load_repeated("x.json", "{\"a\":", 1000000),
			    "x.json:1: nested deeper than 128 levels");
	assert_string_equal(load_repeated("x.yaml", "-\n", 5000000),
			    "x.yaml:4194304: the document has more than 4194304 values");
	assert_string_equal(load_repeated("x.yaml", "---\n", 300000), "loaded");
}

static void warnings_do_not_pile_up(void **state)
{
	char text[32768];
	struct objects store;
	size_t size = 0;

	(void)state;
	for (int i = 0; i < 400; i++)
		size += (size_t)snprintf(text + size, sizeof(text) - size,
					 "---\n{apiVersion: b/v1, kind: C, metadata: {name: d}}\n");
	assert_null(objects_load_text(&store, "x.yaml", text));
	assert_int_equal(store.warning_count, 257);
	assert_string_equal(store.warnings[255],
			    "x.yaml:512: C d: skipped, b/v1 C is not used here");
	assert_string_equal(store.warnings[256], "more warnings are not shown");
	objects_free(&store);
}

static void long_words_are_cut_short_in_errors(void **state)
{
	char text[4096], word[2048];
	struct objects store;
	const char *error;

	(void)state;
	for (size_t i = 0; i < sizeof(word) - 1; i++)
		word[i] = "\xa9\xc3"[i % 2];
	word[0] = 'x'; /* the cut falls into the middle of a character */
	word[sizeof(word) - 1] = '\0';
	(void)snprintf(text, sizeof(text),
		       "{apiVersion: v1, kind: Pod, metadata: {name: a}, status: {podIP: %s}}",
		       word);
	error = objects_load_text(&store, "x.yaml", text);
	objects_free(&store);
	assert_true(strlen(error) < 200);
	assert_non_null(strstr(error, "\xa9?\" is not an IP address"));
}

static void refuse_file(const char *path, const char *reason)
{
	struct objects_error error;
	struct objects store;
	char wanted[512];

	objects_open(&store);
	assert_true(objects_load_file(&store, path, &error) < 0);
	objects_free(&store);
	(void)snprintf(wanted, sizeof(wanted), "%s: %s", path, reason);
	assert_string_equal(error.text, wanted);
}

static void files_that_cannot_be_read_say_why(void **state)
{
	char directory[] = "/tmp/objects-XXXXXX", path[64], zeros[8] = "a: b\n\0";
	struct objects_error error;
	struct objects store;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/x.yaml", directory);
	refuse_file(path, "No such file or directory");
	refuse_file(directory, "is not a regular file");
	assert_int_equal(mkfifo(path, 0600), 0);
	refuse_file(path, "is not a regular file");
	assert_int_equal(unlink(path), 0);

	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, zeros, sizeof(zeros)), sizeof(zeros));
	objects_open(&store);
	assert_true(objects_load_directory(&store, directory, &error) < 0);
	objects_free(&store);
	assert_non_null(
		strstr(error.text, "x.yaml:2: not YAML: control characters are not allowed"));
	assert_int_equal(ftruncate(fd, (64 << 20) + 1), 0);
	refuse_file(path, "is larger than 64 MiB, split it");
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);

	objects_open(&store);
	assert_true(objects_load_directory(&store, directory, &error) < 0);
	assert_non_null(strstr(error.text, ": No such file or directory"));
	objects_free(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_yaml_is_refused_with_its_line),
		cmocka_unit_test(broken_json_is_refused_with_its_line),
		cmocka_unit_test(a_second_key_is_found_among_many),
		cmocka_unit_test(depth_and_size_are_limited),
		cmocka_unit_test(warnings_do_not_pile_up),
		cmocka_unit_test(long_words_are_cut_short_in_errors),
		cmocka_unit_test(files_that_cannot_be_read_say_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
