/* SPDX-License-Identifier: Apache-2.0
 *
 * shm/meters.h: what the processes of a node count about themselves, for /metrics and the server's status page.
 *
 * In shared memory, so that any child answers for all of them, also without a database. Counts begin with the configuration: a
 * restart of httpd, a graceful one too, begins again at 0, as Prometheus expects of counters. Every word is an atomic; nobody
 * waits for anybody.
 *
 * Figures of runs are those that engines of this node recorded since then. They are counted when a run is recorded, and not read
 * from the KPI cells: what is stored shrinks when runs are deleted or too old, and a counter must not. */
#ifndef BM_SHM_METERS_H
#define BM_SHM_METERS_H

#include <sys/types.h>
#include <apr_time.h>
#include "shm/histogram.h"
#include "shm/live_meter.h"

/** What is kept of each scenario. */
typedef enum bm_run_meter_e {
    BM_RUN_METER_TOTAL = 0,         /* wall time of completed runs */
    BM_RUN_METER_E2E,
    BM_RUN_METER_TTFT,
    BM_RUN_METER_ITL,               /* many values a run */
    BM_RUN_METER_TPOT,
    BM_RUN_METER_QUEUE,             /* of every run */
    BM_RUN_METER_SEND_LAG,
    BM_RUN_METERS
} bm_run_meter_e;

/** How runs end, in the order of bm_kpi_status_e. */
#define BM_RUN_METER_ENDS 4

/** Writer: the recorder of the engine. id: -1 free, -2 all scenarios for which there was no place. */
typedef struct bm_scenario_meters_t {
    _Atomic int64_t id;
    _Atomic uint64_t ends[BM_RUN_METER_ENDS];
    _Atomic uint64_t prompt_tokens, completion_tokens;
    bm_histogram_t figures[BM_RUN_METERS];
} bm_scenario_meters_t;

#define BM_METERS_NO_SCENARIO (-1)
#define BM_METERS_OTHER_SCENARIOS (-2)

/** One web child's part of the database pool. Writer: that child, under its pool's mutex. */
typedef struct bm_pool_meter_t {
    _Alignas(64) _Atomic int64_t pid;      /* 0: free */
    _Atomic int64_t in_use, waiting, limit;
} bm_pool_meter_t;

/** The pools of all children that live. */
typedef struct bm_pool_figures_t {
    int64_t children, in_use, waiting, limit;
} bm_pool_figures_t;

#define BM_METERS_CHILDREN 256

/** The sender of traces (export/otlp_sender.h). Writer: the engine. */
typedef enum bm_otlp_drop_e {
    BM_OTLP_DROP_FULL = 0,                 /* the queue was full */
    BM_OTLP_DROP_REFUSED,                  /* the collector does not want them */
    BM_OTLP_DROP_EXPIRED,                  /* the collector could not be reached for too long */
    BM_OTLP_DROP_SHUTDOWN,                 /* the engine ended first */
    BM_OTLP_DROPS
} bm_otlp_drop_e;

typedef struct bm_otlp_meters_t {
    _Atomic int64_t queued;                /* runs that wait or are on their way */
    _Atomic uint64_t sent, dropped[BM_OTLP_DROPS];     /* spans */
    _Atomic uint64_t requests, retries;    /* to the collector */
} bm_otlp_meters_t;

/** What was counted at a moment. Writer: the engine's jobs thread, of one engine at a time. */
typedef struct bm_meters_sample_t {
    _Atomic int64_t at_ns;                 /* CLOCK_MONOTONIC; 0: none */
    _Atomic uint64_t requests, runs;
} bm_meters_sample_t;

/** Samples that are kept: a little more than a minute of one each five seconds. */
#define BM_METERS_SAMPLES 14
#define BM_METERS_SAMPLE_NS 5000000000LL

/** Per second, over about the last minute. */
typedef struct bm_meters_rates_t {
    double seconds;                        /* that they were taken over; 0: too early to say */
    double requests, runs;
} bm_meters_rates_t;

typedef struct bm_meters_t {
    apr_time_t started;                    /* written before fork, like the next four */
    bm_histogram_table_t *requests;        /* route, method, status */
    bm_histogram_table_t *statements;      /* statement */
    bm_scenario_meters_t *scenarios;       /* scenario_count of them and one more for the others */
    int scenario_count;
    _Atomic uint64_t pool_timeouts;        /* requests that got no connection because all were in use */
    _Atomic uint64_t pool_failures;        /* requests that got none because the database could not be reached */
    bm_histogram_t engine_lag;             /* engine: of each run, its longest wait between kernel and engine */
    bm_otlp_meters_t otlp;
    bm_live_meters_t live;
    _Atomic int64_t queue_seen_ns;         /* jobs: when it last counted the queue, CLOCK_MONOTONIC; 0: never */
    _Atomic int64_t queue_pending, queue_running;
    _Atomic uint64_t samples_taken;
    bm_meters_sample_t samples[BM_METERS_SAMPLES];
    bm_pool_meter_t pools[BM_METERS_CHILDREN];
} bm_meters_t;

/** Bytes of a region that bm_meters_create needs for so many scenarios. */
apr_size_t bm_meters_size(int scenarios);

/** Lay everything out, empty. Before fork. @return APR_ENOSPC. */
apr_status_t bm_meters_create(bm_meters_t **pmeters, int scenarios, bm_region_t *region);

/** Observer of db/conn.h; baton: the meters, NULL: nothing is counted. Any thread and process. */
void bm_meters_statement(void *baton, const char *statement, apr_int64_t ns);

/** The place of a scenario: its own, one that was free, or that of the others. One thread of one process at a time. */
bm_scenario_meters_t *bm_meters_scenario(bm_meters_t *meters, apr_int64_t id);

/** All requests and all runs counted so far. */
uint64_t bm_meters_requests(const bm_meters_t *meters);
uint64_t bm_meters_runs(const bm_meters_t *meters);

/** Take a sample if the last one is old enough. @return whether it was. The jobs thread. */
int bm_meters_sample(bm_meters_t *meters, apr_int64_t now_ns);

void bm_meters_rates(bm_meters_rates_t *rates, const bm_meters_t *meters, apr_int64_t now_ns);

/** A place for this process's pool; NULL: all are taken. Once a process. */
bm_pool_meter_t *bm_meters_pool(bm_meters_t *meters, pid_t self, int limit);

/** Add up the pools of processes that live. */
void bm_meters_pools(bm_pool_figures_t *figures, const bm_meters_t *meters);

#endif
