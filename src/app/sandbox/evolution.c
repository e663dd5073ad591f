/* SPDX-License-Identifier: MIT */
/* evolution.c — the manners that every route of Evolution's shares: keys, errors, instances. */
#include "app/sandbox/evolution.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/sandbox/fingerprints.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/verdict.h"

enum { ERROR_MAX_BYTES = 4096, MANY = 429 };

int wq_instances_init(struct wq_instances *i)
{
	*i = (struct wq_instances){ .n = 0 };
	wq_list_init(&i->all);
	return wq_map_init(&i->map);
}

static void drop(struct wq_instances *i, struct wq_instance *one)
{
	wq_map_take(&i->map, &one->node);
	wq_list_remove(&one->link);
	wq_free(one);
	i->n--;
}

void wq_instances_clear(struct wq_instances *i)
{
	while (!wq_list_empty(&i->all))
		drop(i, WQ_OWNER(i->all.next, struct wq_instance, link));
}

void wq_instances_fini(struct wq_instances *i)
{
	if (i->all.next)
		wq_instances_clear(i);
	wq_map_fini(&i->map);
	*i = (struct wq_instances){ .n = 0 };
}

struct wq_instance *wq_instances_get(struct wq_instances *i, struct wq_str name)
{
	struct wq_map_node *node = wq_map_get(&i->map, name);
	struct wq_instance *one;

	if (node)
		return WQ_OWNER(node, struct wq_instance, node);
	if (name.n == 0 || name.n >= WQ_INSTANCE_NAME_MAX_BYTES)
		return NULL;
	if (i->n >= WQ_SANDBOX_INSTANCES_MAX)
		drop(i, WQ_OWNER(i->all.next, struct wq_instance, link));
	one = wq_zalloc(sizeof(*one));
	if (!one) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	memcpy(one->name, name.p, name.n);
	wq_list_push(&i->all, &one->link);
	wq_map_put(&i->map, &one->node, wq_strn(one->name, name.n));
	i->n++;
	return one;
}

void wq_instance_id(struct wq_str name, char out[WQ_INSTANCE_ID_BYTES])
{
	uint64_t a = wq_fingerprint(7, name), b = wq_fingerprint(8, name);

	(void)snprintf(out, WQ_INSTANCE_ID_BYTES, "%08x-%04x-4%03x-8%03x-%012" PRIx64,
	               (unsigned)(a >> 32), (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff,
	               (unsigned)(b >> 48) & 0xfff, b & 0xffffffffffff);
}

static const struct {
	int code, status;
	const char *text;
} rows[] = {
	{ WQ_EVOLUTION_NOT_ON_WHATSAPP, 400, "" },
	{ WQ_EVOLUTION_VALIDATION, 400, "The \"text\" cannot be empty" },
	{ WQ_EVOLUTION_CLOSED, 400, "Error: Connection Closed" },
	{ WQ_EVOLUTION_BROKEN, 400, "Error: Timed Out" },
	{ WQ_EVOLUTION_EXCEPTION, 400, "[object Object]" },
	{ WQ_EVOLUTION_UNAUTHORIZED, 401, "Unauthorized" },
	{ WQ_EVOLUTION_FORBIDDEN, 403, "Missing global api key" },
	{ WQ_EVOLUTION_NO_INSTANCE, 404, "The instance does not exist" },
	{ WQ_EVOLUTION_NO_ROUTE, 404, "Cannot POST here" },
	{ WQ_EVOLUTION_DISGUISED, 200, "[object Object]" },
	{ WQ_EVOLUTION_NOT_AVAILABLE, 500, "Method not available on this channel" },
	{ WQ_EVOLUTION_CRASH, 500, "Internal server error" },
	{ MANY, MANY, "rate-overlimit" },
};

void wq_sandbox_evolution_error_set(struct wq_graph_error *e, int code, const char *fmt, ...)
{
	const char *text = "Internal server error";
	va_list ap;

	*e = (struct wq_graph_error){ .code = code, .status = 500 };
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		if (rows[i].code == code) {
			e->status = rows[i].status;
			text = rows[i].text;
		}
	}
	va_start(ap, fmt);
	if (fmt)
		(void)vsnprintf(e->details, sizeof(e->details), fmt, ap);
	else
		(void)snprintf(e->details, sizeof(e->details), "%s", text);
	va_end(ap);
}

/* [{"jid", "exists": false, "number"}] */
static void write_absent(struct wq_jsonw *w, struct wq_str number)
{
	char jid[WQ_WA_ID_MAX_BYTES + 24];

	(void)snprintf(jid, sizeof(jid), "%.*s@s.whatsapp.net",
	               number.n < WQ_WA_ID_MAX_BYTES ? (int)number.n : 0, number.p ? number.p : "");
	wq_jsonw_array(w);
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "jid", jid);
	wq_jsonw_put_bool(w, "exists", false);
	wq_jsonw_put_str(w, "number", number);
	wq_jsonw_object_end(w);
	wq_jsonw_array_end(w);
}

/* A text, a list of texts, or a list of lists: it has never settled on one. */
static void write_reason(struct wq_jsonw *w, const struct wq_graph_error *e, struct wq_str number)
{
	int lists = e->code == WQ_EVOLUTION_UNAUTHORIZED ? 0
	            : e->code == WQ_EVOLUTION_VALIDATION ? 2
	                                                 : 1;

	wq_jsonw_key(w, "message");
	if (e->code == WQ_EVOLUTION_NOT_ON_WHATSAPP) {
		write_absent(w, number);
		return;
	}
	for (int i = 0; i < lists; i++)
		wq_jsonw_array(w);
	wq_jsonw_text(w, e->details);
	for (int i = 0; i < lists; i++)
		wq_jsonw_array_end(w);
}

void wq_sandbox_evolution_answer(struct wq_exchange *x, int status, struct wq_buf *body, int rc)
{
	if (rc < 0)
		wq_reply_problem(x, 500, "out_of_memory", "The answer could not be made.");
	else
		wq_reply(x, status, "application/json; charset=utf-8", wq_buf_str(body));
	wq_buf_fini(body);
}

void wq_sandbox_evolution_refuse(struct wq_exchange *x, const struct wq_graph_error *e,
                                 struct wq_str number)
{
	struct wq_buf body;
	struct wq_jsonw w;

	wq_buf_init(&body, ERROR_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	if (e->code == WQ_EVOLUTION_DISGUISED) {
		wq_jsonw_put_bool(&w, "error", true);
		wq_jsonw_put_text(&w, "message", e->details);
	} else {
		wq_jsonw_put_int(&w, "status", e->status);
		wq_jsonw_put_text(&w, "error", wq_status_text(e->status));
		wq_jsonw_key(&w, "response");
		wq_jsonw_object(&w);
		write_reason(&w, e, number);
		wq_jsonw_object_end(&w);
	}
	wq_jsonw_object_end(&w);
	wq_sandbox_evolution_answer(x, e->status, &body, wq_jsonw_end(&w));
}

struct wq_instance *wq_sandbox_evolution_enter(struct wq_sandbox *sb, struct wq_exchange *x)
{
	struct wq_str key = wq_exchange_header(x, "apikey");
	struct wq_instance *i = wq_instances_get(&sb->instances, wq_exchange_param(x, "instance"));
	struct wq_graph_error e;

	if (i && key.n && key.n < WQ_INSTANCE_KEY_MAX_BYTES) {
		(void)snprintf(i->key, sizeof(i->key), "%.*s", WQ_STR_ARG(key));
		return i;
	}
	wq_sandbox_evolution_error_set(&e, i ? WQ_EVOLUTION_UNAUTHORIZED : WQ_EVOLUTION_NO_INSTANCE,
	                               NULL);
	wq_sandbox_evolution_refuse(x, &e, wq_str(""));
	return NULL;
}

int wq_sandbox_evolution_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	int rc = wq_sandbox_evolution_messages_routes(sb, s);

	return rc < 0 ? rc : wq_sandbox_evolution_instances_routes(sb, s);
}
