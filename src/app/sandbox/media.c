/* SPDX-License-Identifier: MIT */
/* media.c — a list, one block of memory a file. */
#include "app/sandbox/media.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

void wq_media_init(struct wq_media *m)
{
	*m = (struct wq_media){ .files_n = 0 };
	wq_list_init(&m->files);
}

void wq_media_remove(struct wq_media *m, struct wq_media_file *f)
{
	wq_list_remove(&f->link);
	m->files_n--;
	m->bytes -= f->n;
	wq_free(f);
}

void wq_media_fini(struct wq_media *m)
{
	while (m->files_n > 0)
		wq_media_remove(m, WQ_OWNER(m->files.next, struct wq_media_file, link));
}

struct wq_media_file *wq_media_add(struct wq_media *m, const char *id, struct wq_str mime,
                                   struct wq_str content)
{
	unsigned char sum[WQ_SHA256_BYTES];
	struct wq_media_file *f;

	if (wq_sha256(content, sum) < 0)
		return NULL;
	f = wq_zalloc(sizeof(*f) + content.n);
	if (!f) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	(void)snprintf(f->id, sizeof(f->id), "%s", id);
	(void)snprintf(f->mime, sizeof(f->mime), "%.*s", WQ_STR_ARG(mime));
	wq_hex_encode(sum, sizeof(sum), f->sha256);
	f->n = content.n;
	if (content.n)
		memcpy(f->bytes, content.p, content.n);
	wq_list_push(&m->files, &f->link);
	m->files_n++;
	m->bytes += f->n;
	while (m->files_n > WQ_SANDBOX_MEDIA_MAX || m->bytes > WQ_SANDBOX_MEDIA_MAX_BYTES)
		wq_media_remove(m, WQ_OWNER(m->files.next, struct wq_media_file, link));
	return f;
}

struct wq_media_file *wq_media_find(struct wq_media *m, struct wq_str id)
{
	for (struct wq_list *l = m->files.prev; l != &m->files; l = l->prev) {
		struct wq_media_file *f = WQ_OWNER(l, struct wq_media_file, link);

		if (wq_str_is(id, f->id))
			return f;
	}
	return NULL;
}
