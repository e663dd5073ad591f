/* SPDX-License-Identifier: MIT */
#pragma once
/* provider_world.h — samples, messages and answers for the tests of providers. */
#include "domain/provider/provider.h"

/* A file below tests/samples/; the caller frees it. */
void sample_load(const char *path, struct wq_buf *out);
yyjson_doc *sample_json(const char *path);

/* The message that Graph's request `body` asks for; borrowed from it. */
struct wq_message message_of_graph(yyjson_val *body);

/* A call that ended with an answer; wq_buf_fini(&call.body_in) frees it. */
struct wq_call answered(int status, struct wq_str body);
/* One that ended without. */
struct wq_call unanswered(bool sent);

/* "POST URL", then "Name: value" lines, an empty line and the body. */
void show_request(const struct wq_provider_request *r, struct wq_buf *out);
