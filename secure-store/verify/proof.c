/* proof.c -- tlog-proof texts (c2sp.org/tlog-proof) and the commands about checkpoints and proofs. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/verify/verify.h"

bool log_proof_parse(struct text t, struct log_proof *out) {
  struct text line;
  uint8_t extra[65536];
  memset(out, 0, sizeof *out);
  if (!has_line(t, &line, &t) || !same(line, "c2sp.org/tlog-proof@v1") || !has_line(t, &line, &t)) return false;
  if (begins(line, "extra ") && (base64(view(line.p + 6, line.n - 6), extra, sizeof extra) == SIZE_MAX || !has_line(t, &line, &t))) return false;
  if (!begins(line, "index ") || !decimal(view(line.p + 6, line.n - 6), &out->index)) return false;
  for (;;) {
    if (!has_line(t, &line, &t)) return false;
    if (line.n == 0) break;
    if (out->path.n == PROOF_MAX || base64(line, out->path.hash[out->path.n], HASH) != HASH) return false;
    out->path.n++;
  }
  out->checkpoint = t;
  return t.n > 0;
}
bool check_checkpoint(struct run *r, const struct options *o) {
  struct policy *p = NULL;
  struct buffer file = {NULL, 0};
  struct note n = {.memory = NULL};
  struct checkpoint c;
  char root[2 * HASH + 1];
  bool ok = policy_read(r, o->policy, &p) && read_file(r, o->operand[0], NOTE_MAX, &file) &&
            checkpoint_check(r, p, o->operand[0], view(file.p, file.n), &n, &c);
  if (ok) {
    to_hex(c.root, HASH, root);
    say(r, "checkpoint %.*s: %llu leaves, root %s", "チェックポイント %.*s: 葉 %llu 件、根 %s", (int)c.origin.n, c.origin.p, (unsigned long long)c.size, root);
  }
  note_free(&n);
  free(file.p);
  policy_free(p);
  return ok;
}
struct two {
  struct buffer file[3];
  struct note note[3];
  struct checkpoint c[3];
};
/* OLD, NEW, and the checkpoint of the tiles: all of one log, none larger than what the tiles hold. */
static bool three_checkpoints(struct run *r, const struct options *o, const struct policy *p, struct two *t) {
  char path[4096];
  snprintf(path, sizeof path, "%s/checkpoint", o->operand[2]);
  bool was_unsigned = r->unsigned_; /* what the tiles give is held against the two, so their own signature does not matter */
  const char *name[3] = {o->operand[0], o->operand[1], path};
  for (int i = 0; i < 3; i++)
    if (!read_file(r, name[i], NOTE_MAX, &t->file[i]) ||
        !checkpoint_check(r, i < 2 ? p : NULL, name[i], view(t->file[i].p, t->file[i].n), &t->note[i], &t->c[i])) return false;
  r->unsigned_ = was_unsigned || !p;
  for (int i = 0; i < 2; i++) {
    if (!same_text(t->c[i].origin, t->c[2].origin))
      return refused(r, "'%s' is of another log than the tiles", "「%s」はタイルと別のログのものです", name[i]);
    if (t->c[i].size > t->c[2].size)
      return refused(r, "'%s' is newer than the tiles: they were rolled back, or are an old copy", "「%s」はタイルより新しい：巻き戻しまたは古い写しです", name[i]);
  }
  if (t->c[0].size > t->c[1].size) return refused(r, "the first checkpoint is larger than the second", "一つ目のチェックポイントが二つ目より大きい");
  return t->c[0].size > 0 || refused(r, "from size 0 nothing can be proved", "大きさ 0 からは何も証明できません");
}
bool check_consistency(struct run *r, const struct options *o) {
  struct policy *p = NULL;
  struct two t;
  struct proof proof;
  memset(&t, 0, sizeof t);
  bool ok = policy_read(r, o->policy, &p) && three_checkpoints(r, o, p, &t) &&
            tiles_consistency(r, o->operand[2], t.c[2].size, t.c[0].size, t.c[1].size, &proof);
  if (ok && !consistency_holds(t.c[0].size, t.c[1].size, &proof, t.c[0].root, t.c[1].root))
    ok = refused(r, "the second checkpoint does not continue the first: history was rewritten or the log forked",
        "二つ目のチェックポイントは一つ目の続きではありません：履歴の書換えまたは分岐");
  if (ok) say(r, "consistent: %llu leaves, then %llu", "一貫しています: 葉 %llu 件、その後 %llu 件", (unsigned long long)t.c[0].size,
        (unsigned long long)t.c[1].size);
  for (int i = 0; i < 3; i++) {
    note_free(&t.note[i]);
    free(t.file[i].p);
  }
  policy_free(p);
  return ok;
}
bool check_inclusion(struct run *r, const struct options *o) {
  struct policy *p = NULL;
  struct buffer file = {NULL, 0}, leaf = {NULL, 0};
  struct note n = {.memory = NULL};
  struct checkpoint c;
  struct log_proof proof;
  uint8_t h[HASH];
  bool ok = policy_read(r, o->policy, &p) && read_file(r, o->operand[0], NOTE_MAX, &file) && read_file(r, o->operand[1], ENTRY_MAX, &leaf);
  if (ok && !log_proof_parse(view(file.p, file.n), &proof)) ok = refused(r, "'%s' is not a tlog-proof", "「%s」は tlog-proof ではありません", o->operand[0]);
  ok = ok && checkpoint_check(r, p, o->operand[0], proof.checkpoint, &n, &c);
  if (ok) leaf_hash(leaf.p, leaf.n, h);
  if (ok && !inclusion_holds(h, proof.index, c.size, &proof.path, c.root))
    ok = refused(r, "the leaf does not stand at index %llu of this log", "この葉はログの %llu 番にありません", (unsigned long long)proof.index);
  if (ok) say(r, "included: leaf %llu of %llu, %d hashes", "含まれています: %llu 番（全 %llu 件）、ハッシュ %d 個", (unsigned long long)proof.index,
        (unsigned long long)c.size, proof.path.n);
  note_free(&n);
  free(leaf.p);
  free(file.p);
  policy_free(p);
  return ok;
}
