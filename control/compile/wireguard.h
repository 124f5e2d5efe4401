/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * WireGuard as plain data: the device that runs, and what its compilation knows beside conf and
 * objects.
 *
 * A device is the conf's group `wireguard', the CiliumNode objects, and on top of both what was
 * changed by WireGuard's control socket: an overlay, which keeps only what was said there, so that
 * the rest goes on following its source. All of this holds secret keys: whoever frees it wipes it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fastpath/api/image.h"

/* Links of devices follow those of tunnels. */
#define LINK_WG_FIRST (LINK_TUNNEL_FIRST + TUNNELS_MAX)
/* A peer's address in 100::/64 is so many bytes of its public key. */
#define WG_HOP_SIZE    8u
#define WG_ALLOWED_MAX (1u << 20)

enum wireguard_source {
	WIREGUARD_FROM_CONF,
	WIREGUARD_FROM_NODE,
	WIREGUARD_FROM_SOCKET,
};

struct wireguard_peer {
	uint8_t public_key[WG_KEY_SIZE];
	uint8_t preshared_key[WG_KEY_SIZE]; /* zero: none */
	union addr endpoint;
	uint16_t endpoint_port; /* 0: not known */
	uint16_t keepalive_s;
	uint8_t source;	 /* enum wireguard_source */
	bool is_changed; /* by the socket, on top of its source */
	char name[64];	 /* of the conf, or of the node; may be empty */
	char *file;	 /* where it stands; NULL: nowhere */
	uint32_t line;
	uint32_t first; /* in the device's `by_peer' */
	uint32_t count;
};

struct wireguard_allowed {
	struct prefix prefix;
	uint32_t peer;
};

struct wireguard {
	char name[IMAGE_NAME_MAX];
	bool is_changed; /* key or port: by the socket */
	bool has_key;	 /* without a private key it does nothing, but is shown */
	uint8_t private_key[WG_KEY_SIZE];
	uint8_t public_key[WG_KEY_SIZE];
	uint16_t listen_port;
	uint16_t mtu;
	uint32_t
		fwmark; /* as it was set; outer packets pass no rules of the kernel that it could mean */
	struct wireguard_peer *peers; /* sorted by public key */
	uint32_t peer_count;
	struct wireguard_allowed *allowed; /* sorted by prefix, once each */
	uint32_t allowed_count;
	uint32_t *by_peer; /* indices in `allowed', peer by peer */
};

/* NULL is no device. */
void wireguard_free(struct wireguard *device);
/* The prefixes of a peer, by number; `prefix' of the first is wireguard_prefix(device, peer, 0). */
const struct prefix *wireguard_prefix(const struct wireguard *device,
				      const struct wireguard_peer *peer, uint32_t number);
/* NULL when there is no such peer. */
const struct wireguard_peer *wireguard_peer_find(const struct wireguard *device,
						 const uint8_t key[WG_KEY_SIZE]);
union addr wireguard_hop(const uint8_t key[WG_KEY_SIZE]);

/* What the socket has said of one peer. */
struct wireguard_change {
	uint8_t public_key[WG_KEY_SIZE];
	uint8_t preshared_key[WG_KEY_SIZE];
	bool is_removed;
	bool is_update; /* of a peer that conf or objects have: when they no longer do, nothing is left */
	bool has_preshared_key;
	bool has_endpoint;
	bool has_keepalive;
	bool has_allowed; /* `allowed' are all that it has */
	union addr endpoint;
	uint16_t endpoint_port;
	uint16_t keepalive_s;
	struct prefix *allowed;
	uint32_t allowed_count;
};

struct wireguard_overlay {
	bool has_private_key; /* zero: it was taken away */
	bool has_listen_port;
	bool has_fwmark;
	uint8_t private_key[WG_KEY_SIZE];
	uint16_t listen_port;
	uint32_t fwmark;
	struct wireguard_change *changes; /* once for each public key */
	uint32_t change_count;
};

void wireguard_overlay_free(struct wireguard_overlay *overlay);

/* What conf and objects do not say, for a compilation. */
struct wireguard_facts {
	uint8_t private_key[WG_KEY_SIZE];
	uint8_t (*preshared_keys)[WG_KEY_SIZE]; /* of the conf's peers; zero: none */
	size_t preshared_count;
	struct wireguard_overlay overlay;
};
