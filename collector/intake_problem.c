/* intake_problem.c -- problems and repairs: stored with their places and no values, counted by code and rule, the first of them shown. */
#include <stdio.h>
#include <string.h>

#include "collector/intake_impl.h"

enum { PLACE_COLUMNS = 5 };

static enum err_code table_start(struct place_writer *w, struct err *e) {
  const struct column columns[PLACE_COLUMNS] = {
      {.name = "line", .type = COL_INT},
      {.name = "cell", .type = COL_INT},
      {.name = "item", .type = COL_CODE},
      {.name = "code", .type = COL_INT},
      {.name = strcmp(w->stage, "problems") ? "state" : "other", .type = COL_INT},
  };
  w->arena = arena_new(0);
  w->n = 0;
  return w->arena ? table_init(&w->table, w->arena, columns, PLACE_COLUMNS, INTAKE_GROUP, e) : ERR(e, E_NO_MEMORY, .subject = w->stage);
}

void problem_start(struct intake_run *run) {
  run->problems.stage = "problems";
  run->repairs.stage = "repairs";
}

static enum err_code flush(struct intake_run *run, struct place_writer *w, struct err *e) {
  static const uint8_t parts[PLACE_COLUMNS] = {PART_PARADATA, PART_PARADATA, PART_PARADATA, PART_PARADATA, PART_PARADATA};
  if (!run->store || w->n == 0) return E_OK;
  if (!w->shard) {
    struct dataset_key key = intake_dataset(run, w->stage);
    TRY(store_shard_begin(run->store, &key, run->form->hash_hex, "", store_office(run->store)->id, run->id, &w->shard, e));
  }
  w->table.n_rows = w->n;
  return store_shard_append(w->shard, &w->table, parts, 0, w->n, e);
}

static enum err_code place_add(struct intake_run *run, struct place_writer *w, int64_t line, int64_t cell, const char *item, int64_t code, int64_t state, struct err *e) {
  if (!run->store) return E_OK;
  if (w->n == INTAKE_GROUP) {
    TRY(flush(run, w, e));
    arena_free(w->arena);
    w->arena = NULL;
  }
  if (!w->arena) TRY(table_start(w, e));
  struct column *c = w->table.columns;
  int32_t id = dict_add(c[2].dict, str_of(item));
  if (id < 0) return ERR(e, E_NO_MEMORY, .subject = w->stage);
  c[0].i64[w->n] = line;
  c[1].i64[w->n] = cell;
  c[2].code[w->n] = id;
  c[3].i64[w->n] = code;
  c[4].i64[w->n++] = state;
  return E_OK;
}

static enum err_code place_end(struct intake_run *run, struct place_writer *w, struct err *e) {
  TRY(flush(run, w, e));
  struct shard_write *shard = w->shard;
  w->shard = NULL;
  return shard ? store_shard_end(shard, &w->shard_id, e) : E_OK;
}

enum err_code problem_end(struct intake_run *run, struct err *e) {
  TRY(place_end(run, &run->problems, e));
  return place_end(run, &run->repairs, e);
}

void problem_abort(struct intake_run *run) {
  struct place_writer *writers[] = {&run->problems, &run->repairs};
  for (int i = 0; i < 2; i++) {
    if (writers[i]->shard) store_shard_abort(writers[i]->shard);
    arena_free(writers[i]->arena);
    writers[i]->shard = NULL;
    writers[i]->arena = NULL;
  }
}

/* The item as its user knows it. */
static const char *subject_of(const struct intake_run *run, const struct item_reader *r) {
  const struct item *item = r->item;
  const char *label = run->job->lang == LANG_JA ? item->label_ja : item->label_en;
  return label && *label ? label : item->name;
}

static void show(struct intake_run *run, enum err_code code, const struct problem_at *at) {
  struct err shown = {0};
  char expected[ERR_TEXT_BYTES] = "", found[ERR_TEXT_BYTES] = "";
  bool japanese = run->job->lang == LANG_JA;
  if (run->shown++ >= run->options->problem_limit) return;
  const char *wanted = at->reader && !at->expected ? item_expected(at->reader, japanese, expected, sizeof expected) : "";
  if (at->raw.n && run->options->show_values) snprintf(found, sizeof found, "%.*s", at->raw.n < 200 ? (int)at->raw.n : 200, at->raw.p);
  else if (at->raw.n) text_shape(at->raw.p, at->raw.n, found, sizeof found);
  (void)err_fill(&shown, code,
                 &(struct err_detail){.file = run->source.name,
                                      .line = at->line,
                                      .column = at->cell,
                                      .subject = at->subject  ? at->subject
                                                 : at->reader ? subject_of(run, at->reader)
                                                              : run->source.name,
                                      .expected = at->expected ? at->expected : wanted,
                                      .found = at->found ? at->found : found});
  job_problem(run->job, &shown);
}

static bool is_doubt(enum err_code code) {
  return code == E_DATE_HEISEI_31 || code == E_INPUT_EXTERNAL || code == E_ROW_AFTER_NOTE || code == E_SHEET_HIDDEN || code == E_SHEET_MERGED;
}

enum err_code problem_add(struct intake_run *run, enum err_code code, const struct problem_at *at, struct err *e) {
  int slot = (int)code - INTAKE_CODE_FIRST;
  if (slot >= 0 && slot < INTAKE_CODES) run->report->by_code[slot]++;
  if (is_doubt(code)) run->report->warnings++;
  else if (err_grade_of(code) != GRADE_NOTE) run->report->problems++;
  show(run, code, at);
  return place_add(run, &run->problems, at->line, at->cell, at->reader ? at->reader->item->name : "", code, at->other, e);
}

enum err_code repair_add(struct intake_run *run, uint32_t rules, int64_t line, const struct item_reader *reader, struct err *e) {
  for (int rule = 1; rule < REPAIR_RULES; rule++) {
    if (!(rules & RULE_BIT(rule))) continue;
    run->report->by_rule[rule]++;
    if (!repair_rule_is_notation((enum repair_rule)rule))
      TRY(place_add(run, &run->repairs, line, reader->place, reader->item->name, rule, REPAIR_ACCEPTED_BY_RULE, e));
  }
  return E_OK;
}
