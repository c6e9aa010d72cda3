/* tlog_policy.c -- see tlog_policy.h. Names are octets and are defined before they are used, so groups cannot go round in circles. */
#include "secure-store/tlog_policy.h"

#include <string.h>

enum { LOGS_MAX = 64, WITNESSES_MAX = 64, GROUPS_MAX = 64, LINE_MAX_BYTES = 8192, POLICY_MAX_BYTES = 1 << 20 };
struct policy_node {
  struct str name;
  bool is_group, used; /* used: a member already; nobody counts twice */
  struct note_key witness;
  int64_t threshold;
  int member[WITNESSES_MAX + GROUPS_MAX], n_members;
};
struct tlog_policy {
  struct note_key log[LOGS_MAX];
  int n_logs, n_nodes, n_witnesses, n_groups;
  struct policy_node *node; /* in the order of the file */
  int quorum;               /* -1: none is wanted */
  bool has_quorum;
};

static struct str next_word(struct str *line) {
  size_t from = 0, to;
  while (from < line->n && (line->p[from] == ' ' || line->p[from] == '\t')) from++;
  for (to = from; to < line->n && line->p[to] != ' ' && line->p[to] != '\t';) to++;
  struct str word = str_view(line->p + from, to - from);
  *line = str_view(line->p + to, line->n - to);
  return word;
}
static int node_named(const struct tlog_policy *p, struct str name) {
  for (int i = 0; i < p->n_nodes; i++)
    if (str_eq(p->node[i].name, name)) return i;
  return -1;
}
static bool key_of(struct str word, bool witness, struct note_key *out) {
  char text[NOTE_VKEY_BYTES];
  if (word.n >= sizeof text) return false;
  memcpy(text, word.p, word.n);
  text[word.n] = 0;
  return strlen(text) == word.n && !(witness ? note_cosigner_parse(text, out, NULL) : note_vkey_parse(text, out, NULL));
}

static bool read_log(struct tlog_policy *p, struct str line) {
  struct note_key *key = &p->log[p->n_logs < LOGS_MAX ? p->n_logs : 0];
  if (p->n_logs == LOGS_MAX || !key_of(next_word(&line), false, key)) return false;
  for (int i = 0; i < p->n_logs; i++)
    if (memcmp(p->log[i].public_key, key->public_key, 32) == 0) return false;
  p->n_logs++;
  (void)next_word(&line); /* where to reach it */
  return next_word(&line).n == 0;
}
static struct policy_node *new_node(struct tlog_policy *p, struct str name) {
  if (name.n == 0 || str_eq(name, STR("none")) || node_named(p, name) >= 0) return NULL;
  struct policy_node *node = &p->node[p->n_nodes];
  node->name = name;
  return node;
}
static bool read_witness(struct tlog_policy *p, struct str line) {
  struct policy_node *node = p->n_witnesses < WITNESSES_MAX ? new_node(p, next_word(&line)) : NULL;
  if (!node || !key_of(next_word(&line), true, &node->witness)) return false;
  for (int i = 0; i < p->n_nodes; i++)
    if (!p->node[i].is_group && memcmp(p->node[i].witness.public_key, node->witness.public_key, 32) == 0) return false;
  p->n_nodes++;
  p->n_witnesses++;
  (void)next_word(&line);
  return next_word(&line).n == 0;
}
static bool read_group(struct tlog_policy *p, struct str line) {
  struct policy_node *node = p->n_groups < GROUPS_MAX ? new_node(p, next_word(&line)) : NULL;
  struct str threshold = next_word(&line);
  if (!node) return false;
  for (struct str name; (name = next_word(&line)).n > 0;) {
    int member = node_named(p, name);
    if (member < 0 || p->node[member].used) return false;
    p->node[member].used = true;
    node->member[node->n_members++] = member;
  }
  if (str_eq(threshold, STR("any"))) node->threshold = 1;
  else if (str_eq(threshold, STR("all"))) node->threshold = node->n_members;
  else if (threshold.n == 0 || threshold.p[0] < '1' || threshold.p[0] > '9' || !str_int64(threshold, &node->threshold)) return false;
  node->is_group = true;
  p->n_nodes++;
  p->n_groups++;
  return node->threshold >= 1 && node->threshold <= node->n_members;
}
static bool read_quorum(struct tlog_policy *p, struct str line) {
  struct str name = next_word(&line);
  bool none = str_eq(name, STR("none"));
  if (p->has_quorum || next_word(&line).n > 0) return false;
  p->has_quorum = true;
  p->quorum = none ? -1 : node_named(p, name);
  return none || p->quorum >= 0;
}
static bool read_line(struct tlog_policy *p, struct str line) {
  if (line.n > LINE_MAX_BYTES) return false;
  for (size_t i = 0; i < line.n; i++)
    if (((unsigned char)line.p[i] < 32 && line.p[i] != '\t') || line.p[i] == 127) return false;
  struct str word = next_word(&line);
  if (word.n == 0 || word.p[0] == '#') return true;
  if (str_eq(word, STR("log"))) return read_log(p, line);
  if (str_eq(word, STR("witness"))) return read_witness(p, line);
  if (str_eq(word, STR("group"))) return read_group(p, line);
  return str_eq(word, STR("quorum")) && read_quorum(p, line);
}
enum err_code tlog_policy_parse(struct arena *a, const char *place, struct str text, struct tlog_policy **out, struct err *e) {
  struct tlog_policy *p = ARENA_NEW(a, struct tlog_policy);
  char *copy = arena_alloc(a, text.n + 1, 1); /* names outlive the caller's text */
  *out = NULL;
  if (p) p->node = arena_alloc(a, (WITNESSES_MAX + GROUPS_MAX) * sizeof *p->node, _Alignof(struct policy_node));
  if (!p || !copy || !p->node) return ERR(e, E_NO_MEMORY, .subject = place);
  if (text.n == 0 || text.n > POLICY_MAX_BYTES || text.p[text.n - 1] != '\n')
    return ERR(e, E_POLICY_LINE, .file = place, .subject = place, .expected = "lines that end");
  memcpy(copy, text.p, text.n);
  memset(p->node, 0, (WITNESSES_MAX + GROUPS_MAX) * sizeof *p->node);
  struct str rest = str_view(copy, text.n);
  for (int64_t number = 1; rest.n > 0; number++)
    if (!read_line(p, str_split(rest, '\n', &rest))) return ERR(e, E_POLICY_LINE, .file = place, .line = number, .subject = place);
  if (!p->has_quorum) return ERR(e, E_POLICY_LINE, .file = place, .subject = place, .expected = "a quorum line");
  *out = p;
  return E_OK;
}

bool tlog_policy_has_log(const struct tlog_policy *p, const struct note_key *log) {
  for (int i = 0; i < p->n_logs; i++)
    if (strcmp(p->log[i].name, log->name) == 0 && memcmp(p->log[i].public_key, log->public_key, 32) == 0) return true;
  return false;
}
enum err_code tlog_policy_check(const struct tlog_policy *p, const char *name, struct str note, struct cosigned *out, struct err *e) {
  bool met[WITNESSES_MAX + GROUPS_MAX] = {false};
  *out = (struct cosigned){0, -1};
  for (int i = 0; i < p->n_nodes; i++) {
    const struct policy_node *node = &p->node[i];
    int64_t at = -1, count = 0;
    if (!node->is_group) TRY(note_cosigned(&node->witness, note, &at, e));
    for (int m = 0; m < node->n_members; m++) count += met[node->member[m]];
    met[i] = node->is_group ? count >= node->threshold : at >= 0;
    if (at < 0) continue;
    out->witnesses++;
    if (out->oldest < 0 || at < out->oldest) out->oldest = at;
  }
  return p->quorum < 0 || met[p->quorum] ? E_OK : ERR(e, E_WITNESS_QUORUM, .subject = name);
}
