/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What one compilation knows, and the order in which it learns it.
 *
 *	spaces     namespaces and their labels
 *	classes    pods with the same namespace and labels
 *	egress     which egress policies select which pod
 *	cells      prefixes named by policies; an address lies in the cell of the longest one
 *	idents     groups of addresses that policy cannot tell apart
 *	rules      policies in one common form, whatever kind they were
 *	images
 *
 * Everything is thrown away at the end but the images and what compile_memory keeps.
 */

#include "control/compile/compile_memory.h"
#include "control/compile/grow.h"
#include "control/compile/intern.h"
#include "control/compile/prefix_tree.h"
#include "control/compile/rule_form.h"

/* Others of Cilium's reserved identities: more are in image.h. */
enum {
	IDENTITY_HEALTH = 4,
	IDENTITY_KUBE_APISERVER = 7,
	IDENTITY_INGRESS = 8,
};

#define NONE UINT32_MAX

struct space {
	const char *name;
	struct labels labels;
	bool own_labels;	  /* the array is ours to free */
	const char **cilium_keys; /* of its labels, as its pods have them; NULL: not made yet */
};

/* What policies can ask of pods and nodes; only that tells them apart. */
struct visible {
	struct intern keys;	 /* of labels that selectors of pods name, without their source */
	struct intern ports;	 /* names of ports that rules name */
	struct intern node_keys; /* of labels that selectors of nodes name */
	bool spaces;		 /* some selector asks for labels of namespaces */
	bool accounts;		 /* some selector asks for service accounts */
	bool services;		 /* some rule asks for services */
	bool groups;		 /* some selector asks for CIDR groups by label */
};

/* Pods of one namespace with the same labels, as far as a selector can see them. */
struct label_class {
	uint32_t space;
	uint32_t identity;
	const struct pod_object *pod; /* the first one */
	uint32_t first_ident;	      /* in class_idents */
	uint32_t ident_count;
};

/* What the compilation knows about one pod, in the order of the objects. */
struct pod_facts {
	uint32_t class;	       /* NONE: it has no addresses of its own */
	uint32_t ports;	       /* number of its named ports */
	uint32_t egress_class; /* 0: no egress policy selects it */
};

enum ident_kind {
	IDENT_WORLD, /* no prefix covers it: cannot happen */
	IDENT_CELL,  /* outside: world-ipv4, world-ipv6 and CIDRs */
	IDENT_HOST,
	IDENT_NODE,
	IDENT_POD,
	IDENT_HEALTH,	 /* Cilium's health endpoint of a node */
	IDENT_INGRESS,	 /* Cilium's ingress listener of a node */
	IDENT_APISERVER, /* an API server that is neither pod nor node */
};

struct ident {
	enum ident_kind kind;
	uint32_t identity;
	uint32_t cell;	/* where ipBlocks see it; NONE: they do not */
	uint32_t class; /* IDENT_POD */
	uint32_t node;	/* IDENT_HOST, IDENT_NODE: nodes with these labels; NONE: not told apart */
	bool is_apiserver; /* also an API server: an endpoint of the service default/kubernetes */
	uint32_t ports;
	uint32_t egress_class;
	uint32_t set[DIRECTIONS];
	const struct meta *meta; /* the first object with such an address */
	uint32_t members;
};

struct address {
	struct prefix prefix;
	uint32_t ident;
};

/* An egress policy that selects a pod, and which of its gateways: a class is a list of these. */
struct egress_choice {
	uint32_t policy;
	uint32_t pick;
};

/* Where a string stands in the ORIGIN image that was asked for before; by its address. */
struct string_memo {
	const char *text;
	uint32_t offset;
};

#define STRING_MEMOS 256u

struct world {
	const struct compile_input *in;
	struct compile_memory *memory;
	uint64_t generation; /* that this compilation makes */
	struct images *out;
	struct compile_error *error;
	bool explains; /* rules that match nobody are kept, so that people can be told */
	struct image_writer images[IMAGE_KINDS];

	struct visible visible;
	GROW(struct space) spaces; /* the Namespace objects first */
	struct intern space_names;
	struct intern class_keys;
	GROW(struct label_class) classes;
	uint32_t *class_idents;
	struct intern port_maps;
	struct pod_facts *pods;

	struct intern node_groups;	 /* visible labels of nodes */
	GROW(uint32_t) group_nodes;	 /* the first of each group, among the objects */
	struct intern api_servers;	 /* addresses */
	struct label_index *label_index; /* NULL until a selector of Cilium's is asked */
	struct service_index *service_index;

	struct prefix_tree cells;
	GROW(struct ident) idents; /* ident 0, then the cells in their order, then the rest */
	struct intern ident_keys;
	GROW(struct address) addresses;
	uint32_t *cell_first; /* by cell, count + 1: its idents in cell_idents */
	uint32_t *cell_idents;

	struct intern blocks; /* ipBlocks, and the idents they hold */
	GROW(struct ident_list) block_idents;
	struct intern selections; /* selectors of pods, and the idents they select */
	GROW(struct ident_list) selected;
	GROW(void *) scraps; /* freed at the end */

	GROW(struct range) ranges;
	GROW(struct rule) rules;
	GROW(struct bundle) bundles;

	struct intern egress_classes; /* of struct egress_choice; class = number + 1 */
	uint32_t *egress_rule_first;  /* by egress policy */
	GROW(union addr) egress_pool; /* addresses in use, sorted */
	struct memory_pool next_pool; /* also those being drained; the memory's if we succeed */

	uint32_t neighbour_count; /* of this image, for the memory */
	uint32_t backend_count;	  /* likewise */

	struct wireguard_world *wg;	  /* wg_compile.c; NULL: no WireGuard */
	struct services *services;	  /* NULL until services_emit() */
	struct memory_starts next_starts; /* the memory's if we succeed */

	struct intern l7_strings;
	GROW(uint32_t) l7_string_offsets;
	struct intern l7_alternatives; /* as bytes */
	GROW(struct image_l7_alternative) l7_records;
	struct intern l7_sets; /* of numbers of alternatives; set = number + 1 */
	bool l7_full;	       /* the L7 image is: there will be no images */
	bool rules_full;       /* no room for a rule's origin, decision or name: likewise */

	struct string_memo string_memo[STRING_MEMOS];
	struct intern strings; /* value: offsets in string_offsets */
	GROW(uint32_t) string_offsets;
	struct intern decisions; /* those of joined L7 rules, by number in shared_decisions */
	GROW(uint32_t) shared_decisions;
	struct intern warnings;
};

#define IDENT_OF_CELL(cell) ((cell) + 1)

/*
 * compile.c. A world with its first fields filled in (`in` to `error`) is opened, learns everything
 * up to the bundles of rules, and is closed, whether it learnt it or not.
 */
void world_open(struct world *w);
int world_learn(struct world *w);
void world_close(struct world *w);
/* Why there will be no images; returns -err. */
int world_refuse(struct world *w, int err, const char *format, ...) PRINTF(3, 4);
/* "file:line: ..."; the same sentence is kept once. */
void world_warn(struct world *w, const struct source *source, const char *format, ...) PRINTF(3, 4);
/* A copy that lives until the end of the compilation. */
struct ident_list world_list(struct world *w, const uint32_t *items, uint32_t count);

/* visible.c */
void visible_build(struct world *w);
void visible_free(struct visible *v);
bool label_visible(const struct visible *v, const char *key);
/* A label that tells the copies of one workload apart. */
bool label_is_noise(const char *key);

/* classes.c */
int classes_build(struct world *w);
uint32_t space_find(struct world *w, const char *name);
bool space_selected(const struct world *w, uint32_t space, const struct selector *selector);

/* cells.c */
void cells_build(struct world *w);
/* The idents that an ipBlock holds. */
struct ident_list cells_select(struct world *w, const struct ip_block *block);

/* cidr_rules.c: prefixes of Cilium's rules, and of the groups they name. */
void cidr_rules_prefixes(struct world *w, struct prefix_list *out);
struct ident_list cidr_rule_select(struct world *w, const struct cidr_rule *rule);
/* The prefixes of a rule: its own, or those of its groups. */
void cidr_rule_list(struct world *w, const struct cidr_rule *rule, struct prefix_list *out);
/* A group of that name, or with that label, holds the prefix. `values` NULL: whatever it says. */
bool cidr_group_holds(const struct world *w, const char *key, const struct selector_term *values,
		      const struct prefix *prefix);

/* service_rules.c */
void service_prefixes(struct world *w, struct prefix_list *out);
/* Backends: pods that the service selects, or the addresses of its slices. */
struct ident_list service_select(struct world *w, const struct service_ref *ref);
/* Addresses of the service default/kubernetes, into w->api_servers. */
void api_servers_list(struct world *w);
void service_index_free(struct service_index *index);

/* ident_claims.c: gives every address that somebody has an ident; `taken` are the addresses. */
int claims_make(struct world *w, struct intern *taken);

/* idents.c */
int idents_build(struct world *w);
int idents_emit(struct world *w);

/* selections.c: idents of pods. `space` NONE: in the namespaces that `spaces` selects. */
struct ident_list selection_find(struct world *w, uint32_t space, const struct selector *spaces,
				 const struct selector *pods);
/* The sorted union, without duplicates. */
struct ident_list selection_merge(struct world *w, const struct ident_list *lists, uint32_t count);

struct ident_list selection_pods(struct world *w);

/*
 * Questions are bytes that begin with a namespace or one of these. The number of a question is
 * where w->selected has its answer; whoever asks first (`fresh`) writes it there.
 */
enum question {
	QUESTION_ENDPOINTS = 0xfffffff0u,
	QUESTION_PEERS,
	QUESTION_NODES,
	QUESTION_ENTITIES,
	QUESTION_CIDRS,
	QUESTION_SERVICE,
};

uint32_t selection_ask(struct world *w, const void *key, size_t size, bool *fresh);
void key_add(struct byte_list *key, const void *bytes, size_t size);
/* NULL is no selector at all. */
void key_add_selector(struct byte_list *key, const struct selector *selector);

/* cilium_selections.c: Cilium's selectors, of labels with their sources: pods, nodes, CIDRs, all. */
struct ident_list selection_cilium(struct world *w, const struct selector *selector);
/* Likewise, of those that policies protect: pods, health and ingress endpoints. */
struct ident_list selection_endpoints(struct world *w, const struct selector *selector);
/* Nodes by their labels, the gateway's own among them. */
struct ident_list selection_nodes(struct world *w, const struct selector *selector);

/* entities.c: bits 1 << enum cilium_entity. */
struct ident_list selection_entities(struct world *w, uint32_t entities);
/* What is outside of the cluster, API servers there included. */
struct ident_list selection_world(struct world *w);

/*
 * bundle_write.c: the ranges, rules and bundles of a draft. Named ports are resolved on the pod
 * that receives: on ingress the subjects are cut into groups with the same named ports, on egress
 * the peers are. Drafts and what they point to may go afterwards, but for ident lists.
 */
void bundle_write(struct world *w, const struct bundle_draft *draft);

/* decisions.c: what rules decide. A rule's own decision names its origin, so no two are equal.
 * `notes` may be NULL. */
uint32_t decision_allow(struct world *w, uint32_t origin, bool log);
/* Also DECISION_AUDIT, by the conf or the notes: *audited says so. */
uint32_t decision_deny(struct world *w, uint32_t origin, const struct policy_notes *notes,
		       bool *audited);

/* l7_rules.c: the L7 image. */
struct l7_alternative {
	const struct l7_group *groups;
	size_t group_count;
};
/* The number of a set of one alternative: its groups must all hold. */
uint32_t l7_set_add(struct world *w, const struct l7_alternative *alternative, uint32_t origin);
/* The set of all their alternatives. */
uint32_t l7_set_join(struct world *w, const uint32_t *sets, uint32_t count);

/* Front ends: each writes the bundles of one kind. */
void network_policies_expand(struct world *w); /* network_policy_rules.c */
void cilium_policies_expand(struct world *w);  /* cilium_policy_rules.c */
void cluster_policies_expand(struct world *w); /* cluster_policy_rules.c */
void enforcement_expand(struct world *w);      /* enforcement.c: policy.enforcement = "always" */

/* policy_compile.c */
int policy_emit(struct world *w);

/* egress_select.c: classes of pods. */
void egress_select(struct world *w);
/* egress_gateways.c: rules and their addresses. */
int egress_gateways_emit(struct world *w);
uint32_t egress_picks(const struct world *w, const struct egress_policy *policy);
/* May stand as a source on the wire, beyond the link. */
bool egress_source_usable(const union addr *a);
/* The gateway's address of a family on the port of the default route, else on the first port that
 * has one. */
bool egress_default_address(const struct world *w, bool v4, union addr *out);
/* egress_compile.c: prefixes. */
int egress_prefixes_emit(struct world *w);
/* egress_pool.c: the pool, with what the memory drains. */
void egress_pool_sort(struct world *w);
int egress_pool_emit(struct world *w);
/* In use; after egress_pool_sort(). */
bool egress_pool_offers(const struct world *w, const union addr *addr);
/* In use or being drained; after egress_pool_emit(). */
bool egress_pool_holds(const struct world *w, const union addr *addr);

/* service_compile.c: services, as service_world.h says. */
int services_emit(struct world *w);
void services_free(struct services *services);
/* Some frontend has the address. */
bool services_share(const struct world *w, const union addr *addr);
/* Addresses of frontends that are of services alone. */
void services_vips(const struct world *w, void (*each)(void *context, const union addr *addr),
		   void *context);

/* wg_compile.c: WireGuard's device and peers, before the network that they are part of. */
int wireguard_emit(struct world *w);
void wireguard_close(struct world *w);

/* network_compile.c */
int network_emit(struct world *w);

/* origins.c */
#define RULE_TEXT_MAX 40
/* "ingress[3]": what an origin says of a rule. Returns `out`. */
const char *origin_rule_text(char out[RULE_TEXT_MAX], const char *word, size_t index);
uint32_t origin_string(struct world *w, const char *text);
uint32_t origin_add(struct world *w, const char *kind, const struct meta *meta,
		    const struct source *source, const char *rule);
uint32_t decision_add(struct world *w, const struct image_policy_decision *decision);
/* The same number for an equal one: for what is decided again and again, row by row. */
uint32_t decision_share(struct world *w, const struct image_policy_decision *decision);
struct image_policy_decision decision_get(const struct world *w, uint32_t decision);
