/* clock.c -- see clock.h; store_now stands in role.h because everybody who decides needs it. */
#include "secure-store/rights/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/json_out.h"
#include "secure-store/rights/record_impl.h"
#include "secure-store/rights/role.h"

enum { BACK_SECONDS = 120, JUMP_SECONDS = 24 * 3600 };
static const char clock_format[] = "shirabe-clock-1";

/* --- reading --- */

int64_t store_clock_wall(const struct store *s) {
  bool only_the_machine = s->records.n_officers > 0 && !s->office.light && (!s->job || !s->job->clock);
  return only_the_machine ? (int64_t)time(NULL) : job_now(s->job);
}

/* Seconds that this start of the machine has run since the last leaf; 0 when the leaf is of another start. */
static int64_t explained(const struct store *s) {
  struct log_leaf now;
  store_log_boot(&now);
  const struct clock_mark *last = &s->records.last;
  if (memcmp(now.boot_id, last->boot_id, sizeof now.boot_id) != 0 || now.monotonic_ms < last->monotonic_ms) return 0;
  return (int64_t)((now.monotonic_ms - last->monotonic_ms) / 1000);
}

static bool stands_back(const struct store *s, int64_t wall) { return s->records.last.known && wall < s->records.last.wall - BACK_SECONDS; }
static bool stands_ahead(const struct store *s, int64_t wall) {
  if (!s->records.last.known || s->records.n_officers == 0 || wall <= s->records.last.wall + JUMP_SECONDS) return false;
  return wall > s->records.last.wall + explained(s) + JUMP_SECONDS;
}

bool store_clock_jumped(const struct store *s) { return stands_ahead(s, store_clock_wall(s)); }

int64_t store_clock_leaf(const struct store *s) {
  int64_t wall = store_clock_wall(s);
  return stands_ahead(s, wall) ? s->records.last.wall : wall;
}

/* --- anomalies --- */

/* Dated like the last leaf: what the wall clock claims stands in the object. */
static void anomaly_leaf(struct store *s, int64_t wall) {
  struct log_leaf leaf;
  struct err problem;
  if (s->locked) return;
  store_rollback(s); /* what the caller began is refused: nothing of it stays */
  store_log_leaf_begin(s, &leaf, "clock-anomaly", LOG_REFUSED);
  leaf.wall = s->records.last.wall;
  snprintf(leaf.object, sizeof leaf.object, "clock wall:%lld last:%lld", (long long)wall, (long long)s->records.last.wall);
  if (store_log_note(s, &leaf, false, &problem)) job_problem(s->job, &problem);
}

static void say_times(const struct store *s, int64_t wall, char last[24], char now[24]) {
  time_format_utc(s->records.last.wall, last);
  time_format_utc(wall, now);
}

static enum err_code refuse_time(struct store *s, enum err_code what, int64_t wall, struct err *e) {
  char last[24], now[24];
  say_times(s, wall, last, now);
  anomaly_leaf(s, wall);
  return ERR(e, what, .subject = "clock", .expected = last, .found = now);
}

enum err_code store_clock_open(struct store *s, struct err *e) {
  int64_t wall = store_clock_wall(s);
  return stands_back(s, wall) ? refuse_time(s, E_LOG_CLOCK, wall, e) : E_OK;
}

/* --- confirmation of a jump --- */

enum err_code store_clock_text(const struct store *s, int64_t until, struct strbuf *out, uint8_t subject[32], struct err *e) {
  struct json_out j;
  char install[33];
  size_t start = out->n;
  hex_encode(s->install_id, sizeof s->install_id, install);
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "format", clock_format);
  json_put(&j, "install", install);
  json_put_int(&j, "last", s->records.last.known ? s->records.last.wall : 0);
  json_put_int(&j, "until", until);
  json_end_object(&j);
  if (!json_done(&j) || out->failed) return ERR(e, E_NO_MEMORY, .subject = clock_format);
  sha256_of(out->p + start, out->n - start, subject);
  return E_OK;
}

static enum err_code subject_of(const struct store *s, int64_t until, uint8_t subject[32], struct err *e) {
  struct strbuf text;
  strbuf_init(&text, 0);
  enum err_code code = store_clock_text(s, until, &text, subject, e);
  strbuf_release(&text);
  return code;
}

enum err_code store_clock_approve(struct store *s, int64_t until, struct str approval, struct err *e) {
  uint8_t subject[32];
  struct approval a;
  char object[RECORD_OBJECT_BYTES], number[32];
  TRY(subject_of(s, until, subject, e));
  TRY(approval_put(s, approval, "clock-anomaly", "clock", subject, &a, e));
  snprintf(object, sizeof object, "clock:%lld:%lld", (long long)s->records.last.wall, (long long)until);
  int n = snprintf(number, sizeof number, "%lld", (long long)until);
  return record_put(
      s, &(struct record_entry){.action = "clock-anomaly", .object = object, .role = LOG_ROLE_PROGRAM, .text = str_view(number, (size_t)n)}, e);
}

/* Two people with role chief or manager have vouched for dates up to `until`. */
static enum err_code confirmed_until(struct store *s, int64_t until, bool *yes, struct err *e) {
  struct approval list[APPROVAL_MAX];
  uint8_t subject[32];
  int n = 0;
  TRY(subject_of(s, until, subject, e));
  TRY(approvals_of(s, "clock", subject, list, &n, e));
  return role_two_of(s, list, n, ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER), NULL, 0, yes, e);
}

static enum err_code confirmed(struct store *s, int64_t wall, bool *yes, struct err *e) {
  struct record r;
  char prefix[64];
  *yes = false;
  snprintf(prefix, sizeof prefix, "clock:%lld:", (long long)s->records.last.wall);
  for (uint64_t from = 0; !*yes && record_next(s, prefix, from, &r); from = r.seq + 1) {
    int64_t until = strtoll(r.object + strlen(prefix), NULL, 10);
    if (until >= wall) TRY(confirmed_until(s, until, yes, e));
  }
  return E_OK;
}

/* The first leaf of the new date; from here on the clock is believed again. */
static enum err_code believe(struct store *s, int64_t wall, struct err *e) {
  struct log_leaf leaf;
  store_log_leaf_begin(s, &leaf, "clock-anomaly", LOG_NOTE);
  leaf.wall = wall;
  snprintf(leaf.object, sizeof leaf.object, "clock confirmed last:%lld", (long long)s->records.last.wall);
  return s->in_transaction ? store_log_append(s, &leaf, e) : store_log_note(s, &leaf, false, e);
}

enum err_code store_now(struct store *s, int64_t *now, struct err *e) {
  int64_t wall = store_clock_wall(s);
  bool yes = true;
  *now = s->records.last.known && s->records.last.wall > wall ? s->records.last.wall : wall;
  if (stands_back(s, wall)) return refuse_time(s, E_CLOCK_BACK, wall, e);
  if (!stands_ahead(s, wall)) return E_OK;
  *now = s->records.last.wall;
  TRY(confirmed(s, wall, &yes, e));
  if (!yes) return refuse_time(s, E_CLOCK_JUMP, wall, e);
  if (!s->locked) TRY(believe(s, wall, e));
  *now = wall;
  return E_OK;
}
