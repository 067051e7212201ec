/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/watch.h: an epoll set that knows what each descriptor belongs to, and survives how libcurl treats descriptors.
 *
 * libcurl closes and reopens descriptors behind epoll's back, so what we believe to be in the set may be gone and the other
 * way round. Level-triggered. Loop thread only. */
#ifndef BM_ENGINE_WATCH_H
#define BM_ENGINE_WATCH_H

#include <sys/epoll.h>
#include <apr_errno.h>
#include <apr_pools.h>

typedef struct bm_watch_t bm_watch_t;

/** An empty set, freed with p. @return errno status. */
apr_status_t bm_watch_create(bm_watch_t **pwatch, apr_pool_t *p);

/** Watch fd for these EPOLL* events from now on. owner may be NULL. @return errno status; APR_ENOMEM. */
apr_status_t bm_watch_set(bm_watch_t *watch, int fd, unsigned events, void *owner);

/** Watch it no more; harmless if it is not watched or closed. */
void bm_watch_remove(bm_watch_t *watch, int fd);

/** The owner of a watched descriptor; NULL: none, or not watched. */
void *bm_watch_owner(const bm_watch_t *watch, int fd);

/** Wait up to timeout_ms (-1: for ever). data.fd of each event is the descriptor. @return how many; 0 also when interrupted. */
int bm_watch_wait(bm_watch_t *watch, struct epoll_event *events, int max, int timeout_ms);

#endif
