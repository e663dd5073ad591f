/* SPDX-License-Identifier: MIT */
#pragma once
/* files.h — the files that a content names: where they are, and the content with ids of a provider in their place.
 *
 * A file stands in an object below the name of its kind, at any depth: {"image": {"link": …}}, a header of buttons, a
 * template's parameter, a carousel's card.  Pure.
 *
 *   id     the provider has it already
 *   link   its address; "upload": true|false|"once" says whether we fetch it (account.h has what holds otherwise)
 *   data   base64, or a data: URL; with "mime_type"
 */
#include "domain/message/message.h"

enum wq_file_from { WQ_FILE_ID, WQ_FILE_LINK, WQ_FILE_DATA };

/* What is done with an address. */
enum wq_links {
	WQ_LINKS_UNSAID,
	WQ_LINKS_PASS,   /* the provider fetches it */
	WQ_LINKS_UPLOAD, /* we do, each time, and upload what is new */
	WQ_LINKS_ONCE,   /* we do once: the address stands for its content as long as the provider keeps it */
	WQ_LINKS
};
/* "pass", "upload", "once"; of UNSAID: "". */
extern const char *const wq_links_names[WQ_LINKS];
bool wq_links_from(struct wq_str name, enum wq_links *out);

struct wq_file {
	yyjson_val *media;         /* the object */
	enum wq_message_kind kind; /* IMAGE … STICKER */
	enum wq_file_from from;
	struct wq_str at;          /* the id, the address, the base64 */
	struct wq_str type, name;  /* "image/png", as people named it; p == NULL: not said */
	enum wq_links links;       /* of an address */
	struct wq_str id;          /* in its place, for wq_files_write; p == NULL: it stays as it is */
};

/* All of a message's, up to `max`; the number of all there are. */
size_t wq_files_find(const struct wq_message *m, struct wq_file *out, size_t max);
/* The content as a provider wants it: ids where files[].id has one, without the members that are for us alone. */
void wq_files_write(struct wq_jsonw *w, const struct wq_message *m, const struct wq_file *files,
                    size_t n);
/* "image/png" of "data:image/png;base64,…", and *base64 behind its comma; p == NULL: it is no such URL. */
struct wq_str wq_file_data_url(struct wq_str s, struct wq_str *base64);
/* Whether it is base64 at all: how many bytes it holds; -1: it is none, or empty. */
int64_t wq_file_base64_bytes(struct wq_str s);
