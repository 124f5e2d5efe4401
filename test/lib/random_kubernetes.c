/* SPDX-License-Identifier: Apache-2.0 */

/* Random NetworkPolicy and ClusterNetworkPolicy, as text. */

#include <string.h>

#include "test/lib/random_text.h"

/* The block of a fresh CIDR, and what may be left out of it. */
static void write_block(struct pen *pen)
{
	static const char *const blocks[] = {
		"{cidr: 0.0.0.0/0, except: [10.0.0.0/8, 198.51.100.0/25]}",
		"{cidr: 10.0.0.0/8, except: [10.0.1.0/24]}",
		"{cidr: 198.51.100.0/24, except: [198.51.100.0/28]}",
		"{cidr: '::/0', except: ['fd00::/8', '2001:db8:7::/48']}",
	};

	if (pen_chance(pen, 50))
		pen_write(pen, "{ipBlock: %s}", CHOOSE(pen, blocks));
	else
		pen_write(pen, "{ipBlock: {cidr: %s}}", pen_prefix(pen));
}

static void write_peer(struct pen *pen)
{
	uint32_t kind = pen_below(pen, 4);

	if (kind == 0) {
		write_block(pen);
		return;
	}
	pen_write(pen, "{");
	if (kind & 1) {
		pen_write(pen, "podSelector: ");
		pen_selector(pen);
	}
	if (kind & 2) {
		pen_write(pen, "%snamespaceSelector: ", kind == 3 ? ", " : "");
		pen_selector(pen);
	}
	pen_write(pen, "}");
}

static void write_port(struct pen *pen)
{
	static const char *const ports[] = {
		"port: 80",
		"port: http",
		"port: dns, protocol: UDP",
		"protocol: UDP",
		"port: 80, endPort: 443",
		"port: sig, protocol: SCTP",
		"port: 1, endPort: 65535, protocol: UDP",
		"{}",
	};
	const char *port = CHOOSE(pen, ports);

	pen_write(pen, *port == '{' ? "%s" : "{%s}", port);
}

static void write_rules(struct pen *pen, const char *peer)
{
	pen_write(pen, "[");
	for (uint32_t i = 0, count = pen_below(pen, 3); i < count; i++) {
		pen_write(pen, i ? ", {" : "{");
		if (pen_chance(pen, 80)) {
			pen_write(pen, "%s: ", peer);
			pen_list(pen, 1 + pen_below(pen, 2), write_peer);
			pen_write(pen, ", ");
		}
		if (pen_chance(pen, 60)) {
			pen_write(pen, "ports: ");
			pen_list(pen, 1 + pen_below(pen, 2), write_port);
		}
		pen_write(pen, "}");
	}
	pen_write(pen, "]");
}

void random_kubernetes_policies(struct pen *pen)
{
	static const char *const types[] = {"[Ingress]", "[Egress]", "[Ingress, Egress]"};

	for (uint32_t i = 0, count = pen_below(pen, 3); i < count; i++) {
		pen_object(pen, "NetworkPolicy", "networking.k8s.io/v1", i, pen_space(pen), true);
		pen_write(pen, "{podSelector: ");
		pen_selector(pen);
		pen_write(pen, ", policyTypes: %s, ingress: ", CHOOSE(pen, types));
		write_rules(pen, "from");
		pen_write(pen, ", egress: ");
		write_rules(pen, "to");
		pen_write(pen, "}}\n");
	}
}

/* Named ports need peers that are pods. */
static void write_cluster_ports(struct pen *pen, bool may_have_names)
{
	static const char *const ports[] = {
		"{tcp: {destinationPort: {number: 80}}}",
		"{udp: {destinationPort: {range: {start: 50, end: 90}}}}",
		"{sctp: {destinationPort: {number: 80}}}",
		"{tcp: {destinationPort: {range: {start: 1, end: 65535}}}}",
		"{tcp: {destinationPort: {number: 443}}}",
		"{destinationNamedPort: http}",
		"{destinationNamedPort: dns}",
	};
	uint32_t known = ARRAY_SIZE(ports) - (may_have_names ? 0 : 2);

	pen_write(pen, ", protocols: [%s, %s]", ports[pen_below(pen, known)],
		  ports[pen_below(pen, known)]);
}

static void write_pods(struct pen *pen)
{
	if (pen_chance(pen, 50)) {
		pen_write(pen, "{namespaces: ");
		pen_selector(pen);
		pen_write(pen, "}");
		return;
	}
	pen_write(pen, "{pods: {namespaceSelector: ");
	pen_selector(pen);
	pen_write(pen, ", podSelector: ");
	pen_selector(pen);
	pen_write(pen, "}}");
}

static void write_others(struct pen *pen, bool accepts)
{
	switch (pen_below(pen, accepts ? 4 : 3)) {
	case 0:
		pen_write(pen, "{nodes: ");
		pen_node_selector(pen);
		pen_write(pen, "}");
		break;
	case 3:
		pen_write(pen, "{domainNames: [example.com, '*.example.org']}");
		break;
	default:
		pen_write(pen, "{networks: [%s]}", pen_prefix(pen));
		break;
	}
}

static void write_cluster_rules(struct pen *pen, const char *peer)
{
	static const char *const actions[] = {"Deny", "Pass", "Accept"};
	bool egress = strcmp(peer, "to") == 0;

	pen_write(pen, "[");
	for (uint32_t i = 0, count = pen_below(pen, 4); i < count; i++) {
		uint32_t action = pen_below(pen, 3);
		bool pods = !egress || pen_chance(pen, 50);

		pen_write(pen, "%s{action: %s, %s: [", i ? ", " : "", actions[action], peer);
		if (pods)
			write_pods(pen);
		else
			write_others(pen, action == 2);
		if (pen_chance(pen, 30)) {
			pen_write(pen, ", ");
			if (pods)
				write_pods(pen);
			else
				write_others(pen, action == 2);
		}
		pen_write(pen, "]");
		if (pen_chance(pen, 50))
			write_cluster_ports(pen, pods);
		pen_write(pen, "}");
	}
	pen_write(pen, "]");
}

void random_cluster_policies(struct pen *pen)
{
	for (uint32_t i = 0, count = pen_below(pen, 5); i < count; i++) {
		if (pen_chance(pen, 30))
			continue;
		pen_object(pen, "ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2", i,
			   NULL, true);
		pen_write(pen, "{tier: %s, priority: %u, subject: ",
			  pen_chance(pen, 50) ? "Admin" : "Baseline", pen_below(pen, 4));
		write_pods(pen);
		pen_write(pen, ", ingress: ");
		write_cluster_rules(pen, "from");
		pen_write(pen, ", egress: ");
		write_cluster_rules(pen, "to");
		pen_write(pen, "}}\n");
	}
}
