/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct batch;
struct core;

/* Tells the senders of refused packets why: ICMP errors (RFC 792, RFC 4443) and TCP resets
 * (RFC 9293 section 3.5.2), at most `icmp_rate` a second. Leaves the batch alone. */
void answer_stage(struct core *core, struct batch *batch);
