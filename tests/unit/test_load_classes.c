/* SPDX-License-Identifier: Apache-2.0
 *
 * Classes of a load test: whose turn it is, what they hold, and who starves. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <apr_strings.h>
#include "loadtest/load_classes.h"
#include "loadtest/load_request.h"

#define MS INT64_C(1000000)
#define LIST(a, b) "\"list\":[{\"name\":\"high\",\"share\":0.2,\"priority\":" a "}," \
    "{\"name\":\"low\",\"share\":0.8,\"priority\":" b "}]}"

enum { HIGH, LOW };

static bm_load_classes_t *read_classes(const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    bm_load_classes_t *classes;

    ck_assert_ptr_nonnull(json);
    classes = bm_load_classes_make(bm_json_adopt(json, g_pool), 1, g_pool);
    ck_assert_ptr_nonnull(classes);
    return classes;
}

static void arrive(bm_load_classes_t *classes, int number, apr_int64_t seq, apr_int64_t planned_ns)
{
    bm_load_arrival_t arrival = { .seq = seq, .session = -1, .planned_ns = planned_ns, .phase = BM_LOAD_WINDOW,
                                  .class_number = number };

    bm_load_classes_arrive(classes, &arrival);
}

/* The class that goes next; -1: none. */
static int take(bm_load_classes_t *classes, apr_int64_t now_ns)
{
    bm_load_arrival_t arrival;

    return bm_load_classes_take(classes, &arrival, now_ns) ? arrival.class_number : -1;
}

static json_t *results(const bm_load_classes_t *classes, double seconds)
{
    bm_buffer_t out = { 0 };
    json_t *json;
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_load_classes_write(&w, classes, seconds);
    bm_jw_end_object(&w);
    ck_assert_int_eq(w.rv, APR_SUCCESS);
    ck_assert_int_eq(bm_json_parse(&json, out.data, out.len, NULL, g_pool), APR_SUCCESS);
    bm_buffer_free(&out);
    return json_object_get(json, "classes");
}

static double figure(const json_t *shown, int number, const char *name)
{
    return json_number_value(json_object_get(json_array_get(json_object_get(shown, "list"), (size_t)number), name));
}

BM_TEST(classes_come_in_their_shares_and_by_seed)
{
    bm_load_classes_t *classes = read_classes("{\"budget\":1,\"policy\":\"fair\"," LIST("1", "0"));
    bm_load_classes_t *same = read_classes("{\"budget\":1,\"policy\":\"fair\"," LIST("1", "0"));
    int i, high = 0;

    for (i = 0; i < 20000; i++) {
        high += bm_load_classes_of(classes, i) == HIGH;
        ck_assert_int_eq(bm_load_classes_of(classes, i), bm_load_classes_of(same, i));
    }
    ck_assert_double_le(fabs(high - 4000.0), 5 * sqrt(20000 * 0.2 * 0.8));
}
END_TEST

BM_TEST(nobody_goes_beyond_the_budget)
{
    bm_load_classes_t *classes = read_classes("{\"budget\":2,\"policy\":\"priority\"," LIST("1", "0"));
    int i;

    for (i = 0; i < 5; i++)
        arrive(classes, LOW, i, i * MS);
    ck_assert_int_eq(take(classes, 10 * MS), LOW);
    ck_assert_int_eq(take(classes, 10 * MS), LOW);
    ck_assert_int_eq(take(classes, 10 * MS), -1);
    ck_assert_int_eq(bm_load_classes_waiting(classes), 3);
    bm_load_classes_leave(classes, LOW, 0);
    ck_assert_int_eq(take(classes, 10 * MS), LOW);
    ck_assert_int_eq(take(classes, 10 * MS), -1);
}
END_TEST

BM_TEST(fair_gives_to_who_has_least)
{
    bm_load_classes_t *classes = read_classes("{\"budget\":4,\"policy\":\"fair\"," LIST("0", "0"));
    int i, got[2] = { 0 };

    for (i = 0; i < 20; i++)
        arrive(classes, LOW, i, 0);
    for (i = 20; i < 24; i++)
        arrive(classes, HIGH, i, 1 * MS);
    for (i = 0; i < 4; i++)
        got[take(classes, 2 * MS)]++;
    ck_assert(got[HIGH] == 2 && got[LOW] == 2);
    bm_load_classes_leave(classes, LOW, 0);
    ck_assert_int_eq(take(classes, 2 * MS), LOW);
    bm_load_classes_leave(classes, HIGH, 0);
    ck_assert_int_eq(take(classes, 2 * MS), HIGH);
}
END_TEST

BM_TEST(priority_passes_over_who_is_lower_and_dynamic_does_not_for_ever)
{
    bm_load_classes_t *strict = read_classes("{\"budget\":1,\"policy\":\"priority\"," LIST("3", "0"));
    bm_load_classes_t *dynamic = read_classes("{\"budget\":1,\"policy\":\"dynamic\"," LIST("3", "0"));

    arrive(strict, LOW, 0, 0);
    arrive(strict, HIGH, 1, 90 * MS);
    ck_assert_int_eq(take(strict, 100 * MS), HIGH);
    /* 100 ms times 1 against 10 ms times 4; later 100 against 30 times 4 */
    arrive(dynamic, LOW, 0, 0);
    arrive(dynamic, HIGH, 1, 90 * MS);
    ck_assert_int_eq(take(dynamic, 100 * MS), LOW);
    bm_load_classes_leave(dynamic, LOW, 0);
    ck_assert_int_eq(take(dynamic, 100 * MS), HIGH);
    bm_load_classes_leave(dynamic, HIGH, 0);
    arrive(dynamic, LOW, 2, 100 * MS);
    arrive(dynamic, HIGH, 3, 170 * MS);
    ck_assert_int_eq(take(dynamic, 200 * MS), HIGH);
}
END_TEST

BM_TEST(who_is_due_goes_before_who_is_not_yet)
{
    bm_load_classes_t *classes = read_classes("{\"budget\":2,\"policy\":\"priority\"," LIST("1", "0"));

    arrive(classes, LOW, 0, 10 * MS);
    arrive(classes, HIGH, 1, 20 * MS);
    ck_assert_int_eq(take(classes, 15 * MS), LOW);
    ck_assert_int_eq(take(classes, 15 * MS), HIGH);      /* ahead of its time, as there is room */
}
END_TEST

/* One place, always taken again at once by a later one of the other class, for so many rounds; then the low one's turn. */
static const json_t *overtake(const char *policy, int rounds)
{
    bm_load_classes_t *classes = read_classes(apr_pstrcat(g_pool, "{\"budget\":1,\"policy\":\"", policy, "\"," LIST("1", "0"),
                                                          NULL));
    int i;

    arrive(classes, HIGH, 0, 0);
    ck_assert_int_eq(take(classes, 0), HIGH);
    arrive(classes, LOW, 1, 0);
    for (i = 0; i < rounds; i++) {
        arrive(classes, HIGH, 2 + i, (i + 1) * MS);
        bm_load_classes_leave(classes, HIGH, 0);
        ck_assert_int_eq(take(classes, (i + 1) * MS), HIGH);
    }
    bm_load_classes_leave(classes, HIGH, 0);
    ck_assert_int_eq(take(classes, 1000 * MS), LOW);
    return results(classes, 1);
}

BM_TEST(who_was_passed_over_often_enough_has_starved)
{
    const json_t *often = overtake("priority", 20), *seldom = overtake("priority", 19);

    ck_assert_double_eq(figure(often, LOW, "starved"), 1);
    ck_assert_double_eq(figure(often, HIGH, "starved"), 0);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(often, "starved"), 0)), "low");
    ck_assert_double_eq(figure(seldom, LOW, "starved"), 0);
    ck_assert_int_eq((int)json_array_size(json_object_get(seldom, "starved")), 0);
}
END_TEST

/* A line of a hundred before it, and it is the only one of its class: it waits long, as all do, and has not starved. */
BM_TEST(waiting_in_line_is_not_starving)
{
    bm_load_classes_t *classes = read_classes("{\"budget\":1,\"policy\":\"dynamic\"," LIST("0", "0"));
    const json_t *shown, *wait;
    int i;

    for (i = 0; i < 100; i++)
        arrive(classes, HIGH, i, 0);
    arrive(classes, LOW, 100, 1);
    for (i = 0; i < 101; i++) {
        ck_assert_int_eq(take(classes, (i + 1) * 10 * MS), i < 100 ? HIGH : LOW);
        bm_load_classes_leave(classes, i < 100 ? HIGH : LOW, 0);
    }
    shown = results(classes, 1);
    ck_assert_double_eq(figure(shown, LOW, "starved"), 0);
    wait = json_object_get(json_array_get(json_object_get(shown, "list"), LOW), "wait_ms");
    ck_assert_double_eq_tol(json_number_value(json_object_get(wait, "max")), 1010, 6);
}
END_TEST

BM_TEST(what_was_held_is_shared_out_among_the_classes)
{
    bm_load_classes_t *classes = read_classes("{\"budget\":2,\"policy\":\"fair\"," LIST("0", "0"));
    const json_t *shown;
    bm_load_arrival_t dropped;

    arrive(classes, LOW, 0, 0);
    ck_assert_int_eq(take(classes, 0), LOW);
    bm_load_classes_leave(classes, LOW, 0.5);
    arrive(classes, HIGH, 1, 600 * MS);
    ck_assert_int_eq(take(classes, 600 * MS), HIGH);
    arrive(classes, LOW, 2, 700 * MS);
    bm_load_classes_leave(classes, HIGH, 0.25);
    bm_load_classes_ended(classes, HIGH, 1, 12);
    ck_assert_int_eq(bm_load_classes_drop(classes, &dropped, 1, 5000 * MS), 1);
    ck_assert_int_eq(bm_load_classes_drop(classes, &dropped, 1, 5000 * MS), 0);
    shown = results(classes, 1);
    ck_assert_double_eq_tol(figure(shown, LOW, "budget_share"), 0.25, 1e-9);
    ck_assert_double_eq_tol(figure(shown, HIGH, "budget_share"), 0.125, 1e-9);
    ck_assert_double_eq_tol(json_number_value(json_object_get(shown, "used")), 0.375, 1e-9);
    ck_assert_double_eq(figure(shown, LOW, "not_sent"), 1);
    ck_assert_double_eq(figure(shown, HIGH, "success"), 100);
}
END_TEST

#include "test_load_classes.reg"
