/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Fragments in any order, without reassembly.
 *
 * Only the first fragment of a datagram has ports. Those that come before it are held, those
 * behind it are told its ports; each then goes its way as a fragment. All fragments of a
 * datagram meet on the worker that its addresses and identification name. Which bytes came is
 * remembered: fragments that overlap end the datagram (RFC 5722, and for IPv4 as well), and
 * what is held is bounded in number and time.
 */

#include "fastpath/api/drop.h"
#include "fastpath/base/hash.h"

#define FRAG_PIECES_MAX 64u

struct batch;
struct core;
struct frag_table;

/* `held` packets and as many incomplete datagrams at once. NULL when out of memory. */
struct frag_table *frag_open(uint32_t held);
void frag_close(struct frag_table *t);
uint32_t frag_used(const struct frag_table *t);
uint32_t frag_size(const struct frag_table *t);

/* Leaves whole packets, and fragments whose ports are known. */
void frag_stage(struct core *core, struct batch *batch);

/* Ends datagrams whose time is up. Between bursts. */
void frag_expire(struct core *core);

/* What is held goes, by name: nobody will ask for it again. */
void frag_drop_all(struct core *core, enum drop_reason reason);
