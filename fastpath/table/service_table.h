/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Services: what stands behind an address that clients call.
 *
 * Maglev tables are the large part, and most services do not change from image to image: those
 * tables are shared between generations (maglev_cache.h).
 *
 * Which backend a new connection meets depends on the image and on the connection alone, so two
 * gateways with the same image, or a gateway before and after its restart, choose the same.
 */

#include "fastpath/base/hash.h"
#include "fastpath/base/tuple.h"
#include "fastpath/table/generation.h"

#define PICK_NONE    UINT32_MAX
#define SERVICE_NONE UINT32_MAX

struct maglev;
struct lpm;

struct service_table {
	struct table table;
	struct image_service *services;
	uint32_t service_count;
	struct image_pick *picks;
	uint32_t pick_count;
	struct image_backend *backends;
	uint32_t backend_count;
	struct image_source_set *source_sets;
	uint32_t source_set_count;
	struct lpm **sources;	   /* by source set */
	struct maglev **maglev;	   /* by service; NULL where it has none */
	uint64_t *weight_before;   /* see service_weights.h: by pick, and one more */
	uint32_t *first_available; /* likewise, by service */
	uint32_t *by_number;	   /* service + 1; 0: none */
	uint32_t number_count;
	/* frontends by address, protocol and port; open addressing */
	uint64_t filter; /* bit (last byte of the address & 63) for a quick no */
	uint32_t mask;
	uint32_t frontend_count;
	struct image_frontend *frontends; /* port 0: free */
	/* addresses of frontends that are of services alone, likewise; ::, which no frontend has:
	 * free */
	uint32_t vip_mask;
	union addr *vips;
	/* backends of services that keep the client's address, likewise */
	bool has_client_owned;
	uint64_t owned_sum; /* of these backends and of frontends that say so; 0: nothing does */
	uint32_t owned_mask;
	uint32_t *owned; /* backend + 1; 0: free */
	/* greatest numbers that must exist elsewhere */
	uint32_t origin_max;
	uint32_t snat_rule_max;
	uint32_t string_max;
};

/* `before` may be NULL; what is the same is shared with it. */
int service_build(const struct image_header *image, const struct table *before, struct table **out);
void service_free(struct table *table);

/* The frontend of address, port and protocol, or NULL. */
const struct image_frontend *service_find_slow(const struct service_table *t,
					       const union addr *addr, be16 port, uint8_t proto);

static ALWAYS_INLINE const struct image_frontend *service_find(const struct service_table *t,
							       const union addr *addr, be16 port,
							       uint8_t proto)
{
	if (likely(!(t->filter >> (addr->b[15] & 63) & 1)))
		return NULL;
	return service_find_slow(t, addr, port, proto);
}

/* The address belongs to services and not to the gateway itself. */
bool service_is_vip(const struct service_table *t, const union addr *addr);

/* A client outside of the cluster may call the frontend. */
bool service_lets_in(const struct service_table *t, const struct image_frontend *frontend,
		     const union addr *client);

/* The service of a number (see struct image_service), or SERVICE_NONE. */
static inline uint32_t service_of_number(const struct service_table *t, uint32_t number)
{
	return number < t->number_count ? t->by_number[number] - 1 : SERVICE_NONE;
}

/* It may be chosen for new connections. */
static ALWAYS_INLINE bool pick_takes_new(const struct image_pick *pick)
{
	return pick->state == PICK_ACTIVE && pick->weight > 0;
}

/* The pick of a service whose backend has address and port, or PICK_NONE. */
uint32_t service_pick_of(const struct service_table *t, uint32_t service, const union addr *addr,
			 be16 port);

/* The pick that Maglev's table names for a hash; PICK_NONE: no backend takes connections. */
uint32_t service_maglev(const struct service_table *t, uint32_t service, uint64_t hash);

/*
 * What chooses among a service's backends: of the client's address alone where clients stay with
 * a backend, else of the whole tuple as the client sent it. Nothing of this process is in it.
 */
static inline uint64_t service_hash(const struct image_service *service, const struct tuple *tuple)
{
	uint64_t key = hash_mix(service->seed ^ 0xe7037ed1a0b428dbull, 0x8ebc6af09c88c6e3ull);
	uint64_t ports = (uint64_t)from_be16(tuple->sport) << 16 | from_be16(tuple->dport);
	uint64_t client = hash_mix(from_be64(tuple->src.d[0]) ^ key,
				   from_be64(tuple->src.d[1]) ^ 0x589965cc75374cc3ull);
	uint64_t frontend;

	if (service->affinity_s)
		return hash_mix(client ^ 0x1d8e4e27c47d124full, key);
	frontend = hash_mix(from_be64(tuple->dst.d[0]) ^ key ^ ports,
			    from_be64(tuple->dst.d[1]) + (ports << 8 | tuple->proto));
	return hash_mix(client ^ frontend, key ^ 0xeb44accab455d165ull);
}

/*
 * Connections of services that keep the client's address (their answers cannot be told apart by
 * a port of ours), that stay with a backend by client, or that count by client belong to the
 * worker that the client's address says, both directions of them: `*client` is that address.
 * false: whoever the packet's flow hash says.
 *
 * Between two backends of such services it cannot be told who called; so a client that is itself
 * one (service_is_owned_backend) must not keep its address when it calls one.
 */
bool service_client_owned(const struct service_table *t, const struct tuple *tuple,
			  const union addr **client);
/* Answers from there may be of a service that keeps the client's address. */
bool service_is_owned_backend(const struct service_table *t, const union addr *addr, be16 port,
			      uint8_t proto);
