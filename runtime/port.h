/*
 * port.h - posting from other threads
 */
#ifndef POE_PORT_H
#define POE_PORT_H

#include "list.h"
#include "poe.h"

void poe__ports_close(poe_kernel *k);

#endif
