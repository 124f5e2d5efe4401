/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The ORIGIN image: every string once, every origin once.
 */

#include <string.h>

#include "control/compile/world.h"

static uint32_t string_add(struct world *w, const char *text)
{
	bool fresh;
	uint32_t number = intern_add(&w->strings, text, strlen(text), &fresh);

	if (fresh) {
		struct image_writer *image = &w->images[IMAGE_ORIGIN];

		w->rules_full |= image_writer_room(image, IMAGE_ORIGIN_STRINGS) < strlen(text) + 2;
		GROW_ADD(&w->string_offsets,
			 w->rules_full ? 0
				       : image_writer_string(image, IMAGE_ORIGIN_STRINGS, text));
	}
	return w->string_offsets.items[number];
}

/* Most strings were asked for a moment ago. The memo is only a guess: a buffer may hold another
 * text now. */
uint32_t origin_string(struct world *w, const char *text)
{
	const struct image_writer *image = &w->images[IMAGE_ORIGIN];
	uintptr_t address = (uintptr_t)text;
	struct string_memo *memo = &w->string_memo[(address ^ address >> 8) % STRING_MEMOS];

	if (memo->text != text ||
	    strcmp((const char *)image->bytes[IMAGE_ORIGIN_STRINGS] + memo->offset, text) != 0)
		*memo = (struct string_memo){text, string_add(w, text)};
	return memo->offset;
}

/* By hand: this is asked for every rule, and printf() is slower than all the rest of an origin. */
const char *origin_rule_text(char out[RULE_TEXT_MAX], const char *word, size_t index)
{
	size_t size = strnlen(word, RULE_TEXT_MAX - 24), at = RULE_TEXT_MAX;
	char digits[RULE_TEXT_MAX];

	digits[--at] = '\0';
	digits[--at] = ']';
	do {
		digits[--at] = (char)('0' + index % 10);
		index /= 10;
	} while (index);
	digits[--at] = '[';
	memcpy(out, word, size);
	memcpy(out + size, digits + at, RULE_TEXT_MAX - at);
	return out;
}

uint32_t origin_add(struct world *w, const char *kind, const struct meta *meta,
		    const struct source *source, const char *rule)
{
	struct image_origin record = {
		.kind = origin_string(w, kind),
		.space = origin_string(w, meta->space ? meta->space : ""),
		.name = origin_string(w, meta->name),
		.file = origin_string(w, source->file ? source->file : ""),
		.line = source->line,
		.rule = origin_string(w, rule),
	};

	w->rules_full |= image_writer_full(&w->images[IMAGE_ORIGIN], IMAGE_ORIGIN_RECORD);
	if (w->rules_full)
		return 0;
	return image_writer_add(&w->images[IMAGE_ORIGIN], IMAGE_ORIGIN_RECORD, &record,
				sizeof(record));
}
