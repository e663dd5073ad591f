/* SPDX-License-Identifier: MIT */
/* sequence_view.c — sequences, their versions and who is in them, as JSON; for the API and the command line. */
#include <stdio.h>

#include "app/api/sequence_call.h"
#include "base/assert.h"
#include "store/registry.h"

enum { ID_MAX_BYTES = 2 * WQ_ACCOUNT_ID_MAX_BYTES + 32 };

static void put_moment(struct wq_jsonw *w, const char *key, const struct wq_redis_value *fields,
                       const char *field)
{
	wq_jsonw_put_moment(w, key, wq_fields_int(fields, field));
}

static void put_count(struct wq_jsonw *w, const char *key, const struct wq_redis_value *fields,
                      const char *field)
{
	int64_t n = wq_fields_int(fields, field);

	wq_jsonw_put_int(w, key, n > 0 ? n : 0);
}

static void put_outer_id(struct wq_jsonw *w, const char *key, struct wq_str id,
                         struct wq_str account)
{
	char outer[ID_MAX_BYTES];

	snprintf(outer, sizeof(outer), "%.*s.%.*s", WQ_STR_ARG(id), WQ_STR_ARG(account));
	wq_jsonw_put_text(w, key, outer);
}

static void put_counts(struct wq_jsonw *w, const struct wq_redis_value *fields)
{
	static const char *const states[] = { "active", "answered", "paused", "completed", "stopped",
		                              "enrolled" };
	char field[24];

	wq_jsonw_key(w, "contacts");
	wq_jsonw_object(w);
	for (size_t i = 0; i < WQ_COUNT(states); i++) {
		snprintf(field, sizeof(field), "n:%s", states[i]);
		put_count(w, states[i], fields, field);
	}
	wq_jsonw_object_end(w);
}

void wq_view_sequence(struct wq_jsonw *w, struct wq_str account, struct wq_str id,
                      const struct wq_redis_value *fields, const struct wq_redis_value *version)
{
	struct wq_str spec = wq_fields_get(version, "spec");

	wq_jsonw_object(w);
	put_outer_id(w, "id", id, account);
	wq_jsonw_put_str(w, "account", account);
	wq_jsonw_put_str(w, "name", wq_fields_get(fields, "name"));
	wq_jsonw_put_str(w, "state", wq_fields_get(fields, "state"));
	put_count(w, "version", fields, "ver");
	put_count(w, "step_count", fields, "steps");
	wq_jsonw_put_str(w, "on_answer", wq_fields_get(fields, "on_answer"));
	put_counts(w, fields);
	put_moment(w, "created_at", fields, "made");
	put_moment(w, "changed_at", fields, "changed");
	if (spec.n) {
		wq_jsonw_key(w, "definition");
		wq_jsonw_raw(w, spec);
	}
	wq_jsonw_object_end(w);
}

void wq_view_version(struct wq_jsonw *w, int64_t version, const struct wq_redis_value *fields)
{
	struct wq_str spec = wq_fields_get(fields, "spec");

	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "version", version);
	put_moment(w, "created_at", fields, "at");
	wq_jsonw_put_str(w, "by", wq_fields_get(fields, "by"));
	wq_jsonw_put_str(w, "what", wq_fields_get(fields, "what"));
	put_count(w, "step_count", fields, "steps");
	put_count(w, "contacts", fields, "contacts");
	if (spec.n) {
		wq_jsonw_key(w, "definition");
		wq_jsonw_raw(w, spec);
	}
	wq_jsonw_object_end(w);
}

void wq_view_enrolment(struct wq_jsonw *w, struct wq_str account, struct wq_str con,
                       const struct wq_redis_value *fields)
{
	struct wq_str state = wq_fields_get(fields, "state");

	wq_jsonw_object(w);
	put_outer_id(w, "contact", con, account);
	wq_jsonw_put_str(w, "name", wq_fields_get(fields, "c:name"));
	wq_jsonw_put_str(w, "phone", wq_fields_get(fields, "c:phone"));
	put_outer_id(w, "sequence", wq_fields_get(fields, "seq"), account);
	put_count(w, "version", fields, "ver");
	wq_jsonw_put_str(w, "state", state);
	wq_jsonw_put_str(w, "reason", wq_fields_get(fields, "why"));
	put_count(w, "next_step", fields, "at");
	put_moment(w, "due_at", wq_str_is(state, "active") ? fields : NULL, "due");
	put_count(w, "steps_sent", fields, "steps");
	put_count(w, "steps_skipped", fields, "skipped");
	wq_jsonw_put_str(w, "last_message", wq_fields_get(fields, "msg"));
	wq_jsonw_put_str(w, "by", wq_fields_get(fields, "by"));
	put_moment(w, "enrolled_at", fields, "made");
	put_moment(w, "since", fields, "since");
	wq_jsonw_object_end(w);
}

const char *wq_enrol_outcome_name(enum wq_enrol_outcome o)
{
	switch (o) {
	case WQ_ENROL_DONE:
		return "enrolled";
	case WQ_ENROL_ALREADY:
		return "already_in_it";
	case WQ_ENROL_IN_ANOTHER:
		return "in_another_sequence";
	case WQ_ENROL_OPTED_OUT:
		return "opted_out";
	case WQ_ENROL_BLOCKED:
		return "blocked";
	case WQ_ENROL_BEFORE:
		return "been_through_it";
	case WQ_ENROL_UNKNOWN:
		break;
	}
	return "contact_not_found";
}
