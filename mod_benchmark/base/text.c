/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>

apr_status_t bm_text_to_int64(apr_int64_t *value, const char *text, apr_int64_t min, apr_int64_t max)
{
    char *end;
    long long n;

    if (text == NULL || (text[0] != '-' && (text[0] < '0' || text[0] > '9')))
        return APR_EINVAL;
    errno = 0;
    n = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < min || n > max)
        return APR_EINVAL;
    *value = n;
    return APR_SUCCESS;
}

apr_status_t bm_text_to_double(double *value, const char *text)
{
    char *end;
    double x;

    if (text == NULL || text[0] == '\0' || strchr("-0123456789.", text[0]) == NULL)
        return APR_EINVAL;
    if (strspn(text, "-+.0123456789eE") != strlen(text))
        return APR_EINVAL;
    errno = 0;
    x = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(x))
        return APR_EINVAL;
    *value = x;
    return APR_SUCCESS;
}

const char *bm_text_number(double value, int digits, apr_pool_t *p)
{
    int decimals = value == 0 || !isfinite(value) ? 0 : digits - 1 - (int)floor(log10(fabs(value)));
    char text[400];
    size_t len;

    snprintf(text, sizeof(text), "%.*f", decimals < 0 ? 0 : decimals > 12 ? 12 : decimals, value);
    len = strlen(text);
    if (strchr(text, '.') != NULL) {
        while (text[len - 1] == '0')
            len--;
        if (text[len - 1] == '.')
            len--;
    }
    return apr_pstrmemdup(p, text, len);
}

typedef struct unit_t {
    const char *name;
    apr_int64_t factor;
} unit_t;

static const unit_t time_units[] = {
    { "ms", 1000 }, { "s", 1000000 }, { "min", 60000000 }, { "h", 3600000000LL }, { "d", 86400000000LL }, { NULL, 0 }
};
static const unit_t size_units[] = {
    { "", 1 }, { "K", 1024 }, { "M", 1024 * 1024 }, { "G", 1024 * 1024 * 1024 }, { NULL, 0 }
};

static apr_status_t with_unit(apr_int64_t *value, const char *text, const char *default_unit, const unit_t *units,
                              apr_int64_t max)
{
    char *end;
    long long n;

    if (text == NULL || text[0] < '0' || text[0] > '9')
        return APR_EINVAL;
    errno = 0;
    n = strtoll(text, &end, 10);
    if (errno != 0)
        return APR_EINVAL;
    if (*end == '\0')
        end = (char *)(apr_uintptr_t)default_unit;
    for (; units->name != NULL; units++) {
        if (strcmp(end, units->name) != 0)
            continue;
        if (n > max / units->factor)
            return APR_EINVAL;
        *value = n * units->factor;
        return APR_SUCCESS;
    }
    return APR_EINVAL;
}

apr_status_t bm_text_to_interval(apr_int64_t *microseconds, const char *text, const char *default_unit)
{
    return with_unit(microseconds, text, default_unit, time_units, 10000LL * 86400000000LL);
}

apr_status_t bm_text_to_size(apr_int64_t *bytes, const char *text)
{
    return with_unit(bytes, text, "", size_units, APR_INT64_MAX);
}

/* Length of the valid UTF-8 character at s (1 to 4), or 0. Overlong forms, surrogates and NUL are not valid. */
static apr_size_t utf8_length(const unsigned char *s, apr_size_t len)
{
    apr_size_t n, i;

    if (s[0] == 0)
        return 0;
    if (s[0] < 0x80)
        return 1;
    n = s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;
    if (n == 0 || n > len)
        return 0;
    for (i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90)
        || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

int bm_text_is_utf8(const char *text, apr_size_t len)
{
    const unsigned char *s = (const unsigned char *)text;

    while (len > 0) {
        apr_size_t n = utf8_length(s, len);

        if (n == 0)
            return 0;
        s += n;
        len -= n;
    }
    return 1;
}

const char *bm_text_clean_utf8(const char *text, apr_size_t len, apr_size_t max, apr_pool_t *p)
{
    const unsigned char *s = (const unsigned char *)text;
    apr_size_t room = len * 3 < max ? len * 3 : max, used = 0;
    char *clean = apr_palloc(p, room + 1);

    while (len > 0) {
        apr_size_t n = utf8_length(s, len), put = n ? n : 3;

        if (used + put > room)
            break;
        memcpy(clean + used, n ? (const char *)s : "\xef\xbf\xbd", put);
        used += put;
        s += n ? n : 1;
        len -= n ? n : 1;
    }
    clean[used] = '\0';
    return clean;
}

const char *bm_text_as_utf8(const char *text, apr_pool_t *p)
{
    apr_size_t len = text ? strlen(text) : 0;

    return text == NULL || bm_text_is_utf8(text, len) ? text : bm_text_clean_utf8(text, len, len * 3, p);
}

const char *bm_text_hex(const void *data, apr_size_t len, apr_pool_t *p)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *s = data;
    char *hex = apr_palloc(p, len * 2 + 1);
    apr_size_t i;

    for (i = 0; i < len; i++) {
        hex[2 * i] = digits[s[i] >> 4];
        hex[2 * i + 1] = digits[s[i] & 15];
    }
    hex[2 * len] = '\0';
    return hex;
}

const char *bm_text_find(const char *haystack, apr_size_t len, const char *needle, apr_size_t needle_len)
{
    return haystack == NULL ? NULL : memmem(haystack, len, needle, needle_len);
}

int bm_text_has_token(const char *list, const char *token)
{
    size_t len, want = strlen(token);

    while (list != NULL && *list != '\0') {
        list += strspn(list, ", \t");
        len = strcspn(list, ",");
        while (len > 0 && (list[len - 1] == ' ' || list[len - 1] == '\t'))
            len--;
        if (len == want && strncasecmp(list, token, len) == 0)
            return 1;
        list += strcspn(list, ",");
    }
    return 0;
}
