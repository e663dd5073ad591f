/* SPDX-License-Identifier: MIT */
/* draft.c — a request put together: each part is written into one buffer, then copied into the arena. */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/provider/core.h"

int wq_provider_keep(struct wq_arena *a, struct wq_str s, struct wq_str *out)
{
	uint64_t refusals = wq_alloc_refusals();
	char *p;

	*out = wq_strn(NULL, 0);
	if (!s.p)
		return 0;
	p = wq_arena_copy(a, s);
	if (!p)
		return refusals == wq_alloc_refusals() ? WQ_ETOOBIG : WQ_ENOMEM;
	*out = wq_strn(p, s.n);
	return 0;
}

int wq_provider_recheck(const struct wq_provider_ops *ops, const struct wq_message *m)
{
	struct wq_message_problem p;

	return ops->check(m, &p) ? WQ_RAISE_MSG(WQ_EINVAL, "%s can't carry this message: %s %s",
	                                        ops->name, p.field, p.what)
	                         : 0;
}

void wq_draft_begin(struct wq_draft *d, struct wq_arena *a, struct wq_provider_request *out)
{
	*out = (struct wq_provider_request){ .method = "POST" };
	*d = (struct wq_draft){ .arena = a, .out = out };
	wq_buf_init(&d->buf, WQ_PROVIDER_BODY_MAX_BYTES);
}

struct wq_str wq_draft_take(struct wq_draft *d)
{
	struct wq_str kept = { "", 0 };

	if (d->rc == 0)
		d->rc = wq_provider_keep(d->arena, d->buf.n ? wq_buf_str(&d->buf) : wq_str(""),
		                         &kept);
	wq_buf_clear(&d->buf);
	return d->rc == 0 ? kept : wq_str("");
}

void wq_draft_add(struct wq_draft *d, struct wq_str s)
{
	if (d->rc == 0 && s.n)
		d->rc = wq_buf_add_str(&d->buf, s);
}

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '~';
}

void wq_draft_add_escaped(struct wq_draft *d, struct wq_str s)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t plain = 0;

	for (size_t i = 0; s.n && i <= s.n; i++) {
		unsigned char c = i < s.n ? (unsigned char)s.p[i] : 0;
		char escape[3] = { '%', digits[c >> 4], digits[c & 15] };

		if (i < s.n && is_unreserved((char)c))
			continue;
		wq_draft_add(d, wq_strn(s.p + plain, i - plain));
		if (i < s.n)
			wq_draft_add(d, wq_strn(escape, sizeof(escape)));
		plain = i + 1;
	}
}

void wq_draft_url(struct wq_draft *d, const char *method)
{
	d->out->url = wq_draft_take(d).p;
	d->out->method = method;
}

void wq_draft_header(struct wq_draft *d, const char *name)
{
	struct wq_provider_request *r = d->out;

	WQ_REQUIRE(r->headers_n < WQ_PROVIDER_HEADERS_MAX);
	r->headers[r->headers_n++] = (struct wq_call_header){ name, wq_draft_take(d) };
}

void wq_draft_body(struct wq_draft *d, const char *type)
{
	d->out->body = wq_draft_take(d);
	wq_draft_add(d, wq_str(type));
	wq_draft_header(d, "Content-Type");
}

void wq_draft_json_begin(struct wq_draft *d)
{
	wq_jsonw_begin(&d->w, &d->buf);
	d->w.rc = d->rc;
}

void wq_draft_json_end(struct wq_draft *d)
{
	d->rc = wq_jsonw_end(&d->w);
	wq_draft_body(d, "application/json");
}

int wq_draft_end(struct wq_draft *d)
{
	if (d->buf.p) /* a credential may have passed through it */
		wq_wipe(d->buf.p, d->buf.cap);
	wq_buf_fini(&d->buf);
	return d->rc;
}
