/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The keys of the conf file: one table with name, type, range, default and the field it fills.
 * config.c walks the file, config_check.c holds what several keys must say together.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/config.h"
#include "fastpath/base/attr.h"

/* Where we are in the file, for the one line that an error is. */
struct config_place {
	const char *file;
	unsigned int line; /* 0: the whole file */
	struct config_error *error;
};

/* Writes the line and returns -EINVAL. */
int config_refuse(const struct config_place *place, const char *format, ...) PRINTF(2, 3);

enum key_type {
	KEY_NUMBER,   /* min..max, into 1, 2 or 4 bytes */
	KEY_BOOL,     /* true or false */
	KEY_CHOICE,   /* a word; its position is stored */
	KEY_WORD,     /* a word; itself is stored */
	KEY_NAME,     /* letters, digits, `-_.', what fits the field */
	KEY_TEXT,     /* a string of our own */
	KEY_PATH,     /* likewise; relative to the conf file's directory */
	KEY_MAC,      /* "02:00:00:00:00:01" */
	KEY_PREFIX,   /* "10.0.0.0/8", no host bits */
	KEY_ADDRESS,  /* "10.0.0.1" */
	KEY_PORT,     /* the name of a port; its index is stored */
	KEY_PUBLIC,   /* a public key of WireGuard, in base64 */
	KEY_ENDPOINT, /* "192.0.2.1:51820", "[2001:db8::1]:51820" */
	KEY_LIST,     /* of what `element' says, or read by config.c itself */
};

struct config_key {
	const char *group; /* "" at the top; "ports" and the like for elements of a list */
	const char *name;
	enum key_type type;
	bool required;
	size_t offset; /* in struct config, or in the element */
	size_t size;
	int64_t min;
	int64_t max;
	int64_t initial;	  /* number, bool, position of the choice */
	const char *text;	  /* KEY_TEXT, KEY_PATH, KEY_NAME: the default */
	const char *const *words; /* KEY_CHOICE, KEY_WORD; ends with NULL */
	/* KEY_LIST: `offset' is of the pointer to its elements, */
	size_t count_offset;
	size_t element_size; /* 0: config.c knows this list */
	enum key_type element;
	const char *elements; /* instead of `element': groups of this name */
};

/* What stands in the file, without the library's types. */
enum value_kind {
	VALUE_NUMBER,
	VALUE_BOOL,
	VALUE_TEXT,
	VALUE_OTHER,
};

struct config_value {
	enum value_kind kind;
	int64_t number;
	const char *text;
	const char *shown; /* "a list", for the error */
};

const struct config_key *config_keys(size_t *count);
/* NULL when there is none. */
const struct config_key *config_key_find(const char *group, const char *name);
bool config_group_exists(const char *group);

/* Defaults of all keys of a group into `base`. 0 or -ENOMEM. */
int config_group_reset(const char *group, void *base);

/* An empty config with every default; config_free() frees it, also after -ENOMEM. */
int config_reset(struct config *config, const char *path);

/* Checks a value and stores it. `shown` is the key as people write it: "ports[0].io". 0, -EINVAL
 * with an error, or -ENOMEM. */
int config_value_store(const struct config_key *key, const struct config_value *value,
		       const char *shown, void *base, const struct config *config,
		       const struct config_place *place);

/* "address/length" with host bits, as an interface has it. */
int config_interface_address_parse(const char *text, struct prefix *out);

/* Writes " (workers?)" for the known key that is nearest to `name`, or nothing. */
void config_key_suggest(const char *group, const char *name, char *out, size_t size);
