/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider.h"

#include <string.h>
#include "provider/provider_kinds.h"

static const bm_provider_t *const providers[] = {
    &bm_provider_tinyfish,
    &bm_provider_openai,
    &bm_provider_anthropic,
    &bm_provider_http,
    &bm_provider_mock,
    NULL
};

const bm_provider_t *const *bm_provider_list(void)
{
    return providers;
}

const bm_provider_t *bm_provider_find(const char *name)
{
    const bm_provider_t *const *provider;

    for (provider = providers; name != NULL && *provider != NULL; provider++)
        if (strcmp((*provider)->name, name) == 0)
            return *provider;
    return NULL;
}

bm_call_t *bm_provider_call_make(const bm_provider_t *provider, apr_pool_t *p)
{
    bm_call_t *call = apr_pcalloc(p, sizeof(*call));
    const json_t *nothing = bm_json_adopt(json_object(), p);

    call->p = p;
    call->provider = provider;
    call->asked_provider = provider->name;
    call->attempt = 1;
    call->connection = nothing;
    call->inputs = nothing;
    call->secrets = apr_array_make(p, 2, sizeof(const char *));
    call->answer.chunks = apr_array_make(p, 0, sizeof(bm_chunk_t));
    call->answer.usage = (bm_usage_t){ .prompt = -1, .completion = -1, .reasoning = -1, .cached = -1 };
    return call;
}
