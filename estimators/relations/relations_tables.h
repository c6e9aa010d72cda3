/* relations_tables.h -- results of labour relations as result tables (table/result_table.h): numerator and denominator stand beside every rate.
 * Shapes   unions: domain x basis; flows: part; density: group; series: year x group; federations: kind x federation; disputes: domain x figure.
 * Missing  what is not answered is not in a sum: a note says how many. A figure that cannot be known has the status undefined with the reason.
 * Release  the tables count every unit and have gone through no disclosure control: they carry a refusal; `estimate run` makes those that go out.
 * Memory   arena. Cost: linear in the rows. Errors: E_NO_MEMORY, those of result_table.h. */
#ifndef SHIRABE_ESTIMATORS_RELATIONS_TABLES_H
#define SHIRABE_ESTIMATORS_RELATIONS_TABLES_H
#include "estimators/relations/affiliation.h"
#include "estimators/relations/dispute.h"
#include "estimators/relations/organisation_rate.h"
#include "estimators/table/result_table.h"

enum err_code relations_union_table(struct arena *a, const struct union_domain *d, int64_t n, const char *by, struct result_table **out,
    struct err *e) NODISCARD;
enum err_code relations_flow_table(struct arena *a, const struct union_flow *f, enum union_basis basis, struct result_table **out,
    struct err *e) NODISCARD;
/* One row: year "" = no such dimension. group: _T, M, F, P. */
struct relations_density {
  struct str year, group;
  struct organisation_rate rate;
  int64_t unknown; /* unions whose members of the group are not answered: not in the numerator */
};
/* Rows of a series in the order of the years within a group: the change is that of the printed rates. */
enum err_code relations_density_table(struct arena *a, const struct relations_density *d, int64_t n, bool series, struct result_table **out,
    struct err *e) NODISCARD;
enum err_code relations_federation_table(struct arena *a, const struct federation_total *f, int64_t n, const struct affiliation_summary *s,
    enum union_basis basis, struct result_table **out, struct err *e) NODISCARD;
struct relations_dispute {
  struct str domain;
  struct dispute_figures f;
};
enum err_code relations_dispute_table(struct arena *a, const struct relations_dispute *d, int64_t n, const char *by, bool year,
    struct result_table **out, struct err *e) NODISCARD;
#endif
