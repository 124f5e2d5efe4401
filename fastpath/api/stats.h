/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Counters on their way to people: one shape of row for all of them, names included, so that
 * control/ needs no list of its own.
 */

#include "fastpath/base/attr.h"

enum stats_kind {
	STATS_STAGE, /* value: packets in, packets out, bursts, cycles */
	STATS_PORT, /* value: rx packets, rx bytes, tx packets, tx bytes, rx lost in the kernel, tx full */
	STATS_DROP,   /* value: packets */
	STATS_TABLE,  /* value: used, size */
	STATS_WORKER, /* value: bursts, empty polls, sleeps, handed off, taken over, events lost */
	STATS_KINDS,
};

#define STATS_VALUES 6
#define STATS_SHARED 0xffffu /* worker of a row that belongs to no single worker */

struct stats_row {
	uint16_t kind;
	uint16_t worker;
	uint32_t id;
	char name[32];
	uint64_t value[STATS_VALUES];
};

static_assert(sizeof(struct stats_row) == 88);
