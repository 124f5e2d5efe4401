/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ClusterNetworkPolicy: in a tier the lowest priority first, of equal ones the first by name; in
 * a policy the first rule that matches decides.
 */

#include "test/lib/twin_parts.h"

static bool peer_matches(const struct question *q, const struct cluster_peer *p,
			 const struct who *who)
{
	const struct objects *o = q->packet->objects;

	switch (p->kind) {
	case CLUSTER_NAMESPACES:
		return who->pod &&
		       twin_selects_space(o, &p->namespace_selector, who->pod->meta.space);
	case CLUSTER_PODS:
		return who->pod &&
		       twin_selects_space(o, &p->namespace_selector, who->pod->meta.space) &&
		       twin_selects(&p->pod_selector, &who->pod->meta.labels);
	case CLUSTER_NODES:
		if (who->kind != WHO_HOST && who->kind != WHO_NODE)
			return false;
		return who->node ? twin_selects(&p->node_selector, &who->node->meta.labels)
				 : twin_selects(&p->node_selector, &(const struct labels){0});
	case CLUSTER_NETWORKS:
		for (size_t i = 0; i < p->network_count; i++)
			if (who_in_prefix(q->packet, who, &p->networks[i]))
				return true;
		return false;
	case CLUSTER_DOMAINS:
		return who->kind == WHO_WORLD;
	}
	return false;
}

static bool ports_match(const struct question *q, const struct cluster_rule *r)
{
	for (size_t i = 0; i < r->port_count; i++) {
		const struct cluster_port *p = &r->ports[i];

		if (p->name ? twin_named_port(&q->receiver, p->name, q->packet->proto,
					      q->packet->port)
			    : p->proto == q->packet->proto && p->first <= q->packet->port &&
				      q->packet->port <= p->last)
			return true;
	}
	return r->any_port;
}

/* False: the rule does not match, or only domains of it may. */
static bool rule_matches(const struct question *q, const struct cluster_rule *r, bool *only_domain)
{
	bool matches = false;

	*only_domain = true;
	for (size_t i = 0; i < r->peer_count; i++) {
		if (!peer_matches(q, &r->peers[i], &q->remote))
			continue;
		matches = true;
		*only_domain &= r->peers[i].kind == CLUSTER_DOMAINS;
	}
	return matches && ports_match(q, r);
}

static enum cluster_say policy_says(const struct question *q, const struct cluster_policy *p,
				    bool *passed)
{
	bool ingress = q->packet->direction == TWIN_INGRESS, only_domain;
	const struct cluster_rule *rules = ingress ? p->ingress : p->egress;
	size_t count = ingress ? p->ingress_count : p->egress_count;

	for (size_t i = 0; i < count; i++) {
		if (!rule_matches(q, &rules[i], &only_domain))
			continue;
		if (rules[i].action == CLUSTER_DENY && twin_is_audited(q, &p->notes))
			continue;
		*passed = rules[i].action == CLUSTER_PASS;
		if (rules[i].action == CLUSTER_DENY)
			return CLUSTER_SAYS_DENY;
		if (rules[i].action == CLUSTER_ACCEPT)
			return only_domain ? CLUSTER_SAYS_L7 : CLUSTER_SAYS_ACCEPT;
		return CLUSTER_SAYS_NOTHING;
	}
	return CLUSTER_SAYS_NOTHING;
}

/* The next policy of the tier behind `last`, which may be NULL. */
static const struct cluster_policy *policy_behind(const struct objects *o, enum cluster_tier tier,
						  const struct cluster_policy *last)
{
	const struct cluster_policy *next = NULL;

	for (size_t i = 0; i < o->cluster_policy_count; i++) {
		const struct cluster_policy *p = &o->cluster_policies[i];

		if (p->tier != tier || p == last)
			continue;
		if (last &&
		    (p->priority < last->priority || (p->priority == last->priority && p < last)))
			continue;
		if (!next || p->priority < next->priority)
			next = p;
	}
	return next;
}

enum cluster_say twin_cluster_policies(const struct question *q, enum cluster_tier tier)
{
	const struct objects *o = q->packet->objects;
	const struct cluster_policy *p = NULL;
	enum cluster_say say;
	bool passed = false;

	while (!passed && (p = policy_behind(o, tier, p))) {
		if (!peer_matches(q, &p->subject, &q->subject))
			continue;
		say = policy_says(q, p, &passed);
		if (say != CLUSTER_SAYS_NOTHING)
			return say;
	}
	return CLUSTER_SAYS_NOTHING;
}
