/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who talks to whom about what: the ends and ports of questions, as people write them.
 */

#include "control/offline/judge.h"
#include "control/offline/offline.h"

/* ---- ports ---- */

struct port_spec {
	char text[40]; /* "TCP/80", "TCP/http", "ICMP/8", "GRE" */
	uint8_t proto;
	bool is_named;
	char name[16];
	uint16_t port; /* of ICMP: the type */
};

struct port_list GROW_FIELDS(struct port_spec);

/* tcp/80, UDP/53, SCTP/9, TCP/http, ICMP (an echo request), ICMP/8, GRE, 47. */
int port_spec_parse(const char *text, struct port_spec *out, struct offline_error *error);
/* Several, with commas between; none twice. */
int ports_parse(const char *text, struct port_list *out, struct offline_error *error);
void ports_add(struct port_list *ports, const struct port_spec *port);
/* Ports that policies of the world name, at most `most`; TCP/80 when there are none. */
void ports_of_policies(const struct offline_world *world, uint32_t most, struct port_list *out);

/* ---- ends ---- */

struct end {
	char *name;		      /* "shop/front"; what is outside: "ext:192.0.2.10" */
	char *alias;		      /* its name, when it was given one; else NULL */
	const struct pod_object *pod; /* NULL: outside */
	union addr addresses[8];
	uint32_t address_count;
};

struct end_list GROW_FIELDS(struct end);

void ends_free(struct end_list *ends);
/* Pods that have addresses, by namespace and name. */
void ends_add_pods(struct end_list *ends, const struct objects *objects);
/* "NAME=ADDRESS" or "ADDRESS". */
int ends_add_external(struct end_list *ends, const char *text, struct offline_error *error);
/* Adds copies of those among `all` that `text` means: a pod "ns/name" or "name", "ns/" for all of
 * a namespace, labels as "app=web,tier!=db,ns=shop", an external's name; or any address. */
int ends_find(const struct end_list *all, const char *text, struct end_list *out,
	      struct offline_error *error);

/* ---- both ---- */

#define PAIRS_MAX 2

/* Addresses of one family to speak with: of each family that both ends have the first ones. */
struct end_pair {
	const union addr *src;
	const union addr *dst;
};

uint32_t ends_pair(const struct end *from, const struct end *to, struct end_pair pairs[PAIRS_MAX]);

#define KEY_NONE UINT32_MAX /* a name that the receiver has no port of */

/* The key to judge by. Towards an IPv6 address ICMP means ICMPv6 and its numbers. */
uint32_t port_spec_key(const struct port_spec *port, const struct end *to, const union addr *dst);
/* Whether a container of the receiver declares it. */
bool port_is_declared(const struct port_spec *port, const struct end *to);
