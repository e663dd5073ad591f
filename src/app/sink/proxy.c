/* SPDX-License-Identifier: MIT */
/* proxy.c — makes its subscription, or points the one that is there to its URL; until that is done. */
#include "app/sink/proxy.h"

#include "base/log.h"
#include "base/url.h"

#define ID "proxy"
enum { AGAIN_MS = 1000 };

bool wq_proxy_takes(const char *to)
{
	struct wq_url url;

	return wq_url_parse(wq_str(to), &url, NULL) &&
	       (wq_str_is(url.scheme, "http") || wq_str_is(url.scheme, "https"));
}

static void ask(struct wq_proxy *p);

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_proxy *p = WQ_OWNER(cmd, struct wq_proxy, cmd);
	int64_t answer = rc == 0 ? wq_sub_put_answer(cmd) : 0;

	p->asking = false;
	p->known = rc == 0 && answer == WQ_SUB_EXISTS;
	if (p->known) {
		ask(p);
	} else if (rc != 0 || answer <= 0) {
		wq_timer_start(&p->again, AGAIN_MS);
	} else {
		p->hooks->waits = false;
		if (p->subs->deliverer)
			wq_deliverer_poke(p->subs->deliverer);
		wq_info("passing_on", WQ_URL("to", p->to));
	}
}

static int write_spec(struct wq_buf *out, const char *to)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "url", to);
	wq_jsonw_put_text(&w, "description", "willaq proxy");
	wq_jsonw_put_bool(&w, "raw", true);
	wq_jsonw_put_text(&w, "order", "strict");
	wq_jsonw_put_bool(&w, "trusted", true);
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

static void ask(struct wq_proxy *p)
{
	struct wq_sub_put put = { .id = wq_str(ID),
		                  .rev = p->known ? -1 : 0,
		                  .state = wq_str("active"),
		                  .now_ms = wq_loop_wall_ms(p->loop) };
	struct wq_buf spec;
	int rc;

	wq_buf_init(&spec, WQ_SUB_SPEC_MAX_BYTES);
	rc = write_spec(&spec, p->to);
	put.spec = wq_buf_str(&spec);
	if (rc == 0)
		rc = wq_sub_put_start(&p->subs->keys, &p->cmd, &put, on_put);
	wq_buf_fini(&spec);
	p->asking = rc == 0;
	if (rc < 0)
		wq_timer_start(&p->again, AGAIN_MS);
}

static void on_again(struct wq_timer *t)
{
	ask(WQ_OWNER(t, struct wq_proxy, again));
}

void wq_proxy_start(struct wq_proxy *p, struct wq_node *n, struct wq_subs_part *subs,
                    struct wq_hooks *hooks)
{
	p->subs = subs;
	p->hooks = hooks;
	p->loop = n->loop;
	p->started = true;
	wq_timer_init(&p->again, n->loop, on_again);
	ask(p);
}

void wq_proxy_stop(struct wq_proxy *p)
{
	if (!p->started)
		return;
	p->started = false;
	wq_timer_stop(&p->again);
	if (p->asking)
		wq_redis_forget(&p->cmd);
	p->asking = false;
}
