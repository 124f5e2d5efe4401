/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What users hand to the policy commands and to `explain --packet`: a frame, hex, a capture, a
 * file of expectations, ports and ends. Any bytes are an answer or one line of error. The first
 * byte says which.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "control/offline/expect.h"
#include "control/offline/packet_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void error_check(int err, const struct offline_error *error)
{
	CHECK(!err || (*error->text && !strchr(error->text, '\n')));
}

static void packet_check(const struct packet_read *packet)
{
	CHECK(packet->tuple.family == FAMILY_IP4 || packet->tuple.family == FAMILY_IP6);
	CHECK(addr_is_v4(&packet->tuple.src) == (packet->tuple.family == FAMILY_IP4));
}

static void packet_take(char kind, const uint8_t *data, size_t size)
{
	struct offline_error error = {""};
	struct packet_read packet;
	int err;

	if (kind == 'f')
		err = packet_read_frame(data, size, &packet, &error);
	else if (kind == 'h')
		err = packet_read_hex((const char *)data, size, &packet, &error);
	else
		err = packet_read_pcap(data, size, &packet, &error);
	error_check(err, &error);
	if (!err)
		packet_check(&packet);
}

static void expectations_take(const char *bytes, size_t size)
{
	struct offline_texts texts = {0};
	struct expectations expectations = {.file = NULL};
	struct offline_error error = {""};
	struct end_list ends = {0};
	int err;

	texts_add(&texts, "tests.yaml", bytes, size);
	err = expectations_read(&texts.items[0], &expectations, &error);

	error_check(err, &error);
	if (!err)
		error_check(expectations_add_externals(&expectations, &ends, &error), &error);
	ends_free(&ends);
	expectations_free(&expectations);
	texts_free(&texts);
}

static void words_take(const char *text)
{
	static struct label label = {"app", "web"};
	struct pod_object pod = {
		.meta = {.name = "web", .space = "shop", .labels = {&label, 1}},
		.address_count = 1,
	};
	struct objects objects = {.pods = &pod, .pod_count = 1};
	struct end_list ends = {0}, found = {0};
	struct offline_error error = {""};
	struct port_list ports = {0};

	pod.addresses = &(union addr){.d = {1, 2}};
	ends_add_pods(&ends, &objects);
	error_check(ports_parse(text, &ports, &error), &error);
	error_check(ends_add_external(&ends, text, &error), &error);
	error_check(ends_find(&ends, text, &found, &error), &error);
	GROW_FREE(&ports);
	ends_free(&found);
	ends_free(&ends);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = malloc(size);
	CHECK(text);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (*data) {
	case 'f':
	case 'h':
	case 'p':
		/* Without a zero behind it: what is read there is seen. */
		packet_take((char)*data, data + 1, size - 1);
		break;
	case 't':
		expectations_take(text, size - 1);
		break;
	default:
		words_take(text);
		break;
	}
	free(text);
	return 0;
}

#include "test/fuzz/replay_main.inc"
