/* register_code.c -- the binary form of a register entry: "shirabe-register-1", strict in both directions. Page:
 * secure-store/register/register.md. */
#include <string.h>

#include "base/bytes.h"
#include "estimators/sdc/register/register_impl.h"

#define MAGIC "shirabe-register-1\n"
enum { TEXT_MAX = 4096, CODES_MAX = 65536 };

/* --- bits, highest first --- */
struct bits_out {
  struct strbuf *to;
  uint8_t byte;
  int used;
};
static void put_bits(struct bits_out *b, uint64_t v, int n) {
  for (int i = n - 1; i >= 0; i--) {
    b->byte = (uint8_t)((unsigned)b->byte << 1 | (unsigned)(v >> i & 1u));
    if (++b->used == 8) strbuf_addc(b->to, (char)b->byte), b->byte = 0, b->used = 0;
  }
}
static void flush_bits(struct bits_out *b) {
  if (b->used) put_bits(b, 0, 8 - b->used);
}
struct bits_in {
  struct bytes_reader *r;
  uint8_t byte;
  int left;
};
static unsigned get_bit(struct bits_in *b) {
  if (!b->left) b->byte = bytes_u8(b->r), b->left = 8;
  return b->byte >> --b->left & 1u;
}
static uint64_t get_bits(struct bits_in *b, int n) {
  uint64_t v = 0;
  for (int i = 0; i < n; i++) v = v << 1 | get_bit(b);
  return v;
}
static bool rest_is_zero(const struct bits_in *b) { return (b->byte & ((1u << b->left) - 1u)) == 0; }

/* --- frames: gaps between rising tokens, Rice code with the parameter that fits evenly spread 64-bit numbers --- */
static int bits_for(uint64_t n) { /* of the numbers 0..n */
  int k = 0;
  while (k < 64 && n >> k) k++;
  return k;
}
static int rice_of(int64_t n) { return n > 0 ? 64 - bits_for((uint64_t)n) : 0; }
static void put_frame(const struct register_frame *f, struct strbuf *out) {
  struct bits_out b = {.to = out};
  const int k = rice_of(f->n);
  uint64_t before = UINT64_MAX;
  for (int64_t i = 0; i < f->n; i++) {
    const uint64_t gap = f->token[i] - before - 1;
    for (uint64_t q = gap >> k; q; q--) put_bits(&b, 1, 1);
    put_bits(&b, 0, 1);
    put_bits(&b, gap, k);
    before = f->token[i];
  }
  flush_bits(&b);
}
static bool get_frame(struct arena *a, struct bytes_reader *r, struct register_frame *f) {
  struct bits_in b = {.r = r};
  const int k = rice_of(f->n);
  uint64_t before = UINT64_MAX, *token;
  if ((uint64_t)f->n > (uint64_t)bytes_left(r) * 8 / (unsigned)(k + 1)) return false;
  token = ARENA_ARRAY(a, uint64_t, f->n + 1);
  for (int64_t i = 0; token && i < f->n; i++) {
    uint64_t q = 0;
    while (get_bit(&b)) q++;
    if (r->failed || q > UINT64_MAX >> k) return false;
    const uint64_t gap = q << k | get_bits(&b, k);
    token[i] = before + 1 + gap;
    if (i && (token[i] <= before || gap > UINT64_MAX - 1 - before)) return false;
    before = token[i];
  }
  f->token = token;
  return token && !r->failed && rest_is_zero(&b);
}

/* --- texts --- */
static void put_text(struct strbuf *out, struct str s) {
  bytes_put_varint(out, s.n);
  strbuf_add(out, s.p, s.n);
}
static void put_cstr(struct strbuf *out, const char *s) { put_text(out, str_of(s)); }
static bool get_text(struct bytes_reader *r, struct str *out) {
  const uint64_t n = bytes_varint(r);
  if (r->failed || n > TEXT_MAX || n > bytes_left(r)) return false;
  const uint8_t *p = n ? bytes_take(r, (size_t)n) : (const uint8_t *)"";
  *out = str_view((const char *)p, (size_t)n);
  return p && utf8_valid(out->p, out->n, NULL) && !memchr(p, 0, (size_t)n);
}
static const char *get_cstr(struct arena *a, struct bytes_reader *r) {
  struct str s;
  return get_text(r, &s) ? arena_strdup(a, s.p, s.n) : NULL;
}
static bool copy_text(struct arena *a, struct bytes_reader *r, struct str *out) {
  struct str s;
  if (!get_text(r, &s)) return false;
  const char *p = s.n ? arena_strdup(a, s.p, s.n) : "";
  *out = str_view(p, s.n);
  return p != NULL;
}

/* --- codes: per dimension a list of its codes in order of first use, then a number a row --- */
static int32_t code_number(const struct str *list, int32_t n, struct str code) {
  for (int32_t i = n; i-- > 0;)
    if (str_eq(list[i], code)) return i;
  return -1;
}
static bool put_codes(const struct register_table *t, int d, struct str *list, struct strbuf *out) {
  int32_t n = 0;
  for (int64_t r = 0; r < t->n_rows && n <= CODES_MAX; r++)
    if (code_number(list, n, register_code(t, r, d)) < 0) list[n++] = register_code(t, r, d);
  if (n > CODES_MAX) return false;
  bytes_put_varint(out, (uint64_t)n);
  for (int32_t i = 0; i < n; i++) put_text(out, list[i]);
  for (int64_t r = 0; r < t->n_rows; r++) bytes_put_varint(out, (uint64_t)code_number(list, n, register_code(t, r, d)));
  return true;
}
static bool get_codes(struct arena *a, struct bytes_reader *r, struct register_table *t, int d) {
  const uint64_t n = bytes_varint(r);
  uint64_t used = 0; /* codes come in order of first use: one text per table */
  if (r->failed || n > bytes_left(r) || n > (uint64_t)t->n_rows || n > CODES_MAX) return false;
  struct str *list = ARENA_ARRAY(a, struct str, n + 1);
  for (uint64_t i = 0; i < n; i++) {
    if (!list || !copy_text(a, r, &list[i])) return false;
    if (code_number(list, (int32_t)i, list[i]) >= 0) return false;
  }
  for (int64_t i = 0; i < t->n_rows; i++) {
    const uint64_t k = bytes_varint(r);
    if (r->failed || !list || k >= n || k > used) return false;
    used += k == used;
    t->code[i * t->n_dims + d] = list[k];
  }
  return list && used == n;
}

/* --- tables --- */
static void put_units(const struct register_entry *entry, const struct register_table *t, struct strbuf *out) {
  struct bits_out b = {.to = out};
  const int width = bits_for((uint64_t)t->n_bases);
  bytes_put_varint(out, (uint64_t)t->frame);
  bytes_put_varint(out, (uint64_t)t->n_bases);
  for (int64_t u = 0; u < entry->frame[t->frame].n; u++) put_bits(&b, (uint64_t)(t->base[u] + 1), width);
  flush_bits(&b);
  for (int64_t r = 0; r < t->n_rows; r++) {
    int32_t before = -1;
    bytes_put_varint(out, (uint64_t)(t->first[r + 1] - t->first[r]));
    for (int32_t k = t->first[r]; k < t->first[r + 1]; k++) bytes_put_varint(out, (uint64_t)(t->member[k] - before - 1)), before = t->member[k];
  }
}
static bool put_table(const struct register_entry *entry, const struct register_table *t, struct str *list, struct strbuf *out) {
  const char *texts[] = {t->id, t->form, t->period, t->profile, t->region, t->definition, t->sha256};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) put_cstr(out, texts[i]);
  bytes_put_varint(out, (uint64_t)t->min_n);
  bytes_put_varint(out, (uint64_t)t->n_dims);
  bytes_put_varint(out, (uint64_t)t->n_measures);
  bytes_put_varint(out, (uint64_t)t->n_rows);
  for (int d = 0; d < t->n_dims; d++) put_cstr(out, t->dim[d]), bytes_put_u8(out, t->facet[d]);
  for (int m = 0; m < t->n_measures; m++) put_cstr(out, t->measure[m]), bytes_put_u8(out, t->additive[m]);
  for (int d = 0; d < t->n_dims; d++)
    if (!put_codes(t, d, list, out)) return false;
  for (int64_t i = 0; i < t->n_rows * (t->n_measures + 1); i++) {
    bytes_put_u8(out, t->status[i]);
    if (t->status[i] == REGISTER_SHOWN) put_text(out, t->value[i]);
  }
  bytes_put_u8(out, t->units_known);
  if (t->units_known) put_units(entry, t, out);
  return true;
}
enum err_code register_encode(const struct register_entry *entry, struct strbuf *out, struct err *e) {
  int64_t most = 0;
  for (int i = 0; i < entry->n_tables; i++) most = entry->table[i].n_rows > most ? entry->table[i].n_rows : most;
  struct arena *a = arena_new(0);
  struct str *list = a ? ARENA_ARRAY(a, struct str, most + 1) : NULL;
  if (!list) return arena_free(a), ERR(e, E_NO_MEMORY, .subject = entry->release);
  strbuf_adds(out, MAGIC);
  const char *texts[] = {entry->release, entry->survey, entry->period, entry->kind};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) put_cstr(out, texts[i]);
  bytes_put_varint(out, (uint64_t)entry->edition);
  bytes_put_varint(out, (uint64_t)entry->n_frames);
  bytes_put_varint(out, (uint64_t)entry->n_tables);
  for (int f = 0; f < entry->n_frames; f++) {
    put_cstr(out, entry->frame[f].name);
    bytes_put_varint(out, (uint64_t)entry->frame[f].n);
    put_frame(&entry->frame[f], out);
  }
  bool fits = true;
  for (int i = 0; fits && i < entry->n_tables; i++) fits = put_table(entry, &entry->table[i], list, out);
  arena_free(a);
  if (!fits) return ERR(e, E_REGISTER_SIZE, .subject = entry->release, .expected = "65,536 codes of a dimension");
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = entry->release) : E_OK;
}

/* --- reading --- */
static bool get_small(struct bytes_reader *r, uint64_t most, uint64_t *out) {
  *out = bytes_varint(r);
  return !r->failed && *out <= most;
}
static bool get_flag(struct bytes_reader *r, uint8_t *out) {
  *out = bytes_u8(r);
  return !r->failed && *out <= 1;
}
static bool get_bases(struct arena *a, struct bytes_reader *r, const struct register_frame *f, struct register_table *t) {
  struct bits_in b = {.r = r};
  const int width = bits_for((uint64_t)t->n_bases);
  if ((uint64_t)f->n * (unsigned)width > (uint64_t)bytes_left(r) * 8) return false;
  uint8_t *used = ARENA_ARRAY(a, uint8_t, t->n_bases + 1);
  t->base = ARENA_ARRAY(a, int32_t, f->n + 1);
  if (!t->base || !used) return false;
  for (int64_t u = 0; u < f->n; u++) {
    const uint64_t v = get_bits(&b, width);
    if (r->failed || v > (uint64_t)t->n_bases) return false;
    t->base[u] = (int32_t)v - 1;
    used[v] = 1;
  }
  for (int32_t k = 1; k <= t->n_bases; k++)
    if (!used[k]) return false; /* a base without units */
  return rest_is_zero(&b);
}
static bool get_members(struct arena *a, struct bytes_reader *r, struct register_table *t) {
  int32_t room = 1024, n = 0, *member = ARENA_ARRAY(a, int32_t, room);
  t->first = ARENA_ARRAY(a, int32_t, t->n_rows + 2);
  for (int64_t row = 0; member && t->first && row < t->n_rows; row++) {
    uint64_t count, gap;
    int64_t before = -1;
    if (!get_small(r, (uint64_t)t->n_bases, &count) || count > bytes_left(r) || n > INT32_MAX - (int32_t)count) return false;
    if (n + (int32_t)count > room) {
      const int32_t more = n + (int32_t)count > INT32_MAX / 2 ? INT32_MAX : 2 * (n + (int32_t)count);
      int32_t *grown = ARENA_ARRAY(a, int32_t, more);
      if (!grown) return false;
      memcpy(grown, member, (size_t)n * sizeof *grown);
      member = grown, room = more;
    }
    for (uint64_t k = 0; k < count; k++) {
      if (!get_small(r, (uint64_t)t->n_bases, &gap) || before + 1 + (int64_t)gap >= t->n_bases) return false;
      before += 1 + (int64_t)gap;
      member[n++] = (int32_t)before;
    }
    t->first[row + 1] = n;
  }
  t->member = member;
  return member && t->first;
}
static bool get_units(struct arena *a, struct bytes_reader *r, const struct register_entry *entry, struct register_table *t) {
  uint64_t frame, n_bases;
  if (!get_small(r, REGISTER_FRAMES_MAX, &frame) || frame >= (uint64_t)entry->n_frames) return false;
  const struct register_frame *f = &entry->frame[frame];
  if (!get_small(r, (uint64_t)f->n, &n_bases) || n_bases > INT32_MAX / 2) return false;
  t->frame = (int)frame, t->n_bases = (int32_t)n_bases, t->units_known = true;
  return get_bases(a, r, f, t) && get_members(a, r, t);
}
static bool get_head(struct arena *a, struct bytes_reader *r, struct register_table *t, uint64_t *rows) {
  const char **texts[] = {&t->id, &t->form, &t->period, &t->profile, &t->region, &t->definition};
  struct str hash;
  uint64_t min_n, dims, measures;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!(*texts[i] = get_cstr(a, r))) return false;
  if (!get_text(r, &hash) || (hash.n && hash.n != 64)) return false;
  memcpy(t->sha256, hash.p, hash.n);
  if (!get_small(r, INT32_MAX, &min_n) || !get_small(r, REGISTER_DIMS_MAX, &dims) || !get_small(r, REGISTER_MEASURES_MAX, &measures))
    return false;
  if (!get_small(r, REGISTER_ROWS_MAX, rows) || *rows * (measures + 1) > bytes_left(r)) return false;
  t->min_n = (int64_t)min_n, t->n_dims = (int)dims, t->n_measures = (int)measures;
  for (int d = 0; d < t->n_dims; d++)
    if (!(t->dim[d] = get_cstr(a, r)) || !get_flag(r, &t->facet[d])) return false;
  for (int m = 0; m < t->n_measures; m++)
    if (!(t->measure[m] = get_cstr(a, r)) || !get_flag(r, &t->additive[m])) return false;
  return true;
}
static bool get_figures(struct arena *a, struct bytes_reader *r, struct register_table *t) {
  for (int64_t i = 0; i < t->n_rows * (t->n_measures + 1); i++) {
    t->status[i] = bytes_u8(r);
    if (r->failed || t->status[i] >= REGISTER_STATUSES) return false;
    if (t->status[i] == REGISTER_SHOWN && !copy_text(a, r, &t->value[i])) return false;
  }
  return true;
}
static bool get_table(struct arena *a, struct bytes_reader *r, const struct register_entry *entry, struct register_table *t) {
  uint64_t rows;
  uint8_t known;
  struct err none;
  if (!get_head(a, r, t, &rows) || register_table_rows(a, t, (int64_t)rows, &none)) return false;
  for (int d = 0; d < t->n_dims; d++)
    if (!get_codes(a, r, t, d)) return false;
  return get_figures(a, r, t) && get_flag(r, &known) && (!known || get_units(a, r, entry, t));
}
static bool get_entry(struct arena *a, struct bytes_reader *r, struct register_entry *out) {
  const char **texts[] = {&out->release, &out->survey, &out->period, &out->kind};
  const uint8_t *magic = bytes_take(r, sizeof MAGIC - 1);
  uint64_t edition, frames, tables, n;
  if (!magic || memcmp(magic, MAGIC, sizeof MAGIC - 1) != 0) return false;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!(*texts[i] = get_cstr(a, r))) return false;
  if (!get_small(r, INT32_MAX, &edition) || !get_small(r, REGISTER_FRAMES_MAX, &frames) || !get_small(r, REGISTER_TABLES_MAX, &tables))
    return false;
  out->edition = (int64_t)edition, out->n_frames = (int)frames, out->n_tables = (int)tables;
  out->frame = ARENA_ARRAY(a, struct register_frame, frames + 1);
  out->table = ARENA_ARRAY(a, struct register_table, tables + 1);
  if (!out->frame || !out->table) return false;
  for (int f = 0; f < out->n_frames; f++) {
    if (!(out->frame[f].name = get_cstr(a, r)) || !get_small(r, INT32_MAX / 2, &n)) return false;
    out->frame[f].n = (int64_t)n;
    if (!get_frame(a, r, &out->frame[f])) return false;
  }
  for (int i = 0; i < out->n_tables; i++)
    if (!get_table(a, r, out, &out->table[i])) return false;
  return !r->failed && bytes_left(r) == 0;
}
enum err_code register_decode(struct arena *a, struct str bytes, struct register_entry *out, struct err *e) {
  struct bytes_reader r;
  *out = (struct register_entry){.release = ""};
  bytes_reader_init(&r, bytes.p, bytes.n);
  return get_entry(a, &r, out) ? E_OK : ERR(e, E_REGISTER_ENTRY, .subject = out->release ? out->release : "?");
}
