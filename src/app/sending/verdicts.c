/* SPDX-License-Identifier: MIT */
/* verdicts.c — read once, at start. */
#include "app/sending/verdicts.h"

#include <string.h>

#include "app/settings/file.h"
#include "base/err.h"
#include "base/limits.h"

int wq_verdicts_load(struct wq_verdicts **out, const char *path)
{
	char why[WQ_VERDICTS_WHY_BYTES];
	struct wq_buf text;
	int rc;

	*out = NULL;
	if (!path || !*path)
		return 0;
	wq_buf_init(&text, WQ_VERDICTS_MAX_BYTES);
	rc = wq_file_read(path, WQ_VERDICTS_MAX_BYTES, &text);
	if (rc == 0) {
		rc = wq_verdicts_read(out, wq_buf_str(&text), why);
		if (rc == WQ_EPARSE)
			rc = WQ_RAISE_MSG(WQ_EINVAL, "%s: %s", path, why);
	} else {
		rc = WQ_RAISE_MSG(WQ_EINVAL, "%s: %s", path, strerror(rc));
	}
	wq_buf_fini(&text);
	return rc;
}
