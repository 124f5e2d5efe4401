/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Tables in a packet script: a conf file with some keys changed, objects from files and from the
 * script itself, neighbours and routes that come and go.
 */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/lib/script_run.h"

static char *file_read(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (!file)
		return NULL;
	if (getdelim(&text, &room, 0, file) < 0) {
		free(text);
		text = NULL;
	}
	(void)fclose(file);
	return text;
}

/* Where the value of the n-th `key = value;` begins, or NULL. */
static char *value_find(char *text, const char *key, size_t key_size, unsigned long nth)
{
	for (char *at = text; (at = strstr(at, key)); at += key_size) {
		bool whole = at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');
		char *value = at + key_size;

		value += strspn(value, " ");
		if (whole && *value == '=' && --nth == 0)
			return value + 1;
	}
	return NULL;
}

/* "key=value", or "key@2=value" for its second occurrence. */
static int setting_apply(struct run *run, char **text, const char *setting)
{
	size_t key_size = strcspn(setting, "@=");
	const char *value = strchr(setting, '=');
	unsigned long nth =
		setting[key_size] == '@' ? strtoul(setting + key_size + 1, NULL, 10) : 1;
	char key[64], *at, *changed;

	if (!value || key_size >= sizeof(key))
		return run_fail(run, "\"%s\" is not key=value", setting);
	(void)snprintf(key, sizeof(key), "%.*s", (int)key_size, setting);
	at = value_find(*text, key, key_size, nth);
	if (!at)
		return run_fail(run, "the conf has no key %s", key);
	if (asprintf(&changed, "%.*s %s%s", (int)(at - *text), *text, value + 1,
		     at + strcspn(at, ";")) < 0)
		return run_fail(run, "out of memory");
	free(*text);
	*text = changed;
	return 0;
}

static int conf_parse(struct run *run, struct config *out)
{
	struct config_error error;
	char *text = file_read(run->script->conf);
	int err = 0;

	if (!text)
		return run_fail(run, "%s: %s", run->script->conf, strerror(errno));
	for (size_t i = 0; i < run->setting_count && !err; i++)
		err = setting_apply(run, &text, run->settings[i]);
	if (!err && config_parse(run->script->conf, text, strlen(text), out, &error))
		err = run_fail(run, "%s", error.text);
	free(text);
	return err;
}

static uint32_t port_index(const struct config *c, const char *name)
{
	for (uint32_t i = 0; i < c->port_count; i++) {
		if (strcmp(c->ports[i].name, name) == 0)
			return i;
	}
	return UINT32_MAX;
}

/* neighbour add ADDR PORT MAC, neighbour del ADDR */
static int conf_neighbour(struct run *run, struct config *c, const struct action *a)
{
	struct config_neighbour n = {0};
	uint32_t port;
	size_t kept = 0;

	if (a->word_count < 2 || addr_parse(a->words[1], &n.addr))
		return run_fail(run, "neighbour add ADDR PORT MAC, or neighbour del ADDR");
	for (size_t i = 0; i < c->neighbour_count; i++) {
		if (!addr_equal(&c->neighbours[i].addr, &n.addr))
			c->neighbours[kept++] = c->neighbours[i];
	}
	c->neighbour_count = kept;
	if (strcmp(a->words[0], "del") == 0)
		return 0;
	port = a->word_count == 4 ? port_index(c, a->words[2]) : UINT32_MAX;
	if (port == UINT32_MAX ||
	    sscanf(a->words[3], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &n.mac[0], &n.mac[1], &n.mac[2],
		   &n.mac[3], &n.mac[4], &n.mac[5]) != 6)
		return run_fail(run, "neighbour add ADDR PORT MAC");
	n.port = (uint16_t)port;
	c->neighbours = realloc(c->neighbours, (kept + 1) * sizeof(n));
	CHECK(c->neighbours);
	c->neighbours[c->neighbour_count++] = n;
	return 0;
}

static int route_kind(const char *word)
{
	static const char *const names[] = {[ROUTE_UNREACHABLE] = "unreachable",
					    [ROUTE_PROHIBIT] = "prohibit",
					    [ROUTE_BLACKHOLE] = "blackhole"};

	for (int i = ROUTE_UNREACHABLE; i <= ROUTE_BLACKHOLE; i++) {
		if (strcmp(word, names[i]) == 0)
			return i;
	}
	return -1;
}

static int route_parse(struct run *run, const struct config *c, const struct action *a,
		       struct config_route *r)
{
	uint32_t port;

	r->kind = ROUTE_ONLINK;
	for (size_t i = 2; i < a->word_count; i++) {
		bool more = i + 1 < a->word_count;

		if (route_kind(a->words[i]) >= 0) {
			r->kind = (uint8_t)route_kind(a->words[i]);
		} else if (more && strcmp(a->words[i], "via") == 0) {
			r->has_gateway = true;
			r->kind = ROUTE_VIA;
			if (addr_parse(a->words[++i], &r->gateway))
				return run_fail(run, "\"%s\" is no address", a->words[i]);
		} else if (more && strcmp(a->words[i], "mtu") == 0) {
			r->mtu = (uint16_t)strtoul(a->words[++i], NULL, 10);
		} else if (more && strcmp(a->words[i], "port") == 0) {
			port = port_index(c, a->words[++i]);
			if (port == UINT32_MAX)
				return run_fail(run, "no port %s", a->words[i]);
			r->port = (uint16_t)port;
		} else {
			return run_fail(run, "\"%s\" is not a word for a route", a->words[i]);
		}
	}
	return 0;
}

/* route add PREFIX port PORT [via ADDR] [mtu N], route add PREFIX KIND, route del PREFIX */
static int conf_route(struct run *run, struct config *c, const struct action *a)
{
	struct config_route r = {0};
	size_t kept = 0;
	int err;

	if (a->word_count < 2 || prefix_parse(a->words[1], &r.prefix))
		return run_fail(run, "route add PREFIX ..., or route del PREFIX");
	for (size_t i = 0; i < c->route_count; i++) {
		if (prefix_compare(&c->routes[i].prefix, &r.prefix) != 0)
			c->routes[kept++] = c->routes[i];
	}
	c->route_count = kept;
	if (strcmp(a->words[0], "del") == 0)
		return 0;
	err = route_parse(run, c, a, &r);
	if (err)
		return err;
	c->routes = realloc(c->routes, (kept + 1) * sizeof(r));
	CHECK(c->routes);
	c->routes[c->route_count++] = r;
	return 0;
}

int run_configure(struct run *run)
{
	struct config config = {0};
	int err = conf_parse(run, &config);

	for (size_t i = 0; i < run->conf_count && !err; i++) {
		const struct action *a = run->conf_lines[i];

		err = strcmp(a->text, "route") == 0 ? conf_route(run, &config, a)
						    : conf_neighbour(run, &config, a);
	}
	if (err)
		return err;
	config_free(&run->rig.config);
	run->rig.config = config;
	return 0;
}

static int objects_line_load(struct run *run, const struct action *a, struct objects_error *error)
{
	char path[512], label[600];
	int err = 0;

	for (size_t i = 0; i < a->word_count && !err; i++) {
		if (strcmp(a->words[i], "+") == 0)
			continue;
		(void)snprintf(path, sizeof(path), "test/conf/%s", a->words[i]);
		err = objects_load_file(&run->objects, path, error);
	}
	(void)snprintf(label, sizeof(label), "%s:%u", run->script->path, a->line);
	if (!err && a->text)
		err = objects_load_bytes(&run->objects, label, a->text, strlen(a->text), error);
	return err;
}

static int objects_load(struct run *run)
{
	struct objects_error error;
	int err = 0;

	if (run->has_objects)
		objects_free(&run->objects);
	objects_open(&run->objects);
	run->has_objects = true;
	/* The directory finishes the store, so it goes last and only alone. */
	for (size_t i = 0; i < run->object_count && !err; i++)
		err = objects_line_load(run, run->object_lines[i], &error);
	if (!err && run->no_directory)
		err = objects_finish(&run->objects, &error);
	else if (!err)
		err = objects_load_directory(&run->objects, run->rig.config.objects, &error);
	return err ? run_fail(run, "%s", error.text) : 0;
}

int run_publish(struct run *run)
{
	int err = run_configure(run);

	if (!err)
		err = objects_load(run);
	if (!err)
		err = rig_publish(&run->rig, &run->objects, &run->error) ? -1 : 0;
	run->dirty = false;
	return err;
}
