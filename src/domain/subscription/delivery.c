/* SPDX-License-Identifier: MIT */
/* delivery.c — events to bytes, and the three ways on which they leave. */
#include "domain/subscription/delivery.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"

enum { IDS_MAX_BYTES = WQ_SUB_BATCH_MAX * 48, HEADS_MAX_BYTES = 16384, TO_MAX_BYTES = 4096 };
#define JOB_OPTS "{\"attempts\":3,\"backoff\":{\"type\":\"exponential\",\"delay\":1000}}"
#define STREAM_MAX "100000"

void wq_delivery_init(struct wq_delivery *d, const struct wq_delivery_ways *ways)
{
	*d = (struct wq_delivery){ .ways = ways, .retry_after_ms = -1 };
	wq_buf_init(&d->ids, IDS_MAX_BYTES);
	wq_buf_init(&d->body, WQ_SUB_EVENT_MAX_BYTES);
	wq_buf_init(&d->to, TO_MAX_BYTES);
	wq_buf_init(&d->heads, HEADS_MAX_BYTES);
}

void wq_delivery_fini(struct wq_delivery *d)
{
	if (d->flies && d->target == WQ_SUB_QUEUE)
		wq_producer_forget(&d->add);
	else if (d->flies && d->target == WQ_SUB_STREAM)
		wq_redis_forget(&d->cmd);
	d->flies = false;
	if (d->calling)
		wq_call_fini(&d->call);
	d->calling = false;
	wq_ref_fini(&d->ref);
	wq_buf_fini(&d->ids);
	wq_buf_fini(&d->body);
	wq_buf_fini(&d->to);
	wq_buf_fini(&d->heads);
}

/* "Name: value" lines, an empty one, the body: as the sink wrote them. */
static int take_raw(struct wq_delivery *d, struct wq_str raw)
{
	struct wq_str rest = raw, line;
	int rc = 0;

	d->raw = true;
	while (rc == 0 && wq_str_next(&rest, '\n', &line) && line.n > 0) {
		rc = wq_buf_add_str(&d->heads, line);
		if (rc == 0)
			rc = wq_buf_add_char(&d->heads, '\n');
	}
	return rc == 0 ? wq_buf_add_str(&d->body, rest) : rc;
}

static int write_event(struct wq_delivery *d, const struct wq_subscription *s,
                       const struct wq_event *e)
{
	struct wq_jsonw w;
	int rc = 0;

	if (s->batch_size > 1)
		rc = wq_buf_add_text(&d->body, d->events_n ? "," : "{\"events\":[");
	if (rc < 0)
		return rc;
	wq_jsonw_begin(&w, &d->body);
	wq_event_write(&w, e);
	return wq_jsonw_end(&w);
}

static int note_id(struct wq_delivery *d, const struct wq_event *e)
{
	int rc = d->events_n ? wq_buf_add_char(&d->ids, ',') : 0;

	if (rc < 0)
		return rc;
	if (d->events_n == 0)
		snprintf(d->id, sizeof(d->id), "evt_%.*s", (int)(e->id.n < 48 ? e->id.n : 48),
		         e->id.p);
	else
		snprintf(d->id, sizeof(d->id), "bat_%.*s_%.*s",
		         (int)wq_str_find(wq_buf_str(&d->ids), ','), d->ids.p,
		         (int)(e->id.n < 48 ? e->id.n : 48), e->id.p);
	return wq_buf_add_str(&d->ids, e->id);
}

int wq_delivery_add(struct wq_delivery *d, const struct wq_subscription *s,
                    const struct wq_event *e)
{
	size_t body_n = d->body.n, ids_n = d->ids.n;
	int rc;

	if (d->events_n > 0 && d->body.n + e->data.n > WQ_SUB_BATCH_MAX_BYTES)
		return WQ_ETOOBIG;
	rc = s->filter.raw ? take_raw(d, e->data) : write_event(d, s, e);
	if (rc == 0)
		rc = note_id(d, e);
	if (rc < 0) {
		d->body.n = body_n;
		d->ids.n = ids_n;
		return rc;
	}
	d->events_n++;
	return 0;
}

static void tell(struct wq_delivery *d, int rc, int status, const char *why)
{
	d->flies = false;
	d->rc = rc;
	d->status = status;
	snprintf(d->why, sizeof(d->why), "%.150s", why);
	d->cb(d); /* it may be gone: nothing may follow */
}

static void on_call(struct wq_call *c, int rc)
{
	struct wq_delivery *d = WQ_OWNER(c, struct wq_delivery, call);
	bool taken = c->status >= 200 && c->status <= 299;
	const char *said = wq_call_why(c);
	char answered[32];

	snprintf(answered, sizeof(answered), "answered %d", c->status);
	d->retry_after_ms = c->retry_after_ms;
	d->took_us = c->took_us;
	tell(d, rc, c->status, rc != 0 ? (*said ? said : wq_err_text(rc)) : taken ? "" : answered);
}

static void on_entry(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_delivery *d = WQ_OWNER(cmd, struct wq_delivery, cmd);

	tell(d, rc > 0 ? WQ_EREPLY : rc, rc == 0 ? 200 : 0, rc == 0 ? "" : cmd->error);
}

static void on_added(struct wq_add *a, int rc)
{
	struct wq_delivery *d = WQ_OWNER(a, struct wq_delivery, add);
	bool refused = rc == 0 && a->outcome.code < 0;

	if (refused)
		tell(d, WQ_EREPLY, 0, wq_add_code_text(a->outcome.code));
	else
		tell(d, rc > 0 ? WQ_EREPLY : rc, rc == 0 ? 200 : 0, rc == 0 ? "" : a->error);
}

static void add_header(struct wq_call *c, const char *name, struct wq_str value)
{
	if (c->headers_n < WQ_CLIENT_HEADERS_MAX)
		c->headers[c->headers_n++] = (struct wq_call_header){ name, value };
}

/* Lines become terminated names and values in place. */
static void add_raw_headers(struct wq_delivery *d)
{
	char *at = d->heads.p, *end = d->heads.p + d->heads.n;

	while (at < end) {
		char *line_end = memchr(at, '\n', (size_t)(end - at));
		char *colon = memchr(at, ':', (size_t)(line_end - at));

		if (colon) {
			*colon = '\0';
			add_header(&d->call, at,
			           wq_str_trim(wq_strn(colon + 1, (size_t)(line_end - colon - 1))));
		}
		at = line_end + 1;
	}
}

/* The query that it was posted with: Twilio signs it, and writes the hash of a body there. */
static int add_raw_query(struct wq_delivery *d)
{
	struct wq_str rest = wq_buf_str(&d->heads), line;

	while (wq_str_next(&rest, '\n', &line)) {
		size_t at = wq_str_find(line, '?') + 1;

		if (!wq_str_starts(line, WQ_EVENT_RAW_URI ":") || at >= line.n ||
		    d->to.n + line.n - at >= TO_MAX_BYTES)
			continue;
		return wq_buf_addf(&d->to, "%c%.*s",
		                   wq_str_find(wq_buf_str(&d->to), '?') < d->to.n ? '&' : '?',
		                   (int)(line.n - at), line.p + at);
	}
	return 0;
}

static int sign(struct wq_delivery *d, const struct wq_subscription *s, int64_t now_ms)
{
	struct wq_standard_webhook signer;
	struct wq_buf secrets;
	int rc;

	wq_buf_init(&secrets, WQ_SUB_SPEC_MAX_BYTES);
	rc = wq_subscription_secrets(s, d->ways->ring, now_ms, &secrets);
	if (rc > 0) {
		snprintf(d->why, sizeof(d->why), "its secret: %.140s",
		         wq_seal_opened_text((enum wq_seal_opened)rc));
		rc = WQ_EACCES;
	}
	if (rc == 0 && secrets.n > 0) {
		rc = wq_standard_webhook_init(&signer, wq_buf_str(&secrets), d->body.n, NULL);
		if (rc == 0)
			rc = wq_standard_webhook_sign(&signer, wq_str(d->id), now_ms / 1000,
			                              wq_buf_str(&d->body), d->signature);
		if (rc == 0)
			add_header(&d->call, "webhook-signature", wq_str(d->signature));
		wq_standard_webhook_fini(&signer);
	}
	if (secrets.p)
		wq_wipe(secrets.p, secrets.n);
	wq_buf_fini(&secrets);
	return rc;
}

static int start_call(struct wq_delivery *d, const struct wq_subscription *s, unsigned attempts)
{
	int64_t now_ms = wq_loop_wall_ms(d->ways->loop);
	struct wq_call *c = &d->call;
	int rc = d->raw ? add_raw_query(d) : 0;

	*c = (struct wq_call){ .method = "POST",
		               .url = rc == 0 ? wq_buf_text(&d->to) : NULL,
		               .body = wq_buf_str(&d->body),
		               .timeout_ms = WQ_SUB_TIMEOUT_MS,
		               .response_max_bytes = WQ_SUB_ANSWER_MAX_BYTES,
		               .guarded = !d->ways->private_too && !s->trusted };
	if (!c->url)
		return WQ_ENOMEM;
	snprintf(d->timestamp, sizeof(d->timestamp), "%" PRId64, now_ms / 1000);
	snprintf(d->attempt, sizeof(d->attempt), "%u", attempts);
	if (d->raw)
		add_raw_headers(d);
	else
		add_header(c, "Content-Type", wq_str("application/json"));
	add_header(c, "webhook-id", wq_str(d->id));
	add_header(c, "webhook-timestamp", wq_str(d->timestamp));
	add_header(c, "X-Willaq-Attempt", wq_str(d->attempt));
	rc = sign(d, s, now_ms);
	if (rc == 0)
		rc = wq_call_start(d->ways->client, c, on_call);
	d->calling = rc == 0;
	return rc;
}

static int start_entry(struct wq_delivery *d)
{
	const struct wq_str argv[] = {
		WQ_STR("XADD"), wq_buf_str(&d->to), WQ_STR("MAXLEN"), WQ_STR("~"), WQ_STR(STREAM_MAX),
		WQ_STR("*"),    WQ_STR("id"),       wq_str(d->id),    WQ_STR("data"),
		wq_buf_str(&d->body),
	};

	return wq_redis_start(d->ways->redis, &d->cmd, argv, WQ_COUNT(argv), on_entry);
}

/* The job has the delivery's id: one that was added before is not added again while it is there. */
static int start_job(struct wq_delivery *d)
{
	const char *why = NULL;
	int rc = wq_ref_init(&d->ref, d->ways->redis, wq_str(d->ways->prefix), wq_buf_str(&d->to),
	                     &why);

	if (rc < 0)
		return rc;
	d->add = (struct wq_add){ .item = { .base = wq_ref_base(&d->ref),
		                            .id = wq_str(d->id),
		                            .name = WQ_STR("event"),
		                            .data = wq_buf_str(&d->body),
		                            .opts = WQ_STR(JOB_OPTS) } };
	return wq_producer_add(d->ways->producer, &d->add, on_added);
}

int wq_delivery_start(struct wq_delivery *d, const struct wq_subscription *s, unsigned attempts,
                      void (*cb)(struct wq_delivery *d))
{
	int rc = 0;

	d->cb = cb;
	d->target = s->target;
	if (s->batch_size > 1)
		rc = wq_buf_add_text(&d->body, "]}");
	if (rc == 0)
		rc = wq_buf_add_str(&d->to, s->to);
	if (rc == 0 && d->target == WQ_SUB_URL)
		rc = start_call(d, s, attempts);
	else if (rc == 0)
		rc = d->target == WQ_SUB_QUEUE ? start_job(d) : start_entry(d);
	d->flies = rc == 0;
	if (rc < 0 && !d->why[0])
		snprintf(d->why, sizeof(d->why), "%.150s",
		         rc == WQ_EDENIED ? "the address is not public" : wq_err_text(rc));
	return rc;
}

int wq_delivery_start_test(struct wq_delivery *d, const struct wq_subscription *s,
                           void (*cb)(struct wq_delivery *d))
{
	struct wq_event e = { .provider = WQ_STR("willaq"),
		              .account = WQ_STR(""),
		              .name = WQ_STR("test"),
		              .data = WQ_STR("{\"message\":\"this is a test\"}") };
	char id[48];
	int rc;

	snprintf(id, sizeof(id), "%" PRId64 "-0", wq_loop_wall_ms(d->ways->loop));
	e.id = wq_str(id);
	rc = wq_event_init(&e);
	if (rc < 0)
		return rc;
	snprintf(e.type, sizeof(e.type), "subscription.test");
	if (s->filter.raw)
		e.data = wq_str("Content-Type: application/json\n\n{}");
	rc = wq_delivery_add(d, s, &e);
	wq_event_fini(&e);
	return rc == 0 ? wq_delivery_start(d, s, 1, cb) : rc;
}

bool wq_delivery_is_taken(const struct wq_delivery *d)
{
	return d->rc == 0 && d->status >= 200 && d->status <= 299;
}

void wq_delivery_cancel(struct wq_delivery *d)
{
	if (d->flies && d->target == WQ_SUB_URL)
		wq_call_cancel(&d->call);
}
