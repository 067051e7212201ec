/* SPDX-License-Identifier: Apache-2.0
 *
 * sync/window_scan.h: which observations of a window a server has told, from its first page to its last: what is stored and
 * was not told is no longer there.
 *
 * Kept in memory, for as many sources as are under way at once: whoever goes on with a window at the page that the scan waits
 * for goes on with the scan; if anything else has been read meanwhile, by another engine or after a failure, it is given up
 * and nothing is found out until the window is read again. Ids are kept as hashes of 64 bits. Thread: any, guarded by one
 * mutex; a scan that was taken is its taker's. */
#ifndef BM_SYNC_WINDOW_SCAN_H
#define BM_SYNC_WINDOW_SCAN_H

#include <apr_pools.h>
#include "model/observation.h"
#include "store/sync_store.h"

typedef struct bm_window_scans_t bm_window_scans_t;
typedef struct bm_window_scan_t bm_window_scan_t;

/** In p, which outlives all threads. @return what apr_thread_mutex_create says. */
apr_status_t bm_window_scans_create(bm_window_scans_t **pscans, apr_pool_t *p);

/** The scan that the next page of s continues, or a new one if that is the window's first page; NULL: there is none. */
bm_window_scan_t *bm_window_scan_take(bm_window_scans_t *scans, const bm_sync_t *s);

/** The server told these. */
void bm_window_scan_add(bm_window_scan_t *scan, bm_observation_t *const *observations, int n);

/** Keep it for the page at cursor. */
void bm_window_scan_keep(bm_window_scans_t *scans, bm_window_scan_t *scan, const char *cursor);

/** No more pages: from now on bm_window_scan_has can be asked. @return 0: there were too many to remember them,
 *  or none at all, which is rather a server's mistake than that everything is gone. */
int bm_window_scan_end(bm_window_scan_t *scan);

/** Whether the server told it. */
int bm_window_scan_has(const bm_window_scan_t *scan, const char *id);

/** Harmless for NULL. */
void bm_window_scan_forget(bm_window_scan_t *scan);

#endif
