/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Packets that lie in others, on their way between nodes.
 *
 * A tunnel is a link (api/image_tunnel.h), so the rest of the pipeline knows nothing of it: what
 * comes out goes round once more with the tunnel as its port, and what a flow sends to a next hop
 * behind the tunnel is put into it at the end.
 */

#include <stdint.h>

struct batch;
struct core;

/* Packets for our end of a tunnel leave the batch; what was inside goes round again. */
void decap_stage(struct core *core, struct batch *batch);

/* Packets for a tunnel go into outer ones that leave by a port. */
void encap_stage(struct core *core, struct batch *batch);

/* Likewise for what stages have sent past the batch (answers, fragments): what is in
 * core->out[link] of a tunnel's link. */
void tunnel_flush(struct core *core, uint32_t link);
