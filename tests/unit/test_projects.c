/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <apr_strings.h>
#include "model/projects.h"

static const char *text(const char *list)
{
    bm_projects_t projects;

    if (bm_projects_read(&projects, list) != APR_SUCCESS) {
        ck_assert_int_eq(projects.all, 0);               /* what cannot be read gives nothing */
        ck_assert_int_eq(projects.n, 0);
        return "wrong";
    }
    return projects.all ? "all" : bm_projects_text(&projects, g_pool);
}

BM_TEST(lists_are_read)
{
    static const char *const wrong[] = { "x", "1,", ",1", "1,,2", "0", "-1", "1 2", "1;2", "{1}", "9223372036854775808", "ALL",
                                         "1,all" };
    const char *many = "1";
    size_t i;

    ck_assert_str_eq(text(NULL), "all");
    ck_assert_str_eq(text("all"), "all");
    ck_assert_str_eq(text("none"), "{}");
    ck_assert_str_eq(text(""), "{}");
    ck_assert_str_eq(text("3,1,3,2"), "{3,1,2}");
    ck_assert_str_eq(text("9223372036854775807"), "{9223372036854775807}");
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        ck_assert_str_eq(text(wrong[i]), "wrong");
    for (i = 2; i <= BM_PROJECTS_MAX; i++)
        many = apr_psprintf(g_pool, "%s,%d", many, (int)i);
    ck_assert_str_eq(text(many), apr_pstrcat(g_pool, "{", many, "}", NULL));
    ck_assert_str_eq(text(apr_pstrcat(g_pool, many, ",99", NULL)), "wrong");
}
END_TEST

static bm_projects_t of(const char *list)
{
    bm_projects_t projects;

    ck_assert_int_eq(bm_projects_read(&projects, list), APR_SUCCESS);
    return projects;
}

static const char *narrowed(const char *list, const char *most)
{
    bm_projects_t projects = of(list), limit = of(most);

    bm_projects_narrow(&projects, &limit);
    return projects.all ? "all" : bm_projects_text(&projects, g_pool);
}

static const char *added(const char *list, const char *more)
{
    bm_projects_t projects = of(list), others = of(more);

    bm_projects_add(&projects, &others);
    return projects.all ? "all" : bm_projects_text(&projects, g_pool);
}

BM_TEST(narrower_and_wider)
{
    ck_assert_str_eq(narrowed("all", "all"), "all");
    ck_assert_str_eq(narrowed("all", "2,1"), "{2,1}");
    ck_assert_str_eq(narrowed("1,2,3", "all"), "{1,2,3}");
    ck_assert_str_eq(narrowed("1,2,3", "3,1"), "{1,3}");
    ck_assert_str_eq(narrowed("1", "2"), "{}");
    ck_assert_str_eq(narrowed("none", "all"), "{}");
    ck_assert_str_eq(added("1,2", "2,3"), "{1,2,3}");
    ck_assert_str_eq(added("1", "all"), "all");
    ck_assert_str_eq(added("none", "none"), "{}");
}
END_TEST

BM_TEST(nobody_is_what_is_empty)
{
    bm_projects_t nothing = { 0 };

    ck_assert_int_eq(bm_projects_has(&nothing, 1), 0);
    ck_assert_str_eq(bm_projects_text(&nothing, g_pool), "{}");
    nothing = bm_projects_all();
    ck_assert_int_eq(bm_projects_has(&nothing, 1), 1);
    ck_assert_ptr_null(bm_projects_text(&nothing, g_pool));
}
END_TEST

#include "test_projects.reg"
