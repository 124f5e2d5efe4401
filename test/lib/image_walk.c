/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/image_walk.h"

#include <string.h>

static uint64_t walk_policy(const struct image_header *image)
{
	uint32_t sets, cells, rows, spans, decisions;
	const struct image_policy_set *set = image_records(image, IMAGE_POLICY_SET, &sets);
	const struct image_policy_cell *cell = image_records(image, IMAGE_POLICY_CELL, &cells);
	const struct image_policy_row *row = image_records(image, IMAGE_POLICY_ROW, &rows);
	const struct image_policy_span *span = image_records(image, IMAGE_POLICY_SPAN, &spans);
	const struct image_policy_decision *decision =
		image_records(image, IMAGE_POLICY_DECISION, &decisions);
	uint64_t sum = set[POLICY_SET_OPEN].default_row;

	for (uint32_t i = 1; i < sets; i++)
		sum += span[row[set[i].default_row].first].from;
	for (uint32_t i = 0; i < cells; i++)
		sum += span[row[cell[i].row].first].from + set[cell[i].set].default_row;
	for (uint32_t i = 0; i < rows; i++)
		for (uint32_t s = 0; s < row[i].count; s++)
			sum += decision[span[row[i].first + s].decision].verdict;
	return sum;
}

static uint64_t walk_egress(const struct image_header *image)
{
	uint32_t rules, prefixes, addresses, pool;
	const struct image_egress_rule *rule = image_records(image, IMAGE_EGRESS_RULE, &rules);
	const struct image_egress_prefix *p = image_records(image, IMAGE_EGRESS_PREFIX, &prefixes);
	const struct image_egress_address *address =
		image_records(image, IMAGE_EGRESS_ADDRESS, &addresses);
	const struct image_egress_pool *members = image_records(image, IMAGE_EGRESS_POOL, &pool);
	uint64_t sum = rule[EGRESS_RULE_NONE].flags;

	for (uint32_t i = 0; i < prefixes; i++)
		sum += rule[p[i].rule].count4 + p[i].prefix.len;
	for (uint32_t i = 0; i < rules; i++)
		for (uint32_t a = 0; a < (uint32_t)rule[i].count4 + rule[i].count6; a++)
			sum += address[rule[i].first + a].addr.d[1];
	for (uint32_t i = 0; i < pool; i++)
		sum += members[i].draining;
	return sum;
}

static uint64_t walk_ident(const struct image_header *image)
{
	uint32_t idents, prefixes;
	const struct image_ident *ident = image_records(image, IMAGE_IDENT_RECORD, &idents);
	const struct image_ident_prefix *p = image_records(image, IMAGE_IDENT_PREFIX, &prefixes);
	uint64_t sum = ident[0].identity;

	for (uint32_t i = 0; i < prefixes; i++)
		sum += ident[p[i].ident].identity;
	return sum;
}

static uint64_t walk_origin(const struct image_header *image)
{
	uint32_t count, size;
	const struct image_origin *o = image_records(image, IMAGE_ORIGIN_RECORD, &count);
	const char *text = image_records(image, IMAGE_ORIGIN_STRINGS, &size);
	uint64_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		sum += strlen(text + o[i].kind) + strlen(text + o[i].space) +
		       strlen(text + o[i].name) + strlen(text + o[i].file) +
		       strlen(text + o[i].rule);
	return sum;
}

/* Level by level: runs may be shared, so that following them all the way down takes for ever. */
static uint64_t walk_l7(const struct image_header *image)
{
	uint32_t sets, alternatives, groups, rules, matches;
	const struct image_l7_set *set = image_records(image, IMAGE_L7_SET, &sets);
	const struct image_l7_alternative *alternative =
		image_records(image, IMAGE_L7_ALTERNATIVE, &alternatives);
	const struct image_l7_group *group = image_records(image, IMAGE_L7_GROUP, &groups);
	const struct image_l7_rule *rule = image_records(image, IMAGE_L7_RULE, &rules);
	const struct image_l7_match *match = image_records(image, IMAGE_L7_MATCH, &matches);
	const char *text = image_records(image, IMAGE_L7_STRINGS, NULL);
	uint64_t sum = set[0].count;

	for (uint32_t s = 1; s < sets; s++)
		for (uint32_t i = 0; i < set[s].count; i++)
			sum += alternative[set[s].first + i].origin;
	for (uint32_t a = 0; a < alternatives; a++)
		for (uint32_t i = 0; i < alternative[a].count; i++)
			sum += group[alternative[a].first + i].kind;
	for (uint32_t g = 0; g < groups; g++)
		for (uint32_t i = 0; i < group[g].count; i++)
			sum += rule[group[g].first + i].count;
	for (uint32_t r = 0; r < rules; r++)
		for (uint32_t i = 0; i < rule[r].count; i++)
			sum += match[rule[r].first + i].field;
	for (uint32_t m = 0; m < matches; m++)
		sum += strlen(text + match[m].key) + strlen(text + match[m].value);
	return sum;
}

static uint64_t walk_links(const struct image_header *image)
{
	uint32_t links, locals;
	const struct image_link *link = image_records(image, IMAGE_LINKS_LINK, &links);
	const struct image_local *local = image_records(image, IMAGE_LINKS_LOCAL, &locals);
	uint64_t ports = 0, sum = 0;

	for (uint32_t i = 0; i < links; i++) {
		ports |= 1ull << link[i].port;
		sum += strlen(link[i].name);
	}
	for (uint32_t i = 0; i < locals; i++)
		sum += ports >> local[i].port & 1;
	return sum;
}

static uint64_t walk_bytes(const struct image_header *image, enum image_section_id section,
			   size_t record_size)
{
	uint32_t count;
	const uint8_t *bytes = image_records(image, section, &count);
	uint64_t sum = 0;

	for (size_t i = 0; i < count * record_size; i++)
		sum += bytes[i];
	return sum;
}

static uint64_t walk_service(const struct image_header *image)
{
	uint32_t frontends, services, sets;
	const struct image_frontend *f = image_records(image, IMAGE_SERVICE_FRONTEND, &frontends);
	const struct image_service *s = image_records(image, IMAGE_SERVICE_RECORD, &services);
	const struct image_pick *pick = image_records(image, IMAGE_SERVICE_PICK, NULL);
	const struct image_backend *backend = image_records(image, IMAGE_SERVICE_BACKEND, NULL);
	const struct image_source_set *set = image_records(image, IMAGE_SERVICE_SOURCE_SET, &sets);
	const struct image_source_prefix *prefix =
		image_records(image, IMAGE_SERVICE_SOURCE_PREFIX, NULL);
	uint64_t sum = 0;

	for (uint32_t i = 0; i < frontends; i++) {
		sum += s[f[i].service].count + s[f[i].service_inside].count;
		sum += f[i].sources ? set[f[i].sources].count : 0;
	}
	for (uint32_t i = 0; i < sets; i++)
		for (uint32_t p = 0; p < set[i].count; p++)
			sum += prefix[set[i].first + p].prefix.len;
	for (uint32_t i = 0; i < services; i++)
		for (uint32_t p = 0; p < s[i].count; p++)
			sum += backend[pick[s[i].first + p].backend].port;
	return sum;
}

uint64_t image_walk(const struct image_header *image)
{
	switch ((enum image_kind)image->kind) {
	case IMAGE_SETTINGS:
		return walk_bytes(image, IMAGE_SETTINGS_RECORD, sizeof(struct image_settings));
	case IMAGE_LINKS:
		return walk_links(image);
	case IMAGE_IDENT:
		return walk_ident(image);
	case IMAGE_POLICY:
		return walk_policy(image);
	case IMAGE_EGRESS:
		return walk_egress(image);
	case IMAGE_ROUTE:
		return walk_bytes(image, IMAGE_ROUTE_RECORD, sizeof(struct image_route));
	case IMAGE_NEIGH:
		return walk_bytes(image, IMAGE_NEIGH_RECORD, sizeof(struct image_neigh));
	case IMAGE_ORIGIN:
		return walk_origin(image);
	case IMAGE_SERVICE:
		return walk_service(image);
	case IMAGE_L7:
		return walk_l7(image);
	case IMAGE_TUNNEL:
		return walk_bytes(image, IMAGE_TUNNEL_RECORD, sizeof(struct image_tunnel));
	case IMAGE_WG:
		return walk_bytes(image, IMAGE_WG_DEVICE, sizeof(struct image_wg)) +
		       walk_bytes(image, IMAGE_WG_PEER, sizeof(struct image_wg_peer)) +
		       walk_bytes(image, IMAGE_WG_ALLOWED, sizeof(struct image_wg_allowed));
	case IMAGE_KINDS:
		break;
	}
	return 0;
}
