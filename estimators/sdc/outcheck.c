/* outcheck.c -- see outcheck.h: the rules about single figures. */
#include "estimators/sdc/outcheck.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/sdc/sdc_primary.h"

static const struct {
  const char *word, *en, *ja;
} reasons[OUTCHECK_REASONS] = {
#define OUTCHECK_REASON(constant, word, en, ja) {word, en, ja},
#include "estimators/sdc/outcheck_reasons.def"
#undef OUTCHECK_REASON
};
const char *outcheck_reason_word(enum outcheck_reason r) { return (unsigned)r < OUTCHECK_REASONS ? reasons[r].word : ""; }
const char *outcheck_reason_text(enum outcheck_reason r, enum err_lang lang) {
  if ((unsigned)r >= OUTCHECK_REASONS) return "";
  return lang == LANG_JA ? reasons[r].ja : reasons[r].en;
}

enum err_code outcheck_add(struct outcheck_report *r, enum outcheck_verdict v, enum outcheck_reason reason, const char *file, const char *cell,
    int64_t line, const char *detail, struct err *e) {
  if (v == OUTCHECK_PASS) return E_OK;
  if (r->n_findings == OUTCHECK_FINDINGS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = file, .expected = "at most 20,000 findings");
  if (r->n_findings == r->room) {
    int64_t room = r->room ? 2 * r->room : 64;
    struct outcheck_finding *more = ARENA_ARRAY(r->a, struct outcheck_finding, room);
    if (!more) return ERR(e, E_NO_MEMORY, .subject = file);
    if (r->n_findings) memcpy(more, r->finding, (size_t)r->n_findings * sizeof *more);
    r->finding = more;
    r->room = room;
  }
  struct outcheck_finding *f = &r->finding[r->n_findings++];
  *f = (struct outcheck_finding){v, reason, file, arena_strdup(r->a, cell, strlen(cell)), line, arena_strdup(r->a, detail, strlen(detail))};
  return f->cell && f->detail ? E_OK : ERR(e, E_NO_MEMORY, .subject = file);
}

/* --- one figure --- */

struct judging {
  const struct outcheck_profile *p;
  const struct outcheck_table *t;
  const struct outcheck_units *units;
  struct outcheck_report *r;
};
static enum err_code say(
    const struct judging *j, const struct outcheck_cell *c, enum outcheck_verdict v, enum outcheck_reason reason, const char *detail, struct err *e) {
  char name[OUTCHECK_CELL_NAME];
  outcheck_cell_name(j->t, c, name, sizeof name);
  return outcheck_add(j->r, v, reason, j->t->name, name, c->line, detail, e);
}
static const struct outcheck_behind *behind(const struct judging *j, const struct outcheck_cell *c) {
  return j->units ? &j->units->cell[c - j->t->cell] : NULL;
}
static const char *least(const struct judging *j, char out[48]) {
  snprintf(out, 48, "threshold %lld", (long long)j->p->min_n);
  return out;
}
static bool is_model(enum outcheck_kind k) { return k == OUTCHECK_COEFFICIENT || k == OUTCHECK_STATISTIC; }

/* Units of the figure: counted from the records, else as stated. 0 units = nobody: judged as a zero. */
static enum err_code judge_units(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  char text[48];
  const struct outcheck_behind *b = behind(j, c);
  int64_t n = b ? b->n : c->n;
  const bool number_itself = c->kind == OUTCHECK_COUNT && !b && n < 0 && c->decimals == 0;
  if (b && c->n >= 0 && c->n != b->n) TRY(say(j, c, OUTCHECK_FAIL, OUTCHECK_COUNT_WRONG, "", e));
  if (n < 0 && !number_itself) return say(j, c, OUTCHECK_FAIL, OUTCHECK_NO_COUNT, "column n, or the records", e);
  if (number_itself) { /* an unweighted count is its own number of units; a weighted one hides them */
    TRY(say(j, c, OUTCHECK_REVIEW, OUTCHECK_NO_COUNT, "is this count unweighted?", e));
    n = c->scaled;
  }
  if (c->kind == OUTCHECK_COUNT && j->p->counts_public) return E_OK;
  if (n > 0 && n < j->p->min_n) return say(j, c, OUTCHECK_FAIL, OUTCHECK_SMALL, least(j, text), e);
  return E_OK;
}
static enum err_code judge_contributions(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  char text[48];
  const struct outcheck_behind *b = behind(j, c);
  const struct sdc_profile rule = {.dominance_n = (int)j->p->dominance_n, .dominance_percent = (double)j->p->dominance_percent,
      .p_percent = (double)j->p->p_percent};
  const bool other = c->kind == OUTCHECK_SURVIVAL || c->kind == OUTCHECK_ODDS_RATIO || c->kind == OUTCHECK_GINI; /* no contributions add up to them */
  const bool sums = c->kind == OUTCHECK_STATISTIC && b && b->dominance; /* any figure can be called a statistic */
  if (c->kind == OUTCHECK_COUNT || (is_model(c->kind) && !sums) || other) return E_OK;
  if (!b || !b->dominance) return say(j, c, c->kind == OUTCHECK_PERCENT && b ? OUTCHECK_PASS : OUTCHECK_REVIEW, OUTCHECK_NO_RECORDS, "", e);
  if (b->n_nonzero > 0 && b->n_nonzero < j->p->min_n && b->n >= j->p->min_n) TRY(say(j, c, OUTCHECK_FAIL, OUTCHECK_INDICATOR, least(j, text), e));
  if (!sdc_unsafe(&rule, 0, true, b->top1, b->top2, b->total)) return E_OK;
  const bool by_rule = j->p->dominance_n > 0 && (j->p->dominance_n > 1 ? b->top1 + b->top2 : b->top1) > rule.dominance_percent / 100 * b->total;
  return say(j, c, OUTCHECK_FAIL, by_rule ? OUTCHECK_DOMINANCE : OUTCHECK_P_PERCENT, "", e);
}
static enum err_code judge_figure(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  const struct outcheck_behind *b = behind(j, c);
  double step = 1;
  for (int k = 0; k < c->decimals; k++) step /= 10;
  if (b && b->has_expected && fabs(b->expected - c->value) > 0.5 * step + 1e-9 * fabs(b->expected))
    TRY(say(j, c, OUTCHECK_REVIEW, OUTCHECK_OTHER_FIGURE, "", e));
  if ((c->kind == OUTCHECK_COUNT || c->kind == OUTCHECK_PERCENT) && c->scaled == 0) TRY(say(j, c, j->p->zeros, OUTCHECK_ZERO, "", e));
  if (c->kind == OUTCHECK_PERCENT && c->value >= 100) TRY(say(j, c, j->p->full_percent, OUTCHECK_FULL, "", e));
  return E_OK;
}
/* The table behind: 2 x 2 of an odds ratio, the combinations of classes of a model. */
static enum err_code judge_design(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  char text[48];
  if (c->cell_min >= 0 && c->cell_min < j->p->min_n) return say(j, c, OUTCHECK_FAIL, OUTCHECK_DESIGN_SMALL, least(j, text), e);
  if (c->kind == OUTCHECK_ODDS_RATIO) return c->cell_min < 0 ? say(j, c, OUTCHECK_FAIL, OUTCHECK_NO_CELLS, "cell_min", e) : E_OK;
  if (c->design_cells >= 0 && c->parameters >= c->design_cells) return say(j, c, OUTCHECK_FAIL, OUTCHECK_SATURATED,
      "as many parameters as combinations of classes", e);
  return c->cell_min < 0 || c->design_cells < 0 ? say(j, c, OUTCHECK_REVIEW, OUTCHECK_DESIGN, "", e) : E_OK;
}
/* One share above the limit makes the index at least its square, and the index is never above the largest share. */
static enum err_code judge_concentration(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  const double index = c->value > 1 ? c->value / 10000 : c->value;
  return index * 100 > (double)j->p->dominance_percent ? say(j, c, OUTCHECK_FAIL, OUTCHECK_DOMINANCE, "the index itself says so", e) : E_OK;
}
static enum err_code judge_model(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  char text[48];
  snprintf(text, sizeof text, "at least %lld", (long long)j->p->min_df);
  if (c->df < 0) return say(j, c, OUTCHECK_FAIL, OUTCHECK_NO_DF, text, e);
  if (c->df == 0 || (c->n >= 0 && c->parameters >= c->n)) return say(j, c, OUTCHECK_FAIL, OUTCHECK_SATURATED, "", e);
  if (c->n >= 0 && c->parameters >= 0 && c->df != c->n - c->parameters) return say(j, c, OUTCHECK_FAIL, OUTCHECK_DF, "df = n - parameters", e);
  if (c->df < j->p->min_df) return say(j, c, OUTCHECK_FAIL, OUTCHECK_DF, text, e);
  return c->kind == OUTCHECK_COEFFICIENT ? judge_design(j, c, e) : E_OK;
}
static enum err_code judge_shown_n(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  char text[48];
  if (j->p->counts_public || c->suppressed || c->n <= 0 || c->n >= j->p->min_n) return E_OK;
  return say(j, c, OUTCHECK_FAIL, OUTCHECK_SHOWN_COUNT, least(j, text), e);
}
/* What stands beside a hidden figure tells of it: its units even when they are many (total - the others = those of another hidden one). */
static enum err_code judge_hidden(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  const bool counted = (c->n >= 0 && !j->p->counts_public) || c->cell_min >= 0 || c->design_cells >= 0;
  if (c->text.n) return say(j, c, OUTCHECK_FAIL, OUTCHECK_HIDDEN_SHOWN, "", e);
  if (counted || c->df >= 0 || c->parameters >= 0 || c->accompanied)
    return say(j, c, OUTCHECK_FAIL, OUTCHECK_HIDDEN_SHOWN, "leave n, df, parameters, cell_min, design_cells, se and cv empty", e);
  return E_OK;
}
static enum err_code judge_totals(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  for (int d = 0; d < j->t->n_dims; d++)
    if (outcheck_total_word(c->code[d])) return say(j, c, OUTCHECK_REVIEW, OUTCHECK_TOTAL_UNTOLD, "", e);
  return E_OK;
}
/* Indices that have a range: a figure outside it is something else under their name. */
static enum err_code judge_range(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  const bool share = c->kind == OUTCHECK_SURVIVAL || c->kind == OUTCHECK_GINI, hhi = c->kind == OUTCHECK_HHI;
  const double most = share ? 1 : 10000;
  if (c->kind == OUTCHECK_COUNT && c->scaled < 0) return say(j, c, OUTCHECK_FAIL, OUTCHECK_RANGE, "", e);
  return (share || hhi) && (c->value < 0 || c->value > most) ? say(j, c, OUTCHECK_FAIL, OUTCHECK_RANGE, "", e) : E_OK;
}
/* Without records an unweighted count that says less than the threshold is small whatever n says; less than n it is at least no plain count. */
static enum err_code judge_count(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  char text[48];
  if (c->kind != OUTCHECK_COUNT || behind(j, c) || j->p->counts_public || c->n < 0) return E_OK;
  if (c->decimals == 0 && c->scaled > 0 && c->scaled < j->p->min_n)
    return say(j, c, c->unit.n ? OUTCHECK_REVIEW : OUTCHECK_FAIL, OUTCHECK_SMALL, least(j, text), e);
  return c->value < (double)c->n ? say(j, c, OUTCHECK_REVIEW, OUTCHECK_COUNT_WRONG, "the figure is less than n", e) : E_OK;
}
static enum err_code judge(const struct judging *j, const struct outcheck_cell *c, struct err *e) {
  TRY(judge_shown_n(j, c, e));
  TRY(judge_totals(j, c, e));
  if (c->suppressed) return judge_hidden(j, c, e);
  if (!c->has_value) return say(j, c, OUTCHECK_FAIL, OUTCHECK_NOT_A_NUMBER, "", e);
  if (c->kind == OUTCHECK_UNIT_VALUE) return say(j, c, OUTCHECK_FAIL, OUTCHECK_UNIT, "", e);
  if (c->kind == OUTCHECK_MAX || c->kind == OUTCHECK_MIN) TRY(say(j, c, j->p->extremes, OUTCHECK_EXTREME, "", e));
  if (c->kind == OUTCHECK_QUANTILE) TRY(say(j, c, OUTCHECK_REVIEW, OUTCHECK_ORDER, "", e));
  if (is_model(c->kind)) TRY(judge_model(j, c, e));
  if (c->kind == OUTCHECK_ODDS_RATIO) TRY(judge_design(j, c, e));
  if (c->kind == OUTCHECK_HHI) TRY(judge_concentration(j, c, e));
  TRY(judge_range(j, c, e));
  TRY(judge_units(j, c, e));
  TRY(judge_count(j, c, e));
  TRY(judge_contributions(j, c, e));
  return judge_figure(j, c, e);
}

/* --- a class that holds its whole group: count of a code = count of "_T", which is 100 % in other words --- */

static bool is_part_of(const struct outcheck_table *t, const struct outcheck_cell *part, const struct outcheck_cell *whole, int d) {
  if (!str_eq(part->measure, whole->measure) || !outcheck_total(whole->code[d]) || outcheck_total(part->code[d])) return false;
  for (int k = 0; k < t->n_dims; k++)
    if (k != d && !str_eq(part->code[k], whole->code[k])) return false;
  return true;
}
static enum err_code judge_classes(const struct judging *j, struct err *e) {
  const struct outcheck_table *t = j->t;
  if (t->n_cells > 4000) return E_OK; /* the square of it; larger tables show it by percents and by their zeros */
  for (int64_t w = 0; w < t->n_cells; w++) {
    const struct outcheck_cell *whole = &t->cell[w];
    if (whole->kind != OUTCHECK_COUNT || whole->suppressed || !whole->has_value || whole->scaled <= 0) continue;
    for (int d = 0; d < t->n_dims; d++)
      for (int64_t i = 0; outcheck_total(whole->code[d]) && i < t->n_cells; i++) {
        const struct outcheck_cell *part = &t->cell[i];
        if (part->kind != OUTCHECK_COUNT || part->suppressed || !part->has_value || part->value != whole->value) continue;
        if (is_part_of(t, part, whole, d)) TRY(say(j, part, j->p->full_percent, OUTCHECK_FULL, "count of the whole group", e));
      }
  }
  return E_OK;
}

/* Points of a curve in the order of the file, all but one dimension (time) the same: the units that leave between two of them are a count. */
static bool next_point(const struct outcheck_table *t, const struct outcheck_cell *x, const struct outcheck_cell *y) {
  int differ = 0;
  for (int d = 0; d < t->n_dims; d++) differ += !str_eq(x->code[d], y->code[d]);
  return differ == 1 && str_eq(x->measure, y->measure);
}
static enum err_code judge_curves(const struct judging *j, struct err *e) {
  const struct outcheck_table *t = j->t;
  char text[48];
  const struct outcheck_cell *last = NULL;
  for (int64_t i = 0; i < t->n_cells; i++) {
    const struct outcheck_cell *c = &t->cell[i];
    if (c->kind != OUTCHECK_SURVIVAL || c->suppressed) continue;
    const int64_t left = last && last->n >= 0 && c->n >= 0 && next_point(t, last, c) ? last->n - c->n : 0;
    if (left > 0 && left < j->p->min_n) TRY(say(j, c, OUTCHECK_FAIL, OUTCHECK_STEPS, least(j, text), e));
    last = c;
  }
  return E_OK;
}

/* A total as sum over parts as counts has no equation: a measure has one kind. And counts without records are somebody's word. */
static enum err_code judge_kinds(const struct judging *j, struct err *e) {
  enum { MEASURES_MAX = 256 };
  int64_t first[MEASURES_MAX];
  int n = 0;
  bool counts = false;
  for (int64_t i = 0; i < j->t->n_cells; i++) {
    const struct outcheck_cell *c = &j->t->cell[i];
    int k = 0;
    counts = counts || c->kind == OUTCHECK_COUNT;
    while (k < n && !str_eq(j->t->cell[first[k]].measure, c->measure)) k++;
    if (k == MEASURES_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = j->t->name, .expected = "at most 256 measures in a table");
    if (k == n) first[n++] = i;
    else if (j->t->cell[first[k]].kind != c->kind)
      TRY(say(j, c, OUTCHECK_FAIL, OUTCHECK_TWO_KINDS, outcheck_kind_name(j->t->cell[first[k]].kind), e));
  }
  return counts && !j->units ? outcheck_add(j->r, OUTCHECK_REVIEW, OUTCHECK_NO_RECORDS, j->t->name, "count", 0, "", e) : E_OK;
}

enum err_code outcheck_table_judge(const struct outcheck_profile *p, const struct outcheck_table *t, const struct outcheck_units *units,
    struct outcheck_report *r, struct err *e) {
  const struct judging j = {p, t, units, r};
  r->n_files++;
  TRY(outcheck_texts(p, t, r, e));
  for (int64_t i = 0; i < t->n_cells; i++) {
    r->n_suppressed += t->cell[i].suppressed;
    TRY(judge(&j, &t->cell[i], e));
  }
  TRY(judge_kinds(&j, e));
  TRY(judge_classes(&j, e));
  TRY(judge_curves(&j, e));
  if (units) TRY(outcheck_evidence(t, units, r, e));
  TRY(outcheck_intervals(p, t, r, e));
  return outcheck_intervals_n(p, t, r, e);
}

/* --- result --- */

enum err_code outcheck_count(struct outcheck_report *r, const struct outcheck_table *t, struct err *e) {
  int64_t last = 0;
  for (int64_t i = 0; i < t->n_cells; i++)
    if (t->cell[i].line > last) last = t->cell[i].line;
  uint8_t *worst = ARENA_ARRAY(r->a, uint8_t, last + 1); /* by line: a figure has one */
  if (!worst) return ERR(e, E_NO_MEMORY, .subject = t->name);
  for (int64_t k = 0; k < r->n_findings; k++) {
    const struct outcheck_finding *f = &r->finding[k];
    if (f->line >= 0 && f->line <= last && worst[f->line] < (uint8_t)f->verdict && strcmp(f->file,
        t->name) == 0) worst[f->line] = (uint8_t)f->verdict;
  }
  r->n_cells += t->n_cells;
  for (int64_t i = 0; i < t->n_cells; i++) r->n[worst[t->cell[i].line]]++;
  return E_OK;
}
enum outcheck_verdict outcheck_result(const struct outcheck_report *r) {
  enum outcheck_verdict worst = OUTCHECK_PASS;
  for (int64_t k = 0; k < r->n_findings; k++)
    if (r->finding[k].verdict > worst) worst = r->finding[k].verdict;
  return worst;
}
