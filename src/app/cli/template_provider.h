/* SPDX-License-Identifier: MIT */
#pragma once
/* template_provider.h — `willaq template provider`: those of an account at Meta, as they are known, and at Meta itself.
 *
 *   list, show NAME, mappings                    look at what is known
 *   sync, create FILE|-, remove NAME             ask Meta
 *   map KIND LANGUAGE NAME, unmap KIND LANGUAGE  which of them stands for a kind of ours
 */
#include "app/cli/queue.h"

#define WQ_TEMPLATE_PROVIDER_USAGE \
	"list|show|sync|create|remove|mappings|map|unmap [NAME|FILE|KIND [LANGUAGE NAME]]"

enum wq_exit wq_template_provider_run(struct wq_queue_cli *c);
