/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the fast path says, as JSON for people: numbers of tables become names.
 */

#include <jansson.h>
#include <stdbool.h>

#include "control/serve/request.h"
#include "control/text_form.h"
#include "fastpath/api/event.h"

json_t *address_form(const union addr *addr);
json_t *prefix_form(const struct prefix *prefix);
json_t *mac_form(const uint8_t mac[6]);
/* "tcp", "udp", ...; the number as text for others. `buf` holds 8 bytes. */
const char *proto_text(uint8_t proto, char *buf);
/* 0 or -EINVAL. Names and numbers. */
int proto_parse(const char *text, uint8_t *out);
/* Adds src, dst, proto, and sport and dport where the protocol has them, to `into`. */
void tuple_form(json_t *into, const struct tuple *tuple);
/* A string of an ORIGIN image; "" when it is not there. */
const char *origin_text(const struct image_header *origins, uint32_t offset);
/* {kind, namespace, name, file, line, rule, text}; null for origin 0 or one that is gone. */
json_t *origin_form(const struct image_header *origins, uint32_t origin);
/* Adds who decided for the sender's side and for the receiver's: `egress` and `ingress`, each as
 * above; null where no policy selects that end. */
void sides_form(json_t *into, const struct reconcile *reconcile, uint32_t generation,
		uint32_t egress, uint32_t ingress);
/* What the IDENT image calls an address: "default/web ..."; NULL when it has no name of its own. */
const char *address_name(const struct reconcile *reconcile, const union addr *addr);
const char *ident_name(const struct reconcile *reconcile, uint32_t ident, uint32_t *identity);
/* Of a port or a tunnel, from a LINKS image; "?" when it is none. */
const char *link_name(const struct image_header *links, uint16_t link);
const char *port_name(const struct daemon *daemon, uint16_t port);
json_t *event_form(const struct daemon *daemon, const struct event *event);

/* ---- flow filters ---- */

/* Reads addr, peer, port, proto and limit. 0, or -EINVAL and a reply. */
int request_filter(struct request *request, struct flow_filter *out);
/* An address, a prefix, or a pod as namespace/name: all its addresses, at most `room`. 0 is a
 * reply that says what is wrong. */
size_t request_addresses(struct request *request, const char *key, const char *text,
			 struct prefix *out, size_t room);
bool flow_filter_matches(const struct flow_filter *filter, const struct tuple *tuple,
			 const struct tuple *wire);
