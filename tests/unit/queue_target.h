/* SPDX-License-Identifier: Apache-2.0
 *
 * queue_target.h: a target as a queue of known capacity (M/G/c or D/G/c, first come, first served), and what a load test of a
 * problem would show of it. Time is computed, not spent. Nothing here knows how policies estimate. */
#ifndef BM_UNIT_QUEUE_TARGET_H
#define BM_UNIT_QUEUE_TARGET_H

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "training/judge.h"
#include "training/policy.h"

typedef struct queue_target_t {
    double capacity;              /* requests a second that all servers do together */
    int servers;                  /* c */
    double cv;                    /* coefficient of variation of services: 0 fixed, 1 exponential, else gamma */
    double extra_s;               /* latency on top of the service */
    int limit;                    /* most that wait; one more is refused. 0: none */
    double failure;               /* share that fails whatever the load */
    double lag_s;                 /* our client sends so late on average, in stalls; all that is due in one goes out at its end */
    bm_rand_t rand;
    double requests;              /* asked so far */
    double seconds;               /* likewise */
} queue_target_t;

/* Problems of 1 to 5 s, at most 200 requests a second. */
#define QUEUE_TARGET_LIMITS { 200, 20000, 0.05, 5, 100000 }

/* The target of a seed: 20 to 100 requests a second, 1 to 8 servers, services fixed to exponential, up to 50 ms beside. */
static inline queue_target_t queue_target_of(int seed)
{
    static const double cvs[] = { 0, 0.3, 1, 1 };
    queue_target_t t;

    memset(&t, 0, sizeof(t));
    bm_rand_seed(&t.rand, 1000 + (apr_uint64_t)seed);
    t.capacity = 20 * pow(5, bm_rand_uniform(&t.rand));
    t.servers = 1 << bm_rand_below(&t.rand, 4);
    t.cv = cvs[bm_rand_below(&t.rand, 4)];
    t.extra_s = 0.05 * bm_rand_uniform(&t.rand);
    return t;
}

static inline double queue_service(queue_target_t *t)
{
    double mean = t->servers / t->capacity;

    if (t->cv <= 0)
        return mean;
    return mean * t->cv * t->cv * bm_rand_gamma(&t->rand, 1 / (t->cv * t->cv));
}

static int queue_by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Server that is free first. */
static inline int queue_first(const double *free_at, int servers)
{
    int i, best = 0;

    for (i = 1; i < servers; i++)
        if (free_at[i] < free_at[best])
            best = i;
    return best;
}

/* What a load test says of a client that was late. */
static inline json_t *queue_late(json_t *response, double mean_s, double p99_s)
{
    if (mean_s <= 0)
        return response;
    json_object_set_new(json_object_get(response, "results"), "send_lag",
                        json_pack("{s:f,s:f}", "mean", 1000 * mean_s, "p99", 1000 * p99_s));
    json_object_set_new(json_object_get(response, "results"), "client_lag",
                        json_pack("{s:f,s:f}", "mean_us", 0.0, "p99_us", 0.0));
    json_object_set_new(response, "validity", json_pack("{s:s,s:[s]}", "status", "invalid", "reasons", "The client sent late."));
    return response;
}

/* The load test of a problem with a rate, as GET /loadtests/{id} shows it. */
static inline json_t *queue_target_ask(queue_target_t *t, const bm_problem_t *problem, apr_pool_t *p)
{
    double rate = json_number_value(json_object_get(problem->parameters, "rate"));
    double seconds = json_number_value(json_object_get(problem->parameters, "duration_seconds"));
    double bound = json_number_value(json_object_get(problem->expected, "max_response_time_ms")) / 1000, now = 0, sum = 0;
    int constant = strcmp(json_string_value(json_object_get(problem->parameters, "arrivals")), "constant") == 0;
    double *free_at = apr_pcalloc(p, sizeof(double) * (apr_size_t)t->servers);
    double *starts = apr_pcalloc(p, sizeof(double) * (apr_size_t)(10 * rate * seconds + 1000));
    double *latencies = apr_pcalloc(p, sizeof(double) * (apr_size_t)(10 * rate * seconds + 1000));
    double *lags = apr_pcalloc(p, sizeof(double) * (apr_size_t)(10 * rate * seconds + 1000)), sent = 0, late = 0;
    int attempted = 0, done = 0, inside = 0, good = 0, first = 0, accepted = 0, i;
    json_t *response;

    for (now = constant ? 0 : bm_rand_exponential(&t->rand) / rate; now < seconds;
         now += (constant ? 1 : bm_rand_exponential(&t->rand)) / rate) {
        int server = queue_first(free_at, t->servers);
        double start, end;

        /* one request in ten begins a stall */
        if (t->lag_s > 0 && bm_rand_uniform(&t->rand) < 0.1)
            sent = fmax(sent, now + 10 * t->lag_s * bm_rand_exponential(&t->rand));
        sent = fmax(sent, now);
        late += sent - now;
        lags[attempted++] = sent - now;
        start = fmax(sent, free_at[server]);
        while (first < accepted && starts[first] <= sent)
            first++;
        if (t->limit > 0 && accepted - first >= t->limit)
            continue;
        starts[accepted++] = start;
        free_at[server] = end = start + queue_service(t);
        if (t->failure > 0 && bm_rand_uniform(&t->rand) < t->failure)
            continue;
        latencies[done] = end + t->extra_s - now;
        sum += latencies[done];
        inside += end + t->extra_s <= seconds;
        good += latencies[done] <= bound;
        done++;
    }
    t->requests += attempted;
    t->seconds += seconds;
    qsort(latencies, (size_t)done, sizeof(double), queue_by_value);
    qsort(lags, (size_t)attempted, sizeof(double), queue_by_value);
    i = done - 1;
#define AT(q) (done > 0 ? 1000 * latencies[(int)((q) * i)] : 0)
    response = bm_json_adopt(json_pack("{s:s,s:{s:s,s:[]},s:{s:s,s:f,s:i,s:i,s:i,s:i,s:{s:i},s:{s:f},s:{s:f},s:{s:i,s:[{}]},"
                                       "s:{s:{s:i,s:f,s:f,s:f,s:f,s:f}}}}",
                                       "status", "completed", "validity", "status", done > 0 ? "valid" : "unknown", "reasons",
                                       "results", "loop", "open", "window_seconds", seconds, "attempted", attempted,
                                       "completed", done, "failed", attempted - done, "cancelled", 0, "errors", "rate_limited",
                                       attempted - done, "rates", "offered", attempted / seconds, "throughput",
                                       "requests_per_second", inside / seconds, "goodput", "good", good, "slos", "metrics",
                                       "total_ms", "n", done, "mean", done > 0 ? 1000 * sum / done : 0.0, "max", AT(1), "p50",
                                       AT(0.5), "p90", AT(0.9), "p95", AT(0.95)), p);
    return queue_late(response, t->lag_s > 0 ? late / fmax(1, attempted) : 0,
                      attempted > 0 ? lags[(int)(0.99 * (attempted - 1))] : 0);
#undef AT
}

/* A whole session, its state written and read again at every step, as the store would. @return its conclusion. problems and
 * failures: of the round trips; NULL err of a policy counts as one. */
static inline json_t *queue_target_session(queue_target_t *t, const char *policy_name, const char *settings,
                                           const bm_problem_limits_t *limits, apr_uint64_t seed, int *problems, apr_pool_t *p)
{
    const bm_policy_t *policy = bm_policy_find(policy_name);
    json_t *given = NULL, *state, *known = bm_json_adopt(json_pack("{s:f}", "base_ms",
                                                                   1000 * (t->servers / t->capacity + t->extra_s)), p);
    apr_uint64_t n;
    bm_policy_ask_t ask;
    apr_pool_t *step;

    apr_pool_create(&step, p);
    if (settings != NULL && bm_json_parse(&given, settings, strlen(settings), NULL, p) != APR_SUCCESS)
        abort();
    state = policy->begin(given, limits, NULL, p);
    for (n = 0; policy->next(&ask, state, bm_rand_mix(seed + n), NULL, p) == APR_SUCCESS; n++) {
        bm_problem_t *problem = bm_problem_generate(ask.type, ask.difficulty, bm_rand_mix(seed ^ n), limits, known, step);
        json_t *response, *move = NULL, *after;
        const char *text;
        apr_size_t len;

        if (ask.rate > 0)
            problem = bm_problem_at_rate(problem, ask.rate, ask.seconds, limits, step);
        response = queue_target_ask(t, problem, step);
        after = policy->learn(&move, state, problem, bm_judge(problem, response, step), response, NULL, step);
        if (after == NULL || move == NULL)
            abort();
        text = bm_json_dump(&len, after, step);
        if (bm_json_parse(&state, text, len, NULL, p) != APR_SUCCESS)
            abort();
        if (getenv("BM_SHOW_MOVES") != NULL)
            fprintf(stderr, "%s %s\n", policy_name, bm_json_dump(NULL, move, step));
        apr_pool_clear(step);
    }
    *problems = (int)n;
    return policy->conclude(state, p);
}

#endif
