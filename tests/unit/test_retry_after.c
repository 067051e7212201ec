/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include "parse/retry_after.h"

#define CAP ((apr_interval_time_t)3600 * 1000000)

/* 1994-11-06T08:49:37Z, the date of RFC 9110's examples */
static const apr_time_t rfc_date = 784111777LL * 1000000;

typedef struct wait_case_t {
    const char *value;
    apr_int64_t wait;      /* -1: not found */
} wait_case_t;

static const wait_case_t header_cases[] = {
    { "0", 0 }, { "7", 7000000 }, { " 7", 7000000 }, { "1.5", 1500000 }, { "3601", CAP },
    { "999999999999999999999", CAP },
    { "1e300", CAP }, { "Sun, 06 Nov 1994 08:49:37 GMT", 60000000 }, { "Sunday, 06-Nov-94 08:49:37 GMT", 60000000 },
    { "Sun Nov  6 08:49:37 1994", 60000000 }, { "Sun, 06 Nov 1994 08:40:00 GMT", 0 },
    { "Mon, 06 Nov 2034 08:49:37 GMT", CAP },
    { "-1", -1 }, { "", -1 }, { " ", -1 }, { "soon", -1 }, { "7 s", -1 }, { "7s", -1 }, { "nan", -1 }, { "inf", -1 },
    { "0x10", -1 }, { "Sun, 99 Nov 1994 08:49:37 GMT", -1 }, { "1994-11-06T08:49:37Z", -1 }, { NULL, -1 },
};

BM_LOOP_TEST(retry_after_is_seconds_or_a_date, BM_COUNT(header_cases))
{
    const wait_case_t *c = &header_cases[_i];
    apr_interval_time_t wait = -2;
    apr_status_t rv = bm_retry_after_seconds_or_date(&wait, c->value, rfc_date - 60000000, CAP);

    ck_assert_int_eq(rv, c->wait < 0 ? APR_NOTFOUND : APR_SUCCESS);
    ck_assert_int_eq(wait, c->wait < 0 ? -2 : c->wait);
}
END_TEST

static const wait_case_t duration_cases[] = {
    { "1s", 1000000 }, { "6m0s", 360000000 }, { "12ms", 12000 }, { "0s", 0 }, { "1h", CAP }, { "1m30.5s", 90500000 },
    { "2h45m", CAP }, { "250us", 250 }, { "250\xc2\xb5s", 250 }, { "250\xce\xbcs", 250 }, { "1500ns", 1 }, { "0", 0 },
    { "60", 60000000 }, { "0.25", 250000 }, { ".5s", 500000 }, { "99999999999h", CAP }, { "1m1m", 120000000 },
    { "", -1 }, { "s", -1 }, { "1x", -1 }, { "1s ", -1 }, { "-1", -1 }, { "-1s", -1 }, { "1s1", -1 }, { "1.2.3s", -1 },
    { "1m-1s", -1 }, { ".s", -1 }, { "111111111111111111111111111111111s", -1 }, { NULL, -1 }, { "1d", -1 },
};

BM_LOOP_TEST(ratelimit_resets_are_go_durations_or_seconds, BM_COUNT(duration_cases))
{
    const wait_case_t *c = &duration_cases[_i];
    apr_interval_time_t wait = -2;
    apr_status_t rv = bm_retry_after_duration(&wait, c->value, CAP);

    ck_assert_int_eq(rv, c->wait < 0 ? APR_NOTFOUND : APR_SUCCESS);
    ck_assert_int_eq(wait, c->wait < 0 ? -2 : c->wait);
}
END_TEST

static const char *header(void *baton, const char *name)
{
    const char *const *pair = baton;

    for (; *pair; pair += 2)
        if (strcmp(*pair, name) == 0)
            return pair[1];
    return NULL;
}

typedef struct find_case_t {
    const char *headers[10];
    apr_int64_t wait;
} find_case_t;

static const find_case_t finds[] = {
    { { "retry-after-ms", "1500", "retry-after", "9" }, 1500000 },
    { { "retry-after-ms", "x", "retry-after", "9", "x-ratelimit-reset-requests", "1s" }, 9000000 },
    { { "retry-after", "x", "x-ratelimit-reset-requests", "1s" }, 1000000 },
    { { "x-ratelimit-reset-requests", "1s", "x-ratelimit-reset-tokens", "2s" }, 2000000 },
    { { "x-ratelimit-reset-requests", "3s", "x-ratelimit-reset-tokens", "2s" }, 3000000 },
    { { "x-ratelimit-reset-requests", "1s", "x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-tokens", "2s",
        "x-ratelimit-remaining-tokens", "500" }, 1000000 },
    { { "x-ratelimit-reset-requests", "1s", "x-ratelimit-remaining-requests", "-1" }, 1000000 },
    { { "x-ratelimit-reset-requests", "1s", "x-ratelimit-remaining-requests", "5" }, -1 },
    { { NULL }, -1 },
};

BM_LOOP_TEST(the_most_exact_header_wins, BM_COUNT(finds))
{
    const find_case_t *c = &finds[_i];
    const char *headers[11] = { NULL };
    apr_interval_time_t wait = -1;

    memcpy(headers, c->headers, sizeof(c->headers));
    ck_assert_int_eq(bm_retry_after_find(&wait, header, headers, rfc_date, CAP),
                     c->wait < 0 ? APR_NOTFOUND : APR_SUCCESS);
    if (c->wait >= 0)
        ck_assert_int_eq(wait, c->wait);
}
END_TEST

#include "test_retry_after.reg"
