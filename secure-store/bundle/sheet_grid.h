/* sheet_grid.h -- a workbook as cells: what the layout makes, the writer packs, the reader gets back from the bytes, and the door compares.
 * Shapes   cells [n_rows * n_columns], row 0 is the header. A cell is text, or a number in the digits it is shown with; empty = no cell.
 * Sheets   `data` (one row per figure), `columns`, `codes`, `about`: one table each, header in row 1, data from row 2, nothing merged, hidden or
 *          coloured, no formula and no object.
 * data     time_code,time, per dimension its code and <dimension>_name (prefectures also area_code, five digits), measure,measure_name,
 *          unit,unit_name,value,symbol, the other columns of the long form, status,status_name,reason. `value` holds numbers only: a figure that
 *          is not shown is empty there and has its sign in `symbol` (x suppressed, - not applicable, … not available), each explained in the
 *          sheet `codes`.
 * Source   行政データにおける機械可読性に関するルール (デジタル庁, 2026-03-31), levels 1-3; 統計表における機械判読可能なデータの表記方法の統一ルール
 *          (総務省, 2020-12-18); signs after the legends of the ministry's statistical tables. */
#ifndef SHIRABE_SECURE_STORE_SHEET_GRID_H
#define SHIRABE_SECURE_STORE_SHEET_GRID_H
#include "secure-store/bundle/bundle_source.h"

enum { GRID_SHEETS = 4, GRID_MOST_ROWS = 1048576, GRID_MOST_COLUMNS = 64 };
struct grid_cell {
  struct str text;
  bool number;
};
struct sheet_grid {
  const char *name;
  int64_t n_rows;
  int n_columns;
  struct grid_cell *cells;
};
/* E_CAP_EXCEEDED: more rows than a sheet can hold. */
enum err_code sheet_layout(struct arena *a, const struct bundle_source *s, struct sheet_grid out[GRID_SHEETS], struct err *e) NODISCARD;
enum err_code sheet_write(struct arena *a, const struct sheet_grid grid[GRID_SHEETS], struct str *out, struct err *e) NODISCARD;
/* Reads a workbook of these sheets back, strictly: any other part, element or kind of cell is E_PART_XLSX. Rows and columns as they are there. */
enum err_code sheet_read(struct arena *a, const char *file, struct str xlsx, struct sheet_grid out[GRID_SHEETS], struct err *e) NODISCARD;
/* Every cell of the workbook is what the long form gives: E_PART_DIFFERS with sheet, row and column. */
enum err_code sheet_check(struct arena *a, const struct bundle_source *s, const struct release_part *part, struct err *e) NODISCARD;
struct str sheet_symbol(struct str status); /* "x"; "" for shown */
#endif
