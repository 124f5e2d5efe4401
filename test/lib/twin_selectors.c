/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Selectors, term by term: Kubernetes' of plain labels, Cilium's of labels with a source, which
 * pods, nodes and all that is reserved have.
 */

#include <string.h>

#include "test/lib/twin_parts.h"

#define SPACE_LABELS "io.cilium.k8s.namespace.labels."
#define GROUP_NAME   "io.cilium.policy.cidrgroupname/"
#define VALUES_MAX   8

bool twin_term_holds(const struct selector_term *t, const char *value)
{
	bool in = false;

	for (size_t i = 0; value && i < t->value_count; i++)
		in |= strcmp(t->values[i], value) == 0;
	switch (t->op) {
	case SELECTOR_IN:
		return in;
	case SELECTOR_NOT_IN:
		return !in;
	case SELECTOR_EXISTS:
		return value;
	case SELECTOR_DOES_NOT_EXIST:
		return !value;
	}
	return false;
}

const char *twin_label(const struct labels *labels, const char *key)
{
	for (size_t i = 0; i < labels->count; i++)
		if (strcmp(labels->items[i].key, key) == 0)
			return labels->items[i].value;
	return NULL;
}

bool twin_selects(const struct selector *s, const struct labels *labels)
{
	for (size_t i = 0; i < s->count; i++)
		if (!twin_term_holds(&s->terms[i], twin_label(labels, s->terms[i].key)))
			return false;
	return true;
}

static const char *space_label(const struct objects *o, const char *name, const char *key)
{
	const char *value = NULL;

	for (size_t i = 0; i < o->namespace_count; i++)
		if (strcmp(o->namespaces[i].meta.name, name) == 0)
			value = twin_label(&o->namespaces[i].meta.labels, key);
	if (!value && strcmp(key, "kubernetes.io/metadata.name") == 0)
		value = name;
	return value;
}

bool twin_selects_space(const struct objects *o, const struct selector *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (!twin_term_holds(&s->terms[i], space_label(o, name, s->terms[i].key)))
			return false;
	return true;
}

/* Labels of source k8s. */
static const char *pod_label(const struct objects *o, const struct pod_object *pod, const char *key)
{
	if (strcmp(key, "io.kubernetes.pod.namespace") == 0)
		return pod->meta.space;
	if (strcmp(key, "io.cilium.k8s.policy.cluster") == 0)
		return "default";
	if (strcmp(key, "io.cilium.k8s.policy.serviceaccount") == 0)
		return pod->service_account && *pod->service_account ? pod->service_account : NULL;
	if (strncmp(key, SPACE_LABELS, strlen(SPACE_LABELS)) == 0)
		return space_label(o, pod->meta.space, key + strlen(SPACE_LABELS));
	return twin_label(&pod->meta.labels, key);
}

static const char *reserved_label(const struct who *who, const char *key)
{
	static const char *const words[] = {
		[WHO_WORLD] = "world",	 [WHO_HOST] = "host",	    [WHO_NODE] = "remote-node",
		[WHO_HEALTH] = "health", [WHO_INGRESS] = "ingress",
	};

	if (who->is_apiserver && strcmp(key, "kube-apiserver") == 0)
		return "";
	if (who->kind == WHO_POD)
		return NULL;
	if (who->kind == WHO_WORLD &&
	    strcmp(key, addr_is_v4(who->addr) ? "world-ipv4" : "world-ipv6") == 0)
		return "";
	return strcmp(key, words[who->kind]) == 0 ? "" : NULL;
}

/* The source before the colon, or "any". */
static bool source_is(const char *key, const char *source)
{
	const char *colon = strchr(key, ':');
	size_t size = colon ? (size_t)(colon - key) : 0;

	return !colon || (size == 3 && memcmp(key, "any", 3) == 0) ||
	       (size == strlen(source) && memcmp(key, source, size) == 0);
}

/* Labels of CIDR groups, and one for their names, are those of the addresses outside in them. */
static void group_labels(const struct objects *o, const struct who *who, const char *key,
			 const char **values, size_t *count)
{
	const char *slash = strrchr(key, '/');

	for (size_t g = 0; g < o->cidr_group_count; g++) {
		const struct cidr_group *group = &o->cidr_groups[g];
		const char *value = twin_label(&group->meta.labels, key);
		bool holds = false;

		for (size_t c = 0; c < group->cidr_count; c++)
			holds |= prefix_is_v4(&group->cidrs[c]) == addr_is_v4(who->addr) &&
				 prefix_contains(&group->cidrs[c], who->addr);
		if (slash && strncmp(key, GROUP_NAME, strlen(GROUP_NAME)) == 0 &&
		    strcmp(slash + 1, group->meta.name) == 0)
			value = "";
		if (holds && value && *count < VALUES_MAX)
			values[(*count)++] = value;
	}
}

/* All that an identity has under a key: of several sources there may be several. */
static size_t who_labels(const struct objects *o, const struct who *who, const char *key,
			 const char **values)
{
	const char *colon = strchr(key, ':'), *name = colon ? colon + 1 : key;
	size_t count = 0;

	if (who->pod && source_is(key, "k8s") && pod_label(o, who->pod, name))
		values[count++] = pod_label(o, who->pod, name);
	if (who->node && source_is(key, "node") && twin_label(&who->node->meta.labels, name))
		values[count++] = twin_label(&who->node->meta.labels, name);
	if (source_is(key, "reserved") && reserved_label(who, name))
		values[count++] = reserved_label(who, name);
	/* Only for who asks for that source: labels of pods are not to be found on CIDRs. */
	if (who->kind == WHO_WORLD && colon && source_is(key, "cidrgroup") &&
	    !source_is(key, "any"))
		group_labels(o, who, name, values, &count);
	return count;
}

static bool cilium_term_holds(const struct objects *o, const struct selector_term *t,
			      const struct who *who)
{
	const char *values[VALUES_MAX + 3];
	size_t count = who_labels(o, who, t->key, values);
	bool in = false;

	for (size_t v = 0; v < count; v++)
		for (size_t i = 0; i < t->value_count; i++)
			in |= strcmp(t->values[i], values[v]) == 0;
	switch (t->op) {
	case SELECTOR_IN:
		return in;
	case SELECTOR_NOT_IN:
		return !in;
	case SELECTOR_EXISTS:
		return count > 0;
	case SELECTOR_DOES_NOT_EXIST:
		return count == 0;
	}
	return false;
}

bool twin_cilium_selects(const struct objects *o, const struct selector *s, const struct who *who)
{
	for (size_t i = 0; i < s->count; i++)
		if (!cilium_term_holds(o, &s->terms[i], who))
			return false;
	return true;
}

static bool entity_holds(enum cilium_entity entity, const struct who *who)
{
	bool v4 = addr_is_v4(who->addr);

	switch (entity) {
	case ENTITY_ALL:
		return true;
	case ENTITY_WORLD:
		return who->kind == WHO_WORLD;
	case ENTITY_WORLD_IPV4:
		return who->kind == WHO_WORLD && v4;
	case ENTITY_WORLD_IPV6:
		return who->kind == WHO_WORLD && !v4;
	case ENTITY_CLUSTER:
	case ENTITY_CLUSTER_MESH:
		return who->kind != WHO_WORLD || who->is_apiserver;
	case ENTITY_HOST:
		return who->kind == WHO_HOST;
	case ENTITY_REMOTE_NODE:
		return who->kind == WHO_NODE;
	case ENTITY_KUBE_APISERVER:
		return who->is_apiserver;
	case ENTITY_INGRESS:
		return who->kind == WHO_INGRESS;
	case ENTITY_HEALTH:
		return who->kind == WHO_HEALTH;
	case ENTITY_INIT:
	case ENTITY_UNMANAGED:
	case ENTITY_NONE:
	case ENTITIES:
		return false;
	}
	return false;
}

bool twin_entities_hold(uint32_t entities, const struct who *who)
{
	for (int e = 0; e < ENTITIES; e++)
		if ((entities & 1u << e) && entity_holds((enum cilium_entity)e, who))
			return true;
	return false;
}
