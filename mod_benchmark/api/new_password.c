/* SPDX-License-Identifier: Apache-2.0 */
#include "api/new_password.h"

#include "base/log.h"

static apr_status_t check_list(bm_req_t *q, const char *password, const char *path)
{
    int listed;
    apr_status_t rv = bm_password_is_listed(&listed, password, path, q->p);

    if (rv != APR_SUCCESS) {
        bm_log(BM_LOG_ERR, rv, BMLOG(0905) "BenchmarkPasswordDenyFile %s cannot be searched", path);
        return bm_err_set(q->err, APR_EAGAIN, "password_list_unusable",
                          "New passwords cannot be checked now: the server's list of known ones cannot be read.");
    }
    return !listed ? APR_SUCCESS
        : bm_err_violation(q->err, "/password", "Is in the server's list of passwords that are known: take another one.");
}

apr_status_t bm_new_password_check(bm_req_t *q, const char *password, const bm_password_owner_t *owner)
{
    const char *weakness = bm_password_weakness(password, owner, q->p), *path = q->api->settings->password_deny_file;

    if (weakness != NULL)
        return bm_err_violation(q->err, "/password", "%s", weakness);
    return path != NULL ? check_list(q, password, path) : APR_SUCCESS;
}

apr_status_t bm_new_password_check_body(bm_req_t *q, const json_t *user)
{
    const char *password = json_string_value(json_object_get(q->body, "password"));
    const bm_password_owner_t owner = {
        json_string_value(json_object_get(user, "name")), json_string_value(json_object_get(user, "email")),
        json_string_value(json_object_get(user, "full_name"))
    };

    return password != NULL ? bm_new_password_check(q, password, &owner) : APR_SUCCESS;
}
