/* shirabe form codes [LIST [CODE]] */
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"
#include "forms/code_change.h"
#include "forms/form_command.h"
#include "forms/form_files.h"

struct query {
  struct str code;   /* empty = all */
  const char *label; /* NULL = all */
  int64_t day;       /* INT64_MIN = any */
};

/* In capitals and small letters alike, for ASCII. */
static bool contains(struct str text, const char *part) { return text.n > 0 && strcasestr(text.p, part) != NULL; }

static bool wanted(const struct code *k, const struct query *q) {
  if (q->code.n && !str_eq(k->code, q->code) && !str_eq(k->parent, q->code)) return false;
  if (q->label && !contains(k->label_ja, q->label) && !contains(k->label_en, q->label)) return false;
  return q->day == INT64_MIN || (k->valid_from <= q->day && q->day <= k->valid_to);
}

static const char *day_text(int64_t day, char iso[11]) {
  iso[0] = 0;
  if (day != INT64_MIN && day != INT64_MAX) date_format_iso(day, iso);
  return iso;
}

static int64_t print_text(struct cli *c, const struct codelist *l, const struct query *q) {
  struct text_table *t = text_table_new(6);
  int64_t n = 0;
  if (!t) return 0;
  const char *heads[] = {cli_say(c, "code", "符号"), cli_say(c, "Japanese", "日本語"), cli_say(c, "English", "英語"), cli_say(c, "parent", "上位"),
      cli_say(c, "valid from", "有効開始"), cli_say(c, "to", "終了")};
  for (int i = 0; i < 6; i++) text_table_cell(t, heads[i]);
  for (int64_t i = 0; i < l->n_codes; i++) {
    const struct code *k = &l->codes[i];
    char from[11], to[11];
    if (!wanted(k, q)) continue;
    n++;
    text_table_cell(t, k->code.p);
    text_table_cell(t, k->label_ja.p);
    text_table_cell(t, k->label_en.p);
    text_table_cell(t, k->parent.p);
    text_table_cell(t, day_text(k->valid_from, from));
    text_table_cell(t, day_text(k->valid_to, to));
  }
  if (n) text_table_print(t, cli_out(c), true);
  text_table_free(t);
  return n;
}

static int64_t print_json(struct cli *c, const struct codelist *l, const struct query *q) {
  struct strbuf b;
  struct json_out j;
  char iso[11];
  int64_t n = 0;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < l->n_codes; i++) {
    const struct code *k = &l->codes[i];
    if (!wanted(k, q)) continue;
    n++;
    json_object(&j);
    json_put(&j, "code", k->code.p);
    json_put(&j, "label_ja", k->label_ja.p);
    json_put(&j, "label_en", k->label_en.p);
    json_put(&j, "parent", k->parent.p);
    json_put(&j, "valid_from", day_text(k->valid_from, iso));
    json_put(&j, "valid_to", day_text(k->valid_to, iso));
    json_put(&j, "status", k->status == VAL_REPORTED ? "valid" : k->status == VAL_INVALID ? "heading" : value_status_name((uint8_t)k->status));
    json_end_object(&j);
  }
  json_end_array(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
  return n;
}

/* --- what became of one code --- */

static bool touches(const struct code_change *x, const struct query *q) { return str_eq(x->code, q->code) || str_eq(x->successor, q->code); }

static const char *label_of(struct cli *c, const struct codelist *l, struct str code, int64_t day) {
  const struct code *k = codelist_find(l, code, day);
  if (!k) k = codelist_find(l, code, INT64_MIN);
  return !k ? "" : cli_lang(c) == LANG_EN && k->label_en.n ? k->label_en.p : k->label_ja.p;
}

static void print_history(struct cli *c, const struct codelist *l, const struct code_changes *changes, const struct query *q) {
  char iso[11];
  for (int64_t i = 0; i < changes->n; i++) {
    const struct code_change *x = &changes->changes[i];
    if (!touches(x, q)) continue;
    date_format_iso(x->day, iso);
    fprintf(cli_out(c), "%s  %s %s -> %s %s  (%s)\n", iso, x->code.p, label_of(c, l, x->code, x->day - 1), x->successor.p,
            label_of(c, l, x->successor, x->day), x->kind.p);
  }
}

static void print_followed(struct cli *c, const struct codelist *l, const struct code_changes *changes, const struct query *q) {
  struct code_followed f;
  if (q->day == INT64_MIN || codelist_find(l, q->code, q->day)) return;
  code_follow(l, changes, q->code, q->day, &f);
  for (int i = 0; i < f.n; i++)
    fprintf(cli_out(c), cli_say(c, "on that day: %s %s\n", "その日の符号: %s %s\n"), f.codes[i]->code.p, label_of(c, l, f.codes[i]->code, q->day));
}

static enum err_code show_history(struct cli *c, const struct codelist *l, const struct query *q, struct err *e) {
  const struct code_changes *changes = NULL;
  if (!q->code.n || q->label || cli_json(c)) return E_OK;
  TRY(code_changes_read(cli_job(c)->arena, l, &changes, e));
  if (!changes) return E_OK;
  print_history(c, l, changes, q);
  print_followed(c, l, changes, q);
  return E_OK;
}

static enum err_code list_names(struct cli *c, struct err *e) {
  const char **names;
  int n;
  struct strbuf b;
  struct json_out j;
  const char *folder = arena_printf(cli_job(c)->arena, "%s/codelists", form_operand_folder(c));
  if (!folder) return ERR(e, E_NO_MEMORY, .subject = "codelists");
  TRY(folder_names(cli_job(c)->arena, folder, &names, &n, e));
  if (!n) return ERR(e, E_CODELIST_NONE, .file = form_operand_folder(c), .subject = "codelists");
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int i = 0; i < n; i++) {
    size_t length = strlen(names[i]);
    if (length < 5 || strcmp(names[i] + length - 4, ".csv") != 0) continue;
    if (cli_json(c)) json_text(&j, str_view(names[i], length - 4));
    else fprintf(cli_out(c), "%.*s\n", (int)(length - 4), names[i]);
  }
  json_end_array(&j);
  if (cli_json(c)) fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
  return E_OK;
}

/* A code that stands in no row may still have the form that the list accepts. */
static bool accepted_by_form(struct cli *c, const struct codelist *l, const struct query *q) {
  const struct code *any = q->code.n && !q->label ? codelist_find(l, q->code, q->day) : NULL;
  if (!any || any != l->any) return false;
  if (!cli_json(c))
    fprintf(cli_out(c),
        cli_say(c, "%s has the form of a code (%s); the list holds no labels for single codes\n",
            "%s は符号の形（%s）に合います。この符号表に個々の名称はありません\n"),
        q->code.p, l->structure);
  return true;
}

static int run(struct cli *c) {
  struct err e = {0};
  struct query q = {.code = str_of(cli_operand(c, 1)), .label = cli_text(c, "label")};
  const struct codelist *l = NULL;
  const char *name = cli_operand(c, 0);
  enum err_code code = form_operand_day(c, INT64_MIN, &q.day, &e);
  if (!code) code = name ? codelist_read_shared(cli_job(c)->arena, cli_job(c), form_operand_folder(c), name, &l, &e) : list_names(c, &e);
  if (code) return cli_fail(c, &e);
  if (!name) return 0;
  int64_t n = cli_json(c) ? print_json(c, l, &q) : print_text(c, l, &q);
  if (show_history(c, l, &q, &e)) return cli_fail(c, &e);
  if (n || accepted_by_form(c, l, &q)) return 0;
  if (!cli_json(c)) fputs(cli_say(c, "no such code\n", "該当する符号はありません\n"), stderr);
  return 1;
}

const struct command cmd_form_codes = {
    .noun = "form",
    .verb = "codes",
    .summary_en = "look up shared code lists: by code, label or day",
    .summary_ja = "共通の符号表を引く（符号・名称・日付）",
    .detail_en = "Without a list, the names of all lists. With a code, that code, the codes under it and, where the list has a change table, what became of it (with --at the codes in force that day). Exit status 1 when nothing matches. Where "
                 "lists come from: forms/codelists/SOURCES.md.",
    .detail_ja = "符号表を省くと一覧を示します。符号を付けると、その符号と下位の符号、変更表があればその経過（--at を付けるとその日の符号）を示します。該当がなければ終了値は 1 です。出典は "
                 "forms/codelists/SOURCES.md にあります。",
    .options =
        (const struct option_record[]){
            {.name = "at", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "only codes valid on this day", .help_ja = "この日に有効な符号だけ"},
            {.name = "label",
                .kind = OPT_TEXT,
                .value_name = "TEXT",
                .help_en = "only codes whose label holds this text",
                .help_ja = "名称にこの文字を含む符号だけ"},
            FORM_OPTION_FORMS, FORM_OPTIONS_END},
    .operands =
        (const struct operand_record[]){
            {.name = "LIST", .help_en = "name of a list, for instance municipalities", .help_ja = "符号表の名前（例: municipalities）"},
            {.name = "CODE", .help_en = "one code", .help_ja = "符号"}, FORM_OPERANDS_END},
    .examples = (const struct example[]){{"shirabe form codes municipalities 221309", "what is this code", "この符号は何か"},
        {"shirabe form codes municipalities --label 浜松市 --at 2023-12-31", "wards of a city before they changed", "再編前の区"}, FORM_EXAMPLES_END},
    .run = run,
};
