/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/fake_peers.h"

#include <string.h>

void fake_peers_note(struct fake_peers *peers, const struct image_header *image)
{
	const struct image_wg_peer *from = image_records(image, IMAGE_WG_PEER, &peers->count);

	if (peers->count > FAKE_PEERS_MAX)
		peers->count = FAKE_PEERS_MAX;
	for (uint32_t i = 0; i < peers->count; i++) {
		struct wg_record *r = &peers->records[i];

		*r = (struct wg_record){.has_session = 1,
					.handshake_ns = 1700000000000000000ull,
					.received_size = 1000 + i,
					.sent_size = 2000 + i};
		memcpy(r->public_key, from[i].public_key, sizeof(r->public_key));
	}
}
