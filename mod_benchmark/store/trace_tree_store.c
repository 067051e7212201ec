/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trace_tree_store.h"

#include "model/trace_source_model.h"
#include "store/select.h"

static const bm_stmt_t tree_ids = { "trace_tree_ids",
    "select id, parent_id from observations where source_id = $1 and trace_id = $2 and deleted_at is null"
    " order by start_time, id limit $3" };

apr_status_t bm_trace_tree_store_ids(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, const char *trace_id, int limit,
                                     bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &tree_ids, BM_PARAMS(bm_param_int64(source_id), bm_param_text(trace_id), bm_param_int(limit)),
                       err, p);
}

apr_status_t bm_trace_tree_store_nodes(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, const char *trace_id,
                                       const bm_observation_node_t *nodes, int n, int summary, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("trace_tree_nodes", "select ", p);
    const char **ids = apr_palloc(p, ((size_t)n + 1) * sizeof(*ids));
    apr_int64_t *numbers = apr_palloc(p, 2 * ((size_t)n + 1) * sizeof(*numbers));
    int i;

    for (i = 0; i < n; i++) {
        ids[i] = nodes[i].id;
        numbers[i] = nodes[i].depth;
        numbers[n + i] = nodes[i].children;
    }
    bm_select_columns(s, summary ? 'v' : 'w', "", bm_observation_node_fields, summary);
    bm_select_param(s, 'i', " from unnest(", bm_param_texts(ids, n, p), "::text[], ");
    bm_select_param(s, 'd', "", bm_param_int64s(numbers, n, p), "::bigint[], ");
    bm_select_param(s, 'c', "", bm_param_int64s(numbers + n, n, p), "::bigint[]) with ordinality u(id, depth, children, place)");
    bm_select_param(s, 's', " join observations o on o.source_id = ", bm_param_int64(source_id), " and o.id = u.id");
    bm_select_param(s, 't', " and o.trace_id = ", bm_param_text(trace_id), " and o.deleted_at is null order by u.place");
    return bm_select_run(prows, s, db, err, p);
}
