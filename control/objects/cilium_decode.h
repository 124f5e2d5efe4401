/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the files that read Cilium's policies share. They refuse what Cilium's API refuses: its
 * schema, and what its agent checks behind it.
 */

#include "control/objects/decode.h"

/* Where in a policy the reading is. */
struct cilium_place {
	struct decode *d;
	const char *space;     /* "": clusterwide */
	bool is_host;	       /* nodeSelector */
	bool selects_init;     /* the subjects are endpoints that have no labels yet */
	enum cilium_list list; /* of the rule being read */
};

static inline bool place_is_ingress(const struct cilium_place *p)
{
	return p->list == CILIUM_INGRESS || p->list == CILIUM_INGRESS_DENY;
}

static inline bool place_is_deny(const struct cilium_place *p)
{
	return p->list == CILIUM_INGRESS_DENY || p->list == CILIUM_EGRESS_DENY;
}

/* cilium_selector.c */
int cilium_subjects_decode(const struct cilium_place *p, const struct doc_node *node,
			   struct selector *out);
int cilium_endpoints_decode(const struct cilium_place *p, const struct doc_node *node,
			    struct selector *out);
/* Of nodes, or of services: as written. */
int cilium_selector_decode(const struct cilium_place *p, const struct doc_node *node,
			   struct selector *out);
/* Whether a term asks for the label of this source and key. */
bool cilium_selector_names(const struct selector *selector, const char *key);

/* cilium_rule.c: one item of ingress, ingressDeny, egress, egressDeny. */
int cilium_rule_decode(const struct cilium_place *p, const struct doc_node *map,
		       struct cilium_rule *out);
/* cilium_peers.c: whom a rule speaks of. */
int cilium_peers_decode(const struct cilium_place *p, const struct doc_node *map,
			struct cilium_rule *out);
/* The rule selects nobody. */
void cilium_peers_clear(struct cilium_rule *rule);
/* Whether the field is a list of peers in this direction. */
bool cilium_peers_have(const struct cilium_place *p, const char *field);
/* {matchName} or {matchPattern} */
int cilium_fqdn_decode(const struct cilium_place *p, const struct doc_node *map,
		       struct fqdn_rule *out);
/* The word itself, written at `node`: lower case, no dot at the end. */
int cilium_fqdn_word(const struct cilium_place *p, const struct doc_node *node, bool is_pattern,
		     const char **out);

/* cilium_ports.c: toPorts; cilium_icmps.c: icmps. */
int cilium_ports_decode(const struct cilium_place *p, const struct doc_node *list,
			struct cilium_rule *out);
int cilium_icmps_decode(const struct cilium_place *p, const struct doc_node *list,
			struct cilium_rule *out);

/* cilium_l7.c: what an item of toPorts says beyond ports. */
int cilium_l7_decode(const struct cilium_place *p, const struct doc_node *map,
		     struct port_rule *out);
/* Another group with room for so many rules; another rule with room for so many matches. */
int l7_group_add(const struct cilium_place *p, enum l7_kind kind, size_t rules,
		 struct port_rule *out, struct l7_group **group);
int l7_rule_add(const struct cilium_place *p, const struct doc_node *at, size_t matches,
		struct l7_group *group, struct l7_rule **out);
/* cilium_proxy.c: a group each. */
int cilium_tls_decode(const struct cilium_place *p, const struct doc_node *map,
		      struct port_rule *out);
int cilium_server_names_decode(const struct cilium_place *p, const struct doc_node *map,
			       struct port_rule *out);
int cilium_listener_decode(const struct cilium_place *p, const struct doc_node *map,
			   struct port_rule *out);
/* cilium_http.c, cilium_kafka.c: the rules of one kind. */
int cilium_http_decode(const struct cilium_place *p, const struct doc_node *list,
		       struct l7_group *out);
int cilium_kafka_decode(const struct cilium_place *p, const struct doc_node *list,
			struct l7_group *out);
/* Secret {namespace, name} as "namespace/name". */
int cilium_secret_decode(const struct cilium_place *p, const struct doc_node *map,
			 const char **out);
/* Interned, formatted. */
int cilium_text(const struct cilium_place *p, const char **out, const char *format, ...)
	PRINTF(3, 4);
