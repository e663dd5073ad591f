/* SPDX-License-Identifier: MIT */
#pragma once
/* job.h — an update as the data of a BullMQ job, and as JSON in full.
 *
 * The data of all jobs begin alike, and only these four are always there for a message:
 *
 *   kind      queue (by default)  name             data
 *   MESSAGE   inbound-messages    process-message  {businessId, phoneNumberId, message, …}
 *   STATUS    message-statuses    process-status   {businessId, phoneNumberId, status, …}
 *   ECHO      account-events      process-echo     {businessId, phoneNumberId, message, …}
 *   HISTORY   account-events      process-history  {businessId, phoneNumberId, field, value or message, …}
 *   others    account-events      process-event    {businessId, phoneNumberId, field, value, …}
 *
 *   businessId, phoneNumberId  the account; "" when the provider does not say
 *   message   Cloud: Meta's own object, unchanged (message.text.body, message.from, message.timestamp in seconds as
 *             text).  Other providers: the same object, made of what they sent, so that one worker reads all three.
 *   status    the same for statuses[]
 *   value     Cloud: the change's own value, or the element of it that the update is; Evolution: `data`; a form of
 *             Twilio's: an object of its parameters
 *   timestamp when the webhook came, a number in ms: what Date.now() of a JS producer would be
 * and, as far as there is something to say:
 *   contact   Meta's contacts[] entry of the person ({profile: {name}, wa_id, user_id}), made for other providers
 *   provider  "cloud", "evolution", "twilio"
 *   kind      "status", "template", …; not for a message
 *   field     the provider's word; not for messages and statuses
 *   sentAt    when it happened by the provider's clock, a number in ms
 *   conversation  jobs with the same one belong together, in order (ING-11)
 */
#include "base/json.h"
#include "domain/inbound/inbound.h"

enum wq_inbound_queue {
	WQ_INBOUND_QUEUE_MESSAGES,
	WQ_INBOUND_QUEUE_STATUSES,
	WQ_INBOUND_QUEUE_EVENTS,
	WQ_INBOUND_QUEUES
};
enum wq_inbound_queue wq_inbound_job_queue(enum wq_inbound_kind k);
/* "process-message"; never NULL. */
const char *wq_inbound_job_name(enum wq_inbound_kind k);
/* One object, behind what the writer holds. */
void wq_inbound_write_job(struct wq_jsonw *w, const struct wq_inbound *u);
/* The message in Meta's shape: u->value when it is Meta's, else made of the model. */
void wq_inbound_write_message(struct wq_jsonw *w, const struct wq_inbound *u);
/* The whole model, members only for what is there: for live events, subscriptions and golden files. */
void wq_inbound_write_full(struct wq_jsonw *w, const struct wq_inbound *u);
