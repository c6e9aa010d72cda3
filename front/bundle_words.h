/* bundle_words.h -- the words of a release: codes with their labels and hierarchy, titles, notes. Everything that the further formats say in
 * words stands in these tables, so that they are made from the bundle itself.
 * Shapes   codes.csv: table,column,code,label_ja,label_en,parent,valid_from,valid_to (dimensions, measures, units, status, symbols, marks);
 *          tables.csv: one line per published table; notes.csv: table,kind,text_ja,text_en with kind note, exception, taint, rule, symbol, time,
 *          agency.
 * Memory   the arena given. Errors E_NO_MEMORY. */
#ifndef SHIRABE_FRONT_BUNDLE_WORDS_H
#define SHIRABE_FRONT_BUNDLE_WORDS_H
#include "front/bundle.h"

#define BUNDLE_CODES_HEADER "table,column,code,label_ja,label_en,parent,valid_from,valid_to\n"
struct bundle_about {
  const char *survey, *survey_ja, *survey_en, *period;
  const char *agency;       /* SDMX id of who maintains the structures */
  int n_exceptions;
  const char **exceptions;  /* signed exceptions from the plan */
  const char *taint;        /* "" = sound */
};
/* The item that a dimension or measure is named after: of the table's form, else of another of the survey, there also written in the other case
 * (the published columns of the labour survey are capitals). NULL = none. */
const struct item *bundle_item(const struct bundle_table *bt, const char *name);
enum err_code bundle_codes(struct arena *a, const struct bundle_table *bt, struct strbuf *to, struct err *e) NODISCARD;
enum err_code bundle_tables_csv(
    struct arena *a, const struct bundle_table *tables, int64_t n, const struct bundle_about *about, struct str *out, struct err *e) NODISCARD;
enum err_code bundle_notes_csv(
    struct arena *a, const struct bundle_table *tables, int64_t n, const struct bundle_about *about, struct str *out, struct err *e) NODISCARD;
#endif
