/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Tables are built again and again, each time as large as before: memory that is given back to the
 * kernel only to be asked for again costs a page fault for every four kilobytes, which is more than
 * building them. So what is freed stays with the process, up to HEAP_KEEP bytes. Once, at start.
 */

#define HEAP_KEEP (256 << 20)

void heap_keep(void);
