/* register_store.c -- see register_store.h. */
#include "secure-store/register/register_store.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "forms/form.h"
#include "secure-store/output/embargo.h"
#include "secure-store/rights/approval.h"
#include "secure-store/rights/record_impl.h"

#define FIELD(member, kind) FIELD_OF(struct register_row, member, kind)
static const struct field fields[] = {FIELD(accepted, FIELD_INT), FIELD(blob, FIELD_TEXT), FIELD(built, FIELD_INT), FIELD(bytes, FIELD_INT),
    FIELD(edition, FIELD_INT), FIELD_FORMAT_NAME, FIELD(id, FIELD_TEXT), FIELD(inputs, FIELD_TEXT), FIELD(kind, FIELD_TEXT),
    FIELD(period, FIELD_TEXT), FIELD(reason, FIELD_TEXT), FIELD(region, FIELD_TEXT), FIELD(releasable, FIELD_INT), FIELD(signer, FIELD_TEXT),
    FIELD(supersedes, FIELD_TEXT), FIELD(survey, FIELD_TEXT), FIELD(tables, FIELD_INT), FIELD(warned, FIELD_INT)};
const struct row_format register_row_format = {"shirabe-register-row-1", fields, sizeof fields / sizeof *fields};

static void object_of(const char *release, char out[RECORD_OBJECT_BYTES]) { snprintf(out, RECORD_OBJECT_BYTES, "register:%.95s", release); }

enum err_code register_find(struct store *s, const char *release, struct register_row *out, bool *found, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  object_of(release, object);
  return act_read(s, object, &register_row_format, out, found, NULL, e);
}
static enum err_code put_row(struct store *s, const struct register_row *row, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  struct strbuf text;
  struct record_entry r = {.action = "output-release", .object = object, .role = LOG_ROLE_PROGRAM, .sealed = true, .rows = row->tables};
  object_of(row->id, object);
  strbuf_init(&text, 0);
  enum err_code code = row_write(&register_row_format, row, &text, e);
  r.text = str_view(text.p, text.n);
  if (!code) code = record_put(s, &r, e);
  strbuf_release(&text);
  return code;
}
enum err_code register_put(struct store *s, const struct register_row *row, struct str entry, struct err *e) {
  struct register_row there, own = *row;
  bool found;
  TRY(register_find(s, row->id, &there, &found, e));
  if (found && !strcmp(there.inputs, row->inputs)) return E_OK;
  TRY(store_blob_put(s, "register", row->id, entry.p, entry.n, PART_PARADATA, own.blob, e));
  own.bytes = (int64_t)entry.n;
  return put_row(s, &own, e);
}
enum err_code register_next(struct store *s, const char *survey, uint64_t *from, struct register_row *out, bool *found, struct err *e) {
  struct record r;
  do TRY(act_next(s, "register:", from, &register_row_format, out, found, &r, e));
  while (*found && survey && strcmp(out->survey, survey) != 0);
  return E_OK;
}
enum err_code register_read(struct store *s, const struct register_row *row, int64_t access, struct strbuf *out, struct err *e) {
  TRY(embargo_read(s, row->survey, row->period, s->signed_in_officer, e));
  return store_blob_get(s, row->blob, access, REGISTER_ENTRY_MAX, out, e);
}

/* --- releases from before the register --- */

static void copy(char *to, size_t size, struct str from) { snprintf(to, size, "%.*s", (int)from.n, from.p); }
static enum err_code read_old(struct store *s, struct arena *a, const char *survey, struct register_old **out, int64_t *n, struct err *e) {
  struct db_statement *q;
  enum err_code code;
  bool row;
  int64_t room = 0;
  TRY(db_prepare(
      store_db(s), "SELECT id, survey, period, built, releasable FROM release WHERE ?1 = '' OR survey = ?1 ORDER BY built, rowid", &q, e));
  db_bind_cstr(q, 1, survey ? survey : "");
  while (!(code = db_step(q, &row, e)) && row) {
    if (*n == room) {
      struct register_old *more = ARENA_ARRAY(a, struct register_old, room = 2 * room + 16);
      if (!more) {
        db_reset(q);
        return ERR(e, E_NO_MEMORY, .subject = "register");
      }
      if (*n) memcpy(more, *out, (size_t)*n * sizeof *more);
      *out = more;
    }
    struct register_old *o = &(*out)[(*n)++];
    copy(o->id, sizeof o->id, db_text(q, 0)), copy(o->survey, sizeof o->survey, db_text(q, 1)), copy(o->period, sizeof o->period, db_text(q, 2));
    o->built = db_int(q, 3), o->releasable = db_int(q, 4);
  }
  return code;
}
enum err_code register_older(struct store *s, struct arena *a, const char *survey, struct register_old **out, int64_t *n, struct err *e) {
  struct db_statement *q;
  struct record r;
  char object[RECORD_OBJECT_BYTES];
  bool there = false;
  int64_t kept = 0;
  *out = NULL, *n = 0;
  TRY(db_prepare(store_db(s), "SELECT 1 FROM sqlite_schema WHERE name = 'release'", &q, e));
  TRY(db_step(q, &there, e));
  db_reset(q);
  if (!there) return E_OK;
  TRY(read_old(s, a, survey, out, n, e));
  for (int64_t i = 0; i < *n; i++) {
    object_of((*out)[i].id, object);
    if (!record_last(s, object, &r)) (*out)[kept++] = (*out)[i];
  }
  *n = kept;
  return E_OK;
}

/* --- two officers --- */

void register_subject(const char *survey, const char *period, const char *inputs, uint8_t out[32]) {
  char text[256];
  const int n = snprintf(text, sizeof text, "shirabe-register-accept-1\n%.64s\n%.24s\n%.64s\n", survey, period, inputs);
  sha256_of(text, (size_t)n, out);
}
enum err_code register_accepted(struct store *s, const uint8_t subject[32], bool *yes, struct err *e) {
  struct approval word[APPROVAL_MAX];
  struct officer person[APPROVAL_MAX];
  int n, n_people = 0;
  *yes = false;
  TRY(approvals_of(s, "release", subject, word, &n, e));
  for (int i = 0; i < n; i++) {
    role_set roles = 0;
    bool again = false;
    TRY(officer_find(s, word[i].officer, &person[n_people], e));
    TRY(roles_of(s, word[i].officer, word[i].recorded, &roles, e));
    if (!(roles & (ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_REVIEWER)))) continue;
    for (int k = 0; k < n_people; k++) again = again || officer_same_person(&person[k], &person[n_people]);
    n_people += !again;
  }
  *yes = n_people >= 2;
  return E_OK;
}
