/* SPDX-License-Identifier: MIT */
/* names.c — the words of the model. */
#include "base/assert.h"
#include "domain/inbound/reader.h"

const char *wq_inbound_kind_name(enum wq_inbound_kind k)
{
	static const char *const names[WQ_INBOUND_KINDS] = {
		[WQ_INBOUND_OTHER] = "other",       [WQ_INBOUND_MESSAGE] = "message",
		[WQ_INBOUND_STATUS] = "status",     [WQ_INBOUND_ECHO] = "echo",
		[WQ_INBOUND_HISTORY] = "history",   [WQ_INBOUND_CONTACT] = "contact",
		[WQ_INBOUND_PREFERENCE] = "preference", [WQ_INBOUND_USER_ID] = "user_id",
		[WQ_INBOUND_ACTION] = "action",     [WQ_INBOUND_CALL] = "call",
		[WQ_INBOUND_PRESENCE] = "presence", [WQ_INBOUND_GROUP] = "group",
		[WQ_INBOUND_TEMPLATE] = "template", [WQ_INBOUND_QUALITY] = "quality",
		[WQ_INBOUND_NUMBER] = "number",     [WQ_INBOUND_ACCOUNT] = "account",
		[WQ_INBOUND_SESSION] = "session",   [WQ_INBOUND_ERROR] = "error",
	};

	return (unsigned)k < WQ_INBOUND_KINDS ? names[k] : "other";
}

const char *wq_provider_name(enum wq_provider p)
{
	static const char *const names[WQ_PROVIDERS] = { "cloud", "evolution", "twilio" };

	return (unsigned)p < WQ_PROVIDERS ? names[p] : "unknown";
}

const char *wq_message_state_name(enum wq_message_state s)
{
	static const char *const names[WQ_STATES] = { "unknown", "queued", "sent",
		                                      "delivered", "read", "played",
		                                      "failed", "cancelled", "deleted" };

	return (unsigned)s < WQ_STATES ? names[s] : "unknown";
}

const char *wq_inbound_condition_name(int rc)
{
	static const char *const names[WQ_INBOUND_CONDITIONS] = { "ok", "not_json", "not_ours",
		                                                  "too_deep", "too_many",
		                                                  "too_large" };

	return rc >= 0 && rc < WQ_INBOUND_CONDITIONS ? names[rc] : "failed";
}
