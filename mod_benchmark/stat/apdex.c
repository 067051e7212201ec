/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/apdex.h"

#include <math.h>

double bm_apdex(apr_uint64_t satisfied, apr_uint64_t tolerating, apr_uint64_t all)
{
    if (all == 0 || satisfied > all || tolerating > all - satisfied)
        return NAN;
    return ((double)satisfied + (double)tolerating / 2) / (double)all;
}
