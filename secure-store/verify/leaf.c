/* leaf.c -- the bytes of a leaf as access_log.md has them: tag u8, length u16, value; tags 1 to 19 in order, each once, little-endian. */
#include <string.h>

#include "secure-store/verify/verify.h"

static const struct {
  uint16_t number;
  const char *name;
} actions[] = {
    {1, "install"}, {2, "policy-set"}, {3, "role-grant"}, {4, "role-revoke"}, {10, "key-create"}, {11, "key-share-issue"}, {12, "key-unlock-try"},
    {13, "key-unlock"}, {14, "key-seal"}, {15, "key-rotate"}, {16, "key-rewrap"}, {17, "key-retire"}, {30, "data-import"},
    {31, "data-segment-write"}, {32, "data-correct"}, {33, "data-read"}, {34, "data-export-deny"}, {40, "ledger-decide"}, {41, "ledger-cutoff"},
    {50, "grant-request"}, {51, "grant-vote"}, {52, "grant-activate"}, {53, "grant-edit"}, {54, "grant-expire"}, {55, "grant-revoke"},
    {70, "package-build"}, {71, "package-sign"}, {72, "package-handover"}, {73, "package-return"}, {90, "media-register"}, {91, "media-move"},
    {92, "media-lend"}, {93, "media-overdue"}, {94, "media-destroy"}, {110, "job-start"}, {111, "job-end"}, {112, "job-kill"},
    {130, "output-submit"}, {131, "output-vote"}, {132, "output-block"}, {133, "output-release"}, {150, "retention-set"}, {151, "retention-hold"},
    {152, "retention-unhold"}, {170, "destroy-propose"}, {171, "destroy-sign"}, {172, "destroy-cool"}, {173, "destroy-cancel"},
    {174, "destroy-execute"}, {175, "destroy-certify"}, {190, "incident-open"}, {191, "incident-update"}, {192, "incident-report"},
    {193, "incident-close"}, {210, "inspect-plan"}, {211, "inspect-done"}, {220, "clock-anomaly"}, {221, "tamper"}, {230, "witness-cosign"},
    {231, "witness-refuse"}, {240, "break-glass"},
};
const char *leaf_action(uint16_t number) {
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
    if (actions[i].number == number) return actions[i].name;
  return NULL;
}
const char *leaf_result(uint8_t number) {
  static const char *const names[] = {NULL, "intent", "done", "failed", "refused", "unknown-outcome", "note"};
  return number < sizeof names / sizeof *names ? names[number] : NULL;
}
const char *leaf_role(uint8_t number) {
  static const char *const names[] = {"none", "chief", "manager", "provider", "tabulator", "reviewer", "key-officer",
    "auditor", "maintenance", "program"};
  return number < sizeof names / sizeof *names ? names[number] : NULL;
}
struct reader {
  const uint8_t *p;
  size_t n;
  uint8_t tag; /* the next one */
  bool failed;
};
/* The next field; n = its length, or its greatest length for texts. */
static const uint8_t *field(struct reader *r, size_t *n, bool exact) {
  if (r->failed || r->n < 3 || r->p[0] != r->tag) goto bad;
  size_t length = (size_t)(r->p[1] | r->p[2] << 8);
  if (length > r->n - 3 || length > *n || (exact && length != *n)) goto bad;
  const uint8_t *value = r->p + 3;
  r->p += 3 + length;
  r->n -= 3 + length;
  r->tag++;
  *n = length;
  return value;
bad:
  r->failed = true;
  return NULL;
}
static uint64_t number(struct reader *r, size_t n) {
  uint64_t v = 0;
  const uint8_t *p = field(r, &n, true);
  for (size_t i = 0; p && i < n; i++) v |= (uint64_t)p[i] << 8 * i;
  return v;
}
static void raw(struct reader *r, uint8_t *out, size_t n) {
  const uint8_t *p = field(r, &n, true);
  if (p && out) memcpy(out, p, n);
}
static struct text ascii(struct reader *r, size_t most) {
  const uint8_t *p = field(r, &most, false);
  for (size_t i = 0; p && i < most; i++)
    if (p[i] < 32 || p[i] > 126) r->failed = true;
  return p ? view(p, most) : view(NULL, 0);
}
bool leaf_parse(const uint8_t *p, size_t n, struct leaf *out) {
  struct reader r = {p, n, 1, n > 1024};
  memset(out, 0, sizeof *out);
  if (number(&r, 1) != 1) return false; /* version */
  out->seq = number(&r, 8);
  raw(&r, NULL, 16); /* boot id */
  out->wall = number(&r, 8);
  number(&r, 8); /* monotonic */
  raw(&r, out->actor, 8);
  out->role = (uint8_t)number(&r, 1);
  out->action = (uint16_t)number(&r, 2);
  out->result = (uint8_t)number(&r, 1);
  out->intent = number(&r, 8);
  out->object = ascii(&r, 319);
  out->grant = ascii(&r, 79);
  out->basis = ascii(&r, 79);
  raw(&r, out->columns, HASH);
  out->rows = number(&r, 8);
  raw(&r, out->output, HASH);
  raw(&r, out->before, HASH);
  raw(&r, out->after, HASH);
  raw(&r, out->detail, HASH);
  return !r.failed && r.n == 0 && leaf_role(out->role) && leaf_result(out->result) && out->action != 0 && !(out->rows >> 63) &&
         (out->intent == UINT64_MAX || out->intent < out->seq);
}
bool has_word(struct text words, const char *before, struct text after) {
  size_t n = strlen(before);
  while (words.n > 0) {
    struct text w = cut(&words, ' ');
    if (w.n == n + after.n && memcmp(w.p, before, n) == 0 && memcmp(w.p + n, after.p, after.n) == 0) return true;
  }
  return false;
}
