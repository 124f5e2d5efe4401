/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Policies looked at without a daemon: objects are read and compiled as sluiced does it, and the
 * tables that come out are asked as the fast path asks them. Nothing here needs privileges, a
 * network or a clock.
 */

#include "control/compile/compile.h"
#include "control/compile/grow.h"
#include "control/mirror/net_view.h"
#include "fastpath/base/attr.h"

struct offline_error {
	char text[768];
};

/* Writes the sentence, tame enough for a terminal, and returns `err`. */
int offline_fail(struct offline_error *error, int err, const char *format, ...) PRINTF(3, 4);

/* ---- texts.c: what was written ---- */

struct offline_text {
	char *label; /* the file, as errors name it */
	char *bytes;
	size_t size;
};

struct offline_texts GROW_FIELDS(struct offline_text);

/* A file, a pipe, "-" for standard input, or a directory's *.yaml, *.yml and *.json in name
 * order, not recursing. */
int texts_read(struct offline_texts *texts, const char *path, struct offline_error *error);
/* Takes a copy. */
void texts_add(struct offline_texts *texts, const char *label, const char *bytes, size_t size);
/* Takes out what is the same file as one of `others`. */
void texts_leave_out(struct offline_texts *texts, const struct offline_texts *others);
void texts_free(struct offline_texts *texts);

/* ---- offline_world.c: what it means ---- */

struct offline_options {
	const char *conf; /* a gateway's conf: its policy group and node name count; or NULL */
	bool cidr_matches_pods; /* Kubernetes' reading of ipBlock, whatever the conf says */
};

struct offline_world {
	struct config config;
	struct net_view net;
	struct objects objects;
	struct compile_memory *memory;
	struct images images;
	struct compile_input input; /* of what stands above */
	size_t invented;	    /* pods that have no address, and got one that is nobody's */
};

/* 0 and a world, or -errno and one sentence with file and line. */
int world_read(const struct offline_texts *texts, const struct offline_options *options,
	       struct offline_world **out, struct offline_error *error);
void world_free(struct offline_world *world);
/* Calls `tell` for every text, or document of a YAML text, that cannot be read; returns how
 * many. What concerns several of them together only world_read() finds. */
typedef void fault_fn(void *arg, const char *sentence);
size_t texts_check(const struct offline_texts *texts, fault_fn *tell, void *arg);
