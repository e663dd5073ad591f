/* SPDX-License-Identifier: MIT */
#pragma once
/* cli.h — from argv to a command that runs with its settings. */

/* The exit code of the process (enum wq_exit). */
int wq_cli_main(int argc, char *const *argv, char *const *envp);
