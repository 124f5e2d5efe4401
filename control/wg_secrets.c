/* SPDX-License-Identifier: Apache-2.0 */

#include "control/wg_secrets.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/fastpath_command.h"
#include "control/small_file.h"
#include "control/wg_uapi.h"
#include "crypto/wg_keys.h"
#include "fastpath/base/attr.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

#define KEY_FILE_MAX 128u
#define CHANGES	     "wireguard.changes"

static int PRINTF(3, 4) refuse(struct config_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return err;
}

static void mode_check(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && st.st_mode & 077)
		log_warn("%s: others than its owner may open this key: chmod 600", path);
}

/* A file with one key in base64, as wg(8) reads and writes it. */
static int key_load(const char *path, uint8_t key[WG_KEY_SIZE], struct config_error *error)
{
	struct secret_text text;
	int err = secret_read(path, KEY_FILE_MAX, &text);

	if (err && err != -EFBIG)
		return refuse(error, err, "%s: %s", path, strerror(-err));
	if (!err) {
		text.bytes[strcspn(text.bytes, " \t\r\n")] = '\0';
		if (strlen(text.bytes) != WG_KEY_BASE64_SIZE - 1 || wg_key_read(text.bytes, key))
			err = -EINVAL;
	}
	secret_free(&text);
	if (err)
		return refuse(error, -EINVAL,
			      "%s:1: no key of WireGuard: it has 44 letters of base64, as `wg "
			      "genkey' prints it",
			      path);
	if (wg_key_is_zero(key))
		return refuse(error, -EINVAL, "%s:1: the key is zero", path);
	mode_check(path);
	return 0;
}

/* The one in the run directory, made when it is not there. */
static int own_key_make(const struct config *config, enum wg_secrets_mode mode,
			uint8_t key[WG_KEY_SIZE], struct config_error *error)
{
	char *path = run_path(config, "wireguard.key"), text[WG_KEY_BASE64_SIZE + 1];
	int err = 0;

	if (access(path, F_OK) == 0) {
		err = key_load(path, key, error);
		goto free_path;
	}
	wg_key_generate(key);
	if (mode == WG_SECRETS_LOOK)
		goto free_path;
	wg_key_base64(key, text);
	text[WG_KEY_BASE64_SIZE - 1] = '\n';
	err = file_write_secret(path, text, WG_KEY_BASE64_SIZE);
	explicit_bzero(text, sizeof(text));
	if (err)
		(void)refuse(error, err, "%s: %s", path, strerror(-err));
	else
		log_info("%s is a new private key of WireGuard", path);
free_path:
	free(path);
	return err;
}

static int preshared_load(const struct config *config, struct wireguard_facts *out,
			  struct config_error *error)
{
	const struct config_wireguard *wireguard = &config->wireguard;
	int err = 0;

	out->preshared_keys = calloc(wireguard->peer_count + 1, sizeof(*out->preshared_keys));
	CHECK(out->preshared_keys);
	out->preshared_count = wireguard->peer_count;
	for (size_t i = 0; i < wireguard->peer_count && !err; i++)
		if (*wireguard->peers[i].preshared_key_file)
			err = key_load(wireguard->peers[i].preshared_key_file,
				       out->preshared_keys[i], error);
	return err;
}

static int own_peer_check(const struct config *config, const struct wireguard_facts *facts,
			  struct config_error *error)
{
	uint8_t own[WG_KEY_SIZE];

	wg_key_public(facts->private_key, own);
	for (size_t i = 0; i < config->wireguard.peer_count; i++) {
		const struct config_wg_peer *peer = &config->wireguard.peers[i];

		if (memcmp(peer->public_key, own, WG_KEY_SIZE) == 0)
			return refuse(error, -EINVAL,
				      "%s:%u: wireguard.peers: this is our own public key",
				      config->path, peer->line);
	}
	return 0;
}

int wg_secrets_load(const struct config *config, enum wg_secrets_mode mode,
		    struct wireguard_facts *out, struct config_error *error)
{
	const struct config_wireguard *wireguard = &config->wireguard;
	int err;

	*out = (struct wireguard_facts){.preshared_count = 0};
	if (!wireguard->enabled)
		return 0;
	if (*wireguard->private_key_file)
		err = key_load(wireguard->private_key_file, out->private_key, error);
	else
		err = own_key_make(config, mode, out->private_key, error);
	if (err)
		return err;
	wg_key_clamp(out->private_key);
	err = preshared_load(config, out, error);
	return err ? err : own_peer_check(config, out, error);
}

void wg_secrets_free(struct wireguard_facts *facts)
{
	if (facts->preshared_keys)
		explicit_bzero(facts->preshared_keys, facts->preshared_count * WG_KEY_SIZE);
	free(facts->preshared_keys);
	wireguard_overlay_free(&facts->overlay);
	explicit_bzero(facts, sizeof(*facts));
}

int wg_overlay_load(const struct config *config, struct wireguard_overlay *out,
		    struct config_error *error)
{
	char *path = run_path(config, CHANGES);
	struct wg_request request;
	struct secret_text text;
	int err = secret_read(path, WG_REQUEST_MAX, &text);

	*out = (struct wireguard_overlay){.change_count = 0};
	if (err == -ENOENT) {
		err = 0;
		goto free_path;
	}
	if (!err) {
		err = wg_request_read(text.bytes, text.size, &request);
		secret_free(&text);
	}
	if (err)
		(void)refuse(error, err,
			     "%s: what WireGuard's control socket changed cannot be read: %s", path,
			     strerror(-err));
	else
		*out = request.said;
	explicit_bzero(&request, sizeof(request));
free_path:
	free(path);
	return err;
}

int wg_overlay_save(const struct config *config, const struct wireguard_overlay *overlay)
{
	char *path = run_path(config, CHANGES);
	struct secret_text text = {.size = 0};
	int err;

	wg_overlay_write(overlay, &text);
	err = file_write_secret(path, text.bytes, text.size);
	secret_free(&text);
	free(path);
	return err;
}
