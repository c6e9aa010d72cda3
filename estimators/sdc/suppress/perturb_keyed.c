#include "estimators/sdc/suppress/perturb_keyed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/ext_csv.h"
#include "estimators/sdc/suppress/contributions.h"

enum err_code perturb_secret(const void *p, size_t n, uint8_t out[16], struct err *e) {
  char hex[DIGEST_TEXT];
  struct digest h;
  if (n < PERTURB_SECRET_MIN) return ERR(e, E_SDC_SECRET, .subject = "fewer than 16 bytes");
  bool equal = true;
  for (size_t i = 1; i < n && equal; i++) equal = ((const char *)p)[i] == ((const char *)p)[0];
  if (equal) return ERR(e, E_SDC_SECRET, .subject = "all its bytes are equal");
  digest_begin(&h);
  digest_text(&h, STR("shirabe cell key 1"));
  digest_text(&h, str_view(p, n));
  digest_end(&h, hex);
  for (int i = 0; i < 16; i++) {
    const char a = hex[2 * i], b = hex[2 * i + 1];
    out[i] = (uint8_t)((a <= '9' ? a - '0' : a - 'a' + 10) << 4 | (b <= '9' ? b - '0' : b - 'a' + 10));
  }
  return E_OK;
}

/* --- keys --- */

enum err_code cell_keys_of_codes(struct arena *a, const struct cell_table *t, const uint8_t secret[16], struct perturb_keys *out, struct err *e) {
  char text[160];
  *out = (struct perturb_keys){.key = ARENA_ARRAY(a, uint64_t, t->n_cells + 1)};
  if (!out->key) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int32_t c = 0; c < t->n_cells; c++) {
    const struct str k = t->key[t->same[c]];
    if (k.n == 0)
      return ERR(e, E_SDC_PERTURB, .subject = cell_name(t, c, text, sizeof text), .found = "a cell without key text, and no contributions");
    out->key[c] = cell_record_key(secret, k.p, k.n);
  }
  return E_OK;
}
struct owned { /* what an owner adds to a cell */
  int32_t cell;
  uint64_t key;
  int64_t value;
};
static int owned_cmp(const void *p, const void *q) {
  const struct owned *a = p, *b = q;
  return a->cell != b->cell ? (a->cell > b->cell) - (a->cell < b->cell) : (a->key > b->key) - (a->key < b->key);
}
static void top_of(const struct owned *x, int64_t n, int64_t *top) {
  for (int64_t i = 0; i < n; i++) {
    int64_t v = x[i].value < 0 ? -x[i].value : x[i].value;
    for (int k = 0; k < PERTURB_TOP_MAX; k++)
      if (v > top[k]) {
        const int64_t down = top[k];
        top[k] = v, v = down;
      }
  }
}
/* One owner counts once in a cell: his key is added once, however many units of his are there. */
static void gather(struct owned *x, int64_t n, const struct cell_table *t, struct perturb_keys *out) {
  qsort(x, (size_t)n, sizeof *x, owned_cmp);
  for (int64_t i = 0, j; i < n; i = j) {
    int64_t m = i;
    for (j = i; j < n && x[j].cell == x[i].cell; j++) {
      if (j > i && x[m].key == x[j].key) x[m].value += x[j].value;
      else if (j > i) x[++m] = x[j];
    }
    for (int64_t k = i; k <= m; k++) out->key[x[i].cell] += x[k].key;
    top_of(x + i, m - i + 1, out->top[x[i].cell]);
  }
  for (int32_t c = 0; c < t->n_cells; c++) {
    out->key[c] = out->key[t->same[c]];
    memcpy(out->top[c], out->top[t->same[c]], sizeof *out->top);
  }
}
enum err_code cell_keys_of_units(struct arena *a, const struct cell_table *t, const char *name, struct str text, const uint8_t secret[16],
    struct perturb_keys *out, struct err *e) {
  struct csv_table f;
  int64_t *first = NULL, n = 0, at = 0, cell;
  int32_t *above = NULL, *all = ARENA_ARRAY(a, int32_t, t->n_cells + 1);
  TRY(csv_table_parse(a, name, text.p, text.n, &f, e));
  const int of[4] = {csv_table_column(&f, "cell"), csv_table_column(&f, "unit"), csv_table_column(&f, "value"), csv_table_column(&f, "holding")};
  if (of[0] < 0 || of[1] < 0) return ERR(e, E_SDC_CONTRIBUTIONS, .subject = "columns cell and unit", .file = name, .line = 1);
  out->key = ARENA_ARRAY(a, uint64_t, t->n_cells + 1);
  out->top = (int64_t(*)[PERTURB_TOP_MAX])arena_array(a, (size_t)t->n_cells + 1, sizeof *out->top);
  if (!all || !out->key || !out->top) return ERR(e, E_NO_MEMORY, .file = name);
  for (int32_t c = 0; c < t->n_cells; c++) all[c] = c;
  if (!cells_above(a, t, all, t->n_cells, &first, &above)) return ERR(e, E_NO_MEMORY, .file = name);
  for (int64_t i = 0; i < f.n_rows; i++) {
    if (!str_int64(csv_table_cell(&f, i, of[0]), &cell) || cell < 0 || cell >= t->n_cells)
      return ERR(e, E_SDC_CONTRIBUTIONS, .subject = "a cell that is not in the table", .file = name, .line = f.lines[i]);
    n += first[t->same[cell] + 1] - first[t->same[cell]];
  }
  struct owned *x = ARENA_ARRAY(a, struct owned, n + 1);
  if (!x) return ERR(e, E_NO_MEMORY, .file = name);
  for (int64_t i = 0; i < f.n_rows; i++) {
    const struct str holding = csv_table_cell(&f, i, of[3]), unit = csv_table_cell(&f, i, of[1]), who = holding.n ? holding : unit;
    int64_t v = 1;
    (void)str_int64(csv_table_cell(&f, i, of[0]), &cell);
    if (who.n == 0) return ERR(e, E_SDC_CONTRIBUTIONS, .subject = "a unit without name", .file = name, .line = f.lines[i]);
    if (of[2] >= 0 && !cell_decimal(csv_table_cell(&f, i, of[2]), t->decimals, &v))
      return ERR(e, E_SDC_CONTRIBUTIONS, .subject = "a value that is no number", .file = name, .line = f.lines[i]);
    const uint64_t key = cell_record_key(secret, who.p, who.n);
    for (int64_t k = first[t->same[cell]]; k < first[t->same[cell] + 1]; k++) x[at++] = (struct owned){above[k], key, v};
  }
  gather(x, at, t, out);
  return E_OK;
}

/* --- methods --- */

static double uniform(uint64_t key) { return ldexp((double)(key >> 11), -53); }
static uint64_t another(uint64_t key, uint64_t number) { /* an independent draw from the same key: SplitMix64 */
  uint64_t x = key + number * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}
void round_random(const struct cell_table *t, int64_t base, const uint64_t *key, int64_t *out) {
  for (int32_t c = 0; c < t->n_cells; c++) {
    const int64_t v = t->value[c], below = v / base - (v % base < 0), rest = v - base * below;
    out[c] = base * (below + (rest > 0 && uniform(another(key[c], 1)) * (double)base < (double)rest));
  }
}
enum err_code perturb_counts(const struct cell_table *t, const struct ptable *p, const uint64_t *key, int64_t *out, struct err *e) {
  if (t->decimals || !t->nonnegative) return ERR(e, E_SDC_PERTURB, .subject = "counts are whole and not negative");
  for (int32_t c = 0; c < t->n_cells; c++) out[c] = t->value[c] + cell_key_noise(p, t->value[c], key[c]);
  return E_OK;
}
static double spread_of(const struct ptable *p) { /* standard deviation of the last row */
  const int64_t last = p->n ? p->row[p->n - 1].original : 0;
  double v = 0;
  for (int64_t i = 0; i < p->n; i++)
    if (p->row[i].original == last) v += p->row[i].probability * p->row[i].noise * p->row[i].noise;
  return sqrt(v);
}
static double share_at(const struct magnitude_noise *o, double x) {
  if (!(o->flex > 0) || x <= o->flex) return o->share;
  const double fall = 2 * o->flex / (o->flex + x);
  return o->share_large + (o->share - o->share_large) * fall * fall;
}
enum err_code perturb_magnitudes(const struct cell_table *t, const struct magnitude_noise *o, const struct perturb_keys *keys, int64_t *out,
    struct err *e) {
  const struct ptable *small = o->small_table ? o->small_table : o->table;
  const double sd = spread_of(o->table);
  if (!keys->top) return ERR(e, E_SDC_PERTURB, .subject = "magnitudes: --contributions");
  if (o->top < 1 || o->top > PERTURB_TOP_MAX || !(o->share > 0 && o->share < 1) || !(o->share_large >= 0 && o->share_large <= o->share) || !(sd > 0))
    return ERR(e, E_SDC_PERTURB, .subject = "magnitudes: top 1 to 5, shares between 0 and 1");
  for (int32_t c = 0; c < t->n_cells; c++) {
    const double x = fabs(cell_value(t, c));
    double noise = 0;
    if (t->value[c] != 0 && x < o->small) noise = (double)cell_key_noise(small, INT64_MAX, another(keys->key[c], 2)) * t->unit;
    else
      for (int j = 0; t->value[c] != 0 && j < o->top; j++)
        noise += (double)keys->top[c][j] * share_at(o, x) * (double)cell_key_noise(o->table, INT64_MAX, another(keys->key[c], 3 + (uint64_t)j)) / sd;
    out[c] = t->value[c] + (int64_t)nearbyint(noise);
    if (t->nonnegative && out[c] < 0) out[c] = 0;
  }
  return E_OK;
}

/* --- the table of perturbations as a file --- */

static bool real(struct str s, double *out) {
  char text[64], *end;
  if (s.n == 0 || s.n >= sizeof text) return false;
  for (size_t i = 0; i < s.n; i++)
    if (!s.p[i] || !strchr("0123456789.eE+-", s.p[i])) return false;
  snprintf(text, sizeof text, "%.*s", (int)s.n, s.p);
  *out = strtod(text, &end);
  return *end == 0 && isfinite(*out);
}
enum err_code ptable_parse(struct arena *a, const char *name, struct str text, struct ptable *out, struct err *e) {
  static const char *const column[5] = {"original", "noise", "probability", "lower", "upper"};
  struct csv_table f;
  int at[5];
  TRY(csv_table_parse(a, name, text.p, text.n, &f, e));
  for (int k = 0; k < 5; k++)
    if ((at[k] = csv_table_column(&f, column[k])) < 0) return ERR(e, E_SDC_PTABLE_FILE, .subject = column[k], .file = name, .line = 1);
  struct ptable_row *row = ARENA_ARRAY(a, struct ptable_row, f.n_rows + 1);
  if (!row) return ERR(e, E_NO_MEMORY, .file = name);
  for (int64_t i = 0; i < f.n_rows; i++) {
    int64_t noise;
    if (!str_int64(csv_table_cell(&f, i, at[0]), &row[i].original) || row[i].original > 1000000 ||
        !str_int64(csv_table_cell(&f, i, at[1]), &noise) || noise < -100000 || noise > 100000 ||
        !real(csv_table_cell(&f, i, at[2]), &row[i].probability) || !real(csv_table_cell(&f, i, at[3]), &row[i].lower) ||
        !real(csv_table_cell(&f, i, at[4]), &row[i].upper))
      return ERR(e, E_SDC_PTABLE_FILE, .subject = "a number", .file = name, .line = f.lines[i]);
    row[i].noise = (int)noise;
  }
  *out = (struct ptable){f.n_rows, row};
  return ptable_check(out, e);
}
void ptable_write(const struct ptable *p, struct strbuf *b) {
  strbuf_adds(b, "original,noise,probability,lower,upper\n");
  for (int64_t i = 0; i < p->n; i++)
    strbuf_addf(b, "%lld,%d,%.17g,%.17g,%.17g\n", (long long)p->row[i].original, p->row[i].noise, p->row[i].probability, p->row[i].lower,
        p->row[i].upper);
}
