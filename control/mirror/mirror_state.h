/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a mirror keeps; inside control/mirror/ only. mirror.c takes notifications, mirror_sync.c
 * reads what they made stale, mirror_ask.c asks for neighbours.
 */

#include "control/mirror/mirror.h"
#include "control/mirror/netlink.h"

#define NS_PER_MS 1000000ull
#define NS_PER_S  1000000000ull

enum part {
	PART_LINKS, /* first: the others refer to it */
	PART_ADDRESSES,
	PART_NEIGHBOURS, /* before routes: which path works depends on them */
	PART_ROUTES,
	PARTS,
};

#define STALE_ALL ((1u << PARTS) - 1)

struct asked;

struct mirror {
	const struct config *config;
	struct net_view view;
	int poll_fd; /* -1: no kernel, and nothing below is used */
	int timer_fd;
	struct mnl_socket *events;
	struct netlink netlink;
	unsigned int stale;	 /* 1 << enum part */
	uint64_t next_ns[PARTS]; /* not to be read before */
	bool failing;
	enum mirror_change untold; /* said beside an error only: a caller may have missed it */
	bool several_paths;	   /* a route has */
	uint64_t tick_ns;
	bool tick;	      /* the next reading of the neighbours confirms the stale ones */
	struct rows gateways; /* struct net_hop, each once */
	struct asked *asked;
	uint32_t ask_tokens;
	uint64_t ask_refill_ns;
};

uint64_t mirror_now_ns(void);

/* Reads what is stale and has rested. 0, or -errno of the first that failed, after a log line. */
int mirror_sync(struct mirror *mirror, enum mirror_change *change);

int mirror_ask_open(struct mirror *mirror);
/* Has the kernel confirm neighbours that it believes unused. */
void mirror_use_stale(struct mirror *mirror, const struct rows *stale);
/* Asks for the gateways whose MAC addresses are not known. */
void mirror_use_gateways(struct mirror *mirror);
