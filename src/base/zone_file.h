/* SPDX-License-Identifier: MIT */
#pragma once
/* zone_file.h — a time zone as a TZif file (RFC 9636, versions 2 and later) holds it.
 *
 * The file is a stranger's: every count is checked against its length before it is used.
 */
#include <stddef.h>

#include "base/limits.h"
#include "base/zone_rule.h"

struct wq_zone {
	char name[WQ_ZONE_NAME_MAX_BYTES + 1];
	size_t changes;
	int64_t *at_s;                      /* owned; rising */
	uint8_t *kinds;                     /* owned; index into offsets_s, one for each change */
	int32_t offsets_s[WQ_ZONE_KINDS_MAX]; /* the first holds before all changes */
	size_t kinds_n;
	bool has_rule;
	struct wq_zone_rule rule; /* behind the last change */
};

/* Fills *z, whose name is left alone.  0; WQ_ENOENT (not raised): not such a file; WQ_EPARSE (not raised): one that is
 * broken, too old or counts leap seconds; WQ_ENOMEM. */
int wq_zone_file_parse(struct wq_zone *z, struct wq_str bytes);
/* Frees what the parse allocated. */
void wq_zone_file_fini(struct wq_zone *z);
