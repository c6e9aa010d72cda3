/* shirabe query print OFFICE */
#include <stdio.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/date.h"
#include "collector/batch_forms.h"
#include "collector/cmd_query_common.h"
#include "collector/query_print.h"

struct printing {
  struct cli *c;
  struct store *s;
  struct batch_forms *forms;
  struct query_sheet sheet;
  char today[11];
};

static bool is_open(const struct query_entry *q) { return q->state == QUERY_ASKED || q->state == QUERY_SENT || q->state == QUERY_OVERDUE; }

static enum err_code collect(struct printing *p, const struct query_entry *all, int64_t n, int64_t access, struct err *e) {
  struct arena *a = cli_job(p->c)->arena;
  const struct query_entry **entries = ARENA_ARRAY(a, const struct query_entry *, n + 1);
  const struct query_part **questions = ARENA_ARRAY(a, const struct query_part *, n + 1);
  const struct form **forms = ARENA_ARRAY(a, const struct form *, n + 1);
  if (!entries || !questions || !forms) return ERR(e, E_NO_MEMORY, .subject = "queries");
  for (int64_t i = 0; i < n; i++) {
    struct query_part *question, *answer;
    if (!is_open(&all[i])) continue;
    TRY(query_open(p->s, &all[i], access, a, &question, &answer, e));
    TRY(batch_forms_form(p->forms, question->survey, question->form, question->version, &forms[p->sheet.n], e));
    entries[p->sheet.n] = &all[i];
    questions[p->sheet.n++] = question;
  }
  p->sheet.entries = entries;
  p->sheet.questions = questions;
  p->sheet.forms = forms;
  return E_OK;
}

static enum err_code write_out(struct printing *p, struct err *e) {
  struct strbuf b;
  const char *path = cli_text(p->c, "out");
  enum err_code code = E_OK;
  strbuf_init(&b, 0);
  if (!strcmp(cli_text(p->c, "as"), "text")) query_print_text(&p->sheet, &b);
  else query_print_html(&p->sheet, &b);
  if (b.failed) code = ERR(e, E_NO_MEMORY, .subject = "queries");
  else if (path) code = atomic_write(path, b.p, b.n, ATOMIC_REPLACE, 0600, e);
  else fwrite(b.p, 1, b.n, cli_out(p->c));
  strbuf_release(&b);
  return code;
}

static enum err_code print(struct printing *p, struct err *e) {
  struct query_entry *all;
  char object[96];
  int64_t n, access;
  struct err second;
  TRY(query_list(p->s, NULL, NULL, p->sheet.owner, cli_job(p->c)->arena, &all, &n, e));
  snprintf(object, sizeof object, "query:%s", p->sheet.owner);
  struct log_entry entry = {.action = "data-read", .object = object, .purpose = "query-print", .detail = ""};
  TRY(store_log_intent(p->s, &entry, &access, e));
  enum err_code code = collect(p, all, n, access, e);
  date_format_iso((job_now(cli_job(p->c)) + 9 * 3600) / 86400, p->today);
  p->sheet.printed = p->today;
  if (!code && p->sheet.n) code = write_out(p, e);
  entry.rows = p->sheet.n;
  enum err_code logged = store_log_outcome(p->s, access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct printing p = {.c = c, .sheet = {.owner = cli_operand(c, 0)}};
  if (cmd_open_store(c, &p.s, &e)) return cli_fail(c, &e);
  p.sheet.asker = store_office(p.s)->name_ja[0] ? store_office(p.s)->name_ja : store_office(p.s)->id;
  enum err_code code = batch_forms_new(cli_job(c), forms_folder(), &p.forms, &e);
  if (!code) code = print(&p, &e);
  batch_forms_free(p.forms);
  store_close(p.s);
  if (code) return cli_fail(c, &e);
  fprintf(stderr, cli_say(c, "%lld open queries printed\n", "開いている照会 %lld 件を印刷しました\n"), (long long)p.sheet.n);
  return p.sheet.n ? 0 : 1;
}

static const struct option_record options[] = {{.name = "as",
                                                   .kind = OPT_CHOICE,
                                                   .choices = "html|text",
                                                   .value_name = "FORM",
                                                   .help_en = "A4 page for printing, or plain text",
                                                   .help_ja = "印刷用 A4 または文字だけ",
                                                   .default_text = "html"},
    {.name = "out",
        .kind = OPT_FILE,
        .value_name = "FILE",
        .help_en = "write into this file (else on the screen)",
        .help_ja = "このファイルに書く（なければ画面に出す）"},
    OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {
    {.name = "OFFICE", .help_en = "whose open queries", .help_ja = "どの機関の照会か", .required = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe query print municipality-011002 --out queries.html", "every open query of an office on A4, with room for answers",
        "ある機関の照会を A4 に、回答欄を付けて印刷する"},
    {"shirabe query print municipality-011002 --as text", "the same for a fax", "ファクス用に文字だけで"}, EXAMPLES_END};
const struct command cmd_query_print = {.noun = "query",
    .verb = "print",
    .summary_en = "the open queries of an office on paper",
    .summary_ja = "ある機関の照会票を印刷する",
    .detail_en =
        "The sheets hold answers in clear; printing is written to the access log. An answer on paper is typed in with 'query answer' here or there.",
    .detail_ja = "照会票は回答を含みます。印刷はアクセスログに残ります。紙の回答は query answer で入力します。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
