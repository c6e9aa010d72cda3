/* record_index.h -- the part of struct store that remembers the log's records; for store_*.c and rights/ only. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_RECORD_INDEX_H
#define SHIRABE_SECURE_STORE_RIGHTS_RECORD_INDEX_H
#include "secure-store/access_log.h"
#include "secure-store/rights/usage_index.h"

struct store;
struct record_leaf {
  uint64_t seq, object_hash, stem_hash; /* stem: the object up to its last colon */
  int64_t wall;
  size_t object; /* offset in `objects` */
  uint16_t action;
  uint8_t role, sha256[32], actor[8];
  bool checked;    /* its signature was verified in this process */
  uint32_t before; /* place + 1 of the record of the same object before it, 0 = none */
};
struct clock_mark { /* time as the last leaf has it */
  bool known;
  int64_t wall;
  uint64_t monotonic_ms;
  uint8_t boot_id[16];
};
struct record_index {
  struct strbuf leaves, objects; /* struct record_leaf; texts with NUL */
  struct strbuf slots;           /* uint32_t: open hash table of the last record of each object, place + 1 */
  size_t n_objects;              /* slots taken */
  int64_t n_officers;            /* leaves of cards: > 0 = this store has officers */
  uint64_t next_seq;             /* leaves before it have been seen */
  uint64_t role_seq;             /* the last leaf that roles depend on */
  struct clock_mark last;
  struct usage_index usage;
};
struct record_index_kept { /* to go back to after a rollback */
  size_t leaves, objects;
  int64_t n_officers;
  uint64_t next_seq, role_seq;
  struct clock_mark last;
  struct usage_index_kept usage;
};
enum err_code record_index_add(struct record_index *x, const struct log_leaf *leaf, struct err *e) NODISCARD; /* each leaf in order */
void record_index_keep(const struct record_index *x, struct record_index_kept *out);
void record_index_back(struct record_index *x, const struct record_index_kept *to);
/* Place of the last record of this object among the leaves; -1 = none. */
int64_t record_index_find(const struct record_index *x, const char *object);
void record_index_release(struct record_index *x);
#endif
