/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/jsonl_reader.h"

#include <string.h>
#include "base/json.h"

static apr_status_t refuse(bm_err_t *err, apr_int64_t line, const bm_err_t *why)
{
    static const char first_line[] = "The JSON text is not valid at line 1, ";
    const char *detail = why->detail;

    if (strncmp(detail, first_line, sizeof(first_line) - 1) == 0)
        return bm_err_set(err, APR_EINVAL, "malformed_jsonl", "Line %" APR_INT64_T_FMT ", %s", line,
                          detail + sizeof(first_line) - 1);
    return bm_err_set(err, APR_EINVAL, "malformed_jsonl", "Line %" APR_INT64_T_FMT ": %s", line, detail);
}

static apr_status_t read_line(const char *text, apr_size_t len, apr_int64_t line, bm_entry_fn *on_entry, void *baton,
                              bm_err_t *err, apr_pool_t *p)
{
    bm_err_t *why = bm_err_make(p);
    json_t *entry;

    if (bm_json_parse(&entry, text, len, why, p) != APR_SUCCESS)
        return refuse(err, line, why);
    if (!json_is_object(entry))
        return bm_err_set(err, APR_EINVAL, "malformed_jsonl", "Line %" APR_INT64_T_FMT " is not a JSON object.", line);
    return on_entry(baton, entry, line);
}

static int is_blank(const char *text, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r'); i++)
        ;
    return i == len;
}

apr_status_t bm_jsonl_read(const char *text, apr_size_t len, bm_entry_fn *on_entry, void *baton, bm_err_t *err, apr_pool_t *p)
{
    const char *at = text, *end = text + len;
    apr_int64_t line = 1;
    apr_status_t rv = APR_SUCCESS;
    apr_pool_t *scratch;

    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    apr_pool_create(&scratch, p);
    for (; at < end && rv == APR_SUCCESS; line++) {
        const char *stop = memchr(at, '\n', (apr_size_t)(end - at));
        apr_size_t n = (apr_size_t)((stop ? stop : end) - at);

        if (!is_blank(at, n)) {
            rv = read_line(at, n, line, on_entry, baton, err, scratch);
            apr_pool_clear(scratch);
        }
        at += n + 1;
    }
    apr_pool_destroy(scratch);
    return rv;
}
