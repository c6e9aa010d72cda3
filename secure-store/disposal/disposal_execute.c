/* disposal_execute.c -- the steps in their order; see disposal_execute.h. */
#include "secure-store/disposal/disposal_execute.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/store_impl.h"

static const role_set executing_roles =
    ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_KEY_OFFICER) | ROLE_BIT(LOG_ROLE_AUDITOR);

static enum err_code begin(struct store *s, struct disposal_view *v, const struct act_by *by, struct err *e) {
  struct disposal_begun b = {.epoch_before = (int64_t)keystore_public(s->keys)->epoch};
  struct disposal_erased scope = {.packs = 0};
  char object[RECORD_OBJECT_BYTES];
  memcpy(b.id, v->proposal.id, sizeof b.id);
  TRY(store_now(s, &b.began, e));
  TRY(disposal_list_keys(s, &v->proposal, b.commitments, sizeof b.commitments, e));
  TRY(disposal_mark(s, &v->proposal, &scope, e));
  b.originals = scope.originals;
  b.originals_shared = scope.originals_shared;
  disposal_object("disposal-begun", b.id, object);
  struct act a = {.action = "destroy-execute", .object = object, .kind = "disposal", .any_of = executing_roles, .rows = v->proposal.records};
  TRY(act_row(s, &a, &disposal_begun_format, &b, by, e));
  v->begun = b;
  v->state = DISPOSAL_BEGUN;
  return E_OK;
}

/* Data written under the doomed key after its destruction began are not ours to destroy. */
static enum err_code nothing_new(struct store *s, const struct disposal *d, struct err *e) {
  int64_t segments, last, records;
  TRY(disposal_scope(s, d->dataset, d->part, &segments, &last, &records, e));
  return last <= d->last_segment ? E_OK : ERR(e, E_DISPOSAL_CHANGED, .subject = d->id, .found = "data written after destruction began");
}

static enum err_code put_done(struct store *s, struct disposal_view *v, const struct disposal_erased *erased, struct err *e) {
  struct disposal_done done = {.epoch_after = (int64_t)keystore_public(s->keys)->epoch, .packs = erased->packs, .segments = v->proposal.segments};
  struct strbuf text;
  char object[RECORD_OBJECT_BYTES];
  memcpy(done.id, v->proposal.id, sizeof done.id);
  TRY(store_now(s, &done.executed, e));
  v->done = done;
  disposal_object("disposal-done", done.id, object);
  strbuf_init(&text, 0);
  enum err_code code = row_write(&disposal_done_format, &done, &text, e);
  if (!code)
    code = record_put(s, &(struct record_entry){.action = "destroy-execute", .object = object, .role = LOG_ROLE_PROGRAM, .text = str_view(text.p,
        text.n),
                                                .rows = v->proposal.records}, e);
  strbuf_release(&text);
  return code ? code : disposal_put_statement(s, v, e);
}

static enum err_code finish(struct store *s, struct disposal_view *v, const struct disposal_erased *erased, struct err *e) {
  TRY(store_begin(s, e));
  enum err_code code = put_done(s, v, erased, e);
  if (!code) code = store_log_checkpoint(s, e);
  if (!code) code = store_commit(s, e);
  else store_rollback(s);
  return code;
}

static enum err_code steps(struct store *s, struct disposal_view *v, const struct disposal_keys *keys, struct err *e) {
  struct disposal_erased erased = {.packs = 0};
  TRY(nothing_new(s, &v->proposal, e));
  TRY(disposal_destroy_keys(s, v, keys, e));
  TRY(disposal_erase(s, &v->proposal, &erased, e));
  TRY(disposal_compact(s, e));
  return finish(s, v, &erased, e);
}

enum err_code disposal_execute(struct store *s, const char *id, const struct disposal_keys *keys, const struct act_by *by, struct err *e) {
  struct disposal_view v;
  char object[RECORD_OBJECT_BYTES];
  disposal_object("disposal", id, object);
  const struct act a = {.action = "destroy-execute", .object = object, .any_of = executing_roles};
  TRY(act_check(s, &a, by, e));
  enum err_code code = disposal_read(s, id, &v, e);
  if (!code && v.state != DISPOSAL_BEGUN) code = disposal_check(s, &v, e);
  if (!code && !disposal_keys_gone(s, &v)) code = disposal_authorise(s, keys, id, e);
  if (code) return act_refuse(s, a.action, object, e);
  if (v.state != DISPOSAL_BEGUN) TRY(begin(s, &v, by, e));
  code = steps(s, &v, keys, e);
  return code ? act_refuse(s, a.action, object, e) : E_OK;
}
