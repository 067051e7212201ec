/* SPDX-License-Identifier: Apache-2.0 */
#include "training/response.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "training/problem_private.h"

double bm_response_figure(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

static int begins(const char *text, const char *words)
{
    return strncmp(text, words, strlen(words)) == 0;
}

/* Answers without the kernel's times, as a share, of which no p99 takes notice. */
#define FEW 0.01

/* What is said against a load test, as bits: the engine's sentences begin so (loadtest/load_result.c). */
enum { BY_CEILING = 1, BY_FEW = 2, BY_CLIENT = 4, BY_OTHER = 8 };

static int reasons_against(const json_t *validity)
{
    const json_t *reasons = json_object_get(validity, "reasons");
    int all = 0;
    size_t i;

    for (i = 0; i < json_array_size(reasons); i++) {
        const char *reason = json_string_value(json_array_get(reasons, i));

        all |= reason == NULL ? BY_OTHER : begins(reason, "The ceiling of ") ? BY_CEILING : begins(reason, "Only ") ? BY_FEW
            : begins(reason, "The client ") ? BY_CLIENT : BY_OTHER;
    }
    return all;
}

/* Of an open loop an answer that is seen late has the kernel's time all the same, and changes nothing that is sent. @return the
 * share of the answers to which the time that they were seen at matters. */
static double unstamped(const json_t *results)
{
    const char *loop = json_string_value(json_object_get(results, "loop"));
    double stamped = bm_response_figure(json_object_get(results, "client_lag"), "kernel_stamped");

    return loop != NULL && strcmp(loop, "open") == 0 && stamped >= 0 && stamped <= 1 ? 1 - stamped : 1;
}

/* null: there were no such values, so nothing was late. */
static double lag_of(const json_t *object, const char *name)
{
    return json_is_null(json_object_get(object, name)) ? 0 : bm_response_figure(object, name);
}

/* A capacity is judged by means and by how many were served, not by single milliseconds: what a mean is off by must be small
 * beside it, and requests must have come to the queue about as they were to, in the queue's own measure of time. */
static int is_little(const bm_response_t *r, const json_t *results)
{
    double sent = lag_of(json_object_get(results, "send_lag"), "p99");
    double seen = lag_of(json_object_get(results, "client_lag"), "p99_us") / 1000;
    double most = fmax(r->mean_ms, r->offered > 0 ? 1000 / r->offered : 0);

    return r->lag_ms <= BM_RESPONSE_LAG_SHARE * r->mean_ms && sent <= most && (seen <= most || unstamped(results) < FEW);
}

static bm_response_validity_e validity_of(const bm_response_t *r, const json_t *response)
{
    const json_t *validity = json_object_get(response, "validity");
    const char *status = json_string_value(json_object_get(validity, "status"));
    int against = reasons_against(validity);

    if (status == NULL)
        return BM_RESPONSE_MISSING;
    if (strcmp(status, "valid") == 0)
        return BM_RESPONSE_VALID;
    if (strcmp(status, "unknown") == 0)
        return BM_RESPONSE_NOTHING;
    if (against == BY_CEILING || against == (BY_CEILING | BY_FEW))
        return BM_RESPONSE_HELD;
    return against == BY_CLIENT && is_little(r, json_object_get(response, "results")) ? BM_RESPONSE_LATE : BM_RESPONSE_INVALID;
}

int bm_response_is_ours(const json_t *response)
{
    return (reasons_against(json_object_get(response, "validity")) & BY_CLIENT) != 0;
}

void bm_response_read(bm_response_t *r, const json_t *response)
{
    const json_t *results = json_object_get(response, "results"), *metrics = json_object_get(results, "metrics");
    const json_t *latency = json_object_get(metrics, "e2e_ms"), *goodput = json_object_get(results, "goodput");
    double cancelled = bm_response_figure(results, "cancelled");

    r->attempted = bm_response_figure(results, "attempted") - (cancelled > 0 ? cancelled : 0);
    r->completed = bm_response_figure(results, "completed");
    r->failed = bm_response_figure(results, "failed");
    r->good = json_array_size(json_object_get(goodput, "slos")) > 0 ? bm_response_figure(goodput, "good") : r->completed;
    r->seconds = bm_response_figure(results, "window_seconds");
    r->offered = bm_response_figure(json_object_get(results, "rates"), "offered");
    r->inside_rate = bm_response_figure(json_object_get(results, "throughput"), "requests_per_second");
    if (!(bm_response_figure(latency, "n") > 0))
        latency = json_object_get(metrics, "total_ms");
    r->n = bm_response_figure(latency, "n");
    r->mean_ms = bm_response_figure(latency, "mean");
    r->max_ms = bm_response_figure(latency, "max");
    r->lag_ms = lag_of(json_object_get(results, "send_lag"), "mean")
        + unstamped(results) * lag_of(json_object_get(results, "client_lag"), "mean_us") / 1000;
    r->validity = json_is_object(results) ? validity_of(r, response) : BM_RESPONSE_MISSING;
}

/* --- advice */

enum { ADVICE_MAX = 5 };

static void advise(json_t *list, const char *figure, double value, const char *text)
{
    if (isfinite(value) && json_array_size(list) < ADVICE_MAX)
        json_array_append_new(list, json_pack("{s:s,s:s,s:f}", "text", text, "figure", figure, "value", value));
}

static const struct {
    const char *code, *text;
} remedies[] = {
    { "rate_limited", "the target limits the rate: raise its limit, or send no more than it allows." },
    { "unavailable", "the target was overloaded: add capacity, or shed load before it." },
    { "server_error", "the target broke: its logs of this time tell why." },
    { "connection_refused", "nobody listened: raise the backlog of its listener, or look whether it is up." },
    { "connection_lost", "connections were cut: look for crashes, and for limits of connections on the way." },
    { "connect_timeout", "connections were not accepted: raise the backlog of its listener." },
    { "first_byte_timeout", "answers did not begin in time: shorten its queue, or give more time." },
    { "stall_timeout", "answers did not end in time: shorten them, or give more time." }
};

static void advise_errors(json_t *list, const bm_response_t *r, const json_t *results, apr_pool_t *p)
{
    const json_t *errors = json_object_get(results, "errors");
    size_t i;

    for (i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++) {
        double count = bm_response_figure(errors, remedies[i].code);

        if (count > 0 && count >= 0.01 * r->attempted)
            advise(list, apr_pstrcat(p, "results.errors.", remedies[i].code, NULL), count,
                   apr_psprintf(p, "%.1f %% of the requests ended as %s: %s", 100 * count / r->attempted, remedies[i].code,
                                remedies[i].text));
    }
}

static void advise_latency(json_t *list, const bm_problem_t *problem, const json_t *results, apr_pool_t *p)
{
    const json_t *metrics = json_object_get(results, "metrics"), *total = json_object_get(metrics, "total_ms");
    double bound = bm_problem_number(problem->expected, "max_response_time_ms"), p95 = bm_response_figure(total, "p95");
    double p50 = bm_response_figure(total, "p50"), connect = bm_response_figure(json_object_get(metrics, "connect_ms"), "p95");

    if (bound > 0 && p95 > bound)
        advise(list, "results.metrics.total_ms.p95", p95,
               apr_psprintf(p, "p95 is %.0f ms, allowed are %.0f, and p50 is %.0f: %s.", p95, bound, p50,
                            p95 > 3 * p50 ? "requests wait for others" : "every answer takes long"));
    else if (bound > 0 && p95 < bound / 2)
        advise(list, "results.metrics.total_ms.p95", p95,
               apr_psprintf(p, "p95 is %.0f ms of the %.0f allowed: there is room for more load.", p95, bound));
    if (connect > 0.2 * p50)
        advise(list, "results.metrics.connect_ms.p95", connect,
               apr_psprintf(p, "Connecting takes %.1f ms, a good part of an answer (p50 %.1f ms): keep connections open.",
                            connect, p50));
}

static void advise_type(json_t *list, const bm_problem_t *problem, const json_t *results, apr_pool_t *p)
{
    double imbalance = bm_response_figure(json_object_get(results, "endpoints"), "imbalance");
    double hits = bm_response_figure(json_object_get(results, "cache"), "hit_rate");
    const json_t *starved = json_object_get(json_object_get(results, "classes"), "starved");
    const char *policy = json_string_value(json_object_get(problem->parameters, "policy"));

    if (imbalance > 1.5)
        advise(list, "results.endpoints.imbalance", imbalance,
               apr_psprintf(p, "One endpoint gets %.1f times its share: spread requests by least_connections.", imbalance));
    if (json_array_size(starved) > 0)
        advise(list, "results.classes.starved", (double)json_array_size(starved),
               apr_psprintf(p, "%d classes starve under policy %s: let priority rise with waiting, or raise the budget.",
                            (int)json_array_size(starved), policy != NULL ? policy : "?"));
    if (hits < 0.2)
        advise(list, "results.cache.hit_rate", hits,
               apr_psprintf(p, "%.1f %% of the prompt tokens came from a cache: put what repeats first, enlarge the cache.",
                            100 * hits));
}

json_t *bm_response_advice(const bm_problem_t *problem, const bm_response_t *r, const json_t *results, apr_pool_t *p)
{
    json_t *list = bm_json_adopt(json_array(), p);

    advise_errors(list, r, results, p);
    advise_type(list, problem, results, p);
    advise_latency(list, problem, results, p);
    if (r->inside_rate < 0.9 * r->offered && r->validity == BM_RESPONSE_VALID)
        advise(list, "results.throughput.requests_per_second", r->inside_rate,
               apr_psprintf(p, "%.1f requests a second were offered and %.1f completed: the target falls behind.", r->offered,
                            r->inside_rate));
    return list;
}
