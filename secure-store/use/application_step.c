/* application_step.c -- one step of an application: is it allowed, is everything there that it needs, then one row and its leaf. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/rights/name_check.h"
#include "secure-store/use/application_impl.h"
#include "secure-store/use/application_items.h"
#include "secure-store/use/returned_proof.h"
#include "secure-store/use/sanction.h"

static const struct {
  const char *action;
  role_set any_of;
  unsigned members;
} rules[USE_STEPS] = {
#define USE_STEP_NAME(step, text, action, roles, members) {action, roles, members},
#include "secure-store/use/application_steps.def"
#undef USE_STEP_NAME
};

static enum err_code lacks(const char *field, const char *expected, struct err *e) { return ERR(e, E_USE_FIELD, .subject = field,
    .expected = expected); }
static bool hash_text(const char *text) { return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64; }

/* --- votes --- */

/* A reviewer of the applicant's own section has a conflict of interest; one person counts once. */
static enum err_code counts(struct store *s, const struct application *a, const char *reviewer, bool *yes, struct err *e) {
  struct officer o;
  struct err interest;
  TRY(officer_find(s, reviewer, &o, e));
  *yes = !o.retired && !(name_same(o.section, a->section) && name_same(o.organisation, a->applicant));
  if (!*yes) return E_OK;
  const enum err_code code = application_disinterested(s, a, reviewer, &interest);
  *yes = !code;
  return !code || code == E_USE_INTERESTED ? E_OK : ERR(e, code, .subject = reviewer);
}
/* Officers whose vote counts, to tell a second key of one person. */
struct voters {
  struct use_votes *votes;
  char id[APPROVAL_MAX][OFFICER_ID_BYTES];
  int n;
};
static enum err_code count_word(struct store *s, const struct application *a, const struct approval *word, struct voters *v, struct err *e) {
  bool yes, same = false;
  TRY(counts(s, a, word->officer, &yes, e));
  for (int i = 0; yes && !same && i < v->n; i++) TRY(use_same_person(s, str_of(v->id[i]), str_of(word->officer), &same, e));
  if (!yes || same || v->n == APPROVAL_MAX) return E_OK;
  memcpy(v->id[v->n++], word->officer, OFFICER_ID_BYTES);
  *(word->approve ? &v->votes->n_for : &v->votes->n_against) += 1;
  return E_OK;
}
static enum err_code last_words(struct store *s, const uint8_t subject[32], struct use_votes *out, const struct application *a, struct err *e) {
  char hex[65], stem[RECORD_OBJECT_BYTES];
  struct record r, last;
  struct voters v = {.votes = out};
  hex_encode(subject, 32, hex);
  snprintf(stem, sizeof stem, "approval:application:%s:", hex);
  for (uint64_t from = 0; record_next_of(s, stem, from, &r); from = r.seq + 1) {
    struct approval word;
    struct str signature;
    struct strbuf text;
    if (!record_last(s, r.object, &last) || last.seq != r.seq) continue;
    strbuf_init(&text, 0);
    enum err_code code = record_text(s, &r, &text, e);
    if (!code) code = approval_parse(str_view(text.p, text.n), &word, &signature, e);
    if (!code) code = count_word(s, a, &word, &v, e);
    strbuf_release(&text);
    TRY(code);
  }
  return E_OK;
}
enum err_code application_votes(struct store *s, const struct application *a, struct use_votes *out, struct err *e) {
  uint8_t subject[32];
  *out = (struct use_votes){0};
  TRY(application_subject(a, subject, e));
  TRY(last_words(s, subject, out, a, e));
  out->complete = out->n_for + out->n_against >= 2;
  if (!out->complete) out->n_for = out->n_against = 0; /* nobody is led by the other's vote */
  return E_OK;
}
enum err_code application_vote(struct store *s, const char *id, bool approve, const struct act_by *by, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  struct application a;
  struct approval word = {.kind = "application", .approve = approve}, out;
  struct strbuf text;
  bool yes = false;
  application_object(id, object);
  if (!by || !by->secret) return (void)ERR(e, E_DISPOSAL_OFFICER, .subject = object), act_refuse(s, "grant-vote", object, e);
  TRY(role_require(s, by->officer, USE_REVIEWERS, "grant-vote", object, e));
  if (application_find(s, id, &a, e)) return act_refuse(s, "grant-vote", object, e);
  const enum use_state state = application_state(&a);
  if (state != USE_CHECKED && !(state == USE_IN_USE && a.extension_until)) {
    (void)ERR(e, E_USE_STEP, .subject = id, .expected = "vote", .found = a.state);
    return act_refuse(s, "grant-vote", object, e);
  }
  TRY(counts(s, &a, by->officer, &yes, e));
  if (!yes) return (void)ERR(e, E_USE_VOTES, .subject = id, .found = by->officer, .expected = "a reviewer of another section"), act_refuse(s,
      "grant-vote", object, e);
  TRY(store_now(s, &word.time, e));
  snprintf(word.officer, sizeof word.officer, "%s", by->officer);
  memcpy(word.install_id, s->install_id, sizeof word.install_id);
  TRY(application_subject(&a, word.subject, e));
  strbuf_init(&text, 0);
  TRY(store_begin(s, e));
  enum err_code code = approval_sign(by->secret, &word, &text, e);
  if (!code) code = approval_put(s, str_view(text.p, text.n), "grant-vote", "application", word.subject, &out, e);
  if (!code) code = store_commit(s, e);
  strbuf_release(&text);
  return code ? act_refuse(s, "grant-vote", object, e) : E_OK;
}
static enum err_code two_votes(struct store *s, const struct application *a, bool for_it, struct err *e) {
  struct use_votes v;
  char found[64];
  TRY(application_votes(s, a, &v, e));
  snprintf(found, sizeof found, "%d for, %d against", v.n_for, v.n_against);
  if (!v.complete) return ERR(e, E_USE_VOTES, .subject = a->id, .expected = "the votes of two reviewers");
  return !for_it || v.n_against == 0 ? E_OK : ERR(e, E_USE_VOTES, .subject = a->id, .expected = "no vote against", .found = found);
}

/* --- what steps need --- */

static enum err_code needs_handing_in(struct store *s, const struct application *a, int64_t now, struct err *e) {
  char other[ACT_ID_BYTES];
  TRY(application_complete(a, now, e));
  TRY(application_check_items(s, a, e));
  TRY(sanction_check(s, a, now, e));
  TRY(application_owes(s, a, now, other, e));
  return other[0] ? ERR(e, E_USE_LATE, .subject = a->id, .found = other, .expected = "the report of erasure or return") : E_OK;
}
/* A pledge of somebody who has a card here: his key is the one the package is sealed to. */
static enum err_code needs_pledge(struct store *s, const struct application *a, const struct application *change, struct err *e) {
  struct str pledge, hash, user;
  struct officer o;
  char id[OFFICER_ID_BYTES], digits[65];
  bool known = false;
  if (!row_list_at(change->pledges, 0, &pledge)) return lacks("pledge", "OFFICER SHA256 of the signed pledge", e);
  const struct str officer = str_split(pledge, ' ', &hash);
  for (int i = 0; !known && row_list_at(a->users, i, &user); i++) known = str_eq(user, officer);
  if (!known || officer.n >= sizeof id) return ERR(e, E_USE_PLEDGE, .subject = a->id, .expected = "a user of the application");
  if (row_list_at(change->pledges, 1, &user)) return lacks("pledge", "one at a time", e);
  for (int i = 0; row_list_at(a->pledges, i, &user); i++)
    if (str_starts(user, officer) && user.p[officer.n] == ' ') return ERR(e, E_USE_PLEDGE, .subject = a->id,
        .expected = "a user who has not pledged yet");
  snprintf(id, sizeof id, "%.*s", (int)officer.n, officer.p);
  snprintf(digits, sizeof digits, "%.*s", (int)(hash.n == 64 ? 64 : 0), hash.p);
  if (!hash_text(digits)) return lacks("pledge", "OFFICER SHA256 of the signed pledge", e);
  return officer_find(s, id, &o, e);
}
static enum err_code needs_decision(struct store *s, const struct application *a, int64_t now, struct err *e) {
  TRY(application_check_items(s, a, e));
  TRY(sanction_check(s, a, now, e));
  return two_votes(s, a, true, e);
}
/* Only what was accepted leaves: on a medium the package of the grant, without one the named machine in the office (on-site). */
static enum err_code needs_providing(struct store *s, const struct application *a, int64_t now, struct err *e) {
  char other[ACT_ID_BYTES];
  TRY(sanction_check(s, a, now, e));
  TRY(application_owes(s, a, now, other, e));
  if (other[0]) return ERR(e, E_USE_OWES, .subject = other, .found = a->id);
  TRY(application_grant_fits(s, a, e));
  if (a->medium[0]) return application_medium_fits(s, a, e);
  return application_packages(s, a->grant) == 0 ? E_OK : lacks("medium", "the medium the package is on", e);
}
static enum err_code needs(struct store *s, enum use_step step, const struct application *a, const struct application *change, int64_t now,
    struct err *e) {
  switch (step) {
    case USE_CONSULT: return a->title[0] ? application_check_items(s, a, e) : lacks("title", "title of the study or work", e);
    case USE_APPLY: return needs_handing_in(s, a, now, e);
    case USE_CHECK:
      TRY(application_complete(a, now, e));
      return application_check_items(s, a, e);
    case USE_SEND_BACK: return change->note[0] ? E_OK : lacks("note", "what is to be mended", e);
    case USE_ACCEPT: return needs_decision(s, a, now, e);
    case USE_REFUSE:
      if (!change->conditions[0]) return lacks("conditions", "why it is refused", e);
      return two_votes(s, a, false, e);
    case USE_PLEDGE: return needs_pledge(s, a, change, e);
    case USE_PROVIDE: return needs_providing(s, a, now, e);
    case USE_RECEIVE: return change->note[0] ? E_OK : lacks("note", "SHA-256 or number of the signed receipt", e);
    case USE_INSPECT: return change->note[0] ? E_OK : lacks("note", "what was inspected, and the finding", e);
    case USE_EXTEND:
      if (now >= a->until) return ERR(e, E_USE_LATE, .subject = a->id, .expected = "asked before the end of the period");
      if (change->extension_until <= a->until) return lacks("until", "an end after the present one", e);
      return sanction_check(s, a, now, e);
    case USE_GRANT_EXTENSION:
      if (!a->extension_until) return lacks("extension", "an extension that was asked for", e);
      if (now >= a->until) return ERR(e, E_USE_LATE, .subject = a->id, .expected = "decided before the end of the period");
      TRY(sanction_check(s, a, now, e));
      return two_votes(s, a, true, e);
    case USE_CONFIRM: return hash_text(change->results_sha256) ? E_OK : lacks("results-sha256", "64 hex digits of the results that were checked", e);
    case USE_END: return E_OK;
    case USE_RETURN: return hash_text(change->destruction_sha256) ? E_OK : lacks("destruction-sha256",
        "64 hex digits of the report of erasure or return", e);
    case USE_ANNOUNCE: return a->published_at ? ERR(e, E_USE_STEP, .subject = a->id, .expected = "announced once",
        .found = "announced already") : E_OK;
    case USE_PUBLISH: return a->published_at ? E_OK : lacks("announcement", "the facts of the provision, `announce`", e);
    case USE_CLOSE: return change->note[0] ? E_OK : lacks("note", "what was compared: media, ledger, proof", e);
    case USE_STEPS: break;
  }
  return ERR(e, E_BUG, .subject = "application_do");
}

/* --- a step --- */

static void text_into(char *to, const char *from, size_t size) {
  if (from[0]) memcpy(to, from, size);
}
#define TAKE(member) text_into(a->member, change->member, sizeof a->member)
static void take_content(struct application *a, const struct application *change) {
  TAKE(analysis), TAKE(applicant), TAKE(applicant_kind), TAKE(basis), TAKE(contact), TAKE(datasets), TAKE(declarations), TAKE(erasure),
      TAKE(holdings);
  TAKE(identity_sha256), TAKE(items), TAKE(machine), TAKE(need), TAKE(network), TAKE(outsourcing), TAKE(place), TAKE(publication), TAKE(purpose);
  TAKE(representative), TAKE(route), TAKE(rows), TAKE(section), TAKE(title), TAKE(users);
  if (change->from) a->from = change->from;
  if (change->until) a->until = change->until;
}
/* What the step leaves behind in the row. */
static enum err_code take_over(struct application *a, enum use_step step, const struct application *change, int64_t now, struct err *e) {
  struct str pledge;
  snprintf(a->note, sizeof a->note, "%s", change->note);
  TAKE(conditions), TAKE(grant), TAKE(medium), TAKE(results_sha256), TAKE(destruction_sha256);
  switch (step) {
    case USE_CHECK: a->checked_at = now; break;
    case USE_PROVIDE: a->provided_at = now; break;
    case USE_EXTEND: a->extension_until = change->extension_until; break;
    case USE_GRANT_EXTENSION: a->until = a->extension_until, a->extension_until = 0; break;
    case USE_CONFIRM: a->results_at = now; break;
    case USE_ANNOUNCE: a->published_at = now; break;
    case USE_PLEDGE:
      if (row_list_at(change->pledges, 0, &pledge)) {
        char line[ACT_TEXT_BYTES];
        snprintf(line, sizeof line, "%.*s", (int)pledge.n, pledge.p);
        TRY(row_list_add(a->pledges, sizeof a->pledges, "pledges", line, e));
      }
      break;
    default: break;
  }
  return E_OK;
}
#undef TAKE

static enum err_code before(struct store *s, enum use_step step, const struct application *change, struct application *a, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  bool found = false;
  memset(a, 0, sizeof *a);
  if (!act_id_ok(change->id)) return ERR(e, E_DISPOSAL_ID, .subject = change->id, .expected = "2 to 40 of a-z 0-9 -");
  application_object(change->id, object);
  TRY(act_read(s, object, &application_format, a, &found, NULL, e));
  if (!found && step != USE_CONSULT) return ERR(e, E_DISPOSAL_UNKNOWN, .subject = object);
  if (!found) memcpy(a->id, change->id, sizeof a->id);
  return E_OK;
}
static enum err_code prepare(struct store *s, enum use_step step, const struct application *change, const struct act_by *by, struct application *a,
    struct err *e) {
  int64_t now;
  TRY(application_brings(change, rules[step].members, e));
  TRY(before(s, step, change, a, e));
  TRY(store_now(s, &now, e));
  enum use_state to = use_step_from(application_state(a), step);
  if (to == USE_NONE) return ERR(e, E_USE_STEP, .subject = a->id, .expected = use_step_name(step), .found = a->state);
  if (by && step != USE_CONSULT && step != USE_APPLY && step != USE_EXTEND) TRY(application_disinterested(s, a, by->officer, e));
  if (step == USE_CONSULT) take_content(a, change);
  if (step == USE_PROVIDE) text_into(a->grant, change->grant, sizeof a->grant), text_into(a->medium, change->medium, sizeof a->medium);
  TRY(needs(s, step, a, change, now, e));
  TRY(take_over(a, step, change, now, e));
  if (step == USE_PLEDGE && application_all_pledged(a)) to = USE_PLEDGED;
  snprintf(a->state, sizeof a->state, "%s", use_state_name(to));
  return E_OK;
}
static enum err_code do_step(struct store *s, enum use_step step, const struct application *change, const struct act_by *by, struct err *e) {
  struct application a;
  char object[RECORD_OBJECT_BYTES];
  application_object(change->id, object);
  struct act act = {.action = rules[step].action, .object = object, .kind = "application", .any_of = rules[step].any_of, .sealed = true};
  TRY(act_check(s, &act, by, e)); /* first: who has no right learns nothing of the application */
  if (prepare(s, step, change, by, &a, e)) return act_refuse(s, rules[step].action, object, e);
  return act_row(s, &act, &application_format, &a, by, e);
}
enum err_code application_do(struct store *s, enum use_step step, const struct application *change, const struct act_by *by, struct err *e) {
  if (step == USE_RETURN) return application_return(s, change, NULL, by, e);
  return s->locked ? ERR(e, E_STORE_LOCKED, .subject = change->id) : do_step(s, step, change, by, e);
}

/* --- what comes back --- */

/* A task of its own for the auditor; what it was refused for stands in the leaf of the refusal. */
static enum err_code put_task(struct store *s, const char *kind, const struct application *a, const char *why, struct err *e) {
  char object[RECORD_OBJECT_BYTES], text[1024];
  snprintf(object, sizeof object, "task:%s:%.40s", kind, a->id);
  const int n = snprintf(text, sizeof text, "shirabe-task-1\nfor auditor\nkind %s\napplication %s\ngrant %s\nreason %s\n", kind, a->id, a->grant,
      why);
  TRY(store_begin(s, e));
  enum err_code code = record_put(s, &(struct record_entry){.action = "inspect-plan", .object = object, .role = LOG_ROLE_PROGRAM, .grant = a->grant,
                                         .sealed = true, .text = str_view(text, (size_t)n)}, e);
  if (!code) return store_commit(s, e);
  store_rollback(s);
  return code;
}
/* The proof of a package is part of the report; a lost one is a task, one that does not hold an alarm. */
static enum err_code check_proof(struct store *s, const struct application *a, const struct application *change, const struct str *proof,
    struct err *e) {
  if (application_packages(s, a->grant) == 0) return proof ? ERR(e, E_USE_OPTION, .subject = "--proof", .found = "no package was made") : E_OK;
  if (!proof) return lacks("proof", "provision.tlog-proof of the package, or lost with a note that says how", e);
  if (str_eq(*proof, STR("lost"))) return change->note[0] ? E_OK : lacks("note", "how the proof was lost", e);
  return returned_proof_check(s, a->grant, *proof, e);
}
enum err_code application_return(struct store *s, const struct application *change, const struct str *proof, const struct act_by *by,
    struct err *e) {
  struct application a;
  struct err second;
  char object[RECORD_OBJECT_BYTES];
  application_object(change->id, object);
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = object);
  const struct act act = {.action = rules[USE_RETURN].action, .object = object, .any_of = rules[USE_RETURN].any_of};
  TRY(act_check(s, &act, by, e)); /* before anything is compared: alarms are raised by those who may take the step */
  if (application_find(s, change->id, &a, e)) return act_refuse(s, act.action, object, e);
  const bool due = use_step_from(application_state(&a), USE_RETURN) != USE_NONE;
  const enum err_code code = due ? check_proof(s, &a, change, proof, e) : E_OK; /* a step out of order is refused as such */
  if (code == E_USE_PROOF && put_task(s, "proof", &a, e->found, &second)) job_problem(store_job(s), &second);
  if (code) return act_refuse(s, act.action, object, e);
  TRY(do_step(s, USE_RETURN, change, by, e));
  return due && proof && str_eq(*proof, STR("lost")) ? put_task(s, "proof-lost", &a, change->note, e) : E_OK;
}
