/* SPDX-License-Identifier: MIT */
/* verdict_twilio.c — Twilio's error codes. */
#include "base/assert.h"
#include "base/clock.h"
#include "domain/provider/verdict_row.h"

#define RETRY(...)  .action = WQ_ACT_RETRY, __VA_ARGS__
#define ONCE(last)  .action = WQ_ACT_RETRY, .attempts_max = 2, .then = (last)
#define SLOW(ms)    .action = WQ_ACT_SLOW, .wait_ms = (ms)
#define PAUSE       .action = WQ_ACT_PAUSE
#define PROBE(ms)   .action = WQ_ACT_PAUSE, .wait_ms = (ms)
#define TOKEN       .action = WQ_ACT_TOKEN
#define TEMPLATE    .action = WQ_ACT_TEMPLATE
#define STOP        .action = WQ_ACT_STOP_TEMPLATE
#define SUPPRESS    .action = WQ_ACT_SUPPRESS
#define DAY_OFF     .action = WQ_ACT_NO_MARKETING, .wait_ms = WQ_MINUTES(24 * 60)
#define DROP        .action = WQ_ACT_DROP
#define FIX         .action = WQ_ACT_FIX
#define VAGUE       .vague = WQ_VAGUE_BUT_4XX
#define SAYS        .meaning =
#define TO          .code_to =

/* clang-format off: read by column */
static const struct wq_verdict_row rows[] = {
	{ 20003, TOKEN, SAYS "wrong credentials, or a suspended account" },
	{ 20404, FIX, SAYS "no such resource" },
	{ 20429, SLOW(WQ_SECONDS(2)), SAYS "too many requests at once" },
	{ 20500, RETRY(.attempts_max = 5), VAGUE, SAYS "an error within Twilio" },
	{ 21211, DROP, SAYS "not a valid recipient" },
	{ 21212, FIX, SAYS "not a valid sender" },
	{ 21408, DROP, SAYS "the account may not write to that country" },
	{ 21606, FIX, SAYS "not a valid sender" },
	{ 21610, SUPPRESS, SAYS "the person has answered STOP" },
	{ 21611, SLOW(WQ_SECONDS(60)), SAYS "the sender's queue is full" },
	{ 21614, DROP, SAYS "not a valid recipient" },
	{ 21617, FIX, SAYS "the text is longer than 1600 characters" },
	{ 21620, FIX, SAYS "the media's URL is not valid" },
	{ 21656, FIX, SAYS "the template's variables are not valid" },
	{ 21659, FIX, SAYS "not a valid sender" },
	{ 30001, SLOW(WQ_SECONDS(60)), SAYS "the service's queue is full" },
	{ 30007, DROP, SAYS "filtered" },
	{ 30008, ONCE(WQ_ACT_DROP), SAYS "unknown error of the carrier" },
	{ 35114, TO 35115, FIX, SAYS "the scheduled time is not valid" },
	{ 35117, FIX, SAYS "the scheduled time is not valid" },
	{ 63001, PAUSE, SAYS "the channel does not know us" },
	{ 63003, DROP, SAYS "the recipient is not on WhatsApp" },
	{ 63005, FIX, SAYS "WhatsApp refused the content" },
	{ 63007, PAUSE, SAYS "the sender is none of this account" },
	{ 63010, TO 63011, RETRY(.attempts_max = 5), SAYS "an error within Twilio" },
	{ 63012, RETRY(.attempts_max = 5), SAYS "an error within WhatsApp" },
	{ 63013, FIX, SAYS "breaks a rule of the channel: an empty variable, spaces, emoji" },
	{ 63014, SUPPRESS, SAYS "blocked by the person" },
	{ 63015, DROP, SAYS "the sandbox: the person has not joined" },
	{ 63016, TEMPLATE, SAYS "the window is closed: only a template can go" },
	{ 63017, SLOW(WQ_SECONDS(5)), SAYS "the account's rate is reached" },
	{ 63018, SLOW(WQ_SECONDS(60)), SAYS "a limit of the sender, of the pair, or of new people" },
	{ 63019, ONCE(WQ_ACT_FIX), SAYS "the media could not be fetched" },
	{ 63020, PAUSE, SAYS "an invitation of Meta's is not accepted" },
	{ 63021, FIX, SAYS "the content is not valid, or too large" },
	{ 63022, PAUSE, SAYS "the number's certificate is not valid" },
	{ 63024, DROP, SAYS "not deliverable: no WhatsApp, terms not accepted, too old an app" },
	{ 63025, FIX, SAYS "the media is there already" },
	{ 63027, STOP, SAYS "the template is missing in this language" },
	{ 63028, FIX, SAYS "the template has another number of variables" },
	{ 63029, FIX, SAYS "a problem with the template" },
	{ 63030, FIX, SAYS "a parameter is not supported" },
	{ 63032, DROP, SAYS "the person is part of an experiment of Meta's" },
	{ 63033, SUPPRESS, SAYS "the person has stopped our marketing" },
	{ 63036, DROP, SAYS "the recipient can't be reached on this channel" },
	{ 63038, PROBE(WQ_MINUTES(60)), SAYS "the account's limit for a day is reached" },
	{ 63040, STOP, SAYS "the template was rejected" },
	{ 63041, STOP, SAYS "the template is paused" },
	{ 63042, STOP, SAYS "the template is disabled" },
	{ 63049, DAY_OFF, SAYS "withheld by Meta: the person gets enough marketing" },
	{ 63050, SUPPRESS, SAYS "the person has stopped our marketing" },
	{ 63051, PAUSE, SAYS "the sender or its account is locked" },
	{ 63101, PAUSE, SAYS "the WhatsApp Business Account can't be used" },
	{ 63112, PAUSE, SAYS "the WhatsApp Business Account is disabled, or not yet verified" },
	{ 92002, FIX, SAYS "the template's variables are not valid" },
	{ 92007, FIX, SAYS "the template's variables are not valid" },
	{ 92009, FIX, SAYS "the template was handed in already" },
};
/* clang-format on */

const struct wq_verdict_table wq_verdicts_twilio = { rows, WQ_COUNT(rows) };
