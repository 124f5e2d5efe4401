/* SPDX-License-Identifier: Apache-2.0 */

/*
 * sluice-fastpath: opens ports and memory, starts the workers, then serves its agent's socket
 * until it is told to stop.
 */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "crypto/aead.h"
#include "fastpath/agent.h"
#include "fastpath/base/clock.h"
#include "fastpath/base/heap.h"
#include "fastpath/options.h"
#include "fastpath/sandbox.h"
#include "fastpath/wg/wg_world.h"

static volatile int stop;

static void on_signal(int signal)
{
	(void)signal;
	stop = 1;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
}

static int serve(struct engine *engine, const struct options *options)
{
	static struct agent agent;
	int err = agent_open(&agent, engine, options->socket);

	if (err) {
		log_error("%s: %s", options->socket, strerror(-err));
		return err;
	}
	agent.replay = options->replay;
	if (!options->replay)
		err = engine_start(engine);
	if (err)
		log_error("cannot start workers: %s", strerror(-err));
	else
		agent_run(&agent, &stop);
	engine_stop(engine);
	agent_close(&agent);
	return err;
}

int main(int argc, char **argv)
{
	static struct engine engine;
	struct engine_error error;
	struct options options;
	int err;

	heap_keep();
	log_open("sluice-fastpath", LOG_INFO);
	err = options_parse(argc, argv, &options);
	if (err)
		return err < 0 ? 2 : 0;
	log_open("sluice-fastpath", options.log_level);
	catch_signals();
	sandbox_process(options.sandbox);
	err = engine_open(&engine, &options.engine, options.replay ? 0 : clock_now_ns(), &error);
	if (err) {
		log_error("%s", error.text);
		return 1;
	}
	log_info("%u workers, %u ports, %llu flows taken over; %s encrypts", engine.config.workers,
		 engine.port_count, (unsigned long long)engine.flows_kept,
		 aead_name(wg_world_aead(engine.wg)));
	err = serve(&engine, &options);
	engine_close(&engine);
	return err ? 1 : 0;
}
