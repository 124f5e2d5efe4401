/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "control/objects/objects.h"

/*
 * What Cilium and Kubernetes say of the same thing, brought together in a store whose kinds are
 * sorted: CiliumEndpoint in Pod, CiliumNode in Node, Endpoints in EndpointSlice. What is missing
 * there is added behind the others, marked as implied. 0 or -ENOMEM.
 */
int objects_join(struct objects *store);
/* The labels of a namespace, as an endpoint in it tells them; NULL when there is none in it. */
const struct labels *endpoint_space_labels(const struct objects *store, const char *space);
