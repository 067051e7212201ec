/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_spec.h: the injection fields of a request, between JSON and bm_target_spec_t.
 *
 * They stand in the object "x_target" of a request's JSON body, or in the header X-Target as JSON (the body wins, member
 * by member). All are optional; unknown members are refused, so that a misspelt one does not silently measure something else.
 *
 *   id                 integer, or string (decimal or 0x hex) for all 64 bits: correlation id. Header X-Bm-Id does the same
 *   seed               integer, or "each": another one for each request, in the order that they come. Default: the request's own
 *                      "seed", else 1: requests that do not say one are all alike, the services of a queue included
 *   ttft_ms            0 to 3,600,000, default 50;  ttft_dist fixed|uniform|exponential|gamma (fixed);  ttft_shape (1)
 *   gap_ms             0 to 3,600,000, default 20;  gap_dist, gap_shape likewise
 *   tokens             0 to 100,000. Default: max_completion_tokens or max_tokens of the request, else 32 (TinyFish: 5 steps)
 *   tokens_per_chunk   1 to 10,000, default 1
 *   burst              content chunks in one send, 1 to 1,000, default 1
 *   stall_every, stall_ms        every k-th gap is longer by stall_ms; default 0 = never
 *   header_ms, finish_ms         response head late; finish, usage and [DONE] after the last content; default 0
 *   role               first|early|none (first)
 *   reasoning_tokens   before the text, default 0;  reasoning_member reasoning_content|reasoning
 *   prompt_tokens      reported in usage; default: estimated from the request's length
 *   usage              auto|always|never|finish (auto: as stream_options.include_usage asks)
 *   done               false: no [DONE]
 *   pings              keep-alive comments (Anthropic: ping, TinyFish: HEARTBEAT) before the first content, default 0
 *   status             200 to 599 in place of 200: error answer at header_ms;  retry_after_s with it
 *   fault, fault_at    none|error|cut|reset|hang|garbage|silent|not_http in place of content chunk fault_at (0)
 *   error_code, error_message    of injected errors
 *   queue_servers, queue_rate, queue_dist (exponential|fixed), queue_limit, queue_name      see target_queue.h; the wait and
 *                      the service time (mean 1/queue_rate seconds) both come before ttft_ms
 *   text               the text to answer, cut into `tokens` pieces;  tool: it is the arguments of a call of this function
 *   finish_reason, result (any JSON: result of a TinyFish run), old_names (TinyFish: camelCase members)
 *
 * Thread-safe (no state). */
#ifndef BM_TARGET_TARGET_SPEC_H
#define BM_TARGET_TARGET_SPEC_H

#include "base/err.h"
#include "base/json.h"
#include "target/target_schedule.h"

#define BM_TARGET_SPEC_MAX_TOKENS 100000

/** The defaults. tokens is -1 (not said), seed 1. */
void bm_target_spec_init(bm_target_spec_t *spec);

/** Lay the members of the object j over spec. Strings are copied to p.
 *  @return APR_EINVAL with one violation per wrong or unknown member; spec is then not to be used. */
apr_status_t bm_target_spec_read(bm_target_spec_t *spec, const json_t *j, bm_err_t *err, apr_pool_t *p);

/** Write spec as the object that bm_target_spec_read takes: members that differ from the defaults. */
void bm_target_spec_write(const bm_target_spec_t *spec, bm_jw_t *w);

/** A correlation id: decimal or 0x and hex. @return APR_EINVAL: neither, or over 64 bits. */
apr_status_t bm_target_spec_parse_id(apr_uint64_t *id, const char *text);

#endif
