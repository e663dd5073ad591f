/* SPDX-License-Identifier: MIT */
/* graph_error.c — the table of codes, and the two shapes in which an error travels. */
#include "app/sandbox/graph_error.h"

#include <stdio.h>

#include "base/assert.h"

enum { OTHER_STATUS = 400 };

struct row {
	int code; /* or one of the second wordings */
	int status, subcode;
	bool bare;      /* the message goes without "(#code)" */
	bool transient; /* says is_transient */
	const char *type, *title, *details;
};

static const char oauth[] = "OAuthException";
static const char method[] = "GraphMethodException";
static const char href[] = "/documentation/business-messaging/whatsapp/support/error-codes";

static const struct row rows[] = {
	{ 1, 400, 0, true, false, oauth, "An unknown error has occurred.", NULL },
	{ 2, 503, 0, true, true, oauth,
	  "An unexpected error has occurred. Please retry your request later.", NULL },
	{ 4, 400, 0, false, true, oauth, "Application request limit reached", NULL },
	{ 10, 403, 0, false, false, oauth, "Application does not have permission for this action",
	  NULL },
	{ 33, 400, 0, false, false, oauth, "Parameter value is not valid",
	  "The business phone number has been deleted." },
	{ 100, 400, 0, false, false, oauth, "Invalid parameter", NULL },
	{ 190, 401, 463, true, false, oauth, "Error validating access token: Session has expired.",
	  NULL },
	{ 200, 403, 0, false, false, oauth, "Permissions error", NULL },
	{ 368, 403, 0, false, false, oauth, "Temporarily blocked for policies violations", NULL },
	{ 2500, 400, 0, true, false, oauth, "Unknown path components", NULL },
	{ 80007, 400, 0, false, true, oauth, "Rate limit issues",
	  "The WhatsApp Business Account has reached its rate limit." },
	{ 130429, 400, 0, false, false, oauth, "Rate limit hit",
	  "Cloud API message throughput has been reached." },
	{ 130472, 400, 0, false, false, oauth, "User's number is part of an experiment", NULL },
	{ 130497, 403, 0, false, false, oauth,
	  "Business account is restricted from messaging users in this country.", NULL },
	{ 131000, 500, 0, false, false, oauth, "Something went wrong",
	  "Message failed to send due to an unknown error." },
	{ 131005, 403, 0, false, false, oauth, "Access denied", NULL },
	{ 131008, 400, 0, false, false, oauth, "Required parameter is missing", NULL },
	{ 131009, 400, 0, false, false, oauth, "Parameter value is not valid", NULL },
	{ 131016, 500, 0, false, false, oauth, "Service unavailable",
	  "A service is temporarily unavailable." },
	{ 131021, 400, 0, false, false, oauth, "Recipient cannot be sender", NULL },
	{ 131026, 400, 0, false, false, oauth, "Message undeliverable", "Message Undeliverable." },
	{ 131030, 400, 0, false, false, oauth, "Recipient phone number not in allowed list",
	  "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again." },
	{ 131031, 403, 0, false, false, oauth, "Account has been locked", NULL },
	{ 131042, 400, 0, false, false, oauth, "Business eligibility payment issue", NULL },
	{ 131045, 500, 0, false, false, oauth, "Incorrect certificate", NULL },
	{ 131047, 400, 0, false, false, oauth, "Re-engagement message",
	  "More than 24 hours have passed since the customer last replied." },
	{ 131048, 400, 0, false, false, oauth, "Spam rate limit hit",
	  "Too many messages were blocked or flagged as spam." },
	{ 131049, 400, 0, false, false, oauth,
	  "This message was not delivered to maintain healthy ecosystem engagement.",
	  "Not delivered to keep engagement healthy." },
	{ 131050, 400, 0, false, false, oauth,
	  "User has stopped marketing messages from this business",
	  "Recipient chose to stop marketing messages." },
	{ 131051, 400, 0, false, false, oauth, "Unsupported message type", NULL },
	{ 131052, 400, 0, false, false, oauth, "Media download error", NULL },
	{ 131053, 400, 0, false, false, oauth, "Media upload error", NULL },
	{ 131056, 400, 0, false, false, oauth,
	  "(Business Account, Consumer Account) pair rate limit hit",
	  "Too many messages to the same recipient." },
	{ 131057, 500, 0, false, false, oauth, "Account in maintenance mode", NULL },
	{ 132000, 400, 0, false, false, oauth, "Number of parameters does not match", NULL },
	{ 132001, 404, 0, false, false, oauth, "Template name does not exist in the translation",
	  NULL },
	{ 132005, 400, 0, false, false, oauth, "Translated text too long", NULL },
	{ 132007, 400, 0, false, false, oauth, "Template content policy violation", NULL },
	{ 132012, 400, 0, false, false, oauth, "Parameter format does not match", NULL },
	{ 132015, 400, 0, false, false, oauth, "Template is paused", NULL },
	{ 132016, 400, 0, false, false, oauth, "Template is disabled", NULL },
	{ 132018, 400, 0, false, false, oauth, "Template parameters have format issues", NULL },
	{ 133010, 400, 0, false, false, oauth, "Phone number not registered", NULL },
	{ 133016, 400, 0, false, false, oauth, "Account register deregister rate limit exceeded",
	  NULL },
	{ 137000, 400, 0, false, false, oauth, "Identity key hash mismatch", NULL },
	{ WQ_GRAPH_NO_OBJECT, 400, 33, true, false, method,
	  "Unsupported request: the object does not exist, cannot be "
	  "loaded due to missing permissions, or does not support this operation",
	  NULL },
	{ WQ_GRAPH_BAD_TOKEN, 401, 0, true, false, oauth,
	  "Invalid OAuth access token - Cannot parse access token", NULL },
};

/* What a code outside the table looks like. */
static const struct row other = { 0,     OTHER_STATUS,           0,   false, false,
	                          oauth, "Something went wrong", NULL };

static const struct row *find(int code)
{
	for (size_t i = 0; i < WQ_COUNT(rows); i++)
		if (rows[i].code == code)
			return &rows[i];
	return &other;
}

void wq_graph_error_vset(struct wq_graph_error *e, int code, const char *fmt, va_list ap)
{
	*e = (struct wq_graph_error){ .code = code };
	if (fmt)
		(void)vsnprintf(e->details, sizeof(e->details), fmt, ap);
}

bool wq_graph_error_set(struct wq_graph_error *e, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	wq_graph_error_vset(e, code, fmt, ap);
	va_end(ap);
	return false;
}

int wq_graph_error_status(const struct wq_graph_error *e)
{
	return e->status ? e->status : find(e->code)->status;
}

const char *wq_graph_error_title(int code)
{
	return find(code)->title;
}

static void write_message(const struct row *row, int code, struct wq_jsonw *w)
{
	char text[256];

	wq_jsonw_key(w, "message");
	if (row->bare)
		(void)snprintf(text, sizeof(text), "%s", row->title);
	else
		(void)snprintf(text, sizeof(text), "(#%d) %s", code, row->title);
	wq_jsonw_text(w, text);
}

static void write_details(const struct wq_graph_error *e, const struct row *row, struct wq_jsonw *w)
{
	const char *details = e->details[0] ? e->details : row->details;

	if (!details)
		return;
	wq_jsonw_key(w, "error_data");
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "messaging_product", "whatsapp");
	wq_jsonw_put_text(w, "details", details);
	wq_jsonw_object_end(w);
}

void wq_graph_error_write(const struct wq_graph_error *e, const char *trace_id, struct wq_jsonw *w)
{
	const struct row *row = find(e->code);
	int code = e->code < 0 ? -e->code : e->code;

	wq_jsonw_object(w);
	wq_jsonw_key(w, "error");
	wq_jsonw_object(w);
	write_message(row, code, w);
	wq_jsonw_put_text(w, "type", row->type);
	wq_jsonw_put_int(w, "code", code);
	if (row->subcode)
		wq_jsonw_put_int(w, "error_subcode", row->subcode);
	if (row->transient)
		wq_jsonw_put_bool(w, "is_transient", true);
	write_details(e, row, w);
	wq_jsonw_put_text(w, "fbtrace_id", trace_id);
	wq_jsonw_object_end(w);
	wq_jsonw_object_end(w);
}

void wq_graph_error_write_status(int code, struct wq_jsonw *w)
{
	const struct row *row = find(code);

	wq_jsonw_object(w);
	wq_jsonw_put_int(w, "code", code);
	wq_jsonw_put_text(w, "title", row->title);
	wq_jsonw_put_text(w, "message", row->title);
	if (row->details) {
		wq_jsonw_key(w, "error_data");
		wq_jsonw_object(w);
		wq_jsonw_put_text(w, "details", row->details);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_put_text(w, "href", href);
	wq_jsonw_object_end(w);
}
