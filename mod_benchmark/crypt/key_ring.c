/* SPDX-License-Identifier: Apache-2.0 */
#include "crypt/key_ring.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <string.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#ifdef HAVE_SODIUM
#include <sodium.h>
#endif

#define FILE_MAX 16384
#define ID_MAX 32

struct bm_key_ring_t {
    const char *trouble;                     /* NULL: the keys can be used */
    int count;
    char ids[BM_KEY_RING_KEYS_MAX][ID_MAX + 1];
    unsigned char *keys;                     /* of count keys, in pages of their own; NULL: none */
};

const char *bm_key_ring_trouble(const bm_key_ring_t *ring)
{
    return ring == NULL ? "No key ring is configured (BenchmarkSecretKeys)." : ring->trouble;
}

const char *bm_key_ring_active(const bm_key_ring_t *ring)
{
    return bm_key_ring_trouble(ring) == NULL ? ring->ids[0] : NULL;
}

const unsigned char *bm_key_ring_find(const bm_key_ring_t *ring, const char *id)
{
    int i;

    if (bm_key_ring_trouble(ring) != NULL)
        return NULL;
    for (i = 0; i < ring->count; i++)
        if (strcmp(ring->ids[i], id) == 0)
            return ring->keys + (size_t)i * BM_KEY_RING_KEY_BYTES;
    return NULL;
}

#ifdef HAVE_SODIUM

static apr_status_t give_back(void *data)
{
    bm_key_ring_t *ring = data;

    sodium_free(ring->keys);                 /* wipes them; harmless for NULL */
    ring->keys = NULL;
    ring->count = 0;
    return APR_SUCCESS;
}

/* One line without its end. @return what is wrong with it; NULL: nothing. */
static const char *take_line(bm_key_ring_t *ring, const char *line, size_t len)
{
    size_t id_len = strcspn(line, " \t"), skip, key_len;
    unsigned char *key = ring->keys + (size_t)ring->count * BM_KEY_RING_KEY_BYTES;
    const char *end;

    if (ring->count == BM_KEY_RING_KEYS_MAX)
        return "there are too many keys";
    if (id_len == 0 || id_len > ID_MAX || id_len >= len
        || strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") < id_len)
        return "it does not begin with the id of a key";
    memcpy(ring->ids[ring->count], line, id_len);
    ring->ids[ring->count][id_len] = '\0';
    if (bm_key_ring_find(ring, ring->ids[ring->count]) != NULL)
        return "its id was there before";
    skip = id_len + strspn(line + id_len, " \t");
    if (sodium_base642bin(key, BM_KEY_RING_KEY_BYTES, line + skip, len - skip, NULL, &key_len, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0
        || end != line + len || key_len != BM_KEY_RING_KEY_BYTES)
        return "its key is not 32 bytes in base64";
    ring->count++;
    return NULL;
}

/* @return a sentence if it cannot be used; it names the line, never what stands there. */
static const char *take_text(bm_key_ring_t *ring, char *text, apr_pool_t *p)
{
    char *line, *next;
    int number = 0;

    for (line = text; line != NULL; line = next) {
        const char *wrong = NULL;
        size_t len;

        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        number++;
        len = strlen(line);
        while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
            line[--len] = '\0';
        if (len > 0 && line[0] != '#')
            wrong = take_line(ring, line, len);
        if (wrong != NULL)
            return apr_psprintf(p, "line %d: %s", number, wrong);
    }
    return ring->count == 0 ? "there is no key in it" : NULL;
}

/* The file's text into text (FILE_MAX + 1 bytes). @return a sentence, or NULL. */
static const char *read_text(char *text, const char *path, apr_pool_t *p)
{
    char reason[120];
    apr_size_t len = 0;
    apr_finfo_t info;
    apr_file_t *file;
    apr_status_t rv = apr_file_open(&file, path, APR_FOPEN_READ, APR_OS_DEFAULT, p);

    if (rv == APR_SUCCESS) {
        rv = apr_file_info_get(&info, APR_FINFO_PROT | APR_FINFO_TYPE, file);
        if (rv == APR_SUCCESS)
            rv = apr_file_read_full(file, text, FILE_MAX + 1, &len);
        apr_file_close(file);
    }
    if (rv != APR_SUCCESS && !APR_STATUS_IS_EOF(rv))
        return apr_pstrdup(p, apr_strerror(rv, reason, sizeof(reason)));
    if (info.protection & (APR_FPROT_WREAD | APR_FPROT_WWRITE | APR_FPROT_WEXECUTE | APR_FPROT_GWRITE))
        return "others may read it or group may write it (chmod 400)";
    if (len > FILE_MAX)
        return "it is larger than 16 KiB";
    text[len] = '\0';
    return strlen(text) == len ? NULL : "it has a NUL byte";
}

static const char *fill(bm_key_ring_t *ring, const char *path, apr_pool_t *p)
{
    const char *wrong;
    char *text;

    if (sodium_init() < 0)
        return "libsodium cannot start";
    text = sodium_malloc(FILE_MAX + 2);
    ring->keys = sodium_malloc(BM_KEY_RING_KEYS_MAX * BM_KEY_RING_KEY_BYTES);
    apr_pool_cleanup_register(p, ring, give_back, apr_pool_cleanup_null);
    if (text == NULL || ring->keys == NULL)
        wrong = "there is no memory";
    else
        wrong = read_text(text, path, p);
    if (wrong == NULL)
        wrong = take_text(ring, text, p);
    sodium_free(text);
    if (wrong != NULL)
        give_back(ring);
    else
        sodium_mprotect_readonly(ring->keys);
    return wrong;
}

void bm_key_ring_forget(bm_key_ring_t *ring)
{
    if (ring == NULL || ring->keys == NULL)
        return;
    give_back(ring);
    ring->trouble = "This process has no keys.";
}

#else

static const char *fill(bm_key_ring_t *ring, const char *path, apr_pool_t *p)
{
    (void)ring;
    (void)path;
    (void)p;
    return "the module was built without libsodium";
}

void bm_key_ring_forget(bm_key_ring_t *ring)
{
    (void)ring;
}

#endif

apr_status_t bm_key_ring_read(bm_key_ring_t **pring, const char *path, bm_err_t *err, apr_pool_t *p)
{
    bm_key_ring_t *ring = apr_pcalloc(p, sizeof(*ring));
    const char *wrong;

    *pring = ring;
    if (path == NULL) {
        ring->trouble = bm_key_ring_trouble(NULL);
        return APR_SUCCESS;
    }
    wrong = fill(ring, path, p);
    if (wrong == NULL)
        return APR_SUCCESS;
    ring->trouble = apr_psprintf(p, "The key ring %s cannot be used: %s.", path, wrong);
    return bm_err_set(err, APR_EINVAL, "secret_keys_unusable", "%s", ring->trouble);
}
