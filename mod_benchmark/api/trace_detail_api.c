/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_detail_api.c: one trace with the tree of its observations, one observation; traces of a user are removed. Ids are those
 * of the sources, so that two of them may have the same. */
#include "api/trace_detail_api.h"

#include <string.h>
#include <apr_strings.h>
#include "api/page.h"
#include "base/text.h"
#include "model/observation_tree.h"
#include "model/trace_source_model.h"
#include "store/row_json.h"
#include "store/trace_source_store.h"
#include "store/trace_store.h"
#include "store/trace_tree_store.h"

enum { SOURCES_TOLD = 20, NODES = 1000, NODES_MAX = 10000, TREE_MAX = 100000, ID_SHOWN = 255, SCORES_MAX = 1000 };

/* Where bm_trace_fields and bm_observation_fields have their source_id, behind the place. */
enum { SOURCE_COLUMN = BM_TRACE_FIRST + 1 };

static const bm_schema_t trace_schema = { "TraceDetail", bm_trace_detail_fields };
static const bm_schema_t observation_schema = { "ObservationDetail", bm_observation_detail_fields };

static const bm_query_param_t trace_params[] = {
    BM_TRACE_SOURCE_PARAM,
    { "after", BM_QUERY_TEXT, 1, 255, NULL, "Go on behind this observation of the tree." },
    { "limit", BM_QUERY_INT, 1, NODES_MAX, NULL, "Most observations of the answer (default 1000)." },
    { "view", BM_QUERY_ENUM, 0, 0, "full|summary", "summary: without metadata and details." },
    { NULL }
};

static const bm_query_param_t observation_params[] = {
    BM_TRACE_SOURCE_PARAM,
    { NULL }
};

apr_status_t bm_trace_detail_one(bm_req_t *q, const bm_rows_t *rows, int column, const char *what)
{
    int i, n = bm_rows_count(rows);
    const char *sources = "";

    if (n == 0)
        return bm_err_set(q->err, APR_NOTFOUND, NULL, "There is no %s %s.", what,
                          bm_text_clean_utf8(q->text, strlen(q->text), ID_SHOWN, q->p));
    for (i = 0; i < n; i++)
        sources = apr_pstrcat(q->p, sources, i > 0 ? ", " : "", bm_rows_text(rows, i, column), NULL);
    return n == 1 ? APR_SUCCESS : bm_err_violation(q->err, "?source_id", "Is needed: these sources have a %s of that id: %s.",
                                                   what, sources);
}

apr_status_t bm_trace_detail_scores(bm_rows_t **prows, bm_req_t *q, const bm_trace_filter_t *filter)
{
    bm_trace_filter_t of = *filter;

    of.limit = SCORES_MAX;
    return bm_trace_store_scores(prows, q->db, &of, q->err, q->p);
}

void bm_trace_detail_put_scores(bm_req_t *q, const bm_rows_t *scores)
{
    int i;

    bm_jw_key(&q->w, "scores");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(scores); i++)
        bm_row_json_write(&q->w, scores, i, BM_TRACE_FIRST, bm_trace_score_fields, 0);
    bm_jw_end_array(&q->w);
}

static int is_summary(const bm_req_t *q)
{
    const char *view = bm_query_string_text(q->query, "view");

    return view != NULL && strcmp(view, "summary") == 0;
}

/* --- /traces/{trace_id} */

/* All of its observations in the order of the tree, and where in it the page begins. */
static apr_status_t read_tree(bm_observation_node_t **pnodes, int *n, int *first, bm_req_t *q, apr_int64_t source_id)
{
    const char *after = bm_query_string_text(q->query, "after");
    bm_observation_node_t *nodes;
    bm_rows_t *rows;
    int i;
    apr_status_t rv = bm_trace_tree_store_ids(&rows, q->db, source_id, q->text, TREE_MAX, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    *n = bm_rows_count(rows);
    *pnodes = nodes = apr_pcalloc(q->p, ((size_t)*n + 1) * sizeof(*nodes));
    for (i = 0; i < *n; i++) {
        nodes[i].id = bm_rows_text(rows, i, 0);
        nodes[i].parent_id = bm_rows_text(rows, i, 1);
    }
    bm_observation_tree_order(nodes, *n, q->p);
    *first = 0;
    if (after == NULL)
        return APR_SUCCESS;
    while (*first < *n && strcmp(nodes[*first].id, after) != 0)
        ++*first;
    if (++*first > *n)
        return bm_err_violation(q->err, "?after", "Is no observation of this trace.");
    return APR_SUCCESS;
}

static void reply(bm_req_t *q, const bm_rows_t *trace, const bm_rows_t *nodes, const bm_rows_t *scores, int summary)
{
    int i;

    bm_jw_begin_object(&q->w);
    bm_row_json_write_members(&q->w, trace, 0, BM_TRACE_FIRST, bm_trace_fields, summary);
    bm_jw_key(&q->w, "tree");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(nodes); i++)
        bm_row_json_write(&q->w, nodes, i, 0, bm_observation_node_fields, summary);
    bm_jw_end_array(&q->w);
    bm_trace_detail_put_scores(q, scores);
    bm_jw_end_object(&q->w);
}

static apr_status_t trace_get(bm_req_t *q)
{
    const bm_trace_filter_t filter = { .source_id = bm_query_string_int(q->query, "source_id", 0), .id = q->text,
                                       .limit = SOURCES_TOLD, .summary = is_summary(q) };
    int n, first, limit = (int)bm_query_string_int(q->query, "limit", NODES);
    bm_observation_node_t *nodes;
    apr_int64_t source_id;
    bm_rows_t *rows, *page, *scores;
    apr_status_t rv = bm_trace_store_traces(&rows, q->db, &filter, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_trace_detail_one(q, rows, SOURCE_COLUMN, "trace");
    if (rv != APR_SUCCESS)
        return rv;
    source_id = bm_rows_int64(rows, 0, SOURCE_COLUMN, 0);
    rv = read_tree(&nodes, &n, &first, q, source_id);
    if (rv != APR_SUCCESS)
        return rv;
    if (n - first > limit)
        bm_page_set_next_text(q, "after", nodes[first + limit - 1].id);
    rv = bm_trace_tree_store_nodes(&page, q->db, source_id, q->text, nodes + first, n - first > limit ? limit : n - first,
                                   filter.summary, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_trace_detail_scores(&scores, q, &(const bm_trace_filter_t){ .source_id = source_id, .trace_id = q->text });
    if (rv == APR_SUCCESS)
        reply(q, rows, page, scores, filter.summary);
    return rv;
}

/* --- /observations/{observation_id} */

static apr_status_t observation_get(bm_req_t *q)
{
    const bm_trace_filter_t filter = { .source_id = bm_query_string_int(q->query, "source_id", 0), .id = q->text,
                                       .limit = SOURCES_TOLD, .detail = 1 };
    bm_rows_t *rows, *scores;
    apr_status_t rv = bm_trace_store_observations(&rows, q->db, &filter, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_trace_detail_one(q, rows, SOURCE_COLUMN, "observation");
    if (rv == APR_SUCCESS)
        rv = bm_trace_detail_scores(&scores, q, &(const bm_trace_filter_t){
            .source_id = bm_rows_int64(rows, 0, SOURCE_COLUMN, 0), .trace_id = bm_rows_text(rows, 0, SOURCE_COLUMN + 1),
            .observation_id = q->text });
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_row_json_write_members(&q->w, rows, 0, BM_TRACE_FIRST, bm_observation_detail_fields, 0);
    bm_trace_detail_put_scores(q, scores);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- /traces/erase */

static const bm_field_t erase_fields[] = {
    { "user_id", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 1000, .doc = "User, as sources have him." },
    { "source_id", BM_TYPE_INT, 0, 1, 9007199254740991, .doc = "From this source alone; absent: from all." },
    { NULL }
};
static const bm_schema_t erase_schema = { "TraceErasure", erase_fields };

static apr_status_t erase_post(bm_req_t *q)
{
    apr_int64_t source_id = json_integer_value(json_object_get(q->body, "source_id"));
    int n;
    apr_status_t rv = bm_trace_source_store_erase(&n, q->db, source_id, json_string_value(json_object_get(q->body, "user_id")),
                                                  q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    if (n == 0 && source_id != 0)
        return bm_err_violation(q->err, "/source_id", "There is no such trace source.");
    bm_api_reply_message(q, "The traces of this user are being removed from %d source%s.", n, n == 1 ? "" : "s");
    return APR_SUCCESS;
}

const bm_route_t bm_trace_detail_api_routes[] = {
    { "GET", "/traces/{trace_id}", BM_ROLE_VIEWER, trace_get, 0, 200, trace_params, NULL, &trace_schema, "getTrace", "traces",
      "A trace with its observations as a tree; where it goes on is in Link." },
    { "GET", "/observations/{observation_id}", BM_ROLE_VIEWER, observation_get, 0, 200, observation_params, NULL,
      &observation_schema, "getObservation", "traces", "One observation." },
    { "POST", "/traces/erase", BM_ROLE_ADMIN, erase_post, BM_ROUTE_TRANSACTION | BM_ROUTE_WAKES, 202, NULL, &erase_schema, NULL,
      "eraseTraces", "traces", "Remove all traces of a user that are here, for good; their server is not told." },
    { NULL }
};
