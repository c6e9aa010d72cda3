/* sdmx.h -- a published table as SDMX-CSV 2.0 and its structure (codelists, concepts, data structure definition, dataflow) as an SDMX-ML 3.0
 * message.
 * Columns  STRUCTURE,STRUCTURE_ID,ACTION,FREQ,<dimensions>,MEASURE,TIME_PERIOD,OBS_VALUE, then attributes. ACTION is R (replace): a figure that
 *          an earlier edition showed and this one suppresses would survive a merge.
 * Attributes  mandatory UNIT_MEASURE, UNIT_MULT, DECIMALS (of the measure), OBS_STATUS, CONF_STATUS; optional STANDARD_ERROR, CV, DF, N_UNITS
 *          and, where the table has them, CI_LOWER, CI_UPPER, CI_LEVEL, DEFF, FLAG, REPORTING_YEAR_START_DAY.
 * Status   shown A/F; suppressed Q/C, whatever rule hid it (D would tell the primary ones); not applicable M/F; not available O/F;
 *          too unreliable U/N. Codes of the SDMX lists CL_OBS_STATUS and CL_CONF_STATUS; their versions (2.3, 1.4) are taken from secondary
 *          sources.
 * Ids      components: the name in capitals; a name that is one of ours gets _D. Codes: letters, digits, _ @ -; any other byte as $ and two hex
 *          digits.
 * Agency   tables.csv, column agency; that it is registered anywhere is not claimed.
 * Errors   E_SDMX_ID, E_PART_SDMX, E_PART_DIFFERS, E_NO_MEMORY. Memory: the arena. Cost O(rows x log codes).
 * Source   SDMX 3.0 technical specifications, section SDMX-CSV (sdmx-twg/sdmx-csv, data message 2.0.0) and SDMX-ML schemas v3_0. */
#ifndef SHIRABE_SECURE_STORE_SDMX_H
#define SHIRABE_SECURE_STORE_SDMX_H
#include "secure-store/bundle/bundle_source.h"

enum sdmx_role { SDMX_DIMENSION, SDMX_TIME, SDMX_VALUE, SDMX_ATTRIBUTE };
enum { SDMX_COMPONENTS = 48 };
struct sdmx_component {
  const char *id;
  enum sdmx_role role;
  bool mandatory, coded;
  struct str column; /* of the long form whose codes it has; "" = a list of SDMX or no list */
  const char *ja, *en;
  int figure;        /* enum bundle_column of a plain number or text; -1 */
};
/* The components in the order of the CSV, after STRUCTURE, STRUCTURE_ID, ACTION. */
struct sdmx_structure {
  const char *agency, *flow, *dsd, *concepts; /* ids */
  int n;
  struct sdmx_component component[SDMX_COMPONENTS];
};
enum err_code sdmx_structure_of(struct arena *a, const struct bundle_source *s, struct sdmx_structure *out, struct err *e) NODISCARD;
enum err_code sdmx_csv(struct arena *a, const struct bundle_source *s, struct str *out, struct err *e) NODISCARD;
enum err_code sdmx_dsd(struct arena *a, const struct bundle_source *s, struct str *out, struct err *e) NODISCARD;

/* --- for those who write and read them --- */
const char *sdmx_code_id(struct arena *a, struct str code); /* NULL without memory */
/* "1000 yen": yen, 3. */
void sdmx_unit(struct str unit, struct str *base, int *multiplier);
const char *sdmx_obs_status(struct str status);
const char *sdmx_conf_status(struct str status);
int sdmx_measure_decimals(const struct bundle_source *s, struct str measure);

/* Reads structure and CSV as a stranger would: every column a component, every code in its list, mandatory attributes there, one row per key;
 * then every figure and state against the long form. */
enum err_code sdmx_check(
    struct arena *a, const struct bundle_source *s, const struct release_part *csv, const struct release_part *dsd, struct err *e) NODISCARD;
#endif
