/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Our side of the conversation in fastpath/api/msg.h.
 *
 * A request is sent and its answer awaited up to a deadline. Two things can go wrong, and they
 * differ: the fast path refuses (it said why, the connection stays), or the connection breaks
 * (it died, hangs, or talks nonsense): then the connection is closed and fastpath_is_open()
 * says so. Either way a transaction is applied whole or not at all.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fastpath/api/event.h"
#include "fastpath/api/image.h"
#include "fastpath/api/msg.h"
#include "fastpath/base/attr.h"

struct fastpath_error {
	char text[256];
};

/* Valid during the call only. */
typedef void fastpath_events_fn(void *arg, const struct event *events, size_t count);

struct fastpath_client {
	int fd; /* -1: closed */
	uint32_t seq;
	pid_t pid; /* of the process that listens */
	struct msg_hello hello;
	fastpath_events_fn *on_events; /* for a connection that subscribes */
	void *arg;
	uint8_t *buffer; /* one message */
};

/* Records in a descriptor that the fast path sent, mapped for reading. */
struct fastpath_rows {
	void *records;
	size_t count;
	size_t mapped; /* bytes; 0: nothing to unmap */
};

/* Connects and shakes hands. -ENOENT or -ECONNREFUSED: nobody listens there; -EPROTONOSUPPORT:
 * one of another version does. */
int fastpath_open(struct fastpath_client *client, const char *path, struct fastpath_error *error);
void fastpath_close(struct fastpath_client *client);
bool fastpath_is_open(const struct fastpath_client *client);

/* A NULL image stays as it is in the fast path. */
int fastpath_commit(struct fastpath_client *client, struct image_header *const images[IMAGE_KINDS],
		    struct msg_commit *out, struct fastpath_error *error);
/* Rows are struct stats_row. */
int fastpath_stats(struct fastpath_client *client, struct fastpath_rows *out,
		   struct fastpath_error *error);
/* Rows are struct flow_record. */
int fastpath_flows(struct fastpath_client *client, const struct flow_filter *filter,
		   struct fastpath_rows *out, struct fastpath_error *error);
int fastpath_flush(struct fastpath_client *client, const struct flow_filter *filter,
		   uint64_t *count, struct fastpath_error *error);
int fastpath_explain(struct fastpath_client *client, const struct msg_explain *question,
		     struct msg_explained *out, struct fastpath_error *error);
/* Rows are struct service_record: of all services, in the order of their image. */
int fastpath_services(struct fastpath_client *client, struct fastpath_rows *out,
		      struct fastpath_error *error);
/* Rows are uint32_t, the picks of a service's Maglev table; none when it has no table. */
int fastpath_maglev(struct fastpath_client *client, uint32_t service, struct fastpath_rows *out,
		    struct fastpath_error *error);
/* Rows are struct wg_record: of all peers, in the order of their image. */
int fastpath_wg(struct fastpath_client *client, struct fastpath_rows *out,
		struct fastpath_error *error);
int fastpath_trace(struct fastpath_client *client, const struct msg_trace *trace,
		   struct fastpath_error *error);
/* `types`: 1 << enum event_type, or-ed. */
int fastpath_subscribe(struct fastpath_client *client, uint32_t types,
		       struct fastpath_error *error);
/* Replay only: runs the captures to their end. Takes as long as it takes. */
int fastpath_run(struct fastpath_client *client, uint64_t *packets, struct fastpath_error *error);
int fastpath_stop(struct fastpath_client *client, struct fastpath_error *error);
void fastpath_rows_free(struct fastpath_rows *rows);

/* Takes what has arrived, without waiting, and hands events to on_events. */
int fastpath_read_events(struct fastpath_client *client, struct fastpath_error *error);
