/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_discovery.h"

#include <string.h>
#include <strings.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "base/text.h"
#include "provider/provider_answer.h"
#include "provider/provider_kinds.h"
#include "provider/provider_stream.h"

/* --- by its address */

/* Whether `word` is one of the names between the dots of a host. */
static int has_label(const char *host, apr_size_t len, const char *word)
{
    apr_size_t size = strlen(word), at, end;

    for (at = 0; at < len; at = end + 1) {
        for (end = at; end < len && host[end] != '.' && host[end] != ':'; end++)
            ;
        if (end - at == size && strncasecmp(host + at, word, size) == 0)
            return 1;
    }
    return 0;
}

const bm_provider_t *bm_provider_discovery_guess(const char *url)
{
    const char *host = strstr(url, "://"), *path, *end;
    apr_size_t len;

    host = host ? host + 3 : url;
    len = strcspn(host, "/?");
    path = host + len;
    end = path + strcspn(path, "?");
    while (end > path && end[-1] == '/')
        end--;
    if (has_label(host, len, "tinyfish"))
        return &bm_provider_tinyfish;
    if (has_label(host, len, "anthropic") || (end - path >= 9 && strncmp(end - 9, "/messages", 9) == 0))
        return &bm_provider_anthropic;
    return &bm_provider_openai;
}

/* --- by its answer */

/* {"data": [...]} of OpenAI, Anthropic and nearly all others, or the bare array of some. */
static const json_t *list_of(const json_t *j)
{
    const json_t *list = json_is_array(j) ? j : json_object_get(j, "data");
    apr_size_t i;

    if (!json_is_array(list))
        return NULL;
    for (i = 0; i < json_array_size(list); i++)
        if (!json_is_string(json_object_get(json_array_get(list, i), "id")))
            return NULL;
    return list;
}

static int is_word(const json_t *j, const char *name, const char *word)
{
    const char *text = json_string_value(json_object_get(j, name));

    return text != NULL && strcmp(text, word) == 0;
}

/* A name is what is asked for later: one that had to be changed to be shown would not be it. */
static int is_clean(const char *name, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
            return 0;
    return len > 0 && len <= BM_DISCOVERY_NAME_MAX;
}

static void keep_models(bm_discovery_t *found, const json_t *list, apr_pool_t *p)
{
    apr_size_t i;

    found->models = apr_array_make(p, 16, sizeof(const char *));
    for (i = 0; i < json_array_size(list); i++) {
        const json_t *id = json_object_get(json_array_get(list, i), "id");

        if (!is_clean(json_string_value(id), json_string_length(id)))
            continue;
        if (found->count++ < BM_DISCOVERY_MODELS_MAX)
            APR_ARRAY_PUSH(found->models, const char *) = apr_pstrdup(p, json_string_value(id));
    }
    found->is_anthropic = is_word(json_array_get(list, 0), "type", "model")
                          && json_object_get(json_array_get(list, 0), "object") == NULL;
}

static int is_web_page(const bm_exchange_t *x)
{
    apr_size_t at = 0;

    while (at < x->body.len && apr_isspace(x->body.data[at]))
        at++;
    return at < x->body.len && x->body.data[at] == '<';
}

/* A status that is not success, in words that say where it points to. */
static void read_status(bm_call_t *call, const bm_exchange_t *x)
{
    const char *to = bm_exchange_header(x, "Location", call->p);

    bm_provider_answer_status(call, x);
    if (x->http_status >= 300 && x->http_status <= 399 && to != NULL)
        bm_provider_answer_fail(call, "redirected", 0, BM_EFFECT_NONE,
                                "The target answered %d and points to %s; no request follows it.", x->http_status, to);
}

static void read_http(bm_call_t *call, const bm_exchange_t *x)
{
    /* that there is more than was wanted, and that it takes no GET, are answers of somebody who is there */
    if (x->end == BM_END_TOO_LARGE || (x->http_status >= 200 && x->http_status <= 299) || x->http_status == 405)
        bm_provider_answer_complete(call);
    else
        read_status(call, x);
}

static void refuse(bm_call_t *call, const bm_exchange_t *x, const char *wanted)
{
    bm_provider_answer_fail(call, "malformed_answer", 0, BM_EFFECT_SETTLED, "The target answered %d with %s, not with %s.",
                            x->http_status, is_web_page(x) ? "a web page" : "something else", wanted);
}

static void read_list(bm_discovery_t *found, bm_call_t *call, const bm_exchange_t *x)
{
    const json_t *j = bm_provider_answer_json(call, x), *list = list_of(j);

    if (x->http_status < 200 || x->http_status > 299) {
        found->is_anthropic = is_word(j, "type", "error") && json_is_object(json_object_get(j, "error"));
        read_status(call, x);
    }
    else if (call->provider == &bm_provider_tinyfish) {
        if (json_is_array(json_object_get(j, "data")))
            bm_provider_answer_complete(call);
        else
            refuse(call, x, "a list of runs");
    }
    else if (list != NULL) {
        keep_models(found, list, call->p);
        bm_provider_answer_complete(call);
    }
    else
        refuse(call, x, "a list of models");
}

void bm_provider_discovery_read(bm_discovery_t *found, bm_call_t *call, const bm_exchange_t *x)
{
    int is_http = call->provider == &bm_provider_http;

    memset(found, 0, sizeof(*found));
    call->answer.measured = x;
    bm_provider_stream_whole(call, x);
    if (x->end != BM_END_COMPLETE && !(is_http && x->end == BM_END_TOO_LARGE))
        bm_provider_answer_transport(call, x);
    else if (is_http)
        read_http(call, x);
    else
        read_list(found, call, x);
}

/* --- who is next */

static int was_asked(const bm_provider_t *const *asked, const bm_provider_t *provider)
{
    for (; *asked != NULL; asked++)
        if (*asked == provider)
            return 1;
    return 0;
}

const bm_provider_t *bm_provider_discovery_next(const bm_provider_t *const *asked, const bm_discovery_t *found,
                                                const bm_call_t *call, const bm_exchange_t *x)
{
    int is_ours = call->answer.end == BM_RUN_COMPLETED;

    if (x->end != BM_END_COMPLETE || is_ours)
        return NULL;
    if (found->is_anthropic && !was_asked(asked, &bm_provider_anthropic))
        return &bm_provider_anthropic;
    /* it is there, and says why it does not answer: another path would not change that */
    if (x->http_status == 401 || x->http_status == 403 || x->http_status == 429 || x->http_status >= 500)
        return NULL;
    if (!was_asked(asked, &bm_provider_openai))
        return &bm_provider_openai;
    return was_asked(asked, &bm_provider_http) ? NULL : &bm_provider_http;
}
