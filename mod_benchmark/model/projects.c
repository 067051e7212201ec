/* SPDX-License-Identifier: Apache-2.0 */
#include "model/projects.h"

#include <string.h>
#include <apr_strings.h>
#include "base/text.h"

bm_projects_t bm_projects_all(void)
{
    return (bm_projects_t){ .all = 1 };
}

int bm_projects_has(const bm_projects_t *projects, apr_int64_t id)
{
    int i;

    for (i = 0; i < projects->n; i++)
        if (projects->ids[i] == id)
            return 1;
    return projects->all;
}

/* The ids of "1,2". */
static apr_status_t read_ids(bm_projects_t *projects, const char *text)
{
    char number[24];

    for (;;) {
        size_t len = strcspn(text, ",");
        apr_int64_t id;

        if (len >= sizeof(number) || projects->n == BM_PROJECTS_MAX)
            return APR_EINVAL;
        apr_cpystrn(number, text, len + 1);
        if (bm_text_to_int64(&id, number, 1, APR_INT64_MAX) != APR_SUCCESS)
            return APR_EINVAL;
        if (!bm_projects_has(projects, id))
            projects->ids[projects->n++] = id;
        if (text[len] == '\0')
            return APR_SUCCESS;
        text += len + 1;
    }
}

apr_status_t bm_projects_read(bm_projects_t *projects, const char *text)
{
    apr_status_t rv;

    *projects = (bm_projects_t){ .all = text == NULL || strcmp(text, "all") == 0 };
    if (projects->all || *text == '\0' || strcmp(text, "none") == 0)       /* "": an empty array */
        return APR_SUCCESS;
    rv = read_ids(projects, text);
    if (rv != APR_SUCCESS)
        *projects = (bm_projects_t){ 0 };
    return rv;
}

bm_projects_t bm_projects_of_json(const json_t *ids)
{
    bm_projects_t projects = { .all = ids == NULL || json_is_null(ids) };
    size_t i;

    for (i = 0; i < json_array_size(ids) && projects.n < BM_PROJECTS_MAX; i++) {
        apr_int64_t id = json_integer_value(json_array_get(ids, i));

        if (!bm_projects_has(&projects, id))
            projects.ids[projects.n++] = id;
    }
    return projects;
}

void bm_projects_add(bm_projects_t *projects, const bm_projects_t *more)
{
    int i;

    projects->all |= more->all;
    for (i = 0; i < more->n && projects->n < BM_PROJECTS_MAX; i++)
        if (projects->all || !bm_projects_has(projects, more->ids[i]))
            projects->ids[projects->n++] = more->ids[i];
}

void bm_projects_narrow(bm_projects_t *projects, const bm_projects_t *most)
{
    int i, n = 0;

    if (projects->all) {
        *projects = *most;
        return;
    }
    for (i = 0; i < projects->n; i++)
        if (bm_projects_has(most, projects->ids[i]))
            projects->ids[n++] = projects->ids[i];
    projects->n = n;
}

const char *bm_projects_text(const bm_projects_t *projects, apr_pool_t *p)
{
    const char *text = "{";
    int i;

    if (projects->all)
        return NULL;
    for (i = 0; i < projects->n; i++)
        text = apr_psprintf(p, "%s%s%" APR_INT64_T_FMT, text, i > 0 ? "," : "", projects->ids[i]);
    return apr_pstrcat(p, text, "}", NULL);
}

void bm_projects_write(bm_jw_t *w, const bm_projects_t *projects)
{
    int i;

    if (projects->all) {
        bm_jw_null(w);
        return;
    }
    bm_jw_begin_array(w);
    for (i = 0; i < projects->n; i++)
        bm_jw_int(w, projects->ids[i]);
    bm_jw_end_array(w);
}
