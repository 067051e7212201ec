/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/token_bucket.h"

apr_int64_t bm_token_bucket_take(bm_token_bucket_t *bucket, apr_int64_t at_ns)
{
    apr_int64_t each, tolerance, allowed_ns;

    if (bucket->rate <= 0)
        return at_ns;
    each = (apr_int64_t)(1e9 / bucket->rate);
    tolerance = (apr_int64_t)((bucket->burst > 1 ? bucket->burst - 1 : 0) * (double)each);
    if (bucket->arrival_ns < at_ns)
        bucket->arrival_ns = at_ns;
    allowed_ns = bucket->arrival_ns - tolerance;
    bucket->arrival_ns += each;
    return allowed_ns > at_ns ? allowed_ns : at_ns;
}
