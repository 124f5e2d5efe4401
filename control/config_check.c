/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What several keys of the conf must say together, and defaults that follow from other keys.
 */

#include "control/config_check.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINES_MAX      50000 /* the library counts lines in 16 bits */
#define DEPTH_MAX      8     /* ours is 4; the library recurses */
#define RUN_MAX	       80    /* a socket's path has 108 bytes */
#define NODE_MAX       253   /* a DNS name */
#define MTU_ETHERNET   1500
#define MTU_TUNNEL_MIN 68
#define SEED_LETTERS   16 /* base64 of 12 bytes */

/* Size of the string or comment that starts at `at`, 0 if none does. *open: it never ends. */
static size_t opaque_size(const char *at, bool *open)
{
	const char *end = at + 1;

	*open = false;
	if (at[0] == '#' || (at[0] == '/' && at[1] == '/'))
		return strcspn(at, "\n");
	if (at[0] == '/' && at[1] == '*') {
		end = strstr(at + 2, "*/");
		*open = end == NULL;
		return end ? (size_t)(end - at) + 2 : strlen(at);
	}
	if (at[0] != '"')
		return 0;
	while (*end && *end != '"')
		end += end[0] == '\\' && end[1] ? 2 : 1;
	*open = *end == '\0';
	return (size_t)(end - at) + !*open;
}

static int check_structure(const char *text, struct config_place *place)
{
	int depth = 0;
	bool open;

	for (const char *at = text; *at;) {
		size_t size = opaque_size(at, &open);

		if (open)
			return config_refuse(place, "a %s that starts here never ends",
					     *at == '"' ? "text" : "comment");
		if (size == 0) {
			depth += (strchr("{([", *at) != NULL) - (strchr("})]", *at) != NULL);
			size = 1;
		}
		if (depth > DEPTH_MAX)
			return config_refuse(place, "groups and lists nested too deep");
		for (; size; size--)
			place->line += *at++ == '\n';
	}
	return 0;
}

int config_check_text(const char *text, size_t size, const struct config_place *place)
{
	struct config_place here = *place;

	if (size > CONFIG_SIZE_MAX)
		return config_refuse(place, "larger than %d bytes", CONFIG_SIZE_MAX);
	if (strlen(text) != size)
		return config_refuse(place, "a zero byte: this is not a text file");
	here.line = 1;
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		/* In a comment or a string too: there shall be no two readings of one file. */
		if (strncmp(at + strspn(at, " \t"), "@include", strlen("@include")) == 0)
			return config_refuse(&here, "@include is not supported: one file says all");
		if (++here.line > LINES_MAX)
			return config_refuse(place, "more than %d lines", LINES_MAX);
	}
	here.line = 1;
	return check_structure(text, &here);
}

static int port_check_duplicates(const struct config *config, const struct config_port *port,
				 const char *shown, const struct config_place *place)
{
	for (const struct config_port *other = config->ports; other < port; other++) {
		if (strcmp(other->name, port->name) == 0)
			return config_refuse(place, "%s: there are two ports \"%s\"", shown,
					     port->name);
		if (*port->interface && strcmp(other->interface, port->interface) == 0)
			return config_refuse(place, "%s: interface \"%s\" is port \"%s\" already",
					     shown, port->interface, other->name);
	}
	return 0;
}

static int port_check_static(struct config_port *port, bool is_static, const char *shown,
			     const struct config_place *place)
{
	static const uint8_t zero[6];
	bool has_mac = memcmp(port->mac, zero, sizeof(zero)) != 0;

	if (is_static && !has_mac)
		return config_refuse(place, "%s: needs `mac', as there is a `static' group", shown);
	if (is_static && !port->mtu)
		port->mtu = MTU_ETHERNET;
	if (!is_static && (has_mac || port->mtu || port->address_count))
		return config_refuse(place,
				     "%s: `%s' is only for a conf with a `static' group, else the "
				     "kernel says it",
				     shown,
				     has_mac	 ? "mac"
				     : port->mtu ? "mtu"
						 : "addresses");
	return 0;
}

int config_check_port(struct config *config, const struct config_place *place)
{
	struct config_port *port = &config->ports[config->port_count - 1];
	bool afxdp = strcmp(port->io, "afxdp") == 0;
	char shown[32];
	int err;

	(void)snprintf(shown, sizeof(shown), "ports[%zu]", config->port_count - 1);
	if (afxdp && !*port->interface)
		return config_refuse(place, "%s: needs `interface', as its io is \"afxdp\"", shown);
	if (!afxdp && *port->interface)
		return config_refuse(place, "%s: `interface' is only for io \"afxdp\"", shown);
	if (!afxdp && !config->is_static)
		return config_refuse(
			place, "%s: io \"%s\" has no kernel beneath and needs a `static' group",
			shown, port->io);
	err = port_check_duplicates(config, port, shown, place);
	return err ? err : port_check_static(port, config->is_static, shown, place);
}

static int check_route(struct config_route *route, const char *shown,
		       const struct config_place *place)
{
	static const uint8_t kinds[] = {ROUTE_ONLINK, ROUTE_UNREACHABLE, ROUTE_PROHIBIT,
					ROUTE_BLACKHOLE};
	bool has_port = route->port != UINT16_MAX;

	route->kind = kinds[route->kind];
	route->has_gateway = (route->gateway.d[0] | route->gateway.d[1]) != 0;
	if (route->kind != ROUTE_ONLINK && (has_port || route->has_gateway))
		return config_refuse(place, "%s: only a unicast route has a %s", shown,
				     has_port ? "port" : "gateway");
	if (route->kind == ROUTE_ONLINK && !has_port)
		return config_refuse(place, "%s: needs `port', as it is a unicast route", shown);
	if (route->kind != ROUTE_ONLINK && route->mtu)
		return config_refuse(place, "%s: only a unicast route has an mtu", shown);
	if (route->has_gateway)
		route->kind = ROUTE_VIA;
	if (!has_port)
		route->port = 0;
	return 0;
}

int config_check_item(const char *group, void *item, const char *shown,
		      const struct config_place *place)
{
	if (strcmp(group, "wireguard.peers") == 0)
		((struct config_wg_peer *)item)->line = place->line;
	return strcmp(group, "static.routes") == 0 ? check_route(item, shown, place) : 0;
}

static int check_cpus(const struct config *config, const struct config_place *place)
{
	for (uint32_t i = 0; i < config->workers; i++) {
		for (uint32_t j = 0; j < i; j++) {
			if (config->cpus[i] >= 0 && config->cpus[i] == config->cpus[j])
				return config_refuse(place, "workers.cpus: CPU %d is there twice",
						     config->cpus[i]);
		}
	}
	return 0;
}

static int check_sizes(const struct config *config, const struct config_place *place)
{
	if (config->settings.half_open_max > config->flows)
		return config_refuse(place, "sizes: half_open %u is more than flows %u",
				     config->settings.half_open_max, config->flows);
	if (config->fragments > config->frames / 2)
		return config_refuse(place,
				     "sizes: fragments %u is more than half of frames %u: held "
				     "fragments could take every packet buffer",
				     config->fragments, config->frames);
	return 0;
}

static int check_services(const struct config_services *services, const struct config_place *place)
{
	static const uint32_t primes[] = {251,	509,   1021,  2039,  4093,
					  8191, 16381, 32749, 65521, 131071};
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789+/";
	bool is_prime = false;

	for (size_t i = 0; i < ARRAY_SIZE(primes); i++)
		is_prime |= primes[i] == services->maglev_size;
	if (!is_prime)
		return config_refuse(place,
				     "services.maglev_table_size: %u is none of 251, 509, 1021, "
				     "2039, 4093, 8191, 16381, 32749, 65521 and 131071",
				     services->maglev_size);
	if (strlen(services->maglev_seed) != SEED_LETTERS ||
	    services->maglev_seed[strspn(services->maglev_seed, letters)])
		return config_refuse(place,
				     "services.maglev_seed: \"%.40s\" is not base64 of 12 bytes",
				     services->maglev_seed);
	return 0;
}

static int check_health(const struct config_services *services, const struct config_place *place)
{
	if (services->check_timeout_ms > services->check_interval_ms)
		return config_refuse(place, "health: timeout_ms %u is more than interval_ms %u",
				     services->check_timeout_ms, services->check_interval_ms);
	return 0;
}

static int check_tunnel(const struct config *config, const struct config_place *place)
{
	const struct config_tunnel *tunnel = &config->tunnel;

	if (tunnel->protocol && !*tunnel->name)
		return config_refuse(place, "tunnel.name: must not be empty");
	if (tunnel->vni && !tunnel->by_address)
		return config_refuse(place, "tunnel.vni: only with identity = \"address\"");
	if (tunnel->mtu && tunnel->mtu < MTU_TUNNEL_MIN)
		return config_refuse(place, "tunnel.mtu: %u is less than %d", tunnel->mtu,
				     MTU_TUNNEL_MIN);
	for (size_t i = 0; i < tunnel->peer_count; i++)
		for (size_t other = 0; other < i; other++)
			if (addr_equal(&tunnel->peers[i].addr, &tunnel->peers[other].addr))
				return config_refuse(place,
						     "tunnel.peers[%zu]: the address of peers[%zu]",
						     i, other);
	return 0;
}

int config_check_group(const char *group, struct config *config, const struct config_place *place)
{
	const struct image_settings *settings = &config->settings;
	uint32_t nat_ports = (uint32_t)settings->nat_port_last - settings->nat_port_first + 1;

	if (strcmp(group, "workers") == 0)
		return check_cpus(config, place);
	if (strcmp(group, "sizes") == 0)
		return check_sizes(config, place);
	if (strcmp(group, "services") == 0)
		return check_services(&config->services, place);
	if (strcmp(group, "tunnel") == 0)
		return check_tunnel(config, place);
	if (strcmp(group, "health") == 0)
		return check_health(&config->services, place);
	if (strcmp(group, "wireguard") == 0)
		config->wireguard.line = place->line;
	if (strcmp(group, "paths") == 0 && strlen(config->run_directory) > RUN_MAX)
		return config_refuse(place, "paths.run: longer than %d letters", RUN_MAX);
	if (strcmp(group, "paths") == 0 && (!*config->objects || !*config->run_directory))
		return config_refuse(place, "paths.%s: must not be empty",
				     *config->objects ? "run" : "objects");
	if (strcmp(group, "nat") == 0 && settings->nat_port_last < settings->nat_port_first)
		return config_refuse(place, "nat: port_first %u is greater than port_last %u",
				     settings->nat_port_first, settings->nat_port_last);
	if (strcmp(group, "nat") == 0 && nat_ports < CONFIG_WORKERS_MAX)
		return config_refuse(place, "nat: %u ports are fewer than %d, one for each worker",
				     nat_ports, CONFIG_WORKERS_MAX);
	return 0;
}

/* Two of what is no port must differ in name and UDP port. */
static int check_overlays(const struct config *config, const struct config_place *place)
{
	static const uint16_t ports[] = {
		0,
#define TUNNEL_KIND(NAME, word, port, size) (port),
#include "fastpath/api/tunnel_kinds.def"
#undef TUNNEL_KIND
	};
	const struct config_tunnel *tunnel = &config->tunnel;
	uint16_t port = tunnel->port ? tunnel->port : ports[tunnel->protocol];

	if (!tunnel->protocol || !config->wireguard.enabled)
		return 0;
	if (strcmp(tunnel->name, config->wireguard.name) == 0)
		return config_refuse(place, "wireguard.name: \"%s\" is the tunnel's already",
				     tunnel->name);
	if (port == config->wireguard.listen_port)
		return config_refuse(place, "wireguard.listen_port: %u is the tunnel's already",
				     port);
	return 0;
}

static char *node_name_of_host(void)
{
	char name[NODE_MAX + 1] = "";

	if (gethostname(name, sizeof(name) - 1))
		return strdup("localhost");
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c); /* as kubelet names its node */
	return strdup(name);
}

int config_finish(struct config *config, const struct config_place *place)
{
	if (config->port_count == 0)
		return config_refuse(place, "no `ports': a gateway needs at least one");
	for (size_t i = 0; i < config->port_count; i++) {
		if (*config->punt_interface &&
		    strcmp(config->punt_interface, config->ports[i].interface) == 0)
			return config_refuse(place, "punt.interface: \"%s\" is port \"%s\" already",
					     config->punt_interface, config->ports[i].name);
	}
	for (size_t i = 0; i < config->port_count; i++) {
		if (config->tunnel.protocol &&
		    strcmp(config->tunnel.name, config->ports[i].name) == 0)
			return config_refuse(place, "tunnel.name: \"%s\" is a port already",
					     config->tunnel.name);
	}
	/* The words stand in the order of the modes. */
	config->services.dispatch = (uint8_t)(SERVICE_DSR_OPTION + config->services.dispatch);
	if (config->settings.half_open_max == 0)
		config->settings.half_open_max = config->flows / 4;
	if (!*config->node_name) {
		free(config->node_name);
		config->node_name = node_name_of_host();
	}
	if (!config->node_name)
		return -ENOMEM;
	if (check_sizes(config, place) || check_overlays(config, place))
		return -EINVAL;
	return config_check_wireguard(config, place);
}
