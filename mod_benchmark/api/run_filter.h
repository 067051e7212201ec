/* SPDX-License-Identifier: Apache-2.0
 *
 * api/run_filter.h: the query parameters that say which runs are meant, for every route that has them. Thread: no state. */
#ifndef BM_API_RUN_FILTER_H
#define BM_API_RUN_FILTER_H

#include "api/api.h"
#include "model/location.h"
#include "model/run_model.h"
#include "store/run_store.h"

/** Rows of a query table. */
#define BM_RUN_FILTER_PARAMS \
    { "scenario_id", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Runs of this scenario." }, \
    { "automation_id", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Runs of this automation." }, \
    { "status", BM_QUERY_ENUM_LIST, 0, 0, BM_RUN_STATUSES, "One or more states with commas between." }, \
    { "kind", BM_QUERY_ENUM_LIST, 0, 0, BM_RUN_KINDS, "What they were made for (default run)." }, \
    { "from", BM_QUERY_TIME, 0, 0, NULL, "Queued at or after: a time, or now-6h." }, \
    { "to", BM_QUERY_TIME, 0, 0, NULL, "Queued before." }, \
    { "q", BM_QUERY_TEXT, 1, 200, NULL, "Part of error, error_code, model, tinyfish_run_id or note, or a run's number." }, \
    { "label", BM_QUERY_TEXT, 1, 200, NULL, "A label that they have." }, \
    { "error_code", BM_QUERY_TEXT, 1, 100, NULL, "Failed with this code." }, \
    { "location", BM_QUERY_TEXT, 1, BM_LOCATION_NAME_MAX, NULL, "Performed at this location, or waiting for it." }, \
    { "view", BM_QUERY_ENUM, 0, 0, "full|summary", "summary: without inputs, request and response_json." }

/** Those of the request as a filter whose other members are 0. */
void bm_run_filter_read(bm_run_filter_t *filter, const bm_req_t *q);

#endif
