/* ledger.c -- a register (ledger_book.md) against the log: every row is a leaf, all columns come from it, nothing of the scope is left out. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "secure-store/verify/verify.h"

enum { COLUMN_LEAF, COLUMN_TIME, COLUMN_ACTION, COLUMN_RESULT, COLUMN_OBJECT, COLUMN_GRANT, COLUMN_BASIS, COLUMN_ROWS, COLUMN_ROLE, COLUMN_ACTOR,
  COLUMN_INTENT, COLUMN_OUTPUT, COLUMN_SALT, COLUMN_DETAIL, COLUMNS };
static const char *const columns[COLUMNS] = {"leaf", "time", "action", "result", "object", "grant", "basis", "rows", "role", "actor", "intent",
  "output", "salt", "detail"};
enum { NOTES_MAX = 64, FIELDS_MAX = COLUMNS + NOTES_MAX + 1, ROW_MAX = 1 << 20, BOOK_MAX = 1 << 30, LEAF_MAX = 1024 };

/* --- CSV of RFC 4180; fields are unquoted in place, in a copy of the row --- */
struct csv {
  struct text rest;
  uint64_t line, next_line; /* line: where the row that was read last begins */
  char *room;               /* ROW_MAX + 1 */
  struct text field[FIELDS_MAX];
  int n;
};
static bool csv_field(struct csv *c, char **to, bool *end) {
  struct text *t = &c->rest;
  char *start = *to;
  bool quoted = t->n && *t->p == '"';
  if (c->n == FIELDS_MAX) return false;
  if (quoted) t->p++, t->n--;
  for (;; t->p++, t->n--) {
    if (t->n == 0 || (size_t)(*to - c->room) >= ROW_MAX) return false; /* a line ends with LF */
    char ch = *t->p;
    if (quoted && ch == '"') {
      if (t->n < 2) return false;
      t->p++, t->n--;
      if (*t->p != '"') break;
    } else if (!quoted && (ch == ',' || ch == '\n' || ch == '"')) {
      break;
    }
    if (ch == '\n') c->next_line++;
    *(*to)++ = ch;
  }
  if (!quoted && *to > start && (*to)[-1] == '\r' && *t->p == '\n') --*to;
  if (quoted && *t->p == '\r' && t->n > 1 && t->p[1] == '\n') t->p++, t->n--;
  if (*t->p != ',' && *t->p != '\n') return false;
  *end = *t->p == '\n';
  t->p++, t->n--;
  c->field[c->n++] = view(start, (size_t)(*to - start));
  return true;
}
static bool csv_row(struct csv *c) {
  char *to = c->room;
  bool end = false;
  c->n = 0;
  c->line = ++c->next_line;
  while (!end)
    if (!csv_field(c, &to, &end)) return false;
  return true;
}

/* --- the book --- */
struct book {
  struct run *r;
  const char *path;
  struct csv csv;
  char *head; /* copies of the head's fields, which outlive their row */
  struct text origin, checkpoint, actions, objects;
  uint64_t first, end, rows, disclosed;
  bool from_file, row_there;
  int n_notes;
};
static bool wrong(struct book *b, const char *en, const char *ja) {
  return refused(b->r, "%s:%llu: %s", "%s:%llu: %s", b->path, (unsigned long long)b->csv.line, b->r->japanese ? ja : en);
}
static struct text keep(struct book *b, struct text t) {
  struct text kept = view(memcpy(b->head, t.p, t.n), t.n);
  b->head += t.n;
  return kept;
}
static bool head_row(struct book *b, const char *first, const char *other, int n) {
  if (!csv_row(&b->csv) || b->csv.n != n || !(same(b->csv.field[0], first) || (other && same(b->csv.field[0], other))))
    return wrong(b, "this line of the head is malformed", "見出しのこの行の形式が不正です");
  return true;
}
static bool head_columns(struct book *b) {
  bool ok = csv_row(&b->csv) && b->csv.n > COLUMNS;
  for (int i = 0; ok && i < COLUMNS; i++) ok = same(b->csv.field[i], columns[i]);
  for (int i = COLUMNS; ok && i < b->csv.n - 1; i++) ok = begins(b->csv.field[i], "note:");
  if (!ok || !same(b->csv.field[b->csv.n - 1], "leaf_base64")) return wrong(b, "the columns are not those of this format", "列がこの形式のものではありません");
  b->n_notes = b->csv.n - 1 - COLUMNS;
  return true;
}
static bool head(struct book *b) {
  if (b->csv.rest.n >= 3 && memcmp(b->csv.rest.p, "\xef\xbb\xbf", 3) == 0) b->csv.rest = view(b->csv.rest.p + 3, b->csv.rest.n - 3);
  if (!head_row(b, "shirabe-ledger-1", NULL, 2)) return false;
  b->origin = keep(b, b->csv.field[1]);
  if (!head_row(b, "checkpoint", "checkpoint-file", 2)) return false;
  b->from_file = b->csv.field[0].n > 10;
  b->checkpoint = keep(b, b->csv.field[1]);
  if (!head_row(b, "scope", NULL, 5)) return false;
  if (!decimal(b->csv.field[1], &b->first) || !decimal(b->csv.field[2], &b->end) || b->first > b->end)
    return wrong(b, "the scope is malformed", "範囲の形式が不正です");
  b->actions = keep(b, b->csv.field[3]);
  b->objects = keep(b, b->csv.field[4]);
  return head_row(b, "title", NULL, 2) && head_columns(b);
}

/* --- one row against its leaf --- */
static void time_text(uint64_t wall, char out[32]) {
  time_t t = (time_t)(wall + 9 * 3600);
  struct tm tm;
  out[0] = 0;
  if (wall < 1ull << 40 && gmtime_r(&t, &tm)) strftime(out, 32, "%Y-%m-%dT%H:%M:%S+09:00", &tm);
}
static void number_text(uint64_t v, char out[32]) { snprintf(out, 32, "%llu", (unsigned long long)v); }
static bool is_zero(const uint8_t h[HASH]) { return sodium_is_zero(h, HASH); }
static bool numbers_agree(const struct text *f, const struct leaf *l) {
  char seq[32], when[32], rows[32], actor[17], intent[32] = "", output[2 * HASH + 1] = "";
  number_text(l->seq, seq);
  time_text(l->wall, when);
  number_text(l->rows, rows);
  to_hex(l->actor, 8, actor);
  if (l->intent != UINT64_MAX) number_text(l->intent, intent);
  if (!is_zero(l->output)) to_hex(l->output, HASH, output);
  return same(f[COLUMN_LEAF], seq) && same(f[COLUMN_TIME], when) && same(f[COLUMN_ROWS], rows) && same(f[COLUMN_ACTOR], actor) &&
         same(f[COLUMN_INTENT], intent) && same(f[COLUMN_OUTPUT], output);
}
static bool words_agree(const struct text *f, const struct leaf *l) {
  const char *action = leaf_action(l->action);
  return action && same(f[COLUMN_ACTION], action) && same(f[COLUMN_RESULT], leaf_result(l->result)) && same(f[COLUMN_ROLE], leaf_role(l->role)) &&
         same_text(f[COLUMN_OBJECT], l->object) && same_text(f[COLUMN_GRANT], l->grant) && same_text(f[COLUMN_BASIS], l->basis);
}
static bool detail_agrees(const struct text *f, const struct leaf *l) {
  uint8_t salt[HASH], digest[HASH];
  crypto_hash_sha256_state h;
  if (f[COLUMN_SALT].n == 0) return f[COLUMN_DETAIL].n == 0;
  if (!hex(f[COLUMN_SALT], salt, HASH) || is_zero(l->detail)) return false;
  crypto_hash_sha256_init(&h);
  crypto_hash_sha256_update(&h, salt, HASH);
  crypto_hash_sha256_update(&h, (const uint8_t *)f[COLUMN_DETAIL].p, f[COLUMN_DETAIL].n);
  crypto_hash_sha256_final(&h, digest);
  return memcmp(digest, l->detail, HASH) == 0;
}
static bool row_agrees(struct book *b, const uint8_t *leaf, size_t n) {
  struct leaf l;
  const struct text *f = b->csv.field;
  uint8_t bytes[LEAF_MAX];
  if (base64(f[b->csv.n - 1], bytes, sizeof bytes) != n || memcmp(bytes, leaf, n) != 0)
    return wrong(b, "this is not the entry of that number in the log", "ログのその番号の記録と異なります");
  if (!leaf_parse(leaf, n, &l)) return wrong(b, "the entry is not a leaf", "記録が葉の形式ではありません");
  if (!numbers_agree(f, &l) || !words_agree(f, &l)) return wrong(b, "a column says something else than the leaf", "列の内容が葉と異なります");
  if (!detail_agrees(f, &l)) return wrong(b, "the detail is not what the leaf committed to", "詳細が葉の確約と一致しません");
  b->disclosed += f[COLUMN_SALT].n > 0;
  return true;
}

/* --- the walk along the log --- */
static bool contains(struct text t, struct text part) { return part.n > 0 && part.n <= t.n && memmem(t.p, t.n, part.p, part.n) != NULL; }
static bool in_scope(const struct book *b, uint64_t index, const struct leaf *l) {
  const char *action = leaf_action(l->action);
  struct text objects = b->objects;
  if (index < b->first || index >= b->end) return false;
  if (!same(b->actions, "*") && !(action && has_word(b->actions, "", view(action, strlen(action))))) return false;
  if (same(objects, "*")) return true;
  while (objects.n > 0)
    if (contains(l->object, cut(&objects, ' '))) return true;
  return false;
}
static bool next_row(struct book *b) {
  b->row_there = b->csv.rest.n > 0;
  if (!b->row_there) return true;
  if (!csv_row(&b->csv) || b->csv.n != COLUMNS + b->n_notes + 1) return wrong(b, "this row is malformed", "この行の形式が不正です");
  return true;
}
static bool each_leaf(void *context, uint64_t index, const uint8_t *p, size_t n) {
  struct book *b = context;
  struct leaf l;
  uint64_t number;
  if (!leaf_parse(p, n, &l) || l.seq != index) return refused(b->r, "entry %llu is not a leaf of that number", "%llu 番の記録がその番号の葉ではありません",
      (unsigned long long)index);
  if (!in_scope(b, index, &l)) return true;
  if (!b->row_there || !decimal(b->csv.field[COLUMN_LEAF], &number) || number != index)
    return refused(b->r, "%s: leaf %llu belongs to the scope and is left out", "%s: 範囲に属する葉 %llu が抜けています", b->path, (unsigned long long)index);
  b->rows++;
  return row_agrees(b, p, n) && next_row(b);
}
static bool book_checkpoint(struct book *b, const struct policy *policy, struct buffer *memory, struct note *n, struct checkpoint *c) {
  char path[4096];
  const char *slash = strrchr(b->path, '/');
  int folder = slash ? (int)(slash - b->path) + 1 : 0;
  if (b->from_file) {
    snprintf(path, sizeof path, "%.*s%.*s", folder, b->path, (int)b->checkpoint.n, b->checkpoint.p);
    if (!read_file(b->r, path, NOTE_MAX, memory)) return false;
  } else {
    memory->p = malloc(b->checkpoint.n + 1);
    memory->n = memory->p ? base64(b->checkpoint, memory->p, b->checkpoint.n) : SIZE_MAX;
    if (memory->n == SIZE_MAX) return refused(b->r, "%s: the checkpoint is not base64", "%s: チェックポイントが base64 ではありません", b->path);
  }
  if (!checkpoint_check(b->r, policy, b->path, view(memory->p, memory->n), n, c)) return false;
  if (!same_text(c->origin, b->origin)) return refused(b->r, "%s: the checkpoint is of another log", "%s: 別のログのチェックポイントです", b->path);
  return b->end <= c->size || refused(b->r, "%s: the scope goes beyond the checkpoint", "%s: 範囲がチェックポイントを超えています", b->path);
}
static bool tiles_checkpoint(struct run *r, const char *folder, struct buffer *memory, struct note *n, struct checkpoint *c) {
  char path[4096];
  snprintf(path, sizeof path, "%s/checkpoint", folder);
  return read_file(r, path, NOTE_MAX, memory) && checkpoint_check(r, NULL, path, view(memory->p, memory->n), n, c);
}
static bool against_log(struct book *b, const char *folder, const struct checkpoint *own, const struct checkpoint *tiles) {
  struct rebuild work = {.folder = folder, .size = tiles->size, .each = each_leaf, .context = b, .mark = own->size};
  if (own->size > tiles->size) return refused(b->r, "the tiles are older than the book", "タイルが管理簿より古いものです");
  if (!next_row(b) || !tiles_rebuild(b->r, &work)) return false;
  if (memcmp(work.root, tiles->root, HASH) != 0)
    return refused(b->r, "the root is not that of the tiles' checkpoint", "根がタイルのチェックポイントと異なります");
  if (memcmp(work.mark_root, own->root, HASH) != 0)
    return refused(b->r, "%s: the log is not the one of its checkpoint", "%s: チェックポイントのログではありません", b->path);
  return !b->row_there || wrong(b, "this row does not belong to the scope, is twice there, or is out of order", "この行は範囲外、重複、または順序違いです");
}
static bool book_init(struct book *b, struct run *r, const char *path, struct text t) {
  memset(b, 0, sizeof *b);
  b->r = r;
  b->path = path;
  b->csv.rest = t;
  b->csv.room = malloc(6 * (size_t)(ROW_MAX + 1));
  b->head = b->csv.room ? b->csv.room + ROW_MAX + 1 : NULL;
  return b->head != NULL || refused(r, "out of memory", "メモリー不足");
}
bool check_ledger(struct run *r, const struct options *o) {
  struct book b = {.csv = {.room = NULL}};
  struct policy *p = NULL;
  struct buffer file = {NULL, 0}, own_file = {NULL, 0}, tiles_file = {NULL, 0};
  struct note own_note = {.memory = NULL}, tiles_note = {.memory = NULL};
  struct checkpoint own, tiles;
  bool ok = policy_read(r, o->policy, &p) && read_file(r, o->operand[0], BOOK_MAX, &file) && book_init(&b, r, o->operand[0], view(file.p, file.n)) &&
            head(&b) && book_checkpoint(&b, p, &own_file, &own_note, &own);
  bool was_unsigned = r->unsigned_; /* the tiles' own checkpoint is held against the book's, so its signature does not matter */
  ok = ok && tiles_checkpoint(r, o->operand[1], &tiles_file, &tiles_note, &tiles) && against_log(&b, o->operand[1], &own, &tiles);
  r->unsigned_ = was_unsigned;
  if (ok) say(r, "register: %llu rows, all of leaves %llu to %llu in its scope; %llu details proved; %d columns of notes are not proved",
        "管理簿: %llu 行、葉 %llu～%llu（末尾を含まず）の範囲の全件；詳細 %llu 件を証明；備考 %d 列は証明されません", (unsigned long long)b.rows,
        (unsigned long long)b.first, (unsigned long long)b.end, (unsigned long long)b.disclosed, b.n_notes);
  note_free(&own_note);
  note_free(&tiles_note);
  free(own_file.p);
  free(tiles_file.p);
  free(b.csv.room);
  free(file.p);
  policy_free(p);
  return ok;
}
