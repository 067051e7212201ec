/* SPDX-License-Identifier: Apache-2.0 */
#include "net/address_guard.h"

#include <string.h>
#include <strings.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <apr_strings.h>
#include "base/text.h"

/* An address as it counts: 4 bytes for IPv4 (also when it came wrapped in IPv6), else 16. */
typedef struct plain_t {
    unsigned len;
    unsigned char bytes[16];
} plain_t;

typedef struct network_t {
    plain_t address;
    unsigned prefix;
} network_t;

typedef struct list_t {
    int all;
    apr_array_header_t *networks;   /* of network_t */
    apr_array_header_t *hosts;      /* of const char * */
} list_t;

struct bm_address_guard_t {
    list_t allow, deny;
};

/* IPv4 that is not public unicast: RFC 6890 and the registry of special addresses. */
static const struct { unsigned char bytes[4]; unsigned prefix; } refused_v4[] = {
    { { 0, 0, 0, 0 }, 8 },          /* "this network"; Linux connects 0.0.0.0 to itself */
    { { 10, 0, 0, 0 }, 8 },
    { { 100, 64, 0, 0 }, 10 },      /* carrier-grade NAT */
    { { 127, 0, 0, 0 }, 8 },
    { { 168, 63, 129, 16 }, 32 },   /* public, but Azure's machines have their metadata and keys from it */
    { { 169, 254, 0, 0 }, 16 },     /* link-local, clouds' metadata services */
    { { 172, 16, 0, 0 }, 12 },
    { { 192, 0, 0, 0 }, 24 },       /* protocol assignments */
    { { 192, 0, 2, 0 }, 24 },       /* documentation */
    { { 192, 88, 99, 0 }, 24 },     /* 6to4 relays */
    { { 192, 168, 0, 0 }, 16 },
    { { 198, 18, 0, 0 }, 15 },      /* benchmarking of devices */
    { { 198, 51, 100, 0 }, 24 },    /* documentation */
    { { 203, 0, 113, 0 }, 24 },     /* documentation */
    { { 224, 0, 0, 0 }, 4 },        /* multicast */
    { { 240, 0, 0, 0 }, 4 },        /* reserved, broadcast */
};

/* Holes in 2000::/3, the only IPv6 range that is public unicast. */
static const struct { unsigned char bytes[16]; unsigned prefix; } refused_v6[] = {
    { { 0x20, 0x01, 0x00, 0x00 }, 23 },     /* protocol assignments: Teredo carries an IPv4 address, ORCHID are no places */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },     /* documentation */
    { { 0x3f, 0xff, 0x00, 0x00 }, 20 },     /* documentation */
};

static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
static const unsigned char nat64[12] = { 0, 0x64, 0xff, 0x9b };

static void plain_v4(plain_t *plain, const unsigned char *bytes)
{
    memset(plain, 0, sizeof(*plain));
    plain->len = 4;
    memcpy(plain->bytes, bytes, 4);
}

/* Unwrap IPv4 inside IPv6, so that each address is judged by where it leads. */
static void plain_v6(plain_t *plain, const unsigned char *bytes)
{
    if (memcmp(bytes, mapped, sizeof(mapped)) == 0 || memcmp(bytes, nat64, sizeof(nat64)) == 0)
        plain_v4(plain, bytes + 12);
    else if (bytes[0] == 0x20 && bytes[1] == 0x02)
        plain_v4(plain, bytes + 2);
    else {
        plain->len = 16;
        memcpy(plain->bytes, bytes, 16);
    }
}

static int plain_from_sockaddr(plain_t *plain, const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        plain_v4(plain, (const unsigned char *)&in.sin_addr);
        return 1;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, address, sizeof(in6));
        plain_v6(plain, in6.sin6_addr.s6_addr);
        return 1;
    }
    return 0;
}

static int has_prefix(const unsigned char *bytes, const unsigned char *network, unsigned prefix)
{
    unsigned whole = prefix / 8, rest = prefix % 8;

    if (memcmp(bytes, network, whole) != 0)
        return 0;
    return rest == 0 || ((bytes[whole] ^ network[whole]) >> (8 - rest)) == 0;
}

static int is_public(const plain_t *plain)
{
    unsigned i;

    if (plain->len == 4) {
        for (i = 0; i < sizeof(refused_v4) / sizeof(refused_v4[0]); i++)
            if (has_prefix(plain->bytes, refused_v4[i].bytes, refused_v4[i].prefix))
                return 0;
        return 1;
    }
    if ((plain->bytes[0] & 0xe0) != 0x20)
        return 0;
    for (i = 0; i < sizeof(refused_v6) / sizeof(refused_v6[0]); i++)
        if (has_prefix(plain->bytes, refused_v6[i].bytes, refused_v6[i].prefix))
            return 0;
    return 1;
}

apr_status_t bm_address_guard_parse(struct sockaddr_storage *address, const char *text)
{
    struct sockaddr_in in = { .sin_family = AF_INET };
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
    char bare[INET6_ADDRSTRLEN];
    apr_size_t len = strlen(text);

    memset(address, 0, sizeof(*address));
    if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof(bare))
        return APR_EINVAL;
    memcpy(bare, text, len);
    bare[len] = '\0';
    if (inet_pton(AF_INET, bare, &in.sin_addr) == 1)
        memcpy(address, &in, sizeof(in));
    else if (inet_pton(AF_INET6, bare, &in6.sin6_addr) == 1)
        memcpy(address, &in6, sizeof(in6));
    else
        return APR_EINVAL;
    return APR_SUCCESS;
}

static apr_status_t parse_network(network_t *network, const char *entry, apr_pool_t *p)
{
    const char *slash = strchr(entry, '/');
    const char *text = slash ? apr_pstrmemdup(p, entry, (apr_size_t)(slash - entry)) : entry;
    struct sockaddr_storage address;
    apr_int64_t prefix, bits;
    apr_status_t rv = bm_address_guard_parse(&address, text);

    if (rv != APR_SUCCESS)
        return rv;
    bits = address.ss_family == AF_INET ? 32 : 128;
    prefix = bits;
    if (slash) {
        rv = bm_text_to_int64(&prefix, slash + 1, 0, bits);
        if (rv != APR_SUCCESS)
            return rv;
    }
    plain_from_sockaddr(&network->address, (struct sockaddr *)&address);
    if (bits == 128 && network->address.len == 4) {
        /* written as wrapped IPv4: the prefix counts from the embedded address, and must not be wider than it */
        int six_to_four = ((struct sockaddr_in6 *)&address)->sin6_addr.s6_addr[0] == 0x20;
        apr_int64_t skip = six_to_four ? 16 : 96;

        if (prefix < skip)
            return APR_EINVAL;
        prefix = prefix - skip > 32 ? 32 : prefix - skip;
    }
    network->prefix = (unsigned)prefix;
    return APR_SUCCESS;
}

static apr_status_t read_list(list_t *list, const apr_array_header_t *entries, bm_err_t *err, apr_pool_t *p)
{
    int i;

    list->networks = apr_array_make(p, 4, sizeof(network_t));
    list->hosts = apr_array_make(p, 4, sizeof(const char *));
    for (i = 0; entries && i < entries->nelts; i++) {
        const char *entry = APR_ARRAY_IDX(entries, i, const char *);
        network_t network;

        if (strcasecmp(entry, "all") == 0)
            list->all = 1;
        else if (strncasecmp(entry, "host:", 5) == 0 && entry[5] != '\0')
            APR_ARRAY_PUSH(list->hosts, const char *) = apr_pstrdup(p, entry + 5);
        else if (parse_network(&network, entry, p) == APR_SUCCESS)
            APR_ARRAY_PUSH(list->networks, network_t) = network;
        else
            return bm_err_set(err, APR_EINVAL, "bad_allow_list",
                              "\"%s\" is not an address, a network (10.0.0.0/8), host:NAME or all", entry);
    }
    return APR_SUCCESS;
}

apr_status_t bm_address_guard_create(bm_address_guard_t **pguard, const apr_array_header_t *allow,
                                     const apr_array_header_t *deny, bm_err_t *err, apr_pool_t *p)
{
    bm_address_guard_t *guard = apr_pcalloc(p, sizeof(*guard));
    apr_status_t rv = read_list(&guard->allow, allow, err, p);

    if (rv == APR_SUCCESS)
        rv = read_list(&guard->deny, deny, err, p);
    *pguard = rv == APR_SUCCESS ? guard : NULL;
    return rv;
}

static int has_address(const list_t *list, const plain_t *plain)
{
    int i;

    for (i = 0; i < list->networks->nelts; i++) {
        const network_t *network = &APR_ARRAY_IDX(list->networks, i, network_t);

        if (network->address.len == plain->len && has_prefix(plain->bytes, network->address.bytes, network->prefix))
            return 1;
    }
    return list->all;
}

static int has_host(const list_t *list, const char *host)
{
    apr_size_t len = strlen(host);
    int i;

    if (len > 0 && host[len - 1] == '.')
        len--;
    for (i = 0; i < list->hosts->nelts; i++) {
        const char *name = APR_ARRAY_IDX(list->hosts, i, const char *);

        if (strlen(name) == len && strncasecmp(name, host, len) == 0)
            return 1;
    }
    return 0;
}

int bm_address_guard_allows(const bm_address_guard_t *guard, const struct sockaddr *address, int host_allowed)
{
    plain_t plain;

    if (!plain_from_sockaddr(&plain, address) || has_address(&guard->deny, &plain))
        return 0;
    return host_allowed || is_public(&plain) || has_address(&guard->allow, &plain);
}

int bm_address_guard_allows_host(const bm_address_guard_t *guard, const char *host)
{
    return has_host(&guard->allow, host) && !has_host(&guard->deny, host);
}

int bm_address_guard_denies_host(const bm_address_guard_t *guard, const char *host)
{
    return has_host(&guard->deny, host);
}

int bm_address_guard_has_hosts(const bm_address_guard_t *guard)
{
    return guard->allow.hosts->nelts > 0 || guard->deny.hosts->nelts > 0;
}

int bm_address_guard_is_loopback(const struct sockaddr *address)
{
    static const unsigned char one[16] = { [15] = 1 };
    plain_t plain;

    if (!plain_from_sockaddr(&plain, address))
        return 0;
    return plain.len == 4 ? plain.bytes[0] == 127 : memcmp(plain.bytes, one, sizeof(one)) == 0;
}
