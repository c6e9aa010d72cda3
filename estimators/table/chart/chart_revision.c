#include "estimators/table/chart/chart_revision.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/chart/chart_impl.h"

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
  if ((!one_measure || !used) && used < sizeof text) snprintf(text + used, sizeof text - used, "%s%s", used ? ": " : "", revision_measure(p->r, c));
  return arena_strdup(p->a, text, strlen(text));
}

/* "+0.74 %  90,450.0 → 91,116.7" */
static const char *change_text(
    const struct picture *p, const struct revision_cell *c, const struct result_measure *x, const struct result_measure *y) {
  char was[64], is[64], percent[32];
  chart_number(c->old_value, x->decimals, was, sizeof was);
  chart_number(c->new_value, y->decimals, is, sizeof is);
  chart_number(100 * c->relative, 2, percent, sizeof percent);
  return arena_printf(p->a, "%s%s %%  %s \xe2\x86\x92 %s", c->relative > 0 ? "+" : "", percent, was, is);
}

/* Cells with a change that is relative to something: those whose old figure was 0 are only counted. */
static int64_t changes_of(const struct revision *r, struct change *out, int64_t *n_zero) {
  int64_t n = 0;
  *n_zero = 0;
  for (int64_t i = 0; i < r->n_cells; i++) {
    if (r->cells[i].kind != REVISION_CHANGED) continue;
    if (r->cells[i].has_relative) out[n++] = (struct change){fabs(r->cells[i].relative), i};
    else ++*n_zero;
  }
  qsort(out, (size_t)n, sizeof *out, change_cmp);
  return n;
}

enum err_code chart_of_revision(
    struct arena *a, const struct revision *r, enum err_lang lang, code_label_fn label, const void *context, struct strbuf *to, struct err *e) {
  const struct picture p = {a, r, lang, label, context};
  const struct result_table *t = r->new_table;
  const bool ja = lang == LANG_JA;
  struct change *change = ARENA_ARRAY(a, struct change, r->n_cells + 1);
  struct chart_point *point = ARENA_ARRAY(a, struct chart_point, REVISION_ROWS);
  int64_t n_zero;
  if (!change || !point) return ERR(e, E_NO_MEMORY, .subject = t->id);
  const int64_t n = changes_of(r, change, &n_zero), shown = n < REVISION_ROWS ? n : REVISION_ROWS;
  if (n == 0) return ERR(e, E_CHART_EMPTY, .subject = *t->id ? t->id : "revision");
  for (int64_t i = 0; i < shown; i++) {
    const struct revision_cell *c = &r->cells[change[i].cell];
    point[i] = (struct chart_point){.label = cell_label(&p, c, t->n_measures == 1),
        .value = 100 * c->relative,
        .text = change_text(&p, c, &r->old_table->measures[c->old_measure], &t->measures[c->new_measure])};
    if (!point[i].label || !point[i].text) return ERR(e, E_NO_MEMORY, .subject = t->id);
  }
  char note[400], subtitle[300];
  snprintf(subtitle, sizeof subtitle, ja ? "改定率（新／旧−1）　%s → %s" : "Change of the new figure on the old: %s to %s", r->old_table->period,
      t->period);
  snprintf(note, sizeof note,
      ja ? "変更 %lld セルのうち変化率の大きい %lld セル。旧値が 0 のセル %lld、秘匿等のため比べないセル %lld。"
         : "Of %lld changes the %lld largest. Cells whose old figure was 0: %lld. Hidden cells, which are not compared: %lld.",
      (long long)(n + n_zero), (long long)shown, (long long)n_zero, (long long)(r->summary.n_hidden + r->summary.n_status));
  const char *notes[] = {note}, *title = ja ? t->title_ja : t->title_en;
  const struct chart_series s = {"", point, (int)shown};
  const struct chart_frame f = {.id = "revision",
      .title = *title   ? title
               : *t->id ? t->id
               : ja     ? "改定"
                        : "Revision",
      .subtitle = subtitle,
      .unit = "",
      .x_title = ja ? "変化率（％）" : "change, per cent",
      .y_title = "",
      .source = "",
      .notes = notes,
      .n_notes = 1,
      .lang = lang,
      .decimals = 2};
  return chart_bars(&f, &s, 1, to, e);
}
