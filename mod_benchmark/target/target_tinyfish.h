/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_tinyfish.h: runs of the TinyFish Web Agent API.
 *
 * Steps map to events: head = STARTED (and STREAMING_URL), content = PROGRESS, ping = HEARTBEAT, finish = COMPLETE, error =
 * COMPLETE with status FAILED. A run goes on when its stream is cut, as the real service's does. A cancelled
 * stream ends with its next step. Thread: that of the app. */
#ifndef BM_TARGET_TARGET_TINYFISH_H
#define BM_TARGET_TARGET_TINYFISH_H

#include "target/target_reply.h"

extern const bm_target_format_t bm_target_tinyfish_sse_format;
extern const bm_target_format_t bm_target_tinyfish_run_format;
extern const bm_target_format_t bm_target_tinyfish_async_format;
extern const bm_target_format_t bm_target_tinyfish_get_format;
extern const bm_target_format_t bm_target_tinyfish_cancel_format;

/** As the handlers of target_openai.h; the first three start a run. */
void bm_target_tinyfish_start(bm_target_reply_t *reply);
void bm_target_tinyfish_get(bm_target_reply_t *reply);
void bm_target_tinyfish_cancel(bm_target_reply_t *reply);

/** Remember the run that a settled reply of the first three formats starts. Called after its queue. */
void bm_target_tinyfish_remember(bm_target_reply_t *reply, apr_int64_t wait_ns);

#endif
