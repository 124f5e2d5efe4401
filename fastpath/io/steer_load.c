/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/io/steer_load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "fastpath/base/log.h"
#include "fastpath/io/backends.h"
#include "fastpath/io/bpffs.h"
#include "fastpath/io/steer_maps.h"

/* What is attached to an interface now. */
struct attached {
	struct xdp_multiprog *chain; /* NULL: nothing */
	struct xdp_program *ours;    /* in the chain, or NULL */
	struct xdp_program *foreign; /* attached alone, not ours, or NULL */
	enum xdp_attach_mode mode;
	bool alone; /* without a dispatcher */
};

/* The kernel's own words about the last refusal; libbpf only prints them. */
static char kernel_words[128];

static int PRINTF(2, 0) bpf_print(enum libbpf_print_level level, const char *format, va_list args)
{
	static const char mark[] = "Kernel error message: ";
	char line[512];
	char *words;

	if (level == LIBBPF_DEBUG)
		return 0;
	(void)vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = 0;
	words = strstr(line, mark);
	if (words)
		(void)snprintf(kernel_words, sizeof(kernel_words), " (%.100s)",
			       words + sizeof(mark) - 1);
	log_debug("%s", line);
	return 0;
}

static int PRINTF(2, 0) xdp_print(enum libxdp_print_level level, const char *format, va_list args)
{
	return bpf_print(level == LIBXDP_DEBUG ? LIBBPF_DEBUG : LIBBPF_INFO, format, args);
}

/* What the dispatcher pins must outlive us: without such a file system we attach alone. */
static bool pins_last;

static void libraries_prepare(void)
{
	char path[64];
	int err;

	(void)libbpf_set_print(bpf_print);
	(void)libxdp_set_print(xdp_print);
	kernel_words[0] = 0;
	err = bpffs_find(path, sizeof(path));
	pins_last = !err;
	if (!err)
		(void)setenv("LIBXDP_BPFFS", path, 1);
	else
		log_debug("no BPF file system that lasts: %s", strerror(-err));
}

/* ---- what is there ---- */

static bool program_is_ours(const struct xdp_program *program)
{
	struct bpf_prog_info info = {0};

	return program && steer_program_info(xdp_program__fd(program), &info) == 0 &&
	       strcmp(info.name, STEER_PROGRAM) == 0;
}

static int attached_find(int ifindex, struct attached *found)
{
	struct xdp_program *program = NULL;
	struct xdp_multiprog *chain = xdp_multiprog__get_from_ifindex(ifindex);
	int err = (int)libxdp_get_error(chain);

	memset(found, 0, sizeof(*found));
	if (err)
		return err == -ENOENT ? 0 : err;
	found->chain = chain;
	found->mode = xdp_multiprog__attach_mode(chain);
	found->alone = xdp_multiprog__is_legacy(chain);
	if (found->alone) {
		program = xdp_multiprog__main_prog(chain);
		if (program_is_ours(program))
			found->ours = program;
		else
			found->foreign = program;
		return 0;
	}
	while ((program = xdp_multiprog__next_prog(program, chain))) {
		if (program_is_ours(program))
			found->ours = program;
	}
	return 0;
}

static void attached_close(struct attached *found)
{
	if (found->chain)
		xdp_multiprog__close(found->chain);
	memset(found, 0, sizeof(*found));
}

static uint32_t mode_flags(enum xdp_attach_mode mode)
{
	return mode == XDP_MODE_SKB ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
}

static int attached_remove(int ifindex, const struct attached *found)
{
	struct bpf_xdp_attach_opts opts;

	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	if (!found->alone)
		return xdp_program__detach(found->ours, ifindex, found->mode, 0);
	opts.old_prog_fd = xdp_program__fd(found->ours);
	return bpf_xdp_detach(ifindex, mode_flags(found->mode), &opts);
}

/* ---- attaching ---- */

enum attach_way {
	ATTACH_DISPATCHED,
	ATTACH_ALONE,
};

static const char *mode_name(enum xdp_attach_mode mode)
{
	return mode == XDP_MODE_SKB ? "generic" : "native";
}

/* In the place of `old`, at one stroke, or where nothing is. */
static int attach_alone(struct steer *steer, struct bpf_object *object, enum xdp_attach_mode mode,
			const struct attached *old)
{
	struct bpf_xdp_attach_opts opts;
	uint32_t flags = mode_flags(mode);
	int err = bpf_object__load(object);

	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	if (err)
		return err;
	if (old->ours && old->alone) {
		opts.old_prog_fd = xdp_program__fd(old->ours);
		flags |= XDP_FLAGS_REPLACE;
	} else {
		flags |= XDP_FLAGS_UPDATE_IF_NOEXIST;
	}
	steer->program_fd = dup(bpf_program__fd(bpf_object__next_program(object, NULL)));
	return bpf_xdp_attach(steer->ifindex, steer->program_fd, flags, &opts);
}

static int attach_dispatched(struct steer *steer, struct xdp_program *program,
			     enum xdp_attach_mode mode)
{
	int err = xdp_program__attach(program, steer->ifindex, mode, 0);

	if (!err)
		steer->program_fd = dup(xdp_program__fd(program));
	return err;
}

/* Everything but the order of attempts: 0 or -errno, and then nothing is left behind. */
static int attach_once(struct steer *steer, const struct io_port *port, enum xdp_attach_mode mode,
		       enum attach_way way, const struct attached *old, const struct steer *before)
{
	struct xdp_program *program = xdp_program__open_file(port->config.steer, "xdp", NULL);
	struct bpf_object *object;
	int err = (int)libxdp_get_error(program);

	if (err)
		return err;
	object = xdp_program__bpf_obj(program);
	err = steer_maps_create(steer, object);
	if (!err)
		err = steer_config_write(steer, port);
	if (!err)
		err = before ? steer_local_copy(steer, before) : steer_local_from_kernel(steer);
	if (!err)
		err = way == ATTACH_ALONE ? attach_alone(steer, object, mode, old)
					  : attach_dispatched(steer, program, mode);
	if (err)
		steer_close(steer);
	xdp_program__close(program);
	return err;
}

static int attach_in_mode(struct steer *steer, const struct io_port *port,
			  enum xdp_attach_mode mode, const struct attached *old,
			  const struct steer *before)
{
	int why;
	int err;

	if ((old->ours && old->alone) || (!pins_last && !old->chain))
		return attach_once(steer, port, mode, ATTACH_ALONE, old, before);
	why = attach_once(steer, port, mode, ATTACH_DISPATCHED, old, before);
	if (!why || (old->chain && !old->alone))
		return why;
	err = attach_once(steer, port, mode, ATTACH_ALONE, old, before);
	if (!err)
		log_debug("%s: libxdp's dispatcher: %s", port->config.interface, strerror(-why));
	return err;
}

static int attach_failed(const struct io_port *port, const struct attached *old, int err,
			 struct io_error *error)
{
	const char *name = port->config.name;
	const char *interface = port->config.interface;

	if (err == -EPERM || err == -EACCES)
		return io_fail(
			error, err,
			"%s: attaching XDP to %s is not allowed: run as root (CAP_NET_ADMIN, "
			"CAP_BPF, CAP_SYS_ADMIN)",
			name, interface);
	if (old->foreign)
		return io_fail(error, err,
			       "%s: another XDP program, \"%s\", sits alone on %s: detach it with "
			       "'ip link set dev %s xdp off'",
			       name, xdp_program__name(old->foreign), interface, interface);
	return io_fail(error, err, "%s: cannot attach XDP to %s: %s%s", name, interface,
		       strerror(-err), kernel_words);
}

static int attach_fresh(struct steer *steer, const struct io_port *port, const struct attached *old,
			const struct steer *before, struct io_error *error)
{
	enum xdp_attach_mode first =
		port->config.xdp_mode == IO_XDP_GENERIC ? XDP_MODE_SKB : XDP_MODE_NATIVE;
	int err = old->foreign ? -EBUSY : attach_in_mode(steer, port, first, old, before);

	steer->generic = first == XDP_MODE_SKB;
	if (err && !old->chain && port->config.xdp_mode == IO_XDP_AUTO && err != -EPERM) {
		log_warn("%s: %s has no native XDP: %s%s; using the slower generic XDP",
			 port->config.name, port->config.interface, strerror(-err), kernel_words);
		err = attach_in_mode(steer, port, XDP_MODE_SKB, old, before);
		steer->generic = true;
	}
	return err ? attach_failed(port, old, err, error) : 0;
}

/* The hash of the instructions in the file, which the kernel computes when it loads them. */
static int file_tag(const char *path, uint8_t tag[BPF_TAG_SIZE])
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_prog_info info = {0};
	int err = object ? bpf_object__load(object) : -errno;

	if (!err)
		err = steer_program_info(bpf_program__fd(bpf_object__next_program(object, NULL)),
					 &info);
	memcpy(tag, info.tag, BPF_TAG_SIZE);
	bpf_object__close(object);
	return err;
}

static bool is_same_program(const struct attached *found, const char *path)
{
	struct bpf_prog_info info = {0};
	uint8_t tag[BPF_TAG_SIZE];

	return steer_program_info(xdp_program__fd(found->ours), &info) == 0 &&
	       file_tag(path, tag) == 0 && memcmp(tag, info.tag, sizeof(tag)) == 0;
}

static bool is_wanted_mode(const struct io_port *port, enum xdp_attach_mode mode)
{
	return port->config.xdp_mode == IO_XDP_AUTO ||
	       (port->config.xdp_mode == IO_XDP_GENERIC) == (mode == XDP_MODE_SKB);
}

/* Changes a program that we cannot use for one that we can. */
static int steer_replace(struct steer *steer, const struct io_port *port, struct attached *found,
			 const struct steer *before, struct io_error *error)
{
	struct attached none = {0};
	int err;

	if (!is_wanted_mode(port, found->mode)) {
		log_warn("%s: %s changes its XDP mode: packets reach the kernel for a moment",
			 port->config.name, port->config.interface);
		err = attached_remove(steer->ifindex, found);
		return err ? attach_failed(port, found, err, error)
			   : attach_fresh(steer, port, &none, before, error);
	}
	log_info("%s: replacing the XDP program of another build on %s", port->config.name,
		 port->config.interface);
	steer->generic = found->mode == XDP_MODE_SKB;
	err = attach_in_mode(steer, port, found->mode, found, before);
	/* Behind a dispatcher both run until the old one is gone: no gap. */
	if (!err && !found->alone)
		err = attached_remove(steer->ifindex, found);
	return err ? attach_failed(port, found, err, error) : 0;
}

static int steer_take_over(struct steer *steer, const struct io_port *port, struct attached *found,
			   struct io_error *error)
{
	struct steer before;
	int err = steer_maps_adopt(steer, xdp_program__fd(found->ours));

	if (!err && is_wanted_mode(port, found->mode) &&
	    is_same_program(found, port->config.steer)) {
		steer->generic = found->mode == XDP_MODE_SKB;
		steer->taken_over = true;
		err = steer_config_write(steer, port);
		if (!err)
			log_info("%s: took over the XDP program on %s", port->config.name,
				 port->config.interface);
		return err ? attach_failed(port, found, err, error) : 0;
	}
	before = *steer;
	steer_clear(steer);
	steer->ifindex = before.ifindex;
	err = steer_replace(steer, port, found, err && err != -ESTALE ? NULL : &before, error);
	steer_close(&before);
	return err;
}

int steer_open(struct steer *steer, const struct io_port *port, int ifindex, struct io_error *error)
{
	struct attached found;
	int err;

	steer_clear(steer);
	steer->ifindex = ifindex;
	if (!port->config.steer || access(port->config.steer, R_OK))
		return io_fail(error, -ENOENT, "%s: cannot read the XDP program %s",
			       port->config.name,
			       port->config.steer ? port->config.steer : "(none given)");
	libraries_prepare();
	err = attached_find(ifindex, &found);
	if (err)
		return io_fail(
			error, err,
			"%s: cannot tell which XDP programs are on %s: %s; if they are of no "
			"use, 'ip link set dev %s xdp off'",
			port->config.name, port->config.interface, strerror(-err),
			port->config.interface);
	err = found.ours ? steer_take_over(steer, port, &found, error)
			 : attach_fresh(steer, port, &found, NULL, error);
	attached_close(&found);
	if (err) {
		steer_close(steer);
		return err;
	}
	if (attached_find(ifindex, &found) == 0)
		steer->dispatched = !found.alone;
	attached_close(&found);
	if (!steer->taken_over)
		log_info("%s: XDP attached to %s, %s, %s", port->config.name,
			 port->config.interface,
			 mode_name(steer->generic ? XDP_MODE_SKB : XDP_MODE_NATIVE),
			 steer->dispatched ? "behind libxdp's dispatcher"
					   : "alone: the dispatcher cannot be used here");
	return 0;
}

int steer_detach(const char *interface, struct io_error *error)
{
	int ifindex = (int)if_nametoindex(interface);
	struct attached found;
	int err;

	if (!ifindex)
		return io_fail(error, -ENODEV, "there is no interface %s", interface);
	libraries_prepare();
	err = attached_find(ifindex, &found);
	if (!err && found.ours)
		err = attached_remove(ifindex, &found);
	attached_close(&found);
	return err ? io_fail(error, err, "cannot detach XDP from %s: %s%s", interface,
			     strerror(-err), kernel_words)
		   : 0;
}
