#include "estimators/table/chart/chart_revision.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct change {
  double size;
  int64_t cell;
};
static int change_cmp(const void *x, const void *y) {
  const struct change *a = x, *b = y;
  if (a->size != b->size) return a->size > b->size ? -1 : 1;
  return (a->cell > b->cell) - (a->cell < b->cell);
}

struct picture {
  struct arena *a;
  const struct revision *r;
  enum err_lang lang;
  code_label_fn label;
  const void *context;
};

/* "Total, 13 Tokyo: mean(x)" */
static const char *cell_label(const struct picture *p, const struct revision_cell *c, bool one_measure) {
  char text[400];
  size_t used = 0;
  text[0] = 0;
  for (int d = 0; d < p->r->new_table->n_dimensions && used < sizeof text; d++) {
    struct str code = revision_code(p->r, c, d), s = special_code_label(code, p->lang);
    if (!s.n && p->label) s = p->label(p->context, p->r->new_table->dimensions[d].name, code, p->lang);
    if (!s.n) s = code;
    used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s", used ? ", " : "", (int)s.n, s.p);
  }
  if ((!one_measure || !used) && used < sizeof text)
    snprintf(text + used, sizeof text - used, "%s%s", used ? ": " : "", revision_measure(p->r, c));
  return arena_strdup(p->a, text, strlen(text));
}

static struct chart_point point_of(const struct result_measure *m, int64_t row, const char *label, double value) {
  struct chart_point q = {.label = label, .value = value, .mark = m->flag ? m->flag[row] : NULL};
  if (!m->low || !m->has_interval[row]) return q;
  q.has_interval = true;
  q.low = m->low[row];
  q.high = m->high[row];
  return q;
}

/* Cells of one measure only: figures of different units have no common axis. The measure with the largest change is drawn. */
static int64_t changes_of(const struct revision *r, struct change *out, int64_t *n_other) {
  int64_t n = 0, kept = 0;
  for (int64_t i = 0; i < r->n_cells; i++)
    if (r->cells[i].kind == REVISION_CHANGED)
      out[n++] = (struct change){r->cells[i].has_relative ? fabs(r->cells[i].relative) : fabs(r->cells[i].difference), i};
  qsort(out, (size_t)n, sizeof *out, change_cmp);
  for (int64_t i = 0; i < n; i++)
    if (r->cells[out[i].cell].new_measure == r->cells[out[0].cell].new_measure) out[kept++] = out[i];
  *n_other = n - kept;
  return kept;
}

static double confidence_of(const struct result_measure *x, const struct result_measure *y) {
  if (!x->low && !y->low) return 0;
  if (x->low && y->low && x->confidence != y->confidence) return 0; /* two kinds of interval in one picture mislead */
  return x->low ? x->confidence : y->confidence;
}

enum err_code chart_of_revision(struct arena *a, const struct revision *r, enum err_lang lang, code_label_fn label, const void *context,
    struct strbuf *to, struct err *e) {
  const struct picture p = {a, r, lang, label, context};
  const struct result_table *t = r->new_table;
  struct change *change = ARENA_ARRAY(a, struct change, r->n_cells + 1);
  struct chart_point *was = ARENA_ARRAY(a, struct chart_point, REVISION_ROWS), *is = ARENA_ARRAY(a, struct chart_point, REVISION_ROWS);
  int64_t n_other;
  if (!change || !was || !is) return ERR(e, E_NO_MEMORY, .subject = t->id);
  const int64_t n = changes_of(r, change, &n_other), shown = n < REVISION_ROWS ? n : REVISION_ROWS;
  if (n == 0) return ERR(e, E_CHART_EMPTY, .subject = t->id);
  const struct revision_cell *first = &r->cells[change[0].cell];
  const struct result_measure *x = &r->old_table->measures[first->old_measure], *y = &t->measures[first->new_measure];
  for (int64_t i = 0; i < shown; i++) {
    const struct revision_cell *c = &r->cells[change[i].cell];
    const char *name = cell_label(&p, c, true);
    if (!name) return ERR(e, E_NO_MEMORY, .subject = t->id);
    was[i] = point_of(x, c->old_row, name, c->old_value);
    is[i] = point_of(y, c->new_row, name, c->new_value);
  }
  const bool ja = lang == LANG_JA;
  char subtitle[300], note[300];
  snprintf(subtitle, sizeof subtitle, ja ? "旧と新の比較　%s" : "Old and new figures: %s", y->name);
  snprintf(note, sizeof note,
      ja ? "変更 %lld セルのうち変化の大きい %lld セル。他の集計量の変更 %lld、秘匿等のため比べないセル %lld。"
         : "%lld cells changed, the %lld largest changes are shown. Changes of other measures: %lld. Cells hidden and not compared: %lld.",
      (long long)n, (long long)shown, (long long)n_other, (long long)(r->summary.n_hidden + r->summary.n_status));
  const char *notes[] = {note}, *title = ja ? t->title_ja : t->title_en;
  const struct chart_series s[] = {{ja ? "旧" : "old", was, (int)shown}, {ja ? "新" : "new", is, (int)shown}};
  const struct chart_frame f = {.id = "revision", .title = *title ? title : *t->id ? t->id : ja ? "改定" : "Revision", .subtitle = subtitle,
      .unit = y->unit, .x_title = "", .y_title = "", .source = "", .notes = notes, .n_notes = 1, .lang = lang, .decimals = y->decimals,
      .confidence = confidence_of(x, y)};
  return chart_dots(&f, s, 2, to, e);
}
