/* register.h -- a released table as the register of releases keeps it: what it says of which cells, and whose units stand behind each of them.
 * Shapes   rows x dimensions codes, rows x measures statuses and texts as published. Units of a form stand once per release in a frame: tokens,
 * rising. A table gives each unit of its frame one base (-1 = not in the table); a row is the union of bases first[r] .. first[r+1]-1 of member.
 * Tokens   64 bits of a keyed hash of form, period and key: one unit of one period has one token in every edition; units of different months
 *          differ, so that a year is the union of its months. Equal tokens of different units: probability n^2 / 2^65 (2e-7 for 2.5 million).
 * Facets   dimensions that do not part units (form of employment: one establishment has all): figures differ, sets do not.
 * Missing  units_known false: only codes and statuses can be compared. Values are texts as published, "" unless shown.
 * Memory   the arena; 8 bytes a unit and frame, 4 bytes a unit and table. */
#ifndef SHIRABE_ESTIMATORS_SDC_REGISTER_H
#define SHIRABE_ESTIMATORS_SDC_REGISTER_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum register_status { REGISTER_SHOWN, REGISTER_HIDDEN, REGISTER_NONE, REGISTER_STATUSES }; /* none: undefined, not applicable, unreliable */
enum { REGISTER_DIMS_MAX = 8, REGISTER_MEASURES_MAX = 32, REGISTER_TABLES_MAX = 512, REGISTER_FRAMES_MAX = 64, REGISTER_ROWS_MAX = 4000000 };
struct register_frame {
  const char *name; /* "vital/birth/record" */
  int64_t n;
  const uint64_t *token;
};
struct register_table {
  const char *id, *form, *period, *profile, *region; /* region: "dimension=code" of an edition about a part, "" = all */
  const char *definition; /* record, universe, filter, dimensions, measures as in the specification; "" = not known */
  char sha256[65]; /* of the long CSV; "" = none */
  int64_t min_n;
  int n_dims, n_measures;
  const char *dim[REGISTER_DIMS_MAX], *measure[REGISTER_MEASURES_MAX];
  uint8_t facet[REGISTER_DIMS_MAX], additive[REGISTER_MEASURES_MAX];
  int64_t n_rows;
  struct str *code; /* [n_rows * n_dims] */
  uint8_t *status; /* [n_rows * (n_measures + 1)]; the last one is that of the number of units */
  struct str *value; /* [n_rows * (n_measures + 1)] */
  bool units_known;
  int frame; /* index in the entry, -1 without units */
  int32_t n_bases;
  int32_t *base; /* [frame n] */
  int32_t *first, *member; /* [n_rows + 1]; rising within a row */
};
struct register_entry {
  const char *release, *survey, *period, *kind; /* kind: flash, preliminary, final, output, outside */
  int64_t edition;
  int n_frames, n_tables;
  struct register_frame *frame;
  struct register_table *table;
};
static inline struct str register_code(const struct register_table *t, int64_t row, int d) { return t->code[row * t->n_dims + d]; }
static inline uint8_t register_status_of(const struct register_table *t, int64_t row, int m) { return t->status[row * (t->n_measures + 1) + m]; }
static inline struct str register_value(const struct register_table *t, int64_t row, int m) { return t->value[row * (t->n_measures + 1) + m]; }
bool register_row_shown(const struct register_table *t, int64_t row); /* any figure of it */
int register_dim(const struct register_table *t, const char *name); /* -1 */
int register_measure(const struct register_table *t, const char *name);
bool register_is_total(struct str code); /* _T */
/* "sex=1 age=_T"; cut to size, never a value. */
void register_row_name(const struct register_table *t, int64_t row, char *out, size_t size);

/* --- making one (register_make.c) --- */
/* Room for rows, codes and figures; every status REGISTER_NONE. The caller fills the rest. */
enum err_code register_table_rows(struct arena *a, struct register_table *t, int64_t n_rows, struct err *e) NODISCARD;
/* One unit behind the rows: its token and the codes it has in each dimension that is no facet (NULL code text p = any: facets). */
struct register_unit {
  uint64_t token;
  const struct str *code; /* [n_dims] */
};
/* Bases and incidence from units: the rows of a unit are those whose codes are its own or totals. Units without a row are left out; one unit
 * that comes several times (in several cells) is in the rows of all. Makes frame `frame` of the entry when its n is 0, else the tokens must
 * stand in it. */
enum err_code register_table_units(struct arena *a, struct register_entry *entry, struct register_table *t, int frame,
    const struct register_unit *unit, int64_t n, struct err *e) NODISCARD;
/* The frame of these tokens: sorted, each once. */
enum err_code register_frame_make(struct arena *a, const uint64_t *token, int64_t n, struct register_frame *out, struct err *e) NODISCARD;
/* Units behind each row of a table: [n_rows]. */
enum err_code register_row_sizes(
    struct arena *a, const struct register_entry *entry, const struct register_table *t, int64_t **out, struct err *e) NODISCARD;

/* --- the binary form (register_code.c): page secure-store/register/register.md --- */
enum err_code register_encode(const struct register_entry *entry, struct strbuf *out, struct err *e) NODISCARD;
/* Strict: what does not come out byte for byte again is refused, E_REGISTER_ENTRY. Memory at most 40 times the bytes. */
enum err_code register_decode(struct arena *a, struct str bytes, struct register_entry *out, struct err *e) NODISCARD;
#endif
