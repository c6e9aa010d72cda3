/* ext_zstd_impl.h -- memory of the library that is wiped when freed, shared by the whole and the streamed side of the adapter. */
#ifndef SHIRABE_BASE_EXT_ZSTD_IMPL_H
#define SHIRABE_BASE_EXT_ZSTD_IMPL_H
#include <stddef.h>

enum { ZSTD_WINDOW_LOG_MAX = 23 };
void *zstd_wiped_alloc(void *opaque, size_t n);
void zstd_wiped_free(void *opaque, void *address);
#endif
