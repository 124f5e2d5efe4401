/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The question of `explain`, and the services that it may be about.
 */

#include "control/offline/service_ask.h"
#include "control/serve/request.h"

/* Of what was written, what was taken. */
struct explain_choice {
	uint32_t from_pods; /* how many pods each end could have been */
	uint32_t to_pods;
	uint16_t port; /* of a service that was named; 0: none was */
};

/* 0, or -EINVAL and a reply. */
int explain_read(struct request *request, struct msg_explain *out, struct explain_choice *choice);

/* Those of the tables that run; they must stay. */
void explain_services(const struct reconcile *r, struct service_reader *out);
