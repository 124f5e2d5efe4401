/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#pragma once

/*
 * What the XDP program and the process that loads it agree on: names and layouts of its maps.
 *
 * The maps belong to the program and live as long as it is attached, so that a new process can
 * take an attached program over. A process does so only when STEER_LAYOUT and the program's tag
 * (a hash of its instructions) are its own; otherwise it replaces program and maps.
 */

#include <linux/types.h>

/* To be raised whenever a map or a record below changes. */
#define STEER_LAYOUT	 1

#define STEER_PROGRAM	 "sluice_steer"
#define STEER_MAP_XSKS	 "steer_xsks"	/* receive queue -> AF_XDP socket */
#define STEER_MAP_LOCAL	 "steer_local"	/* struct steer_address -> flags */
#define STEER_MAP_CONFIG "steer_config" /* 0 -> struct steer_config */
#define STEER_MAP_COUNT	 "steer_count"	/* enum steer_count -> packets, for each CPU */

#define STEER_QUEUES_MAX 64
#define STEER_LOCAL_MAX	 16384

/* steer_config.flags: without a socket, IP packets pass to the kernel instead of being dropped */
#define STEER_FAIL_OPEN 1u

/* flags of an address: redirected all the same */
#define STEER_LOCAL_SHARED 1u

/* In wire order; IPv4 addresses are IPv4-mapped (RFC 4291 section 2.5.5.2). */
struct steer_address {
	__u32 words[4];
};

struct steer_config {
	__u32 layout;
	__u32 flags;
	__u8 mac[6]; /* frames for another one pass; all zero: every frame is ours */
	__u8 pad[2];
};

enum steer_count {
	STEER_PASS_MULTICAST, /* multicast or broadcast, by MAC or IP address */
	STEER_PASS_MAC,	      /* another station's frame */
	STEER_PASS_ARP,
	STEER_PASS_ND,	  /* IPv6 neighbour discovery, router discovery, multicast listeners */
	STEER_PASS_LOCAL, /* the node's own address, or a link-local one */
	STEER_PASS_OTHER, /* neither IP nor ARP: VLAN, LLDP, spanning tree, ... */
	STEER_PASS_OPEN,  /* no socket, and open by configuration */
	STEER_REDIRECT,
	STEER_DROP, /* no socket */
	STEER_COUNTS,
};
