/* SPDX-License-Identifier: MIT */
/* media_answer.c — {"id"}, {"success": true}, {"url", "mime_type", "sha256", "file_size", "id"}, or Graph's error. */
#include "base/limits.h"
#include "domain/provider/cloud_ops.h"
#include "domain/provider/media.h"

static bool is_success(const struct wq_answer_reader *r)
{
	return r->out->status >= 200 && r->out->status <= 299 && !wq_json_get(r->root, "error");
}

int wq_media_uploaded(struct wq_arena *a, int rc, const struct wq_call *call, struct wq_answer *out)
{
	struct wq_answer_reader r;

	if (wq_answer_begin(&r, a, rc, call, out)) {
		struct wq_str id = wq_json_get_str(r.root, "id");

		if (is_success(&r))
			wq_answer_sent(&r, id);
		else if (!id.p)
			wq_cloud_read_error(&r);
	}
	return wq_answer_end(&r);
}

int wq_media_deleted(struct wq_arena *a, int rc, const struct wq_call *call, struct wq_answer *out)
{
	struct wq_answer_reader r;

	if (wq_answer_begin(&r, a, rc, call, out)) {
		bool done = yyjson_is_true(wq_json_get(r.root, "success"));

		if (is_success(&r) && done)
			out->as = WQ_SENT;
		else if (!done)
			wq_cloud_read_error(&r);
	}
	return wq_answer_end(&r);
}

/* Our token goes there: nothing but https, and nothing that is no URL. */
static bool is_url(struct wq_str url)
{
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~')
			return false;
	return wq_str_starts(url, "https://") && url.n <= WQ_CLIENT_URL_MAX_BYTES;
}

/* A number, or its digits as text. */
static int64_t size_of(yyjson_val *root)
{
	struct wq_str text = wq_json_get_str(root, "file_size");
	uint64_t n;

	if (text.p)
		return wq_str_to_u64(text, WQ_JSON_INT_MAX, &n) ? (int64_t)n : -1;
	return wq_json_get_int(root, "file_size", -1) >= 0 ? wq_json_get_int(root, "file_size", -1)
	                                                   : -1;
}

static void read_info(struct wq_answer_reader *r, struct wq_media_info *info)
{
	struct wq_str url = wq_json_get_str(r->root, "url");

	if (!is_url(url))
		return;
	wq_answer_sent(r, wq_json_get_str(r->root, "id"));
	if (r->out->as != WQ_SENT || r->rc < 0)
		return;
	r->rc = wq_provider_keep(r->arena, url, &info->url);
	wq_answer_keep(r, &info->type, wq_json_get_str(r->root, "mime_type"));
	wq_answer_keep(r, &info->sha256, wq_json_get_str(r->root, "sha256"));
	info->bytes = size_of(r->root);
}

int wq_media_looked_up(struct wq_arena *a, int rc, const struct wq_call *call,
                       struct wq_answer *out, struct wq_media_info *info)
{
	static const struct wq_media_info nothing = { .bytes = -1 };
	struct wq_answer_reader r;

	*info = nothing;
	if (wq_answer_begin(&r, a, rc, call, out)) {
		if (is_success(&r))
			read_info(&r, info);
		else if (!wq_json_get(r.root, "url"))
			wq_cloud_read_error(&r);
	}
	rc = wq_answer_end(&r);
	if (rc < 0)
		*info = nothing;
	return rc;
}
