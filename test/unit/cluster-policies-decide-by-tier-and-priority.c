/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ClusterNetworkPolicy as people write it, beside NetworkPolicy: tiers, priorities, passes, names
 * of ports and of domains. Each answer is also the twin's.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>

#include "test/lib/small_cluster.h"

#define POD(space, name, address, port)                                                  \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", namespace: " space        \
	", labels: {app: " name "}}\nspec: {containers: [{name: c, ports: [{name: web, " \
	"containerPort: " port "}]}]}\nstatus: {podIPs: [{ip: " address "}]}\n---\n"
#define PODS                                                                      \
	POD("a", "one", "10.0.0.1", "8080")                                       \
	POD("a", "two", "10.0.0.2", "8081")                                       \
	POD("b", "one", "10.0.0.3", "8080")                                       \
	"apiVersion: v1\nkind: Node\nmetadata: {name: n, labels: {role: edge}}\n" \
	"status: {addresses: [{type: InternalIP, address: 192.0.2.9}]}\n---\n"
#define CLUSTER(name, tier, priority, rules)                                                 \
	"apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\n"        \
	"metadata: {name: " name "}\nspec:\n  tier: " tier "\n  priority: " priority         \
	"\n  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: a}}}\n" rules \
	"---\n"
#define RULE(name, action, peer, ports) "  - {name: " name ", action: " action ", " peer ports "}\n"
#define FROM_B				"from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: b}}}]"
#define FROM_ALL			"from: [{namespaces: {}}]"
#define TCP_80				", protocols: [{tcp: {destinationPort: {number: 80}}}]"

struct probe {
	const char *from;
	const char *to;
	uint16_t port;
	const char *expected; /* of both sides: the verdict, and the rule that decides */
};

static const char *side_text(const struct small_cluster *c, enum twin_direction direction,
			     const union addr *src, const union addr *dst, uint16_t port)
{
	struct twin_packet packet = small_cluster_packet(c, direction, src, dst, IPPROTO_TCP, port);
	const struct image_policy_decision *d;
	enum twin_result result = small_cluster_ask(c, &packet, &d);
	static char text[2][640];
	const struct image_origin *origins =
		image_records(c->images.image[IMAGE_ORIGIN], IMAGE_ORIGIN_RECORD, NULL);

	assert_int_equal(result, twin_judge(&packet));
	(void)snprintf(text[direction], sizeof(text[direction]), "%s", twin_result_name(result));
	if (d && d->origin)
		(void)snprintf(text[direction], sizeof(text[direction]), "%s by %s %s %s",
			       twin_result_name(result),
			       reader_string(&c->images, origins[d->origin].kind),
			       reader_string(&c->images, origins[d->origin].name),
			       reader_string(&c->images, origins[d->origin].rule));
	return text[direction];
}

static void probes_check(const char *text, const struct probe *probes, size_t count,
			 enum twin_direction direction)
{
	struct small_cluster cluster = {0};
	const char *error = small_cluster_open(&cluster, "w", text);

	assert_string_equal(error ? error : "", "");
	for (size_t i = 0; i < count; i++) {
		union addr src, dst;

		assert_int_equal(addr_parse(probes[i].from, &src), 0);
		assert_int_equal(addr_parse(probes[i].to, &dst), 0);
		assert_string_equal(side_text(&cluster, direction, &src, &dst, probes[i].port),
				    probes[i].expected);
	}
	small_cluster_close(&cluster);
}

static void admin_decides_before_namespaces_and_they_before_baseline(void **state)
{
	static const char text[] = PODS CLUSTER("high", "Admin", "1",
						"  ingress:\n" RULE("x", "Accept", FROM_B, TCP_80))
		CLUSTER("low", "Admin", "9", "  ingress:\n" RULE("y", "Deny", FROM_B, "")) CLUSTER(
			"last", "Baseline", "0",
			"  ingress:\n" RULE(
				"z", "Deny", FROM_ALL,
				"")) "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
				     "metadata: {name: n, namespace: a}\nspec:\n  podSelector: {matchLabels: {app: two}}\n"
				     "  ingress: [{}]\n";
	const struct probe probes[] = {
		{"10.0.0.3", "10.0.0.2", 80, "allow by ClusterNetworkPolicy high ingress[0] x"},
		{"10.0.0.3", "10.0.0.2", 81, "deny by ClusterNetworkPolicy low ingress[0] y"},
		{"10.0.0.1", "10.0.0.2", 80, "allow by NetworkPolicy n ingress[0]"},
		{"10.0.0.2", "10.0.0.1", 80, "deny by ClusterNetworkPolicy last ingress[0] z"},
		{"10.0.0.1", "10.0.0.3", 80, "open"},
	};

	(void)state;
	probes_check(text, probes, ARRAY_SIZE(probes), TWIN_INGRESS);
}

static void a_pass_leaves_it_to_the_next_tier(void **state)
{
	static const char text[] = PODS CLUSTER(
		"p", "Admin", "5",
		"  ingress:\n" RULE("x", "Pass", FROM_B, TCP_80)
			RULE("y", "Deny", FROM_B, "")) CLUSTER("q", "Admin", "6",
							       "  ingress:\n" RULE("z", "Deny",
										   FROM_B, TCP_80))
		CLUSTER("r", "Baseline", "6",
			"  ingress:\n" RULE("b", "Pass", FROM_B, TCP_80) RULE(
				"c", "Deny", FROM_B,
				TCP_80)) "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
					 "metadata: {name: n, namespace: a}\nspec:\n  podSelector: {matchLabels: {app: two}}\n";
	const struct probe probes[] = {
		{"10.0.0.3", "10.0.0.2", 80, "deny by NetworkPolicy n default deny"},
		{"10.0.0.3", "10.0.0.2", 81, "deny by ClusterNetworkPolicy p ingress[1] y"},
		{"10.0.0.3", "10.0.0.1", 80, "open"},
	};

	(void)state;
	probes_check(text, probes, ARRAY_SIZE(probes), TWIN_INGRESS);
}

/* Of equal priority the first by name. A named port is the receiver's, of any protocol. */
static void equal_priorities_go_by_name(void **state)
{
	static const char text[] = PODS CLUSTER(
		"bb", "Admin", "5", "  egress:\n" RULE("x", "Accept", "to: [{namespaces: {}}]", ""))
		CLUSTER("aa", "Admin", "5",
			"  egress:\n" RULE("y", "Deny", "to: [{namespaces: {}}]",
					   ", protocols: [{destinationNamedPort: web}]")
				RULE("z", "Accept", "to: [{nodes: {matchLabels: {role: edge}}}]",
				     "") RULE("w", "Deny", "to: [{networks: [0.0.0.0/0]}]", ""));
	const struct probe probes[] = {
		{"10.0.0.1", "10.0.0.2", 8081, "deny by ClusterNetworkPolicy aa egress[0] y"},
		{"10.0.0.1", "10.0.0.2", 8080, "allow by ClusterNetworkPolicy bb egress[0] x"},
		{"10.0.0.1", "10.0.0.3", 8080, "deny by ClusterNetworkPolicy aa egress[0] y"},
		{"10.0.0.1", "192.0.2.9", 22, "allow by ClusterNetworkPolicy aa egress[1] z"},
		{"10.0.0.1", "203.0.113.1", 22, "deny by ClusterNetworkPolicy aa egress[2] w"},
		{"10.0.0.3", "203.0.113.1", 22, "open"},
	};

	(void)state;
	probes_check(text, probes, ARRAY_SIZE(probes), TWIN_EGRESS);
}

/* Known only from DNS answers, which nobody reads yet: neither allowed nor left to others. */
static void names_of_domains_fail_closed(void **state)
{
	static const char text[] = PODS CLUSTER(
		"d", "Admin", "5",
		"  egress:\n" RULE("x", "Accept",
				   "to: [{domainNames: ['*.example.com', example.org]}, "
				   "{networks: [203.0.113.0/24]}]",
				   TCP_80));
	const struct probe probes[] = {
		{"10.0.0.1", "198.51.100.1", 80, "l7 by ClusterNetworkPolicy d egress[0] x"},
		{"10.0.0.1", "198.51.100.1", 81, "open"},
		{"10.0.0.1", "203.0.113.1", 80, "allow by ClusterNetworkPolicy d egress[0] x"},
		{"10.0.0.1", "10.0.0.3", 80, "open"},
	};

	(void)state;
	probes_check(text, probes, ARRAY_SIZE(probes), TWIN_EGRESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(admin_decides_before_namespaces_and_they_before_baseline),
		cmocka_unit_test(a_pass_leaves_it_to_the_next_tier),
		cmocka_unit_test(equal_priorities_go_by_name),
		cmocka_unit_test(names_of_domains_fail_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
