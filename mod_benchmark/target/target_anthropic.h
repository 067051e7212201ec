/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_anthropic.h: POST /v1/messages in the shapes of the Anthropic Messages API.
 *
 * Steps map to events: role = message_start, reasoning = thinking_delta, text = text_delta (or input_json_delta of a
 * tool), finish and usage = message_delta, done = message_stop, ping = ping. Thread: that of the app. */
#ifndef BM_TARGET_TARGET_ANTHROPIC_H
#define BM_TARGET_TARGET_ANTHROPIC_H

#include "target/target_reply.h"

extern const bm_target_format_t bm_target_anthropic_format;

/** As the handlers of target_openai.h. */
void bm_target_anthropic_messages(bm_target_reply_t *reply);

#endif
