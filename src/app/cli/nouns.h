/* SPDX-License-Identifier: MIT */
#pragma once
/* nouns.h — the commands that look at one noun and change it, straight on Redis. */
#include "app/cli/account.h"
#include "app/cli/business.h"
#include "app/cli/contact.h"
#include "app/cli/dead.h"
#include "app/cli/events.h"
#include "app/cli/pending.h"
#include "app/cli/queue.h"
#include "app/cli/send.h"
#include "app/cli/sequence.h"
#include "app/cli/subscription.h"
#include "app/cli/template.h"
#include "app/cli/webhook.h"
