/* certificate_text.c -- certificates as text: one statement a line, whole numbers only, sealed by a digest of all lines before the last. */
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "estimators/sdc/suppress/certificate.h"

static void seal_of(struct str text, char out[DIGEST_TEXT]) {
  struct digest h;
  digest_begin(&h);
  digest_text(&h, text);
  digest_end(&h, out);
}
void certificate_write(const struct certificate *x, struct strbuf *b) {
  char seal[DIGEST_TEXT];
  const size_t from = b->n;
  strbuf_addf(b, "shirabe-certificate 1\ntable %d %d %d %d %s\nhidden %d", (int)x->n_cells, (int)x->n_relations, x->decimals, x->known, x->digest,
      (int)x->n_hidden);
  for (int32_t i = 0; i < x->n_hidden; i++) strbuf_addf(b, " %d", (int)x->hidden[i]);
  strbuf_addc(b, '\n');
  for (int32_t k = 0; k < x->n_tables; k++) {
    const struct certificate_table *m = &x->table[k];
    strbuf_addf(b, "moved %lld %d", (long long)m->denominator, (int)m->n);
    for (int32_t i = 0; i < m->n; i++) strbuf_addf(b, " %d:%lld", (int)m->cell[i], (long long)m->deviation[i]);
    strbuf_addc(b, '\n');
  }
  for (int32_t k = 0; k < x->n_claims; k++) {
    const struct certificate_claim *c = &x->claim[k];
    const char *side = c->up ? "high" : "low";
    if (c->table >= 0) strbuf_addf(b, "reach %d %s %d\n", (int)c->cell, side, (int)c->table);
    if (c->table == -2) strbuf_addf(b, "unproved %d %s\n", (int)c->cell, side);
    if (c->table != -1) continue;
    strbuf_addf(b, "bound %d %s %lld %lld %d", (int)c->cell, side, (long long)c->denominator, (long long)c->bound, (int)c->n);
    for (int32_t i = 0; i < c->n; i++) strbuf_addf(b, " %d:%lld", (int)c->relation[i], (long long)c->factor[i]);
    strbuf_addc(b, '\n');
  }
  seal_of(str_view(b->p + from, b->n - from), seal);
  strbuf_addf(b, "seal %s\n", seal);
}

/* --- reading --- */

struct reading {
  struct arena *a;
  const char *name;
  int64_t line;
  struct str rest; /* of the line */
  struct err *e;
};
static enum err_code bad(const struct reading *r, const char *what) {
  return ERR(r->e, E_SDC_FILE_CERTIFICATE, .subject = what, .file = r->name, .line = r->line);
}
static struct str word(struct reading *r) {
  const struct str w = str_split(r->rest, ' ', &r->rest);
  return w;
}
/* One spelling of each number, so that a file has one text: no sign but minus, no leading zero, no minus zero. */
static bool number(struct str s, int64_t *out) {
  const size_t from = s.n && s.p[0] == '-';
  if (s.n == from || s.n > 20 || (s.p[from] == '0' && (s.n > from + 1 || from))) return false;
  for (size_t i = from; i < s.n; i++)
    if (s.p[i] < '0' || s.p[i] > '9') return false;
  return str_int64(s, out);
}
static bool small(struct reading *r, int32_t *out) {
  int64_t v;
  if (!number(word(r), &v) || v < 0 || v > CELLS_MAX) return false;
  *out = (int32_t)v;
  return true;
}
static bool side(struct reading *r, bool *up) {
  const struct str w = word(r);
  *up = str_eq(w, STR("high"));
  return *up || str_eq(w, STR("low"));
}
/* n entries number:number; each takes three bytes at least, which caps n by the length of the line. */
static enum err_code pairs(struct reading *r, int32_t *n, int32_t **key, int64_t **value) {
  if (!small(r, n) || (size_t)*n > r->rest.n / 3 + 1) return bad(r, "a number of entries");
  *key = ARENA_ARRAY(r->a, int32_t, *n + 1);
  *value = ARENA_ARRAY(r->a, int64_t, *n + 1);
  if (!*key || !*value) return ERR(r->e, E_NO_MEMORY, .file = r->name);
  for (int32_t i = 0; i < *n; i++) {
    struct str w = word(r), left;
    int64_t k;
    const bool colon = memchr(w.p, ':', w.n) != NULL;
    left = str_split(w, ':', &w);
    if (!colon || !number(left, &k) || k < 0 || k > CELLS_MAX || !number(w, &(*value)[i])) return bad(r, "an entry number:number");
    (*key)[i] = (int32_t)k;
  }
  return r->rest.n ? bad(r, "more than the line may hold") : E_OK;
}
static enum err_code head(struct reading *r, struct certificate *x) {
  int32_t decimals = 0, known = 0;
  if (!small(r, &x->n_cells) || !small(r, &x->n_relations) || !small(r, &decimals) || !small(r, &known) || decimals > CELL_DECIMALS_MAX ||
      known > 1000)
    return bad(r, "the size of the table");
  x->decimals = decimals;
  x->known = known;
  if (r->rest.n != 64) return bad(r, "the digest of the table");
  memcpy(x->digest, r->rest.p, 64);
  x->digest[64] = 0;
  return E_OK;
}
static enum err_code hidden(struct reading *r, struct certificate *x) {
  if (!small(r, &x->n_hidden) || (size_t)x->n_hidden > r->rest.n / 2 + 1) return bad(r, "the number of hidden cells");
  x->hidden = ARENA_ARRAY(r->a, int32_t, x->n_hidden + 1);
  if (!x->hidden) return ERR(r->e, E_NO_MEMORY, .file = r->name);
  for (int32_t i = 0; i < x->n_hidden; i++)
    if (!small(r, &x->hidden[i])) return bad(r, "a hidden cell");
  return r->rest.n ? bad(r, "more than the line may hold") : E_OK;
}
static enum err_code table(struct reading *r, struct certificate *x) {
  struct certificate_table *m = &x->table[x->n_tables++];
  if (!number(word(r), &m->denominator) || m->denominator < 1) return bad(r, "a denominator");
  return pairs(r, &m->n, &m->cell, &m->deviation);
}
static enum err_code claim(struct reading *r, struct certificate *x, struct str kind) {
  struct certificate_claim *c = &x->claim[x->n_claims++];
  if (!small(r, &c->cell) || !side(r, &c->up)) return bad(r, "cell and side");
  c->table = -2;
  if (str_eq(kind, STR("reach"))) {
    if (!small(r, &c->table)) return bad(r, "the number of a table");
  } else if (str_eq(kind, STR("bound"))) {
    c->table = -1;
    if (!number(word(r), &c->denominator) || c->denominator < 1 || !number(word(r), &c->bound) || c->bound < 0) return bad(r, "a bound");
    return pairs(r, &c->n, &c->relation, &c->factor);
  }
  return r->rest.n ? bad(r, "more than the line may hold") : E_OK;
}
static enum err_code statement(struct reading *r, struct certificate *x) {
  const struct str kind = word(r);
  if (r->line == 1) return str_eq(kind, STR("shirabe-certificate")) && str_eq(r->rest, STR("1")) ? E_OK : bad(r, "the first line");
  if (r->line == 2) return str_eq(kind, STR("table")) ? head(r, x) : bad(r, "table");
  if (r->line == 3) return str_eq(kind, STR("hidden")) ? hidden(r, x) : bad(r, "hidden");
  if (str_eq(kind, STR("moved"))) return x->n_claims ? bad(r, "tables come before claims") : table(r, x);
  if (str_eq(kind, STR("reach")) || str_eq(kind, STR("bound")) || str_eq(kind, STR("unproved"))) return claim(r, x, kind);
  return bad(r, "an unknown statement");
}
enum err_code certificate_read(struct arena *a, const char *name, struct str text, struct certificate *x, struct err *e) {
  struct reading r = {.a = a, .name = name, .e = e};
  char seal[DIGEST_TEXT];
  const size_t tail = 5 + 64 + 1; /* "seal ", digest, end of line */
  int64_t lines = 0;
  *x = (struct certificate){0};
  for (size_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
  if (text.n < tail || text.p[text.n - 1] != '\n' || memcmp(text.p + text.n - tail, "seal ", 5) != 0) return bad(&r, "no seal in the last line");
  struct str body = str_view(text.p, text.n - tail);
  seal_of(body, seal);
  if (memcmp(text.p + text.n - 65, seal, 64) != 0) return bad(&r, "the seal does not match: the file was changed");
  x->table = ARENA_ARRAY(a, struct certificate_table, lines + 1);
  x->claim = ARENA_ARRAY(a, struct certificate_claim, lines + 1);
  if (!x->table || !x->claim) return ERR(e, E_NO_MEMORY, .file = name);
  while (body.n) {
    r.line++;
    r.rest = str_split(body, '\n', &body);
    if (r.rest.n == 0 || r.rest.p[r.rest.n - 1] == ' ') return bad(&r, "an empty line, or a space at its end");
    TRY(statement(&r, x));
  }
  return r.line >= 3 ? E_OK : bad(&r, "too short");
}
