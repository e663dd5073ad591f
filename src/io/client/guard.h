/* SPDX-License-Identifier: MIT */
#pragma once
/* guard.h — may a guarded call connect to this address?
 *
 * A URL that a stranger gave us must not reach what only we can reach: our own machine, our network, the metadata
 * service of a cloud.  So a guarded call connects to public unicast addresses and to nothing else.  Asked for the very
 * address of every connect attempt, it leaves no gap between looking a name up and using the answer, and it does not
 * care how the host was written.  Pure.
 *
 * Refused: everything that the IANA special-purpose registries do not call globally reachable, multicast, and
 * documentation ranges.  IPv6 forms that carry an IPv4 address (mapped, compatible, NAT64, 6to4) are judged by the
 * address they carry as well; Teredo is refused whole.
 */
#include <stdbool.h>
#include <sys/socket.h>

/* False for any family but IPv4 and IPv6. */
bool wq_guard_allows(const struct sockaddr *sa);
