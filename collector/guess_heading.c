/* guess_heading.c -- one heading per column from several header rows: blank cells of the upper rows continue the cell to the left, the levels that
 * are not empty are joined by "/". The same rule as a layout's header_rows (forms/form_folder.md). */
#include <string.h>
#include <strings.h>

#include "base/ext_utf8proc.h"
#include "collector/guess_impl.h"
#include "collector/normalise.h"

enum { LABEL_BYTES = 120 };

/* Something begins at column j in a header row above `level`: what stands to the left reaches no further. */
static bool begins_above(const struct guess *g, int64_t level, int64_t j) {
  int64_t first = g->first_data - g->header_rows;
  for (int64_t u = 0; u < level; u++)
    if (!normalise_is_blank(guess_cell_text(g, first + u, j))) return true;
  return false;
}

/* The cell itself, or in an upper row the filled cell to the left that reaches as far as this column. */
static struct str level_text(const struct guess *g, int64_t level, int64_t j) {
  int64_t row = g->first_data - g->header_rows + level;
  bool last = level == g->header_rows - 1;
  struct str t = guess_cell_text(g, row, j);
  for (int64_t k = j; !last && normalise_is_blank(t) && k > 0 && !begins_above(g, level, k); k--) t = guess_cell_text(g, row, k - 1);
  return normalise_is_blank(t) ? (struct str){"", 0} : t;
}

static void add_folded(struct strbuf *b, struct str text) {
  struct strbuf nfkc;
  strbuf_init(&nfkc, 1 << 20);
  struct str s = text_nfkc(text, &nfkc) ? str_view(nfkc.p, nfkc.n) : text;
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] != ' ' && s.p[i] != '\n' && s.p[i] != '\r' && s.p[i] != '\t') strbuf_addc(b, s.p[i]);
  b->failed = b->failed || nfkc.failed;
  strbuf_release(&nfkc);
}

static size_t cut_at_character(const char *p, size_t n, size_t most) {
  if (n <= most) return n;
  while (most > 0 && ((uint8_t)p[most] & 0xc0) == 0x80) most--;
  return most;
}

static enum err_code one_heading(struct arena *a, struct guess *g, int64_t j, struct err *e) {
  struct strbuf raw, label;
  strbuf_init(&raw, 1 << 20);
  strbuf_init(&label, 1 << 20);
  for (int64_t level = 0; level < g->header_rows; level++) {
    struct str t = level_text(g, level, j);
    if (!t.n) continue;
    if (raw.n) strbuf_addc(&raw, '/'), strbuf_addc(&label, '/');
    strbuf_add(&raw, t.p, t.n);
    add_folded(&label, t);
  }
  struct guess_column *c = &g->columns[j];
  const char *text = arena_strdup(a, raw.n ? raw.p : "", raw.n);
  c->label = arena_strdup(a, label.n ? label.p : "", cut_at_character(label.p, label.n, LABEL_BYTES));
  c->heading = str_view(text, raw.n);
  bool failed = raw.failed || label.failed || !text || !c->label;
  strbuf_release(&raw);
  strbuf_release(&label);
  return failed ? ERR(e, E_NO_MEMORY, .subject = "headings") : E_OK;
}

static uint64_t hash_of(const char *p) {
  uint64_t h = 1469598103934665603u;
  for (; *p; p++) h = (h ^ (uint8_t)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p)) * 1099511628211u; /* headings are the same in either case */
  return h;
}

/* A heading that stands twice, or is empty, tells no column from another. */
static enum err_code mark_unique(struct arena *a, struct guess *g, struct err *e) {
  uint64_t size = 64;
  while (size < (uint64_t)g->n_columns * 2) size *= 2;
  int64_t *slots = ARENA_ARRAY(a, int64_t, size);
  if (!slots) return ERR(e, E_NO_MEMORY, .subject = "headings");
  for (int64_t j = 0; j < g->n_columns; j++) {
    struct guess_column *c = &g->columns[j];
    c->heading_unique = *c->label != 0 && strlen(c->label) < LABEL_BYTES - 3;
    if (!c->heading_unique) continue;
    uint64_t at = hash_of(c->label) & (size - 1);
    while (slots[at] && strcasecmp(g->columns[slots[at] - 1].label, c->label) != 0) at = (at + 1) & (size - 1);
    if (slots[at]) c->heading_unique = g->columns[slots[at] - 1].heading_unique = false;
    else slots[at] = j + 1;
  }
  return E_OK;
}

enum err_code guess_headings(struct arena *a, struct guess *g, struct err *e) {
  for (int64_t j = 0; j < g->n_columns; j++) TRY(one_heading(a, g, j, e));
  return mark_unique(a, g, e);
}

static bool holds(const char *text, struct str word) {
  size_t n = strlen(text);
  for (size_t i = 0; i + word.n <= n; i++)
    if (strncasecmp(text + i, word.p, word.n) == 0) return true;
  return false;
}

bool heading_has(const struct guess_column *c, const char *words) {
  struct str rest = str_of(words);
  while (rest.n) {
    struct str word = str_split(rest, '|', &rest);
    if (word.n && holds(c->label, word)) return true;
  }
  return false;
}
