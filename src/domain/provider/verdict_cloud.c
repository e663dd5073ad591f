/* SPDX-License-Identifier: MIT */
/* verdict_cloud.c — Meta's error codes.  Code 0 is none: there its HTTP status decides. */
#include "base/assert.h"
#include "base/clock.h"
#include "domain/provider/verdict_row.h"

#define RETRY(...)  .action = WQ_ACT_RETRY, __VA_ARGS__
#define OUTAGE      .action = WQ_ACT_RETRY, .wait_ms = WQ_SECONDS(1), .wait_max_ms = WQ_SECONDS(300), .attempts_max = 20
#define SLOW(ms)    .action = WQ_ACT_SLOW, .wait_ms = (ms)
#define PAIR        .action = WQ_ACT_PAIR
#define PAUSE       .action = WQ_ACT_PAUSE
#define PROBE(ms)   .action = WQ_ACT_PAUSE, .wait_ms = (ms)
#define TOKEN       .action = WQ_ACT_TOKEN
#define TEMPLATE    .action = WQ_ACT_TEMPLATE
#define STOP        .action = WQ_ACT_STOP_TEMPLATE
#define STOP_FOR(ms) .action = WQ_ACT_STOP_TEMPLATE, .wait_ms = (ms)
#define SUPPRESS    .action = WQ_ACT_SUPPRESS
#define DAY_OFF     .action = WQ_ACT_NO_MARKETING, .wait_ms = WQ_MINUTES(24 * 60)
#define DROP        .action = WQ_ACT_DROP
#define FIX         .action = WQ_ACT_FIX
#define VAGUE       .vague = WQ_VAGUE_BUT_4XX
#define SAYS        .meaning =
#define TO          .code_to =
#define SUB         .subcode =

/* clang-format off: read by column */
static const struct wq_verdict_row rows[] = {
	{ 1, RETRY(.attempts_max = 3, .then = WQ_ACT_FIX), VAGUE, SAYS "unknown error, or a malformed request" },
	{ 2, OUTAGE, VAGUE, SAYS "the service is down or overloaded" },
	{ 3, PAUSE, SAYS "the app lacks a capability or permission" },
	{ 4, SLOW(WQ_SECONDS(60)), SAYS "the app has made too many calls" },
	{ 10, PAUSE, SAYS "permission is missing" },
	{ 17, SLOW(WQ_SECONDS(60)), SAYS "the user has made too many calls" },
	{ 33, PAUSE, SAYS "the phone number was deleted" },
	{ 100, SUB 33, PAUSE, SAYS "no such object, or no permission for it: is the phone number id right?" },
	{ 100, FIX, SAYS "a parameter is wrong" },
	{ 102, TOKEN, SAYS "the session has expired" },
	{ 190, SUB 458, TOKEN, SAYS "the app was removed from the account" },
	{ 190, SUB 459, TOKEN, SAYS "the token's user has to log in" },
	{ 190, SUB 460, TOKEN, SAYS "the token's user has changed the password" },
	{ 190, SUB 463, TOKEN, SAYS "the token has expired" },
	{ 190, SUB 467, TOKEN, SAYS "the token is no longer valid" },
	{ 190, TOKEN, SAYS "the token is not valid" },
	{ 200, TO 299, PAUSE, SAYS "permission is missing, or the system user lacks the account" },
	{ 341, SLOW(WQ_SECONDS(60)), SAYS "a limit of the application is reached" },
	{ 368, PAUSE, SAYS "blocked for a breach of policy" },
	{ 613, SLOW(WQ_SECONDS(60)), SAYS "a rate limit is reached" },
	{ 2500, PAUSE, SAYS "no such path: are the base URL and its version right?" },
	{ 80007, SLOW(WQ_SECONDS(60)), SAYS "the WhatsApp Business Account has made too many calls" },
	{ 130429, SLOW(WQ_SECONDS(5)), SAYS "the number's throughput is reached" },
	{ 130472, DROP, SAYS "the person is part of an experiment of Meta's" },
	{ 130497, DROP, SAYS "the account may not write to that country" },
	{ 131000, OUTAGE, VAGUE, SAYS "unknown error at Meta" },
	{ 131005, PAUSE, SAYS "access denied" },
	{ 131008, FIX, SAYS "a parameter is missing" },
	{ 131009, FIX, SAYS "a parameter's value is wrong" },
	{ 131016, OUTAGE, VAGUE, SAYS "a service of Meta's is unavailable" },
	{ 131020, FIX, SAYS "not possible with this group" },
	{ 131021, FIX, SAYS "sender and recipient are the same" },
	{ 131026, DROP, SAYS "not deliverable: no WhatsApp, terms not accepted, too old an app, perhaps blocked" },
	{ 131030, FIX, SAYS "a test number: the recipient is not on its list" },
	{ 131031, PAUSE, SAYS "the account is locked, or its data do not match" },
	{ 131035, TO 131036, DROP, SAYS "no-storage mode: the content is gone" },
	{ 131037, PAUSE, SAYS "the number's display name is not approved" },
	{ 131041, FIX, SAYS "not possible with this group" },
	{ 131042, PAUSE, SAYS "a problem with payment or eligibility" },
	{ 131044, PAUSE, SAYS "a problem with payment" },
	{ 131045, PAUSE, SAYS "the number's registration or certificate is wrong: register it again" },
	{ 131047, TEMPLATE, SAYS "more than 24 hours since the person wrote: only a template can go" },
	{ 131048, PROBE(WQ_MINUTES(4 * 60)), SAYS "too many messages were blocked or called spam" },
	{ 131049, DAY_OFF, SAYS "withheld by Meta: the person gets enough marketing" },
	{ 131050, SUPPRESS, SAYS "the person has stopped our marketing" },
	{ 131051, FIX, SAYS "that type of message is not supported" },
	{ 131052, DROP, SAYS "media that the person sent could not be fetched" },
	{ 131053, FIX, SAYS "the media was refused" },
	{ 131055, FIX, SAYS "not possible by this method" },
	{ 131056, PAIR, SAYS "too many messages to this one person" },
	{ 131057, RETRY(.wait_ms = WQ_SECONDS(60), .wait_max_ms = WQ_SECONDS(300), .attempts_max = 10),
	  SAYS "maintenance, or the number's throughput is being raised" },
	{ 131059, FIX, SAYS "a list's cursor is not valid" },
	{ 131060, DROP, SAYS "content that the person sent is not available" },
	{ 131062, FIX, SAYS "this message needs the person's phone number" },
	{ 131063, FIX, SAYS "marketing templates go by the Marketing Messages API" },
	{ 131064, STOP, SAYS "templates limited: they were put into the wrong category" },
	{ 131200, TO 131299, FIX, SAYS "not possible with this group" },
	{ 132000, FIX, SAYS "the template has another number of parameters" },
	{ 132001, STOP, SAYS "the template is missing in this language, or not approved" },
	{ 132005, FIX, SAYS "the template's text becomes too long" },
	{ 132007, STOP, SAYS "the template's content breaks a policy" },
	{ 132008, FIX, SAYS "a parameter of the template is in the wrong format" },
	{ 132012, FIX, SAYS "a parameter of the template is in the wrong format" },
	{ 132015, STOP, SAYS "the template is paused for its quality" },
	{ 132016, STOP, SAYS "the template is disabled for its quality" },
	{ 132018, FIX, SAYS "a parameter of the template is in the wrong format" },
	{ 132068, STOP, SAYS "the flow is blocked" },
	{ 132069, STOP_FOR(WQ_MINUTES(60)), SAYS "the flow is throttled: 10 messages an hour" },
	{ 133000, PAUSE, SAYS "deregistration stopped half way: deregister again" },
	{ 133004, OUTAGE, SAYS "the registration server is down" },
	{ 133005, PAUSE, SAYS "the two-step PIN is wrong" },
	{ 133006, PAUSE, SAYS "the number has to be verified again" },
	{ 133008, TO 133009, PAUSE, SAYS "the two-step PIN was tried too often" },
	{ 133010, PAUSE, SAYS "the number is not registered" },
	{ 133015, RETRY(.wait_ms = WQ_MINUTES(5), .attempts_max = 5), SAYS "the number was deleted just now" },
	{ 133016, PROBE(WQ_MINUTES(72 * 60)), SAYS "registered and deregistered too often: 72 hours" },
	{ 134011, FIX, SAYS "the terms of WhatsApp Payments are not accepted" },
	{ 134100, FIX, SAYS "not a marketing template" },
	{ 134101, RETRY(.wait_ms = WQ_MINUTES(10), .attempts_max = 5), SAYS "the template is still being prepared" },
	{ 134102, TO 134103, FIX, SAYS "not usable by the Marketing Messages API" },
	{ 135000, FIX, SAYS "the request is wrong" },
	{ 137000, DROP, SAYS "the number may belong to somebody else by now" },
	{ 138000, TO 138021, FIX, SAYS "of calls, not of messages" },
	{ 139000, TO 139004, FIX, SAYS "the flow is not in order" },
	{ 139100, TO 139103, FIX, SAYS "the person could not be blocked or unblocked" },
	{ 141002, STOP, SAYS "the template is not approved" },
	{ 147001, TO 147005, FIX, SAYS "of user names" },
	{ 2388001, PAUSE, SAYS "the number can't be moved" },
	{ 2388012, PAUSE, SAYS "the number can't be moved" },
	{ 2388019, FIX, SAYS "the account has as many templates as it may have" },
	{ 2388040, FIX, SAYS "a rule for templates' texts" },
	{ 2388047, FIX, SAYS "a rule for templates' texts" },
	{ 2388072, TO 2388073, FIX, SAYS "a rule for templates' texts" },
	{ 2388091, PAUSE, SAYS "the number can't be moved" },
	{ 2388093, PAUSE, SAYS "the number can't be moved" },
	{ 2388103, PAUSE, SAYS "the number can't be moved" },
	{ 2388293, FIX, SAYS "a rule for templates' texts" },
	{ 2388299, FIX, SAYS "a rule for templates' texts" },
	{ 2494100, RETRY(.wait_ms = WQ_SECONDS(60), .wait_max_ms = WQ_SECONDS(300), .attempts_max = 10),
	  SAYS "the number is under maintenance" },
	{ 2593107, TO 2593109, FIX, SAYS "of an import of history" },
};
/* clang-format on */

const struct wq_verdict_table wq_verdicts_cloud = { rows, WQ_COUNT(rows) };
