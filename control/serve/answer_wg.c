/* SPDX-License-Identifier: Apache-2.0 */

/*
 * wg: WireGuard's devices and peers as they run, and where each peer comes from. Public keys only.
 * wg-reset: what the control socket changed is taken back.
 */

#include <time.h>

#include "control/endpoint_text.h"
#include "control/serve/event_form.h"
#include "control/wg_uapi.h"
#include "crypto/wg_keys.h"

static const char *const sources[] = {
	[WIREGUARD_FROM_CONF] = "conf",
	[WIREGUARD_FROM_NODE] = "CiliumNode",
	[WIREGUARD_FROM_SOCKET] = "control socket",
};

static json_t *key_form(const uint8_t key[WG_KEY_SIZE])
{
	char text[WG_KEY_BASE64_SIZE];

	wg_key_base64(key, text);
	return json_string(text);
}

static json_t *endpoint_form(const struct wireguard_peer *peer, const struct wg_record *record)
{
	const bool roamed = record && record->endpoint_port;
	const union addr *addr = roamed ? &record->endpoint : &peer->endpoint;
	uint16_t port = roamed ? record->endpoint_port : peer->endpoint_port;
	char text[ENDPOINT_TEXT_MAX];

	return port ? json_string(endpoint_format(addr, port, text)) : json_null();
}

static json_t *allowed_form(const struct wireguard *device, const struct wireguard_peer *peer)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < peer->count; i++)
		(void)json_array_append_new(list, prefix_form(wireguard_prefix(device, peer, i)));
	return list;
}

/* Seconds since the last handshake; null: never. */
static json_t *age_form(const struct wg_record *record)
{
	struct timespec now;
	double age;

	if (!record || !record->handshake_ns)
		return json_null();
	(void)clock_gettime(CLOCK_REALTIME, &now);
	age = (double)now.tv_sec + (double)now.tv_nsec / 1e9 - (double)record->handshake_ns / 1e9;
	return json_real(age > 0 ? age : 0);
}

static json_t *peer_form(const struct wireguard *device, const struct wireguard_peer *peer,
			 const struct wg_record *record)
{
	json_t *form = json_pack(
		"{s:o, s:o, s:s, s:b, s:o, s:I, s:o, s:o, s:b, s:I, s:o, s:b, s:I, s:I}",
		"public_key", key_form(peer->public_key), "name", text_form(peer->name), "source",
		sources[peer->source], "changed", (int)peer->is_changed, "file",
		peer->file ? text_form(peer->file) : json_null(), "line", (json_int_t)peer->line,
		"endpoint", endpoint_form(peer, record), "allowed_ips", allowed_form(device, peer),
		"preshared_key", !wg_key_is_zero(peer->preshared_key), "keepalive_s",
		(json_int_t)peer->keepalive_s, "handshake_age_s", age_form(record), "session",
		record && record->has_session, "received",
		(json_int_t)(record ? record->received_size : 0), "sent",
		(json_int_t)(record ? record->sent_size : 0));

	return form;
}

static json_t *device_form(const struct wg_control *wg, const struct wireguard *device,
			   const struct fastpath_rows *rows)
{
	json_t *peers = json_array();

	for (uint32_t i = 0; i < device->peer_count; i++) {
		const struct wireguard_peer *peer = &device->peers[i];

		(void)json_array_append_new(
			peers,
			peer_form(device, peer,
				  wg_record_find(rows->records, rows->count, peer->public_key)));
	}
	return json_pack("{s:s, s:b, s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "name", device->name,
			 "changed", (int)device->is_changed, "public_key",
			 device->has_key ? key_form(device->public_key) : json_null(),
			 "listen_port", (json_int_t)device->listen_port, "mtu",
			 (json_int_t)device->mtu, "fwmark", (json_int_t)device->fwmark, "socket",
			 wg->socket ? text_form(wg_socket_path(wg->socket)) : json_null(),
			 "problem", wg->problem[0] ? text_form(wg->problem) : json_null(), "peers",
			 peers);
}

int answer_wg(struct request *request)
{
	struct wg_control *wg = &request->daemon->wg;
	const struct wireguard *device = request->daemon->reconcile.running.wg;
	json_t *devices = json_array();
	struct fastpath_rows rows;

	if (device) {
		wg_control_records(wg, &rows);
		(void)json_array_append_new(devices, device_form(wg, device, &rows));
		fastpath_rows_free(&rows);
	}
	return request_accept(request, json_pack("{s:o}", "devices", devices));
}

int answer_wg_reset(struct request *request)
{
	struct reconcile *r = &request->daemon->reconcile;
	struct reconcile_error error = {""};

	if (!request->daemon->config->wireguard.enabled)
		return request_refuse(request, "there is no WireGuard");
	if (wg_control_reset(&request->daemon->wg, &error))
		return request_refuse(request, "%s", error.text);
	return request_accept(request, json_pack("{s:b, s:I}", "running", (int)r->is_synced,
						 "generation", (json_int_t)r->mark.generation));
}
