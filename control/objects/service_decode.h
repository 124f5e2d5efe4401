/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Parts of a v1 Service that have files of their own, and what it shares with a BackendPool.
 */

#include "control/objects/decode.h"

int service_ports_decode(struct decode *d, const struct doc_node *spec, struct service_object *out);
/* The name of a port of a service or of its endpoints: a DNS label, or "". */
int service_port_name_decode(struct decode *d, const struct doc_node *map, const char **out);
int service_addresses_decode(struct decode *d, const struct doc_node *spec,
			     struct service_object *out);
int service_notes_decode(struct decode *d, struct service_notes *out);

/* sessionAffinity and sessionAffinityConfig; 0: none. */
int decode_affinity(struct decode *d, const struct doc_node *spec, uint32_t *out);
/* An address that somebody elsewhere can send to: not of this host, this link or a group. */
int decode_unicast(struct decode *d, const struct doc_node *string, union addr *out);
/* NULL, or the words for what it is instead. */
const char *unicast_fault(const union addr *addr);

/* Nothing is written: every number is NOTE_DEFAULT. */
void service_notes_begin(struct service_notes *out);
/* An annotation of ours by its name behind "sluice.io/". */
int service_note_decode(struct decode *d, const struct doc_node *node, const char *name,
			struct service_notes *out);
/* The same as fields of a spec, with its healthCheck. Unknown ones are not looked at. */
int service_fields_decode(struct decode *d, const struct doc_node *spec, struct service_notes *out);
/* What the parts of a health check say must fit together; errors are about `at`. */
int health_check_finish(struct decode *d, const struct doc_node *at, struct health_check *out);
