/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_schedule.h: when the reference target sends what, known before it is asked.
 *
 * A specification (target_spec.h reads it from a request) and its seed determine every step of an answer and its
 * offset in nanoseconds from the moment the request has been read. Target, calibrator and tests call
 * the same functions, so the truth needs no conversation with the target. Only the wait in a queue depends on other
 * requests: it is a parameter (target_queue.h).
 *
 * The steps come from an iterator of constant size: a stream of 100,000 tokens costs no memory.
 *
 * Pure functions of their arguments; thread-safe as long as a schedule belongs to one thread. */
#ifndef BM_TARGET_TARGET_SCHEDULE_H
#define BM_TARGET_TARGET_SCHEDULE_H

#include <apr_errno.h>
#include "base/rand.h"

/** How draws vary around their mean m. */
typedef enum bm_target_dist_e {
    BM_TARGET_FIXED,            /* always m */
    BM_TARGET_UNIFORM,          /* m times uniform (0.5, 1.5) */
    BM_TARGET_EXPONENTIAL,      /* m times exponential of mean 1 */
    BM_TARGET_GAMMA             /* m times Gamma(shape) / shape: shape < 1 bursty, 1 exponential, > 1 smooth */
} bm_target_dist_e;

/** When the chunk that carries only the role leaves. */
typedef enum bm_target_role_e {
    BM_TARGET_ROLE_FIRST,       /* directly before the first content, in the same send (vLLM) */
    BM_TARGET_ROLE_EARLY,       /* with the response head (gateways): must not stop a TTFT clock */
    BM_TARGET_ROLE_NONE
} bm_target_role_e;

typedef enum bm_target_usage_e {
    BM_TARGET_USAGE_AUTO,       /* if the client asked for it */
    BM_TARGET_USAGE_ALWAYS,
    BM_TARGET_USAGE_NEVER,      /* not even if asked for */
    BM_TARGET_USAGE_FINISH      /* inside the finish chunk instead of a chunk of its own */
} bm_target_usage_e;

/** What goes wrong in place of content chunk number fault_at. */
typedef enum bm_target_fault_e {
    BM_TARGET_FAULT_NONE,
    BM_TARGET_FAULT_ERROR,      /* an error event, then the end of the stream ([DONE] if `done`) */
    BM_TARGET_FAULT_CUT,        /* the connection is closed in the middle of the body */
    BM_TARGET_FAULT_RESET,      /* the same by a TCP reset */
    BM_TARGET_FAULT_HANG,       /* nothing more is ever sent, the connection stays open */
    BM_TARGET_FAULT_GARBAGE,    /* an event that is neither JSON nor UTF-8; then the stream goes on */
    BM_TARGET_FAULT_SILENT,     /* not one byte is answered (fault_at has no meaning) */
    BM_TARGET_FAULT_NOT_HTTP    /* bytes that are no HTTP response, then close (fault_at has no meaning) */
} bm_target_fault_e;

/** What is asked of the target. All times in milliseconds; see target_spec.h for names, limits and defaults. */
typedef struct bm_target_spec_t {
    apr_uint64_t id;            /* correlation id, key of the ring's records; 0: none was given */
    apr_uint64_t seed;
    int seed_each;              /* the target draws it; 0 once it has */
    double ttft_ms;             /* mean time from request read to first content */
    double ttft_shape;
    double gap_ms;              /* mean time between content chunks (between bursts, if burst > 1) */
    double gap_shape;
    double stall_ms;            /* added to every stall_every-th gap */
    double header_ms;           /* response head leaves this late; content never leaves before it */
    double finish_ms;           /* from the last content to finish, usage, [DONE]; 0: in the same send */
    double queue_rate;          /* services per second and server; 0: a server is held for the whole answer */
    apr_int64_t stall_every;    /* 0: never */
    apr_int64_t tokens;         /* tokens of the answer proper; -1 until defaults are applied */
    apr_int64_t tokens_per_chunk;
    apr_int64_t burst;          /* content chunks that leave together in one send */
    apr_int64_t reasoning_tokens;
    apr_int64_t prompt_tokens;  /* in usage; -1: estimated from the request */
    apr_int64_t pings;          /* keep-alive comments, spread evenly between head and first content */
    apr_int64_t status;         /* HTTP status; other than 200: an error answer at header_ms and nothing else */
    apr_int64_t retry_after_s;  /* Retry-After of an error answer; 0: none */
    apr_int64_t fault_at;       /* content chunk number, from 0; past the last: before the finish */
    apr_int64_t queue_servers;  /* 0: no queue */
    apr_int64_t queue_limit;    /* most requests waiting; one more is answered 429. 0: no limit */
    apr_int64_t done;           /* whether [DONE] ends the stream (boolean) */
    apr_int64_t old_names;      /* older spelling of members: TinyFish camelCase (boolean) */
    apr_int64_t ttft_dist, gap_dist, queue_dist;    /* bm_target_dist_e; the queue's: fixed or exponential */
    apr_int64_t role, usage, fault;                 /* the enumerations above */
    apr_int64_t reasoning_member;                   /* 0: reasoning_content, 1: reasoning */
    const char *queue_name;
    const char *text;           /* the answer's text, cut into `tokens` pieces; NULL: words */
    const char *tool;           /* the answer is the arguments of a call of this function; NULL: text */
    const char *finish_reason;  /* NULL: what fits */
    const char *error_code;     /* code of injected errors; NULL: what fits the status */
    const char *error_message;
    const char *result;         /* JSON text that TinyFish runs answer as result; NULL: a small object */
    int streamed;               /* 0: one complete answer when the last content would have been sent */
} bm_target_spec_t;

typedef enum bm_target_step_e {
    BM_TARGET_STEP_HEAD,        /* response head of a stream */
    BM_TARGET_STEP_ROLE,
    BM_TARGET_STEP_PING,
    BM_TARGET_STEP_REASONING,   /* content */
    BM_TARGET_STEP_TEXT,        /* content */
    BM_TARGET_STEP_FINISH,
    BM_TARGET_STEP_USAGE,
    BM_TARGET_STEP_DONE,
    BM_TARGET_STEP_WHOLE,       /* head and complete body of an answer that is no stream */
    BM_TARGET_STEP_ERROR,
    BM_TARGET_STEP_GARBAGE,
    BM_TARGET_STEP_CUT,         /* last step: close without a proper end */
    BM_TARGET_STEP_RESET,       /* last step: close by reset */
    BM_TARGET_STEP_HANG,        /* last step: never end */
    BM_TARGET_STEP_END          /* last step: proper end of the body */
} bm_target_step_e;

typedef struct bm_target_step_t {
    bm_target_step_e kind;
    apr_int64_t at_ns;          /* offset from "request read"; never less than that of the step before */
    apr_uint32_t index;         /* content: number of the content chunk, from 0 */
    apr_uint32_t first;         /* content: tokens before it (of reasoning, or of text) */
    apr_uint32_t tokens;        /* content: tokens in it */
} bm_target_step_t;

/** Position inside a schedule. Copy it to look ahead. */
typedef struct bm_target_schedule_t {
    const bm_target_spec_t *spec;
    bm_rand_t rand;             /* draws of gaps */
    apr_int64_t wait_ns;
    apr_int64_t head_ns;
    apr_int64_t at_ns;          /* of the last content, or of the first one while chunk is 0 */
    apr_uint32_t chunk;         /* next content chunk */
    apr_uint32_t ping;
    int phase;
    int role_due;
    int fault_due;
} bm_target_schedule_t;

/** Whether the step is content (what TTFT and gaps are measured on). A WHOLE step counts as chunk 0. */
int bm_target_step_is_content(bm_target_step_e kind);

/** One draw of a distribution with this mean. shape is used by gamma only. */
double bm_target_schedule_draw(bm_rand_t *r, bm_target_dist_e dist, double mean, double shape);

/** Begin. spec must outlive the schedule, with tokens >= 0 and usage resolved (AUTO counts
 *  as NEVER). wait_ns: time in a queue before service, 0 if none. */
void bm_target_schedule_init(bm_target_schedule_t *s, const bm_target_spec_t *spec, apr_int64_t wait_ns);

/** The next step. @return 0: there is none behind the last. */
int bm_target_schedule_next(bm_target_schedule_t *s, bm_target_step_t *step);

/** Time that the request occupies a server of its queue, drawn from its seed: the service time if queue_rate is set,
 *  else the length of the whole answer. */
apr_int64_t bm_target_schedule_hold_ns(const bm_target_spec_t *spec);

/** Content chunks that a schedule without faults has. */
apr_uint32_t bm_target_schedule_chunks(const bm_target_spec_t *spec);

/** Offset of the last content (of the first, if there is none) without any fault, after wait_ns in a queue. */
apr_int64_t bm_target_schedule_last_ns(const bm_target_spec_t *spec, apr_int64_t wait_ns);

#endif
