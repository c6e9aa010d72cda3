/* person_limits.c -- what one person may do in a day over all grants; see grant_limits.h. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/json_out.h"
#include "secure-store/rights/grant_impl.h"

static const char limits_format[] = "shirabe-person-limits-1";
static const char limits_object[] = "policy:person-limits";
enum { LIMITS_MAX = 4096 };
/* A national month read a few times; nobody needs more in a day. */
static const struct person_limits defaults = {.cells_per_day = 2000000000,
    .exports_per_day = 10,
    .queries_per_day = 2000,
    .rows_per_day = 50000000,
    .sessions_per_day = 500,
    .tables_per_day = 500};

enum err_code person_limits_text(struct store *s, const struct person_limits *l, struct strbuf *out, uint8_t subject[32], struct err *e) {
  struct json_out j;
  char install[33];
  size_t start = out->n;
  hex_encode(s->install_id, sizeof s->install_id, install);
  json_begin(&j, out, true);
  json_object(&j);
  json_put_int(&j, "cells_per_day", l->cells_per_day);
  json_put_int(&j, "exports_per_day", l->exports_per_day);
  json_put(&j, "format", limits_format);
  json_put(&j, "install", install);
  json_put_int(&j, "queries_per_day", l->queries_per_day);
  json_put_int(&j, "rows_per_day", l->rows_per_day);
  json_put_int(&j, "sessions_per_day", l->sessions_per_day);
  json_put_int(&j, "tables_per_day", l->tables_per_day);
  json_end_object(&j);
  if (!json_done(&j) || out->failed) return ERR(e, E_NO_MEMORY, .subject = limits_format);
  sha256_of(out->p + start, out->n - start, subject);
  return E_OK;
}

static bool take_limits(const struct json_value *root, struct person_limits *l) {
  const struct {
    const char *key;
    int64_t *to;
  } all[] = {{"cells_per_day", &l->cells_per_day}, {"exports_per_day", &l->exports_per_day}, {"queries_per_day", &l->queries_per_day},
             {"rows_per_day", &l->rows_per_day}, {"sessions_per_day", &l->sessions_per_day}, {"tables_per_day", &l->tables_per_day}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (!json_integer(json_member(root, all[i].key), all[i].to) || *all[i].to < -1) return false;
  return true;
}

enum err_code person_limits_read(const char *place, struct str json, struct person_limits *out, struct err *e) {
  struct json_document *d = NULL;
  memset(out, 0, sizeof *out);
  if (json.n > LIMITS_MAX) return ERR(e, E_GRANT_FORMAT, .file = place, .subject = limits_format, .expected = "at most 4 KiB");
  TRY(json_parse(place, json.p, json.n, &d, e));
  bool ok = take_limits(json_root(d), out);
  json_release(d);
  return ok ? E_OK : ERR(e, E_GRANT_FORMAT, .file = place, .subject = limits_format, .expected = "six limits");
}

enum err_code person_limits_parse(
    struct store *s, const char *place, struct str json, struct person_limits *out, uint8_t subject[32], struct err *e) {
  struct strbuf again;
  TRY(person_limits_read(place, json, out, e));
  strbuf_init(&again, 0);
  enum err_code code = person_limits_text(s, out, &again, subject, e);
  if (!code && !str_eq(json, str_view(again.p, again.n)))
    code = ERR(e, E_GRANT_FORMAT, .file = place, .subject = limits_format, .expected = "canonical JSON of this store");
  strbuf_release(&again);
  return code;
}

enum err_code person_limits_put(struct store *s, struct str json, struct err *e) {
  struct person_limits l;
  uint8_t subject[32];
  TRY(person_limits_parse(s, "policy", json, &l, subject, e));
  return record_put(s, &(struct record_entry){.action = "policy-set", .object = limits_object, .role = LOG_ROLE_PROGRAM, .text = json}, e);
}

static enum err_code read_policy(struct store *s, const struct record *r, struct person_limits *out, bool *stands, struct err *e) {
  struct strbuf text;
  struct approval list[APPROVAL_MAX];
  uint8_t subject[32];
  int n = 0;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  if (!code) code = person_limits_parse(s, "store.db", str_view(text.p, text.n), out, subject, e);
  strbuf_release(&text);
  if (!code) code = approvals_of(s, "policy", subject, list, &n, e);
  return code ? code : role_two_of(s, list, n, ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER), NULL, 0, stands, e);
}

/* The youngest proposal that two approved. */
enum err_code person_limits_now(struct store *s, struct person_limits *out, struct err *e) {
  struct record r;
  *out = defaults;
  for (uint64_t from = 0; record_next(s, limits_object, from, &r); from = r.seq + 1) {
    struct person_limits l;
    bool stands = false;
    TRY(read_policy(s, &r, &l, &stands, e));
    if (stands) *out = l;
  }
  return E_OK;
}
