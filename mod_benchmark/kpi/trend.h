/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/trend.h: where a daily figure is going, and when it will break a limit if it goes on like that.
 *
 * The line is Theil-Sen's (stat/theil_sen.h), which single odd days do not bend, with an interval that allows for days resembling
 * the day before. A forecast is worth something only if lines have foretold this very series better than "same as last": so
 * each day in the past is taken as the last one known, the line up to it is drawn to `horizon` days later, and the mean absolute
 * errors of both are compared (rolling origin; L. J. Tashman, International Journal of Forecasting 16 (2000) 437-450).
 *
 * Thread: no state. */
#ifndef BM_KPI_TREND_H
#define BM_KPI_TREND_H

#include "stat/theil_sen.h"

/** Most days, and fewest that a line is drawn through. */
#define BM_TREND_DAYS_MAX 180
#define BM_TREND_DAYS_LEAST 7
/** Fewest forecasts of the past that say something about those of the future. */
#define BM_TREND_BACKTEST_LEAST 5

typedef struct bm_trend_t {
    int days;                    /* that were fitted */
    int is_fitted;               /* else the rest is 0 */
    bm_theil_sen_t line;         /* over the day's number */
    double last_day, level;      /* last day fitted, and the line there */
    int horizon;                 /* days ahead in the backtest */
    int backtests;               /* forecasts made */
    double error_line, error_last;    /* mean absolute errors; NaN: no backtests */
} bm_trend_t;

typedef enum bm_trend_break_e {
    BM_TREND_SHOWN,              /* the days tell when */
    BM_TREND_BROKEN,             /* the line is beyond the limit already */
    BM_TREND_TOO_SHORT,          /* too few days */
    BM_TREND_NO_SLOPE,           /* the interval of the slope holds 0 */
    BM_TREND_AWAY,               /* it moves away from the limit */
    BM_TREND_NOT_FORETOLD,       /* "same as last" foretold the past as well or better */
    BM_TREND_TOO_FAR             /* not within as many days as were looked at */
} bm_trend_break_e;

/** When the line reaches a limit, in days after last_day. NaN: does not. */
typedef struct bm_trend_forecast_t {
    bm_trend_break_e status;
    double days, earliest, latest;     /* by the slope, and by the ends of its interval; latest INFINITY: in over 100 years */
} bm_trend_forecast_t;

/** Fit n values over their days, ascending, at most BM_TREND_DAYS_MAX. ptemp: scratch. */
void bm_trend_fit(bm_trend_t *trend, const double *day, const double *value, int n, apr_pool_t *ptemp);

/** When the line breaks limit: by exceeding it, or by falling below it if is_least. */
void bm_trend_forecast(bm_trend_forecast_t *forecast, const bm_trend_t *trend, double limit, int is_least);

/** "shown", "already_broken", "too_few_days" ... */
const char *bm_trend_break_name(bm_trend_break_e status);

#endif
