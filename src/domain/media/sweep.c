/* SPDX-License-Identifier: MIT */
/* sweep.c — a walk through the directory, by its own descriptor. */
#include "domain/media/sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/hmac.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"

enum { PIECE_HEX = 24, FILE_HEX = 2 * WQ_SHA256_BYTES };

static size_t hex_of(struct wq_str name)
{
	size_t n = 0;

	while (n < name.n &&
	       ((name.p[n] >= '0' && name.p[n] <= '9') || (name.p[n] >= 'a' && name.p[n] <= 'f')))
		n++;
	return n < name.n && name.p[n] == '.' ? n : 0;
}

/* How long it is kept; -1: for ever, or it is none of ours. */
static int64_t keep_of(const struct wq_media_sweep *s, struct wq_str name)
{
	size_t hex = hex_of(name);

	if (hex == PIECE_HEX && wq_str_is(wq_strn(name.p + hex, name.n - hex), ".part"))
		return WQ_INBOUND_FILE_PIECE_MS;
	return hex == FILE_HEX && s->keep_ms > 0 ? s->keep_ms : -1;
}

static void look_at(struct wq_media_sweep *s, const char *name)
{
	int64_t keep = keep_of(s, wq_str(name)), written;
	struct stat st;

	if (keep < 0 || fstatat(s->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	written = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	if (wq_loop_wall_ms(s->loop) - written <= keep)
		return;
	if (unlinkat(s->dir_fd, name, 0) == 0)
		wq_metric_count(&s->removed, 1);
	else if (errno != ENOENT)
		wq_warn("media_not_removed", WQ_I("errno", errno));
}

static bool begin(struct wq_media_sweep *s)
{
	int fd = openat(s->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	s->dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!s->dir && fd >= 0)
		(void)close(fd);
	return s->dir != NULL;
}

static void end(struct wq_media_sweep *s)
{
	if (s->dir)
		(void)closedir(s->dir);
	s->dir = NULL;
}

static void on_tick(struct wq_timer *t)
{
	struct wq_media_sweep *s = WQ_OWNER(t, struct wq_media_sweep, timer);
	const struct dirent *entry = NULL;

	if (s->dir || begin(s))
		for (int i = 0; i < WQ_INBOUND_FILE_SWEEP_LOOKS; i++) {
			entry = readdir(s->dir);
			if (!entry)
				break;
			look_at(s, entry->d_name);
		}
	if (!entry)
		end(s);
	wq_timer_start(t, entry ? WQ_INBOUND_FILE_SWEEP_STEP_MS : WQ_INBOUND_FILE_SWEEP_MS);
}

void wq_media_sweep_start(struct wq_media_sweep *s)
{
	s->dir = NULL;
	s->removed = (struct wq_metric){ .name = "willaq_inbound_media_removed_total",
		                         .help = "files of received messages that grew too old",
		                         .type = WQ_COUNTER };
	wq_timer_init(&s->timer, s->loop, on_tick);
	wq_timer_start(&s->timer, WQ_INBOUND_FILE_SWEEP_STEP_MS);
}

void wq_media_sweep_stop(struct wq_media_sweep *s)
{
	if (!s->loop)
		return;
	wq_timer_stop(&s->timer);
	end(s);
}
