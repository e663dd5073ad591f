/* SPDX-License-Identifier: MIT */
/* sandbox_test.c — the sandbox on a loop of its own, its client and somebody who takes its webhooks beside it: what a
 * send sets off, and what is left when memory runs out anywhere on the way. */
#include "app/sandbox/sandbox.h"

#include <stdio.h>

#include "app/sandbox/webhook_body.h"
#include "base/err.h"
#include "io/loop/timer.h"
#include "io/server/exchange.h"
#include "support/fault.h"
#include "support/test.h"

enum { TURNS_MAX = 2000000, PATIENCE_MS = 10000, HOOKS_MAX = 64, RUNS_MAX = 4000 };

#define SECRET "demo-app-secret"

static struct world {
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_client *client;
	struct wq_server *server;
	struct wq_sandbox *sandbox;
	struct wq_timer watchdog;
	bool late, closed;
	char url[128];
	char log[1024]; /* what the hook saw: the kinds, in order */
	unsigned hooks, refuse; /* webhooks taken; how many are answered 503 first */
	struct wq_hmac_key *key;
	struct wq_call call;
	bool told;
	int rc;
} w;

static void on_watchdog(struct wq_timer *t)
{
	w.late = true;
	(void)t;
}

static bool is_set(void *ctx)
{
	return w.late || *(bool *)ctx;
}

static void turn_until(bool *fact)
{
	w.late = false;
	wq_timer_start(&w.watchdog, PATIENCE_MS);
	(void)wq_loop_run_until(w.loop, is_set, fact, TURNS_MAX);
	wq_timer_stop(&w.watchdog);
}

static void on_done(void *ctx)
{
	*(bool *)ctx = true;
}

/* --- the hook --------------------------------------------------------------------------------------------------- */

static void note(struct wq_str body)
{
	static const char *const kinds[] = { "\"sent\"", "\"delivered\"", "\"read\"",
		                             "\"failed\"" };
	size_t n = strlen(w.log);

	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		if (memmem(body.p, body.n, kinds[i], strlen(kinds[i])))
			(void)snprintf(w.log + n, sizeof(w.log) - n, "%s ", kinds[i]);
	if (memmem(body.p, body.n, "\"messages\":[", 12))
		(void)snprintf(w.log + n, sizeof(w.log) - n, "message ");
}

static void handle_hook(struct wq_exchange *x, void *ctx)
{
	struct wq_str body = wq_exchange_request(x)->body;
	struct wq_str given = wq_exchange_header(x, "X-Hub-Signature-256");
	char want[WQ_SIGNATURE_BYTES + 1];

	(void)ctx;
	if (wq_str_is(wq_exchange_header(x, "User-Agent"), "facebookexternalua") &&
	    wq_webhook_sign(w.key, body, want) == 0)
		WQ_CHECK_SLICE("signature", given, want);
	if (w.refuse > 0) {
		w.refuse--;
		wq_reply(x, 503, NULL, wq_strn(NULL, 0));
		return;
	}
	w.hooks++;
	note(body);
	wq_reply(x, 200, NULL, wq_strn(NULL, 0));
}

/* --- set up and take down --------------------------------------------------------------------------------------- */

static int open_server(void)
{
	const struct wq_route hook = { .method = WQ_POST,
		                       .pattern = "/hook",
		                       .handle = handle_hook };
	struct wq_server_opts o;
	struct wq_buf url;
	int rc;

	wq_server_opts_init(&o);
	rc = wq_server_create(&w.server, w.loop, &o);
	if (rc == 0)
		rc = wq_server_route(w.server, &hook);
	if (rc == 0)
		rc = wq_sandbox_routes(w.sandbox, w.server);
	if (rc < 0)
		return rc;
	wq_buf_init(&url, sizeof(w.url));
	rc = wq_server_listen(w.server, "127.0.0.1:0", false, &url);
	(void)snprintf(w.url, sizeof(w.url), "%.*s", WQ_STR_ARG(wq_buf_str(&url)));
	wq_buf_fini(&url);
	return rc < 0 || !w.url[0] ? WQ_ENOMEM : 0;
}

static int open_world(const struct wq_sandbox_opts *o)
{
	struct wq_client_opts client;
	int rc;

	w = (struct world){ .late = false };
	rc = wq_loop_create(&w.loop, NULL);
	if (rc < 0)
		return rc;
	wq_timer_init(&w.watchdog, w.loop, on_watchdog);
	w.key = wq_hmac_key_create(wq_str(SECRET));
	wq_client_opts_init(&client);
	client.http_proxy = client.https_proxy = client.no_proxy = NULL;
	rc = w.key ? wq_resolver_create(&w.resolver, w.loop, NULL) : WQ_ENOMEM;
	if (rc == 0)
		rc = wq_client_create(&w.client, w.loop, w.resolver, &client);
	if (rc == 0)
		rc = wq_sandbox_create(&w.sandbox, w.loop, w.client, o);
	return rc == 0 ? open_server() : rc;
}

static void close_one(void (*close)(void))
{
	w.closed = false;
	close();
	turn_until(&w.closed);
	WQ_CHECK("closed in time", w.closed);
}

static void close_server(void)
{
	wq_sandbox_release(w.sandbox);
	wq_server_drain(w.server, 100, on_done, &w.closed);
}

static void close_sandbox(void)
{
	wq_sandbox_close(w.sandbox, on_done, &w.closed);
}

static void close_client(void)
{
	wq_client_close(w.client, on_done, &w.closed);
}

static void close_resolver(void)
{
	wq_resolver_close(w.resolver, on_done, &w.closed);
}

static void close_world(void)
{
	if (w.server)
		close_one(close_server);
	wq_server_destroy(w.server);
	if (w.sandbox)
		close_one(close_sandbox);
	if (w.client)
		close_one(close_client);
	if (w.resolver)
		close_one(close_resolver);
	wq_hmac_key_destroy(w.key);
	wq_call_fini(&w.call);
	wq_loop_destroy(w.loop);
}

/* --- asking ----------------------------------------------------------------------------------------------------- */

static void on_told(struct wq_call *call, int rc)
{
	w.told = true;
	w.rc = rc;
	(void)call;
}

/* The status of the answer; 0: none. */
static int ask_as(const char *authorization, const char *method, const char *path, const char *body)
{
	static char url[256];

	wq_call_fini(&w.call);
	(void)snprintf(url, sizeof(url), "%s%s", w.url, path);
	w.call = (struct wq_call){ .method = method, .url = url, .body = wq_str(body) };
	w.call.headers[w.call.headers_n++] = (struct wq_call_header){ "Authorization",
		                                                      wq_str(authorization) };
	w.call.headers[w.call.headers_n++] = (struct wq_call_header){ "apikey", wq_str("any") };
	w.told = false;
	if (wq_call_start(w.client, &w.call, on_told) < 0)
		return 0;
	turn_until(&w.told);
	WQ_CHECK("told", w.told);
	return w.rc == 0 ? w.call.status : 0;
}

static int ask(const char *method, const char *path, const char *body)
{
	return ask_as("Bearer any", method, path, body);
}

static int send_one(const char *body)
{
	return ask("POST", "/v24.0/100000000000001/messages", body);
}

static void aim(void)
{
	char body[256];

	(void)snprintf(body, sizeof(body),
	               "{\"webhook_url\":\"%s/hook\",\"webhook_secret\":\"" SECRET "\"}", w.url);
	(void)ask("PATCH", "/_sandbox/settings", body);
}

static bool counted(void *ctx)
{
	return w.late || w.hooks >= *(unsigned *)ctx;
}

static void wait_for_hooks(unsigned n)
{
	w.late = false;
	wq_timer_start(&w.watchdog, PATIENCE_MS);
	(void)wq_loop_run_until(w.loop, counted, &n, TURNS_MAX);
	wq_timer_stop(&w.watchdog);
	WQ_CHECK_INT("webhooks", w.hooks, n);
}

#define HELLO "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"text\":{\"body\":\"hi\"}}"

/* --- tests ------------------------------------------------------------------------------------------------------ */

WQ_TEST(a_send_sets_off_its_webhooks)
{
	const struct wq_sandbox_opts o = { .seed = 1,
		                           .status_delay_ms = 20,
		                           .faults = { .reply_ppm = WQ_PPM } };

	WQ_CHECK_INT("open", open_world(&o), 0);
	aim();
	w.refuse = 1;
	WQ_CHECK_INT("accepted", send_one(HELLO), 200);
	wait_for_hooks(4);
	WQ_CHECK("sent is late: it was refused once", strstr(w.log, "\"sent\"") != NULL);
	WQ_CHECK("a reply", strstr(w.log, "message") != NULL);
	close_world();
}

WQ_TEST(orders_are_overtaken_one_by_one)
{
	const struct wq_sandbox_opts o = { .seed = 1,
		                           .status_delay_ms = 30,
		                           .faults = { .reorder_ppm = WQ_PPM } };

	WQ_CHECK_INT("open", open_world(&o), 0);
	aim();
	WQ_CHECK_INT("accepted", send_one(HELLO), 200);
	wait_for_hooks(3);
	WQ_CHECK_STR("in this order", w.log, "\"delivered\" \"sent\" \"read\" ");
	close_world();
}

WQ_TEST(closing_with_all_in_flight_leaves_nothing)
{
	const struct wq_sandbox_opts o = { .seed = 1,
		                           .faults = { .dup_ppm = WQ_PPM, .reorder_ppm = WQ_PPM } };

	WQ_CHECK_INT("open", open_world(&o), 0);
	aim();
	w.refuse = HOOKS_MAX;
	for (int i = 0; i < 10; i++)
		WQ_CHECK_INT("accepted", send_one(HELLO), 200);
	WQ_CHECK_INT("forget", ask("DELETE", "/_sandbox", ""), 204);
	for (int i = 0; i < 10; i++)
		WQ_CHECK_INT("accepted", send_one(HELLO), 200);
	WQ_CHECK_INT("an order", ask("POST", "/_sandbox/faults", "{\"do\":\"hang\"}"), 201);
	close_world();
}

static const struct wq_sandbox_opts plain = { .seed = 1, .faults = { .reply_ppm = WQ_PPM } };

/* Whatever fails, every question is answered or refused, and nothing stays behind. */
static void scenario(void)
{
	if (open_world(&plain) == 0) {
		aim();
		(void)ask("POST", "/_sandbox/faults",
		          "{\"match\":{\"nth\":2},\"do\":\"reset_after\"}");
		(void)send_one(HELLO);
		(void)send_one(HELLO);
		(void)ask("POST", "/_sandbox/inbound",
		          "{\"from\":\"593900000011\",\"text\":\"hi\"}");
		(void)ask("GET", "/_sandbox/messages", "");
		(void)ask("GET", "/_sandbox/webhooks", "");
		(void)ask("GET", "/_sandbox/counts", "");
		(void)ask("DELETE", "/_sandbox", "");
	}
	close_world();
}

WQ_TEST(memory_may_run_out_anywhere)
{
	wq_fault_sweep("sandbox", scenario, RUNS_MAX);
}

#define ACCOUNT "/2010-04-01/Accounts/AC00000000000000000000000000000002"
#define BASIC   "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMjphbnk="

/* The same with the two other providers, limits and questions. */
static void others(void)
{
	char body[400];

	if (open_world(&plain) == 0) {
		(void)snprintf(
			body, sizeof(body),
			"{\"evolution_webhook_url\":\"%s/hook\",\"twilio_webhook_url\":\"%s/hook\"}",
			w.url, w.url);
		(void)ask("PATCH", "/_sandbox/settings", body);
		(void)ask("POST", "/_sandbox/limits", "{\"per\":\"pair\",\"rate\":0.1}");
		for (int i = 0; i < 2; i++)
			(void)ask("POST", "/message/sendText/aurora",
			          "{\"number\":\"593900000011\",\"text\":\"hi\"}");
		(void)ask_as(
			BASIC, "POST", ACCOUNT "/Messages.json",
			"To=whatsapp%3A%2B593900000011&From=whatsapp%3A%2B12025550100&Body=hi");
		(void)ask_as(BASIC, "GET", ACCOUNT "/Messages.json", "");
		(void)ask("GET", "/_sandbox/duplicates", "");
		(void)ask("GET", "/_sandbox/rates", "");
		(void)ask("GET", "/_sandbox/order?to=593900000011", "");
		(void)ask("DELETE", "/_sandbox", "");
	}
	close_world();
}

WQ_TEST(memory_may_run_out_anywhere_else)
{
	wq_fault_sweep("sandbox, others", others, RUNS_MAX);
}

WQ_TEST_MAIN(WQ_CASE(a_send_sets_off_its_webhooks), WQ_CASE(orders_are_overtaken_one_by_one),
             WQ_CASE(closing_with_all_in_flight_leaves_nothing),
             WQ_CASE(memory_may_run_out_anywhere), WQ_CASE(memory_may_run_out_anywhere_else))
