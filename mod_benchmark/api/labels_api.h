/* SPDX-License-Identifier: Apache-2.0
 *
 * api/labels_api.h: /labels, and what a parameter `label` of KPIs means. */
#ifndef BM_API_LABELS_API_H
#define BM_API_LABELS_API_H

#include "api/api.h"

extern const bm_route_t bm_labels_api_routes[];

/** The label_id of a window (store/kpi_read_store.h) for a label's name: its number, or BM_KPI_NO_LABEL for one that no
 *  run has. member: where the client said it, such as "?label".
 *  @return APR_EINVAL, with a violation of it: its runs may be counted among the others, so there is no figure to give.
 *  Else as bm_db_query. */
apr_status_t bm_label_filter(int *label_id, bm_req_t *q, const char *member, const char *name);

#endif
