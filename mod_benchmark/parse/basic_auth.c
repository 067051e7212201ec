/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/basic_auth.h"

#include <string.h>
#include <strings.h>
#include <apr_base64.h>
#include <apr_strings.h>

enum { HEADER_MAX = 8192 };

apr_status_t bm_basic_auth_read(const char **pname, const char **ppassword, const char *header, apr_pool_t *p)
{
    char *pair, *colon;
    int len;

    if (header == NULL || strncasecmp(header, "Basic ", 6) != 0 || strlen(header) > HEADER_MAX)
        return APR_EINVAL;
    for (header += 6; *header == ' '; header++)
        ;
    pair = apr_palloc(p, (apr_size_t)apr_base64_decode_len(header) + 1);
    len = apr_base64_decode(pair, header);
    pair[len > 0 ? len : 0] = '\0';
    colon = strchr(pair, ':');
    if (colon == NULL)
        return APR_EINVAL;
    *colon = '\0';
    *pname = pair;
    *ppassword = colon + 1;
    return APR_SUCCESS;
}
