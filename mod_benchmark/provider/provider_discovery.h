/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_discovery.h: what a target is, by its address and by its answer, and which models it lists.
 *
 * Pure functions. Thread: that of the call. */
#ifndef BM_PROVIDER_PROVIDER_DISCOVERY_H
#define BM_PROVIDER_PROVIDER_DISCOVERY_H

#include "provider/provider.h"

/** Models that are kept, bytes of a name, and bytes of an answer that is read. */
#define BM_DISCOVERY_MODELS_MAX 1000
#define BM_DISCOVERY_NAME_MAX 500
#define BM_DISCOVERY_BODY_MAX (2 * 1024 * 1024)

/** The provider that an address looks like. Never NULL: openai, unless it says something else. */
const bm_provider_t *bm_provider_discovery_guess(const char *url);

/** What an answer tells. */
typedef struct bm_discovery_t {
    apr_array_header_t *models;      /* of const char *, in the call's pool; NULL: it is no list */
    int count;                       /* those that are not kept included */
    int is_anthropic;                /* the list, or the error, is of Anthropic's form */
} bm_discovery_t;

/** Read the answer to the provider's `discover`: call->answer says whether the target is one of this provider, and why not. */
void bm_provider_discovery_read(bm_discovery_t *found, bm_call_t *call, const bm_exchange_t *x);

/** Who is to be asked next, given what the last answer told; NULL: nobody, it is known, or asking on would not help.
 *  asked: those that were, NULL-terminated. */
const bm_provider_t *bm_provider_discovery_next(const bm_provider_t *const *asked, const bm_discovery_t *found,
                                                const bm_call_t *call, const bm_exchange_t *x);

#endif
