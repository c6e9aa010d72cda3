/* shirabe batch conflicts [ID] [--keep | --take] [--reason TEXT] */
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "collector/cmd_open.h"
#include "collector/version_store.h"
#include "forms/form.h"

/* --- list --- */
static void list_json(struct cli *c, const struct version_conflict *list, int64_t n) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < n; i++) {
    const struct version_conflict *x = &list[i];
    json_object(&j);
    json_put(&j, "id", x->id);
    json_put(&j, "state", x->state);
    json_put(&j, "action", x->action);
    json_put(&j, "office", x->office);
    json_put(&j, "survey", x->survey);
    json_put(&j, "form", x->form);
    json_put(&j, "period", x->period);
    json_put(&j, "batch", x->batch);
    json_put_int(&j, "number", x->number);
    json_put_int(&j, "row", x->row);
    json_end_object(&j);
  }
  json_end_array(&j);
  store_cmd_print_json(c, &b);
}

static enum err_code print_list(struct cli *c, const struct version_conflict *list, int64_t n, struct err *e) {
  static const char *const heads[][2] = {{"id", "識別"},     {"office", "機関"}, {"form", "様式"},  {"period", "期間"},
                                         {"number", "番号"}, {"row", "行"},      {"action", "動作"}};
  enum { COLUMNS = 7 };
  struct text_table *t = text_table_new(COLUMNS);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "table");
  for (int i = 0; i < COLUMNS; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  for (int64_t i = 0; i < n; i++) {
    char number[24], row[24], form[96];
    snprintf(number, sizeof number, "%lld", (long long)list[i].number);
    snprintf(row, sizeof row, "%lld", (long long)list[i].row);
    snprintf(form, sizeof form, "%s/%s", list[i].survey, list[i].form);
    const char *const cells[COLUMNS] = {list[i].id, list[i].office, form, list[i].period, number, row, cmd_change_text(c, list[i].action)};
    for (int k = 0; k < COLUMNS; k++) text_table_cell(t, cells[k]);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  fprintf(stderr, "%s",
          cli_say(c, "next: shirabe batch conflicts ID shows both versions; --keep or --take, with --reason, decides\n",
                  "次に: shirabe batch conflicts 識別 で両方の版を見て、--keep か --take に --reason を付けて決めてください\n"));
  return E_OK;
}

static enum err_code list(struct cli *c, struct store *s, int64_t *n, struct err *e) {
  struct version_conflict *conflicts;
  TRY(version_conflicts(s, cli_job(c)->arena, true, &conflicts, n, e));
  if (cli_json(c)) list_json(c, conflicts, *n);
  else if (*n) return print_list(c, conflicts, *n, e);
  else fprintf(cli_out(c), "%s", cli_say(c, "no conflict waits for a decision\n", "決定を待つ競合はありません\n"));
  return E_OK;
}

/* --- one conflict, both versions --- */
struct showing {
  struct cli *c;
  struct store *s;
  struct arena *a;
  struct batch_forms *forms;
  int64_t access;
};

static enum err_code read_version(struct showing *w, const struct record_version *v, struct table *t, struct err *e) {
  *t = (struct table){.n_rows = 0};
  return v && v->shard ? store_shard_read_all(w->s, v->shard, w->access, NULL, 0, w->a, t, e) : E_OK;
}

/* Answers are shown by their shape unless asked for, which the access log notes. */
static const char *value_text(struct showing *w, const struct table *t, const char *item, int64_t row) {
  char buffer[64], shape[256];
  int k = t->n_columns ? table_find(t, item) : -1;
  if (k < 0 || row < 0 || row >= t->n_rows) return "-";
  struct str text = column_text(&t->columns[k], row, buffer, sizeof buffer);
  const char *shown;
  if (!value_present(t->columns[k].status[row])) shown = value_status_name(t->columns[k].status[row]);
  else shown = cli_flag(w->c, "show-values") ? arena_strdup(w->a, text.p, text.n) : text_shape(text.p, text.n, shape, sizeof shape);
  const char *kept = shown ? arena_strdup(w->a, shown, strlen(shown)) : NULL;
  return kept ? kept : "";
}

static bool same_cell(const struct table *x, int64_t rx, const struct table *y, int64_t ry, int k) {
  char bx[64], by[64];
  int j = y->n_columns ? table_find(y, x->columns[k].name) : -1;
  return j >= 0 && rx < x->n_rows && ry >= 0 && ry < y->n_rows && x->columns[k].status[rx] == y->columns[j].status[ry] &&
         str_eq(column_text(&x->columns[k], rx, bx, sizeof bx), column_text(&y->columns[j], ry, by, sizeof by));
}

static enum err_code print_both(struct showing *w, const struct version_conflict *conflict, const struct version_chain *chain, int64_t theirs,
                                struct err *e) {
  const struct record_version *other = &chain->list[theirs], *ours = other->ours >= 0 ? &chain->list[other->ours] : NULL;
  struct table x, y;
  struct text_table *t = text_table_new(3);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "table");
  enum err_code code = read_version(w, other, &x, e);
  if (!code) code = read_version(w, ours, &y, e);
  FILE *o = cli_out(w->c);
  if (!code) {
    fprintf(o,
            cli_say(w->c, "conflict %s: batch %lld of %s names a version that is not current\n",
                    "競合 %s: 第%lld号（%s）が、現在の版でないものを置き換えようとしています\n"),
            conflict->id, (long long)conflict->number, conflict->office);
    if (other->action == CHANGE_WITHDRAW)
      fprintf(o, cli_say(w->c, "the other version withdraws the record: %s\n", "もう一方は取下げ（理由 %s）です\n"), other->reason);
    if (!ours) fprintf(o, "%s", cli_say(w->c, "no record with these keys is current here\n", "このキーの現在の記録はありません\n"));
    text_table_cell(t, cli_say(w->c, "item", "項目"));
    text_table_cell(t, cli_say(w->c, "current (--keep)", "現在 (--keep)"));
    text_table_cell(t, cli_say(w->c, "other (--take)", "もう一方 (--take)"));
    const struct table *wide = x.n_columns ? &x : &y;
    for (int k = 0; k < wide->n_columns; k++) {
      if (x.n_columns && ours && same_cell(&x, other->row, &y, ours->row, k)) continue;
      text_table_cell(t, wide->columns[k].name);
      text_table_cell(t, ours ? value_text(w, &y, wide->columns[k].name, ours->row) : "-");
      text_table_cell(t, value_text(w, &x, wide->columns[k].name, other->row));
    }
    text_table_print(t, o, true);
  }
  text_table_free(t);
  return code;
}

static enum err_code show_logged(struct showing *w, const char *id, struct err *e) {
  char object[64];
  struct version_conflict conflict;
  struct version_chain chain;
  int64_t theirs;
  snprintf(object, sizeof object, "conflict:%.40s", id);
  const struct log_entry entry = {.action = "data-read", .object = object, .rows = 2, .detail = cli_flag(w->c, "show-values") ? "values shown" : ""};
  struct err ignored = {.code = E_OK};
  TRY(store_log_intent(w->s, &entry, &w->access, e));
  enum err_code code = version_find_conflict(w->s, w->a, w->forms, id, w->access, &conflict, &chain, &theirs, e);
  if (!code) code = print_both(w, &conflict, &chain, theirs, e);
  enum err_code logged = store_log_outcome(w->s, w->access, &entry, code == E_OK, code ? &ignored : e);
  return code ? code : logged;
}

static enum err_code show(struct cli *c, struct store *s, const char *id, struct err *e) {
  struct showing w = {.c = c, .s = s, .a = cli_job(c)->arena};
  TRY(batch_forms_new(cli_job(c), forms_folder(), &w.forms, e));
  enum err_code code = show_logged(&w, id, e);
  batch_forms_free(w.forms);
  return code;
}

/* --- deciding --- */
static enum err_code decide(struct cli *c, struct store *s, const char *id, struct err *e) {
  const char *reason = cli_text(c, "reason");
  bool keep = cli_flag(c, "keep"), take = cli_flag(c, "take");
  if (keep == take || !reason || !*reason) return ERR(e, E_CONFLICT_CHOICE, .subject = id);
  TRY(version_decide(s, forms_folder(), id, take, reason, e));
  fputs(take ? cli_say(c, "the other version is current now; both stay kept\n", "もう一方を有効にしました。どちらの版も残ります\n")
             : cli_say(c, "the current version stays; both stay kept\n", "現在の版を残しました。どちらの版も残ります\n"),
        cli_out(c));
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  int64_t n = 0;
  const char *id = cli_operand(c, 0);
  bool choice = cli_flag(c, "keep") || cli_flag(c, "take") || cli_text(c, "reason");
  if (!id && choice) {
    (void)ERR(&e, E_CONFLICT_CHOICE, .subject = "ID");
    return cli_fail(c, &e);
  }
  enum err_code code = id ? cmd_open_store(c, &s, &e) : cmd_open_locked(c, &s, &e);
  if (!code) code = !id ? list(c, s, &n, &e) : choice ? decide(c, s, id, &e) : show(c, s, id, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : n > 0;
}

const struct command cmd_batch_conflicts = {
    .noun = "batch",
    .verb = "conflicts",
    .summary_en = "list corrections that do not fit the current record, show both versions, decide",
    .summary_ja = "現在の記録に合わない訂正の一覧、両方の版の表示、決定",
    .detail_en = "A correction names the version it replaces. When another one is current, nothing is overwritten: both versions stay sealed and the "
                 "case waits here. Without an ID the"
                 " open cases (exit status 1 when there are any). The decision and its reason are kept as a new entry and in the access log.",
    .detail_ja = "訂正は置き換える版を示します。別の版が現在のものであれば何も上書きせず、両方の版を封印したまま、ここで決定を待ちます。識別がなけれ"
                 "ば未決の一覧（あれば終了値 1）。"
                 "決定と理由は新しい記録として、またアクセス記録に残ります。",
    .options =
        (const struct option_record[]){
            {.name = "keep", .kind = OPT_FLAG, .help_en = "the current version stays", .help_ja = "現在の版を残す"},
            {.name = "take", .kind = OPT_FLAG, .help_en = "the other version becomes current", .help_ja = "もう一方の版を有効にする"},
            {.name = "reason",
             .kind = OPT_TEXT,
             .value_name = "TEXT",
             .help_en = "why, kept sealed with the decision",
             .help_ja = "理由（決定とともに封印して残す）"},
            {.name = "show-values",
             .kind = OPT_FLAG,
             .help_en = "show answers instead of their shape (logged)",
             .help_ja = "形でなく回答そのものを示す（記録される）"},
            OPTION_PASSPHRASE,
            OPTIONS_END},
    .operands =
        (const struct operand_record[]){
            {.name = "ID", .help_en = "conflict, at least its first four digits; none: list", .help_ja = "競合の識別（先頭4桁以上）。なければ一覧"},
            OPERANDS_END},
    .examples = (const struct example[]){{"shirabe batch conflicts", "which corrections wait for a decision", "決定を待つ訂正の一覧"},
                                         {"shirabe batch conflicts 3fa901bc --keep --reason 'telephone 2026-01-20: the first correction holds'",
                                          "decide after asking the office", "機関に確認して決定する"},
                                         EXAMPLES_END},
    .run = run,
};
