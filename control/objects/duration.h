/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Lengths of time as Kubernetes writes them: Go's, "500ms", "3s", "1h30m", "1.5s".
 */

#include <stdint.h>

/* -EINVAL: not one, or below zero; -ERANGE: longer than 64 bits of nanoseconds. */
int duration_parse(const char *text, uint64_t *ns);
