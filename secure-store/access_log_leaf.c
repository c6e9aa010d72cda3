/* access_log_leaf.c -- actions, roles and the canonical bytes of a leaf (access_log.md). */
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "secure-store/access_log.h"
#include "secure-store/commit_aead.h"

/* Stored numbers: append at the end of a group, never renumber, never reuse. */
static const struct action {
  uint16_t number;
  const char *name;
} actions[] = {
    {1, "install"},
    {2, "policy-set"},
    {3, "role-grant"},
    {4, "role-revoke"},
    {10, "key-create"},
    {11, "key-share-issue"},
    {12, "key-unlock-try"},
    {13, "key-unlock"},
    {14, "key-seal"},
    {15, "key-rotate"},
    {16, "key-rewrap"},
    {17, "key-retire"},
    {30, "data-import"},
    {31, "data-segment-write"},
    {32, "data-correct"},
    {33, "data-read"},
    {34, "data-export-deny"},
    {40, "ledger-decide"},
    {41, "ledger-cutoff"},
    {50, "grant-request"},
    {51, "grant-vote"},
    {52, "grant-activate"},
    {53, "grant-edit"},
    {54, "grant-expire"},
    {55, "grant-revoke"},
    {70, "package-build"},
    {71, "package-sign"},
    {72, "package-handover"},
    {73, "package-return"},
    {90, "media-register"},
    {91, "media-move"},
    {92, "media-lend"},
    {93, "media-overdue"},
    {94, "media-destroy"},
    {110, "job-start"},
    {111, "job-end"},
    {112, "job-kill"},
    {130, "output-submit"},
    {131, "output-vote"},
    {132, "output-block"},
    {133, "output-release"},
    {150, "retention-set"},
    {151, "retention-hold"},
    {152, "retention-unhold"},
    {170, "destroy-propose"},
    {171, "destroy-sign"},
    {172, "destroy-cool"},
    {173, "destroy-cancel"},
    {174, "destroy-execute"},
    {175, "destroy-certify"},
    {190, "incident-open"},
    {191, "incident-update"},
    {192, "incident-report"},
    {193, "incident-close"},
    {210, "inspect-plan"},
    {211, "inspect-done"},
    {220, "clock-anomaly"},
    {221, "tamper"},
    {230, "witness-cosign"},
    {231, "witness-refuse"},
    {240, "break-glass"},
};
enum { N_ACTIONS = sizeof actions / sizeof *actions };

uint16_t log_action_number(const char *name) {
  for (size_t i = 0; i < N_ACTIONS; i++)
    if (strcmp(actions[i].name, name) == 0) return actions[i].number;
  return 0;
}
const char *log_action_name(uint16_t number) {
  for (size_t i = 0; i < N_ACTIONS; i++)
    if (actions[i].number == number) return actions[i].name;
  return NULL;
}
bool log_action_at(size_t i, uint16_t *number, const char **name) {
  if (i >= N_ACTIONS) return false;
  *number = actions[i].number;
  *name = actions[i].name;
  return true;
}

/* --- leaf: tag u8 | length u16 | value, tags 1..19 in order, every one present --- */
enum tag {
  TAG_VERSION = 1, TAG_SEQ, TAG_BOOT, TAG_WALL, TAG_MONOTONIC, TAG_ACTOR, TAG_ROLE, TAG_ACTION, TAG_RESULT, TAG_INTENT,
  TAG_OBJECT, TAG_GRANT, TAG_BASIS, TAG_COLUMNS, TAG_ROWS, TAG_OUTPUT, TAG_ROOT_BEFORE, TAG_ROOT_AFTER, TAG_DETAIL,
};
enum { LEAF_VERSION = 1 };

static bool text_ok(const char *s, size_t size) {
  size_t n = strnlen(s, size);
  if (n == size) return false;
  for (size_t i = 0; i < n; i++)
    if (s[i] < 32 || s[i] > 126) return false;
  return true;
}
static bool leaf_ok(const struct log_leaf *l) {
  return l->role < LOG_ROLE_COUNT && l->result >= LOG_INTENT && l->result < LOG_RESULT_COUNT && log_action_name(l->action) && l->rows >= 0 &&
         (l->intent == UINT64_MAX || l->intent < l->seq) && text_ok(l->object, sizeof l->object) && text_ok(l->grant, sizeof l->grant) &&
         text_ok(l->basis, sizeof l->basis);
}
static void put(struct strbuf *out, enum tag tag, const void *p, size_t n) {
  bytes_put_u8(out, (uint8_t)tag);
  bytes_put_u16(out, (uint16_t)n);
  strbuf_add(out, p, n);
}
static void put_number(struct strbuf *out, enum tag tag, uint64_t v, size_t n) {
  uint8_t bytes[8];
  for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)(v >> 8 * i);
  put(out, tag, bytes, n);
}
enum err_code log_leaf_encode(const struct log_leaf *l, struct strbuf *out, struct err *e) {
  size_t start = out->n;
  if (!leaf_ok(l))
    return ERR(e, E_LOG_ACTION, .subject = log_action_name(l->action) ? log_action_name(l->action) : "action",
        .expected = "known numbers and printable ASCII");
  put_number(out, TAG_VERSION, LEAF_VERSION, 1);
  put_number(out, TAG_SEQ, l->seq, 8);
  put(out, TAG_BOOT, l->boot_id, sizeof l->boot_id);
  put_number(out, TAG_WALL, (uint64_t)l->wall, 8);
  put_number(out, TAG_MONOTONIC, l->monotonic_ms, 8);
  put(out, TAG_ACTOR, l->actor, sizeof l->actor);
  put_number(out, TAG_ROLE, l->role, 1);
  put_number(out, TAG_ACTION, l->action, 2);
  put_number(out, TAG_RESULT, l->result, 1);
  put_number(out, TAG_INTENT, l->intent, 8);
  put(out, TAG_OBJECT, l->object, strlen(l->object));
  put(out, TAG_GRANT, l->grant, strlen(l->grant));
  put(out, TAG_BASIS, l->basis, strlen(l->basis));
  put(out, TAG_COLUMNS, l->columns_hash, 32);
  put_number(out, TAG_ROWS, (uint64_t)l->rows, 8);
  put(out, TAG_OUTPUT, l->output_hash, 32);
  put(out, TAG_ROOT_BEFORE, l->root_before, 32);
  put(out, TAG_ROOT_AFTER, l->root_after, 32);
  put(out, TAG_DETAIL, l->detail_commitment, 32);
  if (out->failed) return ERR(e, E_NO_MEMORY, .subject = "log leaf");
  return out->n - start <= LOG_LEAF_MAX ? E_OK : ERR(e, E_BUG, .subject = "log leaf");
}

static bool take(struct bytes_reader *r, enum tag tag, void *to, size_t n) {
  uint8_t found = bytes_u8(r);
  uint16_t length = bytes_u16(r);
  if (r->failed || found != tag || length != n) return false;
  const uint8_t *p = bytes_take(r, n);
  if (r->failed) return false;
  memcpy(to, p, n);
  return true;
}
static bool take_number(struct bytes_reader *r, enum tag tag, uint64_t *v, size_t n) {
  uint8_t bytes[8] = {0};
  if (!take(r, tag, bytes, n)) return false;
  *v = 0;
  for (size_t i = 0; i < n; i++) *v |= (uint64_t)bytes[i] << 8 * i;
  return true;
}
static bool take_text(struct bytes_reader *r, enum tag tag, char *to, size_t size) {
  uint8_t found = bytes_u8(r);
  uint16_t length = bytes_u16(r);
  const uint8_t *p = bytes_take(r, length);
  if (r->failed || found != tag || length >= size) return false;
  memcpy(to, p, length);
  to[length] = 0;
  return strlen(to) == length;
}
static bool take_fields(struct bytes_reader *r, struct log_leaf *l) {
  uint64_t version, wall, role, action, result, rows;
  bool ok = take_number(r, TAG_VERSION, &version, 1) && version == LEAF_VERSION && take_number(r, TAG_SEQ, &l->seq, 8) &&
            take(r, TAG_BOOT, l->boot_id, 16) && take_number(r, TAG_WALL, &wall, 8) && take_number(r, TAG_MONOTONIC, &l->monotonic_ms, 8) &&
            take(r, TAG_ACTOR, l->actor, 8) && take_number(r, TAG_ROLE, &role, 1) && take_number(r, TAG_ACTION, &action, 2) &&
            take_number(r, TAG_RESULT, &result, 1) && take_number(r, TAG_INTENT, &l->intent, 8) &&
            take_text(r, TAG_OBJECT, l->object, sizeof l->object) && take_text(r, TAG_GRANT, l->grant, sizeof l->grant) &&
            take_text(r, TAG_BASIS, l->basis, sizeof l->basis) && take(r, TAG_COLUMNS, l->columns_hash, 32) && take_number(r, TAG_ROWS, &rows, 8) &&
            take(r, TAG_OUTPUT, l->output_hash, 32) && take(r, TAG_ROOT_BEFORE, l->root_before, 32) && take(r, TAG_ROOT_AFTER, l->root_after, 32) &&
            take(r, TAG_DETAIL, l->detail_commitment, 32);
  if (!ok) return false;
  l->wall = (int64_t)wall;
  l->role = (uint8_t)role;
  l->action = (uint16_t)action;
  l->result = (uint8_t)result;
  l->rows = (int64_t)rows;
  return true;
}
enum err_code log_leaf_parse(const void *p, size_t n, struct log_leaf *out, struct err *e) {
  struct bytes_reader r;
  memset(out, 0, sizeof *out);
  bytes_reader_init(&r, p, n);
  bool ok = n <= LOG_LEAF_MAX && take_fields(&r, out) && bytes_left(&r) == 0 && leaf_ok(out);
  return ok ? E_OK : ERR(e, E_LOG_LEAF, .subject = "leaf");
}

/* --- detail: salt[32] | text, sealed under the detail key; the leaf commits to the same bytes --- */
enum { DETAIL_SALT = 32 };
static struct commit_context detail_context(const char *name) { return (struct commit_context){STR("shirabe-log-detail-1"), str_of(name)}; }
enum err_code log_detail_seal(const uint8_t key[32], const char *name, struct str detail, struct log_leaf *leaf, struct strbuf *sealed,
    struct err *e) {
  if (detail.n > LOG_DETAIL_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "log detail", .expected = "at most 64 KiB");
  size_t n = DETAIL_SALT + detail.n;
  uint8_t *to = (uint8_t *)strbuf_extend(sealed, n + COMMIT_OVERHEAD);
  if (!to) return ERR(e, E_NO_MEMORY, .subject = "log detail");
  uint8_t *plain = to + COMMIT_HEAD_BYTES; /* sealed in place */
  random_bytes(plain, DETAIL_SALT);
  if (detail.n) memcpy(plain + DETAIL_SALT, detail.p, detail.n);
  sha256_of(plain, n, leaf->detail_commitment);
  struct commit_context c = detail_context(name);
  commit_seal(key, &c, NULL, plain, n, to);
  return E_OK;
}
enum err_code log_detail_open(const uint8_t key[32], const char *name, const void *p, size_t n, const struct log_leaf *leaf, struct strbuf *detail,
    struct err *e) {
  uint8_t salt[DETAIL_SALT];
  enum err_code code = log_detail_salt(key, name, p, n, leaf, salt, detail, e);
  wipe(salt, sizeof salt);
  return code;
}
enum err_code log_detail_salt(const uint8_t key[32], const char *name, const void *p, size_t n, const struct log_leaf *leaf, uint8_t salt[32],
    struct strbuf *detail, struct err *e) {
  uint8_t commitment[32];
  struct commit_context c = detail_context(name);
  if (n < COMMIT_OVERHEAD + DETAIL_SALT || n > COMMIT_OVERHEAD + DETAIL_SALT + LOG_DETAIL_MAX) return ERR(e, E_LOG_DETAIL, .subject = name);
  size_t start = detail->n, plain_n = n - COMMIT_OVERHEAD;
  uint8_t *plain = (uint8_t *)strbuf_extend(detail, plain_n);
  if (!plain) return ERR(e, E_NO_MEMORY, .subject = "log detail");
  bool ok = commit_open(key, &c, p, n, plain);
  sha256_of(plain, plain_n, commitment);
  ok = ok && memcmp(commitment, leaf->detail_commitment, 32) == 0;
  if (ok) memcpy(salt, plain, DETAIL_SALT);
  if (ok) memmove(plain, plain + DETAIL_SALT, plain_n - DETAIL_SALT);
  else wipe(plain, plain_n);
  detail->n = ok ? start + plain_n - DETAIL_SALT : start;
  return ok ? E_OK : ERR(e, E_LOG_DETAIL, .subject = name);
}
