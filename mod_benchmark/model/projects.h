/* SPDX-License-Identifier: Apache-2.0
 *
 * model/projects.h: which projects somebody sees. Flat, like the identity that it is part of. Thread: a value. */
#ifndef BM_MODEL_PROJECTS_H
#define BM_MODEL_PROJECTS_H

#include <apr_pools.h>
#include "base/json.h"

#define BM_PROJECTS_MAX 32
#define BM_PROJECT_DEFAULT 1           /* the one that every installation has */

typedef struct bm_projects_t {
    int all;                           /* every one, also those to come; ids do not count then */
    int n;
    apr_int64_t ids[BM_PROJECTS_MAX];  /* in the order in which they were given: what somebody makes goes into the first */
} bm_projects_t;

/** All of them. */
bm_projects_t bm_projects_all(void);

/** "1,2" (as array_to_string writes it, or the directive has it), "all" or "none"; NULL: all. @return APR_EINVAL: not such a
 *  list; *projects has none then. */
apr_status_t bm_projects_read(bm_projects_t *projects, const char *text);

/** From a checked JSON array; NULL or null: all. */
bm_projects_t bm_projects_of_json(const json_t *ids);

/** Add those of `more`, as far as there is room. */
void bm_projects_add(bm_projects_t *projects, const bm_projects_t *more);

/** Leave those that `most` has, too. */
void bm_projects_narrow(bm_projects_t *projects, const bm_projects_t *most);

int bm_projects_has(const bm_projects_t *projects, apr_int64_t id);

/** "{1,2}", for bm_db_hold; NULL: all. In p. */
const char *bm_projects_text(const bm_projects_t *projects, apr_pool_t *p);

/** Write the array, or null for all. */
void bm_projects_write(bm_jw_t *w, const bm_projects_t *projects);

#endif
