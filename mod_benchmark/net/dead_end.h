/* SPDX-License-Identifier: Apache-2.0
 *
 * net/dead_end.h: a port of this machine where nobody listens, for load tests that are to meet a dead endpoint.
 *
 * It is bound and never listened on, so that the kernel refuses every connection to it, and nobody else can get it meanwhile: a
 * number that is merely free now could be somebody's in the next moment, an outgoing connection's of our own among them.
 *
 * Threads: any, of a pool of their own. */
#ifndef BM_NET_DEAD_END_H
#define BM_NET_DEAD_END_H

#include <apr_pools.h>
#include <sys/socket.h>

/** Take one on 127.0.0.1 and keep it as long as p lives. @return its number; 0: none could be had. */
int bm_dead_end_take(apr_pool_t *p);

/** Whether an address is exactly this port (not 0) of 127.0.0.1. */
int bm_dead_end_is(const struct sockaddr *address, int port);

#endif
