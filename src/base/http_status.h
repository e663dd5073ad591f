/* SPDX-License-Identifier: MIT */
#pragma once
/* http_status.h — what an HTTP status is called. */

/* "Not Found"; NULL for a number that has no name. */
const char *wq_http_status_text(int status);
