/* host_check.h -- what a machine does with memory behind a program's back: swap on an unencrypted device, core dumps handed to a collecting service.
 * Keys are safe from both (locked, not dumpable); answers in memory are not safe from swap, programs of a job not from core dumps. Each finding is a
 * warning with its remedy: E_HOST_SWAP, E_HOST_CORE. Swap in memory (zram) and on a device mapper (dm-crypt is one; LVM without it looks the same) is
 * not warned of. */
#ifndef SHIRABE_SECURE_STORE_HOST_CHECK_H
#define SHIRABE_SECURE_STORE_HOST_CHECK_H
#include "base/job.h"

/* proc: "/proc", or a folder that looks like it. Returns the number of findings; each goes to the job's sink. */
int host_check(const struct job *job, const char *proc);
#endif
