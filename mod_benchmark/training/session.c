/* SPDX-License-Identifier: Apache-2.0 */
#include "training/session.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/rand.h"
#include "base/text.h"
#include "engine/inputs.h"
#include "model/loadtest_plan.h"
#include "model/run_model.h"
#include "provider/provider.h"
#include "store/loadtest_store.h"
#include "store/training_store.h"
#include "training/judge.h"
#include "training/policy.h"
#include "training/response.h"

/* How often a problem under way is looked at. */
#define LOOK_AGAIN apr_time_from_msec(500)
/* Problems in a row of which nothing was answered, or that could not be performed, after which there is no use in going on. */
enum { HOPELESS = 3 };
/* Seconds that a session waits when our client was late: doubled each time, as the machine's other work may pass. */
#define PAUSE_FIRST 5.0
#define PAUSE_MOST 60.0

/* One session in one step. */
typedef struct session_t {
    bm_controller_step_t *step;
    bm_training_row_t *row;
    json_t *plan, *state;
    const bm_policy_t *policy;
    bm_problem_limits_t limits;
    apr_pool_t *p;
} session_t;

/* --- limits */

void bm_session_limits(bm_problem_limits_t *limits, const bm_settings_t *settings, double confirmed_rate, double scale)
{
    limits->max_rate = fmin(settings->training_max_rate, confirmed_rate);
    limits->max_concurrency = settings->training_max_concurrency;
    limits->duration_scale = fmin(scale, settings->training_scale / 100.0);
    limits->max_seconds = 0;
    limits->max_requests = 0;
    limits->no_copies = 0;
}

int bm_session_forbids_copies(const char *provider, const json_t *budget)
{
    const bm_provider_t *of = bm_provider_find(provider);

    return of == NULL || !of->repeatable || json_object_get(budget, "cost") != NULL || json_object_get(budget, "tokens") != NULL;
}

json_t *bm_session_limits_json(const bm_problem_limits_t *limits, apr_pool_t *p)
{
    return bm_json_adopt(json_pack("{s:f, s:i, s:f, s:b}", "max_rate", limits->max_rate, "max_concurrency",
                                   limits->max_concurrency, "duration_scale", limits->duration_scale, "hedges",
                                   !limits->no_copies), p);
}

void bm_session_limits_read(bm_problem_limits_t *limits, const json_t *json, double seconds_left, apr_int64_t requests_left)
{
    limits->max_rate = json_number_value(json_object_get(json, "max_rate"));
    limits->max_concurrency = (int)json_integer_value(json_object_get(json, "max_concurrency"));
    limits->duration_scale = json_number_value(json_object_get(json, "duration_scale"));
    limits->max_seconds = seconds_left;
    limits->max_requests = requests_left;
    limits->no_copies = json_is_false(json_object_get(json, "hedges"));
}

static double budget_of(const session_t *s, const char *what)
{
    const json_t *value = json_object_get(json_object_get(s->plan, "budget"), what);

    return json_is_number(value) ? json_number_value(value) : INFINITY;
}

/* What is left of one; 0: there is no such limit. */
static double rest_of(const session_t *s, const char *what, double used)
{
    double budget = budget_of(s, what);

    return isfinite(budget) ? fmax(budget - used, 0) : 0;
}

/* The part of the budget that a problem ran into before its end; NULL: none. A load test names the limit of its plan. */
static const char *ran_into(const json_t *response)
{
    static const char *const parts[][2] = { { "max_requests", "requests" }, { "max_total_tokens", "tokens" },
                                            { "max_cost", "cost" } };
    const char *by = json_string_value(json_object_get(json_object_get(response, "results"), "truncated_by"));
    size_t i;

    for (i = 0; by != NULL && i < sizeof(parts) / sizeof(parts[0]); i++)
        if (strcmp(by, parts[i][0]) == 0)
            return parts[i][1];
    return NULL;
}

/* @return the sentence that ends it; NULL: there is something left of everything. */
static const char *spent(const session_t *s)
{
    const struct { const char *name; double used; } parts[] = {
        { "seconds", s->row->age }, { "requests", (double)s->row->requests }, { "problems", s->row->total },
        { "tokens", (double)s->row->tokens }, { "cost", s->row->cost }
    };
    size_t i;

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (parts[i].used >= budget_of(s, parts[i].name))
            return apr_psprintf(s->p, "The budget of %s %s is used up.",
                                bm_text_number(budget_of(s, parts[i].name), 6, s->p), parts[i].name);
    return NULL;
}

/* --- the end */

static apr_status_t end(session_t *s, const char *status, const char *ended_by, const char *reason)
{
    s->step->did = 1;
    return bm_training_store_end(s->step->db, s->row->id, status, ended_by, reason, s->policy->conclude(s->state, s->p),
                                 s->step->err, s->p);
}

/* What cannot go on is said in its row; the step itself has not failed. */
static apr_status_t give_up(session_t *s, const char *why)
{
    bm_log(BM_LOG_WARNING, 0, BMLOG(0451) "training session %" APR_INT64_T_FMT " is given up: %s", s->row->id, why);
    return end(s, "failed", "error", why);
}

/* --- the next problem */

static apr_uint64_t seed_of(const session_t *s)
{
    return bm_rand_mix((apr_uint64_t)json_integer_value(json_object_get(s->plan, "seed")) + 0x9e3779b97f4a7c15u
                       * (apr_uint64_t)(s->row->total + s->row->failures_in_row + 1)) >> 11;    /* fits bigint and JSON */
}

static bm_problem_t *make_problem(const session_t *s, const bm_policy_ask_t *ask)
{
    bm_problem_t *problem = bm_problem_generate(ask->type, ask->difficulty, seed_of(s), &s->limits,
                                                json_object_get(s->plan, "target"), s->p);

    if (ask->rate > 0)
        problem = bm_problem_at_rate(problem, ask->rate, ask->seconds, &s->limits, s->p);
    json_object_update(problem->expected, json_object_get(s->plan, "expected"));
    return problem;
}

static void bind_to_rest(json_t *plan, const bm_session_rest_t *rest)
{
    json_object_set_new(plan, "keep_rows", json_real(rest->keep_rows));
    if (rest->cost > 0)
        json_object_set_new(plan, "max_cost", json_real(rest->cost));
    if (rest->requests > 0)
        json_object_set_new(plan, "max_requests", json_integer(rest->requests));
    if (rest->tokens > 0)
        json_object_set_new(plan, "max_total_tokens", json_integer(rest->tokens));
}

apr_status_t bm_session_queue(apr_int64_t *loadtest_id, const char **complaint, bm_db_t *db, const bm_run_order_t *order,
                              const bm_problem_t *problem, const bm_problem_limits_t *limits,
                              const bm_session_rest_t *rest, bm_err_t *err, apr_pool_t *p)
{
    json_t *plan = bm_problem_plan(problem, order->scenario_id, limits, p), *spec;
    bm_run_order_t one = *order;
    bm_rows_t *rows;
    apr_status_t rv;

    *complaint = "The problem cannot be made into a load test.";
    if (plan == NULL)
        return APR_SUCCESS;
    rv = bm_json_parse(&spec, order->spec, strlen(order->spec), err, p);
    if (rv != APR_SUCCESS)
        return rv;
    *complaint = "The problem sends copies of requests, and calls of this provider must not be made twice: its copies must be 0.";
    if (json_object_get(plan, "hedge") != NULL
        && bm_session_forbids_copies(json_string_value(json_object_get(spec, "provider")), NULL))
        return APR_SUCCESS;
    json_object_set_new(plan, "name", json_string(problem->key));
    json_object_set_new(plan, "certificate", json_false());
    bind_to_rest(plan, rest);
    if (bm_loadtest_plan_check(plan, err, p) != APR_SUCCESS) {
        *complaint = bm_inputs_complaint(err, p);
        return APR_SUCCESS;
    }
    *complaint = NULL;
    json_object_set(spec, "loadtest", plan);
    one.spec = bm_json_dump(NULL, spec, p);
    one.kind = BM_RUN_KIND_TRAINING;
    rv = bm_loadtest_store_add(&rows, db, &one, plan, err, p);
    *loadtest_id = rv == APR_SUCCESS ? bm_rows_int64(rows, 0, BM_LOADTEST_FIRST, 0) : 0;
    return rv;
}

static apr_status_t give_next(session_t *s)
{
    const char *why = spent(s);
    const bm_session_rest_t rest = {
        .cost = rest_of(s, "cost", s->row->cost), .requests = (apr_int64_t)rest_of(s, "requests", (double)s->row->requests),
        .tokens = (apr_int64_t)rest_of(s, "tokens", (double)s->row->tokens),
        .keep_rows = json_number_value(json_object_get(s->plan, "keep_rows"))
    };
    bm_policy_ask_t ask;
    bm_problem_t *problem;
    apr_int64_t loadtest_id = 0;
    apr_status_t rv;

    if (why != NULL && bm_policy_unclear(s->state) > 0)
        why = apr_psprintf(s->p, "%s The latest %d of its problems gave no figures that can be believed.", why,
                           bm_policy_unclear(s->state));
    if (why != NULL)
        return end(s, "completed", "budget", why);
    if (s->row->failures_in_row >= HOPELESS)
        return end(s, "failed", "target", "Three problems in a row had no answer at all: the target is down, or does not take"
                                          " them.");
    rv = s->policy->next(&ask, s->state, seed_of(s), s->step->err, s->p);
    if (APR_STATUS_IS_EOF(rv))
        return end(s, "completed", "policy",
                   json_string_value(json_object_get(s->policy->conclude(s->state, s->p), "sentence")));
    if (rv != APR_SUCCESS)
        return give_up(s, s->step->err->detail ? s->step->err->detail : "What it knew cannot be read.");
    problem = make_problem(s, &ask);
    rv = bm_session_queue(&loadtest_id, &why, s->step->db, &s->row->order, problem, &s->limits, &rest, s->step->err, s->p);
    if (rv != APR_SUCCESS)
        return rv;
    if (why != NULL)
        return give_up(s, why);
    s->step->did = s->step->queued = 1;
    return bm_training_store_give(s->step->db, s->row, bm_problem_json(problem, s->p), ask.reason, loadtest_id, s->step->err,
                                  s->p);
}

/* --- the problem under way */

static int is_under_way(const bm_training_row_t *row)
{
    return row->run_status != NULL && (strcmp(row->run_status, "pending") == 0 || strcmp(row->run_status, "running") == 0);
}

static apr_status_t await(session_t *s)
{
    int stopping = strcmp(s->row->status, "stopping") == 0;
    apr_status_t rv = APR_SUCCESS;

    if (stopping || s->row->age >= budget_of(s, "seconds")) {
        rv = bm_training_store_halt(s->step->db, s->row->loadtest_id, !stopping, s->step->err, s->p);
        s->step->queued = 1;             /* the director has something to cancel, perhaps */
    }
    if (rv == APR_SUCCESS)
        rv = bm_training_store_wait(s->step->db, s->row->id, LOOK_AGAIN, s->step->err, s->p);
    return rv;
}

/* The load test as the API shows it. */
static json_t *response_of(const bm_training_row_t *row, apr_pool_t *p)
{
    json_t *response = NULL;

    if (row->response == NULL || bm_json_parse(&response, row->response, strlen(row->response), NULL, p) != APR_SUCCESS
        || !json_is_object(response))
        response = bm_json_adopt(json_object(), p);
    if (row->run_status != NULL)
        json_object_set_new(response, "status", json_string(row->run_status));
    if (row->run_error != NULL)
        json_object_set_new(response, "error", json_string(row->run_error));
    if (row->run_error_code != NULL)
        json_object_set_new(response, "error_code", json_string(row->run_error_code));
    return response;
}

static bm_problem_t *problem_of(const bm_training_row_t *row, bm_err_t *err, apr_pool_t *p)
{
    json_t *stored;

    return bm_json_parse(&stored, row->problem, strlen(row->problem), err, p) == APR_SUCCESS ? bm_problem_read(stored, err,
                                                                                                               p) : NULL;
}

/* What becomes of a problem whose load test ended so. */
static const char *status_after(const char *run_status)
{
    if (run_status == NULL)
        return "failed";
    return strcmp(run_status, "completed") == 0 || strcmp(run_status, "cancelled") == 0 ? run_status : "failed";
}

static void count_judgement(bm_training_row_t *row, const json_t *judgement, const json_t *response)
{
    const json_t *success = json_object_get(judgement, "success"), *rate = json_object_get(judgement, "success_rate");
    const json_t *results = json_object_get(response, "results");
    double share = json_is_number(rate) ? json_number_value(rate) : 0;
    int is_answered = bm_response_figure(results, "completed") > 0, is_empty = bm_response_figure(results, "attempted") == 0;

    if (json_is_number(rate)) {
        row->performance = row->rated == 0 ? share : (row->performance * row->rated + share) / (row->rated + 1);
        row->rated++;
    }
    row->total++;
    row->successful += json_is_true(success);
    row->unclear += !json_is_boolean(success);
    row->failures_in_row = is_answered ? 0 : row->failures_in_row + !is_empty;
}

/* --- problems without figures */

/* A quarter more or less, so that sessions that made each other late do not ask at the same moments again. */
static double pause_after(const session_t *s, int unclear)
{
    double pause = fmin(PAUSE_MOST, PAUSE_FIRST * pow(2, unclear - 1));
    bm_rand_t rand;

    bm_rand_seed(&rand, seed_of(s) ^ bm_rand_mix((apr_uint64_t)s->row->id));
    pause *= 0.75 + 0.5 * bm_rand_uniform(&rand);
    return fmin(pause, fmax(0, budget_of(s, "seconds") - s->row->age));
}

/* @return seconds until the next problem, which the move tells; 0: there is nothing to wait for. */
static double pause_for_client(const session_t *s, const json_t *state, const json_t *response, json_t *move)
{
    int unclear = bm_policy_unclear(state);
    double pause;

    if (unclear == 0 || unclear >= BM_POLICY_UNCLEAR_MAX || !bm_response_is_ours(response))
        return 0;
    pause = pause_after(s, unclear);
    json_object_set_new(move, "why", json_string(apr_psprintf(s->p, "%s It is asked again in %.0f s (%d of %d).",
                                                              json_string_value(json_object_get(move, "why")), pause,
                                                              unclear, BM_POLICY_UNCLEAR_MAX - 1)));
    return pause;
}

/* Who is to blame is our own client only if it says so: a problem may also have had no request to send. */
static apr_status_t end_unclear(session_t *s, const json_t *judgement, const json_t *response)
{
    const char *verdict = json_string_value(json_object_get(judgement, "verdict"));
    int ours = bm_response_is_ours(response);

    return end(s, "failed", ours ? "client" : "error",
               apr_psprintf(s->p, "%s: %d problems in a row gave no figures that can be believed. The last: %s",
                            ours ? "The measuring side was not able to" : "Nothing was learnt", BM_POLICY_UNCLEAR_MAX,
                            verdict != NULL ? verdict : "it has no verdict."));
}

/* Where it goes beside what became of the problem: a ladder goes by the share of requests answered in time alone, so it may go
 * up after a problem that was missed. A copy: what the policy keeps is its own. */
static json_t *with_verdict(const session_t *s, const json_t *move, const json_t *judgement)
{
    json_t *told = bm_json_overlay(move, NULL, s->p);

    json_object_set_new(told, "problem_id", json_integer((json_int_t)s->row->problem_id));
    json_object_set(told, "success", json_object_get(judgement, "success"));
    json_object_set(told, "verdict", json_object_get(judgement, "verdict"));
    return told;
}

static apr_status_t learn(session_t *s, const bm_problem_t *problem, const json_t *judgement, const json_t *response)
{
    json_t *move = NULL, *state = s->policy->learn(&move, s->state, problem, judgement, response, s->step->err, s->p);
    const char *limit = ran_into(response);
    apr_status_t rv;
    double pause;

    if (state == NULL)
        return give_up(s, s->step->err->detail ? s->step->err->detail : "What it knew cannot be read.");
    pause = pause_for_client(s, state, response, move);
    count_judgement(s->row, judgement, response);
    rv = bm_training_store_settle(s->step->db, s->row, "completed", judgement, s->step->err, s->p);
    if (rv == APR_SUCCESS)
        rv = bm_training_store_learn(s->step->db, s->row, state, NULL, with_verdict(s, move, judgement), s->step->err, s->p);
    s->state = state;
    if (rv == APR_SUCCESS && limit != NULL)
        return end(s, "completed", "budget", apr_psprintf(s->p, "The budget of %s %s has no room for another request.",
                                                          bm_text_number(budget_of(s, limit), 6, s->p), limit));
    if (rv == APR_SUCCESS && bm_policy_unclear(state) >= BM_POLICY_UNCLEAR_MAX)
        return end_unclear(s, judgement, response);
    if (rv == APR_SUCCESS && pause > 0)
        rv = bm_training_store_wait(s->step->db, s->row->id, apr_time_from_msec((apr_int64_t)(1000 * pause)), s->step->err, s->p);
    return rv;
}

/* One that was cut off says nothing of the target: it is not learned from, and the policy asks again. */
static apr_status_t settle(session_t *s)
{
    json_t *response = response_of(s->row, s->p), *judgement;
    const char *status = status_after(s->row->run_status);
    bm_problem_t *problem = problem_of(s->row, s->step->err, s->p);
    apr_status_t rv;

    s->step->did = 1;
    if (problem == NULL)
        return give_up(s, "The problem under way cannot be read any more.");
    rv = bm_training_store_use(s->row, s->step->db, s->step->err, s->p);
    if (rv != APR_SUCCESS)
        return rv;
    judgement = bm_judge(problem, response, s->p);
    if (strcmp(status, "completed") == 0)
        return learn(s, problem, judgement, response);
    s->row->failures_in_row += strcmp(status, "failed") == 0;
    rv = bm_training_store_settle(s->step->db, s->row, status, judgement, s->step->err, s->p);
    if (rv == APR_SUCCESS)
        rv = bm_training_store_learn(s->step->db, s->row, s->state, NULL, NULL, s->step->err, s->p);
    return rv;
}

/* --- one step */

static apr_status_t read_session(session_t *s)
{
    apr_status_t rv = bm_json_parse(&s->plan, s->row->plan, strlen(s->row->plan), s->step->err, s->p);
    double seconds_left;

    if (rv == APR_SUCCESS)
        rv = bm_json_parse(&s->state, s->row->state, strlen(s->row->state), s->step->err, s->p);
    if (rv != APR_SUCCESS)
        return rv;
    s->policy = bm_policy_find(json_string_value(json_object_get(s->plan, "policy")));
    if (s->policy == NULL)
        return APR_EINVAL;
    seconds_left = budget_of(s, "seconds") - s->row->age;
    bm_session_limits_read(&s->limits, json_object_get(s->plan, "limits"), isfinite(seconds_left) ? fmax(seconds_left, 1) : 0,
                           (apr_int64_t)fmin(fmax(budget_of(s, "requests") - (double)s->row->requests, 1), 1e15));
    return APR_SUCCESS;
}

static apr_status_t advance(session_t *s)
{
    if (s->row->problem_id != 0)
        return is_under_way(s->row) ? await(s) : settle(s);
    if (strcmp(s->row->status, "stopping") == 0)
        return end(s, "stopped", "user", "Stopped by a user.");
    return give_next(s);
}

/* Do one step within a transaction. @return APR_NOTFOUND: there was nothing to do. */
static apr_status_t in_transaction(bm_controller_step_t *step, apr_status_t (*work)(bm_controller_step_t *, apr_pool_t *),
                                   apr_pool_t *p)
{
    apr_status_t rv = bm_db_begin(step->db, step->err);

    if (rv == APR_SUCCESS)
        rv = work(step, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(step->db, step->err);
    else
        bm_db_rollback(step->db);
    if (rv == APR_SUCCESS)
        step->did = 1;                   /* another may be due */
    return rv;
}

static apr_status_t work_on_session(bm_controller_step_t *step, apr_pool_t *p)
{
    session_t s = { .step = step, .p = p };
    apr_status_t rv = bm_training_store_take(&s.row, step->db, step->err, p);

    if (rv != APR_SUCCESS)
        return rv;
    if (read_session(&s) == APR_SUCCESS)
        return advance(&s);
    return bm_training_store_end(step->db, s.row->id, "failed", "error", "What is kept of it cannot be read.", NULL, step->err,
                                 p);
}

static apr_status_t work_on_problem(bm_controller_step_t *step, apr_pool_t *p)
{
    bm_training_row_t *row;
    bm_problem_t *problem;
    apr_status_t rv = bm_training_store_take_alone(&row, step->db, step->err, p);

    if (rv != APR_SUCCESS)
        return rv;
    problem = problem_of(row, step->err, p);
    return bm_training_store_settle(step->db, row, status_after(row->run_status),
                                    problem != NULL ? bm_judge(problem, response_of(row, p), p) : NULL, step->err, p);
}

static apr_status_t step_training(bm_controller_step_t *step, apr_pool_t *p)
{
    int sessions, problems;
    apr_status_t rv = bm_training_store_due(&sessions, &problems, step->db, step->err, p);

    if (rv == APR_SUCCESS && sessions)
        rv = in_transaction(step, work_on_session, p);
    if ((rv == APR_SUCCESS || rv == APR_NOTFOUND) && problems)
        rv = in_transaction(step, work_on_problem, p);
    return rv == APR_NOTFOUND ? APR_SUCCESS : rv;
}

const bm_controller_t bm_training_controller = { .name = "training", .step = step_training };
