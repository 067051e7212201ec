/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_spec.h"

#include <stddef.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"

#define MAX_MS 3600000.0

typedef enum type_e { TYPE_MS, TYPE_SHAPE, TYPE_RATE, TYPE_INT, TYPE_BOOL, TYPE_ENUM, TYPE_STRING } type_e;

/* One row per member: parser, writer and limits at once. */
typedef struct member_t {
    const char *name;
    type_e type;
    apr_size_t at;              /* place in bm_target_spec_t: double, apr_int64_t or const char * by type */
    double min, max;            /* of numbers; of strings: most bytes in max */
    const char *const *words;   /* of enumerations, in the order of their values */
} member_t;

static const char *const dist_words[] = { "fixed", "uniform", "exponential", "gamma", NULL };
static const char *const queue_dist_words[] = { "fixed", "", "exponential", NULL };
static const char *const role_words[] = { "first", "early", "none", NULL };
static const char *const usage_words[] = { "auto", "always", "never", "finish", NULL };
static const char *const fault_words[] = { "none", "error", "cut", "reset", "hang", "garbage", "silent", "not_http", NULL };
static const char *const reasoning_words[] = { "reasoning_content", "reasoning", NULL };

#define AT(member) offsetof(bm_target_spec_t, member)

static const member_t members[] = {
    { "ttft_ms", TYPE_MS, AT(ttft_ms), 0, MAX_MS },
    { "ttft_dist", TYPE_ENUM, AT(ttft_dist), .words = dist_words },
    { "ttft_shape", TYPE_SHAPE, AT(ttft_shape), 0.05, 1000 },
    { "gap_ms", TYPE_MS, AT(gap_ms), 0, MAX_MS },
    { "gap_dist", TYPE_ENUM, AT(gap_dist), .words = dist_words },
    { "gap_shape", TYPE_SHAPE, AT(gap_shape), 0.05, 1000 },
    { "tokens", TYPE_INT, AT(tokens), 0, BM_TARGET_SPEC_MAX_TOKENS },
    { "tokens_per_chunk", TYPE_INT, AT(tokens_per_chunk), 1, 10000 },
    { "burst", TYPE_INT, AT(burst), 1, 1000 },
    { "stall_every", TYPE_INT, AT(stall_every), 0, BM_TARGET_SPEC_MAX_TOKENS },
    { "stall_ms", TYPE_MS, AT(stall_ms), 0, MAX_MS },
    { "header_ms", TYPE_MS, AT(header_ms), 0, MAX_MS },
    { "finish_ms", TYPE_MS, AT(finish_ms), 0, MAX_MS },
    { "role", TYPE_ENUM, AT(role), .words = role_words },
    { "reasoning_tokens", TYPE_INT, AT(reasoning_tokens), 0, BM_TARGET_SPEC_MAX_TOKENS },
    { "reasoning_member", TYPE_ENUM, AT(reasoning_member), .words = reasoning_words },
    { "prompt_tokens", TYPE_INT, AT(prompt_tokens), 0, 1000000000 },
    { "usage", TYPE_ENUM, AT(usage), .words = usage_words },
    { "done", TYPE_BOOL, AT(done) },
    { "pings", TYPE_INT, AT(pings), 0, 1000 },
    { "status", TYPE_INT, AT(status), 200, 599 },
    { "retry_after_s", TYPE_INT, AT(retry_after_s), 0, 86400 },
    { "fault", TYPE_ENUM, AT(fault), .words = fault_words },
    { "fault_at", TYPE_INT, AT(fault_at), 0, 2 * BM_TARGET_SPEC_MAX_TOKENS },
    { "error_code", TYPE_STRING, AT(error_code), .max = 100 },
    { "error_message", TYPE_STRING, AT(error_message), .max = 1000 },
    { "queue_servers", TYPE_INT, AT(queue_servers), 0, 1024 },
    { "queue_rate", TYPE_RATE, AT(queue_rate), 0, 1e6 },
    { "queue_dist", TYPE_ENUM, AT(queue_dist), .words = queue_dist_words },
    { "queue_limit", TYPE_INT, AT(queue_limit), 0, 10000 },
    { "queue_name", TYPE_STRING, AT(queue_name), .max = 31 },
    { "text", TYPE_STRING, AT(text), .max = 1 << 20 },
    { "tool", TYPE_STRING, AT(tool), .max = 100 },
    { "finish_reason", TYPE_STRING, AT(finish_reason), .max = 100 },
    { "old_names", TYPE_BOOL, AT(old_names) },
};

enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

#define DOUBLE_AT(spec, m) ((double *)(void *)((char *)(spec) + (m)->at))
#define INT_AT(spec, m) ((apr_int64_t *)(void *)((char *)(spec) + (m)->at))
#define STRING_AT(spec, m) ((const char **)(void *)((char *)(spec) + (m)->at))

void bm_target_spec_init(bm_target_spec_t *spec)
{
    memset(spec, 0, sizeof(*spec));
    spec->seed = 1;
    spec->ttft_ms = 50;
    spec->gap_ms = 20;
    spec->ttft_shape = spec->gap_shape = 1;
    spec->tokens = spec->prompt_tokens = -1;
    spec->tokens_per_chunk = spec->burst = 1;
    spec->status = 200;
    spec->done = 1;
    spec->queue_dist = BM_TARGET_EXPONENTIAL;
    spec->streamed = 1;
}

apr_status_t bm_target_spec_parse_id(apr_uint64_t *id, const char *text)
{
    apr_uint64_t value = 0;
    unsigned base = 10, digit;
    int digits = 0;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }
    for (; *text != '\0'; text++, digits++) {
        if (*text >= '0' && *text <= '9')
            digit = (unsigned)(*text - '0');
        else if (base == 16 && ((*text | 32) >= 'a' && (*text | 32) <= 'f'))
            digit = (unsigned)((*text | 32) - 'a') + 10;
        else
            return APR_EINVAL;
        if (value > (APR_UINT64_MAX - digit) / base)
            return APR_EINVAL;
        value = value * base + digit;
    }
    *id = value;
    return digits > 0 ? APR_SUCCESS : APR_EINVAL;
}

static void complain(bm_err_t *err, const char *name, const char *what)
{
    if (err != NULL)
        bm_err_violation(err, apr_pstrcat(err->p, "/x_target/", name, NULL), "%s", what);
}

static int read_enum(apr_int64_t *value, const json_t *j, const char *const *words)
{
    const char *word = json_string_value(j);
    int i;

    for (i = 0; word != NULL && words[i] != NULL; i++) {
        if (word[0] != '\0' && strcmp(words[i], word) == 0) {
            *value = i;
            return 1;
        }
    }
    return 0;
}

/* @return NULL, or what is wrong. */
static const char *read_member(bm_target_spec_t *spec, const member_t *m, const json_t *j, apr_pool_t *p)
{
    switch (m->type) {
    case TYPE_MS:
    case TYPE_SHAPE:
    case TYPE_RATE:
        if (!json_is_number(j) || !(json_number_value(j) >= m->min && json_number_value(j) <= m->max))
            return apr_psprintf(p, "Must be a number from %s to %s.", bm_text_number(m->min, 15, p),
                                bm_text_number(m->max, 15, p));
        *DOUBLE_AT(spec, m) = json_number_value(j);
        return NULL;
    case TYPE_INT:
        if (!json_is_integer(j) || json_integer_value(j) < (json_int_t)m->min || json_integer_value(j) > (json_int_t)m->max)
            return apr_psprintf(p, "Must be an integer from %s to %s.", bm_text_number(m->min, 15, p),
                                bm_text_number(m->max, 15, p));
        *INT_AT(spec, m) = json_integer_value(j);
        return NULL;
    case TYPE_BOOL:
        if (!json_is_boolean(j))
            return "Must be true or false.";
        *INT_AT(spec, m) = json_is_true(j);
        return NULL;
    case TYPE_ENUM:
        return read_enum(INT_AT(spec, m), j, m->words) ? NULL : "Is not one of the words that are allowed here.";
    case TYPE_STRING:
    default:
        if (!json_is_string(j) || json_string_length(j) > (size_t)m->max)
            return apr_psprintf(p, "Must be a string of at most %.0f bytes.", m->max);
        *STRING_AT(spec, m) = apr_pstrdup(p, json_string_value(j));
        return NULL;
    }
}

/* Members whose values are no plain type. @return 1: it was one of them. */
static int read_special(bm_target_spec_t *spec, const char *name, const json_t *j, const char **wrong, apr_pool_t *p)
{
    if (strcmp(name, "id") == 0) {
        if (json_is_integer(j) && json_integer_value(j) >= 0)
            spec->id = (apr_uint64_t)json_integer_value(j);
        else if (!json_is_string(j) || bm_target_spec_parse_id(&spec->id, json_string_value(j)) != APR_SUCCESS)
            *wrong = "Must be an integer from 0 on, or a string with one (decimal, or 0x and hex) of at most 64 bits.";
        return 1;
    }
    if (strcmp(name, "seed") == 0) {
        spec->seed_each = json_is_string(j) && strcmp(json_string_value(j), "each") == 0;
        if (json_is_integer(j))
            spec->seed = (apr_uint64_t)json_integer_value(j);
        else if (!spec->seed_each)
            *wrong = "Must be an integer, or \"each\".";
        return 1;
    }
    if (strcmp(name, "result") == 0) {
        spec->result = bm_json_dump(NULL, j, p);
        return 1;
    }
    return 0;
}

apr_status_t bm_target_spec_read(bm_target_spec_t *spec, const json_t *j, bm_err_t *err, apr_pool_t *p)
{
    json_t *object = (json_t *)(apr_uintptr_t)j, *value;    /* jansson's iteration takes no const */
    apr_status_t rv = APR_SUCCESS;
    const char *name;

    if (!json_is_object(j)) {
        bm_err_violation(err, "/x_target", "Must be an object.");
        return APR_EINVAL;
    }
    json_object_foreach(object, name, value) {
        const char *wrong = NULL;
        int i = 0;

        if (!read_special(spec, name, value, &wrong, p)) {
            while (i < MEMBERS && strcmp(members[i].name, name) != 0)
                i++;
            wrong = i < MEMBERS ? read_member(spec, &members[i], value, p) : "There is no such member.";
        }
        if (wrong != NULL) {
            complain(err, bm_text_clean_utf8(name, strlen(name), 100, p), wrong);
            rv = APR_EINVAL;
        }
    }
    return rv;
}

static void write_member(const bm_target_spec_t *spec, const bm_target_spec_t *defaults, const member_t *m, bm_jw_t *w)
{
    const char *place = (const char *)spec + m->at, *default_place = (const char *)defaults + m->at;
    double number;
    apr_int64_t integer;
    const char *string;

    if (memcmp(place, default_place, sizeof(apr_int64_t)) == 0)    /* all types have 8 bytes */
        return;
    bm_jw_key(w, m->name);
    memcpy(&number, place, sizeof(number));
    memcpy(&integer, place, sizeof(integer));
    memcpy(&string, place, sizeof(string));
    switch (m->type) {
    case TYPE_INT:
        bm_jw_int(w, integer);
        break;
    case TYPE_BOOL:
        bm_jw_bool(w, integer != 0);
        break;
    case TYPE_ENUM:
        bm_jw_string(w, m->words[integer]);
        break;
    case TYPE_STRING:
        bm_jw_string(w, string);
        break;
    default:
        bm_jw_double(w, number);
    }
}

void bm_target_spec_write(const bm_target_spec_t *spec, bm_jw_t *w)
{
    bm_target_spec_t defaults;
    char text[32];
    int i;

    bm_target_spec_init(&defaults);
    bm_jw_begin_object(w);
    if (spec->id != 0) {
        bm_jw_key(w, "id");
        apr_snprintf(text, sizeof(text), "%" APR_UINT64_T_FMT, spec->id);
        bm_jw_string(w, text);
    }
    bm_jw_key(w, "seed");
    if (spec->seed_each)
        bm_jw_string(w, "each");
    else
        bm_jw_int(w, (apr_int64_t)spec->seed);
    for (i = 0; i < MEMBERS; i++)
        write_member(spec, &defaults, &members[i], w);
    if (spec->result != NULL) {
        bm_jw_key(w, "result");
        bm_jw_raw(w, spec->result, strlen(spec->result));
    }
    bm_jw_end_object(w);
}
