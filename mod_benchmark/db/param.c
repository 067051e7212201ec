/* SPDX-License-Identifier: Apache-2.0 */
#include "db/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <apr_strings.h>

/* OIDs of built-in types are part of the protocol and never change; their header is a server one. */
enum {
    OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701, OID_TIMESTAMPTZ = 1184,
    OID_BYTEA_ARRAY = 1001, OID_TEXT_ARRAY = 1009, OID_INT8_ARRAY = 1016
};

bm_param_t bm_param_text(const char *value)
{
    return (bm_param_t){ .type = OID_TEXT, .value = value };
}

bm_param_t bm_param_json(const char *value)
{
    return (bm_param_t){ .value = value };
}

bm_param_t bm_param_int64(apr_int64_t value)
{
    bm_param_t param = { .type = OID_INT8 };

    snprintf(param.number, sizeof(param.number), "%" PRId64, (int64_t)value);
    return param;
}

bm_param_t bm_param_int(int value)
{
    bm_param_t param = { .type = OID_INT4 };

    snprintf(param.number, sizeof(param.number), "%d", value);
    return param;
}

bm_param_t bm_param_double(double value)
{
    bm_param_t param = { .type = OID_FLOAT8 };

    snprintf(param.number, sizeof(param.number), "%.17g", value);
    return param;
}

bm_param_t bm_param_bool(int value)
{
    return (bm_param_t){ .type = OID_BOOL, .value = value ? "t" : "f" };
}

bm_param_t bm_param_bytes(const void *value, int len)
{
    return (bm_param_t){ .type = OID_BYTEA, .value = value, .len = len, .binary = 1 };
}

bm_param_t bm_param_time(apr_time_t value)
{
    bm_param_t param = { .type = OID_TIMESTAMPTZ };

    bm_timefmt_rfc3339(param.number, value);
    return param;
}

bm_param_t bm_param_null(void)
{
    return (bm_param_t){ .type = 0 };
}

bm_param_t bm_param_null_if(int is_null, bm_param_t param)
{
    if (is_null) {
        param.value = NULL;
        param.number[0] = '\0';
    }
    return param;
}

/* --- arrays, in PostgreSQL's binary form: no quoting on our side, no parsing on the other --- */

static char *put32(char *at, apr_uint32_t value)
{
    int i;

    for (i = 0; i < 4; i++)
        at[i] = (char)(value >> (24 - 8 * i));
    return at + 4;
}

static char *put64(char *at, apr_uint64_t value)
{
    return put32(put32(at, (apr_uint32_t)(value >> 32)), (apr_uint32_t)value);
}

/* Room for n elements of `bytes` in total and the head of a one-dimensional array; *at is where the elements begin. */
static bm_param_t array_make(char **at, Oid array, Oid element, int n, apr_size_t bytes, apr_pool_t *p)
{
    char *value = apr_palloc(p, 20 + 4 * (apr_size_t)n + bytes);

    *at = put32(value, n > 0 ? 1 : 0);
    *at = put32(*at, 1);                     /* may hold nulls */
    *at = put32(*at, element);
    if (n > 0) {
        *at = put32(*at, (apr_uint32_t)n);
        *at = put32(*at, 1);                 /* lower bound */
    }
    return (bm_param_t){ .type = array, .value = value, .binary = 1 };
}

static bm_param_t array_end(bm_param_t param, const char *at)
{
    param.len = (int)(at - param.value);
    return param;
}

static char *put_bytes(char *at, const void *value, apr_size_t len)
{
    if (value == NULL)
        return put32(at, (apr_uint32_t)-1);
    at = put32(at, (apr_uint32_t)len);
    memcpy(at, value, len);
    return at + len;
}

bm_param_t bm_param_texts(const char *const *values, int n, apr_pool_t *p)
{
    apr_size_t bytes = 0;
    bm_param_t param;
    char *at;
    int i;

    for (i = 0; i < n; i++)
        bytes += values[i] ? strlen(values[i]) : 0;
    param = array_make(&at, OID_TEXT_ARRAY, OID_TEXT, n, bytes, p);
    for (i = 0; i < n; i++)
        at = put_bytes(at, values[i], values[i] ? strlen(values[i]) : 0);
    return array_end(param, at);
}

bm_param_t bm_param_int64s_or(const apr_int64_t *values, apr_int64_t none, int n, apr_pool_t *p)
{
    bm_param_t param;
    char *at;
    int i;

    param = array_make(&at, OID_INT8_ARRAY, OID_INT8, n, 8 * (apr_size_t)n, p);
    for (i = 0; i < n; i++)
        at = values[i] == none ? put32(at, (apr_uint32_t)-1) : put64(put32(at, 8), (apr_uint64_t)values[i]);
    return array_end(param, at);
}

bm_param_t bm_param_int64s(const apr_int64_t *values, int n, apr_pool_t *p)
{
    bm_param_t param;
    char *at;
    int i;

    param = array_make(&at, OID_INT8_ARRAY, OID_INT8, n, 8 * (apr_size_t)n, p);
    for (i = 0; i < n; i++)
        at = put64(put32(at, 8), (apr_uint64_t)values[i]);
    return array_end(param, at);
}

bm_param_t bm_param_bytess(const void *const *values, const int *lens, int n, apr_pool_t *p)
{
    apr_size_t bytes = 0;
    bm_param_t param;
    char *at;
    int i;

    for (i = 0; i < n; i++)
        bytes += values[i] ? (apr_size_t)lens[i] : 0;
    param = array_make(&at, OID_BYTEA_ARRAY, OID_BYTEA, n, bytes, p);
    for (i = 0; i < n; i++)
        at = put_bytes(at, values[i], values[i] ? (apr_size_t)lens[i] : 0);
    return array_end(param, at);
}
