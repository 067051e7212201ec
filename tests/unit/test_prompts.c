/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <math.h>
#include <string.h>
#include "base/json.h"
#include "loadtest/prompts.h"

enum { ENTRIES = 4000 };

static bm_prompts_t *make(const char *text)
{
    json_t *generate = NULL;
    bm_prompts_t *prompts;

    ck_assert_msg(bm_json_parse(&generate, text, strlen(text), NULL, g_pool) == APR_SUCCESS, "%s", text);
    prompts = bm_prompts_make(generate, g_pool);
    ck_assert_msg(prompts != NULL, "%s", text);
    return prompts;
}

static const char *text_of(const bm_prompts_t *prompts, int i)
{
    return json_string_value(json_object_get(bm_prompts_entry(prompts, i, g_pool), "prompt"));
}

/* Words of letters with single spaces between. */
static int words_of(const char *text)
{
    int n = 1;

    for (; *text != '\0'; text++) {
        if (*text == ' ') {
            ck_assert_int_ne(text[1], ' ');
            n++;
        }
        else
            ck_assert(*text >= 'a' && *text <= 'z');
    }
    ck_assert_int_ne(text[-1], ' ');
    return n;
}

static int tokens_of(const bm_prompts_t *prompts, int i)
{
    return (int)json_integer_value(json_object_get(bm_prompts_entry(prompts, i, g_pool), "max_tokens"));
}

BM_TEST(fixed_lengths_are_exact)
{
    bm_prompts_t *prompts = make("{\"count\":1000,\"input_tokens\":{\"dist\":\"fixed\",\"value\":37},"
                                 "\"output_tokens\":{\"dist\":\"fixed\",\"value\":5},\"seed\":1}");
    int i;

    ck_assert_int_eq(bm_prompts_count(prompts), 1000);
    for (i = 0; i < 1000; i++) {
        ck_assert_int_eq(words_of(text_of(prompts, i)), 37);
        ck_assert_int_eq(tokens_of(prompts, i), 5);
    }
}
END_TEST

BM_TEST(without_output_lengths_there_is_no_max_tokens)
{
    bm_prompts_t *prompts = make("{\"count\":1,\"input_tokens\":{\"dist\":\"fixed\",\"value\":1},\"seed\":1}");

    ck_assert_int_eq(words_of(text_of(prompts, 0)), 1);
    ck_assert_ptr_null(json_object_get(bm_prompts_entry(prompts, 0, g_pool), "max_tokens"));
}
END_TEST

BM_TEST(uniform_lengths_fill_their_range)
{
    bm_prompts_t *prompts = make("{\"count\":4000,\"input_tokens\":{\"dist\":\"uniform\",\"min\":11,\"max\":20},"
                                 "\"output_tokens\":{\"dist\":\"uniform\",\"min\":1,\"max\":10},\"seed\":3}");
    int inputs[10] = { 0 }, outputs[10] = { 0 }, i;

    for (i = 0; i < ENTRIES; i++) {
        int input = words_of(text_of(prompts, i)) - 11, output = tokens_of(prompts, i) - 1;

        ck_assert(input >= 0 && input < 10 && output >= 0 && output < 10);
        inputs[input]++;
        outputs[output]++;
    }
    for (i = 0; i < 10; i++) {           /* 400 expected, the standard deviation is 19 */
        ck_assert_msg(abs(inputs[i] - 400) < 95, "%d: %d", i, inputs[i]);
        ck_assert_msg(abs(outputs[i] - 400) < 95, "%d: %d", i, outputs[i]);
    }
}
END_TEST

BM_TEST(normal_lengths_have_mean_and_deviation)
{
    bm_prompts_t *prompts = make("{\"count\":4000,\"input_tokens\":{\"dist\":\"normal\",\"mean\":200,\"stddev\":20,\"min\":1,"
                                 "\"max\":1000},\"seed\":9}");
    double sum = 0, squares = 0, mean, sd;
    int i;

    for (i = 0; i < ENTRIES; i++) {
        double n = words_of(text_of(prompts, i));

        sum += n;
        squares += n * n;
    }
    mean = sum / ENTRIES;
    sd = sqrt(squares / ENTRIES - mean * mean);
    ck_assert_msg(fabs(mean - 200) < 5 * 20 / sqrt(ENTRIES), "mean %f", mean);
    ck_assert_msg(fabs(sd - 20) < 5 * 20 / sqrt(2.0 * ENTRIES), "sd %f", sd);
}
END_TEST

BM_TEST(normal_lengths_stay_inside_their_ends)
{
    bm_prompts_t *prompts = make("{\"count\":4000,\"input_tokens\":{\"dist\":\"normal\",\"mean\":10,\"stddev\":50,\"min\":5,"
                                 "\"max\":15},\"seed\":9}");
    int least = 100, most = 0, i;

    for (i = 0; i < ENTRIES; i++) {
        int n = words_of(text_of(prompts, i));

        least = n < least ? n : least;
        most = n > most ? n : most;
    }
    ck_assert_int_eq(least, 5);
    ck_assert_int_eq(most, 15);
}
END_TEST

#define SHARED "{\"count\":4000,\"input_tokens\":{\"dist\":\"fixed\",\"value\":20},\"shared_prefixes\":" \
    "{\"count\":10,\"tokens\":50,\"zipf\":1},\"seed\":"

/* Which of the known prefixes a text begins with; a new one is added. */
static int prefix_of(const char *text, const char **known, int *n)
{
    const char *end = text;
    int i;

    for (i = 0; i < 50; i++)
        end = strchr(end, ' ') + 1;
    for (i = 0; i < *n; i++)
        if (strncmp(known[i], text, (size_t)(end - text)) == 0)
            return i;
    ck_assert_int_lt(*n, 10);
    known[(*n)++] = text;
    return i;
}

BM_TEST(prefixes_are_shared_as_the_law_says)
{
    bm_prompts_t *prompts = make(SHARED "1}");
    const char *known[10];
    int counts[10] = { 0 }, n = 0, i, most = 0;
    double expected = ENTRIES / (7381.0 / 2520);         /* the tenth harmonic number */

    for (i = 0; i < ENTRIES; i++) {
        const char *text = text_of(prompts, i);

        ck_assert_int_eq(words_of(text), 70);
        counts[prefix_of(text, known, &n)]++;
    }
    ck_assert_int_eq(n, 10);
    for (i = 0; i < 10; i++)
        most = counts[i] > most ? counts[i] : most;
    ck_assert_msg(abs(most - (int)expected) < 150, "%d of %f", most, expected);      /* five deviations of 30 */
}
END_TEST

BM_TEST(entries_depend_on_seed_and_number_alone)
{
    bm_prompts_t *a = make(SHARED "1}"), *b = make(SHARED "1}"), *other = make(SHARED "2}");
    int i, same = 0;

    for (i = 999; i >= 0; i--) {
        ck_assert(json_equal(bm_prompts_entry(a, i, g_pool), bm_prompts_entry(b, i, g_pool)));
        same += strcmp(text_of(a, i), text_of(other, i)) == 0;
        ck_assert_str_ne(text_of(a, i), text_of(a, i + 1));
    }
    ck_assert_int_eq(same, 0);
}
END_TEST

/* Reproducible on other machines and in later versions: changing this is a change for users. */
BM_TEST(the_first_entry_stays_what_it_is)
{
    bm_prompts_t *prompts = make("{\"count\":9,\"input_tokens\":{\"dist\":\"uniform\",\"min\":6,\"max\":9},"
                                 "\"output_tokens\":{\"dist\":\"uniform\",\"min\":1,\"max\":99},\"seed\":1}");

    ck_assert_str_eq(bm_json_dump(NULL, bm_prompts_entry(prompts, 0, g_pool), g_pool),
                     "{\"max_tokens\":63,\"prompt\":\"movie store look name line role\"}");
}
END_TEST

BM_TEST(what_is_no_plan_is_refused)
{
    static const char *const bad[] = { "{}", "[]", "{\"count\":1}",
        "{\"count\":0,\"input_tokens\":{\"dist\":\"fixed\",\"value\":1}}",
        "{\"count\":1,\"input_tokens\":{\"dist\":\"fixed\",\"value\":0}}",
        "{\"count\":1,\"input_tokens\":{\"dist\":\"uniform\",\"min\":5,\"max\":4}}",
        "{\"count\":1,\"input_tokens\":{\"dist\":\"fixed\",\"value\":1},\"output_tokens\":{\"dist\":\"normal\"}}" };
    size_t i;

    for (i = 0; i < BM_COUNT(bad); i++) {
        json_t *generate = NULL;

        ck_assert_int_eq(bm_json_parse(&generate, bad[i], strlen(bad[i]), NULL, g_pool), APR_SUCCESS);
        ck_assert_msg(bm_prompts_make(generate, g_pool) == NULL, "%s", bad[i]);
    }
}
END_TEST

#include "test_prompts.reg"
