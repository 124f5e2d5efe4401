/* SPDX-License-Identifier: Apache-2.0 */

/* NetworkPolicy, rule by rule. */

#include <string.h>

#include "test/lib/twin_parts.h"

static bool block_matches(const struct question *q, const struct ip_block *b)
{
	for (size_t i = 0; i < b->except_count; i++)
		if (who_in_prefix(q->packet, &q->remote, &b->except[i]))
			return false;
	return who_in_prefix(q->packet, &q->remote, &b->cidr);
}

static bool peer_matches(const struct question *q, const char *space, const struct policy_peer *p)
{
	const struct pod_object *pod = q->remote.pod;

	if (p->is_block)
		return block_matches(q, &p->block);
	if (!pod || !twin_selects(&p->pod_selector, &pod->meta.labels))
		return false;
	if (p->namespace_selector.present)
		return twin_selects_space(q->packet->objects, &p->namespace_selector,
					  pod->meta.space);
	return strcmp(space, pod->meta.space) == 0;
}

static bool port_matches(const struct question *q, const struct policy_port *p)
{
	if (p->proto != q->packet->proto)
		return false;
	if (!p->has_port)
		return true;
	if (p->name)
		return twin_named_port(&q->receiver, p->name, p->proto, q->packet->port);
	return p->first <= q->packet->port && q->packet->port <= p->last;
}

static bool rule_matches(const struct question *q, const char *space, const struct policy_rule *r)
{
	bool peer = r->any_peer, port = r->any_port;

	for (size_t i = 0; !r->any_peer && i < r->peer_count; i++)
		peer |= peer_matches(q, space, &r->peers[i]);
	for (size_t i = 0; !r->any_port && i < r->port_count; i++)
		port |= port_matches(q, &r->ports[i]);
	return peer && port;
}

void twin_network_policies(const struct question *q, struct opinion *out)
{
	const struct objects *o = q->packet->objects;
	const struct pod_object *pod = q->subject.pod;
	bool ingress = q->packet->direction == TWIN_INGRESS;

	for (size_t i = 0; pod && i < o->network_policy_count; i++) {
		const struct network_policy *p = &o->network_policies[i];
		const struct policy_rule *rules = ingress ? p->ingress : p->egress;
		size_t count = ingress ? p->ingress_count : p->egress_count;

		if (strcmp(p->meta.space, pod->meta.space) != 0 ||
		    !twin_selects(&p->pod_selector, &pod->meta.labels) ||
		    !(ingress ? p->applies_ingress : p->applies_egress))
			continue;
		out->isolated |= !twin_is_audited(q, &p->notes);
		for (size_t r = 0; r < count; r++)
			out->allowed |= rule_matches(q, p->meta.space, &rules[r]);
	}
}
