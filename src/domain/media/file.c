/* SPDX-License-Identifier: MIT */
/* file.c — plain calls on a local file: a piece is what one read of a socket gave. */
#include "domain/media/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/random.h"

enum { RANDOM_BYTES = 12 };

static int no_file(const char *what)
{
	return WQ_RAISE_MSG(errno == ENOMEM ? WQ_ENOMEM : WQ_ESYS, "%s", what);
}

int wq_media_out_open(struct wq_media_out *o, int dir_fd)
{
	unsigned char random[RANDOM_BYTES];
	char hex[2 * RANDOM_BYTES + 1] = { 0 };
	int rc;

	*o = (struct wq_media_out){ .dir_fd = dir_fd, .fd = -1 };
	rc = wq_random_bytes(random, sizeof(random));
	if (rc < 0)
		return rc;
	o->sha = wq_sha256_create();
	if (!o->sha)
		return WQ_ENOMEM;
	rc = wq_sha256_begin(o->sha);
	if (rc < 0)
		return rc;
	wq_hex_encode(random, sizeof(random), hex);
	(void)snprintf(o->temp, sizeof(o->temp), "%s.part", hex);
	o->fd = openat(dir_fd, o->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return o->fd < 0 ? no_file("a file could not be made where media are kept") : 0;
}

int wq_media_out_add(struct wq_media_out *o, struct wq_str piece)
{
	size_t some = sizeof(o->head) - o->head_n;
	int rc = wq_sha256_add(o->sha, piece);

	if (rc < 0)
		return rc;
	some = some < piece.n ? some : piece.n;
	memcpy(o->head + o->head_n, piece.p, some);
	o->head_n += some;
	o->bytes += (int64_t)piece.n;
	while (piece.n > 0) {
		ssize_t n = write(o->fd, piece.p, piece.n);

		if (n < 0 && errno != EINTR)
			return no_file("a file could not be written where media are kept");
		if (n > 0)
			piece = wq_strn(piece.p + n, piece.n - (size_t)n);
	}
	return 0;
}

int wq_media_out_end(struct wq_media_out *o)
{
	unsigned char sum[WQ_SHA256_BYTES];
	int rc = wq_sha256_end(o->sha, sum), fd = o->fd;

	if (rc < 0)
		return rc;
	wq_hex_encode(sum, sizeof(sum), o->hash);
	o->hash[sizeof(o->hash) - 1] = '\0';
	o->fd = -1;
	return close(fd) < 0 && errno != EINTR ? no_file("a file could not be closed") : 0;
}

static const char *ending_of(struct wq_str type)
{
	static const struct {
		const char *type, *ending;
	} endings[] = {
		{ "image/jpeg", "jpg" }, { "image/png", "png" },  { "image/webp", "webp" },
		{ "video/mp4", "mp4" },  { "video/3gpp", "3gp" }, { "audio/ogg", "ogg" },
		{ "audio/mpeg", "mp3" }, { "audio/mp4", "m4a" },  { "audio/aac", "aac" },
		{ "audio/amr", "amr" },  { "text/plain", "txt" }, { "application/pdf", "pdf" },
	};
	struct wq_str bare = wq_str_trim(wq_strn(type.p, type.n ? wq_str_find(type, ';') : 0));

	for (size_t i = 0; i < WQ_COUNT(endings); i++)
		if (wq_str_is_nocase(bare, endings[i].type))
			return endings[i].ending;
	return "bin";
}

int wq_media_out_keep(struct wq_media_out *o, struct wq_str type)
{
	(void)snprintf(o->name, sizeof(o->name), "%s.%s", o->hash, ending_of(type));
	if (renameat(o->dir_fd, o->temp, o->dir_fd, o->name) < 0)
		return no_file("a file could not be renamed where media are kept");
	o->temp[0] = '\0';
	return 0;
}

void wq_media_out_drop(struct wq_media_out *o)
{
	if (o->fd >= 0)
		(void)close(o->fd);
	if (o->temp[0])
		(void)unlinkat(o->dir_fd, o->temp, 0);
	wq_sha256_destroy(o->sha);
	o->fd = -1;
	o->temp[0] = '\0';
	o->sha = NULL;
}

bool wq_media_out_fits(struct wq_str kind, struct wq_str type)
{
	if (wq_str_is(kind, "image"))
		return wq_str_starts(type, "image/");
	if (wq_str_is(kind, "sticker"))
		return wq_str_starts(type, "image/webp");
	if (wq_str_is(kind, "video"))
		return wq_str_starts(type, "video/");
	if (wq_str_is(kind, "audio"))
		return wq_str_starts(type, "audio/");
	return true;
}
