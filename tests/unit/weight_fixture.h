/* weight_fixture.h -- columns of a survey from arrays of texts and numbers, and a plan from JSON text. Codes are in binary order of the texts. */
#ifndef SHIRABE_TESTS_WEIGHT_FIXTURE_H
#define SHIRABE_TESTS_WEIGHT_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/table.h"
#include "estimators/weight/weight_plan.h"

enum { FIXTURE_COLUMNS = 12 };
struct fixture {
  struct arena *a;
  struct survey_column column[FIXTURE_COLUMNS];
  struct survey_columns columns;
  struct weight_plan plan;
  struct weight_programme *programme;
  struct weight_history history;
  struct survey survey;
  struct sample_design design;
  double *base;
  struct err e;
};
static inline void fixture_new(struct fixture *f, int64_t n) {
  memset(f, 0, sizeof *f);
  f->a = arena_new(0);
  f->columns = (struct survey_columns){.place = "data.csv", .n = n, .column = f->column};
  f->base = ARENA_ARRAY(f->a, double, n);
}
static inline struct survey_column *fixture_column(struct fixture *f, const char *name) {
  assert_true(f->columns.n_columns < FIXTURE_COLUMNS);
  struct survey_column *c = &f->column[f->columns.n_columns++];
  *c = (struct survey_column){.name = name, .status = ARENA_ARRAY(f->a, uint8_t, f->columns.n)};
  return c;
}
/* Codes 0..levels-1 with texts made by format ("%d", "p%02d"), which must keep their order; -1 = does not apply, -2 = blank. */
static inline void fixture_codes(struct fixture *f, const char *name, const int32_t *code, int32_t levels, const char *format) {
  struct survey_column *c = fixture_column(f, name);
  int32_t *own = ARENA_ARRAY(f->a, int32_t, f->columns.n);
  uint8_t *status = (uint8_t *)(uintptr_t)c->status;
  struct str *level = ARENA_ARRAY(f->a, struct str, levels + 1);
  for (int32_t k = 0; k < levels; k++) {
    char text[32];
    snprintf(text, sizeof text, format, k);
    level[k] = str_of(arena_strdup(f->a, text, strlen(text)));
  }
  for (int64_t i = 0; i < f->columns.n; i++) {
    own[i] = code[i] < 0 ? -1 : code[i];
    status[i] = code[i] >= 0 ? VAL_REPORTED : code[i] == -1 ? VAL_NOT_APPLICABLE : VAL_BLANK;
  }
  c->code = own, c->n_levels = levels, c->level = level;
}
static inline void fixture_number(struct fixture *f, const char *name, const double *v) {
  struct survey_column *c = fixture_column(f, name);
  double *own = ARENA_ARRAY(f->a, double, f->columns.n);
  memcpy(own, v, sizeof *own * (size_t)f->columns.n);
  c->number = own, c->code = ARENA_ARRAY(f->a, int32_t, f->columns.n), c->level = ARENA_ARRAY(f->a, struct str, 1);
}
/* A file "margins.csv" whose text is the context. */
static enum err_code fixture_file(void *context, const char *name, struct str *text, struct err *e) {
  if (strcmp(name, "margins.csv") != 0) return ERR(e, E_WEIGHT_PLAN_VALUE, .subject = name);
  *text = str_of(context);
  return E_OK;
}
static inline enum err_code fixture_plan(struct fixture *f, const char *json, const char *margins) {
  struct json_document *d = NULL;
  f->e = (struct err){0};
  assert_int_equal(json_parse("design.json", json, strlen(json), &d, &f->e), E_OK);
  enum err_code code =
      weight_plan_parse(f->a, "design.json", json_root(d), margins ? fixture_file : NULL, (void *)(uintptr_t)margins, &f->plan, &f->e);
  json_release(d);
  return code;
}
static inline enum err_code fixture_run(struct fixture *f) {
  f->survey = (struct survey){.n = f->columns.n, .weight = f->base, .design = &f->design};
  f->e = (struct err){0};
  return weight_plan_run(NULL, f->a, &f->plan, &f->columns, &f->survey, &f->programme, &f->history, &f->e);
}
static inline enum err_code fixture_both(struct fixture *f, const char *json, const char *margins) {
  enum err_code code = fixture_plan(f, json, margins);
  return code ? code : fixture_run(f);
}
static inline double fixture_sum(const double *w, const int32_t *code, int32_t level, int64_t n) {
  double s = 0;
  for (int64_t i = 0; i < n; i++) s += code[i] == level ? w[i] : 0;
  return s;
}
#endif
