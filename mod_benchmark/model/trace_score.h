/* SPDX-License-Identifier: Apache-2.0
 *
 * model/trace_score.h: what somebody thought of a trace, an observation or a session, as it is stored. Texts as in
 * model/observation.h. */
#ifndef BM_MODEL_TRACE_SCORE_H
#define BM_MODEL_TRACE_SCORE_H

#include <apr_time.h>

typedef struct bm_trace_score_t {
    const char *id;                          /* never NULL */
    apr_time_t at;                           /* never 0 */
    const char *name, *data_type, *source, *comment, *environment;
    const char *value;                       /* a number as text; NULL: string_value says it */
    const char *string_value;
    const char *trace_id, *observation_id, *session_id;
    apr_time_t updated;                      /* 0: not said */
} bm_trace_score_t;

#endif
