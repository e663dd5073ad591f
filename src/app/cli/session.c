/* SPDX-License-Identifier: MIT */
/* session.c — the loop turns while something is waited for. */
#include "app/cli/session.h"

#include <stdio.h>
#include <unistd.h>

#include "app/settings/table.h"
#include "app/settings/value.h"
#include "base/err.h"
#include "base/log.h"

enum { URL_MAX_BYTES = 2048 };

static const char *text_or_null(const struct wq_settings *s, enum wq_setting id)
{
	const char *text = wq_settings_text(s, id);

	return text && *text ? text : NULL;
}

void wq_session_redis_opts(const struct wq_session *s, struct wq_redis_opts *o)
{
	const struct wq_settings *v = s->settings;

	wq_redis_opts_init(o);
	o->url = wq_settings_text(v, WQ_SET_REDIS_URL);
	o->name = "willaq-cli";
	o->ca_file = text_or_null(v, WQ_SET_REDIS_CA_FILE);
	o->cert_file = text_or_null(v, WQ_SET_REDIS_CERT_FILE);
	o->key_file = text_or_null(v, WQ_SET_REDIS_KEY_FILE);
	o->connect_timeout_ms = (uint32_t)wq_settings_ms(v, WQ_SET_REDIS_CONNECT_TIMEOUT);
	o->command_timeout_ms = (uint32_t)wq_settings_ms(v, WQ_SET_REDIS_COMMAND_TIMEOUT);
	o->wait_ms = (uint32_t)wq_settings_ms(v, WQ_SET_REDIS_WAIT);
}

static int connect_redis(struct wq_session *s)
{
	struct wq_redis_opts o;

	wq_session_redis_opts(s, &o);
	return wq_redis_create(&s->redis, s->loop, s->resolver, &o);
}

/* Only what goes wrong, and that as a sentence of ours, unless somebody asked for more. */
static void hush(const struct wq_settings *settings)
{
	struct wq_log_opts log = { .level = WQ_LOG_ERROR,
		                   .format = (enum wq_log_format)wq_settings_int(settings, WQ_SET_LOG_FORMAT),
		                   .fd = STDERR_FILENO };

	if (!wq_settings_given(settings, WQ_SET_LOG_LEVEL))
		wq_log_setup(&log);
}

bool wq_session_open(struct wq_session *s, const struct wq_settings *settings)
{
	int rc;

	*s = (struct wq_session){ .settings = settings };
	hush(settings);
	rc = wq_loop_create(&s->loop, NULL);
	if (rc == 0)
		rc = wq_resolver_create(&s->resolver, s->loop,
		                        text_or_null(settings, WQ_SET_DNS_SERVERS));
	if (rc == 0)
		rc = connect_redis(s);
	if (rc < 0)
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
	return rc == 0;
}

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

static void turn(struct wq_session *s)
{
	if (!s->done)
		wq_loop_run(s->loop);
	s->done = false;
}

void wq_session_close(struct wq_session *s)
{
	if (s->redis) {
		wq_redis_close(s->redis, on_closed, s);
		turn(s);
	}
	if (s->resolver) {
		wq_resolver_close(s->resolver, on_closed, s);
		turn(s);
	}
	if (s->loop)
		wq_loop_destroy(s->loop);
	*s = (struct wq_session){ 0 };
}

void wq_session_done(struct wq_session *s, int rc)
{
	s->done = true;
	s->rc = rc;
	wq_loop_stop(s->loop);
}

void wq_session_tell(const struct wq_session *s, int rc, const char *error)
{
	const struct wq_setting_def *d = wq_setting_def(WQ_SET_REDIS_URL);
	struct wq_buf url;

	wq_buf_init(&url, URL_MAX_BYTES);
	(void)wq_value_show(d, &s->settings->values[WQ_SET_REDIS_URL], &url);
	if (rc == WQ_EAWAY || rc == WQ_ECONNECT)
		fprintf(stderr,
		        "willaq: Redis at %.*s cannot be reached (%s): start it, or name another with --redis-url\n",
		        WQ_STR_ARG(wq_buf_str(&url)), wq_redis_why(s->redis));
	else if (rc == WQ_ELOST || rc == WQ_ETIMEDOUT)
		fprintf(stderr,
		        "willaq: Redis at %.*s did not answer in time: nobody knows whether it was done\n",
		        WQ_STR_ARG(wq_buf_str(&url)));
	else if (rc > 0 || rc == WQ_EREPLY)
		fprintf(stderr, "willaq: Redis at %.*s refuses: %s\n", WQ_STR_ARG(wq_buf_str(&url)),
		        error);
	else
		fprintf(stderr, "willaq: %s\n", wq_err_text(rc));
	wq_buf_fini(&url);
}

int wq_session_run(struct wq_session *s, int started)
{
	s->rc = started;
	if (started == 0)
		turn(s);
	return s->rc;
}

bool wq_session_wait(struct wq_session *s, int started, const char *error)
{
	int rc = wq_session_run(s, started);

	if (rc != 0)
		wq_session_tell(s, rc, error);
	return rc == 0;
}

static void on_pause(struct wq_timer *t)
{
	wq_session_done(WQ_OWNER(t, struct wq_session, pause), 0);
}

void wq_session_pause(struct wq_session *s, uint64_t ms)
{
	wq_timer_init(&s->pause, s->loop, on_pause);
	wq_timer_start(&s->pause, ms);
	turn(s);
}
