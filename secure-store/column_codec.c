/* column_codec.c -- see column_codec.h.
 * Bytes    version 1 | type | decimals | flags (bit 0 date) | varint rows | status section | value section
 * Status   0, status  ·  1, varint runs, (status, varint length)...  ·  2, four bits per row, low half first. The shortest; the lower number
 *          when equal.
 * Values   COL_INT   int64 smallest present value | width | packed differences          (missing rows: difference 0)
 *          COL_CODE, COL_TEXT   varint texts, (varint length, bytes)... in order of first use | width | packed ids
 *          COL_REAL  width 8 planes | packed IEEE bits
 *          width: 0, 1, 2, 4 = bits; 0x10 + k = k byte planes, all lowest bytes first. The smallest that fits. */
#include "secure-store/column_codec.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"

enum { VERSION = 1, DECIMALS_MAX = 18, PLANES = 0x10, TEXT_MAX = 1 << 20 };
enum { STATUS_SAME, STATUS_RUNS, STATUS_NIBBLES };

/* --- packed unsigned values --- */
static uint8_t width_of(uint64_t all_bits) {
  int bits = all_bits ? 64 - __builtin_clzll(all_bits) : 0;
  if (bits <= 2) return (uint8_t)bits;
  if (bits <= 4) return 4;
  return (uint8_t)(PLANES + (bits + 7) / 8);
}
static bool width_ok(uint8_t w) { return w == 0 || w == 1 || w == 2 || w == 4 || (w > PLANES && w <= PLANES + 8); }
static size_t packed_size(uint8_t width, size_t n) {
  if (width > PLANES) return n * (size_t)(width - PLANES);
  return (n * width + 7) / 8;
}
static void pack_plane(const uint64_t *v, size_t n, int shift, uint8_t *out) {
  for (size_t i = 0; i < n; i++) out[i] = (uint8_t)(v[i] >> shift);
}
static void pack(const uint64_t *v, size_t n, uint8_t width, uint8_t *out) {
  if (width > PLANES) {
    for (int plane = 0; plane < width - PLANES; plane++) pack_plane(v, n, 8 * plane, out + (size_t)plane * n);
    return;
  }
  if (width == 0) return;
  // cppcheck-suppress zerodivcond ; width is 1, 2 or 4 here
  size_t per_byte = 8u / width, whole = n / per_byte;
  for (size_t b = 0; b < whole; b++) {
    uint64_t byte = 0;
    for (size_t i = 0; i < per_byte; i++) byte |= v[b * per_byte + i] << i * width;
    out[b] = (uint8_t)byte;
  }
  for (size_t i = whole * per_byte; i < n; i++) out[whole] |= (uint8_t)(v[i] << (i - whole * per_byte) * width);
}
static uint64_t bits_in(const uint64_t *v, size_t n) {
  uint64_t all = 0;
  for (size_t i = 0; i < n; i++) all |= v[i];
  return all;
}
static bool put_packed(const uint64_t *v, size_t n, uint8_t width, struct strbuf *out) {
  bytes_put_u8(out, width);
  uint8_t *to = (uint8_t *)strbuf_extend(out, packed_size(width, n));
  if (to) pack(v, n, width, to);
  return to != NULL;
}
struct packed {
  const uint8_t *in;
  size_t n;
  uint8_t width;
};
static bool take_packed(struct bytes_reader *r, size_t n, struct packed *out) {
  uint8_t width = bytes_u8(r);
  if (r->failed || !width_ok(width)) return false;
  const uint8_t *in = bytes_take(r, packed_size(width, n));
  *out = (struct packed){in, n, width};
  return !r->failed && (in || packed_size(width, n) == 0);
}

/* Values of up to four planes, which nearly all are, go through a block that stays in the cache; wider ones through an array of all. */
enum { BLOCK = 1024, NARROW = 4 };
static bool is_narrow(const struct packed *p) { return p->width <= PLANES + NARROW; }
static void planes_block(const struct packed *p, size_t at, size_t n, uint32_t *v) {
  const int planes = p->width - PLANES;
  const uint8_t *plane[NARROW];
  for (int k = 0; k < NARROW; k++) plane[k] = p->in + (k < planes ? (size_t)k * p->n + at : 0);
  const uint8_t *a = plane[0], *b = plane[1], *c = plane[2], *d = plane[3];
  switch (planes) {
    case 1:
      for (size_t i = 0; i < n; i++) v[i] = a[i];
      return;
    case 2:
      for (size_t i = 0; i < n; i++) v[i] = (uint32_t)a[i] | (uint32_t)b[i] << 8;
      return;
    case 3:
      for (size_t i = 0; i < n; i++) v[i] = (uint32_t)a[i] | (uint32_t)b[i] << 8 | (uint32_t)c[i] << 16;
      return;
    default:
      for (size_t i = 0; i < n; i++) v[i] = (uint32_t)a[i] | (uint32_t)b[i] << 8 | (uint32_t)c[i] << 16 | (uint32_t)d[i] << 24;
  }
}
/* Values at .. at+n-1; at is a multiple of BLOCK. */
static void narrow_block(const struct packed *p, size_t at, size_t n, uint32_t *v) {
  if (p->width > PLANES) {
    planes_block(p, at, n, v);
    return;
  }
  if (p->width == 0) {
    memset(v, 0, n * sizeof *v);
    return;
  }
  const uint8_t *in = p->in + at / 8 * p->width;
  const uint32_t mask = (1u << p->width) - 1;
  // cppcheck-suppress zerodivcond ; width is 1, 2 or 4 here
  const size_t per_byte = 8u / p->width, whole = n / per_byte;
  for (size_t b = 0; b < whole; b++)
    for (size_t i = 0; i < per_byte; i++) v[b * per_byte + i] = (uint32_t)in[b] >> i * p->width & mask;
  for (size_t i = 0; i < n % per_byte; i++) v[whole * per_byte + i] = (uint32_t)in[whole] >> i * p->width & mask;
}
static bool padding_clear(const struct packed *p) { /* no bits after the last value */
  const size_t used = p->width > PLANES ? 0 : p->n * p->width % 8;
  return used == 0 || p->in[p->n * p->width / 8] >> used == 0;
}

static void unpack_plane(const uint8_t *in, size_t n, int shift, uint64_t *v) {
  if (shift == 0)
    for (size_t i = 0; i < n; i++) v[i] = in[i];
  else
    for (size_t i = 0; i < n; i++) v[i] |= (uint64_t)in[i] << shift;
}
static void unpack_planes(const struct packed *p, uint64_t *v) {
  for (int plane = 0; plane < p->width - PLANES; plane++) unpack_plane(p->in + (size_t)plane * p->n, p->n, 8 * plane, v);
}
struct scratch { /* made when a column needs it */
  uint64_t *v;
  size_t bytes;
  bool failed;
};
static uint64_t *scratch_of(struct scratch *x, size_t n) {
  x->bytes = (n + 1) * sizeof *x->v;
  x->v = malloc(x->bytes);
  x->failed = !x->v;
  return x->v;
}
static void scratch_release(struct scratch *x) {
  if (x->v) wipe(x->v, x->bytes);
  free(x->v);
}

/* --- status section --- */
static size_t count_runs(const uint8_t *s, size_t n) {
  size_t runs = n > 0;
  for (size_t i = 1; i < n; i++) runs += s[i] != s[i - 1];
  return runs;
}
static size_t varint_size(uint64_t v) {
  size_t n = 1;
  while (v >>= 7) n++;
  return n;
}
static size_t run_end(const uint8_t *s, size_t n, size_t at) {
  size_t end = at + 1;
  while (end < n && s[end] == s[at]) end++;
  return end;
}
static size_t runs_size(const uint8_t *s, size_t n, size_t n_runs) {
  size_t size = varint_size(n_runs);
  for (size_t at = 0, end; at < n; at = end) {
    end = run_end(s, n, at);
    size += 1 + varint_size(end - at);
  }
  return size;
}
static uint8_t status_kind(const uint8_t *s, size_t n) {
  if (n <= 1 || !memcmp(s, s + 1, n - 1)) return STATUS_SAME; /* the common case, at the speed of memory */
  size_t n_runs = count_runs(s, n);
  if (n_runs <= 1) return STATUS_SAME;
  size_t nibbles = (n + 1) / 2;
  return n_runs < nibbles && runs_size(s, n, n_runs) <= nibbles ? STATUS_RUNS : STATUS_NIBBLES;
}
static void put_status(const uint8_t *s, size_t n, struct strbuf *out) {
  uint8_t kind = status_kind(s, n);
  bytes_put_u8(out, kind);
  if (kind == STATUS_SAME) {
    bytes_put_u8(out, n ? s[0] : 0);
  } else if (kind == STATUS_RUNS) {
    bytes_put_varint(out, count_runs(s, n));
    for (size_t at = 0, end; at < n; at = end) {
      end = run_end(s, n, at);
      bytes_put_u8(out, s[at]);
      bytes_put_varint(out, end - at);
    }
  } else {
    uint8_t *to = (uint8_t *)strbuf_extend(out, (n + 1) / 2);
    for (size_t i = 0; to && i < n; i++) to[i / 2] |= (uint8_t)(s[i] << i % 2 * 4);
  }
}
static bool statuses_ok(const uint8_t *s, size_t n) {
  uint8_t worst = 0;
  for (size_t i = 0; i < n; i++) worst = s[i] > worst ? s[i] : worst;
  return worst < VAL_STATUS_COUNT;
}
/* Runs as the encoder would have written them: neighbours differ, and they are the shortest of the three forms. */
static bool take_runs(struct bytes_reader *r, uint8_t *s, size_t n) {
  const uint64_t n_runs = bytes_varint(r);
  const size_t nibbles = (n + 1) / 2;
  size_t at = 0, size = varint_size(n_runs);
  uint8_t before = VAL_STATUS_COUNT;
  if (n_runs < 2 || n_runs >= nibbles) return false;
  for (uint64_t i = 0; i < n_runs; i++) {
    uint8_t status = bytes_u8(r);
    uint64_t length = bytes_varint(r);
    if (r->failed || length == 0 || length > n - at || status == before || status >= VAL_STATUS_COUNT) return false;
    memset(s + at, status, (size_t)length);
    at += (size_t)length, size += 1 + varint_size(length), before = status;
  }
  return !r->failed && at == n && size <= nibbles;
}
static bool take_nibbles(struct bytes_reader *r, uint8_t *s, size_t n) {
  const uint8_t *in = bytes_take(r, (n + 1) / 2);
  if (r->failed || !in) return false;
  for (size_t i = 0; i < n; i++) s[i] = in[i / 2] >> i % 2 * 4 & 15;
  return n % 2 == 0 || in[n / 2] >> 4 == 0;
}
static bool take_status(struct bytes_reader *r, uint8_t *s, size_t n) {
  uint8_t kind = bytes_u8(r), status;
  bool ok = !r->failed && kind <= STATUS_NIBBLES;
  if (ok && kind == STATUS_SAME) {
    status = bytes_u8(r);
    memset(s, status, n);
    ok = !r->failed && (n > 0 || status == 0);
  } else if (ok) {
    ok = kind == STATUS_RUNS ? take_runs(r, s, n) : take_nibbles(r, s, n);
  }
  if (kind == STATUS_SAME) return ok && (n == 0 || s[0] < VAL_STATUS_COUNT);
  return ok && (kind == STATUS_RUNS || (status_kind(s, n) == kind && statuses_ok(s, n)));
}

/* --- integers --- */
static bool put_int(const int64_t *x, const uint8_t *s, size_t n, uint64_t *v, struct strbuf *out) {
  int64_t least = INT64_MAX;
  for (size_t i = 0; i < n; i++) {
    int64_t one = value_present(s[i]) ? x[i] : INT64_MAX; /* no branch: the loop is done some values at a time */
    least = one < least ? one : least;
  }
  bool any = false;
  for (size_t i = 0; i < n; i++) {
    bool present = value_present(s[i]);
    any |= present;
    v[i] = present ? (uint64_t)x[i] - (uint64_t)least : 0;
  }
  bytes_put_u64(out, any ? (uint64_t)least : 0);
  return put_packed(v, n, width_of(bits_in(v, n)), out);
}
/* What the differences of a column must show: the width they need, nothing under missing values, a zero, none beyond room. */
struct differences {
  uint32_t bits, under_missing, beyond;
  size_t zeros, missing;
};
/* All values as if none were missing: no branch, some at a time. */
static void plain_block(const uint32_t *v, size_t n, uint64_t least, uint64_t room, int64_t *x, struct differences *d) {
  uint32_t bits = 0, zeros = 0;
  for (size_t i = 0; i < n; i++) bits |= v[i], zeros += v[i] == 0;
  for (size_t i = 0; i < n; i++) x[i] = (int64_t)(least + v[i]);
  for (size_t i = 0; room < UINT32_MAX && i < n; i++) d->beyond |= v[i] > room;
  d->bits |= bits, d->zeros += zeros;
}
static void missing_values(const uint32_t *v, const uint8_t *s, size_t n, int64_t *x, struct differences *d) {
  for (size_t i = 0; i < n; i++)
    if (!value_present(s[i])) d->under_missing |= v[i], d->missing++, d->zeros -= v[i] == 0, x[i] = 0;
}
/* Eight statuses at a time: most have no missing value among them. */
static void missing_block(const uint32_t *v, const uint8_t *s, size_t n, int64_t *x, struct differences *d) {
  const uint64_t eight_blank = UINT64_C(0x0101010101010101) * (uint8_t)~(VAL_BLANK - 1);
  size_t at = 0;
  for (uint64_t word; at + sizeof word <= n; at += sizeof word) {
    memcpy(&word, s + at, sizeof word);
    if (word & eight_blank) missing_values(v + at, s + at, sizeof word, x + at, d);
  }
  missing_values(v + at, s + at, n - at, x + at, d);
}
static bool narrow_int(const struct packed *p, const uint8_t *s, uint64_t least, uint64_t room, int64_t *x) {
  _Static_assert(VAL_BLANK == 4, "value_present is a test of the bits above the lowest two");
  uint32_t v[BLOCK] = {0};
  struct differences d = {0};
  for (size_t at = 0; at < p->n; at += BLOCK) {
    const size_t n = p->n - at < BLOCK ? p->n - at : BLOCK;
    narrow_block(p, at, n, v);
    plain_block(v, n, least, room, x + at, &d);
    missing_block(v, s + at, n, x + at, &d);
  }
  wipe(v, sizeof v);
  return padding_clear(p) && width_of(d.bits) == p->width && !d.under_missing && !d.beyond && (d.missing < p->n ? d.zeros != 0 : least == 0);
}
static bool wide_int(const struct packed *p, const uint8_t *s, uint64_t least, uint64_t room, uint64_t *v, int64_t *x) {
  const size_t n = p->n;
  bool any = false, touched = false;
  if (!v) return false;
  unpack_planes(p, v);
  if (width_of(bits_in(v, n)) != p->width) return false;
  for (size_t i = 0; i < n; i++) {
    if (!value_present(s[i])) {
      if (v[i] != 0) return false;
      x[i] = 0;
      continue;
    }
    any = true;
    touched |= v[i] == 0;
    if (v[i] > room) return false;
    x[i] = (int64_t)(least + v[i]);
  }
  return any ? touched : least == 0;
}
static bool take_int(struct bytes_reader *r, const uint8_t *s, size_t n, struct scratch *room_for, int64_t *x) {
  const uint64_t least = bytes_u64(r), room = (uint64_t)INT64_MAX - least; /* differences beyond it would pass the largest number */
  struct packed p;
  if (r->failed || !take_packed(r, n, &p)) return false;
  return is_narrow(&p) ? narrow_int(&p, s, least, room, x) : wide_int(&p, s, least, room, scratch_of(room_for, n), x);
}

/* --- dictionary columns --- */
static bool put_texts(const struct column *c, const int32_t *used, size_t n_used, struct strbuf *out) {
  bytes_put_varint(out, n_used);
  for (size_t i = 0; i < n_used; i++) {
    struct str text = dict_text(c->dict, used[i]);
    if (text.n > TEXT_MAX || !utf8_valid(text.p, text.n, NULL)) return false;
    bytes_put_varint(out, text.n);
    strbuf_add(out, text.p, text.n);
  }
  return true;
}
/* Numbers texts by first use: slice[id] = number + 1. Returns how many, SIZE_MAX for an id outside the dictionary. */
static size_t number_texts(const int32_t *code, const uint8_t *s, size_t n, int32_t *slice, int32_t n_dict, int32_t *used, uint64_t *v) {
  size_t n_used = 0;
  for (size_t i = 0; i < n; i++) {
    v[i] = 0;
    if (!value_present(s[i])) continue;
    if (code[i] < 0 || code[i] >= n_dict) return SIZE_MAX;
    int32_t *number = &slice[code[i]];
    if (*number == 0) {
      used[n_used++] = code[i];
      *number = (int32_t)n_used;
    }
    v[i] = (uint64_t)(*number - 1);
  }
  return n_used;
}
static enum err_code put_dictionary(const struct column *c, int64_t row0, size_t n, uint64_t *v, struct strbuf *out, struct err *e) {
  int32_t n_dict = c->dict ? dict_count(c->dict) : 0;
  int32_t *slice = calloc((size_t)n_dict + 1, sizeof *slice), *used = malloc((n + 1) * sizeof *used);
  enum err_code code = E_OK;
  if (!slice || !used) {
    code = ERR(e, E_NO_MEMORY, .subject = c->name);
    goto done;
  }
  size_t n_used = number_texts(c->code + row0, c->status + row0, n, slice, n_dict, used, v);
  if (n_used == SIZE_MAX || !put_texts(c, used, n_used, out))
    code = ERR(e, E_COLUMN_VALUE, .subject = c->name, .expected = "ids of UTF-8 texts in the dictionary");
  else put_packed(v, n, width_of(n_used > 1 ? n_used - 1 : 0), out);
done:
  free(slice);
  free(used);
  return code;
}

/* ids[k] = id of the slice's text k in the column's dictionary; texts must differ. */
static enum err_code take_texts(struct bytes_reader *r, size_t n_texts, struct dict *dict, int32_t *ids, bool *ok, struct err *e) {
  *ok = false;
  for (size_t k = 0; k < n_texts; k++) {
    uint64_t length = bytes_varint(r);
    if (r->failed || length > TEXT_MAX) return E_OK;
    const uint8_t *p = bytes_take(r, (size_t)length);
    if (r->failed || !utf8_valid((const char *)p, (size_t)length, NULL)) return E_OK;
    ids[k] = dict_add(dict, str_view(length ? (const char *)p : "", (size_t)length));
    if (ids[k] < 0) return ERR(e, E_NO_MEMORY, .subject = "dictionary");
  }
  *ok = true;
  return E_OK;
}
static bool all_different(const int32_t *ids, size_t n, int32_t n_dict) {
  uint8_t *seen = calloc((size_t)n_dict + 1, 1);
  bool ok = seen != NULL;
  for (size_t k = 0; ok && k < n; k++) {
    ok = !seen[ids[k]];
    seen[ids[k]] = 1;
  }
  free(seen);
  return ok;
}
/* Numbers must appear in order of first use and all of them must be used. */
static bool spread_block(const uint32_t *v, const uint8_t *s, size_t n, const int32_t *ids, size_t n_texts, size_t *next, int32_t *code) {
  size_t i = 0;
  for (; i < n && *next < n_texts; i++) { /* until all have been met */
    if (!value_present(s[i])) {
      if (v[i] != 0) return false;
      code[i] = 0;
      continue;
    }
    if (v[i] > *next) return false;
    *next += v[i] == *next;
    code[i] = ids[v[i]];
  }
  bool wrong = false;
  for (size_t k = i; k < n; k++) wrong |= v[k] >= (value_present(s[k]) ? n_texts : 1);
  for (; !wrong && i < n; i++) code[i] = value_present(s[i]) ? ids[v[i]] : 0;
  return !wrong;
}
static bool spread_ids(const struct packed *p, const uint8_t *s, const int32_t *ids, size_t n_texts, int32_t *code) {
  uint32_t v[BLOCK] = {0}, bits = 0;
  size_t next = 0;
  bool ok = is_narrow(p) && padding_clear(p); /* as many texts as would need more planes do not fit a slice */
  for (size_t at = 0; ok && at < p->n; at += BLOCK) {
    const size_t n = p->n - at < BLOCK ? p->n - at : BLOCK;
    narrow_block(p, at, n, v);
    for (size_t i = 0; i < n; i++) bits |= v[i];
    ok = spread_block(v, s + at, n, ids, n_texts, &next, code + at);
  }
  wipe(v, sizeof v);
  return ok && width_of(bits) == p->width && next == n_texts;
}
static enum err_code take_dictionary(struct bytes_reader *r, const uint8_t *s, size_t n, struct dict *dict, int32_t *code, bool *ok, struct err *e) {
  struct packed p;
  uint64_t n_texts = bytes_varint(r);
  *ok = false;
  if (r->failed || n_texts > n) return E_OK;
  int32_t *ids = calloc((size_t)n_texts + 1, sizeof *ids);
  if (!ids) return ERR(e, E_NO_MEMORY, .subject = "dictionary");
  enum err_code status = take_texts(r, (size_t)n_texts, dict, ids, ok, e);
  if (!status && *ok)
    *ok = all_different(ids, (size_t)n_texts, dict_count(dict)) && take_packed(r, n, &p) && spread_ids(&p, s, ids, (size_t)n_texts, code);
  free(ids);
  return status;
}

/* --- real numbers --- */
static bool put_real(const double *x, const uint8_t *s, size_t n, uint64_t *v, struct strbuf *out) {
  for (size_t i = 0; i < n; i++) {
    v[i] = 0;
    if (value_present(s[i])) memcpy(&v[i], &x[i], sizeof v[i]);
  }
  return put_packed(v, n, PLANES + 8, out);
}
static bool take_real(struct bytes_reader *r, const uint8_t *s, size_t n, struct scratch *room_for, double *x) {
  struct packed p;
  if (!take_packed(r, n, &p) || p.width != PLANES + 8) return false;
  uint64_t *v = scratch_of(room_for, n);
  if (!v) return false;
  unpack_planes(&p, v);
  for (size_t i = 0; i < n; i++) {
    if (!value_present(s[i]) && v[i] != 0) return false;
    memcpy(&x[i], &v[i], sizeof x[i]);
  }
  return true;
}

/* --- whole slices --- */
static enum err_code put_values(const struct column *c, int64_t row0, size_t n, uint64_t *v, struct strbuf *out, struct err *e) {
  const uint8_t *s = c->status + row0;
  if (c->type == COL_INT) put_int(c->i64 + row0, s, n, v, out);
  else if (c->type == COL_REAL) put_real(c->real + row0, s, n, v, out);
  else TRY(put_dictionary(c, row0, n, v, out, e));
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = c->name) : E_OK;
}
enum err_code column_encode(const struct column *c, int64_t row0, int64_t n, struct strbuf *out, struct err *e) {
  if (n < 0 || n > COLUMN_ROWS_MAX || c->decimals < 0 || c->decimals > DECIMALS_MAX || !statuses_ok(c->status + row0, (size_t)n))
    return ERR(e, E_COLUMN_VALUE, .subject = c->name, .expected = "known statuses, at most 1048576 rows, 0 to 18 decimals");
  const size_t start = out->n, scratch = ((size_t)n + 1) * sizeof(uint64_t);
  uint64_t *v = calloc((size_t)n + 1, sizeof *v);
  if (!v) return ERR(e, E_NO_MEMORY, .subject = c->name);
  bytes_put_u8(out, VERSION);
  bytes_put_u8(out, (uint8_t)c->type);
  bytes_put_u8(out, (uint8_t)c->decimals);
  bytes_put_u8(out, c->is_date);
  bytes_put_varint(out, (uint64_t)n);
  put_status(c->status + row0, (size_t)n, out);
  enum err_code code = put_values(c, row0, (size_t)n, v, out, e);
  wipe(v, scratch);
  free(v);
  if (code) out->n = start;
  return code;
}

static bool take_head(struct bytes_reader *r, struct column_info *info) {
  uint8_t version = bytes_u8(r), type = bytes_u8(r), decimals = bytes_u8(r), flags = bytes_u8(r);
  uint64_t rows = bytes_varint(r);
  *info = (struct column_info){(enum column_type)type, decimals, flags & 1, (int64_t)rows};
  return !r->failed && version == VERSION && type <= COL_REAL && decimals <= DECIMALS_MAX && flags <= 1 && rows <= COLUMN_ROWS_MAX;
}
enum err_code column_info_of(const void *p, size_t bytes, struct column_info *out, struct err *e) {
  struct bytes_reader r;
  bytes_reader_init(&r, p, bytes);
  return take_head(&r, out) ? E_OK : ERR(e, E_COLUMN_DAMAGED, .subject = "column", .expected = "a column head");
}
static enum err_code take_values(struct bytes_reader *r, struct column *c, int64_t row0, size_t n, bool *ok, struct err *e) {
  const uint8_t *s = c->status + row0;
  struct scratch v = {0};
  enum err_code code = E_OK;
  if (c->type == COL_INT) *ok = take_int(r, s, n, &v, c->i64 + row0);
  else if (c->type == COL_REAL) *ok = take_real(r, s, n, &v, c->real + row0);
  else code = take_dictionary(r, s, n, c->dict, c->code + row0, ok, e);
  scratch_release(&v);
  return v.failed ? ERR(e, E_NO_MEMORY, .subject = c->name) : code;
}
static void blank_rows(struct column *c, int64_t row0, size_t n) {
  if (c->type == COL_INT) memset(c->i64 + row0, 0, n * sizeof *c->i64);
  else if (c->type == COL_REAL) memset(c->real + row0, 0, n * sizeof *c->real);
  else memset(c->code + row0, 0, n * sizeof *c->code);
}
enum err_code column_decode(const void *p, size_t bytes, struct column *out, int64_t row0, int64_t n, struct err *e) {
  struct bytes_reader r;
  struct column_info info;
  if (n < 0 || n > COLUMN_ROWS_MAX) return ERR(e, E_COLUMN_DAMAGED, .subject = out->name, .expected = "at most 1048576 rows");
  bytes_reader_init(&r, p, bytes);
  bool ok = take_head(&r, &info) && info.type == out->type && info.decimals == out->decimals && info.is_date == out->is_date && info.rows == n;
  ok = ok && (out->dict || out->type == COL_INT || out->type == COL_REAL) && take_status(&r, out->status + row0, (size_t)n);
  enum err_code code = ok ? take_values(&r, out, row0, (size_t)n, &ok, e) : E_OK;
  ok = ok && !code && !r.failed && bytes_left(&r) == 0;
  if (ok) return E_OK;
  blank_rows(out, row0, (size_t)n);
  memset(out->status + row0, VAL_BLANK, (size_t)n);
  return code ? code : ERR(e, E_COLUMN_DAMAGED, .subject = out->name);
}
