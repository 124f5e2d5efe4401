/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields that say one of a few words, a length of time, or something that may be said only once.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/decode.h"
#include "control/objects/duration.h"

#define NS_PER_MS 1000000u

int decode_word(struct decode *d, const struct doc_node *node, const struct word *words,
		const char *all, uint8_t *out)
{
	int err = decode_is(d, node, NODE_STRING);

	if (err)
		return err;
	for (; words->text; words++) {
		if (strcmp(words->text, node->text) == 0) {
			*out = words->value;
			return 0;
		}
	}
	return decode_fail(d, node, WORD " is not %s", node->text, all);
}

int decode_word_at(struct decode *d, const struct doc_node *map, const char *key,
		   const struct word *words, const char *all, uint8_t *out)
{
	const struct doc_node *node = node_get(map, key);

	return node ? decode_word(d, node, words, all, out) : 0;
}

int decode_duration(struct decode *d, const struct doc_node *node, uint32_t least_ms,
		    uint32_t most_ms, uint32_t *out)
{
	uint64_t ns = 0;
	int err = decode_is(d, node, NODE_STRING);

	if (err)
		return err;
	err = duration_parse(node->text, &ns);
	if (err == -EINVAL)
		return decode_fail(d, node, WORD " is not a duration such as 500ms, 3s or 1m30s",
				   node->text);
	if (err || ns < (uint64_t)least_ms * NS_PER_MS || ns > (uint64_t)most_ms * NS_PER_MS)
		return decode_fail(d, node, "must be between %ums and %us, not %.40s", least_ms,
				   most_ms / 1000, node->text);
	*out = (uint32_t)((ns + NS_PER_MS - 1) / NS_PER_MS);
	return 0;
}

static int once_compare(const void *a, const void *b)
{
	const struct once *x = a, *y = b;
	int order = (x->key > y->key) - (x->key < y->key);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

uint32_t once_broken(struct once *items, size_t count)
{
	uint32_t first = ONCE_HOLDS;

	if (count > 1)
		qsort(items, count, sizeof(*items), once_compare);
	for (size_t i = 1; i < count; i++)
		if (items[i].key == items[i - 1].key && items[i].index < first)
			first = items[i].index;
	return first;
}

const struct doc_node *node_at(const struct doc_node *list, uint32_t index)
{
	const struct doc_node *node = list->first;

	while (index--)
		node = node->next;
	return node;
}
