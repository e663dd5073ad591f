/* SPDX-License-Identifier: MIT */
#pragma once
/* twilio.h — Twilio's API: a form posted to `{base_url}/2010-04-01/Accounts/{sid}/Messages.json`, Basic auth.
 *
 *   base_url     "https://api.twilio.com", with or without "/2010-04-01" behind it
 *   sid          the account's user where that is AC…; with a key (SK…) the portfolio
 *   number       "+…" is From, "MG…" a MessagingServiceSid
 *   template     its name is the HX… of a content template (its language is Twilio's business).  The texts of the
 *                body are the variables "1", "2" …, or go by their parameter_name; those of header and buttons are
 *                counted on behind them, in the order in which they are written; media goes as its link
 *   interactive  numbered text (interactive_text.h): Twilio wants a content template for each set of buttons
 *   location     PersistentAction, with its name as the Body
 *   typing       `Indicators/Typing.json` of Twilio's messaging host, which marks as read as well; without typing
 *                nothing can be marked as read
 *
 * Not carried: groups, contacts, reactions, media by Meta's ids, captions beside anything but a picture, texts beyond
 * 1,600 characters.  A quotation can't travel and is left out.  Neither does `opaque`: statuses come by MessageSid.
 */
#include "domain/provider/provider.h"

enum { WQ_TWILIO_TEXT_MAX_CHARACTERS = 1600, WQ_TWILIO_VARIABLES_MAX = 100, WQ_TWILIO_KEY_MAX_CHARACTERS = 16 };

extern const struct wq_provider_ops wq_twilio;
