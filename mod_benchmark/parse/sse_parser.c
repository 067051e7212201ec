/* SPDX-License-Identifier: Apache-2.0
 *
 * A state machine over bytes (sse_state_e). Values are copied in runs, from here to the next CR or LF;
 * both positions are remembered within a feed, so that neither a stream without any CR nor one
 * without any LF is scanned again for every line. */
#include "parse/sse_parser.h"

#include <string.h>
#include "base/buffer.h"
#include "parse/sse_draft.h"

typedef enum sse_state_e {
    SSE_BOM,       /* at the very start, a byte order mark may be coming; left at the first byte that does not fit it */
    SSE_LINE,      /* before the first byte of a line; an end of line here ends the event */
    SSE_NAME,      /* in a field name; left at ':' or at the end of the line */
    SSE_SPACE,     /* behind the ':'; one space is dropped, then the value begins */
    SSE_VALUE,     /* in the value of a field that we keep; left at the end of the line */
    SSE_SKIP,      /* in a line that nobody wants; left at its end */
    SSE_COMMENT,   /* in a comment; left at the end of the line */
    SSE_CR,        /* behind a CR that ended a line; an LF here belongs to it, anything else begins the next line */
    SSE_FAILED     /* too large, or stopped by the callback; only a reset leaves it */
} sse_state_e;

typedef enum sse_line_e {
    LINE_FIELD, LINE_COMMENT, LINE_BLANK
} sse_line_e;

struct bm_sse_parser_t {
    bm_sse_event_fn *on_event;
    bm_sse_comment_fn *on_comment;
    void *baton;
    apr_status_t rv;               /* why the state is SSE_FAILED */
    sse_state_e state;
    sse_line_e line;               /* what the line was that ended last */
    char name[BM_SSE_NAME_MAX];    /* of the current field */
    apr_size_t name_len;           /* its bytes so far; those of the byte order mark in SSE_BOM */
    bm_sse_draft_t draft;          /* the event so far */
    bm_buffer_t comment;           /* the comment so far */
    apr_int64_t pos;               /* offset of the next byte */
    apr_int64_t tag;               /* of the current feed */
    apr_int64_t first;             /* offset of the event's first byte; -1: it has none yet */
    apr_int64_t line_first;        /* offset of the current line's first byte */
    apr_int64_t mark;              /* offset of the last byte of the last line that was no comment */
    apr_int64_t mark_tag;
    apr_int64_t events;
    apr_int64_t comments;
};

/* A feed: where we are, and the next CR and LF (end: there is none; -1: not looked for yet). */
typedef struct sse_scan_t {
    const char *bytes;
    apr_ssize_t at, end, cr, lf;
} sse_scan_t;

bm_sse_parser_t *bm_sse_parser_make(bm_sse_event_fn *on_event, bm_sse_comment_fn *on_comment, void *baton,
                                    apr_size_t max_event_bytes, apr_pool_t *p)
{
    bm_sse_parser_t *parser = apr_pcalloc(p, sizeof(*parser));

    parser->on_event = on_event;
    parser->on_comment = on_comment;
    bm_sse_draft_init(&parser->draft, max_event_bytes ? max_event_bytes : BM_SSE_EVENT_MAX, p);
    bm_buffer_adopt(&parser->comment, p);
    bm_sse_parser_reset(parser, baton);
    return parser;
}

void bm_sse_parser_reset(bm_sse_parser_t *parser, void *baton)
{
    bm_sse_draft_reset(&parser->draft);
    bm_buffer_clear(&parser->comment);
    parser->baton = baton;
    parser->rv = APR_SUCCESS;
    parser->state = SSE_BOM;
    parser->line = LINE_BLANK;
    parser->name_len = 0;
    parser->pos = parser->tag = parser->line_first = 0;
    parser->first = -1;
    parser->mark = parser->mark_tag = 0;
    parser->events = parser->comments = 0;
}

/* Remember rv and stop, unless it is APR_SUCCESS. */
static void note(bm_sse_parser_t *parser, apr_status_t rv)
{
    if (rv != APR_SUCCESS) {
        parser->rv = rv;
        parser->state = SSE_FAILED;
    }
}

/* Deliver what has been collected; an event without any data is none (it may have set id and retry). */
static void dispatch(bm_sse_parser_t *parser, int unterminated)
{
    bm_sse_event_t event = { 0 };
    apr_status_t rv;

    if (parser->draft.has_data) {
        rv = bm_sse_draft_read(&parser->draft, &event);
        if (rv == APR_SUCCESS) {
            event.first = parser->first;
            event.last = parser->mark;
            event.tag = parser->mark_tag;
            event.unterminated = unterminated ? 1 : 0;
            parser->events++;
            rv = parser->on_event(parser->baton, &event);
        }
        note(parser, rv);
    }
    bm_sse_draft_clear(&parser->draft);
    parser->first = -1;
}

static void put_comment(bm_sse_parser_t *parser, const char *bytes, apr_size_t len)
{
    apr_size_t room = BM_SSE_COMMENT_MAX + 1 - parser->comment.len;   /* one more: the space that is dropped */

    note(parser, bm_buffer_append(&parser->comment, bytes, len < room ? len : room));
}

static void end_comment(bm_sse_parser_t *parser, apr_int64_t last)
{
    const char *text = parser->comment.data;
    apr_size_t len = parser->comment.len;

    parser->comments++;
    if (parser->on_comment == NULL)
        return;
    if (len > 0 && *text == ' ') {
        text++;
        len--;
    }
    parser->on_comment(parser->baton, len ? text : "", len < BM_SSE_COMMENT_MAX ? len : BM_SSE_COMMENT_MAX,
                       parser->line_first, last);
}

/* What the line that ends with the byte before `last + 1` meant. The state says how far into it we were. */
static void end_line(bm_sse_parser_t *parser, apr_int64_t last)
{
    parser->line = LINE_FIELD;
    switch (parser->state) {
    case SSE_LINE:
        parser->line = LINE_BLANK;
        break;
    case SSE_COMMENT:
        parser->line = LINE_COMMENT;
        end_comment(parser, last);
        break;
    case SSE_NAME:                  /* a field without a colon has an empty value */
        note(parser, bm_sse_draft_begin(&parser->draft, parser->name, parser->name_len));
        note(parser, bm_sse_draft_end(&parser->draft));
        break;
    case SSE_SPACE:
    case SSE_VALUE:
        note(parser, bm_sse_draft_end(&parser->draft));
        break;
    default:
        break;
    }
}

static void set_mark(bm_sse_parser_t *parser, apr_int64_t offset)
{
    if (parser->line != LINE_COMMENT) {
        parser->mark = offset;
        parser->mark_tag = parser->tag;
    }
}

static int is_eol(char c)
{
    return c == '\n' || c == '\r';
}

/* The current byte is a CR or LF that ends the current line. */
static void take_eol(bm_sse_parser_t *parser, sse_scan_t *scan)
{
    apr_int64_t offset = parser->pos + scan->at;
    char c = scan->bytes[scan->at++];

    end_line(parser, offset);
    if (parser->state == SSE_FAILED)
        return;
    set_mark(parser, offset);
    if (c == '\r') {
        parser->state = SSE_CR;     /* whether a blank line ends here is known one byte later */
        return;
    }
    parser->state = SSE_LINE;
    if (parser->line == LINE_BLANK)
        dispatch(parser, 0);
}

static void take_after_cr(bm_sse_parser_t *parser, sse_scan_t *scan)
{
    if (scan->bytes[scan->at] == '\n')
        set_mark(parser, parser->pos + scan->at++);
    parser->state = SSE_LINE;
    if (parser->line == LINE_BLANK)
        dispatch(parser, 0);
}

static void take_bom(bm_sse_parser_t *parser, sse_scan_t *scan)
{
    static const char bom[] = "\xef\xbb\xbf";

    if (scan->bytes[scan->at] == bom[parser->name_len]) {
        scan->at++;
        if (++parser->name_len == 3)
            parser->state = SSE_LINE;
        return;
    }
    /* Half a byte order mark is the beginning of a field name that we do not know. */
    if (parser->name_len > 0)
        parser->first = 0;
    parser->state = parser->name_len > 0 ? SSE_SKIP : SSE_LINE;
}

static void take_line_start(bm_sse_parser_t *parser, sse_scan_t *scan)
{
    char c = scan->bytes[scan->at];

    if (is_eol(c)) {
        take_eol(parser, scan);
        return;
    }
    parser->line_first = parser->pos + scan->at;
    parser->name_len = 0;
    if (c == ':') {
        scan->at++;
        bm_buffer_clear(&parser->comment);
        parser->state = SSE_COMMENT;
        return;
    }
    if (parser->first < 0)
        parser->first = parser->line_first;
    parser->state = SSE_NAME;
}

static void take_name(bm_sse_parser_t *parser, sse_scan_t *scan)
{
    char c = scan->bytes[scan->at];

    if (is_eol(c)) {
        take_eol(parser, scan);
        return;
    }
    scan->at++;
    if (c == ':') {
        parser->state = SSE_SPACE;
        note(parser, bm_sse_draft_begin(&parser->draft, parser->name, parser->name_len));
    }
    else if (parser->name_len == BM_SSE_NAME_MAX)
        parser->state = SSE_SKIP;
    else
        parser->name[parser->name_len++] = c;
}

static apr_ssize_t find_byte(const sse_scan_t *scan, char c)
{
    const char *from = scan->bytes + scan->at;
    const char *found = memchr(from, c, (apr_size_t)(scan->end - scan->at));

    return found ? found - scan->bytes : scan->end;
}

/* The rest of the line as far as it is here: a value, a comment, or nothing we want. */
static void take_run(bm_sse_parser_t *parser, sse_scan_t *scan)
{
    const char *run = scan->bytes + scan->at;
    apr_ssize_t stop;
    apr_size_t len;

    if (scan->lf < scan->at)
        scan->lf = find_byte(scan, '\n');
    if (scan->cr < scan->at)
        scan->cr = find_byte(scan, '\r');
    stop = scan->cr < scan->lf ? scan->cr : scan->lf;
    len = (apr_size_t)(stop - scan->at);
    if (parser->state == SSE_VALUE)
        note(parser, bm_sse_draft_put(&parser->draft, run, len));
    else if (parser->state == SSE_COMMENT && parser->on_comment != NULL)
        put_comment(parser, run, len);
    scan->at = stop;
    if (stop < scan->end && parser->state != SSE_FAILED)
        take_eol(parser, scan);
}

apr_status_t bm_sse_parser_feed(bm_sse_parser_t *parser, const void *bytes, apr_size_t len, apr_int64_t tag)
{
    sse_scan_t scan = { bytes, 0, (apr_ssize_t)len, -1, -1 };

    parser->tag = tag;
    while (scan.at < scan.end && parser->state != SSE_FAILED) {
        switch (parser->state) {
        case SSE_BOM:
            take_bom(parser, &scan);
            break;
        case SSE_LINE:
            take_line_start(parser, &scan);
            break;
        case SSE_NAME:
            take_name(parser, &scan);
            break;
        case SSE_SPACE:
            if (scan.bytes[scan.at] == ' ')
                scan.at++;
            parser->state = SSE_VALUE;
            break;
        case SSE_CR:
            take_after_cr(parser, &scan);
            break;
        default:
            take_run(parser, &scan);
            break;
        }
    }
    parser->pos += (apr_int64_t)len;
    return parser->rv;
}

apr_status_t bm_sse_parser_finish(bm_sse_parser_t *parser)
{
    if (parser->state == SSE_FAILED)
        return parser->rv;
    if (parser->state == SSE_CR) {
        if (parser->line == LINE_BLANK)
            dispatch(parser, 0);
    }
    else if (parser->state != SSE_LINE && parser->state != SSE_BOM) {
        end_line(parser, parser->pos - 1);
        set_mark(parser, parser->pos - 1);
    }
    if (parser->state != SSE_FAILED) {
        parser->state = SSE_LINE;
        dispatch(parser, 1);
    }
    return parser->rv;
}

apr_int64_t bm_sse_parser_events(const bm_sse_parser_t *parser)
{
    return parser->events;
}

apr_int64_t bm_sse_parser_comments(const bm_sse_parser_t *parser)
{
    return parser->comments;
}

apr_int64_t bm_sse_parser_offset(const bm_sse_parser_t *parser)
{
    return parser->pos;
}
