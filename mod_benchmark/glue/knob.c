/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/knob.h"

#include <string.h>
#include <apr_strings.h>
#include <httpd.h>
#include <http_config.h>
#include "base/text.h"
#include "model/location.h"
#include "net/address_guard.h"

static const char *parse_flag(int *flag, const char *text)
{
    if (ap_cstr_casecmp(text, "on") == 0)
        *flag = 1;
    else if (ap_cstr_casecmp(text, "off") == 0)
        *flag = 0;
    else
        return "must be On or Off";
    return NULL;
}

int bm_knob_is_url(const char *text, const char **prest)
{
    const char *authority = strstr(text, "://");
    size_t len;

    if (authority == NULL || (ap_cstr_casecmpn(text, "http://", 7) != 0 && ap_cstr_casecmpn(text, "https://", 8) != 0))
        return 0;
    authority += 3;
    len = strcspn(authority, "/?#");
    *prest = authority + len;
    return len > 0 && strcspn(authority, " \"<>\\^`{|}") >= len && authority[0] != ':';
}

static int is_cpu_list(const char *text)
{
    size_t digits;

    for (;;) {
        digits = strspn(text, "0123456789");
        if (digits == 0 || digits > 4)
            return 0;
        text += digits;
        if (*text == '\0')
            return 1;
        if (*text++ != ',')
            return 0;
    }
}

static int is_listen(const char *text, apr_pool_t *p)
{
    const char *colon = strrchr(text, ':');
    struct sockaddr_storage address;
    apr_int64_t port;

    return colon != NULL && bm_text_to_int64(&port, colon + 1, 0, 65535) == APR_SUCCESS
        && bm_address_guard_parse(&address, apr_pstrmemdup(p, text, (apr_size_t)(colon - text))) == APR_SUCCESS;
}

/* Texts of a certain form. @return NULL or what they must be. */
static const char *check_text(bm_knob_type_e type, const char *text, apr_pool_t *p)
{
    const char *rest;

    if (type == BM_KNOB_URL && !bm_knob_is_url(text, &rest))
        return "must be a URL such as https://bench.example.com";
    if (type == BM_KNOB_CPUS && !is_cpu_list(text))
        return "must be numbers of CPUs such as 1,2";
    if (type == BM_KNOB_LOCATION && !bm_location_is_name(text))
        return "must be 1 to 63 letters, digits and . _ - such as eu1";
    if (type == BM_KNOB_LISTEN && !is_listen(text, p))
        return "must be a numeric address and a port such as 127.0.0.1:0";
    return NULL;
}

const char *bm_knob_apply(void *conf, const bm_knob_t *knob, const char *text, apr_pool_t *p)
{
    void *member = (char *)conf + knob->offset;
    const char *wrong;
    apr_int64_t value;

    switch (knob->type) {
    case BM_KNOB_FLAG:
        return parse_flag(member, text);
    case BM_KNOB_INT:
        if (bm_text_to_int64(&value, text, knob->min, knob->max) != APR_SUCCESS)
            return apr_psprintf(p, "must be a whole number from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT, knob->min,
                                knob->max);
        *(int *)member = (int)value;
        return NULL;
    case BM_KNOB_TIME:
        if (bm_text_to_interval(&value, text, "s") != APR_SUCCESS || value < apr_time_from_sec(knob->min)
            || value > apr_time_from_sec(knob->max))
            return apr_psprintf(p, "must be a time from %" APR_INT64_T_FMT "s to %" APR_INT64_T_FMT
                                "s (units ms, s, min, h, d)", knob->min, knob->max);
        *(apr_interval_time_t *)member = value;
        return NULL;
    case BM_KNOB_SIZE:
        if (bm_text_to_size(&value, text) != APR_SUCCESS || value < knob->min || value > knob->max)
            return apr_psprintf(p, "must be a size from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT
                                " bytes (units K, M, G)", knob->min, knob->max);
        *(apr_int64_t *)member = value;
        return NULL;
    case BM_KNOB_URL:
    case BM_KNOB_CPUS:
    case BM_KNOB_LISTEN:
    case BM_KNOB_LOCATION:
        wrong = check_text(knob->type, text, p);
        if (wrong != NULL)
            return wrong;
        /* fall through */
    case BM_KNOB_STRING:
        *(const char **)member = apr_pstrdup(p, text);
        return NULL;
    case BM_KNOB_PATH:
        *(const char **)member = ap_server_root_relative(p, text);
        return *(const char **)member ? NULL : "is not a valid path";
    }
    return "has an unknown type";
}
