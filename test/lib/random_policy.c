/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/random_draw.h"

static struct ip_block random_block(struct random_world *w)
{
	struct ip_block b = {.cidr = draw_prefix(w),
			     .except = draw_room(w, 3, sizeof(struct prefix))};

	for (int i = 0; i < 3; i++) {
		struct prefix p = draw_prefix(w);

		if (prefix_is_v4(&p) == prefix_is_v4(&b.cidr) && prefix_covers(&b.cidr, &p) &&
		    p.len != b.cidr.len)
			b.except[b.except_count++] = p;
	}
	return b;
}

static struct policy_peer random_peer(struct random_world *w)
{
	struct policy_peer p = {0};

	switch (random_below(&w->seed, 4)) {
	case 0:
		p.is_block = true;
		p.block = random_block(w);
		break;
	case 1:
		p.pod_selector = draw_selector(w);
		break;
	case 2:
		p.namespace_selector = draw_space_selector(w);
		break;
	default:
		p.namespace_selector = draw_space_selector(w);
		p.pod_selector = draw_selector(w);
		break;
	}
	return p;
}

static struct policy_port random_port(struct random_world *w)
{
	struct policy_port p = {.proto = PICK(w, random_protocols), .has_port = draw_chance(w, 85)};

	if (p.has_port && draw_chance(w, 40))
		p.name = PICK(w, random_port_names);
	p.first = p.last = PICK(w, random_ports);
	if (p.has_port && !p.name && draw_chance(w, 30))
		p.last = (uint16_t)(p.first + random_below(&w->seed, 500));
	return p;
}

static struct policy_rule *random_rules(struct random_world *w, size_t *count)
{
	struct policy_rule *rules = draw_room(w, 3, sizeof(*rules));

	*count = random_below(&w->seed, 4);
	for (size_t i = 0; i < *count; i++) {
		struct policy_rule *r = &rules[i];

		r->source = (struct source){"world.yaml", (uint32_t)i + 1};
		r->any_peer = draw_chance(w, 20);
		r->any_port = draw_chance(w, 30);
		r->peers = draw_room(w, 3, sizeof(*r->peers));
		r->peer_count = r->any_peer ? 0 : 1 + random_below(&w->seed, 3);
		r->ports = draw_room(w, 3, sizeof(*r->ports));
		r->port_count = r->any_port ? 0 : 1 + random_below(&w->seed, 3);
		for (size_t k = 0; k < r->peer_count; k++)
			r->peers[k] = random_peer(w);
		for (size_t k = 0; k < r->port_count; k++)
			r->ports[k] = random_port(w);
	}
	return rules;
}

void random_network_policies(struct random_world *w)
{
	struct objects *o = &w->objects;

	o->network_policy_count = random_below(&w->seed, 6);
	o->network_policies = draw_room(w, o->network_policy_count, sizeof(*o->network_policies));
	for (size_t i = 0; i < o->network_policy_count; i++) {
		struct network_policy *p = &o->network_policies[i];

		p->meta = draw_meta(
			w, "policy", i,
			random_spaces[i * ARRAY_SIZE(random_spaces) / o->network_policy_count]);
		p->pod_selector = draw_selector(w);
		p->applies_ingress = draw_chance(w, 70);
		p->applies_egress = draw_chance(w, 60);
		p->ingress = random_rules(w, &p->ingress_count);
		p->egress = random_rules(w, &p->egress_count);
	}
}
