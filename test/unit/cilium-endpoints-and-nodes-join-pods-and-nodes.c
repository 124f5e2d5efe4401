/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What Cilium knows of pods and nodes is joined with what Kubernetes says of them; what only
 * Cilium knows makes pods, nodes and namespaces of its own, which nobody wrote and no list shows.
 */

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "control/object_list.h"
#include "test/lib/objects_load.h"

#define ENDPOINT(name)                                                                \
	"---\napiVersion: cilium.io/v2\nkind: CiliumEndpoint\nmetadata: {name: " name \
	", namespace: n, uid: u1}\n"
#define POD(name)                                                \
	"---\napiVersion: v1\nkind: Pod\nmetadata: {name: " name \
	", namespace: n, labels: {app: web, hash: x}}\n"
#define CILIUM_NODE(name)                                                         \
	"---\napiVersion: cilium.io/v2\nkind: CiliumNode\nmetadata: {name: " name \
	", labels: {zone: a}}\n"
#define STATUS                                                                               \
	"status:\n  state: ready\n  id: 7\n"                                                 \
	"  identity: {id: 12345, labels: ['k8s:app=web',\n"                                  \
	"    'k8s:io.kubernetes.pod.namespace=n', 'k8s:io.cilium.k8s.policy.cluster=c',\n"   \
	"    'k8s:io.cilium.k8s.policy.serviceaccount=robot',\n"                             \
	"    'k8s:io.cilium.k8s.namespace.labels.team=red',\n"                               \
	"    'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=n',\n"          \
	"    'reserved:x', 'k8s:empty=']}\n"                                                 \
	"  networking: {node: 192.0.2.1, addressing: [{ipv4: 10.0.1.5, ipv6: 'fd00::5'}]}\n" \
	"  named-ports: [{name: http, port: 8080, protocol: TCP}]\n"

static const char *load(struct objects *store, const char *text)
{
	return objects_load_text(store, "c.yaml", text);
}

static void check_addr(const union addr *addr, const char *wanted)
{
	char text[ADDR_TEXT_MAX];

	assert_string_equal(addr_format(addr, text), wanted);
}

static void an_endpoint_without_a_pod_is_one(void **state)
{
	const struct object_kind *pods = object_kind_find("Pod");
	const struct labels *labels;
	const struct pod_object *pod;
	struct objects store;

	(void)state;
	assert_null(load(&store,
			 ENDPOINT("p") STATUS CILIUM_NODE(
				 "w1") "spec: {addresses: [{type: InternalIP, ip: 192.0.2.1}]}\n"));
	assert_int_equal(store.pod_count, 1);
	pod = store.pods;
	assert_true(pod->is_implied);
	assert_true(pod->yields);
	assert_string_equal(pod->meta.name, "p");
	assert_string_equal(pod->meta.uid, "u1");
	assert_int_equal(pod->identity, 12345);
	assert_string_equal(pod->service_account, "robot");
	assert_string_equal(pod->node_name, "w1");
	assert_int_equal(pod->address_count, 2);
	check_addr(&pod->addresses[0], "10.0.1.5");
	check_addr(&pod->addresses[1], "fd00::5");
	assert_int_equal(pod->port_count, 1);
	assert_string_equal(pod->ports[0].name, "http");
	assert_int_equal(pod->ports[0].port, 8080);
	assert_int_equal(pod->ports[0].proto, IPPROTO_TCP);
	labels = &pod->meta.labels;
	assert_int_equal(labels->count, 2);
	assert_string_equal(labels_get(labels, "app"), "web");
	assert_string_equal(labels_get(labels, "empty"), "");
	assert_int_equal(store.namespace_count, 1);
	labels = &store.namespaces[0].meta.labels;
	assert_int_equal(labels->count, 2);
	assert_string_equal(labels_get(labels, "team"), "red");
	assert_string_equal(labels_get(labels, "kubernetes.io/metadata.name"), "n");
	/* Nobody wrote a Pod. */
	assert_int_equal(object_count(&store, pods), 1);
	assert_int_equal(object_written_count(&store, pods), 0);
	assert_true(object_is_implied(pods, object_meta(&store, pods, 0)));
	assert_int_equal(object_written_count(&store, object_kind_find("CiliumEndpoint")), 1);
	objects_free(&store);
}

static void an_endpoint_adds_to_its_pod(void **state)
{
	const struct pod_object *pod;
	struct objects store;

	(void)state;
	/* Addresses only if the pod has none; labels never. */
	assert_null(load(&store,
			 POD("p") "spec: {nodeName: w, serviceAccountName: sa}\n" ENDPOINT("p")
				 STATUS POD("q") "status: {podIP: 10.9.9.9}\n" ENDPOINT("q")
					 STATUS));
	assert_int_equal(store.pod_count, 2);
	pod = &store.pods[0];
	assert_false(pod->is_implied);
	assert_int_equal(pod->identity, 0); /* the pod has no label `empty`: an old endpoint */
	assert_int_equal(pod->address_count, 2);
	assert_true(pod->yields);
	assert_string_equal(pod->service_account, "sa");
	assert_string_equal(pod->node_name, "w");
	assert_int_equal(pod->port_count, 0);
	pod = &store.pods[1];
	assert_int_equal(pod->address_count, 1);
	check_addr(&pod->addresses[0], "10.9.9.9");
	assert_false(pod->yields);
	assert_string_equal(pod->service_account, "");
	objects_free(&store);

	assert_null(load(&store,
			 POD("p") "spec: {}\n" ENDPOINT(
				 "p") "status: {identity: {id: 300, labels: ['k8s:app=web']}}\n"));
	assert_int_equal(store.pods[0].identity, 300);
	assert_int_equal(store.pods[0].address_count, 0);
	objects_free(&store);
}

static void a_pod_of_the_host_or_of_the_past_takes_nothing(void **state)
{
	static const char *const pods[] = {
		POD("p") "spec: {hostNetwork: true}\n",
		POD("p") "status: {phase: Failed}\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pods); i++) {
		struct objects store;
		char text[2048];

		(void)snprintf(text, sizeof(text), "%s%s", pods[i], ENDPOINT("p") STATUS);
		assert_null(load(&store, text));
		assert_int_equal(store.pod_count, 1);
		assert_int_equal(store.pods[0].identity, 0);
		assert_int_equal(store.pods[0].address_count, 0);
		objects_free(&store);
	}
}

static void identities_that_no_pod_can_have_are_none(void **state)
{
	static const struct {
		const char *text;
		uint32_t identity;
	} cases[] = {
		{ENDPOINT("p") "status: {identity: {id: 5}}\n", 0},
		{ENDPOINT("p") "status: {identity: {id: 102}}\n", 102},
		{ENDPOINT("p") "status: {identity: {id: 16777215}}\n", 16777215},
		{ENDPOINT("p") "status: {identity: {id: 16777216}}\n", 0},
		{ENDPOINT("p") "status: {}\n", 0},
		{ENDPOINT("p"), 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct objects store;

		assert_null(load(&store, cases[i].text));
		assert_int_equal(store.pods[0].identity, cases[i].identity);
		objects_free(&store);
	}
}

static void implied_pods_stand_in_order(void **state)
{
	struct objects store;

	(void)state;
	assert_null(load(&store, ENDPOINT("c") ENDPOINT("a") POD("b") POD("d") ENDPOINT("d")));
	assert_int_equal(store.pod_count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(store.pods[i].meta.name[0], "abcd"[i]);
		assert_int_equal(store.pods[i].is_implied, i % 2 == 0);
	}
	objects_free(&store);
}

static void a_cilium_node_adds_to_its_node(void **state)
{
	const struct node_object *node;
	struct objects store;

	(void)state;
	assert_null(load(
		&store,
		"apiVersion: v1\nkind: Node\nmetadata: {name: w1, labels: {zone: b}}\n"
		"spec: {podCIDRs: [10.1.0.0/24]}\n"
		"status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}\n" CILIUM_NODE(
			"w1") "spec:\n"
			      "  addresses: [{type: InternalIP, ip: 192.0.2.1},\n"
			      "    {type: CiliumInternalIP, ip: 10.1.0.7}, {type: Hostname, ip: w}]\n"
			      "  health: {ipv4: 10.1.0.8, ipv6: 'fd00::8'}\n"
			      "  ingress: {ipv4: 10.1.0.9}\n"
			      "  ipam: {podCIDRs: [10.1.0.0/24, 10.2.0.0/24],\n"
			      "    pools: {allocated: [{pool: x, cidrs: [10.3.0.0/27]}]}}\n"
			      "  azure: {anything: 1}\n" CILIUM_NODE(
				      "w0") "spec: {ingress: {ipv6: 'fd00::9'}}\n"));
	assert_int_equal(store.node_count, 2);
	node = &store.nodes[0];
	assert_true(node->is_implied);
	assert_string_equal(node->meta.name, "w0");
	assert_string_equal(labels_get(&node->meta.labels, "zone"), "a");
	assert_int_equal(node->ingress_count, 1);
	check_addr(&node->ingress[0], "fd00::9");
	node = &store.nodes[1];
	assert_false(node->is_implied);
	assert_string_equal(labels_get(&node->meta.labels, "zone"), "b");
	assert_int_equal(node->address_count, 2);
	check_addr(&node->addresses[1], "10.1.0.7");
	assert_int_equal(node->pod_cidr_count, 3);
	check_addr(&node->pod_cidrs[1].addr, "10.2.0.0");
	check_addr(&node->pod_cidrs[2].addr, "10.3.0.0");
	assert_int_equal(node->health_count, 2);
	check_addr(&node->health[1], "fd00::8");
	assert_int_equal(node->ingress_count, 1);
	check_addr(&node->ingress[0], "10.1.0.9");
	assert_int_equal(object_written_count(&store, object_kind_find("node")), 1);
	assert_int_equal(object_written_count(&store, object_kind_find("ciliumnode")), 2);
	objects_free(&store);
}

static void identities_are_read(void **state)
{
	const struct cilium_identity *identity;
	struct objects store;

	(void)state;
	assert_null(
		load(&store,
		     "apiVersion: cilium.io/v2\nkind: CiliumIdentity\n"
		     "metadata: {name: \"54321\", labels: {app: web}}\n"
		     "security-labels: {'k8s:io.kubernetes.pod.namespace': n, 'k8s:app': web}\n"));
	identity = store.cilium_identities;
	assert_int_equal(identity->number, 54321);
	assert_string_equal(identity->space, "n");
	assert_int_equal(identity->labels.count, 2);
	assert_string_equal(labels_get(&identity->labels, "k8s:app"), "web");
	objects_free(&store);
}

static void services_and_their_backends_are_read(void **state)
{
	const struct object_kind *slices = object_kind_find("EndpointSlice");
	const struct service_object *service;
	struct objects store;

	(void)state;
	assert_null(load(
		&store,
		"apiVersion: v1\nkind: List\nitems:\n"
		"- {apiVersion: v1, kind: Service, metadata: {name: a, namespace: n},\n"
		"   spec: {selector: {app: web}, ports: [{port: 80}], clusterIP: None}}\n"
		"- {apiVersion: v1, kind: Service, metadata: {name: b, namespace: n}}\n"
		"- {apiVersion: v1, kind: Service, metadata: {name: c, namespace: n},\n"
		"   spec: {type: ExternalName, externalName: x.org, selector: {app: web}}}\n"
		"- {apiVersion: v1, kind: Endpoints, metadata: {name: b, namespace: n}, subsets:\n"
		"   [{addresses: [{ip: 203.0.113.1}], notReadyAddresses: [{ip: 203.0.113.2}]}]}\n"
		"- {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4,\n"
		"   metadata: {name: b, namespace: n, labels: {kubernetes.io/service-name: b}},\n"
		"   endpoints: [{addresses: [203.0.113.3]},\n"
		"     {addresses: [203.0.113.4], conditions: {ready: false}},\n"
		"     {addresses: [203.0.113.5], conditions:\n"
		"       {ready: false, serving: true, terminating: true}}]}\n"
		"- {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: FQDN,\n"
		"   metadata: {name: f, namespace: n}, endpoints: [{addresses: [x.org]}]}\n"));
	assert_int_equal(store.service_count, 3);
	service = store.services;
	assert_true(service[0].selector.present);
	assert_int_equal(service[0].selector.count, 1);
	assert_string_equal(service[0].selector.terms[0].key, "app");
	assert_string_equal(service[0].selector.terms[0].values[0], "web");
	assert_false(service[1].selector.present);
	assert_false(service[2].selector.present);
	assert_int_equal(store.endpoints_count, 1);
	assert_int_equal(store.endpoint_slice_count, 3);
	assert_int_equal(object_written_count(&store, slices), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct endpoint_slice *slice = &store.endpoint_slices[i];

		assert_string_equal(slice->service, "b");
		assert_int_equal(slice->address_count, slice->is_implied ? 1 : 2);
		check_addr(&slice->addresses[0], slice->is_implied ? "203.0.113.1" : "203.0.113.3");
	}
	assert_string_equal(store.endpoint_slices[2].service, "");
	assert_int_equal(store.endpoint_slices[2].address_count, 0);
	objects_free(&store);
}

#define AT_ENDPOINT "c.yaml:5: CiliumEndpoint n/p: status."
#define AT_NODE	    "c.yaml:5: CiliumNode w: spec."
#define STRING	    "must be a string, not a number (put it in quotes)"

static void wrong_values_are_refused(void **state)
{
	static const struct objects_case cases[] = {
		{ENDPOINT("p") "status: {identity: 5}\n",
		 AT_ENDPOINT "identity: must be a mapping, not a number"},
		{ENDPOINT("p") "status: {identity: {id: x}}\n",
		 AT_ENDPOINT "identity.id: must be a number, not a string"},
		{ENDPOINT("p") "status: {identity: {id: 4294967296}}\n",
		 AT_ENDPOINT "identity.id: must be between 0 and 4294967295, not 4294967296"},
		{ENDPOINT("p") "status: {identity: {labels: [1]}}\n",
		 AT_ENDPOINT "identity.labels[0]: " STRING},
		{ENDPOINT("p") "status: {identity: {labels: ['k8s:=x']}}\n", AT_ENDPOINT
		 "identity.labels[0]: \"k8s:=x\" is not a label: the name part must consist "
		 "of letters, digits, `-`, `_` and `.`, and start and end with a letter or "
		 "digit"},
		{ENDPOINT("p") "status: {identity: {labels: ['k8s:a=b', 'k8s:a=c']}}\n",
		 AT_ENDPOINT "identity.labels: holds a label twice"},
		{ENDPOINT("p") "status: {networking: {addressing: {}}}\n",
		 AT_ENDPOINT "networking.addressing: must be a list, not a mapping"},
		{ENDPOINT("p") "status: {networking: {addressing: [x]}}\n",
		 AT_ENDPOINT "networking.addressing[0]: must be a mapping, not a string"},
		{ENDPOINT("p") "status: {networking: {addressing: [{ipv4: 10.0.0}]}}\n",
		 AT_ENDPOINT "networking.addressing[0].ipv4: \"10.0.0\" is not an IP address"},
		{ENDPOINT("p") "status: {networking: {node: w}}\n",
		 AT_ENDPOINT "networking.node: \"w\" is not an IP address"},
		{ENDPOINT("p") "status: {named-ports: [{name: x}]}\n",
		 AT_ENDPOINT "named-ports[0].port: is required"},
		{ENDPOINT("p") ENDPOINT("p"), "c.yaml:6: CiliumEndpoint n/p: is also in c.yaml:2"},
		{CILIUM_NODE("w") "spec: {addresses: [{type: InternalIP, ip: w}]}\n",
		 AT_NODE "addresses[0].ip: \"w\" is not an IP address"},
		{CILIUM_NODE("w") "spec: {addresses: {}}\n",
		 AT_NODE "addresses: must be a list, not a mapping"},
		{CILIUM_NODE("w") "spec: {health: 10.0.0.1}\n",
		 AT_NODE "health: must be a mapping, not a string"},
		{CILIUM_NODE("w") "spec: {ipam: {podCIDRs: [10.0.0.0]}}\n",
		 AT_NODE "ipam.podCIDRs[0]: \"10.0.0.0\" is not a CIDR such as 10.0.0.0/8 or "
			 "fd00::/8"},
		{CILIUM_NODE("w") "spec: {ipam: {pools: {allocated: [{cidrs: [1]}]}}}\n",
		 AT_NODE "ipam.pools.allocated[0].cidrs[0]: " STRING},
		{CILIUM_NODE("w") "spec: {ipam: {pools: {allocated: [1]}}}\n",
		 AT_NODE "ipam.pools.allocated[0]: must be a mapping, not a number"},
		{"apiVersion: cilium.io/v2\nkind: CiliumIdentity\nmetadata: {name: \"01\"}\n",
		 "c.yaml:3: CiliumIdentity 01: metadata.name: must be a number between 1 and "
		 "16777215"},
		{"apiVersion: cilium.io/v2\nkind: CiliumIdentity\nmetadata: {name: \"16777216\"}\n",
		 "c.yaml:3: CiliumIdentity 16777216: metadata.name: must be a number between 1 and "
		 "16777215"},
		{"apiVersion: cilium.io/v2\nkind: CiliumIdentity\nmetadata: {name: \"7\"}\n"
		 "security-labels: []\n",
		 "c.yaml:4: CiliumIdentity 7: security-labels: must be a mapping, not a list"},
		{"apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: 1}}\n",
		 "c.yaml:4: Service default/s: spec.selector.app: " STRING},
		{"apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: []}\n",
		 "c.yaml:4: Service default/s: spec.selector: must be a mapping, not a list"},
		{"apiVersion: v1\nkind: Endpoints\nmetadata: {name: s}\nsubsets: [1]\n",
		 "c.yaml:4: Endpoints default/s: subsets[0]: must be a mapping, not a number"},
		{"apiVersion: v1\nkind: Endpoints\nmetadata: {name: s}\n"
		 "subsets: [{addresses: [10.0.0.1]}]\n",
		 "c.yaml:4: Endpoints default/s: subsets[0].addresses[0]: must be a mapping, not a "
		 "string"},
		{"apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s}\n"
		 "endpoints: [{addresses: [w]}]\n",
		 "c.yaml:4: EndpointSlice default/s: endpoints[0].addresses[0]: \"w\" is not an IP "
		 "address"},
		{"apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s}\n"
		 "endpoints: [{conditions: {ready: 1}}]\n",
		 "c.yaml:4: EndpointSlice default/s: endpoints[0].conditions.ready: must be a "
		 "boolean, not a number"},
		{POD("p") "spec: {serviceAccountName: [x]}\n",
		 "c.yaml:5: Pod n/p: spec.serviceAccountName: must be a string, not a list"},
	};

	(void)state;
	objects_check_cases("c.yaml", cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_endpoint_without_a_pod_is_one),
		cmocka_unit_test(an_endpoint_adds_to_its_pod),
		cmocka_unit_test(a_pod_of_the_host_or_of_the_past_takes_nothing),
		cmocka_unit_test(identities_that_no_pod_can_have_are_none),
		cmocka_unit_test(implied_pods_stand_in_order),
		cmocka_unit_test(a_cilium_node_adds_to_its_node),
		cmocka_unit_test(identities_are_read),
		cmocka_unit_test(services_and_their_backends_are_read),
		cmocka_unit_test(wrong_values_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
