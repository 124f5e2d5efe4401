/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A gateway with WireGuard, compiled: ports `pods' (10.0.1.1/24) and `wan' (192.0.2.1/24, with the
 * default route), no kernel, and what the test says in its `wireguard' group and objects.
 */

#include "control/compile/compile_memory.h"
#include "test/lib/image_reader.h"

#define KEY_OWN	   "GCwtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkdISUA=" /* private; of no other use */
#define KEY_A	   "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
#define KEY_B	   "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0="
#define KEY_C	   "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA="
#define KEY_SHARED "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE="

#define CILIUM_NODE(name, ip, cidr, key)                                                      \
	"---\napiVersion: cilium.io/v2\nkind: CiliumNode\nmetadata:\n  name: " name           \
	"\n  annotations:\n    network.cilium.io/wg-pub-key: " key "\nspec:\n  addresses:\n"  \
	"  - {type: ExternalIP, ip: 198.51.100.77}\n  - {type: InternalIP, ip: \"" ip "\"}\n" \
	"  ipam:\n    podCIDRs: [\"" cidr "\"]\n"

struct wireguard_scene {
	struct config config;
	struct objects objects;
	struct net_view net;
	struct wireguard_facts facts;
	struct compile_memory *memory;
	struct images images;
	struct compile_error error;
};

/* `group`: what stands in the conf's `wireguard'; `more`: behind it. These fail the test when the
 * text is refused. */
void wireguard_scene_open(struct wireguard_scene *s, const char *group, const char *more);
void wireguard_scene_objects(struct wireguard_scene *s, const char *text);
/* What compile_images() says. */
int wireguard_scene_compile(struct wireguard_scene *s);
/* A request of the control socket, on top of what there is; compiles. */
int wireguard_scene_set(struct wireguard_scene *s, const char *request);
void wireguard_scene_close(struct wireguard_scene *s);

void wireguard_scene_key(const char *text, uint8_t key[WG_KEY_SIZE]);
/* "CIDR>key's first letters CIDR>..": the allowed IPs of the image, in its order. `buf` holds
 * 1024. */
const char *wireguard_scene_allowed(const struct wireguard_scene *s, char *buf);
/* Where packets to the address go: "wan 192.0.2.254", "wg0 xTIB", "prohibit". `buf` holds 128. */
const char *wireguard_scene_way(const struct wireguard_scene *s, const char *address, char *buf);
/* Whether some warning contains the text. */
bool wireguard_scene_warns(const struct wireguard_scene *s, const char *text);
