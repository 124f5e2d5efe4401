/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One message out, its answer in: what all requests of fastpath_client.h share.
 */

#include "control/fastpath_client.h"

struct fastpath_request {
	enum msg_type type;
	const void *body;
	size_t body_size;
	int send_fd;  /* -1: none */
	void *answer; /* where the reply's body behind struct msg_reply goes */
	size_t answer_size;
	int answer_fd; /* out: the reply's descriptor, or -1 */
	int timeout_ms;
};

int PRINTF(3, 4) fastpath_fail(struct fastpath_error *error, int err, const char *format, ...);
/* The same for a connection that is of no further use. */
int PRINTF(4, 5) fastpath_break(struct fastpath_client *client, struct fastpath_error *error,
				int err, const char *format, ...);
int fastpath_request(struct fastpath_client *client, struct fastpath_request *request,
		     struct fastpath_error *error);
