/* guess.c -- sample, table, headings, columns: in this order; see guess.h. */
#include "collector/guess.h"

#include "collector/guess_impl.h"

static enum err_code columns_read(struct arena *scratch, const struct job *job, struct guess *g, const struct guess_lists *lists, struct err *e) {
  for (int64_t j = 0; j < g->n_columns; j++) {
    struct arena_mark mark = arena_mark(scratch);
    if (job_cancelled(job)) return ERR(e, E_INTAKE_CANCELLED, .file = g->source->name, .subject = g->source->name);
    TRY(guess_column_read(scratch, g, j, lists, &g->columns[j], e));
    arena_reset(scratch, mark);
  }
  return E_OK;
}

enum err_code guess_file(struct arena *a, const struct job *job, const struct source *source, const struct source_reader *reader,
                         const struct guess_lists *lists, struct guess *out, struct err *e) {
  *out = (struct guess){.source = source, .kind = reader->kind};
  TRY(guess_sample_read(a, job, source, reader, &out->sample, e));
  TRY(guess_table(a, out, e));
  out->columns = ARENA_ARRAY(a, struct guess_column, out->n_columns);
  struct arena *scratch = arena_new(0);
  enum err_code code = out->columns && scratch ? E_OK : ERR(e, E_NO_MEMORY, .subject = source->name);
  if (!code) code = guess_headings(a, out, e);
  if (!code) code = columns_read(scratch, job, out, lists, e);
  arena_free(scratch);
  return code;
}
