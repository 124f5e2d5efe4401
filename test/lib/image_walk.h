/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Follows everything that one verified image points at inside itself, as a reader would, without
 * looking where it steps: under ASan a hole in image_verify() is then a crash.
 */

#include "fastpath/api/image.h"

/* A sum over all that was read. */
uint64_t image_walk(const struct image_header *image);
