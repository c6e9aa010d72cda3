/* register_gate.c -- see register_gate.h. */
#include "front/register_gate.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "estimators/command/cmd_estimate_units.h"
#include "estimators/sdc/register/register_csv.h"
#include "front/register_candidate.h"
#include "secure-store/store_cutoff.h"
#include "secure-store/store_impl.h"

void register_gate_begin(struct register_gate *g, const char *survey, const char *period, const char *reason) {
  *g = (struct register_gate){.survey = survey, .period = period, .reason = reason && *reason ? reason : NULL};
  g->entry = (struct register_entry){.release = "", .survey = survey, .period = period, .kind = "final"};
}
static const char *kind_of(const struct store *s, const char *taint) {
  const struct store_cutoff *c = store_cutoff_of(s);
  if (taint && *taint) return "draft";
  if (!c || !strcmp(c->name, "kakutei")) return "final";
  return !strcmp(c->name, "sokuho") ? "flash" : "preliminary";
}

/* --- the tables that would go out --- */

static enum err_code take_tables(
    struct arena *a, struct register_gate *g, const struct estimate_output *o, const struct bundle_table *tables, struct err *e) {
  g->entry.table = ARENA_ARRAY(a, struct register_table, o->n_tables + 1);
  g->table_of = ARENA_ARRAY(a, int, o->n_tables + 1);
  g->entry.n_tables = 0;
  if (!g->entry.table || !g->table_of) return ERR(e, E_NO_MEMORY, .subject = g->survey);
  for (int i = 0; i < o->n_tables; i++) {
    if (strcmp(tables[i].decision, "publish") || !o->tables[i].units) continue;
    struct register_table *t = &g->entry.table[g->entry.n_tables];
    *t = *o->tables[i].units;
    TRY(estimate_units_figures(a, o->tables[i].table, t, e));
    g->table_of[g->entry.n_tables++] = i;
  }
  return E_OK;
}
static enum err_code policies(struct arena *a, const struct register_gate *g, struct register_policy **out, struct err *e) {
  *out = ARENA_ARRAY(a, struct register_policy, g->entry.n_tables + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = g->survey);
  for (int i = 0; i < g->entry.n_tables; i++) TRY(register_rules_of(a, g->entry.table[i].profile, &(*out)[i], e));
  return E_OK;
}

/* --- what was said of them --- */

/* Two officers may accept revisions; nobody may accept the rest. */
static void accept(struct register_gate *g) {
  struct register_report *r = &g->report;
  for (int64_t i = 0; g->accepted && i < r->n_conflicts; i++) {
    struct register_conflict *f = &r->conflict[i];
    if (f->kind != REGISTER_REVISION || f->treatment != REGISTER_REFUSE) continue;
    f->treatment = REGISTER_WARN;
    r->n_refused--, r->n_warned++, g->row.accepted++;
  }
}
static const struct register_conflict *first_refused(const struct register_report *r, int table) {
  for (int64_t i = 0; i < r->n_conflicts; i++)
    if (r->conflict[i].table == table && r->conflict[i].treatment == REGISTER_REFUSE) return &r->conflict[i];
  return NULL;
}
static const char *what_of(struct arena *a, const struct register_report *r, int table) {
  const struct register_conflict *f = first_refused(r, table);
  if (!f) return "register: more conflicts than can be named";
  const char *release = *f->release ? f->release : "this release";
  return arena_printf(a, "register: %s with %s %s%s%s, first at %s", register_kind_word(f->kind), release, f->other_table,
      *f->other_cell ? " " : "", f->other_cell, *f->cell ? f->cell : "the whole table");
}
static bool warned_before(const struct bundle_table *t, const struct register_conflict *f) {
  for (int i = 0; i < t->n_warnings; i++)
    if (!strcmp(t->warnings[i].kind, register_kind_word(f->kind)) && !strcmp(t->warnings[i].release, f->release) &&
        !strcmp(t->warnings[i].other_table, f->other_table))
      return true;
  return false;
}
/* Table and kind, each once and never a cell: the report goes out. */
static enum err_code warn(struct arena *a, const struct register_gate *g, struct bundle_table *tables, struct err *e) {
  const struct register_report *r = &g->report;
  for (int i = 0; i < g->entry.n_tables && r->n_warned; i++) {
    struct bundle_table *t = &tables[g->table_of[i]];
    struct bundle_warning *w = ARENA_ARRAY(a, struct bundle_warning, r->n_conflicts + 1);
    if (!w) return ERR(e, E_NO_MEMORY, .subject = g->survey);
    t->warnings = w, t->n_warnings = 0;
    for (int64_t k = 0; k < r->n_conflicts; k++) {
      const struct register_conflict *f = &r->conflict[k];
      if (f->table != i || f->treatment != REGISTER_WARN || warned_before(t, f)) continue;
      w[t->n_warnings++] = (struct bundle_warning){
          register_kind_word(f->kind), register_kind_name(f->kind, LANG_JA), f->release, f->other_table};
    }
  }
  return E_OK;
}
static enum err_code withhold(
    struct store *s, struct arena *a, struct register_gate *g, struct estimate_output *o, struct bundle_table *tables, struct err *e) {
  int kept = 0;
  for (int i = 0; i < g->entry.n_tables; i++) {
    const int at = g->table_of[i];
    if (!register_refused(&g->report, i)) {
      g->entry.table[kept] = g->entry.table[i];
      g->table_of[kept++] = at;
      continue;
    }
    const struct register_conflict *f = first_refused(&g->report, i);
    const bool revision = f && f->kind == REGISTER_REVISION;
    const char *what = what_of(a, &g->report, i);
    char object[160];
    struct err why = {.code = E_OK};
    if (!what) return ERR(e, E_NO_MEMORY, .subject = g->survey);
    tables[at].decision = "withhold", tables[at].reason = what;
    o->tables[at].table->refusal = what;
    snprintf(object, sizeof object, "register:%.40s/%.24s/%.60s", g->survey, g->period, tables[at].table->id);
    (void)(revision ? ERR(&why, E_REGISTER_REVISION, .subject = tables[at].table->id, .found = f->release)
                    : ERR(&why, E_REGISTER_CONFLICT, .subject = tables[at].table->id, .found = what));
    if (store_refuse(s, "output-block", object, &why) != E_REGISTER_CONFLICT && why.code != E_REGISTER_REVISION) {
      if (e) *e = why;
      return why.code;
    }
    job_problem(store_job(s), &why);
  }
  g->entry.n_tables = kept;
  return E_OK;
}
static void note_accepted(struct arena *a, const struct register_gate *g, struct estimate_output *o) {
  if (!g->row.accepted) return;
  for (int i = 0; i < g->entry.n_tables; i++)
    result_note(
        o->tables[g->table_of[i]].table, arena_printf(a, "register: small revisions against an earlier edition were accepted by two officers"));
}

/* --- which edition --- */

static void hex_of(struct str text, char out[65]) {
  uint8_t hash[HASH_BYTES];
  sha256_of(text.p, text.n, hash);
  hex_encode(hash, HASH_BYTES, out);
}
static enum err_code edition(struct store *s, struct register_gate *g, const char *taint, struct err *e) {
  struct register_row *row = &g->row;
  const struct register_entry *same_kind = NULL;
  row->edition = strcmp(row->kind, "draft") != 0;
  for (int i = 0; i < g->n_earlier && row->edition; i++) {
    const struct register_entry *x = g->earlier[i];
    if (strcmp(x->period, g->period) || !strcmp(x->kind, "output") || !strcmp(x->kind, "outside")) continue;
    row->edition++;
    g->before = x;
    if (!strcmp(x->kind, row->kind)) same_kind = x;
  }
  (void)s, (void)taint;
  if (g->before) snprintf(row->supersedes, sizeof row->supersedes, "%s", g->before->release);
  if (same_kind && !g->reason) return ERR(e, E_REGISTER_REASON, .subject = g->survey, .found = same_kind->release);
  return row_set(row->reason, sizeof row->reason, "reason", g->reason ? g->reason : "", e);
}
/* Outputs of secondary use come last: they are no editions. */
static enum err_code add_outputs(struct store *s, struct arena *a, struct register_gate *g, struct err *e) {
  for (int i = 0; i < g->entry.n_tables && store_has_officers(s); i++) { /* without officers there are none */
    bool done = false;
    for (int k = 0; k < i; k++) done = done || !strcmp(g->entry.table[k].form, g->entry.table[i].form);
    if (!done) TRY(register_outputs(s, a, g->survey, g->entry.table[i].form, g->period, &g->earlier, &g->n_earlier, e));
  }
  return E_OK;
}
enum err_code register_judge(struct store *s, struct arena *a, struct register_gate *g, struct estimate_output *output,
    struct bundle_table *tables, struct str lineage, const char *taint, struct err *e) {
  struct register_policy *policy;
  struct register_row again;
  uint8_t subject[32];
  bool found;
  char inputs[65];
  hex_of(lineage, inputs);
  snprintf(g->row.inputs, sizeof g->row.inputs, "%s", inputs);
  g->row.releasable = !store_office(s)->light && !(taint && *taint);
  snprintf(g->row.survey, sizeof g->row.survey, "%s", g->survey);
  snprintf(g->row.period, sizeof g->row.period, "%s", g->period);
  snprintf(g->row.kind, sizeof g->row.kind, "%s", kind_of(s, taint));
  snprintf(g->row.signer, sizeof g->row.signer, "%.40s", s->signed_in_officer);
  g->entry.kind = g->row.kind;
  TRY(register_earlier(s, a, g->survey, g->period, inputs, &g->earlier, &g->n_earlier, &again, &found, e));
  g->again = found;
  if (found && !g->reason && again.reason[0]) g->reason = arena_strdup(a, again.reason, strlen(again.reason));
  TRY(take_tables(a, g, output, tables, e));
  TRY(edition(s, g, taint, e));
  g->report = (struct register_report){.a = a, .n_tables = g->entry.n_tables};
  if (!g->row.edition) return E_OK; /* a draft */
  TRY(add_outputs(s, a, g, e));
  TRY(policies(a, g, &policy, e));
  g->judged = g->entry;
  g->judged.table = ARENA_ARRAY(a, struct register_table, g->entry.n_tables + 1);
  if (!g->judged.table) return ERR(e, E_NO_MEMORY, .subject = g->survey);
  memcpy(g->judged.table, g->entry.table, (size_t)g->entry.n_tables * sizeof *g->judged.table);
  TRY(register_check(a, &g->judged, policy, g->earlier, g->n_earlier, &g->report, e));
  register_subject(g->survey, g->period, inputs, subject);
  if (store_has_officers(s)) TRY(register_accepted(s, subject, &g->accepted, e));
  accept(g);
  g->row.warned = g->report.n_warned;
  TRY(warn(a, g, tables, e)); /* before a table withheld moves the others up */
  if (!g->dry) TRY(withhold(s, a, g, output, tables, e));
  note_accepted(a, g, output);
  return E_OK;
}

/* --- when the files are there --- */

static void take_hashes(struct register_gate *g, const struct release_request *request, const struct release_part *parts) {
  for (int i = 0; i < g->entry.n_tables; i++)
    for (int64_t k = 0; k < request->n_parts; k++) {
      char name[160];
      snprintf(name, sizeof name, "tables/%.120s.csv", g->entry.table[i].id);
      if (!strcmp(parts[k].name, name)) hex_of(parts[k].bytes, g->entry.table[i].sha256);
    }
}
static bool same_tables(const struct register_entry *x, const struct register_entry *y) {
  if (x->n_tables != y->n_tables) return false;
  for (int i = 0; i < x->n_tables; i++)
    if (strcmp(x->table[i].id, y->table[i].id) || !x->table[i].sha256[0] || strcmp(x->table[i].sha256, y->table[i].sha256)) return false;
  return true;
}
static enum err_code put_changes(
    struct arena *a, const struct register_gate *g, struct release_request *request, struct release_part *parts, struct err *e) {
  struct strbuf text;
  int64_t n = 0;
  strbuf_init(&text, 0);
  enum err_code code = register_changes_csv(a, g->before, &g->entry, g->row.reason, &text, &n, e);
  const char *copy = code ? NULL : arena_strdup(a, text.p, text.n);
  if (!code && !copy) code = ERR(e, E_NO_MEMORY, .subject = "changes.csv");
  if (!code) parts[request->n_parts++] = (struct release_part){"changes.csv", str_view(copy, text.n)};
  strbuf_release(&text);
  return code;
}
enum err_code register_finish(
    struct store *s, struct arena *a, struct register_gate *g, struct release_request *request, struct release_part *parts, struct err *e) {
  struct strbuf bytes;
  char run[17];
  take_hashes(g, request, parts);
  release_id(g->survey, g->period, request->lineage_json, g->row.id, run);
  if (g->before && !strcmp(g->before->kind, g->row.kind) && same_tables(g->before, &g->entry))
    return ERR(e, E_REGISTER_SAME, .subject = g->survey, .found = g->before->release);
  if (g->before && g->row.edition) TRY(put_changes(a, g, request, parts, e));
  g->row.tables = g->entry.n_tables;
  g->row.built = job_now(store_job(s));
  g->entry.release = g->row.id, g->entry.edition = g->row.edition;
  strbuf_init(&bytes, REGISTER_ENTRY_MAX);
  enum err_code code = register_encode(&g->entry, &bytes, e);
  const char *copy = code ? NULL : arena_strdup(a, bytes.p, bytes.n);
  if (!code && !copy) code = ERR(e, E_NO_MEMORY, .subject = g->survey);
  request->row = &g->row;
  request->entry = str_view(copy, bytes.n);
  strbuf_release(&bytes);
  return code;
}
