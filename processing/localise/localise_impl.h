/* localise_impl.h -- the parts of error localisation: compiled edits, hitting sets, the feasibility of a set, the pool of cuts, one record.
 * Items    what can be changed is numbered: item j < p is variable j. A set is a bit set of `words` words. Costs are millionths (int64). */
#ifndef SHIRABE_PROCESSING_LOCALISE_LOCALISE_IMPL_H
#define SHIRABE_PROCESSING_LOCALISE_LOCALISE_IMPL_H
#include "base/lp_feasible.h"
#include "processing/localise/localise.h"

enum { LOCALISE_SCALE = 1000000 };
static const int64_t LOCALISE_NEVER = INT64_MAX / 4; /* the weight of what may not be changed */
static inline bool bit_has(const uint64_t *set, int j) { return set[j >> 6] >> (j & 63) & 1; }
static inline void bit_add(uint64_t *set, int j) { set[j >> 6] |= (uint64_t)1 << (j & 63); }
static inline void bit_drop(uint64_t *set, int j) { set[j >> 6] &= ~((uint64_t)1 << (j & 63)); }
static inline bool bits_meet(const uint64_t *a, const uint64_t *b, int words) {
  for (int w = 0; w < words; w++)
    if (a[w] & b[w]) return true;
  return false;
}

/* --- hitting sets (hitting_set.c) --- */
struct candidate { /* a cheapest hitting set, ordered by priority, then hash */
  int64_t priority;
  uint64_t hash;
  uint64_t *set; /* [words] */
};
struct hitting {
  int words, n_items, max_hits, n_hits;
  uint64_t *hit;                    /* [max_hits * words]: each must meet the set */
  int64_t *least;                   /* [max_hits] cheapest allowed item of it */
  const int64_t *weight, *priority; /* [n_items]; priority NULL = none */
  const uint64_t *key;              /* [n_items] hash of each name */
  uint64_t *forced;                 /* [words] in every set; their cost is not counted here */
  uint64_t *allowed;                /* [words] items that may be chosen */
  uint64_t unit_hash;
  int64_t limit; /* no set may cost more */
  int64_t max_nodes, nodes;
  int max_kept, n_kept; /* the best max_kept candidates, ascending */
  struct candidate *kept;
  bool more;                 /* there were more than max_kept */
  int64_t best;              /* their cost; LOCALISE_NEVER when there is none */
  uint64_t *chosen, *banned; /* scratch [words], [levels * words] */
  int levels;
  /* parts (hitting_parts.c): groups of hits that have no item in common; their cheapest sets can be chosen independently */
  uint8_t *part; /* [max_hits] */
  int only, n_parts;
  struct part_sets *sets; /* [HITTING_MAX_PARTS] */
};
enum { HITTING_MAX_PARTS = 64, HITTING_PART_KEPT = 64, HITTING_MANY_PARTS = 6, HITTING_MAX_PRODUCT = 1 << 16 };
struct part_sets { /* the cheapest sets of one part, in order; without what is forced */
  int n;
  bool more;
  int64_t cost;
  uint64_t *set; /* [HITTING_PART_KEPT * words] */
};
bool hitting_init(struct hitting *h, struct arena *a, int n_items, int max_hits, int max_kept);
bool hitting_add(struct hitting *h, const uint64_t *support); /* false: no room */
/* All sets of least cost that meet every hit. false: the node limit was reached. With many independent parts the product of their sets is listed; is
   it larger than HITTING_MAX_PRODUCT, only the set made of the parts' first ones, and more is true. */
bool hitting_search(struct hitting *h);
/* --- its parts (hitting_parts.c) --- */
bool hitting_parts_init(struct hitting *h, struct arena *a);
void hitting_split(struct hitting *h); /* fills part and n_parts */
/* Fills sets for every part; after hitting_split(). false: the node limit. h->kept and best are scratch. */
bool hitting_search_parts(struct hitting *h);
bool hitting_search_one(struct hitting *h); /* plain, over the hits of part `only` (-1 = all) */
void hitting_begin(struct hitting *h);
void hitting_keep(struct hitting *h, int64_t cost); /* the set in chosen */
/* hitting_search() by parts. */
bool hitting_combine(struct hitting *h);
/* Order of candidates; the hash is of the set of names, whatever their order. */
uint64_t set_hash(uint64_t unit_hash, const uint64_t *key, const uint64_t *set, int words);

/* --- compiled edits and the cuts they imply (cut_pool.c) --- */
struct edit_rows {
  const struct linear_system *system;
  int p, m, words;
  double *lower, *upper; /* [m] of each row */
  uint64_t *support;     /* [m * words] */
};
bool edit_rows_init(struct edit_rows *r, struct arena *a, const struct linear_system *s);

struct record {      /* one record as the search sees it */
  double *x;         /* [p]; 0 where missing */
  double *tolerance; /* [m] of each row at x */
  const struct str *unit;
};
/* An implied edit g x <= h and how it follows: h = sum of multipliers times right sides of rows and of bounds. */
struct cut {
  int n, n_y;
  int *var, *row; /* row < m: an edit; m + j: a bound of variable j */
  double *g, *y, h;
  uint64_t *support; /* [words] */
  uint32_t used;
};
struct cut_pool {
  const struct edit_rows *rows;
  int max, n;
  struct cut *cut;
  struct cut fresh; /* where a new one is written before it is known to be of use */
};
bool cut_pool_init(struct cut_pool *pool, struct arena *a, const struct edit_rows *rows, size_t max_bytes);
/* Takes pool->fresh in; when the pool is full the least used cut gives way. */
const struct cut *cut_pool_take(struct cut_pool *pool);
/* Violated beyond what the tolerances of its rows could excuse. */
bool cut_violated(const struct edit_rows *r, const struct cut *c, const struct record *rec);

/* --- feasibility of a set (set_check.c) --- */
enum set_verdict { SET_FEASIBLE, SET_CUT, SET_NOT, SET_DOUBTFUL }; /* SET_NOT: infeasible only for this very set (within the tolerance) */
struct set_room {
  struct lp_room lp;
  double *a, *lower, *upper, *l, *u, *start, *x, *y, *slack, *whole, *g, *size;
  int *column, *row;
  int64_t programmes, exact_programmes;
};
bool set_room_init(struct set_room *room, struct arena *a, const struct edit_rows *r);
/* FEASIBLE: room->x holds the witness of the set's variables, ascending. CUT: *cut was filled. */
enum set_verdict set_check(const struct edit_rows *r, const struct record *rec, const uint64_t *set, struct set_room *room, struct cut *cut);

/* --- one record (localise_record.c) --- */
struct searcher {
  const struct localise_spec *spec;
  const struct edit_rows *rows;
  struct arena *arena; /* of the thread: results */
  struct cut_pool pool;
  struct hitting hit;
  struct set_room room;
  struct record rec;
  const struct num_column *const *column; /* [p] */
  int64_t *weight, *priority;             /* [p] */
  uint64_t *key, *scratch;
  int *listed; /* optimal sets of the record at hand */
  struct localise_metrics *metrics;
  void (*on_hit)(void *context, const struct cut *cut); /* for proofs: each cut that a set had to meet; NULL else */
  void *context;
};
bool searcher_init(struct searcher *s, const struct localise_spec *spec, const struct edit_rows *rows, const struct num_column *const *column,
                   struct arena *a, size_t pool_bytes);
enum err_code localise_record(struct searcher *s, const struct num_table *data, int64_t row, struct localise_case *out, struct err *e) NODISCARD;
#endif
