/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <apr_tables.h>
#include "net/address_guard.h"

static bm_address_guard_t *guard_of(const char *const *entries, int count)
{
    apr_array_header_t *list = apr_array_make(g_pool, 4, sizeof(const char *));
    bm_address_guard_t *guard;
    int i;

    for (i = 0; i < count; i++)
        APR_ARRAY_PUSH(list, const char *) = entries[i];
    ck_assert_int_eq(bm_address_guard_create(&guard, list, NULL, bm_err_make(g_pool), g_pool), APR_SUCCESS);
    return guard;
}

static int allows(const bm_address_guard_t *guard, const char *text)
{
    struct sockaddr_storage address;

    ck_assert_msg(bm_address_guard_parse(&address, text) == APR_SUCCESS, "%s", text);
    return bm_address_guard_allows(guard, (struct sockaddr *)&address, 0);
}

typedef struct address_case_t {
    const char *text;
    int allowed;         /* by an empty list */
} address_case_t;

static const address_case_t addresses[] = {
    { "8.8.8.8", 1 }, { "1.1.1.1", 1 }, { "9.255.255.255", 1 }, { "11.0.0.0", 1 }, { "100.63.255.255", 1 },
    { "100.128.0.0", 1 }, { "172.15.255.255", 1 }, { "172.32.0.0", 1 }, { "192.167.255.255", 1 }, { "192.169.0.0", 1 },
    { "198.17.255.255", 1 }, { "198.20.0.0", 1 }, { "223.255.255.255", 1 }, { "126.255.255.255", 1 }, { "128.0.0.0", 1 },
    { "0.0.0.0", 0 }, { "0.1.2.3", 0 }, { "10.0.0.0", 0 }, { "10.255.255.255", 0 }, { "100.64.0.0", 0 },
    { "100.127.255.255", 0 }, { "127.0.0.1", 0 }, { "127.255.255.254", 0 }, { "169.254.169.254", 0 },
    { "172.16.0.0", 0 }, { "172.31.255.255", 0 }, { "192.0.0.1", 0 }, { "192.0.2.1", 0 }, { "192.88.99.1", 0 },
    { "192.168.0.0", 0 }, { "192.168.255.255", 0 }, { "198.18.0.0", 0 }, { "198.19.255.255", 0 },
    { "198.51.100.7", 0 }, { "203.0.113.7", 0 }, { "224.0.0.1", 0 }, { "239.255.255.255", 0 }, { "240.0.0.1", 0 },
    { "255.255.255.255", 0 }, { "168.63.129.16", 0 }, { "168.63.129.17", 1 },
    { "2a00:1450:4001::1", 1 }, { "2606:4700::1111", 1 }, { "[2606:4700::1111]", 1 },
    { "::", 0 }, { "::1", 0 }, { "[::1]", 0 }, { "::127.0.0.1", 0 }, { "fe80::1", 0 }, { "fc00::1", 0 }, { "fd12::1", 0 },
    { "ff02::1", 0 }, { "2001:db8::1", 0 }, { "2001::1", 0 },
    { "2001:1ff::1", 0 }, { "2001:200::1", 1 }, { "3fff::1", 0 }, { "4000::1", 0 }, { "64:ff9b:1::1", 0 },
    { "::ffff:127.0.0.1", 0 }, { "::ffff:8.8.8.8", 1 }, { "::ffff:10.1.2.3", 0 }, { "::ffff:7f00:1", 0 },
    { "64:ff9b::7f00:1", 0 }, { "64:ff9b::8.8.8.8", 1 }, { "64:ff9b::a9fe:a9fe", 0 },
    { "2002:7f00:1::", 0 }, { "2002:a00:1::1", 0 }, { "2002:808:808::1", 1 },
};

BM_LOOP_TEST(only_public_unicast_without_a_list, BM_COUNT(addresses))
{
    const address_case_t *c = &addresses[_i];

    ck_assert_msg(allows(guard_of(NULL, 0), c->text) == c->allowed, "%s should be %s", c->text,
                  c->allowed ? "allowed" : "refused");
}
END_TEST

typedef struct rule_case_t {
    const char *rule;
    const char *text;
    int allowed;
} rule_case_t;

static const rule_case_t rules[] = {
    { "10.1.0.0/16", "10.1.255.255", 1 },
    { "10.1.0.0/16", "10.2.0.0", 0 },
    { "10.1.0.0/16", "10.0.255.255", 0 },
    { "10.1.2.3/16", "10.1.9.9", 1 },
    { "10.1.2.3", "10.1.2.3", 1 },
    { "10.1.2.3", "10.1.2.4", 0 },
    { "10.1.2.3/32", "10.1.2.3", 1 },
    { "127.0.0.0/8", "127.1.2.3", 1 },
    { "127.0.0.0/8", "::1", 0 },
    { "127.0.0.0/8", "::ffff:127.0.0.1", 1 },
    { "::1", "::1", 1 },
    { "[::1]", "::1", 1 },
    { "::1", "127.0.0.1", 0 },
    { "fd00::/8", "fd12:3456::1", 1 },
    { "fd00::/8", "fc00::1", 0 },
    { "fd00:0:0:8000::/49", "fd00:0:0:8000::1", 1 },
    { "fd00:0:0:8000::/49", "fd00:0:0:1::1", 0 },
    { "fd00:0:8000::/33", "fd00:0:ffff::1", 1 },
    { "fd00:0:8000::/33", "fd00:0:7fff::1", 0 },
    { "::ffff:10.0.0.0/104", "10.9.9.9", 1 },
    { "::ffff:10.0.0.0/104", "11.0.0.1", 1 },
    { "64:ff9b::10.0.0.0/104", "10.9.9.9", 1 },
    { "2002:a00::/24", "10.9.9.9", 1 },
    { "2002:a00::/24", "192.168.1.1", 0 },
    { "::/0", "::1", 1 },
    { "::/0", "::ffff:127.0.0.1", 0 },
    { "0.0.0.0/0", "169.254.169.254", 1 },
    { "0.0.0.0/0", "::1", 0 },
    { "all", "127.0.0.1", 1 },
    { "ALL", "::1", 1 },
    { "all", "169.254.169.254", 1 },
    { "host:agent.local", "10.0.0.1", 0 },
};

BM_LOOP_TEST(the_list_adds_networks, BM_COUNT(rules))
{
    const rule_case_t *c = &rules[_i];

    ck_assert_msg(allows(guard_of(&c->rule, 1), c->text) == c->allowed, "%s with %s should be %s", c->text, c->rule,
                  c->allowed ? "allowed" : "refused");
}
END_TEST

static const char *const bad_rules[] = {
    "", " ", "10", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "010.0.0.1.", "0x7f.1", "2130706433",
    "localhost", "host:", "fd00::/129", "::ffff:10.0.0.0/64", "1.2.3.4.5", "any", "all ", "[::1", "10.0.0.0/+8", "2002::/8",
};

BM_LOOP_TEST(a_bad_entry_is_named, BM_COUNT(bad_rules))
{
    apr_array_header_t *list = apr_array_make(g_pool, 1, sizeof(const char *));
    bm_address_guard_t *guard;
    bm_err_t *err = bm_err_make(g_pool);

    APR_ARRAY_PUSH(list, const char *) = bad_rules[_i];
    ck_assert_msg(bm_address_guard_create(&guard, list, NULL, err, g_pool) == APR_EINVAL, "\"%s\" was accepted", bad_rules[_i]);
    ck_assert_ptr_nonnull(strstr(err->detail, bad_rules[_i]));
    ck_assert_int_eq(bm_address_guard_create(&guard, list, NULL, NULL, g_pool), APR_EINVAL);
}
END_TEST

BM_TEST(hosts_are_named_exactly)
{
    static const char *const list[] = { "host:Agent.Local", "host:b" };
    bm_address_guard_t *guard = guard_of(list, 2);

    ck_assert(bm_address_guard_has_hosts(guard));
    ck_assert(bm_address_guard_allows_host(guard, "agent.local"));
    ck_assert(bm_address_guard_allows_host(guard, "AGENT.LOCAL."));
    ck_assert(bm_address_guard_allows_host(guard, "b"));
    ck_assert(!bm_address_guard_allows_host(guard, "x.agent.local"));
    ck_assert(!bm_address_guard_allows_host(guard, "agent.local.evil.example"));
    ck_assert(!bm_address_guard_allows_host(guard, ""));
    ck_assert(!bm_address_guard_has_hosts(guard_of(NULL, 0)));
}
END_TEST

/* What is denied stays so, whatever is allowed: a part of what is open, what is public, and names. */
BM_TEST(the_deny_list_goes_first)
{
    static const char *const open[] = { "all", "host:agent.local", "host:both" };
    static const char *const shut[] = { "10.1.0.0/16", "8.8.8.8", "::1", "host:Both", "host:public.example" };
    apr_array_header_t *allow = apr_array_make(g_pool, 3, sizeof(const char *)), *deny = apr_array_copy(g_pool, allow);
    static const struct { const char *text; int allowed; } cases[] = {
        { "10.1.2.3", 0 }, { "::ffff:10.1.2.3", 0 }, { "64:ff9b::10.1.2.3", 0 }, { "10.2.0.1", 1 }, { "8.8.8.8", 0 },
        { "8.8.4.4", 1 }, { "::1", 0 }, { "127.0.0.1", 1 },
    };
    bm_address_guard_t *guard;
    struct sockaddr_storage address;
    apr_size_t i;

    for (i = 0; i < BM_COUNT(open); i++)
        APR_ARRAY_PUSH(allow, const char *) = open[i];
    for (i = 0; i < BM_COUNT(shut); i++)
        APR_ARRAY_PUSH(deny, const char *) = shut[i];
    ck_assert_int_eq(bm_address_guard_create(&guard, allow, deny, NULL, g_pool), APR_SUCCESS);
    for (i = 0; i < BM_COUNT(cases); i++) {
        ck_assert_msg(allows(guard, cases[i].text) == cases[i].allowed, "%s", cases[i].text);
        ck_assert_int_eq(bm_address_guard_parse(&address, cases[i].text), APR_SUCCESS);
        ck_assert_msg(bm_address_guard_allows(guard, (struct sockaddr *)&address, 1) == cases[i].allowed, "%s", cases[i].text);
    }
    ck_assert(bm_address_guard_allows_host(guard, "agent.local") && !bm_address_guard_denies_host(guard, "agent.local"));
    ck_assert(!bm_address_guard_allows_host(guard, "both") && bm_address_guard_denies_host(guard, "BOTH."));
    ck_assert(bm_address_guard_denies_host(guard, "public.example") && !bm_address_guard_denies_host(guard, "x.public.example"));
    APR_ARRAY_PUSH(deny, const char *) = "nothing";
    ck_assert_int_eq(bm_address_guard_create(&guard, allow, deny, NULL, g_pool), APR_EINVAL);
}
END_TEST

BM_TEST(loopback_is_loopback)
{
    static const struct { const char *text; int loopback; } cases[] = {
        { "127.0.0.1", 1 }, { "127.9.9.9", 1 }, { "::1", 1 }, { "::ffff:127.0.0.1", 1 }, { "126.0.0.1", 0 }, { "128.0.0.1", 0 },
        { "::2", 0 }, { "10.0.0.1", 0 }, { "0.0.0.0", 0 }, { "::", 0 },
    };
    struct sockaddr_storage address;
    struct sockaddr other = { .sa_family = AF_UNIX };
    apr_size_t i;

    for (i = 0; i < BM_COUNT(cases); i++) {
        ck_assert_int_eq(bm_address_guard_parse(&address, cases[i].text), APR_SUCCESS);
        ck_assert_msg(bm_address_guard_is_loopback((struct sockaddr *)&address) == cases[i].loopback, "%s", cases[i].text);
    }
    ck_assert(!bm_address_guard_is_loopback(&other));
    ck_assert(!bm_address_guard_allows(guard_of((const char *const[]){ "all" }, 1), &other, 1));
}
END_TEST

#include "test_address_guard.reg"
