/*
 * due.c - keys in due order, put into it only as far as somebody wants the first
 *
 * An incremental quicksort.  A key that is added waits unsorted behind those that come before it.  When
 * the first is asked for, the nearest unsorted part is split in two, and the nearer half again, until
 * so few are left that they are sorted; the other halves stay as they are until their turn comes.  So
 * a key whose timer is removed soon costs next to nothing, and the others a few passes over neighbours
 * in memory.
 *
 * Nothing is ever removed but the first: whose key it is knows whether it still means anything.
 */
#include "due.h"

#include <string.h>

static void
part_push(struct due *d, struct due_key low, uint32_t begin)
{
    if (d->parts == DUE_PARTS) /* the two that are farthest become one */
        memmove(d->part, d->part + 1, --d->parts * sizeof *d->part);
    d->part[d->parts++] = (struct due_part){ low, begin };
}

/* Puts `key` among the sorted ones, whose end is the hole. */
static void
front_add(struct due *d, struct due_key key)
{
    uint32_t at = d->front++;

    for (; at > d->begin && due_before(&key, &d->keys[at - 1]); at--)
        d->keys[at] = d->keys[at - 1];
    d->keys[at] = key;
    uint32_t count = d->front - d->begin;
    if (count > DUE_FRONT) {
        d->front -= count / 2;
        part_push(d, d->keys[d->front], d->front);
    }
}

/* There must be room.  Of each part that is due later the first key goes behind its last. */
void
poe__due_add(struct due *d, struct due_key key)
{
    uint32_t hole = d->end++;

    for (uint32_t i = 0; i < d->parts; i++) {
        if (!due_before(&key, &d->part[i].low)) {
            d->keys[hole] = key;
            return;
        }
        d->keys[hole] = d->keys[d->part[i].begin];
        hole = d->part[i].begin++;
    }
    if (d->parts || (d->begin < d->front && due_before(&key, &d->keys[d->front - 1]))) {
        front_add(d, key);
        return;
    }
    part_push(d, d->begin < d->front ? d->keys[d->front - 1] : (struct due_key){ .due_ns = INT64_MIN }, hole);
    d->keys[hole] = key;
}

static void
sort_few(struct due_key *keys, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct due_key key = keys[i];
        uint32_t at = i;
        for (; at > 0 && due_before(&key, &keys[at - 1]); at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

static uint32_t
median(const struct due_key *keys, uint32_t a, uint32_t b, uint32_t c)
{
    if (due_before(&keys[b], &keys[a])) {
        uint32_t swap = a;
        a = b;
        b = swap;
    }
    return due_before(&keys[c], &keys[a]) ? a : due_before(&keys[c], &keys[b]) ? c : b;
}

/* A key that is likely to have as many before it as after. */
static uint32_t
pivot_of(const struct due_key *keys, uint32_t count)
{
    uint32_t step = count / 9, of[3];

    for (uint32_t i = 0; i < 3; i++)
        of[i] = median(keys, 3 * i * step, (3 * i + 1) * step, (3 * i + 2) * step + step / 2);
    return median(keys, of[0], of[1], of[2]);
}

/* Splits keys, at least one on either side.  Returns where those begin that are not before `*pivot`. */
static uint32_t
split(struct due_key *keys, uint32_t count, struct due_key *pivot)
{
    struct due_key *last = &keys[count - 1];
    uint32_t at = pivot_of(keys, count), low = 0;
    struct due_key p = keys[at];

    keys[at] = *last;
    for (struct due_key *key = keys; key < last; key++) { /* no branch: which way is anybody's guess */
        struct due_key swap = *key;
        *key = keys[low];
        keys[low] = swap;
        low += (uint32_t)due_before(&swap, &p);
    }
    *last = keys[low];
    keys[low] = p;
    *pivot = p;
    return low ? low : 1; /* the first of all goes alone */
}

/* The sorted ones have been used up: sorts the next.  Returns 0 when there are none. */
int
poe__due_refill(struct due *d)
{
    while (d->parts) {
        struct due_part *part = &d->part[d->parts - 1];
        uint32_t begin = part->begin, count = (d->parts > 1 ? part[-1].begin : d->end) - begin;
        d->begin = d->front = begin;
        if (count <= DUE_SORTED) {
            sort_few(d->keys + begin, count);
            d->front += count;
            d->parts--;
            if (count)
                return 1;
            continue;
        }
        struct due_key low = part->low;
        part->begin = begin + split(d->keys + begin, count, &part->low);
        part_push(d, low, begin);
    }
    poe__due_clear(d);
    return 0;
}

/* Takes out all keys that mean nothing any more, and the room before the first. */
void
poe__due_sweep(struct due *d, int (*is_live)(const void *of, const struct due_key *key), const void *of)
{
    uint32_t to = 0, at = d->begin, end = d->front;

    d->begin = 0;
    for (uint32_t i = d->parts;; i--) {
        for (; at < end; at++)
            if (is_live(of, &d->keys[at]))
                d->keys[to++] = d->keys[at];
        if (i == d->parts)
            d->front = to;
        if (i == 0)
            break;
        d->part[i - 1].begin = to;
        end = i > 1 ? d->part[i - 2].begin : d->end;
    }
    d->end = to;
}

/* Makes room for more.  Without memory nothing has changed. */
int
poe__due_grow(struct due *d, struct mem *m)
{
    uint32_t room = d->room ? d->room * 2 : 16;
#ifdef POE_TORTURE
    room = d->room + 1;
#endif
    struct due_key *keys = room <= d->room ? NULL
                               : poe__mem_resize(m, d->keys, d->room * sizeof *keys, room * sizeof *keys);

    if (!keys)
        return 0;
    d->keys = keys;
    d->room = room;
    return 1;
}

/* There is no key beyond `room`. */
void
poe__due_shrink(struct due *d, struct mem *m, uint32_t room)
{
    d->keys = poe__mem_resize(m, d->keys, d->room * sizeof *d->keys, room * sizeof *d->keys);
    d->room = room;
}

void
poe__due_clear(struct due *d)
{
    d->begin = d->front = d->end = d->parts = 0;
}

void
poe__due_release(struct due *d, struct mem *m)
{
    poe__mem_free(m, d->keys, d->room * sizeof *d->keys);
    *d = (struct due){ 0 };
}
