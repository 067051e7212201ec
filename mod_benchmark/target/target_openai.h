/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_openai.h: chat completions, embeddings and models in the shapes of the OpenAI API.
 *
 * Each handler looks at reply->request and reply->body and leaves a reply that bm_target_reply_begin() can start,
 * or one that bm_target_reply_fail() has turned into an error. Thread: that of the app. */
#ifndef BM_TARGET_TARGET_OPENAI_H
#define BM_TARGET_TARGET_OPENAI_H

#include "target/target_reply.h"

extern const bm_target_format_t bm_target_openai_chat_format;
extern const bm_target_format_t bm_target_openai_embeddings_format;
extern const bm_target_format_t bm_target_openai_models_format;

void bm_target_openai_chat(bm_target_reply_t *reply);
void bm_target_openai_embeddings(bm_target_reply_t *reply);
void bm_target_openai_models(bm_target_reply_t *reply);

/** {"error": {message, type, param, code}}: also what plain answers of the target use. */
void bm_target_openai_error(bm_target_reply_t *reply, bm_buffer_t *out);

#endif
