/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct core;
struct pkt;

/*
 * Turns an echo request around, whole or a fragment of one, and sends it back where it came from.
 * Nothing is lost by it and nothing grows, so it is neither a drop nor limited.
 */
void answer_echo(struct core *core, struct pkt *pkt);
