/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inside of image.c and image_verify*.c: image_sections.def as a table, and an image being
 * checked.
 */

#include "fastpath/api/image.h"

struct image_layout {
	uint32_t record_size; /* 0: no such section; 1: bytes */
	uint32_t max;	      /* most records */
};

/* What the section at each position of each kind of image holds. */
extern const struct image_layout image_layouts[IMAGE_KINDS][IMAGE_SECTIONS_MAX];

/* Records of all sections of the image being checked, behind a checked envelope. */
struct verify {
	const void *records[IMAGE_SECTIONS_MAX];
	uint32_t count[IMAGE_SECTIONS_MAX];
	enum image_kind kind;
	struct image_error *error;
};

/* Records may share what they point at; this many steps are enough for any honest image. */
#define VERIFY_WORK_MAX (1ull << 26)

/* Writes the sentence; always -EINVAL. */
int verify_refuse(const struct verify *v, const char *format, ...) PRINTF(2, 3);
/* The length is possible, host bits and padding are zero. */
bool verify_prefix(const struct prefix *p);

int verify_policy(const struct verify *v);
int verify_egress(const struct verify *v);
int verify_l7(const struct verify *v);
int verify_service(const struct verify *v);
int verify_tunnel(const struct verify *v);
int verify_wg(const struct verify *v);
