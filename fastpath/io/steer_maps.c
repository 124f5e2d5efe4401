/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the XDP program is told and what it tells, through its maps.
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fastpath/io/steer_maps.h"

static_assert(STEER_LOCAL_SHARED == LOCAL_SHARED);
static_assert(sizeof(struct steer_address) == sizeof(union addr));

void steer_clear(struct steer *steer)
{
	memset(steer, 0, sizeof(*steer));
	steer->program_fd = -1;
	steer->xsks_fd = -1;
	steer->local_fd = -1;
	steer->config_fd = -1;
	steer->count_fd = -1;
}

int steer_program_info(int fd, struct bpf_prog_info *info)
{
	uint32_t size = sizeof(*info);

	return bpf_obj_get_info_by_fd(fd, info, &size) ? -errno : 0;
}

static int *map_slot(struct steer *steer, const char *name)
{
	if (strcmp(name, STEER_MAP_XSKS) == 0)
		return &steer->xsks_fd;
	if (strcmp(name, STEER_MAP_LOCAL) == 0)
		return &steer->local_fd;
	if (strcmp(name, STEER_MAP_CONFIG) == 0)
		return &steer->config_fd;
	if (strcmp(name, STEER_MAP_COUNT) == 0)
		return &steer->count_fd;
	return NULL;
}

static bool maps_complete(const struct steer *steer)
{
	return steer->xsks_fd >= 0 && steer->local_fd >= 0 && steer->config_fd >= 0 &&
	       steer->count_fd >= 0;
}

void steer_close(struct steer *steer)
{
	int *fds[] = {&steer->program_fd, &steer->xsks_fd, &steer->local_fd, &steer->config_fd,
		      &steer->count_fd};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

int steer_maps_adopt(struct steer *steer, int program_fd)
{
	struct bpf_prog_info info = {0};
	struct steer_config config;
	uint32_t ids[8] = {0};
	uint32_t zero = 0;
	bool same = false;

	steer->program_fd = dup(program_fd);
	info.nr_map_ids = ARRAY_SIZE(ids);
	info.map_ids = (uintptr_t)ids;
	if (steer_program_info(program_fd, &info))
		return -errno;
	for (uint32_t i = 0; i < min_u32(info.nr_map_ids, ARRAY_SIZE(ids)); i++) {
		struct bpf_map_info map = {0};
		uint32_t size = sizeof(map);
		int fd = bpf_map_get_fd_by_id(ids[i]);
		int *slot;

		if (fd < 0)
			return -errno;
		slot = bpf_obj_get_info_by_fd(fd, &map, &size) ? NULL : map_slot(steer, map.name);
		if (!slot || *slot >= 0) {
			close(fd);
			continue;
		}
		*slot = fd;
		if (strcmp(map.name, STEER_MAP_CONFIG) == 0)
			same = map.value_size == sizeof(config);
		if (strcmp(map.name, STEER_MAP_LOCAL) == 0 &&
		    (map.key_size != sizeof(union addr) || map.value_size != sizeof(uint32_t)))
			return -EINVAL;
	}
	if (!maps_complete(steer))
		return -EINVAL;
	if (!same || bpf_map_lookup_elem(steer->config_fd, &zero, &config) ||
	    config.layout != STEER_LAYOUT)
		return -ESTALE;
	return 0;
}

int steer_maps_create(struct steer *steer, struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		struct bpf_map_create_opts opts;
		int *slot = map_slot(steer, bpf_map__name(map));

		memset(&opts, 0, sizeof(opts));
		opts.sz = sizeof(opts);
		opts.map_flags = bpf_map__map_flags(map);
		if (!slot || *slot >= 0)
			return -EINVAL;
		*slot = bpf_map_create(bpf_map__type(map), bpf_map__name(map),
				       bpf_map__key_size(map), bpf_map__value_size(map),
				       bpf_map__max_entries(map), &opts);
		if (*slot < 0)
			return -errno;
		if (bpf_map__reuse_fd(map, *slot))
			return -errno;
	}
	return maps_complete(steer) ? 0 : -EINVAL;
}

int steer_config_write(const struct steer *steer, const struct io_port *port)
{
	struct steer_config config = {
		.layout = STEER_LAYOUT,
		.flags = port->config.fail_open ? STEER_FAIL_OPEN : 0,
	};
	uint32_t zero = 0;

	memcpy(config.mac, port->mac, sizeof(config.mac));
	return bpf_map_update_elem(steer->config_fd, &zero, &config, BPF_ANY) ? -errno : 0;
}

int steer_local_copy(const struct steer *steer, const struct steer *old)
{
	union addr key;
	uint32_t flags;
	bool more = bpf_map_get_next_key(old->local_fd, NULL, &key) == 0;

	while (more) {
		if (bpf_map_lookup_elem(old->local_fd, &key, &flags) == 0 &&
		    bpf_map_update_elem(steer->local_fd, &key, &flags, BPF_ANY))
			return -errno;
		more = bpf_map_get_next_key(old->local_fd, &key, &key) == 0;
	}
	return 0;
}

int steer_local_from_kernel(const struct steer *steer)
{
	struct ifaddrs *list;
	int err = 0;

	if (getifaddrs(&list))
		return -errno;
	for (struct ifaddrs *i = list; i && !err; i = i->ifa_next) {
		uint32_t flags = 0;
		union addr addr;

		if (!i->ifa_addr)
			continue;
		if (i->ifa_addr->sa_family == AF_INET)
			addr = addr_v4(
				((struct sockaddr_in *)(void *)i->ifa_addr)->sin_addr.s_addr);
		else if (i->ifa_addr->sa_family == AF_INET6)
			memcpy(&addr, &((struct sockaddr_in6 *)(void *)i->ifa_addr)->sin6_addr,
			       sizeof(addr));
		else
			continue;
		if (bpf_map_update_elem(steer->local_fd, &addr, &flags, BPF_ANY))
			err = -errno;
	}
	freeifaddrs(list);
	return err;
}

static const char *const counter_names[] = {
	[STEER_PASS_MULTICAST] = "pass multicast",
	[STEER_PASS_MAC] = "pass other station",
	[STEER_PASS_ARP] = "pass ARP",
	[STEER_PASS_ND] = "pass neighbour discovery",
	[STEER_PASS_LOCAL] = "pass own address",
	[STEER_PASS_OTHER] = "pass not IP",
	[STEER_PASS_OPEN] = "pass without a worker",
	[STEER_REDIRECT] = "redirect",
	[STEER_DROP] = "drop without a worker",
};

static_assert(ARRAY_SIZE(counter_names) == STEER_COUNTS);

const char *steer_counter_name(enum steer_count counter)
{
	return counter_names[counter];
}

int steer_set_socket(const struct steer *steer, uint32_t queue, int fd)
{
	return bpf_map_update_elem(steer->xsks_fd, &queue, &fd, BPF_ANY) ? -errno : 0;
}

int steer_counters(const struct steer *steer, uint64_t counters[STEER_COUNTS])
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t *values;
	int err = 0;

	if (cpus < 0)
		return cpus;
	values = calloc((size_t)cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (uint32_t key = 0; key < STEER_COUNTS && !err; key++) {
		counters[key] = 0;
		if (bpf_map_lookup_elem(steer->count_fd, &key, values))
			err = -errno;
		for (int cpu = 0; cpu < cpus && !err; cpu++)
			counters[key] += values[cpu];
	}
	free(values);
	return err;
}

static int local_compare(const void *a, const void *b)
{
	const struct image_local *x = a;
	const struct image_local *y = b;

	return memcmp(&x->addr, &y->addr, sizeof(x->addr));
}

/* An address is the kernel's only if no link shares it. */
static int local_add(const struct steer *steer, const struct image_local *sorted, uint32_t count)
{
	for (uint32_t i = 0; i < count;) {
		uint32_t flags = 0;
		uint32_t first = i;

		for (; i < count && local_compare(&sorted[i], &sorted[first]) == 0; i++)
			flags |= sorted[i].flags & LOCAL_SHARED;
		if (bpf_map_update_elem(steer->local_fd, &sorted[first].addr, &flags, BPF_ANY))
			return -errno;
	}
	return 0;
}

static int local_remove_others(const struct steer *steer, const struct image_local *sorted,
			       uint32_t count)
{
	struct image_local key = {.flags = 0};
	union addr next;
	bool more = bpf_map_get_next_key(steer->local_fd, NULL, &next) == 0;

	while (more) {
		key.addr = next;
		/* The next key first: a deleted one would start the walk again. */
		more = bpf_map_get_next_key(steer->local_fd, &key.addr, &next) == 0;
		if (bsearch(&key, sorted, count, sizeof(*sorted), local_compare))
			continue;
		if (bpf_map_delete_elem(steer->local_fd, &key.addr) && errno != ENOENT)
			return -errno;
	}
	return 0;
}

int steer_set_local(const struct steer *steer, const struct image_local *local, uint32_t count)
{
	struct image_local *sorted;
	int err;

	if (count > STEER_LOCAL_MAX / 2) /* old and new ones stand in the map together */
		return -E2BIG;
	sorted = calloc(count + 1, sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	if (count)
		memcpy(sorted, local, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), local_compare);
	err = local_add(steer, sorted, count);
	if (!err)
		err = local_remove_others(steer, sorted, count);
	free(sorted);
	return err;
}
