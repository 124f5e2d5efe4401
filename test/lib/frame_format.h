/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A frame in the words of packet scripts, for people: what cannot be said in them is told as
 * far as it can be read. Returns `buf`. */
char *frame_format(const uint8_t *frame, size_t frame_size, char *buf, size_t size);
