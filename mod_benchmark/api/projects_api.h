/* SPDX-License-Identifier: Apache-2.0
 *
 * api/projects_api.h: /projects, and the project of what somebody makes. */
#ifndef BM_API_PROJECTS_API_H
#define BM_API_PROJECTS_API_H

#include "api/api.h"

extern const bm_route_t bm_projects_api_routes[];

/** The project of what is about to be made: the body's `project_id`, else the first that the client sees.
 *  @return APR_EINVAL with a violation: he sees none of that number; APR_EACCES (no_project): he sees none at all. */
apr_status_t bm_project_of_new(apr_int64_t *pproject_id, bm_req_t *q, const json_t *body);

/** The same, put into the body. One that is there already was checked when it was stored. */
apr_status_t bm_project_settle(bm_req_t *q, json_t *body);

#endif
