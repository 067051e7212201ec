/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/range_expr.h"

#include <string.h>
#include "base/text.h"
#include "base/timefmt.h"

#define MAX_DAYS 10000

/* base/text knows the units of our directives; m and w are those of time pickers. */
static apr_status_t offset_from(apr_int64_t *microseconds, const char *text)
{
    apr_size_t len = strspn(text, "0123456789");
    char digits[20];
    apr_int64_t n, unit;

    if (len == 0 || len >= sizeof(digits))
        return APR_EINVAL;
    if (strcmp(text + len, "m") == 0)
        unit = APR_USEC_PER_SEC * 60;
    else if (strcmp(text + len, "w") == 0)
        unit = APR_USEC_PER_SEC * 86400 * 7;
    else if (text[len] == '\0' || strcmp(text + len, "ms") == 0)
        return APR_EINVAL;
    else
        return bm_text_to_interval(microseconds, text, "s");
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (bm_text_to_int64(&n, digits, 0, APR_USEC_PER_SEC * 86400 * MAX_DAYS / unit) != APR_SUCCESS)
        return APR_EINVAL;
    *microseconds = n * unit;
    return APR_SUCCESS;
}

apr_status_t bm_range_expr_time(apr_time_t *pt, const char *text, apr_time_t now)
{
    apr_int64_t offset;
    apr_status_t rv;

    if (strncmp(text, "now", 3) != 0) {
        rv = bm_timefmt_parse(pt, text);
        return rv == APR_SUCCESS && *pt < 0 ? APR_EINVAL : rv;     /* an offset can lead to before 1970 */
    }
    text += 3;
    if (*text == '\0') {
        *pt = now;
        return APR_SUCCESS;
    }
    if ((*text != '-' && *text != '+') || offset_from(&offset, text + 1) != APR_SUCCESS)
        return APR_EINVAL;
    if (*text == '-' && offset > now)
        return APR_EINVAL;
    *pt = *text == '-' ? now - offset : now + offset;
    return APR_SUCCESS;
}
