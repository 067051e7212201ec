/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trace_store.h"

#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "model/trace_source_model.h"
#include "store/select.h"

/* "microseconds.source.id": what is behind it is found by the index that the list is read by. */
static apr_status_t read_place(apr_time_t *pat, apr_int64_t *psource, const char **pid, const char *text, bm_err_t *err,
                               apr_pool_t *p)
{
    const char *first = strchr(text, '.'), *second = first ? strchr(first + 1, '.') : NULL;

    if (second == NULL || second[1] == '\0'
        || bm_text_to_int64(pat, apr_pstrmemdup(p, text, (apr_size_t)(first - text)), 0, APR_INT64_MAX / 2) != APR_SUCCESS
        || bm_text_to_int64(psource, apr_pstrmemdup(p, first + 1, (apr_size_t)(second - first - 1)), 0, APR_INT64_MAX)
            != APR_SUCCESS)
        return bm_err_violation(err, "?after", "Must be what the Link of the page before says.");
    *pid = second + 1;
    return APR_SUCCESS;
}

#define PLACE(alias, time) \
    "concat((extract(epoch from " alias "." time ") * 1000000)::bigint, '.', " alias ".source_id, '.', " alias ".id), "

/* One that is gone is not shown while its rows are being removed. */
#define NOT_GONE(alias) " where " alias ".source_id in (select id from trace_sources)"

static void add_text(bm_select_t *s, char letter, const char *condition, const char *value)
{
    if (value != NULL)
        bm_select_param(s, letter, condition, bm_param_text(value), "");
}

/* Conditions that all lists have in common, order and limit. at: "and t.start_time", with what goes behind it. */
static apr_status_t add_range(bm_select_t *s, const bm_trace_filter_t *f, const char *from, const char *to, const char *behind,
                              const char *order, bm_err_t *err, apr_pool_t *p)
{
    apr_int64_t source = 0;
    const char *id = NULL;
    apr_time_t at = 0;

    if (f->from != 0)
        bm_select_param(s, 'F', from, bm_param_time(f->from), "");
    if (f->to != 0)
        bm_select_param(s, 'T', to, bm_param_time(f->to), "");
    if (f->after != NULL) {
        if (read_place(&at, &source, &id, f->after, err, p) != APR_SUCCESS)
            return APR_EINVAL;
        bm_select_param(s, 'K', behind, bm_param_time(at), "");
        bm_select_param(s, 'S', ", ", bm_param_int64(source), "");
        bm_select_param(s, 'I', ", ", bm_param_text(id), ")");
    }
    bm_select_add(s, 'o', order);
    bm_select_limit(s, f->limit);
    return APR_SUCCESS;
}

/* One direction for all three, so that what is behind a place is one comparison of rows, and one walk through the index. */
#define ORDER(alias, time) " order by " alias "." time " desc, " alias ".source_id desc, " alias ".id desc"
#define BEFORE(alias, time) " and (" alias "." time ", " alias ".source_id, " alias ".id) < ("

apr_status_t bm_trace_store_traces(bm_rows_t **prows, bm_db_t *db, const bm_trace_filter_t *f, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("trace_list", "select ", p);

    bm_select_columns(s, f->summary ? 'v' : 'w', PLACE("t", "start_time"), bm_trace_fields, f->summary);
    bm_select_add(s, 'f', " from traces t" NOT_GONE("t"));
    if (f->source_id != 0)
        bm_select_param(s, 's', " and t.source_id = ", bm_param_int64(f->source_id), "");
    add_text(s, 'i', " and t.id = ", f->id);
    add_text(s, 'n', " and coalesce(t.name, t.root_name) = ", f->name);
    add_text(s, 'u', " and t.user_id = ", f->user_id);
    add_text(s, 'q', " and t.session_id = ", f->session_id);
    add_text(s, 'e', " and t.environment = ", f->environment);
    if (f->tag != NULL)
        bm_select_param(s, 'g', " and t.tags @> array[", bm_param_text(f->tag), "]");
    if (f->errors)
        bm_select_add(s, 'x', " and t.errors > 0");
    if (add_range(s, f, " and t.start_time >= ", " and t.start_time <"
    " ", BEFORE("t", "start_time"), ORDER("t", "start_time"), err, p)
        != APR_SUCCESS)
        return APR_EINVAL;
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_trace_store_observations(bm_rows_t **prows, bm_db_t *db, const bm_trace_filter_t *f, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("observation_list", "select ", p);

    bm_select_columns(s, f->detail ? 'D' : f->summary ? 'v' : 'w', PLACE("o", "start_time"),
                      f->detail ? bm_observation_detail_fields : bm_observation_fields, f->summary);
    bm_select_add(s, 'f', " from observations o" NOT_GONE("o") " and o.deleted_at is null");
    if (f->source_id != 0)
        bm_select_param(s, 's', " and o.source_id = ", bm_param_int64(f->source_id), "");
    add_text(s, 'i', " and o.id = ", f->id);
    add_text(s, 't', " and o.trace_id = ", f->trace_id);
    add_text(s, 'n', " and o.name = ", f->name);
    add_text(s, 'y', " and o.type = ", f->type);
    add_text(s, 'l', " and o.level = ", f->level);
    add_text(s, 'm', " and o.model = ", f->model);
    add_text(s, 'e', " and o.environment = ", f->environment);
    if (f->errors)
        bm_select_add(s, 'x', " and o.level = 'ERROR'");
    if (add_range(s, f, " and o.start_time >= ", " and o.start_time <"
    " ", BEFORE("o", "start_time"), ORDER("o", "start_time"), err, p)
        != APR_SUCCESS)
        return APR_EINVAL;
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_trace_store_sessions(bm_rows_t **prows, bm_db_t *db, const bm_trace_filter_t *f, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("trace_session_list", "select ", p);

    bm_select_columns(s, 'w', PLACE("s", "last_trace_at"), bm_trace_session_fields, 0);
    bm_select_add(s, 'f', " from trace_sessions s" NOT_GONE("s"));
    if (f->source_id != 0)
        bm_select_param(s, 's', " and s.source_id = ", bm_param_int64(f->source_id), "");
    add_text(s, 'i', " and s.id = ", f->id);
    if (f->user_id != NULL)
        bm_select_param(s, 'u', " and s.user_ids @> array[", bm_param_text(f->user_id), "]");
    if (f->errors)
        bm_select_add(s, 'x', " and s.errors > 0");
    if (add_range(s, f, " and s.last_trace_at >= ", " and s.last_trace_at < ", BEFORE("s", "last_trace_at"),
                  ORDER("s", "last_trace_at"), err, p) != APR_SUCCESS)
        return APR_EINVAL;
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_trace_store_scores(bm_rows_t **prows, bm_db_t *db, const bm_trace_filter_t *f, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("trace_score_list", "select ", p);

    bm_select_columns(s, 'w', PLACE("c", "at"), bm_trace_score_fields, 0);
    bm_select_add(s, 'f', " from trace_scores c" NOT_GONE("c"));
    if (f->source_id != 0)
        bm_select_param(s, 's', " and c.source_id = ", bm_param_int64(f->source_id), "");
    add_text(s, 'i', " and c.id = ", f->id);
    add_text(s, 'n', " and c.name = ", f->name);
    add_text(s, 't', " and c.trace_id = ", f->trace_id);
    add_text(s, 'b', " and c.observation_id = ", f->observation_id);
    add_text(s, 'q', " and c.session_id = ", f->session_id);
    if (add_range(s, f, " and c.at >= ", " and c.at < ", BEFORE("c", "at"), ORDER("c", "at"), err, p) != APR_SUCCESS)
        return APR_EINVAL;
    return bm_select_run(prows, s, db, err, p);
}

/* --- figures of days */

#define FIGURES BM_TRACE_SUMS("")
#define OF_SOURCES " and source_id in (select id from trace_sources)"

static const bm_stmt_t names = { "trace_names",
    "select name, " FIGURES ", " BM_TRACE_SOURCES " from trace_days where kind = $1 and day >= $2" OF_SOURCES
    " group by name having sum(n) > 0"
    " order by sum(n) desc, name" };
static const bm_stmt_t days = { "trace_days",
    "select (date '1970-01-01' + day)::text, " FIGURES " from trace_days where kind = 'trace' and day >= $1" OF_SOURCES
    " group by day having sum(n) > 0 order by day" };

apr_status_t bm_trace_store_names(bm_rows_t **prows, bm_db_t *db, const char *kind, int from_day, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &names, BM_PARAMS(bm_param_text(kind), bm_param_int(from_day)), err, p);
}

apr_status_t bm_trace_store_days(bm_rows_t **prows, bm_db_t *db, int from_day, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &days, BM_PARAMS(bm_param_int(from_day)), err, p);
}
