/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toPorts of Cilium policies: ports by number, range or name, of any protocol, and the limits that
 * L7 rules put on them.
 *
 * A port "0", or none, is all ports of its protocol. A port that is not a number is a name, as IANA writes service names; letters of either case.
 */

#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/cilium_decode.h"
#include "control/objects/syntax.h"

#define PORTS_MAX     40
#define PORT_NAME_MAX 15

static const struct {
	const char *name;
	uint8_t proto;
	bool has_ports;
} protocols[] = {
	{"TCP", IPPROTO_TCP, true},	   {"UDP", IPPROTO_UDP, true},
	{"SCTP", IPPROTO_SCTP, true},	   {"ICMP", IPPROTO_ICMP, false},
	{"ICMPv6", IPPROTO_ICMPV6, false}, {"VRRP", 112, false},
	{"IGMP", IPPROTO_IGMP, false},	   {"GRE", IPPROTO_GRE, false},
	{"IPIP", IPPROTO_IPIP, false},	   {"IPV6", IPPROTO_IPV6, false},
	{"ESP", IPPROTO_ESP, false},	   {"AH", IPPROTO_AH, false},
};

/* *has_ports: the protocol knows them. */
static int protocol_decode(struct decode *d, const struct doc_node *map, struct cilium_port *out,
			   bool *has_ports)
{
	const struct doc_node *node;
	int err = decode_string(d, map, "protocol", &node);

	*has_ports = true;
	if (err)
		return err;
	out->any_proto = !node || strcmp(node->text, "ANY") == 0;
	if (out->any_proto)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (strcmp(protocols[i].name, node->text) == 0) {
			out->proto = protocols[i].proto;
			*has_ports = protocols[i].has_ports;
			return 0;
		}
	}
	return decode_fail(d, node, WORD " is not a protocol such as TCP, UDP, SCTP or ANY",
			   node->text);
}

static int number_decode(struct decode *d, const struct doc_node *node, struct cilium_port *out)
{
	size_t size = strlen(node->text);
	unsigned long number = strtoul(node->text, NULL, 10);

	if (node->text[0] == '0' && size > 1)
		return decode_fail(d, node, WORD " must not have leading zeros", node->text);
	if (size > 5 || number > 65535)
		return decode_fail(d, node, WORD " must be between 0 and 65535", node->text);
	out->any_port = number == 0;
	out->first = out->last = (uint16_t)number;
	return 0;
}

static int name_decode(const struct cilium_place *p, const struct doc_node *node,
		       struct cilium_port *out)
{
	char name[PORT_NAME_MAX + 1] = "";
	size_t size = strlen(node->text);
	const char *fault;

	for (size_t i = 0; i < size && i < PORT_NAME_MAX; i++)
		name[i] = (char)tolower((unsigned char)node->text[i]);
	fault = port_name_fault(size > PORT_NAME_MAX ? node->text : name);
	if (fault)
		return decode_fail(p->d, node, WORD " is neither a number nor a port name: %s",
				   node->text, fault);
	return cilium_text(p, &out->name, "%s", name);
}

static int end_decode(struct decode *d, const struct doc_node *node, struct cilium_port *out)
{
	int err = decode_is(d, node, NODE_NUMBER);

	if (err || strcmp(node->text, "0") == 0)
		return err;
	if (out->name)
		return decode_warn(d, node, "has no effect: `port` is a name");
	err = decode_port(d, node, &out->last);
	if (err)
		return err;
	if (out->any_port)
		return decode_fail(d, node, "may not be specified when `port` means all ports");
	if (out->last < out->first)
		return decode_fail(d, node, "must not be less than `port`");
	return 0;
}

static int port_decode(const struct cilium_place *p, const struct doc_node *map,
		       struct cilium_port *out)
{
	static const char *const fields[] = {"port", "endPort", "protocol", NULL};
	const struct doc_node *port, *end;
	bool has_ports;
	int err = decode_is(p->d, map, NODE_MAP);

	if (!err)
		err = decode_only(p->d, map, fields);
	if (!err)
		err = protocol_decode(p->d, map, out, &has_ports);
	if (!err)
		err = decode_string(p->d, map, "port", &port);
	if (err)
		return err;
	end = node_get(map, "endPort");
	out->any_port = !port || port->size == 0;
	if (port && port->size && !has_ports && strcmp(port->text, "0") != 0)
		return decode_fail(p->d, port, "must be empty or 0: the protocol has no ports");
	if (!out->any_port)
		err = strspn(port->text, "0123456789") == strlen(port->text)
			      ? number_decode(p->d, port, out)
			      : name_decode(p, port, out);
	return err || !end ? err : end_decode(p->d, end, out);
}

static int list_decode(const struct cilium_place *p, const struct doc_node *list,
		       struct port_rule *out)
{
	int err;

	if (list->size > PORTS_MAX)
		return decode_fail(p->d, list, "may not have more than %d entries", PORTS_MAX);
	err = decode_array(p->d, list->size, sizeof(*out->ports), &out->ports);
	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = port_decode(p, n, &out->ports[out->port_count++]);
	return err;
}

static int l7_port_check(struct decode *d, const struct doc_node *node,
			 const struct cilium_port *port, bool is_dns)
{
	if (port->any_port)
		return decode_fail(d, node, "L7 rules may not be used when a port is 0 or missing");
	if (port->first != port->last)
		return decode_fail(d, node, "L7 rules may not be used with a range of ports");
	if (!is_dns && (port->any_proto || port->proto != IPPROTO_TCP))
		return decode_fail(d, node, "L7 rules but for DNS may only be used with TCP");
	return 0;
}

/* What `rules` asks of the ports beside it. */
static int l7_ports_check(const struct cilium_place *p, const struct doc_node *map,
			  const struct port_rule *rule)
{
	const struct doc_node *rules = node_get(map, "rules");
	const struct doc_node *ports = node_get(map, "ports");
	const struct doc_node *dns = node_get(rules, "dns");
	bool is_dns = dns && dns->size > 0;
	size_t i = 0;
	int err = 0;

	if (!rules)
		return 0;
	if (dns && rule->port_count == 0)
		return decode_fail(p->d, dns, "DNS rules need a list of ports");
	for (const struct doc_node *n = ports ? ports->first : NULL; n && !err; n = n->next)
		err = l7_port_check(p->d, n, &rule->ports[i++], is_dns);
	return err;
}

static int fields_check(const struct cilium_place *p, const struct doc_node *map)
{
	static const char *const fields[] = {"ports",	    "terminatingTLS", "originatingTLS",
					     "serverNames", "listener",	      "rules",
					     NULL};
	int err = decode_only(p->d, map, fields);

	if (err || !place_is_deny(p))
		return err;
	for (const struct doc_node *n = map->first; n; n = n->next)
		if (strcmp(n->key, "ports") != 0)
			return decode_fail(p->d, n, "is not allowed in a deny rule");
	return 0;
}

static int item_decode(const struct cilium_place *p, const struct doc_node *map,
		       struct port_rule *out)
{
	const struct doc_node *ports = NULL;
	int err = decode_is(p->d, map, NODE_MAP);

	if (err)
		return err;
	out->source = decode_source(p->d, map);
	err = fields_check(p, map);
	if (!err)
		err = decode_list(p->d, map, "ports", &ports);
	if (!err && ports)
		err = list_decode(p, ports, out);
	if (!err)
		err = cilium_l7_decode(p, map, out);
	return err ? err : l7_ports_check(p, map, out);
}

/* An item that names no ports matches nothing in Cilium, and so does a list of such items. */
int cilium_ports_decode(const struct cilium_place *p, const struct doc_node *list,
			struct cilium_rule *out)
{
	int err = decode_array(p->d, list->size, sizeof(*out->ports), &out->ports);

	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		struct port_rule *item = &out->ports[out->port_count];

		memset(item, 0, sizeof(*item));
		err = item_decode(p, n, item);
		if (!err && item->port_count == 0)
			err = decode_warn(p->d, n, "matches nothing: it has no ports");
		else
			out->port_count++;
	}
	if (!err && list->size > 0 && out->port_count == 0)
		cilium_peers_clear(out);
	return err;
}
