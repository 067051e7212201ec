/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "live/ws_session.h"

#ifdef HAVE_WSLAY

#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>
#include "policy/token_bucket.h"

/* wslay's frame layer, not its event layer. What 1.1.1's event layer would do with what clients can send (read and tried):
 *  - a frame that breaks the rules of frames ends with an empty Close instead of 1002;
 *  - a Close with one byte of payload counts as one without a code; 1012 to 1014, which IANA has registered, are refused;
 *  - the reason of a Close that comes in pieces has two bytes of every piece left out of its UTF-8 check;
 *  - each ping queues a pong on the heap, without a bound; each fragment costs about 100 bytes besides its payload. */

enum { CONTROL_MAX = 125, CODE_SIZE = 2, CONTROL_HEAD = 2, PONGS_MAX = 2048, FINAL = 0x80 };

typedef enum state_e {
    STATE_OPEN = 0,
    STATE_CLOSING,       /* we began: the client's answer is awaited, all else of it is passed over */
    STATE_CLOSED         /* nothing more is read */
} state_e;

/* Where a character is that has begun: bytes it needs yet, and what the next may be. */
typedef struct utf8_t {
    unsigned char need, low, high;
} utf8_t;

struct bm_ws_session_t {
    bm_ws_message_fn *message;
    void *baton;
    wslay_frame_context_ptr frames;
    const char *in;              /* during bm_ws_session_receive: what wslay has not taken yet */
    apr_size_t in_len;
    bm_token_bucket_t rate;
    state_e state;
    int in_frame;                /* its head was seen, its end not yet */
    apr_uint64_t offset;         /* of its payload, what has come */
    int in_message;              /* of text: its first frame was seen, its last not yet */
    bm_buffer_t text;            /* empty and without memory between messages */
    utf8_t utf8;
    unsigned char control[CONTROL_MAX];
    apr_size_t control_len;
    bm_buffer_t pongs;           /* at most PONGS_MAX; without memory while there are none */
    int ping;
    int close_due;               /* a Close with this payload is to be sent */
    unsigned char close[CONTROL_MAX];
    apr_size_t close_len;
};

/* Whether bytes may follow what came before; fails at the first byte that no valid text can have (Unicode, table 3-7). */
static int utf8_take(utf8_t *u, const unsigned char *s, apr_size_t len)
{
    for (; len > 0; s++, len--) {
        if (u->need > 0) {
            if (*s < u->low || *s > u->high)
                return 0;
            u->need--;
            u->low = 0x80;
            u->high = 0xbf;
            continue;
        }
        if (*s < 0x80)
            continue;
        if (*s < 0xc2 || *s > 0xf4)
            return 0;
        u->need = *s < 0xe0 ? 1 : *s < 0xf0 ? 2 : 3;
        u->low = *s == 0xe0 ? 0xa0 : *s == 0xf0 ? 0x90 : 0x80;
        u->high = *s == 0xed ? 0x9f : *s == 0xf4 ? 0x8f : 0xbf;
    }
    return 1;
}

static ssize_t give(uint8_t *to, size_t len, int flags, void *baton)
{
    bm_ws_session_t *session = baton;

    (void)flags;
    if (len > session->in_len)
        len = session->in_len;
    if (len > 0)
        memcpy(to, session->in, len);
    session->in += len;
    session->in_len -= len;
    return (ssize_t)len;
}

apr_status_t bm_ws_session_make(bm_ws_session_t **psession, bm_ws_message_fn *message, void *baton)
{
    static const struct wslay_frame_callbacks callbacks = { .recv_callback = give };
    bm_ws_session_t *session = calloc(1, sizeof(*session));

    *psession = NULL;
    if (session == NULL)
        return APR_ENOMEM;
    if (wslay_frame_context_init(&session->frames, &callbacks, session) != 0) {
        free(session);
        return APR_ENOMEM;
    }
    session->message = message;
    session->baton = baton;
    session->text.limit = BM_WS_MESSAGE_MAX;
    session->pongs.limit = PONGS_MAX;
    session->rate.rate = BM_WS_FRAMES_PER_SECOND;
    session->rate.burst = BM_WS_FRAMES_BURST;
    *psession = session;
    return APR_SUCCESS;
}

/* --- the end */

/* code 0: without one. */
static void begin_close(bm_ws_session_t *session, int code, const char *reason, apr_size_t len)
{
    session->state = STATE_CLOSING;
    session->close_due = 1;
    if (code == 0)
        return;
    session->close[0] = (unsigned char)(code >> 8);
    session->close[1] = (unsigned char)code;
    if (len > 0)
        memcpy(session->close + CODE_SIZE, reason, len);
    session->close_len = CODE_SIZE + len;
}

void bm_ws_session_close(bm_ws_session_t *session, int code, const char *reason)
{
    apr_size_t len = reason ? strlen(reason) : 0;

    if (session->state != STATE_OPEN)
        return;
    if (len > CONTROL_MAX - CODE_SIZE) {
        len = CONTROL_MAX - CODE_SIZE;
        while (len > 0 && ((unsigned char)reason[len] & 0xc0) == 0x80)      /* not within a character */
            len--;
    }
    begin_close(session, code, reason, len);
}

int bm_ws_session_closing(const bm_ws_session_t *session)
{
    return session->state != STATE_OPEN;
}

/* RFC 6455 7.1.7: a Close is sent, and nothing is read any more. */
static void fail(bm_ws_session_t *session, int code)
{
    bm_ws_session_close(session, code, NULL);
    session->state = STATE_CLOSED;
}

/* Which codes a client may send: RFC 6455 7.4.1 and 7.4.2, with what IANA has registered since (1012 to 1014). */
static int is_close_code(int code)
{
    return (code >= WSLAY_CODE_NORMAL_CLOSURE && code <= WSLAY_CODE_UNSUPPORTED_DATA)
           || (code >= WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA && code <= BM_WS_TRY_LATER + 1)
           || (code >= 3000 && code <= 4999);
}

static void take_close(bm_ws_session_t *session)
{
    apr_size_t len = session->control_len;
    int code = len >= CODE_SIZE ? session->control[0] << 8 | session->control[1] : 0;
    utf8_t utf8 = { 0 };

    if (len == 1 || (len >= CODE_SIZE && !is_close_code(code)))
        fail(session, WSLAY_CODE_PROTOCOL_ERROR);
    else if (len > CODE_SIZE && (!utf8_take(&utf8, session->control + CODE_SIZE, len - CODE_SIZE) || utf8.need > 0))
        fail(session, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA);
    else if (session->state == STATE_OPEN)
        begin_close(session, code, NULL, 0);
    session->state = STATE_CLOSED;
}

/* --- what comes */

/* A client that pings and does not read gets an answer to its last pings only, which RFC 6455 5.5.3 allows. */
static void take_ping(bm_ws_session_t *session)
{
    unsigned char head[CONTROL_HEAD] = { FINAL | WSLAY_PONG, (unsigned char)session->control_len };

    if (session->state != STATE_OPEN)
        return;
    if (session->pongs.len + sizeof(head) + session->control_len > PONGS_MAX)
        bm_buffer_clear(&session->pongs);
    if (bm_buffer_reserve(&session->pongs, sizeof(head) + session->control_len) != APR_SUCCESS)
        return;
    bm_buffer_append(&session->pongs, head, sizeof(head));
    bm_buffer_append(&session->pongs, session->control, session->control_len);
}

/* The head of a frame was seen. @return the code to close with; 0: it is as it should be. wslay has checked that control
 * frames are whole and short, and lengths minimal and below 2^63. */
static int begin_frame(bm_ws_session_t *session, const struct wslay_frame_iocb *frame, apr_int64_t now_ns)
{
    if (!frame->mask || frame->rsv != 0)
        return WSLAY_CODE_PROTOCOL_ERROR;
    if (bm_token_bucket_take(&session->rate, now_ns) > now_ns)
        return WSLAY_CODE_POLICY_VIOLATION;
    session->offset = 0;
    switch (frame->opcode) {
    case WSLAY_CONNECTION_CLOSE:
    case WSLAY_PING:
    case WSLAY_PONG:
        session->control_len = 0;
        return 0;
    case WSLAY_CONTINUATION_FRAME:
        if (!session->in_message)
            return WSLAY_CODE_PROTOCOL_ERROR;
        break;
    case WSLAY_TEXT_FRAME:
    case WSLAY_BINARY_FRAME:
        if (session->in_message)
            return WSLAY_CODE_PROTOCOL_ERROR;
        if (frame->opcode == WSLAY_BINARY_FRAME)
            return WSLAY_CODE_UNSUPPORTED_DATA;
        session->in_message = 1;
        break;
    default:
        return WSLAY_CODE_PROTOCOL_ERROR;
    }
    return frame->payload_length > BM_WS_MESSAGE_MAX - session->text.len ? WSLAY_CODE_MESSAGE_TOO_BIG : 0;
}

static void end_message(bm_ws_session_t *session)
{
    bm_buffer_t text = session->text;

    session->in_message = 0;
    session->text = (bm_buffer_t){ .limit = BM_WS_MESSAGE_MAX };
    if (session->utf8.need > 0)
        fail(session, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA);
    else if (session->state == STATE_OPEN)
        session->message(session->baton, text.data ? text.data : "", text.len);
    bm_buffer_free(&text);
}

static void end_frame(bm_ws_session_t *session, const struct wslay_frame_iocb *frame)
{
    session->in_frame = 0;
    if (frame->opcode == WSLAY_CONNECTION_CLOSE)
        take_close(session);
    else if (frame->opcode == WSLAY_PING)
        take_ping(session);
    else if (!wslay_is_ctrl_frame(frame->opcode) && frame->fin)
        end_message(session);
}

/* A piece of a frame's payload, the first with its head; wslay has unmasked it. @return as begin_frame. */
static int take(bm_ws_session_t *session, const struct wslay_frame_iocb *frame, apr_int64_t now_ns)
{
    int code = session->in_frame ? 0 : begin_frame(session, frame, now_ns);

    if (code != 0)
        return code;
    session->in_frame = 1;
    session->offset += frame->data_length;
    if (wslay_is_ctrl_frame(frame->opcode)) {
        memcpy(session->control + session->control_len, frame->data, frame->data_length);
        session->control_len += frame->data_length;
    }
    else if (!utf8_take(&session->utf8, frame->data, frame->data_length))
        return WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA;
    else if (session->state == STATE_OPEN && bm_buffer_append(&session->text, frame->data, frame->data_length) != APR_SUCCESS)
        return WSLAY_CODE_INTERNAL_SERVER_ERROR;
    if (session->offset == frame->payload_length)
        end_frame(session, frame);
    return 0;
}

apr_status_t bm_ws_session_receive(bm_ws_session_t *session, const char *data, apr_size_t len, apr_int64_t now_ns)
{
    struct wslay_frame_iocb frame;
    int code = 0;

    session->in = data;
    session->in_len = len;
    while (session->state != STATE_CLOSED && code == 0) {
        ssize_t n;

        memset(&frame, 0, sizeof(frame));
        n = wslay_frame_recv(session->frames, &frame);
        if (n == WSLAY_ERR_WANT_READ)
            break;
        code = n < 0 ? WSLAY_CODE_PROTOCOL_ERROR : take(session, &frame, now_ns);
    }
    session->in = NULL;
    session->in_len = 0;
    if (code != 0)
        fail(session, code);
    return session->state == STATE_CLOSED ? APR_EOF : APR_SUCCESS;
}

/* --- what goes */

void bm_ws_session_ping(bm_ws_session_t *session)
{
    session->ping = 1;
}

apr_status_t bm_ws_session_output(bm_ws_session_t *session, bm_buffer_t *out)
{
    static const unsigned char ping[CONTROL_HEAD] = { FINAL | WSLAY_PING, 0 };
    unsigned char head[CONTROL_HEAD] = { FINAL | WSLAY_CONNECTION_CLOSE, (unsigned char)session->close_len };
    apr_status_t rv = bm_buffer_reserve(out, session->pongs.len + sizeof(ping) + sizeof(head) + session->close_len);

    if (rv != APR_SUCCESS)
        return rv;
    bm_buffer_append(out, session->pongs.data, session->pongs.len);
    bm_buffer_free(&session->pongs);
    if (session->ping && session->state == STATE_OPEN)
        bm_buffer_append(out, ping, sizeof(ping));
    session->ping = 0;
    if (session->close_due) {
        bm_buffer_append(out, head, sizeof(head));
        bm_buffer_append(out, session->close, session->close_len);
        session->close_due = 0;
    }
    return APR_SUCCESS;
}

void bm_ws_session_free(bm_ws_session_t *session)
{
    if (session == NULL)
        return;
    wslay_frame_context_free(session->frames);
    bm_buffer_free(&session->text);
    bm_buffer_free(&session->pongs);
    free(session);
}

#else /* built without wslay: no session is ever made */

apr_status_t bm_ws_session_make(bm_ws_session_t **psession, bm_ws_message_fn *message, void *baton)
{
    (void)message;
    (void)baton;
    *psession = NULL;
    return APR_ENOTIMPL;
}

apr_status_t bm_ws_session_receive(bm_ws_session_t *session, const char *data, apr_size_t len, apr_int64_t now_ns)
{
    (void)session;
    (void)data;
    (void)len;
    (void)now_ns;
    return APR_ENOTIMPL;
}

apr_status_t bm_ws_session_output(bm_ws_session_t *session, bm_buffer_t *out)
{
    (void)session;
    (void)out;
    return APR_ENOTIMPL;
}

void bm_ws_session_ping(bm_ws_session_t *session)
{
    (void)session;
}

void bm_ws_session_close(bm_ws_session_t *session, int code, const char *reason)
{
    (void)session;
    (void)code;
    (void)reason;
}

int bm_ws_session_closing(const bm_ws_session_t *session)
{
    (void)session;
    return 1;
}

void bm_ws_session_free(bm_ws_session_t *session)
{
    (void)session;
}

#endif
