/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/compare_words.h: the verdicts of a comparison as sentences in plain English. Thread: no state. */
#ifndef BM_KPI_COMPARE_WORDS_H
#define BM_KPI_COMPARE_WORDS_H

#include "kpi/compare.h"

/** What was found of one quantity, in p. */
const char *bm_compare_words_of_one(const bm_compare_result_t *result, apr_pool_t *p);

/** What was found altogether; results and verdicts must be there. In p. */
const char *bm_compare_words_of_all(const bm_compare_t *compare, double significance, apr_pool_t *p);

#endif
