/* SPDX-License-Identifier: MIT */
/* datadir.c — make it, lock it. */
#include "app/dev/datadir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"

enum { LOCK_WAIT_MS = 3000, LOCK_LOOK_MS = 50 };

static bool make_parents(char *path)
{
	for (char *p = path + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return false;
		*p = c;
		if (c == '\0')
			return true;
	}
}

static bool make(const char *path)
{
	struct stat st;
	char copy[PATH_MAX];
	int n = snprintf(copy, sizeof(copy), "%s", path);

	if (n <= 0 || (size_t)n >= sizeof(copy)) {
		fprintf(stderr, "willaq: the data directory's name is empty or too long\n");
		return false;
	}
	if (!make_parents(copy)) {
		fprintf(stderr,
		        "willaq: cannot make the data directory %s (%s): name another with --data\n",
		        path, strerror(errno));
		return false;
	}
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode) || access(path, W_OK | X_OK) < 0) {
		fprintf(stderr,
		        "willaq: %s is not a directory that we can write to: name another with --data\n",
		        path);
		return false;
	}
	return true;
}

/* This runs before there is a loop; a Redis whose owner was killed needs a moment to write its last bytes. */
static bool wait_for_lock(int fd)
{
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += LOCK_LOOK_MS) {
		if (errno != EWOULDBLOCK || waited >= LOCK_WAIT_MS)
			return false;
		poll(NULL, 0, LOCK_LOOK_MS);
	}
	return true;
}

static void tell_owner(const char *path, int fd)
{
	char owner[32] = "";
	ssize_t n = pread(fd, owner, sizeof(owner) - 1, 0);

	fprintf(stderr,
	        "willaq: the data directory %s is in use by another willaq (process %.*s): stop that one, or name "
	        "another directory with --data\n",
	        path, n > 0 ? (int)strcspn(owner, "\n") : 1, n > 0 ? owner : "?");
}

static bool lock(struct wq_datadir *d)
{
	char name[PATH_MAX + 8];

	snprintf(name, sizeof(name), "%s/lock", d->path);
	d->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (d->lock_fd < 0) {
		fprintf(stderr, "willaq: cannot open %s: %s\n", name, strerror(errno));
		return false;
	}
	if (!wait_for_lock(d->lock_fd)) {
		tell_owner(d->path, d->lock_fd);
		return false;
	}
	if (ftruncate(d->lock_fd, 0) < 0 || dprintf(d->lock_fd, "%d\n", (int)getpid()) < 0) {
		fprintf(stderr, "willaq: cannot write %s: %s\n", name, strerror(errno));
		return false;
	}
	return true;
}

bool wq_datadir_open(struct wq_datadir *d, const char *path)
{
	char absolute[PATH_MAX];

	*d = (struct wq_datadir){ .lock_fd = -1 };
	if (!make(path))
		return false;
	if (!realpath(path, absolute)) {
		fprintf(stderr, "willaq: cannot use the data directory %s: %s\n", path,
		        strerror(errno));
		return false;
	}
	d->path = wq_strdup(absolute);
	if (!d->path) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return false;
	}
	return lock(d);
}

void wq_datadir_close(struct wq_datadir *d)
{
	if (d->lock_fd >= 0)
		close(d->lock_fd);
	wq_free(d->path);
	*d = (struct wq_datadir){ .lock_fd = -1 };
}
