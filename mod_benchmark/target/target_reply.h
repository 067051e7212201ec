/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_reply.h: one answer of the reference target: its schedule, and the bytes of each step.
 *
 * target_route.h makes a reply from a request. Whoever sends it (the epoll loop, or a request handler that sleeps) takes
 * step after step from `schedule`, and at its time calls bm_target_reply_render() for the bytes of the *body*; the
 * response head and the framing are the sender's, from status, content_type and headers.
 *
 * A format is a protocol's way to write steps: OpenAI, Anthropic, TinyFish, and plain answers.
 *
 * Memory: all in the reply's pool. Thread: one owner at a time. */
#ifndef BM_TARGET_TARGET_REPLY_H
#define BM_TARGET_TARGET_REPLY_H

#include <apr_tables.h>
#include "base/json.h"
#include "target/target_request.h"
#include "target/target_schedule.h"

typedef struct bm_target_reply_t bm_target_reply_t;
typedef struct bm_target_app_t bm_target_app_t;

typedef struct bm_target_format_t {
    const char *stream_type;                                            /* Content-Type of a stream; NULL: never one */
    /** Bytes of a step of a stream. */
    void (*step)(bm_target_reply_t *reply, const bm_target_step_t *step, bm_buffer_t *out);
    /** Complete body of an answer that is no stream and no error. */
    void (*whole)(bm_target_reply_t *reply, bm_buffer_t *out);
    /** Complete body of an error answer: reply->status, error_code, error_message. */
    void (*error)(bm_target_reply_t *reply, bm_buffer_t *out);
} bm_target_format_t;

struct bm_target_reply_t {
    const bm_target_format_t *format;
    bm_target_app_t *app;
    apr_pool_t *p;
    bm_target_spec_t spec;
    bm_target_schedule_t schedule;
    apr_int64_t read_ns;            /* when the request had been read: steps are due at read_ns + step.at_ns */
    int status;                     /* of the response */
    const char *content_type;
    apr_table_t *headers;           /* further response headers; may be empty */

    /* for the formats */
    const bm_target_request_t *request;
    json_t *body;                   /* of the request; NULL: none or no JSON */
    const char *id;                 /* of the answer */
    const char *model;
    apr_int64_t created;            /* seconds since 1970 */
    const char *error_code;
    const char *error_message;
    const char *error_param;        /* JSON Pointer or name of what is wrong; NULL: unknown */
    const char *prefix;             /* bytes that open every chunk of a stream */
    apr_size_t prefix_len;
    apr_uint32_t *bounds;           /* of spec.text: offset of each token's first byte, and of the end */
    apr_uint64_t run;               /* TinyFish: serial number of the run */
    int asked_usage;                /* the client asked for usage (OpenAI: null on all other chunks) */
    int by_limit;                   /* the number of tokens is the client's limit */
    int block;                      /* Anthropic: kind of the open block; 0: none */
    int blocks;                     /* Anthropic: blocks opened so far */
    int started;
    int over;                       /* nothing more is rendered (cancelled run) */
    apr_uint32_t sent;              /* tokens rendered so far */
};

/** Make the reply an error answer, sent at once. message is kept, code NULL: what fits status. */
void bm_target_reply_fail(bm_target_reply_t *reply, int status, const char *code, const char *param, const char *message);

/** Settle what the request left open: tokens, usage, pieces of text. After it the spec says what will happen. */
void bm_target_reply_settle(bm_target_reply_t *reply);

/** Settle status and headers, and begin the schedule after wait_ns in a queue. */
void bm_target_reply_begin(bm_target_reply_t *reply, apr_int64_t wait_ns);

/** Append the body bytes of a step. */
void bm_target_reply_render(bm_target_reply_t *reply, const bm_target_step_t *step, bm_buffer_t *out);

/** --- for the formats --- */

/** Append text as it is. */
void bm_target_reply_put(bm_buffer_t *out, const char *text);

/** Append formatted text of at most 500 bytes. */
void bm_target_reply_putf(bm_buffer_t *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Append `tokens` tokens from number `first` on, as a JSON string with its quotes. */
void bm_target_reply_piece(const bm_target_reply_t *reply, bm_target_step_e kind, apr_uint32_t first, apr_uint32_t tokens,
                           bm_buffer_t *out);

/** prompt_tokens of usage: what was asked for, or about a quarter of the request's bytes. */
apr_int64_t bm_target_reply_prompt_tokens(const bm_target_reply_t *reply);

/** A fresh random-looking id with this prefix, different for every reply of the app. */
const char *bm_target_reply_make_id(bm_target_reply_t *reply, const char *prefix);

#endif
