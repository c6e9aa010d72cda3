/* truth_read.h -- what the truth tools share: stages of an office, one record's values as text, keys. Whatever goes wrong ends the tool with 70. */
#ifndef SHIRABE_TESTS_TRUTH_READ_H
#define SHIRABE_TESTS_TRUTH_READ_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "processing/command/cmd_process_io.h"

enum { TEXT = 96, KEY = 256 };
struct truth_reader {
  struct arena *a;
  struct job job;
};
struct place { /* one record; t NULL = it is not there */
  const struct table *t;
  int64_t row, shard;
};

static inline _Noreturn void stop_at(const char *what, const struct err *e) {
  fprintf(stderr, "truth: %s: error %d %s %s\n", what, (int)e->code, e->subject, e->found);
  exit(70);
}
static inline _Noreturn void stop_bare(const char *what) {
  fprintf(stderr, "truth: %s\n", what);
  exit(70);
}

static inline struct store *truth_office(struct truth_reader *r, const char *folder) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  char *passphrase = NULL;
  if (passphrase_read(NULL, &passphrase, &e) || store_open(&r->job, folder, passphrase, &s, &e)) stop_at(folder, &e);
  passphrase_free(passphrase);
  return s;
}
static inline void truth_stage(struct truth_reader *r, const struct form *f, struct store *s, const char *period, const char *stage,
                               struct process_data *out) {
  struct err e = {.code = E_OK};
  struct dataset_key key = {f->survey, f->id, period, stage};
  struct log_entry entry = {.action = "data-read", .object = "truth", .purpose = "", .detail = ""};
  int64_t access;
  if (store_log_intent(s, &entry, &access, &e) || process_read(s, &key, access, r->a, NULL, out, &e)) stop_at(stage, &e);
}

/* --- one record --- */
static inline const char *value(struct place p, const char *item, char buffer[TEXT]) {
  char digits[64];
  int k = p.t ? table_find(p.t, item) : -1;
  if (k < 0) return buffer[0] = 0, buffer;
  struct str s = column_text(&p.t->columns[k], p.row, digits, sizeof digits);
  snprintf(buffer, TEXT, "%.*s", (int)(s.n < TEXT ? s.n : TEXT - 1), s.p);
  return buffer;
}
static inline bool same(struct place p, struct place q, const char *item) {
  char a[TEXT], b[TEXT];
  return p.t && q.t && strcmp(value(p, item, a), value(q, item, b)) == 0;
}
static inline uint8_t status_of(struct place p, const char *item) {
  int k = p.t ? table_find(p.t, item) : -1;
  return k < 0 ? VAL_BLANK : p.t->columns[k].status[p.row];
}
static inline struct str key_of(const struct form *f, struct place p, char out[KEY]) {
  const struct record_type *type = &f->records[0];
  char text[TEXT];
  int n = 0;
  for (int i = 0; i < type->n_keys; i++) n += snprintf(out + n, (size_t)(KEY - n), "%s/", value(p, type->keys[i]->name, text));
  return str_view(out, (size_t)n);
}
#endif
