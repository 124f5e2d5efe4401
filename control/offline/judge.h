/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Tables asked as the fast path asks them: an address has an ident by its longest prefix, a set
 * and the other end's ident name a row, and in the row the protocol and port decide.
 */

#include "control/compile/compile.h"

struct judge;
struct service_reader;

enum judge_direction {
	JUDGE_INGRESS, /* may the receiver receive it */
	JUDGE_EGRESS,  /* may the sender send it */
	JUDGE_DIRECTIONS,
};

enum judge_verdict {
	JUDGE_ALLOW,
	JUDGE_AUDIT, /* passes, and is told: a rule that is only tried would deny it */
	JUDGE_DENY,
};

struct judgement {
	enum judge_verdict verdict;
	bool is_open;	 /* no policy selects that end */
	bool wants_l7;	 /* rules of L7 decide, which nothing can ask yet: denied */
	bool wants_auth; /* denied because the ends are not authenticated */
	uint32_t origin; /* in the ORIGIN image; 0: nobody */
};

/* protocol << 16 | port, as in the tables. */
#define JUDGE_KEY(proto, port) ((uint32_t)(proto) << 16 | (uint32_t)(port))
#define JUDGE_KEY_MAX	       0xffffffu

/* `images` must stay. */
struct judge *judge_open(const struct images *images);
void judge_free(struct judge *judge);

/* What stands behind addresses of services; policy is about the backend. */
const struct service_reader *judge_services(const struct judge *judge);
/* The address is outside of the cluster, for services. */
bool judge_is_outside(const struct judge *judge, const union addr *addr);

uint32_t judge_ident(const struct judge *judge, const union addr *addr);
const struct image_ident *judge_ident_record(const struct judge *judge, uint32_t ident);
/* Row of the spans that decide; NULL: the subject is open. */
const struct image_policy_row *judge_row(const struct judge *judge, enum judge_direction direction,
					 uint32_t sender, uint32_t receiver);
const struct image_policy_span *judge_spans(const struct judge *judge);
struct judgement judge_decision(const struct judge *judge, uint32_t decision);
struct judgement judge_ask(const struct judge *judge, enum judge_direction direction,
			   uint32_t sender, uint32_t receiver, uint32_t key);
/* Of both directions: the worse one. */
enum judge_verdict judge_worse(enum judge_verdict a, enum judge_verdict b);
const char *judge_verdict_text(enum judge_verdict verdict);

struct judge_origin {
	const char *kind, *space, *name, *file, *rule; /* never NULL */
	uint32_t line;
};
/* False for 0. */
bool judge_origin(const struct judge *judge, uint32_t origin, struct judge_origin *out);
/* "NetworkPolicy shop/web ingress[0] (policy.yaml:12)"; returns `buf`. */
char *judge_origin_text(const struct judge *judge, uint32_t origin, char *buf, size_t size);
const char *judge_string(const struct judge *judge, uint32_t offset);

/* What lies outside: each prefix that has an ident of its own and is neither a pod's nor a node's,
 * with one of its addresses that no longer prefix holds. To be freed. */
struct judge_outside {
	struct prefix prefix;
	union addr addr;
};

struct judge_outside *judge_outside(const struct judge *judge, uint32_t *count);
