/* inspection.c -- see inspection.h. */
#include "secure-store/oversight/inspection.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "secure-store/oversight/paper.h"
#include "secure-store/rights/record.h"
#include "secure-store/store_impl.h"

enum { DAY_SECONDS = 86400 };
static const struct paper_member plan_members[] = {PAPER_TEXT_OF(struct inspection_plan, about, true),
    PAPER_TEXT_OF(struct inspection_plan, due, true), PAPER_INTEGER_OF(struct inspection_plan, every, 0, 3660),
    PAPER_TEXT_OF(struct inspection_plan, id, true),
    PAPER_TEXT_OF(struct inspection_plan, officer, true)};
static const struct paper_form plan_form = {"shirabe-inspection-1", plan_members, sizeof plan_members / sizeof *plan_members};
static const struct paper_member result_members[] = {PAPER_TEXT_OF(struct inspection_result, date, true),
    PAPER_TEXT_OF(struct inspection_result, findings, false), PAPER_TEXT_OF(struct inspection_result, id, true),
    PAPER_TEXT_OF(struct inspection_result, log_root, true), PAPER_INTEGER_OF(struct inspection_result, log_size, 0, INT64_MAX),
    PAPER_TEXT_OF(struct inspection_result, officer, true), PAPER_TEXT_OF(struct inspection_result, result, true)};
static const struct paper_form result_form = {"shirabe-inspection-result-1", result_members, sizeof result_members / sizeof *result_members};

/* --- texts --- */

static bool day_of(const char *text, int64_t *day) { return date_parse_iso(str_of(text), day); }
static enum err_code wrong(const char *member, const char *expected, const char *found, struct err *e) {
  return ERR(e, E_PAPER_FORMAT, .subject = member, .expected = expected, .found = found);
}
static enum err_code check_plan(const struct inspection_plan *p, struct err *e) {
  int64_t day;
  if (!paper_id_ok(p->id) || strncmp(p->id, "task-", 5) == 0) return wrong("id", "2 to 40 of a-z, 0-9, hyphen, not task-...", p->id, e);
  return day_of(p->due, &day) ? E_OK : wrong("due", "a date as 2026-09-30", p->due, e);
}
static enum err_code check_result(const struct inspection_result *r, struct err *e) {
  int64_t day;
  bool open = strcmp(r->result, "open") == 0, corrected = strcmp(r->result, "corrected") == 0;
  if (!paper_id_ok(r->id)) return wrong("id", "the id of an inspection", r->id, e);
  if (!open && !corrected && strcmp(r->result, "in-order") != 0) return wrong("result", "in-order, corrected, open", r->result, e);
  if ((open || corrected) && !r->findings[0]) return wrong("findings", "what was found", "", e);
  return day_of(r->date, &day) ? E_OK : wrong("date", "a date", r->date, e);
}
enum err_code inspection_plan_text(struct store *s, const struct inspection_plan *p, struct strbuf *out, struct err *e) {
  uint8_t subject[32];
  TRY(check_plan(p, e));
  return paper_text(s, &plan_form, p, out, subject, e);
}
enum err_code inspection_plan_parse(struct store *s, struct str json, struct inspection_plan *out, struct err *e) {
  uint8_t subject[32];
  memset(out, 0, sizeof *out);
  TRY(paper_parse(s, &plan_form, "inspection", json, out, subject, e));
  return check_plan(out, e);
}
enum err_code inspection_result_parse(struct store *s, struct str json, struct inspection_result *out, struct err *e) {
  uint8_t subject[32];
  memset(out, 0, sizeof *out);
  TRY(paper_parse(s, &result_form, "inspection", json, out, subject, e));
  return check_result(out, e);
}

/* --- reading --- */

static enum err_code read_plan(struct store *s, const struct record *r, struct inspection_state *x, struct err *e) {
  struct strbuf text;
  memset(x, 0, sizeof *x);
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  if (!code) code = inspection_plan_parse(s, str_view(text.p, text.n), &x->plan, e);
  strbuf_release(&text);
  if (!code) (void)day_of(x->plan.due, &x->due);
  return code;
}
static void read_task(const struct record *r, struct inspection_state *x) {
  *x = (struct inspection_state){.task = true, .due = INT64_MAX};
  snprintf(x->plan.id, sizeof x->plan.id, "task-%llu", (unsigned long long)r->seq);
  snprintf(x->plan.about, sizeof x->plan.about, "%s", r->object + strlen("task:"));
}
static enum err_code read_result(struct store *s, const struct record *r, struct inspection_result *out, struct err *e) {
  struct strbuf text;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  if (!code) code = inspection_result_parse(s, str_view(text.p, text.n), out, e);
  strbuf_release(&text);
  return code;
}
/* What was done since the plan with sequence number `planned`. */
static enum err_code follow(struct store *s, struct inspection_state *x, uint64_t planned, struct err *e) {
  struct record r;
  char object[RECORD_OBJECT_BYTES];
  int64_t day = 0;
  snprintf(object, sizeof object, "inspect-done:%s", x->plan.id);
  x->ever = record_last(s, object, &r);
  if (!x->ever) return E_OK;
  uint64_t seq = r.seq;
  TRY(read_result(s, &r, &x->last, e));
  if (seq < planned || strcmp(x->last.result, "open") == 0) return E_OK;
  (void)day_of(x->last.date, &day);
  x->done = x->plan.every == 0;
  x->due = x->done ? INT64_MAX : day + x->plan.every;
  return E_OK;
}
static enum err_code find(struct store *s, const char *id, struct inspection_state *x, bool *found, struct err *e) {
  struct record r;
  char object[RECORD_OBJECT_BYTES], name[41];
  snprintf(object, sizeof object, "inspect:%s", id);
  *found = record_last(s, object, &r);
  uint64_t seq = *found ? r.seq : 0;
  if (*found) TRY(read_plan(s, &r, x, e));
  for (uint64_t from = 0; !*found && record_next(s, "task:", from, &r); from = r.seq + 1) {
    snprintf(name, sizeof name, "task-%llu", (unsigned long long)r.seq);
    *found = strcmp(name, id) == 0;
    seq = r.seq;
    if (*found) read_task(&r, x);
  }
  return *found ? follow(s, x, seq, e) : E_OK;
}
enum err_code inspection_list(struct store *s, struct arena *a, struct inspection_state **out, int64_t *n, struct err *e) {
  struct record r, last;
  int64_t most = 1;
  *n = 0;
  for (uint64_t from = 0; record_next(s, "inspect:", from, &r); from = r.seq + 1) most++;
  for (uint64_t from = 0; record_next(s, "task:", from, &r); from = r.seq + 1) most++;
  *out = ARENA_ARRAY(a, struct inspection_state, most);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "inspections");
  for (uint64_t from = 0, seq; record_next(s, "inspect:", from, &r); from = seq + 1) {
    seq = r.seq;
    if (!record_last(s, r.object, &last) || last.seq != seq) continue; /* planned again later */
    TRY(read_plan(s, &r, &(*out)[*n], e));
    TRY(follow(s, &(*out)[*n], seq, e));
    ++*n;
  }
  for (uint64_t from = 0, seq; record_next(s, "task:", from, &r); from = seq + 1) {
    seq = r.seq;
    read_task(&r, &(*out)[*n]);
    TRY(follow(s, &(*out)[*n], seq, e));
    ++*n;
  }
  return E_OK;
}

/* --- writing --- */

static enum err_code put(struct store *s, const char *action, const char *object, bool task, const struct strbuf *text, struct err *e) {
  return record_put(s, &(struct record_entry){.action = action, .object = object, .role = task ? LOG_ROLE_AUDITOR : LOG_ROLE_MANAGER,
                                              .actor = s->signed_in_officer[0] ? s->signed_in_key : NULL, .text = str_view(text->p, text->n)}, e);
}
enum err_code inspection_put_plan(struct store *s, const struct inspection_plan *p, struct err *e) {
  struct inspection_state x;
  struct strbuf text;
  char object[RECORD_OBJECT_BYTES];
  bool found = false;
  TRY(check_plan(p, e));
  TRY(find(s, p->id, &x, &found, e));
  if (found && !x.done) return ERR(e, E_INSPECT_EXISTS, .subject = p->id);
  strbuf_init(&text, 0);
  snprintf(object, sizeof object, "inspect:%s", p->id);
  enum err_code code = inspection_plan_text(s, p, &text, e);
  if (!code) code = put(s, "inspect-plan", object, false, &text, e);
  strbuf_release(&text);
  return code;
}
static enum err_code require(struct store *s, const struct inspection_state *x, const char *officer, struct err *e) {
  const role_set leaders = ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER), auditor = ROLE_BIT(LOG_ROLE_AUDITOR);
  return role_require(s, officer, x->task ? auditor : leaders | auditor, "inspect-done", x->plan.id, e);
}
enum err_code inspection_put_result(struct store *s, struct inspection_result *r, struct err *e) {
  struct inspection_state x;
  struct strbuf text;
  uint8_t root[32], subject[32];
  char object[RECORD_OBJECT_BYTES];
  int64_t now;
  bool found = false;
  TRY(store_now(s, &now, e));
  TRY(find(s, r->id, &x, &found, e));
  if (!found || x.done) return ERR(e, E_INSPECT_UNKNOWN, .subject = r->id);
  TRY(require(s, &x, r->officer, e));
  access_log_root(s->log.tree, root);
  hex_encode(root, sizeof root, r->log_root);
  r->log_size = (int64_t)access_log_size(s->log.tree);
  date_format_iso(now / DAY_SECONDS, r->date);
  TRY(check_result(r, e));
  strbuf_init(&text, 0);
  snprintf(object, sizeof object, "inspect-done:%s", r->id);
  enum err_code code = paper_text(s, &result_form, r, &text, subject, e);
  if (!code) code = put(s, "inspect-done", object, x.task, &text, e);
  strbuf_release(&text);
  return code;
}

/* --- what follows --- */

struct dues {
  int64_t day; /* the earliest that is due */
  char what[96];
};
static void take_due(struct dues *d, int64_t day, const char *what) {
  if (day >= d->day) return;
  d->day = day;
  snprintf(d->what, sizeof d->what, "%.80s", what);
}
static enum err_code planned_dues(struct store *s, struct dues *d, int64_t *last_done, struct err *e) {
  struct arena *a = arena_new(0);
  struct inspection_state *list = NULL;
  int64_t n = 0, day;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "inspections");
  enum err_code code = inspection_list(s, a, &list, &n, e);
  for (int64_t i = 0; !code && i < n; i++) {
    if (list[i].task) continue;
    take_due(d, list[i].due, list[i].plan.id);
    if (list[i].ever && strcmp(list[i].last.result, "open") != 0 && day_of(list[i].last.date, &day) && day > *last_done) *last_done = day;
  }
  arena_free(a);
  return code;
}
enum err_code inspection_allows(struct store *s, int64_t now, struct err *warning, struct err *e) {
  struct policy_state active, last;
  bool found[2];
  struct dues d = {.day = INT64_MAX};
  int64_t last_done = INT64_MIN, grace = POLICY_INSPECT_GRACE, today = now / DAY_SECONDS;
  char text[160], day[11];
  if (warning) *warning = (struct err){.code = E_OK};
  TRY(policy_now(s, &active, &last, found, e));
  TRY(planned_dues(s, &d, &last_done, e));
  if (found[0]) grace = active.policy.inspect_grace;
  if (found[0] && last_done < active.wall / DAY_SECONDS) last_done = active.wall / DAY_SECONDS; /* counted from the policy on */
  if (found[0] && active.policy.inspect_every > 0) take_due(&d, last_done + active.policy.inspect_every, "policy");
  if (d.day >= today) return E_OK;
  date_format_iso(d.day, day);
  snprintf(text, sizeof text, "%s (%s)", d.what, day);
  if (today > d.day + grace) return ERR(e, E_INSPECT_OVERDUE, .subject = text);
  if (warning) (void)ERR(warning, E_INSPECT_DUE, .subject = text);
  return E_OK;
}
