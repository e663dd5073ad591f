/* SPDX-License-Identifier: MIT */
/* control.c — the page at /, counts, settings while it runs, and a clean slate. */
#include "app/sandbox/control.h"

#include <stdio.h>

#include "base/err.h"
#include "base/limits.h"

static const char page[] =
	"willaq sandbox: behaves like Meta's WhatsApp Cloud API; nothing leaves this machine.\n"
	"\n"
	"Send:      curl -H 'Authorization: Bearer any' -H 'Content-Type: application/json' \\\n"
	"             -d '{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"text\":"
	"{\"body\":\"Hello\"}}' \\\n"
	"             http://HOST/v23.0/100000000000001/messages\n"
	"What came: curl http://HOST/_sandbox/messages\n"
	"Counts:    curl http://HOST/_sandbox/counts\n"
	"Webhooks:  curl http://HOST/_sandbox/webhooks\n"
	"Write as a customer:\n"
	"           curl -d '{\"from\":\"593900000011\",\"text\":\"Hi\"}' http://HOST/_sandbox/inbound\n"
	"The next send fails:\n"
	"           curl -d '{\"do\":\"error\",\"code\":131056}' http://HOST/_sandbox/faults\n"
	"Aim the webhooks, change rates:\n"
	"           curl -X PATCH -d '{\"webhook_url\":\"http://127.0.0.1:8780/webhooks/whatsapp\","
	"\"fail_pct\":5}' \\\n"
	"             http://HOST/_sandbox/settings\n"
	"Start over: curl -X DELETE http://HOST/_sandbox\n"
	"\n"
	"Also: /v23.0/ID/media, /_sandbox/faults, /livez, /readyz, /metrics, /openapi.json\n";

static void handle_page(struct wq_exchange *x, void *ctx)
{
	(void)ctx;
	wq_reply(x, 200, "text/plain; charset=utf-8", wq_str(page));
}

void wq_control_answer(struct wq_exchange *x, int status, struct wq_buf *body, int rc)
{
	if (rc == WQ_ETOOBIG)
		wq_reply_problem(x, 500, "answer_too_large", "Ask for fewer with ?limit=.");
	else if (rc < 0)
		wq_reply_problem(x, 500, "out_of_memory", "The answer could not be made.");
	else
		wq_reply_json(x, status, wq_buf_str(body));
	wq_buf_fini(body);
}

yyjson_doc *wq_control_read(struct wq_exchange *x)
{
	const char *why = "malformed";
	yyjson_doc *doc = wq_json_read(wq_exchange_request(x)->body, WQ_SANDBOX_JSON_DEPTH_MAX,
	                               &why);

	if (!doc) {
		wq_reply_problem(x, 400, "bad_json", "The body is not valid JSON: %s.", why);
		return NULL;
	}
	if (yyjson_is_obj(yyjson_doc_get_root(doc)))
		return doc;
	wq_json_free(doc);
	wq_reply_problem(x, 400, "bad_json", "The body is not a JSON object.");
	return NULL;
}

static void write_record_counts(const struct wq_record *r, struct wq_jsonw *w)
{
	const struct wq_record_counts *c = wq_record_counts(r);

	wq_jsonw_put_int(w, "posts", c->posts);
	wq_jsonw_put_int(w, "accepted", c->accepted);
	wq_jsonw_put_int(w, "refused",
	                 c->outcomes[WQ_OUTCOME_REFUSED] + c->outcomes[WQ_OUTCOME_UNAUTHORIZED]);
	wq_jsonw_put_int(w, "duplicates", c->duplicates);
	wq_jsonw_put_bool(w, "duplicates_complete", wq_record_complete(r));
	wq_jsonw_put_int(w, "kept", wq_record_kept(r));
	wq_jsonw_put_int(w, "dropped", c->dropped);
	wq_jsonw_key(w, "outcomes");
	wq_jsonw_object(w);
	for (int o = 0; o < WQ_OUTCOMES; o++)
		wq_jsonw_put_int(w, wq_outcome_name((enum wq_outcome)o), c->outcomes[o]);
	wq_jsonw_object_end(w);
}

static void write_webhook_counts(const struct wq_webhooks_counts *c, struct wq_jsonw *w)
{
	wq_jsonw_key(w, "webhooks");
	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "created", c->created);
	wq_jsonw_put_int(w, "delivered", c->delivered);
	wq_jsonw_put_int(w, "given_up", c->given_up);
	wq_jsonw_put_int(w, "lost", c->lost);
	wq_jsonw_put_int(w, "refused", c->refused);
	wq_jsonw_put_int(w, "posts", c->posts);
	wq_jsonw_put_int(w, "doubled", c->doubled);
	wq_jsonw_put_int(w, "overtaken", c->overtaken);
	wq_jsonw_put_int(w, "waiting", c->waiting);
	wq_jsonw_put_int(w, "in_flight", c->in_flight);
	wq_jsonw_object_end(w);
}

static void handle_counts(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	write_record_counts(sb->record, &w);
	write_webhook_counts(wq_webhooks_counts(sb->webhooks), &w);
	wq_jsonw_key(&w, "media");
	wq_jsonw_object(&w);
	wq_jsonw_put_int(&w, "files", sb->media.files_n);
	wq_jsonw_put_int(&w, "bytes", sb->media.bytes);
	wq_jsonw_object_end(&w);
	wq_jsonw_put_int(&w, "orders", sb->faults.orders_n);
	wq_jsonw_object_end(&w);
	wq_control_answer(x, 200, &body, wq_jsonw_end(&w));
}

/* What a provider's webhooks are called among the settings. */
static const struct {
	const char *url, *secret;
} aims[WQ_PROVIDERS] = {
	[WQ_PROVIDER_CLOUD] = { "webhook_url", "webhook_secret" },
	[WQ_PROVIDER_EVOLUTION] = { "evolution_webhook_url", "evolution_webhook_key" },
	[WQ_PROVIDER_TWILIO] = { "twilio_webhook_url", "twilio_webhook_token" },
};

static void put_percent(struct wq_jsonw *w, const char *key, uint32_t ppm)
{
	wq_jsonw_key(w, key);
	wq_jsonw_float(w, (double)ppm * 100 / WQ_PPM);
}

static void answer_settings(struct wq_sandbox *sb, struct wq_exchange *x)
{
	const struct wq_faults_opts *o = &sb->faults.opts;
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, WQ_SANDBOX_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_int(&w, "latency_ms", o->latency_ms);
	wq_jsonw_put_int(&w, "latency_max_ms", o->latency_max_ms);
	wq_jsonw_put_int(&w, "status_delay_ms", sb->status_delay_ms);
	put_percent(&w, "fail_pct", o->fail_ppm);
	put_percent(&w, "dup_pct", o->dup_ppm);
	put_percent(&w, "reorder_pct", o->reorder_ppm);
	put_percent(&w, "lose_pct", o->lose_ppm);
	put_percent(&w, "reply_pct", o->reply_ppm);
	wq_jsonw_put_int(&w, "seed", sb->seed);
	for (int p = 0; p < WQ_PROVIDERS; p++) {
		wq_jsonw_put_text(&w, aims[p].url,
		                  wq_webhooks_url(sb->webhooks, (enum wq_provider)p));
	}
	wq_jsonw_object_end(&w);
	wq_control_answer(x, 200, &body, wq_jsonw_end(&w));
}

static void handle_settings(struct wq_exchange *x, void *ctx)
{
	answer_settings(ctx, x);
}

bool wq_control_ms(yyjson_val *v, uint32_t *out)
{
	if (!v)
		return true;
	if (!yyjson_is_uint(v) || yyjson_get_uint(v) > WQ_SANDBOX_LATENCY_MAX_MS)
		return false;
	*out = (uint32_t)yyjson_get_uint(v);
	return true;
}

bool wq_control_provider(yyjson_val *v, int *out)
{
	*out = -1;
	for (int p = 0; p < WQ_PROVIDERS && *out < 0; p++)
		if (wq_str_is(wq_json_str(v), wq_provider_name((enum wq_provider)p)))
			*out = p;
	return !v || *out >= 0;
}

bool wq_control_percent(yyjson_val *v, uint32_t *out)
{
	double pct = yyjson_get_num(v);

	if (!v)
		return true;
	if (!yyjson_is_num(v) || !(pct >= 0 && pct <= 100))
		return false;
	*out = (uint32_t)(pct * (WQ_PPM / 100.0) + 0.5);
	return true;
}

/* What a change would lead to. */
struct change {
	struct wq_faults_opts faults;
	uint32_t status_delay_ms;
	yyjson_val *url[WQ_PROVIDERS], *secret[WQ_PROVIDERS]; /* NULL: stays */
};

/* NULL: it can be done; otherwise what is wrong. */
static const char *read_change(yyjson_val *root, struct change *c)
{
	for (int p = 0; p < WQ_PROVIDERS; p++) {
		c->url[p] = wq_json_get(root, aims[p].url);
		c->secret[p] = wq_json_get(root, aims[p].secret);
		if ((c->url[p] && !yyjson_is_str(c->url[p])) ||
		    (c->secret[p] && !yyjson_is_str(c->secret[p])))
			return "a webhook's URL and its secret are strings; \"\" for none.";
	}
	if (!wq_control_ms(wq_json_get(root, "latency_ms"), &c->faults.latency_ms) ||
	    !wq_control_ms(wq_json_get(root, "latency_max_ms"), &c->faults.latency_max_ms) ||
	    !wq_control_ms(wq_json_get(root, "status_delay_ms"), &c->status_delay_ms))
		return "latency_ms, latency_max_ms and status_delay_ms are whole numbers from 0 to 600000.";
	if (!wq_control_percent(wq_json_get(root, "fail_pct"), &c->faults.fail_ppm) ||
	    !wq_control_percent(wq_json_get(root, "dup_pct"), &c->faults.dup_ppm) ||
	    !wq_control_percent(wq_json_get(root, "reorder_pct"), &c->faults.reorder_ppm) ||
	    !wq_control_percent(wq_json_get(root, "lose_pct"), &c->faults.lose_ppm) ||
	    !wq_control_percent(wq_json_get(root, "reply_pct"), &c->faults.reply_ppm))
		return "fail_pct, dup_pct, reorder_pct, lose_pct and reply_pct are numbers from 0 to 100.";
	return NULL;
}

/* The same; now it is done. */
static const char *change(struct wq_sandbox *sb, const struct change *c)
{
	int rc = 0;

	for (int p = 0; p < WQ_PROVIDERS && rc == 0; p++)
		rc = wq_webhooks_aim(sb->webhooks, (enum wq_provider)p, yyjson_get_str(c->url[p]),
		                     yyjson_get_str(c->secret[p]));

	if (rc == WQ_EINVAL)
		return "webhook_url is not an http or https address.";
	if (rc < 0)
		return "There was not enough memory.";
	sb->faults.opts = c->faults;
	sb->status_delay_ms = c->status_delay_ms;
	return NULL;
}

static void handle_change(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct change c = { .faults = sb->faults.opts, .status_delay_ms = sb->status_delay_ms };
	yyjson_doc *doc = wq_control_read(x);
	const char *why;

	if (!doc)
		return;
	why = read_change(yyjson_doc_get_root(doc), &c);
	if (!why)
		why = change(sb, &c);
	wq_json_free(doc);
	if (why)
		wq_reply_problem(x, 400, "bad_setting", "%s", why);
	else
		answer_settings(sb, x);
}

static void handle_reset(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;

	wq_record_reset(sb->record);
	wq_buckets_clear(&sb->buckets);
	wq_instances_clear(&sb->instances);
	wq_webhooks_reset(sb->webhooks);
	wq_faults_clear(&sb->faults);
	wq_media_fini(&sb->media);
	wq_reply(x, 204, NULL, wq_strn(NULL, 0));
}

int wq_control_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_GET, .pattern = "/", .handle = handle_page, .summary = "What this is" },
		{ .method = WQ_GET, .pattern = "/_sandbox/counts", .handle = handle_counts,
		  .summary = "Sends by outcome, duplicates, webhooks" },
		{ .method = WQ_GET, .pattern = "/_sandbox/settings", .handle = handle_settings,
		  .summary = "Rates and delays as they are" },
		{ .method = WQ_PATCH, .pattern = "/_sandbox/settings", .handle = handle_change,
		  .body_max_bytes = WQ_SANDBOX_MESSAGE_MAX_BYTES, .summary = "Change some of them" },
		{ .method = WQ_DELETE, .pattern = "/_sandbox", .handle = handle_reset,
		  .done = 204, .summary = "Forget all sends, webhooks, orders and files" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
