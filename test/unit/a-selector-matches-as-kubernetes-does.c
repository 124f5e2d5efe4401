/* SPDX-License-Identifier: Apache-2.0 */

/* Each operator against labels that have the value, another value, or not even the key. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

struct match {
	const char *selector;
	const char *matched; /* of the pods a (tier: front), b (tier: back), c (no tier) */
};

static const struct match matches[] = {
	{"{}", "abc"},
	{"{matchLabels: {}, matchExpressions: []}", "abc"},
	{"{matchLabels: {tier: front}}", "a"},
	{"{matchLabels: {app: web}}", "abc"},
	{"{matchLabels: {app: web, tier: back}}", "b"},
	{"{matchLabels: {app: web, tier: none}}", ""},
	{"{matchLabels: {empty: \"\"}}", "c"},
	{"{matchExpressions: [{key: tier, operator: In, values: [front, back, front]}]}", "ab"},
	{"{matchExpressions: [{key: tier, operator: In, values: [back]}]}", "b"},
	{"{matchExpressions: [{key: tier, operator: NotIn, values: [back]}]}", "ac"},
	{"{matchExpressions: [{key: tier, operator: NotIn, values: [front, back]}]}", "c"},
	{"{matchExpressions: [{key: tier, operator: Exists}]}", "ab"},
	{"{matchExpressions: [{key: tier, operator: DoesNotExist}]}", "c"},
	{"{matchExpressions: [{key: empty, operator: In, values: [\"\", x]}]}", "c"},
	{"{matchLabels: {app: web}, matchExpressions: [{key: tier, operator: Exists},"
	 " {key: tier, operator: NotIn, values: [front]}]}",
	 "b"},
};

static void check_match(const struct match *match)
{
	char text[1024], matched[4] = "";
	struct objects store;
	const char *error;
	size_t count = 0;

	(void)snprintf(
		text, sizeof(text),
		"{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: web, tier: front}}}\n"
		"---\n"
		"{apiVersion: v1, kind: Pod, metadata: {name: b, labels: {tier: back, app: web}}}\n"
		"---\n"
		"{apiVersion: v1, kind: Pod, metadata: {name: c, labels: {app: web, empty: \"\"}}}\n"
		"---\n"
		"{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p},"
		" spec: {podSelector: %s}}\n",
		match->selector);
	error = objects_load_text(&store, "x.yaml", text);
	assert_string_equal(error ? error : "", "");
	for (size_t i = 0; i < store.pod_count; i++)
		if (selector_matches(&store.network_policies[0].pod_selector,
				     &store.pods[i].meta.labels))
			matched[count++] = store.pods[i].meta.name[0];
	assert_string_equal(matched, match->matched);
	objects_free(&store);
}

static void operators_match_what_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(matches); i++)
		check_match(&matches[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operators_match_what_they_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
