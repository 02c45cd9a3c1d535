/*
 * queue.c - the FIFO every posted event waits in: growing and giving back
 */
#include "queue.h"

#include <uv.h>

void
poe__queue_init(struct queue *q, uint64_t smallest)
{
    q->ring = NULL;
    q->head = q->tail = 0;
    q->mask = UINT64_MAX; /* capacity 0: mask + 1 wraps to 0 */
    q->smallest = smallest;
}

static size_t
ring_bytes(uint64_t capacity)
{
    return (size_t)capacity * sizeof(poe_event);
}

/* Moves the events into a ring of `capacity`; positions stay, slots change. */
static int
queue_move(struct queue *q, struct mem *m, uint64_t capacity)
{
    if (capacity > SIZE_MAX / sizeof(poe_event))
        return UV_ENOMEM;
    poe_event *ring = poe__mem_resize(m, NULL, 0, ring_bytes(capacity));
    if (!ring)
        return UV_ENOMEM;
    for (uint64_t at = q->head; q->ring && at != q->tail; at++)
        ring[at & (capacity - 1)] = q->ring[at & q->mask];
    poe__mem_free(m, q->ring, ring_bytes(q->mask + 1));
    q->ring = ring;
    q->mask = capacity - 1;
    return 0;
}

/* Doubles the ring.  Without memory nothing has changed. */
int
poe__queue_grow(struct queue *q, struct mem *m)
{
    return queue_move(q, m, q->ring ? (q->mask + 1) * 2 : q->smallest);
}

/* Gives back the ring of a burst that is over; keeps it when there is no memory for a smaller. */
void
poe__queue_shrink(struct queue *q, struct mem *m)
{
    if (q->ring && q->head == q->tail && q->mask + 1 > q->smallest)
        (void)queue_move(q, m, q->smallest);
}

/* Frees the ring; the caller has dropped what was in it. */
void
poe__queue_release(struct queue *q, struct mem *m)
{
    if (q->ring)
        poe__mem_free(m, q->ring, ring_bytes(q->mask + 1));
    poe__queue_init(q, q->smallest);
}
