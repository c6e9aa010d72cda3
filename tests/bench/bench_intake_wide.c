/* bench_intake_wide.c -- intake of a CP932 file of 40 columns (decode, type, 20 checks, dedupe, compress, encrypt, commit) on two threads against
 *    `sqlite3 .import` of a UTF-8 copy. The form is made for the benchmark: a number, a place, two texts in kanji, three dates, 17 codes of one
 *    digit, two longer ones, 14 numbers.
 * Each runs three times in alternation; the faster run counts. Usage: bench_intake_wide [ROWS [alone|once]] (10000000 is the size of the
 *          target: about 1.6 GB, twice; alone: one intake with the checks and no import to compare with; once: each one time) */
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <sys/stat.h>

#include "base/date.h"
#include "base/ext_sodium.h"
#include "base/str.h"
#include "secure-store/store.h"
#include "tests/bench/bench_child.h"

static const char PASSPHRASE[] = "a passphrase of the benchmark";
enum { N_CODES = 17, N_NUMBERS = 14, N_CHECKS = 20, RUNS = 3, PIECE = 1 << 20 };

struct paths {
  char base[256], cp932[300], utf8[300], office[300], passphrase[300], database[300], program[300], import[400], forms[300];
};

/* --- the form --- */

static void put_items(struct strbuf *b) {
  strbuf_adds(b,
      "name,label_ja,label_en,record,class,type,unit,multiplier,decimals,min,max,codelist,missing,universe,position,bytes,since,until,part,"
      "origin,expression,as_of,era_table,required,note\n");
  strbuf_adds(b, "record_no,番号,record number,row,count,int,,1,0,1,99999999,,,,,,,,ID,reported,,,,yes,\n");
  strbuf_adds(b, "place,市区町村,municipality,row,code,code,,,,,,municipalities,,,,,,,ANSWER,reported,,,,,\n");
  strbuf_adds(b, "name,氏名,name,row,name,text,,,,,,,,,,,,,ID,reported,,,,,\n");
  strbuf_adds(b, "work,仕事,work,row,text,text,,,,,,,,,,,,,ANSWER,reported,,,,,\n");
  for (int i = 1; i <= 3; i++) {
    char text[160];
    snprintf(text, sizeof text, "date_%d,日付%d,date %d,row,date,date,,,,,,,,,,,,,ANSWER,reported,,,,,\n", i, i, i);
    strbuf_adds(b, text);
  }
  for (int i = 1; i <= N_CODES + 2; i++) {
    char text[160];
    const char *list = i <= N_CODES ? "digit" : "three";
    snprintf(text, sizeof text, "code_%d,符号%d,code %d,row,code,code,,,,,,%s,,,,,,,ANSWER,reported,,,,,\n", i, i, i, list);
    strbuf_adds(b, text);
  }
  for (int i = 1; i <= N_NUMBERS; i++) {
    char text[160];
    snprintf(text, sizeof text, "number_%d,数%d,number %d,row,count,int,,1,0,0,9999,,,,,,,,ANSWER,reported,,,,,\n", i, i, i);
    strbuf_adds(b, text);
  }
}

static void put_layout(struct strbuf *b) {
  char text[64];
  strbuf_adds(b, "\"record_no\",\"place\",\"name\",\"work\",\"date_1\",\"date_2\",\"date_3\"");
  for (int i = 1; i <= N_CODES + 2; i++) snprintf(text, sizeof text, ",\"code_%d\"", i), strbuf_adds(b, text);
  for (int i = 1; i <= N_NUMBERS; i++) snprintf(text, sizeof text, ",\"number_%d\"", i), strbuf_adds(b, text);
}

static void put_checks(struct strbuf *b) {
  strbuf_adds(b, "id,severity,record,universe,expression,message_ja,message_en,remedy_ja,remedy_en,source\n");
  for (int i = 1; i <= N_CHECKS; i++) {
    char rule[96], text[320];
    if (i <= 2) snprintf(rule, sizeof rule, "date_%d <= date_%d", i, i + 1);
    else if (i <= 12) snprintf(rule, sizeof rule, "number_%d + number_%d <= %d", i, i + 1, 300 + i);
    else if (i <= 16) snprintf(rule, sizeof rule, "code_%d != \"\"3\"\" or number_%d >= 1", i, i - 12);
    else snprintf(rule, sizeof rule, "number_%d * 3 >= number_%d", i - 16, i - 15);
    snprintf(text, sizeof text, "C%02d,soft,row,,\"%s\",検査%d,check %d,確かめる,look again,benchmark\n", i, rule, i, i);
    strbuf_adds(b, text);
  }
}

static void put_list(struct strbuf *b, int low, int high) {
  strbuf_adds(b, "code,label_ja,label_en,parent,valid_from,valid_to,status\n");
  for (int i = low; i <= high; i++) {
    char text[64];
    snprintf(text, sizeof text, "%d,符号%d,code %d,,,,valid\n", i, i, i);
    strbuf_adds(b, text);
  }
}

static void save(const char *folder, const char *name, struct strbuf *b) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (b->failed) bench_die(path, NULL);
  bench_write_file(path, strbuf_cstr(b));
  strbuf_reset(b);
}

static void make_folder(const char *base, const char *rest) {
  char path[600];
  snprintf(path, sizeof path, "%s%s", base, rest);
  if (mkdir(path, 0700) && errno != EEXIST) bench_die(path, NULL);
}

static void make_form(const struct paths *p) {
  static const char *const folders[] = {
      "", "/library", "/library/bench", "/library/bench/wide", "/library/bench/wide/1", "/library/bench/wide/1/codes"};
  char survey[400], folder[420], codes[440], link[400], from[400];
  struct strbuf b;
  strbuf_init(&b, 1 << 20);
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) make_folder(p->forms, folders[i]);
  snprintf(survey, sizeof survey, "%s/library/bench", p->forms);
  snprintf(folder, sizeof folder, "%s/wide/1", survey);
  snprintf(codes, sizeof codes, "%s/codes", folder);
  const char *forms = getenv("SHIRABE_FORMS");
  snprintf(from, sizeof from, "%s/codelists", forms ? forms : "forms");
  char *real = realpath(from, NULL);
  snprintf(link, sizeof link, "%s/codelists", p->forms);
  if (!real || symlink(real, link)) bench_die(from, NULL);
  free(real);
  strbuf_adds(&b,
      "{\"survey\":\"bench\",\"code\":\"00000000\",\"title_ja\":\"計測\",\"title_en\":\"benchmark\",\"law\":\"none\",\"levels\":[\"municipality\"],"
      "\"due_days\":[1],\"retention_class\":\"none\",\"forms\":[\"wide\"],\"source\":\"benchmark\"}\n");
  save(survey, "survey.json", &b);
  strbuf_adds(&b,
      "{\"survey\":\"bench\",\"form\":\"wide\",\"version\":\"1\",\"title_ja\":\"計測\",\"title_en\":\"benchmark\",\"period\":\"month\","
      "\"since\":\"2000-01-01\",\"until\":\"\",\"predecessor\":\"\",\"event_date\":\"date_1\",\"office_item\":\"place\",\"records\":[{\"name\":\"row\","
      "\"parent\":\"\",\"keys\":[\"record_no\"]}],\"layouts\":[{\"name\":\"csv\",\"kind\":\"csv\",\"header\":true,\"items\":[");
  put_layout(&b);
  strbuf_adds(&b, "]}],\"codelists\":{\"municipalities\":\"\"},\"source\":\"benchmark\"}\n");
  save(folder, "form.json", &b);
  put_items(&b);
  save(folder, "items.csv", &b);
  put_checks(&b);
  save(folder, "checks.csv", &b);
  put_list(&b, 0, 9);
  save(codes, "digit.csv", &b);
  put_list(&b, 100, 999);
  save(codes, "three.csv", &b);
  strbuf_release(&b);
}

/* --- the file, in both encodings --- */

static const char *const SURNAMES[] = {"佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田", "佐々", "山口", "松本", "井上"};
static const char *const GIVEN[] = {"一郎", "花子", "健太", "美咲", "翔太", "陽菜", "大輔", "結衣", "直樹", "真央", "達也", "優子", "拓也", "恵子", "和也", "幸子"};
static const char *const WORKS[] = {"農業", "漁業", "建設", "製造", "電気", "情報", "運輸", "卸売", "小売", "金融", "教育", "医療", "福祉", "宿泊", "公務", "無職"};
static const char *const WARDS[] = {"011011", "011029", "011037", "011045", "011053", "011061", "011070", "011088", "011096", "011100"};

static void put_int(struct strbuf *b, int64_t v) {
  char digits[24];
  int n = snprintf(digits, sizeof digits, "%lld", (long long)v);
  strbuf_add(b, digits, (size_t)n);
}

static void put_date(struct strbuf *b, int64_t days) {
  char iso[64];
  date_format_iso(days, iso);
  strbuf_adds(b, iso);
  strbuf_addc(b, ',');
}

static void put_row(struct strbuf *b, int64_t number, uint64_t *state) {
  int64_t day = date_from_civil(2025, 11, 1) + bench_draw(state, 0, 29);
  put_int(b, number);
  strbuf_addc(b, ',');
  strbuf_adds(b, WARDS[bench_draw(state, 0, 9)]);
  strbuf_addc(b, ',');
  strbuf_adds(b, SURNAMES[bench_draw(state, 0, 15)]);
  strbuf_adds(b, GIVEN[bench_draw(state, 0, 15)]);
  strbuf_addc(b, ',');
  strbuf_adds(b, WORKS[bench_draw(state, 0, 15)]);
  strbuf_addc(b, ',');
  for (int i = 0; i < 3; i++) put_date(b, day), day += bench_draw(state, 0, 20) - (bench_draw(state, 0, 99) == 0 ? 20 : 0);
  for (int i = 0; i < N_CODES; i++) strbuf_addc(b, (char)('0' + bench_draw(state, 0, 9))), strbuf_addc(b, ',');
  for (int i = 0; i < 2; i++) put_int(b, bench_draw(state, 100, 999)), strbuf_addc(b, ',');
  for (int i = 0; i < N_NUMBERS; i++) {
    put_int(b, i % 3 == 0 ? bench_draw(state, 0, 9999) : bench_draw(state, 0, 160));
    strbuf_adds(b, i + 1 < N_NUMBERS ? "," : "\r\n");
  }
}

static void write_both(struct strbuf *b, iconv_t converter, char *out, FILE *utf8, FILE *cp932) {
  char *from = b->p, *to = out;
  size_t n = b->n, room = 2 * PIECE;
  if (iconv(converter, &from, &n, &to, &room) == (size_t)-1) bench_die("iconv", NULL);
  size_t made = (size_t)(to - out);
  if (fwrite(b->p, 1, b->n, utf8) != b->n || fwrite(out, 1, made, cp932) != made) bench_die("writing", NULL);
  strbuf_reset(b);
}

static void write_files(const struct paths *p, int64_t rows) {
  uint64_t state = 20251201;
  iconv_t converter = iconv_open("CP932", "UTF-8");
  FILE *utf8 = fopen(p->utf8, "wb"), *cp932 = fopen(p->cp932, "wb");
  char *out = malloc(2 * PIECE), text[64];
  struct strbuf b;
  strbuf_init(&b, 2 * PIECE);
  if (converter == (iconv_t)-1 || !utf8 || !cp932 || !out) bench_die(p->base, NULL);
  strbuf_adds(&b, "番号,市区町村,氏名,仕事,日付1,日付2,日付3");
  for (int i = 1; i <= N_CODES + 2; i++) snprintf(text, sizeof text, ",符号%d", i), strbuf_adds(&b, text);
  for (int i = 1; i <= N_NUMBERS; i++) snprintf(text, sizeof text, ",数%d", i), strbuf_adds(&b, text);
  strbuf_adds(&b, "\r\n");
  for (int64_t row = 1; row <= rows; row++) {
    put_row(&b, row, &state);
    if (b.n > PIECE - 4096 || row == rows) write_both(&b, converter, out, utf8, cp932);
  }
  if (fclose(utf8) || fclose(cp932)) bench_die(p->base, NULL);
  iconv_close(converter);
  strbuf_release(&b);
  free(out);
}

/* --- the runs --- */

static void make_office(const struct job *job, const char *folder) {
  static const struct office office = {.type = OFFICE_MUNICIPALITY, .code = "011002", .name_ja = "札幌市"};
  struct err e;
  bench_remove_folder(folder);
  if (mkdir(folder, 0700) && errno != EEXIST) bench_die(folder, NULL);
  if (store_init(job, folder, &office, PASSPHRASE, "light", &e)) bench_die("office", &e);
}

static struct child_run run_sqlite(struct paths *p) {
  char *const argv[] = {"sqlite3", p->database, "-cmd", ".mode csv", p->import, NULL};
  unlink(p->database);
  return child_run(argv);
}

static struct child_run run_intake(const struct job *job, struct paths *p, bool checks) {
  char *const argv[] = {p->program, "intake", "file", p->cp932, "--form", "bench/wide/1", "--period", "2025-12", "--office", p->office,
                        "--passphrase-file", p->passphrase, "--quiet", checks ? "--checks" : NULL, NULL};
  make_office(job, p->office);
  setenv("SHIRABE_FORMS", p->forms, 1);
  return child_run(argv);
}

static void fill_paths(struct paths *p) {
  const char *base = getenv("TMPDIR"), *build = getenv("BUILD");
  snprintf(p->base, sizeof p->base, "%s/shirabe-bench-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp(p->base)) bench_die(p->base, NULL);
  snprintf(p->cp932, sizeof p->cp932, "%s/wide.csv", p->base);
  snprintf(p->utf8, sizeof p->utf8, "%s/wide-utf8.csv", p->base);
  snprintf(p->office, sizeof p->office, "%s/office", p->base);
  snprintf(p->passphrase, sizeof p->passphrase, "%s/passphrase", p->base);
  snprintf(p->database, sizeof p->database, "%s/peer.db", p->base);
  snprintf(p->import, sizeof p->import, ".import %s wide", p->utf8);
  snprintf(p->program, sizeof p->program, "%s/shirabe", build ? build : "build");
  snprintf(p->forms, sizeof p->forms, "%s/forms", p->base);
  bench_write_file(p->passphrase, "a passphrase of the benchmark\n");
  chmod(p->passphrase, 0600);
}

static void print_row(const char *work, int64_t rows, double mb, const struct child_run *r) {
  printf("%-44s %9.0f rows/s %6.1f MB/s %6.1f s processor %6.1f MiB peak", work, (double)rows / r->seconds, mb / r->seconds, r->cpu,
         (double)r->peak_kib / 1024);
}

int main(int argc, char **argv) {
  int64_t rows = argc > 1 ? atoll(argv[1]) : 1000000;
  struct arena *a = arena_new(0);
  struct job job = {.arena = a, .n_threads = 1};
  struct paths p;
  struct stat st;
  if (!crypto_start() || rows <= 0) bench_die("start", NULL);
  fill_paths(&p);
  make_form(&p);
  write_files(&p, rows);
  if (stat(p.cp932, &st)) bench_die(p.cp932, NULL);
  struct child_run sqlite = {.status = -1}, plain = {.status = -1}, checked = {.status = -1};
  double mb = (double)st.st_size / 1e6;
  if (argc > 2 && !strcmp(argv[2], "alone")) {
    checked = run_intake(&job, &p, true);
    print_row("shirabe intake file --checks, 40 columns, CP932, one run", rows, mb, &checked);
    puts("");
    bench_remove_folder(p.base);
    return checked.status ? 70 : 0;
  }
  int runs = argc > 2 && !strcmp(argv[2], "once") ? 1 : RUNS;
  for (int i = 0; i < runs; i++) {
    child_keep_faster(&sqlite, run_sqlite(&p));
    child_keep_faster(&plain, run_intake(&job, &p, false));
    child_keep_faster(&checked, run_intake(&job, &p, true));
  }
  print_row("sqlite3 .import, 40 columns, UTF-8", rows, mb, &sqlite);
  print_row("\nshirabe intake file, 40 columns, CP932", rows, mb, &plain);
  printf("  %.2fx the time of sqlite3 .import", plain.seconds / sqlite.seconds);
  print_row("\nthe same with --checks, 20 checks", rows, mb, &checked);
  printf("  %.2fx (targets 1.5x, 120 MB/s, 512 MiB)\n", checked.seconds / sqlite.seconds);
  bool bad = sqlite.status || plain.status || checked.status;
  if (bad) fprintf(stderr, "exit statuses: sqlite3 %d, intake %d, with checks %d\n", sqlite.status, plain.status, checked.status);
  if (!getenv("BENCH_KEEP")) bench_remove_folder(p.base);
  arena_free(a);
  return bad ? 70 : 0;
}
