/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/tunnel_table.h"

#include <errno.h>
#include <stdlib.h>

int tunnel_build(const struct image_header *image, struct table **out)
{
	struct tunnel_table *t = calloc(1, sizeof(*t));
	const struct image_tunnel *records;

	if (!t)
		return -ENOMEM;
	records = image_records(image, IMAGE_TUNNEL_RECORD, &t->count);
	for (uint32_t i = 0; i < t->count; i++) {
		const struct image_tunnel *r = &records[i];

		t->tunnels[i] = (struct tunnel){.local4 = r->local4,
						.local6 = r->local6,
						.vni = r->vni,
						.udp_port = BE16(r->udp_port),
						.link = (uint8_t)r->link,
						.kind = r->kind,
						.flags = r->flags};
		t->of_link[r->link] = (uint8_t)(i + 1);
	}
	*out = &t->table;
	return 0;
}
