/*
 * alias.c - name -> session
 *
 * A name has one owner and dies with it.  Each one is a reason to keep the session, but a weak
 * one: when nothing else is going on IDLE ends those who have no other (R85-R90).
 */
#include "alias.h"

#include <string.h>

#include "kernel.h"

/* FNV-1a */
uint32_t
poe__hash(const char *name)
{
    uint32_t h = 2166136261u;

    for (const unsigned char *p = (const unsigned char *)name; *p; p++)
        h = (h ^ *p) * 16777619u;
    return h;
}

static size_t
alias_bytes(const char *name)
{
    return sizeof(struct alias) + strlen(name) + 1;
}

/* The slot of `name`, or the empty one where it would go. */
static uint32_t
aliases_slot(const struct aliases *a, const char *name, uint32_t hash)
{
    uint32_t i = hash & a->mask;

    while (a->slots[i] && (a->slots[i]->hash != hash || strcmp(a->slots[i]->name, name) != 0))
        i = (i + 1) & a->mask;
    return i;
}

static int
aliases_grow(struct aliases *a, struct mem *m)
{
    uint32_t capacity = a->slots ? (a->mask + 1) * 2 : 16;
    struct alias **slots = poe__mem_zero(m, capacity * sizeof *slots);
    if (!slots)
        return UV_ENOMEM;

    struct aliases grown = { slots, capacity - 1, a->count };
    for (uint32_t i = 0; a->slots && i <= a->mask; i++)
        if (a->slots[i])
            slots[aliases_slot(&grown, a->slots[i]->name, a->slots[i]->hash)] = a->slots[i];
    if (a->slots)
        poe__mem_free(m, a->slots, (a->mask + 1) * sizeof *slots);
    *a = grown;
    return 0;
}

poe_session *
poe_alias_find(poe_kernel *k, const char *name)
{
    struct aliases *a = &k->aliases;
    if (a->count == 0)
        return NULL;
    struct alias *alias = a->slots[aliases_slot(a, name, poe__hash(name))];
    return alias ? alias->session : NULL;
}

int
poe_alias_set(poe_kernel *k, const char *name)
{
    struct aliases *a = &k->aliases;
    poe_session *s = k->frame->session;
    poe_session *owner = poe_alias_find(k, name);

    if (owner)
        return owner == s ? 0 : UV_EEXIST;
    if (s->flags & SESSION_STOPPED)
        return UV_ESRCH;
    if (!poe__session_more(s))
        return UV_ENOMEM;
    if ((!a->slots || a->count * 4 >= (a->mask + 1) * 3) && aliases_grow(a, &k->mem) < 0)
        return UV_ENOMEM;
    struct alias *alias = poe__mem_resize(&k->mem, NULL, 0, alias_bytes(name));
    if (!alias)
        return UV_ENOMEM;
    strcpy(alias->name, name);
    alias->hash = poe__hash(name);
    alias->session = s;

    struct alias **at = &s->more->aliases;
    while (*at && strcmp((*at)->name, name) < 0)
        at = &(*at)->next;
    alias->next = *at;
    *at = alias;
    a->slots[aliases_slot(a, name, alias->hash)] = alias;
    a->count++;
    poe_session_keep(s, POE_KEEP_ALIAS);
    FACT(k, POE_FACT_NAMED, POE_EVENT_POST, 0, s, NULL);
    return 0;
}

/* Empties a slot and moves back whoever had been pushed past it. */
static void
aliases_close(struct aliases *a, uint32_t gap)
{
    uint32_t i = gap;

    for (;;) {
        i = (i + 1) & a->mask;
        if (!a->slots[i])
            break;
        uint32_t home = a->slots[i]->hash & a->mask;
        if (((i - home) & a->mask) >= ((i - gap) & a->mask)) {
            a->slots[gap] = a->slots[i];
            gap = i;
        }
    }
    a->slots[gap] = NULL;
    a->count--;
}

static void
alias_remove(poe_kernel *k, struct alias *alias)
{
    struct alias **at = &alias->session->more->aliases;

    while (*at != alias)
        at = &(*at)->next;
    *at = alias->next;
    aliases_close(&k->aliases, aliases_slot(&k->aliases, alias->name, alias->hash));
    poe_session_unkeep(alias->session, POE_KEEP_ALIAS);
    poe__mem_free(&k->mem, alias, alias_bytes(alias->name));
}

int
poe_alias_remove(poe_kernel *k, const char *name)
{
    poe_session *owner = poe_alias_find(k, name);

    if (!owner)
        return UV_ESRCH;
    if (owner != k->frame->session)
        return UV_EPERM;
    alias_remove(k, k->aliases.slots[aliases_slot(&k->aliases, name, poe__hash(name))]);
    return 0;
}

const char *
poe_alias_next(const poe_session *s, const char *after)
{
    const struct alias *a = s->more ? s->more->aliases : NULL;

    while (after && a && strcmp(a->name, after) <= 0)
        a = a->next;
    return a ? a->name : NULL;
}

/* All names of a session that ends. */
void
poe__alias_forget(poe_session *s)
{
    while (s->more && s->more->aliases)
        alias_remove(s->kernel, s->more->aliases);
}

void
poe__aliases_release(poe_kernel *k)
{
    if (k->aliases.slots)
        poe__mem_free(&k->mem, k->aliases.slots, (k->aliases.mask + 1) * sizeof(struct alias *));
    k->aliases.slots = NULL;
}
