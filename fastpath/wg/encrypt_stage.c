/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/table/wg_table.h"
#include "fastpath/wg/encrypt.h"
#include "fastpath/wg/wg_stage.h"

static void take_out(struct core *core, struct sealing *s, uint32_t link)
{
	struct batch *out = &core->out[link];
	uint32_t count = out->count;

	/* Encrypted ones leave by ports, never by devices. */
	out->count = 0;
	for (uint32_t i = 0; i < count; i++)
		sealing_add(core, s, out->pkts[i]);
}

void wg_flush(struct core *core, uint32_t link)
{
	struct sealing s;

	sealing_open(&s);
	take_out(core, &s, link);
	sealing_finish(core, &s);
}

void encrypt_stage(struct core *core, struct batch *batch)
{
	const struct wg_table *t = core->gen->wg;
	struct sealing s;
	uint32_t kept = 0;

	if (likely(!t->count))
		return;
	sealing_open(&s);
	batch_foreach(batch, i) {
		struct pkt *pkt = batch->pkts[i];

		if (pkt->port_out < LINK_TUNNEL_FIRST)
			batch->pkts[kept++] = pkt;
		else
			sealing_add(core, &s, pkt);
	}
	batch->count = kept;
	for (uint32_t i = 0; i < t->count; i++)
		if (core->out[t->devices[i].link].count)
			take_out(core, &s, t->devices[i].link);
	sealing_finish(core, &s);
}
