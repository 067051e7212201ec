/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "base/timefmt.h"

enum { DIGITS_SHORT = 15 };

static apr_status_t json_cleanup(void *baton)
{
    json_decref(baton);
    return APR_SUCCESS;
}

json_t *bm_json_adopt(json_t *j, apr_pool_t *p)
{
    if (j != NULL)
        apr_pool_cleanup_register(p, j, json_cleanup, apr_pool_cleanup_null);
    return j;
}

/* Depth of the text by counting brackets outside strings; jansson's own limit (2,048) is too generous for us. */
static int text_is_too_deep(const char *text, apr_size_t len)
{
    int depth = 0, in_string = 0;
    apr_size_t i;

    for (i = 0; i < len; i++) {
        char c = text[i];

        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = 0;
        }
        else if (c == '"')
            in_string = 1;
        else if (c == '{' || c == '[') {
            if (++depth > BM_JSON_MAX_DEPTH)
                return 1;
        }
        else if (c == '}' || c == ']')
            depth--;
    }
    return 0;
}

apr_status_t bm_json_parse(json_t **pj, const char *text, apr_size_t len, bm_err_t *err, apr_pool_t *p)
{
    json_error_t why;
    json_t *j;

    *pj = NULL;
    if (text_is_too_deep(text, len))
        return bm_err_set(err, APR_EINVAL, "malformed_json", "The JSON text is nested deeper than %d levels.",
                          BM_JSON_MAX_DEPTH);
    j = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (j == NULL)
        return bm_err_set(err, APR_EINVAL, "malformed_json", "The JSON text is not valid at line %d, column %d: %s.",
                          why.line, why.column, why.text);
    *pj = bm_json_adopt(j, p);
    return APR_SUCCESS;
}

/* Value of the escape \uXXXX at text; -1: there is none. */
static int unit_at(const char *text, const char *end)
{
    static const char digits[] = "0123456789abcdef";
    int i, value = 0;

    if (end - text < 6 || text[0] != '\\' || text[1] != 'u')
        return -1;
    for (i = 2; i < 6; i++) {
        const char *digit = strchr(digits, text[i] >= 'A' && text[i] <= 'F' ? text[i] + 32 : text[i]);

        if (digit == NULL || *digit == '\0')
            return -1;
        value = value * 16 + (int)(digit - digits);
    }
    return value;
}

static int is_surrogate(int unit, int low)
{
    return unit >= (low ? 0xdc00 : 0xd800) && unit <= (low ? 0xdfff : 0xdbff);
}

/* Escapes that stand for no character of ours, a NUL or half a pair, as U+FFFD; as long as what is replaced. JavaScript writes
 * half a pair where it cut a text in two. */
static void mend_escapes(char *text, apr_size_t len)
{
    char *end = text + len;

    while (text < end) {
        int unit = *text == '\\' ? unit_at(text, end) : -1;
        int is_pair = is_surrogate(unit, 0) && is_surrogate(unit_at(text + 6, end), 1);

        if (unit == 0 || (!is_pair && (is_surrogate(unit, 0) || is_surrogate(unit, 1))))
            memcpy(text + 2, "fffd", 4);
        text += is_pair ? 12 : unit >= 0 ? 6 : *text == '\\' ? 2 : 1;
    }
}

apr_status_t bm_json_parse_foreign(json_t **pj, char *text, apr_size_t len, bm_err_t *err, apr_pool_t *p)
{
    json_error_t why;
    json_t *j;

    mend_escapes(text, len);
    if (!bm_text_is_utf8(text, len)) {
        text = (char *)(apr_uintptr_t)bm_text_clean_utf8(text, len, 3 * len, p);
        len = strlen(text);
    }
    j = json_loadb(text, len, JSON_DECODE_ANY, &why);
    if (j == NULL)
        j = json_loadb(text, len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &why);
    *pj = NULL;
    if (j == NULL)
        return bm_err_set(err, APR_EINVAL, "malformed_json", "The JSON text is not valid at line %d, column %d: %s.", why.line,
                          why.column, why.text);
    *pj = bm_json_adopt(j, p);
    return APR_SUCCESS;
}

/* Whether every number survives being written with DIGITS_SHORT digits, as all that people write do: 0.95, not
 * 0.94999999999999996. */
static int is_short(const json_t *j)
{
    char text[40];
    json_t *value;
    const char *key;
    size_t i;

    if (json_is_real(j)) {
        snprintf(text, sizeof(text), "%.*g", DIGITS_SHORT, json_real_value(j));
        return strtod(text, NULL) == json_real_value(j);
    }
    if (json_is_array(j)) {
        json_array_foreach(j, i, value)
            if (!is_short(value))
                return 0;
    }
    else if (json_is_object(j)) {
        json_object_foreach((json_t *)(apr_uintptr_t)j, key, value) {
            (void)key;
            if (!is_short(value))
                return 0;
        }
    }
    return 1;
}

const char *bm_json_dump(apr_size_t *len, const json_t *j, apr_pool_t *p)
{
    size_t digits = is_short(j) ? JSON_REAL_PRECISION(DIGITS_SHORT) : 0;
    char *text = j ? json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY | digits) : NULL;
    const char *copy = text ? apr_pstrdup(p, text) : "null";

    free(text);
    if (len != NULL)
        *len = strlen(copy);
    return copy;
}

json_t *bm_json_overlay(const json_t *base, const json_t *overlay, apr_pool_t *p)
{
    json_t *result = json_is_object(base) ? json_deep_copy(base) : json_object();
    json_t *over = json_is_object(overlay) ? json_deep_copy(overlay) : NULL;

    if (over != NULL) {
        json_object_update(result, over);
        json_decref(over);
    }
    return bm_json_adopt(result, p);
}

/* --- writer */

static void put(bm_jw_t *w, const char *data, apr_size_t len)
{
    if (w->rv == APR_SUCCESS)
        w->rv = bm_buffer_append(w->out, data, len);
}

static void before_value(bm_jw_t *w)
{
    if (w->comma)
        put(w, ",", 1);
    w->comma = 1;
}

void bm_jw_init(bm_jw_t *w, bm_buffer_t *out)
{
    w->out = out;
    w->rv = APR_SUCCESS;
    w->comma = 0;
}

static void begin(bm_jw_t *w, const char *bracket)
{
    before_value(w);
    put(w, bracket, 1);
    w->comma = 0;
}

static void end(bm_jw_t *w, const char *bracket)
{
    put(w, bracket, 1);
    w->comma = 1;
}

void bm_jw_begin_object(bm_jw_t *w)
{
    begin(w, "{");
}

void bm_jw_end_object(bm_jw_t *w)
{
    end(w, "}");
}

void bm_jw_begin_array(bm_jw_t *w)
{
    begin(w, "[");
}

void bm_jw_end_array(bm_jw_t *w)
{
    end(w, "]");
}

/* Bytes of s that can be copied as they are. 0xe2 starts U+2028/9, which old script parsers take for line ends. */
static apr_size_t plain_run(const unsigned char *s, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if (s[i] < 0x20 || s[i] == '"' || s[i] == '\\' || s[i] == 0x7f)
            break;
        if (s[i] == 0xe2 && i + 2 < len && s[i + 1] == 0x80 && (s[i + 2] == 0xa8 || s[i + 2] == 0xa9))
            break;
    }
    return i;
}

static void put_quoted(bm_jw_t *w, const char *value, apr_size_t len)
{
    static const char shorts[] = "\"\"\\\\\nn\rr\tt\bb\ff";
    const unsigned char *s = (const unsigned char *)value;
    char escape[8];
    const char *found;

    put(w, "\"", 1);
    while (len > 0) {
        apr_size_t n = plain_run(s, len);

        put(w, (const char *)s, n);
        s += n;
        len -= n;
        if (len == 0)
            break;
        if (*s == 0xe2) {
            put(w, s[2] == 0xa8 ? "\\u2028" : "\\u2029", 6);
            s += 3;
            len -= 3;
            continue;
        }
        for (found = shorts; *found && (unsigned char)found[0] != *s; found += 2)
            ;
        if (*found)
            snprintf(escape, sizeof(escape), "\\%c", found[1]);
        else
            snprintf(escape, sizeof(escape), "\\u%04x", *s);
        put(w, escape, strlen(escape));
        s++;
        len--;
    }
    put(w, "\"", 1);
}

/* Names are short and plain nearly always: comma, quotes, name and colon in one piece then. */
void bm_jw_key(bm_jw_t *w, const char *key)
{
    char piece[64], *to = piece;
    const char *from = key;

    if (w->comma)
        *to++ = ',';
    *to++ = '"';
    while (*from >= 0x20 && *from < 0x7f && *from != '"' && *from != '\\' && to < piece + sizeof(piece) - 2)
        *to++ = *from++;
    if (*from == '\0') {
        *to++ = '"';
        *to++ = ':';
        put(w, piece, (apr_size_t)(to - piece));
    }
    else {
        before_value(w);
        put_quoted(w, key, strlen(key));
        put(w, ":", 1);
    }
    w->comma = 0;
}

void bm_jw_null(bm_jw_t *w)
{
    before_value(w);
    put(w, "null", 4);
}

void bm_jw_bool(bm_jw_t *w, int value)
{
    before_value(w);
    put(w, value ? "true" : "false", value ? 4 : 5);
}

/* n / 10^decimals, without zeros at the end. @return length. */
static apr_size_t decimal_write(char *text, apr_uint64_t n, int decimals)
{
    char digits[32];
    int count = 0, len = 0;

    while (decimals > 0 && n % 10 == 0) {
        n /= 10;
        decimals--;
    }
    do {
        digits[count++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0 || count <= decimals);
    while (count > 0) {
        if (count == decimals)
            text[len++] = '.';
        text[len++] = digits[--count];
    }
    return (apr_size_t)len;
}

/* Answers of thousands of figures spent most of their time in printf. Below 10^12 a product is off by a thousandth at most, so
 * away from halves it is known where printf would round to. @return length; 0: leave it to printf. */
static apr_size_t fixed_quickly(char *text, double value, int decimals)
{
    static const double scales[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
    double scaled, whole;

    if (signbit(value) || decimals < 0 || decimals > 9)
        return 0;
    scaled = value * scales[decimals];
    if (!(scaled < 1e12))
        return 0;
    whole = floor(scaled);
    if (fabs(scaled - whole - 0.5) < 1e-3)
        return 0;
    return decimal_write(text, (apr_uint64_t)whole + (scaled - whole > 0.5), decimals);
}

/* What people write: no more than six digits behind the point. @return length; 0: leave it to printf. */
static apr_size_t short_quickly(char *text, double value)
{
    double millionths = value * 1e6, whole = floor(millionths + 0.5);

    if (signbit(value) || !(whole < 1e15) || whole / 1e6 != value || (value < 1e-4 && value > 0))
        return 0;
    return decimal_write(text, (apr_uint64_t)whole, 6);
}

void bm_jw_int(bm_jw_t *w, apr_int64_t value)
{
    apr_uint64_t magnitude = value < 0 ? 0 - (apr_uint64_t)value : (apr_uint64_t)value;
    char text[32] = "-";

    before_value(w);
    put(w, text, (apr_size_t)(value < 0) + decimal_write(text + (value < 0), magnitude, 0));
}

void bm_jw_double(bm_jw_t *w, double value)
{
    char text[40];
    apr_size_t len;

    if (!isfinite(value)) {
        bm_jw_null(w);
        return;
    }
    len = short_quickly(text, value);
    before_value(w);
    put(w, text, len > 0 ? len : (apr_size_t)snprintf(text, sizeof(text), "%.15g", value));
}

/* @return length, without zeros at the end. */
static apr_size_t fixed_write(char *text, apr_size_t size, double value, int decimals)
{
    apr_size_t len = fixed_quickly(text, value, decimals);

    if (len > 0)
        return len;
    len = (apr_size_t)snprintf(text, size, "%.*f", decimals, value);
    if (decimals > 0) {
        while (text[len - 1] == '0')
            len--;
        if (text[len - 1] == '.')
            len--;
    }
    return len;
}

void bm_jw_fixed(bm_jw_t *w, double value, int decimals)
{
    char text[400];

    if (!isfinite(value)) {
        bm_jw_null(w);
        return;
    }
    before_value(w);
    put(w, text, fixed_write(text, sizeof(text), value, decimals));
}

void bm_jw_ms(bm_jw_t *w, double ms)
{
    /* Digits before the point; negative: zeros. From 3 on they are all the same here. */
    int before = ms == 0 || !isfinite(ms) || ms >= 100 ? 3 : (int)floor(log10(fabs(ms))) + 1;

    bm_jw_fixed(w, ms, before > 3 ? 3 : before < -6 ? 12 : 6 - before);
}

void bm_jw_string_n(bm_jw_t *w, const char *value, apr_size_t len)
{
    before_value(w);
    put_quoted(w, value, len);
}

void bm_jw_string(bm_jw_t *w, const char *value)
{
    if (value == NULL)
        bm_jw_null(w);
    else
        bm_jw_string_n(w, value, strlen(value));
}

void bm_jw_raw(bm_jw_t *w, const char *json, apr_size_t len)
{
    if (json == NULL || len == 0) {
        bm_jw_null(w);
        return;
    }
    before_value(w);
    put(w, json, len);
}

static int put_piece(const char *data, size_t len, void *writer)
{
    bm_jw_t *w = writer;

    put(w, data, len);
    return w->rv == APR_SUCCESS ? 0 : -1;
}

void bm_jw_json(bm_jw_t *w, const json_t *j)
{
    size_t digits = is_short(j) ? JSON_REAL_PRECISION(DIGITS_SHORT) : 0;

    if (j == NULL) {
        bm_jw_null(w);
        return;
    }
    before_value(w);
    if (json_dump_callback(j, put_piece, w, JSON_COMPACT | JSON_ENCODE_ANY | digits) != 0 && w->rv == APR_SUCCESS)
        w->rv = APR_ENOMEM;
}

void bm_jw_time(bm_jw_t *w, apr_time_t t)
{
    char text[BM_TIMEFMT_SIZE];

    bm_timefmt_rfc3339(text, t);
    bm_jw_string(w, text);
}
