#include "estimators/command/cmd_estimate_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"
#include "estimators/command/cmd_estimate_document.h"
#include "estimators/command/cmd_estimate_result.h"
#include "estimators/table/rounding.h"

int estimate_command(struct cli *c, enum err_code (*work)(struct cli *c, struct store *s, bool *look, struct err *e)) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  bool look = false;
  enum err_code code = store_cmd_unlock(c, &s, &e);
  if (!code) code = work(c, s, &look, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : look;
}

enum err_code estimate_write(struct cli *c, struct strbuf *b, struct err *e) {
  const bool failed = b->failed, ok = !failed && fwrite(b->p ? b->p : "", 1, b->n, cli_out(c)) == b->n;
  strbuf_release(b);
  if (failed) return ERR(e, E_RESULT_TEXT, .subject = "standard output");
  return ok ? E_OK : ERR(e, E_FILE_WRITE, .subject = "standard output");
}

enum { EYE_DIGITS = 10 };
static const double ROUNDING = 1e-9; /* a standard error below it is that of a figure that is known */

static const char *limit_text(const struct result_measure *m, double v, char *out, size_t size) {
  if (m->decimals >= 0) snprintf(out, size, "%.*f", m->decimals, round_decimals(v, m->decimals));
  else snprintf(out, size, "%.*g", EYE_DIGITS, v);
  return out;
}

/* As computed means fifteen digits; read by eyes, two digits of the smallest standard error are what a column has to say. */
static int eye_decimals(const struct result_measure *m, int64_t n) {
  double least = 0;
  if (m->decimals >= 0 || !m->low) return m->decimals;
  for (int64_t i = 0; i < n; i++)
    if (m->status[i] == RESULT_SHOWN && m->has_se[i] && m->se[i] > ROUNDING * fabs(m->value[i]) && (least == 0 || m->se[i] < least)) least = m->se[i];
  if (least == 0) return m->decimals;
  const double places = 1 - floor(log10(least));
  return places < 0 ? 0 : places > 9 ? m->decimals : (int)places;
}

/* A figure with its coefficient of variation in percent, its interval and its mark; "x" when suppressed, the mark or an ellipsis when unreliable. */
static void figure(const struct result_measure *m, int64_t row, char *out, size_t size) {
  char b[64], low[48], high[48];
  const char *mark = m->flag && m->flag[row] ? m->flag[row] : NULL;
  struct str s = result_text(m, row, b, sizeof b);
  size_t n;
  if (m->status[row] == RESULT_SUPPRESSED) snprintf(out, size, "x");
  else if (m->status[row] == RESULT_UNRELIABLE) snprintf(out, size, "%s", mark ? mark : "...");
  else if (m->status[row] != RESULT_SHOWN) snprintf(out, size, "-");
  if (m->status[row] != RESULT_SHOWN) return;
  if (m->decimals < 0 && m->low) n = (size_t)snprintf(out, size, "%.*g", EYE_DIGITS, m->value[row]);
  else n = (size_t)snprintf(out, size, "%.*s", (int)s.n, s.p);
  if (n < size && m->has_se[row] && m->value[row] != 0) n += (size_t)snprintf(out + n, size - n, " (%.2f%%)", 100 * m->cv[row]);
  if (n < size && m->low && m->has_interval[row])
    n += (size_t)snprintf(out + n, size - n, " %s..%s", limit_text(m, m->low[row], low, sizeof low), limit_text(m, m->high[row], high, sizeof high));
  if (n < size && mark) snprintf(out + n, size - n, " %s", mark);
}

static void text_head(struct text_table *x, const struct result_table *t) {
  for (int d = 0; d < t->n_dimensions; d++) text_table_cell(x, t->dimensions[d].name);
  for (int m = 0; m < t->n_measures; m++) {
    text_table_cell(x, t->measures[m].name);
    text_table_right(x, t->n_dimensions + m);
  }
  text_table_cell(x, "n");
  text_table_right(x, t->n_dimensions + t->n_measures);
}

static void text_rows(struct text_table *x, const struct result_table *t) {
  char b[240];
  int decimals[RESULT_MAX_MEASURES];
  for (int m = 0; m < t->n_measures; m++) decimals[m] = eye_decimals(&t->measures[m], t->n_rows);
  for (int64_t i = 0; i < t->n_rows; i++) {
    for (int d = 0; d < t->n_dimensions; d++) {
      snprintf(b, sizeof b, "%.*s", (int)t->dimensions[d].code[i].n, t->dimensions[d].code[i].p);
      text_table_cell(x, b);
    }
    for (int m = 0; m < t->n_measures; m++) {
      struct result_measure shown = t->measures[m];
      shown.decimals = decimals[m];
      figure(&shown, i, b, sizeof b);
      text_table_cell(x, b);
    }
    if (t->n_status[i] == RESULT_SHOWN) snprintf(b, sizeof b, "%lld", (long long)t->n[i]);
    else snprintf(b, sizeof b, t->n_status[i] == RESULT_SUPPRESSED ? "x" : "-");
    text_table_cell(x, b);
  }
}

/* What the numbers in brackets and the marks mean; only what occurs. */
static bool has_interval(const struct result_table *t, double *confidence) {
  for (int k = 0; k < t->n_measures; k++)
    if (t->measures[k].low && (*confidence = t->measures[k].confidence) > 0) return true;
  return false;
}

static bool mark_occurs(const struct result_table *t, const char *mark) {
  for (int k = 0; k < t->n_measures; k++)
    for (int64_t i = 0; t->measures[k].flag && i < t->n_rows; i++)
      if (t->measures[k].flag[i] && !strcmp(t->measures[k].flag[i], mark)) return true;
  return false;
}

static void print_marks(struct cli *c, const struct result_table *t) {
  double confidence = 0;
  if (has_interval(t, &confidence))
    fprintf(cli_out(c), cli_say(c, "  in brackets: coefficient of variation; a..b: interval of %g %% confidence\n", "  括弧内は変動係数、a..b は%g％信頼区間\n"),
        100 * confidence);
  for (int i = 0; i < t->n_marks; i++)
    if (mark_occurs(t, t->marks[i].mark)) fprintf(cli_out(c), "  %s  %s\n", t->marks[i].mark, cli_say(c, t->marks[i].en, t->marks[i].ja));
  if (t->rule) fprintf(cli_out(c), "  %s %s\n", cli_say(c, "publication rule", "公表基準"), *t->rule ? t->rule : cli_say(c, "of the design", "設計による"));
}

enum err_code estimate_print_text(struct cli *c, const struct result_table *t, struct err *e) {
  struct text_table *x = text_table_new(t->n_dimensions + t->n_measures + 1);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = t->id);
  fprintf(cli_out(c), "%s  %s  %s\n", t->id, t->period, cli_say(c, t->title_en, t->title_ja));
  text_head(x, t);
  text_rows(x, t);
  text_table_print(x, cli_out(c), true);
  text_table_free(x);
  for (int i = 0; i < t->n_notes; i++) fprintf(cli_out(c), "  %s\n", err_phrase(t->notes[i], cli_lang(c)));
  if (*t->profile) fprintf(cli_out(c), "  %s %s\n", cli_say(c, "disclosure profile", "秘匿プロファイル"), t->profile);
  print_marks(c, t);
  if (t->refusal) fprintf(cli_out(c), "  %s: %s\n", cli_say(c, "not releasable", "公表不可"), t->refusal);
  if (t->digest) fprintf(cli_out(c), "  %s %s\n", cli_say(c, "digest", "ダイジェスト"), t->digest);
  return E_OK;
}

enum { LEGEND_CODES = 60 }; /* longer lists stand in the form: shirabe form codes */

static bool seen_before(const struct result_dimension *d, const int64_t *rows, int n, int64_t row) {
  for (int i = 0; i < n; i++)
    if (str_eq(d->code[rows[i]], d->code[row])) return true;
  return false;
}

static const struct codelist *dimension_codes(const struct estimate_output *r, const char *name) {
  for (int i = 0; i < r->n_datasets; i++) {
    const struct item *item = form_item(r->datasets[i].form, name);
    if (item && item->codelist) return item->codelist;
  }
  return NULL;
}

static void legend(struct cli *c, const struct result_table *t, const struct result_dimension *d, const struct codelist *list) {
  int64_t rows[LEGEND_CODES];
  int n = 0;
  for (int64_t i = 0; i < t->n_rows && n < LEGEND_CODES; i++) {
    const struct code *code = codelist_find(list, d->code[i], INT64_MIN);
    if (!code || code == list->any || seen_before(d, rows, n, i)) continue;
    struct str label = {cli_say(c, code->label_en.p, code->label_ja.p), 0};
    label.n = label.p == code->label_en.p ? code->label_en.n : code->label_ja.n;
    fprintf(cli_out(c), "  %s %.*s  %.*s\n", d->name, (int)d->code[i].n, d->code[i].p, (int)label.n, label.p);
    rows[n++] = i;
  }
}

void estimate_print_labels(struct cli *c, const struct result_table *t, const struct estimate_output *r) {
  if (t->n_dimensions > 0) fprintf(cli_out(c), "  %s\n", cli_say(c, "_T total, _U unknown or blank, _Z not applicable", "_T 総数、_U 不詳・空欄、_Z 該当なし"));
  for (int d = 0; d < t->n_dimensions; d++) {
    const struct codelist *list = dimension_codes(r, t->dimensions[d].name);
    if (list) legend(c, t, &t->dimensions[d], list);
  }
}

static enum err_code print_wide(struct cli *c, const struct result_table *t, struct err *e) {
  for (int m = 0; m < t->n_measures; m++) {
    struct strbuf b;
    strbuf_init(&b, 0);
    enum err_code code = result_csv_wide(t, m, &b, e);
    if (code) {
      strbuf_release(&b);
      return code;
    }
    TRY(estimate_write(c, &b, e));
  }
  return E_OK;
}

enum err_code estimate_print_table(struct cli *c, const struct result_table *table, const char *form, struct err *e) {
  struct strbuf b;
  struct result_table copy = *table, *t = &copy; /* with a digest, which the table itself need not keep */
  if (!t->digest) TRY(estimate_digest(t, e));
  struct json_out j;
  if (!cli_json(c) && !strcmp(form, "text")) return estimate_print_text(c, t, e);
  if (!cli_json(c) && !strcmp(form, "wide")) return print_wide(c, t, e);
  strbuf_init(&b, 0);
  if (cli_json(c)) {
    json_begin(&j, &b, false);
    result_json(t, &j);
    strbuf_addc(&b, '\n');
  } else if (!strcmp(form, "long")) result_csv_long(t, &b);
  else result_csv_rows(t, &b);
  return estimate_write(c, &b, e);
}

static enum err_code print_json(struct cli *c, const struct estimate_output *r, char (*ids)[65], struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  enum err_code code = estimate_document(r, ids, -1, &b, e);
  if (code) {
    strbuf_release(&b);
    return code;
  }
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}

static void print_line(struct cli *c, const struct estimate_table *t, const char *id) {
  FILE *out = cli_out(c);
  fprintf(out, "%-24s %6lld %s", t->spec->id, (long long)t->table->n_rows, cli_say(c, "rows", "行"));
  if (t->primary.n_cells)
    fprintf(
        out, ", %lld/%lld %s", (long long)sdc_suppressed(&t->primary), (long long)t->primary.n_cells, cli_say(c, "figures suppressed", "値を秘匿"));
  if (t->table->refusal) fprintf(out, ", %s: %s", cli_say(c, "not releasable", "公表不可"), t->table->refusal);
  if (id) fprintf(out, ", %.16s", id);
  fputc('\n', out);
}

/* What was proved against the plan, excepted or not proved, and as of when: once, not with every table. */
static bool said_before(const struct estimate_output *r, int table, const char *note) {
  for (int i = 0; i < table; i++)
    for (int k = 0; k < r->tables[i].table->n_notes; k++)
      if (!strcmp(r->tables[i].table->notes[k], note)) return true;
  return false;
}
static void print_proofs(struct cli *c, const struct estimate_output *r) {
  static const char *const heads[] = {"plan guard: ", "as received until the cut-off "};
  for (int i = 0; i < r->n_tables; i++)
    for (int k = 0; k < r->tables[i].table->n_notes; k++) {
      const char *note = r->tables[i].table->notes[k];
      const bool wanted = !strncmp(note, heads[0], strlen(heads[0])) || !strncmp(note, heads[1], strlen(heads[1]));
      if (wanted && !said_before(r, i, note)) fprintf(cli_out(c), "%s\n", note);
    }
}
enum err_code estimate_print_run(struct cli *c, const struct estimate_output *r, char (*ids)[65], struct err *e) {
  if (cli_json(c)) return print_json(c, r, ids, e);
  FILE *out = cli_out(c);
  for (int i = 0; i < r->n_tables; i++) print_line(c, &r->tables[i], ids ? ids[i] : NULL);
  for (int i = 0; i < r->n_skipped; i++)
    fprintf(out, "%s/%s %s: %s\n", r->skipped[i].form, r->skipped[i].table, cli_say(c, "not made", "作成せず"), r->skipped[i].reason);
  for (int i = 0; i < r->n_datasets; i++)
    fprintf(out, "%s %s: %lld %s, %lld %s\n", cli_say(c, "from", "入力"), r->datasets[i].name, (long long)r->datasets[i].n_rows,
        cli_say(c, "records", "件"), (long long)r->datasets[i].n_shards, cli_say(c, "shards", "シャード"));
  if (r->weights.present)
    fprintf(out, "%s: %lld %s, %lld %s, %.6g..%.6g, %lld %s\n", cli_say(c, "weights", "ウェイト"), (long long)r->weights.n_units,
        cli_say(c, "units", "単位"), (long long)r->weights.n_strata, cli_say(c, "strata", "層"), r->weights.smallest, r->weights.largest,
        (long long)r->weights.n_exceptions, cli_say(c, "exceptions from the plan", "計画の例外"));
  print_proofs(c, r);
  fprintf(out, "%s %s\n", cli_say(c, "specifications", "仕様"), r->spec_hash);
  return ferror(out) ? ERR(e, E_FILE_WRITE, .subject = "standard output") : E_OK;
}
