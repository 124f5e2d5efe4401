/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kubernetes and Cilium objects as plain structs.
 *
 * An object store owns everything in it: one arena, freed at once; but what came through an object
 * cache is shared with other stores, and nobody may write to what its structs point to. Equal
 * strings are equal pointers inside one file, not inside one store.
 *
 * A loader reads YAML (several documents in a file), JSON and `kind: List`, and names file and
 * line in every error. Unknown fields of a policy are errors (a policy that says more than we do
 * must not be half applied); unknown fields of other kinds, and objects of kinds we do not know,
 * are skipped.
 *
 * NULL lists and empty lists differ where Kubernetes says so; `present` tells.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/objects/cilium_policies.h"
#include "control/objects/facts.h"
#include "control/objects/policies.h"

struct objects_error {
	char text[512]; /* "dir/x.yaml:12: NetworkPolicy a/b: spec.podSelector: ..." */
};

struct arena;
struct strings;
struct object_unit;

struct objects {
	struct arena *arena;
	struct strings *strings; /* gone after objects_finish() */
	struct namespace_object *namespaces;
	size_t namespace_count;
	struct pod_object *pods;
	size_t pod_count;
	struct node_object *nodes;
	size_t node_count;
	struct network_policy *network_policies;
	size_t network_policy_count;
	struct egress_policy *egress_policies;
	size_t egress_policy_count;
	struct cilium_policy *cilium_policies;
	size_t cilium_policy_count;
	struct cilium_policy *clusterwide_policies;
	size_t clusterwide_policy_count;
	struct cidr_group *cidr_groups;
	size_t cidr_group_count;
	struct cluster_policy *cluster_policies;
	size_t cluster_policy_count;
	struct cilium_endpoint *cilium_endpoints;
	size_t cilium_endpoint_count;
	struct cilium_identity *cilium_identities;
	size_t cilium_identity_count;
	struct cilium_node *cilium_nodes;
	size_t cilium_node_count;
	struct service_object *services;
	size_t service_count;
	struct endpoint_slice *endpoint_slices; /* after objects_finish(): of Endpoints too */
	size_t endpoint_slice_count;
	struct endpoint_slice *endpoints;
	size_t endpoints_count;
	struct backend_pool *backend_pools;
	size_t backend_pool_count;
	char **warnings; /* what was skipped, with file and line */
	size_t warning_count;
	struct object_unit **units; /* files shared with other stores, see object_cache.h */
	size_t unit_count;
};

/*
 * Loading. A store is filled file by file and closed by objects_finish(), which sorts every kind
 * by namespace and name and refuses duplicates. After an error the store may only be freed.
 */
void objects_open(struct objects *out);
int objects_load_file(struct objects *out, const char *path, struct objects_error *error);
int objects_load_bytes(struct objects *out, const char *label, const char *bytes, size_t size,
		       struct objects_error *error);
/* Every *.yaml, *.yml and *.json of a directory, in name order, not recursing; then finishes. */
int objects_load_directory(struct objects *out, const char *path, struct objects_error *error);
int objects_finish(struct objects *out, struct objects_error *error);
void objects_free(struct objects *objects);
