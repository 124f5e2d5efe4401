/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The program's maps as steer_load.c handles them; others include steer_load.h.
 */

#include "fastpath/io/steer_load.h"

struct bpf_object;
struct bpf_prog_info;

void steer_clear(struct steer *steer);
int steer_program_info(int fd, struct bpf_prog_info *info);

/* Opens the maps of a running program. -ESTALE: their records are not ours, but the addresses
 * can be read; -EINVAL: nothing can. */
int steer_maps_adopt(struct steer *steer, int program_fd);
/* Makes the maps of a program that is not loaded yet, so that they are filled before it runs. */
int steer_maps_create(struct steer *steer, struct bpf_object *object);

int steer_config_write(const struct steer *steer, const struct io_port *port);
/* The program's predecessor knew which addresses are shared. */
int steer_local_copy(const struct steer *steer, const struct steer *old);
/* Until set_local says better: whoever logs in over this interface stays logged in. */
int steer_local_from_kernel(const struct steer *steer);
