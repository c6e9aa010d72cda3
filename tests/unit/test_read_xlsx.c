/* Workbooks: every way a value can be stored, by the digits and letters of the file; what is hidden, merged or left out is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "collector/read_apart.h"
#include "collector/xlsx.h"
#include "tests/unit/zip_writer.h"

#define SHEET(rows) "<worksheet " XLSX_MAIN "><sheetData>" rows "</sheetData></worksheet>"
#define STRINGS(items) "<sst " XLSX_MAIN ">" items "</sst>"

struct seen {
  struct strbuf text;
  int64_t rows;
  unsigned flags;
  struct sheet_report report;
  char sheet[256];
  struct err e;
};
/* "5: cell|cell\n" per row; each cell with the letters of its flags behind a backquote. */
static enum err_code on_row(void *context, const struct source_row *row, struct err *e) {
  static const char letters[] = "qxtndsrbefmh";
  struct seen *s = context;
  (void)e;
  s->rows++;
  strbuf_addf(&s->text, "%lld: ", (long long)row->line);
  for (int64_t i = 0; i < row->n_cells; i++) {
    if (i) strbuf_addc(&s->text, '|');
    strbuf_add(&s->text, row->cells[i].text.p, row->cells[i].text.n);
    if (row->cells[i].flags) strbuf_addc(&s->text, '`');
    for (int k = 0; letters[k]; k++)
      if (row->cells[i].flags >> k & 1) strbuf_addc(&s->text, letters[k]);
    s->flags |= row->cells[i].flags;
  }
  strbuf_addc(&s->text, '\n');
  return E_OK;
}
static int file_of(const struct strbuf *b) {
  int fd = memfd_create("book", MFD_CLOEXEC);
  assert_true(fd >= 0 && write(fd, b->p, b->n) == (ssize_t)b->n);
  return fd;
}
static enum err_code read_how(int fd, const char *sheet, bool skip_hidden, enum source_apart apart, struct seen *s) {
  char path[64];
  struct job job = {.n_threads = 1};
  struct arena *a = arena_new(0);
  struct source source = {.sheet = sheet, .skip_hidden = skip_hidden, .apart = apart};
  const struct source_reader *reader;
  *s = (struct seen){.rows = 0};
  strbuf_init(&s->text, 0);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  enum err_code code = source_open_as(a, path, "csv", "csv", &source, &reader, &s->e);
  if (!code) code = reader->read(&job, &source, on_row, s, &s->e);
  if (!code) {
    s->report = *source.sheet_report;
    snprintf(s->sheet, sizeof s->sheet, "%s", s->report.sheet);
    s->report.sheet = s->sheet;
  }
  source_close(&source);
  arena_free(a);
  return code;
}
/* A worker apart says the same as this process: rows, report, error and place. */
static void same_apart(int fd, const char *sheet, bool skip_hidden, enum err_code code, const struct seen *here) {
  struct seen *s = calloc(1, sizeof *s);
  assert_non_null(s);
  assert_int_equal(read_how(fd, sheet, skip_hidden, SOURCE_APART, s), code);
  assert_int_equal(s->rows, here->rows);
  assert_int_equal(s->text.n, here->text.n);
  if (s->text.n) assert_memory_equal(s->text.p, here->text.p, s->text.n);
  if (code) {
    assert_string_equal(s->e.file, here->e.file);
    assert_string_equal(s->e.subject, here->e.subject);
    assert_string_equal(s->e.expected, here->e.expected);
    assert_string_equal(s->e.found, here->e.found);
    assert_true(s->e.line == here->e.line && s->e.column == here->e.column);
  } else {
    struct sheet_report a = s->report, b = here->report;
    assert_string_equal(a.sheet, b.sheet);
    a.sheet = b.sheet = NULL;
    assert_memory_equal(&a, &b, sizeof a);
  }
  strbuf_release(&s->text);
  free(s);
}
static enum err_code read_fd(int fd, const char *sheet, bool skip_hidden, struct seen *s) {
  enum err_code code = read_how(fd, sheet, skip_hidden, SOURCE_HERE, s);
  same_apart(fd, sheet, skip_hidden, code, s);
  close(fd);
  return code;
}
static enum err_code read_book(const struct xlsx_text *t, const char *sheet, bool skip_hidden, struct seen *s) {
  struct zip_writer z;
  xlsx_make(&z, t);
  int fd = file_of(&z.out);
  strbuf_release(&z.out);
  return read_fd(fd, sheet, skip_hidden, s);
}
static void drop(struct seen *s) { strbuf_release(&s->text); }

static void cells_come_as_they_were_stored(void **state) {
  (void)state;
  static const struct {
    const char *what, *rows, *strings, *seen;
  } cases[] = {
      {"a number keeps its digits", "<row r='1'><c r='A1'><v>0.10</v></c><c r='B1'><v>-12</v></c></row>", NULL, "1: 0.10`n|-12`n\n"},
      {"an exponent is written out", "<row r='1'><c r='A1'><v>1.5E-3</v></c><c r='B1'><v>2E5</v></c></row>", NULL, "1: 0.0015`nr|200000`nr\n"},
      {"17 digits are rounded to 15", "<row r='1'><c r='A1'><v>0.30000000000000004</v></c><c r='B1'><v>1.1000000000000001</v></c></row>", NULL,
          "1: 0.3`nr|1.1`nr\n"},
      {"long whole numbers keep their digits", "<row r='1'><c r='A1'><v>1234567890123456789</v></c></row>", NULL, "1: 1234567890123456789`nr\n"},
      {"nines carry", "<row r='1'><c r='A1'><v>9.9999999999999999</v></c><c r='B1'><v>0E0</v></c></row>", NULL, "1: 10`nr|0`nr\n"},
      {"too long to be written out", "<row r='1'><c r='A1'><v>1E+300</v></c></row>", NULL, "1: 1E+300`n\n"},
      {"inline text", "<row r='1'><c r='A1' t='inlineStr'><is><t> 0123 </t></is></c></row>", NULL, "1:  0123 `t\n"},
      {"a formula's text", "<row r='1'><c r='A1' t='str'><f>A2&amp;\"\"</f><v>札幌市</v></c></row>", NULL, "1: 札幌市`t\n"},
      {"a formula's number", "<row r='1'><c r='A1'><f>1+1</f><v>2</v></c></row>", NULL, "1: 2`n\n"},
      {"a formula never calculated", "<row r='1'><c r='A1'><f>1+1</f></c></row>", NULL, "1: `f\n"},
      {"truth", "<row r='1'><c r='A1' t='b'><v>1</v></c><c r='B1' t='b'><v>0</v></c></row>", NULL, "1: TRUE`b|FALSE`b\n"},
      {"values without a character are blanks", "<row r='1'><c r='A1' t='s'><v/></c><c r='B1' t='b'><v></v></c><c r='C1'><v>1</v></c></row>", NULL,
          "1: ||1`n\n"},
      {"an error", "<row r='1'><c r='A1' t='e'><v>#N/A</v></c></row>", NULL, "1: #N/A`e\n"},
      {"a shared string", "<row r='1'><c r='A1' t='s'><v>1</v></c></row>", STRINGS("<si><t>a</t></si><si><t>b</t></si>"), "1: b`t\n"},
      {"without furigana", "<row r='1'><c r='A1' t='s'><v>0</v></c></row>",
          STRINGS(
              "<si><t>市町村番号</t><rPh sb='0' eb='3'><t>シチョウソン</t></rPh><rPh sb='3' eb='5'><t>バンゴウ</t></rPh><phoneticPr fontId='1'/></si>"),
          "1: 市町村番号`t\n"},
      {"rich runs are joined", "<row r='1'><c r='A1' t='s'><v>0</v></c></row>",
          STRINGS("<si><r><t>総</t></r><r><rPr><b/></rPr><t xml:space='preserve"
                  "'> 数</t></r><rPh sb='0' eb='1'><t>ソウ</t></rPh></si>"),
          "1: 総 数`t\n"},
      {"inline furigana",
          "<row r='1'><c r='A1' t='inlineStr'><is><r><t>東</t></r><rPh sb='0' eb='1'><t>ヒガシ</t></rPh><r><t>京</t></r></is></c></row>", NULL,
          "1: 東京`t\n"},
      {"escapes", "<row r='1'><c r='A1' t='s'><v>0</v></c></row>",
          STRINGS("<si><t>a_x000A_b_x005F_x0041_ _xD800_ _x00</t></si><extLst><ext/></extLst>"), "1: a\nb_x0041_ _xD800_ _x00`t\n"},
      {"gaps and no names", "<row><c><v>1</v></c><c r='C1'><v>3</v></c><c><v>4</v></c></row><row><c r='B2'><v>5</v></c></row>", NULL,
          "1: 1`n||3`n|4`n\n2: |5`n||\n"},
      {"empty rows keep their numbers", "<row r='2'><c r='A2' s='1'/></row><row r='7'><c r='A7'><v>1</v></c></row>", NULL, "7: 1`n\n"},
      {"an external character", "<row r='1'><c r='A1' t='str'><v>\xee\x80\x80</v></c></row>", NULL, "1: \xee\x80\x80`xt\n"},
      {"signs of formulas stay text", "<row r='1'><c r='A1' t='str'><v>=1+1</v></c><c r='B1' t='str'><v>@SUM(A1)</v></c></row>", NULL,
          "1: =1+1`t|@SUM(A1)`t\n"},
      {"a date of ISO 8601",
          "<row r='1'><c r='A1' t='d'><v>2025-04-01</v></c><c r='B1' t='d'><v>2025-04-01T00:00:00</v></c><c r='C1' t='d'><v>2025-04-01T09:30:00</v></c></row>",
          NULL, "1: 2025-04-01`d|2025-04-01`d|2025-04-01 09:30:00`d\n"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct seen s;
    char sheet[4096];
    snprintf(sheet, sizeof sheet, "<worksheet " XLSX_MAIN "><dimension ref='A1:XFD1048576'/><sheetData>%s</sheetData></worksheet>", cases[i].rows);
    enum err_code code = read_book(&(struct xlsx_text){.sheet = sheet, .strings = cases[i].strings}, "", false, &s);
    if (code) fail_msg("%s: %s %s", cases[i].what, err_name(code), s.e.found);
    if (strcmp(strbuf_cstr(&s.text), cases[i].seen)) fail_msg("%s: %s", cases[i].what, strbuf_cstr(&s.text));
    drop(&s);
  }
}

static void a_prefix_changes_nothing(void **state) {
  (void)state;
  struct seen s;
  static const char sheet[] =
      "<x:worksheet xmlns:x='http://purl.oclc.org/ooxml/spreadsheetml/main'><x:sheetData><x:row r='1'><x:c r='A1' t='inlineStr'><x:is><x:t>a</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>";
  assert_int_equal(read_book(&(struct xlsx_text){.sheet = sheet}, "", false, &s), E_OK);
  assert_string_equal(strbuf_cstr(&s.text), "1: a`t\n");
  drop(&s);
}

static void format_codes_tell_dates_from_numbers(void **state) {
  (void)state;
  static const struct {
    const char *code;
    enum xlsx_format format;
  } cases[] = {
      {"General", XLSX_NUMBER},
      {"0.00E+00", XLSX_NUMBER},
      {"#,##0", XLSX_NUMBER},
      {"0\"kg\"", XLSX_NUMBER},
      {"@", XLSX_NUMBER},
      {"\"day\" 0", XLSX_NUMBER},
      {"[Red]#,##0;[Blue]-#,##0", XLSX_NUMBER},
      {"[$\xef\xbf\xa5-411]#,##0", XLSX_NUMBER},
      {"\\d0", XLSX_NUMBER},
      {"_ * #,##0_ ;_ * \\-#,##0_ ", XLSX_NUMBER},
      {"# ?/?", XLSX_NUMBER},
      {"yyyy/m/d", XLSX_DATE},
      {"[$-411]ggge\"年\"m\"月\"d\"日\"", XLSX_DATE},
      {"[$-F800]dddd\\,\\ mmmm\\ dd", XLSX_DATE},
      {"ge.m.d", XLSX_DATE},
      {"m/d", XLSX_DATE},
      {"aaa", XLSX_DATE},
      {"yyyy\"年\"m\"月\"", XLSX_MONTH},
      {"mmm-yy", XLSX_MONTH},
      {"h:mm", XLSX_TIME},
      {"[h]:mm:ss", XLSX_TIME},
      {"mm:ss.0", XLSX_TIME},
      {"h:mm AM/PM", XLSX_TIME},
      {"yyyy/m/d h:mm;@", XLSX_DATETIME},
      {"", XLSX_NUMBER},
      {"\"", XLSX_NUMBER},
      {"[", XLSX_NUMBER},
      {"\\", XLSX_NUMBER},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (xlsx_format_of_code(str_of(cases[i].code)) != cases[i].format) fail_msg("%s: %d", cases[i].code, xlsx_format_of_code(str_of(cases[i].code)));
}

static void day_numbers_follow_the_epoch_and_its_missing_day(void **state) {
  (void)state;
  static const struct {
    const char *digits;
    enum xlsx_format format;
    bool date1904;
    const char *text; /* "" = no date */
  } cases[] = {
      {"1", XLSX_DATE, false, "1900-01-01"},
      {"59", XLSX_DATE, false, "1900-02-28"},
      {"60", XLSX_DATE, false, ""},
      {"61", XLSX_DATE, false, "1900-03-01"},
      {"0", XLSX_DATE, false, ""},
      {"-1", XLSX_DATE, false, ""},
      {"45748", XLSX_DATE, false, "2025-04-01"},
      {"44286", XLSX_DATE, true, "2025-04-01"},
      {"0", XLSX_DATE, true, "1904-01-01"},
      {"60", XLSX_DATE, true, "1904-03-01"},
      {"2958465", XLSX_DATE, false, "9999-12-31"},
      {"2958466", XLSX_DATE, false, ""},
      {"2958465", XLSX_DATE, true, ""},
      {"45748", XLSX_MONTH, false, "2025-04"},
      {"45749", XLSX_MONTH, false, "2025-04-02"},
      {"45748.5", XLSX_DATETIME, false, "2025-04-01 12:00"},
      {"45748.999999999", XLSX_DATETIME, false, "2025-04-02"},
      {"45748.396319444", XLSX_DATETIME, false, "2025-04-01 09:30:42"},
      {"0.5", XLSX_TIME, false, "12:00"},
      {"1.5", XLSX_TIME, false, "36:00"},
      {"0.000011574", XLSX_TIME, false, "00:00:01"},
      {"45748.", XLSX_DATE, false, "2025-04-01"},
      {"x", XLSX_DATE, false, ""},
      {"99999999999999999999", XLSX_DATE, false, ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[XLSX_VALUE_BYTES] = "";
    size_t n = xlsx_serial(str_of(cases[i].digits), cases[i].format, cases[i].date1904, text);
    if (n != strlen(cases[i].text) || memcmp(text, cases[i].text, n)) fail_msg("%s: %.*s", cases[i].digits, (int)n, text);
  }
}

static void a_style_makes_a_number_a_date(void **state) {
  (void)state;
  static const char styles[] =
      "<styleSheet " XLSX_MAIN
      "><numFmts><numFmt numFmtId='164' formatCode='yyyy\"年\"m\"月\"'/></numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs>"
      "<xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/></cellXfs><dxfs><dxf><numFmt numFmtId='0' formatCode='yyyy'/></dxf></dxfs></styleSheet>";
  static const char sheet[] = SHEET(
      "<row r='1'><c r='A1' s='1'><v>45748</v></c><c r='B1' s='2'><v>45748</v></c><c r='C1' s='0'><v>45748</v></c><c r='D1' s='1'><v>60</v></c><c r='E1' s='9'><v>1</v></c></row>");
  static const char old[] = "<workbook " XLSX_MAIN "><workbookPr date1904='1'/><sheets><sheet name='S' sheetId='1' r:id='r1'/></sheets></workbook>";
  struct seen s;
  assert_int_equal(read_book(&(struct xlsx_text){.sheet = sheet, .styles = styles}, "", false, &s), E_OK);
  assert_string_equal(strbuf_cstr(&s.text), "1: 2025-04-01`ds|2025-04`ds|45748`n|60`ne|1`n\n");
  assert_int_equal(s.report.serials, 2);
  assert_int_equal(s.report.errors, 1);
  drop(&s);
  assert_int_equal(read_book(&(struct xlsx_text){.sheet = sheet, .styles = styles, .workbook = old}, "", false, &s), E_OK);
  assert_string_equal(strbuf_cstr(&s.text), "1: 2029-04-02`ds|2029-04-02`ds|45748`n|1904-03-01`ds|1`n\n");
  assert_true(s.report.date1904);
  drop(&s);
}

static void merged_and_hidden_parts_are_known(void **state) {
  (void)state;
  static const char sheet[] =
      "<worksheet " XLSX_MAIN "><cols><col min='1' max='1'/><col min='3' max='4' hidden='1'/></cols><sheetData>"
      "<row r='1'><c r='A1'><v>1</v></c><c r='D1'><v>2</v></c></row><row r='2'><c r='B2'><v>7</v></c></row><row r='3' hidden='1'><c r='A3'><v>3</v></c></row>"
      "<row r='4'><c r='A4'><v>4</v></c></row></sheetData><mergeCells count='2'><mergeCell ref='A1:B2'/><mergeCell ref='A4:A5'/></mergeCells></worksheet>";
  struct seen s;
  assert_int_equal(read_book(&(struct xlsx_text){.sheet = sheet}, "", false, &s), E_OK);
  assert_string_equal(strbuf_cstr(&s.text), "1: 1`n|`m|`h|2`nh\n2: `m|7`nm|`h|`h\n3: 3`nh|`h|`h|`h\n4: 4`n||`h|`h\n");
  assert_int_equal(s.report.merged, 2);
  assert_int_equal(s.report.merged_values, 1);
  assert_int_equal(s.report.hidden_rows, 1);
  assert_int_equal(s.report.hidden_line, 3);
  assert_int_equal(s.report.hidden_columns, 2);
  drop(&s);
  assert_int_equal(read_book(&(struct xlsx_text){.sheet = sheet}, "", true, &s), E_OK);
  assert_int_equal(s.rows, 3);
  assert_int_equal(s.report.skipped_rows, 1);
  drop(&s);
}

static void the_sheet_is_chosen_by_name_or_is_the_first_that_shows(void **state) {
  (void)state;
  static const char book[] =
      "<workbook " XLSX_MAIN
      "><sheets><sheet name='裏' sheetId='1' state='hidden' r:id='r1'/><sheet name='表' sheetId='2' r:id='r2'/><sheet name='三' sheetId='3' r:id='r3'/></sheets></workbook>";
  static const char links[] =
      XLSX_RELATIONS "<Relationship Id='r1' Type='" XLSX_TYPE "worksheet' Target='worksheets/a.xml'/><Relationship Id='r2' Type='" XLSX_TYPE
                     "worksheet' Target='./../xl/b.xml'/>"
                     "<Relationship Id='r3' Type='" XLSX_TYPE "worksheet' Target='/xl/c.xml'/><Relationship Id='r4' Type='" XLSX_TYPE
                     "externalLink' Target='http://x/y' TargetMode='External'/></Relationships>";
  static const struct {
    const char *wanted, *seen;
    enum err_code code;
    int64_t others;
  } cases[] = {{"", "1: 2`n\n", E_OK, 1}, {"裏", "1: 1`n\n", E_OK, 2}, {"三", "1: 3`n\n", E_OK, 1}, {"四", "", E_SHEET_UNKNOWN, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct zip_writer z;
    struct seen s;
    xlsx_begin(&z, &(struct xlsx_text){.workbook = book, .relations = links});
    zip_stored(&z, "xl/worksheets/a.xml", STR(SHEET("<row r='1'><c r='A1'><v>1</v></c></row>")));
    zip_stored(&z, "xl/b.xml", STR(SHEET("<row r='1'><c r='A1'><v>2</v></c></row>")));
    zip_stored(&z, "xl/c.xml", STR(SHEET("<row r='1'><c r='A1'><v>3</v></c></row>")));
    zip_finish(&z);
    int fd = file_of(&z.out);
    assert_int_equal(read_fd(fd, cases[i].wanted, false, &s), cases[i].code);
    assert_string_equal(strbuf_cstr(&s.text), cases[i].seen);
    assert_int_equal(s.report.other_sheets, cases[i].others);
    if (cases[i].code) assert_string_equal(s.e.found, "裏, 表, 三");
    else assert_int_equal(s.report.hidden_sheets, 1);
    drop(&s);
    strbuf_release(&z.out);
  }
}

static void a_sheet_that_is_not_built_right_is_refused_with_its_place(void **state) {
  (void)state;
  static const struct {
    const char *what, *sheet;
    enum err_code code;
    int64_t line, column;
  } cases[] = {
      {"rows backwards", SHEET("<row r='2'/><row r='1'/>"), E_SHEET_FORMAT, 2, 0},
      {"a row twice", SHEET("<row r='2'/><row r='2'/>"), E_SHEET_FORMAT, 2, 0},
      {"a row beyond the last", SHEET("<row r='1048577'/>"), E_SHEET_FORMAT, 0, 0},
      {"cells backwards", SHEET("<row r='3'><c r='B3'/><c r='A3'/></row>"), E_SHEET_FORMAT, 3, 2},
      {"a cell of another row", SHEET("<row r='3'><c r='B4'/></row>"), E_SHEET_FORMAT, 3, 0},
      {"a cell beyond the last", SHEET("<row r='3'><c r='XFE3'/></row>"), E_SHEET_FORMAT, 3, 0},
      {"a column number that overflows", SHEET("<row r='3'><c r='AAAAAAAAAAAAAAAAAAAA3'/></row>"), E_SHEET_FORMAT, 3, 0},
      {"no shared string", SHEET("<row r='3'><c r='B3' t='s'><v>0</v></c></row>"), E_SHEET_FORMAT, 3, 2},
      {"a negative one", SHEET("<row r='3'><c r='B3' t='s'><v>-1</v></c></row>"), E_SHEET_FORMAT, 3, 2},
      {"letters as a number", SHEET("<row r='3'><c r='B3'><v>12a</v></c></row>"), E_SHEET_FORMAT, 3, 2},
      {"an unknown type", SHEET("<row r='3'><c r='B3' t='q'/></row>"), E_SHEET_FORMAT, 3, 2},
      {"two tables", "<worksheet " XLSX_MAIN "><sheetData/><sheetData/></worksheet>", E_SHEET_FORMAT, 0, 0},
      {"no sheet", "<html/>", E_SHEET_FORMAT, 0, 0},
      {"too wide", SHEET("<row r='3'><c r='FZA3'><v>1</v></c></row>"), E_SHEET_LIMIT, 3, 4733},
      {"cut XML", "<worksheet " XLSX_MAIN "><sheetData>", E_XML_SYNTAX, 1, 0},
      {"a merged area upside down", "<worksheet " XLSX_MAIN "><sheetData/><mergeCells><mergeCell ref='B2:A1'/></mergeCells></worksheet>",
          E_SHEET_FORMAT, 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct seen s;
    enum err_code code = read_book(&(struct xlsx_text){.sheet = cases[i].sheet}, "", false, &s);
    bool same = code == cases[i].code
        && ((code != E_SHEET_FORMAT && code != E_SHEET_LIMIT) || (s.e.line == cases[i].line && s.e.column == cases[i].column));
    if (!same) fail_msg("%s: %s at %lld:%lld", cases[i].what, err_name(code), (long long)s.e.line, (long long)s.e.column);
    drop(&s);
  }
}

/* A million rows: the file is written and read as a stream, and the reader's process stays small. */
static void write_million(int fd, int64_t rows) {
  struct zip_writer z;
  struct strbuf sheet;
  strbuf_init(&sheet, 0);
  strbuf_adds(&sheet, "<worksheet " XLSX_MAIN "><sheetData>");
  for (int64_t i = 1; i <= rows; i++)
    strbuf_addf(&sheet, "<row r=\"%lld\"><c r=\"A%lld\"><v>%lld</v></c><c r=\"C%lld\" t=\"inlineStr\"><is><t>x</t></is></c></row>", (long long)i,
        (long long)i, (long long)i, (long long)i);
  strbuf_adds(&sheet, "</sheetData></worksheet>");
  xlsx_begin(&z, &(struct xlsx_text){0});
  zip_stored(&z, "xl/strings.xml", str_of(xlsx_texts));
  zip_stored(&z, "xl/worksheets/a.xml", str_view(sheet.p, sheet.n));
  zip_finish(&z);
  assert_int_equal(write(fd, z.out.p, z.out.n), z.out.n);
  strbuf_release(&z.out);
  strbuf_release(&sheet);
}
static enum err_code count_row(void *context, const struct source_row *row, struct err *e) {
  (void)e;
  *(int64_t *)context += row->n_cells == 3 && row->cells[2].text.n == 1;
  return E_OK;
}
static int read_million(const char *path, int64_t rows) {
  struct job job = {.n_threads = 1};
  struct arena *a = arena_new(0);
  struct source source = {.fd = -1};
  const struct source_reader *reader;
  struct rusage use;
  struct err e;
  int64_t n = 0;
  if (source_open_as(a, path, "csv", "csv", &source, &reader, &e) || reader->read(&job, &source, count_row, &n, &e)) return 1;
  if (n != rows) return 2;
  source_close(&source);
  arena_free(a);
  getrusage(RUSAGE_SELF, &use);
  return use.ru_maxrss < 64 * 1024 ? 0 : 3; /* of a file of 90 MB */
}
static void a_million_rows_are_a_stream(void **state) {
  (void)state;
#ifdef __SANITIZE_ADDRESS__
  skip(); /* its own memory is what would be measured */
#endif
  char path[] = "/tmp/shirabe-million-XXXXXX";
  const int64_t rows = 1000000;
  int fd = mkstemp(path), status = 0;
  assert_true(fd >= 0);
  pid_t writer = fork(); /* memory of the writer must not count */
  if (writer == 0) write_million(fd, rows), _exit(0);
  assert_true(waitpid(writer, &status, 0) == writer && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  pid_t reader = fork();
  if (reader == 0) _exit(read_million(path, rows));
  assert_int_equal(waitpid(reader, &status, 0), reader);
  close(fd);
  unlink(path);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

/* A caller who stops after a row, and a reader that answers out of form or dies: nobody waits, nothing is half believed. */
static enum err_code stop_now(void *context, const struct source_row *row, struct err *e) {
  (void)row;
  ++*(int *)context;
  return ERR(e, E_INTAKE_CANCELLED, .subject = "test");
}
static void a_caller_may_stop_a_worker(void **state) {
  (void)state;
  char path[64];
  struct zip_writer z;
  struct job job = {.n_threads = 1};
  struct arena *a = arena_new(0);
  struct source source = {.apart = SOURCE_APART};
  const struct source_reader *reader;
  struct err e;
  int calls = 0;
  xlsx_make(&z, &(struct xlsx_text){.sheet = SHEET("<row r='1'><c r='A1'><v>1</v></c></row><row r='2'><c r='A2'><v>1</v></c></row>")});
  int fd = file_of(&z.out);
  strbuf_release(&z.out);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  assert_int_equal(source_open_as(a, path, "csv", "csv", &source, &reader, &e), E_OK);
  assert_int_equal(reader->read(&job, &source, stop_now, &calls, &e), E_INTAKE_CANCELLED);
  assert_int_equal(calls, 1);
  assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
  source_close(&source);
  close(fd);
  arena_free(a);
}
/* Every message cut at every length, and every byte changed, is refused or is a message of the right form. */
static void messages_of_a_worker_are_not_trusted(void **state) {
  (void)state;
  struct source_cell cells[3] = {{STR("札幌"), SOURCE_CELL_TEXT}, {STR(""), 0}, {STR("12"), SOURCE_CELL_NUMBER}},
                     *got = calloc(APART_CELLS_MAX, sizeof *got);
  const struct source_row row = {.cells = cells, .n_cells = 3, .line = 7};
  struct source_row back;
  struct strbuf b;
  strbuf_init(&b, 0);
  apart_row_write(&row, &b);
  assert_true(apart_row_parse((const uint8_t *)b.p, b.n, got, &back));
  assert_true(back.line == 7 && back.n_cells == 3 && !back.plain && str_eq(got[0].text, cells[0].text) && got[2].flags == SOURCE_CELL_NUMBER);
  for (size_t n = 0; n < b.n; n++) {
    uint8_t *cut = malloc(n ? n : 1); /* exactly as long, so that a read beyond it is seen */
    memcpy(cut, b.p, n);
    assert_false(apart_row_parse(cut, n, got, &back));
    free(cut);
  }
  for (size_t i = 0; i < b.n; i++)
    for (int bit = 0; bit < 8; bit++) {
      b.p[i] = (char)(b.p[i] ^ 1 << bit);
      if (apart_row_parse((const uint8_t *)b.p, b.n, got, &back))
        for (int64_t k = 0; k < back.n_cells; k++) assert_true(utf8_valid(got[k].text.p, got[k].text.n, NULL) && got[k].flags < 2 * SOURCE_CELL_CUT);
      b.p[i] = (char)(b.p[i] ^ 1 << bit);
    }
  strbuf_reset(&b);
  struct apart_end *end = calloc(1, sizeof *end), *other = calloc(1, sizeof *other);
  (void)ERR(&end->error, E_SHEET_FORMAT, .file = "f", .subject = "s", .found = "x");
  end->report.formulas = 3;
  apart_end_write(end, &b);
  assert_true(apart_end_parse((const uint8_t *)b.p, b.n, other));
  assert_true(other->error.code == E_SHEET_FORMAT && !strcmp(other->error.found, "x") && other->report.formulas == 3);
  for (size_t n = 0; n < b.n; n++) assert_false(apart_end_parse((const uint8_t *)b.p, n, other));
  strbuf_release(&b);
  free(end);
  free(other);
  free(got);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_come_as_they_were_stored),
      cmocka_unit_test(a_caller_may_stop_a_worker),
      cmocka_unit_test(messages_of_a_worker_are_not_trusted),
      cmocka_unit_test(a_prefix_changes_nothing),
      cmocka_unit_test(format_codes_tell_dates_from_numbers),
      cmocka_unit_test(day_numbers_follow_the_epoch_and_its_missing_day),
      cmocka_unit_test(a_style_makes_a_number_a_date),
      cmocka_unit_test(merged_and_hidden_parts_are_known),
      cmocka_unit_test(the_sheet_is_chosen_by_name_or_is_the_first_that_shows),
      cmocka_unit_test(a_sheet_that_is_not_built_right_is_refused_with_its_place),
      cmocka_unit_test(a_million_rows_are_a_stream),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
