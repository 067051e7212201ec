/* SPDX-License-Identifier: Apache-2.0
 *
 * store/sync_store.h: the sync of trace sources: whose turn it is, who holds it, how far it is, and its history.
 *
 * An engine claims a source with a lease; every later statement names the fence of that claim, and does nothing once somebody
 * else has claimed it. Thread: that of db. */
#ifndef BM_STORE_SYNC_STORE_H
#define BM_STORE_SYNC_STORE_H

#include <apr_time.h>
#include "db/query.h"

/** What an engine has to do. Times are the database's; 0 and NULL: none. */
typedef struct bm_sync_t {
    apr_int64_t source_id, project_id, fence;
    const char *owner;
    apr_time_t now;                        /* when it was claimed */
    /* the source, as it was then */
    const char *name, *url, *public_key, *secret;
    apr_interval_time_t interval, overlap;
    int backfill_days, page_size;
    int per_minute, per_day;               /* requests; 0: no limit */
    int scores;                            /* are read, too */
    int body_max;                          /* bytes that are kept of inputs and outputs; 0: nothing is */
    const char *redact;                    /* JSON array of patterns that are not; NULL: none */
    /* how far it is */
    apr_int64_t pass_id;                   /* under way; its negative: it ends with the next save */
    const char *api;                       /* "v4", "v1" */
    const char *server_version;
    apr_time_t seen_from, seen_to, backfill_from, backfill_to, head_at, head_next;
    apr_time_t scores_to;
    const char *window_kind;               /* "head", "backfill", "scores"; NULL: no window is open */
    apr_time_t window_from, window_to;
    const char *cursor;
    int window_seconds, page_limit;
    apr_time_t request_at;
    int requests_day, requests;
    int failures;
    /* what the pass did since it was last saved */
    struct {
        int requests, pages, limited, failures;
        apr_int64_t received, changed, deleted, refused;
    } did;
} bm_sync_t;

/** What bm_sync_store_save leaves behind. */
typedef struct bm_sync_rest_t {
    const char *state;                     /* idle, running, rate_limited, error */
    const char *message;                   /* NULL: none */
    apr_interval_time_t next;              /* from now on */
    int keep;                              /* the lease goes on, for `lease` */
    apr_interval_time_t lease;
} bm_sync_rest_t;

/** The source whose turn it is, held by owner for `lease`, with a pass begun if none is under way.
 *  @return APR_NOTFOUND: none is due. */
apr_status_t bm_sync_store_claim(bm_sync_t **psync, bm_db_t *db, const char *owner, apr_interval_time_t lease, bm_err_t *err,
                                 apr_pool_t *p);

/** Write down how far it is; `did` is added to the pass and zeroed by the caller once that is committed.
 *  @return APR_NOTFOUND ("lease_lost"): it is another's now, or the source is gone. */
apr_status_t bm_sync_store_save(bm_db_t *db, const bm_sync_t *sync, const bm_sync_rest_t *rest, bm_err_t *err, apr_pool_t *p);

/** What was claimed under this fence can be claimed again at once. */
apr_status_t bm_sync_store_give_back(bm_db_t *db, apr_int64_t source_id, apr_int64_t fence, bm_err_t *err, apr_pool_t *p);

/** End the pass: state completed or failed; days that nothing is left of go. Before bm_sync_store_save, in its transaction; then
 *  pass_id is to be made negative. */
apr_status_t bm_sync_store_end_pass(bm_db_t *db, const bm_sync_t *sync, const char *state, const char *message, bm_err_t *err,
                                    apr_pool_t *p);

#endif
