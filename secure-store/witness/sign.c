/* sign.c -- the decision of a witness: is this checkpoint the continuation of the last one? */
#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "secure-store/witness/witness.h"

enum { LOG_ROOM = PATH_ROOM - 100 };
struct seen { /* one log: its key and the newest cosigned checkpoint */
  char folder[LOG_ROOM];
  struct vkey key;
  struct buffer file;
  struct note note;
  struct checkpoint c;
};

static void log_folder(const struct witness *w, struct text origin, char out[LOG_ROOM]) {
  uint8_t digest[HASH];
  char name[33];
  crypto_hash_sha256(digest, (const uint8_t *)origin.p, origin.n);
  to_hex(digest, 16, name);
  snprintf(out, LOG_ROOM, "%s/logs/%s", w->folder, name);
}
static bool read_vkey(struct run *r, const char *path, struct vkey *out) {
  struct buffer b;
  if (!read_file(r, path, 4096, &b)) return false;
  struct text t = view(b.p, b.n), line = cut(&t, '\n');
  bool ok = t.n == 0 && vkey_parse(line, out) && out->type == KEY_ED25519;
  free(b.p);
  return ok || refused(r, "'%s' is not the verifier key of a log", "「%s」はログの検証鍵ではありません", path);
}
static void forget(struct seen *s) {
  note_free(&s->note);
  free(s->file.p);
  s->file.p = NULL;
}
/* Our own cosignature must still be on it: the state was not edited by somebody else. */
static bool read_seen(struct witness *w, struct seen *s) {
  char path[PATH_ROOM];
  snprintf(path, sizeof path, "%s/vkey", s->folder);
  if (!read_vkey(w->r, path, &s->key)) return false;
  snprintf(path, sizeof path, "%s/checkpoint", s->folder);
  if (!read_file(w->r, path, NOTE_MAX, &s->file)) return false;
  bool ok = note_parse(view(s->file.p, s->file.n), &s->note) && note_check(&s->note, &s->key) == SIGNATURE_GOOD &&
            note_check(&s->note, &w->key) == SIGNATURE_GOOD && head_parse(s->note.text, &s->c);
  return ok || refused(w->r, "'%s' was altered: this state cannot be used", "「%s」が改変されています：この状態は使えません", path);
}

/* --- cosigning --- */
static bool cosign(struct witness *w, struct text note, struct text text, uint64_t now, char **out, size_t *out_n) {
  uint8_t blob[4 + 8 + 64];
  char head[64], base[128];
  int head_n = snprintf(head, sizeof head, "cosignature/v1\ntime %llu\n", (unsigned long long)now);
  char *message = malloc((size_t)head_n + text.n);
  *out = malloc(note.n + sizeof w->key.name + sizeof base + 16);
  if (!message || !*out) {
    free(message);
    return refused(w->r, "out of memory", "メモリー不足");
  }
  memcpy(message, head, (size_t)head_n);
  memcpy(message + head_n, text.p, text.n);
  memcpy(blob, w->key.id, 4);
  for (int i = 0; i < 8; i++) blob[4 + i] = (uint8_t)(now >> (56 - 8 * i));
  crypto_sign_detached(blob + 12, NULL, (const uint8_t *)message, (size_t)head_n + text.n, w->secret);
  free(message);
  encode_base64(blob, sizeof blob, base);
  memcpy(*out, note.p, note.n);
  *out_n = note.n + (size_t)snprintf(*out + note.n, sizeof w->key.name + sizeof base + 16, "\xe2\x80\x94 %s %s\n", w->key.name, base);
  return true;
}
static uint64_t last_time(const struct witness *w, const struct seen *s) {
  uint64_t last = 0;
  for (int i = 0; i < s->note.n; i++) {
    const struct signature *g = &s->note.signature[i];
    uint64_t t = 0;
    if (!same(g->name, w->key.name) || memcmp(g->id, w->key.id, 4) != 0) continue;
    for (int k = 0; k < 8; k++) t = t << 8 | g->bytes[k];
    if (t > last) last = t;
  }
  return last;
}
/* Durable first, then on standard output. */
static int keep_and_hand_out(struct witness *w, const char *folder, struct text note, struct text text, uint64_t not_before) {
  char path[PATH_ROOM], *signed_note = NULL;
  size_t n = 0;
  time_t now = time(NULL);
  if (now < 0 || (uint64_t)now < not_before) {
    complain(w->r, "the clock stands before the last cosignature", "時計が前回の連署より前を指しています");
    return WITNESS_OTHER_SIZE;
  }
  snprintf(path, sizeof path, "%s/checkpoint", folder);
  bool ok = cosign(w, note, text, (uint64_t)now, &signed_note, &n) && write_durable(w->r, path, signed_note, n, 0600, true);
  if (ok) ok = fwrite(signed_note, 1, n, w->r->out) == n && fflush(w->r->out) == 0;
  free(signed_note);
  return ok ? WITNESS_OK : WITNESS_CANNOT_WRITE;
}

/* --- evidence --- */
static int alarm_with(struct witness *w, const struct seen *s, struct text given, const char *en, const char *ja) {
  char path[PATH_ROOM], reason[512];
  int number = 1;
  do snprintf(path, sizeof path, "%s/evidence-%d", s->folder, number++);
  while (access(path, F_OK) == 0);
  bool kept = write_durable(w->r, path, given.p, given.n, 0600, false);
  int n = snprintf(reason, sizeof reason, "%s\n%.300s\n", en, strrchr(path, '/') + 1);
  snprintf(path, sizeof path, "%s/alarm", s->folder);
  kept = write_durable(w->r, path, reason, (size_t)n, 0600, true) && kept;
  complain(w->r, "ALARM: %s", "警報: %s", w->r->japanese ? ja : en);
  return kept ? WITNESS_ALARM : WITNESS_CANNOT_WRITE;
}

/* --- requests --- */
bool request_parse(struct text t, struct request *out) {
  struct text line;
  memset(out, 0, sizeof *out);
  if (!has_line(t, &line, &t) || !begins(line, "old ") || !decimal(view(line.p + 4, line.n - 4), &out->old_size)) return false;
  for (;;) {
    if (t.n == 0) break; /* a proof without a checkpoint */
    if (!has_line(t, &line, &t)) return false;
    if (line.n == 0) break;
    if (out->proof.n == PROOF_MAX || base64(line, out->proof.hash[out->proof.n], HASH) != HASH) return false;
    out->proof.n++;
  }
  out->checkpoint = t;
  return true;
}
static int decide(struct witness *w, struct seen *s, const struct request *q, bool with_proof, struct text given, const struct note *n,
    const struct checkpoint *c) {
  if (c->size < s->c.size)
    return alarm_with(w, s, given, "a smaller log after a larger one: it was rolled back", "大きいログの後に小さいログ：巻き戻されています");
  if (s->c.size == 0)
    return alarm_with(w, s, given, "nothing can be proved from size 0", "大きさ 0 からは何も証明できません");
  if (c->size == s->c.size && memcmp(c->root, s->c.root, HASH) != 0)
    return alarm_with(w, s, given, "another root at the same size: the log has forked", "同じ大きさで根が異なる：ログが分岐しています");
  if (with_proof && q->old_size == 0)
    return alarm_with(w, s, given, "a proof from size 0 was offered for a log that is known", "既知のログに大きさ 0 からの証明が示されました");
  if (c->size > s->c.size && (!with_proof || q->old_size != s->c.size)) {
    complain(w->r, "a proof from size %llu is needed", "大きさ %llu からの証明が必要です", (unsigned long long)s->c.size);
    return WITNESS_OTHER_SIZE;
  }
  if (c->size > s->c.size && !consistency_holds(s->c.size, c->size, &q->proof, s->c.root, c->root))
    return alarm_with(w, s, given, "the proof does not hold: history was rewritten", "証明が成立しません：履歴が書き換えられています");
  /* Same tree: the note kept may hold other cosignatures; the newest time counts. */
  return keep_and_hand_out(w, s->folder, q->checkpoint, n->text, last_time(w, s));
}
static int sign_text(struct witness *w, struct request *q, bool with_proof, struct text given) {
  struct note n;
  struct checkpoint c;
  struct seen s;
  memset(&s, 0, sizeof s);
  int status = WITNESS_BAD_INPUT;
  if (!note_parse(q->checkpoint, &n) || !head_parse(n.text, &c)) {
    complain(w->r, "this is not a checkpoint", "チェックポイントではありません");
    note_free(&n);
    return status;
  }
  log_folder(w, c.origin, s.folder);
  if (access(s.folder, F_OK) != 0)
    complain(w->r, "log '%.*s' is unknown here: add-log first", "ログ「%.*s」は未登録です：先に add-log", (int)c.origin.n, c.origin.p);
  else if (!read_seen(w, &s)) status = WITNESS_ALARM;
  else if (!same(c.origin, s.key.name) || note_check(&n, &s.key) != SIGNATURE_GOOD)
    complain(w->r, "the log's signature does not verify", "ログの署名を検証できません");
  else status = decide(w, &s, q, with_proof, given, &n, &c);
  forget(&s);
  note_free(&n);
  return status;
}
int witness_sign(struct witness *w, const char *checkpoint, const char *proof) {
  struct buffer file = {NULL, 0}, proof_file = {NULL, 0};
  struct request q;
  if (!read_file(w->r, checkpoint, NOTE_MAX, &file) || (proof && !read_file(w->r, proof, NOTE_MAX, &proof_file))) {
    free(file.p);
    return EXIT_MISSING;
  }
  struct text all = view(file.p, file.n);
  bool request = !proof && begins(all, "old "), ok = true;
  memset(&q, 0, sizeof q);
  if (request) ok = request_parse(all, &q);
  else if (proof) ok = request_parse(view(proof_file.p, proof_file.n), &q) && q.checkpoint.n == 0;
  if (!request) q.checkpoint = all;
  int status = WITNESS_BAD_INPUT;
  if (!ok) complain(w->r, "the proof is malformed", "証明の形式が不正です");
  else status = sign_text(w, &q, request || proof, all);
  free(proof_file.p);
  free(file.p);
  return status;
}

/* --- logs --- */
int witness_add_log(struct witness *w, const char *vkey_file, const char *first) {
  struct vkey k;
  struct buffer file = {NULL, 0};
  struct note n = {.memory = NULL};
  struct checkpoint c;
  char folder[LOG_ROOM], path[PATH_ROOM], text[513], root[2 * HASH + 1];
  int status = WITNESS_BAD_INPUT;
  if (!read_vkey(w->r, vkey_file, &k) || !read_file(w->r, first, NOTE_MAX, &file)) return w->r->missing ? EXIT_MISSING : status;
  log_folder(w, view(k.name, strlen(k.name)), folder);
  bool ok = note_parse(view(file.p, file.n), &n) && head_parse(n.text, &c) && same(c.origin, k.name) && note_check(&n, &k) == SIGNATURE_GOOD;
  if (!ok) complain(w->r, "the first checkpoint is not one by this log", "最初のチェックポイントがこのログのものではありません");
  else if (c.size == 0) complain(w->r, "the first checkpoint is empty: nothing can be proved from size 0", "最初のチェックポイントが空です：大きさ 0 からは何も証明できません");
  else if (access(folder, F_OK) == 0) complain(w->r, "this log is known already", "このログは登録済みです");
  else if (make_folder(w->r, folder)) {
    vkey_text(&k, text);
    size_t text_n = strlen(text);
    text[text_n++] = '\n';
    snprintf(path, sizeof path, "%s/vkey", folder);
    to_hex(c.root, HASH, root);
    status = WITNESS_CANNOT_WRITE;
    if (write_durable(w->r, path, text, text_n, 0600, false)) status = keep_and_hand_out(w, folder, view(file.p, file.n), n.text, 0);
    if (status == WITNESS_OK)
      fprintf(w->r->err, w->r->japanese ? "印刷と照合してください: 葉 %llu 件、根 %s\n" : "compare with the printed one: %llu leaves, root %s\n",
          (unsigned long long)c.size, root);
  } else status = WITNESS_CANNOT_WRITE;
  note_free(&n);
  free(file.p);
  return status;
}
static int one_status(struct witness *w, const char *name) {
  struct seen s;
  struct buffer why;
  char path[PATH_ROOM], when[32] = "";
  struct tm tm;
  memset(&s, 0, sizeof s);
  snprintf(s.folder, sizeof s.folder, "%s/logs/%.64s", w->folder, name);
  if (!read_seen(w, &s)) return forget(&s), WITNESS_ALARM;
  time_t t = (time_t)last_time(w, &s);
  if (gmtime_r(&t, &tm)) strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
  say(w->r, "%s: %llu leaves, cosigned %s", "%s: 葉 %llu 件、連署 %s", s.key.name, (unsigned long long)s.c.size, when);
  forget(&s);
  snprintf(path, sizeof path, "%s/alarm", s.folder);
  if (access(path, F_OK) != 0) return WITNESS_OK;
  if (read_file(w->r, path, 1024, &why)) {
    complain(w->r, "ALARM stands: %s", "警報あり: %s", (const char *)why.p);
    free(why.p);
  }
  return WITNESS_ALARM;
}
int witness_status(struct witness *w) {
  char path[PATH_ROOM], vkey[512];
  int status = WITNESS_OK;
  snprintf(path, sizeof path, "%s/logs", w->folder);
  DIR *d = opendir(path);
  if (!d) return complain(w->r, "cannot read '%s'", "「%s」を読めません", path), EXIT_MISSING;
  vkey_text(&w->key, vkey);
  say(w->r, "witness %s", "立会人 %s", vkey);
  for (struct dirent *e; (e = readdir(d));)
    if (e->d_name[0] != '.' && one_status(w, e->d_name) != WITNESS_OK) status = WITNESS_ALARM;
  closedir(d);
  return status;
}
int witness_clear(struct witness *w, const char *origin) {
  char folder[LOG_ROOM], path[PATH_ROOM];
  log_folder(w, view(origin, strlen(origin)), folder);
  snprintf(path, sizeof path, "%s/alarm", folder);
  if (unlink(path) == 0) return WITNESS_OK;
  complain(w->r, "there is no alarm of '%s'", "「%s」の警報はありません", origin);
  return EXIT_MISSING;
}
