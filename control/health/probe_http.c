/* SPDX-License-Identifier: Apache-2.0 */

/*
 * HTTP GET and gRPC health, by libcurl on our own descriptors and timers.
 *
 * Each probe is a new connection: that the server takes one is half of what is asked. Servers may
 * be hostile: headers and body are bounded, nothing is followed, no proxy, cookie, name or
 * credential is used, and the time of the whole is bounded by the check's deadline.
 */

#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "control/health/grpc_health.h"
#include "control/health/probe.h"
#include "fastpath/base/check.h"

#define HEADERS_MAX 16384
/* What a body has beyond it is not read; the status has been told by then. */
#define BODY_MAX  65536
#define IDLE_MAX  256
#define NO_STATUS (-1)

struct http_probe {
	struct http_engine *engine;
	struct check *check;
	CURL *easy;
	struct curl_slist *headers;
	size_t header_size;
	size_t body_size;
	bool is_enough; /* ended by us, because the body is long */
	bool is_too_much;
	long grpc_status;
	uint8_t answer[GRPC_ANSWER_MAX];
};

struct http_engine {
	struct checks *checks;
	struct reactor *reactor;
	CURLM *multi;
	struct reactor_timer timer;
	CURL *idle[IDLE_MAX];
	size_t idle_count;
};

/* ---- what the server sends ---- */

static size_t header_take(char *bytes, size_t one, size_t count, void *arg)
{
	static const char name[] = "grpc-status:";
	struct http_probe *probe = arg;
	size_t size = one * count;

	probe->header_size += size;
	if (probe->header_size > HEADERS_MAX) {
		probe->is_too_much = true;
		return 0;
	}
	/* One line, not ended by a zero. */
	if (size >= sizeof(name) && strncasecmp(bytes, name, sizeof(name) - 1) == 0) {
		size_t i = sizeof(name) - 1;

		while (i < size && bytes[i] == ' ')
			i++;
		probe->grpc_status =
			i < size && bytes[i] >= '0' && bytes[i] <= '9' ? bytes[i] - '0' : NO_STATUS;
		if (i + 1 < size && bytes[i + 1] >= '0' && bytes[i + 1] <= '9')
			probe->grpc_status = probe->grpc_status * 10 + bytes[i + 1] - '0';
	}
	return size;
}

static size_t body_take(char *bytes, size_t one, size_t count, void *arg)
{
	struct http_probe *probe = arg;
	size_t size = one * count, at = probe->body_size;

	if (at < sizeof(probe->answer))
		memcpy(probe->answer + at, bytes,
		       size < sizeof(probe->answer) - at ? size : sizeof(probe->answer) - at);
	probe->body_size += size;
	if (probe->body_size <= BODY_MAX)
		return size;
	probe->is_enough = true;
	return 0;
}

/* ---- the end of a probe ---- */

static void probe_free(struct http_probe *probe)
{
	struct http_engine *engine = probe->engine;

	(void)curl_multi_remove_handle(engine->multi, probe->easy);
	curl_slist_free_all(probe->headers);
	if (engine->idle_count < IDLE_MAX) {
		curl_easy_reset(probe->easy);
		engine->idle[engine->idle_count++] = probe->easy;
	} else {
		curl_easy_cleanup(probe->easy);
	}
	probe->check->http = NULL;
	free(probe);
}

void http_cancel(struct http_engine *engine, struct check *check)
{
	(void)engine;
	if (check->http)
		probe_free(check->http);
}

static void grpc_end(struct check *check, const struct http_probe *end, long status)
{
	static const char *const names[] = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
	uint64_t serving;

	if (status != 200)
		check_ended(check, PROBE_BAD, "HTTP status %ld", status);
	else if (end->grpc_status == NO_STATUS)
		check_ended(check, PROBE_BAD, "the answer has no grpc-status");
	else if (end->grpc_status)
		check_ended(check, PROBE_BAD, "grpc-status %ld", end->grpc_status);
	else if (end->body_size > sizeof(end->answer) ||
		 grpc_answer_read(end->answer, end->body_size, &serving))
		check_ended(check, PROBE_BAD, "the answer is no HealthCheckResponse");
	else if (serving != GRPC_SERVING)
		check_ended(check, PROBE_BAD, "%s",
			    serving < ARRAY_SIZE(names) ? names[serving] : "an unknown state");
	else
		check_ended(check, PROBE_GOOD, "%s", "");
}

static void http_end(struct check *check, long status)
{
	if (status >= 200 && status < 400)
		check_ended(check, PROBE_GOOD, "%s", "");
	else
		check_ended(check, PROBE_BAD, "HTTP status %ld", status);
}

static void broken_end(struct check *check, CURLcode code, long os_error)
{
	if (code == CURLE_COULDNT_CONNECT && os_error)
		check_failed_errno(check, (int)os_error);
	/* That is also how libcurl names a header line that grows without end. */
	else if (code == CURLE_OUT_OF_MEMORY)
		check_ended(check, PROBE_BAD, "an answer of a size that is no answer");
	else
		check_ended(check, PROBE_BAD, "%s", curl_easy_strerror(code));
}

static void transfer_ended(struct http_probe *probe, CURLcode code)
{
	struct check *check = probe->check;
	const struct http_probe end = *probe;
	long status = 0, os_error = 0;

	(void)curl_easy_getinfo(probe->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(probe->easy, CURLINFO_OS_ERRNO, &os_error);
	probe_free(probe);
	if (end.is_too_much)
		check_ended(check, PROBE_BAD, "more than %d bytes of headers", HEADERS_MAX);
	else if (code != CURLE_OK && !end.is_enough)
		broken_end(check, code, os_error);
	else if (check->ask.kind == HEALTH_GRPC)
		grpc_end(check, &end, status);
	else
		http_end(check, status);
}

/* ---- between libcurl and the reactor ---- */

static void ended_take(struct http_engine *engine)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(engine->multi, &left))) {
		struct http_probe *probe = NULL;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &probe);
		transfer_ended(probe, code);
	}
}

struct engine_socket {
	struct http_engine *engine;
	curl_socket_t fd;
};

static void socket_ready(void *arg, uint32_t events)
{
	const struct engine_socket socket = *(struct engine_socket *)arg;
	int running, mask = 0;

	if (events & EPOLLIN)
		mask |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		mask |= CURL_CSELECT_ERR;
	(void)curl_multi_socket_action(socket.engine->multi, socket.fd, mask, &running);
	ended_take(socket.engine);
}

static int socket_wanted(CURL *easy, curl_socket_t fd, int what, void *arg, void *of_socket)
{
	struct http_engine *engine = arg;
	struct engine_socket *socket = of_socket;
	uint32_t events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		reactor_forget(engine->reactor, fd);
		free(socket);
		(void)curl_multi_assign(engine->multi, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		events |= EPOLLOUT;
	if (socket)
		return reactor_change(engine->reactor, fd, events) ? -1 : 0;
	socket = malloc(sizeof(*socket));
	CHECK(socket);
	*socket = (struct engine_socket){engine, fd};
	(void)curl_multi_assign(engine->multi, fd, socket);
	return reactor_watch(engine->reactor, fd, events, socket_ready, socket) ? -1 : 0;
}

static void engine_due(void *arg)
{
	struct http_engine *engine = arg;
	int running;

	(void)curl_multi_socket_action(engine->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	ended_take(engine);
}

static int timer_wanted(CURLM *multi, long timeout_ms, void *arg)
{
	struct http_engine *engine = arg;

	(void)multi;
	if (timeout_ms < 0)
		reactor_timer_clear(engine->reactor, &engine->timer);
	else
		reactor_timer_set(engine->reactor, &engine->timer,
				  (uint64_t)timeout_ms * REACTOR_MS);
	return 0;
}

/* ---- the beginning of a probe ---- */

/* gcc's checks of curl_easy_setopt() see constants only in its own arguments. */
static void header_add(struct http_probe *probe, const char *line)
{
	struct curl_slist *list = curl_slist_append(probe->headers, line);

	CHECK(list);
	probe->headers = list;
}

static void url_set(struct http_probe *probe, const char *path)
{
	const struct health_check_record *ask = &probe->check->ask;
	char addr[ADDR_TEXT_MAX], line[HEALTH_PATH_MAX + 16];
	char url[HEALTH_PATH_MAX + ADDR_TEXT_MAX + 32];
	const char *open = addr_is_v4(&ask->ask) ? "" : "[";
	const char *close = addr_is_v4(&ask->ask) ? "" : "]";

	(void)snprintf(url, sizeof(url), "http://%s%s%s:%u%s", open, addr_format(&ask->ask, addr),
		       close, ask->ask_port, path);
	(void)curl_easy_setopt(probe->easy, CURLOPT_URL, url);
	if (!probe->check->host[0])
		return;
	(void)snprintf(line, sizeof(line), "Host: %s", probe->check->host);
	header_add(probe, line);
}

static void grpc_set(struct http_probe *probe)
{
	uint8_t request[GRPC_REQUEST_MAX];
	size_t size = grpc_request_write(probe->check->path, request);

	url_set(probe, "/grpc.health.v1.Health/Check");
	header_add(probe, "Content-Type: application/grpc");
	header_add(probe, "TE: trailers");
	(void)curl_easy_setopt(probe->easy, CURLOPT_HTTP_VERSION,
			       CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
	(void)curl_easy_setopt(probe->easy, CURLOPT_POSTFIELDSIZE, (long)size);
	(void)curl_easy_setopt(probe->easy, CURLOPT_COPYPOSTFIELDS, request);
}

static void http_set(struct http_probe *probe)
{
	url_set(probe, probe->check->path);
	header_add(probe, "Connection: close");
	(void)curl_easy_setopt(probe->easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(probe->easy, CURLOPT_HTTPGET, 1L);
}

static void bounds_set(struct http_probe *probe)
{
	CURL *easy = probe->easy;

	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, probe);
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 4096L);
	(void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "sluice-health/" SLUICE_VERSION);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_take);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, probe);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_take);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, probe);
	(void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, probe->headers);
}

void http_start(struct http_engine *engine, struct check *check)
{
	struct http_probe *probe = calloc(1, sizeof(*probe));

	CHECK(probe);
	*probe = (struct http_probe){
		.engine = engine,
		.check = check,
		.grpc_status = NO_STATUS,
		.easy = engine->idle_count ? engine->idle[--engine->idle_count] : curl_easy_init(),
	};
	CHECK(probe->easy);
	check->http = probe;
	if (check->ask.kind == HEALTH_GRPC)
		grpc_set(probe);
	else
		http_set(probe);
	bounds_set(probe);
	CHECK(curl_multi_add_handle(engine->multi, probe->easy) == CURLM_OK);
}

/* ---- open and close ---- */

int http_open(struct http_engine **out, struct checks *checks)
{
	struct http_engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return -ENOMEM;
	engine->checks = checks;
	engine->reactor = checks_reactor(checks);
	engine->timer = (struct reactor_timer){.fn = engine_due, .arg = engine};
	if (curl_global_init(CURL_GLOBAL_NOTHING) == CURLE_OK)
		engine->multi = curl_multi_init();
	if (!engine->multi) {
		free(engine);
		return -ENOMEM;
	}
	(void)curl_multi_setopt(engine->multi, CURLMOPT_SOCKETFUNCTION, socket_wanted);
	(void)curl_multi_setopt(engine->multi, CURLMOPT_SOCKETDATA, engine);
	(void)curl_multi_setopt(engine->multi, CURLMOPT_TIMERFUNCTION, timer_wanted);
	(void)curl_multi_setopt(engine->multi, CURLMOPT_TIMERDATA, engine);
	(void)curl_multi_setopt(engine->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
	*out = engine;
	return 0;
}

void http_close(struct http_engine *engine)
{
	if (!engine)
		return;
	for (size_t i = 0; i < engine->idle_count; i++)
		curl_easy_cleanup(engine->idle[i]);
	(void)curl_multi_cleanup(engine->multi);
	reactor_timer_clear(engine->reactor, &engine->timer);
	curl_global_cleanup();
	free(engine);
}
