/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a SYN says of the segments that its sender takes (MSS, RFC 9293 section 3.7.1), lowered to what
 * fits both links it passes here: for those who do not hear of it when packets are too big.
 */

struct batch;
struct core;

void segment_sizes_lower(struct core *core, const struct batch *batch);
