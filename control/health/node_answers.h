/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * healthCheckNodePort: 200 while the gateway has local backends of a service, 503 when it has
 * none, with the body that kube-proxy gives. Balancers in front decide by it, so it is answered
 * here, also while sluiced is not there: by what it said last.
 */

#include <stddef.h>

#include "control/health/health_msg.h"
#include "control/reactor.h"

struct node_answers;

int node_answers_open(struct node_answers **out, struct reactor *reactor);
void node_answers_close(struct node_answers *answers);

/* Opens and closes ports as the set says. One that cannot be opened is logged, and tried again
 * with the next set. `set` points into bytes that stay until the next call. */
void node_answers_replace(struct node_answers *answers, const struct health_set *set);
