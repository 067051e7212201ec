/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_openai_model.h: a model for a connection that names none.
 *
 * Most servers of one model (llama-server, vLLM since 0.8) serve a request without a model. One that refuses it is asked
 * for its list (GET /v1/models): if that has one model, the request is made again with it.
 *
 * Thread: that of the call. */
#ifndef BM_PROVIDER_PROVIDER_OPENAI_MODEL_H
#define BM_PROVIDER_PROVIDER_OPENAI_MODEL_H

#include "provider/provider.h"

/** Whether the target refused the request because it names no model. x has a status that is no success. */
int bm_provider_openai_model_missing(const bm_call_t *call, const bm_exchange_t *x);

/** The model to ask for, in call->p, by the answer to GET /v1/models: the only one that is no adapter of another. NULL: there
 *  is no such; then *offered is a list of names for people, or NULL if there is none. */
const char *bm_provider_openai_model_only(const char **offered, bm_call_t *call, const bm_exchange_t *x);

#endif
