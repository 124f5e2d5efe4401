/* SPDX-License-Identifier: Apache-2.0 */

/* Random CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy, as text. */

#include "test/lib/random_text.h"

/* Where a rule stands: what it may say depends on it. */
struct place {
	bool is_ingress;
	bool is_deny;
	bool is_host;
};

static void write_endpoint_selector(struct pen *pen)
{
	static const char *const selectors[] = {
		"{}",
		"{matchLabels: {app: x}}",
		"{matchLabels: {'k8s:app': z}}",
		"{matchLabels: {'any:env': x}}",
		"{matchLabels: {'container:app': x}}",
		"{matchLabels: {app: x, io.kubernetes.pod.namespace: a}}",
		"{matchLabels: {'k8s:io.kubernetes.pod.namespace': b}}",
		"{matchLabels: {'k8s:io.cilium.k8s.namespace.labels.env': x}}",
		"{matchLabels: {io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name: c}}",
		"{matchLabels: {io.cilium.k8s.policy.serviceaccount: x}}",
		"{matchLabels: {'k8s:io.cilium.k8s.policy.cluster': default}}",
		"{matchLabels: {'reserved:host': ''}}",
		"{matchLabels: {'reserved:remote-node': ''}}",
		"{matchLabels: {'reserved:health': ''}}",
		"{matchLabels: {'reserved:ingress': ''}}",
		"{matchLabels: {'reserved:kube-apiserver': ''}}",
		"{matchExpressions: [{key: 'reserved:host', operator: DoesNotExist}]}",
		"{matchExpressions: [{key: io.kubernetes.pod.namespace, operator: Exists}]}",
		"{matchExpressions: [{key: 'k8s:io.kubernetes.pod.namespace', operator: NotIn, "
		"values: [a, b]}, {key: tier, operator: DoesNotExist}]}",
		"{matchExpressions: [{key: 'container:app', operator: DoesNotExist}]}",
		"{matchExpressions: [{key: 'k8s:io.cilium.k8s.namespace.labels.tier', "
		"operator: DoesNotExist}]}",
	};

	if (pen_chance(pen, 40))
		pen_selector(pen);
	else
		pen_write(pen, "%s", CHOOSE(pen, selectors));
}

static void write_entity(struct pen *pen)
{
	static const char *const entities[] = {
#define ENTITY(name, word) word,
#include "control/objects/entities.def"
#undef ENTITY
	};

	pen_write(pen, "%s", CHOOSE(pen, entities));
}

static void write_cidr_rule(struct pen *pen)
{
	switch (pen_below(pen, 5)) {
	case 0:
		pen_write(pen, "{cidr: 0.0.0.0/0, except: [198.51.100.0/24, 10.0.1.0/24]}");
		break;
	case 1:
		pen_write(pen, "{cidr: 198.51.100.0/24, except: [198.51.100.0/25]}");
		break;
	case 2:
		pen_write(pen, "{cidrGroupRef: g%u%s}", pen_below(pen, 4),
			  pen_chance(pen, 40) ? ", except: [198.51.100.0/28]" : "");
		break;
	case 3:
		pen_write(pen, "{cidrGroupSelector: ");
		pen_selector(pen);
		pen_write(pen, "}");
		break;
	default:
		pen_write(pen, "{cidr: %s}", pen_prefix(pen));
		break;
	}
}

static void write_service(struct pen *pen)
{
	if (pen_chance(pen, 50)) {
		pen_write(pen, "{k8sService: {serviceName: s%u", pen_below(pen, 4));
	} else {
		pen_write(pen, "{k8sServiceSelector: {selector: ");
		pen_selector(pen);
	}
	if (pen_chance(pen, 50))
		pen_write(pen, ", namespace: %s", pen_space(pen));
	pen_write(pen, "}}");
}

static void write_name(struct pen *pen)
{
	pen_write(pen, pen_chance(pen, 50) ? "{matchName: example.com}"
					   : "{matchPattern: '*.example.com'}");
}

/* False: no peer was written. */
static bool write_peer(struct pen *pen, struct place place)
{
	const char *side = place.is_ingress ? "from" : "to";
	uint32_t count = pen_chance(pen, 5) ? 0 : 1 + pen_below(pen, 2);

	switch (pen_below(pen, place.is_ingress ? 7 : 9)) {
	case 0:
		return false;
	case 1:
		pen_write(pen, "%sCIDR: ", side);
		pen_prefixes(pen, count);
		break;
	case 2:
		pen_write(pen, "%sCIDRSet: ", side);
		pen_list(pen, count, write_cidr_rule);
		break;
	case 3:
		pen_write(pen, "%sEntities: ", side);
		pen_list(pen, count, write_entity);
		break;
	case 4:
		pen_write(pen, "%sNodes: ", side);
		pen_list(pen, count, pen_node_selector);
		break;
	case 7:
		pen_write(pen, "toServices: ");
		pen_list(pen, count, write_service);
		break;
	case 8:
		pen_write(pen, "toFQDNs: ");
		pen_list(pen, count, write_name);
		break;
	default:
		pen_write(pen, "%sEndpoints: ", side);
		pen_list(pen, count, write_endpoint_selector);
		break;
	}
	return true;
}

static void write_port(struct pen *pen)
{
	static const char *const ports[] = {
		"port: '80', protocol: TCP",
		"port: '80'",
		"port: '53', protocol: ANY",
		"port: '0', protocol: UDP",
		"port: '0'",
		"port: '80', endPort: 443, protocol: TCP",
		"port: '1', endPort: 65535, protocol: ANY",
		"port: http, protocol: TCP",
		"port: dns",
		"port: sig, protocol: SCTP",
		"protocol: GRE",
		"port: '81', protocol: TCP",
		"port: '443', protocol: TCP",
	};

	pen_write(pen, "{%s}", CHOOSE(pen, ports));
}

static void write_l7(struct pen *pen, struct place place)
{
	if (place.is_ingress || pen_chance(pen, 50))
		pen_write(pen,
			  "{ports: [{port: '%s', protocol: TCP}], rules: {http: [{method: "
			  "GET}, {path: /x}]}}",
			  pen_chance(pen, 50) ? "80" : "http");
	else if (pen_chance(pen, 50))
		pen_write(pen, "{ports: [{port: '53', protocol: ANY}], rules: {dns: "
			       "[{matchPattern: '*.example.com'}]}}");
	else
		pen_write(pen, "{ports: [{port: '443', protocol: TCP}], serverNames: "
			       "[example.com]}");
}

static void write_what(struct pen *pen, struct place place, const char *comma)
{
	static const char *const types[] = {
		"{type: 8}",
		"{type: EchoReply}",
		"{type: 128, family: IPv6}",
		"{type: EchoRequest, family: IPv6}",
		"{type: 13, family: IPv4}",
	};
	uint32_t kind = pen_below(pen, 10);

	if (kind < 3)
		return;
	if (kind == 3) {
		pen_write(pen, "%sicmps: [{fields: [%s, %s]}]", comma, CHOOSE(pen, types),
			  CHOOSE(pen, types));
		return;
	}
	pen_write(pen, "%stoPorts: [", comma);
	for (uint32_t i = 0, count = pen_chance(pen, 5) ? 0 : 1 + pen_below(pen, 2); i < count;
	     i++) {
		pen_write(pen, i ? ", " : "");
		if (!place.is_deny && !place.is_host && pen_chance(pen, 50)) {
			write_l7(pen, place);
			continue;
		}
		pen_write(pen, "{ports: ");
		pen_list(pen, pen_chance(pen, 5) ? 0 : 1 + pen_below(pen, 2), write_port);
		pen_write(pen, "}");
	}
	pen_write(pen, "]");
}

static void write_rule(struct pen *pen, struct place place)
{
	static const char *const modes[] = {"required", "disabled", "test-always-fail"};

	pen_write(pen, "{");
	if (!place.is_deny && pen_chance(pen, 10))
		pen_write(pen, "authentication: {mode: %s}, ", CHOOSE(pen, modes));
	write_what(pen, place, write_peer(pen, place) ? ", " : "");
	pen_write(pen, "}");
}

static void write_spec(struct pen *pen, bool is_clusterwide)
{
	static const char *const names[] = {"ingress", "ingressDeny", "egress", "egressDeny"};
	struct place place = {.is_host = is_clusterwide && pen_chance(pen, 20)};
	uint32_t must = pen_below(pen, 4);

	pen_write(pen, place.is_host ? "{nodeSelector: " : "{endpointSelector: ");
	if (place.is_host)
		pen_node_selector(pen);
	else if (is_clusterwide && pen_chance(pen, 40))
		write_endpoint_selector(pen);
	else
		pen_selector(pen);
	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
		place.is_ingress = i < 2;
		place.is_deny = i & 1;
		if (i != must && !pen_chance(pen, place.is_deny ? 20 : 40))
			continue;
		pen_write(pen, ", %s: [", names[i]);
		for (uint32_t r = 0, count = (i == must) + pen_below(pen, 3); r < count; r++) {
			pen_write(pen, r ? ", " : "");
			write_rule(pen, place);
		}
		pen_write(pen, "]");
	}
	if (pen_chance(pen, 25))
		pen_write(pen, ", enableDefaultDeny: {%s: %s}",
			  pen_chance(pen, 50) ? "ingress" : "egress",
			  pen_chance(pen, 75) ? "false" : "true");
	pen_write(pen, "}");
}

static void write_policy(struct pen *pen, uint32_t number, bool is_clusterwide)
{
	pen_object(pen, is_clusterwide ? "CiliumClusterwideNetworkPolicy" : "CiliumNetworkPolicy",
		   "cilium.io/v2", number, is_clusterwide ? NULL : pen_space(pen), true);
	write_spec(pen, is_clusterwide);
	if (pen_chance(pen, 20)) {
		pen_write(pen, ", specs: [");
		write_spec(pen, is_clusterwide);
		pen_write(pen, "]");
	}
	pen_write(pen, "}\n");
}

void random_cilium_policies(struct pen *pen)
{
	for (uint32_t i = 0, count = pen_below(pen, 5); i < count; i++)
		write_policy(pen, i, false);
	for (uint32_t i = 0, count = pen_below(pen, 4); i < count; i++)
		write_policy(pen, i, true);
}
