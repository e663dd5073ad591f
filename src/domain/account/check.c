/* SPDX-License-Identifier: MIT */
/* check.c — one request, and what its answer says. */
#include "domain/account/check.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/base64url.h"
#include "base/err.h"
#include "domain/provider/core.h"

enum { ANSWER_DEPTH_MAX = 16, TOKEN_EXPIRED = 190, AUTH_EXCEPTION = 0, SESSION_EXPIRED = 102 };
#define CLOUD_FIELDS                                                       \
	"?fields=display_phone_number,verified_name,quality_rating,throughput," \
	"whatsapp_business_manager_messaging_limit"

/* base64 as HTTP wants it, of what base64url makes. */
static void add_basic(struct wq_draft *d, struct wq_str user, struct wq_str secret)
{
	struct wq_buf plain;
	size_t from;

	wq_draft_add(d, wq_str("Basic "));
	wq_buf_init(&plain, 2 * WQ_ACCOUNT_SECRET_MAX_BYTES);
	if (d->rc == 0)
		d->rc = wq_buf_reserve(&plain, user.n + 1 + secret.n);
	if (d->rc == 0)
		d->rc = wq_buf_addf(&plain, "%.*s:%.*s", WQ_STR_ARG(user), WQ_STR_ARG(secret));
	from = d->buf.n;
	if (d->rc == 0)
		d->rc = wq_base64url_encode(plain.p, plain.n, &d->buf);
	for (size_t i = from; i < d->buf.n; i++) {
		if (d->buf.p[i] == '-')
			d->buf.p[i] = '+';
		else if (d->buf.p[i] == '_')
			d->buf.p[i] = '/';
	}
	while (d->rc == 0 && (d->buf.n - from) % 4 != 0)
		d->rc = wq_buf_add_char(&d->buf, '=');
	if (plain.p)
		wq_wipe(plain.p, plain.cap);
	wq_buf_fini(&plain);
}

static int make_request(struct wq_account_check *c, const struct wq_account *a,
                        struct wq_provider_request *out)
{
	struct wq_draft d;

	wq_draft_begin(&d, &c->arena, out);
	wq_draft_add(&d, a->base_url);
	if (a->provider == WQ_PROVIDER_CLOUD) {
		wq_draft_add(&d, wq_str("/"));
		wq_draft_add_escaped(&d, a->number);
		wq_draft_add(&d, wq_str(CLOUD_FIELDS));
		wq_draft_url(&d, "GET");
		wq_draft_add(&d, wq_str("Bearer "));
		wq_draft_add(&d, a->secret);
		wq_draft_header(&d, "Authorization");
	} else if (a->provider == WQ_PROVIDER_EVOLUTION) {
		wq_draft_add(&d, wq_str("/instance/connectionState/"));
		wq_draft_add_escaped(&d, a->number);
		wq_draft_url(&d, "GET");
		wq_draft_add(&d, a->secret);
		wq_draft_header(&d, "apikey");
	} else {
		wq_draft_add(&d, wq_str("/2010-04-01/Accounts/"));
		wq_draft_add_escaped(&d, a->portfolio);
		wq_draft_add(&d, wq_str(".json"));
		wq_draft_url(&d, "GET");
		add_basic(&d, a->user, a->secret);
		wq_draft_header(&d, "Authorization");
	}
	return wq_draft_end(&d);
}

/* Bytes of the provider's, for people: without control characters. */
static void take(char *out, size_t max, struct wq_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n + 1 < max; i++)
		out[n++] = wq_str_is_control(s, i) ? ' ' : s.p[i];
	out[n] = '\0';
	while (n > 0 && !wq_str_is_utf8(wq_strn(out, n))) /* cut within a character */
		out[--n] = '\0';
}

static void refuse(struct wq_account_check *c, const char *field, struct wq_str said)
{
	char text[120];

	take(text, sizeof(text), said);
	c->outcome = WQ_CHECKED_REFUSED;
	c->field = field;
	snprintf(c->why, sizeof(c->why), "is not what the provider knows (HTTP %d)%s%s",
	         c->call.status, *text ? ": " : "", text);
}

static void read_cloud(struct wq_account_check *c, yyjson_val *root)
{
	yyjson_val *error = wq_json_get(root, "error");
	int64_t code = wq_json_get_int(error, "code", -1);

	if (c->call.status == 200 && wq_str_is(wq_json_get_str(root, "id"), c->number)) {
		c->outcome = WQ_CHECKED_GOOD;
		take(c->display, sizeof(c->display), wq_json_get_str(root, "display_phone_number"));
		take(c->name, sizeof(c->name), wq_json_get_str(root, "verified_name"));
		take(c->quality, sizeof(c->quality), wq_json_get_str(root, "quality_rating"));
		take(c->throughput, sizeof(c->throughput),
		     wq_json_get_str(wq_json_get(root, "throughput"), "level"));
		take(c->tier, sizeof(c->tier),
		     wq_json_get_str(root, "whatsapp_business_manager_messaging_limit"));
	} else if (c->call.status == 401 || code == TOKEN_EXPIRED || code == AUTH_EXCEPTION ||
	           code == SESSION_EXPIRED) {
		refuse(c, "access_token", wq_json_get_str(error, "message"));
	} else if (error && c->call.status >= 400 && c->call.status < 500 &&
	           c->call.status != 429 && !yyjson_get_bool(wq_json_get(error, "is_transient")) &&
	           (code == 100 || code == 33 || code == 10 || (code >= 200 && code < 300))) {
		refuse(c, code == 100 || code == 33 ? "phone_number_id" : "access_token",
		       wq_json_get_str(error, "message"));
	}
}

static void read_evolution(struct wq_account_check *c, yyjson_val *root)
{
	struct wq_str state = wq_json_get_str(wq_json_get(root, "instance"), "state");

	if (c->call.status == 404) {
		refuse(c, "instance", wq_str("there is no such instance"));
	} else if (c->call.status == 401 || c->call.status == 403) {
		refuse(c, "api_key", wq_str("it does not let us in"));
	} else if (c->call.status == 200 && wq_json_get(root, "instance")) {
		c->outcome = WQ_CHECKED_GOOD;
		if (!wq_str_is(state, "open"))
			snprintf(c->why, sizeof(c->why),
			         "its session is not open: link the phone before anything is sent");
	}
}

static void read_twilio(struct wq_account_check *c, yyjson_val *root)
{
	struct wq_str status = wq_json_get_str(root, "status");

	if (c->call.status == 404)
		refuse(c, "account_sid", wq_json_get_str(root, "message"));
	else if (c->call.status == 401 || c->call.status == 403)
		refuse(c, "auth_token", wq_json_get_str(root, "message"));
	else if (c->call.status == 200 && wq_str_is(status, "active"))
		c->outcome = WQ_CHECKED_GOOD;
	else if (c->call.status == 200 && status.n)
		refuse(c, "account_sid", status);
}

static void read_answer(struct wq_account_check *c)
{
	yyjson_doc *doc = wq_json_read(wq_buf_str(&c->call.body_in), ANSWER_DEPTH_MAX, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc);

	if (c->provider == WQ_PROVIDER_CLOUD)
		read_cloud(c, root);
	else if (c->provider == WQ_PROVIDER_EVOLUTION)
		read_evolution(c, root);
	else
		read_twilio(c, root);
	wq_json_free(doc);
	if (c->outcome == WQ_CHECKED_UNKNOWN)
		snprintf(c->why, sizeof(c->why), "the provider answered with HTTP %d",
		         c->call.status);
}

static void on_answer(struct wq_call *call, int rc)
{
	struct wq_account_check *c = call->ctx;

	c->outcome = WQ_CHECKED_UNKNOWN;
	c->rc = rc;
	if (rc == 0)
		read_answer(c);
	else
		snprintf(c->why, sizeof(c->why), "the provider cannot be asked: %.120s",
		         rc == WQ_EDENIED ? "its address is not public" : wq_err_text(rc));
	c->cb(c);
}

int wq_account_check_start(struct wq_account_check *c, struct wq_client *client,
                           const struct wq_account *a, void (*cb)(struct wq_account_check *c))
{
	struct wq_provider_request r;
	int rc;

	*c = (struct wq_account_check){ .cb = cb, .provider = a->provider };
	snprintf(c->number, sizeof(c->number), "%.*s",
	         (int)(a->number.n < WQ_ACCOUNT_NAME_MAX_BYTES ? a->number.n
	                                                       : WQ_ACCOUNT_NAME_MAX_BYTES),
	         a->number.p);
	wq_arena_init(&c->arena, 4 * WQ_ACCOUNT_MEMORY_MAX_BYTES);
	rc = make_request(c, a, &r);
	if (rc < 0)
		return rc;
	c->call = (struct wq_call){ .method = r.method,
		                    .url = r.url,
		                    .headers_n = r.headers_n,
		                    .timeout_ms = WQ_ACCOUNT_CHECK_MS,
		                    .response_max_bytes = WQ_ACCOUNT_ANSWER_MAX_BYTES,
		                    .guarded = a->guarded,
		                    .ctx = c };
	for (unsigned i = 0; i < r.headers_n; i++)
		c->call.headers[i] = r.headers[i];
	return wq_call_start(client, &c->call, on_answer);
}

/* The arena's headers hold the secret. */
void wq_account_check_fini(struct wq_account_check *c)
{
	for (unsigned i = 0; i < c->call.headers_n; i++)
		if (c->call.headers[i].value.p)
			wq_wipe((char *)(uintptr_t)c->call.headers[i].value.p,
			        c->call.headers[i].value.n);
	c->call.headers_n = 0;
	wq_call_fini(&c->call);
	wq_arena_fini(&c->arena);
}
