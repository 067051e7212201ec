/* SPDX-License-Identifier: Apache-2.0 */
#include "base/timefmt.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <apr_strings.h>

void bm_timefmt_rfc3339(char text[BM_TIMEFMT_SIZE], apr_time_t t)
{
    apr_time_exp_t x;

    apr_time_exp_gmt(&x, t);
    apr_snprintf(text, BM_TIMEFMT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", (x.tm_year + 1900) % 10000, x.tm_mon + 1,
             x.tm_mday, x.tm_hour, x.tm_min, x.tm_sec, x.tm_usec);
}

/* Exactly n digits at *s. */
static int digits(const char **s, int n, int *value)
{
    *value = 0;
    while (n-- > 0) {
        if (**s < '0' || **s > '9')
            return 0;
        *value = *value * 10 + (*(*s)++ - '0');
    }
    return 1;
}

static int expect(const char **s, char c)
{
    if (**s != c)
        return 0;
    (*s)++;
    return 1;
}

static int days_of_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

static int read_date(const char **s, apr_time_exp_t *x)
{
    int year, month, day;

    if (!digits(s, 4, &year) || !expect(s, '-') || !digits(s, 2, &month) || !expect(s, '-') || !digits(s, 2, &day))
        return 0;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return 0;
    x->tm_year = year - 1900;
    x->tm_mon = month - 1;
    x->tm_mday = day;
    return 1;
}

static int read_fraction(const char **s, apr_time_exp_t *x)
{
    int scale = 100000, n;

    if (!expect(s, '.'))
        return 1;
    for (n = 0; **s >= '0' && **s <= '9'; n++, (*s)++) {
        x->tm_usec += scale * (**s - '0');
        scale /= 10;
    }
    return n >= 1 && n <= 9;
}

static int read_offset(const char **s, apr_time_exp_t *x)
{
    int sign, hours, minutes;

    if (expect(s, 'Z') || expect(s, 'z'))
        return 1;
    if (**s != '+' && **s != '-')
        return 0;
    sign = *(*s)++ == '-' ? -1 : 1;
    if (!digits(s, 2, &hours) || !expect(s, ':') || !digits(s, 2, &minutes) || hours > 23 || minutes > 59)
        return 0;
    x->tm_gmtoff = sign * (hours * 3600 + minutes * 60);
    return 1;
}

apr_status_t bm_timefmt_parse(apr_time_t *pt, const char *text)
{
    apr_time_exp_t x;
    const char *s = text;

    memset(&x, 0, sizeof(x));
    if (!read_date(&s, &x))
        return APR_EINVAL;
    if (*s == '\0')
        return apr_time_exp_gmt_get(pt, &x);
    if (!expect(&s, 'T') && !expect(&s, 't') && !expect(&s, ' '))
        return APR_EINVAL;
    if (!digits(&s, 2, &x.tm_hour) || !expect(&s, ':') || !digits(&s, 2, &x.tm_min) || !expect(&s, ':')
        || !digits(&s, 2, &x.tm_sec) || x.tm_hour > 23 || x.tm_min > 59 || x.tm_sec > 60)
        return APR_EINVAL;
    if (!read_fraction(&s, &x) || !read_offset(&s, &x) || *s != '\0')
        return APR_EINVAL;
    return apr_time_exp_gmt_get(pt, &x);
}

apr_int32_t bm_timefmt_hour(apr_time_t t, int up)
{
    const apr_time_t hour = apr_time_from_sec(3600);

    return (apr_int32_t)((t + (up ? hour - 1 : 0)) / hour);
}

apr_int64_t bm_timefmt_monotonic_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (apr_int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

apr_time_t bm_timefmt_steady(void)
{
    return bm_timefmt_monotonic_ns() / 1000;
}
