/* incident.c -- see incident.h. */
#include "secure-store/disposal/incident.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/disposal/retention.h"
#include "secure-store/rights/record_impl.h"

enum { HOUR = 3600, DAY = 86400, JST = 9 * HOUR };
static const role_set closers = ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_AUDITOR);
static const role_set everybody = ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_PROVIDER) | ROLE_BIT(LOG_ROLE_TABULATOR) |
                                  ROLE_BIT(LOG_ROLE_REVIEWER) | ROLE_BIT(LOG_ROLE_KEY_OFFICER) | ROLE_BIT(LOG_ROLE_AUDITOR) |
                                      ROLE_BIT(LOG_ROLE_MAINTENANCE);
static const struct incident_policy usual = {.chief_days = 0, .final_days = 30, .final_days_malicious = 60, .first_days = 3, .internal_minutes = 60,
    .ministry_hours = 24};

#define TEXT(m) FIELD_OF(struct incident, m, FIELD_TEXT)
#define LIST(m) FIELD_OF(struct incident, m, FIELD_LIST)
#define NUMBER(m) FIELD_OF(struct incident, m, FIELD_INT)
static const struct field incident_fields[] = {TEXT(cause), LIST(closed_by), TEXT(containment), TEXT(encryption), NUMBER(establishments),
    FIELD_FORMAT_NAME, NUMBER(found_at),
    TEXT(found_by), TEXT(harm), NUMBER(households), TEXT(id), TEXT(items), TEXT(kind), NUMBER(malicious), TEXT(medium), LIST(notified),
        NUMBER(persons), TEXT(police),
    TEXT(prevention), TEXT(publication), TEXT(recovered), NUMBER(report_chief), NUMBER(report_final), NUMBER(report_first), NUMBER(report_internal),
    NUMBER(report_ministry), LIST(reported_to), TEXT(state), TEXT(survey), TEXT(year)};
const struct row_format incident_format = {"shirabe-incident-1", incident_fields, sizeof incident_fields / sizeof *incident_fields};
#undef TEXT
#undef LIST
#undef NUMBER
#define NUMBER(m) FIELD_OF(struct incident_policy, m, FIELD_INT)
static const struct field policy_fields[] = {NUMBER(chief_days), NUMBER(final_days), NUMBER(final_days_malicious), NUMBER(first_days),
    FIELD_FORMAT_NAME,
    NUMBER(internal_minutes), NUMBER(ministry_hours)};
const struct row_format incident_policy_format = {"shirabe-incident-policy-1", policy_fields, sizeof policy_fields / sizeof *policy_fields};
#undef NUMBER

static const char *const stage_names[INCIDENT_STAGES] = {"internal", "chief", "ministry", "first", "final"};
const char *incident_stage_name(enum incident_stage s) { return (unsigned)s < INCIDENT_STAGES ? stage_names[s] : ""; }
bool incident_stage_parse(const char *text, enum incident_stage *out) {
  for (int i = 0; i < INCIDENT_STAGES; i++) {
    if (strcmp(stage_names[i], text) != 0) continue;
    *out = (enum incident_stage)i;
    return true;
  }
  return false;
}
static int64_t *stage_of(struct incident *i, enum incident_stage s) {
  int64_t *const at[INCIDENT_STAGES] = {&i->report_internal, &i->report_chief, &i->report_ministry, &i->report_first, &i->report_final};
  return at[s];
}

/* --- deadlines --- */

enum err_code incident_policy_read(struct store *s, struct incident_policy *out, struct err *e) {
  bool found;
  TRY(act_read(s, "incident-policy", &incident_policy_format, out, &found, NULL, e));
  if (!found) *out = usual;
  return E_OK;
}

enum err_code incident_policy_set(struct store *s, const struct incident_policy *p, const struct act_by *by, struct err *e) {
  struct act a = {.action = "policy-set", .object = "incident-policy", .kind = "incident", .any_of = ROLE_BIT(LOG_ROLE_CHIEF)};
  const int64_t all[] = {p->final_days, p->final_days_malicious, p->first_days, p->internal_minutes, p->ministry_hours};
  bool bad = p->chief_days < 0 || p->chief_days > 366;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) bad = bad || all[i] < 1 || all[i] > 100000;
  if (bad) return act_refuse(s, a.action, a.object, (ERR(e, E_INCIDENT_FIELD, .subject = "deadline"), e));
  return act_row(s, &a, &incident_policy_format, p, by, e);
}

void incident_due(const struct incident *i, const struct incident_policy *p, int64_t now, struct incident_due out[INCIDENT_STAGES]) {
  int64_t day = (i->found_at + JST) / DAY * DAY - JST; /* beginning of the day in Japan */
  const int64_t due[INCIDENT_STAGES] = {i->found_at + p->internal_minutes * 60, day + (p->chief_days + 1) * DAY,
      i->found_at + p->ministry_hours * HOUR,
      i->found_at + p->first_days * DAY, i->found_at + (i->malicious ? p->final_days_malicious : p->final_days) * DAY};
  struct incident copy = *i;
  for (int k = 0; k < INCIDENT_STAGES; k++) {
    int64_t made = *stage_of(&copy, (enum incident_stage)k);
    out[k] = (struct incident_due){.due = due[k], .made = made, .overdue = (made ? made : now) > due[k]};
  }
}

/* --- rows --- */

static void object_of(const char *id, char out[RECORD_OBJECT_BYTES]) { snprintf(out, RECORD_OBJECT_BYTES, "incident:%.40s",
    act_id_ok(id) ? id : "?"); }

enum err_code incident_find(struct store *s, const char *id, struct incident *out, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  bool found;
  object_of(id, object);
  TRY(act_read(s, object, &incident_format, out, &found, NULL, e));
  return found ? E_OK : ERR(e, E_DISPOSAL_UNKNOWN, .subject = object);
}

static enum err_code check(struct store *s, const struct incident *i, struct err *e) {
  static const char *const kinds[] = {"leak", "loss", "damage", "misuse", "access"};
  int64_t now;
  struct medium m;
  bool known = false;
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) known = known || strcmp(kinds[k], i->kind) == 0;
  if (!known) return ERR(e, E_INCIDENT_FIELD, .subject = "kind", .expected = "leak, loss, damage, misuse or access");
  TRY(store_now(s, &now, e));
  if (i->found_at <= 0 || i->found_at > now) return ERR(e, E_INCIDENT_FIELD, .subject = "found-at", .expected = "a moment in the past");
  if (!i->found_by[0]) return ERR(e, E_INCIDENT_FIELD, .subject = "found-by", .expected = "given");
  if (i->persons < 0 || i->households < 0 || i->establishments < 0) return ERR(e, E_INCIDENT_FIELD, .subject = "units",
      .expected = "no negative numbers");
  return i->medium[0] ? medium_find(s, i->medium, &m, e) : E_OK;
}

static enum err_code put(struct store *s, const char *action, const struct incident *i, const struct act_by *by, role_set any_of, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  object_of(i->id, object);
  struct act a = {.action = action, .object = object, .kind = "incident", .any_of = any_of, .sealed = true};
  return act_row(s, &a, &incident_format, i, by, e);
}

/* Whoever works here may report one: nobody is to ask for a role first. */
enum err_code incident_open(struct store *s, const struct incident *incident, const struct act_by *by, struct err *e) {
  struct incident i = *incident;
  char object[RECORD_OBJECT_BYTES];
  struct record r;
  object_of(i.id, object);
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = object);
  enum err_code code = act_id_ok(i.id) ? E_OK : ERR(e, E_DISPOSAL_ID, .subject = i.id, .expected = "2 to 40 of a-z 0-9 -");
  if (!code && record_last(s, object, &r)) code = ERR(e, E_DISPOSAL_EXISTS, .subject = object);
  if (!code) code = check(s, &i, e);
  if (code) return act_refuse(s, "incident-open", object, e);
  snprintf(i.state, sizeof i.state, "open");
  i.closed_by[0] = 0;
  return put(s, "incident-open", &i, by, everybody, e);
}

static enum err_code open_one(struct store *s, const char *id, struct incident *out, struct err *e) {
  TRY(incident_find(s, id, out, e));
  return strcmp(out->state, "open") == 0 ? E_OK : ERR(e, E_INCIDENT_STATE, .subject = id);
}

static void take_over(struct incident *i, const struct incident *change) {
  for (int k = 0; k < incident_format.n; k++) {
    const struct field *f = &incident_format.fields[k];
    const char *from = (const char *)change + f->at;
    char *to = (char *)i + f->at;
    int64_t number = 0;
    if (f->kind == FIELD_INT) memcpy(&number, from, sizeof number);
    bool keeps = strcmp(f->name, "id") == 0 || strcmp(f->name, "state") == 0 || strcmp(f->name, "closed_by") == 0 || strcmp(f->name,
        "reported_to") == 0;
    bool given = f->kind == FIELD_INT ? number != 0 : f->kind != FIELD_FORMAT && from[0];
    if (given && !keeps && f->kind != FIELD_LIST) memcpy(to, from, f->size);
  }
}

static enum err_code grow(char *to, size_t size, const char *from, const char *name, struct err *e) {
  struct str entry;
  for (int k = 0; row_list_at(from, k, &entry); k++) {
    char text[ACT_TEXT_BYTES];
    snprintf(text, sizeof text, "%.*s", (int)(entry.n < sizeof text ? entry.n : sizeof text - 1), entry.p);
    TRY(row_list_add(to, size, name, text, e));
  }
  return E_OK;
}

enum err_code incident_update(struct store *s, const struct incident *change, const struct act_by *by, struct err *e) {
  struct incident i;
  char object[RECORD_OBJECT_BYTES];
  object_of(change->id, object);
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = object);
  enum err_code code = open_one(s, change->id, &i, e);
  if (!code) {
    take_over(&i, change);
    i.closed_by[0] = 0; /* who signed another text has not signed this one */
    code = grow(i.notified, sizeof i.notified, change->notified, "notified", e);
  }
  if (!code) code = check(s, &i, e);
  return code ? act_refuse(s, "incident-update", object, e) : put(s, "incident-update", &i, by, everybody, e);
}

enum err_code incident_report(struct store *s, const char *id, enum incident_stage stage, const char *to, const struct act_by *by, struct err *e) {
  struct incident i;
  char object[RECORD_OBJECT_BYTES], line[ACT_TEXT_BYTES] = "";
  object_of(id, object);
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = object);
  enum err_code code = open_one(s, id, &i, e);
  if (!code && (!to || !to[0])) code = ERR(e, E_INCIDENT_FIELD, .subject = "to", .expected = "who received the report");
  if (!code && *stage_of(&i, stage)) code = ERR(e, E_DISPOSAL_EXISTS, .subject = stage_names[stage]);
  if (!code) code = store_now(s, stage_of(&i, stage), e);
  if (!code) snprintf(line, sizeof line, "%s %s", stage_names[stage], to);
  if (!code) code = row_list_add(i.reported_to, sizeof i.reported_to, "to", line, e);
  i.closed_by[0] = 0;
  return code ? act_refuse(s, "incident-report", object, e) : put(s, "incident-report", &i, by, everybody, e);
}

/* --- closing --- */

static enum err_code ready_to_close(const struct incident *i, struct err *e) {
  if (!i->cause[0]) return ERR(e, E_INCIDENT_FIELD, .subject = "cause", .expected = "given before it is closed");
  if (!i->containment[0]) return ERR(e, E_INCIDENT_FIELD, .subject = "containment", .expected = "given before it is closed");
  if (!i->prevention[0]) return ERR(e, E_INCIDENT_FIELD, .subject = "prevention", .expected = "given before it is closed");
  return i->report_final ? E_OK : ERR(e, E_INCIDENT_FIELD, .subject = "final report", .expected = "made before it is closed");
}

/* The officer who signed first, from the row; two ids may be one person. */
static enum err_code second_person(struct store *s, const struct incident *i, const struct act_by *by, bool *second, struct err *e) {
  struct str first;
  struct officer a, b;
  char id[OFFICER_ID_BYTES];
  *second = row_list_at(i->closed_by, 0, &first);
  if (!*second) return E_OK;
  snprintf(id, sizeof id, "%.*s", (int)(first.n < sizeof id ? first.n : sizeof id - 1), first.p);
  TRY(officer_find(s, id, &a, e));
  TRY(officer_find(s, by->officer, &b, e));
  return strcmp(a.id, b.id) != 0 && !officer_same_person(&a, &b) ? E_OK : ERR(e, E_INCIDENT_SIGNATURES, .subject = i->id);
}

static enum err_code close_in(struct store *s, struct incident *i, const struct act_by *by, bool *closed, struct err *e) {
  bool officers = store_has_officers(s);
  *closed = !officers;
  TRY(open_one(s, i->id, i, e));
  TRY(ready_to_close(i, e));
  if (officers) TRY(second_person(s, i, by, closed, e));
  if (officers) TRY(row_list_add(i->closed_by, sizeof i->closed_by, "closed_by", by->officer, e));
  if (*closed) snprintf(i->state, sizeof i->state, "closed");
  return E_OK;
}

enum err_code incident_close(struct store *s, const char *id, const struct act_by *by, bool *closed, struct err *e) {
  struct incident i = {.id = ""};
  char object[RECORD_OBJECT_BYTES];
  object_of(id, object);
  const struct act a = {.action = "incident-close", .object = object, .any_of = closers};
  *closed = false;
  TRY(act_check(s, &a, by, e));
  snprintf(i.id, sizeof i.id, "%.40s", id);
  if (close_in(s, &i, by, closed, e)) return act_refuse(s, a.action, object, e);
  return put(s, a.action, &i, by, closers, e);
}
