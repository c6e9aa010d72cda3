/* shirabe process explain SURVEY/FORM PERIOD RECORD */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"
#include "processing/unit/change_log.h"
#include "processing/command/cmd_process_io.h"
#include "processing/step/job_series.h"
#include "processing/command/cmd_process_relatives.h"

struct story {
  struct cli *c;
  struct arena *a;
  struct store *s;
  struct form *form;
  char period[16], previous[16];
  int64_t record, access; /* record from 1 */
  struct shard from;
  struct process_data failures, changes, flags, status, chains, proposals;
  struct process_relatives relatives; /* type NULL = the form has one record type */
};

/* --- reading --- */
static enum err_code find_record(struct story *t, struct err *e) {
  const struct dataset_key key = {t->form->survey, t->form->id, t->period, "received"};
  struct shard *shards;
  int64_t n, first = 0;
  TRY(store_shards(t->s, &key, t->a, &shards, &n, e));
  for (int64_t i = 0; i < n; first += shards[i++].n_rows)
    if (t->record > first && t->record <= first + shards[i].n_rows) {
      t->from = shards[i];
      return E_OK;
    }
  return ERR(e, E_PROCESS_RECORD, .subject = cli_operand(t->c, 2), .expected = arena_printf(t->a, "1 .. %lld", (long long)first));
}

static enum err_code read_stage(struct story *t, const char *stage, struct process_data *out, struct err *e) {
  const struct dataset_key key = {t->form->survey, t->form->id, t->period, stage};
  return process_read(t->s, &key, t->access, t->a, NULL, out, e);
}

static enum err_code read_stages(struct story *t, struct err *e) {
  const struct dataset_key failures = {t->form->survey, t->form->id, t->period, "edit_failures"},
                           changes = {t->form->survey, t->form->id, t->period, "changes"};
  TRY(find_record(t, e));
  TRY(process_read(t->s, &failures, t->access, t->a, NULL, &t->failures, e));
  TRY(process_read(t->s, &changes, t->access, t->a, NULL, &t->changes, e));
  TRY(read_stage(t, "flags", &t->flags, e));
  TRY(read_stage(t, "record_status", &t->status, e));
  TRY(read_stage(t, SERIES_CELLS, &t->chains, e));
  TRY(read_stage(t, "proposals", &t->proposals, e));
  if (t->form->n_records > 1) TRY(process_relatives(t->s, t->form, t->period, t->access, t->record, t->a, &t->relatives, e));
  if (!t->failures.n) return ERR(e, E_PROCESS_NOT_RUN, .subject = arena_printf(t->a, "%s/%s %s", t->form->survey, t->form->id, t->period));
  return E_OK;
}

static enum err_code read_logged(struct story *t, struct err *e) {
  char object[160];
  (void)snprintf(object, sizeof object, "record:%s/%s/%s/%lld", t->form->survey, t->form->id, t->period, (long long)t->record);
  struct log_entry entry = {
      .action = "data-read", .object = object, .purpose = "", .rows = 1, .detail = cli_flag(t->c, "show-values") ? "values shown" : ""};
  struct err second = {0};
  TRY(store_log_intent(t->s, &entry, &t->access, e));
  enum err_code code = read_stages(t, e);
  enum err_code logged = store_log_outcome(t->s, t->access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

/* --- cells of the stored tables --- */
static const char *text_at(const struct story *t, const struct table *from, int64_t row, const char *column) {
  char buffer[64];
  int k = table_find(from, column);
  if (k < 0) return "";
  struct str s = column_text(&from->columns[k], row, buffer, sizeof buffer);
  const char *copy = arena_strdup(t->a, s.p, s.n);
  return copy ? copy : "";
}

static bool is_ours(const struct story *t, const struct table *from, int64_t row) {
  int k = table_find(from, "record_no");
  return k >= 0 && from->columns[k].i64[row] == t->record;
}

/* Answers are shown by their shape unless asked for, which is in the access log. */
static const char *value_at(const struct story *t, const struct table *from, int64_t row, const char *column) {
  const char *value = text_at(t, from, row, column);
  char shape[256];
  if (cli_flag(t->c, "show-values") || !*value) return value;
  const char *masked = text_shape(value, strlen(value), shape, sizeof shape), *copy = arena_strdup(t->a, masked, strlen(masked));
  return copy ? copy : "";
}

static const struct check *check_of(const struct form *f, const char *id) {
  for (int i = 0; i < f->n_checks; i++)
    if (strcmp(f->checks[i].id, id) == 0) return &f->checks[i];
  return NULL;
}

/* --- text --- */
static int64_t print_failures(struct story *t) {
  struct text_table *out = text_table_new(4);
  const char *heads[] = {cli_say(t->c, "stage", "段階"), cli_say(t->c, "check", "検査"), cli_say(t->c, "severity", "区分"),
      cli_say(t->c, "meaning and remedy", "内容と対応")};
  int64_t n = 0;
  if (!out) return 0;
  for (int i = 0; i < 4; i++) text_table_cell(out, heads[i]);
  for (int64_t s = 0; s < t->failures.n; s++)
    for (int64_t row = 0; row < t->failures.tables[s].n_rows; row++) {
      const struct table *from = &t->failures.tables[s];
      if (!is_ours(t, from, row)) continue;
      const struct check *k = check_of(t->form, text_at(t, from, row, "check_id"));
      const char *text =
          k ? arena_printf(t->a, "%s → %s", process_pick(t->c, k->message_en, k->message_ja), process_pick(t->c, k->remedy_en, k->remedy_ja)) : "";
      text_table_cell(out, text_at(t, from, row, "stage"));
      text_table_cell(out, text_at(t, from, row, "check_id"));
      text_table_cell(out, text_at(t, from, row, "severity"));
      text_table_cell(out, text ? text : "");
      n++;
    }
  if (n) text_table_print(out, cli_out(t->c), true);
  text_table_free(out);
  return n;
}

static const char *const change_names[] = {
    "item", "old_value", "old_status", "new_value", "new_status", "method", "class", "donors", "donor", "formula", "job_step", "rule", "run"};
enum { N_CHANGE_NAMES = sizeof change_names / sizeof *change_names };
/* Class texts hold answers too. */
static bool is_value(const char *column) {
  return strcmp(column, "old_value") == 0 || strcmp(column, "new_value") == 0 || strcmp(column, "class") == 0;
}

/* Why a value was flagged: the reason in plain words, certificates too. They name items and rules, no answers. */
static const char *const flag_names[] = {"item", "flag", "step", "rule", "reason"};
enum { N_FLAG_NAMES = sizeof flag_names / sizeof *flag_names };

/* Where a value of a chain over time comes from: its marker, and the link with its matched pairs. */
static const char *const chain_names[] = {"item", "marker", "step", "link", "value", "pairs", "is_default"};
enum { N_CHAIN_NAMES = sizeof chain_names / sizeof *chain_names };

/* The rows of the record in a stage that holds no answers. */
static int64_t print_stage(struct story *t, const struct process_data *d, const char *const *names, const char *const *heads_ja, int n_names) {
  struct text_table *out = text_table_new(n_names);
  int64_t n = 0;
  if (!out) return 0;
  for (int i = 0; i < n_names; i++) text_table_cell(out, cli_say(t->c, names[i], heads_ja[i]));
  for (int64_t s = 0; s < d->n; s++)
    for (int64_t row = 0; row < d->tables[s].n_rows; row++) {
      if (!is_ours(t, &d->tables[s], row)) continue;
      for (int i = 0; i < n_names; i++) text_table_cell(out, text_at(t, &d->tables[s], row, names[i]));
      n++;
    }
  if (n) text_table_print(out, cli_out(t->c), true);
  text_table_free(out);
  return n;
}

static int64_t print_flags(struct story *t) {
  static const char *const heads_ja[] = {"項目", "フラグ", "手順", "規則", "理由"};
  return print_stage(t, &t->flags, flag_names, heads_ja, N_FLAG_NAMES);
}

static void print_chains(struct story *t) {
  static const char *const heads_ja[] = {"項目", "印", "手順", "リンク", "値", "対", "既定"};
  (void)print_stage(t, &t->chains, chain_names, heads_ja, N_CHAIN_NAMES);
}

/* What the record is after all steps. */
static void print_end(struct story *t) {
  for (int64_t s = 0; s < t->status.n; s++)
    for (int64_t row = 0; row < t->status.tables[s].n_rows; row++)
      if (is_ours(t, &t->status.tables[s], row)) {
        fprintf(cli_out(t->c), cli_say(t->c, "after all steps: %s %s\n", "全手順の後: %s %s\n"), text_at(t, &t->status.tables[s], row, "status"),
            text_at(t, &t->status.tables[s], row, "rules"));
        return;
      }
  fputs(cli_say(t->c, "after all steps: every hard rule holds\n", "全手順の後: 必須検査はすべて成り立つ\n"), cli_out(t->c));
}

static int64_t print_changes(struct story *t) {
  static const char *const heads_ja[] = {"項目", "旧値", "旧状態", "新値", "新状態", "方法", "区分", "提供数", "提供記録", "式", "手順", "規則", "実行"};
  static const char *const heads_en[] = {
      "item", "old", "old status", "new", "new status", "method", "class", "donors", "donor", "formula", "step", "rule", "run"};
  struct text_table *out = text_table_new(N_CHANGE_NAMES);
  int64_t n = 0;
  if (!out) return 0;
  for (int i = 0; i < N_CHANGE_NAMES; i++) text_table_cell(out, cli_say(t->c, heads_en[i], heads_ja[i]));
  for (int64_t s = 0; s < t->changes.n; s++)
    for (int64_t row = 0; row < t->changes.tables[s].n_rows; row++) {
      const struct table *from = &t->changes.tables[s];
      if (!is_ours(t, from, row)) continue;
      for (int i = 0; i < N_CHANGE_NAMES; i++)
        text_table_cell(out, is_value(change_names[i]) ? value_at(t, from, row, change_names[i]) : text_at(t, from, row, change_names[i]));
      n++;
    }
  if (n) text_table_print(out, cli_out(t->c), true);
  text_table_free(out);
  return n;
}

/* Its type, parent and children; the keys only on demand. */
static void print_relatives(struct story *t) {
  const struct process_relatives *r = &t->relatives;
  const bool keys = cli_flag(t->c, "show-values");
  if (!r->type) return;
  fprintf(cli_out(t->c), "%s%s%s", r->type, keys ? " " : "", keys ? r->keys : "");
  if (r->parent)
    fprintf(cli_out(t->c), cli_say(t->c, ", of %s%s%s (record %lld)", "、上位: %s%s%s（記録 %lld）"), r->parent_type, keys ? " " : "",
        keys ? r->parent_keys : "", (long long)r->parent);
  if (r->orphan) fputs(cli_say(t->c, ", without a record above it", "、上位の記録なし"), cli_out(t->c));
  if (*r->below) fprintf(cli_out(t->c), cli_say(t->c, ", records below: %s", "、下位の記録: %s"), r->below);
  fputs("\n", cli_out(t->c));
}

static void print_proposals(struct story *t) {
  for (int64_t s = 0; s < t->proposals.n; s++)
    for (int64_t row = 0; row < t->proposals.tables[s].n_rows; row++) {
      const struct table *from = &t->proposals.tables[s];
      if (is_ours(t, from, row))
        fprintf(cli_out(t->c), cli_say(t->c, "proposed as a query by %s: %s\n", "照会候補（%s）: %s\n"), text_at(t, from, row, "rule"),
            text_at(t, from, row, cli_say(t->c, "message_en", "message_ja")));
    }
}

static void print_text(struct story *t) {
  fprintf(cli_out(t->c), cli_say(t->c, "%s/%s %s record %lld, from %s%s%s\n", "%s/%s %s 記録 %lld 送付元 %s%s%s\n"), t->form->survey, t->form->id,
      t->period, (long long)t->record, t->from.sender, *t->from.batch ? " batch " : "", t->from.batch);
  print_relatives(t);
  if (!print_failures(t)) fputs(cli_say(t->c, "no check failed\n", "不合格の検査はありません\n"), cli_out(t->c));
  if (!print_flags(t)) fputs(cli_say(t->c, "no value was flagged\n", "フラグの付いた値はありません\n"), cli_out(t->c));
  if (!print_changes(t)) fputs(cli_say(t->c, "no value was changed\n", "変更された値はありません\n"), cli_out(t->c));
  print_chains(t);
  print_proposals(t);
  print_end(t);
}

/* --- JSON --- */
static void json_rows(struct story *t, struct json_out *j, const char *key, const struct process_data *d, const char *const *names, int n) {
  json_key(j, key);
  json_array(j);
  for (int64_t s = 0; s < d->n; s++)
    for (int64_t row = 0; row < d->tables[s].n_rows; row++) {
      if (!is_ours(t, &d->tables[s], row)) continue;
      json_object(j);
      for (int i = 0; i < n; i++)
        json_put(j, names[i], is_value(names[i]) ? value_at(t, &d->tables[s], row, names[i]) : text_at(t, &d->tables[s], row, names[i]));
      json_end_object(j);
    }
  json_end_array(j);
}

static void json_relatives(const struct story *t, struct json_out *j) {
  const struct process_relatives *r = &t->relatives;
  if (!r->type) return;
  json_put(j, "record_type", r->type);
  if (r->parent) json_put_int(j, "parent_record_no", r->parent);
  if (r->orphan) json_put(j, "parent_record_no", "none");
  json_put(j, "records_below", r->below);
  if (cli_flag(t->c, "show-values")) json_put(j, "keys", r->keys);
}

static void print_json(struct story *t) {
  static const char *const failure_names[] = {"stage", "check_id", "severity"}, *const status_names[] = {"status", "rules"},
                           *const proposal_names[] = {"rule", "message_ja", "message_en"};
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "survey", t->form->survey);
  json_put(&j, "form", t->form->id);
  json_put(&j, "period", t->period);
  json_put_int(&j, "record_no", t->record);
  json_put(&j, "sender", t->from.sender);
  json_put(&j, "batch", t->from.batch);
  json_relatives(t, &j);
  json_rows(t, &j, "failures", &t->failures, failure_names, 3);
  json_rows(t, &j, "flags", &t->flags, flag_names, N_FLAG_NAMES);
  json_rows(t, &j, "status", &t->status, status_names, 2);
  json_rows(t, &j, "chains", &t->chains, chain_names, N_CHAIN_NAMES);
  json_rows(t, &j, "changes", &t->changes, change_names, N_CHANGE_NAMES);
  json_rows(t, &j, "proposals", &t->proposals, proposal_names, 3);
  json_end_object(&j);
  fprintf(cli_out(t->c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct story t = {.c = c, .a = cli_job(c)->arena};
  enum err_code code = process_form(cli_job(c), cli_operand(c, 0), cli_operand(c, 1), &t.form, &e);
  if (!code) code = process_period(t.form, cli_operand(c, 1), t.period, t.previous, &e);
  if (!code && (!str_int64(str_of(cli_operand(c, 2)), &t.record) || t.record < 1)) code = ERR(&e, E_PROCESS_RECORD, .subject = cli_operand(c, 2));
  if (!code) code = store_cmd_unlock(c, &t.s, &e);
  if (!code) code = read_logged(&t, &e);
  store_close(t.s);
  if (code) return cli_fail(c, &e);
  if (cli_json(c)) print_json(&t);
  else print_text(&t);
  return 0;
}

const struct command cmd_process_explain = {
    .noun = "process",
    .verb = "explain",
    .summary_en = "tell the story of one record: checks failed, values flagged and changed, by which step, method and rule",
    .summary_ja = "一つの記録の経過（不合格の検査、フラグ、変更した値、手順・方法・規則）を示す",
    .detail_en =
        "Records are numbered from 1 over the received dataset in the order of its shards. Values are shown by their shape; --show-values shows them and is written to the access log.",
    .detail_ja =
        "記録番号は、受領データの並び順に 1 から数えます。値は形だけを示します。--show-values を付けると値そのものを示し、アクセス記録に残ります。",
    .options = (const struct option_record[]){{.name = "show-values",
                                                  .kind = OPT_FLAG,
                                                  .help_en = "show values instead of their shape (logged)",
                                                  .help_ja = "形でなく値そのものを示す（記録される）"},
        PROCESS_OPTION_PASSPHRASE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "SURVEY/FORM", .help_en = "form", .help_ja = "様式", .required = true},
        {.name = "PERIOD", .help_en = "period, as 2025-12", .help_ja = "期間（例 2025-12）", .required = true},
        {.name = "RECORD", .help_en = "number of the record, from 1", .help_ja = "記録番号（1 から）", .required = true}, {.name = NULL}},
    .examples =
        (const struct example[]){{"shirabe process explain vital/birth 2025-12 1", "the first record, values masked", "最初の記録（値は伏せる）"},
            {"shirabe process explain vital/birth 2025-12 1 --json", "the same as JSON", "同じ内容を JSON で見る"}, {.command = NULL}},
    .run = run,
};
