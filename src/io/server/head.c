/* SPDX-License-Identifier: MIT */
/* head.c — the request line by hand, the fields by llhttp, then the rules about fields.
 *
 * llhttp sees one contiguous head, so each of its spans comes in one piece, and never sees a body.
 */
#include "io/server/head.h"

#include <llhttp.h>

#include "base/assert.h"
#include "io/server/grammar.h"

enum { LENGTH_DIGITS_MAX = 10, BAD = 400 };

static bool refuse(struct wq_parse *p, int status, const char *why)
{
	p->status = status;
	p->why = why;
	return false;
}

static bool judge_version(struct wq_parse *p, struct wq_str version)
{
	if (version.n != 8 || !wq_str_starts(version, "HTTP/") || version.p[6] != '.' ||
	    version.p[5] < '0' || version.p[5] > '9' || version.p[7] < '0' || version.p[7] > '9')
		return refuse(p, BAD, "The request line must end in HTTP/1.1 or HTTP/1.0.");
	if (version.p[5] != '1' || version.p[7] > '1')
		return refuse(p, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
	p->http10 = version.p[7] == '0';
	return true;
}

static bool judge_method(struct wq_parse *p, struct wq_str method)
{
	for (int m = 0; m < WQ_METHODS; m++) {
		if (wq_str_is(method, wq_method_name(m))) {
			p->method = m;
			return true;
		}
	}
	if (method.n == 0 || !wq_all_of(method, WQ_BYTE_TOKEN))
		return refuse(p, BAD, "The method is not a word.");
	return refuse(p, 501, "This method is not known here.");
}

static bool judge_target(struct wq_parse *p, struct wq_str target)
{
	p->target_at = (uint32_t)(target.p - p->head.p); /* head may still move */
	if (!wq_all_of(target, WQ_BYTE_TARGET))
		return refuse(p, BAD, "The request target holds a byte that it must not.");
	if (target.n > 0 && target.p[0] == '/')
		return true;
	if (p->method == WQ_OPTIONS && wq_str_is(target, "*"))
		return true;
	return refuse(p, BAD, "The request target must start with a slash.");
}

bool wq_head_judge_line(struct wq_parse *p)
{
	struct wq_str rest = wq_strn(p->head.p, p->line), method, target, version;

	if (p->spaces != 2)
		return refuse(p, BAD, "A request line is method, target and version.");
	wq_str_next(&rest, ' ', &method);
	wq_str_next(&rest, ' ', &target);
	wq_str_next(&rest, ' ', &version);
	return judge_version(p, version) && judge_method(p, method) && judge_target(p, target);
}

static int on_name(llhttp_t *h, const char *at, size_t n)
{
	struct wq_parse *p = h->data;
	struct wq_field *f = &p->fields[p->fields_n];

	if (p->fields_n == WQ_SERVER_HEADERS_MAX)
		return HPE_USER; /* parse.c has counted the lines: cannot be */
	*f = (struct wq_field){ .name = (uint32_t)(at - p->head.p), .name_n = (uint32_t)n };
	return 0;
}

static int on_value(llhttp_t *h, const char *at, size_t n)
{
	struct wq_parse *p = h->data;
	struct wq_field *f = &p->fields[p->fields_n];

	f->value = (uint32_t)(at - p->head.p);
	f->value_n = (uint32_t)n;
	return 0;
}

static int on_value_end(llhttp_t *h)
{
	struct wq_parse *p = h->data;

	p->fields_n++;
	return 0;
}

static int on_head_end(llhttp_t *h)
{
	(void)h;
	return HPE_PAUSED; /* what follows is not llhttp's to read */
}

static bool judge_host(struct wq_parse *p, struct wq_str value)
{
	if (p->hosts++ > 0)
		return refuse(p, BAD, "There must be one Host.");
	if (value.n == 0 || !wq_all_of(value, WQ_BYTE_HOST))
		return refuse(p, BAD, "Host is not a name.");
	return true;
}

static bool judge_length(struct wq_parse *p, struct wq_str value, bool padded)
{
	if (p->lengths++ > 0)
		return refuse(p, BAD, "There must be one Content-Length.");
	if (padded || value.n > LENGTH_DIGITS_MAX || !wq_str_to_u64(value, UINT64_MAX, &p->length))
		return refuse(p, BAD, "Content-Length must be 1 to 10 digits.");
	return true;
}

static bool judge_coding(struct wq_parse *p, struct wq_str value, bool padded)
{
	if (p->codings++ > 0 || padded || !wq_str_is_nocase(value, "chunked"))
		return refuse(p, BAD, "Transfer-Encoding must be chunked, once.");
	if (p->http10)
		return refuse(p, BAD, "HTTP/1.0 knows no Transfer-Encoding.");
	p->chunked = true;
	return true;
}

static bool judge_expect(struct wq_parse *p, struct wq_str value)
{
	if (!wq_str_is_nocase(value, "100-continue"))
		return refuse(p, 417, "Only 100-continue can be expected.");
	p->expects_continue = !p->http10;
	return true;
}

static bool judge_connection(struct wq_parse *p, struct wq_str value)
{
	struct wq_str word;

	while (wq_str_next(&value, ',', &word)) {
		word = wq_str_trim(word);
		if (wq_str_is_nocase(word, "close"))
			p->closes = true;
		else if (wq_str_is_nocase(word, "keep-alive"))
			p->keep_alive = true;
	}
	return true;
}

static bool judge_field(struct wq_parse *p, struct wq_str name, struct wq_str value, bool padded)
{
	switch (name.n) {
	case 4:
		return !wq_str_is_nocase(name, "Host") || judge_host(p, value);
	case 6:
		return !wq_str_is_nocase(name, "Expect") || judge_expect(p, value);
	case 10:
		return !wq_str_is_nocase(name, "Connection") || judge_connection(p, value);
	case 14:
		return !wq_str_is_nocase(name, "Content-Length") || judge_length(p, value, padded);
	case 17:
		return !wq_str_is_nocase(name, "Transfer-Encoding") ||
		       judge_coding(p, value, padded);
	default:
		return true;
	}
}

static bool judge_fields(struct wq_parse *p)
{
	p->keep_alive = !p->http10;
	for (unsigned i = 0; i < p->fields_n; i++) {
		struct wq_field *f = &p->fields[i];
		struct wq_str raw = wq_strn(p->head.p + f->value, f->value_n);
		struct wq_str value = wq_str_trim(raw);

		f->value += (uint32_t)(value.p - raw.p);
		f->value_n = (uint32_t)value.n;
		if (!judge_field(p, wq_parse_name(p, i), value, value.n != raw.n))
			return false;
	}
	if (p->hosts == 0 && !p->http10)
		return refuse(p, BAD, "Host is missing.");
	if (p->lengths > 0 && p->chunked)
		return refuse(p, BAD, "Content-Length and Transfer-Encoding exclude each other.");
	p->keep_alive = p->keep_alive && !p->closes;
	return true;
}

bool wq_head_read(struct wq_parse *p)
{
	static const llhttp_settings_t settings = {
		.on_header_field = on_name,
		.on_header_value = on_value,
		.on_header_value_complete = on_value_end,
		.on_headers_complete = on_head_end,
	};
	llhttp_t h;

	llhttp_init(&h, HTTP_REQUEST, &settings);
	h.data = p;
	if (llhttp_execute(&h, p->head.p, p->head.n) != HPE_PAUSED ||
	    llhttp_get_error_pos(&h) != p->head.p + p->head.n)
		return refuse(p, BAD, "The head of the request is malformed.");
	return judge_fields(p);
}
