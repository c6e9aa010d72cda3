/* cmd_picture.h -- what the commands that draw share: the words around a picture and the marks of breaks in it. For the cmd_ files only.
 * Marks    as written on a command line: PERIOD=KIND[:TEXT], KIND one of base, benchmark, shift, break.
 * Errors   E_SEASONAL_MARK: the word and what was expected; E_NO_MEMORY. Memory: texts point into the command line or the job's arena. Cost:
 *          linear. */
#ifndef SHIRABE_ESTIMATORS_CMD_PICTURE_H
#define SHIRABE_ESTIMATORS_CMD_PICTURE_H
#include "base/cli.h"
#include "estimators/table/chart/chart_time.h"

struct break_marks {
  struct chart_break mark[CHART_TIME_BREAKS];
  int n;
};
/* In order of time; at most 26 in all. */
enum err_code break_mark_add(struct break_marks *to, int at, enum chart_break_kind kind, const char *text, struct err *e) NODISCARD;
/* Every --mark of the command line; first, period, n: the axis as in struct chart_time. */
enum err_code break_marks_read(struct cli *c, int64_t first, int period, int n, struct break_marks *to, struct err *e) NODISCARD;

/* The same for an axis of labels (periods of result tables): any text before the sign =. Room for CHART_BREAKS_MOST. */
enum err_code break_labels_read(struct cli *c, struct chart_label_break *out, int *n, struct err *e) NODISCARD;

/* Words of the frame that the person gives: --title, --unit, --source. The last line names the source, what `made` says, and the date of the picture
 * (of the job's clock). Memory: the job's arena. */
enum err_code picture_frame(struct cli *c, const char *id, const char *title, const char *subtitle, const char *file, const char *made,
    struct chart_frame *out, struct err *e) NODISCARD;
#define PICTURE_MARK                                                                                                                               \
  {                                                                                                                                                \
    .name = "mark", .kind = OPT_REPEAT, .value_name = "BREAK", .help_en = "svg: a break, PERIOD=KIND:TEXT, KIND base, benchmark, shift or break",   \
    .help_ja = "svg：断層の印（期間=種類:説明。種類は base 基準改定・benchmark ベンチマーク更新・shift 水準変化・break その他）"                  \
  }
#define PICTURE_WORDS                                                                                                                              \
  {.name = "title", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "svg: title", .help_ja = "svg：表題"},                                      \
      {.name = "unit", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "svg: unit of the values", .help_ja = "svg：値の単位"},                  \
  {                                                                                                                                                \
    .name = "source", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "svg: source; default: the file", .help_ja = "svg：出典（既定はファイル名）" \
  }
#endif
