/*
 * queue.h - the FIFO every posted event waits in
 *
 * Events sit by value in a power-of-two ring; head and tail only grow and the slot is their low
 * bits, so a position names an event for ever and "was posted before" is a comparison.  Pushing
 * allocates only when the ring doubles.  Nothing here looks inside a payload: it belongs to the
 * event until dispatch or drop gives it back.
 */
#ifndef POE_QUEUE_H
#define POE_QUEUE_H

#include "mem.h"
#include "poe.h"

/* tail - head <= capacity, and capacity is zero or a power of two. */
struct queue {
    poe_event *ring;
    uint64_t head, tail; /* positions: next to leave, next to come */
    uint64_t mask;       /* capacity - 1; all ones while there is no ring */
    uint64_t smallest;   /* capacity of the first ring, a power of two */
};

void poe__queue_init(struct queue *q, uint64_t smallest);
void poe__queue_release(struct queue *q, struct mem *m);
int poe__queue_grow(struct queue *q, struct mem *m);
void poe__queue_shrink(struct queue *q, struct mem *m);

static inline uint64_t
queue_count(const struct queue *q)
{
    return q->tail - q->head;
}

static inline int
queue_full(const struct queue *q)
{
    return q->tail - q->head == q->mask + 1;
}

/* The slot for one more event, for the caller to fill.  Only of a queue that is not full. */
static inline poe_event *
queue_slot(struct queue *q)
{
    return &q->ring[q->tail++ & q->mask];
}

/* The same; NULL when there is no memory for more room. */
static inline poe_event *
queue_push(struct queue *q, struct mem *m)
{
    return queue_full(q) && poe__queue_grow(q, m) < 0 ? NULL : queue_slot(q);
}

static inline poe_event *
queue_head(const struct queue *q)
{
    return &q->ring[q->head & q->mask];
}

#endif
