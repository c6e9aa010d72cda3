/* pattern.h -- records as packed patterns of key variables, and groups of patterns that agree on some of the keys.
 * Shapes   n records, m keys (1..MICRO_KEYS_MOST); codes of a key are dense, 1..n_codes in order of first appearance; 0 stands for missing inside a
 *          pattern (the status of the table decided). A set of keys is a bit mask: bit j = key j.
 * Missing  any status that is not present(); kinds of missing are one kind here.
 * Method   codes are packed into 64 bits by mixed radix and looked up in a hash table; keys that do not fit are made dense on the way, so that keys
 *          with 10^5 values are no limit.
 * Errors   E_MICRO_KEYS (number, double name), E_MICRO_VARIABLE (absent, or COL_REAL), E_CAP_EXCEEDED (more than 2^31 - 1 records), E_NO_MEMORY.
 * Memory   4 bytes a record and key, 4 a record, some 40 a pattern, from the arena. Cost: one hash look-up a record. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_PATTERN_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_PATTERN_H
#include "base/table.h"

enum { MICRO_KEYS_MOST = 10 };
struct micro_keys {
  int64_t n;
  int m;
  const char *name[MICRO_KEYS_MOST];
  int32_t *code[MICRO_KEYS_MOST]; /* [n] */
  int32_t n_codes[MICRO_KEYS_MOST];
};
/* Whole numbers into dense ids by order of arrival. */
struct micro_map {
  struct arena *arena;
  uint64_t *key;
  int32_t *id; /* -1 = free */
  uint64_t capacity;
  int32_t n;
};
struct micro_patterns {
  int64_t n_records, n;
  int m;
  int32_t *code[MICRO_KEYS_MOST];       /* [n] */
  int32_t n_codes[MICRO_KEYS_MOST];
  int64_t *count;                       /* [n] records */
  double *weight;                       /* [n] sum of weights; of ones without weights */
  uint32_t *missing;                    /* [n] set of missing keys */
  int32_t *of_record;                   /* [n_records] */
};
enum err_code micro_keys_of(struct arena *a, const struct table *t, const char *const *names, int m, struct micro_keys *out, struct err *e) NODISCARD;
/* weight [n] or NULL. */
enum err_code micro_patterns_of(
    struct arena *a, const struct micro_keys *k, const double *weight, struct micro_patterns *out, struct err *e) NODISCARD;
enum err_code micro_map_init(struct micro_map *map, struct arena *a, struct err *e) NODISCARD;
void micro_map_clear(struct micro_map *map);
int32_t micro_map_id(struct micro_map *map, uint64_t key);   /* -1 = out of memory */
int32_t micro_map_find(const struct micro_map *map, uint64_t key); /* -1 = absent */
/* id[i] of item[i] (all patterns when item is NULL): equal ids = equal codes on the keys of `keep`. map: scratch. *n_groups: ids run below it. */
enum err_code micro_project(const struct micro_patterns *p, const int32_t *item, int64_t n, uint32_t keep, struct micro_map *map, int32_t *id,
    int32_t *n_groups, struct err *e) NODISCARD;
static inline int micro_set_size(uint32_t set) { return __builtin_popcount(set); }
#endif
