/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What a worker may still do once it runs. Workers read what strangers send, so they keep no
 * capability and only the system calls of the loop: ring doorbells, poll, its wake-up
 * descriptor, memory of its own. The agent's thread keeps what attaching and detaching ports
 * needs; it reads only what control/ sends.
 */

#include <stdbool.h>

/* Before threads: no new privileges for anybody, no core dump; `on` false for debuggers. */
void sandbox_process(bool on);
/* For the calling thread. Logs what could not be had; a fast path without is better than none. */
void sandbox_worker(void);
