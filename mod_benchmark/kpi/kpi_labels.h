/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_labels.h: which labels of a run have KPI cells of their own.
 *
 * The first BenchmarkMaxLabels of it, in their order, that have numbers (store/label_store.h); what is left is counted once as
 * BM_LABEL_OTHER. Labels that say only which runs were fanned out together ("group:...") have no figures at all: each would use
 * up a number for one order.
 *
 * Remembers numbers. One owner at a time. */
#ifndef BM_KPI_LABELS_H
#define BM_KPI_LABELS_H

#include <apr_tables.h>
#include "kpi/kpi_sample.h"
#include "db/query.h"

typedef struct bm_kpi_labels_t bm_kpi_labels_t;

/** Nothing is known yet. per_run: at most BM_KPI_LABELS_MAX. Never NULL. */
bm_kpi_labels_t *bm_kpi_labels_make(int per_run, apr_pool_t *p);

/** Set the sample's labels. json: array of texts, NULL: none. A name that is not known yet is pushed to unknown (of const char *,
 *  in its pool) and counted as other: learn it, and set again. */
void bm_kpi_labels_set(bm_kpi_sample_t *sample, const bm_kpi_labels_t *labels, const char *json, apr_array_header_t *unknown,
                       apr_pool_t *ptemp);

/** Find or make the numbers of names. Outside a transaction, for others may wait. @return as bm_db_query. */
apr_status_t bm_kpi_labels_learn(bm_kpi_labels_t *labels, const apr_array_header_t *names, bm_db_t *db, bm_err_t *err,
                                 apr_pool_t *ptemp);

#endif
