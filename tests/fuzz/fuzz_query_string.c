/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: a query string. What is accepted fits its row and is UTF-8; what is refused says why. */
#include "fuzz.h"

#include <string.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "base/text.h"
#include "parse/query_string.h"

static const bm_query_param_t params[] = {
    { "limit", BM_QUERY_INT, 1, 1000, NULL, "" },
    { "n", BM_QUERY_INT, 0, 0, NULL, "" },
    { "q", BM_QUERY_TEXT, 1, 20, NULL, "" },
    { "from", BM_QUERY_TIME, 0, 0, NULL, "" },
    { "total", BM_QUERY_BOOL, 0, 0, NULL, "" },
    { "order", BM_QUERY_ENUM, 0, 0, "asc|desc", "" },
    { "status", BM_QUERY_ENUM_LIST, 0, 0, "a|b|ab", "" },
    { "ids", BM_QUERY_INT_LIST, -5, 99, NULL, "" },
    { NULL }
};

static void check_accepted(const bm_query_string_t *q, apr_time_t now)
{
    const apr_array_header_t *list = bm_query_string_list(q, "ids");
    const char *text;
    apr_int64_t n;
    int i;

    for (i = 0; params[i].name != NULL; i++) {
        text = bm_query_string_text(q, params[i].name);
        BM_FUZZ_CHECK(bm_query_string_has(q, params[i].name) == (text != NULL));
        BM_FUZZ_CHECK(text == NULL || bm_text_is_utf8(text, strlen(text)));
    }
    n = bm_query_string_int(q, "limit", 1);
    BM_FUZZ_CHECK(n >= 1 && n <= 1000);
    BM_FUZZ_CHECK(bm_query_string_time(q, "from", now) >= 0);
    n = bm_query_string_bool(q, "total", 0);
    BM_FUZZ_CHECK(n == 0 || n == 1);
    text = bm_query_string_text(q, "order");
    BM_FUZZ_CHECK(text == NULL || strcmp(text, "asc") == 0 || strcmp(text, "desc") == 0);
    text = bm_query_string_text(q, "q");
    BM_FUZZ_CHECK(text == NULL || (strlen(text) >= 1 && strlen(text) <= 20));
    for (i = 0; list != NULL && i < list->nelts; i++)
        BM_FUZZ_CHECK(APR_ARRAY_IDX(list, i, apr_int64_t) >= -5 && APR_ARRAY_IDX(list, i, apr_int64_t) <= 99);
    list = bm_query_string_list(q, "status");
    BM_FUZZ_CHECK(list == NULL || (list->nelts >= 1 && list->nelts <= 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    const apr_time_t now = 1700000000LL * 1000000;
    bm_query_string_t *q;
    apr_status_t rv;
    bm_err_t *err;
    apr_pool_t *p;
    char *text;
    int flags;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    for (flags = 0; flags <= BM_QUERY_ALLOW_UNKNOWN; flags++) {
        apr_pool_create(&p, process);
        err = bm_err_make(p);
        rv = bm_query_string_parse(&q, text, params, flags, now, err, p);
        check_accepted(q, now);                 /* also if some were refused: those count as not given */
        if (rv == APR_SUCCESS) {
            BM_FUZZ_CHECK(err->violations->nelts == 0);
            BM_FUZZ_CHECK(flags || bm_query_string_unknown(q)->nelts == 0);
        }
        else
            BM_FUZZ_CHECK(err->violations->nelts >= 1 && err->violations->nelts <= BM_QUERY_VIOLATIONS_MAX
                          && *APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer == '?');
        apr_pool_destroy(p);
    }
    free(text);
    return 0;
}
