/* readable_html.c -- the report as a page: the rules, and each sheet with its breaches marked. One file, no script, nothing from the network; see
 *          readable.h.
 * Marked are cells by colour and by the number of rules they break (the rules' ids stand in the tooltip and for screen readers), so that colour is
 *          not the only
 * sign. Cells are escaped; what is cut is said. */
#include <stdlib.h>
#include <string.h>

#include "collector/readable/readable.h"

enum { SHOWN_ROWS = 200, SHOWN_COLUMNS = 60, SHOWN_BYTES = 240 };

static void add_escaped(struct strbuf *b, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (c == '<') strbuf_adds(b, "&lt;");
    else if (c == '>') strbuf_adds(b, "&gt;");
    else if (c == '&') strbuf_adds(b, "&amp;");
    else if (c == '"') strbuf_adds(b, "&quot;");
    else if (c == '\n') strbuf_adds(b, "<br>");
    else if ((unsigned char)c >= 0x20) strbuf_addc(b, c);
  }
}
static const char *say(enum err_lang lang, const char *en, const char *ja) { return lang == LANG_JA ? ja : en; }
static const char *verdict_word(enum err_lang lang, enum rule_verdict v) {
  static const char *const en[] = {"passed", "failed", "for a person", "not applicable"}, *const ja[] = {"合格", "不合格", "人が確認", "該当なし"};
  return say(lang, en[v], ja[v]);
}
static const char *severity_word(enum err_lang lang, enum readable_severity s) {
  static const char *const en[] = {"fatal", "critical", "major", "minor"}, *const ja[] = {"致命的", "重大", "中", "軽微"};
  return say(lang, en[s], ja[s]);
}
static const char style[] =
    "body{font-family:'Noto Sans JP',Meiryo,sans-serif;margin:1.5em;color:#1a1a1c;background:#fff}"
    "h1{font-size:1.3em}h2{font-size:1.1em;margin-top:1.6em}table{border-collapse:collapse;font-size:.85em}"
    "td,th{border:1px solid #b4b4b4;padding:.2em .5em;text-align:left;vertical-align:top}"
    "th{background:#f1f1f4}.grid td{max-width:16em;overflow-wrap:anywhere}.scroll{overflow:auto;max-height:75vh}"
    ".grid thead th{position:sticky;top:0}.v1{background:#fde8e8;font-weight:bold}.v2{background:#fff7d6}.v3{color:#626264}"
    ".s0{background:#f5a9a9;outline:2px solid "
        "#8b0000;outline-offset:-2px}.s1{background:#fbc9c9}.s2{background:#ffe2b0}.s3{background:#e6e6fa}.s4{background:#fffbe0}"
    "sup{font-size:.75em;color:#5c0000;margin-left:.2em}.h{border-bottom:3px solid #00118f}";

static void add_rules(const struct readable_report *r, enum err_lang lang, struct strbuf *b) {
  strbuf_addf(b, "<table><thead><tr><th>%s<th>2020<th>%s<th>%s<th>%s<th>%s<th>%s<th>%s</thead><tbody>\n", say(lang, "rule", "規則"),
      say(lang, "what", "内容"), say(lang, "severity", "重大度"), say(lang, "verdict", "判定"),
      say(lang, "first place", "最初の箇所"), say(lang, "places", "箇所数"), say(lang, "what to do", "対応"));
  for (int i = 0; i < r->n_results; i++) {
    const struct readable_result *it = &r->results[i];
    char place[32] = "";
    if (it->n_kept) readable_place_text(it->places[0], place);
    bool asks = it->verdict == RULE_FAILED || it->verdict == RULE_FOR_A_PERSON;
    strbuf_addf(b, "<tr class=\"v%d\"><th scope=\"row\">%s<td>%s<td>%s<td>%s<td>%s<td>", it->verdict, it->rule->id, it->rule->id2020,
        say(lang, it->rule->en, it->rule->ja), severity_word(lang, it->rule->severity),
        verdict_word(lang, it->verdict));
    if (*place && r->file->n_sheets > 1) add_escaped(b, str_of(r->file->sheets[it->places[0].sheet].name)), strbuf_addc(b, '!');
    strbuf_addf(b, "%s<td>%lld<td>%s\n", place, (long long)it->n_places, asks ? say(lang, it->rule->do_en, it->rule->do_ja) : "");
  }
  strbuf_adds(b, "</tbody></table>\n");
}

/* --- marks: for each shown cell the rules, as bits --- */
struct marks {
  uint32_t *bits;
  int64_t rows, columns;
};
static void mark(struct marks *m, int64_t row, int64_t column, int rule) {
  if (row >= 0 && row < m->rows && column >= 0 && column < m->columns) m->bits[row * m->columns + column] |= 1u << rule;
}
static void mark_place(struct marks *m, const struct readable_place *p, int rule) {
  if (p->row && p->column) mark(m, p->row - 1, p->column - 1, rule);
  else if (p->row)
    for (int64_t k = 0; k < m->columns; k++) mark(m, p->row - 1, k, rule);
  else if (p->column)
    for (int64_t k = 0; k < m->rows; k++) mark(m, k, p->column - 1, rule);
}
static void mark_all(const struct readable_report *r, int sheet, struct marks *m) {
  for (int i = 0; i < r->n_results; i++)
    for (int64_t k = 0; k < r->results[i].n_kept; k++)
      if (r->results[i].places[k].sheet == sheet) mark_place(m, &r->results[i].places[k], i);
}
static void add_cell(const struct readable_report *r, const struct readable_cell *c, uint32_t bits, bool header, struct strbuf *b) {
  int worst = 5, n = 0;
  for (int i = 0; i < r->n_results; i++) {
    if (!(bits >> i & 1)) continue;
    int severity = r->results[i].verdict == RULE_FAILED ? (int)r->results[i].rule->severity : 4;
    if (severity < worst) worst = severity;
    n++;
  }
  strbuf_addf(b, "<td%s", header ? (n ? "" : " class=\"h\"") : "");
  if (n) {
    strbuf_addf(b, " class=\"s%d%s\" title=\"", worst, header ? " h" : "");
    for (int i = 0, first = 1; i < r->n_results; i++)
      if (bits >> i & 1) strbuf_addf(b, "%s%s", first ? "" : " ", r->results[i].rule->id), first = 0;
    strbuf_adds(b, "\"");
  }
  strbuf_addc(b, '>');
  size_t shown = c->text.n < SHOWN_BYTES ? c->text.n : SHOWN_BYTES;
  while (shown && shown < c->text.n && ((unsigned char)c->text.p[shown] & 0xc0) == 0x80) shown--;
  add_escaped(b, str_view(c->text.p, shown));
  if (shown < c->text.n) strbuf_adds(b, "…");
  if (n) strbuf_addf(b, "<sup>%d</sup>", n);
}
static void add_grid(const struct readable_report *r, int sheet, const struct marks *m, struct strbuf *b) {
  const struct readable_sheet *s = &r->file->sheets[sheet];
  strbuf_adds(b, "<div class=\"scroll\" tabindex=\"0\"><table class=\"grid\"><thead><tr><th>");
  for (int64_t k = 0; k < m->columns; k++) {
    char letters[32];
    readable_place_text((struct readable_place){sheet, 0, (int32_t)(k + 1)}, letters);
    strbuf_addf(b, "<th scope=\"col\">%.*s", (int)strcspn(letters, ":"), letters);
  }
  strbuf_adds(b, "</thead><tbody>\n");
  for (int64_t row = 0; row < m->rows; row++) {
    strbuf_addf(b, "<tr><th scope=\"row\">%lld", (long long)(row + 1));
    bool header = row >= r->shapes[sheet].first_row && row < r->shapes[sheet].header_end;
    for (int64_t k = 0; k < m->columns; k++) add_cell(r, readable_at(s, row, k), m->bits[row * m->columns + k], header, b);
    strbuf_addc(b, '\n');
  }
  strbuf_adds(b, "</tbody></table></div>\n");
}
static void add_sheet(const struct readable_report *r, int sheet, enum err_lang lang, struct strbuf *b) {
  const struct readable_sheet *s = &r->file->sheets[sheet];
  struct marks m = {NULL, s->n_rows < SHOWN_ROWS ? s->n_rows : SHOWN_ROWS, s->n_columns < SHOWN_COLUMNS ? s->n_columns : SHOWN_COLUMNS};
  m.bits = calloc((size_t)(m.rows * m.columns) + 1, sizeof *m.bits);
  if (!m.bits) {
    b->failed = true;
    return;
  }
  mark_all(r, sheet, &m);
  strbuf_adds(b, "<h2>");
  add_escaped(b, str_of(*s->name ? s->name : r->file->name));
  strbuf_adds(b, "</h2>\n<p>");
  strbuf_addf(b, say(lang, "%lld rows, %lld columns; shown are the first %lld and %lld. Underlined: header rows. The small figure counts the rules "
      "a cell breaks.",
      "%lld行、%lld列。先頭の%lld行、%lld列を表示。下線は見出し行、小さい数字はそのセルに関わる規則の数。"), (long long)s->n_rows, (long long)s->n_columns, (long long)m.rows,
          (long long)m.columns);
  strbuf_adds(b, "</p>\n");
  add_grid(r, sheet, &m, b);
  free(m.bits);
}
void readable_html(const struct readable_report *r, enum err_lang lang, struct strbuf *b) {
  strbuf_addf(b, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>",
      lang == LANG_JA ? "ja" : "en");
  add_escaped(b, str_of(r->file->name));
  strbuf_addf(b, "</title><style>%s</style></head><body><h1>%s: ", style, say(lang, "Machine readability", "機械可読性"));
  add_escaped(b, str_of(r->file->name));
  strbuf_addf(b, "</h1>\n<p>%s: %lld, %s: %lld (%s %lld, %s %lld, %s %lld, %s %lld), %s: %lld, %s: %lld</p>\n", verdict_word(lang, RULE_PASSED),
      (long long)r->passed, verdict_word(lang, RULE_FAILED), (long long)r->failed,
      severity_word(lang, READABLE_FATAL), (long long)r->failed_of[0], severity_word(lang, READABLE_CRITICAL), (long long)r->failed_of[1],
          severity_word(lang, READABLE_MAJOR), (long long)r->failed_of[2],
      severity_word(lang, READABLE_MINOR), (long long)r->failed_of[3], verdict_word(lang, RULE_FOR_A_PERSON), (long long)r->for_a_person,
          verdict_word(lang, RULE_NOT_APPLICABLE), (long long)r->not_applicable);
  add_rules(r, lang, b);
  for (int i = 0; i < r->file->n_sheets; i++)
    if (r->shapes && r->shapes[i].first_row >= 0) add_sheet(r, i, lang, b);
  strbuf_adds(b, "</body></html>\n");
}
