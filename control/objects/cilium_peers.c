/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a rule of a Cilium policy speaks of: from* on ingress, to* on egress.
 *
 * A rule has one kind of peers. A list that is written and empty selects nobody, whatever stands
 * beside it. Ours alone is toFQDNs in egressDeny.
 */

#include <ctype.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/cilium_decode.h"
#include "control/objects/syntax.h"

#define FQDN_MAX   255
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

static int endpoints_decode(const struct cilium_place *p, const struct doc_node *list,
			    struct cilium_rule *out)
{
	int err = decode_array(p->d, list->size, sizeof(*out->endpoints), &out->endpoints);

	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = cilium_endpoints_decode(p, n, &out->endpoints[out->endpoint_count++]);
	return err;
}

static int nodes_decode(const struct cilium_place *p, const struct doc_node *list,
			struct cilium_rule *out)
{
	int err = decode_array(p->d, list->size, sizeof(*out->nodes), &out->nodes);

	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = cilium_selector_decode(p, n, &out->nodes[out->node_count++]);
	return err;
}

/* An address alone is a prefix of one address here, but not in *CIDRSet. */
static int cidr_decode(struct decode *d, const struct doc_node *node, struct prefix *out)
{
	int err = decode_is(d, node, NODE_STRING);

	if (err || strchr(node->text, '/'))
		return err ? err : decode_cidr(d, node, out);
	out->len = 128;
	return decode_addr(d, node, &out->addr);
}

static int cidrs_decode(const struct cilium_place *p, const struct doc_node *list,
			struct cilium_rule *out)
{
	int err = decode_array(p->d, list->size, sizeof(*out->cidrs), &out->cidrs);

	for (const struct doc_node *n = list->first; n && !err; n = n->next) {
		struct cidr_rule *rule = &out->cidrs[out->cidr_count++];

		rule->has_cidr = true;
		err = cidr_decode(p->d, n, &rule->cidr);
	}
	return err;
}

static int except_decode(struct decode *d, const struct doc_node *list, struct cidr_rule *out)
{
	const struct doc_node *node = list->first;
	int err = decode_cidrs(d, list, &out->except, &out->except_count);

	for (size_t i = 0; i < out->except_count && !err && out->has_cidr; i++) {
		if (prefix_is_v4(&out->except[i]) != prefix_is_v4(&out->cidr) ||
		    !prefix_covers(&out->cidr, &out->except[i]))
			return decode_fail(d, node, WORD " must lie inside `cidr`", node->text);
		node = node->next;
	}
	return err;
}

static int group_decode(struct decode *d, const struct doc_node *name, const char **out)
{
	const char *fault = dns_subdomain_fault(name->text);

	return fault ? decode_fail(d, name, "%s", fault) : decode_intern(d, name, out);
}

static int cidr_rule_decode(struct decode *d, const struct doc_node *map, struct cidr_rule *out)
{
	static const char *const fields[] = {"cidr", "cidrGroupRef", "cidrGroupSelector", "except",
					     NULL};
	const struct doc_node *cidr, *name, *except;
	int err = decode_is(d, map, NODE_MAP);

	if (!err)
		err = decode_only(d, map, fields);
	if (!err)
		err = decode_string(d, map, "cidr", &cidr);
	if (!err)
		err = decode_string(d, map, "cidrGroupRef", &name);
	if (!err)
		err = decode_selector(d, map, "cidrGroupSelector", &out->group_selector);
	if (!err)
		err = decode_list(d, map, "except", &except);
	if (err)
		return err;
	if ((cidr != NULL) + (name != NULL) + out->group_selector.present != 1)
		return decode_fail(
			d, map,
			"must have exactly one of cidr, cidrGroupRef and cidrGroupSelector");
	out->has_cidr = cidr != NULL;
	if (cidr)
		err = decode_cidr(d, cidr, &out->cidr);
	if (name)
		err = group_decode(d, name, &out->group);
	return err || !except ? err : except_decode(d, except, out);
}

static int cidr_set_decode(const struct cilium_place *p, const struct doc_node *list,
			   struct cilium_rule *out)
{
	int err = decode_array(p->d, list->size, sizeof(*out->cidrs), &out->cidrs);

	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = cidr_rule_decode(p->d, n, &out->cidrs[out->cidr_count++]);
	return err;
}

static int entity_decode(struct decode *d, const struct doc_node *node, uint32_t *out)
{
	static const char *const words[ENTITIES] = {
#define ENTITY(name, word) [ENTITY_##name] = (word),
#include "control/objects/entities.def"
#undef ENTITY
	};
	int err = decode_is(d, node, NODE_STRING);

	if (err)
		return err;
	for (uint32_t i = 0; i < ENTITIES; i++) {
		if (strcmp(words[i], node->text) == 0) {
			*out |= UINT32_C(1) << i;
			return 0;
		}
	}
	return decode_fail(d, node, WORD " is not an entity", node->text);
}

static int entities_decode(const struct cilium_place *p, const struct doc_node *list,
			   struct cilium_rule *out)
{
	int err = 0;

	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = entity_decode(p->d, n, &out->entities);
	return err;
}

static int service_space_decode(struct decode *d, const struct doc_node *map,
				struct service_ref *out)
{
	const struct doc_node *space;
	const char *fault;
	int err = decode_string(d, map, "namespace", &space);

	out->space = "";
	if (err || !space || space->size == 0)
		return err;
	fault = dns_label_fault(space->text);
	return fault ? decode_fail(d, space, "%s", fault) : decode_intern(d, space, &out->space);
}

static int service_name_decode(struct decode *d, const struct doc_node *map,
			       struct service_ref *out)
{
	static const char *const fields[] = {"serviceName", "namespace", NULL};
	const struct doc_node *name;
	const char *fault;
	int err = decode_only(d, map, fields);

	if (!err)
		err = decode_string(d, map, "serviceName", &name);
	if (err)
		return err;
	if (!name)
		return decode_fail_key(d, map, "serviceName", "is required");
	fault = dns_label_fault(name->text);
	if (fault)
		return decode_fail(d, name, "%s", fault);
	err = decode_intern(d, name, &out->name);
	return err ? err : service_space_decode(d, map, out);
}

static int service_selector_decode(const struct cilium_place *p, const struct doc_node *map,
				   struct service_ref *out)
{
	static const char *const fields[] = {"selector", "namespace", NULL};
	const struct doc_node *selector = node_get(map, "selector");
	int err = decode_only(p->d, map, fields);

	if (err)
		return err;
	if (!selector)
		return decode_fail_key(p->d, map, "selector", "is required");
	err = cilium_selector_decode(p, selector, &out->selector);
	return err ? err : service_space_decode(p->d, map, out);
}

static int service_decode(const struct cilium_place *p, const struct doc_node *map,
			  struct service_ref *out)
{
	static const char *const fields[] = {"k8sService", "k8sServiceSelector", NULL};
	const struct doc_node *name = NULL, *selector = NULL;
	int err = decode_is(p->d, map, NODE_MAP);

	if (!err)
		err = decode_only(p->d, map, fields);
	if (!err)
		err = decode_map(p->d, map, "k8sService", &name);
	if (!err)
		err = decode_map(p->d, map, "k8sServiceSelector", &selector);
	if (err)
		return err;
	if (!name == !selector)
		return decode_fail(p->d, map,
				   "must have exactly one of k8sService and k8sServiceSelector");
	return name ? service_name_decode(p->d, name, out)
		    : service_selector_decode(p, selector, out);
}

static int services_decode(const struct cilium_place *p, const struct doc_node *list,
			   struct cilium_rule *out)
{
	int err = decode_array(p->d, list->size, sizeof(*out->services), &out->services);

	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = service_decode(p, n, &out->services[out->service_count++]);
	return err;
}

int cilium_fqdn_word(const struct cilium_place *p, const struct doc_node *node, bool is_pattern,
		     const char **out)
{
	const char *chars = is_pattern ? "*" NAME_CHARS "." : NAME_CHARS ".";
	size_t size = strlen(node->text);
	char word[FQDN_MAX + 1] = "";

	if (size == 0)
		return decode_fail(p->d, node, "must not be empty");
	if (size > FQDN_MAX)
		return decode_fail(p->d, node, "must be no more than %d characters", FQDN_MAX);
	if (strspn(node->text, chars) != size || node->text[0] == '.' || strstr(node->text, ".."))
		return decode_fail(p->d, node,
				   WORD " must be labels of letters, digits, `-`%s and `_` with "
					"single dots between",
				   node->text, is_pattern ? ", `*`" : "");
	for (size_t i = 0; i < size; i++)
		word[i] = (char)tolower((unsigned char)node->text[i]);
	if (word[size - 1] == '.')
		word[size - 1] = '\0';
	return cilium_text(p, out, "%s", word);
}

int cilium_fqdn_decode(const struct cilium_place *p, const struct doc_node *map,
		       struct fqdn_rule *out)
{
	static const char *const fields[] = {"matchName", "matchPattern", NULL};
	const struct doc_node *name = NULL, *pattern = NULL;
	int err = decode_is(p->d, map, NODE_MAP);

	if (!err)
		err = decode_only(p->d, map, fields);
	if (!err)
		err = decode_string(p->d, map, "matchName", &name);
	if (!err)
		err = decode_string(p->d, map, "matchPattern", &pattern);
	if (err)
		return err;
	if (!name == !pattern)
		return decode_fail(p->d, map,
				   "must have exactly one of matchName and matchPattern");
	out->is_pattern = pattern != NULL;
	return cilium_fqdn_word(p, pattern ? pattern : name, out->is_pattern, &out->text);
}

static int fqdns_decode(const struct cilium_place *p, const struct doc_node *list,
			struct cilium_rule *out)
{
	int err = decode_array(p->d, list->size, sizeof(*out->fqdns), &out->fqdns);

	for (const struct doc_node *n = list->first; n && !err; n = n->next)
		err = cilium_fqdn_decode(p, n, &out->fqdns[out->fqdn_count++]);
	return err;
}

struct peer_kind {
	const char *ingress;
	const char *egress;
	int (*decode)(const struct cilium_place *p, const struct doc_node *list,
		      struct cilium_rule *out);
};

static const struct peer_kind peer_kinds[] = {
	{"fromEndpoints", "toEndpoints", endpoints_decode},
	{"fromCIDR", "toCIDR", cidrs_decode},
	{"fromCIDRSet", "toCIDRSet", cidr_set_decode},
	{"fromEntities", "toEntities", entities_decode},
	{"fromNodes", "toNodes", nodes_decode},
	{NULL, "toServices", services_decode},
	{NULL, "toFQDNs", fqdns_decode},
};

static const char *kind_field(const struct cilium_place *p, size_t i)
{
	return place_is_ingress(p) ? peer_kinds[i].ingress : peer_kinds[i].egress;
}

bool cilium_peers_have(const struct cilium_place *p, const char *field)
{
	for (size_t i = 0; i < ARRAY_SIZE(peer_kinds); i++)
		if (kind_field(p, i) && strcmp(kind_field(p, i), field) == 0)
			return true;
	return false;
}

void cilium_peers_clear(struct cilium_rule *rule)
{
	rule->any_peer = false;
	rule->endpoint_count = rule->cidr_count = rule->node_count = 0;
	rule->service_count = rule->fqdn_count = 0;
	rule->entities = 0;
}

int cilium_peers_decode(const struct cilium_place *p, const struct doc_node *map,
			struct cilium_rule *out)
{
	const char *taken = NULL;
	bool has_empty = false;

	out->any_peer = true;
	for (size_t i = 0; i < ARRAY_SIZE(peer_kinds); i++) {
		const char *field = kind_field(p, i);
		const struct doc_node *list = NULL;
		int err = field ? decode_list(p->d, map, field, &list) : 0;

		if (!err && list && list->size > 0 && taken)
			return decode_fail(p->d, list, "may not be combined with %s in one rule",
					   taken);
		if (!err && list)
			err = peer_kinds[i].decode(p, list, out);
		if (err)
			return err;
		if (!list)
			continue;
		out->any_peer = false;
		if (list->size > 0)
			taken = field;
		else
			has_empty = true;
	}
	if (has_empty)
		cilium_peers_clear(out);
	return 0;
}
