/*
 * stream.h - buffered reading and writing of a handle
 */
#ifndef POE_STREAM_H
#define POE_STREAM_H

#include "handle.h"
#include "list.h"

#ifdef POE_TORTURE
#define OUT_BYTES 8   /* first room for output */
#else
#define OUT_BYTES 1024
#endif
#define OUT_SPARE 64    /* empty buffers of OUT_BYTES kept for the next who writes */
#define LINGER_MS 2000  /* how long the end of a run waits for a reader that does not read */

/* Bytes in one piece: at[0] to at[length - 1] of a block of `room`. */
struct bytes {
    char *block;
    size_t at, length, room;
};

/*
 * On a handle from open to close, or until what is left is written after a close.  Freed when it is
 * closed and neither the host nor a dispatch of ours points at it.
 */
struct poe_stream {
    struct owned owned;       /* first: see poe__handles_forget */
    poe_handle *handle;       /* NULL: gone */
    poe_session *session;     /* NULL: closed */
    struct hook *hooks[POE_HOOKS];
    char *state;              /* the name of its reading */
    size_t state_bytes;
    uint32_t refs;            /* the host's, the handle's and dispatches' */

    uint8_t framing;          /* enum poe_framing */
    uint8_t end_length;
    char end[POE_LINE_END];
    char swallow;             /* POE_FRAME_ANY: the other half of a line end, if it comes next */
    size_t most;              /* bytes of a record */
    size_t block;             /* bytes of a read */
    struct bytes rest;        /* read and not a record yet */
    struct bytes given;       /* holds what poe_stream_next has given last */
    const char *cut, *cut_end; /* what of the present read is still to be cut */

    struct bytes out;         /* to be written */
    const char *loan;         /* behind it, the host's bytes; NULL: none */
    size_t loan_length;
    poe_payload loan_payload; /* holds them */
    size_t messages;          /* puts in it */
    size_t high, low;         /* water marks; 0: none */
    int in_error;             /* how input has ended */
    int write_error;          /* to be told in the next write phase */
    struct list dirty;        /* in kernel->handles.dirty */

    unsigned paused : 1;
    unsigned idle : 1;        /* as if there were no hook for input */
    unsigned held : 1;        /* rest may have whole records in it */
    unsigned raised : 1;      /* the last handler it dispatched to raised */
    unsigned stuck : 1;       /* because of that rest may have whole records in it; they wait for more */
    unsigned in_ended : 1;    /* end of input, an error, or shut down */
    unsigned out_ended : 1;   /* failed or shut down */
    unsigned out_shut : 1;    /* shut down when all is written */
    unsigned blocked : 1;     /* the descriptor takes no more: waits for writability */
    unsigned unflushed : 1;   /* something was put since the last flushed event */
    unsigned in_high : 1;     /* the high mark was reached, the low mark not yet */
    unsigned kept : 1;        /* it keeps its session */
    unsigned output : 1;      /* for output too: keeps its session until that ends */
    unsigned closing : 1;     /* closed; ends when its output is written */
    unsigned socket : 1;      /* takes MSG_NOSIGNAL */
    unsigned guard : 1;       /* a pipe, and SIGPIPE would kill the process */
};

unsigned poe__stream_wants(const poe_stream *st);
void poe__stream_ready(poe_stream *st, enum poe_mode mode);
void poe__stream_cut(poe_stream *st);
void poe__streams_begin(poe_kernel *k);
void poe__streams_flush(poe_kernel *k);
void poe__streams_linger(poe_kernel *k);

#endif
