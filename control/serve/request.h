/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * One request: a line of JSON in, an answer out. Knows nothing of sockets.
 *
 * control/serve/README.md describes the requests for people.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/daemon.h"
#include "fastpath/api/msg.h"
#include "fastpath/base/attr.h"

/* Lines that are made while the client reads them: a list of a million flows is never in
 * memory as JSON. next() returns NULL at the end. */
struct answer_lines {
	json_t *(*next)(void *state);
	void (*close)(void *state);
	void *state;
};

/* What a client wants to hear from now on. */
struct answer_follow {
	uint32_t types; /* 1 << enum event_type; 0: nothing */
	bool is_trace;
	struct flow_filter filter;
};

struct answer {
	json_t *reply; /* an object with "ok" */
	struct answer_lines lines;
	struct answer_follow follow;
};

struct request {
	struct daemon *daemon;
	json_t *root;
	struct answer *answer;
};

/* Always leaves a reply. 0 when it says ok. */
int request_answer(struct daemon *daemon, const char *line, size_t size, struct answer *answer);
void answer_free(struct answer *answer);

/* ---- for those who answer ---- */

enum request_need {
	REQUEST_OPTIONAL,
	REQUEST_REQUIRED,
};

/* Sets the reply and returns -EINVAL. */
int PRINTF(2, 3) request_refuse(struct request *request, const char *format, ...);
/* Takes `body` as the reply and adds "ok". Returns 0. */
int request_accept(struct request *request, json_t *body);
/* 0 and the value, untouched when it is not there; -EINVAL and a reply when it is wrong. */
int request_text(struct request *request, const char *key, enum request_need need,
		 const char **out);
int request_number(struct request *request, const char *key, enum request_need need, uint64_t max,
		   uint64_t *out);
int request_bool(struct request *request, const char *key, bool *out);
/* After a fast path call failed: marks a broken connection, refuses with the reason. */
int request_fastpath_failed(struct request *request, const struct fastpath_error *error);

/* One function for each request; the list is in request.c. */
typedef int request_fn(struct request *request);

request_fn answer_wg, answer_wg_reset;
request_fn answer_backends, answer_backend_drain, answer_backend_undrain;
request_fn answer_status, answer_apply, answer_delete, answer_get, answer_flows, answer_flush,
	answer_drops, answer_stats, answer_explain, answer_trace, answer_events, answer_reload,
	answer_restart_fastpath, answer_shutdown, answer_services, answer_maglev;
