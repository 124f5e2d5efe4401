/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Ports as links of the network, and which addresses are the gateway's own. */

#include "fastpath/table/generation.h"

struct link {
	bool present;
	bool verify_source;
	uint16_t mtu;
	uint8_t mac[6];
	/* The source of what we send ourselves from here; all zero: none. */
	union addr source4;
	union addr source6;
};

struct local_slot {
	union addr addr;
	uint8_t used;
	uint8_t shared;
	uint8_t pad[6];
};

struct link_table {
	struct table table;
	struct link links[LINKS_MAX];
	uint32_t mask;
	struct local_slot *locals;	   /* open addressing */
	const struct image_local *records; /* as sent, for the ports' own filters */
	uint32_t record_count;
};

int links_build(const struct image_header *image, struct table **out);
void links_free(struct table *table);

enum local_kind {
	LOCAL_NO,
	LOCAL_OWN,
	LOCAL_BOTH, /* shared with flows */
};

enum local_kind links_local(const struct link_table *t, const union addr *addr);
