/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Audit mode, of the whole gateway or of one policy: what would be denied passes and is told,
 * with the rule that would deny it. What another policy denies stays denied, and L7 rules are
 * still asked. Each answer is also the twin's.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>

#include "test/lib/small_cluster.h"

#define POD(name, address)                                                                        \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", namespace: a, labels: {app: " name \
	"}}\nstatus: {podIPs: [{ip: " address "}]}\n---\n"
#define PODS  POD("web", "10.0.0.1") POD("db", "10.0.0.2") POD("x", "10.0.0.3")
#define AUDIT ", annotations: {sluice.io/audit: \"true\"}"
#define POLICY(name, notes, rules)                                                      \
	"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: " name \
	", namespace: a" notes "}\nspec:\n  podSelector: {matchLabels: {app: db}}\n" rules "---\n"
#define CILIUM(name, notes, rules)                                                              \
	"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: " name           \
	", namespace: a" notes "}\nspec:\n  endpointSelector: {matchLabels: {app: db}}\n" rules \
	"---\n"
#define CLUSTER(name, notes, tier, rules)                                             \
	"apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\n" \
	"metadata: {name: " name notes "}\nspec:\n  tier: " tier "\n  priority: 5\n"  \
	"  subject: {namespaces: {}}\n" rules "---\n"
#define FROM_WEB "  ingress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n"
#define DENY_ALL "  ingress:\n  - {action: Deny, from: [{namespaces: {}}]}\n"

struct probe {
	const char *from;
	const char *expected;
};

/* To 10.0.0.2, TCP/80. */
static void probes_check(const struct config *config, const char *text, const struct probe *probes,
			 size_t count)
{
	struct small_cluster cluster = {.config = *config};
	const char *error = small_cluster_open(&cluster, "w", text);

	assert_string_equal(error ? error : "", "");
	for (size_t i = 0; i < count; i++) {
		const struct image_policy_decision *d;
		union addr src, dst;
		struct twin_packet packet;
		enum twin_result result;
		char got[256];

		assert_int_equal(addr_parse(probes[i].from, &src), 0);
		assert_int_equal(addr_parse("10.0.0.2", &dst), 0);
		packet = small_cluster_packet(&cluster, TWIN_INGRESS, &src, &dst, IPPROTO_TCP, 80);
		result = small_cluster_ask(&cluster, &packet, &d);
		assert_int_equal(result, twin_judge(&packet));
		(void)snprintf(got, sizeof(got), "%s", twin_result_name(result));
		if (d && d->origin) {
			const struct image_origin *o = image_records(
				cluster.images.image[IMAGE_ORIGIN], IMAGE_ORIGIN_RECORD, NULL);

			o += d->origin;
			(void)snprintf(got, sizeof(got), "%s by %s %s", twin_result_name(result),
				       reader_string(&cluster.images, o->name),
				       reader_string(&cluster.images, o->rule));
		}
		assert_string_equal(got, probes[i].expected);
	}
	small_cluster_close(&cluster);
}

#define CHECK_PROBES(config, text, ...)                                 \
	probes_check(config, text, (const struct probe[]){__VA_ARGS__}, \
		     sizeof((const struct probe[]){__VA_ARGS__}) / sizeof(struct probe))

static const struct config plain;
static const struct config audited = {.audit = true};

static void a_gateway_in_audit_mode_tells_everything_and_drops_nothing(void **state)
{
	static const char text[] =
		PODS POLICY("n", "", FROM_WEB) CLUSTER("c", "", "Baseline", DENY_ALL);

	(void)state;
	CHECK_PROBES(&plain, text, {"10.0.0.1", "allow by n ingress[0]"},
		     {"10.0.0.3", "deny by n default deny"});
	CHECK_PROBES(&audited, text, {"10.0.0.1", "allow by n ingress[0]"},
		     {"10.0.0.3", "audit by n default deny"});
}

static void enforcement_is_audited_too(void **state)
{
	static const char text[] = PODS;
	const struct config always = {.enforcement = ENFORCE_ALWAYS};
	const struct config both = {.enforcement = ENFORCE_ALWAYS, .audit = true};
	const struct config never = {.enforcement = ENFORCE_NEVER};

	(void)state;
	CHECK_PROBES(&plain, text, {"10.0.0.1", "open"});
	CHECK_PROBES(&always, text, {"10.0.0.1", "deny by policy.enforcement always"});
	CHECK_PROBES(&both, text, {"10.0.0.1", "audit by policy.enforcement always"});
	CHECK_PROBES(&never, PODS POLICY("n", "", FROM_WEB), {"10.0.0.3", "open"});
}

/* What a tier decides stands; what policies leave open is closed. */
static void enforcement_comes_behind_every_tier(void **state)
{
	const struct config always = {.enforcement = ENFORCE_ALWAYS};

	(void)state;
	CHECK_PROBES(&always,
		     PODS CLUSTER("c", "", "Baseline",
				  "  ingress:\n  - {action: Accept, from: [{pods: "
				  "{namespaceSelector: {}, podSelector: {matchLabels: "
				  "{app: x}}}}]}\n")
			     CILIUM("o", "",
				    "  enableDefaultDeny: {ingress: false}\n"
				    "  ingress:\n  - fromEntities: [host]\n"),
		     {"10.0.0.3", "allow by c ingress[0]"},
		     {"10.0.0.1", "deny by policy.enforcement always"});
}

static void an_audited_policy_opens_nothing_that_another_closes(void **state)
{
	(void)state;
	CHECK_PROBES(&plain, PODS POLICY("n", AUDIT, FROM_WEB),
		     {"10.0.0.1", "allow by n ingress[0]"},
		     {"10.0.0.3", "audit by n default deny"});
	CHECK_PROBES(&plain, PODS POLICY("n", AUDIT, FROM_WEB) POLICY("o", "", ""),
		     {"10.0.0.1", "allow by n ingress[0]"}, {"10.0.0.3", "deny by o default deny"});
	CHECK_PROBES(&plain,
		     PODS POLICY("n", AUDIT, FROM_WEB) CLUSTER("c", "", "Baseline", DENY_ALL),
		     {"10.0.0.1", "allow by n ingress[0]"}, {"10.0.0.3", "deny by c ingress[0]"});
}

static void an_audited_deny_is_told_over_what_allows(void **state)
{
	(void)state;
	CHECK_PROBES(&plain, PODS POLICY("n", "", FROM_WEB) CLUSTER("c", AUDIT, "Admin", DENY_ALL),
		     {"10.0.0.1", "audit by c ingress[0]"}, {"10.0.0.3", "deny by n default deny"});
	CHECK_PROBES(&plain,
		     PODS POLICY("n", "", FROM_WEB)
			     CILIUM("d", AUDIT, "  ingressDeny:\n  - fromEntities: [all]\n"),
		     {"10.0.0.1", "audit by d ingressDeny[0]"},
		     {"10.0.0.3", "deny by n default deny"});
}

static void l7_rules_are_asked_whatever_is_audited(void **state)
{
	static const char text[] = PODS CILIUM("l", "",
					       "  ingress:\n  - fromEntities: [all]\n    toPorts:\n"
					       "    - ports: [{port: '80', protocol: TCP}]\n"
					       "      rules: {http: [{path: /a}]}\n")
		CLUSTER("c", AUDIT, "Admin", DENY_ALL);

	(void)state;
	CHECK_PROBES(&plain, text, {"10.0.0.1", "l7 by l ingress[0]"});
	CHECK_PROBES(&audited, text, {"10.0.0.1", "l7 by l ingress[0]"});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gateway_in_audit_mode_tells_everything_and_drops_nothing),
		cmocka_unit_test(enforcement_is_audited_too),
		cmocka_unit_test(enforcement_comes_behind_every_tier),
		cmocka_unit_test(an_audited_policy_opens_nothing_that_another_closes),
		cmocka_unit_test(an_audited_deny_is_told_over_what_allows),
		cmocka_unit_test(l7_rules_are_asked_whatever_is_audited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
