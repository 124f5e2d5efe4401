/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One value of the conf file: is it of its key's type and range, and into its field with it.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/config_keys.h"
#include "control/endpoint_text.h"
#include "crypto/wg_keys.h"

static const char *const wanted[] = {
	[KEY_NUMBER] = "a whole number",
	[KEY_BOOL] = "true or false",
	[KEY_CHOICE] = "a word in quotes",
	[KEY_WORD] = "a word in quotes",
	[KEY_NAME] = "a name in quotes",
	[KEY_TEXT] = "a text in quotes",
	[KEY_PATH] = "a path in quotes",
	[KEY_MAC] = "a MAC address in quotes",
	[KEY_PREFIX] = "a prefix in quotes",
	[KEY_ADDRESS] = "an address in quotes",
	[KEY_PORT] = "the name of a port in quotes",
	[KEY_PUBLIC] = "a public key in quotes",
	[KEY_ENDPOINT] = "an address with a port in quotes",
	[KEY_LIST] = "a list",
};

static void field_set_number(const struct config_key *key, void *base, int64_t number)
{
	char *field = (char *)base + key->offset;
	uint32_t u32 = (uint32_t)number;
	uint16_t u16 = (uint16_t)number;
	uint8_t u8 = (uint8_t)number;

	if (key->size == sizeof(u32))
		memcpy(field, &u32, sizeof(u32));
	else if (key->size == sizeof(u16))
		memcpy(field, &u16, sizeof(u16));
	else
		memcpy(field, &u8, sizeof(u8));
}

static int field_set_text(const struct config_key *key, void *base, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	free(*(char **)((char *)base + key->offset));
	*(char **)((char *)base + key->offset) = copy;
	return 0;
}

static int field_set_path(const struct config_key *key, void *base, const struct config *config,
			  const char *text)
{
	size_t dir_size, size;
	const char *slash;
	char *joined;
	int err;

	if (text[0] == '/' || text[0] == '\0')
		return field_set_text(key, base, text);
	slash = strrchr(config->path, '/');
	dir_size = slash ? (size_t)(slash - config->path) + 1 : 0;
	size = dir_size + strlen(text) + 1;
	joined = malloc(size);
	if (!joined)
		return -ENOMEM;
	(void)snprintf(joined, size, "%.*s%s", (int)dir_size, config->path, text);
	err = field_set_text(key, base, joined);
	free(joined);
	return err;
}

/* A default into its field. The path of the file is known by now. */
static int field_reset(const struct config_key *key, void *base)
{
	char *field = (char *)base + key->offset;

	switch (key->type) {
	case KEY_NUMBER:
	case KEY_BOOL:
	case KEY_CHOICE:
	case KEY_PORT:
		field_set_number(key, base, key->initial);
		return 0;
	case KEY_WORD:
		(void)snprintf(field, key->size, "%s", key->words[key->initial]);
		return 0;
	case KEY_NAME:
		(void)snprintf(field, key->size, "%s", key->text ? key->text : "");
		return 0;
	case KEY_TEXT:
		return field_set_text(key, base, key->text);
	case KEY_PATH: /* in a list's element only an empty one, which is not relative to anything */
		return field_set_path(key, base, base, key->text);
	default:
		return 0;
	}
}

int config_group_reset(const char *group, void *base)
{
	const struct config_key *keys;
	size_t count;
	int err = 0;

	keys = config_keys(&count);
	for (size_t i = 0; i < count && !err; i++) {
		if (strcmp(keys[i].group, group) == 0)
			err = field_reset(&keys[i], base);
	}
	return err;
}

static int store_word(const struct config_key *key, const char *text, const char *shown, void *base,
		      const struct config_place *place)
{
	char list[160] = "";
	size_t used = 0;

	for (int64_t i = 0; key->words[i]; i++) {
		if (strcmp(key->words[i], text) == 0) {
			if (key->type == KEY_WORD)
				(void)snprintf((char *)base + key->offset, key->size, "%s", text);
			else
				field_set_number(key, base, i);
			return 0;
		}
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s\"%s\"",
					 i == 0		     ? ""
					 : key->words[i + 1] ? ", "
							     : " or ",
					 key->words[i]);
	}
	return config_refuse(place, "%s: \"%.40s\" is not %s", shown, text, list);
}

static int store_name(const struct config_key *key, const char *text, const char *shown, void *base,
		      const struct config_place *place)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";

	if (strlen(text) >= key->size)
		return config_refuse(place, "%s: \"%.40s\" is longer than %zu letters", shown, text,
				     key->size - 1);
	if (text[strspn(text, letters)] || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return config_refuse(place, "%s: \"%s\" is not a name of letters, digits, - _ .",
				     shown, text);
	if (key->required && !*text)
		return config_refuse(place, "%s: must not be empty", shown);
	(void)snprintf((char *)base + key->offset, key->size, "%s", text);
	return 0;
}

static int mac_parse(const char *text, uint8_t mac[6])
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";

	if (strlen(text) != 17)
		return -EINVAL;
	for (int i = 0; i < 17; i++) {
		const char *digit = i % 3 == 2 ? NULL : strchr(digits, text[i]);

		if (i % 3 == 2 ? text[i] != ':' : !digit)
			return -EINVAL;
		if (digit)
			mac[i / 3] = (uint8_t)(mac[i / 3] << 4 | (digit - digits) % 16);
	}
	return 0;
}

static int store_mac(const struct config_key *key, const char *text, const char *shown, void *base,
		     const struct config_place *place)
{
	static const uint8_t zero[6];
	uint8_t mac[6] = {0};

	if (mac_parse(text, mac))
		return config_refuse(place, "%s: \"%.40s\" is not a MAC address", shown, text);
	if ((mac[0] & 1) || memcmp(mac, zero, sizeof(mac)) == 0)
		return config_refuse(place, "%s: %s is not the address of one station", shown,
				     text);
	memcpy((char *)base + key->offset, mac, sizeof(mac));
	return 0;
}

/* Zero, loopback and multicast name no station on a network. */
static bool addr_is_station(const union addr *a)
{
	uint8_t first = addr_is_v4(a) ? a->b[12] : a->b[0];

	if (addr_is_v4(a))
		return first != 0 && first != 127 && first < 224;
	return first != 0xff && (a->d[0] != 0 || from_be64(a->d[1]) > 1);
}

int config_interface_address_parse(const char *text, struct prefix *out)
{
	int err = prefix_parse(text, out);

	if (err && err != -EDOM)
		return err;
	return addr_is_station(&out->addr) ? 0 : -EINVAL;
}

static int store_address(const struct config_key *key, const char *text, const char *shown,
			 void *base, const struct config_place *place)
{
	union addr addr;

	if (addr_parse(text, &addr))
		return config_refuse(place, "%s: \"%.60s\" is not an address", shown, text);
	if (!addr_is_station(&addr))
		return config_refuse(place, "%s: %s is not the address of one station", shown,
				     text);
	memcpy((char *)base + key->offset, &addr, sizeof(addr));
	return 0;
}

static int store_prefix(const struct config_key *key, const char *text, const char *shown,
			void *base, const struct config_place *place)
{
	struct prefix prefix;
	int err = prefix_parse(text, &prefix);

	if (err == -EDOM)
		return config_refuse(place, "%s: %s has bits set behind its length", shown, text);
	if (err)
		return config_refuse(place, "%s: \"%.60s\" is not a prefix", shown, text);
	memcpy((char *)base + key->offset, &prefix, sizeof(prefix));
	return 0;
}

/* What is refused is not shown: it may be the private one. */
static int store_public(const struct config_key *key, const char *text, const char *shown,
			void *base, const struct config_place *place)
{
	uint8_t *to = (uint8_t *)base + key->offset;

	if (strlen(text) != WG_KEY_BASE64_SIZE - 1)
		return config_refuse(place,
				     "%s: %zu letters are no public key: it has %u, of base64",
				     shown, strlen(text), WG_KEY_BASE64_SIZE - 1);
	if (wg_key_read(text, to))
		return config_refuse(place, "%s: is not base64 of 32 bytes", shown);
	if (wg_key_is_zero(to))
		return config_refuse(place, "%s: the key is zero", shown);
	return 0;
}

static int store_endpoint(const struct config_key *key, const char *text, const char *shown,
			  void *base, const struct config_place *place)
{
	struct config_endpoint endpoint;

	if (endpoint_parse(text, &endpoint.addr, &endpoint.port) || endpoint.port == 0)
		return config_refuse(place,
				     "%s: \"%.60s\" is not an address with a port, like "
				     "\"192.0.2.1:51820\" or \"[2001:db8::1]:51820\"",
				     shown, text);
	if (!addr_is_station(&endpoint.addr))
		return config_refuse(place, "%s: %s is not the address of one station", shown,
				     text);
	memcpy((char *)base + key->offset, &endpoint, sizeof(endpoint));
	return 0;
}

static int store_port(const struct config_key *key, const char *text, const char *shown, void *base,
		      const struct config *config, const struct config_place *place)
{
	for (size_t i = 0; i < config->port_count; i++) {
		if (strcmp(config->ports[i].name, text) == 0) {
			field_set_number(key, base, (int64_t)i);
			return 0;
		}
	}
	return config_refuse(place, "%s: there is no port \"%.40s\"", shown, text);
}

static int store_text(const struct config_key *key, const char *text, const char *shown, void *base,
		      const struct config *config, const struct config_place *place)
{
	switch (key->type) {
	case KEY_CHOICE:
	case KEY_WORD:
		return store_word(key, text, shown, base, place);
	case KEY_NAME:
		return store_name(key, text, shown, base, place);
	case KEY_TEXT:
		return field_set_text(key, base, text);
	case KEY_PATH:
		return field_set_path(key, base, config, text);
	case KEY_MAC:
		return store_mac(key, text, shown, base, place);
	case KEY_PREFIX:
		return store_prefix(key, text, shown, base, place);
	case KEY_ADDRESS:
		return store_address(key, text, shown, base, place);
	case KEY_PUBLIC:
		return store_public(key, text, shown, base, place);
	case KEY_ENDPOINT:
		return store_endpoint(key, text, shown, base, place);
	default:
		return store_port(key, text, shown, base, config, place);
	}
}

int config_value_store(const struct config_key *key, const struct config_value *value,
		       const char *shown, void *base, const struct config *config,
		       const struct config_place *place)
{
	enum value_kind kind = key->type == KEY_NUMBER ? VALUE_NUMBER
			       : key->type == KEY_BOOL ? VALUE_BOOL
						       : VALUE_TEXT;

	if (value->kind != kind)
		return config_refuse(place, "%s: needs %s, not %s", shown, wanted[key->type],
				     value->shown);
	if (kind == VALUE_TEXT)
		return store_text(key, value->text, shown, base, config, place);
	if (kind == VALUE_NUMBER && (value->number < key->min || value->number > key->max))
		return config_refuse(place, "%s: %lld is not between %lld and %lld", shown,
				     (long long)value->number, (long long)key->min,
				     (long long)key->max);
	field_set_number(key, base, value->number);
	return 0;
}
