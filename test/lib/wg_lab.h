/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Two nodes with a wire between them, one clock, and somebody who may look at, change, keep, lose
 * and repeat what is on the wire.
 */

#include "test/lib/wg_node.h"

#define WG_LAB_FRAMES 4096u

struct wg_frame {
	uint32_t size;
	uint8_t bytes[2048];
};

struct wg_lab;

/* `from` is 0 or 1. false: the frame is lost, or kept by the one who looks. */
typedef bool wg_lab_watch(struct wg_lab *lab, uint32_t from, struct wg_frame *frame);

struct wg_arrival {
	uint32_t flow;
	uint64_t number;
};

struct wg_lab {
	struct wg_node nodes[2]; /* numbers 1 and 2 */
	uint64_t now_ns;
	bool takes_all; /* what arrives need not be ours, and is only counted */
	wg_lab_watch *watch;
	uint64_t sent;	    /* numbers of packets */
	uint32_t wan_queue; /* by which packets of the tunnel come in */
	/* since wg_lab_forget() */
	uint32_t count[2]; /* that reached the host behind a node */
	struct wg_arrival arrived[2][WG_LAB_FRAMES];
	uint64_t messages[5]; /* by type; 0: of no type, or not in the clear what it is */
	uint32_t kept_count;
	struct wg_frame kept[WG_LAB_FRAMES];
};

/* Both know each other, with a preshared key; the first knows where the second is, too. */
void wg_lab_open(struct wg_lab *lab, uint32_t workers);
void wg_lab_publish(struct wg_lab *lab);
void wg_lab_close(struct wg_lab *lab);

/* `count` packets from the host behind node `from` (0 or 1), of flow `flow`. */
void wg_lab_send(struct wg_lab *lab, uint32_t from, uint32_t flow, uint32_t count, uint32_t size);
/* Something on the wire towards a node. */
void wg_lab_inject(struct wg_lab *lab, uint32_t to, const void *frame, uint32_t size);
/* Until nothing moves. */
void wg_lab_run(struct wg_lab *lab);
/* Time goes on in steps of 50 ms, and all that is due happens. */
void wg_lab_wait(struct wg_lab *lab, uint64_t ns);
void wg_lab_forget(struct wg_lab *lab);

/* A frame on the wire to node `to` (0 or 1) from an address 192.0.2.`host`, with any UDP payload. */
void wg_lab_payload(struct wg_lab *lab, uint32_t to, uint32_t host, const void *payload,
		    uint32_t size);
/* The same to another port. */
void wg_lab_datagram(struct wg_lab *lab, uint32_t to, uint32_t host, uint16_t port,
		     const void *payload, uint32_t size);
/* A data message from node `from` with any plaintext, of a multiple of 16 bytes or not. */
void wg_lab_seal(struct wg_lab *lab, uint32_t from, const void *plain, uint32_t size);

/* What `peer` of the node says of it. */
const struct wg_live *wg_lab_live(const struct wg_lab *lab, uint32_t node, uint32_t peer);
/* The WireGuard message in a frame of the wire, its size and its type. */
uint8_t *wg_lab_message(struct wg_frame *frame, uint32_t *size, uint32_t *type);
