/* SPDX-License-Identifier: Apache-2.0
 *
 * dataset_lines.h: what a reader of datasets hands on, as "line:entry line:entry ...", or the sentence that it refuses with. */
#ifndef BM_UNIT_DATASET_LINES_H
#define BM_UNIT_DATASET_LINES_H

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "parse/entry.h"

typedef apr_status_t reader_fn(const char *text, apr_size_t len, bm_entry_fn *on_entry, void *baton, bm_err_t *err,
                               apr_pool_t *p);

typedef struct lines_t {
    const char *text;
    int count, stop_at;          /* stop_at > 0: refuse this one */
} lines_t;

static apr_status_t note_entry(void *baton, json_t *entry, apr_int64_t line)
{
    lines_t *lines = baton;

    if (++lines->count == lines->stop_at)
        return APR_ENOSPC;
    if (lines->count <= 100)
        lines->text = apr_psprintf(g_pool, "%s%s%" APR_INT64_T_FMT ":%s", lines->text, lines->count > 1 ? " " : "", line,
                                   bm_json_dump(NULL, entry, g_pool));
    return APR_SUCCESS;
}

/* The bytes are copied to the end of a block of their own, so that a tool sees a read beyond them. */
static const char *read_all(reader_fn *reader, const char *text, apr_size_t len)
{
    lines_t lines = { .text = "" };
    bm_err_t *err = bm_err_make(g_pool);
    char *copy = malloc(len ? len : 1);
    apr_status_t rv;

    memcpy(copy, text, len);
    rv = reader(copy, len, note_entry, &lines, err, g_pool);
    free(copy);
    if (rv == APR_SUCCESS)
        return lines.text;
    ck_assert_int_eq(rv, APR_EINVAL);
    ck_assert_ptr_nonnull(err->detail);
    ck_assert_int_eq(strncmp(err->detail, "Line ", 5), 0);
    return err->detail;
}

/* Every cut, and every byte replaced by some that mean something: no crash, and every refusal is a sentence with a line. */
static void try_damaged(reader_fn *reader, const char *text)
{
    static const char odd[] = { '\0', '"', ',', '\n', '\r', '\\', '{', '}', '1', '\x80', '\xff', ' ' };
    apr_size_t len = strlen(text), i, k;
    char *copy = apr_pstrdup(g_pool, text);

    for (i = 0; i <= len; i++)
        read_all(reader, text, i);
    for (i = 0; i < len; i++) {
        for (k = 0; k < sizeof(odd); k++) {
            copy[i] = odd[k];
            read_all(reader, copy, len);
        }
        copy[i] = text[i];
    }
}

#endif
