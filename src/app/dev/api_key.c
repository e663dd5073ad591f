/* SPDX-License-Identifier: MIT */
/* api_key.c — a line in a file. */
#include "app/dev/api_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hmac.h"
#include "base/random.h"

static bool make(int fd, size_t n, char out[WQ_DEV_KEY_MAX_BYTES])
{
	unsigned char bytes[WQ_DEV_KEY_BYTES_MAX];

	if (n > sizeof(bytes) || wq_random_bytes(bytes, n) < 0)
		return false;
	wq_hex_encode(bytes, n, out);
	out[2 * n] = '\0';
	return dprintf(fd, "%s\n", out) > 0 && fsync(fd) == 0;
}

/* A key that somebody put there is as good as ours. */
static bool take(int fd, size_t bytes, char out[WQ_DEV_KEY_MAX_BYTES])
{
	ssize_t n = pread(fd, out, WQ_DEV_KEY_MAX_BYTES - 1, 0);

	if (n < 0)
		return false;
	out[n] = '\0';
	out[strcspn(out, "\r\n")] = '\0';
	return out[0] ? true : make(fd, bytes, out);
}

bool wq_dev_key(const char *dir, const char *name, size_t bytes, char out[WQ_DEV_KEY_MAX_BYTES])
{
	char path[PATH_MAX + 32];
	int fd;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ok = fd >= 0 && take(fd, bytes, out);
	if (!ok)
		fprintf(stderr, "willaq: a key cannot be kept in %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}
