/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One rule of a Cilium policy: peers, what of them, and whether they must prove who they are.
 *
 * A rule without peers speaks of everybody when it names ports or ICMP types. A rule that says
 * nothing at all selects nobody: "egress: [{}]" is how Cilium's users write "deny all".
 */

#include <string.h>

#include "control/objects/cilium_decode.h"

static int field_check(const struct cilium_place *p, const struct doc_node *node)
{
	bool ingress = place_is_ingress(p);
	const char *key = node->key;

	if (strcmp(key, "toPorts") == 0 || strcmp(key, "icmps") == 0 || cilium_peers_have(p, key))
		return 0;
	if (strcmp(key, "authentication") == 0)
		return place_is_deny(p) ? decode_fail(p->d, node, "is not allowed in a deny rule")
					: 0;
	if (strcmp(key, ingress ? "fromRequires" : "toRequires") == 0)
		return decode_fail(p->d, node,
				   "is not supported: Cilium has removed it; add its labels to "
				   "every selector of %s",
				   ingress ? "fromEndpoints" : "toEndpoints");
	if (strcmp(key, ingress ? "fromGroups" : "toGroups") == 0)
		return decode_fail(p->d, node,
				   "is not supported: it asks a cloud provider for addresses; use "
				   "%s with a CiliumCIDRGroup",
				   ingress ? "fromCIDRSet" : "toCIDRSet");
	return decode_fail(p->d, node, "unknown field");
}

static int auth_decode(struct decode *d, const struct doc_node *map, enum auth_mode *out)
{
	static const struct {
		const char *word;
		enum auth_mode mode;
	} modes[] = {
		{"disabled", AUTH_DISABLED},
		{"required", AUTH_REQUIRED},
		{"test-always-fail", AUTH_ALWAYS_FAIL},
	};
	static const char *const fields[] = {"mode", NULL};
	const struct doc_node *mode = NULL;
	int err = decode_only(d, map, fields);

	if (!err)
		err = decode_string(d, map, "mode", &mode);
	if (err)
		return err;
	if (!mode)
		return decode_fail_key(d, map, "mode", "is required");
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strcmp(modes[i].word, mode->text) == 0) {
			*out = modes[i].mode;
			return 0;
		}
	}
	return decode_fail(d, mode, WORD " is not disabled, required or test-always-fail",
			   mode->text);
}

static int services_decode(const struct cilium_place *p, const struct doc_node *map,
			   struct cilium_rule *out)
{
	const struct doc_node *ports, *icmps = NULL;
	bool says_what;
	int err = decode_list(p->d, map, "toPorts", &ports);

	if (!err)
		err = decode_list(p->d, map, "icmps", &icmps);
	if (err)
		return err;
	if (ports && ports->size && icmps && icmps->size)
		return decode_fail(p->d, icmps,
				   "may not be combined with toPorts; write a rule of its own");
	out->has_ports = ports != NULL;
	out->has_icmps = icmps && icmps->size > 0;
	says_what = (ports && ports->size > 0) || (icmps && icmps->size > 0);
	out->any_peer = out->any_peer && says_what;
	if (ports)
		err = cilium_ports_decode(p, ports, out);
	return err || !icmps ? err : cilium_icmps_decode(p, icmps, out);
}

int cilium_rule_decode(const struct cilium_place *p, const struct doc_node *map,
		       struct cilium_rule *out)
{
	const struct doc_node *auth = NULL;
	int err = decode_is(p->d, map, NODE_MAP);

	if (err)
		return err;
	out->source = decode_source(p->d, map);
	for (const struct doc_node *n = map->first; n && !err; n = n->next)
		err = field_check(p, n);
	if (!err)
		err = cilium_peers_decode(p, map, out);
	if (!err)
		err = services_decode(p, map, out);
	if (!err)
		err = decode_map(p->d, map, "authentication", &auth);
	return err || !auth ? err : auth_decode(p->d, auth, &out->auth);
}
