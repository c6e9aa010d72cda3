/* prefecture_tiles.h -- where each of the 47 prefectures stands in a map of equal tiles, with its short names.
 * Codes    1..47 of 全国地方公共団体コード (Ministry of Internal Affairs and Communications), JIS X 0401.
 * Layout   our own: 13 columns, 13 rows; neighbours on land stand beside each other where a grid allows it, straits are gaps. */
#ifndef SHIRABE_ESTIMATORS_PREFECTURE_TILES_H
#define SHIRABE_ESTIMATORS_PREFECTURE_TILES_H
#include "base/str.h"

enum { TILE_COLUMNS = 13, TILE_ROWS = 12 };
struct prefecture_tile {
  const char *ja, *en;
  int column, row;
};
extern const struct prefecture_tile prefecture_tiles[47]; /* [code - 1] */
/* 1..47 from "13", "7", "07"; 0 when the text is no prefecture code. */
int prefecture_of_code(struct str code);
#endif
