/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the conf file: libconfig's tree, walked group by group along our own table of keys.
 *
 * All that knows libconfig is one file. Nothing is taken from the tree that the table does not
 * name, and a key that the table does not name is an error.
 */

#include "control/config.h"

#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/config_check.h"
#include "control/config_keys.h"

#define LIST_MAX 65535 /* elements of one list */

struct reader {
	struct config *config;
	struct config_place place;
};

static const char *type_name(const config_setting_t *setting)
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return "a number";
	case CONFIG_TYPE_FLOAT:
		return "a fraction";
	case CONFIG_TYPE_STRING:
		return "a text";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	case CONFIG_TYPE_GROUP:
		return "a group";
	default:
		return "a list";
	}
}

static void reader_at(struct reader *reader, const config_setting_t *setting)
{
	reader->place.line = config_setting_source_line(setting);
}

static struct config_value setting_value(const config_setting_t *setting)
{
	struct config_value value = {.kind = VALUE_OTHER, .shown = type_name(setting)};

	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		value.kind = VALUE_NUMBER;
		value.number = config_setting_get_int64(setting);
		break;
	case CONFIG_TYPE_BOOL:
		value.kind = VALUE_BOOL;
		value.number = config_setting_get_bool(setting);
		break;
	case CONFIG_TYPE_STRING:
		value.text = config_setting_get_string(setting);
		value.kind = value.text ? VALUE_TEXT : VALUE_OTHER;
		break;
	default:
		break;
	}
	return value;
}

static int refuse_unknown(struct reader *reader, const char *group, const char *name)
{
	char suggestion[80];

	config_key_suggest(group, name, suggestion, sizeof(suggestion));
	return config_refuse(&reader->place, "unknown key `%.60s'%s", name, suggestion);
}

static int refuse_type(struct reader *reader, const config_setting_t *setting, const char *shown,
		       const char *needs)
{
	reader_at(reader, setting);
	return config_refuse(&reader->place, "%s: needs %s, not %s", shown, needs,
			     type_name(setting));
}

static int check_list(struct reader *reader, const config_setting_t *list, const char *shown,
		      int count_max)
{
	reader_at(reader, list);
	if (!config_setting_is_list(list) && !config_setting_is_array(list))
		return refuse_type(reader, list, shown, "a list");
	if (config_setting_length(list) > count_max)
		return config_refuse(&reader->place, "%s: %d are more than %d", shown,
				     config_setting_length(list), count_max);
	return 0;
}

static int read_cpus(struct reader *reader, const config_setting_t *list, const char *shown)
{
	struct config *config = reader->config;
	int count = config_setting_length(list);
	int err = check_list(reader, list, shown, CONFIG_WORKERS_MAX);

	for (int i = 0; i < count && !err; i++) {
		const config_setting_t *item = config_setting_get_elem(list, (unsigned int)i);
		struct config_value value = setting_value(item);

		reader_at(reader, item);
		if (value.kind != VALUE_NUMBER || value.number < 0 || value.number > 4095)
			err = config_refuse(&reader->place, "%s: a CPU is a number from 0 to 4095",
					    shown);
		else
			config->cpus[i] = (int32_t)value.number;
	}
	if (!err && count && (uint32_t)count != config->workers)
		err = config_refuse(&reader->place, "%s: %d CPUs for %u workers", shown, count,
				    config->workers);
	return err;
}

static int read_addresses(struct reader *reader, const config_setting_t *list, const char *shown,
			  struct config_port *port)
{
	int count = config_setting_length(list);
	int err = check_list(reader, list, shown, LIST_MAX);

	if (err || count == 0)
		return err;
	port->addresses = calloc((size_t)count, sizeof(*port->addresses));
	if (!port->addresses)
		return -ENOMEM;
	for (int i = 0; i < count && !err; i++) {
		const config_setting_t *item = config_setting_get_elem(list, (unsigned int)i);
		struct config_value value = setting_value(item);

		reader_at(reader, item);
		if (value.kind != VALUE_TEXT ||
		    config_interface_address_parse(value.text, &port->addresses[i]))
			err = config_refuse(&reader->place,
					    "%s: %s%.60s%s is not an address with a length, like "
					    "\"10.0.0.1/24\"",
					    shown, value.text ? "\"" : "",
					    value.text ? value.text : value.shown,
					    value.text ? "\"" : "");
		else
			port->address_count++;
	}
	return err;
}

/* Addresses or prefixes: an array of its own, `size' bytes an element. */
static int read_plain(struct reader *reader, const config_setting_t *list, const char *shown,
		      const struct config_key *element, void **items, size_t *item_count)
{
	int count = config_setting_length(list);
	int err = check_list(reader, list, shown, LIST_MAX);

	if (err || count == 0)
		return err;
	*items = calloc((size_t)count, element->size);
	if (!*items)
		return -ENOMEM;
	for (int i = 0; i < count && !err; i++) {
		const config_setting_t *item = config_setting_get_elem(list, (unsigned int)i);
		struct config_value value = setting_value(item);

		reader_at(reader, item);
		err = config_value_store(element, &value, shown,
					 (char *)*items + (size_t)i * element->size, reader->config,
					 &reader->place);
		*item_count += !err;
	}
	return err;
}

static int read_list(struct reader *reader, const config_setting_t *list,
		     const struct config_key *key, const char *shown, void *base)
{
	const struct config_key element = {.type = key->element, .size = key->element_size};
	void **items = (void **)((char *)base + key->offset);
	size_t *count = (size_t *)((char *)base + key->count_offset);

	if (key->element_size)
		return read_plain(reader, list, shown, &element, items, count);
	return base == reader->config ? read_cpus(reader, list, shown)
				      : read_addresses(reader, list, shown, base);
}

/*
 * Every key of a group or of a list's element into `base`, in the order of the table, so that
 * what a key refers to has been read before it.
 */
static int read_group(struct reader *reader, const config_setting_t *setting, const char *group,
		      const char *shown, void *base)
{
	const struct config_key *keys;
	size_t count;
	int err = 0;

	if (!config_setting_is_group(setting))
		return refuse_type(reader, setting, shown, "a group { ... }");
	for (int i = 0; i < config_setting_length(setting); i++) {
		const config_setting_t *item = config_setting_get_elem(setting, (unsigned int)i);

		reader_at(reader, item);
		if (!config_key_find(group, config_setting_name(item)))
			return refuse_unknown(reader, group, config_setting_name(item));
	}
	keys = config_keys(&count);
	for (const struct config_key *key = keys; key < keys + count && !err; key++) {
		const config_setting_t *item;
		struct config_value value;
		char full[96];

		if (strcmp(key->group, group) != 0 || key->elements)
			continue; /* lists of groups come after the group: read_lists() */
		(void)snprintf(full, sizeof(full), "%s%s%s", shown, *shown ? "." : "", key->name);
		item = config_setting_get_member((config_setting_t *)setting, key->name);
		reader_at(reader, item ? item : setting);
		if (!item) {
			if (key->required)
				err = config_refuse(&reader->place, "%s: needs `%s'", shown,
						    key->name);
			continue;
		}
		value = setting_value(item);
		if (key->type != KEY_LIST)
			err = config_value_store(key, &value, full, base, reader->config,
						 &reader->place);
		else
			err = read_list(reader, item, key, full, base);
	}
	reader_at(reader, setting);
	return err;
}

static int read_ports(struct reader *reader, const config_setting_t *list)
{
	struct config *config = reader->config;
	int err;

	if (!list)
		return 0;
	err = check_list(reader, list, "ports", CONFIG_PORTS_MAX);
	for (int i = 0; i < config_setting_length(list) && !err; i++) {
		char shown[32];

		(void)snprintf(shown, sizeof(shown), "ports[%d]", i);
		err = config_group_reset("ports", &config->ports[i]);
		if (err)
			return err;
		config->port_count++; /* so that config_free() finds what it holds */
		err = read_group(reader, config_setting_get_elem(list, (unsigned int)i), "ports",
				 shown, &config->ports[i]);
		if (!err)
			err = config_check_port(config, &reader->place);
	}
	return err;
}

/* A list of groups: an array of its own, `item_size' bytes an element. */
static int read_items(struct reader *reader, const config_setting_t *list, const char *group,
		      size_t item_size, void **items, size_t *item_count)
{
	int count = config_setting_length(list);
	int err = check_list(reader, list, group, LIST_MAX);

	if (err || count == 0)
		return err;
	*items = calloc((size_t)count, item_size);
	if (!*items)
		return -ENOMEM;
	for (int i = 0; i < count && !err; i++) {
		void *item = (char *)*items + (size_t)i * item_size;
		char shown[40];

		(void)snprintf(shown, sizeof(shown), "%s[%d]", group, i);
		err = config_group_reset(group, item);
		(*item_count)++; /* so that config_free() finds what it holds */
		if (!err)
			err = read_group(reader, config_setting_get_elem(list, (unsigned int)i),
					 group, shown, item);
		if (!err)
			err = config_check_item(group, item, shown, &reader->place);
	}
	return err;
}

/* The lists of groups that a group has. */
static int read_lists(struct reader *reader, const config_setting_t *setting, const char *group)
{
	char *config = (char *)reader->config;
	size_t count;
	const struct config_key *keys = config_keys(&count);
	int err = 0;

	for (const struct config_key *key = keys; key < keys + count && !err; key++) {
		config_setting_t *list = NULL;

		if (key->elements && strcmp(key->group, group) == 0)
			list = config_setting_get_member((config_setting_t *)setting, key->name);
		if (list)
			err = read_items(reader, list, key->elements, key->element_size,
					 (void **)(config + key->offset),
					 (size_t *)(config + key->count_offset));
	}
	reader_at(reader, setting);
	return err;
}

/* A group of the top, by its name. */
static int read_whole(struct reader *reader, const config_setting_t *setting, const char *name)
{
	int err = read_group(reader, setting, name, name, reader->config);

	return err ? err : read_lists(reader, setting, name);
}

/* One of the top's groups, or one of its plain keys. */
static int read_top(struct reader *reader, const config_setting_t *item)
{
	struct config *config = reader->config;
	const char *name = config_setting_name(item);
	const struct config_key *key = config_key_find("", name);
	struct config_value value = setting_value(item);
	int err;

	reader_at(reader, item);
	if (strcmp(name, "ports") == 0 || strcmp(name, "static") == 0)
		return 0; /* read before and after all others */
	if (key)
		return config_value_store(key, &value, name, config, config, &reader->place);
	if (!config_group_exists(name) || strchr(name, '.'))
		return refuse_unknown(reader, "", name);
	err = read_whole(reader, item, name);
	return err ? err : config_check_group(name, config, &reader->place);
}

static int read_tree(struct reader *reader, const config_setting_t *root)
{
	config_setting_t *top = (config_setting_t *)root;
	const config_setting_t *group = config_setting_get_member(top, "static");
	int err = 0;

	if (group && !config_setting_is_group(group))
		return refuse_type(reader, group, "static", "a group { ... }");
	reader->config->is_static = group != NULL;
	for (int i = 0; i < config_setting_length(root) && !err; i++)
		err = read_top(reader, config_setting_get_elem(root, (unsigned int)i));
	if (!err)
		err = read_ports(reader, config_setting_get_member(top, "ports"));
	if (!err && group)
		err = read_whole(reader, group, "static");
	reader->place.line = 0;
	return err ? err : config_finish(reader->config, &reader->place);
}

int config_parse(const char *path, const char *text, size_t size, struct config *out,
		 struct config_error *error)
{
	struct reader reader = {.config = out, .place = {.file = path, .error = error}};
	config_t tree;
	int err;

	error->text[0] = '\0';
	err = config_reset(out, path);
	if (err)
		goto free_config;
	err = config_check_text(text, size, &reader.place);
	if (err)
		goto free_config;
	config_init(&tree);
	if (config_read_string(&tree, text) == CONFIG_TRUE) {
		err = read_tree(&reader, config_root_setting(&tree));
	} else {
		reader.place.line = (unsigned int)config_error_line(&tree);
		err = config_refuse(&reader.place, "%s", config_error_text(&tree));
	}
	config_destroy(&tree);
	if (!err)
		return 0;
free_config:
	config_free(out);
	if (!*error->text)
		(void)snprintf(error->text, sizeof(error->text), "%s: %s", path, strerror(-err));
	return err;
}
