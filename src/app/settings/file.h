/* SPDX-License-Identifier: MIT */
#pragma once
/* file.h — a small file read whole at start, before there is a loop to be kept waiting. */
#include "base/buf.h"

/* Appends the content; 0 or an errno: EFBIG beyond max_bytes, ENOMEM.  Pipes are fine. */
int wq_file_read(const char *path, size_t max_bytes, struct wq_buf *out);
