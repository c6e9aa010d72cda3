/* intake_propose.c -- repairs that could change a meaning: not applied, but kept with what came and what it would become; see intake_impl.h. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "collector/intake_impl.h"
#include "forms/code_structure.h"

enum { PROPOSAL_COLUMNS = 7, P_LINE = 0, P_CELL, P_ROW, P_ITEM, P_RULE, P_RAW, P_VALUE, RAW_MAX = 256 };

static enum err_code table_start(struct proposal_writer *w, struct err *e) {
  static const struct column columns[PROPOSAL_COLUMNS] = {
      {.name = "line", .type = COL_INT},  {.name = "cell", .type = COL_INT}, {.name = "row", .type = COL_INT},   {.name = "item", .type = COL_CODE},
      {.name = "rule", .type = COL_CODE}, {.name = "raw", .type = COL_TEXT}, {.name = "value", .type = COL_TEXT}};
  w->arena = arena_new(0);
  w->n = 0;
  return w->arena ? table_init(&w->table, w->arena, columns, PROPOSAL_COLUMNS, 1024, e) : ERR(e, E_NO_MEMORY, .subject = "proposals");
}

static enum err_code flush(struct intake_run *run, struct proposal_writer *w, struct err *e) {
  static const uint8_t parts[PROPOSAL_COLUMNS] = {PART_PARADATA, PART_PARADATA, PART_PARADATA, PART_PARADATA, PART_PARADATA, PART_LINK, PART_LINK};
  if (!run->store || w->n == 0) return E_OK;
  store_enter(run->store);
  struct dataset_key key = intake_dataset(run, "proposals");
  enum err_code code = E_OK;
  if (!w->shard) code = store_shard_begin(run->store, &key, run->form->hash_hex, "", store_office(run->store)->id, run->id, &w->shard, e);
  w->table.n_rows = w->n;
  if (!code) code = store_shard_append(w->shard, &w->table, parts, 0, w->n, e);
  store_leave(run->store);
  return code;
}

static enum err_code make_room(struct intake_run *run, struct proposal_writer *w, struct err *e) {
  if (w->n == INTAKE_GROUP) {
    TRY(flush(run, w, e));
    arena_free(w->arena);
    w->arena = NULL;
  }
  if (!w->arena) return table_start(w, e);
  w->table.n_rows = w->n;
  return w->n == w->table.capacity ? table_reserve(&w->table, w->table.capacity * 2, e) : E_OK;
}

static enum err_code add(struct intake_run *run, enum repair_rule rule, const struct item_reader *r, int64_t line, int64_t row, struct str raw,
                         struct str value, struct err *e) {
  struct proposal_writer *w = &run->proposals;
  if (run->options->correct) return E_OK; /* which of its rows are kept is known later; a correction is simply written right */
  w->total++;
  if (repair_rule_policy(rule) != POLICY_BY_RULE) {
    run->report->proposals++;
    w->open++;
  }
  if (!run->store) return E_OK;
  TRY(make_room(run, w, e));
  struct column *c = w->table.columns;
  const struct {
    int column;
    struct str text;
  } texts[] = {{P_ITEM, str_of(r->item->name)}, {P_RULE, str_of(repair_rule_name(rule))}, {P_RAW, raw}, {P_VALUE, value}};
  c[P_LINE].i64[w->n] = line;
  c[P_CELL].i64[w->n] = r->place;
  c[P_ROW].i64[w->n] = row;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    int32_t id = dict_add(c[texts[i].column].dict, texts[i].text);
    if (id < 0) return ERR(e, E_NO_MEMORY, .subject = "proposals");
    c[texts[i].column].code[w->n] = id;
  }
  w->n++;
  return E_OK;
}

enum err_code proposal_end(struct intake_run *run, struct err *e) {
  struct proposal_writer *w = &run->proposals;
  TRY(flush(run, w, e));
  struct shard_write *shard = w->shard;
  w->shard = NULL;
  if (!shard) return E_OK;
  store_enter(run->store);
  enum err_code code = store_shard_end(shard, &w->shard_id, e);
  store_leave(run->store);
  return code;
}

void proposal_abort(struct intake_run *run) {
  struct proposal_writer *w = &run->proposals;
  if (w->shard) store_shard_abort(w->shard);
  arena_free(w->arena);
  w->shard = NULL;
  w->arena = NULL;
}

/* --- what could be meant --- */

/* 45748: a day in both of the spreadsheet's calendars; which one the file does not say. */
static enum err_code propose_serial(struct intake_run *run, const struct item_reader *r, int64_t line, int64_t row, struct str raw, struct err *e) {
  struct folded f;
  uint32_t rules = 0;
  int64_t serial, days;
  if (r->date.month || r->date.year || !normalise_fold(raw, false, &f, &rules) || !str_int64(str_view(f.p, f.n), &serial)) return E_OK;
  for (int from_1904 = 0; from_1904 <= 1; from_1904++) {
    char iso[11];
    if (!excel_serial_days(serial, from_1904 == 1, &days)) continue;
    date_format_iso(days, iso);
    TRY(add(run, from_1904 ? REPAIR_SERIAL_1904 : REPAIR_SERIAL_1900, r, line, row, raw, str_of(iso), e));
  }
  return E_OK;
}

static enum err_code propose_zeros(struct intake_run *run, const struct item_reader *r, int64_t line, int64_t row, struct str raw, struct err *e) {
  struct folded f;
  uint32_t rules = 0;
  int32_t id;
  char padded[CELL_FOLDED];
  size_t width = r->index ? (size_t)r->index->width : 0;
  if (!width || width > sizeof padded || !normalise_fold(raw, false, &f, &rules) || f.n == 0 || f.n >= width) return E_OK;
  memset(padded, '0', width - f.n);
  memcpy(padded + width - f.n, f.p, f.n);
  if (!code_index_find(r->index, str_view(padded, width), &id)) return E_OK;
  return add(run, REPAIR_ZERO_IN_LIST, r, line, row, raw, str_view(padded, width), e);
}

/* 13101: five digits that are a code of the list with their check digit, and with a zero in front no other. */
static enum err_code propose_check_digit(struct intake_run *run, const struct item_reader *r, int64_t line, int64_t row, struct str raw, bool *made,
                                         struct err *e) {
  struct folded f;
  uint32_t rules = 0;
  int32_t id;
  char whole[6], padded[6] = {'0'};
  *made = false;
  if (!r->index || !r->index->check_digits || !normalise_fold(raw, false, &f, &rules) || f.n != 5) return E_OK;
  int digit = municipality_check_digit(str_view(f.p, 5));
  if (digit < 0) return E_OK;
  memcpy(whole, f.p, 5);
  whole[5] = (char)('0' + digit);
  memcpy(padded + 1, f.p, 5);
  if (!code_index_find(r->index, str_view(whole, 6), &id) || code_index_find(r->index, str_view(padded, 6), &id)) return E_OK;
  *made = true;
  return add(run, REPAIR_CHECK_DIGIT_ADDED, r, line, row, raw, str_view(whole, 6), e);
}

enum err_code propose_refusable(struct intake_run *run, const struct cell_value *v, const struct item_reader *r, int64_t line, int64_t row,
                                struct str raw, struct err *e) {
  char iso[11];
  if (r->key || raw.n > RAW_MAX || !value_present(v->status)) return E_OK;
  if (v->rules & RULE_BIT(REPAIR_ZERO_CHECK_DIGIT)) TRY(add(run, REPAIR_ZERO_CHECK_DIGIT, r, line, row, raw, v->text, e));
  if (!(v->rules & RULE_BIT(REPAIR_HEISEI_31)) || r->item->class == CLASS_PERIOD) return E_OK;
  date_format_iso(v->number, iso);
  return add(run, REPAIR_HEISEI_31, r, line, row, raw, str_of(iso), e);
}

enum err_code propose_for_cell(struct intake_run *run, enum err_code problem, const struct item_reader *r, int64_t line, int64_t row, struct str raw,
                               struct err *e) {
  if (r->key || raw.n > RAW_MAX) return E_OK;
  if (problem == E_DATE_SERIAL) return propose_serial(run, r, line, row, raw, e);
  bool made = false;
  if (problem == E_CODE_ZEROS || problem == E_CODE_UNKNOWN || problem == E_CODE_WIDTH) TRY(propose_check_digit(run, r, line, row, raw, &made, e));
  return problem == E_CODE_ZEROS && !made ? propose_zeros(run, r, line, row, raw, e) : E_OK;
}

static void join_codes(const struct code_followed *f, char *out, size_t size) {
  out[0] = 0;
  for (int i = 0; i < f->n; i++) {
    size_t n = strlen(out);
    snprintf(out + n, size - n, "%s%.*s", i ? ", " : "", (int)f->codes[i]->code.n, f->codes[i]->code.p);
  }
}

enum err_code propose_code_of_day(struct intake_run *run, struct item_reader *r, int64_t line, int64_t row, struct str code, int64_t day,
                                  enum err_code *problem, char *found, size_t size, struct err *e) {
  struct code_followed f;
  found[0] = 0;
  if (!r->changes_read) TRY(code_changes_read(run->arena, r->index->list, &r->changes, e));
  r->changes_read = true;
  if (!r->changes) return E_OK;
  code_follow(r->index->list, r->changes, code, day, &f);
  if (f.n == 0) return E_OK;
  bool one = f.n == 1 && f.complete && !r->key;
  *problem = one ? E_CODE_SUCCEEDED : f.n > 1 ? E_CODE_SEVERAL : E_CODE_NOT_VALID_ON;
  if (run->options->show_values) join_codes(&f, found, size);
  else if (f.n > 1) snprintf(found, size, "%d", f.n);
  return one ? add(run, REPAIR_CODE_OF_THE_DAY, r, line, row, code, f.codes[0]->code, e) : E_OK;
}
