/* SPDX-License-Identifier: Apache-2.0 */

#include "control/offline/ends.h"

#include <errno.h>
#include <string.h>

static char *text_copy(const char *text, size_t size)
{
	char *copy = strndup(text, size);

	CHECK(copy);
	return copy;
}

void ends_free(struct end_list *ends)
{
	for (uint32_t i = 0; i < ends->count; i++) {
		free(ends->items[i].name);
		free(ends->items[i].alias);
	}
	GROW_FREE(ends);
}

static void end_copy(struct end_list *ends, const struct end *end)
{
	struct end copy = *end;

	for (uint32_t i = 0; i < ends->count; i++)
		if (strcmp(ends->items[i].name, end->name) == 0)
			return;
	copy.name = text_copy(end->name, strlen(end->name));
	copy.alias = end->alias ? text_copy(end->alias, strlen(end->alias)) : NULL;
	GROW_ADD(ends, copy);
}

void ends_add_pods(struct end_list *ends, const struct objects *objects)
{
	for (size_t i = 0; i < objects->pod_count; i++) {
		const struct pod_object *pod = &objects->pods[i];
		struct end end = {.pod = pod};

		if (pod->finished || !pod->address_count)
			continue;
		CHECK(asprintf(&end.name, "%s/%s", pod->meta.space, pod->meta.name) >= 0);
		for (size_t a = 0; a < pod->address_count && a < ARRAY_SIZE(end.addresses); a++)
			end.addresses[end.address_count++] = pod->addresses[a];
		GROW_ADD(ends, end);
	}
}

static struct end external_end(const union addr *addr)
{
	struct end end = {.addresses = {*addr}, .address_count = 1};
	char text[ADDR_TEXT_MAX];

	CHECK(asprintf(&end.name, "ext:%s", addr_format(addr, text)) >= 0);
	return end;
}

int ends_add_external(struct end_list *ends, const char *text, struct offline_error *error)
{
	const char *sign = strchr(text, '=');
	union addr addr;
	struct end end;

	if (addr_parse(sign ? sign + 1 : text, &addr))
		return offline_fail(error, -EINVAL,
				    "external `%.128s': NAME=ADDRESS or ADDRESS would be one",
				    text);
	end = external_end(&addr);
	if (sign)
		end.alias = text_copy(text, (size_t)(sign - text));
	for (uint32_t i = 0; i < ends->count; i++) {
		const struct end *other = &ends->items[i];

		if ((end.alias && other->alias && strcmp(other->alias, end.alias) == 0) ||
		    strcmp(other->name, end.name) == 0) {
			free(end.name);
			free(end.alias);
			return offline_fail(error, -EEXIST, "external `%.128s' is there twice",
					    text);
		}
	}
	GROW_ADD(ends, end);
	return 0;
}

/* ---- finding ---- */

/* "key=value", "key!=value", "key" or "!key" of `size` bytes. "ns" is the namespace. */
static bool term_matches(const char *term, size_t size, const struct pod_object *pod)
{
	const char *sign = memchr(term, '=', size);
	bool differs = sign && sign > term && sign[-1] == '!';
	size_t key_size = sign ? (size_t)(sign - term) - differs : size;
	const char *value = sign ? sign + 1 : NULL, *has = NULL;
	size_t value_size;
	char key[384];

	if (!sign && *term == '!') {
		differs = true;
		term++;
		key_size--;
	}
	if (value && value < term + size && *value == '=')
		value++;
	if (key_size >= sizeof(key))
		return false;
	memcpy(key, term, key_size);
	key[key_size] = '\0';
	if (strcmp(key, "ns") == 0 || strcmp(key, "namespace") == 0)
		has = pod->meta.space;
	else
		has = labels_get(&pod->meta.labels, key);
	if (!value)
		return (has != NULL) != differs;
	value_size = (size_t)(term + size - value);
	return (has && strlen(has) == value_size && memcmp(has, value, value_size) == 0) != differs;
}

static bool terms_match(const char *text, const struct pod_object *pod)
{
	for (;;) {
		size_t size = strcspn(text, ",");

		if (size && !term_matches(text, size, pod))
			return false;
		if (!text[size])
			return true;
		text += size + 1;
	}
}

static bool end_is_meant(const struct end *end, const char *text)
{
	const char *slash = strchr(text, '/');

	if (end->alias && strcmp(end->alias, text) == 0)
		return true;
	if (strchr(text, '=') || *text == '!')
		return end->pod && terms_match(text, end->pod);
	if (!end->pod || strcmp(end->name, text) == 0)
		return strcmp(end->name, text) == 0;
	if (!slash)
		return strcmp(end->pod->meta.name, text) == 0;
	return (!slash[1] || strcmp(slash + 1, "*") == 0) &&
	       strlen(end->pod->meta.space) == (size_t)(slash - text) &&
	       strncmp(end->pod->meta.space, text, (size_t)(slash - text)) == 0;
}

/* A plain name that pods of several namespaces have says too little. */
static int ambiguous(const char *text, const struct end_list *out, uint32_t first,
		     struct offline_error *error)
{
	if (out->count - first < 2 || strpbrk(text, "/=!"))
		return 0;
	return offline_fail(error, -EINVAL, "`%.128s' is %.128s and %.128s: say which", text,
			    out->items[first].name, out->items[first + 1].name);
}

/* Of two pods with one address, one that does not yield it has it. */
static const struct end *address_owner(const struct end_list *all, const union addr *addr)
{
	const struct end *owner = NULL;

	for (uint32_t i = 0; i < all->count; i++) {
		const struct end *end = &all->items[i];

		if (owner && !(owner->pod && owner->pod->yields && end->pod && !end->pod->yields))
			continue;
		for (uint32_t a = 0; a < end->address_count; a++)
			if (addr_equal(&end->addresses[a], addr))
				owner = end;
	}
	return owner;
}

/* A pod's address is that pod, by that address alone. */
static void address_take(const struct end_list *all, const union addr *addr, struct end_list *out)
{
	const struct end *owner = address_owner(all, addr);
	struct end end;

	if (owner) {
		end = *owner;
		end.addresses[0] = *addr;
		end.address_count = 1;
		end_copy(out, &end);
		return;
	}
	end = external_end(addr);
	end_copy(out, &end);
	free(end.name);
}

int ends_find(const struct end_list *all, const char *text, struct end_list *out,
	      struct offline_error *error)
{
	uint32_t first = out->count, found = 0;
	union addr addr;

	if (addr_parse(strncmp(text, "ext:", 4) == 0 ? text + 4 : text, &addr) == 0) {
		address_take(all, &addr, out);
		return 0;
	}
	for (uint32_t i = 0; i < all->count; i++) {
		if (!end_is_meant(&all->items[i], text))
			continue;
		found++;
		end_copy(out, &all->items[i]);
	}
	if (found)
		return ambiguous(text, out, first, error);
	if (strchr(text, '=') || *text == '!')
		return offline_fail(error, -ENOENT, "no pod has the labels `%.128s'", text);
	return offline_fail(error, -ENOENT,
			    "`%.128s' is no pod that has an address (namespace/name), no address "
			    "and no external's name",
			    text);
}

/* ---- pairs ---- */

static const union addr *family_first(const struct end *end, bool v4)
{
	for (uint32_t i = 0; i < end->address_count; i++)
		if (addr_is_v4(&end->addresses[i]) == v4)
			return &end->addresses[i];
	return NULL;
}

uint32_t ends_pair(const struct end *from, const struct end *to, struct end_pair pairs[PAIRS_MAX])
{
	/* The receiver's first address is what clients use. */
	bool v4 = to->address_count == 0 || addr_is_v4(&to->addresses[0]);
	uint32_t count = 0;

	for (int i = 0; i < PAIRS_MAX; i++, v4 = !v4) {
		pairs[count].src = family_first(from, v4);
		pairs[count].dst = family_first(to, v4);
		count += pairs[count].src && pairs[count].dst;
	}
	return count;
}
