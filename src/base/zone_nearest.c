/* SPDX-License-Identifier: MIT */
/* zone_nearest.c — walks the folder of zones for the name that somebody may have meant. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/zone.h"

enum { PATH_MAX_BYTES = 1024, DEPTH_MAX = 3 };

struct search {
	struct wq_str wrong, city; /* what was written, and its last part */
	unsigned distance;         /* of the best so far */
	unsigned entries;
	char best[WQ_ZONE_NAME_MAX_BYTES + 1];
};

static struct wq_str last_part(struct wq_str name)
{
	for (size_t i = name.n; i > 0; i--) {
		if (name.p[i - 1] == '/')
			return wq_strn(name.p + i, name.n - i);
	}
	return name;
}

static void fold(char *out, size_t size, struct wq_str s)
{
	size_t n = 0;

	for (; n < s.n && n + 1 < size; n++) {
		char c = s.p[n];

		out[n] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c == ' ' ? '_' : c);
	}
	out[n] = '\0';
}

static unsigned distance(struct wq_str a, struct wq_str b)
{
	char x[WQ_ZONE_NAME_MAX_BYTES + 1], y[WQ_ZONE_NAME_MAX_BYTES + 1];

	fold(x, sizeof(x), a);
	fold(y, sizeof(y), b);
	return wq_str_distance(wq_str(x), wq_str(y));
}

static void keep_nearer(struct search *s, unsigned d, const char *name)
{
	if (d < s->distance) {
		s->distance = d;
		snprintf(s->best, sizeof(s->best), "%s", name);
	}
}

/* "Berlin" is near Europe/Berlin, but less than a name that was written whole.  The longer a name, the more of it may
 * be wrong. */
static void offer(struct search *s, const char *name)
{
	struct wq_str whole = wq_str(name);
	unsigned d = distance(s->wrong, whole);

	if (d <= 2 + s->wrong.n / 4)
		keep_nearer(s, d * 2, name);
	if (s->city.n <= 3)
		return;
	d = distance(s->city, last_part(whole));
	if (d <= 1 + s->city.n / 4)
		keep_nearer(s, d * 2 + 1, name);
}

static void walk(struct search *s, const char *dir, const char *prefix, int depth);

static void visit(struct search *s, const char *dir, const char *prefix, int depth,
                  const struct dirent *e)
{
	char path[PATH_MAX_BYTES], name[WQ_ZONE_NAME_MAX_BYTES + 1];
	bool folder = e->d_type == DT_DIR;

	if (snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) >= (int)sizeof(path) ||
	    snprintf(name, sizeof(name), "%s%s%s", prefix, e->d_name, folder ? "/" : "") >=
	            (int)sizeof(name))
		return;
	if (!folder)
		offer(s, name);
	else if (depth < DEPTH_MAX)
		walk(s, path, name, depth + 1);
}

static void walk(struct search *s, const char *dir, const char *prefix, int depth)
{
	DIR *d = opendir(dir);
	const struct dirent *e;

	if (!d)
		return;
	while (s->entries < WQ_ZONE_ENTRIES_MAX && (e = readdir(d)) != NULL) {
		s->entries++;
		/* Names begin with a capital; "tzdata.zi" and "zone.tab" are none. */
		if (e->d_name[0] >= 'A' && e->d_name[0] <= 'Z' && !strchr(e->d_name, '.'))
			visit(s, dir, prefix, depth, e);
	}
	closedir(d);
}

bool wq_zone_nearest(const char *dir, struct wq_str name,
                     char nearest[static WQ_ZONE_NAME_MAX_BYTES + 1])
{
	struct search s = { .wrong = name, .city = last_part(name), .distance = UINT_MAX };

	if (name.n == 0 || name.n > WQ_ZONE_NAME_MAX_BYTES)
		return false;
	walk(&s, dir ? dir : "/usr/share/zoneinfo", "", 0);
	memcpy(nearest, s.best, sizeof(s.best));
	return s.best[0] != '\0';
}
