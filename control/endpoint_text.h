/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * An address with a port as text: "192.0.2.1:51820", "[2001:db8::1]:51820".
 */

#include <stdint.h>

#include "fastpath/base/addr.h"

#define ENDPOINT_TEXT_MAX (ADDR_TEXT_MAX + 8)

/* 0 or -EINVAL: nothing is left out, nothing stands behind. */
int endpoint_parse(const char *text, union addr *addr, uint16_t *port);
/* Returns `buf`, which holds ENDPOINT_TEXT_MAX bytes. */
char *endpoint_format(const union addr *addr, uint16_t port, char *buf);
