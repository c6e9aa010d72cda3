/* shirabe batch show [FILE]: what was sent and received, or the manifest of one file. shirabe batch verify FILE: every check without taking anything in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/term.h"
#include "collector/batch.h"
#include "collector/batch_apply.h"
#include "collector/batch_chain.h"
#include "collector/batch_print.h"
#include "collector/batch_volume.h"
#include "collector/cmd_open.h"
#include "forms/form.h"
#include "secure-store/minisign.h"

enum { LIST_COLUMNS = 8 };
#define PROXY "CASE WHEN EXISTS(SELECT 1 FROM batch_proxy p WHERE p.id = b.id) THEN 'proxy' ELSE '' END"
static const char *way_text(struct cli *c, const char *way) {
  static const char *const ways[][2] = {{"sent", "送付"}, {"received", "受領"}, {"held", "保留"}, {"set aside", "取り置き"}, {"proxy", "代行"}};
  for (size_t i = 0; cli_lang(c) == LANG_JA && i < sizeof ways / sizeof *ways; i++)
    if (!strcmp(way, ways[i][0])) return ways[i][1];
  return way;
}
static void row_of(struct cli *c, struct text_table *t, struct db_statement *q) {
  for (int i = 0; i < LIST_COLUMNS; i++) {
    char text[128];
    if (i == 3) snprintf(text, sizeof text, "%lld", (long long)db_int(q, i));
    else snprintf(text, sizeof text, "%.*s", (int)db_text(q, i).n, db_text(q, i).p);
    if (i == LIST_COLUMNS - 1) text[16] = 0;
    text_table_cell(t, i == 0 || i == 6 ? way_text(c, text) : i == 5 ? batch_kind_text(text, cli_lang(c)) : text);
  }
}

static enum err_code list_batches(struct cli *c, struct store *s, struct err *e) {
  struct db_statement *q;
  bool row;
  struct text_table *t = text_table_new(LIST_COLUMNS);
  static const char *const heads[][2] = {{"way", "方向"},    {"survey", "調査"}, {"period", "期間"}, {"number", "番号"},
                                         {"office", "機関"}, {"kind", "種別"},   {"proxy", "代行"},  {"id", "識別"}};
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "table");
  for (int i = 0; i < LIST_COLUMNS; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  text_table_right(t, 3);
  enum err_code code =
      db_prepare(store_db(s),
                 "SELECT 'sent', survey, period, sequence, '', kind, " PROXY
                 ", id FROM batch_sent b UNION ALL SELECT 'received', survey, period, sequence, sender, kind, " PROXY ", id FROM batch b"
                 " UNION ALL SELECT 'held', survey, period, sequence, sender, '', '', id FROM batch_held UNION ALL SELECT 'set aside', survey, "
                 "period, sequence, '', kind, '', id FROM batch_void"
                 " ORDER BY 1, 2, 3, 5, 4",
                 &q, e);
  while (!code && !(code = db_step(q, &row, e)) && row) row_of(c, t, q);
  if (!code) text_table_print(t, cli_out(c), true);
  text_table_free(t);
  return code;
}

static void print_manifest(struct cli *c, const struct batch_manifest *m, const char *id) {
  FILE *o = cli_out(c);
  if (cli_flag(c, "html")) {
    batch_print_html(o, m, id, cli_lang(c));
    return;
  }
  if (cli_flag(c, "print")) {
    batch_print_text(o, m, id, cli_lang(c));
    return;
  }
  fprintf(o, "id         ");
  for (int i = 0; i < 64; i += 4) fprintf(o, "%s%.4s", i ? " " : "", id + i);
  fprintf(o,
          cli_say(c, "\n%s  %s\nfrom %s (%s)\nto   %s\nnumber %lld  kind %s  made %s  by %s\n",
                  "\n%s  %s\n送付元 %s（%s）\n宛先   %s\n番号 %lld　種別 %s　作成 %s　%s\n"),
          m->survey, m->period, m->sender, m->sender_name, m->recipient, (long long)m->sequence,
          batch_kind_text(batch_kind_name(m->kind), cli_lang(c)), m->created, m->program);
  if (m->proxy[0]) fprintf(o, cli_say(c, "proxy entry: %s\n", "代行入力: %s\n"), m->proxy);
  for (int64_t i = 0; i < m->n_counts; i++)
    fprintf(o,
            cli_say(c, "  %-16s declared %lld = accepted %lld + rejected %lld + queried %lld + withdrawn %lld\n",
                    "  %-16s 送付票 %lld ＝ 受理 %lld ＋ 却下 %lld ＋ 照会中 %lld ＋ 取下げ %lld\n"),
            m->counts[i].form, (long long)m->counts[i].declared,
            (long long)m->counts[i].accepted, (long long)m->counts[i].rejected, (long long)m->counts[i].queried, (long long)m->counts[i].withdrawn);
  for (int64_t i = 0; i < m->n_members; i++) fprintf(o, cli_say(c, "  %9lld bytes  %.16s  %s\n", "  %9lld バイト  %.16s  %s\n"), (long long)m->members[i].bytes, m->members[i].sha256, m->members[i].name);
}

/* A part says which batch it belongs to; its content can be opened only with the others. */
static enum err_code print_volume(struct cli *c, const char *file, struct str bytes, struct err *e) {
  struct batch_volume v;
  char groups[2][48];
  TRY(batch_volume_parse(file, bytes, &v, e));
  for (int i = 0; i < 2; i++) batch_id_groups(v.batch, 32 * i, 8, groups[i]);
  fprintf(cli_out(c), "id         %s %s\n", groups[0], groups[1]);
  fprintf(cli_out(c),
          cli_say(c, "part %lld of %lld of %s: %lld of %lld bytes, hash holds\n", "第%lld部（全%lld部） %s: %lld / %lld バイト、ハッシュ一致\n"),
          (long long)v.part, (long long)v.parts, v.file, (long long)v.payload.n, (long long)v.bytes);
  return E_OK;
}

static enum err_code show_stored(struct cli *c, struct store *s, const char *prefix, struct err *e) {
  char id[BATCH_ID_HEX], object[80];
  struct batch_manifest *m = NULL;
  int64_t access;
  snprintf(object, sizeof object, "batch:%.64s", prefix);
  const struct log_entry entry = {
      .action = "data-read", .object = object, .detail = cli_flag(c, "print") || cli_flag(c, "html") ? "transmittal slip printed" : ""};
  struct err ignored = {.code = E_OK};
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = batch_stored_manifest(s, cli_job(c)->arena, prefix, access, id, &m, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &ignored : e);
  if (!code) code = logged;
  if (!code) print_manifest(c, m, id);
  return code;
}

static enum err_code check_signatures(struct store *s, struct arena *a, const struct batch_content *b, const char *file, struct err *e) {
  struct office *peer = ARENA_NEW(a, struct office);
  if (!peer) return ERR(e, E_NO_MEMORY, .subject = "peer");
  if (store_peer(s, b->manifest->sender, peer, NULL)) return ERR(e, E_BATCH_SENDER, .file = file, .subject = b->manifest->sender);
  if (minisign_verify(peer->minisign_public, b->manifest_json.p, b->manifest_json.n, b->signature.p, b->signature.n, NULL, e))
    return ERR_WRAP(e, E_BATCH_SIGNATURE, .file = file, .subject = b->manifest->sender);
  const struct office *here = store_office(s);
  if (strcmp(b->manifest->recipient, here->id) || strcmp(b->manifest->recipient_key, here->age_recipient))
    return ERR(e, E_BATCH_NOT_FOR_US, .file = file, .expected = b->manifest->recipient);
  struct batch_manifest **lower;
  return batch_verify_lower(s, a, b, &lower, e);
}

static size_t limit_of(const struct cli *c) { return cli_flag(c, "large") ? BATCH_MAX_FILE : BATCH_USUAL_FILE; }

static enum err_code open_content(struct cli *c, struct store *s, const char *name, struct str bytes, bool verify, struct err *e) {
  struct batch_content b;
  TRY(batch_unpack(s, cli_job(c)->arena, name, bytes, limit_of(c), &b, e));
  enum err_code code = E_OK;
  if (verify) code = check_signatures(s, cli_job(c)->arena, &b, name, e);
  else print_manifest(c, b.manifest, b.id);
  if (!code && verify)
    fprintf(cli_out(c), cli_say(c, "%s: signatures and %lld members hold\n", "%s: 署名と %lld 個の内容を確認しました\n"), name, (long long)b.n_files);
  batch_content_release(&b);
  return code;
}

static enum err_code open_carrier(struct cli *c, struct store *s, const char *name, struct str bytes, bool verify, struct err *e) {
  char inside[VOLUME_NAME];
  struct str content = bytes;
  if (batch_is_zip(bytes)) TRY(batch_zip_read(name, bytes, inside, &content, e));
  return batch_is_volume(content) ? print_volume(c, name, content, e) : open_content(c, s, name, content, verify, e);
}

static enum err_code open_file(struct cli *c, struct store *s, const char *path, bool verify, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  bool is_id = strlen(path) >= 8 && strspn(path, "0123456789abcdef") == strlen(path);
  if (is_id && !verify && access(path, F_OK)) return show_stored(c, s, path, e);
  TRY(batch_file_read(path, limit_of(c), &p, &n, e));
  enum err_code code = open_carrier(c, s, name, str_view((const char *)p, n), verify, e);
  free(p);
  return code;
}

static int run_on(struct cli *c, bool verify) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  enum err_code code = cli_operand_count(c) ? cmd_open_store(c, &s, &e) : cmd_open_locked(c, &s, &e);
  if (!code) code = cli_operand_count(c) ? open_file(c, s, cli_operand(c, 0), verify, &e) : list_batches(c, s, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}
static int run_show(struct cli *c) { return run_on(c, false); }
static int run_verify(struct cli *c) { return run_on(c, true); }

static const struct option_record show_options[] = {
    {.name = "print", .kind = OPT_FLAG, .help_en = "one page for telephone and fax (transmittal slip)", .help_ja = "電話・ファックス用の一枚（送付書）"},
    {.name = "html", .kind = OPT_FLAG, .help_en = "the same page as HTML, to print from a browser", .help_ja = "同じ一枚を HTML で（ブラウザーから印刷）"},
    OPTION_LARGE,
    OPTION_PASSPHRASE,
    OPTIONS_END};
static const struct option_record options[] = {OPTION_LARGE, OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {
    {.name = "FILE",
     .help_en = "batch file, part or zip, or the first digits of the id of a batch sent or received; none: list",
     .help_ja = "バッチ、分割部または zip のファイル、あるいは送受したバッチの識別の先頭。なければ一覧"},
    OPERANDS_END};
static const struct operand_record verify_operands[] = {{.name = "FILE", .help_en = "batch file", .help_ja = "バッチのファイル", .required = true}, OPERANDS_END};
static const struct example show_examples[] = {
    {"shirabe batch show", "what this office has sent and received", "この機関が送受したバッチの一覧"},
    {"shirabe batch show usb/vital-2025-12-municipality-011002-000001.tar.zst.age", "the manifest of a file addressed to this office",
     "宛先がこの機関のファイルの送付明細"},
    {"shirabe batch show 3fa901bc77de --print", "the transmittal slip that goes with a medium", "媒体に添える送付書"},
    EXAMPLES_END};
static const struct example verify_examples[] = {{"shirabe batch verify usb/vital-2025-12-municipality-011002-000001.tar.zst.age", "check a medium before it is taken in", "取り込む前に媒体を検査する"},
                                                 {"shirabe batch receive --from usb --receipts usb", "then take it in", "その後に取り込む"},
                                                 EXAMPLES_END};
const struct command cmd_batch_show = {.noun = "batch", .verb = "show", .summary_en = "list batches, or show a file's manifest", .summary_ja = "バッチの一覧、またはファイルの送付明細",
                                       .options = show_options, .operands = operands, .examples = show_examples, .run = run_show};
const struct command cmd_batch_verify = {.noun = "batch", .verb = "verify", .summary_en = "check a batch file without taking it in", .summary_ja = "取り込まずにバッチを検査する",
                                         .options = options, .operands = verify_operands, .examples = verify_examples, .run = run_verify};
