/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_kinds.h: the providers there are; one line each here and in provider.c. */
#ifndef BM_PROVIDER_PROVIDER_KINDS_H
#define BM_PROVIDER_PROVIDER_KINDS_H

#include "provider/provider.h"

extern const bm_provider_t bm_provider_tinyfish;     /* TinyFish Web Agent */
extern const bm_provider_t bm_provider_openai;       /* chat completions and embeddings */
extern const bm_provider_t bm_provider_anthropic;    /* Messages API */
extern const bm_provider_t bm_provider_http;         /* any request */
extern const bm_provider_t bm_provider_mock;         /* no request at all */

#endif
