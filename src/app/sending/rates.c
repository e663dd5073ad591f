/* SPDX-License-Identifier: MIT */
/* rates.c — read once, at start. */
#include "app/sending/rates.h"

#include <string.h>

#include "app/settings/file.h"
#include "base/err.h"
#include "base/limits.h"

int wq_rates_load(struct wq_rates **out, const char *path)
{
	char why[WQ_RATES_WHY_BYTES];
	struct wq_buf text;
	int rc;

	*out = NULL;
	if (!path || !*path)
		return 0;
	wq_buf_init(&text, WQ_RATES_MAX_BYTES);
	rc = wq_file_read(path, WQ_RATES_MAX_BYTES, &text);
	if (rc == 0) {
		rc = wq_rates_read(out, wq_buf_str(&text), why);
		if (rc == WQ_EPARSE)
			rc = WQ_RAISE_MSG(WQ_EINVAL, "%s: %s", path, why);
	} else {
		rc = WQ_RAISE_MSG(WQ_EINVAL, "%s: %s", path, strerror(rc));
	}
	wq_buf_fini(&text);
	return rc;
}
