/* SPDX-License-Identifier: MIT */
#pragma once
/* evolution.h — the Evolution API in front of a QR-linked phone: `POST {base_url}/message/{op}/{instance}`, an apikey.
 *
 *   text sendText · image, video, document, audio sendMedia · voice sendWhatsAppAudio · sticker sendSticker ·
 *   location sendLocation · contacts sendContact · reaction sendReaction · read /chat/markMessageAsRead ·
 *   typing /chat/sendPresence
 *
 * Buttons, lists and links   numbered text (interactive_text.h), for most apps show nothing of a list or button that
 *              a linked phone sends; with the account's native_buttons as sendButtons and sendList.  A header's picture
 *              is sent with the text as its caption.
 * Media        by link only: Meta's media ids mean nothing here.
 * Templates, products, flows, carousels   there are none on such a number: refused by `check`.
 * Reactions    to what the other side wrote; the gateway has to be told whose a message was.
 * Opaque       can't travel; what became of an unknown send is told by the gateway's own webhooks.
 *
 * There are no error codes: evolution_answer.c reads the texts, verdict.h has a code for each that it tells apart.
 */
#include "domain/provider/provider.h"

extern const struct wq_provider_ops wq_evolution;
