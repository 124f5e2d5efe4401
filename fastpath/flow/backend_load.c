/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/backend_load.h"

#include "fastpath/base/hash.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/service_way.h"
#include "fastpath/table/service_table.h"

uint64_t backend_key(const union addr *addr, be16 port, uint8_t proto)
{
	/* Never zero, which is of nobody. */
	return hash_addr(addr, (uint64_t)port << 8 | proto) | 1;
}

struct backend_load *backend_load_of(struct core *core, uint32_t number)
{
	const struct image_backend *backend = &core->gen->service->backends[number];
	uint64_t key = backend_key(&backend->addr, BE16(backend->port), backend->proto);
	struct backend_load *load = &core->services->loads[number];

	if (load->key != key)
		*load = (struct backend_load){.key = key};
	return load;
}

struct backend_end flow_backend(const struct flow_table *flows, struct flow *flow)
{
	const struct flow_extra *extra = flow_extra_of(flows, flow);

	if (flow->flags & FLOW_F_EXTRA && extra->what & (EXTRA_OPTION | EXTRA_IPIP))
		return (struct backend_end){&extra->backend, extra->backend_port};
	return (struct backend_end){&flow->key1.src, flow->key1.sport};
}

/* Half-open flows are counted by the service that the extra names. */
static void set_service(struct core *core, struct flow *flow, uint32_t service)
{
	struct flow_extra *extra = flow_extra_of(core->flows, flow);
	bool half_open = flow_is_half_open(flow->state);

	if (half_open)
		flow_count_half_open(core->flows, flow, -1);
	extra->service = service;
	if (half_open)
		flow_count_half_open(core->flows, flow, 1);
}

static void uncount(struct core *core, struct flow *flow)
{
	struct flow_extra *extra = flow_extra_of(core->flows, flow);
	struct backend_end end = flow_backend(core->flows, flow);
	struct backend_load *load;

	if (!extra->load)
		return;
	load = &core->services->loads[extra->load - 1];
	extra->load = 0;
	if (load->key == backend_key(end.addr, end.port, flow->key0.proto) && load->active)
		load->active--;
}

void backend_load_begin(struct core *core, struct flow *flow, const struct service_way *way)
{
	uint32_t service = way->service->number + 1;
	uint32_t backend = core->gen->service->picks[way->pick].backend;
	struct flow_extra *extra = flow_extra_of(core->flows, flow);

	/* Closed ones only wait for their ports to be free. */
	if (flow->state == FLOW_TCP_CLOSED)
		return;
	if (extra->service != service)
		set_service(core, flow, service);
	if (extra->load == backend + 1)
		return;
	uncount(core, flow);
	extra->load = backend + 1;
	backend_load_of(core, backend)->active++;
}

void backend_load_end(struct core *core, struct flow *flow)
{
	uncount(core, flow);
	if (flow_extra_of(core->flows, flow)->service)
		set_service(core, flow, 0);
}
