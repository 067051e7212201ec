/* SPDX-License-Identifier: Apache-2.0
 *
 * problem_bind.c: a problem under the administrator's limits, and what is expected of it. */
#include <math.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "base/text.h"
#include "training/problem_private.h"

/* Of load-test plans (model/loadtest_model.c). */
#define RATE_MAX 50000.0
#define RATE_MIN 0.001
#define SECONDS_MAX 86400.0
#define THINK_MAX_MS 3600000.0
#define REQUESTS_MAX 10000000.0
enum { CONCURRENCY_MAX = 20000 };

/* Share of a request's memory that a prompt and an answer take (docs/load-tests.md: prompts are held several times). */
#define BYTES_A_TOKEN 8.0
#define COPIES_OF_A_PROMPT 4.0
#define BYTES_A_REQUEST 65536.0

/* Expectations, by difficulty. */
static const double successes[BM_PROBLEM_DIFFICULTIES] = { 0.99, 0.97, 0.95, 0.9 };
static const double faulted[BM_PROBLEM_DIFFICULTIES] = { 0.97, 0.95, 0.9, 0.8 };
static const double slower[BM_PROBLEM_DIFFICULTIES] = { 3, 4, 5, 8 };
static const double responses_ms[BM_PROBLEM_DIFFICULTIES] = { 2000, 4000, 8000, 15000 };

static void put(json_t *object, const char *name, double value)
{
    json_object_set_new(object, name, json_real(value));
}

static double least(double value, double limit)
{
    return limit > 0 && limit < value ? limit : value;
}

/* Downwards, so that rounding never breaks a limit. */
static double thousandths(double value)
{
    return fmax(RATE_MIN, floor(value * 1000 + 1e-6) / 1000);
}

const char *bm_problem_users_name(bm_problem_type_e type)
{
    return type == BM_PROBLEM_DATA_PROCESSING ? "workers" : type == BM_PROBLEM_CONCURRENT_REQUESTS ? "users" : NULL;
}

double bm_problem_sends(const bm_problem_t *problem)
{
    if (problem->type != BM_PROBLEM_FAULT_TOLERANCE)
        return 1;
    return (1 + bm_problem_number(problem->parameters, "copies")) * fmax(1, bm_problem_number(problem->parameters, "attempts"));
}

static double concurrency_limit(const bm_problem_limits_t *limits)
{
    return least(CONCURRENCY_MAX, limits->max_concurrency);
}

int bm_problem_in_flight(const bm_problem_t *problem, const bm_problem_limits_t *limits)
{
    double copies = problem->type == BM_PROBLEM_FAULT_TOLERANCE ? bm_problem_number(problem->parameters, "copies") : 0;
    double most = limits->max_concurrency > 0 ? floor(concurrency_limit(limits) / (1 + copies)) : 0;

    if (problem->type == BM_PROBLEM_MEMORY_OPTIMIZATION) {
        double tokens = COPIES_OF_A_PROMPT * bm_problem_number(problem->parameters, "input_tokens")
            + bm_problem_number(problem->parameters, "output_tokens");
        double bytes = BYTES_A_REQUEST + BYTES_A_TOKEN * tokens;
        double held = floor(1048576 * bm_problem_number(problem->parameters, "memory_mb") / bytes);

        most = fmin(CONCURRENCY_MAX, most > 0 ? fmin(most, held) : held);
        most = fmax(1, most);
    }
    return (int)most;
}

/* Most requests that may be sent in so many seconds; infinite: as many as there is time for. */
static double requests_limit(const bm_problem_limits_t *limits, double seconds)
{
    double most = limits->max_rate > 0 ? limits->max_rate * seconds : INFINITY;

    return limits->max_requests > 0 ? fmin(most, (double)limits->max_requests) : most;
}

double bm_problem_think_ms(const bm_problem_t *problem, const bm_problem_limits_t *limits)
{
    const char *name = bm_problem_users_name(problem->type);
    double seconds = bm_problem_number(problem->parameters, "duration_seconds"), left;
    double users = name != NULL ? bm_problem_number(problem->parameters, name) : 0;

    left = requests_limit(limits, seconds) - users;
    if (!isfinite(left))
        return 0;
    /* Each user sends at once, and again after a pause: users + users * seconds / pause in all. */
    return fmin(THINK_MAX_MS, left > 0 ? ceil(1000 * users * seconds / left) : 1000 * seconds + 1000);
}

static void bind_open(bm_problem_t *problem, const bm_problem_limits_t *limits)
{
    double sends = bm_problem_sends(problem), seconds = bm_problem_number(problem->parameters, "duration_seconds");
    double rate = least(fmin(RATE_MAX, bm_problem_number(problem->parameters, "rate")), limits->max_rate / sends);
    double most = least(REQUESTS_MAX, (double)limits->max_requests) / sends;

    rate = thousandths(rate);
    if (rate * seconds > most)
        seconds = fmax(1, floor(1000 * most / rate) / 1000);
    if (rate * seconds > most)
        rate = thousandths(most / seconds);
    put(problem->parameters, "rate", rate);
    put(problem->parameters, "duration_seconds", seconds);
}

static void bind_closed(bm_problem_t *problem, const bm_problem_limits_t *limits)
{
    const char *name = bm_problem_users_name(problem->type);
    double seconds = bm_problem_number(problem->parameters, "duration_seconds");
    double users = fmin(concurrency_limit(limits), bm_problem_number(problem->parameters, name));

    users = fmax(1, floor(fmin(users, requests_limit(limits, seconds) / 2)));
    json_object_set_new(problem->parameters, name, json_integer((json_int_t)users));
}

void bm_problem_bind(bm_problem_t *problem, const bm_problem_limits_t *limits)
{
    double seconds = least(fmin(SECONDS_MAX, bm_problem_number(problem->parameters, "duration_seconds")), limits->max_seconds);

    put(problem->parameters, "duration_seconds", fmax(1, floor(seconds * 1000) / 1000));
    if (problem->type == BM_PROBLEM_RESOURCE_ALLOCATION)
        json_object_set_new(problem->parameters, "budget",
                            json_integer((json_int_t)fmin(concurrency_limit(limits),
                                                          fmax(1, bm_problem_number(problem->parameters, "budget")))));
    if (problem->type == BM_PROBLEM_FAULT_TOLERANCE)
        json_object_set_new(problem->parameters, "copies",
                            json_integer(limits->no_copies ? 0 : (json_int_t)fmin(
                                bm_problem_number(problem->parameters, "copies"), concurrency_limit(limits) - 1)));
    if (bm_problem_type_has_rate(problem->type))
        bind_open(problem, limits);
    else
        bind_closed(problem, limits);
}

/* --- what is expected */

/* Nine tenths of what was asked for, less what is still under way at the end, at the success that is wanted. */
void bm_problem_expect_throughput(bm_problem_t *problem)
{
    const char *users = bm_problem_users_name(problem->type);
    double seconds = bm_problem_number(problem->parameters, "duration_seconds");
    double response = bm_problem_number(problem->expected, "max_response_time_ms") / 1000;
    double rate = users == NULL ? bm_problem_number(problem->parameters, "rate")
                                : bm_problem_number(problem->parameters, users) / fmax(response, 0.001);
    double share = users == NULL ? fmax(0.1, 1 - response / seconds) : 0.5;

    put(problem->expected, "min_throughput",
        floor(900 * rate * share * bm_problem_number(problem->expected, "min_success_rate")) / 1000);
}

void bm_problem_expect(bm_problem_t *problem, double base_ms, apr_pool_t *p)
{
    bm_difficulty_e level = problem->difficulty;
    double success = problem->type == BM_PROBLEM_FAULT_TOLERANCE ? faulted[level] : successes[level];
    double response = base_ms > 0 ? slower[level] * base_ms : responses_ms[level];

    response += 2 * bm_problem_number(problem->perturbations, "delay_ms");
    response += 2 * bm_problem_number(problem->perturbations, "jitter_ms");
    if (base_ms <= 0 && problem->type == BM_PROBLEM_MEMORY_OPTIMIZATION)
        response *= 4;
    problem->expected = bm_json_adopt(json_object(), p);
    put(problem->expected, "min_success_rate", success);
    put(problem->expected, "max_response_time_ms", fmin(3600000, fmax(1, floor(response + 0.5))));
    put(problem->expected, "max_error_rate", floor((1 - success) * 1000 + 0.5) / 1000);
    put(problem->expected, "min_throughput", 0);
    if (problem->type == BM_PROBLEM_LOAD_BALANCING && json_array_size(json_object_get(problem->parameters, "endpoints")) > 1)
        put(problem->expected, "max_imbalance", 1.5);
    if (problem->type == BM_PROBLEM_RESOURCE_ALLOCATION)
        json_object_set_new(problem->expected, "max_starved", json_integer(0));
    if (problem->type == BM_PROBLEM_FAULT_TOLERANCE)
        put(problem->expected, "min_recovered_rate", 0.9);
    if (problem->type == BM_PROBLEM_CACHE_EFFICIENCY)
        put(problem->expected, "min_hit_rate", 0.2);
    bm_problem_expect_throughput(problem);
}

/* --- in words */

static const char *text_of(const bm_problem_t *problem, const char *name)
{
    const char *text = json_string_value(json_object_get(problem->parameters, name));

    return text != NULL ? text : "?";
}

static const char *in_words(const bm_problem_t *problem, apr_pool_t *p)
{
    const json_t *in = problem->parameters, *by = problem->perturbations;
    int endpoints = (int)json_array_size(json_object_get(in, "endpoints"));

    switch (problem->type) {
    case BM_PROBLEM_LOAD_BALANCING:
        return endpoints == 0 ? " to one endpoint" : apr_psprintf(p, " over %d endpoint%s by %s", endpoints,
                                                                  endpoints == 1 ? "" : "s", text_of(problem, "strategy"));
    case BM_PROBLEM_RESOURCE_ALLOCATION:
        return apr_psprintf(p, " of %d classes, at most %.0f under way, shared out by policy %s",
                            (int)json_array_size(json_object_get(in, "classes")), bm_problem_number(in, "budget"),
                            text_of(problem, "policy"));
    case BM_PROBLEM_FAULT_TOLERANCE:
        return apr_psprintf(p, ", of which we break %.1f %%, with %.0f attempts and %.0f hedges",
                            100 * (bm_problem_number(by, "abort_rate") + bm_problem_number(by, "timeout_rate")
                                   + bm_problem_number(by, "dead_rate")),
                            bm_problem_number(in, "attempts"), bm_problem_number(in, "copies"));
    case BM_PROBLEM_DATA_PROCESSING:
        return apr_psprintf(p, " with prompts of %.0f to %.0f tokens", bm_problem_number(in, "input_tokens_min"),
                            bm_problem_number(in, "input_tokens_max"));
    case BM_PROBLEM_CONCURRENT_REQUESTS:
        return apr_psprintf(p, " with a time-out of %.0f ms", bm_problem_number(in, "timeout_ms"));
    case BM_PROBLEM_NETWORK_LATENCY:
        return apr_psprintf(p, " behind %.1f ms of delay, %.1f ms of jitter and %.1f %% of loss",
                            bm_problem_number(by, "delay_ms"), bm_problem_number(by, "jitter_ms"),
                            100 * bm_problem_number(by, "loss_rate"));
    case BM_PROBLEM_MEMORY_OPTIMIZATION:
        return apr_psprintf(p, " of %.0f tokens in and %.0f out within %.0f MiB of ours", bm_problem_number(in, "input_tokens"),
                            bm_problem_number(in, "output_tokens"), bm_problem_number(in, "memory_mb"));
    case BM_PROBLEM_CACHE_EFFICIENCY:
        return apr_psprintf(p, " of %.0f prompts that repeat by Zipf's law (%.2f)", bm_problem_number(in, "entries"),
                            bm_problem_number(in, "zipf"));
    }
    return "";
}

void bm_problem_describe(bm_problem_t *problem, apr_pool_t *p)
{
    const char *users = bm_problem_users_name(problem->type), *load;
    apr_uint64_t mixed = bm_rand_mix(bm_rand_mix(problem->seed) + (apr_uint64_t)problem->type * BM_PROBLEM_DIFFICULTIES
                                     + problem->difficulty);

    load = users != NULL ? apr_psprintf(p, "%.0f %s at once", bm_problem_number(problem->parameters, users), users)
                         : apr_psprintf(p, "%.1f requests a second", bm_problem_number(problem->parameters, "rate"));
    problem->description = apr_psprintf(p, "%s for %.1f s%s.", load, bm_problem_number(problem->parameters, "duration_seconds"),
                                        in_words(problem, p));
    problem->key = apr_psprintf(p, "%s_%08x", bm_problem_type_name(problem->type), (unsigned)(mixed >> 32));
}

bm_problem_t *bm_problem_at_rate(const bm_problem_t *problem, double rate, double seconds, const bm_problem_limits_t *limits,
                                 apr_pool_t *p)
{
    bm_problem_t *at = apr_pmemdup(p, problem, sizeof(*problem));

    if (!bm_problem_type_has_rate(problem->type) || !(rate > 0))
        return at;
    at->parameters = bm_json_adopt(json_deep_copy(problem->parameters), p);
    at->expected = bm_json_adopt(json_deep_copy(problem->expected), p);
    put(at->parameters, "rate", thousandths(rate));
    json_object_set_new(at->parameters, "arrivals", json_string("constant"));
    if (seconds > 0)
        put(at->parameters, "duration_seconds", seconds);
    bm_problem_bind(at, limits);
    bm_problem_expect_throughput(at);
    bm_problem_describe(at, p);
    return at;
}
