/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "fastpath/pkt/core.h"

enum stage {
#define STAGE(name, text, when) STAGE_##name,
#include "fastpath/pipeline.def"
#undef STAGE
	STAGES,
};

static_assert(STAGES <= STAGES_MAX);

const char *stage_name(enum stage stage);
const char *stage_text(enum stage stage);

/* Runs a batch, and what goes round again because of it, through all stages. Every packet ends
 * in core->out, away, punt or waiting, held as a fragment, or dropped. The batch is empty then. */
void pipeline_run(struct core *core, struct batch *batch);

/* What stages have sent to one link that is no port, or to all of them, gets headers around it and
 * is sent to ports. */
void pipeline_flush_link(struct core *core, uint32_t link);
void pipeline_flush_links(struct core *core);
