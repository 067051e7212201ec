/* SPDX-License-Identifier: Apache-2.0
 *
 * run_list_held.c: lists of runs for who is held to projects (bm_db_held).
 *
 * He may own little of what is there, and would walk over what others have made since: his pages are merged from those of each
 * of his projects, and each half of the view is read by an index that begins with what is his. Nothing else may be chosen,
 * whatever the planner believes about how many runs a project has, so:
 *
 *   - what is recorded goes by an index over expressions, `project_id + 0` and `id + 0`, or, where the filter excludes
 *     `completed`, by one of the same of the others alone;
 *   - the queue, which has no index by project as each would cost every run, and what is recorded of one scenario or automation
 *     go by that: `between` and an order that begins with it fit the index that does and no other;
 *   - `between` is also for what no limit bounds, as nothing is believed of how many rows that finds;
 *   - times and states are conditions that no index has (`is true`).
 *
 * A scenario or automation that is another's has no project here, and nothing is read at all: the time tells nothing. */
#include "store/run_list.h"

#include <string.h>
#include <apr_strings.h>

/* Scenarios of calibrations and discoveries, which are no rows: what belongs to whom is said by their project alone. */
#define NO_ROWS "(values (0::bigint), (-1)) v (id)"

/* --- ids of times */

#define END_OF_PROJECT(order) \
    "(select r.id from recorded_run r where r.project_id + 0 = m.id order by r.id + 0" order " limit 1)"
#define BISECTED(of_all) \
    "with recursive b (m, lo, hi) as (select m.id, " END_OF_PROJECT("") ", " END_OF_PROJECT(" desc") " + 1" \
    " from unnest($2::bigint[]) m (id) union all" \
    BM_RUN_BISECTION("select r.id, r.created_at from recorded_run r where r.project_id + 0 = b.m and r.id + 0 >= (lo + hi) / 2" \
                     " order by r.id + 0") " select " of_all " from b where lo >= hi"

/* What is queued may be older than anything recorded; it is bounded where it is read. */
static const bm_stmt_t run_id_from_held = { "run_id_from_held", BISECTED("min(lo)") };
static const bm_stmt_t run_id_to_held = { "run_id_to_held", BISECTED("max(lo)") };

apr_status_t bm_run_list_held_id(apr_int64_t *id, bm_db_t *db, int to, apr_time_t at, const char *projects, bm_err_t *err,
                                 apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, to ? &run_id_to_held : &run_id_from_held,
                                  BM_PARAMS(bm_param_time(at), bm_param_text(projects)), err, p);

    if (rv == APR_SUCCESS && bm_rows_count(rows) > 0)
        *id = bm_rows_int64(rows, 0, 0, 0);
    return rv;
}

/* --- what is of one project */

/* What a page or a count wants of each project. */
typedef struct wanted_t {
    const bm_run_filter_t *filter;
    const bm_run_ids_t *ids;
    const char *key;                         /* expression; NULL: by id, and `most` of each half at most */
    apr_int64_t most;
    const char *by;                          /* the column whose index what is recorded goes by; NULL: that of the project */
    apr_int64_t by_id;
    int queued, recorded;                    /* which half can have any */
    int ended;                               /* none of them has completed */
} wanted_t;

/* by_key: of those alone that have ended. */
static wanted_t wanted_of(const bm_run_filter_t *filter, const bm_run_ids_t *ids, int by_key, apr_int64_t most)
{
    wanted_t w = { .filter = filter, .ids = ids, .most = most };
    int i, n = filter->statuses != NULL ? filter->statuses->nelts : 0;

    w.queued = !by_key && filter->error_code == NULL
               && (bm_run_list_names(filter, "pending") || bm_run_list_names(filter, "running")
                   || bm_run_list_names(filter, "cancelled"));
    w.recorded = filter->statuses == NULL || !w.queued;
    for (i = 0; i < n; i++) {
        const char *status = APR_ARRAY_IDX(filter->statuses, i, const char *);

        w.recorded |= strcmp(status, "pending") != 0 && strcmp(status, "running") != 0;
    }
    w.ended = bm_run_list_is_dead(filter) || !bm_run_list_names(filter, "completed");
    w.by = filter->scenario_id >= 0 ? "scenario_id" : filter->automation_id >= 0 ? "automation_id" : NULL;
    w.by_id = filter->scenario_id >= 0 ? filter->scenario_id : filter->automation_id;
    return w;
}

static void add_conditions(bm_select_t *s, const bm_run_filter_t *filter)
{
    const apr_array_header_t *statuses = filter->statuses;

    if (filter->from != 0)
        bm_select_param(s, 'f', " and (created_at >= ", bm_param_time(filter->from), ") is true");
    if (filter->to != 0)
        bm_select_param(s, 'g', " and (created_at < ", bm_param_time(filter->to), ") is true");
    if (filter->automation_id >= 0)
        bm_select_param(s, 't', " and (automation_id = ", bm_param_int64(filter->automation_id), ") is true");
    if (statuses != NULL)
        bm_select_param(s, 'U', " and (status = any(",
                        bm_param_texts((const char *const *)statuses->elts, statuses->nelts, s->p), ")) is true");
    if (filter->error_code != NULL)
        bm_select_param(s, 'e', " and (error_code = ", bm_param_text(filter->error_code), ") is true");
    bm_run_list_filter(s, filter);
}

static void add_order(bm_select_t *s, const wanted_t *w, const char *ascending, const char *descending)
{
    bm_select_add(s, 'o', w->filter->ascending ? ascending : descending);
}

/* What is queued in project m.id. */
static void add_queued(bm_select_t *s, const wanted_t *w)
{
    const bm_run_filter_t *filter = w->filter;

    bm_select_add(s, 'Q', "(select q.id from (select id from scenarios where project_id = m.id union all select id from " NO_ROWS
                  ") c, lateral (select id from queued_run where scenario_id between c.id and c.id and project_id = m.id");
    add_conditions(s, filter);
    if (filter->after > 0)
        bm_select_param(s, 'y', filter->ascending ? " and id > " : " and id < ", bm_param_int64(filter->after), "");
    add_order(s, w, " order by scenario_id desc, id", " order by scenario_id, id desc");
    bm_select_limit(s, w->most);
    bm_select_add(s, ')', ") q where true");
    if (filter->scenario_id >= 0)
        bm_select_param(s, 's', " and c.id = ", bm_param_int64(filter->scenario_id), "");
    add_order(s, w, " order by q.id", " order by q.id desc");
    bm_select_limit(s, w->most);
    bm_select_add(s, ')', ")");
}

/* Bounds on ids. */
static void add_bounds(bm_select_t *s, const wanted_t *w)
{
    const char *id = w->by != NULL ? " and id " : " and id + 0 ", *beyond = w->filter->ascending ? "> " : "< ";

    if (w->ids->from > 0)
        bm_select_param(s, 'F', apr_pstrcat(s->p, id, ">= ", NULL), bm_param_int64(w->ids->from), "");
    if (w->ids->to > 0)
        bm_select_param(s, 'G', apr_pstrcat(s->p, id, "< ", NULL), bm_param_int64(w->ids->to), "");
    if (w->filter->after <= 0)
        return;
    if (w->key == NULL)
        bm_select_param(s, 'y', apr_pstrcat(s->p, id, beyond, NULL), bm_param_int64(w->filter->after), "");
    else
        bm_select_param(s, 'y', apr_pstrcat(s->p, " and (", w->key, ", id) ", beyond, "(select ", w->key,
                                            ", id from runs where id = ", NULL), bm_param_int64(w->filter->after), ")");
}

/* What is recorded in project m.id. */
static void add_recorded(bm_select_t *s, const wanted_t *w)
{
    bm_select_add(s, 'R', w->queued ? " union all (select id" : "(select id");
    if (w->key != NULL)
        bm_select_add(s, 'K', apr_pstrcat(s->p, ", ", w->key, " as sort_key", NULL));
    bm_select_add(s, 'p', w->by != NULL ? " from recorded_run where project_id = m.id"
                          : w->key != NULL ? " from recorded_run where project_id + 0 between m.id and m.id"
                          : " from recorded_run where project_id + 0 = m.id");
    if (w->by != NULL) {
        bm_select_param(s, 'b', apr_pstrcat(s->p, " and ", w->by, " between ", NULL), bm_param_int64(w->by_id), "");
        bm_select_param(s, 'b', " and ", bm_param_int64(w->by_id), "");
    }
    else if (w->ended)
        bm_select_add(s, 'C', " and status <> 'completed'");
    add_bounds(s, w);
    add_conditions(s, w->filter);
    if (w->key == NULL) {
        if (w->by != NULL)
            add_order(s, w, apr_pstrcat(s->p, " order by ", w->by, " desc, id", NULL),
                      apr_pstrcat(s->p, " order by ", w->by, ", id desc", NULL));
        else
            add_order(s, w, " order by id + 0", " order by id + 0 desc");
        bm_select_limit(s, w->most);
    }
    else
        bm_select_add(s, '0', " offset 0");       /* by itself, for each project */
    bm_select_add(s, ')', ")");
}

/* --- of all of them */

/* The projects to read: his; of a scenario or an automation that he sees its own, and else none. @return a letter for which. */
static char add_projects(bm_select_t *s, const bm_run_filter_t *filter, const char *projects)
{
    if (filter->scenario_id > 0) {
        bm_select_param(s, 'm', "(select project_id as id from scenarios where id = ", bm_param_int64(filter->scenario_id),
                        ") m");
        return 'S';
    }
    if (filter->automation_id > 0) {
        bm_select_param(s, 'm', "(select project_id as id from automations where id = ", bm_param_int64(filter->automation_id),
                        ") m");
        return 'T';
    }
    bm_select_param(s, 'm', "unnest(", bm_param_text(projects), "::bigint[]) m (id)");
    return 'H';
}

/* Adds "projects, lateral (...) x". A statement's name has room for some forty letters, and both halves have all conditions: the
 * form gets a name of its own. letter: of the key, or 'I'. */
static void add_all(bm_select_t *s, const wanted_t *w, char letter, const char *projects)
{
    bm_select_t *conditions = bm_select_make("", "", s->p);
    int named = s->letters->nelts;
    char which = add_projects(s, w->filter, projects);

    bm_select_add(s, 'L', ", lateral (");
    if (w->queued)
        add_queued(s, w);
    if (w->recorded)
        add_recorded(s, w);
    bm_select_add(s, 'X', ") x");
    s->letters->nelts = named;
    APR_ARRAY_PUSH(s->letters, char) = which;
    APR_ARRAY_PUSH(s->letters, char) = letter;
    APR_ARRAY_PUSH(s->letters, char) = (char)('a' + w->queued + 2 * w->recorded + 4 * w->ended
                                              + 8 * (w->filter->scenario_id >= 0));
    APR_ARRAY_PUSH(s->letters, char) = (char)('a' + (w->ids->from > 0) + 2 * (w->ids->to > 0) + 4 * (w->filter->after > 0)
                                              + 8 * w->filter->ascending);
    add_conditions(conditions, w->filter);
    bm_select_limit(conditions, w->most);
    apr_array_cat(s->letters, conditions->letters);
}

bm_select_t *bm_run_list_held(const bm_run_filter_t *filter, const bm_run_ids_t *ids, const bm_run_key_t *key, char letter,
                              const char *projects, apr_pool_t *p)
{
    wanted_t w = wanted_of(filter, ids, key != NULL, filter->limit + filter->skip);
    bm_select_t *s = bm_select_make("run_list_held", "with k as (select x.* from ", p);

    if (key != NULL)
        w.key = filter->ascending ? key->ascending : key->descending;
    add_all(s, &w, key != NULL ? letter : 'I', projects);
    if (key != NULL)
        add_order(s, &w, " order by sort_key, id", " order by sort_key desc, id desc");
    else
        add_order(s, &w, " order by id", " order by id desc");
    bm_run_list_limit(s, filter);
    bm_select_add(s, 'j', ") select ");
    bm_run_list_columns(s, filter);
    bm_select_add(s, 'r', " from k join run using (id)");
    if (key != NULL)
        add_order(s, &w, " order by sort_key, id", " order by sort_key desc, id desc");
    else
        add_order(s, &w, " order by id", " order by id desc");
    return s;
}

bm_select_t *bm_run_count_held(const bm_run_filter_t *filter, const bm_run_ids_t *ids, int by_key, apr_int64_t most,
                               const char *projects, apr_pool_t *p)
{
    bm_run_filter_t all = *filter;
    wanted_t w = wanted_of(&all, ids, by_key, most);
    bm_select_t *s = bm_select_make("run_count_held", "select count(*) from (select 1 from ", p);

    all.after = all.ascending = 0;
    add_all(s, &w, 'I', projects);
    bm_select_param(s, 'n', " limit ", bm_param_int64(most), ") t");
    return s;
}
