/* shirabe form layout SURVEY/FORM[/VERSION] LAYOUT */
#include <string.h>

#include "base/ext_csv.h"
#include "base/json_out.h"
#include "forms/form_command.h"
#include "forms/layout_write.h"

enum { MAX_LISTED = 64 }; /* longer lists are named, not written out */

struct row {
  struct cli *c;
  const struct layout *layout;
  int i;
  int64_t day; /* INT64_MIN = codes of any day */
};

static bool shown(const struct row *r, const struct code *k) {
  return k->status != VAL_INVALID && (r->day == INT64_MIN || (k->valid_from <= r->day && r->day <= k->valid_to));
}

static int64_t count_codes(const struct row *r, const struct codelist *l) {
  int64_t n = 0;
  for (int64_t i = 0; l && i < l->n_codes; i++) n += shown(r, &l->codes[i]);
  return n;
}

static bool listed(const struct row *r, const struct codelist *l) { return l && !*l->structure && count_codes(r, l) <= MAX_LISTED; }

static const char *type_of(const struct item *it) {
  if (it->class == CLASS_DATE || it->class == CLASS_WAREKI) return "date";
  return it->type == COL_INT ? "number" : it->type == COL_CODE ? "code" : "text";
}

static const char *type_ja(const struct item *it) {
  if (it->class == CLASS_DATE || it->class == CLASS_WAREKI) return "日付";
  return it->type == COL_INT ? "数値" : it->type == COL_CODE ? "符号" : "文字";
}

/* 1=男; 2=女; what missing values are written as follows. */
static void put_codes(const struct row *r, struct strbuf *b) {
  const struct codelist *l = r->layout->items[r->i]->codelist;
  bool english = cli_lang(r->c) == LANG_EN;
  if (l && !listed(r, l)) strbuf_addf(b, cli_say(r->c, "see list %s", "符号表 %s を参照"), l->name);
  for (int64_t k = 0; listed(r, l) && k < l->n_codes; k++) {
    const struct code *code = &l->codes[k];
    if (!shown(r, code)) continue;
    if (b->n) strbuf_adds(b, "; ");
    strbuf_add(b, code->code.p, code->code.n);
    strbuf_addc(b, '=');
    strbuf_adds(b, english ? code->label_en.p : code->label_ja.p);
  }
}

static void put_missing(const struct row *r, struct strbuf *b) {
  static const struct {
    enum value_status status;
    const char *en, *ja;
  } kinds[] = {{VAL_UNKNOWN, "unknown", "不詳"}, {VAL_NOT_APPLICABLE, "not applicable", "対象外"}, {VAL_REFUSED, "refused", "回答拒否"}, {VAL_BLANK, "blank", "無記入"},
               {VAL_SUPPRESSED, "suppressed", "秘匿"}, {VAL_BELOW_UNIT, "below unit", "単位未満"}, {VAL_SMALL_BASE, "small base", "客体数僅少"},
               {VAL_IMPOSSIBLE, "impossible", "あり得ない"}, {VAL_NOT_AVAILABLE, "not available", "数値なし"}, {VAL_PART_UNKNOWN, "part unknown", "一部不詳"}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    struct str text;
    if (!layout_missing_text(cli_job(r->c)->arena, r->layout, r->i, kinds[i].status, &text)) continue;
    if (b->n) strbuf_adds(b, "; ");
    if (text.n) strbuf_add(b, text.p, text.n);
    else strbuf_adds(b, cli_say(r->c, "(empty)", "（空欄）"));
    strbuf_addf(b, "=%s", cli_say(r->c, kinds[i].en, kinds[i].ja));
  }
}

static struct str digits(int64_t n, char out[24]) {
  (void)snprintf(out, 24, "%lld", (long long)n);
  return n ? str_of(out) : STR("");
}

static void csv_row(const struct row *r, struct strbuf *to, struct strbuf *cell) {
  const struct item *it = r->layout->items[r->i];
  char number[24];
  csv_put(to, digits(r->i + 1, number), true);
  csv_put(to, digits(layout_position(r->layout, r->i), number), false);
  csv_put(to, digits(layout_bytes(r->layout, r->i), number), false);
  csv_put(to, str_of(it->name), false);
  csv_put(to, str_of(cli_say(r->c, it->label_en, it->label_ja)), false);
  csv_put(to, str_of(cli_say(r->c, type_of(it), type_ja(it))), false);
  csv_put(to, str_of(it->unit), false);
  strbuf_reset(cell);
  put_codes(r, cell);
  csv_put(to, str_view(cell->p ? cell->p : "", cell->n), false);
  strbuf_reset(cell);
  put_missing(r, cell);
  csv_put(to, str_view(cell->p ? cell->p : "", cell->n), false);
  strbuf_addc(to, '\n');
}

static void json_row(const struct row *r, struct json_out *j, struct strbuf *cell) {
  const struct item *it = r->layout->items[r->i];
  const struct codelist *l = it->codelist;
  json_object(j);
  json_put_int(j, "column", r->i + 1);
  json_put_int(j, "position", layout_position(r->layout, r->i));
  json_put_int(j, "bytes", layout_bytes(r->layout, r->i));
  json_put(j, "item", it->name);
  json_put(j, "label_ja", it->label_ja);
  json_put(j, "label_en", it->label_en);
  json_put(j, "type", type_of(it));
  json_put(j, "unit", it->unit);
  json_put(j, "codelist", l ? l->name : "");
  json_key(j, "codes");
  json_array(j);
  for (int64_t k = 0; listed(r, l) && k < l->n_codes; k++) {
    if (!shown(r, &l->codes[k])) continue;
    json_object(j);
    json_put(j, "code", l->codes[k].code.p);
    json_put(j, "label_ja", l->codes[k].label_ja.p);
    json_put(j, "label_en", l->codes[k].label_en.p);
    json_end_object(j);
  }
  json_end_array(j);
  strbuf_reset(cell);
  put_missing(r, cell);
  json_put(j, "missing", strbuf_cstr(cell));
  json_end_object(j);
}

static enum err_code print(struct cli *c, const struct layout *l, int64_t day, struct err *e) {
  struct strbuf b, cell;
  struct json_out j;
  strbuf_init(&b, 0);
  strbuf_init(&cell, 0);
  if (cli_json(c)) json_begin(&j, &b, false), json_array(&j);
  else strbuf_adds(&b, cli_say(c, "column,position,bytes,item,label,type,unit,codes,missing\n", "列,位置,バイト数,項目,項目名,形式,単位,符号,欠測\n"));
  for (int i = 0; i < l->n_items; i++) {
    struct row r = {c, l, i, day};
    if (cli_json(c)) json_row(&r, &j, &cell);
    else csv_row(&r, &b, &cell);
  }
  if (cli_json(c)) json_end_array(&j), strbuf_addc(&b, '\n');
  bool failed = b.failed || cell.failed;
  if (!failed) fputs(strbuf_cstr(&b), cli_out(c));
  strbuf_release(&b);
  strbuf_release(&cell);
  return failed ? ERR(e, E_NO_MEMORY, .subject = l->name) : E_OK;
}

static const char *layout_names(struct arena *a, const struct form *f) {
  const char *names = "";
  for (int i = 0; names && i < f->n_layouts; i++) names = arena_printf(a, "%s%s%s", names, i ? ", " : "", f->layouts[i].name);
  return names;
}

static int run(struct cli *c) {
  struct err e = {0};
  struct form_operand o;
  struct form *f = NULL;
  int64_t day = INT64_MIN;
  struct arena *a = cli_job(c)->arena;
  enum err_code code = form_operand_parse(a, cli_operand(c, 0), &o, &e);
  if (!code && !o.form) code = ERR(&e, E_FORM_OPERAND, .subject = cli_operand(c, 0), .expected = "SURVEY/FORM or SURVEY/FORM/VERSION");
  if (!code) code = form_operand_day(c, INT64_MIN, &day, &e);
  if (!code) code = form_read(a, cli_job(c), form_operand_folder(c), o.survey, o.form, o.version, day == INT64_MIN ? form_today(c) : day, &f, NULL, &e);
  const struct layout *l = code ? NULL : form_layout(f, cli_operand(c, 1));
  if (!code && !l) code = ERR(&e, E_LAYOUT_NONE, .subject = cli_operand(c, 1), .expected = layout_names(a, f));
  if (!code) code = print(c, l, day, &e);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_form_layout = {
    .noun = "form",
    .verb = "layout",
    .summary_en = "show a file layout of a form: positions, items, codes (no data)",
    .summary_ja = "調査票のファイル様式を示す（位置・項目・符号。データは含まない）",
    .detail_en = "CSV, one row per item in the order of the file: column, published position, bytes, item, label, type, unit, codes, and how missing values "
                 "are written. Long lists are named; see `shirabe form codes`.",
    .detail_ja = "CSV です。ファイルの順に一項目一行で、列、公表された位置、バイト数、項目、名称、形式、単位、符号、欠測の書き方を示します。長い符号表は"
                 "名前だけを示します（`shirabe form codes` で引けます）。",
    .options = (const struct option_record[]){{.name = "at",
                                                  .kind = OPT_TEXT,
                                                  .value_name = "DATE",
                                                  .help_en = "the version valid on this day (default: today) and only codes valid then (default: all)",
                                                  .help_ja = "この日に有効な版と、この日に有効な符号だけ（省略時は今日の版とすべての符号）"},
        FORM_OPTION_FORMS, FORM_OPTIONS_END},
    .operands =
        (const struct operand_record[]){{.name = "SURVEY/FORM[/VERSION]", .help_en = "form", .help_ja = "調査票", .required = true},
            {.name = "LAYOUT", .help_en = "name of a layout in form.json", .help_ja = "form.json の様式の名前", .required = true}, FORM_OPERANDS_END},
    .examples = (const struct example[]){{"shirabe form layout vital/birth researcher", "what researchers get of the birth slip", "出生票の調査票情報の様式"},
        {"shirabe form layout vital/death/2015 csv --json", "what offices send, for a program", "送付するファイルの様式（JSON）"}, FORM_EXAMPLES_END},
    .run = run,
};
