/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "model/run_model.h"

/* What C says of a kind, and what statements say of its number. */
BM_LOOP_TEST(kinds_are_the_same_in_statements, BM_RUN_KIND_COUNT)
{
    const char *name = bm_run_kind_name(_i), *at = BM_RUN_KINDS_SQL;
    const char *quoted = apr_psprintf(g_pool, "'%s'", name);
    int place;

    for (place = 0; place <= _i && at != NULL; place++)
        at = strchr(at + 1, '\'') != NULL ? strchr(strchr(at + 1, '\''), place < _i ? ',' : '\'') : NULL;
    ck_assert_ptr_nonnull(at);
    ck_assert_msg(strncmp(at, quoted, strlen(quoted)) == 0, "%d is %s", _i, at);
    ck_assert_int_eq(bm_run_kind_find(name), _i);
}
END_TEST

BM_LOOP_TEST(what_counts_nowhere_is_not_looked_for, BM_RUN_KIND_COUNT)
{
    char digit = (char)('0' + _i);

    ck_assert_int_eq(strchr(BM_SOURCES_UNCOUNTED, digit) == NULL, bm_run_kind_is_counted(_i));
    ck_assert_int_eq(strchr(BM_KINDS_UNCOUNTED, digit) == NULL, bm_run_kind_is_counted(_i) && !bm_run_kind_is_load(_i));
}
END_TEST

BM_TEST(there_are_no_other_kinds)
{
    ck_assert_ptr_null(bm_run_kind_name(-1));
    ck_assert_ptr_null(bm_run_kind_name(BM_RUN_KIND_COUNT));
    ck_assert_int_eq(bm_run_kind_find("probe"), -1);
}
END_TEST

#include "test_run_kinds.reg"
