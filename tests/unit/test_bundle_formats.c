/* test_bundle_formats.c -- workbook, SDMX, charts and quality report of a release: made from the long form, read back, and refused when they
 * show more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ext_archive_zip.h"
#include "base/ext_archive_zip_write.h"
#include "front/bundle_chart.h"
#include "secure-store/bundle/bundle_formats.h"
#include "secure-store/bundle/quality_report.h"
#include "secure-store/bundle/sdmx.h"
#include "secure-store/bundle/sheet_grid.h"
#include "secure-store/release_parts.h"

enum { PREFECTURES = 47, MOST = 16 };
struct made {
  struct arena *a;
  struct release_part parts[MOST];
  int64_t n;
};

static void add(struct made *m, const char *name, const char *text) {
  m->parts[m->n++] = (struct release_part){name, str_view(arena_strdup(m->a, text, strlen(text)), strlen(text))};
}
static void add_buffer(struct made *m, const char *name, struct strbuf *b) {
  add(m, name, strbuf_cstr(b));
  strbuf_release(b);
}
static const char *state_of(int code) {
  return code == 13 ? "suppressed" : code == 27 ? "secondary" : code == 30 ? "not_applicable" : code == 40 ? "undefined" : "shown";
}

/* 47 prefectures and their total, deaths and a mean with its error. Okinawa's count is the same as the one hidden in Tokyo. */
static void long_form(struct strbuf *b, struct strbuf *wide) {
  strbuf_adds(b, "table,period,pref,measure,unit,value,se,cv,df,n,status,reason\n");
  strbuf_adds(wide, "period,pref,deaths\n");
  for (int i = 0; i <= PREFECTURES; i++) {
    char code[8];
    const char *state = state_of(i);
    snprintf(code, sizeof code, i ? "%02d" : "_T", i);
    const bool shown = !strcmp(state, "shown");
    if (shown) strbuf_addf(b, "t,2025,%s,deaths,person,%d,,,,%d,shown,\n", code, i == 47 ? 1300 : 100 * i + 5000 * !i, 100 * i);
    else
      strbuf_addf(b, "t,2025,%s,deaths,person,,,,,,%s,%s\n", code, !strcmp(state, "secondary") ? "suppressed" : state,
          !strcmp(state, "secondary") ? "secondary: another suppressed figure would follow from it" : "threshold");
    strbuf_addf(b, "t,2025,%s,mean(x),1000 yen,%d.5,0.25,0.0%d,%d,%d,shown,\n", code, 200 + i, 1 + i % 9, 10 + i, 100 * i);
    if (shown) strbuf_addf(wide, "2025,%s,%d\n", code, i == 47 ? 1300 : 100 * i + 5000 * !i);
    else strbuf_addf(wide, "2025,%s,\n", code);
  }
}
static void words(struct made *m) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "table,column,code,label_ja,label_en,parent,valid_from,valid_to\n"
                  "t,status,shown,表章,shown,,,\nt,status,suppressed,秘匿,suppressed,,,\nt,status,not_applicable,該当なし,not applicable,,,\n"
                  "t,status,undefined,算出不能,undefined,,,\nt,symbol,x,秘匿,suppressed,,,\nt,measure,deaths,死亡数,deaths,,,\n"
                  "t,measure,mean(x),平均,mean of x,,,\nt,unit,person,人,person,,,\nt,unit,1000 yen,千円,thousand yen,,,\nt,unit,yen,円,yen,,,\n"
                  "t,pref,_T,全国,Japan,,,\n");
  for (int i = 1; i <= PREFECTURES; i++) strbuf_addf(&b, "t,pref,%02d,県%d,Prefecture %d,_T,1871-01-01,\n", i, i, i);
  add_buffer(m, "codes.csv", &b);
  add(m, "columns.csv", "table,column,kind,label_ja,label_en,unit\nt,period,period,期間,period,\nt,pref,dimension,都道府県,prefecture,\n"
                        "t,value,value,値,value,\nt,se,number,標準誤差,standard error,\n");
  add(m, "tables.csv", "table,title_ja,title_en,survey,survey_ja,survey_en,form,period,time_code,source_ja,source_en,profile,rule,additive,agency\n"
                       "t,都道府県別死亡数,deaths by prefecture,vital,人口動態調査,Vital statistics,death,2025,2025000000,人口動態調査,Vital statistics,p,,yes,MHLW\n");
  add(m, "notes.csv", "table,kind,text_ja,text_en\nt,note,注,a note\n");
}
static void quality(struct made *m) {
  struct bundle_words w;
  struct err e;
  struct quality_form form = {.form = "death", .reason_ja = "記録なし", .reason_en = "no run"};
  form.rate[1] = (struct quality_fact){.there = true, .weighted = true, .part = 90, .whole = 100, .weighted_rate = 0.85};
  form.rate[2] = (struct quality_fact){.there = true, .part = 2, .whole = 100}; /* too few to be told */
  const struct quality_report q = {.survey = "vital", .period = "2025", .n_forms = 1, .forms = &form};
  struct quality_report strict = q;
  struct str json, text;
  strict.min_n = 11;
  assert_int_equal(bundle_words_read(m->a, m->parts, m->n, &w, &e), E_OK);
  assert_int_equal(quality_json(m->a, &strict, m->parts, m->n, &w, &json, &e), E_OK); /* 10 of 100 did not answer: too few for min_n 11 */
  assert_true(strstr(json.p, "counts of fewer than 11 are not shown") && !strstr(json.p, "\"part\":90"));
  assert_int_equal(quality_json(m->a, &q, m->parts, m->n, &w, &json, &e), E_OK);
  assert_true(strstr(json.p, "counts of fewer than 3 are not shown") && strstr(json.p, "\"part\":90"));
  assert_int_equal(quality_text(m->a, json, &text, &e), E_OK);
  m->parts[m->n++] = (struct release_part){"quality.json", json};
  m->parts[m->n++] = (struct release_part){"quality.md", text};
}
static struct release_part *part(struct made *m, const char *name) {
  for (int64_t i = 0; i < m->n; i++)
    if (!strcmp(m->parts[i].name, name)) return &m->parts[i];
  fail_msg("no part %s", name);
  return NULL;
}
static void source(struct made *m, struct bundle_words *w, struct bundle_source *s) {
  struct err e;
  assert_int_equal(bundle_words_read(m->a, m->parts, m->n, w, &e), E_OK);
  assert_int_equal(bundle_source_read(m->a, w, "t", part(m, "tables/t.csv")->bytes, s, &e), E_OK);
}
static void make(struct made *m) {
  struct strbuf b, wide;
  struct bundle_words w;
  struct bundle_source s;
  struct err e;
  *m = (struct made){.a = arena_new(0)};
  strbuf_init(&b, 0);
  strbuf_init(&wide, 0);
  long_form(&b, &wide);
  add_buffer(m, "tables/t.csv", &b);
  add_buffer(m, "tables/t.wide.csv", &wide);
  words(m);
  source(m, &w, &s);
  assert_int_equal(bundle_forms_of(m->a, &s, bundle_chart, m->parts, &m->n, &e), E_OK);
  quality(m);
}

/* --- changing a part --- */
static struct str replaced(struct arena *a, struct str in, const char *old, const char *new) {
  const char *at = memmem(in.p, in.n, old, strlen(old));
  if (!at) fail_msg("'%s' is not there", old);
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_add(&b, in.p, (size_t)(at - in.p));
  strbuf_adds(&b, new);
  strbuf_add(&b, at + strlen(old), in.n - (size_t)(at - in.p) - strlen(old));
  const struct str out = str_view(arena_strdup(a, b.p, b.n), b.n);
  strbuf_release(&b);
  return out;
}
static enum err_code take(void *context, const char *p, size_t n, struct err *e) {
  (void)e;
  strbuf_add(context, p, n);
  return E_OK;
}
/* The workbook again with one member changed; member NULL = with one more. */
static struct str repacked(struct arena *a, struct str xlsx, const char *member, const char *old, const char *new) {
  static const struct zip_caps caps = {32, 1 << 24, 1 << 26, 1032};
  struct zip_directory d;
  struct zip_member members[32];
  struct strbuf out;
  struct err e;
  int n = 0;
  assert_int_equal(zip_directory_read(a, "x.xlsx", xlsx.p, xlsx.n, &caps, &d, &e), E_OK);
  for (size_t i = 0; i < d.n_entries; i++) {
    struct strbuf b;
    strbuf_init(&b, 0);
    assert_int_equal(zip_member_read("x.xlsx", &d, &d.entries[i], take, &b, &e), E_OK);
    struct str bytes = str_view(arena_strdup(a, b.p, b.n), b.n);
    strbuf_release(&b);
    if (member && !strcmp(d.entries[i].name, member)) bytes = replaced(a, bytes, old, new);
    members[n++] = (struct zip_member){d.entries[i].name, bytes};
  }
  if (!member) members[n++] = (struct zip_member){"xl/comments1.xml", str_of(new)};
  strbuf_init(&out, 0);
  assert_int_equal(zip_write(members, n, &out, &e), E_OK);
  const struct str packed = str_view(arena_strdup(a, out.p, out.n), out.n);
  strbuf_release(&out);
  return packed;
}

struct attack {
  const char *what, *part, *member, *old, *new;
  enum err_code read; /* by a reader; E_OK = only the door, which makes the part again, can tell */
};
#define SHEET "xl/worksheets/sheet1.xml"
static const struct attack attacks[] = {
    {"a hidden figure in the workbook", "tables/t.xlsx", SHEET, "<c r=\"K28\" s=\"1\" t=\"inlineStr\"><is><t>x</t></is></c>",
        "<c r=\"J28\" s=\"2\"><v>1300</v></c><c r=\"K28\" s=\"1\" t=\"inlineStr\"><is><t>x</t></is></c>", E_PART_DIFFERS},
    {"a shown figure that is another", "tables/t.xlsx", SHEET, "<v>4700</v>", "<v>4701</v>", E_PART_DIFFERS},
    {"a formula", "tables/t.xlsx", SHEET, "<v>4700</v>", "<f>4700</f>", E_PART_XLSX},
    {"merged cells", "tables/t.xlsx", SHEET, "</sheetData>", "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:B1\"/></mergeCells>",
        E_PART_XLSX},
    {"text outside the cells", "tables/t.xlsx", SHEET, "</sheetData>", "13=1300</sheetData>", E_PART_XLSX},
    {"a hidden row", "tables/t.xlsx", SHEET, "<row r=\"3\">", "<row r=\"3\" hidden=\"1\">", E_PART_XLSX},
    {"a hidden sheet", "tables/t.xlsx", "xl/workbook.xml", "<sheet name=\"about\"", "<sheet state=\"hidden\" name=\"about\"", E_PART_XLSX},
    {"a note in another sheet", "tables/t.xlsx", "xl/worksheets/sheet4.xml", "a note", "13=1300", E_PART_DIFFERS},
    {"a part more in the workbook", "tables/t.xlsx", NULL, "", "<c>1300</c>", E_PART_XLSX},
    {"a remark in the XML", "tables/t.xlsx", SHEET, "<sheetData>", "<sheetData><!-- 1300 -->", E_OK},
    {"a hidden figure in SDMX", "tables/t.sdmx.csv", NULL, "13,deaths,2025,,person", "13,deaths,2025,1300,person", E_PART_DIFFERS},
    {"a suppressed figure called free", "tables/t.sdmx.csv", NULL, "Q,C", "Q,F", E_PART_DIFFERS},
    {"a code that is not in its list", "tables/t.sdmx.csv", NULL, "A,13,deaths", "A,99,deaths", E_PART_SDMX},
    {"a mandatory attribute left out", "tables/t.sdmx.csv", NULL, "13,deaths,2025,,person,0", "13,deaths,2025,,person,", E_PART_SDMX},
    {"decimals that tell something", "tables/t.sdmx.csv", NULL, "13,deaths,2025,,person,0,0", "13,deaths,2025,,person,0,3", E_PART_DIFFERS},
    {"a column that is no component", "tables/t.sdmx.csv", NULL, "N_UNITS", "N_TRUE", E_PART_SDMX},
    {"a count of units in a hidden cell", "tables/t.sdmx.csv", NULL, "Q,C,,,,", "Q,C,,,,1300", E_PART_DIFFERS},
    {"a code missing in the structure", "tables/t.dsd.xml", NULL, ".13\" id=\"13\">", ".13\" id=\"13x\">", E_PART_SDMX},
    {"a mandatory component that is not in the data", "tables/t.dsd.xml", NULL, "id=\"UNIT_MULT\" usage=\"mandatory\"",
        "id=\"UNIT_MULX\" usage=\"mandatory\"", E_PART_SDMX},
    {"a figure in the name of a code", "tables/t.dsd.xml", NULL, "Prefecture 13", "1300", E_OK},
    {"a script in a chart", "tables/t.en.svg", NULL, "</svg>", "<script>1</script></svg>", E_PART_SVG},
    {"a link in a chart", "tables/t.en.svg", NULL, "<g>", "<g href=\"http://x\">", E_PART_SVG},
    {"a figure in a chart that the table lacks", "tables/t.en.svg", NULL, "</svg>", "<text class=\"s n\" text-anchor=\"end\">1,301</text></svg>",
        E_PART_DIFFERS},
    {"another figure in the title of a tile", "tables/t.en.svg", NULL, " 4,600</title>", " 4,601</title>", E_PART_DIFFERS},
    {"another shade of a tile", "tables/t.en.svg", NULL, "url(#chart-hatch)", "#dbe9f6", E_OK},
    {"another count of figures in the quality report", "quality.json", NULL, "\"shown\":44", "\"shown\":45", E_PART_QUALITY},
    {"a member more in the quality report", "quality.json", NULL, "{\"format\"", "{\"tokyo\":1300,\"format\"", E_PART_QUALITY},
    {"a rate that is not its counts", "quality.json", NULL, "\"rate\":0.9", "\"rate\":0.13", E_PART_QUALITY},
    {"other words in quality.md", "quality.md", NULL, "90 / 100", "91 / 100", E_PART_QUALITY},
    {"a hidden figure in the wide form that is also a shown one", "tables/t.wide.csv", NULL, "2025,13,\n", "2025,13,1300\n", E_RELEASE_REFUSED},
    {"figures of two rows exchanged in the wide form", "tables/t.wide.csv", NULL, "2025,01,100\n2025,02,200", "2025,01,200\n2025,02,100",
        E_RELEASE_REFUSED},
};

static void try(const struct attack *x) {
  struct made m;
  struct err e = {.code = E_OK};
  make(&m);
  struct release_part *p = part(&m, x->part);
  p->bytes = strstr(x->part, ".xlsx") ? repacked(m.a, p->bytes, x->member, x->old, x->new) : replaced(m.a, p->bytes, x->old, x->new);
  const enum err_code read = release_check_parts(m.a, m.parts, m.n, &e);
  if (read != x->read)
    fail_msg(
        "%s: a reader finds %s (%s) instead of %s", x->what, read ? err_name(read) : "nothing", e.found, x->read ? err_name(x->read) : "nothing");
  if (!strstr(x->part, ".wide.csv") && !strstr(x->part, "quality") && bundle_same(m.parts, m.n, bundle_chart, &e) != E_PART_DIFFERS)
    fail_msg("%s: the door does not see it", x->what);
  arena_free(m.a);
}
static void no_form_shows_more_than_the_long_form(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) try(&attacks[i]);
}

static void what_is_made_is_read_back(void **state) {
  (void)state;
  struct made m;
  struct err e = {.code = E_OK};
  make(&m);
  const enum err_code code = release_check_parts(m.a, m.parts, m.n, &e);
  if (code) fail_msg("%s: %s %s", err_name(code), e.file, e.found);
  assert_int_equal(bundle_same(m.parts, m.n, bundle_chart, &e), E_OK);
  assert_int_equal(bundle_same(m.parts, m.n, NULL, &e), E_PART_DIFFERS); /* a chart that nobody can draw again stays inside */
  arena_free(m.a);
}

static void the_same_table_gives_the_same_bytes(void **state) {
  (void)state;
  struct made m, other;
  make(&m);
  setenv("TZ", "Asia/Tokyo", 1);
  make(&other);
  assert_int_equal(m.n, other.n);
  for (int64_t i = 0; i < m.n; i++)
    if (!str_eq(m.parts[i].bytes, other.parts[i].bytes)) fail_msg("%s differs", m.parts[i].name);
  arena_free(m.a);
  arena_free(other.a);
}

/* A bar chart of four kinds, the third hidden, by two sexes. */
static void bars(struct made *m) {
  struct strbuf b;
  *m = (struct made){.a = arena_new(0)};
  strbuf_init(&b, 0);
  strbuf_adds(&b, "table,period,kind,sex,measure,unit,value,se,cv,df,n,status,reason\n");
  for (int k = 1; k <= 4; k++)
    for (int sex = 1; sex <= 2; sex++) {
      if (k == 3) strbuf_addf(&b, "t,2025,%d,%d,x,person,,,,,,suppressed,threshold\n", k, sex);
      else strbuf_addf(&b, "t,2025,%d,%d,x,person,%d,,,,,shown,\n", k, sex, 1000 * k + 37 * sex);
    }
  add_buffer(m, "tables/t.csv", &b);
  words(m);
}
static void marks_fit_the_figures_of_their_rows(void **state) {
  (void)state;
  static const struct {
    const char *what, *old, *new;
    enum err_code code;
  } cases[] = {{"as drawn", "<svg ", "<svg ", E_OK},
      {"a longer bar", " width=\"@\"", " width=\"300.0\"", E_PART_DIFFERS},
      {"a bar where a figure is hidden", "</svg>", "<rect x=\"60\" y=\"@\" width=\"90\" height=\"9\" fill=\"#0072B2\"/></svg>", E_PART_DIFFERS},
      {"a dot where a figure is hidden", "</svg>", "<circle cx=\"99\" cy=\"@\" r=\"4\"/></svg>", E_PART_DIFFERS},
      {"an interval where a figure is hidden", "</svg>", "<path d=\"M90.0 @H120\" fill=\"none\"/></svg>", E_PART_DIFFERS},
      {"a bar beside all rows", "</svg>", "<rect x=\"60\" y=\"700\" width=\"90\" height=\"9\" fill=\"#0072B2\"/></svg>", E_PART_DIFFERS}};
  struct made m;
  struct bundle_words w;
  struct bundle_source s;
  struct err e;
  struct str svg;
  bars(&m);
  source(&m, &w, &s);
  assert_int_equal(bundle_chart(m.a, &s, LANG_EN, &svg, &e), E_OK);
  const char *hidden = memmem(svg.p, svg.n, "class=\"g n\"", 11), *first = memmem(svg.p, svg.n, "fill=\"#0072B2\"/>", 16);
  assert_non_null(hidden);
  while (first && strncmp(first - 13, "height=\"9.0\"", 12)) first = memmem(first + 1, svg.n - (size_t)(first + 1 - svg.p), "fill=\"#0072B2\"/>", 16);
  assert_non_null(first);
  const double y = strtod(strstr(hidden - 20, "y=\"") + 3, NULL); /* of the hidden figure's sign */
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char old[64], new[160], number[32];
    const double at = strstr(cases[i].what, "bar") ? y - 8.5 : y - 4;
    const char *width = first;
    while (strncmp(width, " width=", 7)) width--;
    snprintf(number, sizeof number, "%.1f", i == 1 ? strtod(width + 8, NULL) : at);
    snprintf(old, sizeof old, "%s", cases[i].old);
    snprintf(new, sizeof new, "%s", cases[i].new);
    char *sign = strchr(i == 1 ? old : new, '@');
    if (sign) {
      char rest[160];
      snprintf(rest, sizeof rest, "%s", sign + 1);
      snprintf(sign, i == 1 ? sizeof old - (size_t)(sign - old) : sizeof new - (size_t)(sign - new), "%s%s", number, rest);
    }
    const struct release_part p = {"t.svg", replaced(m.a, svg, old, new)};
    const enum err_code code = svg_check(m.a, &s, &p, &e);
    if (code != cases[i].code) fail_msg("%s: %s", cases[i].what, code ? err_name(code) : "nothing");
  }
  arena_free(m.a);
}

/* Cells by the rules of the header, counted here by hand. */
static void a_hidden_figure_has_a_sign_and_no_number(void **state) {
  (void)state;
  struct made m;
  struct sheet_grid g[GRID_SHEETS];
  struct err e;
  make(&m);
  assert_int_equal(sheet_read(m.a, "t.xlsx", part(&m, "tables/t.xlsx")->bytes, g, &e), E_OK);
  assert_int_equal(g[0].n_rows, 1 + 2 * 48);
  const int value = 9, symbol = 10, area = 4;
  assert_true(str_eq(g[0].cells[value].text, STR("value")) && str_eq(g[0].cells[symbol].text, STR("symbol")) &&
              str_eq(g[0].cells[area].text, STR("area_code")));
  int numbers = 0, hidden = 0;
  for (int64_t r = 1; r < g[0].n_rows; r++) {
    const struct grid_cell *row = &g[0].cells[r * g[0].n_columns];
    assert_int_equal(row[value].number, row[symbol].text.n == 0);
    numbers += row[value].number;
    hidden += str_eq(row[symbol].text, STR("x"));
    assert_true(str_eq(row[0].text, STR("2025000000")));
  }
  assert_int_equal(numbers, 2 * 48 - 4);
  assert_int_equal(hidden, 2);
  assert_true(str_eq(g[0].cells[(1 + 2 * 13) * g[0].n_columns + area].text, STR("13000")));
  assert_true(str_eq(g[0].cells[1 * g[0].n_columns + area].text, STR("00000")));
  arena_free(m.a);
}

static void ids_of_sdmx_are_safe_and_apart(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct str base;
  int multiplier;
  assert_string_equal(sdmx_code_id(a, STR("mean(x)")), "mean$28x$29");
  assert_string_equal(sdmx_code_id(a, STR("mean$28x$29")), "mean$2428x$2429");
  assert_string_equal(sdmx_code_id(a, STR("")), "_");
  assert_string_equal(sdmx_code_id(a, STR("〇")), "$E3$80$87");
  sdmx_unit(STR("1000 yen"), &base, &multiplier);
  assert_true(str_eq(base, STR("yen")) && multiplier == 3);
  sdmx_unit(STR("1"), &base, &multiplier);
  assert_true(str_eq(base, STR("1")) && multiplier == 0);
  sdmx_unit(STR("1 person"), &base, &multiplier);
  assert_true(str_eq(base, STR("1 person")) && multiplier == 0);
  arena_free(a);
}

static void small_counts_and_absent_rates_give_reasons(void **state) {
  (void)state;
  struct made m;
  make(&m);
  const struct str json = part(&m, "quality.json")->bytes;
  assert_non_null(memmem(json.p, json.n, "\"unit_response\":{\"available\":true,\"part\":90,\"whole\":100,\"rate\":0.9,\"weighted_rate\":0.85}", 86));
  assert_non_null(memmem(json.p, json.n, "\"item_response\":{\"available\":false", 34));
  assert_non_null(memmem(json.p, json.n, "no run", 6));
  assert_null(memmem(json.p, json.n, "\"part\":2,", 9));
  arena_free(m.a);
}

/* The n-th allocation fails: an error, or the same bytes; never a file with something left out. */
static void without_memory_nothing_is_left_out(void **state) {
  (void)state;
  struct made m;
  int failures = 0;
  make(&m);
  for (uint64_t nth = 1; nth <= 6000; nth += nth < 400 ? 1 : 37) {
    struct made again = {.a = arena_new(0)};
    struct bundle_words w;
    struct bundle_source s;
    struct err e;
    for (int64_t i = 0; i < 6; i++) again.parts[again.n++] = m.parts[i];
    source(&again, &w, &s);
    arena_fail_at(nth);
    const enum err_code code = bundle_forms_of(again.a, &s, NULL, again.parts, &again.n, &e);
    arena_fail_at(0);
    if (code && code != E_NO_MEMORY) fail_msg("allocation %llu: %s", (unsigned long long)nth, err_name(code));
    failures += code == E_NO_MEMORY;
    for (int64_t i = 6; !code && i < again.n; i++)
      if (!str_eq(again.parts[i].bytes, part(&m, again.parts[i].name)->bytes))
        fail_msg("allocation %llu: %s differs", (unsigned long long)nth, again.parts[i].name);
    arena_free(again.a);
  }
  assert_true(failures > 100);
  arena_free(m.a);
}

static void an_unknown_form_is_refused(void **state) {
  (void)state;
  static const char *const names[] = {"tables/t.png", "tables/u.xlsx", "t.xlsx", "tables/t.xlsm", "quality.html", "tables/x/t.xlsx"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct made m;
    struct err e;
    make(&m);
    add(&m, names[i], "x");
    if (release_check_parts(m.a, m.parts, m.n, &e) != E_RELEASE_REPORT) fail_msg("%s is not refused", names[i]);
    arena_free(m.a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_made_is_read_back), cmocka_unit_test(no_form_shows_more_than_the_long_form),
      cmocka_unit_test(the_same_table_gives_the_same_bytes), cmocka_unit_test(a_hidden_figure_has_a_sign_and_no_number),
      cmocka_unit_test(ids_of_sdmx_are_safe_and_apart), cmocka_unit_test(small_counts_and_absent_rates_give_reasons),
      cmocka_unit_test(an_unknown_form_is_refused), cmocka_unit_test(marks_fit_the_figures_of_their_rows),
      cmocka_unit_test(without_memory_nothing_is_left_out)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
