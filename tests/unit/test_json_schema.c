/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"
#include <string.h>
#include <apr_strings.h>
#include <apr_time.h>
#include "base/json.h"
#include "parse/json_schema.h"

#ifdef HAVE_PCRE2
enum { PATTERNS = 1 };
#else
enum { PATTERNS = 0 };
#endif

#define BUDGET (APR_INT64_C(100) * 1000 * 1000)

/* Single quotes stand for double ones, so that the tables below can be read. */
static json_t *parsed(const char *text)
{
    char *json = apr_pstrdup(g_pool, text), *at;
    json_t *j;

    for (at = json; *at; at++)
        if (*at == '\'')
            *at = '"';
    ck_assert_msg(bm_json_parse(&j, json, strlen(json), NULL, g_pool) == APR_SUCCESS, "%s", text);
    return j;
}

static bm_json_schema_t *compiled(const char *text)
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_json_schema_t *schema;

    ck_assert_msg(bm_json_schema_compile(&schema, parsed(text), "", err, g_pool) == APR_SUCCESS, "%s", text);
    ck_assert(!bm_err_is_set(err));
    return schema;
}

typedef struct check_case_t {
    const char *schema, *value;
    const char *why;            /* NULL: valid */
} check_case_t;

static const check_case_t checks[] = {
    { "true", "1", NULL }, { "{}", "null", NULL }, { "false", "1", "The value must not be there." },
    { "{'type':'string'}", "'a'", NULL },
    { "{'type':'string'}", "1", "The value must be of type \"string\", and is integer." },
    { "{'type':['string','null']}", "true", "The value must be of type [\"string\",\"null\"], and is boolean." },
    { "{'type':'integer'}", "1.0", NULL },
    { "{'type':'integer'}", "1.5", "The value must be of type \"integer\", and is number." },
    { "{'type':'number'}", "1", NULL },
    { "{'const':{'a':1}}", "{'a':1.0}", NULL }, { "{'const':1}", "true", "The value must be 1." },
    { "{'const':null}", "null", NULL }, { "{'const':null}", "0", "The value must be null." },
    { "{'enum':['a','b']}", "'b'", NULL }, { "{'enum':['a','b']}", "'c'", "The value must be one of [\"a\",\"b\"]." },
    { "{'minimum':1}", "1", NULL }, { "{'minimum':1.5}", "1", "The value must be at least 1.5." },
    { "{'minimum':1}", "'x'", NULL },
    { "{'maximum':1}", "1.0", NULL }, { "{'maximum':1}", "1.01", "The value must be at most 1." },
    { "{'minLength':2}", "'\xc3\xa9\xc3\xa9'", NULL },
    { "{'minLength':2.0}", "'\xc3\xa9'", "The value must have at least 2 characters." },
    { "{'maxLength':1}", "'\xf0\x9f\x98\x80'", NULL },
    { "{'maxLength':0}", "'a'", "The value must have at most 0 characters." },
    { "{'minItems':1}", "[]", "The value must have at least 1 items." }, { "{'minItems':1}", "{}", NULL },
    { "{'maxItems':1}", "[1,2]", "The value must have at most 1 items." }, { "{'maxItems':0}", "[]", NULL },
    { "{'items':{'type':'string'}}", "['a',2]", "The value at \"/1\" must be of type \"string\", and is integer." },
    { "{'properties':{'a/b':{'items':{'minimum':0}}}}", "{'a/b':[0,-1]}", "The value at \"/a~1b/1\" must be at least 0." },
    { "{'properties':{'a':{'type':'null'}}}", "{'b':1}", NULL },
    { "{'required':['a','b']}", "{'a':null}", "The value must have the member \"b\"." }, { "{'required':['a']}", "[]", NULL },
    { "{'properties':{'o':{'required':['x']}}}", "{'o':{}}", "The value at \"/o\" must have the member \"x\"." },
    { "{'properties':{'a':true},'additionalProperties':false}", "{'a':1}", NULL },
    { "{'properties':{'a':true},'additionalProperties':false}", "{'c':1}", "The value must not have the member \"c\"." },
    { "{'additionalProperties':{'type':'null'}}", "{'c':1}", "The value at \"/c\" must be of type \"null\", and is integer." },
    { "{'allOf':[{'minimum':1},{'maximum':2}]}", "2", NULL },
    { "{'allOf':[{'minimum':1},{'maximum':2}]}", "3", "The value must be at most 2." },
    { "{'anyOf':[{'type':'string'},{'minimum':5}]}", "5", NULL },
    { "{'anyOf':[{'type':'string'},{'minimum':5}]}", "4", "The value must match one of the 2 schemas in anyOf." },
    { "{'oneOf':[{'minimum':2},{'maximum':5}]}", "1", NULL },
    { "{'oneOf':[{'minimum':2},{'maximum':5}]}", "3", "The value must match exactly one schema in oneOf, and matches several." },
    { "{'oneOf':[{'type':'null'},false]}", "3", "The value must match exactly one schema in oneOf, and matches none." },
    { "{'not':{'type':'null'}}", "1", NULL },
    { "{'not':{'type':'null'}}", "null", "The value must not match the schema in not." },
    { "{'not':{'not':{'not':{'const':1}}}}", "1", "The value must not match the schema in not." },
    { "{'items':{'anyOf':[{'type':'null'}]}}", "[null,1]", "The value at \"/1\" must match one of the 1 schemas in anyOf." },
    { "{'title':'t','description':'d','default':1,'$schema':'x','$comment':'c','examples':[1]}", "1", NULL },
};

BM_LOOP_TEST(values_are_valid_or_named, BM_COUNT(checks))
{
    const check_case_t *c = &checks[_i];
    apr_int64_t budget = BUDGET;
    const char *why = bm_json_schema_check(compiled(c->schema), parsed(c->value), &budget, g_pool);

    if (c->why == NULL)
        ck_assert_msg(why == NULL, "%s, %s: %s", c->schema, c->value, why);
    else
        ck_assert_msg(why != NULL && strcmp(why, c->why) == 0, "%s, %s: %s", c->schema, c->value, why ? why : "valid");
}
END_TEST

BM_TEST(patterns_are_found_anywhere_and_named)
{
    apr_int64_t budget = BUDGET;
    bm_json_schema_t *schema;

    if (!PATTERNS)
        return;
    schema = compiled("{'properties':{'id':{'pattern':'[0-9]{3}'}}}");
    ck_assert_ptr_null(bm_json_schema_check(schema, parsed("{'id':'x123'}"), &budget, g_pool));
    ck_assert_ptr_null(bm_json_schema_check(schema, parsed("{'id':5}"), &budget, g_pool));
    ck_assert_str_eq(bm_json_schema_check(schema, parsed("{'id':'x12'}"), &budget, g_pool),
                     "The value at \"/id\" must match \"[0-9]{3}\".");
    ck_assert_int_lt(budget, BUDGET);
}
END_TEST

/* Not even what is negated matches when nobody knows. */
static const char *const unknowable[] = {
    "{'pattern':'^(a|aa)+$'}", "{'not':{'pattern':'^(a|aa)+$'}}", "{'anyOf':[{'pattern':'^(a|aa)+$'},true]}",
    "{'oneOf':[true,{'pattern':'^(a|aa)+$'}]}", "{'not':{'not':{'pattern':'^(a|aa)+$'}}}",
};

BM_LOOP_TEST(a_pattern_that_is_too_hard_decides_nothing, BM_COUNT(unknowable))
{
    const json_t *value = parsed("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'");
    apr_int64_t budget = BUDGET;

    if (!PATTERNS)
        return;
    ck_assert_str_eq(bm_json_schema_check(compiled(unknowable[_i]), value, &budget, g_pool),
                     "The value could not be matched with its pattern within the limits.");
}
END_TEST

/* --- schemas that are refused --- */

typedef struct mistake_case_t {
    const char *schema, *pointer, *detail;
} mistake_case_t;

static const mistake_case_t mistakes[] = {
    { "1", "/s", "must be a schema: an object, true or false" }, { "null", "/s", "must be a schema: an object, true or false" },
    { "{'$ref':'#'}", "/s/$ref", "is not a keyword that is checked here" },
    { "{'properties':{'a':{'format':'date'}}}", "/s/properties/a/format", "is not a keyword that is checked here" },
    { "{'type':'strng'}", "/s/type", "must be null, boolean, object, array, string, number or integer, or a list of these" },
    { "{'type':[1]}", "/s/type", "must be null, boolean, object, array, string, number or integer, or a list of these" },
    { "{'type':[]}", "/s/type", "must name at least one type" },
    { "{'enum':{}}", "/s/enum", "must be a list of values" }, { "{'enum':[]}", "/s/enum", "must be a list of values" },
    { "{'properties':[]}", "/s/properties", "must be an object of schemas" },
    { "{'properties':{'x/y':2}}", "/s/properties/x~1y", "must be a schema: an object, true or false" },
    { "{'required':'a'}", "/s/required", "must be a list of names" },
    { "{'required':[1]}", "/s/required", "must be a list of names" },
    { "{'additionalProperties':1}", "/s/additionalProperties", "must be a schema: an object, true or false" },
    { "{'items':[]}", "/s/items", "must be a schema: an object, true or false" },
    { "{'minimum':'1'}", "/s/minimum", "must be a number" }, { "{'maximum':null}", "/s/maximum", "must be a number" },
    { "{'minLength':-1}", "/s/minLength", "must be a whole number, not negative" },
    { "{'maxItems':1.5}", "/s/maxItems", "must be a whole number, not negative" },
    { "{'maxLength':1e300}", "/s/maxLength", "must be a whole number, not negative" },
    { "{'minItems':'1'}", "/s/minItems", "must be a whole number, not negative" },
    { "{'pattern':1}", "/s/pattern", "must be a string" },
    { "{'anyOf':[]}", "/s/anyOf", "must be a list of schemas" }, { "{'allOf':{}}", "/s/allOf", "must be a list of schemas" },
    { "{'oneOf':[true,3]}", "/s/oneOf/1", "must be a schema: an object, true or false" },
    { "{'not':[]}", "/s/not", "must be a schema: an object, true or false" },
};

BM_LOOP_TEST(a_mistake_is_named_where_it_is, BM_COUNT(mistakes))
{
    const mistake_case_t *c = &mistakes[_i];
    bm_json_schema_t *schema = (bm_json_schema_t *)1;
    bm_err_t *err = bm_err_make(g_pool);
    const bm_violation_t *found;

    ck_assert_int_eq(bm_json_schema_compile(&schema, parsed(c->schema), "/s", err, g_pool), APR_EINVAL);
    ck_assert_ptr_null(schema);
    ck_assert_int_eq(err->violations->nelts, 1);
    found = &APR_ARRAY_IDX(err->violations, 0, bm_violation_t);
    ck_assert_str_eq(found->pointer, c->pointer);
    ck_assert_str_eq(found->detail, c->detail);
    ck_assert_int_eq(bm_json_schema_compile(&schema, parsed(c->schema), "/s", NULL, g_pool), APR_EINVAL);
}
END_TEST

BM_TEST(every_mistake_is_named)
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_json_schema_t *schema;

    bm_json_schema_compile(&schema, parsed("{'type':1,'items':{'minimum':'','x':1},'pattern':'('}"), "", err, g_pool);
    ck_assert_int_eq(err->violations->nelts, 4);
    ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 3, bm_violation_t).pointer, "/pattern");
}
END_TEST

BM_TEST(a_deep_schema_is_refused_and_its_place_is_named)
{
    bm_err_t *err = bm_err_make(g_pool);
    const char *pointer = "";
    json_t *schema = json_true();
    bm_json_schema_t *s;

    for (int i = 0; i < BM_JSON_SCHEMA_DEPTH_MAX; i++) {
        schema = json_pack("{s:o}", "items", schema);
        pointer = apr_pstrcat(g_pool, pointer, "/items", NULL);
    }
    bm_json_adopt(schema, g_pool);
    ck_assert_int_eq(bm_json_schema_compile(&s, schema, "", NULL, g_pool), APR_SUCCESS);
    schema = bm_json_adopt(json_pack("{s:O}", "items", schema), g_pool);
    ck_assert_int_eq(bm_json_schema_compile(&s, schema, "", err, g_pool), APR_EINVAL);
    ck_assert_int_eq(err->violations->nelts, 1);
    ck_assert(strncmp(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, pointer, 200) == 0);
}
END_TEST

/* 40,000 elements against 200 alternatives that all fail: 8 million visits are not made, and no sentence is kept for each. */
BM_TEST(a_check_without_end_is_given_up)
{
    json_t *alternatives = json_array(), *value = json_array(), *schema;
    apr_int64_t budget = BUDGET;
    bm_json_schema_t *s;

    for (int i = 0; i < 200; i++)
        json_array_append_new(alternatives, json_pack("{s:s}", "type", "null"));
    for (int i = 0; i < 40000; i++)
        json_array_append_new(value, json_integer(i));
    schema = bm_json_adopt(json_pack("{s:{s:{s:o}}}", "items", "not", "anyOf", alternatives), g_pool);
    bm_json_adopt(value, g_pool);
    ck_assert_int_eq(bm_json_schema_compile(&s, schema, "", NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(bm_json_schema_check(s, value, &budget, g_pool),
                     "The value at \"/9900\" could not be checked within the limits.");
}
END_TEST

BM_TEST(names_from_an_answer_are_cut_and_cleaned)
{
    apr_int64_t budget = BUDGET;
    json_t *value = json_object();
    char name[1001];
    const char *why;

    memset(name, 'n', 1000);
    name[1000] = '\0';
    json_object_set_new(value, name, json_null());
    why = bm_json_schema_check(compiled("{'additionalProperties':false}"), bm_json_adopt(value, g_pool), &budget, g_pool);
    ck_assert_ptr_nonnull(why);
    ck_assert_uint_lt(strlen(why), 200);
}
END_TEST

BM_TEST(types_have_names)
{
    ck_assert_str_eq(bm_json_schema_type_of(parsed("2.0")), "integer");
    ck_assert_str_eq(bm_json_schema_type_of(parsed("2.5")), "number");
    ck_assert_str_eq(bm_json_schema_type_of(parsed("[]")), "array");
    ck_assert(bm_json_schema_is_of(parsed("2"), "number") && !bm_json_schema_is_of(parsed("2.5"), "integer"));
    ck_assert(bm_json_schema_is_type("object") && !bm_json_schema_is_type("int"));
}
END_TEST

#include "test_json_schema.reg"
