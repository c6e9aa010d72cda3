/* perturb_keyed.h -- noise that hangs on the units of a cell or on its code, never on the run: the same cell has the same noise in every table.
 * Secret   at least 16 bytes of the survey's own file; its SHA-256 gives the key of the hash. Who has it can take the noise away.
 * Keys     cell_keys_of_units: key of a cell = sum of the record keys of its units, of their owner where they belong to a holding. Without units:
 *          cell_keys_of_codes, a hash of the cell's key text, so that equal codes mean equal noise.
 * Random rounding   to the next multiple below or above, up with probability rest / base: on average the true value. Not additive.
 * Counts   cell_key.h, one draw of the table of perturbations for each cell.
 * Magnitudes   value + sum over the largest contributors j of x(j) s(x) v(j): v(j) = a draw of the table's last row (own part of the key for each j)
 *          over its standard deviation, s(x) = share for cells up to `flex`, falling beyond it towards share_large:
 *          s(x) = share_large + (share - share_large) (2 flex / (flex + x))^2. Cells below `small` use `small_table`: value + draw x unit of the
 *          table,
 *          not below 0. flex 0: the share is the same everywhere.
 * Not      additive; never publish the range of the noise. Zeros stay zeros (no unit, no key).
 * Errors   E_SDC_SECRET, E_SDC_PERTURB, E_NO_MEMORY. Cost: O(cells + contributions).
 * Source   Fraser & Wooton (2005); Handbook on SDC, 2nd ed., 5.4; Gießing & Tent (2019) for magnitudes: the flex function above is of their kind,
 *          its
 *          exponent is our choice. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_PERTURB_KEYED_H
#define SHIRABE_ESTIMATORS_SUPPRESS_PERTURB_KEYED_H
#include "estimators/sdc/suppress/cell_key.h"
#include "estimators/sdc/suppress/cells.h"

enum { PERTURB_SECRET_MIN = 16, PERTURB_TOP_MAX = 5 };
enum err_code perturb_secret(const void *p, size_t n, uint8_t out[16], struct err *e) NODISCARD;
struct perturb_keys {
  uint64_t *key;                   /* [n_cells] */
  int64_t (*top)[PERTURB_TOP_MAX]; /* [n_cells] largest contributions of an owner; NULL without units */
};
enum err_code cell_keys_of_codes(struct arena *a, const struct cell_table *t, const uint8_t secret[16], struct perturb_keys *out, struct err *e)
    NODISCARD;
/* contributions.csv as in contributions.h; only cell, unit, value and holding are used. */
enum err_code cell_keys_of_units(struct arena *a, const struct cell_table *t, const char *name, struct str text, const uint8_t secret[16],
    struct perturb_keys *out, struct err *e) NODISCARD;
void round_random(const struct cell_table *t, int64_t base, const uint64_t *key, int64_t *out);
/* Counts must be whole: a table with decimals is E_SDC_PERTURB. */
enum err_code perturb_counts(const struct cell_table *t, const struct ptable *p, const uint64_t *key, int64_t *out, struct err *e) NODISCARD;
struct magnitude_noise {
  int top;                 /* 1 .. PERTURB_TOP_MAX contributors */
  double share, share_large, flex; /* shares of 1; flex in published units */
  double small;            /* published units; 0 = no cell is small */
  const struct ptable *table, *small_table; /* small_table NULL: as `table` */
};
enum err_code perturb_magnitudes(const struct cell_table *t, const struct magnitude_noise *o, const struct perturb_keys *keys, int64_t *out,
    struct err *e) NODISCARD;
/* original,noise,probability,lower,upper */
enum err_code ptable_parse(struct arena *a, const char *name, struct str text, struct ptable *out, struct err *e) NODISCARD;
void ptable_write(const struct ptable *p, struct strbuf *out);
#endif
