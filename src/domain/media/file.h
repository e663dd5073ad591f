/* SPDX-License-Identifier: MIT */
#pragma once
/* file.h — a file of a received message, on its way into the directory that keeps them: written piece by piece under a
 * name of its own, and renamed to its content's hash when it is whole.  Names are ours alone, never a sender's. */
#include <stdint.h>

#include "base/hmac.h"
#include "base/str.h"

enum { WQ_MEDIA_FILE_HEAD_BYTES = 16, WQ_MEDIA_FILE_NAME_BYTES = 2 * WQ_SHA256_BYTES + 8 };

struct wq_media_out {
	int dir_fd;  /* borrowed */
	int fd;      /* -1: not open */
	int64_t bytes;
	struct wq_sha256 *sha; /* owned */
	size_t head_n;
	char head[WQ_MEDIA_FILE_HEAD_BYTES]; /* how it begins */
	char temp[40];
	char hash[2 * WQ_SHA256_BYTES + 1];  /* once it is kept */
	char name[WQ_MEDIA_FILE_NAME_BYTES];
};

/* 0 or a raised error. */
int wq_media_out_open(struct wq_media_out *o, int dir_fd);
int wq_media_out_add(struct wq_media_out *o, struct wq_str piece);
/* No more pieces: its hash is there.  0 or a raised error. */
int wq_media_out_end(struct wq_media_out *o);
/* It is there under its name, which ends as its type does. */
int wq_media_out_keep(struct wq_media_out *o, struct wq_str type);
/* What was not kept is gone.  Twice is fine, zeroed with fd -1 is fine. */
void wq_media_out_drop(struct wq_media_out *o);
/* Whether a file of that type may come with a message of that kind ("image"). */
bool wq_media_out_fits(struct wq_str kind, struct wq_str type);
