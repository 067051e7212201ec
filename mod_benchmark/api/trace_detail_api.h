/* SPDX-License-Identifier: Apache-2.0
 *
 * api/trace_detail_api.h: /traces/{trace_id}, /observations/{observation_id} and /traces/erase. */
#ifndef BM_API_TRACE_DETAIL_API_H
#define BM_API_TRACE_DETAIL_API_H

#include "api/api.h"
#include "store/trace_store.h"

extern const bm_route_t bm_trace_detail_api_routes[];

/** One query parameter of whatever is known by an id of its source. */
#define BM_TRACE_SOURCE_PARAM \
    { "source_id", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "From this source: needed where several have that id." }

/** The one row there is, or what to answer: what, such as "trace", with the id that the path has. column: that of its source_id.
 *  @return APR_NOTFOUND: there is none; APR_EINVAL: sources have one each. */
apr_status_t bm_trace_detail_one(bm_req_t *q, const bm_rows_t *rows, int column, const char *what);

/** Member "scores" of an object: those that the filter finds, the last 1000. */
apr_status_t bm_trace_detail_scores(bm_rows_t **prows, bm_req_t *q, const bm_trace_filter_t *filter);
void bm_trace_detail_put_scores(bm_req_t *q, const bm_rows_t *scores);

#endif
