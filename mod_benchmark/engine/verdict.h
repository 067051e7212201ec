/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/verdict.h: whether a call that completed is a success: its scenario's assertions (check/assertion.h) on the answer.
 *
 * What is looked at is the answer as it is kept: of a stream its text, of a body the body, of an agent its result; cut and
 * masked as BenchmarkMaxStoredResponse and secrets demand. Recorder thread only. */
#ifndef BM_ENGINE_VERDICT_H
#define BM_ENGINE_VERDICT_H

#include "check/assertion.h"
#include "engine/measure.h"

/** Judge a call that may have completed. Where an assertion does not hold, the answer fails with error_code assertion_failed and
 *  a sentence that names each. assertions may be NULL. @return the figures to record: of a call that fails now there are no
 *  latencies, so it is measured again. */
bm_figures_t *bm_verdict(bm_call_t *call, const bm_assertions_t *assertions, bm_figures_t *figures);

#endif
