/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The addresses that connections to backends come from, as one egress rule: so they have ports,
 * stand in the pool, and drain when they change as those of egress policies do.
 */

#include <errno.h>

#include "control/compile/service_world.h"

static void addresses_list(struct world *w, bool v4, struct byte_list *out)
{
	const struct config_services *config = &w->in->config->services;
	const struct source here = {.file = w->in->config->path};
	union addr addr;
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; i < config->snat_address_count; i++) {
		addr = config->snat_addresses[i];
		if (addr_is_v4(&addr) != v4)
			continue;
		if (egress_source_usable(&addr))
			key_add(out, &addr, sizeof(addr));
		else
			world_warn(w, &here, "services.snat_addresses: %s cannot be a source",
				   addr_format(&addr, text));
	}
	if (out->count == 0 && egress_default_address(w, v4, &addr))
		key_add(out, &addr, sizeof(addr));
}

static int addresses_emit(struct world *w, const struct byte_list *list,
			  struct image_egress_rule *rule, uint16_t *count)
{
	struct image_writer *image = &w->images[IMAGE_EGRESS];
	const union addr *addresses = (const union addr *)list->items;
	uint32_t total = list->count / (uint32_t)sizeof(*addresses);

	if (total > UINT16_MAX || total > image_writer_room(image, IMAGE_EGRESS_ADDRESS))
		return world_refuse(w, -ENOSPC, "services.snat_addresses: too many addresses");
	for (uint32_t i = 0; i < total; i++) {
		struct image_egress_address record = {addresses[i]};
		uint32_t index =
			image_writer_add(image, IMAGE_EGRESS_ADDRESS, &record, sizeof(record));

		if (rule->count4 + rule->count6 + i == 0)
			rule->first = index;
		GROW_ADD(&w->egress_pool, record.addr);
	}
	*count = (uint16_t)total;
	return 0;
}

int service_snat_emit(struct world *w)
{
	const struct meta meta = {.name = "services", .space = ""};
	const struct source here = {.file = w->in->config->path};
	struct image_writer *image = &w->images[IMAGE_EGRESS];
	struct image_egress_rule rule = {0};
	struct byte_list lists[2] = {{0}};
	int err = 0;

	for (int v4 = 1; v4 >= 0 && !err; v4--) {
		addresses_list(w, v4, &lists[v4]);
		w->services->snat[v4] = lists[v4].count > 0;
		err = addresses_emit(w, &lists[v4], &rule, v4 ? &rule.count4 : &rule.count6);
	}
	if (!err && image_writer_full(image, IMAGE_EGRESS_RULE))
		err = world_refuse(w, -ENOSPC, "too many egress rules");
	if (!err && (rule.count4 || rule.count6)) {
		rule.origin = origin_add(w, "conf", &meta, &here, "snat_addresses");
		w->services->snat_rule =
			image_writer_add(image, IMAGE_EGRESS_RULE, &rule, sizeof(rule));
	}
	GROW_FREE(&lists[0]);
	GROW_FREE(&lists[1]);
	return err;
}
