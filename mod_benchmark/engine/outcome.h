/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/outcome.h: what an ended task says of itself: the row of `runs` and the KPI sample.
 *
 * Any thread that owns the task. Everything is copied into, or already lives in, the task's pool. */
#ifndef BM_ENGINE_OUTCOME_H
#define BM_ENGINE_OUTCOME_H

#include "engine/measure.h"
#include "engine/task.h"
#include "kpi/kpi_slo.h"
#include "model/price_book.h"
#include "provider/provider.h"

/** An outcome without an answer, to be recorded: status, code and sentence (code and error may be NULL). */
void bm_outcome_end(bm_task_t *task, const char *status, const char *error_code, const char *error);

/** The outcome of a performed run: its answer, its figures (NULL: nothing was measured) and the request as it is kept
 *  (NULL: none was made). prices: for its cost; may be NULL. */
void bm_outcome_answer(bm_task_t *task, const bm_call_t *call, const bm_figures_t *figures, const char *request_json,
                       const char *engine_id, const bm_price_book_t *prices);

/** Say of an outcome with an answer whether it is good: it completed and keeps every limit that n SLOs set for a single run. What
 *  counts for no KPIs is left as it is. */
void bm_outcome_judge(bm_task_t *task, const bm_kpi_slo_t *slos, int n);

/** The price of a call now: by the model that answered, else by the one that was asked. NULL: none is known. */
const bm_price_t *bm_outcome_price(const bm_price_book_t *prices, const bm_call_t *call);

/** What an answer cost, in 10^-9 of the price's currency; BM_FIGURE_NONE: no price (NULL) or no number of tokens is known. */
apr_int64_t bm_outcome_cost_nano(const bm_price_t *price, const bm_answer_t *answer);

/** Add to an outcome what a controller of many requests (a calibration) found: JSON text kept as the response, chunks that came
 *  in one read with another, wall time, and who did it. */
void bm_outcome_set_result(bm_task_t *task, const char *response, apr_int64_t batched_events, apr_int64_t total_us,
                           const char *engine_id);

/** Whether a row of this kind and spec may be performed again after an attempt with unknown outcome. */
int bm_outcome_may_repeat(int kind, const char *spec, apr_pool_t *p);

#endif
