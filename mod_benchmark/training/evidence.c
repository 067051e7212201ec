/* SPDX-License-Identifier: Apache-2.0 */
#include "training/evidence.h"

#include <math.h>
#include <string.h>
#include "stat/wilson.h"
#include "training/problem_private.h"
#include "training/response.h"

/* From p50 to p90 of a normal distribution, in standard deviations. */
#define P90_Z 1.2815515655446004

/* Of the quickest latency: how far it may change by itself; and the least error of any mean, in seconds. */
#define BASE_ERROR 0.1
#define LEAST_ERROR_S 0.0005

#define KINDS "wait|held|outcome|none"

static const char *const kinds[] = { "wait", "held", "outcome", "none" };

const bm_field_t bm_evidence_fields[] = {
    { "kind", BM_TYPE_ENUM, BM_FIELD_REQUIRED, .values = KINDS, .doc = "What of it is to be believed." },
    { "rate", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 1e-6, 1e6, .doc = "Requests offered per second." },
    { "seconds", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 1e-3, 1e6, .doc = "How long." },
    { "attempted", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, 1e9, .doc = "Requests." },
    { "completed", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, 1e9, .doc = "Those that were answered." },
    { "inside", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, 1e9, .doc = "Those that were answered within the seconds." },
    { "mean_s", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, 1e6, .doc = "Mean latency." },
    { "spread_s", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, 1e6, .doc = "Standard deviation of its middle." },
    { "max_s", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, 1e6, .doc = "Greatest latency." },
    { "lag_s", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0, 1e6, .doc = "How late our client was, on average." },
    { "poisson", BM_TYPE_BOOL, BM_FIELD_REQUIRED, .doc = "Arrivals; else constant." },
    { NULL }
};

static int is_sound(double value, double least, double most)
{
    return value >= least && value <= most;
}

/* What is not valid says nothing of the target: it is asked again. */
static bm_evidence_kind_e kind_of(const bm_response_t *r)
{
    int counted = is_sound(r->attempted, 1, 1e9) && is_sound(r->seconds, 1e-3, 1e6) && is_sound(r->completed, 0, r->attempted)
        && is_sound(r->attempted / r->seconds, 1e-6, 1e6);
    int timed = is_sound(r->mean_ms, 0, 1e9) && is_sound(r->max_ms, 0, 1e9) && r->completed >= 1;

    if (!counted || r->validity == BM_RESPONSE_MISSING || r->validity == BM_RESPONSE_INVALID)
        return BM_EVIDENCE_NONE;
    if (r->validity == BM_RESPONSE_NOTHING || r->completed < 1)
        return BM_EVIDENCE_OUTCOME;
    if (!timed)
        return BM_EVIDENCE_NONE;
    return r->validity == BM_RESPONSE_HELD ? BM_EVIDENCE_HELD : BM_EVIDENCE_WAIT;
}

static double within(double value, double least, double most)
{
    return value >= least ? fmin(value, most) : least;
}

/* Standard deviation of the middle of the latencies, from p50 and p90; their mean if that is not known. */
static double spread_of(const json_t *response, const bm_response_t *r)
{
    const json_t *metrics = json_object_get(json_object_get(response, "results"), "metrics");
    const json_t *latency = json_object_get(metrics, "e2e_ms");
    double p50, p90;

    if (!(bm_response_figure(latency, "n") > 0))
        latency = json_object_get(metrics, "total_ms");
    p50 = bm_response_figure(latency, "p50");
    p90 = bm_response_figure(latency, "p90");
    return p90 >= p50 ? (p90 - p50) / P90_Z / 1000 : r->mean_ms / 1000;
}

json_t *bm_evidence_of(const bm_problem_t *problem, const json_t *response, apr_pool_t *p)
{
    const char *arrivals = json_string_value(json_object_get(problem->parameters, "arrivals"));
    double planned = bm_problem_number(problem->parameters, "rate"), rate;
    int poisson = arrivals == NULL || strcmp(arrivals, "constant") != 0;
    bm_evidence_kind_e kind;
    bm_response_t r;

    bm_response_read(&r, response);
    kind = kind_of(&r);
    if (kind == BM_EVIDENCE_NONE) {
        r.attempted = r.completed = 0;
        r.seconds = 1;
    }
    /* Of constant arrivals the plan's, which has no remainder; but what was offered counts if that was another. */
    rate = kind == BM_EVIDENCE_NONE || (!poisson && fabs(r.attempted - planned * r.seconds) < 1 + 0.02 * r.attempted)
        ? within(planned, 1e-6, 1e6) : r.attempted / r.seconds;
    return bm_json_adopt(json_pack("{s:s,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:b}", "kind", kinds[kind], "rate", rate, "seconds",
                                   r.seconds, "attempted", r.attempted, "completed", r.completed, "inside",
                                   within(r.inside_rate * r.seconds, 0, r.completed), "mean_s", within(r.mean_ms / 1000, 0, 1e6),
                                   "spread_s", within(spread_of(response, &r), 0, 1e6), "max_s", within(r.max_ms / 1000, 0, 1e6),
                                   "lag_s", within(r.lag_ms / 1000, 0, 1e6), "poisson", poisson), p);
}

bm_evidence_t *bm_evidence_read(int *count, const json_t *list, apr_pool_t *p)
{
    int n = (int)json_array_size(list), i;
    bm_evidence_t *all = apr_pcalloc(p, (apr_size_t)(n + 1) * sizeof(*all));

    for (i = 0; i < n; i++) {
        const json_t *one = json_array_get(list, (size_t)i);
        const char *kind = json_string_value(json_object_get(one, "kind"));
        bm_evidence_t *e = &all[i];

        e->kind = BM_EVIDENCE_NONE;
        while (kind != NULL && e->kind > 0 && strcmp(kinds[e->kind], kind) != 0)
            e->kind--;
        e->rate = bm_problem_number(one, "rate");
        e->seconds = bm_problem_number(one, "seconds");
        e->attempted = bm_problem_number(one, "attempted");
        e->completed = bm_problem_number(one, "completed");
        e->inside = bm_problem_number(one, "inside");
        e->mean_s = bm_problem_number(one, "mean_s");
        e->spread_s = bm_problem_number(one, "spread_s");
        e->max_s = bm_problem_number(one, "max_s");
        e->lag_s = bm_problem_number(one, "lag_s");
        e->poisson = json_is_true(json_object_get(one, "poisson"));
    }
    *count = n;
    return all;
}

double bm_evidence_lost(const bm_evidence_t *e)
{
    return e->attempted >= 1 ? 1 - e->completed / e->attempted : 0;
}

const bm_evidence_t *bm_evidence_lowest(const bm_evidence_t *list, int count)
{
    const bm_evidence_t *lowest = NULL;
    int i;

    for (i = 0; i < count; i++)
        if (list[i].kind != BM_EVIDENCE_NONE && (lowest == NULL || list[i].rate < lowest->rate))
            lowest = &list[i];
    return lowest;
}

static const bm_evidence_t *quickest(const bm_evidence_t *list, int count)
{
    const bm_evidence_t *best = NULL;
    int i;

    for (i = 0; i < count; i++)
        if (list[i].kind == BM_EVIDENCE_WAIT && list[i].completed >= 5 && (best == NULL || list[i].mean_s < best->mean_s))
            best = &list[i];
    return best;
}

double bm_evidence_base(const bm_evidence_t *list, int count)
{
    const bm_evidence_t *best = quickest(list, count);

    return best != NULL ? best->mean_s : 0;
}

static void lost_between(double *low, double *high, const bm_evidence_t *e)
{
    *low = 0;
    *high = 1;
    if (e->attempted >= 1 && e->completed <= e->attempted)
        (void)bm_wilson_interval(low, high, (apr_uint64_t)(e->attempted - e->completed), (apr_uint64_t)e->attempted,
                                 BM_WILSON_Z95);
}

/* Whether a problem had clearly more failures than one of a lower rate, so that load was refused. */
static int is_refused(const bm_evidence_t *e, const bm_evidence_t *list, int count)
{
    double low, high, lost, least = 1;
    int i;

    for (i = 0; i < count; i++)
        if (list[i].kind != BM_EVIDENCE_NONE && list[i].rate < 0.99 * e->rate) {
            lost_between(&low, &high, &list[i]);
            least = fmin(least, high);
        }
    lost_between(&lost, &high, e);
    return lost > least;
}

/* A problem by itself: without another there is no base to see waits by, the target kept up or did not. */
static void weigh_alone(bm_ability_t *a, const bm_evidence_t *e)
{
    bm_ability_add_outcome(a, e->rate, bm_evidence_lost(e) < 0.05 && e->inside > 0.5 * e->attempted);
}

/* lag_s: of the problem whose wait it is. */
static double wait_error(const bm_evidence_t *base, double n, double lag_s)
{
    double chance = base->spread_s * base->spread_s * (1 / base->completed + 1 / fmax(1, n));

    return sqrt(chance + LEAST_ERROR_S * LEAST_ERROR_S + BASE_ERROR * base->mean_s * BASE_ERROR * base->mean_s
                + base->lag_s * base->lag_s + lag_s * lag_s);
}

double bm_evidence_wait_error(const bm_evidence_t *list, int count, double n)
{
    const bm_evidence_t *base = quickest(list, count);

    return base != NULL ? wait_error(base, n, base->lag_s) : LEAST_ERROR_S;
}

static void weigh_one(bm_ability_t *a, const bm_evidence_t *e, const bm_evidence_t *base, const bm_evidence_t *list, int count)
{
    double latency = base != NULL ? base->mean_s : 0;

    if (e->kind == BM_EVIDENCE_OUTCOME) {
        bm_ability_add_outcome(a, e->rate, 0);
        return;
    }
    if (e->kind == BM_EVIDENCE_HELD) {
        if (e->inside >= 1 && e->seconds > latency)
            bm_ability_add_served(a, e->inside, e->seconds - latency / 2, latency / e->seconds / 3);
        return;
    }
    if (is_refused(e, list, count)) {
        /* Until the last answer, whose latency is about that of a full queue; some of it is service, shared with others. */
        double busy = fmax(e->seconds / 2, e->seconds + (e->mean_s + e->max_s) / 2 - latency);

        bm_ability_add_served(a, e->completed, busy, latency / busy / 3);
        return;
    }
    if (base == NULL || e == base) {
        weigh_alone(a, e);
        return;
    }
    bm_ability_add_wait(a, e->rate, e->attempted, e->mean_s - latency, wait_error(base, e->completed, e->lag_s),
                        latency, e->poisson ? 1 : 0);
}

bm_ability_t *bm_evidence_weigh(const bm_evidence_t *list, int count, double low, double high, double only_rate, apr_pool_t *p)
{
    const bm_evidence_t *base = quickest(list, count);
    bm_ability_t *a = bm_ability_make(low, high, p);
    int i;

    for (i = 0; i < count; i++)
        if (list[i].kind != BM_EVIDENCE_NONE && (only_rate <= 0 || fabs(list[i].rate / only_rate - 1) < 0.005))
            weigh_one(a, &list[i], base, list, count);
    return a;
}
