/* shirabe batch amendments [ID] [--adopt | --object] [--reason TEXT] */
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "collector/amendment.h"
#include "collector/cmd_open.h"
#include "forms/form.h"

static const char *state_text(struct cli *c, const char *state) {
  static const char *const names[][2] = {{"open", "回答待ち"}, {"adopted", "採用"}, {"objected", "異議"}};
  for (size_t i = 0; cli_lang(c) == LANG_JA && i < sizeof names / sizeof *names; i++)
    if (!strcmp(state, names[i][0])) return names[i][1];
  return state;
}

static enum err_code list(struct cli *c, struct store *s, int64_t *open, struct err *e) {
  static const char *const heads[][2] = {{"id", "識別"},     {"state", "状態"},         {"action", "動作"}, {"form", "様式"},
                                         {"period", "期間"}, {"record of", "作成機関"}, {"by", "通知機関"}};
  enum { COLUMNS = 7 };
  struct amendment_entry *entries;
  int64_t n;
  TRY(amendment_list(s, cli_job(c)->arena, "?1 = ''", "", &entries, &n, e));
  struct text_table *t = text_table_new(COLUMNS);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "table");
  for (int i = 0; i < COLUMNS; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  for (int64_t i = 0; i < n; i++) {
    char id[20], form[96];
    const struct amendment_entry *x = &entries[i];
    snprintf(id, sizeof id, "%.16s", x->id);
    snprintf(form, sizeof form, "%s/%s", x->survey, x->form);
    const char *const cells[COLUMNS] = {id, state_text(c, x->state), cmd_change_text(c, x->action), form, x->period, x->office, x->by};
    for (int k = 0; k < COLUMNS; k++) text_table_cell(t, cells[k]);
    *open += !strcmp(x->state, "open") && !strcmp(x->office, store_office(s)->id);
  }
  if (n) text_table_print(t, cli_out(c), true);
  else fprintf(cli_out(c), "%s", cli_say(c, "no amendments\n", "修正通知はありません\n"));
  text_table_free(t);
  return E_OK;
}

static void print_one(struct cli *c, const struct amendment_entry *x, const struct amendment *m) {
  FILE *o = cli_out(c);
  struct str key[16];
  char shape[256];
  int n = record_key_split(m->key, key, 16);
  fprintf(o, cli_say(c, "amendment %s (%s)\nby %s, %s\n%s/%s %s, record of %s\n", "修正通知 %s（%s）\n通知機関 %s、%s\n%s/%s %s、作成機関 %s\n"),
          x->id, state_text(c, x->state), m->by, m->made, m->survey, m->form, m->period, m->office);
  fprintf(o, "%s", cli_say(c, "keys:", "キー:"));
  for (int i = 0; i < n; i++) fprintf(o, " %.*s", (int)key[i].n, key[i].p);
  fprintf(o, cli_say(c, "\nreason: %s\n", "\n理由: %s\n"), m->reason);
  if (m->withdraw[0]) fprintf(o, cli_say(c, "proposes to withdraw the record (%s)\n", "記録の取下げを求めています（%s）\n"), m->withdraw);
  for (int i = 0; i < m->n_changes; i++)
    fprintf(o, "  %s = %s\n", m->changes[i].item,
            cli_flag(c, "show-values") ? m->changes[i].value : text_shape(m->changes[i].value, strlen(m->changes[i].value), shape, sizeof shape));
}

static enum err_code show(struct cli *c, struct store *s, const char *id, struct err *e) {
  struct amendment_entry entry;
  struct amendment *m = NULL;
  char object[96];
  int64_t access;
  struct err ignored = {.code = E_OK};
  snprintf(object, sizeof object, "amendment:%.64s", id);
  const struct log_entry log = {.action = "data-read", .object = object, .rows = 1, .detail = cli_flag(c, "show-values") ? "values shown" : ""};
  TRY(store_log_intent(s, &log, &access, e));
  enum err_code code = amendment_open(s, cli_job(c)->arena, id, access, &entry, &m, e);
  enum err_code logged = store_log_outcome(s, access, &log, code == E_OK, code ? &ignored : e);
  if (!code) code = logged;
  if (!code) print_one(c, &entry, m);
  return code;
}

static enum err_code answer(struct cli *c, struct store *s, const char *id, struct err *e) {
  bool adopt = cli_flag(c, "adopt");
  if (adopt == cli_flag(c, "object")) return ERR(e, E_AMEND_BAD, .found = "answer", .expected = "--adopt or --object, with --reason");
  TRY(amendment_answer(s, forms_folder(), id, adopt, cli_text(c, "reason"), e));
  fputs(adopt ? cli_say(c, "adopted as a correction of this office; it travels with the next batch (declare 1 more)\n",
                        "この機関の訂正として採用しました。次のバッチで送ります（送付票の件数に 1 を加えてください）\n")
              : cli_say(c, "objected; the answer travels with the next batch\n", "異議を記録しました。回答は次のバッチで送ります\n"),
        cli_out(c));
  return E_OK;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  int64_t open = 0;
  const char *id = cli_operand(c, 0);
  bool answers = cli_flag(c, "adopt") || cli_flag(c, "object");
  enum err_code code = id ? cmd_open_store(c, &s, &e) : cmd_open_locked(c, &s, &e);
  if (!code) code = !id ? list(c, s, &open, &e) : answers ? answer(c, s, id, &e) : show(c, s, id, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : open > 0;
}

const struct command cmd_batch_amendments = {
    .noun = "batch",
    .verb = "amendments",
    .summary_en = "amendments of higher offices: list, show, adopt or object",
    .summary_ja = "上位機関からの修正通知の一覧、表示、採用または異議",
    .detail_en = "Without an ID all amendments known here (exit status 1 when one waits for this office's answer). Adopting makes a correction or "
                 "withdrawal of this office, in its own name;"
                 " objecting leaves the record as it is. Either answer, with its reason, travels with the next batch.",
    .detail_ja = "識別がなければ、ここで知られている修正通知の一覧（この機関の回答待ちがあれば終了値 "
                 "1）。採用すると、この機関の名で訂正または取下げになります。異議では記録は変わりません。"
                 "どちらの回答も理由とともに次のバッチで送られます。",
    .options =
        (const struct option_record[]){
            {.name = "adopt", .kind = OPT_FLAG, .help_en = "make it a correction of this office", .help_ja = "この機関の訂正として採用する"},
            {.name = "object", .kind = OPT_FLAG, .help_en = "leave the record as it is", .help_ja = "異議を述べ、記録を変えない"},
            {.name = "reason",
             .kind = OPT_TEXT,
             .value_name = "TEXT",
             .help_en = "why, for the office that made it",
             .help_ja = "理由（通知した機関に伝わる）"},
            {.name = "show-values",
             .kind = OPT_FLAG,
             .help_en = "show answers instead of their shape (logged)",
             .help_ja = "形でなく回答そのものを示す（記録される）"},
            OPTION_PASSPHRASE,
            OPTIONS_END},
    .operands =
        (const struct operand_record[]){
            {.name = "ID", .help_en = "amendment, at least its first 8 digits; none: list", .help_ja = "修正通知の識別（先頭8桁以上）。なければ一覧"},
            OPERANDS_END},
    .examples = (const struct example[]){{"shirabe batch amendments", "which amendments wait for an answer", "回答を待つ修正通知の一覧"},
                                         {"shirabe batch amendments 3fa901bc --adopt --reason 'the slip says so'", "correct the record as proposed",
                                          "通知のとおりに訂正する"},
                                         EXAMPLES_END},
    .run = run,
};
