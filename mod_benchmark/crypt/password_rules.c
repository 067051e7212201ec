/* SPDX-License-Identifier: Apache-2.0 */
#include "crypt/password_rules.h"

#include <stdlib.h>
#include <string.h>
#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_sha1.h>
#include <apr_strings.h>

enum {
    PART_MIN = 3,            /* letters that a name must have to count */
    REST_MIN = 6,            /* letters and figures that must be left of a password without names */
    STEPS_MIN = 3            /* keys in a row that are no accident */
};

/* What most common passwords are made of, besides names and what the keys suggest; those of less than four letters are
 * left out. */
static const char *const common[] = {
    "access", "admin", "administrator", "alexander", "alexandra", "amanda", "america", "andrea", "andrew", "angel",
    "angels", "anthony", "apache", "apple", "arsenal", "asdf", "ashley", "asshole", "august", "austin", "autumn",
    "babygirl", "bailey", "banana", "barcelona", "baseball", "basketball", "batman", "beautiful", "benchmark", "berlin",
    "bitcoin", "blink", "boston", "brandon", "buster", "butterfly", "callofduty", "camaro", "carlos", "change",
    "changeme", "changethis", "charlie", "charlotte", "cheese", "chelsea", "chicago", "chicken", "chocolate", "chris",
    "christian", "computer", "contrasena", "cookie", "corvette", "counterstrike", "cowboys", "dallas", "daniel",
    "december", "default", "demo", "diamond", "dolphins", "donald", "dragon", "eagles", "elizabeth", "eminem", "england",
    "example", "fabian", "facebook", "falcon", "family", "february", "ferrari", "fishing", "florida", "flower",
    "football", "forever", "forgot", "fortnite", "freedom", "friday", "friend", "friends", "fuck", "fuckoff", "fuckyou",
    "games", "gandalf", "garfield", "geheim", "george", "germany", "giants", "ginger", "google", "guest", "guitar",
    "hallo", "hammer", "hannah", "harley", "harrypotter", "heaven", "hello", "hellokitty", "helloworld", "hockey",
    "honda", "hunter", "iceman", "ilove", "iloveyou", "instagram", "internet", "jackson", "jaguar", "january", "jasmine",
    "jennifer", "jessica", "jesus", "jesuschrist", "jordan", "joseph", "joshua", "july", "june", "junior", "justin",
    "juventus", "killer", "lakers", "lauren", "letmein", "letmeinnow", "lightning", "linkedin", "linux", "liverpool",
    "login", "logon", "london", "love", "lovely", "lovers", "loveyou", "madison", "madrid", "maggie", "manager",
    "manchester", "march", "marina", "marlboro", "martin", "master", "matrix", "matthew", "maverick", "melissa",
    "mercedes", "merlin", "michael", "michelle", "mickey", "microsoft", "minecraft", "monday", "money", "monkey",
    "monster", "morgan", "motdepasse", "mother", "mustang", "mypassword", "mysql", "naruto", "natasha", "newpass",
    "newpassword", "newyork", "nicholas", "nicole", "nintendo", "november", "october", "office", "oliver", "oracle",
    "orange", "orlando", "pass", "passord", "passphrase", "passwd", "password", "passwort", "patrick", "peanut", "pepper",
    "phoenix", "playstation", "please", "pokemon", "porsche", "postgres", "postgresql", "prince", "princess", "private",
    "public", "pumpkin", "purple", "pussy", "qazwsx", "qwerty", "rabbit", "rainbow", "ranger", "rangers", "realmadrid",
    "redsox", "richard", "robert", "rockyou", "root", "running", "samantha", "samsung", "saturday", "scooby", "scooter",
    "secret", "secure", "security", "senha", "september", "server", "service", "shadow", "signin", "silver", "skywalker",
    "slayer", "snoopy", "soccer", "sommer", "sophie", "sparky", "spider", "spiderman", "spring", "startrek", "starwars",
    "steelers", "summer", "sunday", "sunflower", "sunshine", "superman", "superstar", "support", "sweetheart", "system",
    "taylor", "teacher", "temp", "temppass", "test", "tester", "testing", "testpass", "testtest", "thomas", "thunder",
    "thursday", "tiger", "tigger", "toor", "toyota", "trinity", "trustno", "tuesday", "twitter", "ubuntu", "unicorn",
    "user", "username", "vanessa", "victoria", "wachtwoord", "warcraft", "wednesday", "welcome", "whatever", "william",
    "wilson", "windows", "winner", "winston", "winter", "wizard", "yankees", "yellow", "zxcvbn"
};

/* --- words */

/* What figures and signs are written for. */
static char plain(char c)
{
    static const char as[][2] = {
        { '0', 'o' }, { '1', 'i' }, { '3', 'e' }, { '4', 'a' }, { '5', 's' }, { '7', 't' }, { '@', 'a' }, { '$', 's' },
        { '!', 'i' }, { '|', 'l' }
    };
    size_t i;

    for (i = 0; i < sizeof(as) / sizeof(as[0]); i++)
        if (c == as[i][0])
            return as[i][1];
    return c;
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* Lower case, with letters for what is written for them, without the figures and signs before the first letter (front) and
 * behind the last one (back). */
static const char *stem_of(const char *text, int front, int back, apr_pool_t *p)
{
    char *word = apr_pstrdup(p, text), *c, *end = word + strlen(word);

    for (c = word; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    while (front && *word != '\0' && !is_letter(*word))
        word++;
    while (back && end > word && !is_letter(end[-1]))
        end--;
    *end = '\0';
    for (c = word; *c != '\0'; c++)
        *c = plain(*c);
    return word;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Whether it is a word of the list, once or several times. */
static int is_common(const char *word, apr_pool_t *p)
{
    size_t len = strlen(word), part;

    for (part = len; part >= 4; part--) {
        const char *first;

        if (len % part != 0 || strncmp(word, word + part, len - part) != 0)
            continue;
        first = apr_pstrmemdup(p, word, part);
        if (bsearch(&first, common, sizeof(common) / sizeof(common[0]), sizeof(common[0]), compare) != NULL)
            return 1;
    }
    return 0;
}

/* What stands at its ends may be there for letters, too: "p@ssw0rd1", "0racle123", "adm1n1". */
static int is_made_of_a_common_word(const char *password, apr_pool_t *p)
{
    int ends;

    for (ends = 0; ends < 4; ends++)
        if (is_common(stem_of(password, ends & 1, ends & 2, p), p))
            return 1;
    return 0;
}

/* --- keys */

/* Where a key lies, in quarters of its width from the left; 0: on none of these rows. */
static int place_of(char c, int *row)
{
    static const struct { const char *keys; int shift; } rows[] = {
        { "1234567890-=", 0 }, { "qwertyuiop[]", 2 }, { "asdfghjkl;'", 3 }, { "zxcvbnm,./", 5 }
    };
    const char *found;

    for (*row = 0; *row < 4; (*row)++) {
        found = strchr(rows[*row].keys, c);
        if (found != NULL)
            return 4 + rows[*row].shift + 4 * (int)(found - rows[*row].keys);
    }
    return 0;
}

/* Beside each other on a keyboard, or a block of figures; or the same; or next in the alphabet. */
static int follows(char a, char b)
{
    int row_a, row_b, a_at = place_of(a, &row_a), b_at = place_of(b, &row_b);

    if (abs(a - b) <= 1)
        return 1;
    if (apr_isdigit(a) && apr_isdigit(b) && a != '0' && b != '0' && abs(a - b) == 3)
        return 1;
    return a_at != 0 && b_at != 0 && abs(row_a - row_b) <= 1 && abs(a_at - b_at) <= (row_a == row_b ? 4 : 6);
}

/* Pieces of a few keys each that follow one another, and nothing else: "1qaz2wsx", "qwer1234", "aaaabbbb", "147258369". */
static int runs_along_keys(const char *password)
{
    size_t len = strlen(password), i, pieces = 1;

    for (i = 1; i < len; i++)
        pieces += !follows((char)apr_tolower(password[i - 1]), (char)apr_tolower(password[i]));
    return len >= STEPS_MIN * pieces;
}

/* The same one to four signs over and over: "abababab", "x1!x1!x1!". */
static int repeats_itself(const char *password)
{
    size_t len = strlen(password), part;

    for (part = 1; part <= 4 && part * 2 <= len; part++)
        if (strncmp(password, password + part, len - part) == 0)
            return 1;
    return 0;
}

/* --- names */

/* Takes a word out of text, wherever it is, in any case. */
static void take_out(char *text, const char *word)
{
    size_t len = strlen(word);
    char *c = text;

    while (len >= PART_MIN && *c != '\0') {
        if (strncasecmp(c, word, len) == 0)
            memmove(c, c + len, strlen(c + len) + 1);
        else
            c++;
    }
}

/* Whether something that stands in one of the names is most of it. */
static int is_made_of_names(const char *password, const bm_password_owner_t *owner, apr_pool_t *p)
{
    static const char between[] = " .,;:@_+-'\"()";
    const char *const names[] = { owner->name, owner->email, owner->full_name, "benchmark" };
    char *rest = apr_pstrdup(p, password), *last, *word, *words;
    size_t i, left = 0;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i] == NULL)
            continue;
        take_out(rest, names[i]);
        words = apr_pstrdup(p, names[i]);
        for (word = apr_strtok(words, between, &last); word != NULL; word = apr_strtok(NULL, between, &last))
            take_out(rest, word);
    }
    if (strcmp(rest, password) == 0)
        return 0;
    for (; *rest != '\0'; rest++)
        left += apr_isalnum(*rest) || (unsigned char)*rest >= 0x80;
    return left < REST_MIN;
}

const char *bm_password_weakness(const char *password, const bm_password_owner_t *owner, apr_pool_t *p)
{
    if (is_made_of_names(password, owner, p))
        return "Is little more than a name that others know: take another one.";
    if (runs_along_keys(password) || repeats_itself(password))
        return "Is a row of keys, or repeats itself: among the first that are guessed.";
    if (is_made_of_a_common_word(password, p))
        return "Is among the most common passwords: take another one.";
    return NULL;
}

/* --- lists */

enum { HASH_HEX = 2 * APR_SHA1_DIGESTSIZE, LINE_MAX_BYTES = 128 };

static void hash_hex(char hex[HASH_HEX + 1], const char *password)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    apr_sha1_ctx_t sha;
    int i;

    apr_sha1_init(&sha);
    apr_sha1_update_binary(&sha, (const unsigned char *)password, (unsigned int)strlen(password));
    apr_sha1_final(digest, &sha);
    for (i = 0; i < APR_SHA1_DIGESTSIZE; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[HASH_HEX] = '\0';
}

/* The line that byte `at` is in: where it begins, where the next one does, and its hash. */
static apr_status_t line_at(apr_off_t *begin, apr_off_t *next, char hex[HASH_HEX + 1], apr_file_t *file, apr_off_t at)
{
    char buffer[2 * LINE_MAX_BYTES];
    apr_off_t from = at > LINE_MAX_BYTES ? at - LINE_MAX_BYTES : 0, seek = from;
    apr_size_t got = 0, first = (apr_size_t)(at - from), end;
    apr_status_t rv = apr_file_seek(file, APR_SET, &seek);

    if (rv == APR_SUCCESS)
        rv = apr_file_read_full(file, buffer, sizeof(buffer), &got);
    if (rv != APR_SUCCESS && !APR_STATUS_IS_EOF(rv))
        return rv;
    while (first > 0 && buffer[first - 1] != '\n')
        first--;
    for (end = first; end < got && buffer[end] != '\n'; end++)
        ;
    if ((first == 0 && from > 0) || (end == got && got == sizeof(buffer)) || end - first < HASH_HEX)
        return APR_EINVAL;
    memcpy(hex, buffer + first, HASH_HEX);
    hex[HASH_HEX] = '\0';
    *begin = from + (apr_off_t)first;
    *next = from + (apr_off_t)end + 1;
    return strspn(hex, "0123456789abcdefABCDEF") == HASH_HEX ? APR_SUCCESS : APR_EINVAL;
}

static apr_status_t search(int *listed, apr_file_t *file, const char *wanted)
{
    apr_off_t low = 0, high, begin, next;
    char hex[HASH_HEX + 1];
    apr_finfo_t info;
    apr_status_t rv = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    int order;

    for (high = rv == APR_SUCCESS ? info.size : 0; rv == APR_SUCCESS && low < high && !*listed; ) {
        rv = line_at(&begin, &next, hex, file, low + (high - low) / 2);
        if (rv != APR_SUCCESS)
            return rv;
        order = strcasecmp(wanted, hex);
        *listed = order == 0;
        if (order < 0)
            high = begin;
        else
            low = next;
    }
    return rv;
}

apr_status_t bm_password_is_listed(int *listed, const char *password, const char *path, apr_pool_t *p)
{
    char wanted[HASH_HEX + 1];
    apr_file_t *file;
    apr_status_t rv = apr_file_open(&file, path, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, p);

    *listed = 0;
    if (rv != APR_SUCCESS)
        return rv;
    hash_hex(wanted, password);
    rv = search(listed, file, wanted);
    apr_file_close(file);
    return rv;
}
