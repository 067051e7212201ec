/* SPDX-License-Identifier: Apache-2.0 */
#include "db/rows.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"

/* Microseconds between 1970 and PostgreSQL's year 2000. */
#define PG_EPOCH_US INT64_C(946684800000000)

/* What rows in several pools, of several threads, may share. Read-only but for the count. */
typedef struct result_t {
    PGresult *res;
    atomic_int owners;
} result_t;

struct bm_rows_t {
    PGresult *res;
    result_t *result;
    int first, count;                    /* the rows of res that these are */
};

static apr_status_t disown(void *data)
{
    result_t *result = data;

    if (atomic_fetch_sub(&result->owners, 1) == 1) {
        PQclear(result->res);
        free(result);
    }
    return APR_SUCCESS;
}

static bm_rows_t *rows_of(result_t *result, int first, int count, apr_pool_t *p)
{
    bm_rows_t *rows = apr_palloc(p, sizeof(*rows));

    rows->res = result->res;
    rows->result = result;
    rows->first = first;
    rows->count = count;
    apr_pool_cleanup_register(p, result, disown, apr_pool_cleanup_null);
    return rows;
}

bm_rows_t *bm_rows_make(PGresult *res, apr_pool_t *p)
{
    result_t *result = malloc(sizeof(*result));

    if (result == NULL)
        abort();                         /* as httpd's pools do */
    result->res = res;
    atomic_init(&result->owners, 1);
    return rows_of(result, 0, PQntuples(res), p);
}

bm_rows_t *bm_rows_share(const bm_rows_t *rows, int row, apr_pool_t *p)
{
    atomic_fetch_add(&rows->result->owners, 1);
    return rows_of(rows->result, rows->first + row, 1, p);
}

apr_int64_t bm_rows_affected(const bm_rows_t *rows)
{
    apr_int64_t n = 0;

    if (bm_text_to_int64(&n, PQcmdTuples(rows->res), 0, APR_INT64_MAX) != APR_SUCCESS)
        return 0;                       /* a statement that affects nothing has an empty count */
    return n;
}

int bm_rows_count(const bm_rows_t *rows)
{
    return rows->count;
}

int bm_rows_is_null(const bm_rows_t *rows, int row, int column)
{
    return PQgetisnull(rows->res, rows->first + row, column);
}

const char *bm_rows_text(const bm_rows_t *rows, int row, int column)
{
    return PQgetisnull(rows->res, rows->first + row, column) ? NULL : PQgetvalue(rows->res, rows->first + row, column);
}

int bm_rows_length(const bm_rows_t *rows, int row, int column)
{
    return PQgetlength(rows->res, rows->first + row, column);
}

static int is_binary(const bm_rows_t *rows, int column)
{
    return PQfformat(rows->res, column) == 1;
}

/* A binary integer of 2, 4 or 8 bytes, most significant first, with its sign. */
static apr_int64_t binary_int(const bm_rows_t *rows, int row, int column)
{
    const unsigned char *s = (const unsigned char *)PQgetvalue(rows->res, rows->first + row, column);
    int len = PQgetlength(rows->res, rows->first + row, column), i;
    apr_uint64_t n = len > 0 && s[0] & 0x80 ? ~(apr_uint64_t)0 : 0;

    for (i = 0; i < len; i++)
        n = n << 8 | s[i];
    return (apr_int64_t)n;
}

apr_int64_t bm_rows_int64(const bm_rows_t *rows, int row, int column, apr_int64_t if_null)
{
    apr_int64_t n = if_null;

    if (PQgetisnull(rows->res, rows->first + row, column))
        return if_null;
    if (is_binary(rows, column))
        return binary_int(rows, row, column);
    if (bm_text_to_int64(&n, PQgetvalue(rows->res, rows->first + row, column), APR_INT64_MIN, APR_INT64_MAX) != APR_SUCCESS)
        return if_null;
    return n;
}

double bm_rows_double(const bm_rows_t *rows, int row, int column, double if_null)
{
    double x = if_null;

    if (PQgetisnull(rows->res, rows->first + row, column))
        return if_null;
    if (is_binary(rows, column)) {
        apr_int64_t bits = binary_int(rows, row, column);

        memcpy(&x, &bits, sizeof(x));
        return x;
    }
    if (bm_text_to_double(&x, PQgetvalue(rows->res, rows->first + row, column)) != APR_SUCCESS)
        return if_null;
    return x;
}

int bm_rows_bool(const bm_rows_t *rows, int row, int column)
{
    const char *s = PQgetvalue(rows->res, rows->first + row, column);

    if (PQgetisnull(rows->res, rows->first + row, column))
        return 0;
    return is_binary(rows, column) ? s[0] != 0 : s[0] == 't';
}

const char *bm_rows_rfc3339(char text[BM_TIMEFMT_SIZE], const bm_rows_t *rows, int row, int column)
{
    apr_size_t digits = 0;
    const char *s;

    if (PQgetisnull(rows->res, rows->first + row, column))
        return NULL;
    if (is_binary(rows, column)) {
        apr_time_t t = bm_rows_time(rows, row, column);

        if (t == 0)
            return NULL;
        bm_timefmt_rfc3339(text, t);
        return text;
    }
    /* "2026-10-22 00:00:12.96+00": the session is ISO and UTC. Another length is infinity, BC or a year beyond 9999. */
    s = PQgetvalue(rows->res, rows->first + row, column);
    if (strlen(s) < 22 || s[4] != '-' || s[10] != ' ' || strncmp(s, "1970", 4) < 0)
        return NULL;
    memcpy(text, s, 19);
    text[10] = 'T';
    text[19] = '.';
    if (s[19] == '.')
        for (; digits < 6 && s[20 + digits] >= '0' && s[20 + digits] <= '9'; digits++)
            text[20 + digits] = s[20 + digits];
    if (strcmp(s + 19 + (digits ? digits + 1 : 0), "+00") != 0)
        return NULL;
    for (; digits < 6; digits++)
        text[20 + digits] = '0';
    text[26] = 'Z';
    text[27] = '\0';
    return text;
}

apr_time_t bm_rows_time(const bm_rows_t *rows, int row, int column)
{
    char text[BM_TIMEFMT_SIZE];
    apr_time_t t = 0;

    if (PQgetisnull(rows->res, rows->first + row, column))
        return 0;
    if (is_binary(rows, column)) {
        apr_int64_t us = binary_int(rows, row, column);

        return us < -PG_EPOCH_US || us > INT64_C(252455616000000000) ? 0 : us + PG_EPOCH_US;
    }
    if (bm_rows_rfc3339(text, rows, row, column) == NULL || bm_timefmt_parse(&t, text) != APR_SUCCESS)
        return 0;
    return t;
}

static int nibble(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

apr_size_t bm_rows_bytes(const void **data, const bm_rows_t *rows, int row, int column, apr_pool_t *p)
{
    const char *s = PQgetvalue(rows->res, rows->first + row, column);
    apr_size_t len = (apr_size_t)PQgetlength(rows->res, rows->first + row, column), i;
    unsigned char *bytes;

    *data = NULL;
    if (PQgetisnull(rows->res, rows->first + row, column))
        return 0;
    if (is_binary(rows, column)) {
        *data = s;
        return len;
    }
    if (len < 2 || s[0] != '\\' || s[1] != 'x')
        return 0;                        /* bytea_output is hex unless somebody changed it for the role */
    bytes = apr_palloc(p, len / 2);
    for (i = 1; i < len / 2; i++)
        bytes[i - 1] = (unsigned char)(nibble(s[2 * i]) << 4 | nibble(s[2 * i + 1]));
    *data = bytes;
    return len / 2 - 1;
}

const char *bm_rows_tag(const bm_rows_t *rows)
{
    return PQcmdStatus(rows->res);
}
