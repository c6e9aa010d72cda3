/* Layouts: for each key a file that it makes readable, into a sealed store and back, and one that shows what is refused and where. */
#include "tests/fault/store_fixture.h"

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "collector/intake.h"
#include "tests/unit/layout_form.h"

struct fixture {
  char folder[256], file[300], layout[300];
  struct problems problems;
  struct job job;
  struct arena *arena;
  struct form *form;
  struct store *store;
};

static struct fixture *make(void) {
  struct err error = {0};
  struct fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  fixture_folder(f->folder);
  snprintf(f->file, sizeof f->file, "%s/file.txt", f->folder);
  snprintf(f->layout, sizeof f->layout, "%s/layout.json", f->folder);
  f->job = fixture_job(&f->problems);
  f->job.arena = f->arena = arena_new(0);
  OK(layout_form(f->arena, &f->job, &f->form, &error));
  OK(fixture_init(&f->job, f->folder, &error));
  OK(store_open(&f->job, f->folder, PASSPHRASE, &f->store, &error));
  return f;
}

static void drop(struct fixture *f) {
  store_close(f->store);
  remove_tree(f->folder);
  arena_free(f->arena);
  free(f);
}

static enum err_code take(struct fixture *f, const char *layout, const char *bytes, size_t n, const char *period, struct intake_report *r,
                          struct err *out) {
  struct err error = {0};
  const struct intake_options options = {.layout_file = f->layout, .period = period, .declared = -1, .problem_limit = 64};
  OK(atomic_write(f->layout, layout, strlen(layout), ATOMIC_REPLACE, 0600, &error));
  OK(atomic_write(f->file, bytes, n, ATOMIC_REPLACE, 0600, &error));
  f->problems = (struct problems){0};
  *out = (struct err){0};
  return intake_file(&f->job, f->store, f->form, &options, f->file, r, out);
}

/* The filled items of every accepted record: item=value, <status> where there is no value; blank ones only with a value elsewhere are left out. */
static void read_back(struct fixture *f, int64_t shard, struct strbuf *out) {
  struct table t;
  struct err error = {0};
  char buffer[64];
  if (!shard) return;
  OK(fixture_read(f->store, shard, f->arena, &t, &error));
  for (int64_t row = 0; row < t.n_rows; row++) {
    for (int k = 0; k < t.n_columns; k++) {
      const struct column *c = &t.columns[k];
      if (c->status[row] == VAL_BLANK) continue;
      struct str text = column_text(c, row, buffer, sizeof buffer);
      strbuf_addf(out, "%s=", c->name);
      if (value_present(c->status[row])) strbuf_add(out, text.p, text.n);
      else strbuf_addf(out, "<%s>", value_status_name(c->status[row]));
      strbuf_addc(out, ' ');
    }
    strbuf_addc(out, '\n');
  }
}

#define BYTES(literal) (literal), sizeof(literal) - 1

/* --- what a layout makes readable --- */

struct good {
  const char *name, *layout, *file;
  size_t n;
  const char *values;
  bool own_period;
  enum err_code problem; /* one that must be among the problems, 0 = there is none at all */
  int64_t ignored_columns, ignored_cells, filled, titles, notes, rejected;
};

static const struct good GOOD[] = {
    {"tabs", "{\"name\":\"a\",\"kind\":\"csv\",\"delimiter\":\"\\t\",\"header\":true,\"items\":[\"id\",\"men\"]}", BYTES("番号\t男\n1\t5\n"),
     .values = "id=1 men=5 \n"},
    {"semicolons", "{\"name\":\"a\",\"kind\":\"csv\",\"delimiter\":\";\",\"header\":true,\"items\":[\"id\",\"name\"]}",
     BYTES("番号;名称\n1;\"a;b\"\n"), .values = "id=1 name=a;b \n"},
    {"two header rows, the upper one continued",
     "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"header_rows\":2,\"items\":[\"id\",{\"item\":\"men\",\"heading\":\"人数/男\"},"
     "{\"item\":\"women\",\"heading\":\"人数/女\"},\"name\"]}",
     BYTES("表題,,,\n番号,人 数,,名\n,\"男\",女,称\n1,5,6,x\n"), .problem = E_HEADER_UNKNOWN},
    {"two header rows",
     "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"header_rows\":2,\"items\":[\"id\",{\"item\":\"men\",\"heading\":\"人数/男\"},"
     "{\"item\":\"women\",\"heading\":\"人数/女\"},\"name\"]}",
     BYTES("表題,,,\n番号,人 数,,\"名\n称\"\n,\"男\",女,\n1,5,6,x\n"), .values = "id=1 name=x men=5 women=6 \n", .titles = 1},
    {"three levels: a blank continues only as far as the level above",
     "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"header_rows\":3,\"items\":[\"id\","
     "{\"item\":\"v_1\",\"heading\":\"甲/上/一\"},{\"item\":\"v_2\",\"heading\":\"甲/上/二\"},{\"item\":\"v_3\",\"heading\":\"乙/三\"}]}",
     BYTES("番号,甲,,乙\n,上,,\n,一,二,三\n1,5,6,7\n"), .values = "id=1 v_1=5 v_2=6 v_3=7 \n"},
    {"exact title rows, empty ones too", "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"title_rows\":3,\"items\":[\"id\",\"men\"]}",
     BYTES("番号,男\n,\n表,\n番号,男\n1,5\n"), .values = "id=1 men=5 \n", .titles = 3},
    {"title rows without a header", "{\"name\":\"a\",\"kind\":\"csv\",\"title_rows\":2,\"items\":[\"id\",\"men\"]}", BYTES("表,\n単位,人\n1,5\n"),
     .values = "id=1 men=5 \n", .titles = 2},
    {"cells by number", "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"men\",\"cell\":3},{\"item\":\"id\",\"cell\":1}],\"ignore\":[2]}",
     BYTES("1,x,5\n2,,6\n"), .values = "id=1 men=5 \nid=2 men=6 \n", .ignored_columns = 1, .ignored_cells = 2},
    {"a cell by number under a header", "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[{\"item\":\"id\",\"cell\":1},\"men\"]}",
     BYTES(",男\n1,5\n"), .values = "id=1 men=5 \n"},
    {"a cell by number and heading",
     "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[{\"item\":\"id\",\"cell\":1,\"heading\":\"No\"},\"men\"]}", BYTES("ｎｏ,男\n1,5\n"),
     .values = "id=1 men=5 \n"},
    {"columns left out by heading", "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[\"id\",\"men\"],\"ignore\":[\"備 考\"]}",
     BYTES("番号,備考,男\n1,x,5\n2,,6\n"), .values = "id=1 men=5 \nid=2 men=6 \n", .ignored_columns = 1, .ignored_cells = 2},
    {"all other columns left out, more in a row too",
     "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[\"id\",\"men\"],\"ignore_rest\":true}", BYTES("番号,甲,男,乙\n1,x,5,y\n2,,6,,z\n"),
     .values = "id=1 men=5 \nid=2 men=6 \n", .ignored_columns = 2, .ignored_cells = 5},
    {"repeats by cell",
     "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"cell\":1},{\"item\":\"v\",\"cell\":2,\"repeat\":3,\"step\":2}],\"ignore_rest\":"
     "true}",
     BYTES("1,5,a,6,b,7\n"), .values = "id=1 v_1=5 v_2=6 v_3=7 \n", .ignored_columns = 2, .ignored_cells = 2},
    {"joined cells and a recode",
     "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"cell\":1},{\"item\":\"size\",\"cells\":[2,3],\"recode\":{\"大/\":\"1\",\"/"
     "小\":\"2\"}}]}",
     BYTES("1,大,\n2,,　小\n3,,\n4,大,小\n"), .values = "id=1 size=1 \nid=2 size=2 \nid=3 \nid=4 size=<invalid> \n", .problem = E_CODE_UNKNOWN},
    {"a missing text of the layout", "{\"name\":\"a\",\"kind\":\"csv\",\"missing\":\"-=refused\",\"items\":[\"id\",\"men\",\"women\"]}",
     BYTES("1,-,-\n"), .values = "id=1 men=<not_applicable> women=<refused> \n"},
    {"fill down; a note fills nothing", "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"size\",\"id\",\"men\"],\"fill_down\":[\"size\"]}",
     BYTES("1,1,5\n,2,6\n2,3,7\n,4,8\n注,,\n,5,9\n"),
     .values = "id=1 size=1 men=5 \nid=2 size=1 men=6 \nid=3 size=2 men=7 \nid=4 size=2 men=8 \nid=5 size=2 men=9 \n", .filled = 3, .notes = 1,
     .problem = E_ROW_AFTER_NOTE},
    {"page blocks",
     "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"header_rows\":2,\"items\":[\"id\",{\"item\":\"men\",\"heading\":\"男/"
     "人\"}],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"産業\"},"
     "\"context\":[{\"item\":\"name\",\"row\":1,\"cell\":1},{\"item\":\"month\",\"row\":1,\"cells\":[2,3],\"take\":\"era-year-month\"}],\"header\":2,"
     "\"data\":4}}",
     BYTES("表\n産　業,,\n甲,令和 7年,12月分\n番号,男,\n,人,\n1,5,\n,,\n2,6,\n産 業\n乙,令和 7年,12月分\n番号,男,\n,人,\n3,7,\n"),
     .values = "id=1 month=2025-12 name=甲 men=5 \nid=2 month=2025-12 name=甲 men=6 \nid=3 month=2025-12 name=乙 men=7 \n", .own_period = true,
     .titles = 1},
    {"blocks without header; groups end at empty rows",
     "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"size\",\"id\"],\"fill_down\":[\"size\"],\"blocks\":{\"start\":{\"cell\":2,\"text\":\"頁\"},"
     "\"data\":1,\"blank_row\":\"group\"}}",
     BYTES(",頁\n1,1\n,2\n,\n,3\n,頁\n,4\n"), .values = "id=1 size=1 \nid=2 size=1 \nid=3 \nid=4 \n", .filled = 1},
    {"a block ends at an empty row",
     "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\",\"men\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"頁\"},\"data\":1,\"blank_row\":"
     "\"end\"}}",
     BYTES("頁,\n1,5\n,\n合計,5\n頁,\n2,6\n"), .values = "id=1 men=5 \nid=2 men=6 \n", .notes = 1},
    {"declared UTF-8", "{\"name\":\"a\",\"kind\":\"csv\",\"encoding\":\"utf-8\",\"items\":[\"id\",\"name\"]}", BYTES("1,あ\n"),
     .values = "id=1 name=あ \n"},
    {"declared CP932", "{\"name\":\"a\",\"kind\":\"csv\",\"encoding\":\"cp932\",\"items\":[\"id\",\"name\"]}", BYTES("1,\x82\xa0\n"),
     .values = "id=1 name=あ \n"},
    {"fixed, with the items' own positions, CRLF", "{\"name\":\"a\",\"kind\":\"fixed\",\"items\":[\"id\",\"name\",\"men\"]}",
     BYTES("01\x82\xa0\x82\xa2 5\r\n02ab  12\r\n"), .values = "id=01 name=あい men=5 \nid=02 name=ab   men=12 \n"},
    {"fixed, repeats", "{\"name\":\"a\",\"kind\":\"fixed\",\"items\":[\"id\",{\"item\":\"v\",\"position\":3,\"bytes\":2,\"repeat\":3,\"step\":3}]}",
     BYTES("0105 06 07\n"), .values = "id=01 v_1=5 v_2=6 v_3=7 \n"},
    {"fixed, without line ends", "{\"name\":\"a\",\"kind\":\"fixed\",\"record_bytes\":8,\"items\":[\"id\",\"men\"]}", BYTES("01     502     6"),
     .values = "id=01 men=5 \nid=02 men=6 \n"},
    {"fixed, packed bytes",
     "{\"name\":\"a\",\"kind\":\"fixed\",\"encoding\":\"cp932\",\"items\":[\"id\",\"name\",{\"item\":\"pack\",\"position\":9,\"bytes\":2,\"as\":"
     "\"bytes\"}]}",
     BYTES("01abcd  \x81\xff\n02\x82\xa0\x82\xa2  \x00\x0c\n"), .values = "id=01 name=abcd pack=81ff \nid=02 name=あい pack=000c \n"},
    {"fixed, a letter fills the field", "{\"name\":\"a\",\"kind\":\"fixed\",\"missing\":\"V=unknown\",\"items\":[\"id\",\"men\"]}",
     BYTES("01    VV\n02     7\n"), .values = "id=01 men=<unknown> \nid=02 men=7 \n"},
    {"fixed, lines above and an empty line", "{\"name\":\"a\",\"kind\":\"fixed\",\"title_rows\":1,\"items\":[\"id\",\"men\"]}",
     BYTES("HEAD\n01     5\n\n02     6\n"), .values = "id=01 men=5 \nid=02 men=6 \n", .titles = 1},
    {"fixed, a character cut in two", "{\"name\":\"a\",\"kind\":\"fixed\",\"items\":[\"id\",\"name\",\"men\"]}",
     BYTES("01\x82\xa0\x82\xa2 5\n02abc\x82\xa0"
           "5\n"),
     .values = "id=01 name=あい men=5 \nid=02 name=<invalid> men=<invalid> \n", .problem = E_FIXED_CUT},
    {"fixed, a short line", "{\"name\":\"a\",\"kind\":\"fixed\",\"items\":[\"id\",\"men\"]}", BYTES("01     5\n02\n"), .values = "id=01 men=5 \n",
     .problem = E_FIXED_SHORT, .rejected = 1},
    {"fixed, a byte of no item", "{\"name\":\"a\",\"kind\":\"fixed\",\"items\":[\"id\",\"men\"]}", BYTES("01     5\n02  x  6\n"),
     .values = "id=01 men=5 \n", .problem = E_FIXED_STRAY, .rejected = 1},
    {"fixed, such bytes left out", "{\"name\":\"a\",\"kind\":\"fixed\",\"ignore_rest\":true,\"items\":[\"id\",\"men\"]}", BYTES("01  x  5yz\n"),
     .values = "id=01 men=5 \n"},
    {"fixed, the last record is cut off", "{\"name\":\"a\",\"kind\":\"fixed\",\"record_bytes\":8,\"items\":[\"id\",\"men\"]}", BYTES("01     502"),
     .values = "id=01 men=5 \n", .problem = E_FIXED_SHORT, .rejected = 1},
};

static void check_good(struct fixture *f, const struct good *g, int i) {
  struct intake_report r;
  struct err error = {0};
  struct strbuf values = {0};
  char period[16], shown[600];
  snprintf(period, sizeof period, "%04d-%02d", 2000 + i / 12, i % 12 + 1);
  enum err_code code = take(f, g->layout, g->file, g->n, g->own_period ? NULL : period, &r, &error);
  if (code) err_format(&error, LANG_EN, shown, sizeof shown);
  if (!g->values) {
    if (code != g->problem) fail_msg("%s: %s instead of %s", g->name, err_name(code), err_name(g->problem));
    return;
  }
  if (code) fail_msg("%s: %s", g->name, shown);
  read_back(f, r.shard, &values);
  if (strcmp(strbuf_cstr(&values), g->values)) fail_msg("%s: read\n%sinstead of\n%s", g->name, strbuf_cstr(&values), g->values);
  strbuf_release(&values);
  if (g->problem ? !had_problem(&f->problems, g->problem) : r.problems + r.warnings > 0)
    fail_msg("%s: %lld problems, last %s", g->name, (long long)r.problems, err_name(f->problems.last));
  if (r.ignored_columns != g->ignored_columns || r.cells_ignored != g->ignored_cells)
    fail_msg("%s: %lld columns, %lld cells left out", g->name, (long long)r.ignored_columns, (long long)r.cells_ignored);
  if (r.filled_cells != g->filled || r.title_rows != g->titles || r.note_rows != g->notes || r.rejected != g->rejected)
    fail_msg("%s: filled %lld, titles %lld, notes %lld, rejected %lld", g->name, (long long)r.filled_cells, (long long)r.title_rows,
             (long long)r.note_rows, (long long)r.rejected);
  int64_t cells = r.cells_typed + r.cells_blank + r.cells_problem + r.cells_ignored + r.cells_heading + r.cells_outside;
  if (r.cells_read != cells) fail_msg("%s: %lld cells of %lld", g->name, (long long)cells, (long long)r.cells_read);
}

static void each_key_makes_its_file_readable(void **state) {
  (void)state;
  struct fixture *f = make();
  for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) check_good(f, &GOOD[i], (int)i);
  drop(f);
}

/* --- what stops, and where --- */

static const struct {
  const char *name, *layout, *file;
  size_t n;
  enum err_code code;
  int64_t line, column;
} STOPS[] = {
    {"another encoding than declared", "{\"name\":\"a\",\"kind\":\"csv\",\"encoding\":\"cp932\",\"items\":[\"id\",\"name\"]}", BYTES("1,あ\n"),
     E_LAYOUT_ENCODING, 0, 0},
    {"the other way round", "{\"name\":\"a\",\"kind\":\"csv\",\"encoding\":\"utf-8\",\"items\":[\"id\",\"name\"]}", BYTES("1,\x82\xa0\n"),
     E_LAYOUT_ENCODING, 0, 0},
    {"an unknown column", "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[\"id\",\"men\"]}", BYTES("表\n番号,男,余\n1,5,6\n"),
     E_HEADER_UNKNOWN, 2, 3},
    {"a heading twice", "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[\"id\",\"men\"]}", BYTES("番号,男,男\n1,5,6\n"),
     E_HEADER_DUPLICATE, 1, 3},
    {"a missing column", "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[\"id\",\"men\",\"women\"]}", BYTES("番号,男\n1,5\n"),
     E_HEADER_MISSING, 1, 0},
    {"a cell beyond the header", "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[\"id\",{\"item\":\"men\",\"cell\":9}]}",
     BYTES("番号\n1,5\n"), E_HEADER_MISSING, 1, 0},
    {"another heading in the cell",
     "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[\"id\",{\"item\":\"men\",\"cell\":2,\"heading\":\"男\"}]}", BYTES("番号,女\n1,5\n"),
     E_LAYOUT_HEADING, 1, 2},
    {"no header where it must stand", "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"title_rows\":1,\"items\":[\"id\",\"men\"]}",
     BYTES("番号,男\n1,5\n"), E_HEADER_UNKNOWN, 2, 1},
    {"a cell that nobody takes", "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"cell\":1},{\"item\":\"men\",\"cell\":3}]}",
     BYTES("1,x,5\n"), E_LAYOUT_UNTAKEN, 0, 0},
    {"no block", "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"頁\"},\"data\":1}}",
     BYTES("1\n2\n"), E_BLOCK_NONE, 0, 0},
    {"a block without its records",
     "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"頁\"},\"data\":3}}",
     BYTES("頁\n甲\n乙\n1\n頁\n甲\n頁\n"), E_BLOCK_SHORT, 5, 0},
    {"the last block ends in its head",
     "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"頁\"},\"data\":3}}",
     BYTES("頁\n甲\n乙\n1\n頁\n甲\n"), E_BLOCK_SHORT, 5, 0},
    {"a later block with its columns exchanged",
     "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[\"id\",\"men\",\"women\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"頁\"},"
     "\"header\":1,\"data\":2}}",
     BYTES("頁\n番号,男,女\n1,5,6\n頁\n番号,女,男\n2,5,6\n"), E_BLOCK_HEADER, 5, 2},
    {"a later block with a column less",
     "{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[\"id\",\"men\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"頁\"},\"header\":1,"
     "\"data\":2}}",
     BYTES("頁\n番号,男\n1,5\n頁\n番号\n2\n"), E_BLOCK_HEADER, 5, 2},
};

static void what_does_not_fit_stops_with_its_place(void **state) {
  (void)state;
  struct fixture *f = make();
  for (size_t i = 0; i < sizeof STOPS / sizeof *STOPS; i++) {
    struct intake_report r;
    struct err error = {0};
    enum err_code code = take(f, STOPS[i].layout, STOPS[i].file, STOPS[i].n, "2001-01", &r, &error);
    if (code != STOPS[i].code || error.line != STOPS[i].line || error.column != STOPS[i].column)
      fail_msg("%s: %s at %lld:%lld", STOPS[i].name, err_name(code), (long long)error.line, (long long)error.column);
  }
  struct intake_entry *entries;
  struct err error = {0};
  int64_t n = -1;
  OK(intake_list(f->store, NULL, NULL, NULL, f->arena, &entries, &n, &error));
  assert_int_equal(n, 0);
  drop(f);
}

/* --- layouts that cannot be used: file and key are named --- */

static const struct {
  const char *layout;
  enum err_code code;
  const char *subject;
} BAD[] = {
    {"[]", E_FORM_LAYOUT_KEY, "layout.layouts"},
    {"{\"name\":\"A\",\"kind\":\"csv\",\"items\":[\"id\"]}", E_FORM_NAME, "A"},
    {"{\"name\":\"a\",\"items\":[\"id\"]}", E_FORM_LAYOUT_KEY, "a.kind"},
    {"{\"name\":\"a\",\"kind\":\"pdf\",\"items\":[\"id\"]}", E_FORM_LAYOUT_KEY, "a.kind"},
    {"{\"name\":\"a\",\"kind\":\"csv|fixed\",\"items\":[\"id\"]}", E_FORM_LAYOUT_KEY, "a.kind"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"headers\":true,\"items\":[\"id\"]}", E_FORM_LAYOUT_UNKNOWN, "a.headers"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"col\":1}]}", E_FORM_LAYOUT_UNKNOWN, "a.items.col"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"none\"]}", E_FORM_NO_ITEM, "none"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\",\"id\"]}", E_FORM_NAME_TWICE, "id"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[]}", E_FORM_LAYOUT_KEY, "a.items"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"encoding\":\"sjis\",\"items\":[\"id\"]}", E_FORM_LAYOUT_KEY, "a.encoding"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"delimiter\":\"|\",\"items\":[\"id\"]}", E_FORM_LAYOUT_KEY, "a.delimiter"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"header\":\"yes\",\"items\":[\"id\"]}", E_FORM_LAYOUT_KEY, "a.header"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"header_rows\":9,\"items\":[\"id\"]}", E_FORM_LAYOUT_KEY, "a.header_rows"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"header\":false,\"header_rows\":2,\"items\":[\"id\"]}", E_FORM_LAYOUT_KEY, "a.header_rows"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"title_rows\":-1,\"items\":[\"id\"]}", E_FORM_LAYOUT_KEY, "a.title_rows"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[{\"item\":\"id\",\"cell\":1}]}", E_FORM_LAYOUT_KEY, "a.title_rows"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"cell\":0}]}", E_FORM_LAYOUT_KEY, "a.cell"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"cell\":1},\"men\"]}", E_FORM_LAYOUT_PLACE, "men"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"cell\":1},{\"item\":\"men\",\"cells\":[2,1]}]}", E_FORM_LAYOUT_CELL, "a"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"cells\":[]}]}", E_FORM_LAYOUT_KEY, "a.items.cells"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"recode\":{\"x\":1}}]}", E_FORM_LAYOUT_KEY, "a.items.recode"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"v\",\"repeat\":3}]}", E_FORM_LAYOUT_KEY, "a.items.repeat"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\",{\"item\":\"v\",\"cell\":2,\"repeat\":4}]}", E_FORM_NO_ITEM, "v_4"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"fill_down\":[\"men\"]}", E_FORM_LAYOUT_KEY, "a.fill_down"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"ignore\":[0]}", E_FORM_LAYOUT_KEY, "a.ignore"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"missing\":\"x=gone\"}", E_FORM_MISSING, "x=gone"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"record_bytes\":8}", E_FORM_LAYOUT_KEY, "a.record_bytes"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"blocks\":{\"start\":{\"cell\":1},\"data\":1}}", E_FORM_LAYOUT_KEY, "a.blocks.start"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"x\"},\"data\":1,\"context\":[{\"item\":"
     "\"men\",\"cell\":1}]}}",
     E_FORM_LAYOUT_KEY, "a.blocks.context.row"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"x\"},\"data\":1,\"context\":[{\"item\":"
     "\"men\",\"row\":1,\"cell\":1}]}}",
     E_FORM_LAYOUT_KEY, "a.blocks.context.row"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"items\":[\"id\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"x\"},\"data\":1}}",
     E_FORM_LAYOUT_KEY, "a.blocks.header"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"header\":true,\"header_rows\":2,\"items\":[\"id\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"x\"},"
     "\"header\":1,\"data\":2}}",
     E_FORM_LAYOUT_KEY, "a.blocks.data"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],\"blocks\":{\"start\":{\"cell\":1,\"text\":\"x\"},\"data\":1,\"blank_row\":\"x\"}}",
     E_FORM_LAYOUT_KEY, "a.blocks.blank_row"},
    {"{\"name\":\"a\",\"kind\":\"fixed\",\"items\":[\"id\",\"women\"]}", E_FORM_FIXED, "women"},
    {"{\"name\":\"a\",\"kind\":\"fixed\",\"items\":[\"id\",{\"item\":\"women\",\"position\":2,\"bytes\":2}]}", E_FORM_POSITION, "women"},
    {"{\"name\":\"a\",\"kind\":\"fixed\",\"items\":[\"id\",{\"item\":\"women\",\"position\":3}]}", E_FORM_LAYOUT_KEY, "a.items.position"},
    {"{\"name\":\"a\",\"kind\":\"fixed\",\"record_bytes\":7,\"items\":[\"id\",\"men\"]}", E_FORM_LAYOUT_KEY, "a.record_bytes"},
    {"{\"name\":\"a\",\"kind\":\"fixed\",\"items\":[{\"item\":\"id\",\"cell\":1}]}", E_FORM_LAYOUT_KEY, "a.items.cell"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"as\":\"bytes\"}]}", E_FORM_LAYOUT_KEY, "a.items.as"},
    {"{\"name\":\"a\",\"kind\":\"csv\",\"items\":[\"id\"],}", E_JSON_SYNTAX, "layout.json"},
};

static void a_layout_that_cannot_be_used_names_file_and_key(void **state) {
  (void)state;
  struct fixture *f = make();
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
    struct layout *l = NULL;
    struct err error = {0};
    enum err_code code = layout_parse(f->arena, &f->job, f->form, "layout.json", str_of(BAD[i].layout), &l, &error);
    if (code != BAD[i].code || strcmp(error.subject, BAD[i].subject) || strcmp(error.file, "layout.json") || l)
      fail_msg("%s\n%s %s %s", BAD[i].layout, err_name(code), error.file, error.subject);
  }
  drop(f);
}

/* The place of a problem is that of the file, whatever was made of the cells: line and cell of the block's head, the first of joined cells. */
static void a_problem_keeps_the_place_in_the_file(void **state) {
  (void)state;
  static const char layout[] =
      "{\"name\":\"a\",\"kind\":\"csv\",\"items\":[{\"item\":\"id\",\"cell\":4},{\"item\":\"v_1\",\"cells\":[2,3]}],\"ignore\":[1],"
      "\"blocks\":{\"start\":{\"cell\":1,\"text\":\"頁\"},\"data\":2,\"context\":[{\"item\":\"size\",\"row\":1,\"cell\":3}]}}";
  struct fixture *f = make();
  struct intake_report r;
  struct err error = {0};
  struct intake_entry entry;
  struct intake_problem *problems;
  int64_t n;
  OK(take(f, layout, BYTES("頁\n,,9\n,x,y,1\n"), "2001-01", &r, &error));
  OK(intake_get(f->store, r.id, f->arena, &entry, &error));
  OK(intake_problems(f->store, &entry, f->arena, &problems, &n, &error));
  assert_int_equal(n, 2);
  for (int64_t i = 0; i < n; i++) {
    bool head = strcmp(problems[i].item, "size") == 0;
    assert_int_equal(problems[i].line, head ? 2 : 3);
    assert_int_equal(problems[i].cell, head ? 3 : 2);
  }
  drop(f);
}

int main(void) {
  crypto_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_key_makes_its_file_readable),
      cmocka_unit_test(what_does_not_fit_stops_with_its_place),
      cmocka_unit_test(a_layout_that_cannot_be_used_names_file_and_key),
      cmocka_unit_test(a_problem_keeps_the_place_in_the_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
