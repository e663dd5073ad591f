/* SPDX-License-Identifier: MIT */
/* template.c — arguments of the template_ scripts, and their answers. */
#include "store/template.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24 };

static const char *number(char out[NUMBER_BYTES], int64_t n)
{
	snprintf(out, NUMBER_BYTES, "%" PRId64, n);
	return out;
}

static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

bool wq_template_id(char id[static WQ_TEMPLATE_ID_MAX_BYTES], int of, struct wq_str owner,
                    struct wq_str kind, struct wq_str language)
{
	int n;

	if (owner.n > WQ_ACCOUNT_ID_MAX_BYTES || kind.n > WQ_TEMPLATE_KIND_MAX_BYTES ||
	    language.n > WQ_WA_LANGUAGE_MAX_CHARS)
		return false;
	n = snprintf(id, WQ_TEMPLATE_ID_MAX_BYTES, "%.*s:%.*s:%d:%.*s", WQ_STR_ARG(kind),
	             WQ_STR_ARG(language), of, WQ_STR_ARG(owner));
	return n > 0 && n < WQ_TEMPLATE_ID_MAX_BYTES;
}

int wq_template_put_start(const struct wq_registry *g, struct wq_redis_cmd *cmd,
                          const struct wq_template_put *p,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_TEMPLATE_PUT_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES], of[NUMBER_BYTES];

	argv[0] = wq_str(g->ids);
	argv[1 + WQ_TEMPLATE_PUT_BASE] = wq_str(g->base);
	argv[1 + WQ_TEMPLATE_PUT_ID] = wq_str(p->id);
	argv[1 + WQ_TEMPLATE_PUT_OF] = wq_str(number(of, p->of));
	argv[1 + WQ_TEMPLATE_PUT_OWNER] = bytes(p->owner);
	argv[1 + WQ_TEMPLATE_PUT_BUSINESS] = bytes(p->business);
	argv[1 + WQ_TEMPLATE_PUT_KIND] = p->kind;
	argv[1 + WQ_TEMPLATE_PUT_LANGUAGE] = p->language;
	argv[1 + WQ_TEMPLATE_PUT_SOURCE] = p->source;
	argv[1 + WQ_TEMPLATE_PUT_BY] = bytes(p->by);
	argv[1 + WQ_TEMPLATE_PUT_NOW_MS] = wq_str(number(now, p->now_ms));
	argv[1 + WQ_TEMPLATE_PUT_MOST] = wq_str(number(most, WQ_TEMPLATES_OWN_MAX));
	return wq_script_start(g->redis, cmd, &wq_script_template_put, argv, WQ_COUNT(argv), cb);
}

int wq_template_remove_start(const struct wq_registry *g, struct wq_redis_cmd *cmd, const char *id,
                             int64_t now_ms, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_TEMPLATE_REMOVE_ARGS];
	char now[NUMBER_BYTES];

	argv[0] = wq_str(g->ids);
	argv[1 + WQ_TEMPLATE_REMOVE_BASE] = wq_str(g->base);
	argv[1 + WQ_TEMPLATE_REMOVE_ID] = wq_str(id);
	argv[1 + WQ_TEMPLATE_REMOVE_NOW_MS] = wq_str(number(now, now_ms));
	return wq_script_start(g->redis, cmd, &wq_script_template_remove, argv, WQ_COUNT(argv), cb);
}

int64_t wq_template_answer(const struct wq_redis_cmd *cmd)
{
	return wq_redis_int(wq_redis_at(cmd->reply, 0), WQ_TEMPLATE_GONE);
}
