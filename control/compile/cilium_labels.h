/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Cilium's labels have a source: "k8s:app", "reserved:host". "any:app" and "app" mean the label
 * whatever its source.
 *
 * What Cilium adds to a pod's own labels stands here too: where it lives, the labels of its
 * namespace, whose service account it has.
 */

#include "control/objects/labels.h"
#include "fastpath/base/addr.h"

#define LABEL_SPACE	   "io.kubernetes.pod.namespace"
#define LABEL_OWN	   "io.cilium.k8s." /* what Cilium keeps for itself begins so */
#define LABEL_SPACE_LABELS "io.cilium.k8s.namespace.labels."
#define LABEL_ACCOUNT	   "io.cilium.k8s.policy.serviceaccount"
#define LABEL_CLUSTER	   "io.cilium.k8s.policy.cluster"
#define CLUSTER_NAME	   "default" /* of the one cluster that the objects describe */

enum label_source {
	SOURCE_ANY,
	SOURCE_K8S,
	SOURCE_RESERVED,
	SOURCE_CIDR,
	SOURCE_GROUP, /* labels of CIDR groups */
	SOURCE_NODE,
	SOURCE_OTHER, /* nothing here has labels of it */
};

/* *name: the key without the source. */
enum label_source label_source(const char *key, const char **name);
/* Asks for a label to be there. */
bool term_is_positive(const struct selector_term *term);
/* Asks for a label that only pods have. */
bool term_asks_pods(const struct selector_term *term);

/* The prefix of a key like "cidr:10.0.0.0/8" or "cidr:2001-db8--0/32". */
bool label_cidr(const char *key, struct prefix *out);

struct world;

/* Labels of source k8s that Cilium gives to a pod of a namespace; the array is the caller's. */
struct labels class_cilium_labels(struct world *w, uint32_t space, const struct labels *own,
				  const char *account);
