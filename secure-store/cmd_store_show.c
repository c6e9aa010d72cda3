/* shirabe store show [--dataset NAME | --pack NAME | --segment ID] */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/term.h"
#include "secure-store/cmd_store_open.h"
#include "secure-store/pack.h"
#include "secure-store/store_impl.h"

enum { COLUMNS_MAX = 12 };

/* A listing: a statement, and a heading per column. Everything shown is metadata; answers are never opened here. */
struct listing {
  const char *name_en, *name_ja, *sql;
  const char *keys[COLUMNS_MAX];
  const char *heads_en[COLUMNS_MAX], *heads_ja[COLUMNS_MAX];
  const char *numbers; /* one letter per column: n number, t text, h bytes as hex */
};
static const struct listing datasets = {
    "datasets", "データセット",
    "SELECT d.name, (SELECT count(*) FROM shard h WHERE h.dataset_id = d.id), (SELECT coalesce(sum(n_rows), 0) FROM shard h WHERE h.dataset_id = "
    "d.id), d.n_segments, (SELECT coalesce(sum(bytes), 0) FROM segment g WHERE g.dataset_id = d.id), d.root FROM dataset d WHERE ?1 = '' OR d.name "
    "= ?1 ORDER BY d.name",
    {"dataset", "shards", "rows", "segments", "bytes", "root"},
    {"dataset", "shards", "rows", "segments", "bytes", "root"},
    {"データセット", "シャード", "行", "区画", "バイト", "根"}, "tnnnnh"};
static const struct listing packs = {
    "packs", "パック", "SELECT name, n_segments, bytes, write_sequence, index_sha256 FROM pack WHERE ?1 = '' OR name = ?1 ORDER BY id",
    {"pack", "segments", "bytes", "write_sequence", "index_sha256"},
    {"pack", "segments", "bytes", "write", "index hash"},
    {"パック", "区画", "バイト", "書込番号", "索引のハッシュ"}, "tnnnh"};
static const struct listing shards = {
    "shards", "シャード",
    "SELECT h.id, h.sender, h.batch_sequence, h.n_rows, (SELECT count(*) FROM segment g WHERE g.shard_id = h.id), h.batch, h.form_hash FROM shard "
    "h JOIN dataset d ON d.id = h.dataset_id WHERE d.name = ?1 ORDER BY h.sender, h.batch_sequence, h.id",
    {"shard", "sender", "sequence", "rows", "segments", "batch", "form_hash"},
    {"shard", "sender", "sequence", "rows", "segments", "batch", "form"},
    {"シャード", "送信元", "番号", "行", "区画", "バッチ", "調査票"}, "ntnnntt"};
static const struct listing blobs = {
    "files", "ファイル",
    "SELECT b.kind, count(*), sum(b.bytes), sum(b.chunks) FROM blob b WHERE ?1 = '' OR 'blob/' || b.kind = ?1 GROUP BY b.kind ORDER BY b.kind",
    {"kind", "files", "bytes", "chunks"}, {"kind", "files", "bytes", "chunks"}, {"種類", "件数", "バイト", "区画"}, "tnnn"};
static const struct listing segments_of_pack = {
    "segments", "区画",
    "SELECT g.id, d.name, g.place_table, g.column_name, g.seg_no, g.row_first, g.rows, g.raw, g.bytes FROM segment g JOIN pack p ON p.id = "
    "g.pack_id JOIN dataset d ON d.id = g.dataset_id WHERE p.name = ?1 ORDER BY g.at",
    {"segment", "dataset", "place", "column", "seg_no", "row_first", "rows", "raw_bytes", "sealed_bytes"},
    {"segment", "dataset", "place", "column", "no", "from row", "rows", "raw", "sealed"},
    {"区画", "データセット", "場所", "列", "番号", "先頭行", "行数", "平文長", "封緘長"}, "ntttnnnnn"};

static int listing_columns(const struct listing *l) { return (int)strlen(l->numbers); }

static void cell_text(const struct db_statement *q, int k, char kind, char *out, size_t size) {
  struct str text = db_text(q, k);
  if (kind == 'n') snprintf(out, size, "%lld", (long long)db_int(q, k));
  else if (kind == 't') snprintf(out, size, "%.*s", (int)(text.n < 250 ? text.n : 250), text.p);
  else {
    struct str b = db_blob(q, k);
    out[0] = 0;
    if (2 * b.n < size) hex_encode((const uint8_t *)b.p, b.n, out);
  }
}

static void json_row(struct json_out *j, const struct listing *l, const struct db_statement *q) {
  char text[256];
  json_object(j);
  for (int k = 0; k < listing_columns(l); k++) {
    cell_text(q, k, l->numbers[k], text, sizeof text);
    if (l->numbers[k] == 'n') json_put_int(j, l->keys[k], db_int(q, k));
    else json_put(j, l->keys[k], text);
  }
  json_end_object(j);
}

static enum err_code list_json(struct store *s, const struct listing *l, const char *key, struct json_out *j, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  TRY(db_prepare(store_db(s), l->sql, &q, e));
  if (strstr(l->sql, "?1")) db_bind_cstr(q, 1, key);
  json_key(j, l->name_en);
  json_array(j);
  while (!(code = db_step(q, &row, e)) && row) json_row(j, l, q);
  json_end_array(j);
  return code;
}

static void text_row(struct text_table *t, const struct listing *l, const struct db_statement *q) {
  char text[256];
  for (int k = 0; k < listing_columns(l); k++) {
    cell_text(q, k, l->numbers[k], text, sizeof text);
    if (l->numbers[k] == 'h') text[16] = 0; /* enough to compare by eye; --json has it whole */
    text_table_cell(t, text);
  }
}

static enum err_code list_text(struct cli *c, struct store *s, const struct listing *l, const char *key, struct err *e) {
  struct db_statement *q;
  bool row;
  enum err_code code;
  int64_t n = 0;
  TRY(db_prepare(store_db(s), l->sql, &q, e));
  if (strstr(l->sql, "?1")) db_bind_cstr(q, 1, key);
  struct text_table *t = text_table_new(listing_columns(l));
  for (int k = 0; k < listing_columns(l); k++) {
    text_table_cell(t, cli_say(c, l->heads_en[k], l->heads_ja[k]));
    if (l->numbers[k] == 'n') text_table_right(t, k);
  }
  for (; !(code = db_step(q, &row, e)) && row; n++) text_row(t, l, q);
  fprintf(cli_out(c), "%s: %lld\n", cli_say(c, l->name_en, l->name_ja), (long long)n);
  if (!code && n) text_table_print(t, cli_out(c), true);
  text_table_free(t);
  return code;
}

/* --- one segment: what the row says and what stands in its sealed header --- */

static enum err_code find_segment(struct store *s, int64_t id, struct store_segment *g, struct err *e) {
  struct db_statement *q;
  bool row;
  char text[32];
  TRY(db_prepare(store_db(s), "SELECT " STORE_SEGMENT_COLUMNS STORE_SEGMENT_FROM "WHERE g.id = ?1", &q, e));
  db_bind_int(q, 1, id);
  TRY(db_step(q, &row, e));
  if (row) store_segment_row(q, g);
  db_reset(q);
  snprintf(text, sizeof text, "segment:%lld", (long long)id);
  return row ? E_OK : ERR(e, E_STORE_NO_SHARD, .subject = text);
}

struct field {
  const char *key;
  char text[256];
  bool number;
};
enum { N_FIELDS = 20 };

static void set(struct field *f, int *n, const char *key, const char *text) {
  f[*n] = (struct field){.key = key};
  snprintf(f[(*n)++].text, sizeof f->text, "%s", text);
}
static void set_number(struct field *f, int *n, const char *key, uint64_t v) {
  f[*n] = (struct field){.key = key, .number = true};
  snprintf(f[(*n)++].text, sizeof f->text, "%llu", (unsigned long long)v);
}
static void set_hex(struct field *f, int *n, const char *key, const void *p, size_t size) {
  f[*n] = (struct field){.key = key};
  hex_encode(p, size, f[(*n)++].text);
}

static int segment_fields(const struct store_segment *g, const struct strbuf *sealed, struct field f[N_FIELDS]) {
  static const char *const part_names[] = {"ID", "LINK", "ANSWER", "PARADATA"};
  const char *magic = memcmp(sealed->p, "SSG1", 4) == 0 ? "SSG1" : "not SSG1";
  int n = 0;
  set_number(f, &n, "segment", (uint64_t)g->id);
  set(f, &n, "dataset", g->names[0]);
  set(f, &n, "place", g->names[1]);
  set(f, &n, "column", g->names[2]);
  set(f, &n, "part", part_names[g->place.part & 3]);
  set(f, &n, "codec", g->place.codec == SEGMENT_COLUMN ? "column" : "bytes");
  set_number(f, &n, "seg_no", g->place.seg_no);
  set_number(f, &n, "row_first", g->place.row_first);
  set_number(f, &n, "rows", g->place.rows);
  set_number(f, &n, "raw_bytes", g->place.raw_n);
  set_number(f, &n, "write_sequence", g->place.write_sequence);
  set_hex(f, &n, "schema_hash", g->place.schema_hash, 32);
  set(f, &n, "batch", g->batch);
  set(f, &n, "pack", g->pack);
  set_number(f, &n, "offset", g->at);
  set_number(f, &n, "sealed_bytes", g->bytes);
  set_hex(f, &n, "sha256", g->sha256, 32);
  set(f, &n, "magic", magic);
  set_hex(f, &n, "salt", sealed->p + 4, 24);
  set_hex(f, &n, "commit", sealed->p + 28, 32);
  return n;
}

static void print_fields(struct cli *c, const struct field *f, int n) {
  struct strbuf b;
  struct json_out j;
  if (!cli_json(c)) {
    for (int i = 0; i < n; i++) fprintf(cli_out(c), "%-15s %s\n", f[i].key, f[i].text);
    return;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  for (int i = 0; i < n; i++) {
    int64_t v = 0;
    if (f[i].number && str_int64(str_of(f[i].text), &v)) json_put_int(&j, f[i].key, v);
    else json_put(&j, f[i].key, f[i].text);
  }
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}

static enum err_code show_segment(struct cli *c, struct store *s, struct err *e) {
  struct store_segment g;
  struct strbuf sealed;
  struct field fields[N_FIELDS];
  char path[STORE_PATH_BYTES];
  TRY(find_segment(s, cli_int(c, "segment"), &g, e));
  store_pack_path(s, g.pack, path);
  strbuf_init(&sealed, 0);
  enum err_code code = pack_read_range(path, g.at, g.bytes, &sealed, e);
  if (!code && sealed.n < 76) code = ERR(e, E_PACK, .subject = g.pack);
  if (!code) print_fields(c, fields, segment_fields(&g, &sealed, fields));
  strbuf_release(&sealed);
  return code;
}

static enum err_code show(struct cli *c, struct store *s, struct err *e) {
  const char *dataset = cli_text(c, "dataset"), *pack = cli_text(c, "pack");
  const struct listing *whole[] = {&datasets, &blobs, &packs}, *one_dataset[] = {&datasets, &shards}, *one_pack[] = {&packs, &segments_of_pack};
  const struct listing **lists = pack ? one_pack : dataset ? one_dataset : whole;
  const char *key = pack ? pack : dataset ? dataset : "";
  int n = pack || dataset ? 2 : 3;
  struct strbuf b;
  struct json_out j;
  enum err_code code = E_OK;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  for (int i = 0; !code && i < n; i++) {
    code = cli_json(c) ? list_json(s, lists[i], key, &j, e) : list_text(c, s, lists[i], key, e);
    if (!cli_json(c) && i + 1 < n) fputc('\n', cli_out(c));
  }
  json_end_object(&j);
  if (!code && cli_json(c)) store_cmd_print_json(c, &b);
  else strbuf_release(&b);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  enum err_code code = store_cmd_locked(c, &s, &e);
  if (!code) code = cli_text(c, "segment") ? show_segment(c, s, &e) : show(c, s, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_show = {
  .noun = "store",
  .verb = "show",
  .summary_en = "what the store holds: datasets, shards, packs, segments",
  .summary_ja = "保管庫の中身：データセット、シャード、パック、区画",
  .detail_en = "Shows metadata only and needs no passphrase; answers are never opened. --segment shows the place, lengths and hash of one sealed "
               "segment and the fields of its header.",
  .detail_ja = "示すのは管理情報だけで、パスフレーズは不要です。回答は開きません。--segment は一つの区画の場所、長さ、ハッシュ、見出しの値を示します。",
  .options = (const struct option_record[]){
    {.name = "dataset", .kind = OPT_TEXT, .value_name = "NAME", .help_en = "shards of one dataset, for instance vital/birth/2025-12/received",
     .help_ja = "一つのデータセットのシャード（例 vital/birth/2025-12/received）"},
    {.name = "pack", .kind = OPT_TEXT, .value_name = "NAME", .help_en = "segments of one pack", .help_ja = "一つのパックの区画"},
    {.name = "segment", .kind = OPT_INT, .value_name = "ID", .help_en = "header fields of one segment", .help_ja = "一つの区画の見出し"},
    {.name = NULL}},
  .operands = (const struct operand_record[]){{.name = NULL}},
  .examples = (const struct example[]){{"shirabe store show", "everything, in three lists", "全体を三つの一覧で"},
                                       {"shirabe store show --dataset vital/birth/2025-12/received", "its shards, by sender", "送信元ごとのシャード"},
      {.command = NULL}},
  .run = run,
};
