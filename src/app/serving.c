/* SPDX-License-Identifier: MIT */
/* serving.c — the API, and the routes of webhooks; taken down webhooks first. */
#include "app/serving.h"

#include "app/api/accounts.h"
#include "app/api/events.h"
#include "app/api/messages.h"
#include "app/api/routes.h"
#include "app/api/run.h"
#include "app/api/subscriptions.h"
#include "app/api/templates.h"
#include "app/api/webhook_logs.h"
#include "app/facade/facade.h"
#include "app/settings/settings.h"
#include "queue/producer.h"

static int build_api(struct wq_api *a, struct wq_node *n, const char *key)
{
	int rc;

	a->loop = n->loop;
	a->redis = n->redis;
	a->server = n->server;
	a->client = n->client;
	a->seals = &n->seals;
	a->prefix = wq_settings_text(n->settings, WQ_SET_PREFIX);
	rc = wq_api_set_key(a, key ? key : wq_settings_text(n->settings, WQ_SET_API_KEY));
	if (rc == 0)
		rc = wq_producer_create(&a->producer, n->loop, n->redis);
	if (rc == 0)
		wq_producer_add_metrics(a->producer, &n->metrics);
	if (rc == 0)
		rc = wq_keyring_create(&a->keyring, n->loop, n->redis, a->prefix);
	return rc == 0 ? wq_api_plain_routes(a) : rc;
}

/* Until then nobody could say from which account a message goes. */
static bool accounts_ok(void *ctx, const char **why)
{
	*why = "accounts have not been read from Redis yet";
	return wq_accounts_loaded(ctx);
}

static int build_sending(struct wq_serving *v, struct wq_node *n, const struct wq_account *account)
{
	struct wq_accounts_opts o = { .loop = n->loop, .redis = n->redis, .prefix = v->api.prefix,
		                      .ways = { .ring = &n->seals },
		                      .env = account, .env_n = account != NULL };
	int rc = wq_accounts_part_build(&v->accounts, n->settings, &o);

	if (rc == 0)
		rc = wq_sending_part_build(&v->sending, n, v->accounts.accounts);
	v->api.accounts = v->accounts.accounts;
	v->api.rates = v->sending.conversation.rates;
	if (rc == 0)
		wq_health_add(&n->health,
		              (struct wq_health_check){ "accounts", accounts_ok, v->api.accounts });
	v->api.message_keep_s = (int64_t)wq_settings_ms(n->settings, WQ_SET_MESSAGE_AGE) / 1000;
	if (rc == 0)
		rc = wq_api_messages_routes(&v->api);
	if (rc == 0)
		rc = wq_api_templates_routes(&v->api);
	if (rc == 0)
		rc = wq_facade_routes(&v->api);
	return rc == 0 ? wq_sending_part_work(&v->sending) : rc;
}

int wq_serving_build(struct wq_serving *v, struct wq_node *n, const struct wq_serving_secrets *s)
{
	int rc = build_api(&v->api, n, s->api_key);

	v->api.subs = &v->subs;
	v->api.accounts_part = &v->accounts;
	if (rc == 0)
		rc = build_sending(v, n, s->account);
	if (rc == 0)
		rc = wq_api_accounts_routes(&v->api);
	if (rc == 0)
		rc = wq_api_people_routes(&v->api);
	if (rc == 0)
		rc = wq_subs_part_build(&v->subs, n, v->api.producer);
	if (rc == 0)
		rc = wq_api_subscriptions_routes(&v->api);
	if (rc == 0)
		rc = wq_api_events_routes(&v->api);
	if (rc == 0)
		rc = wq_api_webhook_logs_start(&v->api, n->settings, s->webhook_secret, n->client);
	v->sink.worked = true;
	return rc == 0 ? wq_sink_part_build(&v->sink, n, s->webhook_secret, s->verify_token) : rc;
}

static void on_accounts_closed(void *ctx)
{
	struct wq_serving *v = ctx;
	struct wq_producer *producer = v->api.producer;

	wq_api_fini(&v->api);
	v->api.producer = NULL;
	wq_producer_close(producer, v->done, v->ctx);
}

/* Runs over dead letters have told their end: now the accounts, then the producer. */
static void on_runs_closed(void *ctx)
{
	struct wq_serving *v = ctx;

	v->api.dead_runs = NULL;
	if (!wq_accounts_part_close(&v->accounts, on_accounts_closed, v))
		on_accounts_closed(v);
}

static void on_logs_closed(void *ctx)
{
	struct wq_serving *v = ctx;

	if (v->api.dead_runs)
		wq_runs_close(v->api.dead_runs, on_runs_closed, v);
	else
		on_runs_closed(v);
}

static void on_subs_closed(void *ctx)
{
	struct wq_serving *v = ctx;

	if (!wq_api_webhook_logs_close(&v->api, on_logs_closed, v))
		on_logs_closed(v);
}

/* What the sink took in is delivered by whoever comes next. */
static void on_sending_closed(void *ctx)
{
	struct wq_serving *v = ctx;

	if (!wq_subs_part_close(&v->subs, on_subs_closed, v))
		on_subs_closed(v);
}

static void on_sink_closed(void *ctx)
{
	struct wq_serving *v = ctx;

	if (!wq_sending_part_close(&v->sending, on_sending_closed, v))
		on_sending_closed(v);
}

bool wq_serving_close(struct wq_serving *v, void (*done)(void *ctx), void *ctx)
{
	if (!v->api.producer)
		return false;
	v->done = done;
	v->ctx = ctx;
	if (!wq_sink_part_close(&v->sink, on_sink_closed, v))
		on_sink_closed(v);
	return true;
}

void wq_serving_fini(struct wq_serving *v)
{
	wq_sink_part_fini(&v->sink);
	wq_accounts_part_fini(&v->accounts);
}
