/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "parse/template.h"

static const char inputs_text[] =
    "{\"s\":\"a\\\"b\\n{{n}}\",\"n\":42,\"x\":0.7,\"big\":12345678901234567,\"third\":0.1234567890123456789,\"one\":1.0,"
    "\"t\":true,\"f\":false,\"z\":null,\"o\":{\"k\":[1,0.7,\"\\u00e9\"]},\"l\":[1,2],\"e\":\"\",\"dots\":\"..\",\"dot\":\".\","
    "\"path\":\"../a b/\\u00e9?&#%+~-_.\",\"a\":{\"b\":{\"c\":7}},\"a.b\":{\"d\":8},\"a.x\":9,\"with-dash\":1,\"_u\":2,"
    "\"crlf\":\"x\\r\\nSet-Cookie: y\",\"tab\":\"x\\ty\",\"utf\":\"\\u00fc\",\"secret\":{\"KEY\":\"stolen\"},"
    "\"env\":{\"HOME\":\"stolen\"}}";

static apr_status_t lookup(const char **pvalue, int *psecret, void *baton, const char *name, apr_pool_t *p)
{
    (void)p;
    ++*(int *)baton;
    *psecret = strncmp(name, "secret.", 7) == 0;
    if (strcmp(name, "secret.KEY") == 0)
        *pvalue = "s3cr\"et";
    else if (strcmp(name, "secret.EMPTY") == 0)
        *pvalue = "";
    else if (strcmp(name, "secret.EOL") == 0)
        *pvalue = "s3cret\n";
    else if (strcmp(name, "env.REGION") == 0)
        *pvalue = "eu";
    else if (strcmp(name, "env.LATIN") == 0)
        *pvalue = "\xfc";
    else if (strcmp(name, "env.FORBIDDEN") == 0)
        return APR_EACCES;
    else if (strcmp(name, "env.BROKEN") == 0)
        return APR_EGENERAL;
    else
        return APR_NOTFOUND;
    return APR_SUCCESS;
}

static int g_lookups;

static bm_template_scope_t make_scope(void)
{
    bm_template_scope_t scope = { .lookup = lookup, .baton = &g_lookups, .pointer = "/body" };
    json_t *inputs;

    ck_assert_int_eq(bm_json_parse(&inputs, inputs_text, strlen(inputs_text), NULL, g_pool), APR_SUCCESS);
    scope.inputs = inputs;
    return scope;
}

static json_t *parse(const char *text)
{
    json_error_t why;
    json_t *j = json_loads(text, JSON_DECODE_ANY, &why);

    ck_assert_msg(j != NULL, "%s: %s", text, why.text);
    return bm_json_adopt(j, g_pool);
}

/* Violations as "pointer: detail" lines. */
static const char *violations(const bm_err_t *err)
{
    const char *text = "";
    int i;

    for (i = 0; i < err->violations->nelts; i++) {
        const bm_violation_t *v = &APR_ARRAY_IDX(err->violations, i, bm_violation_t);

        text = apr_pstrcat(g_pool, text, i ? "\n" : "", v->pointer, ": ", v->detail, NULL);
    }
    return text;
}

typedef struct template_case_t {
    const char *tmpl;
    const char *filled;
} template_case_t;

static const template_case_t json_cases[] = {
    /* alone: the value with its type */
    { "\"{{n}}\"", "42" }, { "\"{{x}}\"", "0.7" }, { "\"{{t}}\"", "true" }, { "\"{{f}}\"", "false" },
    { "\"{{z}}\"", "null" }, { "\"{{s}}\"", "\"a\\\"b\\n{{n}}\"" }, { "\"{{l}}\"", "[1,2]" },
    { "\"{{o}}\"", "{\"k\":[1,0.7,\"\\u00e9\"]}" }, { "\"{{ n }}\"", "42" }, { "\"{{\\tn\\t}}\"", "42" },
    { "\"{{e}}\"", "\"\"" }, { "\"{{with-dash}}\"", "1" }, { "\"{{_u}}\"", "2" },
    { "\"{{big}}\"", "12345678901234567" },
    /* within text: the text form */
    { "\"{{n}} \"", "\"42 \"" }, { "\"<{{n}}{{t}}{{f}}{{z}}>\"", "\"<42truefalsenull>\"" },
    { "\"{{s}}!\"", "\"a\\\"b\\n{{n}}!\"" }, { "\"{{x}} {{one}} {{third}}\"", "\"0.7 1.0 0.12345678901234568\"" },
    { "\"{{o}}.\"", "\"{\\\"k\\\":[1,0.7,\\\"\\u00e9\\\"]}.\"" }, { "\"[{{e}}]\"", "\"[]\"" },
    /* paths */
    { "\"{{a.b.c}}\"", "7" }, { "\"{{a.x}}\"", "9" },      /* "a.b" as a whole name does not hide the object "a" */
    { "\"{{a.b}}\"", "{\"d\":8}" }, { "\"{{a}}\"", "{\"b\":{\"c\":7}}" }, { "\"{{o.k}}\"", "[1,0.7,\"\\u00e9\"]" },
    /* braces */
    { "\"{{{{n}}\"", "\"{{n}}\"" }, { "\"{{{{\"", "\"{{\"" }, { "\"{{{{{{n}}\"", "\"{{42\"" },
    { "\"{{{n}}}\"", "\"{42}\"" },
    { "\"{ { n } }\"", "\"{ { n } }\"" }, { "\"{n}\"", "\"{n}\"" }, { "\"}}\"", "\"}}\"" }, { "\"{\"", "\"{\"" },
    { "\"{{n}}}\"", "\"42}\"" }, { "\"{{{{{n}}\"", "\"{{{n}}\"" }, { "\"\"", "\"\"" },
    /* trees */
    { "{\"model\":\"m\",\"n\":\"{{n}}\",\"a\":[\"{{l}}\",1,null,{\"{{n}}\":\"v{{n}}\"}]}",
      "{\"model\":\"m\",\"n\":42,\"a\":[[1,2],1,null,{\"{{n}}\":\"v42\"}]}" },
    { "[]", "[]" }, { "{}", "{}" }, { "3", "3" },
    /* the lookup's names */
    { "\"{{secret.KEY}}\"", "\"s3cr\\\"et\"" }, { "\"Bearer {{secret.KEY}}\"", "\"Bearer s3cr\\\"et\"" },
    { "\"{{env.REGION}}\"", "\"eu\"" }, { "\"{{secret.EMPTY}}\"", "\"\"" },
};

BM_LOOP_TEST(json_is_filled_with_types, BM_COUNT(json_cases))
{
    const template_case_t *c = &json_cases[_i];
    bm_template_scope_t scope = make_scope();
    bm_err_t *err = bm_err_make(g_pool);
    json_t *tmpl = parse(c->tmpl), *before = bm_json_adopt(json_deep_copy(tmpl), g_pool), *result;
    apr_status_t rv = bm_template_fill_json(&result, tmpl, &scope, err, g_pool);

    ck_assert_msg(rv == APR_SUCCESS, "%s: %s", c->tmpl, violations(err));
    ck_assert_msg(json_equal(result, parse(c->filled)), "%s gave %s", c->tmpl, bm_json_dump(NULL, result, g_pool));
    ck_assert(json_equal(tmpl, before));
}
END_TEST

static const template_case_t broken_cases[] = {
    { "\"{{nope}}\"", "/body: Placeholder {{nope}} has no value." },
    { "{\"a\":[1,\"x {{nope}} {{n}} {{nope2}}\"],\"b/c~d\":\"{{nope}}\"}",
      "/body/a/1: Placeholder {{nope}} has no value.\n/body/a/1: Placeholder {{nope2}} has no value.\n"
      "/body/b~1c~0d: Placeholder {{nope}} has no value." },
    { "\"{{a.nope}}\"", "/body: Placeholder {{a.nope}} has no value." },
    { "\"{{a.b.d}}\"", "/body: Placeholder {{a.b.d}} has no value." },
    { "\"{{n.x}}\"", "/body: Placeholder {{n.x}} has no value." },
    { "\"{{l.0}}\"", "/body: Placeholder {{l.0}} has no value." },
    { "\"{{secret.NOPE}}\"", "/body: Placeholder {{secret.NOPE}} has no value." },
    { "\"{{env.HOME}}\"", "/body: Placeholder {{env.HOME}} has no value." },
    { "\"{{env.FORBIDDEN}}\"", "/body: Placeholder {{env.FORBIDDEN}} may not be used here." },
    { "\"{{env.LATIN}}\"", "/body: A value that is filled in here is not valid UTF-8." },
    { "\"x{{env.LATIN}}\"", "/body: A value that is filled in here is not valid UTF-8." },
    { "\"{{}}\"", "/body: \"{{}}\" is not a placeholder such as {{name}}; write {{{{ for two braces." },
    { "\"{{n\"", "/body: \"{{n\" is not a placeholder such as {{name}}; write {{{{ for two braces." },
    { "\"{{n}\"", "/body: \"{{n}\" is not a placeholder such as {{name}}; write {{{{ for two braces." },
    { "\"{{1n}}\"", "/body: \"{{1n}}\" is not a placeholder such as {{name}}; write {{{{ for two braces." },
    { "\"{{n n}}\"", "/body: \"{{n\" is not a placeholder such as {{name}}; write {{{{ for two braces." },
    { "\"{{n|upper}}\"", "/body: \"{{n|upper}}\" is not a placeholder such as {{name}}; write {{{{ for two braces." },
    { "\"{{\\u00e9}}\"", "/body: \"{{\xc3\xa9}}\" is not a placeholder such as {{name}}; write {{{{ for two braces." },
    { "\"{{\"", "/body: \"{{\" is not a placeholder such as {{name}}; write {{{{ for two braces." },
};

BM_LOOP_TEST(json_violations_name_the_placeholder_and_its_place, BM_COUNT(broken_cases))
{
    const template_case_t *c = &broken_cases[_i];
    bm_template_scope_t scope = make_scope();
    bm_err_t *err = bm_err_make(g_pool);
    json_t *result;

    ck_assert_int_eq(bm_template_fill_json(&result, parse(c->tmpl), &scope, err, g_pool), APR_EINVAL);
    ck_assert_ptr_null(result);
    ck_assert_str_eq(violations(err), c->filled);
    ck_assert_int_eq(bm_template_fill_json(&result, parse(c->tmpl), &scope, NULL, g_pool), APR_EINVAL);
}
END_TEST

BM_TEST(a_lookup_that_fails_ends_the_filling)
{
    bm_template_scope_t scope = make_scope();
    json_t *result;

    g_lookups = 0;
    ck_assert_int_eq(bm_template_fill_json(&result, parse("[\"{{env.BROKEN}}\",\"{{env.REGION}}\"]"), &scope, NULL,
                                           g_pool),
                     APR_EGENERAL);
    ck_assert_ptr_null(result);
    ck_assert_int_eq(g_lookups, 1);
}
END_TEST

/* Inputs can neither stand in for a secret nor ask for one. */
BM_TEST(inputs_do_not_reach_the_reserved_names)
{
    bm_template_scope_t scope = make_scope();
    json_t *result;

    scope.inputs = parse("{\"secret\":{\"NOPE\":1},\"secret.NOPE\":1,\"v\":\"{{secret.KEY}}\"}");
    ck_assert_int_eq(bm_template_fill_json(&result, parse("\"{{secret.NOPE}}\""), &scope, NULL, g_pool), APR_EINVAL);
    ck_assert_int_eq(bm_template_fill_json(&result, parse("\"-{{v}}\""), &scope, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(json_string_value(result), "-{{secret.KEY}}");
    scope.lookup = NULL;
    ck_assert_int_eq(bm_template_fill_json(&result, parse("\"{{secret.NOPE}}\""), &scope, NULL, g_pool), APR_EINVAL);
    ck_assert(bm_template_is_reserved("secret.a") && bm_template_is_reserved("env.a"));
    ck_assert(!bm_template_is_reserved("secret") && !bm_template_is_reserved("secrets.a"));
}
END_TEST

BM_TEST(secrets_are_reported_and_masked)
{
    bm_template_scope_t scope = make_scope();
    const char *text;
    json_t *result;

    scope.secrets = apr_array_make(g_pool, 1, sizeof(const char *));
    ck_assert_int_eq(bm_template_fill_json(&result, parse("[\"{{secret.KEY}}\",\"b {{secret.KEY}}\",\"{{env.REGION}}\","
                                                          "\"{{secret.EMPTY}}\"]"), &scope, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(scope.secrets->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(scope.secrets, 0, const char *), "s3cr\"et");
    scope.mask = "***";
    ck_assert_int_eq(bm_template_fill_text(&text, "{{secret.KEY}}/{{env.REGION}}/{{secret.EMPTY}}", BM_TEMPLATE_RAW,
                                           &scope,
                                           NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(text, "***/eu/***");
    ck_assert_int_eq(bm_template_fill_json(&result, parse("\"{{secret.KEY}}\""), &scope, NULL, g_pool), APR_SUCCESS);
    ck_assert_str_eq(json_string_value(result), "***");
}
END_TEST

typedef struct text_case_t {
    const char *tmpl;
    bm_template_context_e context;
    const char *filled;        /* NULL: refused */
} text_case_t;

static const text_case_t text_cases[] = {
    { "/v1/{{n}}?q={{path}}", BM_TEMPLATE_URL, "/v1/42?q=..%2Fa%20b%2F%C3%A9%3F%26%23%25%2B~-_." },
    { "/v1/{{o}}", BM_TEMPLATE_URL, "/v1/%7B%22k%22%3A%5B1%2C0.7%2C%22%C3%A9%22%5D%7D" },
    { "/v1/{{e}}", BM_TEMPLATE_URL, "/v1/" }, { "/v1/{{dots}}/x", BM_TEMPLATE_URL, NULL },
    { "/v1/{{dot}}{{dot}}/x", BM_TEMPLATE_URL, NULL },
    { "/v1/{{crlf}}", BM_TEMPLATE_URL, "/v1/x%0D%0ASet-Cookie%3A%20y" },
    { "{{nope}}", BM_TEMPLATE_URL, NULL }, { "{{{{a", BM_TEMPLATE_URL, "{{a" },
    { "{{env.LATIN}}", BM_TEMPLATE_URL, "%FC" },
    { "Bearer {{secret.KEY}}", BM_TEMPLATE_HEADER, "Bearer s3cr\"et" }, { "x{{crlf}}", BM_TEMPLATE_HEADER, NULL },
    { "x{{tab}}", BM_TEMPLATE_HEADER, NULL }, { "a\nb", BM_TEMPLATE_HEADER, NULL },
    { "a\x7f", BM_TEMPLATE_HEADER, NULL },
    { "{{s}}", BM_TEMPLATE_HEADER, NULL }, { "{{utf}}{{dots}}", BM_TEMPLATE_HEADER, "\xc3\xbc.." },
    { "{{secret.EOL}}", BM_TEMPLATE_HEADER, NULL }, { "", BM_TEMPLATE_HEADER, "" },
    { "<{{s}}> {{crlf}} {{o}}", BM_TEMPLATE_RAW, "<a\"b\n{{n}}> x\r\nSet-Cookie: y {\"k\":[1,0.7,\"\xc3\xa9\"]}" },
    { "{{n}}", BM_TEMPLATE_RAW, "42" }, { "", BM_TEMPLATE_RAW, "" }, { "{{dots}}", BM_TEMPLATE_RAW, ".." },
};

BM_LOOP_TEST(text_is_filled_for_its_context, BM_COUNT(text_cases))
{
    const text_case_t *c = &text_cases[_i];
    bm_template_scope_t scope = make_scope();
    bm_err_t *err = bm_err_make(g_pool);
    const char *text;
    apr_status_t rv = bm_template_fill_text(&text, c->tmpl, c->context, &scope, err, g_pool);

    if (c->filled == NULL) {
        ck_assert_int_eq(rv, APR_EINVAL);
        ck_assert_ptr_null(text);
        ck_assert_int_ge(err->violations->nelts, 1);
        ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, "/body");
        ck_assert_ptr_null(strstr(violations(err), "s3cr"));
        ck_assert_ptr_null(strstr(violations(err), "Cookie"));
        return;
    }
    ck_assert_msg(rv == APR_SUCCESS, "%s: %s", c->tmpl, violations(err));
    ck_assert_str_eq(text, c->filled);
}
END_TEST

BM_TEST(a_nul_in_an_input_stays_out_of_text)
{
    bm_template_scope_t scope = { .inputs = bm_json_adopt(json_pack("{s:s#}", "v", "a\0b", 3), g_pool) };
    const char *text;
    json_t *result;

    ck_assert_int_eq(bm_template_fill_text(&text, "{{v}}", BM_TEMPLATE_RAW, &scope, NULL, g_pool), APR_EINVAL);
    ck_assert_int_eq(bm_template_fill_text(&text, "{{v}}", BM_TEMPLATE_HEADER, &scope, NULL, g_pool), APR_EINVAL);
    ck_assert_int_eq(bm_template_fill_json(&result, parse("\"{{v}}\""), &scope, NULL, g_pool), APR_SUCCESS);
    ck_assert_uint_eq(json_string_length(result), 3);
}
END_TEST

BM_TEST(names_come_once_and_in_order)
{
    static const char *const expected[] = { "b", "a.c", "secret.K", "d" };
    apr_array_header_t *names;
    bm_err_t *err = bm_err_make(g_pool);
    int i;

    ck_assert_int_eq(bm_template_names_json(&names,
                                            parse("{\"x\":\"{{b}} {{a.c}} {{b}}\",\"y\":[\"{{ secret.K }}\",{\"{{no}}\":"
                                                          "\"{{{{no}} {{d}}\"}]}"), "", err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(names->nelts, 4);
    for (i = 0; i < 4; i++)
        ck_assert_str_eq(APR_ARRAY_IDX(names, i, const char *), expected[i]);
    ck_assert_int_eq(bm_template_names_text(&names, "{{x}}/{{y}}/{{x}}", "/url", err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(names->nelts, 2);
    ck_assert_int_eq(bm_template_names_text(&names, "{{x}}/{{ y", "/url", err, g_pool), APR_EINVAL);
    ck_assert_int_eq(names->nelts, 1);
    ck_assert_str_eq(violations(err), "/url: \"{{\" is not a placeholder such as {{name}}; write {{{{ for two braces.");
}
END_TEST

BM_TEST(the_result_has_a_cap)
{
    bm_template_scope_t scope = { .inputs = parse("{\"v\":\"0123456789\"}"), .max_bytes = 40 };
    bm_err_t *err = bm_err_make(g_pool);
    const char *text;
    json_t *result;

    ck_assert_int_eq(bm_template_fill_text(&text, "{{v}}{{v}}{{v}}{{v}}", BM_TEMPLATE_RAW, &scope, err, g_pool),
                     APR_SUCCESS);
    ck_assert_int_eq(bm_template_fill_text(&text, "{{v}}{{v}}{{v}}{{v}}-", BM_TEMPLATE_RAW, &scope, err, g_pool),
                     APR_EINVAL);
    ck_assert_str_eq(violations(err), ": The filled template is longer than 40 bytes here.");
    ck_assert_int_eq(bm_template_fill_json(&result, parse("[\"{{v}}\",\"{{v}}\",\"{{v}}\"]"), &scope, err, g_pool),
                     APR_SUCCESS);
    ck_assert_int_eq(bm_template_fill_json(&result, parse("[\"{{v}}\",\"{{v}}\",\"{{v}}\",\"{{v}}\"]"), &scope, err,
                                           g_pool),
                     APR_EINVAL);
    ck_assert_str_eq(violations(err), ": The filled template is longer than 40 bytes here.\n"
                                      "/3: The filled template is longer than 40 bytes here.");
}
END_TEST

static const char *const too_long[] = {
    "{\"a\":1,\"b\":\"{{v}}\"}", "{\"a\":\"{{v}}{{v}}\",\"b\":{},\"c\":[],\"d\":3}", "\"{{big}}\"", "\"x{{big}}\"",
    "{\"aaaaaaaaaaaaaaaaaaaaaaaaaa\":1}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "[1,1,1,1,1,1,1,1,1,1,1,1,1]",
    "\"0123456789012345678901234\"",
};

BM_LOOP_TEST(whatever_makes_it_too_long_is_one_violation, BM_COUNT(too_long))
{
    bm_template_scope_t scope = { .inputs = parse("{\"v\":\"0123456789\",\"big\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,"
                                                  "19,20,21,22,23,24,25,26,27,28,29,30,31,32]}"), .max_bytes = 20 };
    bm_err_t *err = bm_err_make(g_pool);
    json_t *result;

    ck_assert_int_eq(bm_template_fill_json(&result, parse(too_long[_i]), &scope, err, g_pool), APR_EINVAL);
    ck_assert_ptr_null(result);
    ck_assert_int_eq(err->violations->nelts, 1);
    ck_assert_ptr_nonnull(strstr(violations(err), "is longer than 20 bytes here."));
}
END_TEST

BM_TEST(a_message_repeats_whole_characters)
{
    bm_template_scope_t scope = make_scope();
    bm_err_t *err = bm_err_make(g_pool);
    const char *text;

    ck_assert_int_eq(bm_template_fill_text(&text,
                                           "{{x\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                                           "\xc3\xa9\xc3\xa9}}", BM_TEMPLATE_RAW, &scope, err, g_pool), APR_EINVAL);
    ck_assert_str_eq(violations(err),
                     "/body: \"{{x\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                     "\xc3\xa9\" is not a placeholder such as {{name}}; write {{{{ for two braces.");
}
END_TEST

/* depth arrays around inner */
static json_t *nested(int depth, const char *inner)
{
    char *text = apr_palloc(g_pool, 2 * (apr_size_t)depth + strlen(inner) + 1);

    memset(text, '[', (apr_size_t)depth);
    memcpy(text + depth, inner, strlen(inner));
    memset(text + depth + strlen(inner), ']', (apr_size_t)depth);
    text[2 * (apr_size_t)depth + strlen(inner)] = '\0';
    return parse(text);
}

BM_TEST(the_result_is_not_deeper_than_json_we_accept)
{
    bm_template_scope_t scope = { .inputs = NULL };
    json_t *inputs = bm_json_adopt(json_object(), g_pool), *result;

    json_object_set(inputs, "v", nested(10, "1"));
    scope.inputs = inputs;
    ck_assert_int_eq(bm_template_fill_json(&result, nested(BM_JSON_MAX_DEPTH - 10, "\"{{v}}\""), &scope, NULL, g_pool),
                     APR_SUCCESS);
    ck_assert_int_eq(bm_template_fill_json(&result, nested(BM_JSON_MAX_DEPTH - 9, "\"{{v}}\""), &scope, NULL, g_pool),
                     APR_EINVAL);
    ck_assert_int_eq(bm_template_fill_json(&result, nested(BM_JSON_MAX_DEPTH, "1"), &scope, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_template_fill_json(&result, nested(BM_JSON_MAX_DEPTH + 1, "1"), &scope, NULL, g_pool),
                     APR_EINVAL);
}
END_TEST

/* A megabyte of broken placeholders costs one pass and a bounded answer. */
BM_TEST(hostile_templates_stay_cheap)
{
    const apr_size_t n = 100000;
    char *text = apr_palloc(g_pool, n * 12 + 1), *to = text;
    bm_template_scope_t scope = make_scope();
    bm_err_t *err = bm_err_make(g_pool);
    apr_array_header_t *names;
    const char *filled;
    apr_size_t i;

    for (i = 0; i < n; i++)
        to += apr_snprintf(to, 13, "{{n%06d}} ", (int)i);
    ck_assert_int_eq(bm_template_fill_text(&filled, text, BM_TEMPLATE_RAW, &scope, err, g_pool), APR_EINVAL);
    ck_assert_int_eq(err->violations->nelts, BM_TEMPLATE_VIOLATIONS_MAX);
    ck_assert_int_eq(bm_template_names_text(&names, text, "", err, g_pool), APR_SUCCESS);
    ck_assert_int_eq(names->nelts, (int)n);
    memset(text, 'a', n * 12);
    memcpy(text, "{{", 2);
    for (i = 3; i < n * 12; i += 2)
        text[i] = '.';
    ck_assert_int_eq(bm_template_fill_text(&filled, text, BM_TEMPLATE_RAW, &scope, err, g_pool), APR_EINVAL);
}
END_TEST

#include "test_template.reg"
