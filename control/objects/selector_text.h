/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "control/objects/decode.h"

/*
 * A label selector as one line, as kubectl takes it: "a=b, c!=d, e in (f, g), h notin (i), j, !k".
 * Comparisons of numbers (a>1) are refused.
 */
int decode_selector_text(struct decode *d, const struct doc_node *string, struct selector *out);
