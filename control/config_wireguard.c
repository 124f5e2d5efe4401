/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the keys of the `wireguard' group must say together. Keys in files are none of the conf:
 * wg_secrets.c reads them.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/wireguard.h"
#include "control/config_check.h"

void config_wireguard_free(struct config_wireguard *wireguard)
{
	for (size_t i = 0; i < wireguard->peer_count; i++) {
		free(wireguard->peers[i].preshared_key_file);
		free(wireguard->peers[i].allowed_ips);
	}
	free(wireguard->peers);
	free(wireguard->strict);
	free(wireguard->private_key_file);
	free(wireguard->socket_directory);
}

struct named {
	const uint8_t *key;
	uint32_t line;
};

static int key_order(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = memcmp(x->key, y->key, WG_KEY_SIZE);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int check_keys(struct named *peers, size_t count, const struct config_place *place)
{
	qsort(peers, count, sizeof(*peers), key_order);
	for (size_t i = 1; i < count; i++) {
		const uint8_t *a = peers[i - 1].key, *b = peers[i].key;
		uint32_t first = peers[i - 1].line, second = peers[i].line;
		struct config_place here = *place;

		here.line = first > second ? first : second;
		first = first > second ? second : first;
		if (memcmp(a, b, WG_KEY_SIZE) == 0)
			return config_refuse(&here,
					     "wireguard.peers: the peer of line %u has this public "
					     "key already",
					     first);
		/* What names a peer in routes (image_wg.h): of two random keys never. */
		if (memcmp(a, b, WG_HOP_SIZE) == 0)
			return config_refuse(
				&here,
				"wireguard.peers: this public key begins as the one of "
				"line %u does",
				first);
	}
	return 0;
}

struct claim {
	struct prefix prefix; /* first: it is what is compared */
	uint32_t line;
};

static int claim_order(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = prefix_compare(&x->prefix, &y->prefix);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int check_claims(struct claim *claims, size_t count, const struct config_place *place)
{
	qsort(claims, count, sizeof(*claims), claim_order);
	for (size_t i = 1; i < count; i++) {
		struct config_place here = *place;
		char text[ADDR_TEXT_MAX];

		here.line = claims[i].line;
		if (prefix_compare(&claims[i - 1].prefix, &claims[i].prefix) == 0)
			return config_refuse(&here,
					     "wireguard.peers: %s is an allowed IP of the peer of "
					     "line %u already",
					     prefix_format(&claims[i].prefix, text),
					     claims[i - 1].line);
	}
	return 0;
}

static int check_peers(const struct config_wireguard *wireguard, const struct config_place *place)
{
	struct named *peers = calloc(wireguard->peer_count + 1, sizeof(*peers));
	struct claim *claims;
	size_t count = 0, claimed = 0;
	int err = -ENOMEM;

	for (size_t i = 0; i < wireguard->peer_count; i++)
		count += wireguard->peers[i].allowed_ip_count;
	claims = calloc(count + 1, sizeof(*claims));
	if (!peers || !claims)
		goto free_both;
	for (size_t i = 0; i < wireguard->peer_count; i++) {
		const struct config_wg_peer *peer = &wireguard->peers[i];

		peers[i] = (struct named){peer->public_key, peer->line};
		for (size_t j = 0; j < peer->allowed_ip_count; j++)
			claims[claimed++] = (struct claim){peer->allowed_ips[j], peer->line};
	}
	err = check_keys(peers, wireguard->peer_count, place);
	if (!err)
		err = check_claims(claims, count, place);
free_both:
	free(claims);
	free(peers);
	return err;
}

int config_check_wireguard(const struct config *config, const struct config_place *place)
{
	const struct config_wireguard *wireguard = &config->wireguard;
	struct config_place here = *place;

	here.line = wireguard->line;
	if (!*wireguard->name)
		return config_refuse(&here, "wireguard.name: must not be empty");
	for (size_t i = 0; i < config->port_count; i++)
		if (strcmp(config->ports[i].name, wireguard->name) == 0)
			return config_refuse(&here, "wireguard.name: \"%s\" is a port already",
					     wireguard->name);
	if (wireguard->mtu && wireguard->mtu < 576)
		return config_refuse(&here, "wireguard.mtu: %u is neither 0 nor 576 or more",
				     wireguard->mtu);
	if (wireguard->peer_count > WG_PEERS_MAX)
		return config_refuse(&here, "wireguard.peers: %zu are more than %u",
				     wireguard->peer_count, WG_PEERS_MAX);
	return check_peers(wireguard, place);
}
