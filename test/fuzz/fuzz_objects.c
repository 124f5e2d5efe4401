/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects from anybody: YAML, or JSON when it begins with a brace. Whatever comes in, the loader
 * ends with a store in order or with one clean line of error.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "control/objects/objects.h"
#include "control/objects/syntax.h"
#include "fastpath/api/image.h"
#include "fastpath/base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const char *text)
{
	size_t left = strlen(text);

	CHECK(left > 0);
	while (left > 0) {
		size_t size = utf8_size(text, left);

		CHECK(size > 0 && (unsigned char)*text >= 0x20 && *text != 0x7f);
		text += size;
		left -= size;
	}
}

static void check_labels(const struct labels *labels)
{
	for (size_t i = 0; i < labels->count; i++) {
		const struct label *label = &labels->items[i];

		CHECK(i == 0 || strcmp(label[-1].key, label->key) < 0);
		CHECK(labels_get(labels, label->key) == label->value);
	}
}

static void check_meta(const struct meta *meta)
{
	CHECK(strlen(meta->name) > 0 && strlen(meta->name) <= 253);
	CHECK(strlen(meta->space) <= 63);
	CHECK(meta->uid && strcmp(meta->source.file, "input") == 0 && meta->source.line > 0);
	check_labels(&meta->labels);
	check_labels(&meta->annotations);
}

static void check_selector(const struct selector *selector, const struct labels *labels)
{
	for (size_t i = 0; i < selector->count; i++) {
		const struct selector_term *term = &selector->terms[i];

		CHECK(strlen(term->key) > 0);
		for (size_t j = 0; j < term->value_count; j++)
			CHECK(j == 0 || strcmp(term->values[j - 1], term->values[j]) <= 0);
	}
	(void)selector_matches(selector, labels);
}

static void check_rules(const struct policy_rule *rules, size_t count, const struct labels *labels)
{
	for (size_t r = 0; r < count; r++) {
		const struct policy_rule *rule = &rules[r];

		CHECK(rule->any_peer == (rule->peer_count == 0));
		CHECK(rule->any_port == (rule->port_count == 0));
		for (size_t i = 0; i < rule->port_count; i++) {
			const struct policy_port *port = &rule->ports[i];

			CHECK(!port->has_port || port->name || port->first > 0);
			CHECK(port->first <= port->last);
		}
		for (size_t i = 0; i < rule->peer_count; i++) {
			const struct policy_peer *peer = &rule->peers[i];

			for (size_t j = 0; j < peer->block.except_count; j++)
				CHECK(prefix_covers(&peer->block.cidr, &peer->block.except[j]));
			check_selector(&peer->pod_selector, labels);
			check_selector(&peer->namespace_selector, labels);
		}
	}
}

static void check_policies(const struct objects *store, const struct labels *labels)
{
	for (size_t i = 0; i < store->network_policy_count; i++) {
		const struct network_policy *policy = &store->network_policies[i];

		check_meta(&policy->meta);
		check_selector(&policy->pod_selector, labels);
		CHECK(policy->applies_ingress || policy->applies_egress);
		check_rules(policy->ingress, policy->ingress_count, labels);
		check_rules(policy->egress, policy->egress_count, labels);
	}
	for (size_t i = 0; i < store->egress_policy_count; i++) {
		const struct egress_policy *policy = &store->egress_policies[i];

		check_meta(&policy->meta);
		CHECK(policy->gateway_count > 0);
		for (size_t j = 0; j < policy->selector_count; j++)
			check_selector(&policy->selectors[j].pod_selector, labels);
		for (size_t j = 0; j < policy->gateway_count; j++)
			CHECK(!policy->gateways[j].interface ||
			      policy->gateways[j].address_count == 0);
	}
}

static void check_cluster_peer(const struct cluster_peer *peer, const struct labels *labels)
{
	check_selector(&peer->namespace_selector, labels);
	check_selector(&peer->pod_selector, labels);
	check_selector(&peer->node_selector, labels);
	CHECK((peer->kind == CLUSTER_NETWORKS) == (peer->network_count > 0));
	CHECK((peer->kind == CLUSTER_DOMAINS) == (peer->domain_count > 0));
	CHECK((peer->kind == CLUSTER_NODES) == peer->node_selector.present);
	CHECK((peer->kind == CLUSTER_PODS) == peer->pod_selector.present);
	for (size_t i = 0; i < peer->domain_count; i++) {
		const struct fqdn_rule *domain = &peer->domains[i];

		CHECK(strchr(domain->text, '.') && (domain->text[0] == '*') == domain->is_pattern);
	}
}

static void check_cluster_rules(const struct cluster_rule *rules, size_t count,
				const struct labels *labels)
{
	for (size_t r = 0; r < count; r++) {
		const struct cluster_rule *rule = &rules[r];

		CHECK(rule->peer_count > 0 && rule->any_port == (rule->port_count == 0));
		for (size_t i = 0; i < rule->peer_count; i++) {
			check_cluster_peer(&rule->peers[i], labels);
			CHECK(rule->peers[i].kind != CLUSTER_DOMAINS ||
			      rule->action == CLUSTER_ACCEPT);
		}
		for (size_t i = 0; i < rule->port_count; i++) {
			const struct cluster_port *port = &rule->ports[i];

			CHECK(port->name || (port->proto && port->first <= port->last));
		}
	}
}

static void check_cluster_policies(const struct objects *store, const struct labels *labels)
{
	for (size_t i = 0; i < store->cluster_policy_count; i++) {
		const struct cluster_policy *policy = &store->cluster_policies[i];

		check_meta(&policy->meta);
		CHECK(policy->priority <= 1000);
		CHECK(policy->subject.kind == CLUSTER_NAMESPACES ||
		      policy->subject.kind == CLUSTER_PODS);
		check_cluster_peer(&policy->subject, labels);
		check_cluster_rules(policy->ingress, policy->ingress_count, labels);
		check_cluster_rules(policy->egress, policy->egress_count, labels);
	}
}

static void check_notes(const struct service_notes *notes, const struct labels *labels)
{
	const struct health_check *check = &notes->check;

	CHECK(notes->algorithm < SERVICE_ALGORITHMS && notes->mode <= SERVICE_MODES);
	CHECK(check->kind < CHECK_KINDS && strlen(check->path) < 128 && strlen(check->host) < 128);
	CHECK(check->kind != CHECK_HTTP || check->path[0] == '/');
	for (const char *at = check->path; *at; at++)
		CHECK(*at >= ' ' && *at <= '~');
	for (const char *at = check->host; *at; at++)
		CHECK(*at > ' ' && *at <= '~');
	check_selector(&notes->node_selector, labels);
}

static void check_services(const struct objects *store, const struct labels *labels)
{
	for (size_t i = 0; i < store->service_count; i++) {
		const struct service_object *service = &store->services[i];

		check_meta(&service->meta);
		check_selector(&service->selector, labels);
		check_notes(&service->notes, labels);
		CHECK(service->type < SERVICE_TYPES && service->cluster_ip_count <= 2);
		CHECK(service->proxy_name && service->class_name);
		CHECK(service->affinity_s <= 86400);
		for (size_t j = 0; j < service->port_count; j++) {
			const struct service_port *port = &service->ports[j];

			CHECK(port->port && port->proto && port->line);
			CHECK(*port->name || service->port_count == 1);
			CHECK(!*port->target_name || !port->target_port);
		}
	}
	for (size_t i = 0; i < store->backend_pool_count; i++) {
		const struct backend_pool *pool = &store->backend_pools[i];

		check_meta(&pool->meta);
		check_notes(&pool->notes, labels);
		CHECK(pool->frontend_count > 0 && pool->backend_count <= SERVICE_PICKS_MAX);
		for (size_t j = 0; j < pool->frontend_count; j++)
			CHECK(pool->frontends[j].port && pool->frontends[j].proto);
		for (size_t j = 0; j < pool->backend_count; j++)
			CHECK(pool->backends[j].weight <= SERVICE_WEIGHT_MAX);
	}
}

static void check_slice(const struct endpoint_slice *slice)
{
	size_t counting = 0;

	check_meta(&slice->meta);
	CHECK(slice->service && slice->subset_count == 0);
	for (size_t i = 0; i < slice->endpoint_count; i++) {
		const struct endpoint *endpoint = &slice->endpoints[i];

		CHECK(endpoint->node && endpoint->zone && endpoint->pod);
		for (size_t j = 0; j < endpoint->hint_zone_count; j++)
			CHECK(endpoint->hint_zones[j]);
		if (endpoint->ready || (endpoint->serving && endpoint->terminating))
			counting += endpoint->address_count;
	}
	CHECK(slice->address_count == counting);
	for (size_t i = 0; i < slice->port_count; i++)
		CHECK(slice->ports[i].name && slice->ports[i].proto);
}

static bool is_before(const struct meta *a, const struct meta *b)
{
	int order = strcmp(a->space, b->space);

	return order < 0 || (order == 0 && strcmp(a->name, b->name) < 0);
}

static void check_facts(const struct objects *store, const struct labels *labels)
{
	for (size_t i = 0; i < store->cilium_endpoint_count; i++) {
		check_meta(&store->cilium_endpoints[i].meta);
		check_labels(&store->cilium_endpoints[i].labels);
		check_labels(&store->cilium_endpoints[i].space_labels);
	}
	for (size_t i = 0; i < store->cilium_identity_count; i++) {
		const struct cilium_identity *identity = &store->cilium_identities[i];

		check_meta(&identity->meta);
		check_labels(&identity->labels);
		CHECK(identity->number > 0 && identity->number <= 0xffffff && identity->space);
	}
	for (size_t i = 0; i < store->cilium_node_count; i++)
		check_meta(&store->cilium_nodes[i].meta);
	check_services(store, labels);
	for (size_t i = 0; i < store->endpoint_slice_count; i++)
		check_slice(&store->endpoint_slices[i]);
}

/* Whatever was joined or implied, the order holds and nobody stands there twice. */
static void check_order(const struct objects *store)
{
	for (size_t i = 1; i < store->pod_count; i++)
		CHECK(is_before(&store->pods[i - 1].meta, &store->pods[i].meta));
	for (size_t i = 1; i < store->node_count; i++)
		CHECK(is_before(&store->nodes[i - 1].meta, &store->nodes[i].meta));
	CHECK(store->pod_count >= store->cilium_endpoint_count);
	CHECK(store->node_count >= store->cilium_node_count);
}

static void check_l7(const struct port_rule *item)
{
	for (size_t g = 0; g < item->l7_count; g++) {
		const struct l7_group *group = &item->l7[g];

		CHECK(group->kind < L7_KINDS);
		for (size_t r = 0; r < group->rule_count; r++) {
			CHECK(group->rules[r].source.line > 0);
			for (size_t m = 0; m < group->rules[r].match_count; m++) {
				const struct l7_match *match = &group->rules[r].matches[m];

				CHECK(match->field < L7_FIELDS && match->op < L7_OPS);
				CHECK(match->mismatch < L7_MISMATCHES && match->key &&
				      match->value);
			}
		}
	}
}

static void check_cilium_peers(const struct cilium_rule *rule, const struct labels *labels)
{
	size_t kinds = (rule->endpoint_count > 0) + (rule->cidr_count > 0) + (rule->entities != 0) +
		       (rule->node_count > 0) + (rule->service_count > 0) + (rule->fqdn_count > 0);

	CHECK(kinds <= 1 && !(kinds && rule->any_peer));
	for (size_t i = 0; i < rule->endpoint_count; i++)
		check_selector(&rule->endpoints[i], labels);
	for (size_t i = 0; i < rule->node_count; i++)
		check_selector(&rule->nodes[i], labels);
	for (size_t i = 0; i < rule->cidr_count; i++) {
		const struct cidr_rule *cidr = &rule->cidrs[i];

		CHECK(cidr->has_cidr + (cidr->group != NULL) + cidr->group_selector.present == 1);
		for (size_t j = 0; j < cidr->except_count && cidr->has_cidr; j++)
			CHECK(prefix_covers(&cidr->cidr, &cidr->except[j]));
	}
	for (size_t i = 0; i < rule->fqdn_count; i++)
		CHECK(*rule->fqdns[i].text && strlen(rule->fqdns[i].text) <= 255);
}

static void check_cilium_rule(const struct cilium_rule *rule, const struct labels *labels)
{
	check_cilium_peers(rule, labels);
	CHECK(rule->port_count == 0 || rule->icmp_count == 0);
	for (size_t i = 0; i < rule->port_count; i++) {
		const struct port_rule *item = &rule->ports[i];

		CHECK(item->port_count > 0 && item->port_count <= 40);
		for (size_t j = 0; j < item->port_count; j++) {
			const struct cilium_port *port = &item->ports[j];

			CHECK(port->first <= port->last);
			CHECK(port->any_port + (port->name != NULL) + (port->first > 0) == 1);
		}
		check_l7(item);
	}
}

static void check_cilium_policies(const struct cilium_policy *policies, size_t count,
				  const struct labels *labels)
{
	for (size_t i = 0; i < count; i++) {
		check_meta(&policies[i].meta);
		CHECK(policies[i].spec_count > 0);
		for (size_t j = 0; j < policies[i].spec_count; j++) {
			const struct cilium_spec *spec = &policies[i].specs[j];
			size_t rules = 0;

			check_selector(&spec->subjects, labels);
			CHECK(spec->path && spec->log && spec->description);
			for (size_t l = 0; l < CILIUM_LISTS; l++) {
				rules += spec->rule_count[l];
				for (size_t r = 0; r < spec->rule_count[l]; r++)
					check_cilium_rule(&spec->rules[l][r], labels);
			}
			CHECK(rules > 0);
		}
	}
}

static void check_store(const struct objects *store)
{
	struct labels labels = {0};

	for (size_t i = 0; i < store->namespace_count; i++) {
		const struct meta *meta = &store->namespaces[i].meta;

		check_meta(meta);
		labels = meta->labels;
		CHECK(labels_get(&labels, "kubernetes.io/metadata.name") == meta->name);
		CHECK(i == 0 || strcmp(store->namespaces[i - 1].meta.name, meta->name) < 0);
	}
	for (size_t i = 0; i < store->pod_count; i++) {
		const struct pod_object *pod = &store->pods[i];

		check_meta(&pod->meta);
		for (size_t j = 0; j < pod->port_count; j++)
			CHECK(pod->ports[j].port > 0 && strlen(pod->ports[j].name) <= 15);
		CHECK(pod->node_name && pod->service_account);
	}
	for (size_t i = 0; i < store->node_count; i++)
		check_meta(&store->nodes[i].meta);
	check_policies(store, &labels);
	check_cilium_policies(store->cilium_policies, store->cilium_policy_count, &labels);
	check_cilium_policies(store->clusterwide_policies, store->clusterwide_policy_count,
			      &labels);
	check_cluster_policies(store, &labels);
	check_facts(store, &labels);
	check_order(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct objects_error error = {.text = ""};
	struct objects store;
	int err;

	objects_open(&store);
	err = objects_load_bytes(&store, "input", (const char *)data, size, &error);
	if (!err)
		err = objects_finish(&store, &error);
	if (err)
		check_line(error.text);
	else
		check_store(&store);
	for (size_t i = 0; i < store.warning_count; i++)
		check_line(store.warnings[i]);
	objects_free(&store);
	return 0;
}

#include "test/fuzz/replay_main.inc"
