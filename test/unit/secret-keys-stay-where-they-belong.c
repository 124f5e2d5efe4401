/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A whole sluiced with WireGuard: its keys are in their own files, for root alone, and nowhere else:
 * not in the store of images, answers or warnings. What the control socket changed is there after
 * a restart, and what is wrong with a key is said without it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/dry_run.h"
#include "control/secret_text.h"
#include "crypto/wg_keys.h"
#include "test/lib/fake_agent.h"
#include "test/lib/small_gateway.h"

#define PRESHARED "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE="
#define PEER	  "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
#define PEER_HEX  "c53201039adba14be71f886da1d8dbe9eebded08cb111b75340078999aa9f038"

#define EXPLAIN                                                               \
	"{\"request\":\"explain\",\"from\":\"10.0.1.5\",\"to\":\"10.9.0.1\"," \
	"\"proto\":\"tcp\",\"port\":80}"

static struct small_gateway g;

static void text_write(const char *name, const char *text, mode_t mode)
{
	char path[160];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", g.directory, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* The group is added to the conf that small_gateway_make() has written. */
static void conf_extend(const char *more)
{
	FILE *file = fopen(g.conf, "ae");

	assert_non_null(file);
	assert_true(fprintf(file,
			    "wireguard : { enabled = true; socket_directory = \"%s/sockets\";"
			    " %s };\n",
			    g.directory, more) > 0);
	assert_int_equal(fclose(file), 0);
}

static const char *run_file(const char *name)
{
	static char path[160];

	(void)snprintf(path, sizeof(path), "%s/run/%s", g.directory, name);
	return path;
}

static void bytes_of(const char *path, struct secret_text *out)
{
	assert_int_equal(secret_read(path, 1 << 24, out), 0);
}

/* A key in any of the forms that it could have. */
static bool holds_key(const void *bytes, size_t size, const uint8_t key[WG_KEY_SIZE])
{
	char base64[WG_KEY_BASE64_SIZE], hex[WG_KEY_HEX_SIZE];

	wg_key_base64(key, base64);
	wg_key_hex(key, hex);
	return memmem(bytes, size, key, WG_KEY_SIZE) || memmem(bytes, size, base64, 43) ||
	       memmem(bytes, size, hex, 64);
}

static void own_key(uint8_t key[WG_KEY_SIZE])
{
	struct secret_text text;

	bytes_of(run_file("wireguard.key"), &text);
	text.bytes[strcspn(text.bytes, "\n")] = '\0';
	assert_int_equal(wg_key_read(text.bytes, key), 0);
	secret_free(&text);
}

static void gateway_open(void)
{
	small_gateway_make(&g, 0);
	text_write("psk", PRESHARED "\n", 0600);
	conf_extend("peers = ({ public_key = \"" PEER "\"; preshared_key_file = \"psk\";\n"
		    "allowed_ips = [ \"10.9.0.0/16\" ]; });");
	small_gateway_start(&g);
}

/* Sends a request to the control socket and takes its whole answer. */
static const char *ask_socket(const char *request)
{
	static char answer[8192];
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t size = 0;

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/sockets/wg0.sock", g.directory);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(send(fd, request, strlen(request), 0), strlen(request));
	for (int i = 0; i < 5000; i++) {
		ssize_t got = recv(fd, answer + size, sizeof(answer) - 1 - size, MSG_DONTWAIT);

		size += got > 0 ? (size_t)got : 0;
		answer[size] = '\0';
		if (strstr(answer, "errno="))
			break;
		assert_int_equal(reactor_step(g.daemon.reactor, 1), 0);
	}
	(void)close(fd);
	return answer;
}

static void the_store_has_no_keys(void **state)
{
	uint8_t key[WG_KEY_SIZE], preshared[WG_KEY_SIZE];
	char directory[160];
	struct dirent *entry;
	struct stat st;
	int files = 0;
	DIR *dir;

	(void)state;
	gateway_open();
	own_key(key);
	assert_int_equal(wg_key_read(PRESHARED, preshared), 0);
	assert_int_equal(stat(run_file("wireguard.key"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	small_gateway_leave(&g); /* writes the store */
	(void)snprintf(directory, sizeof(directory), "%s", run_file("images"));
	dir = opendir(directory);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		struct secret_text text;
		char path[512];

		if (entry->d_name[0] == '.')
			continue;
		assert_string_not_equal(entry->d_name, "wg");
		(void)snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		bytes_of(path, &text);
		assert_false(holds_key(text.bytes, text.size, key));
		assert_false(holds_key(text.bytes, text.size, preshared));
		secret_free(&text);
		files++;
	}
	(void)closedir(dir);
	assert_true(files > 5);
	/* And still what runs is known: nothing but the WG image is sent again. */
	small_gateway_start(&g);
	assert_int_equal(small_gateway_puts(&g, "route"), 1);
	assert_int_equal(small_gateway_puts(&g, "wg"), 2);
	small_gateway_end(&g);
}

static void no_answer_tells_a_key(void **state)
{
	static const char *const requests[] = {
		"{\"request\":\"wg\"}",
		"{\"request\":\"status\"}",
		"{\"request\":\"stats\"}",
		"{\"request\":\"get\"}",
		EXPLAIN,
	};
	uint8_t key[WG_KEY_SIZE], preshared[WG_KEY_SIZE];

	(void)state;
	gateway_open();
	own_key(key);
	assert_int_equal(wg_key_read(PRESHARED, preshared), 0);
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		json_t *reply = small_gateway_ask(&g, requests[i]);
		char *text = json_dumps(reply, 0);

		assert_false(holds_key(text, strlen(text), key));
		assert_false(holds_key(text, strlen(text), preshared));
		if (i == 0) {
			assert_non_null(strstr(text, PEER));
			assert_non_null(strstr(text, "\"received\": 1000"));
			assert_non_null(strstr(text, "\"source\": \"conf\""));
			assert_non_null(strstr(text, "\"preshared_key\": true"));
		}
		free(text);
		json_decref(reply);
	}
	/* But for the one that is asked for it, which only root can. */
	assert_true(holds_key(ask_socket("get=1\n\n"), strlen(ask_socket("get=1\n\n")), key));
	assert_non_null(strstr(ask_socket("get=1\n\n"), "last_handshake_time_sec=1700000000\n"));
	small_gateway_end(&g);
}

static void changes_outlive_us(void **state)
{
	char before[8192];
	struct stat st;

	(void)state;
	gateway_open();
	assert_string_equal(ask_socket("set=1\nlisten_port=99\npublic_key=" PEER_HEX
				       "\npersistent_keepalive_interval=7\n\n"),
			    "errno=0\n\n");
	assert_string_equal(ask_socket("set=1\nlisten_port=100\npublic_key=nonsense\n\n"),
			    "errno=-22\n\n");
	(void)snprintf(before, sizeof(before), "%s", ask_socket("get=1\n\n"));
	assert_non_null(strstr(before, "listen_port=99\n"));
	assert_non_null(strstr(before, "persistent_keepalive_interval=7\n"));
	assert_int_equal(stat(run_file("wireguard.changes"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	small_gateway_leave(&g);
	small_gateway_start(&g);
	assert_string_equal(ask_socket("get=1\n\n"), before);
	small_gateway_end(&g);
}

static void what_the_fast_path_refuses_is_taken_back(void **state)
{
	char before[8192];

	(void)state;
	gateway_open();
	(void)snprintf(before, sizeof(before), "%s", ask_socket("get=1\n\n"));
	/* Its public key begins as the conf's peer does: they would be one next hop. */
	assert_string_equal(ask_socket("set=1\npublic_key=c53201039adba14b" /* and zeroes */
				       "000000000000000000000000000000000000000000000000\n\n"),
			    "errno=-22\n\n");
	assert_string_equal(ask_socket("get=1\n\n"), before);
	small_gateway_leave(&g);
	small_gateway_start(&g);
	assert_string_equal(ask_socket("get=1\n\n"), before);
	small_gateway_end(&g);
}

static void a_reload_takes_other_keys(void **state)
{
	struct daemon_error error = {""};

	(void)state;
	gateway_open();
	text_write("psk", "not a key\n", 0600);
	assert_int_not_equal(daemon_reload(&g.daemon, &error), 0);
	assert_non_null(strstr(error.text, "/psk:1: no key of WireGuard: it has 44 letters"));
	assert_null(strstr(error.text, "not a key"));
	text_write("psk", PEER "\n", 0600);
	assert_int_equal(daemon_reload(&g.daemon, &error), 0);
	assert_non_null(strstr(ask_socket("get=1\n\n"), "preshared_key=" PEER_HEX));
	small_gateway_end(&g);
}

static void the_socket_follows_the_conf(void **state)
{
	struct daemon_error error = {""};
	char path[160];

	(void)state;
	gateway_open();
	(void)snprintf(path, sizeof(path), "%s/sockets/wg0.sock", g.directory);
	assert_int_equal(access(path, F_OK), 0);
	small_gateway_neighbours(&g, SMALL_GATEWAY_NEIGHBOUR);
	assert_int_equal(daemon_reload(&g.daemon, &error), 0);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_null(g.daemon.reconcile.running.wg);
	conf_extend("");
	assert_int_equal(daemon_reload(&g.daemon, &error), 0);
	assert_non_null(strstr(ask_socket("get=1\n\n"), "listen_port=51871\nerrno=0\n"));
	small_gateway_end(&g);
}

/* What sluiced says of a conf before it starts. */
static void start_refused(const char *group, const char *why)
{
	struct daemon_error error = {""};
	char command[128];

	small_gateway_make(&g, 0);
	text_write("own", PRESHARED "\n", 0600);
	text_write("zero", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 0600);
	conf_extend(group);
	assert_int_not_equal(daemon_open(&g.daemon, g.conf, SUPERVISE_SPAWN, &error), 0);
	if (!strstr(error.text, why))
		fail_msg("%s", error.text);
	assert_null(strstr(error.text, "FpCyhws9"));
	assert_int_equal(dry_run_check(g.conf), EXIT_FAILURE);
	(void)snprintf(command, sizeof(command), "rm -r %s", g.directory);
	assert_int_equal(system(command), 0);
}

static void wrong_keys_are_refused_at_the_start(void **state)
{
	uint8_t key[WG_KEY_SIZE], own[WG_KEY_SIZE];
	char text[WG_KEY_BASE64_SIZE], group[256];

	(void)state;
	start_refused("private_key_file = \"none\";", "/none: No such file or directory");
	start_refused("private_key_file = \"zero\";", "/zero:1: the key is zero");
	start_refused("private_key_file = \"test.conf\";", "/test.conf:1: no key of WireGuard");
	assert_int_equal(wg_key_read(PRESHARED, key), 0);
	wg_key_public(key, own);
	wg_key_base64(own, text);
	(void)snprintf(group, sizeof(group),
		       "private_key_file = \"own\"; peers = ({ public_key = \"%s\"; });", text);
	start_refused(group, ": wireguard.peers: this is our own public key");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_store_has_no_keys),
		cmocka_unit_test(no_answer_tells_a_key),
		cmocka_unit_test(changes_outlive_us),
		cmocka_unit_test(what_the_fast_path_refuses_is_taken_back),
		cmocka_unit_test(a_reload_takes_other_keys),
		cmocka_unit_test(the_socket_follows_the_conf),
		cmocka_unit_test(wrong_keys_are_refused_at_the_start),
	};

	fake_agent_main(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
