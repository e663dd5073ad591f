/* SPDX-License-Identifier: MIT */
/* graph_media.c — upload, look up, fetch, delete.
 *
 * The address that a look-up gives lives for WQ_SANDBOX_MEDIA_URL_SECONDS and carries a hash of id and end; it leads
 * back to the host that was asked, as it stood in the request.
 */
#include <inttypes.h>
#include <stdio.h>

#include "app/sandbox/core.h"
#include "app/sandbox/fingerprints.h"
#include "app/sandbox/multipart.h"
#include "base/limits.h"

#define ATTACHMENTS "/whatsapp_business/attachments"

enum { ANSWER_MAX_BYTES = 4096, URL_MAX_BYTES = 1024, MIME_MAX_BYTES = 100 };

/* The largest file of each kind; the first prefix that fits counts. */
static const struct {
	const char *prefix;
	size_t max_bytes;
} kinds[] = {
	{ "image/webp", 512000 },
	{ "image/jpeg", 5242880 },
	{ "image/png", 5242880 },
	{ "audio/aac", 16777216 },
	{ "audio/amr", 16777216 },
	{ "audio/mpeg", 16777216 },
	{ "audio/mp4", 16777216 },
	{ "audio/ogg", 16777216 },
	{ "video/mp4", 16777216 },
	{ "video/3gpp", 16777216 },
	{ "text/", 104857600 },
	{ "application/", 104857600 },
};

/* What the form says. */
struct upload {
	struct wq_str product, type;
	struct wq_part file;
};

static bool read_form(struct wq_exchange *x, struct upload *u)
{
	struct wq_multipart m;
	struct wq_part part;

	*u = (struct upload){ .product = wq_strn(NULL, 0) };
	if (!wq_multipart_begin(&m, wq_exchange_header(x, "Content-Type"),
	                        wq_exchange_request(x)->body))
		return false;
	while (wq_multipart_next(&m, &part)) {
		if (wq_str_is(part.name, "messaging_product"))
			u->product = part.content;
		else if (wq_str_is(part.name, "type"))
			u->type = part.content;
		else if (wq_str_is(part.name, "file"))
			u->file = part;
	}
	return !m.broken;
}

/* A header value later: printable ASCII, "type/subtype; parameters". */
static bool is_mime(struct wq_str mime)
{
	for (size_t i = 0; i < mime.n; i++)
		if (mime.p[i] < ' ' || mime.p[i] > '~')
			return false;
	return mime.n > 0 && mime.n <= MIME_MAX_BYTES;
}

static size_t largest(struct wq_str mime)
{
	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		if (wq_str_starts(mime, kinds[i].prefix))
			return kinds[i].max_bytes;
	return 0;
}

/* The type that counts; p == NULL: x was answered. */
static struct wq_str judge(struct wq_sandbox *sb, struct wq_exchange *x, const struct upload *u)
{
	struct wq_str mime = u->type.n ? u->type : u->file.type;
	const struct wq_str none = wq_strn(NULL, 0);

	if (!wq_str_is_nocase(u->product, "whatsapp")) {
		wq_graph_refuse(sb, x, 100, "The parameter messaging_product is required.");
		return none;
	}
	if (!u->file.name.p) {
		wq_graph_refuse(sb, x, 100, "The parameter file is required.");
		return none;
	}
	if (!is_mime(mime) || largest(mime) == 0) {
		wq_graph_refuse(
			sb, x, 100,
			"Param file must be a file of a supported type. Received file of type '%.*s'.",
			(int)(is_mime(mime) ? mime.n : 0), mime.p ? mime.p : "");
		return none;
	}
	if (u->file.content.n == 0 || u->file.content.n > largest(mime)) {
		wq_graph_refuse(sb, x, 131053,
		                "A file of type %.*s must have from 1 to %zu bytes, not %zu.",
		                WQ_STR_ARG(mime), largest(mime), u->file.content.n);
		return none;
	}
	return mime;
}

static void handle_upload(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	char id[WQ_MEDIA_MAX_BYTES];
	struct upload u;
	struct wq_str mime;
	struct wq_buf body;

	if (!wq_graph_enter(sb, x))
		return;
	if (!read_form(x, &u)) {
		wq_graph_refuse(sb, x, 100, "The body is not a complete multipart/form-data.");
		return;
	}
	mime = judge(sb, x, &u);
	if (!mime.p)
		return;
	wq_sandbox_media_id(&sb->ids, id);
	if (!wq_media_add(&sb->media, id, mime, u.file.content)) {
		wq_graph_refuse(sb, x, 131000, NULL);
		return;
	}
	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_graph_answer(x, &body, wq_buf_addf(&body, "{\"id\":\"%s\"}", id));
}

static uint64_t url_hash(const struct wq_sandbox *sb, struct wq_str id, uint64_t until_s)
{
	return wq_fingerprint(wq_fingerprint(sb->media_key, id) ^ until_s, wq_str("url"));
}

static void write_url(struct wq_sandbox *sb, struct wq_exchange *x, const struct wq_media_file *f,
                      struct wq_jsonw *w)
{
	uint64_t until_s = (uint64_t)(wq_loop_wall_ms(sb->loop) / 1000) +
	                   WQ_SANDBOX_MEDIA_URL_SECONDS;
	struct wq_str host = wq_exchange_header(x, "Host");
	char url[URL_MAX_BYTES];

	(void)snprintf(url, sizeof(url),
	               "http://%.*s" ATTACHMENTS "?mid=%s&ext=%" PRIu64 "&hash=%016" PRIx64,
	               (int)(host.n < 256 ? host.n : 256), host.p ? host.p : "", f->id, until_s,
	               url_hash(sb, wq_str(f->id), until_s));
	wq_jsonw_put_text(w, "url", url);
}

bool wq_graph_media_look_up(struct wq_sandbox *sb, struct wq_exchange *x, struct wq_str id)
{
	struct wq_media_file *f = wq_media_find(&sb->media, id);
	struct wq_buf body;
	struct wq_jsonw w;
	char size[24];

	if (!f)
		return false;
	(void)snprintf(size, sizeof(size), "%zu", f->n);
	wq_buf_init(&body, ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "messaging_product", "whatsapp");
	write_url(sb, x, f, &w);
	wq_jsonw_put_text(&w, "mime_type", f->mime);
	wq_jsonw_put_text(&w, "sha256", f->sha256);
	wq_jsonw_put_text(&w, "file_size", size);
	wq_jsonw_put_text(&w, "id", f->id);
	wq_jsonw_object_end(&w);
	wq_graph_answer(x, &body, wq_jsonw_end(&w));
	return true;
}

/* Whether the address was ours and is still good. */
static bool is_good(struct wq_sandbox *sb, struct wq_exchange *x, struct wq_str id)
{
	uint64_t until_s = 0, now_s = (uint64_t)(wq_loop_wall_ms(sb->loop) / 1000);
	char hash[17];

	if (!wq_str_to_u64(wq_exchange_query(x, "ext"), UINT64_MAX, &until_s) || until_s < now_s)
		return false;
	(void)snprintf(hash, sizeof(hash), "%016" PRIx64, url_hash(sb, id, until_s));
	return wq_str_is(wq_exchange_query(x, "hash"), hash);
}

static void handle_fetch(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_str id = wq_exchange_query(x, "mid");
	struct wq_media_file *f = id.p ? wq_media_find(&sb->media, id) : NULL;

	if (!wq_graph_has_token(x))
		wq_reply(x, 401, "text/plain", wq_str("A bearer token is required.\n"));
	else if (!f || !is_good(sb, x, id))
		wq_reply(x, 404, "text/plain",
		         wq_str("This address has expired: look the id up again.\n"));
	else
		wq_reply(x, 200, f->mime, wq_strn((const char *)f->bytes, f->n));
}

static void handle_delete(struct wq_exchange *x, void *ctx)
{
	struct wq_sandbox *sb = ctx;
	struct wq_media_file *f;

	if (!wq_graph_enter(sb, x))
		return;
	f = wq_media_find(&sb->media, wq_exchange_param(x, "id"));
	if (!f) {
		wq_graph_refuse(sb, x, WQ_GRAPH_NO_OBJECT, NULL);
		return;
	}
	wq_media_remove(&sb->media, f);
	wq_graph_succeed(x);
}

int wq_graph_media_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	const struct wq_route routes[] = {
		{ .method = WQ_POST, .pattern = "/v:version/:phone_number_id/media", .handle = handle_upload,
		  .body_max_bytes = WQ_SANDBOX_UPLOAD_MAX_BYTES, .summary = "Upload a file" },
		{ .method = WQ_GET, .pattern = ATTACHMENTS, .handle = handle_fetch,
		  .summary = "A file's bytes, at the address that a look-up gave" },
		{ .method = WQ_DELETE, .pattern = "/v:version/:id", .handle = handle_delete,
		  .summary = "Delete a file" },
	};

	return wq_sandbox_add_routes(sb, s, routes, WQ_COUNT(routes));
}
