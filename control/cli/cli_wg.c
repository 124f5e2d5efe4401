/* SPDX-License-Identifier: Apache-2.0 */

/*
 * wg show: as wg(8) prints it, and where each peer comes from. wg genkey and wg pubkey need no
 * sluiced.
 */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "control/cli/cli.h"
#include "crypto/wg_keys.h"

static const char *source_text(const json_t *peer, char *buf)
{
	const char *changed = get_bool(peer, "changed") ? ", changed by the control socket" : "";

	if (get_text(peer, "file")[0])
		(void)snprintf(buf, 512, "%s, %.400s:%llu%s", get_text(peer, "source"),
			       get_text(peer, "file"), (unsigned long long)get_number(peer, "line"),
			       changed);
	else
		(void)snprintf(buf, 512, "%s", get_text(peer, "source"));
	return buf;
}

static void allowed_print(const json_t *list)
{
	const json_t *prefix;
	size_t i;

	printf("  allowed ips: ");
	json_array_foreach(list, i, prefix)
	{
		printf("%s%s", i ? ", " : "", json_string_value(prefix));
	}
	printf("%s\n", json_array_size(list) ? "" : "(none)");
}

static void peer_print(const json_t *peer)
{
	const json_t *age = json_object_get(peer, "handshake_age_s");
	uint64_t received = get_number(peer, "received"), sent = get_number(peer, "sent");
	char text[512], other[TEXT_MAX];

	printf("\npeer: %s\n", get_text(peer, "public_key"));
	if (get_text(peer, "name")[0])
		printf("  name: %s\n", get_text(peer, "name"));
	printf("  from: %s\n", source_text(peer, text));
	if (get_bool(peer, "preshared_key"))
		printf("  preshared key: (hidden)\n");
	if (get_text(peer, "endpoint")[0])
		printf("  endpoint: %s\n", get_text(peer, "endpoint"));
	allowed_print(json_object_get(peer, "allowed_ips"));
	if (json_is_real(age))
		printf("  latest handshake: %s ago\n",
		       text_ms((uint64_t)(json_real_value(age) * 1000), text));
	if (received || sent)
		printf("  transfer: %s received, %s sent\n", text_bytes(received, text),
		       text_bytes(sent, other));
	if (get_number(peer, "keepalive_s"))
		printf("  persistent keepalive: every %s\n",
		       text_ms(get_number(peer, "keepalive_s") * 1000, text));
}

static void device_print(const json_t *device)
{
	const json_t *peer;
	size_t i;

	printf("interface: %s\n", get_text(device, "name"));
	printf("  public key: %s\n", json_is_string(json_object_get(device, "public_key"))
					     ? get_text(device, "public_key")
					     : "(none: the private key was taken away)");
	printf("  listening port: %llu\n", (unsigned long long)get_number(device, "listen_port"));
	if (get_bool(device, "changed"))
		printf("  key or port are set by the control socket\n");
	printf("  mtu: %llu\n", (unsigned long long)get_number(device, "mtu"));
	if (get_text(device, "socket")[0])
		printf("  control socket: %s\n", get_text(device, "socket"));
	if (get_text(device, "problem")[0])
		printf("  PROBLEM: %s\n", get_text(device, "problem"));
	json_array_foreach(json_object_get(device, "peers"), i, peer)
	{
		peer_print(peer);
	}
}

int cli_wg_show(struct cli *cli, int argc, char **argv)
{
	json_t *reply = cli_ask(cli, cli_request(cli, "wg"));
	const json_t *devices = json_object_get(reply, "devices"), *device;
	size_t i;

	(void)argc;
	(void)argv;
	if (!cli_printed_json(cli, reply)) {
		json_array_foreach(devices, i, device)
		{
			device_print(device);
		}
		if (!json_array_size(devices))
			printf("no WireGuard: wireguard.enabled is false in the conf\n");
	}
	json_decref(reply);
	return 0;
}

int cli_wg_reset(struct cli *cli, int argc, char **argv)
{
	json_t *reply = cli_ask(cli, cli_request(cli, "wg-reset"));

	(void)argc;
	(void)argv;
	if (!cli_printed_json(cli, reply))
		printf("the device is as conf and objects say%s\n",
		       get_bool(reply, "running") ? "" : "; the fast path gets it when it is up");
	json_decref(reply);
	return 0;
}

static int key_print(uint8_t key[WG_KEY_SIZE])
{
	char text[WG_KEY_BASE64_SIZE];
	int bad;

	wg_key_base64(key, text);
	bad = puts(text) < 0 || fflush(stdout);
	wg_wipe(text, sizeof(text));
	wg_wipe(key, WG_KEY_SIZE);
	if (bad)
		cli_die("the key cannot be written: %s", strerror(errno));
	return 0;
}

int cli_wg_genkey(struct cli *cli, int argc, char **argv)
{
	uint8_t key[WG_KEY_SIZE];
	struct stat st;

	(void)cli;
	(void)argc;
	(void)argv;
	if (fstat(1, &st) == 0 && S_ISREG(st.st_mode) && st.st_mode & 077)
		(void)fputs("sluicectl: others may read this file: umask 077 makes one that they "
			    "may not\n",
			    stderr);
	wg_key_generate(key);
	return key_print(key);
}

int cli_wg_pubkey(struct cli *cli, int argc, char **argv)
{
	uint8_t private_key[WG_KEY_SIZE], public_key[WG_KEY_SIZE];
	char line[128] = "";
	bool good;

	(void)cli;
	(void)argc;
	(void)argv;
	good = fgets(line, sizeof(line), stdin) != NULL;
	line[strcspn(line, " \t\r\n")] = '\0';
	good = good && strlen(line) == WG_KEY_BASE64_SIZE - 1 && !wg_key_read(line, private_key);
	wg_wipe(line, sizeof(line));
	if (!good)
		cli_die("standard input is no private key: 44 letters of base64");
	wg_key_public(private_key, public_key);
	wg_wipe(private_key, sizeof(private_key));
	return key_print(public_key);
}
