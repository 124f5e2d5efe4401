/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

/* Writes a small file whole or not at all. */
int file_write(const char *path, const void *bytes, size_t size);
/* The same, for root alone (0600). */
int file_write_secret(const char *path, const void *bytes, size_t size);
/* A small file as a string, to be freed; NULL when it cannot be read. */
char *file_read(const char *path);
