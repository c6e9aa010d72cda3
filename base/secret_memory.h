/* secret_memory.h -- pages for keys and passphrases: locked, guarded, left out of dumps, empty in a forked child, wiped when freed.
 * Locked   the return code of mlock(2) is told; a caller of the standard profile refuses to go on without it (E_STORE_MLOCK). RLIMIT_MEMLOCK is 8 MiB
 *          on Debian: a command holds a handful of these areas, one page each.
 * Guarded  a page that cannot be written stands before and one that cannot be touched behind; an area ends where the page behind begins, so a write
 *          beyond it ends the process.
 * Fork     MADV_WIPEONFORK: a child sees zeros and may free the area; keys reach a worker only when they are handed to it.
 * Limits   copies that a function makes on its stack are wiped by it but not locked; the buffers of the terminal driver are not ours.
 * Source   mlock(2), madvise(2); NIST SP 800-57 part 1, 8.2.1.1 (keys in use). */
#ifndef SHIRABE_BASE_SECRET_MEMORY_H
#define SHIRABE_BASE_SECRET_MEMORY_H
#include <stdbool.h>
#include <stddef.h>

/* n bytes of zeros, aligned to 16; *locked tells whether mlock held. NULL when out of memory. */
void *secret_new(size_t n, bool *locked);
void secret_free(void *p); /* wipes; NULL allowed */
/* For the start of a program that will hold keys: no core file, no attaching by other processes of the user. */
void secret_process(void);
void secret_confined(void); /* after a filter on system calls: a test build then looks for no leaks at its end */
#endif
