/* SPDX-License-Identifier: MIT */
#pragma once
/* intake.h — bytes of a connection to calls of handlers. */
#include "io/server/conn.h"

/* Takes one step on the input: begins an exchange, or lets its parser go on and acts on what that tells.  False: the
 * input is used up, or the connection is closed. */
bool wq_intake_step(struct wq_conn *c, struct wq_str *in);
