/* SPDX-License-Identifier: Apache-2.0 */
#include "model/observation.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, 64 bits. */
static apr_uint64_t add_bytes(apr_uint64_t hash, const void *data, apr_size_t len)
{
    const unsigned char *at = data, *end = at + len;

    while (at < end)
        hash = (hash ^ *at++) * 0x100000001b3ULL;
    return hash;
}

/* With its end, so that what stands beside it cannot be taken for a part of it; no text is not an empty one. */
static apr_uint64_t add_text(apr_uint64_t hash, const char *text)
{
    return text != NULL ? add_bytes(hash, text, strlen(text) + 1) : add_bytes(hash, "\xff", 1);
}

static apr_uint64_t add_number(apr_uint64_t hash, apr_int64_t number)
{
    return add_bytes(hash, &number, sizeof(number));
}

void bm_observation_seal(bm_observation_t *o)
{
    const char *const texts[] = { o->trace_id, o->type, o->parent_id, o->name, o->level, o->status_message, o->environment,
                                  o->version, o->release, o->trace_name, o->session_id, o->user_id, o->tags, o->model,
                                  o->usage_details, o->cost_details, o->metadata };
    const apr_int64_t numbers[] = { o->start, o->end, o->completion, o->latency_us, o->ttft_us, o->input_tokens, o->output_tokens,
                                    o->total_tokens, o->cost_nano };
    apr_uint64_t hash = 0xcbf29ce484222325ULL;
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        hash = add_text(hash, texts[i]);
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        hash = add_number(hash, numbers[i]);
    if (o->input != NULL || o->output != NULL)       /* else it is what it was before bodies were kept */
        hash = add_text(add_text(hash, o->input), o->output);
    memcpy(&o->hash, &hash, sizeof(hash));
}

/* Where it stood, for what sorting does not keep. */
typedef struct place_t {
    bm_observation_t *observation;
    int place;
} place_t;

static int compare(const void *a, const void *b)
{
    const place_t *x = a, *y = b;
    int by_id = strcmp(x->observation->id, y->observation->id);

    if (by_id != 0)
        return by_id;
    if (x->observation->updated != y->observation->updated)
        return x->observation->updated < y->observation->updated ? -1 : 1;
    return x->place - y->place;
}

void bm_observation_once(bm_observation_t **observations, int *n)
{
    place_t *places = malloc(((size_t)*n + 1) * sizeof(*places));
    int i, kept = 0;

    if (places == NULL)
        abort();                             /* as everywhere in httpd */
    for (i = 0; i < *n; i++)
        places[i] = (place_t){ .observation = observations[i], .place = i };
    qsort(places, (size_t)*n, sizeof(*places), compare);
    for (i = 0; i < *n; i++)
        if (i + 1 == *n || strcmp(places[i].observation->id, places[i + 1].observation->id) != 0)
            observations[kept++] = places[i].observation;
    free(places);
    *n = kept;
}
