/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What sluiced does without staying: exit statuses for main().
 */

/* Reads and compiles everything, prints what is there and every warning. */
int dry_run_check(const char *conf_path);
/* Becomes the fast path that the conf asks for. Comes back only to say why not. */
int dry_run_exec(const char *conf_path);
