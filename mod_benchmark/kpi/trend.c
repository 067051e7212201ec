/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/trend.h"

#include <math.h>
#include <string.h>
#include "stat/wilson.h"

#define Z BM_WILSON_Z95
#define HORIZON_MAX 7
#define FAR 36525                 /* days: a hundred years are as good as never */

/* The first day that is at least so many days behind day i; n: there is none. */
static int later(const double *day, int n, int i, int horizon)
{
    int k = i + 1;

    while (k < n && day[k] < day[i] + horizon)
        k++;
    return k;
}

static void backtest(bm_trend_t *trend, const double *day, const double *value, int n, apr_pool_t *ptemp)
{
    double line = 0, last = 0;
    int i, k;

    for (i = BM_TREND_DAYS_LEAST - 1; i < n; i++) {
        bm_theil_sen_t fit;
        apr_pool_t *p;

        k = later(day, n, i, trend->horizon);
        if (k == n)
            break;
        apr_pool_create(&p, ptemp);
        if (bm_theil_sen_fit(&fit, day, value, (apr_size_t)i + 1, Z, 0, p)) {
            line += fabs(fit.intercept + fit.slope * day[k] - value[k]);
            last += fabs(value[i] - value[k]);
            trend->backtests++;
        }
        apr_pool_destroy(p);
    }
    trend->error_line = trend->backtests > 0 ? line / trend->backtests : NAN;
    trend->error_last = trend->backtests > 0 ? last / trend->backtests : NAN;
}

void bm_trend_fit(bm_trend_t *trend, const double *day, const double *value, int n, apr_pool_t *ptemp)
{
    memset(trend, 0, sizeof(*trend));
    trend->days = n;
    trend->error_line = trend->error_last = NAN;
    if (n < BM_TREND_DAYS_LEAST || n > BM_TREND_DAYS_MAX)
        return;
    trend->is_fitted = bm_theil_sen_fit(&trend->line, day, value, (apr_size_t)n, Z, 1, ptemp);
    if (!trend->is_fitted)
        return;
    trend->last_day = day[n - 1];
    trend->level = trend->line.intercept + trend->line.slope * trend->last_day;
    trend->horizon = n / 4 < 1 ? 1 : n / 4 > HORIZON_MAX ? HORIZON_MAX : n / 4;
    backtest(trend, day, value, n, ptemp);
}

void bm_trend_forecast(bm_trend_forecast_t *forecast, const bm_trend_t *trend, double limit, int is_least)
{
    const bm_theil_sen_t *line = &trend->line;
    double sign = is_least ? -1 : 1, gap = sign * (limit - trend->level), steep, flat;

    *forecast = (bm_trend_forecast_t){ .days = NAN, .earliest = NAN, .latest = NAN };
    if (!trend->is_fitted || trend->backtests < BM_TREND_BACKTEST_LEAST) {
        forecast->status = BM_TREND_TOO_SHORT;
        return;
    }
    if (gap < 0) {
        forecast->status = BM_TREND_BROKEN;
        return;
    }
    steep = is_least ? -line->low : line->high;
    flat = is_least ? -line->high : line->low;
    if (steep < 0)
        forecast->status = BM_TREND_AWAY;
    else if (flat <= 0 || !isfinite(flat) || !isfinite(steep))
        forecast->status = BM_TREND_NO_SLOPE;
    else if (trend->error_line >= trend->error_last)
        forecast->status = BM_TREND_NOT_FORETOLD;
    else if (gap / (sign * line->slope) > trend->days)
        forecast->status = BM_TREND_TOO_FAR;
    else {
        forecast->status = BM_TREND_SHOWN;
        forecast->days = gap / (sign * line->slope);
        forecast->earliest = gap / steep;
        forecast->latest = gap / flat <= FAR ? gap / flat : INFINITY;
    }
}

const char *bm_trend_break_name(bm_trend_break_e status)
{
    static const char *const names[] = { "shown", "already_broken", "too_few_days", "no_slope", "moving_away", "not_foretold",
                                         "too_far" };

    return names[status];
}
