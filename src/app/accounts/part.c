/* SPDX-License-Identifier: MIT */
/* part.c — settings to accounts, judged like any other; taken down in reverse. */
#include "app/accounts/part.h"

#include <stdio.h>

#include "app/settings/settings.h"
#include "app/settings/table.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/template/own.h"

enum { MEMBERS_MAX = 5, JSON_DEPTH_MAX = 4 };

/* An account of the environment: there when all that are `needed` are set. */
struct env_account {
	const char *id;
	enum wq_provider provider;
	enum wq_setting needed[3]; /* WQ_SET_COUNT: no more */
	struct {
		const char *member;
		enum wq_setting setting;
	} members[MEMBERS_MAX];
};

static const struct env_account known[WQ_ENV_ACCOUNTS_MAX] = {
	{ "default",
	  WQ_PROVIDER_CLOUD,
	  { WQ_SET_WHATSAPP_TOKEN, WQ_SET_WHATSAPP_PHONE_NUMBER_ID, WQ_SET_COUNT },
	  { { "phone_number_id", WQ_SET_WHATSAPP_PHONE_NUMBER_ID },
	    { "waba_id", WQ_SET_WHATSAPP_BUSINESS_ACCOUNT_ID },
	    { "base_url", WQ_SET_GRAPH_URL },
	    { "access_token", WQ_SET_WHATSAPP_TOKEN } } },
	{ "evolution",
	  WQ_PROVIDER_EVOLUTION,
	  { WQ_SET_EVOLUTION_API_URL, WQ_SET_EVOLUTION_API_KEY, WQ_SET_EVOLUTION_INSTANCE },
	  { { "instance", WQ_SET_EVOLUTION_INSTANCE },
	    { "base_url", WQ_SET_EVOLUTION_API_URL },
	    { "api_key", WQ_SET_EVOLUTION_API_KEY } } },
	{ "twilio",
	  WQ_PROVIDER_TWILIO,
	  { WQ_SET_TWILIO_ACCOUNT_SID, WQ_SET_TWILIO_AUTH_TOKEN, WQ_SET_TWILIO_NUMBER },
	  { { "account_sid", WQ_SET_TWILIO_ACCOUNT_SID },
	    { "number", WQ_SET_TWILIO_NUMBER },
	    { "base_url", WQ_SET_TWILIO_API_URL },
	    { "auth_token", WQ_SET_TWILIO_AUTH_TOKEN } } },
};

static bool is_set(const struct wq_settings *s, enum wq_setting id)
{
	const char *text = id == WQ_SET_COUNT ? "" : wq_settings_text(s, id);

	return id == WQ_SET_COUNT || (text && *text);
}

static bool is_credential(const char *member)
{
	for (size_t i = 0; wq_account_credentials[i]; i++)
		if (strcmp(wq_account_credentials[i], member) == 0)
			return true;
	return false;
}

/* As people have it: "whatsapp:+1415…", or the SID of a Messaging Service in its place. */
static const char *twilio_number(struct wq_str *value)
{
	static const char scheme[] = "whatsapp:";

	if (wq_str_starts(*value, scheme))
		*value = wq_strn(value->p + sizeof(scheme) - 1, value->n - (sizeof(scheme) - 1));
	return wq_str_starts(*value, "MG") ? "messaging_service_sid" : "number";
}

/* The settings as the JSON that a request would bring: members, or credentials. */
static int write_members(const struct env_account *e, const struct wq_settings *s, bool credentials,
                         struct wq_buf *out)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	if (!credentials) {
		wq_jsonw_put_text(&w, "provider", wq_provider_name(e->provider));
		wq_jsonw_put_text(&w, "name", e->id);
	}
	for (size_t i = 0; i < MEMBERS_MAX && e->members[i].member; i++) {
		const char *member = e->members[i].member;
		struct wq_str value = wq_str(wq_settings_text(s, e->members[i].setting));

		if (value.n == 0 || is_credential(member) != credentials)
			continue;
		if (strcmp(member, "number") == 0)
			member = twilio_number(&value);
		wq_jsonw_put_str(&w, member, value);
	}
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

static int read_members(struct wq_accounts_part *p, const struct env_account *e,
                        const struct wq_settings *s, bool credentials, yyjson_val **root)
{
	struct wq_buf text;
	yyjson_doc *doc = NULL;
	int rc;

	wq_buf_init(&text, WQ_ACCOUNT_SPEC_MAX_BYTES);
	rc = write_members(e, s, credentials, &text);
	if (rc == 0)
		rc = wq_json_parse(&doc, wq_buf_str(&text), JSON_DEPTH_MAX);
	if (text.p)
		wq_wipe(text.p, text.n);
	wq_buf_fini(&text);
	if (rc < 0)
		return rc;
	p->docs[p->docs_n++] = doc;
	*root = yyjson_doc_get_root(doc);
	return 0;
}

static int tell_problem(const struct env_account *e, const struct wq_account_problem *problem)
{
	const char *setting = "";

	for (size_t i = 0; i < MEMBERS_MAX && e->members[i].member; i++)
		if (strcmp(e->members[i].member, problem->field) == 0)
			setting = wq_setting_def(e->members[i].setting)->name;
	fprintf(stderr, "willaq: %s %s\n", *setting ? setting : problem->field, problem->what);
	return WQ_EINVAL;
}

static int add(struct wq_accounts_part *p, const struct env_account *e, const struct wq_settings *s)
{
	const struct wq_str none = { NULL, 0 };
	struct wq_account *a = &p->env[p->env_n];
	yyjson_val *spec, *credentials;
	struct wq_account_problem problem;
	int rc = read_members(p, e, s, false, &spec);

	if (rc == 0)
		rc = read_members(p, e, s, true, &credentials);
	if (rc < 0)
		return rc;
	*a = (struct wq_account){ .id = wq_str(e->id), .state = WQ_ACCOUNT_ACTIVE };
	rc = wq_account_read(a, spec, none, none, &p->ways, &p->arena, &problem);
	if (rc == 0)
		rc = wq_account_read_credentials(a, credentials, &problem);
	if (rc > 0)
		return tell_problem(e, &problem);
	p->env_n += rc == 0;
	return rc;
}

int wq_accounts_part_build(struct wq_accounts_part *p, const struct wq_settings *s,
                           struct wq_accounts_opts *o)
{
	int rc = 0;

	o->ways.graph_url = wq_str(wq_settings_text(s, WQ_SET_GRAPH_URL));
	o->ways.twilio_url = wq_str(wq_settings_text(s, WQ_SET_TWILIO_API_URL));
	if (o->env_n > 0 && !wq_settings_given(s, WQ_SET_GRAPH_URL))
		o->ways.graph_url = o->env[0].base_url;
	p->ways = o->ways;
	wq_arena_init(&p->arena, WQ_ACCOUNT_MEMORY_MAX_BYTES);
	for (size_t i = 0; i < WQ_COUNT(known) && rc == 0; i++)
		if (is_set(s, known[i].needed[0]) && is_set(s, known[i].needed[1]) &&
		    is_set(s, known[i].needed[2]))
			rc = add(p, &known[i], s);
	for (unsigned i = 0; p->docs_n == 0 && i < o->env_n && i < WQ_ENV_ACCOUNTS_MAX; i++)
		p->env[p->env_n++] = o->env[i];
	o->env = p->env;
	o->env_n = p->env_n;
	if (rc == 0)
		rc = wq_templates_create(&p->templates, o->loop, o->redis, o->prefix);
	o->templates = p->templates;
	return rc == 0 ? wq_accounts_create(&p->accounts, o) : rc;
}

static void on_closed(void *ctx)
{
	struct wq_accounts_part *p = ctx;

	wq_accounts_part_fini(p);
	p->done(p->ctx);
}

bool wq_accounts_part_close(struct wq_accounts_part *p, void (*done)(void *ctx), void *ctx)
{
	struct wq_accounts *accounts = p->accounts;

	if (!accounts)
		return false;
	p->accounts = NULL;
	p->done = done;
	p->ctx = ctx;
	wq_accounts_close(accounts, on_closed, p);
	return true;
}

void wq_accounts_part_fini(struct wq_accounts_part *p)
{
	while (p->docs_n > 0) {
		wq_account_wipe(yyjson_doc_get_root(p->docs[--p->docs_n]));
		wq_json_free(p->docs[p->docs_n]);
	}
	p->env_n = 0;
	wq_templates_destroy(p->templates);
	p->templates = NULL;
	wq_arena_fini(&p->arena);
}
