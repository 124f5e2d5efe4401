/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A small process beside ours that keeps the rights we give up: it can detach our XDP programs.
 *
 * It is started with the first AF_XDP port, before the sandbox closes, and does nothing but wait
 * on a socket. When we end cleanly we ask it to detach; when we are killed the socket closes and
 * it ends without detaching, so that packets stay away from the kernel until the next process
 * takes over.
 */

/* 0 or -errno. */
int keeper_open(void);
void keeper_close(void);
/* As steer_detach(), by the keeper. 0 or -errno. */
int keeper_detach(const char *interface);
