/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/service_table.h"

#include <errno.h>

#include "fastpath/base/hash.h"
#include "fastpath/table/table_mem.h"

int service_build(const struct image_header *image, struct table **out)
{
	struct service_table *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	TABLE_COPY(image, IMAGE_SERVICE_FRONTEND, frontends, &t->frontend_count);
	TABLE_COPY(image, IMAGE_SERVICE_RECORD, services, &t->service_count);
	TABLE_COPY(image, IMAGE_SERVICE_PICK, picks, &t->pick_count);
	TABLE_COPY(image, IMAGE_SERVICE_BACKEND, backends, &t->backend_count);
	TABLE_COPY(image, IMAGE_SERVICE_SOURCE_SET, source_sets, &t->source_set_count);
	*out = &t->table;
	return 0;
no_memory:
	service_free(&t->table);
	return -ENOMEM;
}

void service_free(struct table *table)
{
	struct service_table *t = (struct service_table *)table;

	free(t->frontends);
	free(t->services);
	free(t->picks);
	free(t->backends);
	free(t->source_sets);
	free(t);
}

const struct image_frontend *service_find_slow(const struct service_table *t,
					       const union addr *addr, be16 port, uint8_t proto)
{
	(void)t, (void)addr, (void)port, (void)proto;
	return NULL;
}

bool service_is_vip(const struct service_table *t, const union addr *addr)
{
	(void)t, (void)addr;
	return false;
}

bool service_lets_in(const struct service_table *t, const struct image_frontend *frontend,
		     const union addr *client)
{
	(void)t, (void)frontend, (void)client;
	return true;
}

uint32_t service_pick_of(const struct service_table *t, uint32_t service, const union addr *addr,
			 be16 port)
{
	(void)t, (void)service, (void)addr, (void)port;
	return PICK_NONE;
}

uint32_t service_maglev(const struct service_table *t, uint32_t service, uint64_t hash)
{
	(void)t, (void)service, (void)hash;
	return PICK_NONE;
}

bool service_client_owned(const struct service_table *t, const struct tuple *tuple,
			  const union addr **client)
{
	(void)t, (void)tuple, (void)client;
	return false;
}
