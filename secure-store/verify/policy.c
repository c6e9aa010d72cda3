/* policy.c -- c2sp.org/tlog-policy: logs, witnesses, groups with thresholds, one quorum. Names are octets, defined before they are used. */
#include <stdlib.h>
#include <string.h>

#include "secure-store/verify/verify.h"

enum { WITNESSES_MAX = 64, GROUPS_MAX = 64, NODES_MAX = WITNESSES_MAX + GROUPS_MAX };
struct node { /* a witness or a group */
  char name[NAME_MAX_BYTES];
  bool group, used; /* used: already a member of a group */
  struct vkey key;
  uint64_t needed;
  uint8_t member[NODES_MAX];
  int n_members;
};
struct policy {
  struct vkey log[KEYS_MAX];
  int n_logs, n_nodes, n_witnesses, n_groups;
  struct node node[NODES_MAX];
  int quorum; /* -1 = none wanted, -2 = not given */
};
static struct text word(struct text *rest) {
  while (rest->n && (*rest->p == ' ' || *rest->p == '\t')) rest->p++, rest->n--;
  struct text w = {rest->p, 0};
  while (w.n < rest->n && rest->p[w.n] != ' ' && rest->p[w.n] != '\t') w.n++;
  rest->p += w.n;
  rest->n -= w.n;
  return w;
}
static int find(const struct policy *p, struct text name) {
  for (int i = 0; i < p->n_nodes; i++)
    if (same(name, p->node[i].name)) return i;
  return -1;
}
static struct node *add_node(struct policy *p, struct text name) {
  if (name.n == 0 || name.n >= NAME_MAX_BYTES || same(name, "none") || find(p, name) >= 0 || p->n_nodes == NODES_MAX) return NULL;
  struct node *n = &p->node[p->n_nodes];
  memcpy(n->name, name.p, name.n);
  return n;
}
static bool add_log(struct policy *p, struct text rest) {
  struct vkey k;
  if (!vkey_parse(word(&rest), &k) || k.type != KEY_ED25519 || p->n_logs == KEYS_MAX) return false;
  for (int i = 0; i < p->n_logs; i++)
    if (memcmp(p->log[i].key, k.key, 32) == 0) return false;
  word(&rest); /* the URL */
  p->log[p->n_logs++] = k;
  return word(&rest).n == 0;
}
static bool add_witness(struct policy *p, struct text rest) {
  struct node *n = add_node(p, word(&rest));
  if (!n || p->n_witnesses == WITNESSES_MAX || !vkey_parse(word(&rest), &n->key) || n->key.type != KEY_COSIGNATURE) return false;
  for (int i = 0; i < p->n_nodes; i++)
    if (!p->node[i].group && memcmp(p->node[i].key.key, n->key.key, 32) == 0) return false;
  word(&rest);
  p->n_nodes++;
  p->n_witnesses++;
  return word(&rest).n == 0;
}
static bool add_group(struct policy *p, struct text rest) {
  struct node *n = add_node(p, word(&rest));
  struct text threshold = word(&rest), name;
  if (!n || p->n_groups == GROUPS_MAX) return false;
  while ((name = word(&rest)).n > 0) {
    int member = find(p, name);
    if (member < 0 || p->node[member].used) return false;
    p->node[member].used = true;
    n->member[n->n_members++] = (uint8_t)member;
  }
  if (same(threshold, "any")) n->needed = 1;
  else if (same(threshold, "all")) n->needed = (uint64_t)n->n_members;
  else if (!decimal(threshold, &n->needed)) return false;
  n->group = true;
  p->n_nodes++;
  p->n_groups++;
  return n->needed >= 1 && n->needed <= (uint64_t)n->n_members;
}
static bool set_quorum(struct policy *p, struct text rest) {
  struct text name = word(&rest);
  if (p->quorum != -2 || word(&rest).n) return false;
  p->quorum = same(name, "none") ? -1 : find(p, name);
  return p->quorum >= 0 || same(name, "none");
}
static bool line_ok(struct policy *p, struct text line) {
  struct text first = word(&line);
  if (first.n == 0 || first.p[0] == '#') return true;
  if (same(first, "log")) return add_log(p, line);
  if (same(first, "witness")) return add_witness(p, line);
  if (same(first, "group")) return add_group(p, line);
  return same(first, "quorum") && set_quorum(p, line);
}
bool policy_parse(struct run *r, struct text t, struct policy **out) {
  struct text line;
  int number = 0;
  *out = NULL;
  if (!controls_ok(t, "\t\n") || (t.n && t.p[t.n - 1] != '\n')) return refused(r, "the policy is not a text of lines", "方針ファイルが行のテキストではありません");
  struct policy *p = calloc(1, sizeof *p);
  if (!p) return refused(r, "out of memory", "メモリー不足");
  p->quorum = -2;
  bool ok = true;
  while (ok && has_line(t, &line, &t)) {
    number++;
    ok = line_ok(p, line);
  }
  if (!ok) complain(r, "policy line %d is wrong", "方針ファイルの %d 行目が誤りです", number);
  else if (p->quorum == -2) ok = refused(r, "the policy has no quorum line", "方針ファイルに quorum 行がありません");
  if (ok) *out = p;
  else free(p);
  return ok;
}
void policy_free(struct policy *p) { free(p); }
bool policy_read(struct run *r, const char *path, struct policy **out) {
  struct buffer b;
  *out = NULL;
  if (!path) return true;
  if (!read_file(r, path, NOTE_MAX, &b)) return false;
  bool ok = policy_parse(r, view(b.p, b.n), out);
  free(b.p);
  return ok;
}

/* --- applying it --- */
static bool log_signed(struct run *r, const struct policy *p, const char *what, const struct note *n, struct text origin) {
  bool good = false;
  for (int i = 0; i < p->n_logs; i++) {
    enum verdict v = note_check(n, &p->log[i]);
    if (v == SIGNATURE_BAD) return refused(r, "'%s': the signature of %s does not verify", "「%s」: %s の署名を検証できません", what, p->log[i].name);
    good = good || (v == SIGNATURE_GOOD && same(origin, p->log[i].name));
  }
  return good || refused(r, "'%s' is not signed by a log of the policy", "「%s」には方針にあるログの署名がありません", what);
}
/* Members stand before their group, so one pass in order is enough. */
static bool quorum_met(struct run *r, const struct policy *p, const char *what, const struct note *n) {
  bool met[NODES_MAX] = {false};
  for (int i = 0; i < p->n_nodes; i++) {
    const struct node *node = &p->node[i];
    uint64_t count = 0;
    for (int m = 0; m < node->n_members; m++) count += met[node->member[m]];
    enum verdict v = node->group ? SIGNATURE_NONE : note_check(n, &node->key);
    if (v == SIGNATURE_BAD) return refused(r, "'%s': the cosignature of %s does not verify", "「%s」: 立会人 %s の連署を検証できません", what, node->name);
    met[i] = node->group ? count >= node->needed : v == SIGNATURE_GOOD;
  }
  return p->quorum == -1 || met[p->quorum] || refused(r, "'%s': too few witnesses have cosigned it", "「%s」: 立会人の連署が足りません", what);
}
bool checkpoint_check(struct run *r, const struct policy *p, const char *what, struct text text, struct note *n, struct checkpoint *out) {
  if (!note_parse(text, n)) return refused(r, "'%s' is not a signed note", "「%s」は署名付きノートではありません", what);
  if (!head_parse(n->text, out)) return refused(r, "'%s' is not a checkpoint", "「%s」はチェックポイントではありません", what);
  if (p) return log_signed(r, p, what, n, out->origin) && quorum_met(r, p, what, n);
  r->unsigned_ = true;
  return true;
}
