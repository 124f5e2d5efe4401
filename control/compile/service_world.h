/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Services between objects and images, in the order in which they are learnt:
 *
 *	forms      one port of a Service or BackendPool: how it behaves
 *	faces      where forms are called: addresses that may become frontends
 *	candidates who could serve a form
 *	services   records of the image: the candidates that do, for one family and one policy
 *
 * A form without a face is left out before anybody looks for its backends.
 */

#include "control/compile/world.h"

enum face_type {
	FACE_CLUSTER,
	FACE_NODE_PORT,
	FACE_BALANCER,
	FACE_EXTERNAL,
};

/* Whose an address is that services are called by. */
enum face_place {
	PLACE_FREE, /* of services alone */
	PLACE_OWN,  /* the gateway's, too */
	PLACE_NODE, /* another node's, too */
	PLACE_POD,  /* a pod's: no service's */
};

struct face {
	union addr addr;
	uint16_t port;
	uint8_t proto;
	uint8_t type; /* enum face_type */
	uint32_t form;
	uint32_t place; /* number of the address in services.addresses */
	bool left_out;
};

struct service_form {
	const struct service_object *service; /* or */
	const struct backend_pool *pool;
	const struct service_port *port; /* of the Service */
	const struct meta *meta;
	const struct service_notes *notes;
	struct source source; /* of the port */
	uint32_t index;	      /* of the port, or of the pool's first frontend of it */
	uint8_t proto;
	uint16_t number; /* the port */
	bool external_local;
	bool internal_local;
	uint32_t affinity_s;
	uint32_t sources; /* source set, once there is one */
	uint32_t first_face;
	uint32_t face_count;
};

enum candidate_state {
	CANDIDATE_READY,
	CANDIDATE_ENDING, /* terminating, and still serving */
	CANDIDATE_KEPT,	  /* takes no new connections */
};

#define NEAR_HINTED   1u /* a hint names zones */
#define NEAR_ZONE     2u /* ours */
#define NEAR_ON_NODES 4u /* a hint names nodes */
#define NEAR_NODE     8u /* ours */

struct candidate {
	struct backend_key key;
	const char *space; /* of its pod */
	const char *name;  /* its pod, or what the pool calls it; "" */
	uint32_t order;
	uint16_t weight;
	uint8_t state;
	uint8_t near; /* NEAR_ bits */
	bool is_local;
	bool in_zone; /* for people */
};

struct candidate_list GROW_FIELDS(struct candidate);

struct services {
	GROW(struct service_form) forms;
	GROW(struct face) faces;
	struct intern addresses;  /* of faces */
	GROW(uint8_t) places;	  /* of those: enum face_place */
	GROW(uint8_t) in_use;	  /* likewise: some frontend has it */
	struct intern own;	  /* the gateway's addresses */
	struct intern slice_keys; /* namespace and name of services with slices */
	GROW(uint32_t) slice_first;
	uint32_t *slice_next;		/* by slice */
	struct pod_index *pod_index;	/* NULL until a service without slices asks */
	const struct node_object *node; /* ours; NULL */
	const char *zone;		/* likewise */
	uint32_t snat_rule;
	bool snat[2]; /* by family (IPv4 is 1): there is an address */
	uint64_t seed;
	struct candidate_list candidates; /* of the form at hand */
	struct candidate_list chosen;	  /* of the record at hand */
	struct image_backend *backends;	  /* by number */
	uint32_t backend_room;
	uint32_t backend_count;
	GROW(struct image_frontend) frontends;
	GROW(struct backend_check) checks;
	GROW(struct node_health) healths;
	struct byte_list scratch;
};

/* service_forms.c, service_pools.c: forms and their faces. */
void service_forms_list(struct world *w);
void service_pools_list(struct world *w);
void service_face_add(struct world *w, const union addr *addr, uint16_t port, uint8_t proto,
		      enum face_type type);
/* "Service default/web" */
#define FORM_FORMAT "%s %s%s%s"
#define FORM_WORDS(f)                                                                          \
	(f)->pool ? "BackendPool" : "Service", (f)->meta->space, *(f)->meta->space ? "/" : "", \
		(f)->meta->name

/* service_faces.c: whose addresses they are, and who of several has one. */
void service_faces_settle(struct world *w);

/* service_snat.c */
int service_snat_emit(struct world *w);

/* service_sources.c: into form->sources. */
int service_sources_emit(struct world *w, struct service_form *form);

/* service_backends.c: into services.candidates, sorted, once each. */
int service_candidates_list(struct world *w, const struct service_form *form);
void service_slices_index(struct world *w);
void service_candidate_add(struct world *w, const struct service_form *form,
			   const struct candidate *candidate);

/* service_pods.c: of services without slices. */
void service_pods_list(struct world *w, const struct service_form *form);
void pod_index_free(struct pod_index *index);

/* service_picks.c: one record of the image. */
struct service_want {
	struct service_form *form;
	bool v4;      /* family of its frontends */
	bool local;   /* only what runs on this node */
	bool outside; /* for clients outside of the cluster */
	uint8_t role; /* tells apart the records of one form and family: 0, or 1 for the second */
};

/* enum pick_state, by objects, checks and people's orders. */
uint8_t service_candidate_state(const struct world *w, const struct candidate *c);
int service_emit(struct world *w, const struct service_want *want, uint32_t *out);

/* service_modes.c: what the conf and the notes say together. */
void service_behave(struct world *w, const struct service_want *want, bool mixed, bool same_ports,
		    struct image_service *out);

/* service_checks.c */
void service_check_add(struct world *w, const struct service_form *form,
		       const struct backend_key *key);
void service_health_add(struct world *w, const struct service_form *form);
void service_checks_close(struct world *w);
