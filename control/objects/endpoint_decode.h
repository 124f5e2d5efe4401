/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What EndpointSlice and Endpoints have in common.
 */

#include "control/objects/decode.h"

/* `ports` of a slice or a subset. */
int endpoint_ports_decode(struct decode *d, const struct doc_node *map, struct endpoint_slice *out);
/* A string of an endpoint, "" when it is not there. */
int endpoint_text_decode(struct decode *d, const struct doc_node *map, const char *key,
			 const char **out);
/* targetRef: the pod, if it is one. */
int endpoint_target_decode(struct decode *d, const struct doc_node *map, struct endpoint *out);
/* The addresses of a slice that count for policies, out of those of its endpoints. */
int endpoint_addresses_gather(struct decode *d, struct endpoint_slice *slice);
