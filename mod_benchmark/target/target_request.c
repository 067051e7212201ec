/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_request.h"

#include <string.h>
#include <apr_lib.h>
#include <apr_strings.h>

enum state_e {
    STATE_HEAD,         /* request line and headers, up to an empty line */
    STATE_BODY,         /* `left` bytes by Content-Length */
    STATE_SIZE,         /* hex digits of a chunk's size */
    STATE_EXTENSION,    /* the rest of that line */
    STATE_DATA,         /* `left` bytes of the chunk */
    STATE_DATA_END,     /* the line end behind them */
    STATE_TRAILER,      /* lines up to an empty one, ignored */
    STATE_COMPLETE,
    STATE_FAILED
};

enum { MAX_EXTRA = 65536 };

void bm_target_request_begin(bm_target_request_t *r, apr_size_t body_limit, apr_pool_t *p)
{
    bm_buffer_t head = r->head, content = r->content;

    if (head.size > BM_TARGET_REQUEST_KEEP)
        bm_buffer_free(&head);
    if (content.size > BM_TARGET_REQUEST_KEEP)
        bm_buffer_free(&content);
    memset(r, 0, sizeof(*r));
    head.len = content.len = 0;
    r->head = head;
    r->content = content;
    r->content.limit = body_limit;
    r->body_limit = body_limit;
    r->body = "";
    r->p = p;
}

int bm_target_request_is_idle(const bm_target_request_t *r)
{
    return r->state == STATE_HEAD && r->head.len == 0;
}

apr_size_t bm_target_request_memory(const bm_target_request_t *r)
{
    return r->head.size + r->content.size;
}

void bm_target_request_free(bm_target_request_t *r)
{
    bm_buffer_free(&r->head);
    bm_buffer_free(&r->content);
}

static apr_status_t refuse(bm_target_request_t *r, int status, const char *problem)
{
    r->state = STATE_FAILED;
    r->status = status;
    r->problem = problem;
    r->keep_alive = 0;
    return APR_EINVAL;
}

/* RFC 9110 token character. */
static int is_token(char c)
{
    return apr_isalnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static apr_status_t parse_target(bm_target_request_t *r, char *target)
{
    char *s;

    if (strlen(target) > BM_TARGET_REQUEST_MAX_PATH)
        return refuse(r, 414, "The request target is too long.");
    for (s = target; *s != '\0'; s++)
        if (*s <= ' ' || *s == 0x7f)
            return refuse(r, 400, "The request target holds a control character.");
    if (strncasecmp(target, "http://", 7) == 0 || strncasecmp(target, "https://", 8) == 0) {
        target = strstr(target, "//") + 2;      /* absolute form: what is behind the authority */
        target += strcspn(target, "/?");
    }
    if (*target == '\0')
        target = apr_pstrdup(r->p, "/");
    s = strchr(target, '?');
    if (s != NULL) {
        *s = '\0';
        r->query = s + 1;
    }
    r->path = *target == '\0' ? "/" : target;
    if (r->path[0] != '/')
        return refuse(r, 400, "The request target must be a path.");
    return APR_SUCCESS;
}

static apr_status_t parse_request_line(bm_target_request_t *r, char *line)
{
    char *target, *version, *s;

    for (s = line; is_token(*s); s++)
        ;
    if (s == line || s - line > 32 || *s != ' ')
        return refuse(r, 400, "The request line does not begin with a method.");
    *s = '\0';
    r->method = line;
    target = s + 1;
    version = strchr(target, ' ');
    if (version == NULL || version == target)
        return refuse(r, 400, "The request line needs a target and a version.");
    *version++ = '\0';
    if (strncmp(version, "HTTP/", 5) != 0 || !apr_isdigit(version[5]) || version[6] != '.' || !apr_isdigit(version[7])
        || version[8] != '\0')
        return refuse(r, 400, "The request line does not end with an HTTP version.");
    if (version[5] != '1')
        return refuse(r, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    r->minor = version[7] - '0';
    return parse_target(r, target);
}

static apr_status_t parse_header_line(bm_target_request_t *r, char *line)
{
    char *value, *end, *s;

    for (s = line; is_token(*s); s++)
        ;
    if (s == line || *s != ':')
        return refuse(r, 400, "A header line has no proper name.");
    *s = '\0';
    for (value = s + 1; *value == ' ' || *value == '\t'; value++)
        ;
    for (end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t'); end--)
        ;
    *end = '\0';
    for (s = value; *s != '\0'; s++)
        if ((apr_iscntrl(*s) && *s != '\t'))
            return refuse(r, 400, "A header value holds a control character.");
    if (apr_table_elts(r->headers)->nelts >= BM_TARGET_REQUEST_MAX_HEADERS)
        return refuse(r, 431, "There are too many headers.");
    apr_table_addn(r->headers, line, value);
    return APR_SUCCESS;
}

/* All values of a header as one list; NULL: it is absent. */
static const char *header_list(const bm_target_request_t *r, const char *name)
{
    return apr_table_getm(r->p, r->headers, name);
}

/* Whether a comma-separated list holds this word, whatever its case. */
static int list_has(const char *list, const char *word)
{
    apr_size_t len = strlen(word);

    while (list != NULL && *list != '\0') {
        list += strspn(list, " \t,");
        if (strncasecmp(list, word, len) == 0 && (list[len] == '\0' || strchr(" \t,;", list[len]) != NULL))
            return 1;
        list += strcspn(list, ",");
    }
    return 0;
}

static apr_status_t parse_length(bm_target_request_t *r, const char *value)
{
    apr_uint64_t n = 0;
    const char *s;

    for (s = value; apr_isdigit(*s) && s - value < 18; s++)
        n = n * 10 + (apr_uint64_t)(*s - '0');
    if (s == value || *s != '\0')               /* a list of lengths is refused too, even of equal ones */
        return refuse(r, 400, "Content-Length is not one number.");
    if (n > r->body_limit)
        return refuse(r, 413, "The request body is too large.");
    r->left = n;
    r->state = n > 0 ? STATE_BODY : STATE_COMPLETE;
    return APR_SUCCESS;
}

/* How the body comes, and what happens to the connection afterwards. */
static apr_status_t parse_framing(bm_target_request_t *r)
{
    const char *length = header_list(r, "Content-Length"), *coding = header_list(r, "Transfer-Encoding");
    const char *connection = header_list(r, "Connection"), *expect = header_list(r, "Expect");
    apr_status_t rv = APR_SUCCESS;

    r->keep_alive = r->minor >= 1 ? !list_has(connection, "close") : 0;
    if (coding != NULL && length != NULL)
        return refuse(r, 400, "Both Content-Length and Transfer-Encoding are given.");
    if (coding != NULL && r->minor == 0)
        return refuse(r, 400, "HTTP/1.0 has no Transfer-Encoding.");
    if (coding != NULL && strcasecmp(coding, "chunked") != 0)
        return refuse(r, 501, "Only the transfer coding chunked is understood.");
    r->state = STATE_COMPLETE;
    if (coding != NULL)
        r->state = STATE_SIZE;
    else if (length != NULL)
        rv = parse_length(r, length);
    if (rv != APR_SUCCESS)
        return rv;
    if (expect != NULL && strcasecmp(expect, "100-continue") != 0)
        return refuse(r, 417, "Only 100-continue can be expected.");
    r->wants_continue = expect != NULL && r->minor >= 1 && r->state != STATE_COMPLETE;
    return APR_SUCCESS;
}

/* The head is complete in r->head. */
static apr_status_t parse_head(bm_target_request_t *r)
{
    char *line = apr_pstrmemdup(r->p, r->head.data, r->head.len), *end;
    int first = 1;
    apr_status_t rv = APR_SUCCESS;

    if (memchr(r->head.data, '\0', r->head.len) != NULL)
        return refuse(r, 400, "The head holds a NUL.");
    r->headers = apr_table_make(r->p, 16);
    while ((end = strchr(line, '\n')) != NULL && rv == APR_SUCCESS) {
        *end = '\0';
        if (end > line && end[-1] == '\r')
            end[-1] = '\0';
        if (*line == '\0')
            break;                              /* the empty line, always the last */
        if (strchr(line, '\r') != NULL)
            return refuse(r, 400, "A line of the head holds a CR.");
        rv = first ? parse_request_line(r, line) : parse_header_line(r, line);
        first = 0;
        line = end + 1;
    }
    return rv == APR_SUCCESS ? parse_framing(r) : rv;
}

/* Take bytes of the head up to its end, line by line. */
static apr_status_t feed_head(bm_target_request_t *r, const char *data, apr_size_t len, apr_size_t *used)
{
    const char *newline = memchr(data, '\n', len);
    apr_size_t n = newline ? (apr_size_t)(newline - data) + 1 : len, line_len;

    *used = n;
    if (r->head.len + n > BM_TARGET_REQUEST_MAX_HEAD)
        return refuse(r, 431, "The request's head is too large.");
    if (bm_buffer_append(&r->head, data, n) != APR_SUCCESS)
        return refuse(r, 503, "Out of memory.");
    if (newline == NULL)
        return APR_SUCCESS;
    line_len = r->head.len - r->line;
    if (line_len > 2 || (line_len == 2 && r->head.data[r->line] != '\r')) {
        r->line = r->head.len;
        return APR_SUCCESS;
    }
    if (r->line == 0) {                         /* an empty line before the request line is skipped (RFC 9112, 2.2) */
        r->head.len = 0;
        r->extra += line_len;
        return r->extra > 100 ? refuse(r, 400, "There is no request line.") : APR_SUCCESS;
    }
    return parse_head(r);
}

static apr_status_t feed_data(bm_target_request_t *r, const char *data, apr_size_t len, apr_size_t *used)
{
    apr_size_t n = len < r->left ? len : (apr_size_t)r->left;

    *used = n;
    if (bm_buffer_append(&r->content, data, n) != APR_SUCCESS)
        return refuse(r, 413, "The request body is too large.");
    r->left -= n;
    if (r->left == 0)
        r->state = r->state == STATE_BODY ? STATE_COMPLETE : STATE_DATA_END;
    return APR_SUCCESS;
}

static apr_status_t feed_size(bm_target_request_t *r, char c)
{
    int digit = apr_isdigit(c) ? c - '0' : apr_isxdigit(c) ? (c | 32) - 'a' + 10 : -1;

    if (digit >= 0) {
        if (++r->digits > 15)
            return refuse(r, 400, "The size of a chunk is too long.");
        r->left = r->left * 16 + (apr_uint64_t)digit;
        return APR_SUCCESS;
    }
    if (r->digits == 0 || (c != '\r' && c != '\n' && c != ';' && c != ' ' && c != '\t'))
        return refuse(r, 400, "The size of a chunk is no number.");
    r->state = STATE_EXTENSION;
    return APR_SUCCESS;
}

static apr_status_t end_of_size(bm_target_request_t *r)
{
    r->digits = 0;
    if (r->left > r->body_limit - r->content.len)
        return refuse(r, 413, "The request body is too large.");
    r->state = r->left > 0 ? STATE_DATA : STATE_TRAILER;
    return APR_SUCCESS;
}

/* One byte of what frames the chunks. */
static apr_status_t feed_framing(bm_target_request_t *r, char c)
{
    apr_status_t rv = APR_SUCCESS;

    if (++r->extra > MAX_EXTRA + 6 * r->content.len)    /* 6: chunks of one byte are still welcome */
        return refuse(r, 400, "There is more framing than data.");
    switch (r->state) {
    case STATE_SIZE:
        rv = feed_size(r, c);
        if (rv != APR_SUCCESS || r->state != STATE_EXTENSION || c != '\n')
            return rv;
        return end_of_size(r);
    case STATE_EXTENSION:
        return c == '\n' ? end_of_size(r) : APR_SUCCESS;
    case STATE_DATA_END:
        if (c == '\n')
            r->state = STATE_SIZE;
        else if (c != '\r')
            return refuse(r, 400, "A chunk is longer than it says.");
        return APR_SUCCESS;
    default:                                    /* STATE_TRAILER; digits counts the bytes of the line */
        if (c == '\n' && r->digits == 0)
            r->state = STATE_COMPLETE;
        else if (c == '\n')
            r->digits = 0;
        else if (c != '\r')
            r->digits++;
        return APR_SUCCESS;
    }
}

apr_status_t bm_target_request_feed(bm_target_request_t *r, const char *data, apr_size_t len, apr_size_t *used)
{
    apr_size_t n;
    apr_status_t rv = r->state == STATE_FAILED ? APR_EINVAL : APR_SUCCESS;

    *used = 0;
    while (*used < len && rv == APR_SUCCESS && r->state != STATE_COMPLETE) {
        n = 1;
        if (r->state == STATE_HEAD)
            rv = feed_head(r, data + *used, len - *used, &n);
        else if (r->state == STATE_BODY || r->state == STATE_DATA)
            rv = feed_data(r, data + *used, len - *used, &n);
        else
            rv = feed_framing(r, data[*used]);
        *used += n;
    }
    if (rv != APR_SUCCESS || r->state != STATE_COMPLETE)
        return rv != APR_SUCCESS ? rv : APR_EAGAIN;
    r->wants_continue = 0;
    r->body = r->content.data ? r->content.data : "";
    r->body_len = r->content.len;
    return APR_SUCCESS;
}

static int hex_value(char c)
{
    return apr_isdigit(c) ? c - '0' : apr_isxdigit(c) ? (c | 32) - 'a' + 10 : -1;
}

/* "+" and %XX decoded; NULL: a wrong escape or a NUL. */
static const char *decode(const char *text, apr_size_t len, apr_pool_t *p)
{
    char *decoded = apr_palloc(p, len + 1), *to = decoded;
    const char *end = text + len;

    for (; text < end; text++) {
        if (*text == '%') {
            if (end - text < 3 || hex_value(text[1]) < 0 || hex_value(text[2]) < 0)
                return NULL;
            *to = (char)(hex_value(text[1]) * 16 + hex_value(text[2]));
            if (*to++ == '\0')
                return NULL;
            text += 2;
        }
        else
            *to++ = *text == '+' ? ' ' : *text;
    }
    *to = '\0';
    return decoded;
}

const char *bm_target_request_parameter(const bm_target_request_t *r, const char *name, apr_pool_t *p)
{
    const char *s = r->query;
    apr_size_t len = strlen(name);

    while (s != NULL && *s != '\0') {
        apr_size_t n = strcspn(s, "&");

        if (n > len && strncmp(s, name, len) == 0 && s[len] == '=')
            return decode(s + len + 1, n - len - 1, p);
        s += n + (s[n] == '&');
    }
    return NULL;
}
