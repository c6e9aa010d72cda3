/* batch_inbox.h -- the batch files of a drop folder in name order (the numbers are in the names); receipts, hidden and half-written files are left out. */
#ifndef SHIRABE_COLLECTOR_BATCH_INBOX_H
#define SHIRABE_COLLECTOR_BATCH_INBOX_H
#include "base/arena.h"
#include "base/err.h"

enum err_code batch_inbox(struct arena *a, const char *folder, const char ***paths, int64_t *n, struct err *e) NODISCARD;
#endif
