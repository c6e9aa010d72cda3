/* shirabe store job --dataset vital/birth --period 2025-12 --columns a,b [--grant ID] -- PROGRAM ARGS... | --show ID | --list */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "secure-store/host_check.h"
#include "secure-store/rights/cmd_rights.h"
#include "secure-store/store_impl.h"
#include "secure-store/store_job.h"
#include "secure-store/store_product.h"

enum { COLUMNS_MAX = 1024, MESSAGES_SHOWN = 65536 };

/* "vital/birth" -> survey and form, in the arena. */
static enum err_code dataset(struct cli *c, struct dataset_key *key, struct err *e) {
  struct str form, survey = str_split(str_of(cli_text(c, "dataset")), '/', &form);
  struct arena *a = cli_job(c)->arena;
  if (!survey.n || !form.n) return ERR(e, E_USAGE_VALUE, .subject = "--dataset", .expected = "SURVEY/FORM", .found = cli_text(c, "dataset"));
  *key = (struct dataset_key){arena_printf(a, "%.*s", (int)survey.n, survey.p), arena_printf(a, "%.*s", (int)form.n, form.p), cli_text(c, "period"),
                              cli_text(c, "stage")};
  return key->survey && key->form ? E_OK : ERR(e, E_NO_MEMORY, .subject = "job");
}
static enum err_code columns(struct cli *c, struct store_job_spec *spec, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const char **names = ARENA_ARRAY(a, const char *, COLUMNS_MAX);
  struct str rest = str_of(cli_text(c, "columns"));
  if (!names) return ERR(e, E_NO_MEMORY, .subject = "job");
  while (rest.n) {
    struct str one = str_trim(str_split(rest, ',', &rest));
    if (!one.n || spec->n_columns >= COLUMNS_MAX)
      return ERR(e, E_USAGE_VALUE, .subject = "--columns", .expected = "a,b,...", .found = cli_text(c, "columns"));
    names[spec->n_columns] = arena_printf(a, "%.*s", (int)one.n, one.p);
    if (!names[spec->n_columns++]) return ERR(e, E_NO_MEMORY, .subject = "job");
  }
  spec->columns = names;
  return E_OK;
}
/* As a shell finds it, but only to files that may be run. */
static const char *find_program(struct arena *a, const char *name) {
  const char *path = getenv("PATH");
  struct str rest = str_of(path ? path : "/usr/bin:/bin");
  if (strchr(name, '/')) return realpath(name, arena_alloc(a, STORE_PATH_BYTES + 1, 1));
  while (rest.n) {
    struct str folder = str_split(rest, ':', &rest);
    const char *full = folder.n ? arena_printf(a, "%.*s/%s", (int)folder.n, folder.p, name) : NULL;
    if (full && access(full, X_OK) == 0) return full;
  }
  return NULL;
}
static enum err_code program(struct cli *c, struct store_job_spec *spec, struct err *e) {
  int n = cli_operand_count(c);
  const char **argv = ARENA_ARRAY(cli_job(c)->arena, const char *, n + 1);
  if (!argv) return ERR(e, E_NO_MEMORY, .subject = "job");
  for (int i = 0; i < n; i++) argv[i] = cli_operand(c, i);
  spec->argv = (char *const *)(uintptr_t)argv;
  spec->program = find_program(cli_job(c)->arena, argv[0]);
  return spec->program ? E_OK : ERR(e, E_SANDBOX_START, .subject = argv[0], .found = strerrordesc_np(ENOENT));
}
static enum err_code scripts(struct cli *c, struct store_job_spec *spec, struct err *e) {
  int n = cli_repeat_count(c, "script");
  struct arena *a = cli_job(c)->arena;
  const char **paths = ARENA_ARRAY(a, const char *, n + 1);
  if (!paths) return ERR(e, E_NO_MEMORY, .subject = "job");
  if (n > SANDBOX_PATHS_MAX)
    return ERR(e, E_USAGE_VALUE, .subject = "--script", .expected = "at most 64", .found = cli_repeat(c, "script", SANDBOX_PATHS_MAX));
  for (int i = 0; i < n; i++) {
    char *full = arena_alloc(a, STORE_PATH_BYTES + 1, 1);
    paths[i] = full ? realpath(cli_repeat(c, "script", i), full) : NULL;
    if (!paths[i])
      return ERR(e, E_FILE_OPEN, .file = cli_repeat(c, "script", i), .subject = cli_repeat(c, "script", i), .found = strerrordesc_np(errno));
  }
  spec->scripts = paths;
  return E_OK;
}
static enum err_code limit(struct cli *c, const char *option, int64_t least, int64_t most, int64_t *out, struct err *e) {
  char range[48];
  *out = cli_int(c, option);
  snprintf(range, sizeof range, "%lld..%lld", (long long)least, (long long)most);
  return *out >= least && *out <= most ? E_OK : ERR(e, E_USAGE_VALUE, .subject = option, .expected = range, .found = cli_text(c, option));
}
static enum err_code specify(struct cli *c, struct store_job_spec *spec, struct err *e) {
  int64_t minutes, megabytes;
  static const char *const wanted[] = {"dataset", "period", "columns"};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
    if (!cli_text(c, wanted[i])) return ERR(e, E_USAGE_REQUIRED, .subject = wanted[i]);
  if (cli_operand_count(c) == 0) return ERR(e, E_USAGE_REQUIRED, .subject = "PROGRAM");
  *spec = (struct store_job_spec){.purpose = cli_text(c, "purpose"), .grant = cli_text(c, "grant"), .may_fork = cli_flag(c, "processes")};
  TRY(limit(c, "minutes", 1, 24 * 60, &minutes, e));
  TRY(limit(c, "memory", 16, 1 << 20, &megabytes, e));
  spec->limits = (struct sandbox_limits){.wall_seconds = (uint32_t)minutes * 60, .cpu_seconds = (uint32_t)minutes * 60 * 4,
                                         .memory_bytes = (uint64_t)megabytes << 20, .scratch_bytes = (uint64_t)megabytes << 20};
  TRY(dataset(c, &spec->key, e));
  TRY(columns(c, spec, e));
  TRY(scripts(c, spec, e));
  return program(c, spec, e);
}

static void print_json(struct cli *c, const struct store_job_result *r) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "rows", r->rows);
  json_put_int(&j, "status", r->end.status);
  json_put_int(&j, "wall_ms", r->end.wall_ms);
  json_put_int(&j, "cpu_ms", r->end.cpu_ms);
  json_put_int(&j, "peak_kib", r->end.peak_kib);
  json_put_int(&j, "landlock", r->end.landlock);
  json_put(&j, "messages", r->messages);
  json_key(&j, "outputs");
  json_array(&j);
  for (int i = 0; i < r->n_outputs; i++) {
    json_object(&j);
    json_put(&j, "name", r->outputs[i].name);
    json_put(&j, "id", r->outputs[i].id);
    json_put_int(&j, "bytes", r->outputs[i].bytes);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}
static void print_text(struct cli *c, const struct store_job_result *r) {
  FILE *to = cli_out(c);
  fprintf(to, cli_say(c, "rows read: %lld; exit status %d; %lld ms, %lld MiB at most\n", "読んだ行：%lld、終了状態 %d、%lld ミリ秒、最大 %lld MiB\n"),
      (long long)r->rows, r->end.status, (long long)r->end.wall_ms, (long long)(r->end.peak_kib / 1024));
  for (int i = 0; i < r->n_outputs; i++) fprintf(to, "%s  %lld  %s\n", r->outputs[i].id, (long long)r->outputs[i].bytes, r->outputs[i].name);
  if (r->messages[0]) fprintf(to, cli_say(c, "messages: %s\n", "メッセージ：%s\n"), r->messages);
}

/* The entered grant says what for, and which one. */
static enum err_code complete(struct store *s, struct store_job_spec *spec, struct err *e) {
  const struct grant *g = grant_entered(s);
  if (g) spec->grant = g->id;
  if (g && !spec->purpose) spec->purpose = grant_basis_text(g->basis);
  if (!spec->purpose && store_has_officers(s)) spec->purpose = "";
  return spec->purpose ? E_OK : ERR(e, E_USAGE_REQUIRED, .subject = "purpose");
}
static enum err_code run_job(struct cli *c, struct store *s, struct store_job_spec *spec, struct store_job_result *result, struct err *e) {
  host_check(cli_job(c), "/proc");
  TRY(complete(s, spec, e));
  TRY(store_job_run(s, spec, result, e));
  if (cli_json(c)) print_json(c, result);
  else print_text(c, result);
  char status[16];
  snprintf(status, sizeof status, "%d", result->end.status);
  return result->end.status == 0 ? E_OK : ERR(e, E_JOB_FAILED, .subject = cli_operand(c, 0), .found = status);
}

/* Only what a program told about itself; its outputs leave through the release door. */
static enum err_code kind_of(struct store *s, const char *id, bool *messages, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), "SELECT kind FROM blob WHERE id = ?1", &q, e));
  db_bind_cstr(q, 1, id);
  TRY(db_step(q, &row, e));
  *messages = row && str_eq(db_text(q, 0), STR("job-messages"));
  db_reset(q);
  return E_OK;
}
static enum err_code show_messages(struct cli *c, struct store *s, const char *id, struct err *e) {
  char object[128];
  struct strbuf text;
  int64_t access;
  bool messages = false;
  snprintf(object, sizeof object, "blob:%.64s", id);
  struct log_entry entry = {.action = "data-read", .object = object, .purpose = "job-messages", .detail = ""};
  TRY(kind_of(s, id, &messages, e));
  if (!messages) return ERR(e, E_STORE_NO_BLOB, .subject = id, .expected = "the messages of a job");
  TRY(store_log_intent(s, &entry, &access, e));
  strbuf_init(&text, 0);
  enum err_code code = store_blob_get(s, id, access, 0, &text, e);
  struct err second;
  size_t n = text.n < MESSAGES_SHOWN ? text.n : MESSAGES_SHOWN;
  if (!code) sha256_of(strbuf_cstr(&text), n, entry.output_hash); /* what is about to be seen in clear */
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, &second);
  for (size_t i = 0; !code && !logged && i < n; i++) /* a terminal obeys some bytes */
    fputc((unsigned char)text.p[i] < 32 && text.p[i] != '\n' && text.p[i] != '\t' ? '?' : text.p[i], cli_out(c));
  strbuf_wipe_release(&text);
  if (!code && logged && e) *e = second;
  return code ? code : logged;
}

/* --- what jobs have left --- */

static void put_product(struct json_out *j, const struct store_product *p) {
  json_object(j);
  json_put(j, "id", p->id);
  json_put(j, "kind", p->kind);
  json_put(j, "label", store_product_label(p->label));
  json_put(j, "dataset", p->dataset);
  json_put(j, "grant", p->grant);
  json_put(j, "basis", p->basis);
  json_put(j, "person", p->person);
  json_put_int(j, "rows", p->rows);
  json_put_int(j, "bytes", p->bytes);
  json_put_int(j, "until", p->until);
  json_end_object(j);
}
static void say_product(struct cli *c, const struct store_product *p) {
  char until[24] = "-";
  if (p->until) time_format_utc(p->until, until);
  fprintf(cli_out(c), "%.16s  %s  %s  %s  %s  %lld  %s\n", p->id, p->kind, store_product_label(p->label), p->dataset, p->grant[0] ? p->grant : "-",
      (long long)p->rows, until);
}
static enum err_code list_products(struct cli *c, struct store *s, struct err *e) {
  struct store_product p;
  struct strbuf b;
  struct json_out j;
  bool found = false;
  uint64_t at = 0;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  enum err_code code;
  while (!(code = store_product_next(s, at, &p, &at, &found, e)) && found)
    if (cli_json(c)) put_product(&j, &p);
    else say_product(c, &p);
  json_end_array(&j);
  if (!code && cli_json(c)) store_cmd_print_json(c, &b);
  else strbuf_release(&b);
  return code;
}
static int run_list(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  enum err_code code = store_cmd_any(c, &s, &e);
  if (!code) code = list_products(c, s, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct store_job_spec spec;
  const char *shown = cli_text(c, "show");
  struct store_job_result *result = ARENA_NEW(cli_job(c)->arena, struct store_job_result);
  if (cli_flag(c, "list")) return run_list(c);
  enum err_code code = !result ? ERR(&e, E_NO_MEMORY, .subject = "job") : shown ? E_OK : specify(c, &spec, &e);
  if (!code) code = rights_cmd_open(c, &s, &e);
  if (!code) code = rights_cmd_enter_named(c, s, cli_text(c, "grant"), &e);
  if (!code) code = shown ? show_messages(c, s, shown, &e) : run_job(c, s, &spec, result, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_job = {
    .noun = "store",
    .verb = "job",
    .summary_en = "run a program on columns of a dataset, apart from everything else",
    .summary_ja = "データセットの列に対して、隔離した環境でプログラムを実行する",
    .detail_en =
        "The columns are written to in/data.csv and in/status.csv in memory (SHIRABE_JOB_IN), never to a disk. PROGRAM runs in a folder of its own, "
        "without "
        "network, other files, other processes of this machine or the keys; it may read the system's programs and libraries. Every file it leaves "
        "and "
        "what it prints is sealed into the store under the strictest part of the columns; ids are listed, contents leave only through a release. "
        "--show prints what it told on its error output. Limits end it: minutes, memory, 256 MiB a file, 256 files. The purpose, the columns, the "
        "hash of "
        "the program and the grant stand in the log. In a store with officers a job needs a grant (--grant or SHIRABE_GRANT) and the key of its "
        "person: another dataset, a column it does not name, another purpose, machine, person or time, or a limit that is reached ends the job "
        "before "
        "anything is opened; rows outside its filter are not given. Outputs are intermediate products: they carry the strictest part of what was "
        "read, count as tables of the grant and are opened under this grant only (--list names them). The store stays open meanwhile.",
    .detail_ja = "列をメモリー上の in/data.csv と in/status.csv "
                 "に書き（SHIRABE_JOB_IN）、ディスクには書きません。プログラムは専用フォルダーで動き、ネットワーク、他のファイル、"
                 "他のプロセス、鍵には触れられません。残したファイルと出力は、読んだ列のうち最も厳しい区分で保管庫に封印され、ID "
                 "だけが表示されます。内容は公表の手続きでのみ外に出ます。"
                 "--show はエラー出力を表示します。時間、メモリー、1ファイル 256 MiB、256 "
                 "ファイルの上限を超えると停止します。目的、列、プログラムのハッシュ、許可番号はログに残ります。"
                 "担当者のいる保管庫では利用許可（--grant または SHIRABE_GRANT）と本人の鍵が必要で、許可と異なるデータセット・列・目的・機器・人・期間、"
                 "上限到達のときは何も開かずに終わります。行の条件に合わない行は渡しません。出力は中間生成物として、読んだ列の最も厳しい区分を引き継ぎ、"
                 "許可の統計表の数に数え、同じ許可の下でのみ開けます（--list で一覧）。実行中は保管庫を開いたままにします。",
    .options = (const struct option_record[]){STORE_OPTION_PASSPHRASE,
        {.name = "dataset", .kind = OPT_TEXT, .value_name = "SURVEY/FORM", .help_en = "dataset to read", .help_ja = "読むデータセット"},
        {.name = "period", .kind = OPT_PERIOD, .value_name = "PERIOD", .help_en = "its period", .help_ja = "期間"},
        {.name = "stage",
            .kind = OPT_TEXT,
            .value_name = "STAGE",
            .default_text = "received",
            .help_en = "received, edited, imputed ...",
            .help_ja = "段階（received、edited、imputed など）"},
        {.name = "columns",
            .kind = OPT_TEXT,
            .value_name = "A,B",
            .help_en = "the columns, and no others",
            .help_ja = "渡す列（これ以外は渡しません）"},
        {.name = "purpose",
            .kind = OPT_TEXT,
            .value_name = "CODE",
            .help_en = "legal basis, as 32-i or 33-2; default: that of the grant",
            .help_ja = "法的根拠（32-i、33-2 など）。利用許可があればその根拠"},
        {.name = "grant",
            .kind = OPT_TEXT,
            .value_name = "ID",
            .default_text = "",
            .help_en = "the grant to work under (else SHIRABE_GRANT)",
            .help_ja = "利用許可（なければ SHIRABE_GRANT）"},
        RIGHTS_OPTION_OFFICER,
        {.name = "script",
            .kind = OPT_REPEAT,
            .value_name = "FILE",
            .help_en = "a file the program may read besides; its hash stands in the log",
            .help_ja = "プログラムが読んでよいファイル（スクリプト）。ハッシュがログに残ります"},
        {.name = "minutes",
            .kind = OPT_INT,
            .value_name = "N",
            .default_text = "60",
            .help_en = "ended after so long",
            .help_ja = "実行時間の上限（分）"},
        {.name = "memory",
            .kind = OPT_INT,
            .value_name = "MIB",
            .default_text = "2048",
            .help_en = "its memory, and its files in all",
            .help_ja = "メモリーとファイル合計の上限（MiB）"},
        {.name = "processes", .kind = OPT_FLAG, .help_en = "it may start other programs", .help_ja = "他のプログラムの起動を許す"},
        {.name = "show", .kind = OPT_TEXT, .value_name = "ID", .help_en = "print the messages of a job", .help_ja = "ジョブのメッセージを表示"},
        {.name = "list", .kind = OPT_FLAG, .help_en = "list what jobs have left, with its label", .help_ja = "中間生成物と区分の一覧"},
        {.name = NULL}},
    .operands =
        (const struct operand_record[]){
            {.name = "PROGRAM", .repeated = true, .help_en = "after --: a program and its arguments", .help_ja = "-- の後に：プログラムと引数"},
            {.name = NULL}},
    .examples = (const struct example[]){{"shirabe store job --dataset vital/birth --period 2025-12 --columns birth_weight,sex --purpose 32-i -- awk "
                                          "-F, 'END {print NR - 1}' ../in/data.csv",
                                             "how many rows has it?", "行数を数える"},
        {"shirabe store job --dataset vital/birth --period 2025-12 --columns birth_weight --purpose 32-i --minutes 10 --memory 4096 --script "
         "/srv/model.R --processes -- "
         "Rscript /srv/model.R",
            "a model, ten minutes and 4 GiB at most", "モデルを 10 分・4 GiB 以内で実行"},
        {"shirabe store job --list", "what jobs have left in the store", "保管庫に残る中間生成物"},
        {.command = NULL}},
    .run = run,
};
