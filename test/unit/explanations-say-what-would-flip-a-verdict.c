/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Small worlds: the sentences of an explanation are those that people need.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>

#include "control/compile/explain_compile.h"
#include "test/lib/objects_load.h"
#include "test/lib/random_world.h"

#define POD(name, app, address)                                                                  \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", namespace: a, labels: {app: " app \
	"}}\nstatus: {podIPs: [{ip: " address "}]}\n---\n"
#define PODS POD("web", "web", "10.0.0.1") POD("db", "db", "10.0.0.2") POD("x", "x", "10.0.0.3")
#define POLICY(name, spec)                                                              \
	"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: " name \
	", namespace: a}\nspec:\n" spec "---\n"

#define CILIUM(name, rules)                                                           \
	"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: " name \
	", namespace: a}\nspec:\n  endpointSelector: {matchLabels: {app: db}}\n" rules "---\n"
/* The object, where it stands, the rule in it. */
static const char *rule_text(const struct explain_rule *r, char *buf, size_t size)
{
	if (!r)
		return "nobody";
	(void)snprintf(buf, size, "%s %s/%s %s:%u %s", r->kind, r->space, r->name, r->file, r->line,
		       r->rule);
	return buf;
}

/* Everything an explanation of one direction says, line by line. */
static void ask_text(const char *text, const char *from, const char *to, uint16_t port, char *out,
		     size_t size)
{
	struct config config = {.path = (char *)"a.conf"};
	struct explain_question q = {.proto = IPPROTO_TCP, .port = port};
	struct compile_error error = {""};
	struct net_view net = {0};
	struct explanation *e;
	struct objects objects;
	char rule[512];
	size_t used;

	random_world_settings(&config.settings);
	assert_int_equal(addr_parse(from, &q.src), 0);
	assert_int_equal(addr_parse(to, &q.dst), 0);
	assert_null(objects_load_text(&objects, "w", text));
	assert_int_equal(compile_explain(&(struct compile_input){.config = &config,
								 .objects = &objects,
								 .net = &net},
					 NULL, &q, &e, &error),
			 0);
	(void)snprintf(out, size, "%s: %s > %s: %s by %s", explain_verdict_name(e->verdict),
		       e->src.object, e->dst.object, explain_verdict_name(e->ingress.verdict),
		       rule_text(e->ingress.decider, rule, sizeof(rule)));
	for (size_t i = 0; i < e->ingress.hint_count; i++) {
		used = strlen(out);
		(void)snprintf(out + used, size - used, "\n%s", e->ingress.hints[i]);
	}
	explanation_free(e);
	objects_free(&objects);
}

static void a_default_deny_names_the_rules_that_nearly_allow(void **state)
{
	char text[4096];

	(void)state;
	ask_text(PODS POLICY("one", "  podSelector: {matchLabels: {app: db}}\n"
				    "  ingress:\n"
				    "  - from: [{podSelector: {matchLabels: {app: web}}}]\n"
				    "    ports: [{port: 5432}]\n"
				    "  - from: [{podSelector: {matchLabels: {app: nobody}}}]\n"
				    "    ports: [{port: 80}]\n")
			 POLICY("two", "  podSelector: {}\n"),
		 "10.0.0.1", "10.0.0.2", 80, text, sizeof(text));
	assert_string_equal(
		text,
		"deny: Pod a/web > Pod a/db: deny by NetworkPolicy a/one w:16 default deny\n"
		"without NetworkPolicy a/one default deny (w:16) it is denied by NetworkPolicy "
		"a/two default deny (w:27)\n"
		"without NetworkPolicy a/two default deny (w:27), too, it is open: no rule decides\n"
		"NetworkPolicy a/one ingress[0] (w:22) allows a/web (app=web), but not TCP/80\n"
		"NetworkPolicy a/one ingress[1] (w:24) allows TCP/80, but not a/web (app=web)");
}

static void of_many_default_denies_a_few_are_named(void **state)
{
	char text[4096];

	(void)state;
	ask_text(PODS POLICY("p1", "  podSelector: {}\n") POLICY("p2", "  podSelector: {}\n")
			 POLICY("p3", "  podSelector: {}\n") POLICY("p4", "  podSelector: {}\n")
				 POLICY("p5", "  podSelector: {}\n")
					 POLICY("p6", "  podSelector: {}\n"),
		 "10.0.0.1", "10.0.0.2", 80, text, sizeof(text));
	assert_string_equal(
		text, "deny: Pod a/web > Pod a/db: deny by NetworkPolicy a/p1 w:16 default deny\n"
		      "NetworkPolicy a/p1 default deny (w:16) denies what no rule allows\n"
		      "NetworkPolicy a/p2 default deny (w:22) denies what no rule allows\n"
		      "NetworkPolicy a/p3 default deny (w:28) denies what no rule allows\n"
		      "and so do 3 more default denies\n"
		      "without them it is open: no rule decides");
}

static void an_allowance_names_the_rules_that_must_go(void **state)
{
	char text[4096];

	(void)state;
	ask_text(PODS POLICY("one", "  podSelector: {matchLabels: {app: db}}\n"
				    "  ingress:\n"
				    "  - from: [{podSelector: {matchLabels: {app: web}}}]\n"
				    "  - ports: [{port: 80}]\n"),
		 "10.0.0.1", "10.0.0.2", 80, text, sizeof(text));
	assert_string_equal(
		text,
		"allow: Pod a/web > Pod a/db: allow by NetworkPolicy a/one w:22 ingress[0]\n"
		"without NetworkPolicy a/one ingress[0] (w:22) it is allowed by NetworkPolicy a/one "
		"ingress[1] (w:23)\n"
		"without NetworkPolicy a/one ingress[1] (w:23), too, it is denied by NetworkPolicy "
		"a/one default deny (w:16)");
}

static void what_no_policy_selects_is_open(void **state)
{
	char text[4096];

	(void)state;
	ask_text(PODS POLICY("one", "  podSelector: {matchLabels: {app: db}}\n"), "10.0.0.2",
		 "10.0.0.1", 80, text, sizeof(text));
	assert_string_equal(text, "open: Pod a/db > Pod a/web: open by nobody\n"
				  "no policy selects a/web (app=web) for ingress: it is open until "
				  "one does");
}

/* The address went from one pod to the next, and the first is not quite gone. */
static void of_two_pods_with_an_address_the_one_that_stays_is_named(void **state)
{
	char text[4096];

	(void)state;
	ask_text("apiVersion: v1\nkind: Pod\nmetadata: {name: aa, namespace: a, deletionTimestamp: "
		 "2026-01-01T00:00:00Z}\nstatus: {podIPs: [{ip: 10.0.0.1}]}\n---\n" PODS,
		 "10.0.0.2", "10.0.0.1", 80, text, sizeof(text));
	assert_string_equal(text, "open: Pod a/db > Pod a/web: open by nobody\n"
				  "no policy selects a/web (app=web) for ingress: it is open until "
				  "one does");
}

static void l7_rules_and_what_hides_them_are_told(void **state)
{
	char text[4096];

	(void)state;
	ask_text(
		PODS CILIUM(
			"l7",
			"  ingress:\n  - fromEndpoints: [{matchLabels: {app: web}}]\n    toPorts:\n"
			"    - {ports: [{port: '80', protocol: TCP}], rules: {http: [{path: /a}]}}\n"
			"  - fromEntities: [all]\n    toPorts:\n"
			"    - {ports: [{port: '80', protocol: TCP}], rules: {http: [{path: /b}]}}\n"),
		"10.0.0.1", "10.0.0.2", 80, text, sizeof(text));
	assert_string_equal(
		text,
		"l7: Pod a/web > Pod a/db: l7 by CiliumNetworkPolicy a/l7 w:22 ingress[0]\n"
		"without CiliumNetworkPolicy a/l7 ingress[0] (w:22) it is left to the L7 rules of "
		"CiliumNetworkPolicy a/l7 ingress[1] (w:25)\n"
		"without CiliumNetworkPolicy a/l7 ingress[1] (w:25), too, it is denied by "
		"CiliumNetworkPolicy a/l7 default deny (w:16)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_default_deny_names_the_rules_that_nearly_allow),
		cmocka_unit_test(of_many_default_denies_a_few_are_named),
		cmocka_unit_test(an_allowance_names_the_rules_that_must_go),
		cmocka_unit_test(what_no_policy_selects_is_open),
		cmocka_unit_test(of_two_pods_with_an_address_the_one_that_stays_is_named),
		cmocka_unit_test(l7_rules_and_what_hides_them_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
