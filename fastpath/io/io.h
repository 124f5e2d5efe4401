/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Ports: where packets come from and go to.
 *
 * A backend is one file with a struct io_ops and one line in io.c. Ports are opened by the main
 * thread before the workers start; then worker w alone calls rx and tx for queue w of each port.
 * A port may have fewer queues than there are workers: those beyond have IO_NO_QUEUE and give
 * their packets for it to another worker (fastpath/handoff.h).
 *
 * Nothing here blocks, allocates or logs between open and close.
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/api/image.h"
#include "fastpath/pkt/pool.h"

#define IO_PORTS_MAX  16
#define IO_QUEUES_MAX 16
#define IO_BURST      64

struct io_error {
	char text[256]; /* one sentence that names what to do */
};

struct io_config {
	char name[IMAGE_NAME_MAX];
	char io[8];	    /* name of the backend */
	char interface[16]; /* afxdp, tap */
	char in[256];	    /* pcap: file to read; empty: none */
	char out[256];	    /* pcap: file to write; empty: none */
	uint32_t queues;    /* 0: one for each worker */
	enum {
		IO_XDP_AUTO,
		IO_XDP_NATIVE,
		IO_XDP_GENERIC
	} xdp_mode;
	enum {
		IO_ZC_AUTO,
		IO_ZC_ON,
		IO_ZC_OFF
	} zero_copy;
	bool fail_open;	   /* frames pass to the kernel while no worker serves the port */
	const char *steer; /* path of steer.bpf.o */
};

struct io_queue_stats {
	uint64_t rx_packets, rx_bytes;
	uint64_t tx_packets, tx_bytes;
	uint64_t rx_lost; /* by the kernel, before we saw them */
	uint64_t tx_full; /* refused by a full ring */
};

struct io_port {
	const struct io_ops *ops;
	struct io_config config;
	uint32_t index;
	uint32_t queues;
	uint8_t mac[6];
	uint16_t mtu;	  /* of the interface, IP bytes */
	uint16_t mtu_max; /* what a packet buffer can hold, IP bytes */
	void *state;	  /* the backend's */
	struct io_queue_stats stats[IO_QUEUES_MAX];
};

struct io_ops {
	const char *name;

	/* Opens port->config with port->queues queues; fills mac, mtu, mtu_max, state. On error
	 * nothing stays open. `caches[w]` is worker w's: frames for receiving come from it. */
	int (*open)(struct io_port *port, struct pkt_cache *caches, uint32_t workers,
		    struct io_error *error);
	void (*close)(struct io_port *port);

	/* Up to `max` received packets. Sets data, len and port_in of each; each is the caller's.
	 * Fresh frames for the ring come from `cache`. */
	uint32_t (*rx)(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
		       struct pkt **pkts, uint32_t max);
	/* Takes the first n of `count` packets and returns n; rings the doorbell once. Frames that
	 * were sent go to `cache`. */
	uint32_t (*tx)(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
		       struct pkt **pkts, uint32_t count);

	/* A descriptor that polls readable when rx has work; -1: none, poll often. */
	int (*fd)(struct io_port *port, uint32_t queue);
	/* Just before sleeping: collect finished frames, ask the kernel for wake-ups. Optional. */
	void (*before_sleep)(struct io_port *port, uint32_t queue, struct pkt_cache *cache);
	/* Refreshes port->stats. Optional; called by the agent thread. */
	void (*read_stats)(struct io_port *port);
	/*
	 * The addresses whose frames belong to the kernel, and those that are shared (redirected
	 * to us all the same). Replaces the list. Optional; called by the agent thread.
	 */
	int (*set_local)(struct io_port *port, const struct image_local *local, uint32_t count,
			 struct io_error *error);
	/* Capture files only: the time of the next packet, UINT64_MAX when there is none. */
	uint64_t (*next_ns)(struct io_port *port);
};

/* `config->io` names the backend. 0 or -errno with a sentence. */
int io_open(struct io_port *port, const struct io_config *config, uint32_t index,
	    struct pkt_cache *caches, uint32_t workers, struct io_error *error);
void io_close(struct io_port *port);

#define IO_NO_QUEUE UINT32_MAX

/* The queue that worker w serves, or IO_NO_QUEUE. */
static ALWAYS_INLINE uint32_t io_queue_of(const struct io_port *port, uint32_t worker)
{
	return worker < port->queues ? worker : IO_NO_QUEUE;
}
