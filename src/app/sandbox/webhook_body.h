/* SPDX-License-Identifier: MIT */
#pragma once
/* webhook_body.h — webhooks as Meta writes them: compact JSON, ASCII only, slashes escaped.  Pure. */
#include <stdbool.h>
#include <stdint.h>

#include "base/hmac.h"
#include "base/json.h"

#define WQ_SIGNATURE_BYTES (7 + 2 * WQ_SHA256_BYTES) /* "sha256=" and hex */

/* The side that the webhook is sent to. */
struct wq_webhook_account {
	const char *waba_id;
	const char *display_phone_number;
	struct wq_str phone_number_id;
};

enum wq_status { WQ_STATUS_SENT, WQ_STATUS_DELIVERED, WQ_STATUS_READ, WQ_STATUS_FAILED };
const char *wq_status_name(enum wq_status s);

struct wq_webhook_status {
	enum wq_status status;
	struct wq_str id;        /* the message */
	struct wq_str recipient; /* wa_id or group id; n == 0: sent to a user id */
	struct wq_str bsuid;     /* n == 0: none */
	bool group;
	bool template;        /* priced as a template; otherwise as free service */
	bool v23;             /* with `conversation`, as up to version 23 */
	struct wq_str opaque; /* p == NULL: none */
	int64_t at_s;         /* Unix seconds */
	int code;             /* of WQ_STATUS_FAILED */
};

struct wq_webhook_message {
	struct wq_str id;
	struct wq_str from;  /* wa_id */
	struct wq_str bsuid; /* n == 0: none */
	struct wq_str name;  /* of the profile */
	struct wq_str type;
	struct wq_str text;    /* p != NULL: content is {"body":text} */
	struct wq_str content_json; /* otherwise, p != NULL: what the object named by type holds */
	yyjson_val *content;   /* otherwise, the object named by type; NULL: none */
	struct wq_str context; /* id of the message it answers; p == NULL: none */
	yyjson_val
		*extra; /* an object whose members are added (context, referral, …); NULL: none */
	int64_t at_s;
};

/* Appends the body; 0, WQ_ENOMEM or WQ_ETOOBIG. */
int wq_webhook_write_status(const struct wq_webhook_account *a, const struct wq_webhook_status *s,
                            struct wq_buf *out);
int wq_webhook_write_message(const struct wq_webhook_account *a, const struct wq_webhook_message *m,
                             struct wq_buf *out);
/* Well-formed JSON to the form Meta sends: \uXXXX for all beyond ASCII, "\/" for "/". */
int wq_webhook_escape(struct wq_str json, struct wq_buf *out);
/* The value of X-Hub-Signature-256. */
int wq_webhook_sign(struct wq_hmac_key *key, struct wq_str body, char out[WQ_SIGNATURE_BYTES + 1]);
/* "US.1234…": the same for the same person. */
void wq_webhook_bsuid(struct wq_str wa_id, char out[32]);
