/* SPDX-License-Identifier: Apache-2.0 */
#include "api/run_filter.h"

#include <string.h>

void bm_run_filter_read(bm_run_filter_t *filter, const bm_req_t *q)
{
    const char *view = bm_query_string_text(q->query, "view");

    memset(filter, 0, sizeof(*filter));
    filter->kinds = bm_query_string_list(q->query, "kind");
    filter->statuses = bm_query_string_list(q->query, "status");
    filter->scenario_id = bm_query_string_int(q->query, "scenario_id", -1);
    filter->automation_id = bm_query_string_int(q->query, "automation_id", -1);
    filter->from = bm_query_string_time(q->query, "from", 0);
    filter->to = bm_query_string_time(q->query, "to", 0);
    filter->q = bm_query_string_text(q->query, "q");
    filter->label = bm_query_string_text(q->query, "label");
    filter->error_code = bm_query_string_text(q->query, "error_code");
    filter->location = bm_query_string_text(q->query, "location");
    filter->summary = view != NULL && strcmp(view, "summary") == 0;
}
