/* SPDX-License-Identifier: Apache-2.0 */

/*
 * apply, delete, get: the objects by name.
 *
 * A change is taken only when everything with it in place loads, compiles and runs; else the
 * answer says why and nothing has happened.
 */

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "control/desired.h"
#include "control/object_list.h"
#include "control/serve/event_form.h"
#include "fastpath/base/log.h"

/* The pending entry is in: try it. */
static int change_run(struct request *request)
{
	struct reconcile *r = &request->daemon->reconcile;
	struct reconcile_error error = {""};
	int err = reconcile_now(r, RECONCILE_OBJECTS, &error);

	if (err) {
		applied_take_back(&r->applied);
		return request_refuse(request, "%s", error.text);
	}
	err = applied_accept(&r->applied);
	if (err)
		log_error("%s: %s; the change runs but will be forgotten at the next start",
			  r->applied.directory, strerror(-err));
	return request_accept(request, json_pack("{s:b, s:I}", "running", (int)r->is_synced,
						 "generation", (json_int_t)r->mark.generation));
}

/* What would be refused by every later load is refused now, with a better reason. */
static int change_check(struct request *request, struct objects *objects)
{
	struct reconcile *r = &request->daemon->reconcile;
	struct text_list shadowed = {.count = 0};
	struct objects_error error = {""};
	int err = desired_load(r->config, &r->applied, r->cache, objects, &shadowed, &error);

	if (err) {
		request_refuse(request, "%s", error.text);
	} else if (r->applied.is_last_shadowed) {
		err = request_refuse(request, "%s", shadowed.lines[shadowed.count - 1]);
		objects_free(objects);
	} else if (!r->applied.last_objects) {
		err = request_refuse(request, "there is no object of a kind that is known in it");
		objects_free(objects);
	}
	text_list_free(&shadowed);
	return err;
}

int answer_apply(struct request *request)
{
	struct reconcile *r = &request->daemon->reconcile;
	const char *file = "stdin", *text = NULL;
	struct objects objects;
	size_t count;
	int err;

	if (request_text(request, "file", REQUEST_OPTIONAL, &file) ||
	    request_text(request, "text", REQUEST_REQUIRED, &text))
		return -EINVAL;
	if (r->applied.has_pending && applied_accept(&r->applied))
		return request_refuse(request, "%s cannot be written", r->applied.directory);
	applied_add(&r->applied, file, text, strlen(text));
	if (change_check(request, &objects)) {
		applied_take_back(&r->applied);
		return -EINVAL;
	}
	count = r->applied.last_objects;
	objects_free(&objects);
	err = change_run(request);
	if (!err)
		(void)json_object_set_new(request->answer->reply, "objects",
					  json_integer((json_int_t)count));
	return err;
}

static int kind_read(struct request *request, enum request_need need,
		     const struct object_kind **kind, const char **space, const char **name)
{
	const char *text = NULL;

	*space = "";
	if (request_text(request, "kind", need, &text) ||
	    request_text(request, "name", need, name) ||
	    request_text(request, "namespace", REQUEST_OPTIONAL, space))
		return -EINVAL;
	*kind = text ? object_kind_find(text) : NULL;
	if (text && !*kind)
		return request_refuse(request, "there is no kind `%.64s'", text);
	if (*kind && *name && (*kind)->namespaced && !(*space)[0])
		*space = "default";
	if (*kind && !(*kind)->namespaced && (*space)[0])
		return request_refuse(request, "a %s has no namespace", (*kind)->name);
	return 0;
}

int answer_delete(struct request *request)
{
	struct reconcile *r = &request->daemon->reconcile;
	const struct object_kind *kind;
	const char *space, *name = NULL;
	const struct meta *meta;

	if (kind_read(request, REQUEST_REQUIRED, &kind, &space, &name) || !kind || !name)
		return -EINVAL;
	meta = r->has_objects ? object_find(&r->objects, kind, space, name) : NULL;
	if (!meta || object_is_implied(kind, meta))
		return request_refuse(request, "there is no %s %.64s%s%.253s", kind->name, space,
				      space[0] ? "/" : "", name);
	if (desired_is_in_directory(r->config, meta))
		return request_refuse(request, "%s %.64s%s%.253s stands in %s:%u: remove it there",
				      kind->name, space, space[0] ? "/" : "", name,
				      meta->source.file, meta->source.line);
	if (r->applied.has_pending && applied_accept(&r->applied))
		return request_refuse(request, "%s cannot be written", r->applied.directory);
	applied_delete(&r->applied, kind->name, space, meta->name);
	return change_run(request);
}

static json_t *labels_form(const struct labels *labels)
{
	json_t *form = json_object();

	for (size_t i = 0; i < labels->count; i++)
		(void)json_object_set_new(form, labels->items[i].key,
					  text_form(labels->items[i].value));
	return form;
}

static json_t *addresses_form(const union addr *addresses, size_t count)
{
	json_t *form = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(form, address_form(&addresses[i]));
	return form;
}

/* ---- get: a list that is made while it is read ---- */

struct object_lines {
	struct daemon *daemon;
	const struct object_kind *only;
	char space[256]; /* "": every namespace */
	char name[256];
	size_t kind;
	size_t index;
};

static json_t *object_form(const struct daemon *daemon, const struct object_kind *kind,
			   const struct meta *meta)
{
	bool is_file = desired_is_in_directory(daemon->config, meta);
	const union addr *addresses;
	size_t count;
	json_t *form = json_pack(
		"{s:s, s:o, s:o, s:s, s:o, s:I, s:o}", "kind", kind->name, "namespace",
		text_form(meta->space), "name", text_form(meta->name), "from",
		is_file ? "directory" : "applied", "file", text_form(meta->source.file), "line",
		(json_int_t)meta->source.line, "labels", labels_form(&meta->labels));

	if (object_addresses(kind, meta, &addresses, &count))
		(void)json_object_set_new(form, "addresses", addresses_form(addresses, count));
	return form;
}

static bool lines_want(const struct object_lines *lines, const struct object_kind *kind,
		       const struct meta *meta)
{
	return !object_is_implied(kind, meta) &&
	       (!lines->space[0] || strcmp(meta->space, lines->space) == 0) &&
	       (!lines->name[0] || strcmp(meta->name, lines->name) == 0);
}

static json_t *lines_next(void *state)
{
	struct object_lines *lines = state;
	struct reconcile *r = &lines->daemon->reconcile;

	/* The objects were loaded anew meanwhile: the list goes on by position in the new ones. */
	for (; lines->kind < OBJECT_KINDS && r->has_objects; lines->kind++, lines->index = 0) {
		const struct object_kind *kind = &object_kinds[lines->kind];

		if (lines->only && lines->only != kind)
			continue;
		while (lines->index < object_count(&r->objects, kind)) {
			const struct meta *meta = object_meta(&r->objects, kind, lines->index++);

			if (lines_want(lines, kind, meta))
				return object_form(lines->daemon, kind, meta);
		}
	}
	return NULL;
}

int answer_get(struct request *request)
{
	const struct object_kind *kind;
	const char *space, *name = NULL;
	struct object_lines *lines;

	if (kind_read(request, REQUEST_OPTIONAL, &kind, &space, &name))
		return -EINVAL;
	if (strlen(space) >= sizeof(lines->space) || (name && strlen(name) >= sizeof(lines->name)))
		return request_refuse(request, "no name is so long");
	lines = calloc(1, sizeof(*lines));
	if (!lines)
		return request_refuse(request, "out of memory");
	lines->daemon = request->daemon;
	lines->only = kind;
	(void)stpcpy(lines->space, space);
	(void)stpcpy(lines->name, name ? name : "");
	request->answer->lines.next = lines_next;
	request->answer->lines.close = free;
	request->answer->lines.state = lines;
	return request_accept(request, json_pack("{s:b}", "lines", 1));
}
