/* mls.h -- common types of the Monthly Labour Survey estimators (毎月勤労統計調査).
 * Splits   all, male, female, general (all - part-time), part-time workers. Overtime pay O has no split by sex.
 * Items    workers e0, inc, dec, e1, pt (persons); D days, Hs and Ho hours (person-days, person-hours); C contractual, O overtime, S special pay
 *          (thousand yen in reports, yen in results).
 * Columns  of the published master table: e0 inc dec e1 pt D H Hs Ho G C B O S with H = Hs + Ho, G = C + S, B = C - O. D, H, Hs, Ho in tenths.
 * Source   MHLW 毎月勤労統計調査 集計・推計方法 (https://www.mhlw.go.jp/toukei/list/30-1c.html) and the published result master tables (原表). */
#ifndef SHIRABE_ESTIMATORS_MLS_H
#define SHIRABE_ESTIMATORS_MLS_H
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum mls_split { MLS_ALL, MLS_MALE, MLS_FEMALE, MLS_GENERAL, MLS_PART, MLS_SPLITS };
enum mls_item { MLS_E0, MLS_INC, MLS_DEC, MLS_E1, MLS_PT, MLS_D, MLS_HS, MLS_HO, MLS_C, MLS_O, MLS_S, MLS_ITEMS };
enum { MLS_WORKER_ITEMS = 5 }; /* e0 .. pt */
enum mls_column {
  MLS_COL_E0,
  MLS_COL_INC,
  MLS_COL_DEC,
  MLS_COL_E1,
  MLS_COL_PT,
  MLS_COL_D,
  MLS_COL_H,
  MLS_COL_HS,
  MLS_COL_HO,
  MLS_COL_G,
  MLS_COL_C,
  MLS_COL_B,
  MLS_COL_O,
  MLS_COL_S,
  MLS_COLUMNS
};

extern const char *const mls_split_code[MLS_SPLITS];   /* T M F N P */
extern const char *const mls_column_name[MLS_COLUMNS]; /* e0 inc dec e1 pt D H Hs Ho G C B O S */
static inline int mls_column_tenths(int column) { return column >= MLS_COL_D && column <= MLS_COL_HO; }
static inline bool mls_item_is_money(int item) { return item >= MLS_C; }

/* Population totals of one cell or roll-up; money in yen. Whole numbers stay exact in a double up to 2^53. */
struct mls_totals {
  double x[MLS_SPLITS][MLS_ITEMS];
  bool has[MLS_SPLITS][MLS_ITEMS];
  bool suppressed;
  const char *reason; /* why suppressed or not computed */
};
/* A displayed row block: all splits of one industry and size. */
struct mls_row {
  struct str industry, size;
  int64_t value[MLS_SPLITS][MLS_COLUMNS];
  bool has[MLS_SPLITS][MLS_COLUMNS];
  bool suppressed;
  const char *reason;
};
#endif
