/* SPDX-License-Identifier: Apache-2.0 */

#include "control/wg_uapi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/endpoint_text.h"
#include "crypto/wg_keys.h"
#include "fastpath/base/check.h"

#define NS_IN_S 1000000000ull

/* ---- values ---- */

static int read_key(const char *text, uint8_t key[WG_KEY_SIZE])
{
	return strlen(text) == WG_KEY_HEX_SIZE - 1 ? wg_key_read(text, key) : -EINVAL;
}

static int read_number(const char *text, uint64_t most, uint64_t *out)
{
	size_t size = strlen(text);
	uint64_t number = 0;

	if (size == 0 || size > 10 || strspn(text, "0123456789") != size)
		return -EINVAL;
	for (; *text; text++)
		number = number * 10 + (uint64_t)(*text - '0');
	if (number > most)
		return -EINVAL;
	*out = number;
	return 0;
}

static int read_port(const char *text, uint16_t *out)
{
	uint64_t number = 0;
	int err = read_number(text, UINT16_MAX, &number);

	*out = (uint16_t)number;
	return err;
}

static int read_true(const char *text, bool *out)
{
	*out = strcmp(text, "true") == 0;
	return *out ? 0 : -EINVAL;
}

/* As WireGuard does, host bits are cleared. */
static int read_prefix(const char *text, struct prefix *out)
{
	int err = strchr(text, '/') ? prefix_parse(text, out) : -EINVAL;
	unsigned int host = 128u - out->len;
	unsigned __int128 number = addr_number(&out->addr);

	if (err != -EDOM)
		return err;
	out->addr = host < 128 ? addr_from_number(number >> host << host) : (union addr){.d = {0}};
	return 0;
}

static int read_allowed(const char *text, struct wireguard_change *peer)
{
	uint32_t count = peer->allowed_count;
	struct prefix prefix = {.len = 0};
	int err = read_prefix(text, &prefix);

	if (err)
		return err;
	if (count == WG_ALLOWED_MAX)
		return -ENOSPC;
	if ((count & (count - 1)) == 0) { /* full at each power of two */
		peer->allowed = realloc(peer->allowed, (count ? 2ul * count : 1) * sizeof(prefix));
		CHECK(peer->allowed);
	}
	peer->allowed[peer->allowed_count++] = prefix;
	return 0;
}

/* ---- lines ---- */

static int device_line(struct wg_request *request, const char *key, const char *value)
{
	struct wireguard_overlay *said = &request->said;
	uint64_t mark = 0;
	int err;

	if (strcmp(key, "private_key") == 0) {
		said->has_private_key = true;
		err = read_key(value, said->private_key);
		if (!err && !wg_key_is_zero(said->private_key))
			wg_key_clamp(said->private_key);
		return err;
	}
	if (strcmp(key, "listen_port") == 0) {
		said->has_listen_port = true;
		return read_port(value, &said->listen_port);
	}
	if (strcmp(key, "fwmark") == 0) {
		said->has_fwmark = true;
		err = read_number(value, UINT32_MAX, &mark);
		said->fwmark = (uint32_t)mark;
		return err;
	}
	return strcmp(key, "replace_peers") == 0 ? read_true(value, &request->replaces_peers)
						 : -EINVAL;
}

static int peer_line(struct wireguard_change *peer, const char *key, const char *value)
{
	uint16_t version = 0;

	if (strcmp(key, "allowed_ip") == 0)
		return read_allowed(value, peer);
	if (strcmp(key, "replace_allowed_ips") == 0)
		return read_true(value, &peer->has_allowed);
	if (strcmp(key, "remove") == 0)
		return read_true(value, &peer->is_removed);
	if (strcmp(key, "update_only") == 0)
		return read_true(value, &peer->is_update);
	if (strcmp(key, "preshared_key") == 0) {
		peer->has_preshared_key = true;
		return read_key(value, peer->preshared_key);
	}
	if (strcmp(key, "endpoint") == 0) {
		peer->has_endpoint = true;
		return endpoint_parse(value, &peer->endpoint, &peer->endpoint_port) ||
				       peer->endpoint_port == 0
			       ? -EINVAL
			       : 0;
	}
	if (strcmp(key, "persistent_keepalive_interval") == 0) {
		peer->has_keepalive = true;
		return read_port(value, &peer->keepalive_s);
	}
	if (strcmp(key, "protocol_version") == 0)
		return read_port(value, &version) || version != 1 ? -EINVAL : 0;
	return -EINVAL;
}

static int set_line(struct wg_request *request, uint32_t room, char *line)
{
	struct wireguard_overlay *said = &request->said;
	char *value = strchr(line, '=');

	if (!value)
		return -EPROTO;
	*value++ = '\0';
	if (strcmp(line, "public_key") == 0) {
		CHECK(said->change_count < room);
		return read_key(value, said->changes[said->change_count++].public_key);
	}
	return said->change_count ? peer_line(&said->changes[said->change_count - 1], line, value)
				  : device_line(request, line, value);
}

/* How many peers are named at the most: so their keys are not moved as they are read. */
static uint32_t peers_count(const char *text)
{
	static const char word[] = "public_key=";
	uint32_t count = 0;

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		count++;
	return count;
}

static int set_read(char *text, struct wg_request *out)
{
	uint32_t room = peers_count(text);
	int err = 0;

	if (room > 2 * WG_PEERS_MAX)
		return -ENOSPC;
	out->said.changes = calloc(room + 1ul, sizeof(*out->said.changes));
	CHECK(out->said.changes);
	while (!err && *text && *text != '\n') {
		size_t size = strcspn(text, "\n");
		bool is_last = text[size] == '\0';

		text[size] = '\0';
		err = set_line(out, room, text);
		text += size + !is_last;
	}
	return err;
}

int wg_request_read(char *text, size_t size, struct wg_request *out)
{
	int err;

	*out = (struct wg_request){.is_get = false};
	if (strlen(text) != size)
		return -EPROTO;
	if (strncmp(text, "get=1\n", 6) == 0) {
		out->is_get = true;
		return text[6] == '\0' || text[6] == '\n' ? 0 : -EINVAL;
	}
	if (strncmp(text, "set=1\n", 6) != 0)
		return -EPROTO;
	err = set_read(text + 6, out);
	if (err)
		wg_request_free(out);
	return err;
}

void wg_request_free(struct wg_request *request)
{
	wireguard_overlay_free(&request->said);
}

/* ---- the other way ---- */

static void write_key(struct secret_text *out, const char *word, const uint8_t key[WG_KEY_SIZE])
{
	char hex[WG_KEY_HEX_SIZE];

	wg_key_hex(key, hex);
	secret_print(out, "%s=%s\n", word, hex);
	explicit_bzero(hex, sizeof(hex));
}

static void write_endpoint(struct secret_text *out, const union addr *addr, uint16_t port)
{
	char text[ENDPOINT_TEXT_MAX];

	secret_print(out, "endpoint=%s\n", endpoint_format(addr, port, text));
}

static void write_allowed(struct secret_text *out, const struct prefix *prefix)
{
	char text[ADDR_TEXT_MAX];
	unsigned int bits = prefix_is_v4(prefix) ? prefix->len - ADDR_V4_PREFIX_BITS : prefix->len;

	/* Always with a length, which prefix_format() leaves out. */
	secret_print(out, "allowed_ip=%s/%u\n", addr_format(&prefix->addr, text), bits);
}

static int record_order(const void *key, const void *item)
{
	return memcmp(key, ((const struct wg_record *)item)->public_key, WG_KEY_SIZE);
}

const struct wg_record *wg_record_find(const struct wg_record *records, size_t count,
				       const uint8_t key[WG_KEY_SIZE])
{
	return count ? bsearch(key, records, count, sizeof(*records), record_order) : NULL;
}

static void peer_write(const struct wireguard *device, const struct wireguard_peer *peer,
		       const struct wg_record *record, struct secret_text *out)
{
	uint64_t ns = record ? record->handshake_ns : 0;

	write_key(out, "public_key", peer->public_key);
	write_key(out, "preshared_key", peer->preshared_key);
	secret_print(out, "protocol_version=1\n");
	if (record && record->endpoint_port)
		write_endpoint(out, &record->endpoint, record->endpoint_port);
	else if (peer->endpoint_port)
		write_endpoint(out, &peer->endpoint, peer->endpoint_port);
	secret_print(out, "last_handshake_time_sec=%llu\nlast_handshake_time_nsec=%llu\n",
		     ns / NS_IN_S, ns % NS_IN_S);
	secret_print(out, "tx_bytes=%llu\nrx_bytes=%llu\n",
		     (unsigned long long)(record ? record->sent_size : 0),
		     (unsigned long long)(record ? record->received_size : 0));
	secret_print(out, "persistent_keepalive_interval=%u\n", peer->keepalive_s);
	for (uint32_t i = 0; i < peer->count; i++)
		write_allowed(out, wireguard_prefix(device, peer, i));
}

void wg_get_write(const struct wireguard *device, const struct wg_record *records, size_t count,
		  struct secret_text *out)
{
	if (!device)
		return;
	if (device->has_key)
		write_key(out, "private_key", device->private_key);
	secret_print(out, "listen_port=%u\n", device->listen_port);
	if (device->fwmark)
		secret_print(out, "fwmark=%u\n", device->fwmark);
	for (uint32_t i = 0; i < device->peer_count; i++)
		peer_write(device, &device->peers[i],
			   wg_record_find(records, count, device->peers[i].public_key), out);
}

static void change_write(const struct wireguard_change *change, struct secret_text *out)
{
	write_key(out, "public_key", change->public_key);
	if (change->is_removed) {
		secret_print(out, "remove=true\n");
		return;
	}
	if (change->is_update)
		secret_print(out, "update_only=true\n");
	if (change->has_preshared_key)
		write_key(out, "preshared_key", change->preshared_key);
	if (change->has_endpoint && change->endpoint_port)
		write_endpoint(out, &change->endpoint, change->endpoint_port);
	if (change->has_keepalive)
		secret_print(out, "persistent_keepalive_interval=%u\n", change->keepalive_s);
	if (change->has_allowed)
		secret_print(out, "replace_allowed_ips=true\n");
	for (uint32_t i = 0; i < change->allowed_count; i++)
		write_allowed(out, &change->allowed[i]);
}

void wg_overlay_write(const struct wireguard_overlay *overlay, struct secret_text *out)
{
	secret_print(out, "set=1\n");
	if (overlay->has_private_key)
		write_key(out, "private_key", overlay->private_key);
	if (overlay->has_listen_port)
		secret_print(out, "listen_port=%u\n", overlay->listen_port);
	if (overlay->has_fwmark)
		secret_print(out, "fwmark=%u\n", overlay->fwmark);
	for (uint32_t i = 0; i < overlay->change_count; i++)
		change_write(&overlay->changes[i], out);
	secret_print(out, "\n");
}
