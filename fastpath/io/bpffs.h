/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * A BPF file system that outlives us.
 *
 * libxdp's dispatcher pins its programs there; when the file system goes, the dispatcher forgets
 * them and every packet passes to the kernel. So it must not be mounted in a mount namespace
 * that ends with us (`ip netns exec` makes one): it is mounted, if it is not there already, in
 * the mount namespace of process 1, below /run/sluice, and reached through /proc/1/root.
 */

#include <stddef.h>

/* Finds or mounts it and writes its path. 0 or -errno. */
int bpffs_find(char *path, size_t size);
