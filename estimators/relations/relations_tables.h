/* relations_tables.h -- results of labour relations as result tables (table/result_table.h): numerator and denominator stand beside every rate.
 * Shapes   unions: domain x basis; flows: part; density: group; series: year x group; federations: kind x federation; disputes: domain x figure.
 * Missing  what is not answered is not in a sum: a note says how many. A figure that cannot be known has the status undefined with the reason: so has
 *          a sum to which no unit contributed, as every unit is not answered, the column is not there, or there is no slip. It is never 0.
 * Language names, codes, notes, refusal and reasons of the table are English: CSV, JSON and the digest are the same in either language. The Japanese
 *          of notes and refusal stands beside them, that of names and codes in relations_label_ja().
 * Release  the tables count every unit and have gone through no disclosure control: they carry a refusal; `estimate run` makes those that go out.
 * Memory   arena. Cost: linear in the rows. Errors: E_NO_MEMORY, those of result_table.h. */
#ifndef SHIRABE_ESTIMATORS_RELATIONS_TABLES_H
#define SHIRABE_ESTIMATORS_RELATIONS_TABLES_H
#include "estimators/relations/affiliation.h"
#include "estimators/relations/dispute.h"
#include "estimators/relations/organisation_rate.h"
#include "estimators/table/result_table.h"

struct relations_table {
  struct result_table *table;
  const char *refusal_ja;
  const char **note_ja; /* [RESULT_MAX_NOTES], beside table->notes; NULL = only the English one */
  int64_t unknown;      /* figures that are undefined as nobody answered, or as there is no slip */
};
enum err_code relations_union_table(struct arena *a, const struct union_domain *d, int64_t n, const char *by, struct relations_table *out,
    struct err *e) NODISCARD;
enum err_code relations_flow_table(struct arena *a, const struct union_flow *f, enum union_basis basis, struct relations_table *out,
    struct err *e) NODISCARD;
/* One row: year "" = no such dimension. group: _T, M, F, P. */
struct relations_density {
  struct str year, group;
  struct organisation_rate rate;
  int64_t unknown; /* unions whose members of the group are not answered: not in the numerator */
  const char *why; /* why there is no numerator, and so no rate; NULL = there is */
};
/* Rows of a series in the order of the years within a group: the change is that of the printed rates. */
enum err_code relations_density_table(struct arena *a, const struct relations_density *d, int64_t n, bool series, struct relations_table *out,
    struct err *e) NODISCARD;
enum err_code relations_federation_table(struct arena *a, const struct federation_total *f, int64_t n, const struct affiliation_summary *s,
    enum union_basis basis, struct relations_table *out, struct err *e) NODISCARD;
struct relations_dispute {
  struct str domain;
  struct dispute_figures f;
};
enum err_code relations_dispute_table(struct arena *a, const struct relations_dispute *d, int64_t n, const char *by, bool year,
    struct relations_table *out, struct err *e) NODISCARD;
/* The Japanese of a name of these tables (dimension NULL), or of a code of one of their own dimensions; NULL = none. */
const char *relations_label_ja(const char *dimension, struct str text);
#endif
