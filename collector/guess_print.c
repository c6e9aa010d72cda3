/* guess_print.c -- see guess_print.h. */
#include "collector/guess_print.h"

#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"
#include "collector/guess_impl.h"
#include "collector/guess_write.h"

enum { HEADING_SHOWN = 36 };

static const char *delimiter_name(struct cli *c, char d) {
  if (d == '\t') return cli_say(c, "tab", "タブ");
  return d == ';' ? cli_say(c, "semicolon", "セミコロン") : cli_say(c, "comma", "コンマ");
}

static int share(int64_t n, int64_t of) { return of ? (int)(n * 100 / of) : 0; }

/* --- evidence in words --- */

static void add(struct strbuf *b, struct cli *c, const char *en, const char *ja, int percent) {
  if (b->n) strbuf_adds(b, cli_say(c, "; ", "、"));
  strbuf_addf(b, cli_lang(c) == LANG_JA ? ja : en, percent);
}

static void add_reason(struct strbuf *b, struct cli *c, const struct guess_column *x) {
  switch (x->reason) {
  case REASON_EMPTY:
    add(b, c, "no filled cell in the sample%.0d", "見本に記入がない%.0d", 0);
    break;
  case REASON_DATES:
    add(b, c, "%d%% are dates", "%d%% が日付", share(x->dates, x->filled));
    break;
  case REASON_ERA_DATES:
    add(b, c, "%d%% are dates, with Japanese eras", "%d%% が日付（元号あり）", share(x->dates, x->filled));
    break;
  case REASON_COMPACT_DATES:
    add(b, c, "%d%% are possible days written as eight digits", "%d%% が8桁の数字で書いた日付として成り立つ", share(x->compact_dates, x->filled));
    break;
  case REASON_NUMBERS:
    add(b, c, "%d%% are numbers", "%d%% が数", share(x->numbers, x->filled));
    break;
  case REASON_LEADING_ZEROS:
    add(b, c, "digits of one width, %d%% with zeros in front", "桁数が一定の数字で、%d%% が先頭にゼロ", share(x->leading_zeros, x->filled));
    break;
  case REASON_CODE_LIST:
    add(b, c, "%d%% are codes of the list", "%d%% が符号表の符号", x->list.percent);
    break;
  case REASON_TWO_VALUES:
    add(b, c, "only 0 and 1, and the heading says so%.0d", "0 と 1 だけで、見出しもそれを示す%.0d", 0);
    break;
  case REASON_FEW_VALUES:
    add(b, c, "few short values that come again; %d of them", "同じ短い値が繰り返す（%d 種類）", (int)x->distinct);
    break;
  case REASON_NAME_HEADING:
    add(b, c, "the heading speaks of names%.0d", "見出しが氏名を示す%.0d", 0);
    break;
  case REASON_CODE_HEADING:
    add(b, c, "%d%% are whole numbers, and the heading speaks of codes", "%d%% が整数で、見出しが符号を示す", share(x->numbers, x->filled));
    break;
  case REASON_TEXT:
    add(b, c, "texts%.0d", "文字列%.0d", 0);
    break;
  case REASON_TOO_FINE:
    add(b, c, "%d%% are numbers, some with more than nine decimals: kept as text, digit by digit",
        "%d%% が数だが小数10桁以上がある。桁を落とさないよう文字列とする", share(x->numbers, x->filled));
    break;
  case REASON_MIXED:
    add(b, c, "mixed: only %d%% are numbers or dates", "混在（数・日付は %d%%）", share(x->numbers + x->dates, x->filled));
    break;
  }
}

static void evidence(struct strbuf *b, struct cli *c, const struct guess_column *x) {
  strbuf_reset(b);
  add_reason(b, c, x);
  if (share(x->leading_zeros, x->filled) > 0 && x->reason != REASON_LEADING_ZEROS)
    add(b, c, "%d%% with zeros in front", "%d%% が先頭にゼロ", share(x->leading_zeros, x->filled));
  if (x->separators) add(b, c, "thousands separators%.0d", "桁区切りあり%.0d", 0);
  if (x->full_width) add(b, c, "full-width characters%.0d", "全角あり%.0d", 0);
  if (x->negative) add(b, c, "negative numbers%.0d", "負の数あり%.0d", 0);
  if (x->check_digit_percent >= 50)
    add(b, c, "%d%% have a valid municipality check digit", "%d%% が団体コードの検査数字に合う", x->check_digit_percent);
  if (x->lost_zero_percent >= 50)
    add(b, c, "%d%% would have one with a zero in front", "%d%% が先頭にゼロを補うと検査数字に合う", x->lost_zero_percent);
  if (x->five_digit_percent >= 50)
    add(b, c, "%d%% are municipality codes without the check digit", "%d%% が検査数字を除いた団体コード", x->five_digit_percent);
  if (x->other.name) {
    add(b, c, "%d%% also in list ", "%d%% は符号表にもある: ", x->other.percent);
    strbuf_adds(b, x->other.name);
  }
}

static const char *map_text(struct cli *c, enum map_reason r) {
  switch (r) {
  case MAP_EXACT:
    return cli_say(c, "heading", "見出し一致");
  case MAP_NEAR:
    return cli_say(c, "like the heading", "見出し類似");
  case MAP_PLACE:
    return cli_say(c, "place", "位置");
  case MAP_NONE:
    break;
  }
  return "";
}

/* --- JSON --- */

static void json_signs(struct json_out *j, const struct guess_column *x) {
  json_key(j, "signs_met");
  json_array(j);
  for (int i = 0; i < x->n_signs; i++) json_text(j, x->sign[i]);
  json_end_array(j);
}

static void json_list(struct json_out *j, const char *key, const struct guess_list *l) {
  json_key(j, key);
  if (!l->name) {
    json_null(j);
    return;
  }
  json_object(j);
  json_put(j, "list", l->name);
  json_put_int(j, "percent", l->percent);
  json_end_object(j);
}

static void json_match(struct json_out *j, const struct guess_match *m) {
  json_put(j, "item", m->item ? m->item->name : "");
  json_put_int(j, "item_confidence", m->item ? m->score : 0);
  json_put_int(j, "item_heading", m->heading);
  json_put_int(j, "item_content", m->content);
}

static void json_column(struct json_out *j, struct cli *c, const struct guess *g, int64_t k, const struct guess_mapping *mapping,
                        struct strbuf *words) {
  const struct guess_column *x = &g->columns[k];
  const struct {
    const char *key;
    int64_t value;
  } counts[] = {{"confidence", x->confidence},
                {"filled", x->filled},
                {"blank", x->blank},
                {"signs", x->signs},
                {"numbers", x->numbers},
                {"dates", x->dates},
                {"leading_zeros", x->leading_zeros},
                {"decimals", x->decimals},
                {"distinct", x->distinct},
                {"width_min", x->width_min},
                {"width_max", x->width_max}};
  json_object(j);
  json_put_int(j, "cell", k + 1);
  json_put(j, "heading", x->label);
  json_put(j, "class", item_class_name(x->class));
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) json_put_int(j, counts[i].key, counts[i].value);
  json_put(j, "unit", x->unit ? x->unit : "");
  json_signs(j, x);
  json_list(j, "codelist", &x->list), json_list(j, "other_codelist", &x->other);
  json_put(j, "shape", x->shape);
  if (cli_flag(c, "show-values")) json_key(j, "example"), json_text(j, x->example);
  evidence(words, c, x);
  json_put(j, "evidence", strbuf_cstr(words));
  if (mapping) json_match(j, &mapping->match[k]);
  json_end_object(j);
}

static void print_json(struct cli *c, const char *file, const struct guess *g, const struct guess_mapping *mapping) {
  struct strbuf b, words;
  struct json_out j;
  const char delimiter[2] = {g->sample.delimiter, 0};
  strbuf_init(&b, 0), strbuf_init(&words, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "file", file);
  json_put(&j, "kind", g->kind);
  json_put(&j, "encoding", strcmp(g->kind, "csv") == 0 ? text_encoding_name(g->source->encoding.encoding) : "");
  json_put(&j, "delimiter", delimiter);
  const struct {
    const char *key;
    int64_t value;
  } counts[] = {{"delimiter_confidence", g->sample.delimiter_percent},
                {"title_rows", g->title_rows},
                {"header_rows", g->header_rows},
                {"header_confidence", g->header_confidence},
                {"sample_rows", g->sample.n_rows},
                {"other_widths", g->other_widths},
                {"notes", g->notes},
                {"empty_rows", g->empty},
                {"further_headers", g->tables}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) json_put_int(&j, counts[i].key, counts[i].value);
  json_key(&j, "whole_file"), json_bool(&j, g->sample.whole);
  json_key(&j, "columns"), json_array(&j);
  for (int64_t k = 0; k < g->n_columns; k++) json_column(&j, c, g, k, mapping, &words);
  json_end_array(&j);
  json_key(&j, "layout");
  guess_layout_object(&j, g, mapping);
  json_key(&j, "missing_items"), json_array(&j);
  for (int i = 0; mapping && i < mapping->n_missing; i++) json_cstr(&j, mapping->missing[i]->name);
  json_end_array(&j);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b), strbuf_release(&words);
}

/* --- text --- */

static void print_head(struct cli *c, const char *file, const struct guess *g) {
  FILE *out = cli_out(c);
  if (strcmp(g->kind, "csv") == 0)
    fprintf(out, cli_say(c, "%s: %s, separated by %s (%d%% of the lines agree)\n", "%s: %s、区切りは%s（%d%% の行が一致）\n"), file,
            text_encoding_name(g->source->encoding.encoding), delimiter_name(c, g->sample.delimiter), g->sample.delimiter_percent);
  else fprintf(out, "%s: %s\n", file, g->kind);
  fprintf(out,
          cli_say(c, "title rows %lld, header rows %lld (confidence %d%%), columns %lld\n", "表題 %lld 行、見出し %lld 行（確信度 %d%%）、列 %lld\n"),
          (long long)g->title_rows, (long long)g->header_rows, g->header_confidence, (long long)g->n_columns);
  fprintf(out,
          cli_say(c, "looked at %lld rows (%s); notes %lld, empty rows %lld, rows of another width %lld, further headers %lld\n",
                  "%lld 行を調べた（%s）。注記 %lld、空の行 %lld、列数の違う行 %lld、再び現れた見出し %lld\n"),
          (long long)g->sample.n_rows,
          g->sample.whole ? cli_say(c, "the whole file", "全部") : cli_say(c, "the beginning of the file", "ファイルの先頭"), (long long)g->notes,
          (long long)g->empty, (long long)g->other_widths, (long long)g->tables);
}

static void cell_int(struct text_table *t, int64_t v) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)v);
  text_table_cell(t, text);
}

static void cell_short(struct text_table *t, const char *s) {
  char text[HEADING_SHOWN + 8];
  size_t n = strlen(s);
  if (n > HEADING_SHOWN) {
    n = HEADING_SHOWN;
    while (n > 0 && ((uint8_t)s[n] & 0xc0) == 0x80) n--;
  }
  snprintf(text, sizeof text, "%.*s%s", (int)n, s, s[n] ? "…" : "");
  text_table_cell(t, text);
}

static void column_row(struct text_table *t, struct cli *c, const struct guess *g, int64_t k, const struct guess_mapping *mapping,
                       struct strbuf *words) {
  const struct guess_column *x = &g->columns[k];
  char width[48], what[96];
  cell_int(t, k + 1);
  cell_short(t, x->label);
  snprintf(what, sizeof what, "%s%s%s", item_class_name(x->class), x->list.name ? " " : "", x->list.name ? x->list.name : "");
  text_table_cell(t, what);
  cell_int(t, x->confidence);
  cell_int(t, x->filled), cell_int(t, x->blank), cell_int(t, x->signs);
  if (x->width_min == x->width_max) snprintf(width, sizeof width, "%lld", (long long)x->width_max);
  else snprintf(width, sizeof width, "%lld-%lld", (long long)x->width_min, (long long)x->width_max);
  text_table_cell(t, width);
  cell_int(t, x->decimals);
  if (cli_flag(c, "show-values")) {
    char example[64];
    snprintf(example, sizeof example, "%.*s", (int)(x->example.n < 60 ? x->example.n : 60), x->example.p ? x->example.p : "");
    cell_short(t, example);
  } else {
    text_table_cell(t, x->shape);
  }
  if (mapping) {
    const struct guess_match *m = &mapping->match[k];
    snprintf(what, sizeof what, m->item ? "%s %d%% %s" : "?", m->item ? m->item->name : "", m->score, map_text(c, m->reason));
    text_table_cell(t, what);
  }
  evidence(words, c, x);
  text_table_cell(t, strbuf_cstr(words));
}

static void print_columns(struct cli *c, const struct guess *g, const struct guess_mapping *mapping) {
  static const char *const en[] = {"no.", "heading", "class", "%", "filled", "blank", "signs", "width", "decimals", "shape"};
  static const char *const ja[] = {"番号", "見出し", "区分", "%", "記入", "空白", "記号", "桁数", "小数", "形"};
  struct strbuf words;
  int n = mapping ? 12 : 11;
  struct text_table *t = text_table_new(n);
  if (!t) return;
  strbuf_init(&words, 0);
  for (int k = 0; k < 10; k++) text_table_cell(t, cli_say(c, en[k], ja[k]));
  if (mapping) text_table_cell(t, cli_say(c, "item", "項目"));
  text_table_cell(t, cli_say(c, "evidence", "根拠"));
  for (int64_t k = 0; k < g->n_columns; k++) column_row(t, c, g, k, mapping, &words);
  for (int k = 3; k < 9; k++) text_table_right(t, k);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  strbuf_release(&words);
}

void guess_print(struct cli *c, const char *file, const struct guess *g, const struct guess_mapping *mapping) {
  if (cli_json(c)) {
    print_json(c, file, g, mapping);
    return;
  }
  print_head(c, file, g);
  print_columns(c, g, mapping);
  if (mapping && mapping->n_missing) {
    fprintf(cli_out(c), "%s", cli_say(c, "items that no column holds:", "どの列にもない項目:"));
    for (int i = 0; i < mapping->n_missing; i++) fprintf(cli_out(c), " %s", mapping->missing[i]->name);
    fprintf(cli_out(c), "\n");
  }
}
