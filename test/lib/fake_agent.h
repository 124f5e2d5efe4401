/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A fast path that moves no packets: a process that speaks fastpath/api/msg.h.
 *
 * It verifies images as the real one does, counts what it gets (statistics: one row a table,
 * with how often it was PUT), and misbehaves as told.
 */

#include <stdint.h>
#include <sys/types.h>

#define FAKE_REFUSE_PUT	   1u
#define FAKE_REFUSE_COMMIT 2u
#define FAKE_DIE_ON_COMMIT 4u
#define FAKE_SILENT	   8u /* takes requests after HELLO and never answers */
#define FAKE_OLD_VERSION   16u
#define FAKE_SHORT_REPLY   32u
#define FAKE_UNSEALED	   64u /* rows ride in a memfd that can still shrink */
#define FAKE_LYING_ROWS	   128u
#define FAKE_DIE_AT_START  256u

#define FAKE_FLOWS	   3 /* flows that it claims to have */

/* Forks; listens at `socket` when this returns. `ports`: "wan,pods". */
pid_t fake_agent_start(const char *socket, const char *ports, uint32_t flags);
/* Ends it and waits for it. */
void fake_agent_stop(pid_t pid);

/*
 * For a test that is itself started in the place of sluice-fastpath: when argv says so, serves
 * until stopped and never returns. FAKE_AGENT in the environment holds the flags.
 */
void fake_agent_main(int argc, char **argv);
