/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_slo.h: whether some runs keep an SLO, how sure that is, and what is left of its error budget (docs/slos.md).
 *
 * Every SLO says that at least a share `target` of the attempts is to be within a limit, so all are judged alike. A quantile of q
 * at most max is the same as a share of q within max. Attempts are those of kpi/kpi_good.h: what failed is beyond every limit.
 * Of a pooled metric the values take the place of runs, and a failed run counts as one value.
 *
 *   attainment = within / attempted                  with its 95 % Wilson interval
 *   not met    P(B >= bad) <= 1 % if B is binomial (attempted, 1 - target): so many bad ones are not chance
 *   too few    else, if so many samples cannot certify quantile `target` (stat/certified_tail.h)
 *   met        else, if attainment >= target, or if it is of a quantile and that is at most max; not met otherwise
 *   budget     (1 - target) attempted may be bad; left = 1 - bad / budget
 *   burn rate  (bad / attempted) / (1 - target): 1 uses the budget up in exactly the window of the SLO
 *              (B. Beyer et al., "The Site Reliability Workbook" (2018), chapter 5)
 *
 * Independent attempts are assumed. Thread: no state; a cell belongs to one thread at a time. */
#ifndef BM_KPI_SLO_H
#define BM_KPI_SLO_H

#include "base/json.h"
#include "kpi/kpi_cell.h"
#include "model/slo_model.h"

typedef enum bm_kpi_slo_of_e {
    BM_KPI_SLO_OF_METRIC = 0,      /* a run is within if its value is at most `max` */
    BM_KPI_SLO_OF_SUCCESS,         /* if it completed */
    BM_KPI_SLO_OF_GOOD             /* if it is good */
} bm_kpi_slo_of_e;

typedef struct bm_kpi_slo_t {
    const char *name;              /* NULL: none */
    const char *metric_name;       /* "ttft_ms", "success_rate" ... */
    bm_kpi_slo_of_e of;
    bm_kpi_metric_e metric;        /* BM_KPI_SLO_OF_METRIC only, as are the next two */
    double max;                    /* ms */
    int by_quantile;               /* written with `quantile`, not with `attainment` */
    double target;                 /* share of the attempts, above 0, below 1 */
    const char *window;            /* "28d" */
    int window_hours;
} bm_kpi_slo_t;

typedef enum bm_kpi_slo_status_e {
    BM_KPI_SLO_MET = 0,
    BM_KPI_SLO_NOT_MET,
    BM_KPI_SLO_TOO_FEW
} bm_kpi_slo_status_e;

typedef struct bm_kpi_slo_figures_t {
    bm_kpi_slo_status_e status;
    apr_uint64_t attempted, within;
    double attainment;             /* 0 to 1; NaN: no attempts, likewise the next four */
    double low, high;              /* its 95 % interval */
    double budget;                 /* attempts that may be bad */
    double budget_left;            /* part of it, 1 to minus infinity */
    double value;                  /* of a latency the quantile `target` over all attempts; NaN: among those that failed */
    double value_low, value_high;  /* its 95 % interval by order statistics; NaN: a rank leaves the sample */
} bm_kpi_slo_figures_t;

/** "met", "not_met", "too_few_samples". */
const char *bm_kpi_slo_status_name(bm_kpi_slo_status_e status);

/** Read the checked `slos` of a scenario (NULL: none), with the defaults of what is absent; texts live as long as p.
 *  @return how many, at most BM_SLOS_MAX; what is none is left out. */
int bm_kpi_slos_read(bm_kpi_slo_t slos[BM_SLOS_MAX], const json_t *json, apr_pool_t *p);

/** Judge the runs of a cell. */
void bm_kpi_slo_judge(bm_kpi_slo_figures_t *figures, const bm_kpi_slo_t *slo, const bm_kpi_cell_t *cell);

/** Burn rate of figures. NaN: no attempts. */
double bm_kpi_slo_burn_rate(const bm_kpi_slo_figures_t *figures, const bm_kpi_slo_t *slo);

/** Whether one completed run keeps every limit that these SLOs set for a single run. */
int bm_kpi_slos_within(const bm_kpi_slo_t *slos, int n, const bm_kpi_sample_t *sample);

#endif
