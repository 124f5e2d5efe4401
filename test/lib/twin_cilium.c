/* SPDX-License-Identifier: Apache-2.0 */

/*
 * CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy, rule by rule.
 */

#include <netinet/in.h>
#include <string.h>

#include "test/lib/twin_parts.h"

/* How a peer was met: by a CIDR of which length, or perhaps by a name. */
struct meeting {
	bool met;
	bool by_name;
	int length; /* -1: not by CIDR */
};

static bool is_excepted(const struct question *q, const struct cidr_rule *r)
{
	for (size_t i = 0; i < r->except_count; i++)
		if (prefix_contains(&r->except[i], q->remote.addr))
			return true;
	return false;
}

static void cidr_meets(const struct question *q, const struct cidr_rule *r, struct meeting *m)
{
	const struct objects *o = q->packet->objects;

	if (is_excepted(q, r))
		return;
	if (r->has_cidr && who_in_prefix(q->packet, &q->remote, &r->cidr)) {
		m->met = true;
		m->length = m->length > r->cidr.len ? m->length : r->cidr.len;
	}
	for (size_t g = 0; !r->has_cidr && g < o->cidr_group_count; g++) {
		const struct cidr_group *group = &o->cidr_groups[g];

		if (r->group ? strcmp(group->meta.name, r->group) != 0
			     : !twin_selects(&r->group_selector, &group->meta.labels))
			continue;
		for (size_t c = 0; c < group->cidr_count; c++) {
			if (!who_in_prefix(q->packet, &q->remote, &group->cidrs[c]))
				continue;
			m->met = true;
			m->length =
				m->length > group->cidrs[c].len ? m->length : group->cidrs[c].len;
		}
	}
}

static bool is_endpoint_of(const struct question *q, const struct service_object *service)
{
	const struct objects *o = q->packet->objects;

	for (size_t i = 0; i < o->endpoint_slice_count; i++) {
		const struct endpoint_slice *slice = &o->endpoint_slices[i];

		if (strcmp(slice->meta.space, service->meta.space) != 0 ||
		    strcmp(slice->service, service->meta.name) != 0)
			continue;
		for (size_t a = 0; a < slice->address_count; a++) {
			struct prefix host = {.addr = slice->addresses[a], .len = 128};

			if (who_in_prefix(q->packet, &q->remote, &host))
				return true;
		}
	}
	return false;
}

/* Labels of services have no source; selectors may say that they come from Kubernetes. */
static bool selects_service(const struct selector *selector, const struct service_object *service)
{
	for (size_t i = 0; i < selector->count; i++) {
		const char *key = selector->terms[i].key;
		const char *plain = strncmp(key, "k8s:", 4) == 0 ? key + 4 : key;

		if (!twin_term_holds(&selector->terms[i], twin_label(&service->meta.labels, plain)))
			return false;
	}
	return true;
}

static bool service_meets(const struct question *q, const struct service_ref *ref)
{
	const struct objects *o = q->packet->objects;
	const struct pod_object *pod = q->remote.pod;

	for (size_t i = 0; i < o->service_count; i++) {
		const struct service_object *s = &o->services[i];

		if (*ref->space && strcmp(ref->space, s->meta.space) != 0)
			continue;
		if (ref->name ? strcmp(ref->name, s->meta.name) != 0
			      : !selects_service(&ref->selector, s))
			continue;
		if (!s->selector.present && is_endpoint_of(q, s))
			return true;
		if (s->selector.present && pod && strcmp(pod->meta.space, s->meta.space) == 0 &&
		    twin_selects(&s->selector, &pod->meta.labels))
			return true;
	}
	return false;
}

static struct meeting rule_meets(const struct question *q, const struct cilium_rule *r)
{
	const struct objects *o = q->packet->objects;
	struct meeting m = {.met = r->any_peer, .length = -1};

	for (size_t i = 0; i < r->endpoint_count; i++)
		m.met |= twin_cilium_selects(o, &r->endpoints[i], &q->remote);
	for (size_t i = 0; i < r->cidr_count; i++)
		cidr_meets(q, &r->cidrs[i], &m);
	m.met |= twin_entities_hold(r->entities, &q->remote);
	for (size_t i = 0; i < r->node_count; i++)
		m.met |= (q->remote.kind == WHO_HOST || q->remote.kind == WHO_NODE) &&
			 twin_cilium_selects(o, &r->nodes[i], &q->remote);
	for (size_t i = 0; i < r->service_count; i++)
		m.met |= service_meets(q, &r->services[i]);
	m.by_name = r->fqdn_count > 0 && q->remote.kind == WHO_WORLD;
	m.met |= m.by_name;
	return m;
}

static bool port_matches(const struct question *q, const struct cilium_port *p)
{
	uint8_t proto = q->packet->proto;
	bool has_ports = proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP;

	if (p->any_proto ? !has_ports : p->proto != proto)
		return false;
	if (p->any_port)
		return true;
	if (p->name)
		return twin_named_port(&q->receiver, p->name, proto, q->packet->port);
	return p->first <= q->packet->port && q->packet->port <= p->last;
}

static bool icmp_matches(const struct question *q, const struct icmp_field *f)
{
	return q->packet->proto == (f->is_v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP) &&
	       q->packet->port == f->type;
}

/* What the rule lets pass: plainly, or with a look inside. */
static void rule_passes(const struct question *q, const struct cilium_rule *r, bool *plain,
			bool *l7)
{
	bool everything = r->port_count == 0 && !r->has_icmps;

	*plain = everything && !r->any_peer;
	*l7 = false;
	for (size_t i = 0; i < r->icmp_count; i++)
		*plain |= icmp_matches(q, &r->icmps[i]);
	for (size_t i = 0; i < r->port_count; i++) {
		const struct port_rule *p = &r->ports[i];
		bool matches = p->port_count == 0;

		for (size_t k = 0; k < p->port_count; k++)
			matches |= port_matches(q, &p->ports[k]);
		if (matches)
			*(p->l7_count > 0 ? l7 : plain) = true;
	}
}

/* What one policy says; the longest CIDRs that allow and that deny. */
struct stance {
	struct opinion opinion;
	bool denied_otherwise; /* not by CIDR */
	int allow_length;
	int deny_length;
};

static void rule_judge(const struct question *q, const struct cilium_rule *r, bool deny,
		       struct stance *s)
{
	struct meeting m = rule_meets(q, r);
	bool plain, l7;
	int *length = deny ? &s->deny_length : &s->allow_length;

	rule_passes(q, r, &plain, &l7);
	if (!m.met || (!plain && !l7))
		return;
	*length = *length > m.length ? *length : m.length;
	if (deny)
		s->denied_otherwise |= m.length < 0;
	else if (r->auth == AUTH_REQUIRED || r->auth == AUTH_ALWAYS_FAIL)
		s->opinion.auth = true;
	else if (plain && !m.by_name)
		s->opinion.allowed = true;
	else
		s->opinion.l7 = true;
}

static bool spec_selects(const struct question *q, const struct cilium_spec *spec)
{
	bool node = q->subject.kind == WHO_HOST || q->subject.kind == WHO_NODE;

	return q->subject.kind != WHO_WORLD && spec->selects_nodes == node &&
	       twin_cilium_selects(q->packet->objects, &spec->subjects, &q->subject);
}

static void policy_judge(const struct question *q, const struct cilium_policy *p,
			 struct opinion *out)
{
	struct stance s = {.allow_length = -1, .deny_length = -1};
	bool ingress = q->packet->direction == TWIN_INGRESS, audited, denied;

	for (size_t i = 0; i < p->spec_count; i++) {
		const struct cilium_spec *spec = &p->specs[i];
		int allow = ingress ? CILIUM_INGRESS : CILIUM_EGRESS;
		int deny = ingress ? CILIUM_INGRESS_DENY : CILIUM_EGRESS_DENY;

		if (!spec_selects(q, spec))
			continue;
		s.opinion.isolated |= ingress ? spec->deny_ingress : spec->deny_egress;
		for (size_t r = 0; r < spec->rule_count[allow]; r++)
			rule_judge(q, &spec->rules[allow][r], false, &s);
		for (size_t r = 0; r < spec->rule_count[deny]; r++)
			rule_judge(q, &spec->rules[deny][r], true, &s);
	}
	audited = twin_is_audited(q, &p->notes);
	denied = s.denied_otherwise || (s.deny_length >= 0 && !(p->notes.longest_prefix &&
								s.allow_length > s.deny_length));
	out->isolated |= s.opinion.isolated && !audited;
	out->denied |= denied && !audited;
	out->auth |= s.opinion.auth && !audited;
	out->allowed |= s.opinion.allowed;
	out->l7 |= s.opinion.l7;
}

void twin_cilium_policies(const struct question *q, struct opinion *out)
{
	const struct objects *o = q->packet->objects;

	for (size_t i = 0; i < o->cilium_policy_count; i++)
		policy_judge(q, &o->cilium_policies[i], out);
	for (size_t i = 0; i < o->clusterwide_policy_count; i++)
		policy_judge(q, &o->clusterwide_policies[i], out);
}
