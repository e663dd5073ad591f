/* SPDX-License-Identifier: MIT */
/* file.c — open, read to the end or to the bound, close. */
#include "app/settings/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { PIECE_BYTES = 4096 };

static int read_all(int fd, size_t max_bytes, struct wq_buf *out)
{
	char piece[PIECE_BYTES];
	size_t total = 0;

	for (;;) {
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		total += (size_t)n;
		if (total > max_bytes)
			return EFBIG;
		if (wq_buf_add(out, piece, (size_t)n) < 0)
			return out->max - out->n < (size_t)n ? EFBIG : ENOMEM;
	}
}

int wq_file_read(const char *path, size_t max_bytes, struct wq_buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), err;

	if (fd < 0)
		return errno;
	err = read_all(fd, max_bytes, out);
	close(fd);
	return err;
}
