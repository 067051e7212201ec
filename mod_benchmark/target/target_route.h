/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_route.h: from a request to the reply that it gets.
 *
 *   POST /v1/chat/completions, /v1/embeddings     GET /v1/models         OpenAI
 *   POST /v1/messages                                                    Anthropic
 *   POST /v1/automation/run-sse, /run, /run-async                        TinyFish
 *   GET /v1/runs/{id}     POST /v1/runs/{id}/cancel
 *   GET /health           {"status":"ok"}
 *   ANY /echo             method, path, query, headers and body as JSON; ?status= and ?delay_ms=
 *
 * Every endpoint takes the fields of target_spec.h in the header X-Target, and those with a JSON body in its x_target.
 * Thread: that of the app. */
#ifndef BM_TARGET_TARGET_ROUTE_H
#define BM_TARGET_TARGET_ROUTE_H

#include "target/target_app.h"
#include "target/target_reply.h"

/** Make the reply to a complete request that was read at read_ns (CLOCK_MONOTONIC). Never NULL: what is wrong becomes an error
 *  answer. request and p must live as long as the reply. */
bm_target_reply_t *bm_target_route(bm_target_app_t *app, const bm_target_request_t *request, apr_int64_t read_ns,
                                   apr_pool_t *p);

/** The reply to a request that could not be read: its status and problem. */
bm_target_reply_t *bm_target_route_refusal(bm_target_app_t *app, int status, const char *problem, apr_int64_t read_ns,
                                           apr_pool_t *p);

#endif
