/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What policies can ask of pods and nodes.
 *
 * Labels that tell the copies of one workload apart (Cilium's default exclusions) do not count,
 * unless a selector of some policy names them: what a policy can see is never ignored. Labels of
 * nodes count only when a selector of nodes names them.
 */

#include <string.h>

#include "control/compile/cilium_labels.h"
#include "control/compile/world.h"

/* A pattern that ends in '/' stands for every key that begins so. */
static const char *const noise[] = {
	"apps.kubernetes.io/",
	"batch.kubernetes.io/",
	"beta.kubernetes.io/",
	"controller-revision-hash",
	"controller-uid",
	"io.kubernetes/",
	"k8s.io/",
	"kubernetes.io/",
	"pod-template-generation",
	"pod-template-hash",
	"statefulset.kubernetes.io/",
};

static void see(struct intern *seen, const char *text)
{
	(void)intern_add(seen, text, strlen(text), NULL);
}

static void see_selector(struct visible *v, const struct selector *selector)
{
	for (size_t i = 0; i < selector->count; i++)
		see(&v->keys, selector->terms[i].key);
}

/* Speaks of a pod's namespace or its labels, so that it selects nothing but pods. */
static bool selects_pods_only(const struct selector *selector)
{
	for (size_t i = 0; i < selector->count; i++)
		if (term_asks_pods(&selector->terms[i]))
			return true;
	return false;
}

static void see_cilium_selector(struct visible *v, const struct selector *selector)
{
	bool pods_only = selects_pods_only(selector);
	const char *name;

	for (size_t i = 0; i < selector->count; i++) {
		enum label_source source = label_source(selector->terms[i].key, &name);

		if (source == SOURCE_NODE || (source == SOURCE_ANY && !pods_only))
			see(&v->node_keys, name);
		v->groups |= source == SOURCE_GROUP;
		if (source != SOURCE_K8S && source != SOURCE_ANY)
			continue;
		see(&v->keys, name);
		v->accounts |= strcmp(name, LABEL_ACCOUNT) == 0;
		v->spaces |= strncmp(name, LABEL_SPACE_LABELS, strlen(LABEL_SPACE_LABELS)) == 0;
	}
}

static void see_node_selector(struct visible *v, const struct selector *selector)
{
	const char *name;

	for (size_t i = 0; i < selector->count; i++)
		if (label_source(selector->terms[i].key, &name) != SOURCE_RESERVED)
			see(&v->node_keys, name);
}

static void see_rules(struct visible *v, const struct policy_rule *rules, size_t count)
{
	for (size_t k = 0; k < count; k++) {
		const struct policy_rule *r = &rules[k];

		for (size_t i = 0; i < r->peer_count; i++) {
			if (r->peers[i].is_block)
				continue;
			see_selector(v, &r->peers[i].pod_selector);
			v->spaces |= r->peers[i].namespace_selector.count > 0;
		}
		for (size_t i = 0; i < r->port_count; i++)
			if (r->ports[i].name)
				see(&v->ports, r->ports[i].name);
	}
}

static void see_cilium_rule(struct visible *v, const struct cilium_rule *r)
{
	for (size_t i = 0; i < r->endpoint_count; i++)
		see_cilium_selector(v, &r->endpoints[i]);
	for (size_t i = 0; i < r->node_count; i++)
		see_node_selector(v, &r->nodes[i]);
	v->services |= r->service_count > 0;
	for (size_t i = 0; i < r->port_count; i++)
		for (size_t p = 0; p < r->ports[i].port_count; p++)
			if (r->ports[i].ports[p].name)
				see(&v->ports, r->ports[i].ports[p].name);
}

static void see_cilium_policies(struct visible *v, const struct cilium_policy *policies,
				size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t s = 0; s < policies[i].spec_count; s++) {
			const struct cilium_spec *spec = &policies[i].specs[s];

			if (spec->selects_nodes)
				see_node_selector(v, &spec->subjects);
			else
				see_cilium_selector(v, &spec->subjects);
			for (int list = 0; list < CILIUM_LISTS; list++)
				for (size_t r = 0; r < spec->rule_count[list]; r++)
					see_cilium_rule(v, &spec->rules[list][r]);
		}
}

static void see_cluster_peer(struct visible *v, const struct cluster_peer *peer)
{
	see_selector(v, &peer->pod_selector);
	see_node_selector(v, &peer->node_selector);
	v->spaces |= peer->namespace_selector.count > 0;
}

static void see_cluster_rules(struct visible *v, const struct cluster_rule *rules, size_t count)
{
	for (size_t k = 0; k < count; k++) {
		for (size_t i = 0; i < rules[k].peer_count; i++)
			see_cluster_peer(v, &rules[k].peers[i]);
		for (size_t i = 0; i < rules[k].port_count; i++)
			if (rules[k].ports[i].name)
				see(&v->ports, rules[k].ports[i].name);
	}
}

static void see_kubernetes(struct visible *v, const struct objects *objects)
{
	for (size_t i = 0; i < objects->network_policy_count; i++) {
		const struct network_policy *p = &objects->network_policies[i];

		see_selector(v, &p->pod_selector);
		see_rules(v, p->ingress, p->ingress_count);
		see_rules(v, p->egress, p->egress_count);
	}
	for (size_t i = 0; i < objects->cluster_policy_count; i++) {
		const struct cluster_policy *p = &objects->cluster_policies[i];

		see_cluster_peer(v, &p->subject);
		see_cluster_rules(v, p->ingress, p->ingress_count);
		see_cluster_rules(v, p->egress, p->egress_count);
	}
	for (size_t i = 0; i < objects->egress_policy_count; i++)
		for (size_t s = 0; s < objects->egress_policies[i].selector_count; s++) {
			const struct egress_selector *e = &objects->egress_policies[i].selectors[s];

			see_selector(v, &e->pod_selector);
			v->spaces |= e->namespace_selector.count > 0;
		}
}

void visible_build(struct world *w)
{
	const struct objects *objects = w->in->objects;
	struct visible *v = &w->visible;

	see_kubernetes(v, objects);
	see_cilium_policies(v, objects->cilium_policies, objects->cilium_policy_count);
	see_cilium_policies(v, objects->clusterwide_policies, objects->clusterwide_policy_count);
	for (size_t i = 0; i < objects->service_count && v->services; i++)
		see_selector(v, &objects->services[i].selector);
}

void visible_free(struct visible *v)
{
	intern_free(&v->keys);
	intern_free(&v->ports);
	intern_free(&v->node_keys);
}

bool label_is_noise(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(noise); i++) {
		size_t size = strlen(noise[i]);
		bool all = noise[i][size - 1] == '/';

		if (all ? strncmp(key, noise[i], size) == 0 : strcmp(key, noise[i]) == 0)
			return true;
	}
	return false;
}

bool label_visible(const struct visible *v, const char *key)
{
	return !label_is_noise(key) || intern_find(&v->keys, key, strlen(key)) != INTERN_NONE;
}
