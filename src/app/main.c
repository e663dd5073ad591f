/* SPDX-License-Identifier: MIT */
/* main.c — the entry of the program. */
#include <unistd.h>

#include "app/cli/cli.h"

int main(int argc, char **argv)
{
	return wq_cli_main(argc, argv, environ);
}
