/* guess_map.c -- see guess_map.h. */
#include "collector/guess_map.h"

#include <string.h>

#include "base/ext_utf8proc.h"
#include "collector/guess_impl.h"
#include "collector/intake_impl.h"

enum { EXACT = 100, ACCEPT = 60, CHANCE = 45, SAMPLES = 50, LETTERS = 64, NAMES = 8, NEAR_PAIRS = 250000 };

/* --- headings --- */

struct folded_name {
  uint32_t c[LETTERS];
  int n;
};

static void fold_name(struct str text, struct folded_name *out) {
  struct strbuf b;
  strbuf_init(&b, 1 << 16);
  out->n = 0;
  bool ok = text.n < 512 && text_nfkc(text, &b);
  for (size_t at = 0; ok && at < b.n && out->n < LETTERS;) {
    uint32_t c;
    size_t length = utf8_decode(b.p + at, b.n - at, &c);
    if (!length) break;
    at += length;
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    out->c[out->n++] = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
  }
  strbuf_release(&b);
}

static int edit_distance(const struct folded_name *a, const struct folded_name *b) {
  int row[LETTERS + 1] = {0};
  for (int k = 0; k <= b->n; k++) row[k] = k;
  for (int i = 1; i <= a->n; i++) {
    int corner = row[0];
    row[0] = i;
    for (int k = 1; k <= b->n; k++) {
      int change = corner + (a->c[i - 1] != b->c[k - 1]), above = row[k] + 1, left = row[k - 1] + 1;
      corner = row[k];
      row[k] = change < above ? (change < left ? change : left) : (above < left ? above : left);
    }
  }
  return row[b->n];
}

static bool contains(const struct folded_name *a, const struct folded_name *b) {
  for (int i = 0; b->n >= 2 && i + b->n <= a->n; i++)
    if (memcmp(a->c + i, b->c, (size_t)b->n * sizeof *b->c) == 0) return true;
  return false;
}

static int heading_score(const struct folded_name *a, const struct folded_name *b) {
  if (!a->n || !b->n) return 0;
  int longest = a->n > b->n ? a->n : b->n, shortest = a->n > b->n ? b->n : a->n;
  int near = EXACT - edit_distance(a, b) * EXACT / longest;
  if (near == EXACT) return EXACT;
  int inside = contains(a, b) || contains(b, a) ? 50 + shortest * 45 / longest : 0;
  return near > inside ? near : inside;
}

/* --- one form side, prepared once --- */

struct candidate {
  const struct item *item;
  struct folded_name names[NAMES];
  int n_names, place; /* 1-based in the form's first csv layout, 0 = not there */
  struct item_reader reader;
};
struct side {
  struct candidate *items;
  int n;
  int layout_items;
};

static void add_name(struct candidate *c, const char *text) {
  if (!text || !*text || c->n_names == NAMES) return;
  fold_name(str_of(text), &c->names[c->n_names]);
  c->n_names++;
}

static void layout_names(const struct form *f, struct candidate *c, struct side *s) {
  bool first = true;
  for (int i = 0; i < f->n_layouts; i++) {
    const struct layout *l = &f->layouts[i];
    for (int k = 0; k < l->n_items; k++) {
      if (l->items[k] != c->item) continue;
      add_name(c, l->headings[k]);
      if (first && strcmp(l->kind, "fixed") != 0) c->place = k + 1;
    }
    if (strcmp(l->kind, "fixed") == 0) continue;
    if (first) s->layout_items = l->n_items;
    first = false;
  }
}

static enum err_code side_init(struct arena *a, const struct form *f, const char *record, struct side *out, struct err *e) {
  *out = (struct side){.items = ARENA_ARRAY(a, struct candidate, f->n_items + 1)};
  if (!out->items) return ERR(e, E_NO_MEMORY, .subject = f->id);
  for (int i = 0; i < f->n_items; i++) {
    const struct item *item = &f->items[i];
    if (!form_holds(f, record, item) || item->origin == ORIGIN_DERIVED) continue;
    struct candidate *c = &out->items[out->n];
    c->item = item;
    TRY(item_reader_init(a, f, item, &c->reader, e));
    out->n++;
    add_name(c, item->name), add_name(c, item->label_ja), add_name(c, item->label_en);
    layout_names(f, c, out);
  }
  return E_OK;
}

static void side_release(struct side *s) {
  for (int i = 0; i < s->n; i++) item_reader_release(&s->items[i].reader);
}

/* --- content --- */

static int content_score(const struct guess *g, int64_t j, struct item_reader *r) {
  int read = 0, good = 0;
  for (int64_t i = g->first_data; i < g->sample.n_rows && read < SAMPLES; i++) {
    struct str text = guess_cell_text(g, i, j);
    struct cell_value v;
    if (!guess_is_record(g, i) || normalise_is_blank(text)) continue;
    item_read(r, text, &v);
    read++;
    good += v.problem == E_OK;
  }
  return read ? good * 100 / read : -1;
}

static struct guess_match judge(const struct guess *g, int64_t j, const struct folded_name *whole, const struct folded_name *last,
                                struct candidate *c, bool by_place) {
  struct guess_match m = {.item = c->item, .reason = MAP_NEAR};
  for (int k = 0; k < c->n_names; k++) {
    int a = heading_score(whole, &c->names[k]), b = heading_score(last, &c->names[k]);
    if (b == EXACT && last->n != whole->n) b = EXACT - 5;
    m.heading = a > m.heading ? a : m.heading;
    m.heading = b > m.heading ? b : m.heading;
  }
  if (by_place && c->place == j + 1) m.heading = 75, m.reason = MAP_PLACE;
  if (m.heading < CHANCE) return (struct guess_match){.item = NULL};
  m.content = content_score(g, j, &c->reader);
  int content = m.content < 0 ? 50 : m.content;
  if (m.heading >= EXACT - 5 && m.reason != MAP_PLACE) m.reason = MAP_EXACT;
  m.score = m.heading == EXACT ? 90 + content / 10 : (m.heading * 6 + content * 3) / 10;
  return m;
}

/* --- assignment --- */

static struct str last_level(struct str heading) {
  struct str rest = heading, part = heading;
  while (rest.n) part = str_split(rest, '/', &rest);
  return part;
}

struct pair {
  int64_t column;
  int candidate;
  struct guess_match match;
};

struct pair_list {
  struct pair *pairs;
  int64_t n, size;
};

static enum err_code add_pair(struct arena *a, struct pair_list *l, const struct pair *p, struct err *e) {
  if (l->n == l->size) {
    int64_t size = l->size ? l->size * 2 : 256;
    struct pair *more = ARENA_ARRAY(a, struct pair, size);
    if (!more) return ERR(e, E_NO_MEMORY, .subject = "mapping");
    if (l->n) memcpy(more, l->pairs, (size_t)l->n * sizeof *more);
    l->pairs = more, l->size = size;
  }
  l->pairs[l->n++] = *p;
  return E_OK;
}

static bool same_name(const struct folded_name *whole, const struct candidate *c) {
  for (int k = 0; k < c->n_names; k++)
    if (whole->n && whole->n == c->names[k].n && memcmp(whole->c, c->names[k].c, (size_t)whole->n * sizeof *whole->c) == 0) return true;
  return false;
}

/* Pairs of columns and items that are both free; `near` false looks at equal names only. */
static enum err_code free_pairs(struct arena *a, const struct guess *g, struct side *s, bool near, const struct guess_match *match, const bool *used,
                                struct pair_list *out, struct err *e) {
  bool by_place = g->header_rows == 0 && s->layout_items == g->n_columns;
  for (int64_t j = 0; j < g->n_columns; j++) {
    struct folded_name whole, last;
    if (match[j].item) continue;
    fold_name(g->columns[j].heading, &whole);
    fold_name(last_level(g->columns[j].heading), &last);
    for (int k = 0; k < s->n; k++) {
      if (used[k] || (!near && !same_name(&whole, &s->items[k]))) continue;
      struct pair p = {j, k, judge(g, j, &whole, &last, &s->items[k], by_place)};
      if (p.match.item && p.match.score >= ACCEPT) TRY(add_pair(a, out, &p, e));
    }
  }
  return E_OK;
}

static int64_t take_best(const struct pair *pairs, int64_t n, struct guess_match *match, bool *used) {
  int64_t taken = 0;
  for (;;) {
    const struct pair *best = NULL;
    for (int64_t i = 0; i < n; i++)
      if (!match[pairs[i].column].item && !used[pairs[i].candidate] && (!best || pairs[i].match.score > best->match.score)) best = &pairs[i];
    if (!best) return taken;
    match[best->column] = best->match;
    used[best->candidate] = true;
    taken++;
  }
}

static enum err_code map_record(struct arena *a, const struct form *f, const char *record, const struct guess *g, struct side *s,
                                struct guess_mapping *out, struct err *e) {
  struct pair_list equal = {0}, near = {0};
  bool *used;
  TRY(side_init(a, f, record, s, e));
  *out = (struct guess_mapping){.form = f,
                                .record = record,
                                .match = ARENA_ARRAY(a, struct guess_match, g->n_columns),
                                .missing = ARENA_ARRAY(a, const struct item *, s->n + 1)};
  used = ARENA_ARRAY(a, bool, s->n + 1);
  if (!out->match || !out->missing || !used) return ERR(e, E_NO_MEMORY, .subject = "mapping");
  TRY(free_pairs(a, g, s, false, out->match, used, &equal, e));
  out->n_matched = take_best(equal.pairs, equal.n, out->match, used);
  if ((g->n_columns - out->n_matched) * (s->n - out->n_matched) <= NEAR_PAIRS) TRY(free_pairs(a, g, s, true, out->match, used, &near, e));
  out->n_matched += take_best(near.pairs, near.n, out->match, used);
  for (int k = 0; k < s->n; k++)
    if (!used[k]) out->missing[out->n_missing++] = s->items[k].item;
  return E_OK;
}

enum err_code guess_map(struct arena *a, const struct form *form, const struct guess *g, struct guess_mapping *out, struct err *e) {
  *out = (struct guess_mapping){.form = form};
  for (int i = 0; i < form->n_records; i++) {
    struct guess_mapping m;
    struct side s = {.n = 0};
    enum err_code code = map_record(a, form, form->records[i].name, g, &s, &m, e);
    side_release(&s);
    if (code) return code;
    if (i == 0 || m.n_matched > out->n_matched) *out = m;
  }
  return E_OK;
}
