/* output_release.c -- the door: votes, embargo, register, then row and leaf, then files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/output/output_impl.h"

/* --- notes: e-Stat asks that a publication says whose figures they are --- */

static const char head[] =
    "# 注記 / Notes\n\n"
    "本資料の数値は、統計法に基づいて提供を受けた調査票情報を申出者が独自に集計・加工したものであり、府省が作成・公表している統計等とは異なります。\n\n"
    "The figures in these files are the user's own tabulation of questionnaire information provided under the Statistics Act; they differ from the "
    "statistics that the ministries make and publish.\n\n";

enum err_code output_notes(const struct output *o, bool demonstration, struct strbuf *out, struct err *e) {
  char name[OUTPUT_NAME_BYTES], sha256[65], blob[65], sets[65], when[24];
  time_format_utc(o->changed_at, when);
  strbuf_adds(out, head);
  strbuf_addf(out, "- 出力 / output: %s (%lld)\n- 利用許可 / grant: %s\n- 対象 / data: %s\n- 確認基準 / limits: %s\n- 公表 / released: %s\n\n", o->id,
      (long long)o->revision, o->grant, o->dataset, o->profile, when);
  if (demonstration) strbuf_adds(out, "実演用の保管庫から：公表不可。 / From a demonstration store: not for publication.\n\n");
  for (int i = 0; output_file_at(o, i, name, sha256, blob, sets); i++) strbuf_addf(out, "    %s  %s\n", sha256, name);
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = o->id) : E_OK;
}

/* --- once more against what was released since --- */

enum err_code output_compare(struct store *s, const struct output *o, const struct output_rules *rules, const struct act_by *reader,
    struct strbuf *report, enum output_verdict *again, struct err *e) {
  struct arena *a = arena_new(0);
  struct output_file files[OUTPUT_FILES_MAX];
  struct output_known *known;
  int n = 0;
  int64_t n_known = 0;
  enum err_code code = a ? output_register(s, a, o->dataset, o->id, &known, &n_known, e) : ERR(e, E_NO_MEMORY, .subject = o->id);
  if (!code) code = output_read_files(s, a, o, reader, true, files, &n, e);
  if (!code) code = rules->judge(rules->context, s, a, o->profile, true, files, n, known, n_known, report, again, e);
  arena_free(a);
  return code;
}

/* --- files --- */

static enum err_code write_new(const char *path, const void *p, size_t n, struct err *e) {
  uint8_t *there = NULL;
  size_t n_there = 0;
  struct err none;
  if (!file_read(path, OUTPUT_FILE_MAX, &there, &n_there, &none)) {
    const bool same = n_there == n && memcmp(there, p, n) == 0; /* a release that was cut off is said again */
    free(there);
    return same ? E_OK : ERR(e, E_OUTPUT_FOLDER, .file = path, .subject = path);
  }
  return atomic_write(path, p, n, ATOMIC_NEW_ONLY, 0644, e);
}
static enum err_code write_files(
    const struct output *o, bool demonstration, const char *out_folder, const struct output_file *files, int n, struct err *e) {
  char folder[4096], path[4096 + OUTPUT_NAME_BYTES + 2];
  struct strbuf notes;
  if (snprintf(folder, sizeof folder, "%s/output-%s", out_folder, o->id) >= (int)sizeof folder) return ERR(e, E_OUTPUT_FOLDER, .subject = out_folder);
  TRY(make_directories(folder, 0755, e));
  atomic_sweep(folder);
  for (int i = 0; i < n; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
    TRY(write_new(path, files[i].bytes.p, files[i].bytes.n, e));
  }
  strbuf_init(&notes, 0);
  snprintf(path, sizeof path, "%s/NOTES.md", folder);
  enum err_code code = output_notes(o, demonstration, &notes, e);
  if (!code) code = write_new(path, notes.p, notes.n, e);
  strbuf_release(&notes);
  return code;
}

/* --- release --- */

static enum err_code allowed(struct store *s, const char *id, const struct act_by *by, struct output *o, struct err *e) {
  struct output_votes votes;
  struct officer author, leader;
  TRY(output_who(s, by, e));
  TRY(output_find(s, id, o, e));
  if (output_next(output_state_of(o), OUTPUT_DO_RELEASE) == OUTPUT_NONE)
    return ERR(e, E_OUTPUT_STATE, .subject = id, .expected = "release", .found = o->state);
  TRY(role_require(s, by->officer, OUTPUT_LEADERS, "output-release", id, e));
  TRY(officer_find(s, o->author, &author, e));
  TRY(officer_find(s, by->officer, &leader, e));
  if (officer_same_person(&author, &leader)) return ERR(e, E_OUTPUT_CHECKER, .subject = by->officer, .found = id, .expected = "not the author");
  TRY(output_votes(s, o, &votes, e));
  return votes.complete && votes.n_against == 0 ? E_OK : ERR(e, E_OUTPUT_CHANGED, .subject = id, .found = "no two votes for these files");
}
/* Another table went out meanwhile and the two tell of a few units: back to its author, votes gone. */
static enum err_code block(struct store *s, struct output *o, const struct act_by *by, struct err *e) {
  TRY(output_step(s, o, OUTPUT_DO_BLOCK, e));
  snprintf(o->verdict, sizeof o->verdict, "fail");
  TRY(store_begin(s, e));
  enum err_code code = output_put_signed(s, o, OUTPUT_DO_BLOCK, by, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}
static enum err_code record_release(struct store *s, struct output *o, const struct act_by *by, struct err *e) {
  TRY(output_step(s, o, OUTPUT_DO_RELEASE, e));
  TRY(store_begin(s, e));
  enum err_code code = output_put_signed(s, o, OUTPUT_DO_RELEASE, by, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}
static enum err_code release(struct store *s, struct arena *a, const char *id, const char *out_folder, const struct output_rules *rules,
    const struct act_by *by, struct output *o, bool *blocked, struct err *e) {
  struct output_file files[OUTPUT_FILES_MAX];
  struct strbuf report;
  enum output_verdict again = OUTPUT_VERDICT_FAIL;
  int n = 0;
  TRY(allowed(s, id, by, o, e));
  TRY(output_read_files(s, a, o, by, false, files, &n, e));
  if (output_state_of(o) == OUTPUT_APPROVED) {
    strbuf_init(&report, 0);
    enum err_code code = output_compare(s, o, rules, by, &report, &again, e);
    strbuf_release(&report);
    TRY(code);
    *blocked = again == OUTPUT_VERDICT_FAIL;
    if (*blocked) return block(s, o, by, e);
    TRY(record_release(s, o, by, e));
  }
  return write_files(o, store_office(s)->light, out_folder, files, n, e);
}
enum err_code output_release(struct store *s, const char *id, const char *out_folder, const struct output_rules *rules, const struct act_by *by,
    struct output *out, struct err *e) {
  struct arena *a = arena_new(0);
  bool blocked = false;
  struct output first;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = id);
  if (!s->locked && !output_find(s, id, &first, e) && embargo_release_datasets(s, first.dataset, e)) {
    arena_free(a);
    return e->code; /* its leaf stands */
  }
  enum err_code code = release(s, a, id, out_folder, rules, by, out, &blocked, e);
  arena_free(a);
  if (code) return output_refuse(s, OUTPUT_DO_RELEASE, id, e);
  return blocked ? ERR(e, E_OUTPUT_BLOCKED, .subject = id) : E_OK;
}
