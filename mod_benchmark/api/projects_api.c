/* SPDX-License-Identifier: Apache-2.0
 *
 * projects_api.c: /projects. Everybody sees those that he is held to; who sees all and administers makes and deletes them. */
#include "api/projects_api.h"

#include "api/page.h"
#include "api/resource.h"
#include "model/project_model.h"
#include "store/project_store.h"

static const bm_schema_t project_schema = { "Project", bm_project_fields };

static const bm_query_param_t list_params[] = { BM_PAGE_PARAMS, { NULL } };

/* --- of what is made */

apr_status_t bm_project_of_new(apr_int64_t *pproject_id, bm_req_t *q, const json_t *body)
{
    const json_t *given = json_object_get(body, "project_id");
    const bm_projects_t *seen = &q->who.projects;
    bm_projects_t wanted = { .n = 1 };
    apr_int64_t missing;
    apr_status_t rv;

    if (!json_is_integer(given)) {
        *pproject_id = seen->all ? BM_PROJECT_DEFAULT : seen->ids[0];
        if (seen->all || seen->n > 0)
            return APR_SUCCESS;
        return bm_err_set(q->err, APR_EACCES, "no_project", "You see no project in which it could be made.");
    }
    *pproject_id = wanted.ids[0] = json_integer_value(given);
    rv = bm_project_store_missing(&missing, q->db, &wanted, q->err, q->p);
    if (rv == APR_SUCCESS && missing != 0)
        return bm_err_violation(q->err, "/project_id", "There is no project %" APR_INT64_T_FMT ".", missing);
    return rv;
}

apr_status_t bm_project_settle(bm_req_t *q, json_t *body)
{
    apr_int64_t project_id;
    apr_status_t rv;

    if (json_object_get(body, "id") != NULL)
        return APR_SUCCESS;
    rv = bm_project_of_new(&project_id, q, body);
    if (rv == APR_SUCCESS)
        json_object_set_new(body, "project_id", json_integer(project_id));
    return rv;
}

/* --- the resource */

static apr_status_t project_list(bm_rows_t **prows, bm_req_t *q, const bm_listing_t *listing)
{
    return bm_project_store_list(prows, q->db, listing, q->err, q->p);
}

static apr_status_t check_project(bm_req_t *q, json_t *project)
{
    (void)q;
    (void)project;
    return APR_SUCCESS;
}

static const bm_resource_t projects_resource = {
    .letter = "p", .path = "/projects", .fields = bm_project_fields, .first = BM_PROJECT_FIRST, .check = check_project,
    .list = project_list, .get = bm_project_store_get, .add = bm_project_store_add, .put = bm_project_store_put
};

static apr_status_t projects_list(bm_req_t *q)
{
    return bm_resource_list(q, &projects_resource);
}

static apr_status_t projects_get(bm_req_t *q)
{
    return bm_resource_get(q, &projects_resource);
}

static apr_status_t projects_create(bm_req_t *q)
{
    return bm_resource_create(q, &projects_resource);
}

static apr_status_t projects_update(bm_req_t *q)
{
    return bm_resource_update(q, &projects_resource);
}

static apr_status_t projects_delete(bm_req_t *q)
{
    const char *contents = NULL;
    apr_status_t rv = bm_resource_lock(q, &projects_resource);

    if (rv == APR_SUCCESS && q->ids[0] == BM_PROJECT_DEFAULT)
        return bm_err_set(q->err, APR_EEXIST, "default_project", "Project %d is the one that every installation has; rename it.",
                          BM_PROJECT_DEFAULT);
    if (rv == APR_SUCCESS)
        rv = bm_project_store_contents(&contents, q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS && contents != NULL)
        return bm_err_set(q->err, APR_EEXIST, "still_referenced", "There is something in it: %s. Delete that first.", contents);
    if (rv == APR_SUCCESS)
        rv = bm_project_store_delete(q->db, q->ids[0], q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    q->access_changed = 1;
    bm_api_reply_message(q, "Project %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return APR_SUCCESS;
}

const bm_route_t bm_projects_api_routes[] = {
    { "GET", "/projects", BM_ROLE_VIEWER, projects_list, BM_ROUTE_LIST, 200, list_params, NULL, &project_schema, "listProjects",
      "projects", "Projects that the client sees, by id." },
    { "POST", "/projects", BM_ROLE_ADMIN, projects_create, BM_ROUTE_IDEMPOTENT | BM_ROUTE_WHOLE, 201, NULL, &project_schema,
      &project_schema, "createProject", "projects", "Make a project." },
    { "GET", "/projects/{id}", BM_ROLE_VIEWER, projects_get, 0, 200, NULL, NULL, &project_schema, "getProject", "projects",
      "One project." },
    { "PUT", "/projects/{id}", BM_ROLE_ADMIN, projects_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE | BM_ROUTE_WHOLE, 200, NULL,
      &project_schema, &project_schema, "putProject", "projects",
      "Rename or describe a project; members that are not given stay as they are." },
    { "PATCH", "/projects/{id}", BM_ROLE_ADMIN, projects_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE | BM_ROUTE_WHOLE, 200,
      NULL, &project_schema, &project_schema, "patchProject", "projects",
      "Rename or describe a project; members that are not given stay as they are." },
    { "DELETE", "/projects/{id}", BM_ROLE_ADMIN, projects_delete, BM_ROUTE_TRANSACTION | BM_ROUTE_WHOLE, 200, NULL, NULL, NULL,
      "deleteProject", "projects", "Delete a project in which there is nothing; 409 says what there is." },
    { NULL }
};
