/* SPDX-License-Identifier: Apache-2.0 */

/* Good objects of every kind, in the shapes people and API servers write them in: in one file, for
 * each of them is short. */

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "test/lib/objects_load.h"

static struct objects store;

static void load(const char *text)
{
	const char *error = objects_load_text(&store, "a.yaml", text);

	assert_string_equal(error ? error : "", "");
}

static int free_store(void **state)
{
	(void)state;
	objects_free(&store);
	return 0;
}

static void assert_addr(const union addr *addr, const char *text)
{
	char buf[ADDR_TEXT_MAX];

	assert_string_equal(addr_format(addr, buf), text);
}

static void assert_prefix(const struct prefix *prefix, const char *text)
{
	char buf[ADDR_TEXT_MAX];

	assert_string_equal(prefix_format(prefix, buf), text);
}

static void a_namespace_has_its_name_as_a_label(void **state)
{
	(void)state;
	load("apiVersion: v1\n"
	     "kind: Namespace\n"
	     "metadata:\n"
	     "  labels:\n"
	     "    zone: b\n"
	     "    a.example/team: blue\n"
	     "    kubernetes.io/metadata.name: liar\n"
	     "  name: shop\n"
	     "  uid: 6f0e\n");
	assert_int_equal(store.namespace_count, 1);
	assert_string_equal(store.namespaces[0].meta.name, "shop");
	assert_string_equal(store.namespaces[0].meta.space, "");
	assert_string_equal(store.namespaces[0].meta.uid, "6f0e");
	assert_int_equal(store.namespaces[0].meta.labels.count, 3);
	assert_string_equal(labels_get(&store.namespaces[0].meta.labels, "zone"), "b");
	assert_string_equal(
		labels_get(&store.namespaces[0].meta.labels, "kubernetes.io/metadata.name"),
		"shop");
	assert_null(labels_get(&store.namespaces[0].meta.labels, "zonf"));
	assert_int_equal(store.namespaces[0].meta.source.line, 1);
	assert_string_equal(store.namespaces[0].meta.source.file, "a.yaml");
}

static void a_pod_s_namespace_exists_without_an_object(void **state)
{
	(void)state;
	load("{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: zoo}}\n"
	     "---\n"
	     "{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: zoo}}\n"
	     "---\n"
	     "{apiVersion: v1, kind: Pod, metadata: {name: a}}\n"
	     "---\n"
	     "{apiVersion: v1, kind: Namespace, metadata: {name: middle}}\n");
	assert_int_equal(store.namespace_count, 3);
	assert_string_equal(store.namespaces[0].meta.name, "default");
	assert_string_equal(store.namespaces[1].meta.name, "middle");
	assert_string_equal(store.namespaces[2].meta.name, "zoo");
	assert_string_equal(
		labels_get(&store.namespaces[2].meta.labels, "kubernetes.io/metadata.name"), "zoo");
	assert_int_equal(store.namespaces[2].meta.source.line, 1);
	assert_ptr_equal(store.pods[1].meta.space, store.pods[2].meta.space);
}

static const char pod_text[] =
	"apiVersion: v1\n"
	"kind: Pod\n"
	"metadata:\n"
	"  annotations:\n"
	"    kubectl.kubernetes.io/last-applied-configuration: |\n"
	"      {\"kind\":\"Pod\"}\n"
	"    note: \"yes\"\n"
	"  creationTimestamp: \"2026-05-04T08:00:00Z\"\n"
	"  labels: {app: web, pod-template-hash: \"12345\"}\n"
	"  managedFields:\n"
	"  - fieldsV1: {\"f:metadata\": {\"f:labels\": {\".\": {}}}}\n"
	"  name: web-1\n"
	"  namespace: shop\n"
	"  ownerReferences: [{controller: true, kind: ReplicaSet, name: x}]\n"
	"spec:\n"
	"  containers:\n"
	"  - name: web\n"
	"    ports:\n"
	"    - {containerPort: 8080, name: http, protocol: TCP}\n"
	"    - {containerPort: 53, protocol: UDP}\n"
	"  - name: portless\n"
	"  hostNetwork: true\n"
	"  initContainers:\n"
	"  - name: once\n"
	"    ports: [{containerPort: 1}]\n"
	"  - name: sidecar\n"
	"    restartPolicy: Always\n"
	"    ports: [{containerPort: 15001, name: mesh, protocol: SCTP}]\n"
	"  nodeName: node-a\n"
	"status:\n"
	"  phase: Running\n"
	"  podIP: 10.0.1.5\n"
	"  podIPs:\n"
	"  - ip: 10.0.1.5\n"
	"  - ip: fd00:1::5\n";

static void a_pod_has_addresses_and_the_ports_that_stay(void **state)
{
	const struct pod_object *pod;

	(void)state;
	load(pod_text);
	assert_int_equal(store.pod_count, 1);
	pod = &store.pods[0];
	assert_string_equal(pod->meta.space, "shop");
	assert_string_equal(labels_get(&pod->meta.labels, "pod-template-hash"), "12345");
	assert_int_equal(pod->meta.annotations.count, 1);
	assert_string_equal(labels_get(&pod->meta.annotations, "note"), "yes");
	assert_string_equal(pod->node_name, "node-a");
	assert_true(pod->host_network);
	assert_false(pod->finished);
	assert_int_equal(pod->address_count, 2);
	assert_addr(&pod->addresses[0], "10.0.1.5");
	assert_addr(&pod->addresses[1], "fd00:1::5");
	assert_int_equal(pod->port_count, 3);
	assert_string_equal(pod->ports[0].name, "http");
	assert_int_equal(pod->ports[0].port, 8080);
	assert_int_equal(pod->ports[0].proto, IPPROTO_TCP);
	assert_string_equal(pod->ports[1].name, "");
	assert_int_equal(pod->ports[1].proto, IPPROTO_UDP);
	assert_string_equal(pod->ports[2].name, "mesh");
	assert_int_equal(pod->ports[2].proto, IPPROTO_SCTP);
}

static void an_old_or_finished_pod_is_read_too(void **state)
{
	(void)state;
	load("{apiVersion: v1, kind: Pod, metadata: {name: a},"
	     " status: {phase: Failed, podIP: 10.0.0.9, podIPs: []}}\n"
	     "---\n"
	     "{apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {hostNetwork: false},"
	     " status: {phase: Pending, podIP: null, conditions: [{type: Ready, status: 'False'}]}}\n"
	     "---\n"
	     "{apiVersion: v1, kind: Pod, metadata: {name: c},"
	     " status: {conditions: [{type: Ready, status: 'True'}, {type: Other, status: Unknown}]}}\n");
	assert_false(store.pods[0].unready);
	assert_true(store.pods[1].unready);
	assert_false(store.pods[2].unready);
	assert_true(store.pods[0].finished);
	assert_int_equal(store.pods[0].address_count, 1);
	assert_addr(&store.pods[0].addresses[0], "10.0.0.9");
	assert_false(store.pods[1].finished);
	assert_int_equal(store.pods[1].address_count, 0);
	assert_string_equal(store.pods[1].node_name, "");
	assert_string_equal(store.pods[1].meta.space, "default");
}

static void a_node_has_its_ip_addresses_and_pod_ranges(void **state)
{
	(void)state;
	load("apiVersion: v1\n"
	     "kind: Node\n"
	     "metadata: {name: node-a, labels: {egress: \"true\"}}\n"
	     "spec: {podCIDR: 10.0.1.0/24, podCIDRs: [10.0.1.0/24, \"fd00:1::/64\"]}\n"
	     "status:\n"
	     "  addresses:\n"
	     "  - {address: node-a.example, type: Hostname}\n"
	     "  - {address: 192.0.2.10, type: InternalIP}\n"
	     "  - {address: \"2001:db8::10\", type: ExternalIP}\n"
	     "---\n"
	     "{apiVersion: v1, kind: Node, metadata: {name: node-b}, spec: {podCIDR: 10.0.2.0/24}}");
	assert_int_equal(store.node_count, 2);
	assert_int_equal(store.nodes[0].address_count, 2);
	assert_addr(&store.nodes[0].addresses[0], "192.0.2.10");
	assert_addr(&store.nodes[0].addresses[1], "2001:db8::10");
	assert_int_equal(store.nodes[0].pod_cidr_count, 2);
	assert_prefix(&store.nodes[0].pod_cidrs[1], "fd00:1::/64");
	assert_int_equal(store.nodes[1].pod_cidr_count, 1);
	assert_prefix(&store.nodes[1].pod_cidrs[0], "10.0.2.0/24");
}

static void a_network_policy_is_read_in_full(void **state)
{
	const struct network_policy *policy;
	const struct policy_rule *rule;

	(void)state;
	load("apiVersion: networking.k8s.io/v1\n"
	     "kind: NetworkPolicy\n"
	     "metadata: {name: web, namespace: shop, generation: 3}\n"
	     "spec:\n"
	     "  podSelector:\n"
	     "    matchLabels: {app: web}\n"
	     "    matchExpressions:\n"
	     "    - {key: tier, operator: In, values: [front, back]}\n"
	     "    - {key: old, operator: DoesNotExist}\n"
	     "  policyTypes: [Egress, Ingress]\n"
	     "  ingress:\n"
	     "  - from:\n"
	     "    - podSelector: {}\n"
	     "    - namespaceSelector: {matchLabels: {team: blue}}\n"
	     "      podSelector: {matchLabels: {role: db}}\n"
	     "    - ipBlock:\n"
	     "        cidr: 10.0.0.0/8\n"
	     "        except: [10.1.0.0/16]\n"
	     "    ports:\n"
	     "    - port: http\n"
	     "    - port: 80\n"
	     "    - {port: 8000, endPort: 8999, protocol: UDP}\n"
	     "    - {protocol: SCTP}\n"
	     "  - {}\n"
	     "status: {}\n");
	policy = &store.network_policies[0];
	assert_true(policy->applies_ingress && policy->applies_egress);
	assert_int_equal(policy->egress_count, 0);
	assert_int_equal(policy->pod_selector.count, 3);
	assert_int_equal(policy->pod_selector.terms[0].op, SELECTOR_IN);
	assert_string_equal(policy->pod_selector.terms[0].values[0], "web");
	assert_string_equal(policy->pod_selector.terms[1].values[0], "back");
	assert_int_equal(policy->pod_selector.terms[2].op, SELECTOR_DOES_NOT_EXIST);
	assert_int_equal(policy->ingress_count, 2);
	assert_true(policy->ingress[1].any_peer && policy->ingress[1].any_port);
	assert_int_equal(policy->ingress[1].source.line, 24);

	rule = &policy->ingress[0];
	assert_int_equal(rule->source.line, 12);
	assert_int_equal(rule->peer_count, 3);
	assert_true(rule->peers[0].pod_selector.present);
	assert_int_equal(rule->peers[0].pod_selector.count, 0);
	assert_false(rule->peers[0].namespace_selector.present);
	assert_true(rule->peers[1].namespace_selector.present);
	assert_true(rule->peers[2].is_block);
	assert_prefix(&rule->peers[2].block.cidr, "10.0.0.0/8");
	assert_prefix(&rule->peers[2].block.except[0], "10.1.0.0/16");
	assert_int_equal(rule->port_count, 4);
	assert_string_equal(rule->ports[0].name, "http");
	assert_int_equal(rule->ports[0].proto, IPPROTO_TCP);
	assert_true(rule->ports[1].first == 80 && rule->ports[1].last == 80);
	assert_true(rule->ports[2].first == 8000 && rule->ports[2].last == 8999);
	assert_int_equal(rule->ports[2].proto, IPPROTO_UDP);
	assert_false(rule->ports[3].has_port);
	assert_int_equal(rule->ports[3].proto, IPPROTO_SCTP);
}

static void policy_types_have_kubernetes_defaults(void **state)
{
	static const struct {
		const char *spec;
		bool ingress, egress;
	} cases[] = {
		{"{podSelector: {}}", true, false},
		{"{podSelector: {}, ingress: []}", true, false},
		{"{podSelector: {}, ingress: [{}]}", true, false},
		{"{podSelector: {}, egress: []}", true, false},
		{"{podSelector: {}, egress: [{}]}", true, true},
		{"{podSelector: {}, policyTypes: [], egress: [{}]}", true, true},
		{"{podSelector: {}, policyTypes: null, egress: null}", true, false},
		{"{podSelector: {}, policyTypes: [Egress]}", false, true},
		{"{podSelector: {}, policyTypes: [Egress], ingress: [{}]}", false, true},
		{"{podSelector: {}, policyTypes: [Ingress], egress: [{}]}", true, false},
		{"{podSelector: {}, policyTypes: [Ingress, Ingress]}", true, false},
		{"{podSelector: {}, policyTypes: [Ingress, Egress]}", true, true},
		{"{}", true, false},
		{"null", true, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[512];

		(void)snprintf(text, sizeof(text),
			       "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,"
			       " metadata: {name: p}, spec: %s}",
			       cases[i].spec);
		load(text);
		assert_int_equal(store.network_policies[0].applies_ingress, cases[i].ingress);
		assert_int_equal(store.network_policies[0].applies_egress, cases[i].egress);
		assert_true(store.network_policies[0].pod_selector.present);
		assert_int_equal(store.network_policies[0].pod_selector.count, 0);
		objects_free(&store);
	}
}

static void a_missing_and_an_empty_list_of_peers_or_ports_are_everything(void **state)
{
	(void)state;
	load("apiVersion: networking.k8s.io/v1\n"
	     "kind: NetworkPolicy\n"
	     "metadata: {name: p}\n"
	     "spec:\n"
	     "  egress: [{to: []}, {ports: []}, {to: null, ports: [{}]},"
	     " {to: [{podSelector: {}}]}]\n");
	for (size_t i = 0; i < 3; i++)
		assert_true(store.network_policies[0].egress[i].any_peer);
	assert_true(store.network_policies[0].egress[1].any_port);
	assert_false(store.network_policies[0].egress[2].any_port);
	assert_false(store.network_policies[0].egress[2].ports[0].has_port);
	assert_int_equal(store.network_policies[0].egress[2].ports[0].proto, IPPROTO_TCP);
	assert_false(store.network_policies[0].egress[3].any_peer);
}

static void host_bits_of_a_cidr_are_cleared_with_a_warning(void **state)
{
	(void)state;
	load("apiVersion: networking.k8s.io/v1\n"
	     "kind: NetworkPolicy\n"
	     "metadata: {name: p}\n"
	     "spec:\n"
	     "  ingress:\n"
	     "  - from:\n"
	     "    - ipBlock: {cidr: 10.9.8.7/8}\n"
	     "    - ipBlock: {cidr: 10.9.8.7/0}\n"
	     "    - ipBlock: {cidr: \"fd00::1/0\"}\n");
	assert_prefix(&store.network_policies[0].ingress[0].peers[0].block.cidr, "10.0.0.0/8");
	assert_prefix(&store.network_policies[0].ingress[0].peers[1].block.cidr, "0.0.0.0/0");
	assert_prefix(&store.network_policies[0].ingress[0].peers[2].block.cidr, "::/0");
	assert_int_equal(store.warning_count, 3);
	assert_string_equal(
		store.warnings[0],
		"a.yaml:7: NetworkPolicy default/p: spec.ingress[0].from[0].ipBlock.cidr: "
		"\"10.9.8.7/8\" has host bits set, read as 10.0.0.0/8");
}

static void an_egress_policy_is_read_in_full(void **state)
{
	const struct egress_policy *policy;

	(void)state;
	load("apiVersion: cilium.io/v2\n"
	     "kind: CiliumEgressGatewayPolicy\n"
	     "metadata: {name: out, namespace: ignored}\n"
	     "spec:\n"
	     "  selectors:\n"
	     "  - podSelector: {matchLabels: {io.kubernetes.pod.namespace: shop}}\n"
	     "    nodeSelector: {matchLabels: {zone: a}}\n"
	     "  - namespaceSelector: {matchExpressions: [{key: team, operator: Exists}]}\n"
	     "  destinationCIDRs: [0.0.0.0/0, \"::/0\"]\n"
	     "  excludedCIDRs: [10.0.0.0/8]\n"
	     "  egressGateway:\n"
	     "    nodeSelector: {matchLabels: {egress: \"true\"}}\n"
	     "    egressIPs: [192.0.2.1, 192.0.2.2, \"2001:db8::1\"]\n"
	     "  egressGateways:\n"
	     "  - {nodeSelector: {}, interface: eth1, egressIP: \"\"}\n"
	     "  - {nodeSelector: {}, egressIP: 192.0.2.9}\n"
	     "  - nodeSelector: {}\n");
	policy = &store.egress_policies[0];
	assert_string_equal(policy->meta.space, "");
	assert_int_equal(policy->selector_count, 2);
	assert_true(policy->selectors[0].node_selector.present);
	assert_false(policy->selectors[0].namespace_selector.present);
	assert_true(policy->selectors[1].namespace_selector.present);
	assert_false(policy->selectors[1].pod_selector.present);
	assert_int_equal(policy->destination_count, 2);
	assert_int_equal(policy->destinations[0].len, 96);
	assert_int_equal(policy->destinations[1].len, 0);
	assert_int_equal(policy->excluded_count, 1);
	assert_int_equal(policy->gateway_count, 4);
	assert_int_equal(policy->gateways[0].address_count, 3);
	assert_addr(&policy->gateways[0].addresses[2], "2001:db8::1");
	assert_null(policy->gateways[0].interface);
	assert_string_equal(policy->gateways[1].interface, "eth1");
	assert_int_equal(policy->gateways[1].address_count, 0);
	assert_addr(&policy->gateways[2].addresses[0], "192.0.2.9");
	assert_true(!policy->gateways[3].interface && policy->gateways[3].address_count == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_namespace_has_its_name_as_a_label, free_store),
		cmocka_unit_test_teardown(a_pod_s_namespace_exists_without_an_object, free_store),
		cmocka_unit_test_teardown(a_pod_has_addresses_and_the_ports_that_stay, free_store),
		cmocka_unit_test_teardown(an_old_or_finished_pod_is_read_too, free_store),
		cmocka_unit_test_teardown(a_node_has_its_ip_addresses_and_pod_ranges, free_store),
		cmocka_unit_test_teardown(a_network_policy_is_read_in_full, free_store),
		cmocka_unit_test(policy_types_have_kubernetes_defaults),
		cmocka_unit_test_teardown(
			a_missing_and_an_empty_list_of_peers_or_ports_are_everything, free_store),
		cmocka_unit_test_teardown(host_bits_of_a_cidr_are_cleared_with_a_warning,
					  free_store),
		cmocka_unit_test_teardown(an_egress_policy_is_read_in_full, free_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
