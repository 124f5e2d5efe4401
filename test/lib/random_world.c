/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/random_draw.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"

const char *const random_spaces[RANDOM_SPACES] = {"a", "b", "c"};
static const char *const keys[] = {"app", "env", "pod-template-hash", "tier"};
static const char *const values[] = {"x", "y", "z"};
const char *const random_port_names[3] = {"dns", "http", "metrics"};
const uint16_t random_ports[4] = {53, 80, 81, 443};
const uint8_t random_protocols[3] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP};
static const char *const prefixes[] = {
	"0.0.0.0/0",	  "::/0",	  "10.0.0.0/8",	     "10.1.0.0/16",  "10.1.1.0/24",
	"10.1.1.2/32",	  "192.0.2.0/24", "198.51.100.0/24", "198.51.100.7", "198.51.100.0/28",
	"2001:db8::/32",  "fd00::/8",	  "fd00:1::/64",     "2001:db8::7",  "2001:db8::/64",
	"203.0.113.0/24",
};

uint64_t random_next(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t random_below(uint64_t *seed, uint32_t n)
{
	return (uint32_t)(random_next(seed) % n);
}

bool draw_chance(struct random_world *w, uint32_t percent)
{
	return random_below(&w->seed, 100) < percent;
}

void *draw_room(struct random_world *w, size_t count, size_t size)
{
	void *p = calloc(count + 1, size);

	CHECK(p);
	w->memory = reallocarray(w->memory, w->memory_count + 1, sizeof(*w->memory));
	CHECK(w->memory);
	w->memory[w->memory_count++] = p;
	return p;
}

static const char *text(struct random_world *w, const char *prefix, size_t number)
{
	char *s = draw_room(w, 32, 1);

	(void)snprintf(s, 32, "%s%02zu", prefix, number);
	return s;
}

static union addr address(const char *s)
{
	union addr a;

	CHECK(addr_parse(s, &a) == 0);
	return a;
}

static void ask_about(struct random_world *w, const union addr *a)
{
	if (w->address_count < RANDOM_WORLD_ADDRESSES)
		w->addresses[w->address_count++] = *a;
}

static struct labels random_labels(struct random_world *w)
{
	struct labels l = {.items = draw_room(w, ARRAY_SIZE(keys), sizeof(struct label))};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (draw_chance(w, 50))
			l.items[l.count++] = (struct label){keys[i], PICK(w, values)};
	return l;
}

struct selector draw_selector(struct random_world *w)
{
	struct selector s = {.present = true,
			     .terms = draw_room(w, 2, sizeof(struct selector_term)),
			     .count = random_below(&w->seed, 3)};

	for (size_t i = 0; i < s.count; i++) {
		struct selector_term *t = &s.terms[i];

		t->key = draw_chance(w, 85) ? keys[random_below(&w->seed, 2)] : PICK(w, keys);
		t->op = (enum selector_op)random_below(&w->seed, 4);
		t->values = draw_room(w, 2, sizeof(char *));
		t->value_count = t->op <= SELECTOR_NOT_IN ? 1 + random_below(&w->seed, 2) : 0;
		for (size_t v = 0; v < t->value_count; v++)
			t->values[v] = values[random_below(&w->seed, 2) + v];
	}
	return s;
}

struct selector draw_space_selector(struct random_world *w)
{
	struct selector s = draw_selector(w);

	if (s.count > 0 && draw_chance(w, 20)) {
		s.terms[0].key = "kubernetes.io/metadata.name";
		s.terms[0].op = SELECTOR_IN;
		s.terms[0].value_count = 1;
		s.terms[0].values[0] = PICK(w, random_spaces);
	}
	return s;
}

struct prefix draw_prefix(struct random_world *w)
{
	struct prefix p;

	CHECK(prefix_parse(PICK(w, prefixes), &p) == 0);
	return p;
}

static struct prefix *random_prefixes(struct random_world *w, size_t *count, uint32_t max)
{
	struct prefix *p = draw_room(w, max, sizeof(*p));

	*count = random_below(&w->seed, max + 1);
	for (size_t i = 0; i < *count; i++)
		p[i] = draw_prefix(w);
	return p;
}

struct meta draw_meta(struct random_world *w, const char *prefix, size_t number, const char *space)
{
	return (struct meta){.name = text(w, prefix, number),
			     .space = space,
			     .uid = text(w, "uid", random_below(&w->seed, 90)),
			     .labels = random_labels(w),
			     .source = {"world.yaml", (uint32_t)number + 1}};
}

static void add_nodes(struct random_world *w)
{
	struct objects *o = &w->objects;

	o->node_count = random_below(&w->seed, 4);
	o->nodes = draw_room(w, o->node_count, sizeof(*o->nodes));
	for (size_t i = 0; i < o->node_count; i++) {
		struct node_object *n = &o->nodes[i];

		n->meta = draw_meta(w, "node", i, "");
		n->addresses = draw_room(w, 1, sizeof(union addr));
		n->address_count = 1;
		n->addresses[0] = addr_v4(BE32(0xc0000200u + 100 + (uint32_t)i));
		ask_about(w, &n->addresses[0]);
		n->pod_cidrs = draw_room(w, 1, sizeof(struct prefix));
		n->pod_cidr_count = draw_chance(w, 50);
		CHECK(prefix_parse("10.1.0.0/16", &n->pod_cidrs[0]) == 0);
		n->pod_cidrs[0].addr.b[13] = (uint8_t)(i + 1);
	}
	w->config.node_name = (char *)"node00";
}

static void add_pod(struct random_world *w, struct pod_object *pod, size_t i)
{
	pod->node_name = text(w, "node", random_below(&w->seed, 4));
	pod->finished = draw_chance(w, 5);
	pod->host_network = draw_chance(w, 5);
	pod->addresses = draw_room(w, 2, sizeof(union addr));
	pod->address_count = 1 + random_below(&w->seed, 2);
	pod->addresses[0] = addr_v4(BE32(0x0a010100u + random_below(&w->seed, 4) * 256 +
					 (draw_chance(w, 95) ? (uint32_t)i + 1 : 1)));
	pod->addresses[1] = address("fd00:1::");
	pod->addresses[1].b[15] = (uint8_t)(i + 1);
	for (size_t a = 0; a < pod->address_count; a++)
		ask_about(w, &pod->addresses[a]);
	pod->ports = draw_room(w, 3, sizeof(*pod->ports));
	pod->port_count = random_below(&w->seed, 4);
	for (size_t p = 0; p < pod->port_count; p++)
		pod->ports[p] = (struct container_port){random_port_names[p], PICK(w, random_ports),
							PICK(w, random_protocols)};
}

static void add_pods(struct random_world *w)
{
	struct objects *o = &w->objects;
	size_t space = 0;

	o->pod_count = 3 + random_below(&w->seed, 12);
	o->pods = draw_room(w, o->pod_count, sizeof(*o->pods));
	for (size_t i = 0; i < o->pod_count; i++) {
		if (space + 1 < ARRAY_SIZE(random_spaces) && draw_chance(w, 25))
			space++;
		o->pods[i].meta = draw_meta(w, "pod", i, random_spaces[space]);
		o->pods[i].meta.uid = text(w, "uid", (i * 37) % 100);
		add_pod(w, &o->pods[i], i);
	}
}

static struct egress_gateway *random_gateways(struct random_world *w, size_t *count)
{
	struct egress_gateway *g = draw_room(w, 3, sizeof(*g));

	*count = draw_chance(w, 60) ? 1 : 1 + random_below(&w->seed, 3);
	for (size_t i = 0; i < *count; i++) {
		g[i].node_selector = draw_selector(w);
		g[i].addresses = draw_room(w, 4, sizeof(union addr));
		g[i].address_count = random_below(&w->seed, 4);
		for (size_t a = 0; a < g[i].address_count; a++) {
			g[i].addresses[a] =
				address(draw_chance(w, 60) ? "192.0.2.1" : "2001:db8:f::1");
			g[i].addresses[a].b[15] = (uint8_t)(1 + random_below(&w->seed, 9));
		}
		if (g[i].address_count == 0 && draw_chance(w, 50))
			g[i].interface = draw_chance(w, 80) ? "eth1" : "eth7";
	}
	return g;
}

static void add_egress_policies(struct random_world *w)
{
	struct objects *o = &w->objects;

	o->egress_policy_count = random_below(&w->seed, 5);
	o->egress_policies = draw_room(w, o->egress_policy_count, sizeof(*o->egress_policies));
	for (size_t i = 0; i < o->egress_policy_count; i++) {
		struct egress_policy *p = &o->egress_policies[i];

		p->meta = draw_meta(w, "egress", i, "");
		p->selector_count = 1 + random_below(&w->seed, 2);
		p->selectors = draw_room(w, 2, sizeof(*p->selectors));
		for (size_t s = 0; s < p->selector_count; s++) {
			p->selectors[s].pod_selector = draw_selector(w);
			if (draw_chance(w, 30))
				p->selectors[s].namespace_selector = draw_space_selector(w);
			if (draw_chance(w, 20))
				p->selectors[s].node_selector = draw_selector(w);
		}
		p->destinations = random_prefixes(w, &p->destination_count, 4);
		p->excluded = random_prefixes(w, &p->excluded_count, 2);
		p->gateways = random_gateways(w, &p->gateway_count);
	}
}

static void add_network(struct random_world *w)
{
	static const char *const own[] = {"10.1.1.254", "192.0.2.1", "fd00:1::fffe",
					  "2001:db8:f::1", "fe80::1"};
	struct net_view *net = &w->net;

	w->config.port_count = 2;
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(w->config.ports[i].name, IMAGE_NAME_MAX, i ? "wan" : "pods");
		(void)snprintf(w->config.ports[i].interface, 16, "eth%zu", i);
	}
	net->link_count = 2;
	net->links = draw_room(w, 2, sizeof(*net->links));
	net->links[0].present = true;
	net->links[0].mtu = 9000;
	net->address_count = ARRAY_SIZE(own);
	net->addresses = draw_room(w, ARRAY_SIZE(own), sizeof(*net->addresses));
	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		net->addresses[i].addr = address(own[i]);
		net->addresses[i].on_port = true;
		net->addresses[i].port = (uint16_t)(i % 2);
	}
	net->route_count = 2;
	net->routes = draw_room(w, 2, sizeof(*net->routes));
	for (size_t i = 0; i < 2; i++) {
		CHECK(prefix_parse(i ? "::/0" : "0.0.0.0/0", &net->routes[i].prefix) == 0);
		net->routes[i].has_gateway = true;
		net->routes[i].gateway = address(i ? "fe80::99" : "192.0.2.254");
		net->routes[i].port = 1;
		net->routes[i].kind = ROUTE_VIA;
	}
}

void random_world_settings(struct image_settings *settings)
{
	*settings = (struct image_settings){.half_open_max = 1000,
					    .fragment_ms = 1000,
					    .drain_s = 300,
					    .nat_port_first = 1024,
					    .nat_port_last = 65535};
	for (int i = 0; i < TIMEOUT_CLASSES; i++)
		settings->timeout_s[i] = 60;
}

void random_world_open(struct random_world *w, uint64_t seed)
{
	*w = (struct random_world){.seed = seed};
	random_world_settings(&w->config.settings);
	w->config.path = (char *)"world.conf";
	w->config.cidr_matches_pods = draw_chance(w, 50);
	w->config.cidr_matches_nodes = draw_chance(w, 50);
	w->config.deny_answer = DENY_RESET;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		struct prefix p;
		union addr last;

		CHECK(prefix_parse(prefixes[i], &p) == 0);
		last = prefix_last(&p);
		ask_about(w, &last);
	}
	w->objects.namespace_count = random_below(&w->seed, ARRAY_SIZE(random_spaces) + 1);
	w->objects.namespaces =
		draw_room(w, ARRAY_SIZE(random_spaces), sizeof(*w->objects.namespaces));
	for (size_t i = 0; i < w->objects.namespace_count; i++) {
		w->objects.namespaces[i].meta = draw_meta(w, "", i, "");
		w->objects.namespaces[i].meta.name = random_spaces[i];
	}
	add_nodes(w);
	add_pods(w);
	random_network_policies(w);
	add_egress_policies(w);
	add_network(w);
}

void random_world_close(struct random_world *w)
{
	for (size_t i = 0; i < w->memory_count; i++)
		free(w->memory[i]);
	free(w->memory);
	*w = (struct random_world){0};
}
