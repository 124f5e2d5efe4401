/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The tiers: ClusterNetworkPolicy Admin, then NetworkPolicy and Cilium's, then
 * ClusterNetworkPolicy Baseline, then open. In the middle deny stands over authentication, that
 * over allow, that over L7; what nobody allows is denied if a policy closes the direction.
 *
 * Denials of policies in audit mode do not count; a packet that passes without them, but not
 * with them, is TWIN_AUDIT.
 */

#include "test/lib/policy_twin.h"

#include "test/lib/twin_parts.h"

bool twin_is_audited(const struct question *q, const struct policy_notes *notes)
{
	return !q->strict && (notes->audit || q->packet->config->audit);
}

/* Closed from the beginning, and where no tier decides: endpoints, which nodes and the world are
 * not. */
static bool is_closed(const struct question *q)
{
	const struct config *c = q->packet->config;

	return c->enforcement == ENFORCE_ALWAYS && (q->strict || !c->audit) &&
	       (q->subject.kind == WHO_POD || q->subject.kind == WHO_HEALTH ||
		q->subject.kind == WHO_INGRESS);
}

static enum twin_result cluster_result(enum cluster_say say)
{
	if (say == CLUSTER_SAYS_ACCEPT)
		return TWIN_ALLOW;
	return say == CLUSTER_SAYS_DENY ? TWIN_DENY : TWIN_L7;
}

static enum twin_result judge(const struct question *q)
{
	struct opinion o = {0};
	enum cluster_say say = twin_cluster_policies(q, CLUSTER_ADMIN);

	if (say != CLUSTER_SAYS_NOTHING)
		return cluster_result(say);
	twin_network_policies(q, &o);
	twin_cilium_policies(q, &o);
	if (o.denied)
		return TWIN_DENY;
	if (o.auth)
		return TWIN_AUTH;
	if (o.allowed)
		return TWIN_ALLOW;
	if (o.l7)
		return TWIN_L7;
	if (o.isolated)
		return TWIN_DENY;
	say = twin_cluster_policies(q, CLUSTER_BASELINE);
	if (say != CLUSTER_SAYS_NOTHING)
		return cluster_result(say);
	return is_closed(q) ? TWIN_DENY : TWIN_OPEN;
}

enum twin_result twin_judge(const struct twin_packet *packet)
{
	bool ingress = packet->direction == TWIN_INGRESS;
	struct question q = {.packet = packet};
	enum twin_result lenient, strict;

	if (packet->config->enforcement == ENFORCE_NEVER)
		return TWIN_OPEN;
	q.receiver = who_is(packet, packet->dst);
	q.subject = ingress ? q.receiver : who_is(packet, packet->src);
	q.remote = ingress ? who_is(packet, packet->src) : q.receiver;
	lenient = judge(&q);
	q.strict = true;
	strict = judge(&q);
	if ((strict == TWIN_DENY || strict == TWIN_AUTH) &&
	    (lenient == TWIN_OPEN || lenient == TWIN_ALLOW))
		return TWIN_AUDIT;
	return lenient;
}

const char *twin_result_name(enum twin_result result)
{
	static const char *const names[TWIN_RESULTS] = {
		[TWIN_OPEN] = "open", [TWIN_ALLOW] = "allow", [TWIN_DENY] = "deny",
		[TWIN_AUTH] = "auth", [TWIN_L7] = "l7",	      [TWIN_AUDIT] = "audit",
	};

	return names[result];
}
