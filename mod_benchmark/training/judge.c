/* SPDX-License-Identifier: Apache-2.0 */
#include "training/judge.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "base/timefmt.h"
#include "stat/wilson.h"
#include "training/problem_private.h"
#include "training/response.h"

/* What a judgement is made of, as it is made. */
typedef struct judging_t {
    const bm_problem_t *problem;
    const json_t *results;
    json_t *checks;
    int missed, unclear;
    apr_pool_t *p;
} judging_t;

typedef enum met_e { MISSED, MET, UNCLEAR } met_e;

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *pair_or_null(double low, double high)
{
    return isfinite(low) && isfinite(high) ? json_pack("[f,f]", low, high) : json_null();
}

static void add_check(judging_t *j, const char *name, double expected, double measured, double low, double high, met_e met,
                      const char *why)
{
    json_array_append_new(j->checks, json_pack("{s:s,s:f,s:o,s:o,s:o,s:s}", "name", name, "expected", expected, "measured",
                                               real_or_null(measured), "interval", pair_or_null(low, high), "met",
                                               met == UNCLEAR ? json_null() : json_boolean(met == MET), "why", why));
    j->missed += met == MISSED;
    j->unclear += met == UNCLEAR;
}

/* Judge a figure that is to be at least (or at most) something by where its interval lies; no interval: by itself. */
static void check_bound(judging_t *j, const char *name, int at_least, double measured, double low, double high)
{
    const json_t *wanted = json_object_get(j->problem->expected, name);
    double bound = json_number_value(wanted);
    int above, below;

    if (!json_is_number(wanted))
        return;
    if (!isfinite(measured)) {
        add_check(j, name, bound, NAN, NAN, NAN, UNCLEAR, "There is no such figure.");
        return;
    }
    if (!isfinite(low) || !isfinite(high))
        low = high = NAN;
    above = (isfinite(low) ? low : measured) >= bound;
    below = (isfinite(high) ? high : measured) <= bound;
    if (at_least)
        below = below && measured < bound;
    else
        above = above && measured > bound;
    if (above == below)
        add_check(j, name, bound, measured, low, high, UNCLEAR,
                  "Its interval holds what was expected: too few requests to tell.");
    else
        add_check(j, name, bound, measured, low, high, above == at_least ? MET : MISSED,
                  isfinite(low) ? "By its 95 % interval." : "By the figure itself.");
}

/* Of `part` of `all`, as a share with its Wilson interval. */
static void check_share(judging_t *j, const char *name, int at_least, double part, double all)
{
    double low = NAN, high = NAN;

    if (!(all >= 1) || !(part >= 0) || part > all) {
        check_bound(j, name, at_least, NAN, NAN, NAN);
        return;
    }
    (void)bm_wilson_interval(&low, &high, (apr_uint64_t)part, (apr_uint64_t)all, BM_WILSON_Z95);
    check_bound(j, name, at_least, part / all, low, high);
}

/* --- the checks */

static double injected(const json_t *results)
{
    const json_t *errors = json_object_get(results, "errors");

    return bm_problem_number(errors, "injected_abort") + bm_problem_number(errors, "injected_timeout")
        + bm_problem_number(errors, "injected_dead");
}

/* p95 by its order-statistic interval; of too few requests for that, by the share that was within. */
static void check_response_time(judging_t *j, const bm_response_t *r)
{
    const json_t *metric = json_object_get(json_object_get(j->results, "metrics"), "total_ms");
    const json_t *pair = json_object_get(json_object_get(metric, "intervals"), "p95");
    double bound = bm_problem_number(j->problem->expected, "max_response_time_ms"), low = 0, high = 1;
    double p95 = bm_response_figure(metric, "p95"), good = bm_response_figure(json_object_get(j->results, "goodput"), "good");

    if (json_array_size(pair) == 2 && json_is_number(json_array_get(pair, 0)) && json_is_number(json_array_get(pair, 1))) {
        check_bound(j, "max_response_time_ms", 0, p95, json_number_value(json_array_get(pair, 0)),
                    json_number_value(json_array_get(pair, 1)));
        return;
    }
    if (!isfinite(p95) || !(good >= 0) || !(r->completed >= good) || r->completed < 1) {
        check_bound(j, "max_response_time_ms", 0, NAN, NAN, NAN);
        return;
    }
    (void)bm_wilson_interval(&low, &high, (apr_uint64_t)good, (apr_uint64_t)r->completed, BM_WILSON_Z95);
    add_check(j, "max_response_time_ms", bound, p95, NAN, NAN, low >= 0.95 ? MET : high < 0.95 ? MISSED : UNCLEAR,
              "By the share of the answers within it.");
}

/* Fewer arrivals than planned, by chance, are not the target's fault: what is expected falls with what was offered. */
static void check_throughput(judging_t *j, const bm_response_t *r)
{
    double bound = bm_problem_number(j->problem->expected, "min_throughput");
    double rate = bm_problem_number(j->problem->parameters, "rate");
    double scale = rate > 0 && isfinite(r->offered) ? fmin(1, r->offered / rate) : 1;

    if (!json_is_number(json_object_get(j->problem->expected, "min_throughput")))
        return;
    if (!isfinite(r->inside_rate))
        add_check(j, "min_throughput", bound * scale, NAN, NAN, NAN, UNCLEAR, "There is no such figure.");
    else
        add_check(j, "min_throughput", bound * scale, r->inside_rate, NAN, NAN, r->inside_rate >= bound * scale ? MET : MISSED,
                  scale < 1 ? "By the figure itself, for what was offered." : "By the figure itself.");
}

static void check_type(judging_t *j)
{
    const json_t *faults = json_object_get(j->results, "faults");
    const json_t *starved = json_object_get(json_object_get(j->results, "classes"), "starved");
    double ours = bm_problem_number(faults, "aborted") + bm_problem_number(faults, "timed_out")
        + bm_problem_number(faults, "dead");
    double recovered = bm_response_figure(faults, "recovered");

    check_bound(j, "max_imbalance", 0, bm_response_figure(json_object_get(j->results, "endpoints"), "imbalance"), NAN, NAN);
    check_bound(j, "max_starved", 0, json_is_array(starved) ? (double)json_array_size(starved) : NAN, NAN, NAN);
    /* Of the attempts that we broke: a request that was broken twice and completed counts once above and twice below. */
    check_share(j, "min_recovered_rate", 1, recovered, faults != NULL ? ours : NAN);
    check_bound(j, "min_hit_rate", 1, bm_response_figure(json_object_get(j->results, "cache"), "hit_rate"), NAN, NAN);
}

static void check_all(judging_t *j, const bm_response_t *r)
{
    check_share(j, "min_success_rate", 1, r->completed, r->attempted);
    check_response_time(j, r);
    check_share(j, "max_error_rate", 0, fmax(0, r->failed - injected(j->results)), r->attempted);
    check_throughput(j, r);
    check_type(j);
}

/* --- in words */

static json_t *errors_of(const json_t *response, const json_t *results, apr_pool_t *p)
{
    json_t *list = bm_json_adopt(json_array(), p), *errors = json_object_get(results, "errors"), *value;
    const json_t *reasons = json_object_get(json_object_get(response, "validity"), "reasons");
    const char *name, *error = json_string_value(json_object_get(response, "error"));
    size_t i;

    if (error != NULL)
        json_array_append_new(list, json_string(error));
    json_object_foreach(errors, name, value)
        if (json_is_integer(value) && json_integer_value(value) > 0)
            json_array_append_new(list, json_string(apr_psprintf(p, "%" APR_INT64_T_FMT " requests failed: %s.",
                                                                 (apr_int64_t)json_integer_value(value), name)));
    for (i = 0; i < json_array_size(reasons); i++)
        if (json_is_string(json_array_get(reasons, i)))
            json_array_append(list, json_array_get(reasons, i));
    if (results == NULL)
        json_array_append_new(list, json_string("The load test has no results."));
    return list;
}

static const char *and_more(const char *text, const char *more, const char *between, apr_pool_t *p)
{
    return text == NULL ? more : apr_pstrcat(p, text, between, more, NULL);
}

/* One that was missed, with its figures: "max_response_time_ms (at most 2000, was 3100)". */
static const char *missed_in_words(const json_t *check, const char *name, apr_pool_t *p)
{
    return apr_psprintf(p, "%s (%s %s, was %s)", name, strncmp(name, "max_", 4) == 0 ? "at most" : "at least",
                        bm_text_number(bm_problem_number(check, "expected"), 4, p),
                        bm_text_number(bm_problem_number(check, "measured"), 4, p));
}

/* The checks that are missed, or neither met nor missed; NULL: none is. unclear: with the reason of each. */
static const char *names_of(const json_t *checks, met_e met, apr_pool_t *p)
{
    const char *names = NULL;
    size_t i;

    for (i = 0; i < json_array_size(checks); i++) {
        const json_t *check = json_array_get(checks, i), *is = json_object_get(check, "met");
        const char *name = json_string_value(json_object_get(check, "name"));

        if ((met == UNCLEAR && json_is_null(is)) || (met == MISSED && json_is_false(is)))
            names = and_more(names, met == MISSED ? missed_in_words(check, name, p) : apr_pstrcat(p, name, " (",
                json_string_value(json_object_get(check, "why")), ")", NULL), ", ", p);
    }
    return names;
}

static const char *reasons_of(const json_t *response, apr_pool_t *p)
{
    const json_t *reasons = json_object_get(json_object_get(response, "validity"), "reasons");
    const char *all = NULL;
    size_t i;

    for (i = 0; i < json_array_size(reasons); i++)
        if (json_is_string(json_array_get(reasons, i)))
            all = and_more(all, json_string_value(json_array_get(reasons, i)), " ", p);
    return all != NULL ? all : "It does not say why.";
}

static const char *verdict_of(const judging_t *j, const bm_response_t *r, const json_t *response)
{
    const char *error = json_string_value(json_object_get(response, "error")), *names;

    if (r->validity == BM_RESPONSE_MISSING)
        return apr_pstrcat(j->p, "Not judged: the load test has no results.", error != NULL ? " " : NULL, error, NULL);
    if (r->validity == BM_RESPONSE_INVALID)
        return apr_pstrcat(j->p, "Not judged: the load test is not valid, so its figures are not the target's. ",
                           reasons_of(response, j->p), NULL);
    if (r->validity == BM_RESPONSE_LATE)
        return apr_psprintf(j->p, "Not judged: the load test is not valid. %s That is %.1f %% of the mean response time, so a"
                            " capacity can still be told by it.", reasons_of(response, j->p), 100 * r->lag_ms / r->mean_ms);
    if (j->missed > 0)
        return apr_pstrcat(j->p, "Missed: ", names_of(j->checks, MISSED, j->p), ".", NULL);
    names = names_of(j->checks, UNCLEAR, j->p);
    if (names != NULL)
        return apr_pstrcat(j->p, "Not clear: ", names, NULL);
    return json_array_size(j->checks) > 0 ? "Met: all that was expected." : "Not judged: nothing was expected.";
}

static double seconds_of(const json_t *response, const json_t *results)
{
    const char *from = json_string_value(json_object_get(response, "started_at"));
    const char *to = json_string_value(json_object_get(response, "finished_at"));
    apr_time_t begin, end;

    if (from != NULL && to != NULL && bm_timefmt_parse(&begin, from) == APR_SUCCESS && bm_timefmt_parse(&end, to) == APR_SUCCESS
        && end >= begin)
        return (double)(end - begin) / 1e6;
    return bm_response_figure(results, "window_seconds");
}

json_t *bm_judge(const bm_problem_t *problem, const json_t *response, apr_pool_t *p)
{
    judging_t j = { problem, NULL, NULL, 0, 0, p };
    double low = NAN, high = NAN, rate = NAN;
    bm_response_t r;
    json_t *success;

    bm_response_read(&r, response);
    j.results = json_is_object(json_object_get(response, "results")) ? json_object_get(response, "results") : NULL;
    j.checks = json_array();
    check_all(&j, &r);
    if (r.attempted >= 1 && r.good >= 0 && r.good <= r.attempted) {
        rate = r.good / r.attempted;
        (void)bm_wilson_interval(&low, &high, (apr_uint64_t)r.good, (apr_uint64_t)r.attempted, BM_WILSON_Z95);
    }
    if (r.validity == BM_RESPONSE_LATE || r.validity == BM_RESPONSE_INVALID || r.validity == BM_RESPONSE_MISSING)
        success = json_null();
    else
        success = j.missed > 0 ? json_false() : j.unclear > 0 || json_array_size(j.checks) == 0 ? json_null() : json_true();
    return bm_json_adopt(json_pack("{s:o,s:o,s:o,s:o,s:O,s:O,s:s,s:o}", "success", success, "success_rate", real_or_null(rate),
                                   "interval", pair_or_null(low, high), "checks", j.checks, "errors",
                                   errors_of(response, j.results, p), "recommendations",
                                   bm_response_advice(problem, &r, j.results, p), "verdict", verdict_of(&j, &r, response),
                                   "execution_time",
                                   real_or_null(seconds_of(response, j.results))), p);
}
