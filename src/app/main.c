/* SPDX-License-Identifier: MIT */
/* main.c — the entry of the program. */
#include <unistd.h>

#include "app/cli/cli.h"

/* Distributions build libcurl with protocols that bring GnuTLS along (LDAP, RTMP), and none of them is ever used here:
 * TLS is OpenSSL's.  GnuTLS asks this of the program before it makes ready what costs each process 760 kB. */
int _gnutls_global_init_skip(void); /* NOLINT(bugprone-reserved-identifier): its name for it */
int _gnutls_global_init_skip(void)  /* NOLINT(bugprone-reserved-identifier) */
{
	return 1;
}

int main(int argc, char **argv)
{
	return wq_cli_main(argc, argv, environ);
}
