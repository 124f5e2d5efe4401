/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/random_cluster.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "fastpath/base/check.h"
#include "test/lib/random_text.h"
#include "test/lib/random_world.h"

static const char *const outside[] = {
	"198.51.100.7", "198.51.100.9", "198.51.100.77", "198.51.100.200", "203.0.113.5",
	"8.8.8.8",	"192.0.2.77",	"10.9.9.9",	 "2001:db8::7",	   "2001:db8:7::1",
	"2a00::1",	"fd00:9::9",	"10.0.1.200",
};

static void ask_about(struct random_cluster *c, const char *text)
{
	CHECK(c->address_count < RANDOM_CLUSTER_ADDRESSES);
	CHECK(addr_parse(text, &c->addresses[c->address_count++]) == 0);
}

static void write_address(struct pen *pen, const char *head, uint32_t tail)
{
	char text[ADDR_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "%s%u", head, tail);
	ask_about(pen->cluster, text);
	pen_write(pen, "'%s'", text);
}

static void add_spaces(struct pen *pen)
{
	static const char *const spaces[] = {"a", "b", "c"};

	for (uint32_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		if (pen_chance(pen, 15))
			continue;
		pen_write(pen,
			  "---\n{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: ",
			  spaces[i]);
		pen_labels(pen);
		pen_write(pen, "}}\n");
	}
}

/* Cilium's own addresses on a node. */
static void add_cilium_node(struct pen *pen, uint32_t i)
{
	pen_write(pen,
		  "---\n{apiVersion: cilium.io/v2, kind: CiliumNode, metadata: {name: n%u}, "
		  "spec: {addresses: [], health: {ipv4: ",
		  i);
	write_address(pen, "10.8.1.", 1 + i);
	pen_write(pen, "}, ingress: {ipv4: ");
	write_address(pen, "10.8.2.", 1 + i);
	pen_write(pen, ", ipv6: ");
	write_address(pen, "fd00:8::", 1 + i);
	pen_write(pen, "}}}\n");
}

static void add_nodes(struct pen *pen)
{
	uint32_t count = pen_below(pen, 4);

	for (uint32_t i = 0; i < count; i++) {
		pen_write(pen,
			  "---\n{apiVersion: v1, kind: Node, metadata: {name: n%u, labels: ", i);
		pen_node_labels(pen);
		pen_write(pen, "}, status: {addresses: [{type: InternalIP, address: ");
		write_address(pen, "192.0.2.", 1 + i);
		pen_write(pen, "}");
		if (pen_chance(pen, 40)) {
			pen_write(pen, ", {type: InternalIP, address: ");
			write_address(pen, "2001:db8:1::", 1 + i);
			pen_write(pen, "}");
		}
		pen_write(pen, "]}}\n");
		if (pen_chance(pen, 50))
			add_cilium_node(pen, i);
	}
}

static void write_pod_port(struct pen *pen)
{
	static const char *const ports[] = {
		"name: http, containerPort: 80",
		"name: http, containerPort: 8080",
		"name: dns, containerPort: 53",
		"name: dns, containerPort: 53, protocol: UDP",
		"name: alt, containerPort: 81",
		"containerPort: 443",
		"name: sig, containerPort: 80, protocol: SCTP",
	};

	pen_write(pen, "{%s}", CHOOSE(pen, ports));
}

static void add_pod(struct pen *pen, uint32_t i)
{
	static const char *const heads[] = {"10.0.1.", "10.0.2.", "10.0.3."};
	static const char *const accounts[] = {"x", "y"};
	bool on_host = pen_chance(pen, 6);

	pen_write(pen,
		  "---\n{apiVersion: v1, kind: Pod, metadata: {name: p%u, namespace: %s, "
		  "uid: u%u, labels: ",
		  i, pen_space(pen), i);
	pen_labels(pen);
	pen_write(pen, "}, spec: {nodeName: n%u, ", pen_below(pen, 4));
	if (on_host)
		pen_write(pen, "hostNetwork: true, ");
	if (pen_chance(pen, 70))
		pen_write(pen, "serviceAccountName: %s, ", CHOOSE(pen, accounts));
	pen_write(pen, "containers: [{name: c, ports: ");
	pen_list(pen, pen_below(pen, 2), write_pod_port);
	pen_write(pen, "}, {name: d, ports: ");
	pen_list(pen, pen_below(pen, 2), write_pod_port);
	pen_write(pen, "}]}, status: {phase: %s, podIPs: [{ip: ",
		  pen_chance(pen, 5) ? "Succeeded" : "Running");
	write_address(pen, CHOOSE(pen, heads), i + 1);
	if (pen_chance(pen, 40)) {
		pen_write(pen, "}, {ip: ");
		write_address(pen, "fd00:1::", i + 1);
	}
	pen_write(pen, "}]}}\n");
}

static void write_endpoint(struct pen *pen)
{
	char text[ADDR_TEXT_MAX];
	const struct random_cluster *c = pen->cluster;
	const union addr *a = &c->addresses[pen_below(pen, (uint32_t)c->address_count)];

	if (!addr_is_v4(a))
		a = &c->addresses[0];
	pen_write(pen, "{addresses: ['%s']}", addr_format(a, text));
}

static void add_slice(struct pen *pen, const char *name, const char *space)
{
	pen_write(pen,
		  "---\n{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: "
		  "%s-1, namespace: %s, labels: {kubernetes.io/service-name: %s}}, "
		  "addressType: IPv4, ports: [], endpoints: ",
		  name, space, name);
	pen_list(pen, pen_below(pen, 4), write_endpoint);
	pen_write(pen, "}\n");
}

static void add_services(struct pen *pen)
{
	for (uint32_t i = 0, count = pen_below(pen, 4); i < count; i++) {
		const char *space = pen_space(pen);
		char name[16];

		(void)snprintf(name, sizeof(name), "s%u", i);
		pen_write(pen,
			  "---\n{apiVersion: v1, kind: Service, metadata: {name: %s, namespace: "
			  "%s, labels: ",
			  name, space);
		pen_labels(pen);
		pen_write(pen, "}, spec: {ports: [{port: 80}]");
		if (pen_chance(pen, 50)) {
			pen_write(pen, ", selector: {app: x}}}\n");
			continue;
		}
		pen_write(pen, "}}\n");
		add_slice(pen, name, space);
	}
	if (pen_chance(pen, 60))
		add_slice(pen, "kubernetes", "default");
}

static void add_groups(struct pen *pen)
{
	for (uint32_t i = 0; i < 3; i++) {
		if (pen_chance(pen, 30))
			continue;
		pen_write(pen,
			  "---\n{apiVersion: cilium.io/v2, kind: CiliumCIDRGroup, metadata: {name: "
			  "g%u, labels: ",
			  i);
		pen_labels(pen);
		pen_write(pen, "}, spec: {externalCIDRs: ");
		pen_prefixes(pen, 1 + pen_below(pen, 3));
		pen_write(pen, "}}\n");
	}
}

static void draw_config(struct pen *pen, struct random_cluster *c)
{
	c->config.path = (char *)"random.conf";
	c->config.node_name = (char *)"n0";
	c->config.audit = pen_chance(pen, 8);
	c->config.cidr_matches_pods = pen_chance(pen, 40);
	c->config.cidr_matches_nodes = pen_chance(pen, 40);
	c->config.deny_answer = (uint8_t)pen_below(pen, DENY_ANSWERS);
	c->config.enforcement = ENFORCE_DEFAULT;
	if (pen_chance(pen, 12))
		c->config.enforcement = ENFORCE_ALWAYS;
	else if (pen_chance(pen, 3))
		c->config.enforcement = ENFORCE_NEVER;
	c->net.addresses = c->own;
	c->net.address_count = ARRAY_SIZE(c->own);
	for (size_t i = 0; i < ARRAY_SIZE(c->own); i++) {
		CHECK(addr_parse(i ? "2001:db8:ffff::1" : "192.0.2.254", &c->own[i].addr) == 0);
		c->addresses[c->address_count++] = c->own[i].addr;
	}
}

void random_cluster_open(struct random_cluster *c, uint64_t seed)
{
	struct pen pen = {.seed = &c->seed, .cluster = c};
	size_t size;

	*c = (struct random_cluster){.seed = seed};
	pen.out = open_memstream(&c->text, &size);
	CHECK(pen.out);
	draw_config(&pen, c);
	for (size_t i = 0; i < ARRAY_SIZE(outside); i++)
		ask_about(c, outside[i]);
	c->outside_count = c->address_count;
	add_spaces(&pen);
	add_nodes(&pen);
	for (uint32_t i = 0, count = 3 + pen_below(&pen, 12); i < count; i++)
		add_pod(&pen, i);
	add_services(&pen);
	add_groups(&pen);
	random_kubernetes_policies(&pen);
	random_cilium_policies(&pen);
	random_cluster_policies(&pen);
	CHECK(fclose(pen.out) == 0);
}

void random_cluster_close(struct random_cluster *c)
{
	free(c->text);
}

void random_cluster_packet(struct random_cluster *c, bool is_v4, uint8_t *proto, uint16_t *port)
{
	static const uint8_t protos[] = {IPPROTO_TCP,  IPPROTO_TCP,  IPPROTO_UDP,
					 IPPROTO_SCTP, IPPROTO_ICMP, IPPROTO_GRE};
	static const uint16_t ports[] = {0, 53, 80, 81, 443, 500, 8080, 65535};
	static const uint16_t types[] = {0, 3, 8, 13, 128, 129, 135};

	*proto = protos[random_below(&c->seed, ARRAY_SIZE(protos))];
	*port = ports[random_below(&c->seed, ARRAY_SIZE(ports))];
	if (*proto == IPPROTO_GRE)
		*port = 0;
	if (*proto != IPPROTO_ICMP)
		return;
	*proto = is_v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	*port = types[random_below(&c->seed, ARRAY_SIZE(types))];
}
