/* SPDX-License-Identifier: Apache-2.0
 *
 * load_policy.c: what holds the requests of a load test back, tries them again, and ends the spending.
 *
 * Limits of the target: policy/target_gate.h. A request that they hold back keeps its planned time, so that the wait is part of
 * its scheduled latency; it is shown, and is no send lag of ours.
 * Retries: policy/retry.h. Every attempt is a row, the last one counts, from the plan of the first.
 * Cost and tokens: what may still be used is set aside when a request is sent, and settled by what it really used. */
#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "base/timefmt.h"
#include "engine/outcome.h"
#include "loadtest/load_figures.h"
#include "loadtest/loadtest.h"

#define TOKENS_PER_BYTE 0.5              /* of prompts, until answers tell; twice as many as usual, so that a cap holds */

const char *bm_load_policy_open(bm_loadtest_t *lt)
{
    const bm_price_book_t *prices = bm_recorder_prices(lt->recorder);
    const bm_call_t *call = bm_load_source_call(lt->source);
    const bm_price_t *price = bm_outcome_price(prices, call);

    lt->gate = bm_target_gate_of(bm_recorder_gates(lt->recorder), lt->task->automation_id, call->connection);
    lt->policy.opened_before = lt->gate->breaker.opened;
    bm_rand_seed(&lt->policy.rand, bm_rand_mix(lt->plan->seed));
    lt->policy.waits = bm_sketch_make(lt->task->p);
    if (price != NULL) {
        lt->policy.price = apr_pmemdup(lt->task->p, price, sizeof(*price));
        lt->policy.price->provider = apr_pstrdup(lt->task->p, price->provider);
        lt->policy.price->model = apr_pstrdup(lt->task->p, price->model);
        lt->policy.price->currency = apr_pstrdup(lt->task->p, price->currency);
    }
    if (lt->plan->max_cost > 0 && lt->policy.price == NULL)
        return "There is a spend cap, but no price of the model is known (any more).";
    return NULL;
}

/* --- cost */

static double bytes_of(const bm_call_t *call)
{
    return (double)json_dumpb(call->inputs, NULL, 0, 0) + 1;
}

/* What a request may use: as many tokens as it asks for, or as the longest answer so far had. */
typedef struct use_t {
    double input, output;            /* tokens */
    double cost;                     /* 0 without a price */
} use_t;

static use_t worst_use(const bm_loadtest_t *lt, const bm_call_t *call)
{
    const json_t *most = json_object_get(call->inputs, "max_tokens");
    use_t use = { 0, 0, 0 };

    if (lt->plan->max_cost <= 0 && lt->plan->max_tokens <= 0)
        return use;                  /* nobody asks */
    use.input = bytes_of(call) * (lt->policy.tokens_per_byte > 0 ? lt->policy.tokens_per_byte : TOKENS_PER_BYTE);
    use.output = json_is_integer(most) ? (double)json_integer_value(most) : (double)lt->policy.most_completion;
    if (lt->policy.price != NULL)
        use.cost = (use.input * lt->policy.price->input + use.output * lt->policy.price->output) / 1e6;
    return use;
}

static int refuse(bm_loadtest_t *lt, const char *by, const char *sentence)
{
    lt->truncated_by = by;
    lt->truncated = sentence;
    return 0;
}

static const char *text_of(const bm_loadtest_t *lt, double value)
{
    return bm_text_number(value, 6, lt->task->p);
}

static int can_afford(bm_loadtest_t *lt, const use_t *use)
{
    const bm_load_policy_t *policy = &lt->policy;
    double tokens = use->input + use->output;

    if (lt->plan->max_requests > 0 && policy->sends >= lt->plan->max_requests)
        return refuse(lt, "max_requests", apr_psprintf(lt->task->p, "The limit of %" APR_INT64_T_FMT " requests: so many were"
                                                       " sent.", lt->plan->max_requests));
    if (lt->plan->max_tokens > 0 && policy->tokens + policy->tokens_set_aside + tokens > lt->plan->max_tokens)
        return refuse(lt, "max_total_tokens",
                      apr_psprintf(lt->task->p, "The limit of %.0f tokens: %.0f were used, %.0f may be by what was under way, and"
                                   " another request may use %.0f.", lt->plan->max_tokens, policy->tokens,
                                   policy->tokens_set_aside, tokens));
    if (lt->plan->max_cost > 0 && policy->spent + policy->set_aside + use->cost > lt->plan->max_cost)
        return refuse(lt, "max_cost",
                      apr_psprintf(lt->task->p, "The spend cap of %s %s: %s were spent, %s may be by what was under way.",
                                   text_of(lt, lt->plan->max_cost), policy->price->currency, text_of(lt, policy->spent),
                                   text_of(lt, policy->set_aside)));
    return 1;
}

int bm_load_policy_afford(bm_loadtest_t *lt, bm_load_request_t *request)
{
    use_t use = worst_use(lt, request->call);

    if (!can_afford(lt, &use))
        return 0;
    request->set_aside = use.cost;
    request->tokens_set_aside = use.input + use.output;
    request->is_counted = 1;
    lt->policy.set_aside += request->set_aside;
    lt->policy.tokens_set_aside += request->tokens_set_aside;
    lt->policy.sends++;
    return 1;
}

/* What was set aside is free again; one that never went out was no send. */
static void give_back(bm_loadtest_t *lt, bm_load_request_t *request)
{
    lt->policy.set_aside -= request->set_aside;
    lt->policy.tokens_set_aside -= request->tokens_set_aside;
    lt->policy.sends -= request->is_counted && !bm_load_request_was_sent(request);
    request->set_aside = request->tokens_set_aside = 0;
    request->is_counted = 0;
}

void bm_load_policy_settle(bm_loadtest_t *lt, bm_load_request_t *request)
{
    const bm_usage_t *usage = &request->call->answer.usage;

    give_back(lt, request);
    request->cost_nano = bm_outcome_cost_nano(lt->policy.price, &request->call->answer);
    if (request->cost_nano != BM_FIGURE_NONE)
        lt->policy.spent += (double)request->cost_nano / 1e9;
    lt->policy.tokens += fmax(0, (double)usage->prompt) + fmax(0, (double)usage->completion);
    lt->policy.unpriced += lt->policy.price != NULL && request->cost_nano == BM_FIGURE_NONE
                           && request->call->answer.measured != NULL;
    if ((lt->plan->max_cost > 0 || lt->plan->max_tokens > 0) && usage->prompt > 0)
        lt->policy.tokens_per_byte = fmax(lt->policy.tokens_per_byte, (double)usage->prompt / bytes_of(request->call));
    if (usage->completion > lt->policy.most_completion)
        lt->policy.most_completion = usage->completion;
}

/* --- limits of the target */

int bm_load_policy_may_send(bm_loadtest_t *lt, bm_load_request_t *request, apr_int64_t now_ns)
{
    apr_int64_t before_ns = request->place.at_ns;

    if (!lt->plan->obeys_limits)
        return 1;
    if (!request->has_place) {
        request->place = bm_target_gate_reserve(lt->gate, before_ns);
        request->has_place = 1;
    }
    while (request->place.at_ns <= now_ns + BM_LOAD_HORIZON_NS) {
        bm_target_gate_e gate = bm_target_gate_enter(lt->gate, &request->place, now_ns);

        if (gate == BM_GATE_LATER)
            continue;
        request->entered = gate == BM_GATE_GO;
        if (gate == BM_GATE_REFUSED) {
            bm_target_gate_refuse(lt->gate, request->call, now_ns);
            lt->policy.refused++;
        }
        break;
    }
    request->limit_wait_ns += request->place.at_ns - before_ns;
    return request->place.at_ns <= now_ns + BM_LOAD_HORIZON_NS;
}

void bm_load_policy_note(bm_loadtest_t *lt, bm_load_request_t *request)
{
    if (request->entered)
        bm_target_gate_note(lt->gate, &request->call->answer, bm_timefmt_monotonic_ns(), request->p);
    request->entered = 0;
}

/* --- retries */

int bm_load_policy_retry(bm_loadtest_t *lt, const bm_load_request_t *request, apr_int64_t *at_ns)
{
    const bm_call_t *call = request->call;
    bm_retry_t retry;
    use_t use;

    if (lt->plan->max_attempts <= 1 || lt->task->stop != BM_STOP_NOT || lt->cancelled_rest || lt->truncated != NULL)
        return 0;
    retry = bm_retry_decide(&lt->plan->retry, call->provider, &call->answer, request->round, lt->plan->max_attempts,
                            &lt->policy.rand);
    *at_ns = bm_timefmt_monotonic_ns() + retry.wait * 1000;
    use = worst_use(lt, call);
    return retry.again && can_afford(lt, &use);
}

void bm_load_policy_count(bm_loadtest_t *lt, const bm_load_request_t *request)
{
    if (request->limit_wait_ns > 0)
        (void)bm_sketch_add(lt->policy.waits, (double)request->limit_wait_ns / 1e6, 1);
    lt->policy.recovered += request->round > 1 && request->call->answer.end == BM_RUN_COMPLETED;
}

/* --- in the result */

void bm_load_policy_write_use(bm_jw_t *w, const bm_loadtest_t *lt)
{
    bm_jw_key(w, "used");
    bm_jw_begin_object(w);
    bm_load_put_count(w, "requests", (apr_uint64_t)lt->policy.sends);
    bm_load_put_count(w, "tokens", (apr_uint64_t)lt->policy.tokens);
    bm_jw_key(w, "cost");
    bm_jw_fixed(w, lt->policy.spent, 9);
    bm_jw_end_object(w);
}

static void write_limits(bm_jw_t *w, const bm_sketch_t *waits)
{
    bm_jw_key(w, "rate_limit");
    bm_jw_begin_object(w);
    bm_load_put_count(w, "waits", bm_sketch_head(waits)->n);
    bm_load_put_waits(w, "wait_ms", waits);
    bm_jw_end_object(w);
}

static void write_price(bm_jw_t *w, const bm_price_t *price)
{
    bm_jw_key(w, "price");
    bm_jw_begin_object(w);
    bm_load_put_count(w, "id", (apr_uint64_t)price->id);
    bm_load_put_text(w, "model", price->model);
    bm_jw_key(w, "input_per_million");
    bm_jw_double(w, price->input);
    bm_jw_key(w, "cached_input_per_million");
    bm_jw_double(w, price->cached);
    bm_jw_key(w, "output_per_million");
    bm_jw_double(w, price->output);
    bm_jw_end_object(w);
}

static void put_money(bm_jw_t *w, const char *name, double value)
{
    bm_jw_key(w, name);
    if (isnan(value))
        bm_jw_null(w);
    else
        bm_jw_fixed(w, value, 9);
}

static void write_cost(bm_jw_t *w, const bm_loadtest_t *lt, apr_uint64_t attempted, apr_uint64_t good, double cost)
{
    const bm_price_t *price = lt->policy.price;

    bm_jw_key(w, "cost");
    if (price == NULL) {
        bm_jw_null(w);
        return;
    }
    bm_jw_begin_object(w);
    bm_load_put_text(w, "currency", price->currency);
    put_money(w, "total", lt->policy.spent);
    put_money(w, "window", cost);
    put_money(w, "per_request", attempted > 0 ? cost / (double)attempted : NAN);
    put_money(w, "per_good_request", good > 0 ? cost / (double)good : NAN);
    put_money(w, "max_cost", lt->plan->max_cost > 0 ? lt->plan->max_cost : NAN);
    bm_load_put_count(w, "unpriced", lt->policy.unpriced);
    write_price(w, price);
    bm_jw_end_object(w);
}

void bm_load_policy_write(bm_jw_t *w, const bm_loadtest_t *lt, apr_uint64_t attempted, apr_uint64_t good, double cost)
{
    bm_jw_key(w, "policies");
    bm_jw_begin_object(w);
    bm_jw_key(w, "retries");
    bm_jw_begin_object(w);
    bm_load_put_count(w, "attempts", lt->policy.retried);
    bm_load_put_count(w, "recovered", lt->policy.recovered);
    bm_jw_end_object(w);
    write_limits(w, lt->policy.waits);
    bm_jw_key(w, "circuit");
    bm_jw_begin_object(w);
    bm_load_put_count(w, "opened", lt->gate->breaker.opened - lt->policy.opened_before);
    bm_load_put_count(w, "refused", lt->policy.refused);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
    write_cost(w, lt, attempted, good, cost);
}
