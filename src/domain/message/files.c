/* SPDX-License-Identifier: MIT */
/* files.c — one walk finds, another writes; both know a file by the name it stands below. */
#include "domain/message/files.h"

#include "base/assert.h"
#include "base/limits.h"

const char *const wq_links_names[WQ_LINKS] = { "", "pass", "upload", "once" };

static const enum wq_message_kind kinds[] = { WQ_MESSAGE_IMAGE, WQ_MESSAGE_VIDEO, WQ_MESSAGE_AUDIO,
	                                      WQ_MESSAGE_DOCUMENT, WQ_MESSAGE_STICKER };
/* Members of a file that no provider knows. */
static const char *const ours[] = { "link", "data", "mime_type", "upload" };

struct finder {
	struct wq_file *out;
	size_t n, max;
};

bool wq_links_from(struct wq_str name, enum wq_links *out)
{
	for (unsigned i = WQ_LINKS_PASS; i < WQ_LINKS; i++) {
		if (!wq_str_is(name, wq_links_names[i]))
			continue;
		*out = (enum wq_links)i;
		return true;
	}
	return false;
}

struct wq_str wq_file_data_url(struct wq_str s, struct wq_str *base64)
{
	size_t comma = wq_str_find(s, ',');
	struct wq_str head = wq_strn(s.p, comma);

	if (!wq_str_starts(s, "data:") || comma == s.n || !wq_str_ends(head, ";base64"))
		return wq_strn(NULL, 0);
	*base64 = wq_strn(s.p + comma + 1, s.n - comma - 1);
	return wq_strn(head.p + 5, head.n - 5 - 7);
}

static bool is_sextet(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/';
}

int64_t wq_file_base64_bytes(struct wq_str s)
{
	size_t n = s.n;

	for (unsigned i = 0; i < 2 && n > 0 && s.p[n - 1] == '='; i++)
		n--;
	if (n == 0 || n % 4 == 1 || (n != s.n && s.n % 4 != 0))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!is_sextet(s.p[i]))
			return -1;
	return (int64_t)(n / 4 * 3 + (n % 4 ? n % 4 - 1 : 0));
}

static int kind_of(struct wq_str key)
{
	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		if (wq_str_is(key, wq_message_kind_name(kinds[i])))
			return (int)kinds[i];
	return -1;
}

static enum wq_links links_of(yyjson_val *upload)
{
	if (wq_str_is(wq_json_str(upload), "once"))
		return WQ_LINKS_ONCE;
	return yyjson_is_true(upload)    ? WQ_LINKS_UPLOAD
	       : yyjson_is_false(upload) ? WQ_LINKS_PASS
	                                 : WQ_LINKS_UNSAID;
}

/* False: it is no file. */
static bool read_file(struct wq_file *f, yyjson_val *media, int kind)
{
	struct wq_str link = wq_json_get_str(media, "link"), data = wq_json_get_str(media, "data");
	struct wq_str id = wq_json_get_str(media, "id"), type;

	*f = (struct wq_file){ .media = media,
		               .kind = (enum wq_message_kind)kind,
		               .from = data.p   ? WQ_FILE_DATA
		                       : link.p ? WQ_FILE_LINK
		                                : WQ_FILE_ID,
		               .at = data.p   ? data
		                     : link.p ? link
		                              : id,
		               .type = wq_json_get_str(media, "mime_type"),
		               .name = wq_json_get_str(media, "filename"),
		               .links = links_of(wq_json_get(media, "upload")) };
	type = data.p ? wq_file_data_url(data, &f->at) : wq_strn(NULL, 0);
	if (type.p && !f->type.p)
		f->type = type;
	return yyjson_is_obj(media) && f->at.p;
}

static void take(struct finder *s, yyjson_val *media, int kind)
{
	struct wq_file beyond, *f = s->n < s->max ? &s->out[s->n] : &beyond;

	if (read_file(f, media, kind))
		s->n++;
}

static void find(struct finder *s, yyjson_val *v, unsigned depth)
{
	yyjson_val *key, *inner;
	size_t i, n;

	if (depth > WQ_MESSAGE_CONTENT_DEPTH_MAX)
		return;
	yyjson_arr_foreach(v, i, n, inner)
	{
		find(s, inner, depth + 1);
	}
	yyjson_obj_foreach(v, i, n, key, inner)
	{
		int kind = kind_of(wq_json_str(key));

		if (kind >= 0 && yyjson_is_obj(inner))
			take(s, inner, kind);
		else
			find(s, inner, depth + 1);
	}
}

static bool is_media(enum wq_message_kind k)
{
	return kind_of(wq_str(wq_message_kind_name(k))) >= 0;
}

size_t wq_files_find(const struct wq_message *m, struct wq_file *out, size_t max)
{
	struct finder s = { .out = out, .max = max };

	if (is_media(m->kind))
		take(&s, m->content, (int)m->kind);
	else if (m->kind == WQ_MESSAGE_INTERACTIVE || m->kind == WQ_MESSAGE_TEMPLATE)
		find(&s, m->content, 0);
	return s.n;
}

static bool is_ours(struct wq_str key)
{
	for (size_t i = 0; i < WQ_COUNT(ours); i++)
		if (wq_str_is(key, ours[i]))
			return true;
	return false;
}

static void write_file(struct wq_jsonw *w, const struct wq_file *f)
{
	yyjson_val *key, *inner;
	size_t i, n;

	wq_jsonw_object(w);
	if (f->id.p || f->from == WQ_FILE_LINK) {
		wq_jsonw_key(w, f->id.p ? "id" : "link");
		wq_jsonw_str(w, f->id.p ? f->id : f->at);
	}
	yyjson_obj_foreach(f->media, i, n, key, inner)
	{
		if (is_ours(wq_json_str(key)))
			continue;
		wq_jsonw_key_str(w, wq_json_str(key));
		wq_jsonw_value(w, inner);
	}
	wq_jsonw_object_end(w);
}

static void write_anew(struct wq_jsonw *w, yyjson_val *v, const struct wq_file *files, size_t n)
{
	yyjson_val *key, *inner;
	size_t i, all;

	for (i = 0; i < n; i++)
		if (files[i].media == v) {
			write_file(w, &files[i]);
			return;
		}
	if (yyjson_is_arr(v)) {
		wq_jsonw_array(w);
		yyjson_arr_foreach(v, i, all, inner)
		{
			write_anew(w, inner, files, n);
		}
		wq_jsonw_array_end(w);
		return;
	}
	if (!yyjson_is_obj(v)) {
		wq_jsonw_value(w, v);
		return;
	}
	wq_jsonw_object(w);
	yyjson_obj_foreach(v, i, all, key, inner)
	{
		wq_jsonw_key_str(w, wq_json_str(key));
		write_anew(w, inner, files, n);
	}
	wq_jsonw_object_end(w);
}

void wq_files_write(struct wq_jsonw *w, const struct wq_message *m, const struct wq_file *files,
                    size_t n)
{
	write_anew(w, m->content, files, n);
}
