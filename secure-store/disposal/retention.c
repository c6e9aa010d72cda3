/* retention.c -- see retention.h. */
#include "secure-store/disposal/retention.h"

#include <stdio.h>
#include <string.h>

#include "forms/form.h"
#include "secure-store/store_impl.h"

static const role_set managers = ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER);
static const char *const parts[] = {"ID", "LINK", "ANSWER", "PARADATA", "PAPER", "all"};
enum { N_PARTS = 4 }; /* of the data; PAPER = the forms themselves, which have periods of their own */

static const struct field retention_fields[] = {
    FIELD_OF(struct retention, basis, FIELD_TEXT), {"class", FIELD_TEXT, offsetof(struct retention, class_), sizeof ((struct retention *)0)->class_},
    FIELD_OF(struct retention, custodian, FIELD_TEXT), FIELD_OF(struct retention, dataset, FIELD_TEXT), FIELD_FORMAT_NAME,
    FIELD_OF(struct retention, part, FIELD_TEXT), FIELD_OF(struct retention, until, FIELD_TEXT),
};
const struct row_format retention_format = {"shirabe-retention-1", retention_fields, sizeof retention_fields / sizeof *retention_fields};

static const struct field hold_fields[] = {
    FIELD_OF(struct retention_hold, by, FIELD_TEXT), FIELD_OF(struct retention_hold, by_auditor, FIELD_INT), FIELD_OF(struct retention_hold, dataset,
        FIELD_TEXT),
    FIELD_FORMAT_NAME, FIELD_OF(struct retention_hold, id, FIELD_TEXT), FIELD_OF(struct retention_hold, part, FIELD_TEXT),
    FIELD_OF(struct retention_hold, reason, FIELD_TEXT), FIELD_OF(struct retention_hold, state, FIELD_TEXT),
};
const struct row_format retention_hold_format = {"shirabe-hold-1", hold_fields, sizeof hold_fields / sizeof *hold_fields};

/* --- names --- */

bool retention_part_ok(const char *part) {
  for (size_t i = 0; part && i < sizeof parts / sizeof *parts; i++)
    if (strcmp(parts[i], part) == 0) return true;
  return false;
}

static bool word_ok(struct str w) {
  for (size_t i = 0; i < w.n; i++)
    if (!strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.", w.p[i])) return false;
  return w.n > 0 && w.n < 64;
}

bool retention_dataset_ok(const char *dataset, bool stars) {
  struct str rest = str_of(dataset);
  bool star = false;
  int n = 0;
  if (rest.n == 0 || rest.n >= RETENTION_DATASET_BYTES || rest.p[rest.n - 1] == '/') return false;
  for (; rest.n > 0; n++) {
    struct str word = str_split(rest, '/', &rest);
    bool is_star = str_eq(word, STR("*"));
    if (is_star ? !stars || n == 0 : star || !word_ok(word)) return false;
    star = is_star;
  }
  return n == 3;
}

/* Does the pattern (words, * from the right) cover any of what the other names? */
static bool meets(const char *a, const char *b) {
  struct str x = str_of(a), y = str_of(b);
  while (x.n > 0 && y.n > 0) {
    struct str v = str_split(x, '/', &x), w = str_split(y, '/', &y);
    if (str_eq(v, STR("*")) || str_eq(w, STR("*"))) return true;
    if (!str_eq(v, w)) return false;
  }
  return true;
}
static bool part_meets(const char *a, const char *b) { return strcmp(a, b) == 0 || strcmp(a, "all") == 0 || strcmp(b,
    "all") == 0; } /* a hold on all holds the paper too */

/* --- looking up --- */

static void object_of(const char *dataset, const char *part, char out[RECORD_OBJECT_BYTES]) { snprintf(out, RECORD_OBJECT_BYTES, "retention:%s:%s",
    dataset, part); }

/* survey/form/period with the last n words as stars. */
static void widen(const char *dataset, int n, char out[RETENTION_DATASET_BYTES]) {
  struct str rest = str_of(dataset);
  size_t at = 0;
  out[0] = 0;
  for (int i = 0; rest.n > 0 && i < 3; i++) {
    struct str word = str_split(rest, '/', &rest);
    if (i >= 3 - n) word = STR("*");
    at += (size_t)snprintf(out + at, RETENTION_DATASET_BYTES - at, "%s%.*s", i ? "/" : "", (int)word.n, word.p);
    if (at >= RETENTION_DATASET_BYTES) return;
  }
}

enum err_code retention_of(struct store *s, const char *dataset, const char *part, struct retention *out, bool *found, uint64_t *seq, struct err *e) {
  char wide[RETENTION_DATASET_BYTES], object[RECORD_OBJECT_BYTES];
  struct record r = {.seq = 0};
  *found = false;
  for (int stars = 0; stars < 3 && !*found; stars++) {
    widen(dataset, stars, wide);
    for (int k = 0; k < 2 && !*found; k++) {
      object_of(wide, k ? "all" : part, object);
      TRY(act_read(s, object, &retention_format, out, found, &r, e));
    }
  }
  if (seq) *seq = r.seq;
  return E_OK;
}

enum err_code retention_held(struct store *s, const char *dataset, const char *part, bool *held, struct retention_hold *out, struct err *e) {
  struct retention_hold h = {0};
  struct record r;
  bool found = true;
  *held = false;
  for (uint64_t from = 0; found && !*held;) {
    TRY(act_next(s, "hold:", &from, &retention_hold_format, &h, &found, &r, e));
    *held = found && strcmp(h.state, "held") == 0 && meets(h.dataset, dataset) && part_meets(h.part, part);
  }
  if (*held) *out = h;
  return E_OK;
}

/* --- fundamental statistics --- */

static enum err_code fundamental(const char *dataset, bool *yes, struct err *e) {
  struct str rest;
  struct err none;
  char name[64];
  struct str word = str_split(str_of(dataset), '/', &rest);
  struct form_survey *survey;
  struct arena *a = arena_new(0);
  *yes = false;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = dataset);
  snprintf(name, sizeof name, "%.*s", (int)word.n, word.p);
  bool known = !survey_read(a, forms_folder(), name, &survey, &none);
  if (known) *yes = survey->retention_class && strcmp(survey->retention_class, "fundamental_statistics") == 0;
  arena_free(a);
  return known ? E_OK : ERR(e, E_RETENTION_SURVEY, .subject = name);
}

static enum err_code not_fundamental(const char *dataset, struct err *e) {
  bool yes;
  TRY(fundamental(dataset, &yes, e));
  return yes ? ERR(e, E_RETENTION_FUNDAMENTAL, .subject = dataset) : E_OK;
}

/* --- is it over --- */

static enum err_code part_over(struct store *s, const char *dataset, const char *part, int64_t now, struct err *e) {
  struct retention r;
  bool found;
  int64_t end = 0;
  char about[RECORD_OBJECT_BYTES];
  snprintf(about, sizeof about, "%s %s", dataset, part);
  TRY(retention_of(s, dataset, part, &r, &found, NULL, e));
  if (!found || strcmp(r.class_, "until") != 0 || !act_time(r.until, true, &end)) return ERR(e, E_RETENTION_PERMANENT, .subject = about);
  return now >= end ? E_OK : ERR(e, E_RETENTION_RUNNING, .subject = about, .expected = r.until);
}

enum err_code retention_over(struct store *s, const char *dataset, const char *part, int64_t now, struct err *e) {
  struct retention_hold h = {0};
  bool held, all = strcmp(part, "all") == 0;
  if (strcmp(part, "PAPER") != 0) TRY(not_fundamental(dataset, e));
  for (int i = 0; i < (all ? N_PARTS : 1); i++) TRY(part_over(s, dataset, all ? parts[i] : part, now, e));
  TRY(retention_held(s, dataset, part, &held, &h, e));
  return held ? ERR(e, E_RETENTION_HELD, .subject = dataset, .found = h.id) : E_OK;
}

enum err_code retention_text(struct store *s, const char *dataset, const char *part, struct strbuf *out, struct err *e) {
  bool all = strcmp(part, "all") == 0;
  uint64_t last = UINT64_MAX;
  size_t start = out->n;
  for (int i = 0; i < (all ? N_PARTS : 1); i++) {
    struct retention r;
    bool found;
    uint64_t seq;
    TRY(retention_of(s, dataset, all ? parts[i] : part, &r, &found, &seq, e));
    if (!found || seq == last) continue;
    last = seq;
    strbuf_addf(out, "%s%s %s %s (%s), entry %llu", out->n > start ? "; " : "", r.dataset, r.part, r.class_[0] == 'u' ? r.until : r.class_, r.basis,
        (unsigned long long)seq);
  }
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = dataset) : E_OK;
}

/* --- changes --- */

static enum err_code check_row(struct store *s, const struct retention *r, struct err *e) {
  int64_t end;
  bool permanent = strcmp(r->class_, "permanent") == 0;
  if (!retention_dataset_ok(r->dataset, true)) return ERR(e, E_DISPOSAL_ID, .subject = r->dataset, .expected = "survey/form/period, * for every");
  if (!retention_part_ok(r->part)) return ERR(e, E_DISPOSAL_PART, .subject = r->part);
  if (!permanent && (strcmp(r->class_, "until") != 0 || strlen(r->until) != 10 || !act_time(r->until, true, &end)))
    return ERR(e, E_DISPOSAL_ID, .subject = r->until, .expected = "permanent, or the last day as 2031-03-31");
  if (permanent && r->until[0]) return ERR(e, E_DISPOSAL_ID, .subject = r->until, .expected = "no date for permanent");
  if (!r->basis[0] || !act_id_ok(r->custodian)) return ERR(e, E_DISPOSAL_ID, .subject = r->basis[0] ? "custodian" : "basis", .expected = "given");
  struct officer o;
  if (store_has_officers(s)) TRY(officer_find(s, r->custodian, &o, e));
  return permanent || strcmp(r->part, "PAPER") == 0 ? E_OK : not_fundamental(r->dataset, e);
}

/* Shorter than what counts for the same data today? Nothing registered is permanent, but the first entry is no shortening: it is how a period is set
 * at all. */
static enum err_code shortens(struct store *s, const struct retention *r, bool *yes, struct err *e) {
  struct retention old;
  char object[RECORD_OBJECT_BYTES];
  bool found;
  object_of(r->dataset, r->part, object);
  TRY(act_read(s, object, &retention_format, &old, &found, NULL, e));
  bool was_permanent = found && strcmp(old.class_, "permanent") == 0;
  *yes = found && strcmp(r->class_, "until") == 0 && (was_permanent || strcmp(r->until, old.until) < 0);
  return E_OK;
}

enum err_code retention_set(struct store *s, const struct retention *r, const struct act_by *by, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  bool shorter = false;
  object_of(r->dataset, r->part, object);
  enum err_code code = check_row(s, r, e);
  if (!code) code = shortens(s, r, &shorter, e);
  if (code) return act_refuse(s, "retention-set", "retention", e);
  struct act a = {.action = "retention-set", .object = object, .kind = "retention", .any_of = shorter ? ROLE_BIT(LOG_ROLE_CHIEF) : managers};
  code = act_row(s, &a, &retention_format, r, by, e);
  return code == E_ROLE_MISSING && shorter ? ERR_WRAP(e, E_RETENTION_SHORTER, .subject = object) : code;
}

static enum err_code check_hold(struct store *s, const struct retention_hold *h, struct err *e) {
  struct record r;
  char object[RECORD_OBJECT_BYTES];
  if (!act_id_ok(h->id)) return ERR(e, E_DISPOSAL_ID, .subject = h->id, .expected = "2 to 40 of a-z 0-9 -");
  if (!retention_dataset_ok(h->dataset, true)) return ERR(e, E_DISPOSAL_ID, .subject = h->dataset, .expected = "survey/form/period, * for every");
  if (!retention_part_ok(h->part)) return ERR(e, E_DISPOSAL_PART, .subject = h->part);
  if (!h->reason[0]) return ERR(e, E_DISPOSAL_ID, .subject = "reason", .expected = "given");
  snprintf(object, sizeof object, "hold:%s", h->id);
  return record_last(s, object, &r) ? ERR(e, E_DISPOSAL_EXISTS, .subject = h->id) : E_OK;
}

static enum err_code holds_as_auditor(struct store *s, const struct act_by *by, bool *yes, struct err *e) {
  int64_t now;
  role_set held = 0;
  *yes = false;
  if (!by || !store_has_officers(s)) return E_OK;
  TRY(store_now(s, &now, e));
  TRY(roles_of(s, by->officer, now, &held, e));
  *yes = held & ROLE_BIT(LOG_ROLE_AUDITOR);
  return E_OK;
}

enum err_code retention_put_hold(struct store *s, const struct retention_hold *hold, const struct act_by *by, struct err *e) {
  struct retention_hold h = *hold;
  char object[RECORD_OBJECT_BYTES];
  bool auditor = false;
  enum err_code code = check_hold(s, &h, e);
  if (!code) code = holds_as_auditor(s, by, &auditor, e);
  if (code) return act_refuse(s, "retention-hold", "hold", e);
  h.by_auditor = auditor;
  snprintf(h.by, sizeof h.by, "%s", act_id_of(by));
  snprintf(h.state, sizeof h.state, "held");
  snprintf(object, sizeof object, "hold:%s", h.id);
  struct act a = {.action = "retention-hold", .object = object, .kind = "retention", .any_of = managers | ROLE_BIT(LOG_ROLE_AUDITOR)};
  return act_row(s, &a, &retention_hold_format, &h, by, e);
}

enum err_code retention_lift_hold(struct store *s, const char *id, const char *reason, const struct act_by *by, struct err *e) {
  struct retention_hold h = {0};
  char object[RECORD_OBJECT_BYTES];
  bool found = false, auditor = false;
  enum err_code code = act_id_ok(id) ? E_OK : ERR(e, E_DISPOSAL_ID, .subject = id);
  snprintf(object, sizeof object, "hold:%.40s", code ? "?" : id);
  if (!code) code = act_read(s, object, &retention_hold_format, &h, &found, NULL, e);
  if (!code && (!found || strcmp(h.state, "held") != 0)) code = ERR(e, E_DISPOSAL_UNKNOWN, .subject = object);
  if (!code) code = row_set(h.reason, sizeof h.reason, "reason", reason, e);
  if (!code && !h.reason[0]) code = ERR(e, E_DISPOSAL_ID, .subject = "reason", .expected = "given");
  if (!code) code = holds_as_auditor(s, by, &auditor, e);
  if (!code && h.by_auditor && !auditor) code = ERR(e, E_RETENTION_HOLDER, .subject = id);
  if (code) return act_refuse(s, "retention-unhold", object, e);
  snprintf(h.by, sizeof h.by, "%s", act_id_of(by));
  snprintf(h.state, sizeof h.state, "lifted");
  struct act a = {.action = "retention-unhold", .object = object, .kind = "retention", .any_of = managers | ROLE_BIT(LOG_ROLE_AUDITOR)};
  return act_row(s, &a, &retention_hold_format, &h, by, e);
}
