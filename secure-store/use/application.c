/* application.c -- row, names and content of an application; see application.h. What each step needs stands in application_step.c. */
#include "secure-store/use/application.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/use/application_impl.h"

static const char *const state_names[USE_STATES] = {"", "consulting", "applied", "checked", "accepted", "refused", "pledged", "provided", "in-use",
    "confirmed", "ended", "returned", "published", "closed"};
static const char *const step_names[USE_STEPS] = {
#define USE_STEP_NAME(step, text, action, roles, members) text,
#include "secure-store/use/application_steps.def"
#undef USE_STEP_NAME
};
static const struct {
  enum use_state from;
  enum use_step step;
  enum use_state to;
} steps[] = {
#define USE_STEP(from, step, to) {from, step, to},
#include "secure-store/use/application_steps.def"
};

#define TEXT(member) FIELD_OF(struct application, member, FIELD_TEXT)
#define NUMBER(member) FIELD_OF(struct application, member, FIELD_INT)
#define LIST(member) FIELD_OF(struct application, member, FIELD_LIST)
static const struct field fields[] = {TEXT(analysis), TEXT(applicant), TEXT(applicant_kind), TEXT(basis), NUMBER(checked_at), TEXT(conditions),
    TEXT(contact), LIST(datasets), LIST(declarations), TEXT(destruction_sha256), TEXT(erasure), NUMBER(extension_until), FIELD_FORMAT_NAME,
    NUMBER(from), TEXT(grant), TEXT(holdings), TEXT(id), TEXT(identity_sha256), LIST(items), TEXT(machine), TEXT(medium), TEXT(need), TEXT(network),
    TEXT(note), TEXT(outsourcing), TEXT(place), LIST(pledges), NUMBER(provided_at), TEXT(publication), NUMBER(published_at), TEXT(purpose),
    TEXT(representative), NUMBER(results_at), TEXT(results_sha256), TEXT(route), TEXT(rows), TEXT(section), TEXT(state), TEXT(title), NUMBER(until),
    LIST(users)};
#undef TEXT
#undef NUMBER
#undef LIST
const struct row_format application_format = {"shirabe-application-1", fields, sizeof fields / sizeof *fields};

const char *use_state_name(enum use_state s) { return (unsigned)s < USE_STATES ? state_names[s] : ""; }
const char *use_step_name(enum use_step s) { return (unsigned)s < USE_STEPS ? step_names[s] : ""; }
bool use_step_parse(const char *text, enum use_step *out) {
  for (int i = 0; i < USE_STEPS; i++)
    if (strcmp(step_names[i], text) == 0) return *out = (enum use_step)i, true;
  return false;
}
enum use_state use_step_from(enum use_state from, enum use_step step) {
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    if (steps[i].from == from && steps[i].step == step) return steps[i].to;
  return USE_NONE;
}
enum use_state application_state(const struct application *a) {
  for (int i = USE_CONSULTING; i < USE_STATES; i++)
    if (strcmp(state_names[i], a->state) == 0) return (enum use_state)i;
  return USE_NONE;
}

/* --- members --- */

unsigned application_member(const char *name) {
  static const struct {
    const char *name;
    unsigned kind;
  } process[] = {{"checked_at", USE_M_OWN}, {"conditions", USE_M_CONDITIONS}, {"destruction_sha256", USE_M_DESTRUCTION},
      {"extension_until", USE_M_EXTENSION}, {"grant", USE_M_GRANT}, {"id", USE_M_ID}, {"medium", USE_M_MEDIUM}, {"note", USE_M_NOTE},
      {"pledges", USE_M_PLEDGES}, {"provided_at", USE_M_OWN}, {"published_at", USE_M_OWN}, {"results_at", USE_M_OWN},
      {"results_sha256", USE_M_RESULTS}, {"state", USE_M_OWN}};
  for (size_t i = 0; i < sizeof process / sizeof *process; i++)
    if (strcmp(process[i].name, name) == 0) return process[i].kind;
  return USE_M_CONTENT;
}
static bool given(const struct application *a, const struct field *f) {
  int64_t number;
  if (f->kind == FIELD_FORMAT) return false;
  if (f->kind != FIELD_INT) return *((const char *)a + f->at) != 0;
  memcpy(&number, (const char *)a + f->at, sizeof number);
  return number != 0;
}
/* As the option that brings it is called. */
static void option_name(const struct field *f, char out[32]) {
  snprintf(out, 32, "--%.29s", strcmp(f->name, "extension_until") == 0 ? "until" : f->name);
  size_t n = strlen(out);
  if (f->kind == FIELD_LIST) out[n - 1] = 0;
  for (; *out; out++)
    if (*out == '_') *out = '-';
}
enum err_code application_brings(const struct application *change, unsigned members, struct err *e) {
  char name[32];
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (!given(change, &fields[i]) || application_member(fields[i].name) & (members | USE_M_ID | USE_M_NOTE)) continue;
    option_name(&fields[i], name);
    return ERR(e, E_USE_OPTION, .subject = name);
  }
  return E_OK;
}

/* What happens after the application was handed in is no part of what was applied for; an extension that is asked for is. */
static void content_of(const struct application *a, struct application *out) {
  *out = *a;
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    if (fields[i].kind != FIELD_FORMAT && !(application_member(fields[i].name) & (USE_M_ID | USE_M_CONTENT | USE_M_EXTENSION)))
      memset((char *)out + fields[i].at, 0, fields[i].size);
}
enum err_code application_subject(const struct application *a, uint8_t out[32], struct err *e) {
  struct application content;
  struct strbuf text;
  content_of(a, &content);
  strbuf_init(&text, 0);
  enum err_code code = row_write(&application_format, &content, &text, e);
  if (!code) sha256_of(text.p, text.n, out);
  strbuf_release(&text);
  return code;
}

void application_object(const char *id, char out[RECORD_OBJECT_BYTES]) {
  snprintf(out, RECORD_OBJECT_BYTES, "application:%.40s", act_id_ok(id) ? id : "?");
}
enum err_code application_find(struct store *s, const char *id, struct application *out, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  bool found = false;
  memset(out, 0, sizeof *out);
  if (!act_id_ok(id)) return ERR(e, E_DISPOSAL_ID, .subject = id, .expected = "2 to 40 of a-z 0-9 -");
  application_object(id, object);
  TRY(act_read(s, object, &application_format, out, &found, NULL, e));
  return found ? E_OK : ERR(e, E_DISPOSAL_UNKNOWN, .subject = object);
}
