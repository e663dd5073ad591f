/* SPDX-License-Identifier: MIT */
/* stack_traces.c — the old array without its oldest, and one more. */
#include "queue/stack_traces.h"

#include "base/json.h"
#include "base/limits.h"

int wq_stack_traces_add(struct wq_buf *out, struct wq_str before, int64_t keep,
                        struct wq_str reason, struct wq_str stack)
{
	size_t most = keep >= 0 && keep < WQ_JOB_STACKS_MAX ? (size_t)keep : WQ_JOB_STACKS_MAX;
	yyjson_doc *doc = before.n ? wq_json_read(before, WQ_JOB_JSON_DEPTH_MAX, NULL) : NULL;
	yyjson_val *old = yyjson_doc_get_root(doc), *v;
	size_t n = yyjson_arr_size(old), i, max;
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_array(&w);
	yyjson_arr_foreach(old, i, max, v)
	{
		if (n - i < most && yyjson_is_str(v))
			wq_jsonw_value(&w, v);
	}
	if (most > 0)
		wq_jsonw_str(&w, stack.n ? stack : reason);
	wq_jsonw_array_end(&w);
	wq_json_free(doc);
	return wq_jsonw_end(&w);
}
