/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What is known of backends beside their objects: what sluice-health says, and who was drained by
 * hand. Both become the compiler's backend_facts.
 *
 * A drain names an address, or an address with port and perhaps protocol, and may be bound to one
 * service; it holds for whatever backend that is, now or later, until it is taken back. A backend
 * that several services share is drained in all of them. Drains are kept in RUN/drains, one a
 * line, so that they survive us.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/compile/compile.h"
#include "control/health_client.h"

#define DRAINS_MAX	  65536
#define DRAIN_SERVICE_MAX 192

struct drain {
	union addr addr;
	uint16_t port;			 /* 0: all */
	uint8_t proto;			 /* 0: all */
	char service[DRAIN_SERVICE_MAX]; /* "default/web"; "": whatever service */
};

struct backends {
	struct health_client health;
	char *path;
	struct drain *drains;
	size_t drain_count;
	struct backend_fact *facts; /* sorted, for the next compilation */
	size_t fact_count;
};

void backends_open(struct backends *backends, struct reactor *reactor, const struct config *config,
		   enum supervise_mode mode, health_changed_fn *changed, void *arg);
void backends_close(struct backends *backends);

/*
 * The facts anew, for the backends of a SERVICE image (with the names in an ORIGIN image); both
 * may be NULL. Whether they differ from those before.
 */
bool backends_refresh(struct backends *backends, struct image_header *const images[IMAGE_KINDS]);

/* What the compiler has found must be checked. */
void backends_check(struct backends *backends, const struct images *images);

/* 0, -EEXIST, -ENOSPC, or what writing the file says: nothing has changed then. */
int backends_drain(struct backends *backends, const struct drain *drain);
/* Takes back a drain that was said in these words; -ENOENT: there is none. */
int backends_undrain(struct backends *backends, const struct drain *drain);

/* Whether some drain is of this backend. */
bool backends_is_drained(const struct backends *backends,
			 struct image_header *const images[IMAGE_KINDS], uint32_t backend);

/* The first check of a backend in the set and how many follow it; 0 without one. */
uint32_t backends_checks_of(const struct backends *backends, const struct image_backend *backend,
			    uint32_t *first);

/* "10.0.0.1", "10.0.0.1:80", "[2001:db8::1]:80", each perhaps with "/tcp" behind the port.
 * 0 or -EINVAL. */
int drain_parse(const char *text, struct drain *out);
/* The same; `buf` holds DRAIN_TEXT_MAX. */
#define DRAIN_TEXT_MAX 96
char *drain_format(const struct drain *drain, char *buf);
