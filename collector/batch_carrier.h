/* batch_carrier.h -- writes a sealed batch for its medium: one file, parts of at most volume_bytes, zips around either. Each file is whole or not
 * there; path is the first one. A batch that fits into one part is one plain file. */
#ifndef SHIRABE_COLLECTOR_BATCH_CARRIER_H
#define SHIRABE_COLLECTOR_BATCH_CARRIER_H
#include "collector/batch.h"

enum err_code batch_write_carrier(const char *folder, const struct batch_carrier *c, const char *name, const char *id, struct str bytes,
                                  char path[4096], int64_t *files, struct err *e) NODISCARD;
#endif
