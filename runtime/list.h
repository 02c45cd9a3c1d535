/*
 * list.h - the intrusive, circular, doubly linked list
 *
 * A list is a `struct list` that links to itself when empty; members embed another one.
 * Removing needs no list: whoever holds a member can take it out of whatever it is in.
 */
#ifndef POE_LIST_H
#define POE_LIST_H

#include <stddef.h>

struct list {
    struct list *prev, *next;
};

#define list_entry(link, type, member) ((type *)((char *)(link) - offsetof(type, member)))

static inline void
list_init(struct list *l)
{
    l->prev = l->next = l;
}

static inline int
list_empty(const struct list *l)
{
    return l->next == l;
}

/* Puts `item` right before `at`: at the tail when `at` is the list itself. */
static inline void
list_insert(struct list *at, struct list *item)
{
    item->prev = at->prev;
    item->next = at;
    at->prev->next = item;
    at->prev = item;
}

/* Takes `item` out and leaves it an empty list of its own, so that twice does no harm. */
static inline void
list_remove(struct list *item)
{
    item->prev->next = item->next;
    item->next->prev = item->prev;
    list_init(item);
}

/* Moves every member of `from` to the tail of `to`. */
static inline void
list_splice(struct list *to, struct list *from)
{
    if (list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    list_init(from);
}

#endif
