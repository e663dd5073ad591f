/* SPDX-License-Identifier: MIT */
/* webhook_out.c — a webhook is in `all` from its making to its forgetting; what it waits for is its state. */
#include "app/sandbox/webhook_out.h"

#include <stdio.h>

#include "app/sandbox/ids.h"
#include "app/sandbox/webhook_manner.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "base/url.h"
#include "io/loop/timer.h"

enum state { WAITING, HELD, READY, POSTING, DELIVERED, GIVEN_UP, LOST };

static const char *const states[] = { "waiting", "held",      "ready",
	                              "posting", "delivered", "given_up", "lost" };

enum { BACKOFF_DOUBLINGS_MAX = 10, DOUBLE_AFTER_MS = 20 };

struct entry {
	struct wq_list link;  /* in `all`, by seq */
	struct wq_list queue; /* in `ready` or `done` */
	struct wq_timer timer;
	struct wq_webhooks *owner;
	struct entry *behind; /* held until this one has been posted; NULL: nothing */
	enum state state;
	uint64_t seq;
	unsigned attempts;
	int status, rc; /* of the last attempt */
	int64_t made_ms, done_ms;
	bool reorder, copy, forgotten, lose;
	enum wq_provider provider;
	const char *kind;
	const char *url, *secret; /* in `body`, terminated; "": the provider's */
	char id[WQ_WAMID_MAX_BYTES];
	size_t body_n;
	char body[]; /* and behind it URL and secret */
};

/* A post in flight. */
struct slot {
	struct wq_list link; /* in `idle` */
	struct wq_call call;
	struct entry *e;
	char *url, *secret; /* owned: the call borrows them, and ours may be changed meanwhile */
	char text[WQ_MANNER_TEXT_BYTES];
};

struct target {
	char *url, *secret;      /* owned; NULL: none */
	struct wq_hmac_key *key; /* owned; of the secret, cloud's only */
};

struct wq_webhooks {
	struct wq_loop *loop;
	struct wq_client *client;
	struct target targets[WQ_PROVIDERS];
	struct wq_list all, ready, done, idle;
	size_t done_n, bytes; /* bytes: of all bodies */
	struct entry *held;   /* the one that waits to be overtaken */
	uint64_t last_seq;
	struct wq_webhooks_counts counts;
	struct slot slots[WQ_SANDBOX_WEBHOOKS_IN_FLIGHT];
	struct wq_post post; /* closing: tells that all is gone */
	void (*on_closed)(void *ctx);
	void *ctx;
	bool closing;
};

static void pump(struct wq_webhooks *w);

static void drop(struct entry *e)
{
	struct wq_webhooks *w = e->owner;

	wq_timer_stop(&e->timer);
	wq_list_remove(&e->queue);
	wq_list_remove(&e->link);
	w->bytes -= e->body_n;
	wq_free(e);
}

static void finish(struct entry *e, enum state state)
{
	struct wq_webhooks *w = e->owner;

	e->state = state;
	e->done_ms = wq_loop_wall_ms(w->loop);
	w->counts.waiting--;
	w->counts.delivered += state == DELIVERED;
	w->counts.given_up += state == GIVEN_UP;
	w->counts.lost += state == LOST;
	if (state == GIVEN_UP)
		wq_warn("webhook given up", WQ_U("seq", e->seq), WQ_U("attempts", e->attempts),
		        WQ_I("status", e->status));
	wq_list_push(&w->done, &e->queue);
	if (++w->done_n > WQ_SANDBOX_WEBHOOKS_DONE_MAX) {
		drop(WQ_OWNER(w->done.next, struct entry, queue));
		w->done_n--;
	}
}

static void make_ready(struct entry *e)
{
	e->state = READY;
	wq_timer_stop(&e->timer);
	wq_list_push(&e->owner->ready, &e->queue);
}

static void release_held(struct wq_webhooks *w)
{
	struct entry *e = w->held;

	w->held = NULL;
	if (e)
		make_ready(e);
}

/* The one that is held goes as soon as `e` has been posted. */
static void overtake(struct entry *e)
{
	struct wq_webhooks *w = e->owner;

	e->behind = w->held;
	w->held = NULL;
	if (e->behind)
		wq_timer_stop(&e->behind->timer);
}

/* Its time has come. */
static void on_due(struct wq_timer *t)
{
	struct entry *e = WQ_OWNER(t, struct entry, timer);
	struct wq_webhooks *w = e->owner;

	if (e->lose) {
		finish(e, LOST);
	} else if (e->state == HELD) {
		release_held(w); /* nothing came to overtake it */
	} else if (e->reorder && !w->held) {
		e->reorder = false;
		e->state = HELD;
		w->held = e;
		wq_timer_start(&e->timer, WQ_SANDBOX_REORDER_WAIT_MS);
	} else {
		if (e->attempts == 0)
			overtake(e);
		make_ready(e);
	}
	pump(w);
}

static uint64_t backoff_ms(unsigned attempts)
{
	unsigned doublings = attempts - 1;
	uint64_t ms;

	if (doublings > BACKOFF_DOUBLINGS_MAX)
		doublings = BACKOFF_DOUBLINGS_MAX;
	ms = (uint64_t)WQ_SANDBOX_WEBHOOK_BACKOFF_MS << doublings;
	return ms < WQ_SANDBOX_WEBHOOK_WAIT_MAX_MS ? ms : WQ_SANDBOX_WEBHOOK_WAIT_MAX_MS;
}

static void let_behind_go(struct entry *e)
{
	struct entry *behind = e->behind;

	e->behind = NULL;
	if (!behind)
		return;
	e->owner->counts.overtaken++;
	make_ready(behind);
}

/* An attempt has ended. */
static void settle(struct entry *e, int rc, int status)
{
	struct wq_webhooks *w = e->owner;

	e->rc = rc;
	e->status = status;
	let_behind_go(e);
	if (e->forgotten) {
		w->counts.waiting--;
		drop(e);
	} else if (wq_manner_is_taken(e->provider, rc, status)) {
		finish(e, DELIVERED);
	} else if (wq_manner_is_over(e->provider, rc, status, e->attempts)) {
		finish(e, GIVEN_UP);
	} else {
		e->state = WAITING;
		wq_timer_start(&e->timer, backoff_ms(e->attempts));
	}
}

static void ended(struct wq_webhooks *w)
{
	if (w->closing && w->counts.in_flight == 0)
		wq_post_send(&w->post);
}

static void clear_slot(struct slot *s)
{
	wq_free(s->url);
	wq_free(s->secret);
	s->url = s->secret = NULL;
	s->e = NULL;
}

static void on_answer(struct wq_call *call, int rc)
{
	struct slot *s = WQ_OWNER(call, struct slot, call);
	struct entry *e = s->e;
	struct wq_webhooks *w = e->owner;
	int status = call->status;

	wq_call_fini(call);
	clear_slot(s);
	wq_list_push(&w->idle, &s->link);
	w->counts.in_flight--;
	settle(e, rc, status);
	if (w->closing)
		ended(w);
	else
		pump(w);
}

/* NULL: nowhere. */
static const char *url_of(const struct wq_webhooks *w, const struct entry *e)
{
	return e->url[0] ? e->url : w->targets[e->provider].url;
}

static const char *secret_of(const struct wq_webhooks *w, const struct entry *e)
{
	const char *theirs = w->targets[e->provider].secret;

	if (theirs || !e->secret[0])
		return theirs ? theirs : "";
	return e->secret;
}

static int post(struct wq_webhooks *w, struct slot *s, struct entry *e)
{
	struct wq_manner_post p = { .provider = e->provider,
		                    .body = wq_strn(e->body, e->body_n),
		                    .key = w->targets[e->provider].key };
	int rc;

	s->e = e;
	s->url = wq_strdup(url_of(w, e));
	s->secret = wq_strdup(secret_of(w, e));
	s->call = (struct wq_call){ .method = "POST", .url = s->url, .body = p.body };
	s->call.timeout_ms = WQ_SANDBOX_WEBHOOK_TIMEOUT_MS;
	if (!s->url || !s->secret)
		return WQ_RAISE(WQ_ENOMEM);
	p.url = s->url;
	p.secret = wq_str(s->secret);
	rc = wq_manner_headers(&p, s->text, &s->call);
	return rc < 0 ? rc : wq_call_start(w->client, &s->call, on_answer);
}

/* The first that has somewhere to go; NULL: none. */
static struct entry *next_ready(const struct wq_webhooks *w)
{
	for (struct wq_list *l = w->ready.next; l != &w->ready; l = l->next) {
		struct entry *e = WQ_OWNER(l, struct entry, queue);

		if (url_of(w, e))
			return e;
	}
	return NULL;
}

/* Starts what is ready, as far as slots go. */
static void pump(struct wq_webhooks *w)
{
	while (!wq_list_empty(&w->idle) && !w->closing) {
		struct entry *e = next_ready(w);
		struct slot *s;
		int rc;

		if (!e)
			return;
		s = WQ_OWNER(wq_list_pop(&w->idle), struct slot, link);
		wq_list_remove(&e->queue);
		e->state = POSTING;
		e->attempts++;
		w->counts.posts++;
		w->counts.in_flight++;
		rc = post(w, s, e);
		if (rc == 0)
			continue;
		w->counts.in_flight--;
		wq_call_fini(&s->call);
		clear_slot(s);
		wq_list_push(&w->idle, &s->link);
		settle(e, rc, 0);
	}
}

static void set(char **at, char *value)
{
	wq_free(*at);
	*at = value;
}

static void set_key(struct target *t, struct wq_hmac_key *key)
{
	wq_hmac_key_destroy(t->key);
	t->key = key;
}

static void on_gone(struct wq_post *p)
{
	struct wq_webhooks *w = WQ_OWNER(p, struct wq_webhooks, post);
	void (*on_closed)(void *ctx) = w->on_closed;
	void *ctx = w->ctx;

	while (!wq_list_empty(&w->all))
		drop(WQ_OWNER(w->all.next, struct entry, link));
	for (size_t i = 0; i < WQ_COUNT(w->slots); i++)
		clear_slot(&w->slots[i]);
	for (size_t i = 0; i < WQ_PROVIDERS; i++) {
		set(&w->targets[i].url, NULL);
		set(&w->targets[i].secret, NULL);
		set_key(&w->targets[i], NULL);
	}
	wq_free(w);
	if (on_closed)
		on_closed(ctx);
}

int wq_webhooks_create(struct wq_webhooks **out, struct wq_loop *l, struct wq_client *c)
{
	struct wq_webhooks *w = wq_zalloc(sizeof(*w));

	if (!w)
		return WQ_RAISE(WQ_ENOMEM);
	w->loop = l;
	w->client = c;
	wq_list_init(&w->all);
	wq_list_init(&w->ready);
	wq_list_init(&w->done);
	wq_list_init(&w->idle);
	for (size_t i = 0; i < WQ_COUNT(w->slots); i++) {
		wq_list_init(&w->slots[i].link);
		wq_list_push(&w->idle, &w->slots[i].link);
	}
	wq_post_init(&w->post, l, on_gone);
	*out = w;
	return 0;
}

void wq_webhooks_close(struct wq_webhooks *w, void (*on_closed)(void *ctx), void *ctx)
{
	w->on_closed = on_closed;
	w->ctx = ctx;
	w->closing = true;
	wq_webhooks_reset(w);
	for (size_t i = 0; i < WQ_COUNT(w->slots); i++)
		if (w->slots[i].e)
			wq_call_cancel(&w->slots[i].call);
	ended(w);
}

static bool is_http(const char *url)
{
	struct wq_url parts;

	return wq_url_parse(wq_str(url), &parts, NULL) &&
	       (wq_str_is_nocase(parts.scheme, "http") || wq_str_is_nocase(parts.scheme, "https"));
}

/* What an aim is changed to; NULL: nothing. */
struct aim {
	char *url, *secret;
	struct wq_hmac_key *key;
};

static int make_aim(struct aim *a, enum wq_provider provider, const char *url, const char *secret)
{
	bool to = url && *url, by = secret && *secret;

	if (to && !is_http(url))
		return WQ_EINVAL;
	a->url = to ? wq_strdup(url) : NULL;
	a->secret = by ? wq_strdup(secret) : NULL;
	if ((to && !a->url) || (by && !a->secret))
		return WQ_RAISE(WQ_ENOMEM);
	if (provider != WQ_PROVIDER_CLOUD || !by)
		return 0;
	a->key = wq_hmac_key_create(wq_str(a->secret));
	return a->key ? 0 : WQ_ENOMEM; /* raised */
}

int wq_webhooks_aim(struct wq_webhooks *w, enum wq_provider provider, const char *url,
                    const char *secret)
{
	struct target *t = &w->targets[provider];
	struct aim a = { .url = NULL };
	int rc = make_aim(&a, provider, url, secret);

	if (rc < 0) {
		wq_free(a.url);
		wq_free(a.secret);
		return rc;
	}
	if (url)
		set(&t->url, a.url);
	if (secret) {
		set(&t->secret, a.secret);
		set_key(t, a.key);
	}
	pump(w);
	return 0;
}

bool wq_webhooks_aimed(const struct wq_webhooks *w, enum wq_provider provider)
{
	return w->targets[provider].url != NULL;
}

const char *wq_webhooks_url(const struct wq_webhooks *w, enum wq_provider provider)
{
	return wq_webhooks_aimed(w, provider) ? w->targets[provider].url : "";
}

/* Terminated; where the next one goes. */
static char *put(char *at, struct wq_str s)
{
	if (s.n)
		memcpy(at, s.p, s.n);
	at[s.n] = '\0';
	return at + s.n + 1;
}

static void put_texts(struct entry *e, const struct wq_webhook *h)
{
	char *url = put(e->body, h->body), *secret = put(url, h->url);

	(void)put(secret, h->secret);
	e->body_n = h->body.n;
	e->url = url;
	e->secret = secret;
}

static int64_t add(struct wq_webhooks *w, const struct wq_webhook *h, uint64_t delay_ms, bool copy)
{
	struct entry *e;

	if (w->counts.waiting >= WQ_SANDBOX_WEBHOOKS_MAX ||
	    w->bytes + h->body.n > WQ_SANDBOX_WEBHOOK_BYTES_MAX) {
		w->counts.refused++;
		return WQ_EFULL;
	}
	e = wq_zalloc(sizeof(*e) + h->body.n + h->url.n + h->secret.n + 3);
	if (!e)
		return WQ_RAISE(WQ_ENOMEM);
	e->owner = w;
	e->seq = ++w->last_seq;
	e->made_ms = wq_loop_wall_ms(w->loop);
	e->kind = h->kind;
	e->copy = copy;
	e->reorder = h->fault.reorder && !copy;
	e->lose = h->fault.lose;
	e->provider = h->provider;
	(void)snprintf(e->id, sizeof(e->id), "%.*s", WQ_STR_ARG(h->id));
	put_texts(e, h);
	w->bytes += e->body_n;
	w->counts.created++;
	w->counts.waiting++;
	wq_list_push(&w->all, &e->link);
	wq_list_init(&e->queue);
	wq_timer_init(&e->timer, w->loop, on_due);
	wq_timer_start(&e->timer, delay_ms);
	return (int64_t)e->seq;
}

int64_t wq_webhooks_add(struct wq_webhooks *w, const struct wq_webhook *h)
{
	int64_t seq;

	if ((!h->url.n && !wq_webhooks_aimed(w, h->provider)) || w->closing)
		return 0;
	seq = add(w, h, h->delay_ms, false);
	if (seq > 0 && h->fault.dup && !h->fault.lose &&
	    add(w, h, h->delay_ms + DOUBLE_AFTER_MS, true) > 0)
		w->counts.doubled++;
	return seq;
}

void wq_webhooks_reset(struct wq_webhooks *w)
{
	struct wq_list *l = w->all.next, *next;
	uint64_t in_flight = w->counts.in_flight;

	w->held = NULL;
	for (; l != &w->all; l = next) {
		struct entry *e = WQ_OWNER(l, struct entry, link);

		next = l->next;
		e->behind = NULL; /* dropped as well */
		if (e->state == POSTING)
			e->forgotten = true;
		else
			drop(e);
	}
	w->done_n = 0;
	w->counts = (struct wq_webhooks_counts){ .waiting = in_flight, .in_flight = in_flight };
}

const struct wq_webhooks_counts *wq_webhooks_counts(const struct wq_webhooks *w)
{
	return &w->counts;
}

static void put_int(struct wq_jsonw *out, const char *key, int64_t v)
{
	wq_jsonw_put_int(out, key, v);
}

static void put_text(struct wq_jsonw *out, const char *key, const char *text)
{
	wq_jsonw_put_text(out, key, text);
}

static void write_entry(const struct entry *e, struct wq_jsonw *out)
{
	wq_jsonw_object(out);
	put_int(out, "seq", (int64_t)e->seq);
	put_text(out, "provider", wq_provider_name(e->provider));
	put_text(out, "kind", e->kind);
	put_text(out, "message_id", e->id);
	put_text(out, "state", states[e->state]);
	wq_jsonw_put_bool(out, "copy", e->copy);
	put_int(out, "attempts", e->attempts);
	put_int(out, "status", e->status);
	if (e->rc < 0)
		put_text(out, "error", wq_err_name(e->rc));
	put_int(out, "at", e->made_ms);
	if (e->done_ms)
		put_int(out, "done_at", e->done_ms);
	wq_jsonw_key(out, "body");
	if (e->provider == WQ_PROVIDER_TWILIO)
		wq_jsonw_str(out, wq_strn(e->body, e->body_n));
	else
		wq_jsonw_raw(out, wq_strn(e->body, e->body_n));
	wq_jsonw_object_end(out);
}

uint64_t wq_webhooks_write(const struct wq_webhooks *w, uint64_t after, unsigned limit,
                           struct wq_jsonw *out)
{
	for (const struct wq_list *l = w->all.next; l != &w->all && limit > 0; l = l->next) {
		const struct entry *e = WQ_OWNER(l, const struct entry, link);

		if (e->seq <= after || e->forgotten)
			continue;
		write_entry(e, out);
		after = e->seq;
		limit--;
	}
	return after;
}

bool wq_webhooks_more(const struct wq_webhooks *w, uint64_t after)
{
	return !wq_list_empty(&w->all) &&
	       WQ_OWNER(w->all.prev, const struct entry, link)->seq > after;
}
