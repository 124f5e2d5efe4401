/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What several keys of the conf must say together.
 */

#include "control/config.h"
#include "control/config_keys.h"

#define CONFIG_SIZE_MAX 262144

/*
 * The file before the library sees it: size, lines, depth, zero bytes, and no `@include', which
 * could read any file at all and would tell lines of another one. text[size] is zero.
 */
int config_check_text(const char *text, size_t size, const struct config_place *place);

/* The port that was read last, against those before it. */
int config_check_port(struct config *config, const struct config_place *place);
/* The same of an element of a list of groups; `group` is what the table calls them. */
int config_check_item(const char *group, void *item, const char *shown,
		      const struct config_place *place);
/* After all keys of a group were read; `place` is the group's line. */
int config_check_group(const char *group, struct config *config, const struct config_place *place);
/* After the whole file; fills in what is derived from other keys. 0, -EINVAL or -ENOMEM. */
int config_finish(struct config *config, const struct config_place *place);

/* config_wireguard.c */
int config_check_wireguard(const struct config *config, const struct config_place *place);
void config_wireguard_free(struct config_wireguard *wireguard);
