/* SPDX-License-Identifier: MIT */
/* webhook_sweep_test.c — R13: webhooks of all providers over HTTP with the first, the second, … allocation failing.
 * A 200 is answered only when the job is in Redis, and who posts again until then makes one job of it. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/sink/hooks.h"
#include "base/alloc.h"
#include "base/err.h"
#include "domain/sink/twilio_signature.h"
#include "support/fault.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

#define SECRET "a secret of tests"

enum {
	POSTS_MAX = 5,      /* until it is taken */
	RUNS_MAX = 2000,
	REQUEST_BYTES = 65536,
	KEPT_BLOCKS = 8     /* of what grows for all requests: Redis' buffers, the pool of documents */
};

/* A webhook of each, as it comes. */
static const struct scenario {
	const char *what, *sample, *path, *type;
	enum wq_provider provider;
	const char *queue; /* that gets a job; NULL: it is not signed, and refused */
} scenarios[] = {
	{ "a message of Meta's", "cloud/message_text.json", "/webhooks/whatsapp", "application/json",
	  WQ_PROVIDER_CLOUD, "in" },
	{ "a long message of Meta's", "cloud/message_text_4096_chars_utf8.json", "/webhooks/whatsapp",
	  "application/json", WQ_PROVIDER_CLOUD, "in" },
	{ "a status of Meta's", "cloud/status_delivered.json", "/webhooks/whatsapp", "application/json",
	  WQ_PROVIDER_CLOUD, "st" },
	{ "a message of Evolution's", "evolution/messages_upsert_text.json", "/webhooks/evolution/inst",
	  "application/json", WQ_PROVIDER_EVOLUTION, "in" },
	{ "a message of Twilio's", "twilio/inbound_text.form", "/webhooks/twilio",
	  "application/x-www-form-urlencoded", WQ_PROVIDER_TWILIO, "in" },
	{ "a forgery", "cloud/message_text.json", "/webhooks/whatsapp", "application/json",
	  WQ_PROVIDER_CLOUD, NULL },
};

static struct wq_redisd redisd;
static struct wq_redis_world w;
static struct wq_server *server;
static struct wq_sink *sink;
static struct wq_refusals refusals;
static struct wq_secrets secrets[WQ_PROVIDERS];
static struct wq_hooks hooks;
static uint16_t port;
static bool drained, sink_closed;

static const struct scenario *at;
static char body[REQUEST_BYTES / 2], request[REQUEST_BYTES];
static size_t request_n;

/* A peer at a raw socket: none of its bytes is an allocation of ours. */
static struct {
	int fd;
	char in[4096];
	size_t n;
	bool eof;
} dial;

static bool has_answer(void *ctx)
{
	ssize_t n;

	(void)ctx;
	while ((n = recv(dial.fd, dial.in + dial.n, sizeof(dial.in) - 1 - dial.n, MSG_DONTWAIT)) >
	       0)
		dial.n += (size_t)n;
	dial.in[dial.n] = '\0';
	dial.eof = n == 0 || (n < 0 && errno != EAGAIN);
	return dial.eof;
}

static bool is_alone(void *ctx)
{
	(void)ctx;
	return wq_server_connections(server) == 0;
}

static void dial_open(void)
{
	struct sockaddr_in there = { .sin_family = AF_INET,
		                     .sin_port = htons(port),
		                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	dial.n = 0;
	dial.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	WQ_CHECK_INT("connected", connect(dial.fd, (struct sockaddr *)&there, sizeof(there)), 0);
}

/* The status; 0: the connection was closed instead. */
static int post(void)
{
	dial_open();
	WQ_CHECK_INT("written", send(dial.fd, request, request_n, MSG_NOSIGNAL), request_n);
	WQ_CHECK("answered, or closed", wq_redis_world_wait(&w, has_answer, NULL));
	close(dial.fd);
	WQ_CHECK("nobody is left", wq_redis_world_wait(&w, is_alone, NULL));
	return strncmp(dial.in, "HTTP/1.1 ", 9) == 0 && dial.n > 12
	               ? (int)strtol(dial.in + 9, NULL, 10)
	               : 0;
}

static const char *jobs(void)
{
	char command[64];

	snprintf(command, sizeof(command), "LLEN bull:%s:wait", at->queue ? at->queue : "in");
	return wq_redisd_ask(&redisd, command);
}

static void a_webhook_comes(void)
{
	int status = 0;

	wq_redisd_ask(&redisd, "FLUSHDB");
	for (unsigned i = 0; i < POSTS_MAX && status != 200 && status != 401; i++) {
		status = post();
		if (status == 200)
			WQ_CHECK_STR(at->what, jobs(), "1");
		else
			WQ_CHECK(dial.in,
			         status == 0 || status == 503 || (status == 401 && !at->queue));
	}
	WQ_CHECK_INT(at->what, status, at->queue ? 200 : 401);
	WQ_CHECK_STR(at->what, jobs(), at->queue ? "1" : "0");
}

/* The header that proves it. */
static void sign(const struct scenario *s, char out[256])
{
	struct wq_str text = wq_str(body);
	unsigned char mac[WQ_SHA256_BYTES];
	struct wq_hmac_key *key;
	char hex[2 * WQ_SHA256_BYTES], base64[WQ_TWILIO_SIGNATURE_BYTES + 1], url[128];

	out[0] = '\0';
	if (s->provider == WQ_PROVIDER_EVOLUTION) {
		snprintf(out, 256, "apikey: %s\r\n", SECRET);
	} else if (s->provider == WQ_PROVIDER_TWILIO) {
		snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", port, s->path);
		WQ_CHECK_INT("signed",
		             wq_twilio_sign(wq_str(SECRET), wq_str(url), wq_str(s->type), text,
		                            base64),
		             0);
		snprintf(out, 256, "X-Twilio-Signature: %s\r\n", base64);
	} else {
		key = wq_hmac_key_create(wq_str(s->queue ? SECRET : "another"));
		WQ_CHECK("key", key && wq_hmac(key, text, mac) == 0);
		wq_hex_encode(mac, sizeof(mac), hex);
		snprintf(out, 256, "X-Hub-Signature-256: sha256=%.*s\r\n", (int)sizeof(hex), hex);
		wq_hmac_key_destroy(key);
	}
}

static void load(const struct scenario *s)
{
	char path[512], header[256];
	FILE *f;
	size_t n;

	at = s;
	snprintf(path, sizeof(path), "%s/samples/%s", WQ_TESTS_DIR, s->sample);
	f = fopen(path, "r");
	WQ_CHECK(path, f != NULL);
	n = fread(body, 1, sizeof(body) - 1, f);
	fclose(f);
	while (n > 0 && body[n - 1] == '\n' && s->provider == WQ_PROVIDER_TWILIO)
		n--;
	body[n] = '\0';
	sign(s, header);
	request_n =
		(size_t)snprintf(request, sizeof(request),
	                         "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: %s\r\n%s"
	                         "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
	                         s->path, port, s->type, header, n, body);
}

static void open_sink(void)
{
	static const struct wq_sink_limits limits = { .waiting_max = 100,
		                                      .waiting_max_bytes = 1 << 20 };
	struct wq_sink_opts o = {
		.prefix = wq_str("bull"), .log_max = 100, .log_ms = 60000, .log_body = true
	};
	const struct wq_webhook_keep keep = { .log_max = 100, .log_ms = 60000, .refused_max = 10 };
	const char *why = NULL;

	o.jobs[WQ_SINK_MESSAGES] = (struct wq_sink_jobs){ wq_str("in"), wq_str("{}"), 0 };
	o.jobs[WQ_SINK_STATUSES] = (struct wq_sink_jobs){ wq_str("st"), wq_str("{}"), 0 };
	WQ_CHECK_INT("sink", wq_sink_create(&sink, w.loop, w.redis, &o, &limits, &why), 0);
	WQ_CHECK_INT("refusals",
	             wq_refusals_start(&refusals, w.loop, w.redis, wq_str("bull"), &keep), 0);
}

static void open_server(void)
{
	struct wq_server_opts o;
	struct wq_buf url;

	wq_server_opts_init(&o);
	WQ_CHECK_INT("server", wq_server_create(&server, w.loop, &o), 0);
	for (size_t i = 0; i < WQ_COUNT(secrets); i++)
		WQ_CHECK_INT("secret", wq_secrets_init_one(&secrets[i], wq_str(SECRET)), 0);
	hooks = (struct wq_hooks){ .loop = w.loop,
		                   .server = server,
		                   .sink = sink,
		                   .refusals = &refusals,
		                   .secrets = secrets,
		                   .body_max_bytes = 1 << 20,
		                   .source_limits = { 1000000, 1000000 } };
	WQ_CHECK_INT("hooks", wq_hooks_start(&hooks), 0);
	wq_buf_init(&url, 128);
	WQ_CHECK_INT("listens", wq_server_listen(server, "127.0.0.1:0", false, &url), 0);
	WQ_CHECK_INT("address", wq_buf_add(&url, "", 1), 0);
	port = (uint16_t)strtol(strrchr(url.p, ':') + 1, NULL, 10);
	wq_buf_fini(&url);
}

static bool is_there(void *ctx)
{
	(void)ctx;
	return wq_server_connections(server) == 1;
}

/* The head, half of the body, and no more. */
static void leave_in_the_middle(void)
{
	dial_open();
	WQ_CHECK("half", send(dial.fd, request, request_n - 100, MSG_NOSIGNAL) > 0);
	WQ_CHECK("it is there", wq_redis_world_wait(&w, is_there, NULL));
	wq_redis_world_turn(&w, 1);
	close(dial.fd);
	WQ_CHECK("it is gone", wq_redis_world_wait(&w, is_alone, NULL));
}

static void who_leaves_in_the_middle_leaves_nothing(void)
{
	enum { TIMES = 20 };
	uint64_t live;

	leave_in_the_middle();
	live = wq_alloc_live();
	for (unsigned i = 0; i < TIMES; i++)
		leave_in_the_middle();
	WQ_CHECK_INT("nothing adds up", wq_alloc_live(), live);
}

static void set(void *ctx)
{
	*(bool *)ctx = true;
}

static bool is_set(void *ctx)
{
	return *(bool *)ctx;
}

static void close_all(void)
{
	wq_server_drain(server, 1000, set, &drained);
	WQ_CHECK("drained", wq_redis_world_wait(&w, is_set, &drained));
	wq_refusals_stop(&refusals);
	wq_sink_close(sink, set, &sink_closed);
	WQ_CHECK("the sink closes", wq_redis_world_wait(&w, is_set, &sink_closed));
	wq_hooks_fini(&hooks);
	wq_server_destroy(server);
	for (size_t i = 0; i < WQ_COUNT(secrets); i++)
		wq_secrets_fini(&secrets[i]);
}

WQ_TEST(a_webhook_without_memory_is_held_or_refused)
{
	struct wq_fault_result result;
	uint64_t live = wq_alloc_live();

	wq_redisd_start(&redisd, NULL);
	wq_redis_world_begin(&w, redisd.url, NULL);
	wq_redis_world_until_ready(&w);
	open_sink();
	open_server();
	for (size_t i = 0; i < WQ_COUNT(scenarios); i++) {
		load(&scenarios[i]);
		a_webhook_comes(); /* the script is known, and buffers have grown */
		wq_fault_allow(KEPT_BLOCKS);
		result = wq_fault_sweep(at->what, a_webhook_comes, RUNS_MAX);
		WQ_CHECK("some runs", result.runs > 1);
	}
	load(&scenarios[0]);
	who_leaves_in_the_middle_leaves_nothing();
	close_all();
	wq_redis_world_end(&w);
	wq_redisd_stop(&redisd);
	WQ_CHECK_INT("nothing is left", wq_alloc_live(), live);
}

WQ_TEST_MAIN(WQ_CASE(a_webhook_without_memory_is_held_or_refused))
