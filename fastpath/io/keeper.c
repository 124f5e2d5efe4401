/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/io/keeper.h"

#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fastpath/base/log.h"
#include "fastpath/io/steer_load.h"

static struct {
	int fd;
	pid_t pid;
} keeper = {.fd = -1};

/* Nothing of ours may stay open here: a socket would go on receiving after our death. */
static void __attribute__((noreturn)) keeper_run(int fd)
{
	char interface[IF_NAMESIZE];

	if (dup2(fd, 3) < 0 || close_range(4, ~0u, 0))
		_exit(1);
	(void)prctl(PR_SET_NAME, "sluice-keeper");
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	while (read(3, interface, sizeof(interface)) == sizeof(interface)) {
		struct io_error error = {.text = ""};
		int32_t err;

		interface[sizeof(interface) - 1] = 0;
		err = steer_detach(interface, &error);
		if (err)
			log_warn("%s", error.text);
		if (write(3, &err, sizeof(err)) != sizeof(err))
			break;
	}
	_exit(0);
}

int keeper_open(void)
{
	int fds[2];
	int err;

	if (keeper.fd >= 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	keeper.pid = fork();
	if (keeper.pid == 0)
		keeper_run(fds[1]);
	err = -errno;
	close(fds[1]);
	if (keeper.pid < 0) {
		close(fds[0]);
		return err;
	}
	keeper.fd = fds[0];
	return 0;
}

void keeper_close(void)
{
	if (keeper.fd < 0)
		return;
	close(keeper.fd);
	keeper.fd = -1;
	/* In the sandbox this is refused, and process 1 does it. */
	(void)waitpid(keeper.pid, NULL, 0);
}

int keeper_detach(const char *interface)
{
	char request[IF_NAMESIZE] = "";
	int32_t err;

	if (keeper.fd < 0)
		return -ENOTCONN;
	(void)snprintf(request, sizeof(request), "%s", interface);
	if (write(keeper.fd, request, sizeof(request)) != sizeof(request) ||
	    read(keeper.fd, &err, sizeof(err)) != sizeof(err))
		return -EPIPE;
	return err;
}
