/* SPDX-License-Identifier: Apache-2.0
 *
 * sync/sync_window.h: which part of a source's time is read next, and what follows when it has been read.
 *
 * Works on what store/sync_store.h keeps and on nothing else. Thread: no state. */
#ifndef BM_SYNC_SYNC_WINDOW_H
#define BM_SYNC_SYNC_WINDOW_H

#include "store/sync_store.h"

enum {
    BM_SYNC_WINDOW_MIN = 300,            /* seconds */
    BM_SYNC_WINDOW_MAX = 86400,
    BM_SYNC_PAGE_MIN = 10
};

/** Open the next window, if there is one: the newest while it is due, else the past. @return 0: the pass is at its end. */
int bm_sync_window_open(bm_sync_t *sync, apr_time_t now);

/** It has been read to its end. The next one may be longer again. */
void bm_sync_window_close(bm_sync_t *sync);

/** The server could not do so much at once: read it anew, in smaller windows and pages. @return 0: they are as small as can
 *  be. */
int bm_sync_window_shrink(bm_sync_t *sync);

/** Read it from its first page again. */
void bm_sync_window_restart(bm_sync_t *sync);

#endif
