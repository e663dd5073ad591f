/* SPDX-License-Identifier: MIT */
/* twilio_request.c — a message as Twilio wants to be asked: a form. */
#include <stdio.h>

#include "base/base64url.h"
#include "base/err.h"
#include "domain/provider/interactive_text.h"
#include "domain/provider/twilio.h"
#include "domain/provider/twilio_ops.h"

#define VERSION "/2010-04-01"

static void add(struct wq_draft *d, const char *text)
{
	wq_draft_add(d, wq_str(text));
}

static void pair(struct wq_draft *d, const char *name, const char *front, struct wq_str value)
{
	if (d->buf.n)
		add(d, "&");
	add(d, name);
	add(d, "=");
	wq_draft_add_escaped(d, wq_str(front));
	wq_draft_add_escaped(d, value);
}

static void pair_if(struct wq_draft *d, const char *name, struct wq_str value)
{
	if (value.n)
		pair(d, name, "", value);
}

static struct wq_str base_of(const struct wq_account *account)
{
	struct wq_str base = account->base_url;

	return wq_str_ends(base, VERSION) ? wq_strn(base.p, base.n - strlen(VERSION)) : base;
}

/* A key signs in, but the account is another's name for it. */
static struct wq_str sid_of(const struct wq_account *account)
{
	return wq_str_starts(account->user, "AC") ? account->user : account->portfolio;
}

static void add_url(struct wq_draft *d, const struct wq_account *account,
                    const struct wq_message *m)
{
	struct wq_str base = base_of(account), sid = sid_of(account);

	if (m->kind == WQ_MESSAGE_TYPING) {
		wq_draft_add(d, wq_str_is(base, "https://api.twilio.com")
		                        ? wq_str("https://messaging.twilio.com")
		                        : base);
		add(d, "/v2/Indicators/Typing.json");
		return;
	}
	if (!sid.n && d->rc == 0)
		d->rc = WQ_RAISE_MSG(WQ_EINVAL, "an account of Twilio's without its AC… id");
	wq_draft_add(d, base);
	add(d, VERSION "/Accounts/");
	wq_draft_add_escaped(d, sid);
	add(d, "/Messages.json");
}

/* base64, by the letters of its sister for URLs. */
static void add_base64(struct wq_draft *d, struct wq_str s)
{
	size_t from = d->buf.n;

	if (d->rc < 0)
		return;
	d->rc = wq_base64url_encode(s.p, s.n, &d->buf);
	for (size_t i = from; i < d->buf.n; i++)
		d->buf.p[i] = d->buf.p[i] == '-' ? '+' : (d->buf.p[i] == '_' ? '/' : d->buf.p[i]);
	add(d, s.n % 3 == 1 ? "==" : (s.n % 3 == 2 ? "=" : ""));
}

static void add_authorization(struct wq_draft *d, const struct wq_account *account)
{
	struct wq_str both;

	wq_draft_add(d, account->user);
	add(d, ":");
	wq_draft_add(d, account->secret);
	both = wq_draft_take(d);
	add(d, "Basic ");
	add_base64(d, both);
	wq_draft_header(d, "Authorization");
}

/* What has to be made before the form is begun. */
struct parts {
	struct wq_str text, variables, place;
};

static struct wq_str place_text(yyjson_val *location)
{
	struct wq_str name = wq_json_get_str(location, "name");

	return name.n ? name : wq_json_get_str(location, "address");
}

static void make_place(struct wq_draft *d, yyjson_val *location, struct parts *out)
{
	struct wq_str address = wq_json_get_str(location, "address");
	struct wq_str label = address.n ? address : wq_json_get_str(location, "name");
	char text[80];

	(void)snprintf(text, sizeof(text), "%.15g,%.15g",
	               yyjson_get_num(wq_json_get(location, "latitude")),
	               yyjson_get_num(wq_json_get(location, "longitude")));
	add(d, text);
	out->text = wq_draft_take(d); /* a message has to have a Body */
	if (place_text(location).n)
		out->text = place_text(location);
	add(d, "geo:");
	add(d, text);
	if (label.n)
		add(d, "|");
	wq_draft_add(d, label);
	out->place = wq_draft_take(d);
}

static void make_variables(struct wq_draft *d, yyjson_val *template, struct parts *out)
{
	wq_jsonw_begin(&d->w, &d->buf);
	d->w.rc = d->rc;
	wq_twilio_variables_write(&d->w, wq_json_get(template, "components"));
	d->rc = wq_jsonw_end(&d->w);
	out->variables = wq_draft_take(d);
	if (wq_str_is(out->variables, "{}"))
		out->variables = wq_strn(NULL, 0);
}

static struct parts make_parts(struct wq_draft *d, const struct wq_message *m)
{
	struct parts p = { .text = { NULL, 0 } };

	if (m->kind == WQ_MESSAGE_INTERACTIVE)
		p.text = wq_interactive_text(d, m->content);
	else if (m->kind == WQ_MESSAGE_LOCATION)
		make_place(d, m->content, &p);
	else if (m->kind == WQ_MESSAGE_TEMPLATE)
		make_variables(d, m->content, &p);
	else if (m->kind == WQ_MESSAGE_TEXT)
		p.text = wq_json_get_str(m->content, "body");
	else
		p.text = wq_json_get_str(m->content, "caption");
	return p;
}

static yyjson_val *media_of(const struct wq_message *m)
{
	enum wq_message_kind kind;

	return m->kind == WQ_MESSAGE_INTERACTIVE ? wq_interactive_media(m->content, &kind)
	                                         : m->content;
}

/* Its query carries what says of which send a status is: Twilio gives nothing else back. */
static void pair_callback(struct wq_draft *d, struct wq_str url, struct wq_str opaque)
{
	if (!url.n)
		return;
	pair(d, "StatusCallback", "", url);
	if (!opaque.n)
		return;
	wq_draft_add_escaped(d, wq_str(wq_str_find(url, '?') < url.n ? "&" : "?"));
	wq_draft_add_escaped(d, wq_str(WQ_WEBHOOK_OPAQUE "="));
	wq_draft_add_escaped(d, opaque);
}

static void write_form(struct wq_draft *d, const struct wq_account *account,
                       const struct wq_message *m, const struct parts *p, struct wq_str opaque)
{
	bool service = wq_str_starts(account->number, "MG");

	pair(d, "To", "whatsapp:", m->to);
	pair(d, service ? "MessagingServiceSid" : "From",
	     service ? "" : "whatsapp:", account->number);
	if (m->kind == WQ_MESSAGE_TEMPLATE) {
		pair(d, "ContentSid", "", wq_json_get_str(m->content, "name"));
		pair_if(d, "ContentVariables", p->variables);
	} else {
		pair_if(d, "Body", p->text);
		pair_if(d, "MediaUrl", wq_json_get_str(media_of(m), "link"));
		pair_if(d, "PersistentAction", p->place);
	}
	pair_callback(d, account->status_url, opaque);
}

int wq_twilio_request(struct wq_arena *a, const struct wq_account *account,
                      const struct wq_message *m, struct wq_str opaque,
                      struct wq_provider_request *out)
{
	struct parts parts;
	struct wq_draft d;

	wq_draft_begin(&d, a, out);
	d.rc = wq_provider_recheck(&wq_twilio, m);
	if (d.rc < 0)
		return wq_draft_end(&d);
	add_url(&d, account, m);
	wq_draft_url(&d, "POST");
	add_authorization(&d, account);
	parts = make_parts(&d, m);
	if (m->kind == WQ_MESSAGE_TYPING) {
		pair(&d, "channel", "", wq_str("whatsapp"));
		pair(&d, "messageId", "", m->reply_to);
	} else {
		write_form(&d, account, m, &parts, opaque);
	}
	wq_draft_body(&d, "application/x-www-form-urlencoded");
	return wq_draft_end(&d);
}
