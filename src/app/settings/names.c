/* SPDX-License-Identifier: MIT */
/* names.c — a variable that begins with WILLAQ_ and names no setting is a typing error, unless an orchestrator made it
 * up.
 *
 * Kubernetes tells each container of every service: one called "willaq" makes WILLAQ_SERVICE_HOST,
 * WILLAQ_PORT=tcp://…, WILLAQ_PORT_8780_TCP_ADDR; one called "willaq-x" makes WILLAQ_X_SERVICE_HOST and so on.
 */
#include "app/settings/reader.h"
#include "app/settings/suggest.h"
#include "app/settings/value.h"

static const char prefix[] = "WILLAQ_", suffix[] = "_FILE";

static bool holds(struct wq_str s, const char *part)
{
	return memmem(s.p, s.n, part, strlen(part)) != NULL;
}

static bool is_orchestrators(struct wq_str name, struct wq_str text)
{
	if (wq_str_starts(text, "tcp://") || wq_str_starts(text, "udp://"))
		return true;
	return wq_str_ends(name, "_SERVICE_HOST") || holds(name, "_SERVICE_PORT") ||
	       (holds(name, "_PORT_") && (holds(name, "_TCP") || holds(name, "_UDP")));
}

static bool is_known(struct wq_str name)
{
	for (unsigned id = 0; id < WQ_SET_COUNT; id++) {
		const struct wq_setting_def *d = wq_setting_def((enum wq_setting)id);
		struct wq_setting_names n;

		wq_setting_names_begin(&n, d);
		(void)wq_setting_names_next(&n); /* ours comes first */
		if (wq_str_is(name, n.name))
			return true;
		if (wq_setting_has_twin(d) && wq_str_ends(name, suffix) &&
		    wq_str_is(wq_strn(name.p, name.n - strlen(suffix)), n.name))
			return true;
	}
	return false;
}

/* Held against what stands behind the prefix, so that WILLAQ_REDIS_HOST leads to REDIS_HOST. */
static void offer_all(struct wq_suggest *s)
{
	for (unsigned id = 0; id < WQ_SET_COUNT; id++) {
		struct wq_setting_names n;
		bool own = true;

		wq_setting_names_begin(&n, wq_setting_def((enum wq_setting)id));
		for (; wq_setting_names_next(&n); own = false)
			wq_suggest_offer(s, own ? n.name + strlen(prefix) : n.name, n.name);
	}
	for (const char *const *part = wq_redis_parts; *part; part++)
		wq_suggest_offer(s, *part, *part);
}

static void check(struct wq_reader *r, struct wq_str name, struct wq_str text, const char *where)
{
	struct wq_suggest s;
	struct wq_buf shown;

	if (!wq_str_starts(name, prefix) || is_known(name) || is_orchestrators(name, text))
		return;
	wq_suggest_begin(&s, wq_strn(name.p + strlen(prefix), name.n - strlen(prefix)));
	offer_all(&s);
	wq_buf_init(&shown, WQ_SETTING_MAX_BYTES);
	(void)wq_value_quote_text(name, &shown);
	wq_problem(&r->problems, "%s: unknown setting %.*s%s", where,
	           WQ_STR_ARG(wq_buf_str(&shown)), wq_suggest_remark(&s));
	wq_buf_fini(&shown);
}

void wq_reader_check_names(struct wq_reader *r)
{
	for (char *const *e = r->in->envp; e && *e; e++) {
		struct wq_str all = wq_str(*e);
		size_t eq = wq_str_find(all, '=');

		if (eq < all.n)
			check(r, wq_strn(all.p, eq), wq_strn(all.p + eq + 1, all.n - eq - 1),
			      "environment");
	}
	for (const struct wq_entry *e = r->last; e; e = e->before)
		if (strncmp(e->name, prefix, strlen(prefix)) == 0)
			check(r, wq_str(e->name), wq_str(e->text),
			      wq_reader_textf(r, "%s:%u", r->path, e->line));
}
