/* SPDX-License-Identifier: MIT */
/* media_request.c — a form of three parts around a file, and two requests that need none. */
#include "base/assert.h"
#include "base/hmac.h"
#include "domain/provider/core.h"
#include "domain/provider/media.h"

enum { KIB = 1024, MIB = 1024 * KIB };

size_t wq_media_bytes_max(struct wq_str type)
{
	/* By their beginnings; the first that fits counts. */
	static const struct {
		const char *prefix;
		size_t max_bytes;
	} types[] = {
		{ "image/webp", 500 * (size_t)KIB }, /* a sticker; one that does not move may have 100 KiB */
		{ "image/jpeg", 5 * (size_t)MIB },     { "image/png", 5 * (size_t)MIB },
		{ "audio/aac", 16 * (size_t)MIB },     { "audio/amr", 16 * (size_t)MIB },
		{ "audio/mpeg", 16 * (size_t)MIB },    { "audio/mp4", 16 * (size_t)MIB },
		{ "audio/ogg", 16 * (size_t)MIB },     { "video/mp4", 16 * (size_t)MIB },
		{ "video/3gpp", 16 * (size_t)MIB },    { "text/", 100 * (size_t)MIB },
		{ "application/", 100 * (size_t)MIB },
	};

	for (size_t i = 0; i < WQ_COUNT(types); i++)
		if (wq_str_starts(type, types[i].prefix))
			return types[i].max_bytes;
	return 0;
}

/* It stands in a header of the form. */
static bool is_type(struct wq_str type)
{
	for (size_t i = 0; i < type.n; i++)
		if (type.p[i] < ' ' || type.p[i] > '~')
			return false;
	return type.n > 0 && type.n <= WQ_MEDIA_TYPE_MAX_BYTES;
}

static int check(const struct wq_media_file *f)
{
	size_t max = is_type(f->type) ? wq_media_bytes_max(f->type) : 0;

	if (max == 0)
		return WQ_MEDIA_TYPE;
	return f->bytes.n == 0 || f->bytes.n > max ? WQ_MEDIA_SIZE : 0;
}

/* Between quotes: what would end them, or the line, becomes an underscore. */
static int add_name(struct wq_buf *body, struct wq_str name)
{
	int rc = 0;

	if (!name.n || name.n > WQ_MEDIA_NAME_MAX_BYTES || !wq_str_is_utf8(name))
		return wq_buf_add_text(body, "file");
	for (size_t i = 0; rc == 0 && i < name.n; i++) {
		bool bad = wq_str_is_control(name, i) || name.p[i] == '"' || name.p[i] == '\\' ||
		           name.p[i] == '/';

		rc = wq_buf_add_char(body, bad ? '_' : name.p[i]);
	}
	return rc;
}

static int add_field(struct wq_buf *body, const char *boundary, const char *name,
                     struct wq_str value)
{
	return wq_buf_addf(body,
	                   "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%.*s\r\n",
	                   boundary, name, WQ_STR_ARG(value));
}

static int add_file(struct wq_buf *body, const char *boundary, const struct wq_media_file *f)
{
	int rc = wq_buf_addf(body,
	                     "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"",
	                     boundary);

	if (rc == 0)
		rc = add_name(body, f->name);
	if (rc == 0)
		rc = wq_buf_addf(body, "\"\r\nContent-Type: %.*s\r\n\r\n", WQ_STR_ARG(f->type));
	if (rc == 0)
		rc = wq_buf_add_str(body, f->bytes);
	return rc == 0 ? wq_buf_addf(body, "\r\n--%s--\r\n", boundary) : rc;
}

/* The whole of it at once: a file of 100 MiB should not be moved from block to block. */
static int add_form(struct wq_buf *body, const char *boundary, const struct wq_media_file *f)
{
	int rc = wq_buf_reserve(body, f->bytes.n + KIB);

	if (rc == 0)
		rc = add_field(body, boundary, "messaging_product", wq_str("whatsapp"));
	if (rc == 0)
		rc = add_field(body, boundary, "type", f->type);
	return rc == 0 ? add_file(body, boundary, f) : rc;
}

static void add_authorization(struct wq_draft *d, const struct wq_account *account)
{
	wq_draft_add(d, wq_str("Bearer "));
	wq_draft_add(d, account->secret);
	wq_draft_header(d, "Authorization");
}

static void add_path(struct wq_draft *d, const struct wq_account *account, struct wq_str id)
{
	wq_draft_add(d, account->base_url);
	wq_draft_add(d, wq_str("/"));
	wq_draft_add_escaped(d, id);
}

int wq_media_upload(struct wq_arena *a, struct wq_buf *body, const struct wq_account *account,
                    const struct wq_media_file *file,
                    const unsigned char random[WQ_MEDIA_BOUNDARY_BYTES],
                    struct wq_provider_request *out)
{
	char boundary[2 * WQ_MEDIA_BOUNDARY_BYTES + 1] = "";
	size_t from = body->n;
	struct wq_draft d;
	int rc = check(file);

	*out = (struct wq_provider_request){ .method = NULL };
	if (rc != 0)
		return rc;
	wq_hex_encode(random, WQ_MEDIA_BOUNDARY_BYTES, boundary);
	wq_draft_begin(&d, a, out);
	add_path(&d, account, account->number);
	wq_draft_add(&d, wq_str("/media"));
	wq_draft_url(&d, "POST");
	add_authorization(&d, account);
	wq_draft_add(&d, wq_str("multipart/form-data; boundary="));
	wq_draft_add(&d, wq_str(boundary));
	wq_draft_header(&d, "Content-Type");
	rc = wq_draft_end(&d);
	if (rc == 0)
		rc = add_form(body, boundary, file);
	if (rc < 0)
		body->n = from;
	else
		out->body = wq_strn(body->p + from, body->n - from);
	return rc;
}

int wq_media_look_up(struct wq_arena *a, const struct wq_account *account, struct wq_str id,
                     struct wq_provider_request *out)
{
	struct wq_draft d;

	wq_draft_begin(&d, a, out);
	add_path(&d, account, id);
	wq_draft_add(&d, wq_str("?phone_number_id="));
	wq_draft_add_escaped(&d, account->number);
	wq_draft_url(&d, "GET");
	add_authorization(&d, account);
	return wq_draft_end(&d);
}

int wq_media_delete(struct wq_arena *a, const struct wq_account *account, struct wq_str id,
                    struct wq_provider_request *out)
{
	struct wq_draft d;

	wq_draft_begin(&d, a, out);
	add_path(&d, account, id);
	wq_draft_url(&d, "DELETE");
	add_authorization(&d, account);
	return wq_draft_end(&d);
}
