/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Annotations on a Service: Cilium's service.cilium.io/.. and ours. A value that nobody knows is
 * warned about and ignored, as Cilium does: a misspelt wish must not take a service away. Ours
 * have the word where both speak.
 */

#include <errno.h>
#include <string.h>

#include "control/objects/selector_text.h"
#include "control/objects/service_decode.h"
#include "fastpath/api/image.h"

#define CILIUM_PREFIX "service.cilium.io/"
#define OUR_PREFIX    "sluice.io/"

typedef int note_fn(struct decode *d, const struct doc_node *node, struct service_notes *out);

static int algorithm_decode(struct decode *d, const struct doc_node *node,
			    struct service_notes *out)
{
	static const struct word words[] = {
		{"maglev", SERVICE_MAGLEV}, {"random", SERVICE_RANDOM}, {NULL, 0}};
	int err = decode_word(d, node, words, "maglev or random", &out->algorithm);

	out->has_algorithm |= !err;
	return err;
}

static int mode_decode(struct decode *d, const struct doc_node *node, struct service_notes *out)
{
	static const struct word words[] = {
		{"snat", SERVICE_SNAT}, {"dsr", SERVICE_DSR_OPTION}, {NULL, 0}};
	int err = decode_word(d, node, words, "snat or dsr", &out->mode);

	out->has_mode |= !err;
	return err;
}

static int sources_decode(struct decode *d, const struct doc_node *node, struct service_notes *out)
{
	static const struct word words[] = {{"allow", false}, {"deny", true}, {NULL, 0}};
	uint8_t deny = false;
	int err = decode_word(d, node, words, "allow or deny", &deny);

	out->sources_deny = deny;
	return err;
}

static int type_decode(struct decode *d, const struct doc_node *node, struct service_notes *out)
{
	static const struct word words[] = {{"ClusterIP", 1 << SERVICE_TYPE_CLUSTER_IP},
					    {"NodePort", 1 << SERVICE_TYPE_NODE_PORT},
					    {"LoadBalancer", 1 << SERVICE_TYPE_LOAD_BALANCER},
					    {NULL, 0}};
	int err = decode_word(d, node, words, "ClusterIP, NodePort or LoadBalancer", &out->types);

	out->is_global_type |= !err;
	return err;
}

static int node_label_decode(struct decode *d, const struct doc_node *node,
			     struct service_notes *out)
{
	return decode_intern(d, node, &out->node);
}

static int node_selector_decode(struct decode *d, const struct doc_node *node,
				struct service_notes *out)
{
	struct selector selector = {0};
	int err = decode_selector_text(d, node, &selector);

	if (!err)
		out->node_selector = selector;
	return err;
}

static int delegation_decode(struct decode *d, const struct doc_node *node,
			     struct service_notes *out)
{
	static const struct word words[] = {
		{"none", false}, {"delegate-if-local", true}, {NULL, 0}};
	uint8_t is_delegated = false;
	int err = decode_word(d, node, words, "none or delegate-if-local", &is_delegated);

	out->to_local_host = is_delegated;
	return is_delegated ? decode_fail(d, node, "is not supported") : err;
}

/* What only concerns other clusters. */
static int nothing_decode(struct decode *d, const struct doc_node *node, struct service_notes *out)
{
	(void)d;
	(void)node;
	(void)out;
	return 0;
}

static int cilium_note_decode(struct decode *d, const struct doc_node *node, const char *name,
			      struct service_notes *out)
{
	static const struct {
		const char *name;
		note_fn *decode;
	} notes[] = {
		{"lb-algorithm", algorithm_decode},
		{"forwarding-mode", mode_decode},
		{"src-ranges-policy", sources_decode},
		{"type", type_decode},
		{"node", node_label_decode},
		{"node-selector", node_selector_decode},
		{"proxy-delegation", delegation_decode},
		{"global", nothing_decode},
		{"shared", nothing_decode},
		{"affinity", nothing_decode},
		{"global-sync-endpoint-slices", nothing_decode},
	};

	for (size_t i = 0; i < ARRAY_SIZE(notes); i++)
		if (strcmp(notes[i].name, name) == 0)
			return notes[i].decode(d, node, out);
	return decode_fail(d, node, "is not supported");
}

/* All annotations of one prefix. */
static int notes_decode(struct decode *d, const struct doc_node *map, const char *prefix,
			int (*decode)(struct decode *d, const struct doc_node *node,
				      const char *name, struct service_notes *out),
			struct service_notes *out)
{
	size_t size = strlen(prefix);
	int err = 0;

	for (const struct doc_node *n = map->first; n && !err; n = n->next) {
		if (strncmp(n->key, prefix, size) != 0)
			continue;
		err = decode(d, n, n->key + size, out);
		if (err == -EINVAL)
			err = decode_warn_failure(d);
	}
	return err;
}

int service_notes_decode(struct decode *d, struct service_notes *out)
{
	const struct doc_node *map = node_get(node_get(d->root, "metadata"), "annotations");
	int err;

	if (!map)
		return 0;
	err = notes_decode(d, map, CILIUM_PREFIX, cilium_note_decode, out);
	if (!err)
		err = notes_decode(d, map, OUR_PREFIX, service_note_decode, out);
	if (!err)
		err = health_check_finish(d, map, &out->check);
	if (err != -EINVAL)
		return err;
	out->check.path = "/";
	return decode_warn_failure(d);
}
