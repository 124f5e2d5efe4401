/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Text in JSON answers. Names of files need not be UTF-8, and JSON strings must.
 */

#include <jansson.h>

/* Any bytes: what is no UTF-8 gets question marks. */
json_t *text_form(const char *text);
