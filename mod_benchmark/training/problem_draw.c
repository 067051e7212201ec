/* SPDX-License-Identifier: Apache-2.0
 *
 * problem_draw.c: what (type, difficulty, seed) draws.
 *
 * Every problem takes the same draws in the same order, and what a type needs beyond them afterwards: so the load of a seed
 * does not depend on the rest. */
#include <math.h>
#include "base/rand.h"
#include "training/problem_private.h"

/* Hive's contract. */
#define CONTRACT_RATE_MAX 2000.0
#define CONTRACT_USERS_MAX 5000.0

typedef struct range_t {
    double low, high;
} range_t;

static const range_t seconds[BM_PROBLEM_DIFFICULTIES] = { { 10, 30 }, { 30, 60 }, { 60, 120 }, { 120, 300 } };
static const range_t rates[BM_PROBLEM_DIFFICULTIES] = { { 10, 50 }, { 50, 200 }, { 200, 500 }, { 500, 2000 } };
static const range_t users[BM_PROBLEM_DIFFICULTIES] = { { 10, 50 }, { 50, 200 }, { 200, 1000 }, { 1000, 5000 } };
static const range_t nodes[BM_PROBLEM_DIFFICULTIES] = { { 2, 5 }, { 5, 10 }, { 10, 20 }, { 20, 50 } };

/* What the types add, by difficulty. */
static const double failure_rates[BM_PROBLEM_DIFFICULTIES] = { 0.05, 0.1, 0.2, 0.3 };
static const double delays_ms[BM_PROBLEM_DIFFICULTIES] = { 20, 50, 100, 250 };
static const double loss_rates[BM_PROBLEM_DIFFICULTIES] = { 0.001, 0.005, 0.02, 0.05 };
static const double timeout_factors[BM_PROBLEM_DIFFICULTIES] = { 20, 10, 6, 4 };
static const double timeouts_ms[BM_PROBLEM_DIFFICULTIES] = { 30000, 15000, 10000, 5000 };
static const int prompts[BM_PROBLEM_DIFFICULTIES] = { 250, 1000, 4000, 16000 };
static const int answers[BM_PROBLEM_DIFFICULTIES] = { 128, 256, 512, 1024 };
static const int memory_mb[BM_PROBLEM_DIFFICULTIES] = { 64, 64, 48, 32 };
static const double zipfs[BM_PROBLEM_DIFFICULTIES] = { 1.4, 1.2, 1.0, 0.8 };

/* What is drawn for all. */
typedef struct drawn_t {
    bm_rand_t rand;
    double seconds, rate;
    int users, nodes;
} drawn_t;

static double within(bm_rand_t *rand, range_t range)
{
    return range.low + (range.high - range.low) * bm_rand_uniform(rand);
}

static double scaled(double limit, double full)
{
    return limit > 0 && limit < full ? limit / full : 1;
}

static double thousandths(double value)
{
    return fmax(0.001, floor(value * 1000 + 0.5) / 1000);
}

static void draw_all(drawn_t *d, const bm_problem_t *problem, const bm_problem_limits_t *limits)
{
    bm_difficulty_e level = problem->difficulty;
    double scale = limits->duration_scale > 0 ? limits->duration_scale : 1;

    bm_rand_seed(&d->rand, bm_rand_mix(problem->seed ^ bm_rand_mix((apr_uint64_t)problem->type * BM_PROBLEM_DIFFICULTIES
                                                                   + level)));
    d->seconds = fmax(1, thousandths(scale * within(&d->rand, seconds[level])));
    d->rate = thousandths(scaled(limits->max_rate, CONTRACT_RATE_MAX) * within(&d->rand, rates[level]));
    d->users = (int)fmax(1, floor(scaled(limits->max_concurrency, CONTRACT_USERS_MAX) * within(&d->rand, users[level])));
    d->nodes = (int)floor(within(&d->rand, nodes[level]) + 0.5);
}

static int tokens_of(int wanted, const json_t *target)
{
    double most = bm_problem_number(target, "max_tokens");

    return most >= 1 && most < wanted ? (int)most : wanted;
}

static void put(json_t *object, const char *name, double value)
{
    json_object_set_new(object, name, json_real(value));
}

static void put_int(json_t *object, const char *name, int value)
{
    json_object_set_new(object, name, json_integer(value));
}

static void put_text(json_t *object, const char *name, const char *value)
{
    json_object_set_new(object, name, json_string(value));
}

static void draw_balancing(bm_problem_t *problem, drawn_t *d, const json_t *target)
{
    static const char *const strategies[] = { "round_robin", "least_connections", "hash" };
    const json_t *known = json_object_get(target, "endpoints");
    json_t *endpoints = json_array();
    size_t i, n = json_array_size(known);

    put_text(problem->parameters, "strategy", strategies[bm_rand_below(&d->rand, 3)]);
    for (i = 0; i < n && i < (size_t)d->nodes; i++)
        if (json_is_string(json_array_get(known, i)))
            json_array_append(endpoints, json_array_get(known, i));
    json_object_set_new(problem->parameters, "endpoints", endpoints);
}

/* Two to four classes; the least share has the highest priority, as in life. */
static void draw_allocation(bm_problem_t *problem, drawn_t *d)
{
    static const char *const policies[] = { "fair", "priority", "dynamic" };
    static const char *const names[] = { "interactive", "standard", "batch", "background" };
    int i, count = 2 + (int)bm_rand_below(&d->rand, 3);
    json_t *classes = json_array();
    double sum = 0, left = 1;

    put_text(problem->parameters, "policy", policies[bm_rand_below(&d->rand, 3)]);
    put_int(problem->parameters, "budget", d->users);
    for (i = 1; i <= count; i++)
        sum += i;
    for (i = 0; i < count; i++) {
        double share = i == count - 1 ? left : thousandths((i + 1) / sum);

        left -= share;
        json_array_append_new(classes, json_pack("{s:s,s:f,s:i}", "name", names[i], "share", thousandths(share), "priority",
                                                 count - i));
    }
    json_object_set_new(problem->parameters, "classes", classes);
}

/* The failure rate is shared out among its three kinds; the redundancy is copies and attempts. */
static void draw_faults(bm_problem_t *problem, drawn_t *d, double base_ms)
{
    double rate = failure_rates[problem->difficulty], aborts = bm_rand_uniform(&d->rand), dead = bm_rand_uniform(&d->rand);
    double sum = aborts + dead + 0.5, timeout = base_ms > 0 ? fmax(1, base_ms) : 1000;

    put_int(problem->parameters, "copies", (int)bm_rand_below(&d->rand, 3));
    put(problem->parameters, "hedge_after_ms", thousandths(base_ms > 0 ? fmin(600000, 2 * base_ms) : 1000));
    put_int(problem->parameters, "attempts", 2 + (int)bm_rand_below(&d->rand, 2));
    put(problem->perturbations, "abort_rate", thousandths(rate * aborts / sum));
    put(problem->perturbations, "abort_after_ms", thousandths(timeout / 2));
    put(problem->perturbations, "dead_rate", thousandths(rate * dead / sum));
    put(problem->perturbations, "timeout_rate", thousandths(rate * 0.5 / sum));
    put_int(problem->perturbations, "timeout_ms", (int)floor(timeout + 0.5));
}

static void draw_network(bm_problem_t *problem, drawn_t *d)
{
    double delay = delays_ms[problem->difficulty] * (0.5 + bm_rand_uniform(&d->rand));

    put(problem->perturbations, "delay_ms", thousandths(delay));
    put(problem->perturbations, "jitter_ms", thousandths(delay * 0.25));
    put(problem->perturbations, "loss_rate", loss_rates[problem->difficulty]);
}

static void draw_memory(bm_problem_t *problem, const json_t *target)
{
    put_int(problem->parameters, "input_tokens", 2 * prompts[problem->difficulty]);
    put_int(problem->parameters, "output_tokens", tokens_of(4 * answers[problem->difficulty], target));
    put_int(problem->parameters, "memory_mb", memory_mb[problem->difficulty]);
}

static void draw_cache(bm_problem_t *problem, drawn_t *d)
{
    put_int(problem->parameters, "entries", 20 * d->nodes);
    put(problem->parameters, "zipf", zipfs[problem->difficulty]);
    put_int(problem->parameters, "input_tokens", prompts[problem->difficulty] / 2);
}

static void draw_processing(bm_problem_t *problem, drawn_t *d, const json_t *target)
{
    put_int(problem->parameters, "workers", d->nodes);
    put_int(problem->parameters, "input_tokens_min", prompts[problem->difficulty] / 4);
    put_int(problem->parameters, "input_tokens_max", prompts[problem->difficulty]);
    put_int(problem->parameters, "output_tokens", tokens_of(answers[problem->difficulty], target));
}

static void draw_users(bm_problem_t *problem, drawn_t *d, double base_ms)
{
    double timeout = base_ms > 0 ? timeout_factors[problem->difficulty] * base_ms : timeouts_ms[problem->difficulty];

    put_int(problem->parameters, "users", d->users);
    put_int(problem->parameters, "timeout_ms", (int)fmin(86400000, fmax(1, floor(timeout + 0.5))));
}

void bm_problem_draw(bm_problem_t *problem, const bm_problem_limits_t *limits, const json_t *target, apr_pool_t *p)
{
    double base_ms = fmin(3600000, bm_problem_number(target, "base_ms"));
    drawn_t d;

    draw_all(&d, problem, limits);
    problem->parameters = bm_json_adopt(json_object(), p);
    problem->perturbations = bm_json_adopt(json_object(), p);
    put(problem->parameters, "duration_seconds", d.seconds);
    if (bm_problem_type_has_rate(problem->type)) {
        put(problem->parameters, "rate", d.rate);
        put_text(problem->parameters, "arrivals", "poisson");
    }
    switch (problem->type) {
    case BM_PROBLEM_LOAD_BALANCING:
        draw_balancing(problem, &d, target);
        break;
    case BM_PROBLEM_RESOURCE_ALLOCATION:
        draw_allocation(problem, &d);
        break;
    case BM_PROBLEM_FAULT_TOLERANCE:
        draw_faults(problem, &d, base_ms);
        break;
    case BM_PROBLEM_DATA_PROCESSING:
        draw_processing(problem, &d, target);
        break;
    case BM_PROBLEM_CONCURRENT_REQUESTS:
        draw_users(problem, &d, base_ms);
        break;
    case BM_PROBLEM_NETWORK_LATENCY:
        draw_network(problem, &d);
        break;
    case BM_PROBLEM_MEMORY_OPTIMIZATION:
        draw_memory(problem, target);
        break;
    case BM_PROBLEM_CACHE_EFFICIENCY:
        draw_cache(problem, &d);
        break;
    }
}
