/* SPDX-License-Identifier: Apache-2.0
 *
 * crypt/password_rules.h: passwords that are tried first by whoever guesses.
 *
 * Nothing is asked of how a password is composed. What is refused is what stands in every list of common passwords, or is
 * made of such a word by the usual means: figures and signs before and behind it, figures in the place of letters, the
 * word again; what runs along the keys, counts or repeats itself; and what is little more than the name of its user or of
 * this service. Thread: no state. */
#ifndef BM_CRYPT_PASSWORD_RULES_H
#define BM_CRYPT_PASSWORD_RULES_H

#include <apr_errno.h>
#include <apr_pools.h>

/** What a password must not be made of, beside common words; each may be NULL. */
typedef struct bm_password_owner_t {
    const char *name, *email, *full_name;
} bm_password_owner_t;

/** Why it is among the first that are guessed, as a sentence for its field; NULL: it is not known to be. Of the password's
 *  text, which may be any bytes, ASCII letters are compared in any case. p: scratch. */
const char *bm_password_weakness(const char *password, const bm_password_owner_t *owner, apr_pool_t *p);

/** Whether a file lists the password: lines of SHA-1 in hexadecimal, in order, ":count" or anything else behind each, as
 *  "Pwned Passwords, ordered by hash" has them. It is searched by halves, not read. *listed is 0 after a failure.
 *  @return what opening and reading says; APR_EINVAL: a line is not such a hash. */
apr_status_t bm_password_is_listed(int *listed, const char *password, const char *path, apr_pool_t *p);

#endif
