/* output_vote.c -- two people look at an output; nobody sees the other's vote before his own stands. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/extract/provide.h"
#include "secure-store/output/output_impl.h"

/* --- what is voted on: the hash of exactly these files, so that a changed one has no votes --- */

enum err_code output_subject(const struct output *o, uint8_t out[32], struct err *e) {
  struct strbuf text;
  char name[OUTPUT_NAME_BYTES], sha256[65], blob[65], sets[65];
  strbuf_init(&text, 0);
  strbuf_addf(&text, "shirabe-output-1\nid %s\nrevision %lld\ngrant %s\nprofile %s\n", o->id, (long long)o->revision, o->grant, o->profile);
  for (int i = 0; output_file_at(o, i, name, sha256, blob, sets); i++) strbuf_addf(&text, "file %s %s\n", name, sha256);
  strbuf_addf(&text, "report %s\n", o->report);
  if (!text.failed) sha256_of(text.p, text.n, out);
  enum err_code code = text.failed ? ERR(e, E_NO_MEMORY, .subject = o->id) : E_OK;
  strbuf_release(&text);
  return code;
}

/* --- who may check --- */

static enum err_code not_he(
    struct store *s, const struct output *o, const struct officer *checker, const char *other, const char *why, struct err *e) {
  struct officer card;
  if (!other[0] || officer_find(s, other, &card, e)) return other[0] ? e->code : E_OK;
  return officer_same_person(checker, &card) ? ERR(e, E_OUTPUT_CHECKER, .subject = checker->id, .found = o->id, .expected = why) : E_OK;
}
static enum err_code not_its_provider(struct store *s, struct arena *a, const struct output *o, const struct officer *checker, struct err *e) {
  struct provision *list;
  int64_t n = 0;
  TRY(provision_list(s, a, &list, &n, e));
  for (int64_t i = 0; i < n; i++) {
    if (strcmp(list[i].grant, o->grant) != 0) continue;
    for (int k = 0; k < 2; k++) TRY(not_he(s, o, checker, list[i].signer[k], "nobody who built or signed the package", e));
  }
  return E_OK;
}
static enum err_code may_check(struct store *s, struct arena *a, const struct output *o, const char *officer, struct err *e) {
  struct officer checker;
  struct grant g;
  uint8_t subject[32];
  TRY(officer_find(s, officer, &checker, e));
  TRY(not_he(s, o, &checker, o->author, "not the author", e));
  TRY(grant_find(s, a, o->grant, &g, subject, e));
  TRY(not_he(s, o, &checker, g.person, "not the person of the grant", e));
  return not_its_provider(s, a, o, &checker, e);
}
enum err_code output_checker(struct store *s, const struct output *o, const char *officer, struct err *e) {
  struct arena *a = arena_new(0);
  enum err_code code = a ? may_check(s, a, o, officer, e) : ERR(e, E_NO_MEMORY, .subject = officer);
  arena_free(a);
  return code;
}

/* --- votes --- */

struct ballot {
  int n_for, n_against, n;
  char officer[APPROVAL_MAX][OFFICER_ID_BYTES];
};
static enum err_code same_as_before(struct store *s, const struct ballot *b, const struct officer *o, bool *yes, struct err *e) {
  struct officer other;
  *yes = false;
  for (int i = 0; !*yes && i < b->n; i++) {
    TRY(officer_find(s, b->officer[i], &other, e));
    *yes = officer_same_person(o, &other);
  }
  return E_OK;
}
/* A word counts when its officer held the role then (whoever left later voids nothing) and may check it; one person counts once, under whatever id.
 * */
static enum err_code count_one(struct store *s, const struct output *o, const struct record *r, struct ballot *b, struct err *e) {
  struct approval word;
  struct officer card;
  struct err why;
  role_set roles;
  bool before;
  struct str signature;
  struct strbuf text;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  if (!code) code = approval_parse(str_view(text.p, text.n), &word, &signature, e);
  strbuf_release(&text);
  TRY(code);
  TRY(officer_find(s, word.officer, &card, e));
  TRY(roles_of(s, word.officer, r->wall, &roles, e));
  TRY(same_as_before(s, b, &card, &before, e));
  code = output_checker(s, o, word.officer, &why);
  if (code && code != E_OUTPUT_CHECKER) return *e = why, code;
  if (code || before || !(roles & OUTPUT_CHECKERS) || b->n == APPROVAL_MAX) return E_OK;
  memcpy(b->officer[b->n++], word.officer, sizeof word.officer);
  *(word.approve ? &b->n_for : &b->n_against) += 1;
  return E_OK;
}
static enum err_code count(struct store *s, const struct output *o, struct ballot *b, struct err *e) {
  uint8_t subject[32];
  char hex[65], stem[RECORD_OBJECT_BYTES];
  struct record r, last;
  memset(b, 0, sizeof *b);
  TRY(output_subject(o, subject, e));
  hex_encode(subject, sizeof subject, hex);
  snprintf(stem, sizeof stem, "approval:output:%s:", hex);
  for (uint64_t from = 0; record_next_of(s, stem, from, &r); from = last.seq + 1) {
    char object[RECORD_OBJECT_BYTES];
    snprintf(object, sizeof object, "%s", r.object);
    const uint64_t seq = r.seq;
    const bool counts = record_last(s, object, &last) && last.seq == seq;
    if (counts) TRY(count_one(s, o, &last, b, e));
    last.seq = seq;
  }
  return E_OK;
}
enum err_code output_votes(struct store *s, const struct output *o, struct output_votes *out, struct err *e) {
  struct ballot b;
  *out = (struct output_votes){0};
  TRY(count(s, o, &b, e));
  out->complete = b.n >= 2;
  if (out->complete) out->n_for = b.n_for, out->n_against = b.n_against;
  return E_OK;
}

static enum err_code put_word(struct store *s, const struct output *o, bool approve, const struct act_by *by, struct err *e) {
  struct approval word = {.kind = "output", .approve = approve}, out;
  struct strbuf text;
  TRY(store_now(s, &word.time, e));
  snprintf(word.officer, sizeof word.officer, "%s", by->officer);
  memcpy(word.install_id, s->install_id, sizeof word.install_id);
  TRY(output_subject(o, word.subject, e));
  strbuf_init(&text, 0);
  enum err_code code = approval_sign(by->secret, &word, &text, e);
  if (!code) code = approval_put(s, str_view(text.p, text.n), "output-vote", "output", word.subject, &out, e);
  strbuf_release(&text);
  return code;
}
static enum output_step outcome(const struct ballot *b) {
  return b->n_against == 0 ? OUTPUT_DO_APPROVE : b->n_for == 0 ? OUTPUT_DO_REJECT : OUTPUT_DO_RETURN;
}
static enum err_code move(struct store *s, struct output *o, enum output_step step, const struct act_by *by, struct err *e) {
  TRY(output_step(s, o, step, e));
  return output_put(s, o, step, by, e);
}
/* Word and rows in one commit. */
static enum err_code take(struct store *s, struct output *o, bool approve, const struct act_by *by, struct err *e) {
  struct ballot b;
  TRY(put_word(s, o, approve, by, e));
  TRY(count(s, o, &b, e));
  const bool first = b.n < 2;
  TRY(move(s, o, first && output_state_of(o) == OUTPUT_PARTIALLY_REVIEWED ? OUTPUT_DO_VOTE_AGAIN : OUTPUT_DO_VOTE, by, e));
  return output_state_of(o) == OUTPUT_REVIEWED ? move(s, o, outcome(&b), by, e) : E_OK;
}
static enum err_code vote(struct store *s, const char *id, bool approve, const struct act_by *by, struct output *o, struct err *e) {
  TRY(output_who(s, by, e));
  TRY(output_find(s, id, o, e));
  if (output_next(output_state_of(o), OUTPUT_DO_VOTE) == OUTPUT_NONE)
    return ERR(e, E_OUTPUT_STATE, .subject = id, .expected = "vote", .found = o->state);
  TRY(role_require(s, by->officer, OUTPUT_CHECKERS, "output-vote", id, e));
  TRY(output_checker(s, o, by->officer, e));
  TRY(store_begin(s, e));
  enum err_code code = take(s, o, approve, by, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}
enum err_code output_vote(struct store *s, const char *id, bool approve, const struct act_by *by, struct output *out, struct err *e) {
  enum err_code code = vote(s, id, approve, by, out, e);
  return code ? output_refuse(s, OUTPUT_DO_VOTE, id, e) : E_OK;
}
