/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Regular expressions as RE2 and Go read them: whether a text is one. Who runs them, and how,
 * stands elsewhere.
 */

/* NULL, or the reason why not, as a sentence. */
const char *regex_fault(const char *text);
