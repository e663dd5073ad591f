/* SPDX-License-Identifier: MIT */
#pragma once
/* openapi.h — the routes of a server as an OpenAPI 3.1 document. */
#include "base/buf.h"
#include "io/server/server.h"

/* Routes without a summary are left out.  0, the failure of an append, or WQ_EINVAL (raised): a shape of a route cannot
 * be read. */
int wq_openapi_write(const struct wq_server *s, struct wq_buf *out);
