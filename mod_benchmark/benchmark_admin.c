/* SPDX-License-Identifier: Apache-2.0
 *
 * benchmark_admin.c: the command benchmark-admin: the first user, and a new password for one who forgot his. It talks to the
 * database only, as whoever runs it; there is no password that it does not ask for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <apr_general.h>
#include <apr_getopt.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "base/json.h"
#include "crypt/opaque_token.h"
#include "crypt/password.h"
#include "crypt/password_rules.h"
#include "db/conn.h"
#include "model/role.h"
#include "model/user_model.h"
#include "store/user_store.h"

typedef struct command_t {
    apr_pool_t *p;
    bm_err_t *err;
    bm_db_t *db;
    const char *conninfo, *schema, *name, *role, *email;
} command_t;

static int usage(void)
{
    fputs("benchmark-admin [-d CONNINFO] [-s SCHEMA] add NAME ROLE [EMAIL]\n"
          "benchmark-admin [-d CONNINFO] [-s SCHEMA] password NAME\n\n"
          "  add       make a user; ROLE is viewer, operator or admin\n"
          "  password  give a user a new password and end his sessions\n"
          "  -d        libpq connection string of the database, as in DBDParams (default: libpq's own, dbname=benchmark)\n"
          "  -s        BenchmarkSchema (default benchmark)\n\n"
          "The password is read from the terminal, else one line from standard input.\n", stderr);
    return 2;
}

static int failed(const command_t *c, const char *what)
{
    fprintf(stderr, "benchmark-admin: %s\n", c->err->detail != NULL ? c->err->detail : what);
    return 1;
}

/* One line without its end. @return 0: there was none, or it is too long. */
static int read_line(char *line, int size)
{
    size_t len;

    if (fgets(line, size, stdin) == NULL)
        return 0;
    len = strlen(line);
    if (len > 0 && line[len - 1] == '\n')
        line[--len] = '\0';
    else if (len == (size_t)size - 1)
        return 0;
    return 1;
}

/* From a terminal: not shown, asked for twice. */
static int ask(char *line, int size, const char *prompt)
{
    struct termios old, quiet;
    int read_it;

    if (!isatty(STDIN_FILENO))
        return read_line(line, size);
    fputs(prompt, stderr);
    if (tcgetattr(STDIN_FILENO, &old) != 0)
        return 0;
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    read_it = read_line(line, size);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
    fputs("\n", stderr);
    return read_it;
}

/* *phash: of a password that was asked for. @return whether there is one. */
static int read_password(const char **phash, command_t *c)
{
    char first[BM_PASSWORD_MAX + 2], again[BM_PASSWORD_MAX + 2];
    const bm_password_owner_t owner = { c->name, c->email, NULL };
    const char *weakness = NULL;
    apr_status_t rv = APR_EINVAL;

    if (!ask(first, sizeof(first), "New password: ") || strlen(first) < BM_PASSWORD_MIN || strlen(first) > BM_PASSWORD_MAX)
        (void)bm_err_set(c->err, rv, NULL, "A password has %d to %d bytes.", BM_PASSWORD_MIN, BM_PASSWORD_MAX);
    else if ((weakness = bm_password_weakness(first, &owner, c->p)) != NULL)
        (void)bm_err_set(c->err, rv, NULL, "It %c%s", apr_tolower(weakness[0]), weakness + 1);
    else if (isatty(STDIN_FILENO) && (!ask(again, sizeof(again), "Once more: ") || strcmp(first, again) != 0))
        (void)bm_err_set(c->err, rv, NULL, "These are not the same.");
    else {
        rv = bm_password_hash(phash, first, c->p);
        if (rv != APR_SUCCESS)
            (void)bm_err_set(c->err, rv, NULL, rv == APR_ENOTIMPL ? "Built without libsodium: there are no passwords."
                                                                  : "The password cannot be hashed: no memory.");
    }
    bm_opaque_wipe(first, sizeof(first));
    bm_opaque_wipe(again, sizeof(again));
    return rv == APR_SUCCESS;
}

static int add_user(command_t *c)
{
    json_t *body = bm_json_adopt(json_object(), c->p);
    const char *trouble = bm_user_name_trouble(c->name), *hash;
    bm_rows_t *rows;

    if (bm_role_find(c->role) < BM_ROLE_VIEWER)
        return usage();
    if (trouble == NULL && c->email != NULL && strchr(c->email, '@') == NULL)
        trouble = "An address has an @.";
    if (trouble != NULL || c->name[0] == '\0' || strlen(c->name) > 100)
        return failed(c, trouble != NULL ? trouble : "A name has 1 to 100 bytes.");
    json_object_set_new(body, "name", json_string(c->name));
    json_object_set_new(body, "role", json_string(c->role));
    if (c->email != NULL)
        json_object_set_new(body, "email", json_string(c->email));
    if (!read_password(&hash, c) || bm_user_store_add(&rows, c->db, body, hash, NULL, c->err, c->p) != APR_SUCCESS)
        return failed(c, "The user cannot be added.");
    printf("%s is %s now.\n", c->name, c->role);
    return 0;
}

static int set_password(command_t *c)
{
    bm_user_login_t *login;
    const char *hash;
    apr_status_t rv = bm_user_store_login(&login, c->db, c->name, 0, c->err, c->p);

    if (rv == APR_SUCCESS && login == NULL)
        return failed(c, "There is no user of that name.");
    if (rv != APR_SUCCESS || !read_password(&hash, c)
        || bm_user_store_set_password(c->db, login->id, hash, NULL, c->err, c->p) != APR_SUCCESS)
        return failed(c, "The password cannot be changed.");
    printf("%s has a new password; his sessions are over.\n", c->name);
    return 0;
}

static int run(command_t *c, const char *const *words, int n)
{
    bm_db_options_t options = { .application_name = "benchmark-admin", .statement_timeout_ms = 10000, .unnamed_statements = 1 };
    int adds = n >= 3 && n <= 4 && strcmp(words[0], "add") == 0, status;

    if (!adds && !(n == 2 && strcmp(words[0], "password") == 0))
        return usage();
    c->name = words[1];
    c->role = adds ? words[2] : NULL;
    c->email = n == 4 ? words[3] : NULL;
    options.conninfo = c->conninfo;
    options.schema = c->schema;
    if (bm_db_connect(&c->db, &options, c->err, c->p) != APR_SUCCESS)
        return failed(c, "The database cannot be reached.");
    status = adds ? add_user(c) : set_password(c);
    bm_db_close(c->db);
    return status;
}

int main(int argc, const char *const *argv, const char *const *env)
{
    command_t c = { .conninfo = "dbname=benchmark", .schema = "benchmark" };
    apr_getopt_t *options;
    const char *value;
    char letter;
    int status;
    apr_status_t rv;

    if (apr_app_initialize(&argc, &argv, &env) != APR_SUCCESS)
        return 1;
    atexit(apr_terminate);
    apr_pool_create(&c.p, NULL);
    c.err = bm_err_make(c.p);
    (void)bm_crypt_start();
    apr_getopt_init(&options, c.p, argc, argv);
    while ((rv = apr_getopt(options, "d:s:", &letter, &value)) == APR_SUCCESS) {
        if (letter == 'd')
            c.conninfo = value;
        else
            c.schema = value;
    }
    status = rv == APR_EOF ? run(&c, argv + options->ind, argc - options->ind) : usage();
    apr_pool_destroy(c.p);
    return status;
}
