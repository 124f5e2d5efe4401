/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A packet script, read: a list of actions. test/packet/README.md describes the language.
 */

#include "test/lib/spec.h"

enum action_kind {
	ACT_IN,
	ACT_OUT,  /* also `answer': what the gateway sends of itself */
	ACT_PUNT, /* the packet of `in`, for the kernel */
	ACT_DROP,
	ACT_EVENT,
	ACT_NOTHING,
	ACT_WAIT,
	ACT_CHECK,
	ACT_KNOWN,
	ACT_FLOWS, /* an ACT_IN many times over */
	ACT_EACH,  /* what comes of each: an ACT_OUT, or an ACT_DROP by `text` */
	ACT_SET,   /* key=value in the conf */
	ACT_CONF,  /* neighbour, route: as in the conf's static group */
	ACT_OBJECTS,
	ACT_PUBLISH,
	ACT_RESTART,
	ACT_ROOM,
};

struct action {
	enum action_kind kind;
	unsigned int line;
	char port[16];
	struct spec spec;
	const struct action *in; /* the packet that this is about */
	uint64_t number;	 /* wait: ns; known, flows, room: a count */
	uint32_t first;		 /* flows: where `*' begins */
	char **words;		 /* of the line, behind the first */
	size_t word_count;
	char *text; /* objects: YAML; drop: the reason */
};

struct script {
	char *path;
	char *conf;
	char **settings; /* of the `use' line */
	size_t setting_count;
	struct action **actions;
	size_t count;
	struct spec_vars vars;
	uint32_t workers; /* 0: one and two */
	bool unready;	  /* nothing is published before the first `publish' */
	/* `permute': these actions come in any order */
	size_t permute_at, permute_count;
	bool restarts;
};

struct script_error {
	char text[512];
};

/* 0, or -errno with "file:line: sentence". */
int script_load(const char *path, struct script *out, struct script_error *error);
void script_free(struct script *script);
