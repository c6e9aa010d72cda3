#include "estimators/command/cmd_mls_diff.h"

#include <math.h>
#include <stdlib.h>

#include "base/atomic_file.h"
#include "base/json_out.h"
#include "base/term.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/mls/mls_record.h"

enum { RECORD_MOST = 64 << 20 };

static enum err_code read_record(struct cli *c, const char *path, struct mls_record *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, RECORD_MOST, &p, &n, e));
  const enum err_code code = mls_record_read(cli_job(c)->arena, path, (const char *)p, n, out, e);
  free(p);
  return code;
}

/* --- text -------------------------------------------------------------------------------------------------------------------------------- */
static void line_of(struct cli *c, const char *en, const char *ja, struct str x, struct str y) {
  if (str_eq(x, y)) return;
  const int most = 20;
  fprintf(cli_out(c), "  %s: %.*s -> %.*s\n", cli_say(c, en, ja), x.n ? (int)(x.n < (size_t)most ? x.n : (size_t)most) : 1, x.n ? x.p : "-",
      y.n ? (int)(y.n < (size_t)most ? y.n : (size_t)most) : 1, y.n ? y.p : "-");
}
static void real(struct text_table *t, const char *format, const struct mls_record_cell *cell, double v) {
  char b[48] = "-";
  if (cell) snprintf(b, sizeof b, format, v);
  text_table_cell(t, b);
}
static const char *what_text(const struct cli *c, unsigned what, char *out, size_t size) {
  static const char *const ja[] = {"労働者数", "ウェイト", "回答", "回答数", "新規", "消滅"};
  size_t used = 0;
  if (cli_lang(c) != LANG_JA) return mls_record_what(what, out, size);
  for (int i = 0; i < 6; i++)
    if (what & 1u << i && used < size) used += (size_t)snprintf(out + used, size - used, "%s%s", used ? "、" : "", ja[i]);
  return out;
}
static enum err_code cell_table(struct cli *c, const struct mls_record_diff *d, struct err *e) {
  static const char *const heads[][2] = {{"cell", "区分"}, {"what changed", "変わったもの"}, {"reports", "回答数"}, {"", ""}, {"workers", "労働者数"},
      {"", ""}, {"pay", "給与"}, {"", ""}, {"effect of pay", "給与の影響"}, {"of share", "構成比の影響"}};
  const int n = sizeof heads / sizeof *heads;
  struct text_table *t = text_table_new(n);
  char b[160];
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "comparison of runs");
  for (int i = 0; i < n; i++) {
    text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
    if (i > 1) text_table_right(t, i);
  }
  for (int32_t i = 0; i < d->n_cells; i++) {
    const struct mls_record_difference *x = &d->cells[i];
    const struct mls_record_cell *o = x->old_cell, *w = x->new_cell, *any = w ? w : o;
    if (!x->what) continue;
    snprintf(b, sizeof b, "%.*s", (int)any->id.n, any->id.p);
    text_table_cell(t, b);
    text_table_cell(t, what_text(c, x->what, b, sizeof b));
    real(t, "%.0f", o, o ? (double)o->reports : 0);
    real(t, "%.0f", w, w ? (double)w->reports : 0);
    real(t, "%.1f", o, o ? o->workers : 0);
    real(t, "%.1f", w, w ? w->workers : 0);
    real(t, "%.0f", o, o ? o->pay : 0);
    real(t, "%.0f", w, w ? w->pay : 0);
    real(t, "%+.2f", any, x->pay_effect);
    real(t, "%+.2f", any, x->share_effect);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  return E_OK;
}
static enum err_code print_text(
    struct cli *c, const struct mls_record *x, const struct mls_record *y, const struct mls_record_diff *d, struct err *e) {
  FILE *o = cli_out(c);
  if (d->identical) {
    fprintf(o, "%s\n", cli_say(c, "the runs are the same to the bit", "二つの実行はビット単位で一致します"));
    return E_OK;
  }
  fprintf(o,
      cli_say(c, "contractual pay %.2f -> %.2f yen, change %+.2f; %d of %d cells changed\n",
          "きまって支給する給与 %.2f → %.2f 円（%+.2f）、%d / %d 区分に変化\n"),
      d->old_pay, d->new_pay, d->change, (int)d->n_changed, (int)d->n_cells);
  line_of(c, "period", "期間", x->period, y->period);
  line_of(c, "stage or vintage", "段階", x->vintage, y->vintage);
  line_of(c, "program", "プログラム", x->program, y->program);
  line_of(c, "plan", "計画", x->plan, y->plan);
  line_of(c, "weight table", "ウェイト表", x->weights, y->weights);
  line_of(c, "displayed rows", "表示値", x->rows, y->rows);
  return d->n_changed ? cell_table(c, d, e) : E_OK;
}

/* --- JSON -------------------------------------------------------------------------------------------------------------------------------- */
static void put_real(struct json_out *j, const char *key, double v) {
  json_key(j, key);
  json_real(j, v);
}
static void put_side(struct json_out *j, const char *key, const struct mls_record_cell *k) {
  json_key(j, key);
  if (!k) {
    json_null(j);
    return;
  }
  json_object(j);
  json_put_int(j, "reports", k->reports);
  put_real(j, "workers", k->workers);
  put_real(j, "ratio", k->ratio);
  put_real(j, "pay", k->pay);
  json_end_object(j);
}
static enum err_code print_json(struct cli *c, const struct mls_record_diff *d, struct err *e) {
  struct strbuf b;
  struct json_out j;
  char what[80];
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_key(&j, "identical");
  json_bool(&j, d->identical);
  put_real(&j, "old_pay", d->old_pay);
  put_real(&j, "new_pay", d->new_pay);
  put_real(&j, "change", d->change);
  const bool differs[] = {d->program, d->plan, d->weights, d->rows};
  static const char *const name[] = {"program_differs", "plan_differs", "weights_differ", "rows_differ"};
  for (int i = 0; i < 4; i++) {
    json_key(&j, name[i]);
    json_bool(&j, differs[i]);
  }
  json_key(&j, "cells");
  json_array(&j);
  for (int32_t i = 0; i < d->n_cells; i++) {
    const struct mls_record_difference *x = &d->cells[i];
    if (!x->what) continue;
    json_object(&j);
    json_key(&j, "cell");
    json_text(&j, x->new_cell ? x->new_cell->id : x->old_cell->id);
    json_put(&j, "what", mls_record_what(x->what, what, sizeof what));
    put_side(&j, "old", x->old_cell);
    put_side(&j, "new", x->new_cell);
    put_real(&j, "pay_effect", x->pay_effect);
    put_real(&j, "share_effect", x->share_effect);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_end_object(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}
enum err_code mls_diff_print(struct cli *c, const char *old_path, const char *new_path, bool *differ, struct err *e) {
  struct mls_record x, y;
  struct mls_record_diff d;
  TRY(read_record(c, old_path, &x, e));
  TRY(read_record(c, new_path, &y, e));
  TRY(mls_record_compare(cli_job(c)->arena, &x, &y, &d, e));
  *differ = !d.identical;
  return cli_json(c) ? print_json(c, &d, e) : print_text(c, &x, &y, &d, e);
}
