/* query_text.c -- parts and letters as canonical JSON. A text that would not be written again to the same bytes is refused: there is one way to
   write a part. */
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "base/job.h"
#include "base/json_out.h"
#include "collector/query.h"

static const char *const kind_names[QUERY_KINDS] = {"question", "correct", "confirm", "withdraw", "close"};
static const char question_format[] = "shirabe-query-1", answer_format[] = "shirabe-query-answer-1", letter_format[] = "shirabe-query-letter-1";
const char *query_kind_name(enum query_kind k) { return kind_names[k]; }

void query_id_of(struct str json, char id[QUERY_ID_HEX]) {
  uint8_t hash[HASH_BYTES];
  sha256_of(json.p, json.n, hash);
  hex_encode(hash, HASH_BYTES, id);
}

/* --- writing --- */
static void put_pairs(struct json_out *j, const char *key, const struct query_pair *pairs, int64_t n) {
  json_key(j, key);
  json_array(j);
  for (int64_t i = 0; i < n; i++) {
    json_object(j);
    json_put(j, "item", pairs[i].item);
    json_put(j, "value", pairs[i].value);
    json_end_object(j);
  }
  json_end_array(j);
}

static void put_question(struct json_out *j, const struct query_part *p) {
  json_put(j, "asked", p->time);
  json_put(j, "asker", p->by);
  json_put(j, "deadline", p->deadline);
  json_put(j, "form", p->form);
  json_put(j, "format", question_format);
  json_put(j, "item", p->item);
  put_pairs(j, "key", p->key, p->n_key);
  json_put(j, "message_en", p->message_en);
  json_put(j, "message_ja", p->message_ja);
  json_put(j, "owner", p->owner);
  json_put(j, "period", p->period);
  json_put(j, "remedy_en", p->remedy_en);
  json_put(j, "remedy_ja", p->remedy_ja);
  json_put(j, "rule", p->rule);
  json_put(j, "salt", p->salt);
  json_put(j, "survey", p->survey);
  put_pairs(j, "values", p->values, p->n_values);
  json_put(j, "version", p->version);
}

static void put_answer(struct json_out *j, const struct query_part *p) {
  json_put(j, "answered", p->time);
  json_put(j, "by", p->by);
  json_put(j, "format", answer_format);
  json_put(j, "kind", query_kind_name(p->kind));
  json_put(j, "query", p->query);
  json_put(j, "reason", p->reason);
  json_put(j, "salt", p->salt);
  put_pairs(j, "values", p->values, p->n_values);
}

enum err_code query_part_write(const struct query_part *p, struct strbuf *out, struct err *e) {
  struct json_out j;
  json_begin(&j, out, true);
  json_object(&j);
  if (p->kind == QUERY_QUESTION) put_question(&j, p);
  else put_answer(&j, p);
  json_end_object(&j);
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = "query");
}

enum err_code query_letter_write(const struct query_letter *l, struct strbuf *out, struct err *e) {
  struct json_out j;
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "created", l->created);
  json_put(&j, "format", letter_format);
  json_put(&j, "from", l->from);
  json_key(&j, "parts");
  json_array(&j);
  for (int64_t i = 0; i < l->n_parts; i++) {
    json_object(&j);
    json_put(&j, "by", l->parts[i].by);
    json_put(&j, "key", l->parts[i].key);
    json_put(&j, "signature", l->parts[i].signature);
    json_put(&j, "text", l->parts[i].text);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_put(&j, "recipient_key", l->recipient_key);
  json_put(&j, "to", l->to);
  json_end_object(&j);
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = "query letter");
}

/* --- reading --- */
struct reading {
  struct arena *a;
  const char *file;
  enum err_code code;
  struct err *e;
};
static void refuse(struct reading *r, const char *member, const char *expected) {
  if (!r->code) r->code = ERR(r->e, E_QUERY_FORMAT, .file = r->file, .subject = member, .expected = expected);
}

/* Words are ids: small letters, digits, _ and -; a rule may hold more of ASCII. Lines are texts of people: no control characters. */
enum shape { SHAPE_WORD, SHAPE_RULE, SHAPE_LINE, SHAPE_HEX64, SHAPE_HEX32, SHAPE_TIME, SHAPE_DATE, SHAPE_TEXT };
static bool is_hex(const char *s, size_t n) { return strlen(s) == n && strspn(s, "0123456789abcdef") == n; }
static bool has_shape(const char *s, enum shape shape) {
  int64_t t;
  size_t n = strlen(s);
  switch (shape) {
  case SHAPE_WORD: return n > 0 && n < 96 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-ABCDEFGHIJKLMNOPQRSTUVWXYZ.") == n;
  case SHAPE_RULE: return n > 0 && n < 96 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-ABCDEFGHIJKLMNOPQRSTUVWXYZ.:") == n;
  case SHAPE_HEX64: return is_hex(s, 64);
  case SHAPE_HEX32: return is_hex(s, 32);
  case SHAPE_TIME: return n == 20 && time_parse_utc(s, &t);
  case SHAPE_DATE: return date_parse_iso(str_of(s), &t);
  case SHAPE_LINE:
    for (size_t i = 0; i < n; i++)
      if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f) return false;
    return n <= QUERY_MAX_TEXT;
  default: return n <= QUERY_MAX_PART;
  }
}
static const char *take(struct reading *r, const struct json_value *v, const char *member, enum shape shape) {
  const char *s = json_string(json_member(v, member));
  if (!s || !has_shape(s, shape)) {
    refuse(r, member, "a text of the form that collector/query.md names");
    return "";
  }
  const char *copy = arena_strdup(r->a, s, strlen(s));
  if (!copy && !r->code) r->code = ERR(r->e, E_NO_MEMORY, .subject = "query");
  return copy ? copy : "";
}

static const struct query_pair *take_pairs(struct reading *r, const struct json_value *v, const char *member, int64_t *n) {
  const struct json_value *list = json_member(v, member);
  size_t length = json_is_array(list) ? json_length(list) : QUERY_MAX_PAIRS + 1;
  *n = 0;
  if (length > QUERY_MAX_PAIRS) refuse(r, member, "at most 64 items");
  if (r->code) return NULL;
  struct query_pair *pairs = ARENA_ARRAY(r->a, struct query_pair, length + 1);
  if (!pairs) r->code = ERR(r->e, E_NO_MEMORY, .subject = "query");
  for (size_t i = 0; i < length && !r->code; i++) {
    const struct json_value *pair = json_element(list, i);
    pairs[i] = (struct query_pair){take(r, pair, "item", SHAPE_WORD), take(r, pair, "value", SHAPE_LINE)};
    *n = (int64_t)i + 1;
  }
  return pairs;
}

static void take_question(struct reading *r, const struct json_value *v, struct query_part *p) {
  struct period period;
  p->kind = QUERY_QUESTION;
  p->time = take(r, v, "asked", SHAPE_TIME);
  p->by = take(r, v, "asker", SHAPE_WORD);
  p->deadline = take(r, v, "deadline", SHAPE_DATE);
  p->form = take(r, v, "form", SHAPE_WORD);
  p->item = take(r, v, "item", SHAPE_WORD);
  p->key = take_pairs(r, v, "key", &p->n_key);
  p->message_en = take(r, v, "message_en", SHAPE_LINE);
  p->message_ja = take(r, v, "message_ja", SHAPE_LINE);
  p->owner = take(r, v, "owner", SHAPE_WORD);
  p->period = take(r, v, "period", SHAPE_WORD);
  p->remedy_en = take(r, v, "remedy_en", SHAPE_LINE);
  p->remedy_ja = take(r, v, "remedy_ja", SHAPE_LINE);
  p->rule = take(r, v, "rule", SHAPE_RULE);
  p->salt = take(r, v, "salt", SHAPE_HEX32);
  p->survey = take(r, v, "survey", SHAPE_WORD);
  p->values = take_pairs(r, v, "values", &p->n_values);
  p->version = take(r, v, "version", SHAPE_WORD);
  if (!r->code && (!p->n_key || !period_parse(str_of(p->period), &period))) refuse(r, "key", "a record and a period");
}

static void take_answer(struct reading *r, const struct json_value *v, struct query_part *p) {
  const char *kind = take(r, v, "kind", SHAPE_WORD);
  p->kind = QUERY_KINDS;
  for (int k = QUERY_CORRECT; k < QUERY_KINDS; k++)
    if (!strcmp(kind, kind_names[k])) p->kind = (enum query_kind)k;
  if (p->kind == QUERY_KINDS) refuse(r, "kind", "correct, confirm, withdraw or close");
  p->time = take(r, v, "answered", SHAPE_TIME);
  p->by = take(r, v, "by", SHAPE_WORD);
  p->query = take(r, v, "query", SHAPE_HEX64);
  p->reason = take(r, v, "reason", SHAPE_LINE);
  p->salt = take(r, v, "salt", SHAPE_HEX32);
  p->values = take_pairs(r, v, "values", &p->n_values);
  if (!r->code && (p->kind == QUERY_CORRECT) != (p->n_values > 0)) refuse(r, "values", "values in a correction and only there");
  if (!r->code && p->kind != QUERY_CORRECT && !p->reason[0]) refuse(r, "reason", "a reason");
}

static enum err_code same_bytes(struct reading *r, const struct strbuf *again, struct str json) {
  if (again->n != json.n || memcmp(again->p, json.p, json.n)) refuse(r, "the whole text", "canonical JSON without further members");
  return r->code;
}

/* Before the JSON reader makes a node of each: brackets and commas outside texts. Millions of empty objects fit into a few megabytes. */
static bool too_many_values(struct str json, int64_t max) {
  bool inside = false;
  int64_t n = 0;
  for (size_t i = 0; i < json.n && n <= max; i++) {
    char c = json.p[i];
    if (inside && c == '\\') i++;
    else if (c == '"') inside = !inside;
    else n += !inside && (c == '{' || c == '[' || c == ',');
  }
  return n > max;
}

enum err_code query_part_read(struct arena *a, const char *file, struct str json, struct query_part **out, struct err *e) {
  struct json_document *d = NULL;
  struct reading r = {a, file, E_OK, e};
  struct query_part *p = ARENA_NEW(a, struct query_part);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "query");
  if (json.n > QUERY_MAX_PART) return ERR(e, E_QUERY_FORMAT, .file = file, .subject = "size", .expected = "at most 256 KiB");
  if (too_many_values(json, 16 * QUERY_MAX_PAIRS)) return ERR(e, E_QUERY_FORMAT, .file = file, .subject = "items", .expected = "at most 64 items");
  if (json_parse(file, json.p, json.n, &d, e)) return ERR_WRAP(e, E_QUERY_FORMAT, .file = file, .subject = "JSON");
  const struct json_value *root = json_root(d);
  *p = (struct query_part){.by = "",
      .time = "",
      .salt = "",
      .survey = "",
      .form = "",
      .version = "",
      .period = "",
      .owner = "",
      .rule = "",
      .item = "",
      .deadline = "",
      .message_ja = "",
      .message_en = "",
      .remedy_ja = "",
      .remedy_en = "",
      .query = "",
      .reason = ""};
  const char *format = json_member_string(root, "format", "");
  if (!strcmp(format, question_format)) take_question(&r, root, p);
  else if (!strcmp(format, answer_format)) take_answer(&r, root, p);
  else refuse(&r, "format", "shirabe-query-1 or shirabe-query-answer-1");
  json_release(d);
  if (r.code) return r.code;
  struct strbuf again;
  strbuf_init(&again, 2 * QUERY_MAX_PART);
  enum err_code code = query_part_write(p, &again, e);
  if (!code) code = same_bytes(&r, &again, json);
  if (again.p) wipe(again.p, again.n);
  strbuf_release(&again);
  if (!code) *out = p;
  return code;
}

static enum err_code letter_members(struct reading *r, const struct json_value *root, struct query_letter *l) {
  const struct json_value *parts = json_member(root, "parts");
  size_t n = json_is_array(parts) ? json_length(parts) : QUERY_MAX_PARTS + 1;
  if (strcmp(json_member_string(root, "format", ""), letter_format)) refuse(r, "format", letter_format);
  if (n > QUERY_MAX_PARTS) refuse(r, "parts", "at most 4096 parts");
  l->created = take(r, root, "created", SHAPE_TIME);
  l->from = take(r, root, "from", SHAPE_WORD);
  l->recipient_key = take(r, root, "recipient_key", SHAPE_WORD);
  l->to = take(r, root, "to", SHAPE_WORD);
  if (r->code) return r->code;
  l->parts = ARENA_ARRAY(r->a, struct query_carried, n + 1);
  if (!l->parts) return r->code = ERR(r->e, E_NO_MEMORY, .subject = "query letter");
  for (size_t i = 0; i < n && !r->code; i++) {
    const struct json_value *v = json_element(parts, i);
    l->parts[i] = (struct query_carried){
        take(r, v, "by", SHAPE_WORD), take(r, v, "key", SHAPE_LINE), take(r, v, "text", SHAPE_TEXT), take(r, v, "signature", SHAPE_TEXT)};
    l->n_parts = (int64_t)i + 1;
  }
  return r->code;
}

enum err_code query_letter_read(struct arena *a, const char *file, struct str json, struct query_letter **out, struct err *e) {
  struct json_document *d = NULL;
  struct reading r = {a, file, E_OK, e};
  struct query_letter *l = ARENA_NEW(a, struct query_letter);
  if (!l) return ERR(e, E_NO_MEMORY, .subject = "query letter");
  if (json.n > QUERY_MAX_LETTER) return ERR(e, E_QUERY_FORMAT, .file = file, .subject = "size", .expected = "at most 16 MiB");
  if (too_many_values(json, 8 * QUERY_MAX_PARTS)) return ERR(e, E_QUERY_FORMAT, .file = file, .subject = "parts", .expected = "at most 4096 parts");
  if (json_parse(file, json.p, json.n, &d, e)) return ERR_WRAP(e, E_QUERY_FORMAT, .file = file, .subject = "JSON");
  enum err_code code = letter_members(&r, json_root(d), l);
  json_release(d);
  if (!code) *out = l;
  return code;
}
