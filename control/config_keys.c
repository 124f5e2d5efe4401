/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of conf keys and their defaults. conf/gateway.conf explains each one to people; a
 * test holds that it names every key and that its values are the defaults.
 */

#include "control/config_keys.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/facts.h"

static const char *const words_open[] = {"closed", "open", NULL};
static const char *const words_log[] = {"error", "warn", "info", "debug", NULL};
static const char *const words_enforcement[] = {"default", "always", "never", NULL};
static const char *const words_answer[] = {"drop", "reset", "icmp", NULL};
static const char *const words_mapping[] = {"address_port", "endpoint_independent", NULL};
static const char *const words_io[] = {"afxdp", "pcap", "mem", NULL};
static const char *const words_xdp[] = {"auto", "native", "generic", NULL};
static const char *const words_zero_copy[] = {"auto", "on", "off", NULL};
static const char *const words_kind[] = {"unicast", "unreachable", "prohibit", "blackhole", NULL};
static const char *const words_forwarding[] = {"snat", "dsr", "hybrid", NULL};
static const char *const words_dispatch[] = {"opt", "ipip", NULL};
static const char *const words_ipip[] = {"backend", "frontend", NULL};
static const char *const words_algorithm[] = {"maglev", "random", "least_connections",
					      "first_available", NULL};
static const char *const words_no_backend[] = {"reject", "drop", NULL};
static const char *const words_cookies[] = {"never", "full", "always", NULL};
static const char *const words_check[] = {"none", "tcp", "http", "grpc", "udp", "icmp", NULL};

static const char *const words_tunnel[] = {"none",
#define TUNNEL_KIND(NAME, word, port, size) #word,
#include "fastpath/api/tunnel_kinds.def"
#undef TUNNEL_KIND
					   NULL};
static const char *const words_aead[] = {"auto", "libsodium", "ipsec-mb", NULL};
static const char *const words_identity[] = {"vni", "address", NULL};
static const char *const words_underlay[] = {"ipv4", "ipv6", NULL};

static_assert(ENFORCE_DEFAULT == 0 && ENFORCE_ALWAYS == 1 && ENFORCE_NEVER == 2);
static_assert(DENY_DROP == 0 && DENY_RESET == 1 && DENY_ICMP == 2);
static_assert(UDP_MAPPING_ADDRESS_PORT == 0 && UDP_MAPPING_ENDPOINT_INDEPENDENT == 1);
static_assert(FORWARD_SNAT == 0 && FORWARD_DSR == 1 && FORWARD_HYBRID == 2);
static_assert(SERVICE_MAGLEV == 0 && SERVICE_RANDOM == 1 && SERVICE_LEAST_CONNECTIONS == 2 &&
	      SERVICE_FIRST_AVAILABLE == 3);
static_assert(SYN_COOKIES_NEVER == 0 && SYN_COOKIES_FULL == 1 && SYN_COOKIES_ALWAYS == 2);
static_assert(CHECK_NONE == 0 && CHECK_TCP == 1 && CHECK_HTTP == 2 && CHECK_GRPC == 3 &&
	      CHECK_UDP == 4 && CHECK_ICMP == 5);
static_assert(LOG_ERROR == 0 && LOG_WARN == 1 && LOG_INFO == 2 && LOG_DEBUG == 3);

#define FIELD(type, field) .offset = offsetof(type, field), .size = sizeof(((type *)NULL)->field)
#define KEY(of, in, called, as, where) \
	.group = (in), .name = (called), .type = (as), FIELD(of, where)

#define NUMBER(group, name, field, from, to, value)                                             \
	{                                                                                       \
		KEY(struct config, group, name, KEY_NUMBER, field), .min = (from), .max = (to), \
								    .initial = (value)          \
	}
#define BOOL(group, name, field, value)                                              \
	{                                                                            \
		KEY(struct config, group, name, KEY_BOOL, field), .initial = (value) \
	}
#define CHOICE(group, name, field, list, value)                                        \
	{                                                                              \
		KEY(struct config, group, name, KEY_CHOICE, field), .words = (list),   \
								    .initial = (value) \
	}
#define STRING(group, name, as, field, value)                               \
	{                                                                   \
		KEY(struct config, group, name, as, field), .text = (value) \
	}

#define LIST(of, in, called, as, items, items_count)                                              \
	{                                                                                         \
		.group = (in), .name = (called), .type = KEY_LIST, .offset = offsetof(of, items), \
		.count_offset = offsetof(of, items_count),                                        \
		.element_size = sizeof(*((of *)NULL)->items), .element = (as)                     \
	}
#define GROUPS(in, called, items, items_count)                                                     \
	{                                                                                          \
		.group = (in), .name = (called), .type = KEY_LIST,                                 \
		.offset = offsetof(struct config, items),                                          \
		.count_offset = offsetof(struct config, items_count),                              \
		.element_size = sizeof(*((struct config *)NULL)->items), .elements = in "." called \
	}

#define PORT(name, as, field)	     KEY(struct config_port, "ports", name, as, field)
#define ROUTE(name, as, field)	     KEY(struct config_route, "static.routes", name, as, field)
#define TUNNEL_PEER(name, as, field) KEY(struct config_tunnel_peer, "tunnel.peers", name, as, field)
#define WG_PEER(name, as, field)     KEY(struct config_wg_peer, "wireguard.peers", name, as, field)
#define NEIGHBOUR(name, as, field) \
	KEY(struct config_neighbour, "static.neighbours", name, as, field)

/* clang-format off */
static const struct config_key keys[] = {
	STRING("", "node", KEY_TEXT, node_name, ""),
	CHOICE("", "log", log_level, words_log, LOG_INFO),
	CHOICE("", "on_start", start_open, words_open, false),
	CHOICE("", "on_failure", failure_open, words_open, false),

	STRING("paths", "objects", KEY_PATH, objects, "objects"),
	STRING("paths", "run", KEY_PATH, run_directory, "/run/sluice"),
	STRING("paths", "fastpath", KEY_PATH, fastpath, ""),

	NUMBER("workers", "count", workers, 1, CONFIG_WORKERS_MAX, 2),
	{ .group = "workers", .name = "cpus", .type = KEY_LIST },
	NUMBER("workers", "spin_us", spin_us, 0, 1000000, 50),

	NUMBER("sizes", "flows", flows, 1024, 1 << 26, 262144),
	NUMBER("sizes", "half_open", settings.half_open_max, 0, 1 << 26, 0),
	NUMBER("sizes", "frames", frames, 1024, 1 << 20, 8192),
	NUMBER("sizes", "fragments", fragments, 0, 1 << 18, 1024),

	{ PORT("name", KEY_NAME, name), .required = true },
	{ PORT("io", KEY_WORD, io), .words = words_io },
	{ PORT("interface", KEY_NAME, interface), .text = "" },
	{ PORT("xdp", KEY_WORD, xdp_mode), .words = words_xdp },
	{ PORT("zero_copy", KEY_WORD, zero_copy), .words = words_zero_copy },
	{ PORT("queues", KEY_NUMBER, queues), .max = 64 },
	{ PORT("verify_source", KEY_BOOL, verify_source), .initial = true },
	{ PORT("mac", KEY_MAC, mac) },
	{ PORT("mtu", KEY_NUMBER, mtu), .min = 68, .max = 9600, .initial = 0 },
	{ .group = "ports", .name = "addresses", .type = KEY_LIST },

	STRING("punt", "interface", KEY_NAME, punt_interface, "sluice-punt"),

	NUMBER("nat", "port_first", settings.nat_port_first, 1, 65535, 1024),
	NUMBER("nat", "port_last", settings.nat_port_last, 1, 65535, 65535),
	CHOICE("nat", "udp_mapping", settings.udp_mapping, words_mapping, UDP_MAPPING_ADDRESS_PORT),
	NUMBER("nat", "drain", settings.drain_s, 0, DRAIN_MAX_S, 3600),

#define TIMEOUT(NAME, key, seconds, why) \
	NUMBER("timeouts", key, settings.timeout_s[TIMEOUT_##NAME], 1, 604800, seconds),
#include "fastpath/api/timeouts.def"
#undef TIMEOUT
	BOOL("timeouts", "dns_short", settings.udp_dns_short, true),

	BOOL("tcp", "loose", settings.tcp_loose, false),
	BOOL("tcp", "clamp_mss", settings.clamp_mss, false),

	BOOL("policy", "audit", audit, false),
	BOOL("policy", "cidr_matches_pods", cidr_matches_pods, false),
	BOOL("policy", "cidr_matches_nodes", cidr_matches_nodes, false),
	CHOICE("policy", "deny_answer", deny_answer, words_answer, DENY_DROP),
	CHOICE("policy", "enforcement", enforcement, words_enforcement, ENFORCE_DEFAULT),

	NUMBER("icmp", "rate", settings.icmp_rate, 0, 10000000, 1000),
	NUMBER("icmp", "burst", settings.icmp_burst, 1, 1000000, 50),

	NUMBER("fragments", "wait_ms", settings.fragment_ms, 1, 60000, 500),

	NUMBER("neighbours", "wait_ms", settings.neighbour_ms, 0, 60000, 3000),

	CHOICE("services", "mode", services.mode, words_forwarding, FORWARD_SNAT),
	CHOICE("services", "dispatch", services.dispatch, words_dispatch, 0),
	CHOICE("services", "ipip_to", services.ipip_to_frontend, words_ipip, true),
	CHOICE("services", "algorithm", services.algorithm, words_algorithm, SERVICE_MAGLEV),
	NUMBER("services", "maglev_table_size", services.maglev_size, 251, SERVICE_MAGLEV_MAX, 16381),
	STRING("services", "maglev_seed", KEY_TEXT, services.maglev_seed, "JLfvgnHc2kaSUFaI"),
	CHOICE("services", "no_backend", services.no_backend_drop, words_no_backend, false),
	BOOL("services", "external_cluster_ip", services.external_cluster_ip, false),
	BOOL("services", "source_ranges_all_types", services.source_ranges_all_types, false),
	BOOL("services", "topology", services.topology, false),
	BOOL("services", "node_ports", services.node_ports, true),
	LIST(struct config, "services", "node_port_addresses", KEY_PREFIX, services.node_port_prefixes,
	     services.node_port_prefix_count),
	LIST(struct config, "services", "snat_addresses", KEY_ADDRESS, services.snat_addresses,
	     services.snat_address_count),
	NUMBER("services", "grace", services.grace_s, 0, DRAIN_MAX_S, 60),
	NUMBER("services", "slow_start", services.slow_start_s, 0, 86400, 0),
	NUMBER("services", "half_open", services.half_open, 0, 1 << 26, 0),
	CHOICE("services", "syn_cookies", settings.syn_cookies, words_cookies, SYN_COOKIES_FULL),
	NUMBER("services", "source_rate", services.source_rate, 0, 10000000, 0),
	NUMBER("services", "source_burst", services.source_burst, 0, 10000000, 0),

	CHOICE("health", "check", services.check_kind, words_check, CHECK_NONE),
	NUMBER("health", "interval_ms", services.check_interval_ms, 100, 3600000, 2000),
	NUMBER("health", "timeout_ms", services.check_timeout_ms, 10, 60000, 1000),
	NUMBER("health", "rise", services.check_rise, 1, 100, 2),
	NUMBER("health", "fall", services.check_fall, 1, 100, 3),

	CHOICE("tunnel", "protocol", tunnel.protocol, words_tunnel, 0),
	STRING("tunnel", "name", KEY_NAME, tunnel.name, "overlay"),
	NUMBER("tunnel", "port", tunnel.port, 0, 65535, 0),
	CHOICE("tunnel", "identity", tunnel.by_address, words_identity, false),
	NUMBER("tunnel", "vni", tunnel.vni, 0, TUNNEL_VNI_MAX, 0),
	CHOICE("tunnel", "underlay", tunnel.underlay6, words_underlay, false),
	BOOL("tunnel", "inherit_dscp", tunnel.inherit_dscp, false),
	NUMBER("tunnel", "mtu", tunnel.mtu, 0, 9600, 0),
	{ KEY(struct config, "tunnel", "mac", KEY_MAC, tunnel.mac) },
	LIST(struct config, "tunnel", "addresses", KEY_ADDRESS, tunnel.addresses, tunnel.address_count),
	GROUPS("tunnel", "peers", tunnel.peers, tunnel.peer_count),

	{ TUNNEL_PEER("address", KEY_ADDRESS, addr), .required = true },
	{ TUNNEL_PEER("mac", KEY_MAC, mac) },
	LIST(struct config_tunnel_peer, "tunnel.peers", "prefixes", KEY_PREFIX, prefixes, prefix_count),

	BOOL("wireguard", "enabled", wireguard.enabled, false),
	STRING("wireguard", "name", KEY_NAME, wireguard.name, "wg0"),
	NUMBER("wireguard", "listen_port", wireguard.listen_port, 1, 65535, 51871),
	STRING("wireguard", "private_key_file", KEY_PATH, wireguard.private_key_file, ""),
	NUMBER("wireguard", "mtu", wireguard.mtu, 0, 9600, 0),
	BOOL("wireguard", "routes", wireguard.routes, true),
	{ KEY(struct config, "wireguard", "aead", KEY_WORD, wireguard.aead), .words = words_aead },
	LIST(struct config, "wireguard", "strict", KEY_PREFIX, wireguard.strict, wireguard.strict_count),
	NUMBER("wireguard", "node_port", wireguard.node_port, 1, 65535, 51871),
	STRING("wireguard", "socket_directory", KEY_PATH, wireguard.socket_directory,
	       "/var/run/wireguard"),
	GROUPS("wireguard", "peers", wireguard.peers, wireguard.peer_count),

	{ WG_PEER("public_key", KEY_PUBLIC, public_key), .required = true },
	{ WG_PEER("name", KEY_NAME, name), .text = "" },
	{ WG_PEER("preshared_key_file", KEY_PATH, preshared_key_file), .text = "" },
	{ WG_PEER("endpoint", KEY_ENDPOINT, endpoint) },
	LIST(struct config_wg_peer, "wireguard.peers", "allowed_ips", KEY_PREFIX, allowed_ips,
	     allowed_ip_count),
	{ WG_PEER("persistent_keepalive", KEY_NUMBER, persistent_keepalive), .max = 65535 },

	GROUPS("static", "routes", routes, route_count),
	GROUPS("static", "neighbours", neighbours, neighbour_count),
	{ ROUTE("prefix", KEY_PREFIX, prefix), .required = true },
	{ ROUTE("kind", KEY_CHOICE, kind), .words = words_kind },
	{ ROUTE("port", KEY_PORT, port), .initial = UINT16_MAX },
	{ ROUTE("gateway", KEY_ADDRESS, gateway) },
	{ ROUTE("mtu", KEY_NUMBER, mtu), .min = 68, .max = 65535 },

	{ NEIGHBOUR("address", KEY_ADDRESS, addr), .required = true },
	{ NEIGHBOUR("port", KEY_PORT, port), .required = true },
	{ NEIGHBOUR("mac", KEY_MAC, mac), .required = true },
};
/* clang-format on */

int config_refuse(const struct config_place *place, const char *format, ...)
{
	char *text = place->error->text;
	size_t room = sizeof(place->error->text);
	va_list args;
	int size;

	if (place->line)
		size = snprintf(text, room, "%.256s:%u: ", place->file, place->line);
	else
		size = snprintf(text, room, "%.256s: ", place->file);
	if (size < 0)
		size = 0;
	va_start(args, format);
	(void)vsnprintf(text + size, room - (size_t)size, format, args);
	va_end(args);
	for (char *c = text; *c; c++) { /* what the file says may not break our one line */
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
	return -EINVAL;
}

const struct config_key *config_keys(size_t *count)
{
	*count = ARRAY_SIZE(keys);
	return keys;
}

const struct config_key *config_key_find(const char *group, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].group, group) == 0 && strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

bool config_group_exists(const char *group)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (*group && strcmp(keys[i].group, group) == 0)
			return true;
	}
	return false;
}

static unsigned int distance_min(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Edits that turn one word into the other (Levenshtein). */
static unsigned int word_distance(const char *a, const char *b)
{
	unsigned int row[32];
	size_t width = strlen(b);

	if (width >= ARRAY_SIZE(row) || strlen(a) >= ARRAY_SIZE(row))
		return UINT32_MAX;
	for (size_t i = 0; i <= width; i++)
		row[i] = (unsigned int)i;
	for (size_t line = 1; a[line - 1]; line++) {
		unsigned int corner = row[0];

		row[0] = (unsigned int)line;
		for (size_t i = 1; i <= width; i++) {
			unsigned int above = row[i];

			row[i] = distance_min(above + 1, row[i - 1] + 1,
					      corner + (a[line - 1] != b[i - 1]));
			corner = above;
		}
	}
	return row[width];
}

/* What may stand in `group` under a key's number: its name, or at the top its group's. */
static const char *key_word(const struct config_key *key, const char *group)
{
	const char *dot = strchr(key->group, '.');

	if (strcmp(key->group, group) == 0)
		return key->name;
	if (*group)
		return dot && strncmp(key->group, group, (size_t)(dot - key->group)) == 0 &&
				       strlen(group) == (size_t)(dot - key->group)
			       ? dot + 1
			       : NULL;
	if (!dot)
		return key->group;
	return strncmp(key->group, "static.", strlen("static.")) == 0 ? "static" : NULL;
}

void config_key_suggest(const char *group, const char *name, char *out, size_t size)
{
	unsigned int best = strlen(name) > 3 ? 3 : 2; /* must be less */
	const struct config_key *elsewhere = NULL;
	const char *found = NULL;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *word = key_word(&keys[i], group);

		if (strcmp(keys[i].name, name) == 0)
			elsewhere = &keys[i];
		if (word && word_distance(name, word) < best) {
			best = word_distance(name, word);
			found = word;
		}
	}
	if (found)
		(void)snprintf(out, size, " (%s?)", found);
	else if (elsewhere && *elsewhere->group)
		(void)snprintf(out, size, " (%s.%s?)", elsewhere->group, elsewhere->name);
	else if (elsewhere)
		(void)snprintf(out, size, " (%s, at the top?)", elsewhere->name);
}
