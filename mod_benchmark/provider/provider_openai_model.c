/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_openai_model.h"

#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "provider/provider_answer.h"

enum { OFFERED_NAMES = 8, NAME_MAX_BYTES = 100 };

int bm_provider_openai_model_missing(const bm_call_t *call, const bm_exchange_t *x)
{
    const char *code = call->answer.error_code;

    if (x->http_status != 400 && x->http_status != 404 && x->http_status != 422)
        return 0;
    /* "model name is missing from the request", {"loc":["body","model"],"msg":"Field required"}, "The model `None` does ..." */
    return bm_text_find(x->body.data, x->body.len, "model", 5) != NULL
        && (code == NULL || strcmp(code, "context_length_exceeded") != 0);
}

/* vLLM lists LoRA adapters behind the model that they belong to. */
static int is_adapter(const json_t *entry)
{
    return json_string_length(json_object_get(entry, "parent")) > 0;
}

static void offer(const char **offered, const char *name, int count, apr_pool_t *p)
{
    const char *clean = bm_text_clean_utf8(name, strlen(name), NAME_MAX_BYTES, p);

    if (count <= OFFERED_NAMES)
        *offered = *offered ? apr_pstrcat(p, *offered, ", ", clean, NULL) : clean;
    else if (count == OFFERED_NAMES + 1)
        *offered = apr_pstrcat(p, *offered, " ...", NULL);
}

const char *bm_provider_openai_model_only(const char **offered, bm_call_t *call, const bm_exchange_t *x)
{
    const json_t *list, *entry;
    const char *name, *only = NULL;
    apr_size_t i;
    int count = 0;

    *offered = NULL;
    if (x->end != BM_END_COMPLETE || x->http_status != 200)
        return NULL;
    list = json_object_get(bm_provider_answer_json(call, x), "data");
    for (i = 0; i < json_array_size(list); i++) {
        entry = json_array_get(list, i);
        name = bm_provider_answer_text(json_object_get(entry, "id"), call->p);
        if (name == NULL || is_adapter(entry))
            continue;
        only = name;
        offer(offered, name, ++count, call->p);
    }
    return count == 1 ? only : NULL;
}
