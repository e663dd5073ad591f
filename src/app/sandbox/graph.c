/* SPDX-License-Identifier: MIT */
/* graph.c — the manners that every route of the Graph API shares. */
#include <stdio.h>

#include "app/sandbox/core.h"
#include "base/limits.h"

enum { ID_DIGITS_MAX = 32, VERSION_CHARS_MAX = 8, ERROR_MAX_BYTES = 4096 };

bool wq_graph_is_id(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0 && s.n <= ID_DIGITS_MAX;
}

/* "23.0" */
bool wq_graph_is_version(struct wq_str s)
{
	struct wq_str major;

	return s.n <= VERSION_CHARS_MAX && wq_str_next(&s, '.', &major) && wq_graph_is_id(major) &&
	       wq_graph_is_id(s);
}

/* Any token will do: the sandbox knows nobody. */
bool wq_graph_has_token(struct wq_exchange *x)
{
	struct wq_str header = wq_exchange_header(x, "Authorization"), kind;

	if (!header.p)
		return wq_exchange_query(x, "access_token").n > 0;
	header = wq_str_trim(header);
	if (!wq_str_next(&header, ' ', &kind))
		return false;
	return (wq_str_is_nocase(kind, "Bearer") || wq_str_is_nocase(kind, "OAuth")) &&
	       wq_str_trim(header).n > 0;
}

bool wq_graph_enter(struct wq_sandbox *sb, struct wq_exchange *x)
{
	struct wq_str version = wq_exchange_param(x, "version");

	if (version.p && !wq_graph_is_version(version)) {
		wq_graph_refuse(sb, x, 2500, NULL);
		return false;
	}
	if (!wq_graph_has_token(x)) {
		wq_graph_refuse(sb, x, WQ_GRAPH_BAD_TOKEN, NULL);
		return false;
	}
	return true;
}

static void answer(struct wq_exchange *x, int status, struct wq_buf *body, int rc)
{
	char version[VERSION_CHARS_MAX + 2];
	struct wq_str asked = wq_exchange_param(x, "version");

	if (rc < 0) {
		wq_reply_problem(x, 500, "out_of_memory", "The answer could not be made.");
	} else {
		if (wq_graph_is_version(asked)) {
			(void)snprintf(version, sizeof(version), "v%.*s", WQ_STR_ARG(asked));
			wq_reply_header(x, "facebook-api-version", wq_str(version));
		}
		wq_reply(x, status, "application/json; charset=UTF-8", wq_buf_str(body));
	}
	wq_buf_fini(body);
}

void wq_graph_refuse_with(struct wq_sandbox *sb, struct wq_exchange *x,
                          const struct wq_graph_error *e)
{
	char trace[WQ_TRACE_MAX_BYTES];
	struct wq_buf body;
	struct wq_jsonw w;

	wq_sandbox_trace_id(&sb->ids, trace);
	wq_buf_init(&body, ERROR_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_graph_error_write(e, trace, &w);
	answer(x, wq_graph_error_status(e), &body, wq_jsonw_end(&w));
}

void wq_graph_refuse(struct wq_sandbox *sb, struct wq_exchange *x, int code, const char *fmt, ...)
{
	struct wq_graph_error e;
	va_list ap;

	va_start(ap, fmt);
	wq_graph_error_vset(&e, code, fmt, ap);
	va_end(ap);
	wq_graph_refuse_with(sb, x, &e);
}

void wq_graph_answer(struct wq_exchange *x, struct wq_buf *body, int rc)
{
	answer(x, 200, body, rc);
}

void wq_graph_succeed(struct wq_exchange *x)
{
	struct wq_buf body;

	wq_buf_init(&body, ERROR_MAX_BYTES);
	wq_graph_answer(x, &body, wq_buf_add_text(&body, "{\"success\":true}"));
}
