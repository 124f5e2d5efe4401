/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Services that are ours, port by port, and where each is called.
 *
 * Not ours: ExternalName, headless, those of another proxy (service-proxy-name). Of a load
 * balancer of another class only its load balancer's addresses are left to the others.
 */

#include <stdlib.h>
#include <string.h>

#include "control/compile/service_world.h"

#define EXPOSED_ON "service.cilium.io/node"

static const char *const own_classes[] = {
	"",
	"sluice.io/gateway",
	"io.cilium/bgp-control-plane",
	"io.cilium/l2-announcer",
};

static bool class_is_ours(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(own_classes); i++)
		if (strcmp(name ? name : "", own_classes[i]) == 0)
			return true;
	return false;
}

static bool service_is_ours(const struct service_object *service)
{
	return service->type != SERVICE_TYPE_EXTERNAL_NAME && !service->is_headless &&
	       !(service->proxy_name && *service->proxy_name);
}

/* Frontends but the ClusterIPs stand on the nodes that the notes choose. */
static bool exposed_here(const struct world *w, const struct service_notes *notes)
{
	const struct node_object *node = w->services->node;
	const char *value;

	if (w->in->objects->node_count == 0)
		return true; /* there is nobody else */
	if (notes->node_selector.present)
		return node && selector_matches(&notes->node_selector, &node->meta.labels);
	if (!notes->node)
		return true;
	value = node ? labels_get(&node->meta.labels, EXPOSED_ON) : NULL;
	return value && strcmp(value, notes->node) == 0;
}

static bool type_wanted(const struct service_notes *notes, enum service_type type)
{
	return !notes->is_global_type || notes->types & 1u << type;
}

void service_face_add(struct world *w, const union addr *addr, uint16_t port, uint8_t proto,
		      enum face_type type)
{
	struct services *s = w->services;
	bool fresh;
	struct face face = {
		.addr = *addr,
		.port = port,
		.proto = proto,
		.type = (uint8_t)type,
		.form = s->forms.count - 1,
		.place = intern_add(&s->addresses, addr, sizeof(*addr), &fresh),
	};

	if (fresh) {
		GROW_ADD(&s->places, PLACE_FREE);
		GROW_ADD(&s->in_use, 0);
	}
	GROW_ADD(&s->faces, face);
	s->forms.items[face.form].face_count++;
}

static void faces_add(struct world *w, const union addr *addresses, size_t count,
		      const struct service_port *port, enum face_type type)
{
	for (size_t i = 0; i < count; i++)
		service_face_add(w, &addresses[i], port->port, port->proto, type);
}

/* A NodePort is called by the addresses of its service's families; of both when it has none. */
static bool family_wanted(const struct service_object *service, bool v4)
{
	for (size_t i = 0; i < service->cluster_ip_count; i++)
		if (addr_is_v4(&service->cluster_ips[i]) == v4)
			return true;
	return service->cluster_ip_count == 0;
}

static bool node_port_address(const struct config_services *config, const union addr *addr)
{
	bool wanted = config->node_port_prefix_count == 0;

	for (size_t i = 0; i < config->node_port_prefix_count && !wanted; i++)
		wanted = prefix_contains(&config->node_port_prefixes[i], addr);
	return wanted && egress_source_usable(addr);
}

static void node_ports_add(struct world *w, const struct service_object *service,
			   const struct service_port *port)
{
	const struct config_services *config = &w->in->config->services;

	if (!config->node_ports || port->node_port == 0 ||
	    (service->type != SERVICE_TYPE_NODE_PORT &&
	     service->type != SERVICE_TYPE_LOAD_BALANCER) ||
	    (service->type == SERVICE_TYPE_LOAD_BALANCER && service->no_node_ports))
		return;
	for (uint32_t i = 0; i < w->services->own.entries.count; i++) {
		size_t size;
		union addr addr = *(const union addr *)intern_key(&w->services->own, i, &size);

		if (node_port_address(config, &addr) && family_wanted(service, addr_is_v4(&addr)))
			service_face_add(w, &addr, port->node_port, port->proto, FACE_NODE_PORT);
	}
}

static void port_list(struct world *w, const struct service_object *service, size_t index,
		      bool exposed)
{
	const struct service_port *port = &service->ports[index];
	const struct service_notes *notes = &service->notes;
	struct service_form form = {
		.service = service,
		.port = port,
		.meta = &service->meta,
		.notes = notes,
		.source = {service->meta.source.file,
			   port->line ? port->line : service->meta.source.line},
		.index = (uint32_t)index,
		.proto = port->proto,
		.number = port->port,
		.external_local = service->external_local,
		.internal_local = service->internal_local,
		.affinity_s = service->affinity_s,
		.first_face = w->services->faces.count,
	};

	GROW_ADD(&w->services->forms, form);
	if (type_wanted(notes, SERVICE_TYPE_CLUSTER_IP))
		faces_add(w, service->cluster_ips, service->cluster_ip_count, port, FACE_CLUSTER);
	if (!exposed)
		return;
	if (type_wanted(notes, SERVICE_TYPE_NODE_PORT))
		node_ports_add(w, service, port);
	if (service->type == SERVICE_TYPE_LOAD_BALANCER && class_is_ours(service->class_name) &&
	    type_wanted(notes, SERVICE_TYPE_LOAD_BALANCER))
		faces_add(w, service->balancer_ips, service->balancer_ip_count, port,
			  FACE_BALANCER);
	faces_add(w, service->external_ips, service->external_ip_count, port, FACE_EXTERNAL);
}

void service_forms_list(struct world *w)
{
	const struct objects *objects = w->in->objects;

	for (size_t i = 0; i < objects->service_count; i++) {
		const struct service_object *service = &objects->services[i];
		bool exposed;

		if (!service_is_ours(service))
			continue;
		exposed = exposed_here(w, &service->notes);
		if (service->notes.to_local_host)
			world_warn(w, &service->meta.source,
				   "Service %s/%s: service.cilium.io/proxy-delegation is not "
				   "supported: no backend runs on the gateway",
				   service->meta.space, service->meta.name);
		for (size_t p = 0; p < service->port_count; p++)
			port_list(w, service, p, exposed);
	}
}
