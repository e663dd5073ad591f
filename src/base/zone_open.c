/* SPDX-License-Identifier: MIT */
/* zone_open.c — from a name to a zone: built in, a file, or a POSIX rule; and those that stay open. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/zone.h"
#include "base/zone_file.h"

static const char system_dir[] = "/usr/share/zoneinfo";
static const char system_link[] = "/etc/localtime";

enum { MINUTE_S = 60, HOUR_S = 3600, PATH_MAX_BYTES = 1024 };

/* Letters, digits and "_+-" in parts between slashes: nothing that leads out of the folder. */
static bool well_formed(struct wq_str name)
{
	struct wq_str part;

	if (name.n == 0 || name.n > WQ_ZONE_NAME_MAX_BYTES)
		return false;
	while (wq_str_next(&name, '/', &part)) {
		if (part.n == 0 || part.p[0] == '-')
			return false;
		for (size_t i = 0; i < part.n; i++) {
			char c = part.p[i];

			if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			      (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-'))
				return false;
		}
	}
	return true;
}

/* "utc+5", "utc-03:30" */
static bool read_fixed(struct wq_str name, int32_t *offset_s)
{
	struct wq_str hours, minutes = WQ_STR("0");
	uint64_t h, m;

	*offset_s = 0;
	if (wq_str_is_nocase(name, "utc") || wq_str_is_nocase(name, "gmt") ||
	    wq_str_is_nocase(name, "utc0"))
		return true;
	if (name.n < 5 || !wq_str_is_nocase(wq_strn(name.p, 3), "utc") ||
	    (name.p[3] != '+' && name.p[3] != '-'))
		return false;
	hours = wq_strn(name.p + 4, name.n - 4);
	hours.n = wq_str_find(hours, ':');
	if (hours.n < name.n - 4) {
		minutes = wq_strn(hours.p + hours.n + 1, name.n - 5 - hours.n);
		if (minutes.n != 2)
			return false;
	}
	if (hours.n > 2 || !wq_str_to_u64(hours, 23, &h) || !wq_str_to_u64(minutes, 59, &m))
		return false;
	*offset_s = (int32_t)(h * HOUR_S + m * MINUTE_S);
	if (name.p[3] == '-')
		*offset_s = -*offset_s;
	return true;
}

static int read_file(const char *path, struct wq_buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), rc = 0;
	ssize_t n;

	if (fd < 0)
		return WQ_ENOENT;
	do {
		rc = wq_buf_reserve(out, WQ_ZONE_READ_BYTES);
		if (rc < 0)
			break;
		n = read(fd, out->p + out->n, WQ_ZONE_READ_BYTES);
		if (n > 0)
			out->n += (size_t)n;
		if (n < 0 && errno != EINTR)
			rc = WQ_ENOENT; /* a folder, most likely */
	} while (n != 0 && rc == 0);
	close(fd);
	return rc;
}

static int parse_path(struct wq_zone *z, const char *path)
{
	struct wq_buf bytes;
	int rc;

	wq_buf_init(&bytes, WQ_ZONE_FILE_MAX_BYTES);
	rc = read_file(path, &bytes);
	if (rc == 0)
		rc = wq_zone_file_parse(z, wq_buf_str(&bytes));
	wq_buf_fini(&bytes);
	if (rc == WQ_EPARSE || rc == WQ_ETOOBIG)
		return WQ_RAISE_MSG(WQ_EPARSE, "the file of time zone %s is broken", z->name);
	return rc;
}

static int parse_file(struct wq_zone *z, const char *dir, struct wq_str name)
{
	char path[PATH_MAX_BYTES];

	if (snprintf(path, sizeof(path), "%s/%.*s", dir, WQ_STR_ARG(name)) >= (int)sizeof(path))
		return WQ_ENOENT;
	return parse_path(z, path);
}

/* "CET-1CEST,M3.5.0,M10.5.0/3", as TZ may hold it. */
static int parse_rule(struct wq_zone *z, struct wq_str text)
{
	if (wq_str_find(text, ',') == text.n || wq_zone_rule_parse(&z->rule, text) < 0)
		return WQ_ENOENT;
	z->has_rule = true;
	z->offsets_s[0] = z->rule.std_s;
	return 0;
}

static int fill(struct wq_zone *z, const char *dir, struct wq_str name)
{
	int rc = WQ_ENOENT;

	if (wq_str_starts(name, ":"))
		name = wq_strn(name.p + 1, name.n - 1);
	if (wq_str_is(name, system_link))
		return parse_path(z, system_link);
	if (read_fixed(name, &z->offsets_s[0]))
		return 0;
	if (well_formed(name))
		rc = parse_file(z, dir ? dir : system_dir, name);
	return rc == WQ_ENOENT ? parse_rule(z, name) : rc;
}

int wq_zone_open(struct wq_zone **out, const char *dir, struct wq_str name)
{
	struct wq_zone *z;
	int rc;

	if (name.n == 0 || name.n > WQ_ZONE_NAME_MAX_BYTES)
		return WQ_ENOENT;
	z = wq_zalloc(sizeof(*z));
	if (!z)
		return WQ_RAISE(WQ_ENOMEM);
	memcpy(z->name, name.p, name.n);
	z->kinds_n = 1;
	rc = fill(z, dir, name);
	if (rc < 0) {
		wq_zone_destroy(z);
		return rc;
	}
	*out = z;
	return 0;
}

int wq_zone_fixed(struct wq_zone **out, int32_t offset_s)
{
	int32_t size = offset_s < 0 ? -offset_s : offset_s;
	struct wq_zone *z;

	if (size >= WQ_ZONE_OFFSET_MAX_S)
		return WQ_RAISE(WQ_EINVAL);
	z = wq_zalloc(sizeof(*z));
	if (!z)
		return WQ_RAISE(WQ_ENOMEM);
	snprintf(z->name, sizeof(z->name), "utc%c%d:%02d", offset_s < 0 ? '-' : '+',
	         (int)(size / HOUR_S), (int)(size / MINUTE_S % 60));
	z->kinds_n = 1;
	z->offsets_s[0] = offset_s;
	*out = z;
	return 0;
}

void wq_zone_destroy(struct wq_zone *z)
{
	if (!z)
		return;
	wq_zone_file_fini(z);
	wq_free(z);
}

const char *wq_zone_name(const struct wq_zone *z)
{
	return z->name;
}

/* The link leads to ".../zoneinfo/Europe/Berlin"; where it is a file instead, its own path serves. */
void wq_zone_system_name(char name[static WQ_ZONE_NAME_MAX_BYTES + 1])
{
	static const char mark[] = "zoneinfo/";
	char target[PATH_MAX_BYTES + 1];
	ssize_t n = readlink(system_link, target, PATH_MAX_BYTES);
	const char *found;

	snprintf(name, WQ_ZONE_NAME_MAX_BYTES + 1, "%s",
	         n < 0 && errno == EINVAL ? system_link : "UTC");
	if (n <= 0)
		return;
	target[n] = '\0';
	found = strstr(target, mark);
	if (found && well_formed(wq_str(found + sizeof(mark) - 1)))
		snprintf(name, WQ_ZONE_NAME_MAX_BYTES + 1, "%s", found + sizeof(mark) - 1);
}

void wq_zones_init(struct wq_zones *zs, const char *dir)
{
	*zs = (struct wq_zones){ .dir = dir };
}

void wq_zones_fini(struct wq_zones *zs)
{
	for (size_t i = 0; i < WQ_ZONES_MAX; i++) {
		wq_zone_destroy(zs->slots[i]);
		zs->slots[i] = NULL;
	}
}

/* Puts it first; those before `at` move back by one. */
static void to_front(struct wq_zones *zs, size_t at, struct wq_zone *z)
{
	for (; at > 0; at--)
		zs->slots[at] = zs->slots[at - 1];
	zs->slots[0] = z;
}

int wq_zones_get(struct wq_zones *zs, struct wq_str name, const struct wq_zone **out)
{
	struct wq_zone *z = NULL;
	size_t i;
	int rc;

	for (i = 0; i < WQ_ZONES_MAX && zs->slots[i]; i++) {
		if (wq_str_is(name, zs->slots[i]->name)) {
			z = zs->slots[i];
			break;
		}
	}
	if (!z) {
		rc = wq_zone_open(&z, zs->dir, name);
		if (rc < 0)
			return rc;
		if (i == WQ_ZONES_MAX)
			wq_zone_destroy(zs->slots[--i]);
	}
	to_front(zs, i, z);
	*out = z;
	return 0;
}
