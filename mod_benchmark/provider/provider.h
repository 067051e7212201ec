/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider.h: what the engine asks of a kind of target.
 *
 * A provider turns a run into steps (HTTP exchanges and waits) and reads the answers. It runs in the
 * recorder thread, never in a loop: the loop has stamped and copied, the provider takes the bytes
 * apart afterwards and finds each chunk's arrival by its offset in the body. A provider keeps no
 * state of its own outside bm_call_t.state. One file per provider, one const bm_provider_t at its end. */
#ifndef BM_PROVIDER_PROVIDER_H
#define BM_PROVIDER_PROVIDER_H

#include <apr_pools.h>
#include <apr_tables.h>
#include <jansson.h>
#include "base/err.h"
#include "model/field.h"
#include "net/exchange.h"

typedef enum bm_chunk_kind_e {
    BM_CHUNK_ROLE = 0,        /* carries no content: never stops a clock */
    BM_CHUNK_CONTENT,
    BM_CHUNK_REASONING,       /* content for TTFT, not for TTFO */
    BM_CHUNK_TOOL,            /* content */
    BM_CHUNK_PROGRESS,        /* content of an agent without tokens (TinyFish PROGRESS) */
    BM_CHUNK_USAGE,
    BM_CHUNK_FINISH,          /* finish reason without text */
    BM_CHUNK_OTHER,           /* heartbeat, comment, acknowledgement */
    BM_CHUNK_ERROR
} bm_chunk_kind_e;

/** One event of a stream as it arrived. A body that is not a stream is one BM_CHUNK_CONTENT. */
typedef struct bm_chunk_t {
    apr_int64_t user_ns;      /* of the segment that held its last byte */
    apr_int64_t kernel_ns;    /* 0: not known */
    apr_uint32_t wake;
    apr_uint32_t bytes;       /* of the event on the wire */
    apr_int32_t tokens;       /* output tokens it carried, where the stream says so; -1: not said */
    bm_chunk_kind_e kind;
} bm_chunk_t;

/** Tokens; -1: not known. provenance: "usage", "timings", "counted" (non-empty chunks: a lower bound) or NULL.
 *  completion includes reasoning, prompt includes what came from a cache. */
typedef struct bm_usage_t {
    apr_int64_t prompt, completion, reasoning, cached;
    const char *provenance;
} bm_usage_t;

typedef enum bm_run_end_e {
    BM_RUN_COMPLETED,
    BM_RUN_FAILED,
    BM_RUN_TIMED_OUT,
    BM_RUN_CANCELLED
} bm_run_end_e;

/** What the chunks of an answer are. Only a stream has a first token and gaps. */
typedef enum bm_stream_e {
    BM_STREAM_NONE = 0,       /* one body; its only chunk is the whole of it */
    BM_STREAM_TOKENS,         /* content and reasoning as it is made */
    BM_STREAM_PROGRESS        /* steps of an agent, then its result as one BM_CHUNK_CONTENT */
} bm_stream_e;

/** What an unsuccessful call did at the target. */
typedef enum bm_effect_e {
    BM_EFFECT_UNKNOWN = 0,    /* it may have begun, or still go on */
    BM_EFFECT_NONE,           /* it certainly did not begin: not sent, or refused before anything was done */
    BM_EFFECT_SETTLED         /* it was carried out, and the target has said how it ended */
} bm_effect_e;

/** What a provider found out. Filled by start/next; all in the call's pool. */
typedef struct bm_answer_t {
    bm_run_end_e end;
    const char *error_code;          /* NULL when completed */
    const char *error;               /* one sentence */
    int transient;                   /* the same call may succeed later; policy/retry.h decides whether it is made again */
    int injected;                    /* we brought its failure about (loadtest/load_faults.h): it says nothing of the target */
    bm_effect_e effect;
    apr_int64_t retry_after_us;      /* the target asked to wait; 0: it did not */
    apr_array_header_t *chunks;      /* of bm_chunk_t, in order of arrival; of the measured exchange */
    bm_stream_e stream;
    const bm_exchange_t *measured;   /* the exchange whose stamps are the run's figures; NULL: none (mock) */
    apr_int64_t began_ns, ended_ns;  /* of a call that is more than one exchange (polls, waits); 0: those of `measured` */
    bm_usage_t usage;
    const char *finish_reason;
    const char *model;               /* as the target says */
    const char *only_model;          /* the model that had to be asked for, as none was named and the target has no other; NULL */
    const char *external_id;         /* tinyfish_run_id */
    const char *response;            /* JSON text kept with the run, secrets masked; NULL: none */
    apr_size_t response_len;
    apr_int64_t server_us;           /* duration by the target's own clock; 0: not said */
} bm_answer_t;

typedef struct bm_provider_t bm_provider_t;

/** Value of a named secret, in p. @return APR_NOTFOUND: there is none of that name; other: it cannot be had; err has a code and a
 *  sentence for both. */
typedef apr_status_t bm_secret_fn(const char **pvalue, void *baton, const char *name, bm_err_t *err, apr_pool_t *p);

/** One run as its provider sees it. Owner: whoever holds the run. */
typedef struct bm_call_t {
    apr_pool_t *p;                   /* the run's pool */
    const bm_provider_t *provider;
    const char *asked_provider;      /* as in the automation; differs from provider->name in mock mode */
    apr_int64_t run_id;
    int attempt;                     /* from 1 */
    apr_int64_t timeout_ms;          /* of the whole call, from connection.timeout_seconds; 0: the engine's default */
    apr_size_t response_max;         /* bytes of answer kept with the run; 0: BM_PROVIDER_RESPONSE_MAX */
    const json_t *connection;        /* the automation's connection, placeholders filled */
    const json_t *inputs;            /* merged inputs, placeholders filled */
    const char *tinyfish_automation_id;   /* NULL: none */
    bm_secret_fn *secret;            /* for the API key named by connection.secret */
    void *secret_baton;
    apr_array_header_t *secrets;     /* of const char *: values of secrets that this call uses, to be masked wherever it is
                                      * shown; never NULL */
    const char *known_external_id;   /* of an earlier attempt of the same run: look it up rather than call again; NULL */
    void *state;                     /* the provider's own, in p */
    bm_answer_t answer;
} bm_call_t;

/** A step of a call. After an exchange or a wait comes next(), until a step is BM_STEP_DONE. */
typedef enum bm_step_e {
    BM_STEP_EXCHANGE,                /* perform `request` */
    BM_STEP_WAIT,                    /* come back after wait_us */
    BM_STEP_DONE                     /* call->answer is complete */
} bm_step_e;

typedef struct bm_next_t {
    bm_step_e step;
    bm_http_request_t *request;
    apr_int64_t wait_us;
} bm_next_t;

struct bm_provider_t {
    const char *name;                /* as in an automation's `provider` */
    const char *doc;                 /* one sentence */
    int repeatable;                  /* the call may be sent again after a failure with unknown effect */
    int looks_up;                    /* an unknown outcome can be looked up by external id */
    const bm_field_t *connection_fields;   /* members of `connection`, closed */
    const bm_field_t *input_fields;        /* inputs that have a meaning of their own, for the reference; open; may be NULL */

    /** Check what a table cannot say (URL form, combinations). Any thread. pointers below "/connection". May be NULL. */
    apr_status_t (*check)(const json_t *connection, bm_err_t *err, apr_pool_t *p);

    /** First step of the run. @return APR_EINVAL: it cannot be asked like this; err says why, error_code "bad_inputs"
     *  (err->code overrides it). */
    apr_status_t (*start)(bm_call_t *call, bm_next_t *next, bm_err_t *err);

    /** After an exchange (x) or a wait (x NULL): fill call->answer as far as known and say what is next. Never fails:
     *  whatever the target did is an answer. */
    void (*next)(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next);

    /** The run is to be cancelled. First the exchange under way is ended and goes through next() as any other (its end is
     *  then BM_END_CANCELLED; what it captured may hold the number of the run at the target); a wait is dropped. Then this:
     *  a request that ends the run at the target, whose exchange goes through next() once more, or BM_STEP_DONE: there is
     *  nothing to end. A provider ends what timed out by itself, in next(). May be NULL. */
    void (*abort)(bm_call_t *call, bm_next_t *next);

    /** A request without effect whose answer tells whether a target of this kind is there, and its models if it lists them.
     *  bm_provider_discovery_read() reads it. @return as start. NULL: nothing is sent (mock). */
    apr_status_t (*discover)(bm_call_t *call, bm_http_request_t **request, bm_err_t *err);
};

/** Bytes of answer kept with a run if the call does not say. */
#define BM_PROVIDER_RESPONSE_MAX (256 * 1024)

/** A call of this provider with nothing known: no usage, no chunks, no secrets, inputs and connection empty. In p. */
bm_call_t *bm_provider_call_make(const bm_provider_t *provider, apr_pool_t *p);

/** All providers, NULL-terminated. */
const bm_provider_t *const *bm_provider_list(void);

/** The provider of that name; NULL: unknown. */
const bm_provider_t *bm_provider_find(const char *name);

/** The request as it is kept with the run: JSON text {method,url,headers{},body}; authentication headers and every value
 *  that came from a secret masked as "***". In call->p. */
const char *bm_provider_request_json(const bm_call_t *call, const bm_http_request_t *request);

#endif
