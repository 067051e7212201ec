/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static void stderr_sink(void *baton, bm_log_level_e level, apr_status_t rv, const char *message)
{
    char reason[120] = "";

    (void)baton;
    if (rv != APR_SUCCESS)
        apr_strerror(rv, reason, sizeof(reason));
    fprintf(stderr, "[%d] %s%s%s\n", (int)level, message, reason[0] ? ": " : "", reason);
}

static int stderr_wanted(void *baton, bm_log_level_e level)
{
    (void)baton;
    return level <= BM_LOG_INFO;
}

static struct {
    bm_log_sink_fn *sink;
    bm_log_wanted_fn *wanted;
    void *baton;
} log_sink = { stderr_sink, stderr_wanted, NULL };

void bm_log_set_sink(bm_log_sink_fn *sink, bm_log_wanted_fn *wanted, void *baton)
{
    log_sink.sink = sink ? sink : stderr_sink;
    log_sink.wanted = sink ? wanted : stderr_wanted;
    log_sink.baton = baton;
}

void bm_log(bm_log_level_e level, apr_status_t rv, const char *fmt, ...)
{
    char message[2048];
    va_list args;

    if (!log_sink.wanted(log_sink.baton, level))
        return;
    va_start(args, fmt);
    vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    log_sink.sink(log_sink.baton, level, rv, message);
}
