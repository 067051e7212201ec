/* SPDX-License-Identifier: Apache-2.0
 *
 * net/address_guard.h: which addresses we may connect to.
 *
 * Works on binary addresses only, after resolution, so that no spelling of an address (2130706433, 0x7f.1,
 * ::ffff:127.0.0.1) can pass by. Public unicast addresses are allowed; private, local, documentation, multicast and
 * reserved ranges are refused unless the administrator's allow-list names them; what his deny-list names is refused in any
 * case. IPv4 addresses that travel inside
 * IPv6 ones (::ffff:0:0/96, 64:ff9b::/96, 2002::/16) are judged as the IPv4 address they reach.
 *
 * Immutable after creation: thread-safe. */
#ifndef BM_NET_ADDRESS_GUARD_H
#define BM_NET_ADDRESS_GUARD_H

#include <sys/socket.h>
#include <apr_pools.h>
#include <apr_tables.h>
#include "base/err.h"

typedef struct bm_address_guard_t bm_address_guard_t;

/** A guard with these lists (of const char *; NULL: empty). An entry is an IPv4 or IPv6 address, a network in CIDR
 *  form (bits behind the prefix are ignored), "host:NAME" (targets asked for by exactly this name, whatever it resolves
 *  to), or "all". Lives in p. @return APR_EINVAL: an entry is none of these; err (may be NULL) names it. */
apr_status_t bm_address_guard_create(bm_address_guard_t **pguard, const apr_array_header_t *allow,
                                     const apr_array_header_t *deny, bm_err_t *err, apr_pool_t *p);

/** Whether we may connect to this address. host_allowed: it was asked for by a name of bm_address_guard_allows_host, which opens
 *  all but the deny-list. Families other than IPv4 and IPv6: no. */
int bm_address_guard_allows(const bm_address_guard_t *guard, const struct sockaddr *address, int host_allowed);

/** Whether the allow-list names this host ("host:NAME"; any case, a trailing dot is ignored), and the deny-list does not. */
int bm_address_guard_allows_host(const bm_address_guard_t *guard, const char *host);

/** Whether the deny-list names it. */
int bm_address_guard_denies_host(const bm_address_guard_t *guard, const char *host);

/** Whether the lists have "host:" entries at all. */
int bm_address_guard_has_hosts(const bm_address_guard_t *guard);

/** Whether the address is 127.0.0.0/8 or ::1 (also as mapped IPv4). */
int bm_address_guard_is_loopback(const struct sockaddr *address);

/** Read a numeric address as inet_pton does (IPv6 with or without brackets, no zone). @return APR_EINVAL. */
apr_status_t bm_address_guard_parse(struct sockaddr_storage *address, const char *text);

#endif
