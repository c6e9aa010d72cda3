/* output.c -- rows of an output, its steps, and handing in; see output.h. */
#include "secure-store/output/output.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "forms/form.h"
#include "secure-store/output/output_impl.h"

/* --- states and steps --- */

static const char *const state_names[OUTPUT_STATES] = {
#define OUTPUT_STATE(state, text) text,
#include "secure-store/output/output_steps.def"
};
static const struct {
  const char *text, *action;
} steps[OUTPUT_STEPS] = {
#define OUTPUT_STEP(step, text, action) {text, action},
#include "secure-store/output/output_steps.def"
};
static const struct {
  enum output_state from;
  enum output_step step;
  enum output_state to;
} go[] = {
#define OUTPUT_GO(from, step, to) {from, step, to},
#include "secure-store/output/output_steps.def"
};
const char *output_state_name(enum output_state s) { return (unsigned)s < OUTPUT_STATES ? state_names[s] : ""; }
const char *output_step_name(enum output_step s) { return (unsigned)s < OUTPUT_STEPS ? steps[s].text : ""; }
const char *output_step_action(enum output_step s) { return (unsigned)s < OUTPUT_STEPS ? steps[s].action : ""; }
enum output_state output_next(enum output_state from, enum output_step step) {
  for (size_t i = 0; i < sizeof go / sizeof *go; i++)
    if (go[i].from == from && go[i].step == step) return go[i].to;
  return OUTPUT_NONE;
}
enum output_state output_state_of(const struct output *o) {
  for (int s = 0; s < OUTPUT_STATES; s++)
    if (strcmp(o->state, state_names[s]) == 0) return (enum output_state)s;
  return OUTPUT_NONE;
}
const char *output_verdict_text(enum output_verdict v) { return v == OUTPUT_VERDICT_PASS ? "pass" : v == OUTPUT_VERDICT_REVIEW ? "review" : "fail"; }

/* --- rows --- */

#define FIELD(member, kind) FIELD_OF(struct output, member, kind)
static const struct field fields[] = {FIELD(author, FIELD_TEXT), FIELD(changed_at, FIELD_INT), FIELD(dataset, FIELD_TEXT), FIELD(files, FIELD_LIST),
    FIELD_FORMAT_NAME, FIELD(grant, FIELD_TEXT), FIELD(id, FIELD_TEXT), FIELD(note, FIELD_TEXT), FIELD(profile, FIELD_TEXT),
    FIELD(report, FIELD_TEXT), FIELD(revision, FIELD_INT), FIELD(serial, FIELD_INT), FIELD(state, FIELD_TEXT), FIELD(verdict, FIELD_TEXT)};
const struct row_format output_format = {"shirabe-output-row-1", fields, sizeof fields / sizeof *fields};

void output_object(const char *id, char out[RECORD_OBJECT_BYTES]) { snprintf(out, RECORD_OBJECT_BYTES, "output:%.40s", act_id_ok(id) ? id : "?"); }
enum err_code output_refuse(struct store *s, enum output_step step, const char *id, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  if (e->code == E_EMBARGO) return store_rollback(s), e->code; /* its leaf stands */
  output_object(id, object);
  return act_refuse(s, steps[step].action, object, e);
}
enum err_code output_step(struct store *s, struct output *o, enum output_step step, struct err *e) {
  const enum output_state to = output_next(output_state_of(o), step);
  if (to == OUTPUT_NONE) return ERR(e, E_OUTPUT_STATE, .subject = o->id, .expected = steps[step].text, .found = o->state[0] ? o->state : "nothing");
  TRY(store_now(s, &o->changed_at, e));
  o->serial++;
  snprintf(o->state, sizeof o->state, "%s", state_names[to]);
  return E_OK;
}
enum err_code output_who(struct store *s, const struct act_by *by, struct err *e) {
  struct officer o;
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = "output");
  if (!by || !by->secret || !store_has_officers(s)) return ERR(e, E_DISPOSAL_OFFICER, .subject = "output");
  TRY(officer_find(s, by->officer, &o, e));
  return o.retired ? ERR(e, E_OFFICER_RETIRED, .subject = o.id) : E_OK;
}

static enum err_code sign(struct store *s, const char *action, struct str text, const struct act_by *by, struct err *e) {
  struct approval word = {.kind = "output", .approve = true}, out;
  struct strbuf signed_word;
  TRY(store_now(s, &word.time, e));
  snprintf(word.officer, sizeof word.officer, "%s", by->officer);
  memcpy(word.install_id, s->install_id, sizeof word.install_id);
  sha256_of(text.p, text.n, word.subject);
  strbuf_init(&signed_word, 0);
  enum err_code code = approval_sign(by->secret, &word, &signed_word, e);
  if (!code) code = approval_put(s, str_view(signed_word.p, signed_word.n), action, "output", word.subject, &out, e);
  strbuf_release(&signed_word);
  return code;
}
static enum err_code put(
    struct store *s, const struct output *o, enum output_step step, const struct act_by *by, bool with_signature, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  struct strbuf text;
  struct officer card;
  uint8_t actor[8];
  TRY(officer_find(s, by->officer, &card, e));
  TRY(officer_key_id(&card, actor, e));
  output_object(o->id, object);
  strbuf_init(&text, 0);
  enum err_code code = row_write(&output_format, o, &text, e);
  const struct record_entry r = {.action = steps[step].action, .object = object, .role = LOG_ROLE_KEY_OFFICER, .actor = actor,
      .text = str_view(text.p, text.n), .sealed = true, .grant = o->grant};
  if (!code) code = record_put(s, &r, e);
  if (!code && with_signature) code = sign(s, steps[step].action, str_view(text.p, text.n), by, e);
  strbuf_release(&text);
  return code;
}
enum err_code output_put(struct store *s, const struct output *o, enum output_step step, const struct act_by *by, struct err *e) {
  return put(s, o, step, by, false, e);
}
enum err_code output_put_signed(struct store *s, const struct output *o, enum output_step step, const struct act_by *by, struct err *e) {
  return put(s, o, step, by, true, e);
}
enum err_code output_find(struct store *s, const char *id, struct output *out, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  bool found;
  memset(out, 0, sizeof *out);
  output_object(id, object);
  TRY(act_read(s, object, &output_format, out, &found, NULL, e));
  return found ? E_OK : ERR(e, E_OUTPUT_ID, .subject = id);
}

/* --- handing in --- */

static enum err_code check_files(const struct output_request *q, struct err *e) {
  enum output_kind kind;
  if (q->n_files < 1 || q->n_files > OUTPUT_FILES_MAX) return ERR(e, E_OUTPUT_FILES, .subject = q->id, .expected = "1 to 16 files");
  for (int i = 0; i < q->n_files; i++) {
    TRY(output_file_check(q->file[i].name, q->file[i].bytes, &kind, e));
    if (kind == OUTPUT_PICTURE && q->file[i].units.n) return ERR(e, E_OUTPUT_FILES, .subject = q->file[i].name, .expected = "units with tables only");
    for (int k = 0; k < i; k++)
      if (strcmp(q->file[k].name, q->file[i].name) == 0) return ERR(e, E_OUTPUT_FILES, .subject = q->file[i].name, .expected = "each name once");
  }
  return E_OK;
}
/* The person of a grant in force; on its machine his tables of the day are counted. *told: the refusal has left its leaf. */
static enum err_code check_grant(struct store *s, struct arena *a, const struct output_request *q, const struct act_by *by, struct output *o,
    bool *told, struct err *e) {
  struct grant g;
  uint8_t subject[32];
  char here[65] = "";
  struct err none;
  TRY(grant_find(s, a, q->grant, &g, subject, e));
  if (strcmp(g.person, by->officer) != 0) return ERR(e, E_OUTPUT_AUTHOR, .subject = q->id, .expected = g.person, .found = by->officer);
  TRY(grant_check_active(s, &g, subject, e));
  snprintf(o->grant, sizeof o->grant, "%s", g.id);
  snprintf(o->dataset, sizeof o->dataset, "%s", g.dataset);
  snprintf(o->profile, sizeof o->profile, "%s", g.output_rule);
  if (grant_machine(s, here, &none) || strcmp(here, g.machine) != 0) return E_OK;
  *told = true;
  TRY(officer_sign_in(s, by->secret, e));
  TRY(grant_enter(s, a, g.id, by->officer, e));
  enum err_code code = grant_take(s, COUNT_TABLES, q->n_files, e);
  grant_leave(s);
  *told = code != E_OK;
  return code;
}
static enum err_code keep_one(struct store *s, struct output *o, const struct output_file *f, struct err *e) {
  char blob[65], sets[65] = "-", line[OUTPUT_NAME_BYTES + 65 * 3 + 4], hex[65];
  uint8_t hash[32];
  sha256_of(f->bytes.p, f->bytes.n, hash);
  hex_encode(hash, sizeof hash, hex);
  TRY(store_blob_put(s, "output", f->name, f->bytes.p, f->bytes.n, PART_PARADATA, blob, e));
  if (f->sets.n) TRY(store_blob_put(s, "output", "sets", f->sets.p, f->sets.n, PART_PARADATA, sets, e));
  snprintf(line, sizeof line, "%s %s %s %s", f->name, hex, blob, sets);
  return row_list_add(o->files, sizeof o->files, "files", line, e);
}
static enum err_code keep(struct store *s, struct output *o, const struct output_request *q, const struct strbuf *report, struct err *e) {
  o->files[0] = 0;
  for (int i = 0; i < q->n_files; i++) TRY(keep_one(s, o, &q->file[i], e));
  return store_blob_put(s, "output", "report", report->p, report->n, PART_PARADATA, o->report, e);
}
/* Two rows in one commit: handed in, and what the rules say. Killed before it, nothing has happened. */
static enum err_code commit(struct store *s, struct output *o, const struct output_request *q, const struct strbuf *report,
    enum output_verdict verdict, const struct act_by *by, struct err *e) {
  const enum output_step said = verdict == OUTPUT_VERDICT_FAIL ? OUTPUT_DO_BLOCK : OUTPUT_DO_PASS;
  TRY(store_begin(s, e));
  enum err_code code = keep(s, o, q, report, e);
  if (!code) code = output_step(s, o, OUTPUT_DO_HAND_IN, e);
  if (!code) code = output_put_signed(s, o, OUTPUT_DO_HAND_IN, by, e);
  snprintf(o->verdict, sizeof o->verdict, "%s", output_verdict_text(verdict));
  if (!code) code = output_step(s, o, said, e);
  if (!code) code = output_put(s, o, said, by, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}
static enum err_code judge(struct store *s, struct arena *a, const struct output *o, const struct output_request *q, const struct output_rules *rules,
    struct strbuf *report, enum output_verdict *verdict, struct err *e) {
  struct output_known *known;
  int64_t n = 0;
  TRY(output_register(s, a, o->dataset, o->id, &known, &n, e));
  return rules->judge(rules->context, s, a, o->profile, false, q->file, q->n_files, known, n, report, verdict, e);
}
static enum err_code hand_in(struct store *s, struct arena *a, const struct output_request *q, const struct output_rules *rules,
    const struct act_by *by, struct output *o, bool *told, struct err *e) {
  struct strbuf report;
  enum output_verdict verdict = OUTPUT_VERDICT_FAIL;
  bool found;
  char object[RECORD_OBJECT_BYTES];
  TRY(output_who(s, by, e));
  if (!act_id_ok(q->id)) return ERR(e, E_OUTPUT_ID, .subject = q->id, .expected = "2 to 40 of a-z 0-9 -");
  output_object(q->id, object);
  TRY(act_read(s, object, &output_format, o, &found, NULL, e));
  if (found && strcmp(o->author, by->officer) != 0) return ERR(e, E_OUTPUT_AUTHOR, .subject = q->id, .expected = o->author, .found = by->officer);
  if (found && strcmp(o->grant, q->grant) != 0) return ERR(e, E_OUTPUT_AUTHOR, .subject = q->id, .expected = o->grant, .found = q->grant);
  if (output_next(output_state_of(o), OUTPUT_DO_HAND_IN) == OUTPUT_NONE)
    return ERR(e, E_OUTPUT_STATE, .subject = q->id, .expected = "submit", .found = o->state);
  TRY(check_files(q, e));
  snprintf(o->id, sizeof o->id, "%s", q->id);
  snprintf(o->author, sizeof o->author, "%s", by->officer);
  TRY(row_set(o->note, sizeof o->note, "note", q->note, e));
  TRY(check_grant(s, a, q, by, o, told, e));
  o->revision++;
  strbuf_init(&report, 0);
  enum err_code code = judge(s, a, o, q, rules, &report, &verdict, e);
  if (!code) code = commit(s, o, q, &report, verdict, by, e);
  strbuf_release(&report);
  return code;
}
enum err_code output_hand_in(struct store *s, const struct output_request *q, const struct output_rules *rules, const struct act_by *by,
    struct output *out, struct err *e) {
  struct arena *a = arena_new(0);
  bool told = false;
  memset(out, 0, sizeof *out);
  if (!a) return ERR(e, E_NO_MEMORY, .subject = q->id);
  enum err_code code = hand_in(s, a, q, rules, by, out, &told, e);
  arena_free(a);
  if (code && told) return code;
  if (code) return output_refuse(s, code == E_OUTPUT_TYPE ? OUTPUT_DO_BLOCK : OUTPUT_DO_HAND_IN, q->id, e);
  if (output_state_of(out) == OUTPUT_PENDING) return ERR(e, E_OUTPUT_BLOCKED, .subject = q->id); /* its leaf stands: output-block */
  return E_OK;
}

/* --- withdrawing --- */

static enum err_code withdraw(struct store *s, const char *id, const char *note, const struct act_by *by, struct output *o, struct err *e) {
  TRY(output_who(s, by, e));
  TRY(output_find(s, id, o, e));
  if (strcmp(o->author, by->officer) != 0) TRY(role_require(s, by->officer, OUTPUT_LEADERS, steps[OUTPUT_DO_WITHDRAW].action, id, e));
  TRY(row_set(o->note, sizeof o->note, "note", note, e));
  TRY(output_step(s, o, OUTPUT_DO_WITHDRAW, e));
  TRY(store_begin(s, e));
  enum err_code code = output_put_signed(s, o, OUTPUT_DO_WITHDRAW, by, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}
enum err_code output_withdraw(struct store *s, const char *id, const char *note, const struct act_by *by, struct output *out, struct err *e) {
  enum err_code code = withdraw(s, id, note, by, out, e);
  return code ? output_refuse(s, OUTPUT_DO_WITHDRAW, id, e) : E_OK;
}
