/* SPDX-License-Identifier: Apache-2.0 */

#include "control/backend_facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/fastpath_command.h"
#include "control/small_file.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

/* ---- the file of drains ---- */

static bool drain_equal(const struct drain *a, const struct drain *b)
{
	return addr_equal(&a->addr, &b->addr) && a->port == b->port && a->proto == b->proto &&
	       strcmp(a->service, b->service) == 0;
}

static struct drain *drain_find(const struct backends *b, const struct drain *drain)
{
	for (size_t i = 0; i < b->drain_count; i++)
		if (drain_equal(&b->drains[i], drain))
			return &b->drains[i];
	return NULL;
}

static void drain_append(struct backends *b, const struct drain *drain)
{
	b->drains = realloc(b->drains, (b->drain_count + 1) * sizeof(*b->drains));
	CHECK(b->drains);
	b->drains[b->drain_count++] = *drain;
}

static int drains_write(const struct backends *b)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	int err;

	if (!file)
		return -ENOMEM;
	for (size_t i = 0; i < b->drain_count; i++) {
		char name[DRAIN_TEXT_MAX];

		(void)fprintf(file, "%s%s%s\n", drain_format(&b->drains[i], name),
			      b->drains[i].service[0] ? " " : "", b->drains[i].service);
	}
	err = fclose(file) ? -ENOMEM : file_write(b->path, text, size);
	free(text);
	return err;
}

/* A line that makes no sense drains nobody; the others count. */
static void line_read(struct backends *b, char *line)
{
	char *space = strchr(line, ' ');
	struct drain drain;

	if (space)
		*space++ = '\0';
	if (drain_parse(line, &drain) || (space && strlen(space) >= sizeof(drain.service))) {
		log_warn("%s: `%.100s' names no backend", b->path, line);
		return;
	}
	if (space)
		memcpy(drain.service, space, strlen(space) + 1);
	if (!drain_find(b, &drain) && b->drain_count < DRAINS_MAX)
		drain_append(b, &drain);
}

static void drains_read(struct backends *b)
{
	char *text = file_read(b->path), *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n")))
		if (*line)
			line_read(b, line);
	free(text);
}

int backends_drain(struct backends *b, const struct drain *drain)
{
	int err;

	if (drain_find(b, drain))
		return -EEXIST;
	if (b->drain_count == DRAINS_MAX)
		return -ENOSPC;
	drain_append(b, drain);
	err = drains_write(b);
	if (err)
		b->drain_count--;
	return err;
}

int backends_undrain(struct backends *b, const struct drain *drain)
{
	struct drain *found = drain_find(b, drain), kept, *last;
	int err;

	if (!found)
		return -ENOENT;
	kept = *found;
	last = &b->drains[--b->drain_count];
	*found = *last;
	err = drains_write(b);
	if (!err)
		return 0;
	*last = *found;
	*found = kept;
	b->drain_count++;
	return err;
}

/* ---- which backend a drain means ---- */

static bool names_backend(const struct drain *drain, const struct image_backend *backend)
{
	return addr_equal(&drain->addr, &backend->addr) &&
	       (!drain->port || drain->port == backend->port) &&
	       (!drain->proto || drain->proto == backend->proto);
}

/* "default/web" is the service of "default/web:http". */
static bool names_service(const char *wanted, const char *name, size_t room)
{
	size_t size = strlen(wanted);

	return size < room && strncmp(name, wanted, size) == 0 &&
	       (name[size] == ':' || name[size] == '\0');
}

static bool service_has(struct image_header *const images[IMAGE_KINDS], const char *wanted,
			uint32_t backend)
{
	uint32_t services, picks, size;
	const struct image_service *s =
		image_records(images[IMAGE_SERVICE], IMAGE_SERVICE_RECORD, &services);
	const struct image_pick *p =
		image_records(images[IMAGE_SERVICE], IMAGE_SERVICE_PICK, &picks);
	const char *strings = images[IMAGE_ORIGIN] ? image_records(images[IMAGE_ORIGIN],
								   IMAGE_ORIGIN_STRINGS, &size)
						   : NULL;

	for (uint32_t i = 0; strings && i < services; i++) {
		if (s[i].name >= size ||
		    !names_service(wanted, strings + s[i].name, size - s[i].name))
			continue;
		for (uint32_t k = s[i].first; k < s[i].first + s[i].count && k < picks; k++)
			if (p[k].backend == backend)
				return true;
	}
	return false;
}

static const struct image_backend *backends_of(struct image_header *const images[IMAGE_KINDS],
					       uint32_t *count)
{
	*count = 0;
	return images[IMAGE_SERVICE]
		       ? image_records(images[IMAGE_SERVICE], IMAGE_SERVICE_BACKEND, count)
		       : NULL;
}

bool backends_is_drained(const struct backends *b, struct image_header *const images[IMAGE_KINDS],
			 uint32_t backend)
{
	uint32_t count;
	const struct image_backend *records = backends_of(images, &count);

	for (size_t i = 0; i < b->drain_count && backend < count; i++)
		if (names_backend(&b->drains[i], &records[backend]) &&
		    (!b->drains[i].service[0] ||
		     service_has(images, b->drains[i].service, backend)))
			return true;
	return false;
}

uint32_t backends_checks_of(const struct backends *b, const struct image_backend *backend,
			    uint32_t *first)
{
	const struct health_check_record key = {
		.addr = backend->addr, .port = backend->port, .proto = backend->proto};
	const struct health_set *set = &b->health.set;
	uint32_t low = 0, high = set->check_count, count = 0;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (health_key_compare(&set->checks[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*first = low;
	while (low + count < set->check_count &&
	       health_key_compare(&set->checks[low + count], &key) == 0)
		count++;
	return count;
}

/* ---- facts ---- */

struct facts {
	struct backend_fact *items;
	size_t count;
	size_t room;
};

static void fact_add(struct facts *f, const struct backend_key *key, bool down, bool drained)
{
	if (f->count == f->room) {
		f->room = f->room * 2 + 32;
		f->items = realloc(f->items, f->room * sizeof(*f->items));
		CHECK(f->items);
	}
	memset(&f->items[f->count], 0, sizeof(*f->items));
	f->items[f->count].key = *key;
	f->items[f->count].down = down;
	f->items[f->count++].drained = drained;
}

static int fact_compare(const void *a, const void *b)
{
	const struct backend_fact *x = a, *y = b;

	return backend_key_compare(&x->key, &y->key);
}

static void facts_join(struct facts *f)
{
	size_t kept = 0;

	if (f->count > 1)
		qsort(f->items, f->count, sizeof(*f->items), fact_compare);
	for (size_t i = 0; i < f->count; i++) {
		if (kept && fact_compare(&f->items[kept - 1], &f->items[i]) == 0) {
			f->items[kept - 1].down |= f->items[i].down;
			f->items[kept - 1].drained |= f->items[i].drained;
		} else {
			f->items[kept++] = f->items[i];
		}
	}
	f->count = kept;
}

bool backends_refresh(struct backends *b, struct image_header *const images[IMAGE_KINDS])
{
	const struct health_set *set = &b->health.set;
	struct facts facts = {.items = NULL};
	uint32_t count;
	const struct image_backend *records = backends_of(images, &count);
	bool changed;

	for (uint32_t i = 0; i < set->check_count; i++) {
		const struct health_check_record *c = &set->checks[i];
		const struct backend_key key = {c->addr, c->port, c->proto, {0}};

		if (b->health.states[i].state == HEALTH_DOWN)
			fact_add(&facts, &key, true, false);
	}
	for (uint32_t i = 0; b->drain_count && i < count; i++) {
		const struct backend_key key = {
			records[i].addr, records[i].port, records[i].proto, {0}};

		if (records[i].flags & BACKEND_VALID && backends_is_drained(b, images, i))
			fact_add(&facts, &key, false, true);
	}
	facts_join(&facts);
	changed = facts.count != b->fact_count ||
		  (facts.count &&
		   memcmp(facts.items, b->facts, facts.count * sizeof(*facts.items)) != 0);
	free(b->facts);
	b->facts = facts.items;
	b->fact_count = facts.count;
	return changed;
}

void backends_check(struct backends *b, const struct images *images)
{
	health_client_want(&b->health, images);
}

void backends_open(struct backends *b, struct reactor *reactor, const struct config *config,
		   enum supervise_mode mode, health_changed_fn *changed, void *arg)
{
	*b = (struct backends){.path = run_path(config, "drains")};
	drains_read(b);
	health_client_open(&b->health, reactor, config, mode, changed, arg);
}

void backends_close(struct backends *b)
{
	health_client_close(&b->health);
	free(b->path);
	free(b->drains);
	free(b->facts);
	*b = (struct backends){.path = NULL};
}
