/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Direct server return: backends that answer the client themselves, as the service.
 *
 * Only the client's half of a connection comes this way. How its packets look on the way to the
 * backend is for forward/dispatch.h; here is what such a flow is made of, what tells whether it
 * lives, and what ICMP errors about its packets mean.
 *
 * SERVICE_DSR_OPTION: to the backend's address and port, the service's in an IP option.
 * SERVICE_DSR_IPIP: still to the service's address, and with SERVICE_KEEP_FRONTEND to its port, in
 * a packet to the backend. So the backend is in no key of these: it stands in the extra.
 */

#include <stdbool.h>

#include "fastpath/api/drop.h"
#include "fastpath/api/image.h"
#include "fastpath/flow/flow.h"

struct core;
struct pkt;

static inline bool dsr_mode(uint8_t mode)
{
	return mode == SERVICE_DSR_OPTION || mode == SERVICE_DSR_IPIP;
}

/*
 * The answer tuple and the flags of a new flow that begins with `orig`, and what its extra says.
 * DROP_NO_TRANSLATION: an IP option cannot lead to a backend of the other IP version.
 */
enum drop_reason dsr_prepare(const struct image_service *service,
			     const struct image_backend *backend, const struct tuple *orig,
			     struct tuple *reply, uint8_t *flags, struct flow_extra *extra);

/*
 * A packet of the flow, which has FLOW_F_EXTRA, is not the first one. What no backend acknowledges
 * here lives longer from then on: a single packet may be anybody's. false as well for flows without
 * EXTRA_ONE_WAY.
 */
bool dsr_speaks_again(struct core *core, const struct flow *flow);

/* The same for TCP: what the segment does. false: it is not of such a flow. */
struct tcp_verdict;
bool dsr_track_tcp(struct core *core, const struct pkt *pkt, struct tcp_verdict *v);

/*
 * An ICMP error about what was sent to the backend of a flow with EXTRA_OPTION or EXTRA_IPIP: the
 * flow learns the MTU, and the client is told what fits then. false: the packet is gone, because
 * it says nothing that the client needs to know.
 */
bool dsr_error(struct core *core, struct pkt *pkt);

/*
 * A packet without a flow that is of one all the same. An answer that comes this way, from the
 * service's address and port, which are in no key when packets go to the backend's: `*flow`, and
 * `pkt->dir` is 1. An ICMP error about an outer packet of ours goes round again as one about the
 * packet inside: `*flow` is NULL. false: it is neither, and nothing has happened.
 */
bool dsr_takes(struct core *core, struct pkt *pkt, struct flow **flow);
