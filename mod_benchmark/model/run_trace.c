/* SPDX-License-Identifier: Apache-2.0 */
#include "model/run_trace.h"

#include <string.h>

static char *hex(char *at, const unsigned char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < n; i++) {
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    return at;
}

void bm_traceparent(char text[BM_TRACEPARENT_SIZE], const bm_trace_ids_t *ids)
{
    char *at = text;

    memcpy(at, "00-", 3);
    at = hex(at + 3, ids->trace, sizeof(ids->trace));
    *at++ = '-';
    at = hex(at, ids->request, sizeof(ids->request));
    memcpy(at, "-01", 4);
}
