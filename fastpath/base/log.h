/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Log lines to standard error, one call one line. Never called on the packet path.
 */

#include "fastpath/base/attr.h"

enum log_level {
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
};

/* Lines above `level` are dropped. `program` leads each line and must outlive all calls. */
void log_open(const char *program, enum log_level level);
/* "error", "warn", "info", "debug": 0 or -EINVAL. */
int log_level_parse(const char *text, enum log_level *out);

void log_error(const char *format, ...) PRINTF(1, 2);
void log_warn(const char *format, ...) PRINTF(1, 2);
void log_info(const char *format, ...) PRINTF(1, 2);
void log_debug(const char *format, ...) PRINTF(1, 2);
