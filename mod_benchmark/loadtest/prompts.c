/* SPDX-License-Identifier: Apache-2.0 */
#include "loadtest/prompts.h"

#include <math.h>
#include <string.h>
#include "base/json.h"
#include "base/rand.h"
#include "stat/zipf.h"

enum { WORDS = 256, WORD_LEN_MAX = 8 };

/* One token each: see prompts.h. A power of two, so that each byte of a draw is a word. */
static const char *const words[WORDS] = {
    "ability", "act", "activity", "air", "analysis", "answer", "area", "arm", "article", "author", "back", "bank", "begin",
    "bell", "best", "bird", "blue", "body", "box", "bread", "bridge", "bright", "build", "business", "campaign", "car",
    "carry", "castle", "catch", "chair", "child", "church", "class", "clear", "close", "cloud", "cold", "color", "common",
    "computer", "cook", "cost", "country", "court", "create", "culture", "current", "dark", "daughter", "day", "deep",
    "design", "doctor", "door", "draw", "drive", "drop", "early", "east", "eat", "end", "engine", "event", "example",
    "face", "factor", "family", "father", "field", "fill", "film", "find", "fish", "flower", "follow", "force", "form",
    "free", "fruit", "fund", "game", "girl", "glass", "gold", "good", "great", "ground", "grow", "hair", "hand", "hang",
    "hat", "health", "help", "high", "hold", "horn", "horse", "hour", "human", "interest", "issue", "join", "keep", "key",
    "kind", "land", "large", "law", "leader", "leave", "left", "let", "level", "lift", "line", "little", "local", "lock",
    "look", "love", "main", "make", "manager", "market", "material", "media", "member", "metal", "minute", "money", "moon",
    "mother", "movie", "name", "nature", "network", "news", "night", "north", "number", "office", "old", "order", "paper",
    "part", "party", "past", "patient", "people", "person", "pick", "piece", "place", "plant", "play", "point", "position",
    "power", "present", "press", "price", "problem", "program", "protect", "pull", "put", "quality", "rain", "rate",
    "read", "reason", "record", "red", "remember", "research", "response", "result", "rice", "right", "ring", "risk",
    "road", "role", "room", "run", "save", "say", "school", "season", "section", "sell", "sense", "service", "set", "ship",
    "show", "sign", "sing", "sit", "size", "skill", "sleep", "social", "son", "sort", "source", "space", "spread", "staff",
    "stand", "star", "state", "step", "stock", "stone", "store", "story", "strike", "student", "subject", "sun", "support",
    "table", "talk", "tell", "test", "think", "thought", "throw", "tool", "touch", "town", "train", "travel", "trust",
    "truth", "turn", "use", "view", "wait", "wall", "warm", "warn", "water", "wear", "west", "white", "wife", "wind",
    "window", "winter", "wood", "work", "world", "year"
};

/* How entries and prefixes get sequences of their own from one seed. */
#define SALT_ENTRY  0x9e3779b97f4a7c15u
#define SALT_PREFIX 0xd1b54a32d192ed03u

typedef enum distribution_e {
    NOT_GIVEN,
    FIXED,
    UNIFORM,
    NORMAL
} distribution_e;

typedef struct length_t {
    distribution_e distribution;
    int min, max;                 /* of fixed: both are the value */
    double mean, stddev;
} length_t;

struct bm_prompts_t {
    int count;
    length_t input, output;
    const bm_zipf_t *prefixes;    /* NULL: none */
    int prefix_tokens;
    apr_uint64_t seed;
};

static int whole(const json_t *object, const char *name)
{
    return (int)json_integer_value(json_object_get(object, name));
}

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static length_t read_length(const json_t *length)
{
    const char *name = json_string_value(json_object_get(length, "dist"));

    if (name == NULL)
        return (length_t){ .distribution = NOT_GIVEN };
    if (strcmp(name, "fixed") == 0)
        return (length_t){ .distribution = FIXED, .min = whole(length, "value"), .max = whole(length, "value") };
    return (length_t){ .distribution = strcmp(name, "uniform") == 0 ? UNIFORM : NORMAL, .min = whole(length, "min"),
                       .max = whole(length, "max"), .mean = number(length, "mean"), .stddev = number(length, "stddev") };
}

static int is_possible(const length_t *length)
{
    return length->min >= 1 && length->max >= length->min;
}

bm_prompts_t *bm_prompts_make(const json_t *generate, apr_pool_t *p)
{
    bm_prompts_t *prompts = apr_pcalloc(p, sizeof(*prompts));
    const json_t *prefixes = json_object_get(generate, "shared_prefixes");

    prompts->count = whole(generate, "count");
    prompts->input = read_length(json_object_get(generate, "input_tokens"));
    prompts->output = read_length(json_object_get(generate, "output_tokens"));
    prompts->seed = (apr_uint64_t)json_integer_value(json_object_get(generate, "seed"));
    if (prefixes != NULL) {
        prompts->prefixes = bm_zipf_make(whole(prefixes, "count"), number(prefixes, "zipf"), p);
        prompts->prefix_tokens = whole(prefixes, "tokens");
    }
    return prompts->count >= 1 && is_possible(&prompts->input)
        && (prompts->output.distribution == NOT_GIVEN || is_possible(&prompts->output)) && prompts->prefix_tokens >= 0
        ? prompts : NULL;
}

int bm_prompts_count(const bm_prompts_t *prompts)
{
    return prompts->count;
}

/* --- one entry */

/* What lies outside is put to the nearest end. */
static int draw_length(const length_t *length, bm_rand_t *rand)
{
    double drawn;

    if (length->distribution == FIXED)
        return length->min;
    if (length->distribution == UNIFORM)
        return length->min + (int)bm_rand_below(rand, (apr_uint64_t)(length->max - length->min) + 1);
    drawn = round(length->mean + length->stddev * bm_rand_normal(rand));
    return drawn < length->min ? length->min : drawn > length->max ? length->max : (int)drawn;
}

/* n words, each with a space behind it. @return the end. */
static char *write_words(char *to, int n, bm_rand_t *rand)
{
    apr_uint64_t bits = 0;
    int i;

    for (i = 0; i < n; i++) {
        const char *word;

        if (i % 8 == 0)
            bits = bm_rand_next(rand);
        for (word = words[bits & (WORDS - 1)]; *word != '\0'; word++)
            *to++ = *word;
        *to++ = ' ';
        bits >>= 8;
    }
    return to;
}

static void seed(bm_rand_t *rand, const bm_prompts_t *prompts, apr_uint64_t salt, int number_of_it)
{
    bm_rand_seed(rand, bm_rand_mix(bm_rand_mix(prompts->seed) + salt * ((apr_uint64_t)number_of_it + 1)));
}

json_t *bm_prompts_entry(const bm_prompts_t *prompts, int i, apr_pool_t *p)
{
    int prefix_tokens = prompts->prefixes != NULL ? prompts->prefix_tokens : 0, input;
    json_t *entry = bm_json_adopt(json_object(), p);
    char *text, *end;
    bm_rand_t rand, prefix;

    seed(&rand, prompts, SALT_ENTRY, i);
    input = draw_length(&prompts->input, &rand);
    if (prompts->output.distribution != NOT_GIVEN)
        json_object_set_new(entry, "max_tokens", json_integer(draw_length(&prompts->output, &rand)));
    end = text = apr_palloc(p, ((apr_size_t)prefix_tokens + (apr_size_t)input) * (WORD_LEN_MAX + 1));
    if (prompts->prefixes != NULL) {
        seed(&prefix, prompts, SALT_PREFIX, bm_zipf_draw(prompts->prefixes, &rand));
        end = write_words(end, prefix_tokens, &prefix);
    }
    end = write_words(end, input, &rand);
    json_object_set_new(entry, "prompt", json_stringn(text, (size_t)(end - text) - 1));
    return entry;
}
