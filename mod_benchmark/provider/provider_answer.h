/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_answer.h: what the providers have in common when an answer is read: how a transfer ended, what an error
 * body says, and how the answer is kept.
 *
 * Error codes that come from here, besides those of bm_exchange_end_code():
 *   unauthorized 401, forbidden 403, not_found 404, rate_limited 429, quota_exhausted, context_length_exceeded,
 *   model_not_found, request_refused (other 4xx), unavailable 503 529, server_error (other 5xx), redirected 3xx,
 *   unexpected_status, malformed_answer, stream_truncated, stream_error, cancelled
 *
 * Thread: that of the call. Everything is masked on the way in. */
#ifndef BM_PROVIDER_PROVIDER_ANSWER_H
#define BM_PROVIDER_PROVIDER_ANSWER_H

#include "provider/provider.h"

/** Bytes of an error body, and of an error sentence, that are kept. */
#define BM_PROVIDER_ERROR_BODY_MAX 2048
#define BM_PROVIDER_ERROR_MAX 1024

/** Longest wait asked by a target that is passed on; longer ones are cut to it (policy/retry.h refuses them). */
#define BM_PROVIDER_WAIT_MAX apr_time_from_sec(86400)

/** What an error body says, whatever server wrote it. All NULL: it says nothing. In the pool. */
typedef struct bm_provider_error_t {
    const char *message;
    const char *type;         /* "rate_limit_error", "BadRequestError" ... */
    const char *code;         /* "429", "insufficient_quota" ...; numbers as text */
    const json_t *object;     /* the error object itself; NULL: there was none */
} bm_provider_error_t;

/** Read the error out of a JSON value: {"error": {...}}, {"error": "..."}, {"detail": ...}, or its members at the top.
 *  @return whether there was one. */
int bm_provider_answer_error(bm_provider_error_t *e, const json_t *j, apr_pool_t *p);

/** Success. */
void bm_provider_answer_complete(bm_call_t *call);

/** The run has failed. The sentence is masked, cut, and made one line without control characters. */
void bm_provider_answer_fail(bm_call_t *call, const char *code, int transient, bm_effect_e effect, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/** Answer to a transfer that did not end well (x->end is not BM_END_COMPLETE): end, code, sentence, whether to try
 *  again, and whether the target saw anything. */
void bm_provider_answer_transport(bm_call_t *call, const bm_exchange_t *x);

/** Answer to a status that is not success: code by what the body says, else by the status; sentence; Retry-After; the response
 *  kept is {error{http_status,type,code,message},body}. */
void bm_provider_answer_status(bm_call_t *call, const bm_exchange_t *x);

/** Failure that came inside a stream or a body of status 200. */
void bm_provider_answer_stream_error(bm_call_t *call, const bm_provider_error_t *e);

/** Whether errors of this type or code pass by themselves (overloaded, 5xx, rate limits). Unknown ones count as such. */
int bm_provider_answer_passes(const bm_provider_error_t *e);

/** The wait that the headers ask for, into answer.retry_after_us. */
void bm_provider_answer_wait(bm_call_t *call, const bm_exchange_t *x);

/** Keep out (a whole JSON text) as the response, masked, and free it. More than twice response_max (texts are cut before they
 *  are escaped) is replaced by a note of its size. */
void bm_provider_answer_keep(bm_call_t *call, bm_buffer_t *out);

/** Bytes of answer that this call may keep. */
apr_size_t bm_provider_answer_max(const bm_call_t *call);

/** Body of x as JSON, or NULL: it is not. */
json_t *bm_provider_answer_json(const bm_call_t *call, const bm_exchange_t *x);

/** A copy of a JSON string in p; NULL: it is none, or empty. */
const char *bm_provider_answer_text(const json_t *j, apr_pool_t *p);

/** A count; -1: it is no integer, or negative. */
apr_int64_t bm_provider_answer_count(const json_t *j);

#endif
