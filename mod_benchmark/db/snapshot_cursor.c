/* SPDX-License-Identifier: Apache-2.0 */
#include "db/snapshot_cursor.h"

#include <string.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/text.h"
#include "base/timefmt.h"

#define TOKEN_MAX 65536                          /* a list of some thousands of open transactions */
#define STUCK_NS  (INT64_C(60) * 1000000000)

/* The state lives in `state`, a child pool that is replaced at each move, so that a cursor of years does not grow. */
struct bm_snapshot_cursor_t {
    apr_pool_t *p;
    apr_pool_t *state;
    apr_int64_t epoch;
    const char *old;             /* what it saw was delivered */
    const char *new_;            /* being delivered up to (xid, id); NULL: between batches */
    const char *xid;
    apr_int64_t id;
    const char *read_old;        /* of the last read, for tokens in its middle */
    const char *read_new;
    /* a foreign transaction that stays open makes every read start at its xid again */
    apr_int64_t xmin;
    apr_int64_t xmin_since;      /* monotonic ns */
};

static const bm_stmt_t cursor_now = { "cursor_now", "select epoch, pg_current_snapshot() from meta" };
static const bm_stmt_t cursor_holder = { "cursor_holder",
    "select pid, coalesce(datname, ''), coalesce(application_name, '') from pg_stat_activity"
    " where backend_xid is not null order by age(backend_xid) desc limit 1", .unprepared = 1 };

bm_snapshot_cursor_t *bm_snapshot_cursor_make(apr_pool_t *p)
{
    bm_snapshot_cursor_t *cursor = apr_pcalloc(p, sizeof(*cursor));

    cursor->p = p;
    apr_pool_create(&cursor->state, p);
    return cursor;
}

/* Replace what is known; the arguments may live in the old state. NULL new_: between batches. */
static void move(bm_snapshot_cursor_t *cursor, const char *old, const char *new_, const char *xid, apr_int64_t id,
                 const char *read_old, const char *read_new)
{
    apr_pool_t *before = cursor->state;

    apr_pool_create(&cursor->state, cursor->p);
    cursor->old = apr_pstrdup(cursor->state, old);
    cursor->new_ = apr_pstrdup(cursor->state, new_);
    cursor->xid = apr_pstrdup(cursor->state, xid);
    cursor->id = id;
    cursor->read_old = apr_pstrdup(cursor->state, read_old);
    cursor->read_new = apr_pstrdup(cursor->state, read_new);
    apr_pool_destroy(before);
}

void bm_snapshot_cursor_set(bm_snapshot_cursor_t *cursor, apr_int64_t epoch, const char *old)
{
    cursor->epoch = epoch;
    cursor->xmin = 0;
    move(cursor, old, NULL, "0", 0, NULL, NULL);
}

apr_status_t bm_snapshot_cursor_start(bm_snapshot_cursor_t *cursor, bm_db_t *db, bm_err_t *err)
{
    apr_pool_t *ptemp;
    bm_rows_t *rows;
    apr_status_t rv;

    apr_pool_create(&ptemp, cursor->p);
    rv = bm_db_query(&rows, db, &cursor_now, BM_NO_PARAMS, err, ptemp);
    if (rv == APR_SUCCESS)
        bm_snapshot_cursor_set(cursor, bm_rows_int64(rows, 0, 0, 0), bm_rows_text(rows, 0, 1));
    apr_pool_destroy(ptemp);
    return rv;
}

/* --- tokens --- */

/* One number of a snapshot that ends with one of `ends` (or the text). */
static int read_number(const char **s, apr_int64_t *value, char end)
{
    char digits[20];
    apr_size_t n = strspn(*s, "0123456789");

    if (n == 0 || n >= sizeof(digits) || ((*s)[n] != end && (*s)[n] != '\0'))
        return 0;
    apr_cpystrn(digits, *s, n + 1);
    if (bm_text_to_int64(value, digits, 0, APR_INT64_MAX) != APR_SUCCESS)
        return 0;
    *s += n;
    return 1;
}

static int skip(const char **s, char c)
{
    if (**s != c)
        return 0;
    (*s)++;
    return 1;
}

/* "xmin:xmax:xip,xip": what the server accepts, so that a token of a stranger is his error and not a failed statement. */
static int is_snapshot(const char *s)
{
    apr_int64_t xmin, xmax, xip, last = 0;

    if (!read_number(&s, &xmin, ':') || !skip(&s, ':') || !read_number(&s, &xmax, ':') || !skip(&s, ':'))
        return 0;
    if (xmin == 0 || xmax < xmin)
        return 0;
    while (*s != '\0') {
        if (!read_number(&s, &xip, ',') || xip < xmin || xip >= xmax || xip < last)
            return 0;
        last = xip;
        if (*s == ',' && *++s == '\0')
            return 0;
    }
    return 1;
}

static apr_status_t not_a_token(bm_err_t *err)
{
    return bm_err_set(err, APR_EINVAL, "bad_cursor", "The resume token was not made by this server.");
}

apr_status_t bm_snapshot_cursor_parse(bm_snapshot_cursor_t *cursor, const char *token, bm_err_t *err)
{
    char *parts[5] = { NULL }, *copy, *s;
    apr_int64_t epoch, xid, id;
    apr_pool_t *ptemp;
    int n = 0, ok;

    if (token == NULL || strlen(token) > TOKEN_MAX)
        return not_a_token(err);
    apr_pool_create(&ptemp, cursor->p);
    copy = apr_pstrdup(ptemp, token);
    for (s = copy; s != NULL && n < 5; n++) {
        parts[n] = s;
        s = strchr(s, '~');
        if (s != NULL)
            *s++ = '\0';
    }
    ok = s == NULL && (n == 2 || n == 5) && bm_text_to_int64(&epoch, parts[0], 0, APR_INT64_MAX) == APR_SUCCESS
         && is_snapshot(parts[1]);
    if (ok && n == 5)
        ok = is_snapshot(parts[2]) && bm_text_to_int64(&xid, parts[3], 0, APR_INT64_MAX) == APR_SUCCESS
             && bm_text_to_int64(&id, parts[4], 0, APR_INT64_MAX) == APR_SUCCESS;
    if (ok) {
        bm_snapshot_cursor_set(cursor, epoch, parts[1]);
        if (n == 5)
            move(cursor, parts[1], parts[2], parts[3], id, NULL, NULL);
    }
    apr_pool_destroy(ptemp);
    return ok ? APR_SUCCESS : not_a_token(err);
}

static apr_int64_t xmax_of(const char *snapshot)
{
    apr_int64_t xmin, xmax = 0;

    if (read_number(&snapshot, &xmin, ':') && skip(&snapshot, ':'))
        read_number(&snapshot, &xmax, ':');
    return xmax;
}

apr_status_t bm_snapshot_cursor_end_at(bm_snapshot_cursor_t *cursor, const bm_snapshot_cursor_t *until)
{
    const char *reached = cursor->new_ != NULL ? cursor->new_ : cursor->old;

    if (cursor->epoch != until->epoch || xmax_of(reached) > xmax_of(until->old))
        return APR_NOTFOUND;
    if (cursor->new_ == NULL)
        move(cursor, cursor->old, until->old, "0", 0, NULL, NULL);
    return APR_SUCCESS;
}

int bm_snapshot_cursor_is_at(const bm_snapshot_cursor_t *cursor, const bm_snapshot_cursor_t *until)
{
    return cursor->new_ == NULL && until->new_ == NULL && cursor->epoch == until->epoch && strcmp(cursor->old, until->old) == 0;
}

static const char *token(apr_int64_t epoch, const char *old, const char *new_, const char *xid, apr_int64_t id, apr_pool_t *p)
{
    if (new_ == NULL)
        return apr_psprintf(p, "%" APR_INT64_T_FMT "~%s", epoch, old);
    return apr_psprintf(p, "%" APR_INT64_T_FMT "~%s~%s~%s~%" APR_INT64_T_FMT, epoch, old, new_, xid, id);
}

const char *bm_snapshot_cursor_token(const bm_snapshot_cursor_t *cursor, apr_pool_t *p)
{
    return token(cursor->epoch, cursor->old, cursor->new_, cursor->xid, cursor->id, p);
}

const char *bm_snapshot_cursor_token_at(const bm_snapshot_cursor_t *cursor, const bm_rows_t *rows, int row, apr_pool_t *p)
{
    return token(cursor->epoch, cursor->read_old, cursor->read_new, bm_rows_text(rows, row, BM_SNAPSHOT_XID),
                 bm_rows_int64(rows, row, BM_SNAPSHOT_ID, 0), p);
}

/* --- reading --- */

/* Say once a minute who keeps a transaction open: each read repeats the index range since it began. */
static void watch(bm_snapshot_cursor_t *cursor, bm_db_t *db, apr_pool_t *p)
{
    const char *s = cursor->old;
    apr_int64_t xmin = 0, now = bm_timefmt_monotonic_ns();
    const char *open = strrchr(cursor->old, ':');
    bm_rows_t *rows;

    read_number(&s, &xmin, ':');
    if (xmin != cursor->xmin || open == NULL || open[1] == '\0') {
        cursor->xmin = xmin;
        cursor->xmin_since = now;
        return;
    }
    if (now - cursor->xmin_since < STUCK_NS)
        return;
    cursor->xmin_since = now;
    if (bm_db_query(&rows, db, &cursor_holder, BM_NO_PARAMS, NULL, p) == APR_SUCCESS && bm_rows_count(rows) == 1)
        bm_log(BM_LOG_WARNING, APR_SUCCESS, BMLOG(0210) "a transaction stays open and makes reading events dearer:"
                                                        " backend pid %s,"
               " database \"%s\", application \"%s\"", bm_rows_text(rows, 0, 0), bm_rows_text(rows, 0, 1),
               bm_rows_text(rows, 0, 2));
}

apr_status_t bm_snapshot_cursor_read(bm_rows_t **prows, int *pcount, bm_snapshot_cursor_t *cursor, bm_db_t *db,
                                     const bm_stmt_t *stmt, int limit, bm_err_t *err, apr_pool_t *p)
{
    const char *new_;
    bm_rows_t *rows;
    apr_status_t rv;
    int n;

    *prows = NULL;
    *pcount = 0;
    /* Types are left to the casts in the statement. */
    rv = bm_db_query(&rows, db, stmt, BM_PARAMS(bm_param_json(cursor->old), bm_param_json(cursor->new_),
                     bm_param_json(cursor->xid), bm_param_int64(cursor->id), bm_param_int(limit)), err, p);
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0 || bm_rows_int64(rows, 0, 0, -1) != cursor->epoch || bm_rows_bool(rows, 0, 2))
        return bm_err_set(err, APR_NOTFOUND, "cursor_reset", "What lies behind this resume token is gone; begin anew.");
    n = bm_rows_is_null(rows, 0, BM_SNAPSHOT_ID) ? 0 : bm_rows_count(rows);
    new_ = bm_rows_text(rows, 0, 1);
    if (n < limit)
        move(cursor, new_, NULL, "0", 0, cursor->old, new_);
    else
        move(cursor, cursor->old, new_, bm_rows_text(rows, n - 1, BM_SNAPSHOT_XID), bm_rows_int64(rows, n - 1, BM_SNAPSHOT_ID, 0),
             cursor->old, new_);
    watch(cursor, db, p);
    *prows = rows;
    *pcount = n;
    return APR_SUCCESS;
}
