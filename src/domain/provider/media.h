/* SPDX-License-Identifier: MIT */
#pragma once
/* media.h — files at the Cloud API: uploaded once and named by their id from then on, for 30 days.
 *
 * An upload of which nobody knows what became of it is simply done again: a file too many harms nobody.
 */
#include "domain/provider/provider.h"

/* Conditions. */
enum {
	WQ_MEDIA_TYPE = 1, /* not a type that WhatsApp takes, or not written as one */
	WQ_MEDIA_SIZE,     /* empty, or larger than files of its type may be */
};
enum { WQ_MEDIA_BOUNDARY_BYTES = 16, WQ_MEDIA_NAME_MAX_BYTES = 240, WQ_MEDIA_TYPE_MAX_BYTES = 100 };

struct wq_media_file {
	struct wq_str bytes;
	struct wq_str type; /* "audio/ogg; codecs=opus" */
	struct wq_str name; /* as people named it; whatever it holds is made harmless; p == NULL: none */
};

/* The most that a file of that type may have, in bytes; 0: WhatsApp does not take it. */
size_t wq_media_bytes_max(struct wq_str type);

/* POST {phone number id}/media.  The form is appended to `body`, which is the caller's and stays until the call has
 * ended; its bound has to leave room for the file and 1 KiB.  `random` parts the form: fresh bytes each time.
 * 0, a condition, WQ_ETOOBIG, WQ_ENOMEM (raised). */
int wq_media_upload(struct wq_arena *a, struct wq_buf *body, const struct wq_account *account,
                    const struct wq_media_file *file,
                    const unsigned char random[WQ_MEDIA_BOUNDARY_BYTES],
                    struct wq_provider_request *out);
/* GET and DELETE of a media id.  0, WQ_ETOOBIG, WQ_ENOMEM (raised). */
int wq_media_look_up(struct wq_arena *a, const struct wq_account *account, struct wq_str id,
                     struct wq_provider_request *out);
int wq_media_delete(struct wq_arena *a, const struct wq_account *account, struct wq_str id,
                    struct wq_provider_request *out);

/* As wq_provider_ops.answer.  An upload is SENT with the file's id; a deletion without one. */
int wq_media_uploaded(struct wq_arena *a, int rc, const struct wq_call *call,
                      struct wq_answer *out);
int wq_media_deleted(struct wq_arena *a, int rc, const struct wq_call *call, struct wq_answer *out);

/* What a look-up tells; of the arena. */
struct wq_media_info {
	struct wq_str url;    /* https, for 5 minutes, with our token */
	struct wq_str type;   /* p == NULL: not told */
	struct wq_str sha256; /* hex or base64; p == NULL: not told */
	int64_t bytes;        /* -1: not told */
};
/* The same: SENT with the file's id, and *info is there. */
int wq_media_looked_up(struct wq_arena *a, int rc, const struct wq_call *call,
                       struct wq_answer *out, struct wq_media_info *info);
