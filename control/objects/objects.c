/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store: which kinds there are, and how a document becomes objects. A new kind is one file
 * and one line in object_kinds.def.
 */

#include "control/objects/objects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/decode.h"
#include "control/objects/object_cache.h"
#include "control/objects/syntax.h"

enum object_role {
	ROLE_FACT,   /* the same kind in a foreign API group is somebody else's, and skipped */
	ROLE_POLICY, /* a policy that is not understood must not be lost quietly */
	ROLE_PAST,   /* a policy of an API that has been replaced: the same */
};

struct object_kind {
	const char *name;
	const char *version; /* or what replaces it */
	enum object_role role;
	int (*append)(struct decode *d);
};

/* One more of a kind; what could not be read is not counted. */
#define OBJECT_KIND(name, version, scope, role, reads, array, counter, type)            \
	static int name##_append(struct decode *d)                                      \
	{                                                                               \
		struct objects *store = d->store;                                       \
		struct type *list =                                                     \
			store_grow(store, store->array, store->counter, sizeof(*list)); \
		int err;                                                                \
                                                                                        \
		if (!list)                                                              \
			return decode_no_memory(d);                                     \
		store->array = list;                                                    \
		err = reads(d, &list[store->counter]);                                  \
		if (!err)                                                               \
			store->counter++;                                               \
		return err;                                                             \
	}
#include "control/objects/object_kinds.def"
#undef OBJECT_KIND

static const struct object_kind kinds[] = {
#define OBJECT_KIND(name, version, scope, role, ...) {#name, version, ROLE_##role, name##_append},
#include "control/objects/object_kinds.def"
#undef OBJECT_KIND
	{"CiliumCIDRGroup", "cilium.io/v2alpha1", ROLE_POLICY, CiliumCIDRGroup_append},
	{"AdminNetworkPolicy", "ClusterNetworkPolicy", ROLE_PAST, NULL},
	{"BaselineAdminNetworkPolicy", "ClusterNetworkPolicy", ROLE_PAST, NULL},
};

/* What an object says about itself, or the list around it says for it. */
struct type_names {
	const char *kind;
	const char *version;
};

void objects_open(struct objects *out)
{
	memset(out, 0, sizeof(*out));
}

void objects_free(struct objects *objects)
{
	for (size_t i = 0; i < objects->unit_count; i++)
		object_unit_release(objects->units[i]);
	strings_free(objects->strings);
	arena_free(objects->arena);
	memset(objects, 0, sizeof(*objects));
}

int store_prepare(struct objects *store, struct objects_error *error)
{
	if (!store->arena)
		store->arena = arena_open();
	if (store->arena && !store->strings)
		store->strings = strings_open(store->arena);
	if (store->strings)
		return 0;
	(void)snprintf(error->text, sizeof(error->text), "objects: no memory");
	return -ENOMEM;
}

static const struct object_kind *kind_find(const char *name, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strlen(kinds[i].name) == size && memcmp(kinds[i].name, name, size) == 0)
			return &kinds[i];
	return NULL;
}

/* Some kinds have several versions; the first is the one to name. */
static const struct object_kind *kind_of_version(const char *name, const char *version)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0 && strcmp(kinds[i].version, version) == 0)
			return &kinds[i];
	return NULL;
}

/* NetworkPolicyList: the kind its items have; NULL for anything else. */
static const struct object_kind *kind_of_list(const char *name)
{
	size_t size = strlen(name);

	if (size <= 4 || strcmp(name + size - 4, "List") != 0)
		return NULL;
	return kind_find(name, size - 4);
}

static int type_decode(struct decode *d, struct type_names *type)
{
	const struct doc_node *kind, *version;
	int err = decode_is(d, d->root, NODE_MAP);

	if (!err)
		err = decode_string(d, d->root, "kind", &kind);
	if (!err)
		err = decode_string(d, d->root, "apiVersion", &version);
	if (err)
		return err;
	if (kind)
		type->kind = kind->text;
	if (version)
		type->version = version->text;
	if (!*type->kind)
		return decode_fail_key(d, d->root, "kind", "is required");
	d->kind = type->kind;
	if (!*type->version)
		return decode_fail_key(d, d->root, "apiVersion", "is required");
	return 0;
}

/* Names for the warning about an object that is skipped: as far as they can be read. */
static void names_peek(struct decode *d)
{
	const struct doc_node *meta = node_get(d->root, "metadata");
	const struct doc_node *name = node_get(meta, "name");
	const struct doc_node *space = node_get(meta, "namespace");

	d->name = name && name->kind == NODE_STRING ? name->text : NULL;
	d->space = space && space->kind == NODE_STRING ? space->text : NULL;
}

static int object_decode(struct decode *d, const struct type_names *type)
{
	const struct object_kind *kind = kind_find(type->kind, strlen(type->kind));
	const struct object_kind *exact = kind_of_version(type->kind, type->version);

	if (exact)
		return exact->append(d);
	names_peek(d);
	if (kind && kind->role == ROLE_PAST)
		return decode_fail(d, node_get(d->root, "kind") ?: d->root,
				   "is not supported, write a %s", kind->version);
	if (kind && kind->role == ROLE_POLICY)
		return decode_fail(d, node_get(d->root, "apiVersion") ?: d->root,
				   WORD " is not supported, only %s", type->version, kind->version);
	return decode_warn(d, d->root, "skipped, %.80s %.63s is not used here", type->version,
			   type->kind);
}

/* An object, or a list of them; lists do not nest. */
static int item_decode(struct decode *list, const struct doc_node *root,
		       const struct type_names *defaults)
{
	struct decode d = {
		.store = list->store, .error = list->error, .file = list->file, .root = root};
	struct type_names type = *defaults;
	int err = type_decode(&d, &type);

	if (err)
		return err;
	if (strcmp(type.kind, "List") == 0 || kind_of_list(type.kind))
		return decode_fail(&d, root, "a list inside a list is not supported");
	return object_decode(&d, &type);
}

static int items_decode(struct decode *d, const struct type_names *type)
{
	const struct object_kind *kind = kind_of_list(type->kind);
	struct type_names defaults = {"", ""};
	const struct doc_node *items;
	int err = decode_list(d, d->root, "items", &items);

	if (kind)
		defaults = (struct type_names){.kind = kind->name, .version = type->version};
	for (const struct doc_node *n = !err && items ? items->first : NULL; n && !err; n = n->next)
		err = item_decode(d, n, &defaults);
	return err;
}

static int document_decode(struct decode *d)
{
	struct type_names type = {"", ""};
	int err;

	if (!d->root || d->root->kind == NODE_NULL)
		return 0; /* only comments */
	err = type_decode(d, &type);
	if (err)
		return err;
	if (strcmp(type.kind, "List") == 0 || kind_of_list(type.kind))
		return items_decode(d, &type);
	return object_decode(d, &type);
}

static bool label_ends(const char *label, const char *end)
{
	size_t size = strlen(label), tail = strlen(end);

	return size >= tail && strcmp(label + size - tail, end) == 0;
}

/* By name; where a name says nothing, JSON begins with a brace. */
static enum document_format format_guess(const char *label, const char *bytes, size_t size)
{
	size_t at = 0;

	if (label_ends(label, ".json"))
		return DOCUMENT_JSON;
	if (label_ends(label, ".yaml") || label_ends(label, ".yml"))
		return DOCUMENT_YAML;
	while (at < size && bytes[at] && strchr(" \t\r\n", bytes[at]))
		at++;
	return at < size && bytes[at] == '{' ? DOCUMENT_JSON : DOCUMENT_YAML;
}

static int documents_load(struct objects *out, const char *file, struct document_reader *reader,
			  struct objects_error *error)
{
	struct document_error fault = {0};
	const struct doc_node *root;
	int err;

	for (;;) {
		struct decode d = {.store = out, .error = error, .file = file};

		err = document_next(reader, &root, &fault);
		if (err <= 0)
			break;
		d.root = root;
		err = document_decode(&d);
		if (err)
			return err;
	}
	if (err < 0) {
		(void)snprintf(error->text, sizeof(error->text), "%s:%u: %s", file, fault.line,
			       fault.text);
		text_tame(error->text);
	}
	return err;
}

int objects_load_bytes(struct objects *out, const char *label, const char *bytes, size_t size,
		       struct objects_error *error)
{
	struct document_reader *reader;
	const char *file;
	int err = store_prepare(out, error);

	if (err)
		return err;
	if (size == 0)
		bytes = ""; /* NULL is fine for nothing */
	file = strings_intern(out->strings, label, strlen(label));
	err = file ? document_open(bytes, size, format_guess(label, bytes, size), &reader)
		   : -ENOMEM;
	if (err) {
		(void)snprintf(error->text, sizeof(error->text), "%s: no memory", label);
		return err;
	}
	err = documents_load(out, file, reader, error);
	document_close(reader);
	return err;
}
