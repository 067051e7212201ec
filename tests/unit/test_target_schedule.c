/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <stdio.h>
#include <apr_strings.h>
#include <math.h>
#include <string.h>
#include "target/target_schedule.h"
#include "target/target_spec.h"

enum { MANY = 20000 };

static bm_target_spec_t spec_of(apr_int64_t tokens)
{
    bm_target_spec_t spec;

    bm_target_spec_init(&spec);
    spec.tokens = tokens;
    return spec;
}

/* The steps as letters with their times in ms, as a test can read them. */
static const char *story(const bm_target_spec_t *spec, apr_int64_t wait_ns)
{
    static const char *const letters[] = {
        [BM_TARGET_STEP_HEAD] = "H", [BM_TARGET_STEP_ROLE] = "R", [BM_TARGET_STEP_PING] = "P",
        [BM_TARGET_STEP_REASONING] = "r", [BM_TARGET_STEP_TEXT] = "t", [BM_TARGET_STEP_FINISH] = "F",
        [BM_TARGET_STEP_USAGE] = "U", [BM_TARGET_STEP_DONE] = "D", [BM_TARGET_STEP_WHOLE] = "W",
        [BM_TARGET_STEP_ERROR] = "E", [BM_TARGET_STEP_GARBAGE] = "G", [BM_TARGET_STEP_CUT] = "C",
        [BM_TARGET_STEP_RESET] = "X", [BM_TARGET_STEP_HANG] = "S", [BM_TARGET_STEP_END] = ".",
    };
    const char *text = "";
    bm_target_schedule_t s;
    bm_target_step_t step;

    bm_target_schedule_init(&s, spec, wait_ns);
    while (bm_target_schedule_next(&s, &step)) {
        char ms[32];

        snprintf(ms, sizeof(ms), "%g", (double)step.at_ns / 1e6);
        text = apr_pstrcat(g_pool, text, text[0] ? " " : "", letters[step.kind], ms, NULL);
    }
    ck_assert_int_eq(bm_target_schedule_next(&s, &step), 0);
    return text;
}

BM_TEST(a_plain_stream)
{
    bm_target_spec_t spec = spec_of(3);

    ck_assert_str_eq(story(&spec, 0), "H0 R50 t50 t70 t90 F90 D90 .90");
    ck_assert_int_eq(bm_target_schedule_last_ns(&spec, 0), 90000000);
    ck_assert_str_eq(story(&spec, 5000000), "H0 R55 t55 t75 t95 F95 D95 .95");
}
END_TEST

BM_TEST(everything_at_once)
{
    bm_target_spec_t spec = spec_of(5);

    spec.reasoning_tokens = 3;
    spec.tokens_per_chunk = 2;
    spec.header_ms = 10;
    spec.role = BM_TARGET_ROLE_EARLY;
    spec.pings = 3;
    spec.stall_every = 3;
    spec.stall_ms = 100;
    spec.finish_ms = 1;
    spec.usage = BM_TARGET_USAGE_ALWAYS;
    /* Two chunks of reasoning (2 + 1 tokens), three of text (2 + 2 + 1); the third gap is long. */
    ck_assert_str_eq(story(&spec, 0), "H10 R10 P20 P30 P40 r50 r70 t90 t210 t230 F231 U231 D231 .231");
    ck_assert_uint_eq(bm_target_schedule_chunks(&spec), 5);
    spec.header_ms = 80;
    spec.pings = 0;
    spec.done = 0;
    ck_assert_str_eq(story(&spec, 0), "H80 R80 r80 r100 t120 t240 t260 F261 U261 .261");
}
END_TEST

BM_TEST(bursts_leave_together)
{
    bm_target_spec_t spec = spec_of(7);

    spec.burst = 3;
    spec.role = BM_TARGET_ROLE_NONE;
    ck_assert_str_eq(story(&spec, 0), "H0 t50 t50 t50 t70 t70 t70 t90 F90 D90 .90");
}
END_TEST

BM_TEST(no_tokens_is_an_empty_answer)
{
    bm_target_spec_t spec = spec_of(0);

    ck_assert_str_eq(story(&spec, 0), "H0 R50 F50 D50 .50");
    spec.streamed = 0;
    ck_assert_str_eq(story(&spec, 0), "W50 .50");
}
END_TEST

typedef struct fault_case_t {
    bm_target_fault_e fault;
    apr_int64_t at;
    const char *streamed, *whole;
} fault_case_t;

static const fault_case_t faults[] = {
    { BM_TARGET_FAULT_ERROR, 0, "H0 E50 D50 .50", "W70 .70" },
    { BM_TARGET_FAULT_ERROR, 1, "H0 R50 t50 E70 D70 .70", "W70 .70" },
    { BM_TARGET_FAULT_ERROR, 9, "H0 R50 t50 t70 E70 D70 .70", "W70 .70" },
    { BM_TARGET_FAULT_CUT, 1, "H0 R50 t50 C70", "W70 C70" },
    { BM_TARGET_FAULT_RESET, 0, "H0 X50", "W70 X70" },
    { BM_TARGET_FAULT_HANG, 1, "H0 R50 t50 S70", "S70" },
    { BM_TARGET_FAULT_GARBAGE, 1, "H0 R50 t50 G70 t70 F70 D70 .70", "W70 .70" },
    { BM_TARGET_FAULT_SILENT, 1, "S0", "S0" },
    { BM_TARGET_FAULT_NOT_HTTP, 1, "G0 C0", "G0 C0" },
};

BM_LOOP_TEST(faults_come_in_place_of_content, BM_COUNT(faults))
{
    bm_target_spec_t spec = spec_of(2);

    spec.fault = faults[_i].fault;
    spec.fault_at = faults[_i].at;
    ck_assert_str_eq(story(&spec, 0), faults[_i].streamed);
    spec.streamed = 0;
    ck_assert_str_eq(story(&spec, 0), faults[_i].whole);
}
END_TEST

BM_TEST(an_error_status_comes_with_the_head)
{
    bm_target_spec_t spec = spec_of(2);

    spec.status = 503;
    ck_assert_str_eq(story(&spec, 1000000), "W0 .0");
    spec.header_ms = 30;
    ck_assert_str_eq(story(&spec, 0), "W30 .30");
}
END_TEST

static double gaps_of(const bm_target_spec_t *spec, double *gaps)
{
    bm_target_schedule_t s;
    bm_target_step_t step;
    apr_int64_t before = 0;
    double sum = 0;
    int n = 0;

    bm_target_schedule_init(&s, spec, 0);
    while (bm_target_schedule_next(&s, &step)) {
        if (step.kind != BM_TARGET_STEP_TEXT)
            continue;
        if (step.index > 0) {
            gaps[n] = (double)(step.at_ns - before) / 1e6;
            sum += gaps[n++];
        }
        before = step.at_ns;
    }
    ck_assert_int_eq(n, MANY);
    return sum / n;
}

static int by_value(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

typedef struct dist_case_t {
    bm_target_dist_e dist;
    double shape, deviation;                /* standard deviation for a mean of 1 */
    double q10, q50, q90;                   /* quantiles for a mean of 1 */
} dist_case_t;

/* Quantiles: uniform (0.5, 1.5); -ln(1 - q); of Gamma(0.5) / 0.5 that is chi-squared with one degree of freedom; of
 * Gamma(4) / 4 that is chi-squared with eight, over 8. */
static const dist_case_t dists[] = {
    { BM_TARGET_FIXED, 1, 0, 1, 1, 1 },
    { BM_TARGET_UNIFORM, 1, 0.28868, 0.6, 1.0, 1.4 },
    { BM_TARGET_EXPONENTIAL, 1, 1, 0.10536, 0.69315, 2.30259 },
    { BM_TARGET_GAMMA, 0.5, 1.41421, 0.015791, 0.454936, 2.705543 },
    { BM_TARGET_GAMMA, 4, 0.5, 0.436192, 0.918015, 1.670196 },
};

BM_LOOP_TEST(gaps_have_the_mean_and_the_quantiles_of_their_distribution, BM_COUNT(dists))
{
    static const double at[] = { 0.1, 0.5, 0.9 };
    const dist_case_t *c = &dists[_i];
    const double expected[] = { c->q10, c->q50, c->q90 };
    bm_target_spec_t spec = spec_of(MANY + 1);
    double *gaps = apr_palloc(g_pool, MANY * sizeof(*gaps)), mean;

    spec.gap_dist = c->dist;
    spec.gap_shape = c->shape;
    mean = gaps_of(&spec, gaps);
    ck_assert_double_eq_tol(mean, 20, 5 * 20 * c->deviation / sqrt(MANY) + 1e-9);
    qsort(gaps, MANY, sizeof(*gaps), by_value);
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq_tol(gaps[(int)(at[i] * MANY)] / 20, expected[i], 0.04 * expected[i] + 0.002);
}
END_TEST

BM_TEST(ttft_varies_with_the_seed_and_keeps_its_mean)
{
    bm_target_spec_t spec = spec_of(1);
    double sum = 0;

    spec.ttft_dist = BM_TARGET_EXPONENTIAL;
    for (spec.seed = 0; spec.seed < MANY; spec.seed++)
        sum += (double)bm_target_schedule_last_ns(&spec, 0) / 1e6;
    ck_assert_double_eq_tol(sum / MANY, 50, 5 * 50 / sqrt(MANY));
}
END_TEST

BM_TEST(a_seed_is_one_schedule)
{
    bm_target_spec_t spec = spec_of(50);
    const char *first;

    spec.gap_dist = BM_TARGET_GAMMA;
    spec.gap_shape = 0.7;
    spec.ttft_dist = BM_TARGET_UNIFORM;
    first = story(&spec, 0);
    ck_assert_str_eq(story(&spec, 0), first);
    spec.seed++;
    ck_assert_str_ne(story(&spec, 0), first);
}
END_TEST

/* Nothing that a request may ask for makes time run backwards or overflow. */
BM_TEST(extremes_stay_in_order)
{
    bm_target_spec_t spec = spec_of(BM_TARGET_SPEC_MAX_TOKENS);
    bm_target_schedule_t s;
    bm_target_step_t step;
    apr_int64_t before = 0;

    spec.ttft_ms = spec.gap_ms = spec.stall_ms = spec.header_ms = spec.finish_ms = 3600000;
    spec.stall_every = 1;
    spec.gap_dist = spec.ttft_dist = BM_TARGET_GAMMA;
    spec.gap_shape = spec.ttft_shape = 0.05;
    spec.pings = 1000;
    bm_target_schedule_init(&s, &spec, 10 * 86400 * APR_INT64_C(1000000000));
    while (bm_target_schedule_next(&s, &step)) {
        ck_assert_int_ge(step.at_ns, before);
        before = step.at_ns;
    }
    ck_assert_int_le(before, 10 * 86400 * APR_INT64_C(1000000000));
}
END_TEST

BM_TEST(a_queue_adds_its_service_before_the_first_token)
{
    bm_target_spec_t spec = spec_of(3);
    apr_int64_t hold;

    ck_assert_int_eq(bm_target_schedule_hold_ns(&spec), 90000000);     /* no rate: the whole answer */
    spec.queue_servers = 2;
    spec.queue_rate = 100;
    spec.queue_dist = BM_TARGET_FIXED;
    ck_assert_int_eq(bm_target_schedule_hold_ns(&spec), 10000000);
    ck_assert_str_eq(story(&spec, 7000000), "H0 R67 t67 t87 t107 F107 D107 .107");
    spec.queue_dist = BM_TARGET_EXPONENTIAL;
    hold = bm_target_schedule_hold_ns(&spec);
    ck_assert_int_eq(bm_target_schedule_last_ns(&spec, 0), 90000000 + hold);
}
END_TEST

#include "test_target_schedule.reg"
