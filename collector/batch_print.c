/* batch_print.c -- see batch_print.h. */
#include "collector/batch_print.h"

#include <string.h>

#include "base/term.h"

void batch_id_groups(const char *id, int from, int n, char out[48]) {
  size_t at = 0;
  for (int i = 0; i < n && at + 6 < 48; i++) at += (size_t)snprintf(out + at, 48 - at, "%s%.4s", i ? " " : "", id + from + 4 * i);
}

struct label {
  const char *en, *ja;
};
static const char *say(const struct label *l, enum err_lang lang) { return lang == LANG_JA ? l->ja : l->en; }

static const struct label kind_labels[] = {
    [BATCH_INITIAL] = {"initial", "初回"},       [BATCH_SUPPLEMENTARY] = {"supplementary", "追加"}, [BATCH_NIL] = {"nil return", "該当なし"},
    [BATCH_FORWARD] = {"forwarded", "転送"}, [BATCH_CORRECTION] = {"correction", "訂正"},       [BATCH_WITHDRAWAL] = {"withdrawal", "取下げ"},
};
const char *batch_kind_text(const char *kind, enum err_lang lang) {
  for (int k = 0; lang == LANG_JA && k < (int)(sizeof kind_labels / sizeof *kind_labels); k++)
    if (!strcmp(kind, batch_kind_name((enum batch_kind)k))) return kind_labels[k].ja;
  return kind;
}
static const struct label title = {"Transmittal slip", "送付書"};
static const struct label by_telephone = {"read this line aloud to confirm", "電話での確認にはこの行を読み上げてください"};
static const struct label hidden = {"not printed: fewer than 10 records", "10件未満のため印字しません"};
enum { HEADS = 6, LINES = 10 };
static const struct label heads[HEADS] = {{"form", "様式"},     {"declared", "件数"},  {"accepted", "受理"},
                                          {"rejected", "却下"}, {"queried", "照会中"}, {"withdrawn", "取下げ"}};

/* --- what both renderings say --- */
struct line {
  const char *name, *value;
};
struct slip {
  struct line lines[LINES];
  char number[24], lower[24], sender[160], telephone[48], rest[2][48];
};

static void fill(struct slip *s, const struct batch_manifest *m, const char *id, enum err_lang lang) {
  static const struct label names[LINES] = {{"survey", "調査"},
                                            {"period", "期間"},
                                            {"sender", "送付元"},
                                            {"recipient", "宛先"},
                                            {"number", "番号"},
                                            {"kind", "種別"},
                                            {"made (UTC)", "作成日時 (UTC)"},
                                            {"proxy entry", "代行入力"},
                                            {"embedded batches", "下位のバッチ"},
                                            {"program", "プログラム"}};
  static const struct label none = {"none", "なし"};
  snprintf(s->number, sizeof s->number, "%lld", (long long)m->sequence);
  snprintf(s->lower, sizeof s->lower, "%lld", (long long)m->n_lower);
  snprintf(s->sender, sizeof s->sender, "%s (%s)", m->sender, m->sender_name);
  batch_id_groups(id, 0, 8, s->telephone);
  batch_id_groups(id, 0, 8, s->rest[0]);
  batch_id_groups(id, 32, 8, s->rest[1]);
  const char *const values[LINES] = {m->survey, m->period, s->sender, m->recipient, s->number, say(&kind_labels[m->kind], lang), m->created,
                                     m->proxy[0] ? m->proxy : say(&none, lang), s->lower, m->program};
  for (int i = 0; i < LINES; i++) s->lines[i] = (struct line){say(&names[i], lang), values[i]};
}

static void number_text(int64_t v, char out[24]) { snprintf(out, 24, "%lld", (long long)v); }

static const char *sum_text(const struct batch_control *c, enum err_lang lang, char out[24]) {
  if (c->n < PRINT_MIN_RECORDS) return say(&hidden, lang);
  number_text(c->sum, out);
  return out;
}

static const struct label more_controls = {"further control sums: in the manifest", "ほかの検算合計は送付明細にあります"};
static const struct label control_heads[] = {{"form", "様式"}, {"item", "項目"}, {"records", "件数"}, {"control sum", "検算合計"}};

/* --- text --- */
static void print_counts(FILE *to, const struct batch_manifest *m, enum err_lang lang) {
  struct text_table *t = text_table_new(HEADS);
  if (!t) return;
  for (int k = 0; k < HEADS; k++) {
    text_table_cell(t, say(&heads[k], lang));
    if (k) text_table_right(t, k);
  }
  for (int64_t i = 0; i < m->n_counts; i++) {
    const struct batch_count *c = &m->counts[i];
    const int64_t values[HEADS - 1] = {c->declared, c->accepted, c->rejected, c->queried, c->withdrawn};
    text_table_cell(t, c->form);
    for (int k = 0; k < HEADS - 1; k++) {
      char text[24];
      number_text(values[k], text);
      text_table_cell(t, text);
    }
  }
  text_table_print(t, to, true);
  text_table_free(t);
}

static void print_controls(FILE *to, const struct batch_manifest *m, enum err_lang lang) {
  struct text_table *t = m->n_controls ? text_table_new(4) : NULL;
  if (!t) return;
  for (int k = 0; k < 4; k++) text_table_cell(t, say(&control_heads[k], lang));
  text_table_right(t, 2);
  text_table_right(t, 3);
  for (int64_t i = 0; i < m->n_controls && i < PRINT_MAX_CONTROLS; i++) {
    char n[24], sum[24];
    number_text(m->controls[i].n, n);
    text_table_cell(t, m->controls[i].form);
    text_table_cell(t, m->controls[i].item);
    text_table_cell(t, n);
    text_table_cell(t, sum_text(&m->controls[i], lang, sum));
  }
  fprintf(to, "\n");
  text_table_print(t, to, true);
  text_table_free(t);
  if (m->n_controls > PRINT_MAX_CONTROLS) fprintf(to, "%s\n", say(&more_controls, lang));
}

void batch_print_text(FILE *to, const struct batch_manifest *m, const char *id, enum err_lang lang) {
  struct slip s;
  struct text_table *t = text_table_new(2);
  if (!t) return;
  fill(&s, m, id, lang);
  fprintf(to, "%s\n\n    %s\n    (%s)\n\n", say(&title, lang), s.telephone, say(&by_telephone, lang));
  for (int i = 0; i < LINES; i++) {
    text_table_cell(t, s.lines[i].name);
    text_table_cell(t, s.lines[i].value);
  }
  text_table_print(t, to, false);
  text_table_free(t);
  fprintf(to, "\n");
  print_counts(to, m, lang);
  print_controls(to, m, lang);
  fprintf(to, "\nSHA-256\n    %s\n    %s\n", s.rest[0], s.rest[1]);
}

/* --- HTML: self-contained, one page --- */
static void escaped(FILE *to, const char *text) {
  for (; *text; text++) switch (*text) {
      case '<': fputs("&lt;", to); break;
      case '>': fputs("&gt;", to); break;
      case '&': fputs("&amp;", to); break;
      case '"': fputs("&quot;", to); break;
      default: fputc(*text, to);
    }
}
static void cell(FILE *to, const char *tag, const char *attributes, const char *text) {
  fprintf(to, "<%s%s>", tag, attributes);
  escaped(to, text);
  fprintf(to, "</%s>", tag);
}

static void html_counts(FILE *to, const struct batch_manifest *m, enum err_lang lang) {
  fputs("<table><tr>", to);
  for (int k = 0; k < HEADS; k++) cell(to, "th", " scope=\"col\"", say(&heads[k], lang));
  fputs("</tr>\n", to);
  for (int64_t i = 0; i < m->n_counts; i++) {
    const struct batch_count *c = &m->counts[i];
    const int64_t values[HEADS - 1] = {c->declared, c->accepted, c->rejected, c->queried, c->withdrawn};
    fputs("<tr>", to);
    cell(to, "th", " scope=\"row\"", c->form);
    for (int k = 0; k < HEADS - 1; k++) fprintf(to, "<td class=\"n\">%lld</td>", (long long)values[k]);
    fputs("</tr>\n", to);
  }
  fputs("</table>\n", to);
}

static void html_controls(FILE *to, const struct batch_manifest *m, enum err_lang lang) {
  if (!m->n_controls) return;
  fputs("<table><tr>", to);
  for (int k = 0; k < 4; k++) cell(to, "th", " scope=\"col\"", say(&control_heads[k], lang));
  fputs("</tr>\n", to);
  for (int64_t i = 0; i < m->n_controls && i < PRINT_MAX_CONTROLS; i++) {
    char sum[24];
    fputs("<tr>", to);
    cell(to, "th", " scope=\"row\"", m->controls[i].form);
    cell(to, "td", "", m->controls[i].item);
    fprintf(to, "<td class=\"n\">%lld</td>", (long long)m->controls[i].n);
    cell(to, "td", " class=\"n\"", sum_text(&m->controls[i], lang, sum));
    fputs("</tr>\n", to);
  }
  fputs("</table>\n", to);
  if (m->n_controls > PRINT_MAX_CONTROLS) cell(to, "p", "", say(&more_controls, lang));
}

void batch_print_html(FILE *to, const struct batch_manifest *m, const char *id, enum err_lang lang) {
  struct slip s;
  fill(&s, m, id, lang);
  fprintf(to, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>", lang == LANG_JA ? "ja" : "en");
  escaped(to, say(&title, lang));
  fputs("</"
        "title>\n<style>@page{size:A4;margin:20mm}body{font-family:sans-serif;font-size:11pt;color:#000;background:#fff}table{border-collapse:"
        "collapse;margin:0 0 6mm}"
        "th,td{border:1px solid #444;padding:1mm "
        "3mm;text-align:left;font-weight:normal}.n{text-align:right}.id{font-family:monospace;font-size:16pt;font-weight:bold}"
        "code{font-size:10pt}</style></head><body>\n",
        to);
  cell(to, "h1", "", say(&title, lang));
  cell(to, "p", " class=\"id\"", s.telephone);
  cell(to, "p", "", say(&by_telephone, lang));
  fputs("\n<table>\n", to);
  for (int i = 0; i < LINES; i++) {
    fputs("<tr>", to);
    cell(to, "th", " scope=\"row\"", s.lines[i].name);
    cell(to, "td", "", s.lines[i].value);
    fputs("</tr>\n", to);
  }
  fputs("</table>\n", to);
  html_counts(to, m, lang);
  html_controls(to, m, lang);
  fprintf(to, "<p>SHA-256<br><code>%s<br>%s</code></p>\n</body></html>\n", s.rest[0], s.rest[1]);
}
