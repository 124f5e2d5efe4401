/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * WireGuard between the pipeline and crypto/.
 *
 * A device is a link, as a tunnel is (tunnel/tunnel_stage.h): what is decrypted goes round once more
 * with the device as its port, and what a flow sends to a peer is encrypted at the end. Packets are
 * encrypted and decrypted by the burst; handshakes are the agent's (wg_handshake.h).
 */

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct core;

/* WireGuard for us leaves the batch; what was inside goes round again. */
void decrypt_stage(struct core *core, struct batch *batch);

/* Packets for peers leave the batch encrypted, by a port. Those that other stages have sent to a
 * device follow. */
void encrypt_stage(struct core *core, struct batch *batch);

/* What is in core->out[link], for a device's link: likewise. */
void wg_flush(struct core *core, uint32_t link);

/* Once a turn: what the agent wants sent, and packets that waited. How many moved. */
uint32_t wg_turn(struct core *core);
/* Once a turn, with other workers: their packets are decrypted here, ours there. How many moved; some
 * may be to go round again. `is_idle`: nothing else came in. */
uint32_t wg_share(struct core *core, bool is_idle);
/* Nothing waits for this worker. */
bool wg_may_sleep(const struct core *core);
/* All that is held, when the worker ends. */
void wg_drop_all(struct core *core);
