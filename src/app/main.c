/* SPDX-License-Identifier: MIT */
/* main.c — the entry of the program. */
#include <stdio.h>

int main(void)
{
	printf("willaq %s\n", WQ_VERSION);
	return 0;
}
