/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include "base/rand.h"
#include "kpi/trend.h"

static double g_day[BM_TREND_DAYS_MAX + 1], g_value[BM_TREND_DAYS_MAX + 1];

static bm_trend_t trend_of(int n, double from, double slope, double noise, apr_uint64_t seed)
{
    bm_rand_t rand;
    bm_trend_t trend;

    bm_rand_seed(&rand, seed);
    for (int i = 0; i < n; i++) {
        g_day[i] = 20000 + i;
        g_value[i] = from + slope * i + noise * bm_rand_normal(&rand);
    }
    bm_trend_fit(&trend, g_day, g_value, n, g_pool);
    return trend;
}

BM_TEST(a_clear_rise_is_foretold)
{
    bm_trend_t trend = trend_of(28, 500, 10, 5, 1);
    bm_trend_forecast_t forecast;

    ck_assert(trend.is_fitted && trend.days == 28 && trend.horizon == 7);
    ck_assert_double_eq_tol(trend.line.slope, 10, 1);
    ck_assert_double_eq_tol(trend.level, 770, 5);
    /* Seven days later it is 70 higher, which "same as last" misses and the line does not. */
    ck_assert_double_eq_tol(trend.error_last, 70, 5);
    ck_assert(trend.error_line < 15 && trend.backtests == 28 - 6 - 7);
    bm_trend_forecast(&forecast, &trend, 900, 0);
    ck_assert_int_eq(forecast.status, BM_TREND_SHOWN);
    ck_assert_double_eq_tol(forecast.days, 13, 1.5);
    ck_assert(forecast.earliest < forecast.days && forecast.days < forecast.latest);
    bm_trend_forecast(&forecast, &trend, 700, 0);
    ck_assert_int_eq(forecast.status, BM_TREND_BROKEN);
    bm_trend_forecast(&forecast, &trend, 5000, 0);
    ck_assert_int_eq(forecast.status, BM_TREND_TOO_FAR);
    ck_assert(isnan(forecast.days));
    /* As a rate that must not fall below 400 it moves away. */
    bm_trend_forecast(&forecast, &trend, 400, 1);
    ck_assert_int_eq(forecast.status, BM_TREND_AWAY);
}
END_TEST

BM_TEST(a_falling_rate_breaks_its_least)
{
    bm_trend_t trend = trend_of(40, 99, -0.2, 0.1, 2);
    bm_trend_forecast_t forecast;

    bm_trend_forecast(&forecast, &trend, 90, 1);
    ck_assert_int_eq(forecast.status, BM_TREND_SHOWN);
    ck_assert_double_eq_tol(forecast.days, (99 - 0.2 * 39 - 90) / 0.2, 1);
    ck_assert(forecast.earliest < forecast.days && forecast.days < forecast.latest);
}
END_TEST

/* Of series without a trend nearly none may show one. */
BM_TEST(noise_is_not_foretold)
{
    int shown = 0;

    for (apr_uint64_t seed = 0; seed < 300; seed++) {
        bm_trend_t trend = trend_of(28, 500, 0, 20, seed);
        bm_trend_forecast_t forecast;

        bm_trend_forecast(&forecast, &trend, 520, 0);
        shown += forecast.status == BM_TREND_SHOWN;
        apr_pool_clear(g_pool);
    }
    ck_assert_msg(shown <= 12, "%d of 300", shown);
}
END_TEST

/* It jumped once and stays: a slope is there, but the line foretells worse than the last day. */
BM_TEST(a_step_is_no_trend)
{
    bm_trend_forecast_t forecast;
    bm_rand_t rand;
    bm_trend_t trend;

    bm_rand_seed(&rand, 4);
    for (int i = 0; i < 30; i++) {
        g_day[i] = i;
        g_value[i] = (i < 15 ? 100 : 200) + bm_rand_normal(&rand);
    }
    bm_trend_fit(&trend, g_day, g_value, 30, g_pool);
    bm_trend_forecast(&forecast, &trend, 300, 0);
    ck_assert(forecast.status == BM_TREND_NOT_FORETOLD || forecast.status == BM_TREND_NO_SLOPE);
}
END_TEST

BM_TEST(few_days_and_many)
{
    bm_trend_t trend = trend_of(6, 1, 1, 0, 1);
    bm_trend_forecast_t forecast;

    ck_assert(!trend.is_fitted);
    bm_trend_forecast(&forecast, &trend, 100, 0);
    ck_assert_int_eq(forecast.status, BM_TREND_TOO_SHORT);
    trend = trend_of(9, 1, 1, 0, 1);
    ck_assert(trend.is_fitted && trend.backtests == 1);
    bm_trend_forecast(&forecast, &trend, 100, 0);
    ck_assert_int_eq(forecast.status, BM_TREND_TOO_SHORT);
    trend = trend_of(0, 1, 1, 0, 1);
    ck_assert(!trend.is_fitted && isnan(trend.error_line));
    trend = trend_of(BM_TREND_DAYS_MAX, 1, 1, 0.1, 1);
    ck_assert(trend.is_fitted);
}
END_TEST

/* The flat end of an interval may be next to nothing: no date then, rather than one that no calendar has. */
BM_TEST(what_is_as_good_as_never_has_no_day)
{
    bm_trend_t trend = { .days = 30, .is_fitted = 1, .backtests = 10, .error_line = 1, .error_last = 2,
                         .line = { .slope = 1, .low = 1e-300, .high = 2 } };
    bm_trend_forecast_t forecast;

    bm_trend_forecast(&forecast, &trend, 10, 0);
    ck_assert_int_eq(forecast.status, BM_TREND_SHOWN);
    ck_assert(forecast.days == 10 && forecast.earliest == 5 && isinf(forecast.latest));
    trend.line.low = 0.001;
    bm_trend_forecast(&forecast, &trend, 10, 0);
    ck_assert_double_eq_tol(forecast.latest, 10000, 1e-6);
}
END_TEST

/* Days without figures: the horizon counts days, not points. */
BM_TEST(gaps_count_as_days)
{
    bm_trend_t trend;

    for (int i = 0; i < 20; i++) {
        g_day[i] = 3 * i;
        g_value[i] = 6 * i;
    }
    bm_trend_fit(&trend, g_day, g_value, 20, g_pool);
    ck_assert_double_eq_tol(trend.line.slope, 2, 1e-9);
    ck_assert_int_eq(trend.horizon, 5);
    ck_assert_double_eq_tol(trend.error_last, 12, 1e-9);      /* two points of three days are the first behind five */
    ck_assert_double_eq_tol(trend.error_line, 0, 1e-9);
}
END_TEST

#include "test_trend.reg"
