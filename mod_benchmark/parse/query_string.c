/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/query_string.h"

#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "parse/range_expr.h"

/* Bytes of a name that a violation repeats. */
#define NAME_SHOWN 64

typedef struct query_value_t {
    const char *text;              /* NULL: not given */
    apr_int64_t number;            /* integer, time, bool */
    apr_array_header_t *list;
    int refused;                   /* counts as not given */
} query_value_t;

struct bm_query_string_t {
    const bm_query_param_t *params;
    query_value_t *values;         /* one per row of params */
    apr_array_header_t *unknown;
};

/* What the parsing of one query hands around. */
typedef struct query_parse_t {
    bm_query_string_t *q;
    int flags;
    apr_time_t now;
    bm_err_t *err;
    apr_pool_t *p;
    int violations;
} query_parse_t;

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

apr_status_t bm_query_string_decode(const char **ptext, const char *encoded, apr_size_t len, apr_pool_t *p)
{
    char *text = apr_palloc(p, len + 1), *to = text;
    apr_size_t i;

    *ptext = NULL;
    for (i = 0; i < len; i++) {
        char c = encoded[i];

        if (c == '+')
            c = ' ';
        else if (c == '%') {
            int high = i + 2 < len ? hex_digit(encoded[i + 1]) : -1;
            int low = i + 2 < len ? hex_digit(encoded[i + 2]) : -1;

            if (high < 0 || low < 0)
                return APR_EINVAL;
            c = (char)(high << 4 | low);
            i += 2;
        }
        *to++ = c;
    }
    *to = '\0';
    if (!bm_text_is_utf8(text, (apr_size_t)(to - text)))
        return APR_EINVAL;
    *ptext = text;
    return APR_SUCCESS;
}

static void violation(query_parse_t *parse, query_value_t *value, const char *name, const char *detail)
{
    const char *shown = bm_text_clean_utf8(name, strlen(name), NAME_SHOWN, parse->p);

    parse->violations++;
    if (value != NULL)
        value->refused = 1;
    (void)bm_err_violation(parse->err, apr_pstrcat(parse->p, "?", shown, NULL), "%s", detail);
}

/* "a|b|c" as "a, b, c". */
static const char *values_as_text(const char *values, apr_pool_t *p)
{
    char *text = apr_palloc(p, 2 * strlen(values) + 1), *to = text;

    for (; *values; values++) {
        *to++ = *values == '|' ? ',' : *values;
        if (*values == '|')
            *to++ = ' ';
    }
    *to = '\0';
    return text;
}

/* Whether "a|b|c" holds the len bytes at text. */
static int is_one_of(const char *values, const char *text, apr_size_t len)
{
    while (len > 0) {
        apr_size_t n = strcspn(values, "|");

        if (n == len && memcmp(values, text, n) == 0)
            return 1;
        if (values[n] == '\0')
            break;
        values += n + 1;
    }
    return 0;
}

/* --- one function per type: fills value, or @return what is wrong with it */

typedef const char *query_read_fn(query_value_t *value, const bm_query_param_t *param, query_parse_t *parse);

static const char *read_text(query_value_t *value, const bm_query_param_t *param, query_parse_t *parse)
{
    apr_size_t len = strlen(value->text);
    apr_int64_t max = param->max > 0 ? param->max : BM_QUERY_TEXT_MAX;

    if ((apr_int64_t)len < param->min)
        return apr_psprintf(parse->p, "must have at least %" APR_INT64_T_FMT " bytes", param->min);
    if ((apr_int64_t)len > max)
        return apr_psprintf(parse->p, "must have at most %" APR_INT64_T_FMT " bytes", max);
    return NULL;
}

static const char *read_number(apr_int64_t *number, const char *text, const bm_query_param_t *param, apr_pool_t *p)
{
    int limited = param->min != 0 || param->max != 0;
    apr_int64_t min = limited ? param->min : APR_INT64_MIN, max = limited ? param->max : APR_INT64_MAX;

    if (bm_text_to_int64(number, text, min, max) == APR_SUCCESS)
        return NULL;
    if (!limited || (min == APR_INT64_MIN && max == APR_INT64_MAX))
        return "must be an integer";
    if (max == APR_INT64_MAX)
        return apr_psprintf(p, "must be an integer of at least %" APR_INT64_T_FMT, min);
    return apr_psprintf(p, "must be an integer from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT, min, max);
}

static const char *read_int(query_value_t *value, const bm_query_param_t *param, query_parse_t *parse)
{
    return read_number(&value->number, value->text, param, parse->p);
}

/* "2026-01-01T00:00:00+02:00" that nobody encoded arrives with a space for its "+", and so does "now+1h". */
static const char *read_time(query_value_t *value, const bm_query_param_t *param, query_parse_t *parse)
{
    char *text = apr_pstrdup(parse->p, value->text);
    char *space = strrchr(text, ' ');

    (void)param;
    if (space != NULL && (strncmp(text, "now", 3) == 0 || space - text > 10))
        *space = '+';
    if (bm_range_expr_time(&value->number, text, parse->now) != APR_SUCCESS)
        return "must be a time such as 2026-01-31T12:00:00Z, a date, or relative to now such as now-6h; from 1970 on";
    return NULL;
}

static const char *read_bool(query_value_t *value, const bm_query_param_t *param, query_parse_t *parse)
{
    (void)param;
    (void)parse;
    value->number = strcmp(value->text, "true") == 0 || strcmp(value->text, "1") == 0;
    if (!value->number && strcmp(value->text, "false") != 0 && strcmp(value->text, "0") != 0)
        return "must be true or false";
    return NULL;
}

static const char *read_enum(query_value_t *value, const bm_query_param_t *param, query_parse_t *parse)
{
    if (is_one_of(param->values, value->text, strlen(value->text)))
        return NULL;
    return apr_psprintf(parse->p, "must be one of %s", values_as_text(param->values, parse->p));
}

static int list_has(const apr_array_header_t *list, const char *text)
{
    int i;

    for (i = 0; i < list->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(list, i, const char *), text) == 0)
            return 1;
    return 0;
}

static const char *read_enum_list(query_value_t *value, const bm_query_param_t *param, query_parse_t *parse)
{
    const char *s = value->text;

    value->list = apr_array_make(parse->p, 4, sizeof(const char *));
    for (;;) {
        apr_size_t len = strcspn(s, ",");
        const char *element = apr_pstrmemdup(parse->p, s, len);

        if (!is_one_of(param->values, s, len))
            return apr_psprintf(parse->p, "must be one or more of %s, with commas between",
                                values_as_text(param->values, parse->p));
        if (list_has(value->list, element))        /* keeps the list no longer than the table's values */
            return apr_psprintf(parse->p, "must name %s only once", element);
        APR_ARRAY_PUSH(value->list, const char *) = element;
        if (s[len] == '\0')
            return NULL;
        s += len + 1;
    }
}

static const char *read_int_list(query_value_t *value, const bm_query_param_t *param, query_parse_t *parse)
{
    const char *s = value->text;

    value->list = apr_array_make(parse->p, 8, sizeof(apr_int64_t));
    for (;;) {
        apr_size_t len = strcspn(s, ",");
        apr_int64_t number = 0;
        const char *wrong = read_number(&number, apr_pstrmemdup(parse->p, s, len), param, parse->p);

        if (wrong != NULL)
            return apr_psprintf(parse->p, "each element %s", wrong);
        if (value->list->nelts == BM_QUERY_LIST_MAX)
            return apr_psprintf(parse->p, "must have at most %d elements", BM_QUERY_LIST_MAX);
        APR_ARRAY_PUSH(value->list, apr_int64_t) = number;
        if (s[len] == '\0')
            return NULL;
        s += len + 1;
    }
}

static query_read_fn *const readers[] = {
    [BM_QUERY_TEXT] = read_text, [BM_QUERY_INT] = read_int, [BM_QUERY_TIME] = read_time, [BM_QUERY_BOOL] = read_bool,
    [BM_QUERY_ENUM] = read_enum, [BM_QUERY_ENUM_LIST] = read_enum_list, [BM_QUERY_INT_LIST] = read_int_list,
};

/* Row of name; -1: unknown. */
static int row_of(const bm_query_param_t *params, const char *name)
{
    int i;

    for (i = 0; params[i].name != NULL; i++)
        if (strcmp(params[i].name, name) == 0)
            return i;
    return -1;
}

/* One "name=value" or "name". */
static void take_pair(query_parse_t *parse, const char *pair, apr_size_t len)
{
    const char *equals = memchr(pair, '=', len), *name, *text, *wrong;
    apr_size_t name_len = equals ? (apr_size_t)(equals - pair) : len;
    query_value_t *value;
    int row;

    if (bm_query_string_decode(&name, pair, name_len, parse->p) != APR_SUCCESS) {
        violation(parse, NULL, apr_pstrmemdup(parse->p, pair, name_len),
                  "is not a valid name: percent-encoded UTF-8 is expected");
        return;
    }
    row = row_of(parse->q->params, name);
    if (row < 0) {
        if (!(parse->flags & BM_QUERY_ALLOW_UNKNOWN))
            violation(parse, NULL, name, "is not a parameter of this request");
        APR_ARRAY_PUSH(parse->q->unknown, const char *) = name;
        return;
    }
    value = &parse->q->values[row];
    if (value->text != NULL) {
        violation(parse, value, name, "is given more than once");
        return;
    }
    value->text = "";                   /* given, even if it turns out to be wrong */
    if (equals == NULL)
        text = "";
    else if (bm_query_string_decode(&text, equals + 1, len - name_len - 1, parse->p) != APR_SUCCESS) {
        violation(parse, value, name, "is not valid: percent-encoded UTF-8 without NUL is expected");
        return;
    }
    value->text = text;
    wrong = readers[parse->q->params[row].type](value, &parse->q->params[row], parse);
    if (wrong != NULL)
        violation(parse, value, name, wrong);
}

apr_status_t bm_query_string_parse(bm_query_string_t **pq, const char *text, const bm_query_param_t *params, int flags,
                                   apr_time_t now, bm_err_t *err, apr_pool_t *p)
{
    query_parse_t parse = { .flags = flags, .now = now, .err = err, .p = p };
    bm_query_string_t *q = apr_pcalloc(p, sizeof(*q));
    apr_size_t rows = 0;

    *pq = q;
    while (params[rows].name != NULL)
        rows++;
    q->params = params;
    q->values = apr_pcalloc(p, (rows + 1) * sizeof(*q->values));
    q->unknown = apr_array_make(p, 1, sizeof(const char *));
    parse.q = q;
    while (text != NULL && *text != '\0' && parse.violations < BM_QUERY_VIOLATIONS_MAX) {
        apr_size_t len = strcspn(text, "&");

        if (len > 0)
            take_pair(&parse, text, len);
        text += len + (text[len] != '\0');
    }
    return parse.violations > 0 ? APR_EINVAL : APR_SUCCESS;
}

/* --- the typed values */

static const query_value_t *value_of(const bm_query_string_t *q, const char *name)
{
    int row = row_of(q->params, name);

    return row >= 0 && q->values[row].text != NULL && !q->values[row].refused ? &q->values[row] : NULL;
}

static apr_int64_t number_of(const bm_query_string_t *q, const char *name, apr_int64_t otherwise)
{
    const query_value_t *value = value_of(q, name);

    return value ? value->number : otherwise;
}

int bm_query_string_refused(const bm_query_string_t *q, const char *name)
{
    int row = row_of(q->params, name);

    return row >= 0 && q->values[row].refused;
}

int bm_query_string_has(const bm_query_string_t *q, const char *name)
{
    return value_of(q, name) != NULL;
}

const char *bm_query_string_text(const bm_query_string_t *q, const char *name)
{
    const query_value_t *value = value_of(q, name);

    return value ? value->text : NULL;
}

apr_int64_t bm_query_string_int(const bm_query_string_t *q, const char *name, apr_int64_t otherwise)
{
    return number_of(q, name, otherwise);
}

apr_time_t bm_query_string_time(const bm_query_string_t *q, const char *name, apr_time_t otherwise)
{
    return number_of(q, name, otherwise);
}

int bm_query_string_bool(const bm_query_string_t *q, const char *name, int otherwise)
{
    return (int)number_of(q, name, otherwise);
}

const apr_array_header_t *bm_query_string_list(const bm_query_string_t *q, const char *name)
{
    const query_value_t *value = value_of(q, name);

    return value ? value->list : NULL;
}

const apr_array_header_t *bm_query_string_unknown(const bm_query_string_t *q)
{
    return q->unknown;
}
