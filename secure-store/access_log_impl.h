/* access_log_impl.h -- the log object, for access_log.c (growing) and access_log_export.c (what outsiders get). */
#ifndef SHIRABE_SECURE_STORE_ACCESS_LOG_IMPL_H
#define SHIRABE_SECURE_STORE_ACCESS_LOG_IMPL_H
#include "secure-store/access_log.h"

struct access_log {
  struct log_device devices[LOG_DEVICES_MAX];
  int n_devices;
  struct merkle_frontier frontier;
  uint8_t (*leaf_hash)[MERKLE_HASH]; /* of every leaf */
  uint64_t capacity;
  int64_t last_wall;
  bool stopped; /* a device failed half-way: nothing may be appended any more */
};
#endif
