/* cmd_facility_medical.h -- register, notices and static survey of the medical institutions, from the store or from files. For the cmd_facility_
 *    files only. Rows of the library: facility_stock.h. A record without a kind or state stops, a notice of another month is
 *    left out and counted; a month of the files without a notice stops unless --empty-month names it. */
#ifndef SHIRABE_ESTIMATORS_CMD_FACILITY_MEDICAL_H
#define SHIRABE_ESTIMATORS_CMD_FACILITY_MEDICAL_H
#include "estimators/command/cmd_facility.h"

/* The register of a month (its beginning). */
enum err_code facility_read_register(struct cli *c, struct store *s, const char *survey, struct str month, struct stock_facility **out, int64_t *n,
    struct err *e) NODISCARD;
/* The notices of the months; ids[i] and places of finding rows are those of the source. */
struct facility_notices {
  struct stock_notice *row;
  int64_t n, n_outside; /* of the months; of other months in the files, left out */
  struct str *id, *kind; /* by record of the source: institution, kind of notice */
};
enum err_code facility_read_notices(struct cli *c, struct store *s, const char *survey, const struct str *months, int n_months,
    struct facility_notices *out, struct err *e) NODISCARD;
struct facility_static {
  struct facility_source source;
  struct stock_facility *row;
  struct str *prefecture;
  int64_t *beds_missing; /* not 0 where a type of beds that is asked of the kind is missing */
  int64_t n;
};
enum err_code facility_read_static(struct cli *c, struct store *s, const struct facility_span *span, struct facility_static *out,
    struct err *e) NODISCARD;
#endif
