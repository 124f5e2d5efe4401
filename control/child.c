/* SPDX-License-Identifier: Apache-2.0 */

#include "control/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fastpath/base/log.h"

#define BACKOFF_FIRST_NS (100 * REACTOR_MS)
#define BACKOFF_LAST_NS	 (5 * REACTOR_S)
/* Up for so long, it counts as a good start and the next pause is the shortest again. */
#define GOOD_START_NS (10 * REACTOR_S)

/* In the child: nothing but system calls until exec. `report` tells the parent what failed. */
static void __attribute__((noreturn)) child_run(char *const *argv, int report)
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

int child_spawn(char *const *argv, pid_t *pid, char *why, size_t size)
{
	int report[2], failed = 0, err;
	ssize_t got;

	*pid = -1;
	if (pipe2(report, O_CLOEXEC) < 0) {
		err = -errno;
		goto explain;
	}
	*pid = fork();
	if (*pid == 0)
		child_run(argv, report[1]);
	err = *pid < 0 ? -errno : 0;
	(void)close(report[1]);
	if (!err) {
		do {
			got = read(report[0], &failed, sizeof(failed));
		} while (got < 0 && errno == EINTR);
		if (got == sizeof(failed)) {
			(void)waitpid(*pid, NULL, 0);
			err = -failed;
		}
	}
	(void)close(report[0]);
explain:
	if (err)
		(void)snprintf(why, size, "cannot start %s: %s", argv[0], strerror(-err));
	return err;
}

static int process_watch(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

static enum process_end process_reap(pid_t pid, char *text, size_t size)
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

void child_open(struct child *child, struct reactor *reactor, child_ended_fn *ended, void *arg)
{
	*child = (struct child){.reactor = reactor, .ended = ended, .arg = arg, .pidfd = -1};
}

static void child_gone(void *arg, uint32_t events)
{
	struct child *child = arg;
	enum process_end how = ENDED_UNKNOWN;
	pid_t pid = child->pid;
	char text[96] = "";

	(void)events;
	if (child->is_ours)
		how = process_reap(pid, text, sizeof(text));
	child_forget(child);
	child->ended(child->arg, pid, how, text);
}

int child_adopt(struct child *child, pid_t pid)
{
	int fd = process_watch(pid), err;

	if (fd < 0)
		return fd;
	err = reactor_watch(child->reactor, fd, EPOLLIN, child_gone, child);
	if (err) {
		(void)close(fd);
		return err;
	}
	child->pidfd = fd;
	child->pid = pid;
	child->is_ours = false;
	return 0;
}

int child_start(struct child *child, char *const *argv, char *why, size_t size)
{
	pid_t pid;
	int err = child_spawn(argv, &pid, why, size);

	if (err)
		return err;
	child->starts++;
	err = child_adopt(child, pid);
	if (err) {
		(void)snprintf(why, size, "cannot watch process %d: %s", pid, strerror(-err));
		(void)kill(pid, SIGTERM);
		return err;
	}
	child->is_ours = true;
	return 0;
}

void child_forget(struct child *child)
{
	if (child->pidfd >= 0) {
		reactor_forget(child->reactor, child->pidfd);
		(void)close(child->pidfd);
	}
	child->pidfd = -1;
	child->pid = 0;
	child->is_ours = false;
}

void child_signal(const struct child *child, int signal)
{
	if (child->pidfd >= 0)
		(void)syscall(SYS_pidfd_send_signal, child->pidfd, signal, NULL, 0);
}

void child_problem(struct child *child, const char *format, ...)
{
	char text[sizeof(child->problem)];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (strcmp(text, child->problem) != 0)
		log_error("%s", text);
	memcpy(child->problem, text, sizeof(text));
}

void child_up(struct child *child)
{
	child->up_ns = reactor_now_ns();
	child->problem[0] = '\0';
}

uint64_t child_pause(struct child *child)
{
	if (child->up_ns && reactor_now_ns() - child->up_ns > GOOD_START_NS)
		child->backoff_ns = 0;
	child->up_ns = 0;
	child->backoff_ns = child->backoff_ns ? child->backoff_ns * 2 : BACKOFF_FIRST_NS;
	if (child->backoff_ns > BACKOFF_LAST_NS)
		child->backoff_ns = BACKOFF_LAST_NS;
	return child->backoff_ns;
}
