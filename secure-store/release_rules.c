#include "secure-store/release_rules.h"

#include <string.h>

#include "base/ext_csv.h"

struct table_facts {
  struct csv_table t;
  struct csv_table codes, columns;
  const struct rule_input *in;
};
struct breach {
  bool found;
  int64_t line, column;
};
typedef struct breach (*rule_fn)(const struct table_facts *f);

static struct breach none(void) { return (struct breach){false, 0, 0}; }
static struct breach at(const struct table_facts *f, int64_t row, int64_t column) {
  return (struct breach){true, row < 0 ? 1 : f->t.lines[row], column + 1};
}
static struct str cell(const struct table_facts *f, int64_t row, int64_t column) {
  return row < 0 ? f->t.header[column] : csv_table_cell(&f->t, row, (int)column);
}

/* Calls the predicate on every cell, header included (row -1). */
static struct breach each_cell(const struct table_facts *f, int64_t first_row, bool (*bad)(struct str)) {
  for (int64_t r = first_row; r < f->t.n_rows; r++)
    for (int64_t k = 0; k < f->t.n_columns; k++)
      if (bad(cell(f, r, k))) return at(f, r, k);
  return none();
}

static bool has_newline(struct str s) { return s.n && (memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n)); }
static bool padded(struct str s) {
  struct str t = str_trim(s);
  for (size_t i = 0; i + 1 < s.n; i++)
    if (s.p[i] == ' ' && s.p[i + 1] == ' ') return true;
  return t.n != s.n || has_newline(s);
}
static bool is_empty(struct str s) { return s.n == 0; }
static bool is_formula(struct str s) { return s.n && s.p[0] == '='; }
static bool is_ditto(struct str s) { return str_eq(s, STR("〃")) || str_eq(s, STR("同上")) || str_eq(s, STR("″")) || str_eq(s, STR("\"")); }
/* Circled digits, unit and company ligatures, Roman numeral signs and private use: characters that differ between platforms. */
static bool platform_dependent(struct str s) {
  for (size_t i = 0; i < s.n;) {
    uint32_t c;
    size_t n = utf8_decode(s.p + i, s.n - i, &c);
    if (!n) return true;
    if ((c >= 0x2460 && c <= 0x24ff) || (c >= 0x2160 && c <= 0x217f) || (c >= 0x3220 && c <= 0x33ff) || (c >= 0xe000 && c <= 0xf8ff)) return true;
    i += n;
  }
  return false;
}
static bool bad_physical_name(struct str s) {
  if (!s.n || !((s.p[0] >= 'a' && s.p[0] <= 'z') || (s.p[0] >= 'A' && s.p[0] <= 'Z'))) return true;
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return true;
  }
  return false;
}
static bool is_number(struct str s) {
  size_t i = s.n && s.p[0] == '-' ? 1 : 0, digits = 0, points = 0;
  for (; i < s.n && (s.p[i] == '.' || (s.p[i] >= '0' && s.p[i] <= '9')); i++) {
    if (s.p[i] == '.') points++;
    else digits++;
  }
  if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
    for (i++; i < s.n && (s.p[i] == '-' || s.p[i] == '+' || (s.p[i] >= '0' && s.p[i] <= '9')); i++) {}
  }
  return digits && points < 2 && i == s.n;
}

/* --- facts from the bundle's own column and code tables --- */
static struct str column_fact(const struct table_facts *f, struct str column, const char *fact) {
  int t = csv_table_column(&f->columns, "table"), c = csv_table_column(&f->columns, "column"), v = csv_table_column(&f->columns, fact);
  for (int64_t i = 0; i < f->columns.n_rows; i++)
    if (str_eq(csv_table_cell(&f->columns, i, t), str_of(f->in->table)) && str_eq(csv_table_cell(&f->columns, i, c), column)) return csv_table_cell(&f->columns, i, v);
  return STR("");
}
static bool code_listed(const struct table_facts *f, struct str column, struct str code) {
  int t = csv_table_column(&f->codes, "table"), c = csv_table_column(&f->codes, "column"), v = csv_table_column(&f->codes, "code");
  for (int64_t i = 0; i < f->codes.n_rows; i++)
    if (str_eq(csv_table_cell(&f->codes, i, v), code) && str_eq(csv_table_cell(&f->codes, i, c), column) && str_eq(csv_table_cell(&f->codes, i, t), str_of(f->in->table))) return true;
  return false;
}
static bool is_kind(const struct table_facts *f, int64_t column, const char *kind) { return str_eq(column_fact(f, f->t.header[column], "kind"), str_of(kind)); }

/* --- the rules a program can judge --- */
static struct breach l1_02(const struct table_facts *f) { /* one table per file, and L1-03: no blank rows or columns */
  for (int64_t r = 0; r < f->t.n_rows; r++) {
    bool blank = true;
    for (int64_t k = 0; blank && k < f->t.n_columns; k++) blank = !cell(f, r, k).n;
    if (blank) return at(f, r, 0);
  }
  return none();
}
static struct breach l1_03(const struct table_facts *f) {
  for (int64_t k = 0; k < f->t.n_columns; k++)
    if (!f->t.header[k].n) return at(f, -1, k);
  return l1_02(f);
}
static struct breach l1_04(const struct table_facts *f) { /* no notes: the first column holds a code in every row */
  for (int64_t r = 0; r < f->t.n_rows; r++)
    if (!cell(f, r, 0).n) return at(f, r, 0);
  return none();
}
static struct breach l1_05(const struct table_facts *f) {
  for (int64_t k = 0; k < f->t.n_columns; k++)
    if (!f->t.header[k].n) return at(f, -1, k);
  return none();
}
static struct breach l1_06(const struct table_facts *f) { return each_cell(f, -1, padded); }
static struct breach l1_08(const struct table_facts *f) { return each_cell(f, -1, platform_dependent); }
static struct breach l1_09(const struct table_facts *f) { /* a blank number is explained by the status beside it, or by a code of the code table in the wide form */
  if (f->in->wide) return none();
  int status = csv_table_column(&f->t, "status");
  for (int64_t r = 0; r < f->t.n_rows; r++)
    for (int64_t k = 0; k < f->t.n_columns; k++)
      if (is_kind(f, k, "value") && is_empty(cell(f, r, k)) && (status < 0 || str_eq(cell(f, r, status), STR("shown")))) return at(f, r, k);
  return none();
}
static struct breach l1_14(const struct table_facts *f) { return each_cell(f, -1, has_newline); }
static struct breach l2_01(const struct table_facts *f) {
  for (int64_t k = 0; k < f->t.n_columns; k++) {
    bool number = is_kind(f, k, "value") || is_kind(f, k, "number");
    for (int64_t r = 0; number && r < f->t.n_rows; r++)
      if (cell(f, r, k).n && !is_number(cell(f, r, k))) return at(f, r, k);
  }
  return none();
}
static struct breach l2_02(const struct table_facts *f) { return each_cell(f, 0, is_ditto); }
static struct breach l2_03(const struct table_facts *f) {
  for (int64_t k = 0; k < f->t.n_columns; k++)
    for (int64_t j = 0; j < k; j++)
      if (str_eq(f->t.header[k], f->t.header[j])) return at(f, -1, k);
  return none();
}
static struct breach l2_04(const struct table_facts *f) { /* every code of a dimension stands in the code table */
  for (int64_t k = 0; k < f->t.n_columns; k++)
    for (int64_t r = 0; is_kind(f, k, "dimension") && r < f->t.n_rows; r++)
      if (!code_listed(f, f->t.header[k], cell(f, r, k))) return at(f, r, k);
  return none();
}
static struct breach l2_06(const struct table_facts *f) { return each_cell(f, -1, is_formula); }
static struct breach l3_01(const struct table_facts *f) { return f->t.n_rows && f->t.lines[0] == 2 ? none() : (struct breach){true, 2, 1}; }
static struct breach l3_02(const struct table_facts *f) { return f->codes.n_rows ? none() : (struct breach){true, 1, 1}; }
static struct breach l3_03(const struct table_facts *f) {
  int k = csv_table_column(&f->t, "status");
  for (int64_t r = 0; k >= 0 && r < f->t.n_rows; r++)
    if (!code_listed(f, STR("status"), cell(f, r, k))) return at(f, r, k);
  return none();
}
static struct breach l3_04(const struct table_facts *f) { /* a unit for every measure: by the unit column (long), or in the column table */
  int k = csv_table_column(&f->t, "unit");
  for (int64_t i = 0; f->in->wide && i < f->t.n_columns; i++)
    if (is_kind(f, i, "value") && !column_fact(f, f->t.header[i], "unit").n) return at(f, -1, i);
  if (f->in->wide) return none();
  if (k < 0) return (struct breach){true, 1, 1};
  for (int64_t r = 0; r < f->t.n_rows; r++)
    if (!cell(f, r, k).n) return at(f, r, k);
  return none();
}
static struct breach l3_05(const struct table_facts *f) {
  int k = csv_table_column(&f->t, "period");
  for (int64_t r = 0; r < f->t.n_rows; r++) {
    struct str s = k < 0 ? STR("") : cell(f, r, k);
    if (s.n && s.p[0] == 'F') s = str_view(s.p + 2, s.n - 2);
    if (s.n < 4 || s.p[0] < '1' || s.p[0] > '2') return k < 0 ? (struct breach){true, 1, 1} : at(f, r, k);
  }
  return none();
}
static struct breach l3_08(const struct table_facts *f) { return each_cell(&(struct table_facts){.t = {0, f->t.n_columns, f->t.header, NULL, NULL}, .in = f->in}, -1, bad_physical_name); }
static struct breach l3_09(const struct table_facts *f) { return csv_table_column(&f->t, "measure") >= 0 && csv_table_column(&f->t, "value") >= 0 ? none() : (struct breach){true, 1, 1}; }

struct rule {
  const char *id;
  enum rule_verdict otherwise; /* when there is no function */
  rule_fn fn;
  const char *en, *ja;
};
static const struct rule rules[RELEASE_RULES] = {
    {"L1-01", RULE_PASSED, NULL, "readable format (CSV)", "読み取れる形式（CSV）"},
    {"L1-02", RULE_PASSED, l1_02, "one table per file", "一ファイル一表"},
    {"L1-03", RULE_PASSED, l1_03, "no blank rows or columns", "空白の行・列がない"},
    {"L1-04", RULE_PASSED, l1_04, "no notes outside the table", "表外の注記がない"},
    {"L1-05", RULE_PASSED, l1_05, "every column has a name", "すべての列に名前がある"},
    {"L1-06", RULE_PASSED, l1_06, "no spaces or line breaks for looks", "体裁のための空白・改行がない"},
    {"L1-07", RULE_FOR_A_PERSON, NULL, "one datum per cell", "一セル一データ"},
    {"L1-08", RULE_PASSED, l1_08, "no platform-dependent characters", "機種依存文字がない"},
    {"L1-09", RULE_PASSED, l1_09, "blank and zero are distinct", "空欄と0を区別する"},
    {"L1-10", RULE_NOT_APPLICABLE, NULL, "no objects (Excel)", "オブジェクトがない（Excel）"},
    {"L1-11", RULE_NOT_APPLICABLE, NULL, "no meaning by format (Excel)", "書式で意味を表さない（Excel）"},
    {"L1-12", RULE_NOT_APPLICABLE, NULL, "no merged cells (Excel)", "セル結合がない（Excel）"},
    {"L1-13", RULE_NOT_APPLICABLE, NULL, "no hidden rows or columns (Excel)", "非表示の行・列がない（Excel）"},
    {"L1-14", RULE_PASSED, l1_14, "one record on one line", "一レコード一行"},
    {"L1-15", RULE_PASSED, NULL, "cells with a comma are quoted", "コンマを含む値は引用符で囲む"},
    {"L2-01", RULE_PASSED, l2_01, "numeric columns hold numbers only", "数値列は数値だけ"},
    {"L2-02", RULE_PASSED, l2_02, "no ditto marks", "同上などの省略がない"},
    {"L2-03", RULE_PASSED, l2_03, "one header row, names unique", "見出しは一行で重複しない"},
    {"L2-04", RULE_PASSED, l2_04, "choices are standard codes", "選択肢は標準の符号"},
    {"L2-05", RULE_FOR_A_PERSON, NULL, "free text of 'other' in a column of its own", "「その他」の記述は別の列"},
    {"L2-06", RULE_PASSED, l2_06, "values, not formulas", "数式ではなく値"},
    {"L3-01", RULE_PASSED, l3_01, "row 1 header, row 2 data", "1行目が見出し、2行目からデータ"},
    {"L3-02", RULE_PASSED, l3_02, "code table attached", "符号表がある"},
    {"L3-03", RULE_PASSED, l3_03, "special symbols defined", "特殊記号の定義がある"},
    {"L3-04", RULE_PASSED, l3_04, "units given", "単位がある"},
    {"L3-05", RULE_PASSED, l3_05, "time axis in Western years", "時間軸は西暦"},
    {"L3-06", RULE_FOR_A_PERSON, NULL, "standard area codes or official names", "標準地域コードまたは正式名称"},
    {"L3-07", RULE_FOR_A_PERSON, NULL, "format stable over the years", "様式が年により変わらない"},
    {"L3-08", RULE_PASSED, l3_08, "physical column names, charset declared", "英数字の列名と文字コードの明示"},
    {"L3-09", RULE_PASSED, l3_09, "long format", "縦持ち"},
};

enum err_code release_rules(struct arena *a, const struct rule_input *in, struct rule_result out[RELEASE_RULES], struct err *e) {
  struct table_facts f = {.in = in};
  TRY(csv_table_parse(a, in->name, in->csv.p, in->csv.n, &f.t, e));
  TRY(csv_table_parse(a, "codes.csv", in->codes_csv.p, in->codes_csv.n, &f.codes, e));
  TRY(csv_table_parse(a, "columns.csv", in->columns_csv.p, in->columns_csv.n, &f.columns, e));
  for (int i = 0; i < RELEASE_RULES; i++) {
    out[i] = (struct rule_result){.id = rules[i].id, .verdict = rules[i].otherwise, .what_en = rules[i].en, .what_ja = rules[i].ja};
    if (in->wide && !strcmp(rules[i].id, "L3-09")) out[i].verdict = RULE_NOT_APPLICABLE;
    else if (rules[i].fn) {
      struct breach b = rules[i].fn(&f);
      out[i].verdict = b.found ? RULE_FAILED : RULE_PASSED;
      out[i].line = b.line;
      out[i].column = b.column;
    }
  }
  return E_OK;
}
