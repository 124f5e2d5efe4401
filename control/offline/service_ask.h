/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Services as the tables have them, asked as the fast path asks: what a call to an address and
 * port meets there, before policy is asked about a backend. Which backend it is, only the fast
 * path can say.
 */

#include "control/compile/explain_compile.h"
#include "fastpath/api/drop.h"

struct service_reader {
	const struct image_frontend *frontends;
	const struct image_service *services;
	const struct image_pick *picks;
	const struct image_backend *backends;
	const struct image_source_set *source_sets;
	const struct image_source_prefix *source_prefixes;
	uint32_t frontend_count;
	uint32_t service_count;
	uint32_t pick_count;
	const struct image_header *origins;
};

/* The images must stay. Without them there are no services. */
void service_reader_open(const struct image_header *services, const struct image_header *origins,
			 struct service_reader *out);

enum service_part {
	SERVICE_HAS_NO_PART, /* the address and port are of no service */
	SERVICE_ANSWERS,     /* a ping of an address that is of services alone */
	SERVICE_REFUSES,     /* as `reason` says */
	SERVICE_LEADS,	     /* to one of the picks that service_pick_next() finds */
};

struct service_answer {
	enum service_part part;
	enum drop_reason reason;
	const struct image_frontend *frontend; /* NULL: it was none that was called */
	const struct image_service *service;   /* NULL: likewise */
};

/* `outside`: the client is outside of the cluster. */
struct service_answer service_ask(const struct service_reader *r, const struct explain_question *q,
				  bool outside);

/* The next pick, `from` or one behind it, that a new connection may meet: all that take some, or
 * the first one by order where that decides. PICKS_END: none. */
#define PICKS_END UINT32_MAX
uint32_t service_pick_next(const struct service_reader *r, const struct image_service *service,
			   uint32_t from);

/* ---- names ---- */

/* "default/web:http"; "" when it has none. */
const char *service_name(const struct service_reader *r, const struct image_service *service);
/* A string of the ORIGIN image; never NULL. */
const char *service_string(const struct service_reader *r, uint32_t offset);
const char *service_algorithm_name(unsigned int algorithm);
const char *service_mode_name(unsigned int mode);
const char *service_state_name(unsigned int state);

/* ---- services as destinations ---- */

struct service_wish {
	const char *text;      /* "svc/NS/NAME", "svc/NS/NAME:PORT", "NS/NAME:PORT" */
	uint8_t proto;	       /* 0: any */
	uint16_t port;	       /* 0: any */
	const char *port_name; /* of the Service; NULL: any */
};

bool service_is_meant(const char *text);
/* The address of a family that most may call: of services alone before others'. NULL: none. */
const struct image_frontend *service_find_frontend(const struct service_reader *r,
						   const struct service_wish *wish, bool v4);
