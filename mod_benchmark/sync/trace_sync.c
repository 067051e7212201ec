/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/trace_sync.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "store/observation_store.h"
#include "store/secret_store.h"
#include "store/trace_score_store.h"
#include "sync/langfuse_client.h"
#include "sync/langfuse_page.h"
#include "sync/langfuse_path.h"
#include "sync/sync_window.h"
#include "sync/window_scan.h"

#define LEASE apr_time_from_sec(180)             /* longer than a request and what is done with its answer */
#define SLICE apr_time_from_sec(10)              /* then another source may have its turn */
#define BODIES_NS APR_INT64_C(2000000000)        /* of processor time for the patterns of a page */
#define PATIENCE apr_time_from_sec(2)            /* for shorter waits the source is held */
#define PAUSE_FIRST apr_time_from_sec(5)         /* doubled with each failure up to PAUSE_MAX */
#define PAUSE_MAX apr_time_from_sec(900)
#define LIMITED_FIRST apr_time_from_sec(30)      /* likewise, where a server does not say how long to wait */
#define FAILURES_OF_PASS 8
#define MESSAGE_MAX 300                          /* bytes that are told of a server's own words */
#define IDS_AT_ONCE 5000

struct bm_trace_sync_t {
    bm_trace_sync_options_t options;
    bm_langfuse_client_t *client;
    /* of the slice */
    bm_db_t *db;
    bm_err_t *err;
    bm_sync_t *s;
    apr_pool_t *pslice, *pstep;
    bm_langfuse_bodies_t *bodies;
    apr_time_t claimed_at;               /* steady */
    const char *keys;                    /* value of Authorization */
    int held;                            /* the lease is ours */
    bm_sync_t before;                    /* the step: as it is stored */
    apr_int64_t lost_source, lost_fence; /* held when the store went away; 0: none */
};

/* --- the row */

/* The database's time, as far as we can tell without asking. */
static apr_time_t now_of(const bm_trace_sync_t *y)
{
    return y->s->now + (bm_timefmt_steady() - y->claimed_at);
}

static apr_status_t save(bm_trace_sync_t *y, const char *state, const char *message, apr_interval_time_t next, int keep)
{
    const bm_sync_rest_t rest = { .state = state, .message = message, .next = next > 0 ? next : 0, .keep = keep, .lease = LEASE };
    apr_status_t rv = bm_sync_store_save(y->db, y->s, &rest, y->err, y->pstep);

    if (rv == APR_SUCCESS && keep)
        return rv;
    y->held = 0;
    return rv;
}

static void forget_did(bm_trace_sync_t *y)
{
    memset(&y->s->did, 0, sizeof(y->s->did));
}

/* The source is given back, to be gone on with after `next`. */
static apr_status_t leave(bm_trace_sync_t *y, const char *state, const char *message, apr_interval_time_t next)
{
    return save(y, state, message, next, 0);
}

static apr_status_t end_pass(bm_trace_sync_t *y, const char *how, const char *state, const char *message,
                             apr_interval_time_t next)
{
    apr_status_t rv = bm_db_begin(y->db, y->err);

    if (rv == APR_SUCCESS)
        rv = bm_sync_store_end_pass(y->db, y->s, how, message, y->err, y->pstep);
    y->s->pass_id = -y->s->pass_id;
    if (rv == APR_SUCCESS)
        rv = leave(y, state, message, next);
    return rv == APR_SUCCESS ? bm_db_commit(y->db, y->err) : rv;
}

/* --- what goes wrong */

/* A quarter more or less, so that nodes and sources do not come together. */
static apr_interval_time_t growing(apr_interval_time_t first, int failures)
{
    int doublings = failures > 8 ? 8 : failures > 0 ? failures - 1 : 0;
    apr_interval_time_t pause = first << doublings;
    bm_rand_t r;

    bm_rand_seed(&r, (apr_uint64_t)bm_timefmt_monotonic_ns());
    return (apr_interval_time_t)((double)(pause < PAUSE_MAX ? pause : PAUSE_MAX) * (0.75 + bm_rand_uniform(&r) / 2));
}

/* @param least the shortest wait */
static apr_status_t trouble(bm_trace_sync_t *y, const char *message, apr_interval_time_t least)
{
    bm_sync_t *s = y->s;
    apr_interval_time_t wait;

    s->failures++;
    s->did.failures++;
    wait = growing(PAUSE_FIRST, s->failures);
    wait = wait > least ? wait : least;
    bm_log(s->failures == 1 ? BM_LOG_NOTICE : BM_LOG_INFO, 0, BMLOG(0960) "trace source %" APR_INT64_T_FMT " (%s):"
    " %s", s->source_id,
           s->name, message);
    if (s->failures % FAILURES_OF_PASS != 0)
        return leave(y, "error", message, wait);
    return end_pass(y, "failed", "error", message, wait > s->interval ? wait : s->interval);
}

static apr_status_t limited(bm_trace_sync_t *y, const bm_langfuse_answer_t *answer)
{
    apr_interval_time_t wait = answer->wait;
    const char *allowed = "";

    y->s->did.limited++;
    if (wait < 0)
        wait = growing(LIMITED_FIRST, ++y->s->failures);
    if (wait < apr_time_from_sec(1))
        wait = apr_time_from_sec(1);
    if (answer->limit >= 0)
        allowed = apr_psprintf(y->pstep, "; it allows %" APR_INT64_T_FMT " requests", answer->limit);
    return leave(y, "rate_limited", apr_psprintf(y->pstep, "The server says to wait %d seconds (429%s).",
                                                 (int)((wait + 999999) / 1000000), allowed), wait);
}

static apr_status_t overloaded(bm_trace_sync_t *y, const char *what, apr_interval_time_t asked)
{
    int can_shrink = bm_sync_window_shrink(y->s);
    apr_interval_time_t wait = growing(PAUSE_FIRST / 5, ++y->s->failures);

    y->s->did.limited++;
    if (!can_shrink)
        return trouble(y, apr_psprintf(y->pstep, "%s, however little is asked for at once.", what), asked);
    return leave(y, "rate_limited", apr_psprintf(y->pstep, "%s; going on with pages of %d and windows of %d seconds.", what,
                                                 y->s->page_limit, y->s->window_seconds), wait > asked ? wait : asked);
}

/* What a server says of itself, for the row. */
static const char *words_of(const bm_langfuse_answer_t *answer, apr_pool_t *p)
{
    json_t *body;
    const char *message = NULL;

    if (answer->len > 0 && answer->len < 65536
        && bm_json_parse_foreign(&body, answer->text, answer->len, NULL, p) == APR_SUCCESS)
        message = json_string_value(json_object_get(body, "message"));
    return message ? apr_psprintf(p, "The server answers %d: %s", answer->status,
                                  bm_text_clean_utf8(message, strlen(message), MESSAGE_MAX, p))
                   : apr_psprintf(p, "The server answers %d.", answer->status);
}

/* Any answer that is no page. */
static apr_status_t judge(bm_trace_sync_t *y, const bm_langfuse_answer_t *answer)
{
    switch (answer->status) {
    case 0:
        if (y->options.stopping(y->options.baton))
            return leave(y, "running", NULL, 0);
        if (answer->too_large)
            return overloaded(y, "The server's answer is too long", 0);
        return trouble(y, apr_psprintf(y->pstep, "The server cannot be asked: %s.", answer->trouble), 0);
    case 401:
    case 403:
        return trouble(y, apr_psprintf(y->pstep, "The server refuses the keys (%d).", answer->status), apr_time_from_sec(60));
    case 404:
    case 405:
    case 410:                            /* it may speak another version from now on */
        y->s->api = NULL;
        bm_sync_window_restart(y->s);
        return trouble(y, words_of(answer, y->pstep), 0);
    case 413:
    case 422:
        return overloaded(y, apr_psprintf(y->pstep, "The server is asked for too much at once"
        " (%d)", answer->status), answer->wait);
    case 429:
        return limited(y, answer);
    default:
        return trouble(y, words_of(answer, y->pstep), answer->wait);
    }
}

/* --- asking */

static int today(apr_time_t now)
{
    return (int)(apr_time_sec(now) / 86400);
}

/* Take a request out of the budgets, or give the source back until there is one. @return whether it may be sent. */
static int may_ask(bm_trace_sync_t *y, apr_status_t *prv)
{
    bm_sync_t *s = y->s;
    apr_time_t now = now_of(y), when = s->request_at > now ? s->request_at : now;
    /* a server refuses the last request of its window, and ours and its windows do not begin together */
    apr_interval_time_t each = s->per_minute > 0 ? apr_time_from_sec(60) / (s->per_minute > 3 ? s->per_minute - 2 : 1) : 0;

    *prv = APR_SUCCESS;
    if (s->requests_day != today(now)) {
        s->requests_day = today(now);
        s->requests = 0;
    }
    if (s->per_day > 0 && s->requests >= s->per_day) {
        *prv = leave(y, "rate_limited", apr_psprintf(y->pstep, "The %d requests of this day are used up.", s->per_day),
                     apr_time_from_sec(86400) - now % apr_time_from_sec(86400));
        return 0;
    }
    if (when - now > PATIENCE) {
        *prv = leave(y, "running", NULL, when - now);
        return 0;
    }
    while (now < when && !y->options.stopping(y->options.baton)) {
        y->options.sleep(y->options.baton, (int)((when - now + 999) / 1000));
        now = now_of(y);
    }
    s->request_at = when + each;
    s->requests++;
    s->did.requests++;
    return 1;
}

static void get(bm_langfuse_answer_t *answer, bm_trace_sync_t *y, const char *path)
{
    bm_langfuse_get(answer, y->client, y->s->url, path, y->keys, y->pstep);
}

/* Secrets of the store as they are now: the director looks at them only where a run has one. */
static apr_status_t renew_secrets(bm_trace_sync_t *y)
{
    bm_secret_book_t *book;
    apr_int64_t changed;
    apr_status_t rv = bm_secret_store_changed(&changed, y->db, y->err, y->pstep);

    if (rv != APR_SUCCESS || changed == bm_vault_changed(y->options.vault))
        return rv;
    rv = bm_secret_store_book(&book, y->db, y->err, y->pstep);
    if (rv == APR_SUCCESS)
        bm_vault_set_book(y->options.vault, book);
    return rv;
}

/* The source's secret key, once a slice. *prv: of the store. @return 0: it was given back, because there is none. */
static int find_keys(bm_trace_sync_t *y, apr_status_t *prv)
{
    bm_err_t *why = bm_err_make(y->pstep);
    const char *value;

    *prv = y->keys == NULL ? renew_secrets(y) : APR_SUCCESS;
    if (*prv != APR_SUCCESS || y->keys != NULL)
        return *prv == APR_SUCCESS;
    if (bm_vault_secret(&value, bm_vault_of_project(y->options.vault, y->s->project_id, y->pslice), y->s->secret, why, y->pslice)
        == APR_SUCCESS) {
        y->keys = bm_langfuse_keys(y->s->public_key, value, y->pslice);
        return 1;
    }
    *prv = trouble(y, why->detail ? why->detail : "The secret cannot be read.", 0);
    return 0;
}

/* --- which API it speaks */

static void ask_version(bm_trace_sync_t *y)
{
    bm_langfuse_answer_t answer;
    const char *version;
    json_t *body;

    bm_langfuse_get(&answer, y->client, y->s->url, BM_LANGFUSE_PREFIX "/health", NULL, y->pstep);
    if (answer.status != 200 || answer.len > 65536
        || bm_json_parse_foreign(&body, answer.text, answer.len, NULL, y->pstep) != APR_SUCCESS)
        return;
    version = json_string_value(json_object_get(body, "version"));
    if (version != NULL)
        y->s->server_version = bm_text_clean_utf8(version, strlen(version), 100, y->pslice);
}

/* v4 first; what it does not know it answers with 404. */
static apr_status_t probe(bm_trace_sync_t *y)
{
    static const struct {
        const char *api, *path;
    } apis[] = { { "v4", "/v2/observations?limit=1" }, { "v1", "/observations?page=1&limit=1" } };
    apr_time_t now = now_of(y);
    bm_langfuse_answer_t answer;
    apr_status_t rv;
    size_t i;

    for (i = 0; i < sizeof(apis) / sizeof(apis[0]); i++) {
        if (!may_ask(y, &rv))
            return rv;
        get(&answer, y, bm_langfuse_probe_path(apis[i].path, now - apr_time_from_sec(3600), now, y->pstep));
        if (answer.status == 200) {
            y->s->api = apis[i].api;
            bm_sync_window_restart(y->s);
            ask_version(y);
            return save(y, "running", NULL, 0, 1);
        }
        if (answer.status != 404 && answer.status != 405 && answer.status != 410)
            return judge(y, &answer);
    }
    return trouble(y, "This is no Langfuse server: it has neither /api/public/v2/observations nor /api/public/observations.",
                   apr_time_from_sec(60));
}

/* --- pages */

/* Of these rows what the server did not tell. */
static apr_status_t remove_rows(bm_trace_sync_t *y, const bm_window_scan_t *scan, const bm_rows_t *rows, apr_pool_t *p)
{
    const bm_observation_place_t place = { y->s->source_id, y->s->project_id };
    const char **ids = apr_palloc(p, ((size_t)bm_rows_count(rows) + 1) * sizeof(*ids));
    int i, n = 0, deleted = 0;
    apr_status_t rv = APR_SUCCESS;

    for (i = 0; i < bm_rows_count(rows); i++)
        if (!bm_window_scan_has(scan, bm_rows_text(rows, i, 0)))
            ids[n++] = bm_rows_text(rows, i, 0);
    if (n > 0)
        rv = bm_observation_store_delete(&deleted, y->db, &place, y->s->window_from, y->s->window_to, ids, n, y->err, p);
    y->s->did.deleted += deleted;
    return rv;
}

/* The window was told from its first page to its last: what is here and was not told is gone there. */
static apr_status_t remove_gone(bm_trace_sync_t *y, bm_window_scan_t *scan)
{
    bm_observation_after_t after = { .id = "" };
    apr_pool_t *rounds[2];
    apr_status_t rv = APR_SUCCESS;
    bm_rows_t *rows;
    int i = 0, n;

    if (!bm_window_scan_end(scan))
        return APR_SUCCESS;
    apr_pool_create(&rounds[0], y->pstep);
    apr_pool_create(&rounds[1], y->pstep);
    do {                                         /* `after` lives in the pool of the round before */
        i = !i;
        apr_pool_clear(rounds[i]);
        rv = bm_observation_store_ids(&rows, y->db, y->s->source_id, y->s->window_from, y->s->window_to, &after, IDS_AT_ONCE,
                                      y->err, rounds[i]);
        n = rv == APR_SUCCESS ? bm_rows_count(rows) : 0;
        if (n > 0) {
            after.id = bm_rows_text(rows, n - 1, 0);
            after.start = bm_rows_time(rows, n - 1, 1);
            rv = remove_rows(y, scan, rows, rounds[i]);
        }
    } while (rv == APR_SUCCESS && n == IDS_AT_ONCE);
    return rv;
}

/* A page and where to go on, or neither. scan: what the window has told so far, with this page; NULL: not known. */
static apr_status_t store_page(bm_trace_sync_t *y, const bm_langfuse_page_t *page, bm_window_scan_t *scan, int last)
{
    const bm_observation_place_t place = { y->s->source_id, y->s->project_id };
    int changed = 0, more = 0;
    apr_status_t rv = bm_db_begin(y->db, y->err);

    if (rv == APR_SUCCESS && page->trace_count > 0)
        rv = bm_observation_store_put_traces(&more, y->db, &place, page->traces, page->trace_count, y->err, y->pstep);
    if (rv == APR_SUCCESS)
        rv = bm_observation_store_put(&changed, y->db, &place, page->observations, page->observation_count, y->err, y->pstep);
    if (rv == APR_SUCCESS)
        rv = bm_trace_score_store_put(y->db, &place, page->scores, page->score_count, y->err, y->pstep);
    if (rv == APR_SUCCESS && last && scan != NULL)
        rv = remove_gone(y, scan);
    if (rv != APR_SUCCESS)
        return rv;
    y->s->did.pages++;
    y->s->did.received += page->observations ? page->received : 0;
    y->s->did.refused += page->refused;
    y->s->did.changed += changed;
    y->s->failures = 0;
    if (last)
        bm_sync_window_close(y->s);
    rv = save(y, "running", NULL, 0, 1);
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(y->db, y->err);
    if (rv == APR_SUCCESS)
        forget_did(y);
    return rv;
}

/* A server that has observations may be one that has no scores. */
static int has_no_scores(const bm_trace_sync_t *y, const bm_langfuse_answer_t *answer)
{
    return strcmp(y->s->window_kind, "scores") == 0 && (answer->status == 404 || answer->status == 405 || answer->status == 410);
}

static apr_status_t read_page(bm_trace_sync_t *y)
{
    bm_err_t *why = bm_err_make(y->pstep);
    bm_langfuse_answer_t answer;
    bm_langfuse_reader_t *reader;
    const char *path = bm_langfuse_page_path(y->s, &reader, y->pstep);
    bm_langfuse_page_t *page;
    json_t *body;
    apr_status_t rv;
    bm_window_scan_t *scan = NULL;
    int last;

    if (!may_ask(y, &rv))
        return rv;
    get(&answer, y, path);
    if (has_no_scores(y, &answer)) {
        bm_sync_window_close(y->s);
        return save(y, "running", NULL, 0, 1);
    }
    if (answer.status != 200)
        return judge(y, &answer);
    bm_langfuse_bodies_begin(y->bodies, BODIES_NS);
    if (bm_json_parse_foreign(&body, answer.text, answer.len, why, y->pstep) != APR_SUCCESS
        || reader(&page, body, y->bodies, why, y->pstep) != APR_SUCCESS)
        return trouble(y, apr_psprintf(y->pstep, "The server's answer cannot be read. %s", why->detail), 0);
    if (strcmp(y->s->api, "v4") == 0 && page->observations != NULL)            /* pages by number move while they are read */
        scan = bm_window_scan_take(y->options.scans, y->s);
    if (bm_langfuse_go_on(y->s, page, &last, y->pslice) != APR_SUCCESS) {
        bm_window_scan_forget(scan);
        bm_sync_window_restart(y->s);
        return trouble(y, "The server's pages go round in circles: the next one is the one before.", 0);
    }
    if (scan != NULL)
        bm_window_scan_add(scan, page->observations, page->observation_count);
    rv = store_page(y, page, scan, last);
    if (rv == APR_SUCCESS && !last && scan != NULL)
        bm_window_scan_keep(y->options.scans, scan, y->s->cursor);
    else
        bm_window_scan_forget(scan);
    return rv;
}

/* --- a slice */

static apr_status_t step(bm_trace_sync_t *y)
{
    apr_status_t rv;

    if (!find_keys(y, &rv))
        return rv;
    if (y->s->api == NULL)
        return probe(y);
    if (y->s->window_kind == NULL && !bm_sync_window_open(y->s, now_of(y)))
        return end_pass(y, "completed", "idle", NULL, y->s->head_at + y->s->interval - now_of(y));
    return read_page(y);
}

/* A step that the store did not take. Nothing of it is there, so nothing of it is remembered. What can only be refused again (a
 * page that no column takes, our own mistakes) is told and waits; after a lost lock it is gone on with soon. If the store is
 * away, the source is given back as soon as it is there again. */
static apr_status_t failed(bm_trace_sync_t *y, apr_status_t rv)
{
    const char *why = y->err->detail ? y->err->detail : "no reason is given";

    bm_db_rollback(y->db);
    *y->s = y->before;
    if (rv == APR_NOTFOUND)
        return APR_SUCCESS;                      /* somebody else's now */
    y->held = 1;
    if (bm_db_check(y->db, NULL) != APR_SUCCESS) {
        y->lost_source = y->s->source_id;
        y->lost_fence = y->s->fence;
        return rv;
    }
    if (rv == APR_EAGAIN)
        return leave(y, "running", NULL, apr_time_from_sec(1));
    bm_log(BM_LOG_ERR, rv, BMLOG(0961) "trace source %" APR_INT64_T_FMT " (%s): the store does not take a page: %s",
           y->s->source_id, y->s->name, why);
    return trouble(y, apr_psprintf(y->pstep, "The store does not take the page: %s", why), 0);
}

static apr_status_t work_on(bm_trace_sync_t *y)
{
    apr_time_t until = bm_timefmt_steady() + SLICE;
    apr_status_t rv = APR_SUCCESS;

    y->held = 1;
    y->keys = NULL;
    bm_langfuse_bodies_make(&y->bodies, y->s->body_max, y->s->redact, y->pslice);
    y->before = *y->s;
    y->claimed_at = bm_timefmt_steady();
    while (rv == APR_SUCCESS && y->held && !y->options.stopping(y->options.baton) && bm_timefmt_steady() < until) {
        apr_pool_clear(y->pstep);
        y->before = *y->s;
        rv = step(y);
    }
    if (rv == APR_SUCCESS && y->held)
        rv = leave(y, "running", NULL, 0);
    return rv == APR_SUCCESS ? rv : failed(y, rv);
}

apr_status_t bm_trace_sync_create(bm_trace_sync_t **psync, const bm_trace_sync_options_t *options, apr_pool_t *p)
{
    bm_trace_sync_t *y = *psync = apr_pcalloc(p, sizeof(*y));

    y->options = *options;
    return bm_langfuse_client_create(&y->client, options->outbound, options->stopping, options->baton, p);
}

apr_status_t bm_trace_sync_work(int *did, bm_trace_sync_t *y, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = APR_SUCCESS;

    *did = 0;
    if (y->lost_fence != 0)
        rv = bm_sync_store_give_back(db, y->lost_source, y->lost_fence, err, p);
    if (rv == APR_SUCCESS) {
        y->lost_fence = 0;
        rv = bm_sync_store_claim(&y->s, db, y->options.engine_id, LEASE, err, p);
    }
    if (rv == APR_NOTFOUND)
        return APR_SUCCESS;
    if (rv != APR_SUCCESS)
        return rv;
    *did = 1;
    y->db = db;
    y->err = err;
    y->pslice = p;
    apr_pool_create(&y->pstep, p);
    rv = work_on(y);
    apr_pool_destroy(y->pstep);
    return rv;
}
