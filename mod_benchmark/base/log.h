/* SPDX-License-Identifier: Apache-2.0
 *
 * base/log.h: messages for the operator, without knowing where they go.
 *
 * Every message starts with an own number: bm_log(BM_LOG_ERR, rv, BMLOG(0123) "run %s ...", id).
 * Numbers are four digits, unique in the tree and listed in docs/log-messages.md (guarded by
 * tests/guards/check_lognos.sh). Level = who must act: ERR the operator, WARNING something is
 * degraded, INFO lifecycle, DEBUG a developer. Ids, not payloads; secrets never.
 *
 * The sink is set once before any thread starts (glue: httpd's error log; tests: stderr) and is the
 * one declared mutable of this room. Thread-safe as far as the sink is. */
#ifndef BM_BASE_LOG_H
#define BM_BASE_LOG_H

#include <apr_errno.h>

#define BMLOG(number) "BM" #number ": "

typedef enum bm_log_level_e {
    BM_LOG_ERR = 3,        /* the values are those of httpd's APLOG_* levels */
    BM_LOG_WARNING = 4,
    BM_LOG_NOTICE = 5,
    BM_LOG_INFO = 6,
    BM_LOG_DEBUG = 7
} bm_log_level_e;

/** Receives one finished message (no newline). rv is APR_SUCCESS or the cause. */
typedef void bm_log_sink_fn(void *baton, bm_log_level_e level, apr_status_t rv, const char *message);
/** Whether a message of this level would be written: spares formatting it. */
typedef int bm_log_wanted_fn(void *baton, bm_log_level_e level);

/** Send messages to sink. Call before threads start. NULL: back to stderr at INFO. */
void bm_log_set_sink(bm_log_sink_fn *sink, bm_log_wanted_fn *wanted, void *baton);

/** Log one message, truncated at 2 kB. */
void bm_log(bm_log_level_e level, apr_status_t rv, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
