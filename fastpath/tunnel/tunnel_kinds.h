/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* By enum tunnel_kind: its functions, and the size of its header in front of a frame. */

#include "fastpath/api/image_tunnel.h"
#include "fastpath/tunnel/tunnel.h"

static const struct tunnel_ops *const tunnel_ops_of[TUNNEL_KINDS] = {
#define TUNNEL_KIND(NAME, word, port, size) [TUNNEL_##NAME] = &word##_ops,
#include "fastpath/api/tunnel_kinds.def"
#undef TUNNEL_KIND
};

static const uint8_t tunnel_size_of[TUNNEL_KINDS] = {
#define TUNNEL_KIND(NAME, word, port, size) [TUNNEL_##NAME] = (size),
#include "fastpath/api/tunnel_kinds.def"
#undef TUNNEL_KIND
};
