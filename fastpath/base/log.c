/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *log_program = "sluice";
static enum log_level log_max = LOG_INFO;
static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

void log_open(const char *program, enum log_level level)
{
	log_program = program;
	log_max = level;
}

int log_level_parse(const char *text, enum log_level *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(level_names); i++) {
		if (strcmp(text, level_names[i]) == 0) {
			*out = (enum log_level)i;
			return 0;
		}
	}
	return -EINVAL;
}

static void PRINTF(2, 0) log_line(enum log_level level, const char *format, va_list args)
{
	char line[1024];
	int size;

	if (level > log_max)
		return;
	size = vsnprintf(line, sizeof(line), format, args);
	if (size < 0)
		return;
	(void)fprintf(stderr, "%s: %s%s%s\n", log_program,
		      level == LOG_INFO ? "" : level_names[level], level == LOG_INFO ? "" : ": ",
		      line);
}

#define LOG_FUNCTION(name, level)              \
	void name(const char *format, ...)     \
	{                                      \
		va_list args;                  \
		va_start(args, format);        \
		log_line(level, format, args); \
		va_end(args);                  \
	}

LOG_FUNCTION(log_error, LOG_ERROR)
LOG_FUNCTION(log_warn, LOG_WARN)
LOG_FUNCTION(log_info, LOG_INFO)
LOG_FUNCTION(log_debug, LOG_DEBUG)
