/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/retry_after.h"

#include <string.h>
#include <apr_date.h>
#include <apr_lib.h>
#include "base/text.h"
#include "base/timefmt.h"

/* amount in units of microseconds; the comparison comes before the conversion, which could overflow. */
static apr_status_t capped(apr_interval_time_t *pwait, double amount, apr_interval_time_t cap)
{
    if (!(amount >= 0))
        return APR_NOTFOUND;
    *pwait = amount >= (double)cap ? cap : (apr_interval_time_t)amount;
    return APR_SUCCESS;
}

static apr_status_t number(apr_interval_time_t *pwait, const char *value, double factor, apr_interval_time_t cap)
{
    double amount;

    if (bm_text_to_double(&amount, value) != APR_SUCCESS)
        return APR_NOTFOUND;
    return capped(pwait, amount * factor, cap);
}

apr_status_t bm_retry_after_seconds_or_date(apr_interval_time_t *pwait, const char *value, apr_time_t now,
                                            apr_interval_time_t cap)
{
    apr_time_t at;

    if (value == NULL)
        return APR_NOTFOUND;
    value += strspn(value, " \t");
    if (number(pwait, value, APR_USEC_PER_SEC, cap) == APR_SUCCESS)
        return APR_SUCCESS;
    at = apr_isalpha(*value) ? apr_date_parse_http(value) : APR_DATE_BAD;
    if (at == APR_DATE_BAD)
        return APR_NOTFOUND;
    return capped(pwait, at > now ? (double)(at - now) : 0, cap);
}

apr_status_t bm_retry_after_ms(apr_interval_time_t *pwait, const char *value, apr_interval_time_t cap)
{
    return number(pwait, value, 1000, cap);
}

typedef struct go_unit_t {
    const char *name;
    double microseconds;
} go_unit_t;

/* Longest match first: "ms" before "m". Both spellings of micro (U+00B5, U+03BC) are Go's. */
static const go_unit_t go_units[] = {
    { "ns", 0.001 }, { "us", 1 }, { "\xc2\xb5s", 1 }, { "\xce\xbcs", 1 }, { "ms", 1000 }, { "s", 1e6 }, { "m", 60e6 },
    { "h", 3600e6 },
};

static const go_unit_t *unit_at(const char *s)
{
    apr_size_t i;

    for (i = 0; i < sizeof(go_units) / sizeof(go_units[0]); i++)
        if (strncmp(s, go_units[i].name, strlen(go_units[i].name)) == 0)
            return &go_units[i];
    return NULL;
}

apr_status_t bm_retry_after_duration(apr_interval_time_t *pwait, const char *value, apr_interval_time_t cap)
{
    const char *s = value;
    double total = 0;

    if (number(pwait, value, APR_USEC_PER_SEC, cap) == APR_SUCCESS)
        return APR_SUCCESS;
    if (s == NULL || *s == '\0')
        return APR_NOTFOUND;
    while (*s) {
        apr_size_t len = strspn(s, "0123456789.");
        const go_unit_t *unit = unit_at(s + len);
        char digits[32];
        double amount;

        if (len == 0 || len >= sizeof(digits) || unit == NULL)
            return APR_NOTFOUND;
        memcpy(digits, s, len);
        digits[len] = '\0';
        if (bm_text_to_double(&amount, digits) != APR_SUCCESS)
            return APR_NOTFOUND;
        total += amount * unit->microseconds;
        s += len + strlen(unit->name);
    }
    return capped(pwait, total, cap);
}

static apr_status_t ratelimit_reset(apr_interval_time_t *pwait, bm_retry_after_header_fn *header, void *baton,
                                    apr_interval_time_t cap)
{
    static const struct { const char *reset, *remaining; } limits[] = {
        { "x-ratelimit-reset-requests", "x-ratelimit-remaining-requests" },
        { "x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens" },
    };
    apr_status_t rv = APR_NOTFOUND;
    apr_size_t i;

    for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        apr_interval_time_t wait;
        double remaining;

        if (bm_text_to_double(&remaining, header(baton, limits[i].remaining)) == APR_SUCCESS && remaining > 0)
            continue;
        if (bm_retry_after_duration(&wait, header(baton, limits[i].reset), cap) != APR_SUCCESS)
            continue;
        if (rv != APR_SUCCESS || wait > *pwait)
            *pwait = wait;
        rv = APR_SUCCESS;
    }
    return rv;
}

apr_status_t bm_retry_after_find(apr_interval_time_t *pwait, bm_retry_after_header_fn *header, void *baton,
                                 apr_time_t now, apr_interval_time_t cap)
{
    if (bm_retry_after_ms(pwait, header(baton, "retry-after-ms"), cap) == APR_SUCCESS)
        return APR_SUCCESS;
    if (bm_retry_after_seconds_or_date(pwait, header(baton, "retry-after"), now, cap) == APR_SUCCESS)
        return APR_SUCCESS;
    return ratelimit_reset(pwait, header, baton, cap);
}

apr_status_t bm_retry_after_request_limit(double *limit, double *remaining, apr_interval_time_t *full_in,
                                          bm_retry_after_header_fn *header, void *baton, apr_time_t now, apr_interval_time_t cap)
{
    const char *reset = header(baton, "x-ratelimit-reset-requests"), *at;
    apr_time_t full_at;
    int ours = reset != NULL;

    if (bm_text_to_double(limit, header(baton, ours ? "x-ratelimit-limit-requests" : "anthropic-ratelimit-requests-limit"))
            != APR_SUCCESS
        || bm_text_to_double(remaining, header(baton, ours ? "x-ratelimit-remaining-requests"
                                                           : "anthropic-ratelimit-requests-remaining")) != APR_SUCCESS
        || !(*limit >= 1) || !(*remaining >= 0) || *remaining > *limit)
        return APR_NOTFOUND;
    if (ours)
        return bm_retry_after_duration(full_in, reset, cap);
    at = header(baton, "anthropic-ratelimit-requests-reset");
    if (at == NULL || bm_timefmt_parse(&full_at, at) != APR_SUCCESS)
        return APR_NOTFOUND;
    return capped(full_in, full_at > now ? (double)(full_at - now) : 0, cap);
}
