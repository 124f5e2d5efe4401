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
int config_check_route(struct config_route *route, const char *shown,
		       const struct config_place *place);
/* After all keys of a group were read; `place` is the group's line. */
int config_check_group(const char *group, struct config *config, const struct config_place *place);
/* After the whole file; fills in what is derived from other keys. 0, -EINVAL or -ENOMEM. */
int config_finish(struct config *config, const struct config_place *place);
