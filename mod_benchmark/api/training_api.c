/* SPDX-License-Identifier: Apache-2.0 */
#include "api/training_api.h"

#include <string.h>
#include "api/etag.h"
#include "api/page.h"
#include "api/training_begin.h"
#include "model/training_model.h"
#include "store/row_json.h"
#include "store/training_store.h"

static const bm_schema_t session_schema = { "TrainingSession", bm_training_fields };
static const bm_schema_t plan_schema = { "TrainingPlan", bm_training_plan_fields };
static const bm_schema_t problem_schema = { "TrainingProblem", bm_training_problem_fields };
static const bm_schema_t second_schema = { "TrainingSecond", bm_training_second_fields };

enum { SECONDS = 1000, SECONDS_MAX = 10000 };

static const bm_query_param_t list_params[] = {
    { "after", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "Sessions behind this one, in the order asked for." },
    { "limit", BM_QUERY_INT, 1, 1000, NULL, "Most elements of the answer (default 100)." },
    { "status", BM_QUERY_ENUM_LIST, 0, 0, BM_TRAINING_STATUSES, "One or more states with commas between." },
    { "automation_id", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Sessions on this automation." },
    { "order", BM_QUERY_ENUM, 0, 0, "desc|asc", "Newest (default) or oldest first; after goes on in this order." },
    { NULL }
};

static const bm_query_param_t problems_params[] = {
    { "after", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "Problems behind this one (default: from the first)." },
    { "limit", BM_QUERY_INT, 1, 1000, NULL, "Most elements of the answer (default 100)." },
    { "order", BM_QUERY_ENUM, 0, 0, "asc|desc", "As they were given (default), or the last first; after goes on in this order." },
    { NULL }
};

static const bm_query_param_t seconds_params[] = {
    { "after_problem", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Seconds of this problem and later ones (default: from the"
        " first)." },
    { "after_second", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Of that problem only those above this." },
    { "limit", BM_QUERY_INT, 1, SECONDS_MAX, NULL, "Most elements of the answer (default 1000)." },
    { NULL }
};

static const char *etag_of(const bm_req_t *q, const bm_rows_t *rows)
{
    return bm_etag_of_version("t", bm_rows_text(rows, 0, BM_TRAINING_REV), q->p);
}

static int is_under_way(const char *status)
{
    return strcmp(status, "running") == 0 || strcmp(status, "stopping") == 0;
}

static void reply(bm_req_t *q, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, BM_TRAINING_FIRST, bm_training_fields, NULL);
}

/* --- reading */

static apr_status_t sessions_list(bm_req_t *q)
{
    bm_page_t page = { .limit = (int)bm_query_string_int(q->query, "limit", 100) };
    const char *order = bm_query_string_text(q->query, "order");
    bm_training_filter_t filter = {
        .statuses = bm_query_string_list(q->query, "status"),
        .automation_id = bm_query_string_int(q->query, "automation_id", -1),
        .oldest_first = order != NULL && strcmp(order, "asc") == 0,
        .after = bm_query_string_int(q->query, "after", 0), .limit = page.limit + 1
    };
    bm_rows_t *rows;
    apr_status_t rv = bm_training_store_list(&rows, q->db, &filter, q->err, q->p);

    if (rv == APR_SUCCESS)
        bm_page_reply(q, &page, rows, BM_TRAINING_FIRST, bm_training_fields, 1, BM_TRAINING_FIRST);
    return rv;
}

static apr_status_t sessions_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_training_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t sessions_problems(bm_req_t *q)
{
    bm_page_t page = { .limit = (int)bm_query_string_int(q->query, "limit", 100) };
    const char *order = bm_query_string_text(q->query, "order");
    bm_rows_t *rows;
    apr_status_t rv = bm_training_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_training_store_problems(&rows, q->db, q->ids[0], order != NULL && strcmp(order, "desc") == 0,
                                        bm_query_string_int(q->query, "after", 0), page.limit + 1, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_reply(q, &page, rows, 0, bm_training_problem_fields, 0, 0);
    return rv;
}

static apr_status_t sessions_seconds(bm_req_t *q)
{
    int limit = (int)bm_query_string_int(q->query, "limit", SECONDS), i, n;
    bm_rows_t *rows;
    apr_status_t rv = bm_training_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_training_store_seconds(&rows, q->db, q->ids[0], bm_query_string_int(q->query, "after_problem", 0),
                                       bm_query_string_int(q->query, "after_second", -1), limit, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    n = bm_rows_count(rows);
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        bm_row_json_write(&q->w, rows, i, 0, bm_training_second_fields, 0);
    bm_jw_end_array(&q->w);
    return APR_SUCCESS;
}

/* --- beginning one */

static apr_status_t sessions_create(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_training_begin(&rows, q, q->body);

    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/training/sessions/%s", bm_rows_text(rows, 0, BM_TRAINING_FIRST));
    reply(q, rows);
    return APR_SUCCESS;
}

/* --- ending one */

static apr_status_t sessions_stop(bm_req_t *q)
{
    const char *status;
    bm_rows_t *rows;
    apr_status_t rv = bm_training_store_get(&rows, q->db, q->ids[0], 1, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    status = bm_rows_text(rows, 0, BM_TRAINING_STATUS);
    if (!is_under_way(status) && strcmp(status, "stopped") != 0)
        return bm_err_set(q->err, APR_EEXIST, "already_finished", "Training session %" APR_INT64_T_FMT " has already ended: %s.",
                          q->ids[0], status);
    rv = bm_training_store_stop(q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_training_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);
    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t sessions_delete(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_training_store_get(&rows, q->db, q->ids[0], 1, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_api_check_match(q, etag_of(q, rows));
    if (rv == APR_SUCCESS && is_under_way(bm_rows_text(rows, 0, BM_TRAINING_STATUS)))
        return bm_err_set(q->err, APR_EEXIST, "still_running", "Training session %" APR_INT64_T_FMT " is under way; stop it"
            " first.",
                          q->ids[0]);
    if (rv == APR_SUCCESS)
        rv = bm_training_store_delete(q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Training session %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return rv;
}

const bm_route_t bm_training_api_routes[] = {
    { "GET", "/training/sessions", BM_ROLE_VIEWER, sessions_list, BM_ROUTE_LIST, 200, list_params, NULL, &session_schema,
      "listTrainingSessions", "training", "Sessions of training, newest first." },
    { "POST", "/training/sessions", BM_ROLE_OPERATOR, sessions_create, BM_ROUTE_TRANSACTION | BM_ROUTE_IDEMPOTENT, 201, NULL,
      &plan_schema, &session_schema, "createTrainingSession", "training",
      "Begin a session: problem after problem, until it is known what the target can take." },
    { "GET", "/training/sessions/{id}", BM_ROLE_VIEWER, sessions_get, 0, 200, NULL, NULL, &session_schema, "getTrainingSession",
      "training", "One session." },
    { "DELETE", "/training/sessions/{id}", BM_ROLE_ADMIN, sessions_delete, BM_ROUTE_TRANSACTION, 200, NULL, NULL, NULL,
      "deleteTrainingSession", "training", "Delete a session that has ended; the load tests of its problems stay." },
    { "POST", "/training/sessions/{id}/stop", BM_ROLE_OPERATOR, sessions_stop, BM_ROUTE_TRANSACTION, 202, NULL, NULL,
      &session_schema, "stopTrainingSession", "training", "End a session; the problem under way is cancelled." },
    { "GET", "/training/sessions/{id}/problems", BM_ROLE_VIEWER, sessions_problems, BM_ROUTE_LIST, 200, problems_params, NULL,
      &problem_schema, "listTrainingProblems", "training", "Its problems, in their order." },
    { "GET", "/training/sessions/{id}/metrics", BM_ROLE_VIEWER, sessions_seconds, BM_ROUTE_LIST, 200, seconds_params, NULL,
      &second_schema, "listTrainingSeconds", "training", "What was measured in each second of it." },
    { NULL }
};
