/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/load_tally.h: what a load test counts: for each step, and in all. Memory does not grow with the number of requests.
 *
 * A request belongs to the step and phase of its planned time, whenever its answer comes. Tokens belong to the moment they
 * arrive: those of unfinished requests count, those after the window do not. Recorder thread only. */
#ifndef BM_LOADTEST_LOAD_TALLY_H
#define BM_LOADTEST_LOAD_TALLY_H

#include "kpi/kpi_cell.h"
#include "loadtest/load_request.h"
#include "stat/quantile_interval.h"
#include "stat/slope.h"

/** A series in time as means of equal stretches, which grow as it goes on: enough to see a trend. */
enum { BM_LOAD_BINS = 256 };
typedef struct bm_load_bins_t {
    apr_int64_t width_ns;
    int used;                        /* bins up to the last one with a value */
    double sum[BM_LOAD_BINS];
    apr_uint32_t n[BM_LOAD_BINS];
} bm_load_bins_t;

/** A step's figures. */
typedef struct bm_load_step_tally_t {
    bm_kpi_cell_t *cell;             /* of the window */
    apr_int64_t begin_ns, window_ns, end_ns;     /* begin of the warm-up and of the window; end of the window (0: not yet) */
    apr_uint64_t planned[2], sent[2];            /* by phase */
    apr_uint64_t ended[2], failed[2], cancelled[2];
    apr_int64_t last_sent_ns;        /* in the window */
    bm_autocorrelation_t serial[BM_KPI_METRIC_END];   /* lag 1 of each metric, in order of completion; by bm_kpi_metric_e */
    double tokens_in, tokens_out;    /* arrived in the window (prompt: of requests that ended in it) */
    apr_uint64_t completed_inside;   /* ended inside the window */
    bm_load_bins_t in_flight, ttft;  /* over the window; TTFT from S, by S */
    apr_int64_t paused_ns;           /* time of the window in which nothing was sent on demand */
    apr_uint64_t within[BM_LOAD_SLOS_MAX];       /* requests that met each SLO */
    bm_autocorrelation_t within_serial[BM_LOAD_SLOS_MAX];   /* of 1 and 0 */
    int backlogged;                  /* sends had to wait for max_in_flight */
    apr_uint64_t unsent;             /* planned in the window, but there was no room for them until the end */
} bm_load_step_tally_t;

enum { BM_LOAD_SECONDS = 16 };

typedef struct bm_load_tally_t {
    apr_pool_t *p;
    apr_array_header_t *steps;       /* of bm_load_step_tally_t * */
    bm_autocorrelation_t serial[BM_KPI_METRIC_END];   /* of all steps */
    bm_sketch_t *client_lag;         /* ms between the kernel's stamp and ours, of each chunk */
    bm_sketch_t *user_rate;          /* tokens per second as one user sees them */
    apr_uint64_t events, batched, stamped, unstamped;    /* requests with and without kernel stamps */
    apr_uint64_t usage, timings, counted;                /* requests by where their tokens come from */
    apr_uint64_t itl_by_token, itl_by_chunk;             /* requests by what their ITL is counted from */
    apr_uint64_t planned_in[BM_LOAD_SECONDS];    /* requests by planned second, modulo */
    /* of the second under way */
    struct {
        apr_uint64_t completed, failed;
        double tokens;
        bm_sketch_t *ttft, *e2e;
    } second;
} bm_load_tally_t;

bm_load_tally_t *bm_load_tally_make(apr_pool_t *p);

/** Open the next step; its number is its place. */
bm_load_step_tally_t *bm_load_tally_step(bm_load_tally_t *tally, apr_int64_t begin_ns, apr_int64_t window_ns);

/** A request was planned for this second of the load test, and handed over. */
void bm_load_tally_planned(bm_load_tally_t *tally, int step, bm_load_phase_e phase, int second);

/** A request ended. open: figures from the planned time. */
void bm_load_tally_ended(bm_load_tally_t *tally, const bm_load_outcome_t *outcome, int open);

/** How many are under way now, for the slope of the step whose window it is. */
void bm_load_tally_in_flight(bm_load_tally_t *tally, apr_int64_t now_ns, int in_flight);

/** Mean of all values; NaN: none. */
double bm_load_bins_mean(const bm_load_bins_t *bins);

/** The trend per second. @return 0: too few values. */
int bm_load_bins_slope(bm_slope_t *fit, const bm_load_bins_t *bins);

/** What processes use; NaN: not known. */
typedef struct bm_load_use_t {
    double cpu_percent;              /* of one processor */
    double memory_mb;
} bm_load_use_t;

/** Write one second of the series as JSON and begin the next. In p. */
const char *bm_load_tally_second(bm_load_tally_t *tally, int second, int step, const char *phase, int in_flight,
                                 const bm_load_use_t *engine, const bm_load_use_t *target, apr_pool_t *p);

#endif
