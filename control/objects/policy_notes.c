/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands around the spec of every policy.
 *
 * Annotations of ours on policies (policies.h lists them). What we do not know among them is
 * refused like an unknown field: a misspelt word must not change what a policy does quietly.
 */

#include <string.h>

#include "control/objects/decode.h"
#include "control/objects/syntax.h"
#include "fastpath/api/image.h"

#define OUR_PREFIX "sluice.io/"

static int answer_decode(struct decode *d, const struct doc_node *node, struct policy_notes *out)
{
	static const struct word words[] = {
		{"drop", DENY_DROP}, {"tcp-reset", DENY_RESET}, {"icmp", DENY_ICMP}, {NULL, 0}};

	out->has_answer = true;
	return decode_word(d, node, words, "drop, tcp-reset or icmp", &out->answer);
}

static int audit_decode(struct decode *d, const struct doc_node *node, struct policy_notes *out)
{
	static const struct word words[] = {{"false", false}, {"true", true}, {NULL, 0}};
	uint8_t value = false;
	int err = decode_word(d, node, words, "true or false", &value);

	out->audit = value;
	return err;
}

static int match_decode(struct decode *d, const struct doc_node *node, struct policy_notes *out)
{
	static const struct word words[] = {{"any", false}, {"longest-prefix", true}, {NULL, 0}};
	uint8_t value = false;
	int err = decode_word(d, node, words, "any or longest-prefix", &value);

	out->longest_prefix = value;
	return err;
}

static int note_decode(struct decode *d, const struct doc_node *node, struct policy_notes *out)
{
	static const struct {
		const char *name;
		int (*decode)(struct decode *d, const struct doc_node *node,
			      struct policy_notes *out);
	} notes[] = {
		{"deny-answer", answer_decode},
		{"audit", audit_decode},
		{"cidr-match", match_decode},
	};

	for (size_t i = 0; i < ARRAY_SIZE(notes); i++)
		if (strcmp(notes[i].name, node->key + strlen(OUR_PREFIX)) == 0)
			return notes[i].decode(d, node, out);
	return decode_fail(d, node,
			   "unknown annotation of ours, only deny-answer, audit and "
			   "cidr-match are known");
}

static int notes_decode(struct decode *d, const struct meta *meta, struct policy_notes *out)
{
	const struct doc_node *map = node_get(node_get(d->root, "metadata"), "annotations");
	int err = 0;

	memset(out, 0, sizeof(*out));
	if (meta->annotations.count == 0 || !map)
		return 0;
	for (const struct doc_node *n = map->first; n && !err; n = n->next)
		if (strncmp(n->key, OUR_PREFIX, strlen(OUR_PREFIX)) == 0)
			err = note_decode(d, n, out);
	return err;
}

int decode_policy_head(struct decode *d, enum object_scope scope, const char *const *fields,
		       struct meta *meta, struct policy_notes *notes)
{
	static const char *const usual[] = {"apiVersion", "kind",   "metadata",
					    "spec",	  "status", NULL};
	int err = decode_meta(d, scope, dns_subdomain_fault, meta);

	if (!err)
		err = decode_only(d, d->root, fields ? fields : usual);
	return err || !notes ? err : notes_decode(d, meta, notes);
}
