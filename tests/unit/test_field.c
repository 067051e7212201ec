/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "model/automation_model.h"
#include "model/field_values.h"
#include "model/run_model.h"

static const bm_field_t inner[] = {
    { "a", BM_TYPE_INT, BM_FIELD_REQUIRED },
    { NULL }
};

static const bm_field_t fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY },
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 5 },
    { "n", BM_TYPE_INT, 0, -2, 10, .fallback = "3" },
    { "x", BM_TYPE_NUMBER, 0, 0, 1 },
    { "flag", BM_TYPE_BOOL },
    { "kind", BM_TYPE_ENUM, .values = "one|two" },
    { "at", BM_TYPE_TIME, BM_FIELD_READ_ONLY },
    { "when", BM_TYPE_TIME, BM_FIELD_NULLABLE },
    { "free", BM_TYPE_OBJECT, .fallback = "{}" },
    { "closed", BM_TYPE_OBJECT, .members = inner },
    { "list", BM_TYPE_ARRAY, 0, 1, 2, .members = inner },
    { "words", BM_TYPE_STRINGS, 0, 0, 2 },
    { "any", BM_TYPE_ANY },
    { "once", BM_TYPE_STRING, BM_FIELD_FIXED },
    { "map", BM_TYPE_OBJECT, BM_FIELD_ABSENT, .members = bm_field_integers },
    { "pair", BM_FIELD_PAIR(BM_FIELD_NULLABLE) },
    { "part", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .members = inner, .schema = "Inner" },
    { "parts", BM_TYPE_ARRAY, BM_FIELD_BULKY, .members = inner, .schema = "Inner" },
    { NULL }
};

static json_t *parse(const char *text)
{
    json_t *j = NULL;

    ck_assert_int_eq(bm_json_parse(&j, text, strlen(text), NULL, g_pool), APR_SUCCESS);
    return j;
}

/* Body, and the pointers of its violations in order, with blanks between. */
static const struct {
    const char *body, *pointers;
} creations[] = {
    { "{\"name\":\"a\"}", "" },
    { "{\"name\":\"a\",\"n\":-2,\"x\":0.5,\"flag\":true,\"kind\":\"two\",\"when\":null,\"free\":{\"z\":[1]},\"closed\":{\"a\":1},"
      "\"list\":[{\"a\":1}],\"words\":[\"u\",\"v\"],\"any\":null,\"once\":\"o\"}", "" },
    { "{}", "/name" },
    { "[]", "" "." },
    { "{\"name\":\"\"}", "/name" },
    { "{\"name\":\"abcdef\"}", "/name" },
    { "{\"name\":null}", "/name" },
    { "{\"name\":1}", "/name" },
    { "{\"name\":\"a\",\"map\":{\"x\":1,\"~\":2},\"pair\":[1,2.5]}", "" },
    { "{\"name\":\"a\",\"map\":{\"x\":1,\"y\":1.5,\"z\":null}}", "/map/y /map/z" },
    { "{\"name\":\"a\",\"pair\":[1,\"2\"]}", "/pair/1" },
    { "{\"name\":\"a\",\"pair\":[1]}", "/pair" },
    { "{\"name\":\"a\",\"id\":1}", "/id" },
    { "{\"name\":\"a\",\"nope\":1,\"n\":11}", "/nope /n" },
    { "{\"name\":\"a\",\"a/b~c\":1}", "/a~1b~0c" },
    { "{\"name\":\"a\",\"n\":1.5}", "/n" },
    { "{\"name\":\"a\",\"n\":\"1\"}", "/n" },
    { "{\"name\":\"a\",\"x\":1.01}", "/x" },
    { "{\"name\":\"a\",\"flag\":0}", "/flag" },
    { "{\"name\":\"a\",\"kind\":\"on\"}", "/kind" },
    { "{\"name\":\"a\",\"kind\":\"one|two\"}", "/kind" },
    { "{\"name\":\"a\",\"when\":\"yesterday\"}", "/when" },
    { "{\"name\":\"a\",\"free\":[]}", "/free" },
    { "{\"name\":\"a\",\"closed\":{}}", "/closed/a" },
    { "{\"name\":\"a\",\"closed\":{\"a\":1,\"b\":2}}", "/closed/b" },
    { "{\"name\":\"a\",\"list\":[]}", "/list" },
    { "{\"name\":\"a\",\"list\":[{\"a\":1},{\"a\":\"x\"}]}", "/list/1/a" },
    { "{\"name\":\"a\",\"list\":[1]}", "/list/0" },
    { "{\"name\":\"a\",\"words\":[\"u\",\"u\"]}", "/words/1" },
    { "{\"name\":\"a\",\"words\":[\"u\",1]}", "/words/1" },
    { "{\"name\":\"a\",\"words\":[\"u\",\"v\",\"w\"]}", "/words" },
    { "{\"id\":1,\"n\":true,\"x\":[],\"flag\":1}", "/id /n /x /flag /name" },
};

static const char *pointers_of(const bm_err_t *err)
{
    const char *text = "";
    int i;

    for (i = 0; i < err->violations->nelts; i++) {
        const char *pointer = APR_ARRAY_IDX(err->violations, i, bm_violation_t).pointer;

        text = apr_pstrcat(g_pool, text, i ? " " : "", pointer[0] ? pointer : ".", NULL);
    }
    return text;
}

/* A creation names every violation, and only those. */
BM_LOOP_TEST(creation_is_checked, BM_COUNT(creations))
{
    bm_err_t *err = bm_err_make(g_pool);
    apr_status_t rv = bm_field_check(parse(creations[_i].body), fields, BM_FIELD_CREATE, NULL, "", err, g_pool);

    ck_assert_str_eq(pointers_of(err), creations[_i].pointers);
    ck_assert_int_eq(rv, creations[_i].pointers[0] ? APR_EINVAL : APR_SUCCESS);
}
END_TEST

static const char stored[] =
    "{\"id\":7,\"name\":\"a\",\"n\":3,\"at\":\"2026-01-31T12:00:00.500000Z\",\"once\":\"o\",\"closed\":{\"a\":1}}";

static const struct {
    const char *body, *pointers;
} updates[] = {
    { "{}", "" },
    { "{\"n\":4}", "" },
    { "{\"id\":7,\"name\":\"b\",\"at\":\"2026-01-31T12:00:00.500000Z\",\"once\":\"o\"}", "" },
    { "{\"at\":\"2026-01-31T13:00:00.5+01:00\"}", "" },        /* the same moment */
    { "{\"id\":7.0}", "" },
    { "{\"id\":8}", "/id" },
    { "{\"id\":null}", "/id" },
    { "{\"at\":\"2026-01-31T12:00:00Z\"}", "/at" },
    { "{\"once\":\"p\"}", "/once" },
    { "{\"closed\":{}}", "/closed/a" },                        /* replaced as a whole, so it must be whole */
    { "{\"name\":null,\"role\":\"admin\"}", "/name /role" },
};

/* An update is any subset; read-only members may be repeated, not changed. */
BM_LOOP_TEST(update_is_checked, BM_COUNT(updates))
{
    bm_err_t *err = bm_err_make(g_pool);

    bm_field_check(parse(updates[_i].body), fields, BM_FIELD_UPDATE, parse(stored), "", err, g_pool);
    ck_assert_str_eq(pointers_of(err), updates[_i].pointers);
}
END_TEST

BM_TEST(query_pointers_are_names)
{
    bm_err_t *err = bm_err_make(g_pool);

    bm_field_check(parse("{\"n\":99}"), fields, BM_FIELD_UPDATE, NULL, "?", err, g_pool);
    ck_assert_str_eq(pointers_of(err), "?n");
}
END_TEST

BM_TEST(fallbacks_complete_a_body)
{
    json_t *whole = bm_field_complete(parse("{\"name\":\"a\",\"n\":5}"), fields, g_pool);

    ck_assert_str_eq(bm_json_dump(NULL, whole, g_pool), "{\"name\":\"a\",\"n\":5,\"free\":{}}");
    whole = bm_field_complete(parse("{\"name\":\"a\"}"), bm_automation_fields, g_pool);
    ck_assert_str_eq(json_string_value(json_object_get(whole, "provider")), "tinyfish");
}
END_TEST

static json_t *schema_of(const bm_field_t *table, bm_field_view_e view)
{
    bm_buffer_t out = { 0 };
    bm_jw_t w;
    json_t *j = NULL;

    bm_jw_init(&w, &out);
    bm_field_write_schema(&w, table, view);
    ck_assert_int_eq(w.rv, APR_SUCCESS);
    ck_assert_int_eq(bm_json_parse(&j, out.data, out.len, NULL, g_pool), APR_SUCCESS);
    bm_buffer_free(&out);
    return j;
}

static const char *json_at(const json_t *j, const char *name)
{
    return bm_json_dump(NULL, json_object_get(j, name), g_pool);
}

/* The schema says what the check does. */
BM_TEST(schema_of_a_new_one_tells_the_check)
{
    json_t *schema = schema_of(fields, BM_FIELD_OF_NEW), *properties = json_object_get(schema, "properties");
    json_t *name = json_object_get(properties, "name");

    ck_assert_str_eq(json_string_value(json_object_get(schema, "type")), "object");
    ck_assert_uint_eq(json_object_size(properties), 16);
    ck_assert_ptr_null(json_object_get(properties, "id"));
    ck_assert_str_eq(json_at(schema, "required"), "[\"name\"]");
    ck_assert(json_is_false(json_object_get(schema, "additionalProperties")));
    ck_assert_int_eq(json_integer_value(json_object_get(name, "maxLength")), 5);
    ck_assert_uint_eq(json_array_size(json_object_get(json_object_get(properties, "kind"), "enum")), 2);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(json_object_get(properties, "when"), "type"), 1)), "null");
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(properties, "n"), "default")), 3);
    ck_assert_ptr_nonnull(json_object_get(json_object_get(properties, "closed"), "properties"));
    ck_assert_ptr_nonnull(json_object_get(json_object_get(json_object_get(properties, "list"), "items"), "properties"));
    ck_assert_ptr_nonnull(json_object_get(json_object_get(properties, "part"), "properties"));
    ck_assert_str_eq(json_at(properties, "map"), "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}");
    ck_assert_str_eq(json_at(properties, "pair"), "{\"type\":[\"array\",\"null\"],\"minItems\":2,\"maxItems\":2,"
                                                  "\"items\":{\"type\":\"number\"}}");
}
END_TEST

/* Members of a change may be missing, those inside are as new; what is ours may be repeated. */
BM_TEST(schema_of_a_change_demands_nothing)
{
    json_t *schema = schema_of(fields, BM_FIELD_OF_CHANGE), *properties = json_object_get(schema, "properties");

    ck_assert_uint_eq(json_object_size(properties), 18);
    ck_assert_ptr_null(json_object_get(schema, "required"));
    ck_assert(json_is_false(json_object_get(schema, "additionalProperties")));
    ck_assert_ptr_null(json_object_get(json_object_get(properties, "n"), "default"));
    ck_assert_str_eq(json_at(json_object_get(properties, "closed"), "required"), "[\"a\"]");
}
END_TEST

/* Everything is there but what may be absent or is bulky; named parts are references. */
BM_TEST(schema_of_an_answer_tells_what_is_sent)
{
    json_t *schema = schema_of(fields, BM_FIELD_OF_ANSWER), *properties = json_object_get(schema, "properties");

    ck_assert_uint_eq(json_object_size(properties), 18);
    ck_assert_uint_eq(json_array_size(json_object_get(schema, "required")), 16);
    ck_assert_ptr_null(json_object_get(schema, "additionalProperties"));
    ck_assert_str_eq(json_at(properties, "n"), "{\"type\":\"integer\"}");
    ck_assert_str_eq(json_at(properties, "part"), "{\"anyOf\":[{\"$ref\":\"#/components/schemas/Inner\"},{\"type\":\"null\"}]}");
    ck_assert_str_eq(json_at(properties, "parts"),
                     "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Inner\"}}");
    ck_assert_str_eq(json_at(properties, "pair"), "{\"type\":[\"array\",\"null\"],\"prefixItems\":[{\"type\":\"number\"},"
                                                  "{\"type\":\"number\"}],\"minItems\":2,\"maxItems\":2}");
}
END_TEST

/* Every member that the seed's clients read is there under its name. */
BM_TEST(a_run_has_the_members_of_the_seed)
{
    static const char *const names[] = { "id",     "scenario_id",       "started_at",    "finished_at",
                                         "status", "total_duration_ms", "ttft_ms",       "inter_token_stats",
                                         "error",  "tinyfish_run_id",   "response_json", "created_at" };
    size_t i;

    for (i = 0; i < BM_COUNT(names); i++)
        ck_assert_msg(bm_field_find(bm_run_fields, names[i]) != NULL, "%s", names[i]);
    ck_assert_int_eq(bm_run_kind_find("calibration"), BM_RUN_KIND_CALIBRATION);
    ck_assert_int_eq(bm_run_kind_find("cal"), -1);
}
END_TEST

#include "test_field.reg"
