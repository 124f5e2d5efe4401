/* SPDX-License-Identifier: Apache-2.0 */

#include "control/wg_control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/wg_uapi.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

void wg_control_records(struct wg_control *wg, struct fastpath_rows *out)
{
	struct supervisor *supervisor = wg->reconcile->supervisor;
	struct fastpath_error error = {""};

	*out = (struct fastpath_rows){.records = NULL};
	if (supervisor->state != SUPERVISE_UP)
		return;
	if (fastpath_wg(&supervisor->requests, out, &error)) {
		*out = (struct fastpath_rows){.records = NULL};
		if (!fastpath_is_open(&supervisor->requests))
			supervise_broken(supervisor, error.text);
	}
}

static void answer_get(struct wg_control *wg, struct secret_text *answer)
{
	struct fastpath_rows rows;

	wg_control_records(wg, &rows);
	wg_get_write(wg->reconcile->running.wg, rows.records, rows.count, answer);
	fastpath_rows_free(&rows);
}

/*
 * Kept first and run then, so that what was answered with 0 outlives us; taken back if it does not
 * run. `after' is consumed.
 */
static int overlay_take(struct wg_control *wg, struct wireguard_overlay *after,
			struct reconcile_error *why)
{
	struct wireguard_overlay before = wg->facts.overlay;
	int err = wg_overlay_save(wg->config, after);

	if (err) {
		(void)snprintf(why->text, sizeof(why->text), "the change cannot be kept: %s",
			       strerror(-err));
		wireguard_overlay_free(after);
		return err;
	}
	wg->facts.overlay = *after;
	err = reconcile_now(wg->reconcile, RECONCILE_NETWORK, why);
	if (!err) {
		wireguard_overlay_free(&before);
		explicit_bzero(after, sizeof(*after));
		return 0;
	}
	wg->facts.overlay = before;
	explicit_bzero(&before, sizeof(before));
	wireguard_overlay_free(after);
	(void)wg_overlay_save(wg->config, &wg->facts.overlay);
	return err;
}

static int answer_set(struct wg_control *wg, const struct wg_request *request)
{
	struct reconcile_error why = {""};
	struct wireguard_overlay after;
	int err = wg_overlay_apply(&wg->facts.overlay, wg->reconcile->running.wg, request, &after);

	if (err) {
		wireguard_overlay_free(&after);
		return err;
	}
	err = overlay_take(wg, &after, &why);
	if (err)
		log_warn("WireGuard's control socket asked for what cannot be: %s", why.text);
	return err;
}

int wg_control_reset(struct wg_control *wg, struct reconcile_error *error)
{
	struct wireguard_overlay none = {.change_count = 0};

	return overlay_take(wg, &none, error);
}

static int answer(void *arg, char *text, size_t size, struct secret_text *out)
{
	struct wg_control *wg = arg;
	struct wg_request request;
	int err = wg_request_read(text, size, &request);

	if (err)
		return err;
	if (request.is_get)
		answer_get(wg, out);
	else
		err = answer_set(wg, &request);
	wg_request_free(&request);
	return err;
}

/* Opens, moves or closes the socket, as the conf says. */
static int socket_follow(struct wg_control *wg, struct config_error *error)
{
	const struct config_wireguard *conf = &wg->config->wireguard;
	bool is_wanted = conf->enabled && *conf->socket_directory;
	char *name;
	int err = 0;

	CHECK(asprintf(&name, "%s/%s", conf->socket_directory, conf->name) >= 0);
	wg->problem[0] = '\0';
	if (wg->socket && is_wanted && strcmp(name, wg->socket_of) == 0)
		goto free_name;
	wg_socket_close(wg->socket);
	wg->socket = NULL;
	if (is_wanted)
		err = wg_socket_open(&wg->socket, wg->reconcile->reactor, conf->socket_directory,
				     conf->name, NULL, answer, wg, error);
	if (err) {
		(void)snprintf(wg->problem, sizeof(wg->problem), "%s", error->text);
	} else {
		free(wg->socket_of);
		wg->socket_of = name;
		return 0;
	}
free_name:
	free(name);
	return err;
}

int wg_control_open(struct wg_control *wg, struct reconcile *reconcile, const struct config *config,
		    struct config_error *error)
{
	int err;

	*wg = (struct wg_control){.reconcile = reconcile, .config = config};
	err = wg_secrets_load(config, WG_SECRETS_MAKE, &wg->facts, error);
	if (!err && config->wireguard.enabled)
		err = wg_overlay_load(config, &wg->facts.overlay, error);
	if (err)
		return err;
	reconcile->wireguard = &wg->facts;
	return socket_follow(wg, error);
}

int wg_control_prepare(struct wg_control *wg, const struct config *config,
		       struct config_error *error)
{
	wg_secrets_free(&wg->next);
	return wg_secrets_load(config, WG_SECRETS_MAKE, &wg->next, error);
}

void wg_control_take(struct wg_control *wg, const struct config *config)
{
	struct config_error why = {""};

	wg->next.overlay = wg->facts.overlay;
	wg->facts.overlay = (struct wireguard_overlay){.change_count = 0};
	wg_secrets_free(&wg->facts);
	wg->facts = wg->next;
	explicit_bzero(&wg->next, sizeof(wg->next));
	wg->config = config;
	if (config->wireguard.enabled && !wg->facts.overlay.changes &&
	    wg_overlay_load(config, &wg->facts.overlay, &why))
		log_error("%s", why.text);
	if (socket_follow(wg, &why))
		log_error("%s", why.text);
}

void wg_control_close(struct wg_control *wg)
{
	wg_socket_close(wg->socket);
	free(wg->socket_of);
	wg_secrets_free(&wg->facts);
	wg_secrets_free(&wg->next);
	*wg = (struct wg_control){.socket = NULL};
}
