/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_openai_chat.h: answers of POST /v1/chat/completions, streamed or whole, of every server that
 * speaks the protocol (contracts: openai-compatible.md sections 2 to 5).
 *
 * A stream is complete with [DONE], or with a clean end of the body behind a finish_reason; anything else is a failure.
 * Thread: that of the call. */
#ifndef BM_PROVIDER_PROVIDER_OPENAI_CHAT_H
#define BM_PROVIDER_PROVIDER_OPENAI_CHAT_H

#include "provider/provider.h"

/** Read the answer to a chat request, whatever its form, into the call's answer. */
void bm_provider_openai_chat_read(bm_call_t *call, const bm_exchange_t *x);

/** Read "usage" of a whole answer; members that are not there stay as they are. */
void bm_provider_openai_chat_usage(bm_usage_t *usage, const json_t *j);

#endif
