/* SPDX-License-Identifier: Apache-2.0 */

#include "control/fastpath_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fastpath/base/check.h"

/* In the child: nothing but system calls until exec. `report` tells the parent what failed. */
static void __attribute__((noreturn)) child_run(char **argv, int report)
{
	struct sigaction deflt = {.sa_handler = SIG_DFL};
	sigset_t none;
	int null, err;

	(void)setsid();
	for (int signal = 1; signal < NSIG; signal++)
		(void)sigaction(signal, &deflt, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
	}
	(void)execv(argv[0], argv);
	err = errno;
	if (write(report, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

int fastpath_spawn(const struct fastpath_command *command, pid_t *pid, struct command_error *error)
{
	int report[2], failed = 0, err;
	ssize_t size;

	if (pipe2(report, O_CLOEXEC) < 0) {
		err = -errno;
		goto explain;
	}
	*pid = fork();
	if (*pid == 0)
		child_run(command->argv, report[1]);
	err = *pid < 0 ? -errno : 0;
	(void)close(report[1]);
	if (!err) {
		do {
			size = read(report[0], &failed, sizeof(failed));
		} while (size < 0 && errno == EINTR);
		if (size == sizeof(failed)) {
			(void)waitpid(*pid, NULL, 0);
			err = -failed;
		}
	}
	(void)close(report[0]);
explain:
	if (err)
		(void)snprintf(error->text, sizeof(error->text), "cannot start %s: %s",
			       command->argv[0], strerror(-err));
	return err;
}

int process_watch(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

enum process_end process_reap(pid_t pid, char *text, size_t size)
{
	int status;

	text[0] = '\0';
	if (waitpid(pid, &status, WNOHANG) != pid)
		return ENDED_UNKNOWN;
	if (WIFEXITED(status)) {
		(void)snprintf(text, size, " (exit status %d)", WEXITSTATUS(status));
		return ENDED_BY_ITSELF;
	}
	(void)snprintf(text, size, " (signal %d, %s)", WTERMSIG(status),
		       strsignal(WTERMSIG(status)));
	return ENDED_BY_SIGNAL;
}

int file_write(const char *path, const void *bytes, size_t size)
{
	const char *at = bytes;
	char *temporary;
	int fd, err = 0;

	CHECK(asprintf(&temporary, "%s.new", path) >= 0);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd < 0) {
		err = -errno;
		goto free_name;
	}
	while (size && !err) {
		ssize_t written = write(fd, at, size);

		if (written < 0 && errno != EINTR)
			err = -errno;
		if (written > 0) {
			at += written;
			size -= (size_t)written;
		}
	}
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && rename(temporary, path) < 0)
		err = -errno;
	if (err)
		(void)unlink(temporary);
free_name:
	free(temporary);
	return err;
}

char *file_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	if (!file)
		return NULL;
	if (getdelim(&text, &room, '\0', file) < 0) {
		free(text);
		text = NULL;
	}
	(void)fclose(file);
	return text;
}
