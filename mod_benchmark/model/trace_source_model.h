/* SPDX-License-Identifier: Apache-2.0
 *
 * model/trace_source_model.h: where traces come from, how far their sync is, and what is told of traces. */
#ifndef BM_MODEL_TRACE_SOURCE_MODEL_H
#define BM_MODEL_TRACE_SOURCE_MODEL_H

#include "model/field.h"

#define BM_SYNC_STATES "idle|running|rate_limited|error"
#define BM_TRACE_SOURCE_KINDS "langfuse|pushed"

/** Whether the newest of trace_sources t, trace_sync y was not read for twice the interval. */
#define BM_TRACE_IS_STALE \
    "coalesce(y.last_sync_at < now() - t.interval_seconds * 2 * interval '1 second'," \
    " t.created_at < now() - t.interval_seconds * 2 * interval '1 second')"

/** Longest name of a label or a stage, in bytes. */
#define BM_WORDS_NAME_MAX 63
#define BM_WORDS_LABELS_MAX 20

/** The resource. */
extern const bm_field_t bm_trace_source_fields[];

/** The sync of a source; columns of trace_sync y and trace_sources t. */
extern const bm_field_t bm_trace_sync_fields[];

/** A pass of its history; columns of trace_passes. */
extern const bm_field_t bm_trace_pass_fields[];

/** Columns of traces t, of observations o, of trace_sessions s. */
extern const bm_field_t bm_trace_fields[];
extern const bm_field_t bm_observation_fields[];
extern const bm_field_t bm_trace_session_fields[];

/** A session as clients of Cupid know it: rows of trace_sessions s; labels and stage are written by the caller. */
extern const bm_field_t bm_cupid_session_fields[];

/** Columns of trace_scores c. */
extern const bm_field_t bm_trace_score_fields[];

/** One observation, with its bodies; scores are written by the caller. */
extern const bm_field_t bm_observation_detail_fields[];

/** A trace with its observations; they are written by the caller. */
extern const bm_field_t bm_trace_detail_fields[];

/** The same of observations o in a tree u (id, depth, children). */
extern const bm_field_t bm_observation_node_fields[];

#endif
