/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/breaker.h"

int bm_breaker_allows(bm_breaker_t *breaker, apr_int64_t now_ns)
{
    if (breaker->limit <= 0 || breaker->open_until_ns == 0)
        return 1;
    if (now_ns >= breaker->open_until_ns && (!breaker->trying || now_ns >= breaker->trying_until_ns)) {
        breaker->trying = 1;
        breaker->trying_until_ns = now_ns + breaker->open_ns;
        return 1;
    }
    breaker->refused++;
    return 0;
}

static void open(bm_breaker_t *breaker, apr_int64_t now_ns)
{
    breaker->open_until_ns = now_ns + breaker->open_ns;
    breaker->trying = 0;
    breaker->opened++;
}

void bm_breaker_note(bm_breaker_t *breaker, bm_breaker_outcome_e outcome, apr_int64_t now_ns)
{
    switch (outcome) {
    case BM_BREAKER_ALIVE:
        breaker->failures = 0;
        breaker->open_until_ns = 0;
        breaker->trying = 0;
        break;
    case BM_BREAKER_FAILED:
        breaker->failures++;
        /* those that were sent before it opened fail one after another, and say nothing new */
        if (breaker->limit > 0 && (breaker->open_until_ns == 0 ? breaker->failures >= breaker->limit
                                                               : breaker->trying && now_ns >= breaker->open_until_ns))
            open(breaker, now_ns);
        break;
    case BM_BREAKER_UNKNOWN:
        breaker->trying = 0;
        break;
    }
}
