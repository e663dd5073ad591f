/* SPDX-License-Identifier: MIT */
/* evolution_problem.c — {"status": 400, "error": "Bad Request", "response": {"message": ["…"]}}. */
#include "app/facade/evolution_core.h"

/* What is wrong with a body Evolution tells as a list within the list, and of a key it says no more than the word. */
static void write_message(struct wq_jsonw *w, const struct wq_problem *p, int status)
{
	bool nested = strcmp(p->code, WQ_EVOLUTION_INVALID) == 0;
	const char *text = p->detail ? p->detail : wq_status_text(status);

	wq_jsonw_key(w, "message");
	if (status == 401) {
		wq_jsonw_text(w, wq_status_text(status));
		return;
	}
	wq_jsonw_array(w);
	if (nested)
		wq_jsonw_array(w);
	wq_jsonw_text(w, text);
	if (nested)
		wq_jsonw_array_end(w);
	wq_jsonw_array_end(w);
}

int wq_evolution_tell(const struct wq_exchange *x, const struct wq_problem *p, struct wq_buf *out)
{
	int status = p->status == 422 ? 400 : p->status;
	struct wq_jsonw w;

	(void)x;
	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_jsonw_put_int(&w, "status", status);
	wq_jsonw_put_text(&w, "error", wq_status_text(status));
	wq_jsonw_key(&w, "response");
	wq_jsonw_object(&w);
	write_message(&w, p, status);
	wq_jsonw_object_end(&w);
	wq_jsonw_object_end(&w);
	if (wq_jsonw_end(&w) < 0)
		wq_buf_clear(out);
	return status;
}
