/* SPDX-License-Identifier: Apache-2.0 */
/*
 * v1 Service: its labels, the pods behind it, and how it wants to be served.
 *
 * What the API server refuses is refused. A Service without ports is taken, since policies may
 * speak of it; it has nothing to serve.
 */

#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/service_decode.h"
#include "control/objects/syntax.h"

#define PROXY_LABEL    "service.kubernetes.io/service-proxy-name"
#define HEADLESS_LABEL "service.kubernetes.io/headless"
/* The same annotation under its older name, which has the word, and its newer one. */
#define HINTS_NOTE	   "service.kubernetes.io/topology-aware-hints"
#define TOPOLOGY_NOTE	   "service.kubernetes.io/topology-mode"

#define AFFINITY_DEFAULT_S 10800
#define AFFINITY_MAX_S	   86400

/* A selector here is only a map of labels. An empty one selects nobody, as a missing one. */
static int selector_decode(struct decode *d, const struct doc_node *spec,
			   struct service_object *out)
{
	const struct doc_node *map;
	struct labels labels = {0};
	int err = decode_map(d, spec, "selector", &map);

	if (!err)
		err = decode_labels(d, map, &labels);
	/* A name elsewhere has no pods, whatever else is written. */
	if (err || !labels.count || out->type == SERVICE_TYPE_EXTERNAL_NAME)
		return err;
	err = decode_array(d, labels.count, sizeof(*out->selector.terms), &out->selector.terms);
	if (err)
		return err;
	out->selector.present = true;
	for (size_t i = 0; i < labels.count; i++)
		out->selector.terms[out->selector.count++] = (struct selector_term){
			.key = labels.items[i].key,
			.op = SELECTOR_IN,
			.values = &labels.items[i].value,
			.value_count = 1,
		};
	return 0;
}

static int type_decode(struct decode *d, const struct doc_node *spec, struct service_object *out)
{
	static const struct word types[] = {{"ClusterIP", SERVICE_TYPE_CLUSTER_IP},
					    {"NodePort", SERVICE_TYPE_NODE_PORT},
					    {"LoadBalancer", SERVICE_TYPE_LOAD_BALANCER},
					    {"ExternalName", SERVICE_TYPE_EXTERNAL_NAME},
					    {NULL, 0}};

	return decode_word_at(d, spec, "type", types,
			      "ClusterIP, NodePort, LoadBalancer or ExternalName", &out->type);
}

int decode_affinity(struct decode *d, const struct doc_node *spec, uint32_t *out)
{
	static const struct word kinds[] = {{"None", false}, {"ClientIP", true}, {NULL, 0}};
	const struct doc_node *config = NULL, *client = NULL, *seconds = NULL;
	uint8_t by_client = false;
	int err = decode_word_at(d, spec, "sessionAffinity", kinds, "None or ClientIP", &by_client);

	if (!err)
		err = decode_map(d, spec, "sessionAffinityConfig", &config);
	if (!err)
		err = decode_map(d, config, "clientIP", &client);
	if (err)
		return err;
	if (!by_client)
		return client ? decode_fail(d, config, "needs sessionAffinity ClientIP") : 0;
	*out = AFFINITY_DEFAULT_S;
	seconds = node_get(client, "timeoutSeconds");
	return seconds ? decode_whole(d, seconds, 1, AFFINITY_MAX_S, out) : 0;
}

/* Who is sent where: to all, or to those near. */
static int traffic_decode(struct decode *d, const struct doc_node *spec, struct service_object *out)
{
	static const struct word reaches[] = {{"Cluster", false}, {"Local", true}, {NULL, 0}};
	static const struct word near[] = {{"PreferClose", TRAFFIC_PREFER_ZONE},
					   {"PreferSameZone", TRAFFIC_PREFER_ZONE},
					   {"PreferSameNode", TRAFFIC_PREFER_NODE},
					   {NULL, 0}};
	const struct doc_node *external = node_get(spec, "externalTrafficPolicy");
	uint8_t external_local = false, internal_local = false;
	int err = decode_word_at(d, spec, "externalTrafficPolicy", reaches, "Cluster or Local",
				 &external_local);

	if (!err)
		err = decode_word_at(d, spec, "internalTrafficPolicy", reaches, "Cluster or Local",
				     &internal_local);
	if (!err)
		err = decode_word_at(d, spec, "trafficDistribution", near,
				     "PreferClose, PreferSameZone or PreferSameNode",
				     &out->traffic);
	if (err)
		return err;
	if (external && out->type == SERVICE_TYPE_CLUSTER_IP && !out->external_ip_count)
		return decode_fail(d, external,
				   "needs type NodePort or LoadBalancer, or externalIPs");
	out->external_local = external_local;
	out->internal_local = internal_local;
	return 0;
}

/* Annotations and labels of Kubernetes' own. */
static int notes_decode(struct decode *d, struct service_object *out)
{
	const struct labels *notes = &out->meta.annotations;
	const char *topology = labels_get(notes, HINTS_NOTE) ?: labels_get(notes, TOPOLOGY_NOTE);
	const struct doc_node *at = node_get(d->root, "metadata");

	if (labels_get(&out->meta.labels, HEADLESS_LABEL))
		out->is_headless = true;
	out->proxy_name = labels_get(&out->meta.labels, PROXY_LABEL) ?: "";
	if (!topology || strcmp(topology, "Disabled") == 0 || strcmp(topology, "disabled") == 0)
		return 0;
	if (strcmp(topology, "Auto") != 0 && strcmp(topology, "auto") != 0)
		return decode_warn(d, at,
				   "topology mode " WORD " is not Auto or Disabled (ignored)",
				   topology);
	out->traffic = TRAFFIC_PREFER_ZONE;
	return 0;
}

/* Fields of a load balancer, which other types must not have. */
static int balancer_decode(struct decode *d, const struct doc_node *spec,
			   struct service_object *out)
{
	const struct doc_node *class = NULL, *health = node_get(spec, "healthCheckNodePort");
	const struct doc_node *node_ports = node_get(spec, "allocateLoadBalancerNodePorts");
	bool is_balancer = out->type == SERVICE_TYPE_LOAD_BALANCER, allocates = true;
	uint32_t port = 0;
	int err = decode_string(d, spec, "loadBalancerClass", &class);

	out->class_name = "";
	if (!err)
		err = decode_bool(d, spec, "allocateLoadBalancerNodePorts", &allocates);
	if (!err && health)
		err = decode_whole(d, health, 0, UINT16_MAX, &port);
	if (err)
		return err;
	if (!is_balancer && (class || node_ports))
		return decode_fail(d, class ?: node_ports, "needs type LoadBalancer");
	if (port && !(is_balancer && out->external_local))
		return decode_fail(d, health,
				   "needs type LoadBalancer and externalTrafficPolicy Local");
	out->no_node_ports = !allocates;
	out->health_check_node_port = (uint16_t)port;
	return class ? decode_intern(d, class, &out->class_name) : 0;
}

/* The port of the health check is one of the node's as well. */
static int health_port_check(struct decode *d, const struct doc_node *spec,
			     const struct service_object *service)
{
	for (size_t i = 0; i < service->port_count; i++)
		if (service->health_check_node_port &&
		    service->ports[i].node_port == service->health_check_node_port)
			return decode_fail(d, node_get(spec, "healthCheckNodePort"),
					   "is the nodePort of a port");
	return 0;
}

static int spec_decode(struct decode *d, const struct doc_node *spec, struct service_object *out)
{
	int err = type_decode(d, spec, out);

	if (!err)
		err = selector_decode(d, spec, out);
	if (!err)
		err = service_ports_decode(d, spec, out);
	if (!err)
		err = service_addresses_decode(d, spec, out);
	if (!err)
		err = traffic_decode(d, spec, out);
	if (!err)
		err = decode_affinity(d, spec, &out->affinity_s);
	if (!err)
		err = balancer_decode(d, spec, out);
	if (!err)
		err = decode_bool(d, spec, "publishNotReadyAddresses", &out->publish_not_ready);
	return err ? err : health_port_check(d, spec, out);
}

int service_object_decode(struct decode *d, struct service_object *out)
{
	const struct doc_node *spec = NULL;
	int err = decode_meta(d, SCOPE_NAMESPACE, dns_label_fault, &out->meta);

	out->proxy_name = out->class_name = "";
	service_notes_begin(&out->notes);
	if (!err)
		err = decode_map(d, d->root, "spec", &spec);
	if (!err && spec)
		err = spec_decode(d, spec, out);
	if (!err)
		err = notes_decode(d, out);
	return err ? err : service_notes_decode(d, &out->notes);
}
