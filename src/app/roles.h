/* SPDX-License-Identifier: MIT */
#pragma once
/* roles.h — the commands that serve until they are told to stop. */
#include "app/dev/dev.h"
#include "app/sandbox/run.h"
#include "app/serve.h"
#include "app/sink/run.h"
#include "app/worker/run.h"
