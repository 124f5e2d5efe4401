/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* "TCP", "UDP", "SCTP", as Kubernetes writes them; NULL for protocols without ports. */
const char *transport_name(uint8_t proto);
