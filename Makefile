# Quick build while the real one is written
F = build/release
CFLAGS = -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wpedantic -Wshadow -iquote runtime -iquote bindings -I/usr/include/lua5.4
all:
	mkdir -p $F
	gcc $(CFLAGS) bindings/embed.c -o $F/embed -llua5.4
	$F/embed lua $$(find lua/poe -name '*.lua' ! -name meta.lua) > $F/embedded.c
	gcc $(CFLAGS) runtime/*.c bindings/[!e]*.c $F/embedded.c -o $F/poe -llua5.4 -luv
