/* shirabe form show SURVEY/FORM[/VERSION] */
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"
#include "forms/form_command.h"

static const char *pick(struct cli *c, const char *en, const char *ja) { return cli_lang(c) == LANG_JA || !*en ? ja : en; }

static const char *limit_text(struct arena *a, const struct item *it, bool has, int64_t v) {
  char iso[11];
  struct strbuf b;
  if (!has) return "";
  if (it->class == CLASS_DATE || it->class == CLASS_WAREKI) {
    date_format_iso(v, iso);
    return arena_strdup(a, iso, 10);
  }
  strbuf_init(&b, 64);
  strbuf_add_decimal(&b, v, it->decimals);
  const char *copy = arena_strdup(a, b.n ? b.p : "", b.n);
  strbuf_release(&b);
  return copy;
}

/* What an answer can be, in one cell. */
static const char *values_text(struct arena *a, const struct item *it) {
  if (it->codelist) return it->codelist->name;
  const char *low = limit_text(a, it, it->has_min, it->min), *high = limit_text(a, it, it->has_max, it->max);
  if (!it->has_min && !it->has_max) return it->unit;
  return arena_printf(a, "%s..%s%s%s", low ? low : "", high ? high : "", *it->unit ? " " : "", it->unit);
}

static void head_text(struct cli *c, const struct form *f) {
  FILE *out = cli_out(c);
  fprintf(out, "%s/%s/%s  %s\n", f->survey, f->id, f->version, pick(c, f->title_en, f->title_ja));
  fprintf(out, cli_say(c, "identity %s\n", "識別値 %s\n"), f->hash_hex);
  for (int i = 0; i < f->n_records; i++) {
    fprintf(out, cli_say(c, "record %s", "記録 %s"), f->records[i].name);
    if (*f->records[i].parent) fprintf(out, cli_say(c, " in %s", "（上位 %s）"), f->records[i].parent);
    fputs(cli_say(c, ", keys:", " キー:"), out);
    for (int k = 0; k < f->records[i].n_keys; k++) fprintf(out, " %s", f->records[i].keys[k]->name);
    fputc('\n', out);
  }
}

static void items_text(struct cli *c, const struct form *f) {
  struct text_table *t = text_table_new(6);
  if (!t) return;
  const char *heads[] = {cli_say(c, "item", "項目"), cli_say(c, "label", "名称"), cli_say(c, "class", "種類"), cli_say(c, "values", "値"),
      cli_say(c, "asked of", "対象"), cli_say(c, "derived by", "導出")};
  for (int i = 0; i < 6; i++) text_table_cell(t, heads[i]);
  for (int i = 0; i < f->n_items; i++) {
    const struct item *it = &f->items[i];
    const char *values = values_text(cli_job(c)->arena, it);
    text_table_cell(t, it->name);
    text_table_cell(t, pick(c, it->label_en, it->label_ja));
    text_table_cell(t, item_class_name(it->class));
    text_table_cell(t, values ? values : "");
    text_table_cell(t, it->universe_text);
    text_table_cell(t, it->origin == ORIGIN_REPORTED ? "" : *it->expression_text ? it->expression_text : cli_say(c, "(by the ministry)", "（本省）"));
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static void put_day(struct json_out *j, const char *key, int64_t day) {
  char iso[11] = "";
  if (day != INT64_MIN && day != INT64_MAX) date_format_iso(day, iso);
  json_put(j, key, iso);
}

static void item_json(struct json_out *j, struct arena *a, const struct item *it) {
  const char *low = limit_text(a, it, it->has_min, it->min), *high = limit_text(a, it, it->has_max, it->max);
  json_object(j);
  json_put(j, "name", it->name);
  json_put(j, "label_ja", it->label_ja);
  json_put(j, "label_en", it->label_en);
  json_put(j, "record", it->record);
  json_put(j, "class", item_class_name(it->class));
  json_put(j, "part", item_part_name(it->part));
  json_put(j, "origin", it->origin == ORIGIN_DERIVED ? "derived" : "reported");
  json_put(j, "unit", it->unit);
  json_put_int(j, "multiplier", it->multiplier);
  json_put_int(j, "decimals", it->decimals);
  json_put(j, "min", low ? low : "");
  json_put(j, "max", high ? high : "");
  json_put(j, "codelist", it->codelist ? it->codelist->name : "");
  json_put(j, "missing", it->missing);
  json_put(j, "universe", it->universe_text);
  json_put(j, "expression", it->expression_text);
  put_day(j, "since", it->since);
  put_day(j, "until", it->until);
  json_key(j, "required");
  json_bool(j, it->required);
  json_end_object(j);
}

static void form_json(struct cli *c, const struct form *f) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "survey", f->survey);
  json_put(&j, "form", f->id);
  json_put(&j, "version", f->version);
  json_put(&j, "title_ja", f->title_ja);
  json_put(&j, "title_en", f->title_en);
  json_put(&j, "hash", f->hash_hex);
  json_key(&j, "items");
  json_array(&j);
  for (int i = 0; i < f->n_items; i++) item_json(&j, cli_job(c)->arena, &f->items[i]);
  json_end_array(&j);
  json_key(&j, "layouts");
  json_array(&j);
  for (int i = 0; i < f->n_layouts; i++) json_cstr(&j, f->layouts[i].name);
  json_end_array(&j);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

/* --- one item with its codes --- */
static void one_check(struct cli *c, const struct check *k) {
  const char *weight = check_weight_text(cli_job(c)->arena, k);
  fprintf(cli_out(c), "%s [%s%s%s] %s\n", k->id, check_severity_name(k->severity), k->weight ? " " : "", weight ? weight : "",
          pick(c, k->message_en, k->message_ja));
}
static void one_item(struct cli *c, const struct form *f, const struct item *it, int64_t day) {
  FILE *out = cli_out(c);
  const char *values = values_text(cli_job(c)->arena, it);
  fprintf(out, "%s  %s / %s\n", it->name, it->label_ja, it->label_en);
  fprintf(out, cli_say(c, "class %s, part %s, values %s\n", "種類 %s、区分 %s、値 %s\n"), item_class_name(it->class), item_part_name(it->part),
      values ? values : "");
  if (*it->missing) fprintf(out, cli_say(c, "missing: %s\n", "欠測: %s\n"), it->missing);
  if (*it->universe_text) fprintf(out, cli_say(c, "asked when: %s\n", "対象: %s\n"), it->universe_text);
  if (*it->expression_text) fprintf(out, cli_say(c, "derived: %s\n", "導出: %s\n"), it->expression_text);
  for (int i = 0; i < f->n_checks; i++)
    if (strstr(f->checks[i].expression_text, it->name))
      one_check(c, &f->checks[i]);
  for (int64_t i = 0; it->codelist && i < it->codelist->n_codes; i++) {
    const struct code *k = &it->codelist->codes[i];
    if (k->valid_from <= day && day <= k->valid_to) fprintf(out, "  %s  %s\n", k->code.p, pick(c, k->label_en.p, k->label_ja.p));
  }
}

static int run(struct cli *c) {
  struct err e = {0};
  struct form_operand o;
  struct form *f = NULL;
  int64_t day;
  struct arena *a = cli_job(c)->arena;
  enum err_code code = form_operand_parse(a, cli_operand(c, 0), &o, &e);
  if (!code && !o.form) code = ERR(&e, E_FORM_OPERAND, .subject = cli_operand(c, 0), .expected = "SURVEY/FORM or SURVEY/FORM/VERSION");
  if (!code) code = form_operand_day(c, form_today(c), &day, &e);
  if (!code) code = form_read(a, cli_job(c), form_operand_folder(c), o.survey, o.form, o.version, day, &f, NULL, &e);
  const char *name = cli_text(c, "item");
  const struct item *it = !code && name ? form_item(f, name) : NULL;
  if (!code && name && !it) code = ERR(&e, E_FORM_NO_ITEM, .subject = name);
  if (code) return cli_fail(c, &e);
  if (cli_json(c)) {
    form_json(c, f);
  } else if (it) {
    one_item(c, f, it, day);
  } else {
    head_text(c, f);
    items_text(c, f);
  }
  return 0;
}

const struct command cmd_form_show = {
    .noun = "form",
    .verb = "show",
    .summary_en = "show a form: records, items, what may be answered, who is asked",
    .summary_ja = "調査票を示す（記録・項目・値・対象）",
    .detail_en = "Without a version the newest one valid today, or on --at. With --item one item with its codes and the checks that use it.",
    .detail_ja = "版を省くと、今日（または --at の日）に有効な最新の版です。--item を付けると、その項目の符号と関係する検査を示します。",
    .options = (const struct option_record[]){{.name = "item",
                                                  .kind = OPT_TEXT,
                                                  .value_name = "NAME",
                                                  .help_en = "only this item, with codes and checks",
                                                  .help_ja = "この項目だけを符号・検査とともに示す"},
        {.name = "at",
            .kind = OPT_TEXT,
            .value_name = "DATE",
            .help_en = "version and codes valid on this day (default: today)",
            .help_ja = "この日に有効な版と符号（省略時は今日）"},
        FORM_OPTION_FORMS, FORM_OPTIONS_END},
    .operands =
        (const struct operand_record[]){
            {.name = "SURVEY/FORM[/VERSION]", .help_en = "form to show", .help_ja = "示す調査票", .required = true}, FORM_OPERANDS_END},
    .examples = (const struct example[]){{"shirabe form show vital/birth", "the birth slip", "出生票"},
        {"shirabe form show vital/birth/2015 --item sex", "one item with its codes", "一つの項目と符号"}, FORM_EXAMPLES_END},
    .run = run,
};
