/* shirabe sample check SAMPLE */
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/json_out.h"
#include "base/table.h"
#include "estimators/command/cmd_sample_core.h"
#include "estimators/selection/unit_random.h"

struct checked {
  struct sample_job job;
  struct sample sample;
  struct csv_table given, drawn;
  struct strbuf csv;
  char digest[SAMPLE_DIGEST_BYTES];
  int64_t n_extra, n_missing, n_changed;
};

/* The seed of the option, or of the selection report beside the sample. */
static enum err_code seed_of(struct cli *c, uint64_t *out, struct err *e) {
  const char *text = cli_text(c, "seed");
  char path[SAMPLE_PATH_BYTES];
  uint8_t *p = NULL;
  size_t n = 0;
  struct json_document *d = NULL;
  struct err other;
  if (!text) {
    TRY(sample_beside(cli_operand(c, 0), ".report.json", path, e));
    if (file_read(path, 256u << 20, &p, &n, &other) == E_OK && json_parse(path, (const char *)p, n, &d, &other) == E_OK)
      text = json_member_string(json_root(d), "seed", NULL);
  }
  if (text) *out = random_seed(str_of(text));
  json_release(d);
  free(p);
  return text ? E_OK : ERR(e, E_SAMPLE_SEED, .subject = cli_operand(c, 0));
}

static bool same_text(struct str a, struct str b) { return str_eq(a, b); }

/* Order of two rows by the plan's unit columns, both tables under their own column numbers. */
struct ids {
  const struct csv_table *t;
  int n, column[SAMPLING_STAGES];
};
static enum err_code ids_of(const struct sample_plan *plan, const struct csv_table *t, const char *place, struct ids *out, struct err *e) {
  const struct sample_frame f = {place, t};
  *out = (struct ids){.t = t, .n = plan->n_stages};
  for (int s = 0; s < plan->n_stages; s++) {
    out->column[s] = csv_table_column(t, plan->stage[s].unit);
    if (out->column[s] < 0) return ERR(e, E_FRAME_COLUMN, .file = f.place, .line = 1, .subject = plan->stage[s].unit);
  }
  return E_OK;
}
static struct str id_of(struct arena *a, const struct ids *k, int64_t row) {
  struct str id = csv_table_cell(k->t, row, k->column[0]);
  for (int s = 1; s < k->n; s++) {
    struct str next = csv_table_cell(k->t, row, k->column[s]);
    const char *p = arena_printf(a, "%.*s %.*s", (int)id.n, id.p, (int)next.n, next.p);
    id = str_of(p);
  }
  return id;
}

static const char *differing(const struct checked *k, int64_t given, int64_t drawn) {
  for (int64_t c = 0; c < k->drawn.n_columns; c++) {
    const int at = csv_table_column(&k->given, k->drawn.header[c].p);
    if (at < 0 || !same_text(csv_table_cell(&k->given, given, at), csv_table_cell(&k->drawn, drawn, (int)c))) return k->drawn.header[c].p;
  }
  return NULL;
}

static void say(struct cli *c, const char *en, const char *ja, int64_t line, struct str id) {
  if (!cli_json(c)) fprintf(cli_out(c), cli_say(c, en, ja), (long long)line, (int)id.n, id.p);
}

static enum err_code compare(struct cli *c, struct checked *k, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct ids given, drawn;
  TRY(ids_of(&k->job.plan, &k->given, cli_operand(c, 0), &given, e));
  TRY(ids_of(&k->job.plan, &k->drawn, k->job.frame.place, &drawn, e));
  struct dict *units = dict_new(a);
  uint8_t *met = ARENA_ARRAY(a, uint8_t, k->drawn.n_rows + 1);
  if (!units || !met) return ERR(e, E_NO_MEMORY, .subject = "sample");
  for (int64_t i = 0; i < k->drawn.n_rows; i++)
    if (dict_add(units, id_of(a, &drawn, i)) != i) return ERR(e, E_BUG, .subject = "sample check");
  for (int64_t i = 0; i < k->given.n_rows; i++) {
    const struct str id = id_of(a, &given, i);
    const int32_t at = dict_find(units, id);
    const char *column = at >= 0 ? differing(k, i, at) : NULL;
    if (at < 0 || met[at]) k->n_extra++, say(c, "line %lld: unit '%.*s' is not in the drawn sample\n", "%lld 行目: 単位「%.*s」は抽出された標本にありません\n",
        k->given.lines[i], id);
    else if (column) k->n_changed++, say(c, "line %lld: column '%.*s' is not as drawn\n", "%lld 行目: 列「%.*s」が抽出時と異なります\n", k->given.lines[i],
        str_of(column));
    if (at >= 0) met[at] = 1;
  }
  for (int64_t i = 0; i < k->drawn.n_rows; i++)
    if (!met[i]) k->n_missing++, say(c, "row %lld of the draw: unit '%.*s' is missing\n", "抽出の %lld 番目: 単位「%.*s」がありません\n", i + 1, id_of(a, &drawn,
        i));
  return E_OK;
}

static void print_json(struct cli *c, const struct checked *k, bool same) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_key(&j, "same"), json_bool(&j, same);
  json_put(&j, "frame_sha256", k->job.frame_digest), json_put(&j, "plan_sha256", k->job.plan_digest), json_put(&j, "sample_sha256", k->digest);
  json_put_int(&j, "rows", k->sample.n), json_put_int(&j, "extra", k->n_extra), json_put_int(&j, "missing", k->n_missing), json_put_int(&j,
      "changed", k->n_changed);
  json_end_object(&j);
  strbuf_addc(&b, '\n');
  fwrite(b.p, 1, b.n, cli_out(c));
  strbuf_release(&b);
}

static enum err_code work(struct cli *c, struct checked *k, struct err *e) {
  char drawn[SAMPLE_DIGEST_BYTES];
  uint64_t seed = 0;
  TRY(seed_of(c, &seed, e));
  TRY(sample_job_read(c, cli_text(c, "frame"), cli_text(c, "plan"), &k->job, e));
  TRY(sample_table_read(c, cli_operand(c, 0), &k->given, k->digest, e));
  TRY(sample_draw(cli_job(c), cli_job(c)->arena, &k->job.frame, &k->job.plan, seed, &k->sample, e));
  TRY(sample_csv(&k->job.frame, &k->job.plan, &k->sample, &k->csv, e));
  sample_digest(k->csv.p, k->csv.n, drawn);
  const bool same = !strcmp(drawn, k->digest);
  if (!same) {
    TRY(csv_table_parse(cli_job(c)->arena, k->job.frame.place, k->csv.p, k->csv.n, &k->drawn, e));
    TRY(compare(c, k, e));
  }
  if (cli_json(c)) print_json(c, k, same);
  else if (same)
    fprintf(cli_out(c), cli_say(c, "the sample is the one that plan, seed and frame give: %lld rows, SHA-256 %.16s...\n",
        "標本は計画・種・名簿から得られるものと一致します: %lld 行、SHA-256 %.16s...\n"), (long long)k->sample.n, k->digest);
  return same ? E_OK : ERR(e, E_SAMPLE_NOT_DRAWN, .subject = cli_operand(c, 0));
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct checked k = {.n_extra = 0};
  strbuf_init(&k.csv, 0);
  enum err_code code = work(c, &k, &e);
  strbuf_release(&k.csv);
  sample_job_release(&k.job);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_sample_check = {
    .noun = "sample",
    .verb = "check",
    .summary_en = "prove that a sample is the one that plan, seed and frame give",
    .summary_ja = "標本が計画・種・名簿から得られるものであることを確かめる",
    .detail_en =
        "Draws again and compares byte by byte. Where they differ, units that were put in by hand, units that are missing and cells that were changed"
        " are listed with their lines; exit status 1. The seed is that of the selection report beside the sample, or of --seed.",
    .detail_ja =
        "もう一度抽出してバイト単位で比べます。違いがあれば、差し込まれた単位・欠けた単位・変えられたセルを行とともに示し、終了値は 1 です。"
        "種は標本の横の抽出報告のもの、または --seed のものです。",
    .options = (const struct option_record[]){
        {.name = "frame", .kind = OPT_FILE, .value_name = "FILE",
            .help_en = "the frame it was drawn from, CSV", .help_ja = "抽出元の名簿（CSV）",
            .required = true},
        SAMPLE_OPTION_PLAN, SAMPLE_OPTION_SEED(false), {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "SAMPLE", .help_en = "the sample, CSV", .help_ja = "標本（CSV）", .required = true},
        {.name = NULL}},
    .examples = (const struct example[]){{"shirabe sample check sample.csv --frame register.csv --plan plan.json",
        "with the seed of sample.report.json",
                                             "種は sample.report.json から"},
        {"shirabe sample check sample.csv --frame register.csv --plan plan.json --seed 2026-census-draw", "with the seed as announced",
            "公表された種で確かめる"},
        {.command = NULL}},
    .run = run,
};
