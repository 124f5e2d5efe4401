/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Reads images as the fast path does, only slowly: every search is a walk over all records.
 */

#include "control/compile/compile.h"

enum reader_direction {
	READER_EGRESS,	/* is the sender allowed to send */
	READER_INGRESS, /* is the receiver allowed to receive */
};

/* Index in the IDENT image by longest prefix. */
uint32_t reader_ident(const struct images *images, const union addr *addr);
const struct image_ident *reader_ident_record(const struct images *images, uint32_t ident);
/* What decides; NULL: the subject's set is the open one. */
const struct image_policy_decision *reader_decision(const struct images *images,
						    enum reader_direction direction,
						    uint32_t sender, uint32_t receiver,
						    uint8_t proto, uint16_t port);
bool reader_allows(const struct images *images, enum reader_direction direction,
		   const union addr *src, const union addr *dst, uint8_t proto, uint16_t port);
/* Index of the egress rule by longest prefix in the sender's class. */
uint32_t reader_egress_rule(const struct images *images, uint32_t egress_class,
			    const union addr *dst);
const struct image_egress_rule *reader_egress_record(const struct images *images, uint32_t rule);
const struct image_route *reader_route(const struct images *images, const union addr *dst);
const char *reader_string(const struct images *images, uint32_t offset);
/* "NetworkPolicy a/b file:12 ingress[0]"; returns `buf`. */
char *reader_origin(const struct images *images, uint32_t origin, char *buf, size_t size);
