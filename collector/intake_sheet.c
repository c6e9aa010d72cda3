/* intake_sheet.c -- what a sheet was besides its rows becomes notes and doubts of the intake: nothing hidden, merged or left out goes unsaid. */
#include <stdio.h>

#include "collector/intake_impl.h"

static enum err_code note(struct intake_run *run, enum err_code code, int64_t line, const char *expected, const char *found, struct err *e) {
  return problem_add(run, code, &(struct problem_at){.line = line, .subject = run->source.name, .expected = expected, .found = found}, e);
}
static enum err_code note_count(struct intake_run *run, enum err_code code, int64_t line, int64_t n, const char *expected, struct err *e) {
  char found[24];
  if (n == 0) return E_OK;
  snprintf(found, sizeof found, "%lld", (long long)n);
  return note(run, code, line, expected, found, e);
}

static enum err_code note_hidden(struct intake_run *run, const struct sheet_report *r, struct err *e) {
  char found[200];
  bool japanese = run->job->lang == LANG_JA;
  if (r->hidden_rows + r->hidden_columns + r->hidden_sheets == 0) return E_OK;
  const char *how = r->skipped_rows ? (japanese ? "行は読んでいません" : "the rows were left out") : japanese ? "行と列は読みました" : "rows and columns were read";
  snprintf(found, sizeof found, japanese ? "行 %lld、列 %lld、シート %lld（%s）" : "%lld rows, %lld columns, %lld sheets (%s)", (long long)r->hidden_rows,
           (long long)r->hidden_columns, (long long)r->hidden_sheets, how);
  return note(run, E_SHEET_HIDDEN, r->hidden_line, "", found, e);
}

enum err_code note_sheet(struct intake_run *run, struct err *e) {
  const struct sheet_report *r = run->source.sheet_report;
  if (!r) return E_OK;
  TRY(note_hidden(run, r, e));
  TRY(note_count(run, E_SHEET_MERGED, r->merged_line, r->merged, "", e));
  TRY(note_count(run, E_SHEET_OTHERS, 0, r->other_sheets, "", e));
  TRY(note_count(run, E_SHEET_REWRITTEN, r->rewritten_line, r->rewritten, "", e));
  return note_count(run, E_SHEET_SERIALS, 0, r->serials, r->date1904 ? "1904" : "1900", e);
}
