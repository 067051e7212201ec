/* SPDX-License-Identifier: Apache-2.0
 *
 * model/observation.h: one observation of a trace as it is stored, wherever it came from, and what a server says of a trace
 * itself.
 *
 * Texts are UTF-8, within limits (bm_observation_*_MAX), in the pool of whoever made them; NULL: not said. Numbers are -1 where
 * they are not known, times 0. Thread: no state. */
#ifndef BM_MODEL_OBSERVATION_H
#define BM_MODEL_OBSERVATION_H

#include <apr_tables.h>
#include <apr_time.h>

/** Bytes. An id that is longer is no id; other texts are cut. */
#define BM_OBSERVATION_ID_MAX 255
#define BM_OBSERVATION_TEXT_MAX 1000
#define BM_OBSERVATION_MESSAGE_MAX 8000
#define BM_OBSERVATION_OBJECT_MAX 262144     /* JSON: left out if it is longer */
#define BM_OBSERVATION_TAGS_MAX 100

typedef struct bm_observation_t {
    const char *id, *trace_id, *type;        /* never NULL */
    apr_time_t start;                        /* never 0 */
    const char *parent_id, *name, *level, *status_message;
    apr_time_t end, completion, updated;
    apr_int64_t latency_us, ttft_us;
    const char *environment, *version, *release, *trace_name, *session_id, *user_id;
    const char *tags;                        /* as PostgreSQL writes an array of text */
    const char *model;
    apr_int64_t input_tokens, output_tokens, total_tokens;
    apr_int64_t cost_nano;                   /* 10^-9 USD */
    const char *usage_details, *cost_details, *metadata;     /* JSON */
    const char *input, *output;              /* as far as its source keeps them */
    apr_int64_t hash;                        /* of all but `updated` */
} bm_observation_t;

/** A trace as servers tell it that do not say it with each observation (Langfuse before v4). */
typedef struct bm_trace_told_t {
    const char *id;                          /* never NULL */
    apr_time_t start;                        /* never 0 */
    const char *name, *session_id, *user_id, *environment, *release, *version, *tags, *metadata;
} bm_trace_told_t;

/** Fill in the hash. */
void bm_observation_seal(bm_observation_t *observation);

/** Of observations that have one id the one that was changed last, or else stood last; the others go. *n is the number of those
 *  that are left, whose order is not said. */
void bm_observation_once(bm_observation_t **observations, int *n);

#endif
