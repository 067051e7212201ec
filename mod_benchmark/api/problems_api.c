/* SPDX-License-Identifier: Apache-2.0
 *
 * problems_api.c: whoever asks for the execution of a problem is kept by the hub until it has ended, without a thread and
 * without a
 * connection; an engine judges it (training/session.h). */
#include "api/problems_api.h"

#include <math.h>
#include <string.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "api/loadtest_endpoints.h"
#include "api/page.h"
#include "api/projects_api.h"
#include "api/training_begin.h"
#include "base/rand.h"
#include "model/training_model.h"
#include "store/hive_store.h"
#include "training/session.h"

enum { OURS = BM_FIELD_READ_ONLY, MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE };
#define LOOK_AGAIN apr_time_from_sec(1)
/* How long a client is kept waiting at most; longer problems go on without him. */
#define PATIENCE apr_time_from_sec(900)

static const bm_field_t generate_fields[] = {
    { "scenario_type", BM_TYPE_ENUM, 0, .values = BM_TRAINING_TYPES, .doc = "Absent: drawn by the seed." },
    { "difficulty", BM_TYPE_ENUM, 0, .values = BM_TRAINING_DIFFICULTIES, .fallback = "\"easy\"", .doc = "How hard." },
    { "seed", BM_TYPE_INT, 0, 0, 9007199254740991, .doc = "The same seed, the same problem; absent: any." },
    { "name", BM_TYPE_STRING, 0, 1, 200, .doc = "What it is called." },
    { "parameters", BM_TYPE_OBJECT, 0, .doc = "Composed by hand: what is not given is drawn." },
    { "perturbations", BM_TYPE_OBJECT, 0, .doc = "Likewise." },
    { "expected", BM_TYPE_OBJECT, 0, .doc = "Likewise." },
    { NULL }
};

static const bm_field_t generated_fields[] = {
    { "id", BM_TYPE_STRING, OURS, .doc = "Key of the problem." },
    { "created_at", BM_TYPE_TIME, OURS, .doc = "When it was made." },
    { "scenario_type", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_TYPES, .doc = "What it is about." },
    { "difficulty", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_DIFFICULTIES, .doc = "How hard it is." },
    { "seed", BM_TYPE_INT, OURS, .doc = "The same seed, the same problem." },
    { "parameters", BM_TYPE_OBJECT, OURS, .doc = "What was drawn." },
    { "perturbations", BM_TYPE_OBJECT, OURS, .doc = "What is done to its requests on our side." },
    { "description", BM_TYPE_STRING, OURS, .doc = "What it does, in words." },
    { "expected_outcomes", BM_TYPE_OBJECT, OURS, .doc = "What it is judged by." },
    { NULL }
};

static const bm_field_t execute_fields[] = {
    { "scenario_id", BM_TYPE_INT, 0, .doc = "Whose requests are sent; absent: as for POST /training/start." },
    { NULL }
};

static const bm_field_t executed_fields[] = {
    { "scenario_id", BM_TYPE_STRING, OURS, .doc = "Key of the problem." },
    { "completed", BM_TYPE_BOOL, OURS, .doc = "Whether it was executed to its end." },
    { "success", BM_TYPE_BOOL, MAYBE, .doc = "Whether it met all expected outcomes; null: not clear." },
    { "success_rate", BM_TYPE_NUMBER, OURS, .doc = "Of its requests, 0 to 1." },
    { "execution_time", BM_TYPE_NUMBER, OURS, .doc = "Seconds." },
    { "metrics", BM_TYPE_ARRAY, OURS, .doc = "Each second of it, as GET /metrics/latest lists them." },
    { "errors", BM_TYPE_STRINGS, OURS, .doc = "Sentences." },
    { "recommendations", BM_TYPE_STRINGS, OURS, .doc = "Sentences." },
    { NULL }
};

static const bm_schema_t generate_schema = { "ProblemRequest", generate_fields };
static const bm_schema_t generated_schema = { "GeneratedProblem", generated_fields };
static const bm_schema_t execute_schema = { "ProblemExecution", execute_fields };
static const bm_schema_t executed_schema = { "ExecutedProblem", executed_fields };
static const bm_schema_t problem_schema = { "TrainingProblem", bm_training_problem_fields };

/* --- making one */

/* As by hand: what is not said is drawn. */
static bm_problem_t *make(bm_req_t *q, const bm_problem_limits_t *limits)
{
    json_t *by_hand = bm_field_complete(q->body, generate_fields, q->p);
    apr_uint64_t seed;

    if (json_object_get(by_hand, "seed") == NULL) {
        bm_rand_secure(&seed, sizeof(seed));
        json_object_set_new(by_hand, "seed", json_integer((json_int_t)(seed >> 11)));
    }
    seed = (apr_uint64_t)json_integer_value(json_object_get(by_hand, "seed"));
    if (json_object_get(by_hand, "scenario_type") != NULL)
        json_object_set(by_hand, "type", json_object_get(by_hand, "scenario_type"));
    else
        json_object_set_new(by_hand, "type",
                            json_string(bm_problem_type_name((bm_problem_type_e)(bm_rand_mix(seed) % BM_PROBLEM_TYPES))));
    json_object_del(by_hand, "scenario_type");
    json_object_del(by_hand, "name");
    return bm_problem_compose(by_hand, limits, q->err, q->p);
}

static void put(bm_req_t *q, const char *key, const json_t *value)
{
    bm_jw_key(&q->w, key);
    bm_jw_json(&q->w, value);
}

static void put_text(bm_req_t *q, const char *key, const char *value)
{
    bm_jw_key(&q->w, key);
    bm_jw_string(&q->w, value);
}

static apr_status_t scenarios_generate(bm_req_t *q)
{
    bm_training_problem_t *kept;
    bm_problem_limits_t limits;
    apr_int64_t id, project_id;
    bm_problem_t *problem;
    apr_status_t rv = bm_project_of_new(&project_id, q, NULL);

    if (rv != APR_SUCCESS)
        return rv;
    bm_session_limits(&limits, q->api->settings, INFINITY, 1);
    problem = make(q, &limits);
    if (problem == NULL)
        return APR_EINVAL;
    rv = bm_training_store_keep(&id, q->db, project_id, bm_problem_json(problem, q->p),
                                json_string_value(json_object_get(q->body, "name")), q->who.user, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_training_store_find(&kept, q->db, problem->key, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/training/problems/%" APR_INT64_T_FMT, id);
    bm_jw_begin_object(&q->w);
    put_text(q, "id", problem->key);
    put_text(q, "created_at", kept->created_at);
    put_text(q, "scenario_type", bm_problem_type_name(problem->type));
    put_text(q, "difficulty", bm_difficulty_name(problem->difficulty));
    bm_jw_key(&q->w, "seed");
    bm_jw_int(&q->w, (apr_int64_t)problem->seed);
    put(q, "parameters", problem->parameters);
    put(q, "perturbations", problem->perturbations);
    put_text(q, "description", problem->description);
    put(q, "expected_outcomes", problem->expected);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static apr_status_t problems_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_training_store_problem(&rows, q->db, q->ids[0], q->err, q->p);

    if (rv == APR_SUCCESS)
        bm_api_reply_row(q, rows, 0, 0, bm_training_problem_fields, NULL);
    return rv;
}

static apr_status_t problems_list(bm_req_t *q)
{
    bm_page_t page = { .limit = (int)bm_query_string_int(q->query, "limit", BM_PAGE_LIMIT) };
    const char *order = bm_query_string_text(q->query, "order");
    bm_problem_filter_t filter = {
        .type = bm_query_string_text(q->query, "type"), .difficulty = bm_query_string_text(q->query, "difficulty"),
        .statuses = bm_query_string_list(q->query, "status"), .after = bm_query_string_int(q->query, "after", 0),
        .oldest_first = order != NULL && strcmp(order, "asc") == 0, .limit = page.limit + 1
    };
    bm_rows_t *rows;
    apr_status_t rv = bm_training_store_kept(&rows, q->db, &filter, q->err, q->p);

    if (rv == APR_SUCCESS)
        bm_page_reply(q, &page, rows, 0, bm_training_problem_fields, 1, 0);
    return rv;
}

static apr_status_t problems_delete(bm_req_t *q)
{
    apr_status_t rv = bm_training_store_drop(q->db, q->ids[0], q->err, q->p);

    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Problem %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return rv;
}

/* --- executing one */

/* A client that waits for a problem. */
typedef struct awaited_t {
    bm_live_order_t order;
    apr_int64_t id, run;
    apr_time_t until;
} awaited_t;

static void disconnect(bm_req_t *q)
{
    if (q->db != NULL)
        q->api->source->close(q->db, q->api->source);
    q->db = NULL;
}

/* As an executed one is answered, of which nothing is known yet. */
static void reply_later(bm_req_t *q, apr_int64_t id)
{
    const json_t *none = bm_json_adopt(json_array(), q->p);

    q->status = 202;
    bm_api_set_location(q, "/training/problems/%" APR_INT64_T_FMT, id);
    bm_jw_begin_object(&q->w);
    put_text(q, "scenario_id", q->text);
    bm_jw_key(&q->w, "completed");
    bm_jw_bool(&q->w, 0);
    bm_jw_key(&q->w, "success");
    bm_jw_null(&q->w);
    bm_jw_key(&q->w, "success_rate");
    bm_jw_int(&q->w, 0);
    bm_jw_key(&q->w, "execution_time");
    bm_jw_int(&q->w, 0);
    put(q, "metrics", none);
    put(q, "errors", none);
    put(q, "recommendations", none);
    bm_jw_end_object(&q->w);
}

/* Woken by the end of its run, or to look again: an engine judges it a moment later. */
static apr_status_t awaited(bm_req_t *q, int last)
{
    awaited_t *wait = q->then_baton;
    const char *json = NULL, *status = NULL;
    apr_status_t rv = bm_api_open(&q->db, q);

    if (rv == APR_SUCCESS)
        rv = bm_hive_store_execution(&json, &status, q->db, wait->id, q->err, q->p);
    disconnect(q);
    if (APR_STATUS_IS_EAGAIN(rv) || (rv == APR_SUCCESS && status != NULL && strcmp(status, "running") == 0)) {
        wait->order.wait = wait->order.open_count > 0 ? LOOK_AGAIN : apr_time_from_msec(200);
        if (!last && apr_time_now() < wait->until)
            return APR_SUCCESS;
        q->live = NULL;
        reply_later(q, wait->id);
        return APR_SUCCESS;
    }
    q->live = NULL;
    if (rv == APR_SUCCESS && json == NULL)
        rv = bm_err_set(q->err, APR_NOTFOUND, NULL, "The problem was deleted meanwhile.");
    if (rv == APR_SUCCESS)
        bm_jw_raw(&q->w, json, strlen(json));
    return rv;
}

static void await_end(bm_req_t *q, apr_int64_t id, apr_int64_t loadtest_id)
{
    awaited_t *wait = apr_pcalloc(q->p, sizeof(*wait));

    wait->id = id;
    wait->run = loadtest_id;
    wait->until = apr_time_now() + PATIENCE;
    wait->order = (bm_live_order_t){ .framing = BM_FRAMING_WAIT, .wait = LOOK_AGAIN, .runs = &wait->run, .run_count = 1,
        .open_count = 1 };
    q->live = &wait->order;
    q->then = awaited;
    q->then_baton = wait;
}

/* before: that it was executed on; 0: none. */
static apr_status_t find_scenario(apr_int64_t *scenario_id, bm_req_t *q, apr_int64_t before)
{
    const json_t *given = json_object_get(q->body, "scenario_id");
    apr_status_t rv = APR_SUCCESS;

    *scenario_id = given != NULL ? json_integer_value(given) : before;
    if (given == NULL && before == 0)
        rv = bm_hive_store_scenario(scenario_id, q->db, q->err, q->p);
    if (rv == APR_SUCCESS && *scenario_id == 0)
        return bm_err_violation(q->err, "/scenario_id", "Must be given: there is no session yet to take it from, and not"
                                                        " exactly one "
                                "scenario whose automation has a confirmed_rate.");
    return rv;
}

/* One that was executed before is executed as a copy of itself. */
static apr_status_t read_problem(bm_problem_t **pproblem, apr_int64_t *id, bm_req_t *q, const bm_run_order_t *order,
                                 const bm_training_problem_t *found)
{
    json_t *stored;
    apr_status_t rv = bm_json_parse(&stored, found->problem, strlen(found->problem), q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    *id = found->id;
    *pproblem = bm_problem_read(stored, q->err, q->p);
    if (*pproblem == NULL)
        return APR_EGENERAL;
    if (strcmp(found->status, "generated") == 0)
        return APR_SUCCESS;
    return bm_training_store_keep(id, q->db, order->project_id, stored, found->name, q->who.user, q->err, q->p);
}

static apr_status_t check_free(bm_req_t *q, const bm_run_order_t *order)
{
    int busy;
    apr_status_t rv = bm_training_store_busy(&busy, q->db, order->automation_id, q->err, q->p);

    if (rv != APR_SUCCESS || !busy)
        return rv;
    return bm_err_set(q->err, APR_EEXIST, "already_training", "Automation %" APR_INT64_T_FMT " is being trained on; one"
        " problem at a "
                      "time.", order->automation_id);
}

/* before: as find_scenario has it. */
static apr_status_t execute(apr_int64_t *id, apr_int64_t *loadtest_id, bm_req_t *q, const bm_training_problem_t *found,
                            apr_int64_t before)
{
    static const bm_session_rest_t without_end = { .keep_rows = 1 };
    bm_problem_limits_t limits;
    apr_int64_t scenario_id;
    bm_problem_t *problem;
    bm_run_order_t order;
    const char *complaint;
    apr_status_t rv = find_scenario(&scenario_id, q, before);

    if (rv == APR_SUCCESS)
        rv = bm_training_order(&order, NULL, q, scenario_id);
    if (rv == APR_SUCCESS)
        rv = check_free(q, &order);
    if (rv == APR_SUCCESS)
        rv = read_problem(&problem, id, q, &order, found);
    if (rv != APR_SUCCESS)
        return rv;
    bm_session_limits(&limits, q->api->settings, order.confirmed_rate, 1);
    /* those of a problem composed by hand are somebody's word, as those of a plan are */
    rv = bm_loadtest_endpoints_check(q, json_object_get(problem->parameters, "endpoints"), "/parameters/endpoints",
                                     order.provider);
    if (rv == APR_SUCCESS)
        rv = bm_session_queue(loadtest_id, &complaint, q->db, &order, problem, &limits, &without_end, q->err, q->p);
    if (rv == APR_SUCCESS && complaint != NULL)
        return bm_err_set(q->err, APR_EINVAL, "bad_problem", "%s", complaint);
    return rv == APR_SUCCESS ? bm_training_store_execute(q->db, *id, scenario_id, *loadtest_id, q->err, q->p) : rv;
}

static apr_status_t scenarios_execute(bm_req_t *q)
{
    int later = !q->own_connection || (q->prefer != NULL && strstr(q->prefer, "respond-async") != NULL);
    apr_int64_t id = 0, loadtest_id = 0;
    bm_training_problem_t *found;
    apr_status_t rv = bm_api_open(&q->db, q);

    if (rv == APR_SUCCESS)
        rv = bm_db_begin(q->db, q->err);
    if (rv == APR_SUCCESS)
        rv = bm_training_store_find(&found, q->db, q->text, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = execute(&id, &loadtest_id, q, found, 0);
    if (rv == APR_SUCCESS) {
        if (later)
            q->status = 202;             /* also for the audit log */
        bm_api_set_location(q, "/training/problems/%" APR_INT64_T_FMT, id);
        rv = bm_api_commit(q);
    }
    disconnect(q);                       /* rolls back what is not committed */
    if (rv != APR_SUCCESS)
        return rv;
    if (q->api->poke != NULL)
        q->api->poke();
    if (later) {
        apr_table_setn(q->headers, "Preference-Applied", "respond-async");
        reply_later(q, id);
    }
    else
        await_end(q, id, loadtest_id);
    return APR_SUCCESS;
}

static apr_status_t problems_execute(bm_req_t *q)
{
    apr_int64_t id = 0, loadtest_id = 0;
    bm_training_problem_t *found;
    bm_rows_t *rows;
    apr_status_t rv = bm_training_store_find_id(&found, q->db, q->ids[0], q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = execute(&id, &loadtest_id, q, found, found->scenario_id);
    if (rv == APR_SUCCESS)
        rv = bm_training_store_problem(&rows, q->db, id, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/training/problems/%" APR_INT64_T_FMT, id);
    bm_api_reply_row(q, rows, 0, 0, bm_training_problem_fields, NULL);
    return APR_SUCCESS;
}

static const bm_query_param_t list_params[] = {
    { "after", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "Problems behind this one, in the order asked for." },
    { "limit", BM_QUERY_INT, 1, BM_PAGE_LIMIT_MAX, NULL, "Most elements of the answer (default 100)." },
    { "type", BM_QUERY_ENUM, 0, 0, BM_TRAINING_TYPES, "Of this type." },
    { "difficulty", BM_QUERY_ENUM, 0, 0, BM_TRAINING_DIFFICULTIES, "Of this difficulty." },
    { "status", BM_QUERY_ENUM_LIST, 0, 0, BM_TRAINING_PROBLEM_STATUSES, "One or more states with commas between." },
    { "order", BM_QUERY_ENUM, 0, 0, "desc|asc", "Newest (default) or oldest first; after goes on in this order." },
    { NULL }
};

const bm_route_t bm_problems_api_routes[] = {
    { "POST", "/scenarios/generate", BM_ROLE_OPERATOR, scenarios_generate, BM_ROUTE_TRANSACTION | BM_ROUTE_MAY_BE_BARE, 200, NULL,
      &generate_schema, &generated_schema, "generateProblem", "training", "Draw a problem, or compose one by hand, and keep"
          " it." },
    { "POST", "/scenarios/{key}/execute", BM_ROLE_OPERATOR, scenarios_execute, BM_ROUTE_NO_DATABASE | BM_ROUTE_MAY_BE_BARE,
        200, NULL,
      &execute_schema, &executed_schema, "executeProblem", "training",
      "Execute a problem and answer what came of it; with Prefer: respond-async at once, 202, and where it can be asked for.",
      .also = "202" },
    { "GET", "/training/problems", BM_ROLE_VIEWER, problems_list, BM_ROUTE_LIST, 200, list_params, NULL, &problem_schema,
      "listProblems", "training", "Problems that were made without a session, newest first." },
    { "DELETE", "/training/problems/{id}", BM_ROLE_ADMIN, problems_delete, BM_ROUTE_TRANSACTION, 200, NULL, NULL, NULL,
      "deleteProblem", "training", "Delete a problem that was made without a session; its load test stays." },
    { "POST", "/training/problems/{id}/execute", BM_ROLE_OPERATOR, problems_execute,
        BM_ROUTE_TRANSACTION | BM_ROUTE_IDEMPOTENT | BM_ROUTE_WAKES | BM_ROUTE_MAY_BE_BARE, 202, NULL, &execute_schema,
      &problem_schema, "executeProblemAgain", "training",
      "Execute a problem, of a session or not, on the scenario that is named or that it was executed on; one that was executed"
      " before as a copy of itself: the same requests." },
    { "GET", "/training/problems/{id}", BM_ROLE_VIEWER, problems_get, 0, 200, NULL, NULL, &problem_schema, "getTrainingProblem",
      "training", "One problem." },
    { NULL }
};
