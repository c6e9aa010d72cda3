#include "estimators/table/measure_words.h"

#include <stdio.h>
#include <string.h>

static const struct measure_words words[] = {
    [MEASURE_COUNT] = {{"number of units", "単位の数"}, "sum w", false},
    [MEASURE_TOTAL] = {{"total of x", "x の総数"}, "sum w x", false},
    [MEASURE_MEAN] = {{"mean of x", "x の平均"}, "sum w x / sum w", false},
    [MEASURE_RATIO] = {{"total of x per total of y", "y の総数に対する x の総数の比"}, "sum w x / sum w y", false},
    [MEASURE_RATE] = {{"rate: events, or total of x, per total of y, times the factor of the measure",
                          "率：件数または x の総数を y の総数で割り、定められた倍率を掛けたもの"},
        "factor * sum w x / sum w y", false},
    [MEASURE_PROPORTION] = {{"share of units whose x has the code", "x が当該符号である単位の割合"}, "sum w [x = code] / sum w", false},
    [MEASURE_QUANTILE] = {{"quantile of x", "x の分位数"}, "inverse of the weighted distribution function of x at p", false},
    [MEASURE_VARIANCE] = {{"variance of x between units of the population", "母集団における x の分散"}, "n / (n - 1) * sum w (x - mean)^2 / sum w",
        false},
    [MEASURE_GEOMETRIC] = {{"geometric mean of x", "x の幾何平均"}, "exp(sum w log x / sum w)", false},
    [MEASURE_GINI] = {{"Gini coefficient of x", "x のジニ係数"}, "see estimate/inequality.h", false},
    [MEASURE_ARPT] = {{"poverty line: a share of a quantile of x", "貧困線：x の分位数の一定割合"}, "percent * quantile(x)", false},
    [MEASURE_ARPR] = {{"share of units whose x lies below the poverty line", "x が貧困線を下回る単位の割合"}, "sum w [x < line] / sum w", false},
    [MEASURE_RMPG] = {{"poverty gap: distance of the median of the poor from the line, relative to it",
                          "貧困ギャップ：貧困線と貧困層の中央値の差の貧困線に対する比"},
        "(line - median of the poor) / line", false},
    [MEASURE_QSR] = {{"share of the top of x over the share of the bottom", "x の上位層の合計の下位層の合計に対する比"}, "see estimate/inequality.h",
        false},
    [MEASURE_FGT] = {{"Foster, Greer and Thorbecke's poverty measure", "Foster・Greer・Thorbecke の貧困指標"},
        "sum w [x < line] ((line - x) / line)^g / sum w", false},
    [MEASURE_GEI] = {{"generalised entropy index of x", "x の一般化エントロピー指数"}, "see estimate/inequality.h", false},
    [MEASURE_ATKINSON] = {{"Atkinson's index of x", "x のアトキンソン指数"}, "see estimate/inequality.h", false},
    [MEASURE_FORMULA] = {{"function of other figures", "他の数値の関数"}, "as written, by its derivatives", false},
    [MEASURE_MLS] = {{"figure of the Monthly Labour Survey as the ministry computes it", "毎月勤労統計調査の公表方法による数値"},
        "link relative ratio estimator: mls/mls.md", true},
    [MEASURE_MLS_ROLLUP] = {{"figure rolled up from published unit cells", "公表された単位集計区分から積み上げた数値"}, "mls/mls.md", true},
    [MEASURE_TFR] = {{"total fertility rate", "合計特殊出生率"}, "vital/vital.md", true},
    [MEASURE_ASDR] = {{"age-standardised death rate", "年齢調整死亡率"}, "vital/vital.md", true},
    [MEASURE_LIFE_TABLE] = {{"function of the life table", "生命表の関数"}, "vital/vital.md", true},
};

const struct measure_words *measure_words(enum measure_kind kind) { return &words[kind]; }

const char *measure_options(const struct measure *m, enum err_lang lang, char *out, size_t size) {
  const bool ja = lang == LANG_JA;
  static const char *const intervals[] = {"mean", "logit", "asin", "beta", "wilson", "likelihood"};
  out[0] = 0;
  switch (m->kind) {
  case MEASURE_QUANTILE: snprintf(out, size, "p = %g", m->p); break;
  case MEASURE_RATE: snprintf(out, size, ja ? "倍率 %lld" : "factor %lld", (long long)m->per); break;
  case MEASURE_PROPORTION: snprintf(out, size, ja ? "符号 %s" : "code %s", m->option); break;
  case MEASURE_ARPT:
  case MEASURE_ARPR:
  case MEASURE_RMPG: snprintf(out, size, ja ? "貧困線 = %g × %g 分位数" : "line = %g of the %g quantile", m->percent, m->quantile); break;
  case MEASURE_FGT:
    if (m->has_line) snprintf(out, size, ja ? "g = %g、貧困線 %g" : "g = %g, line %g", m->p, m->line);
    else snprintf(out, size, ja ? "g = %g、貧困線 = %g × %g 分位数" : "g = %g, line = %g of the %g quantile", m->p, m->percent, m->quantile);
    break;
  case MEASURE_QSR:
  case MEASURE_GEI:
  case MEASURE_ATKINSON: snprintf(out, size, ja ? "母数 %g" : "parameter %g", m->p); break;
  case MEASURE_ASDR: snprintf(out, size, ja ? "基準人口 %s" : "standard population %s", m->option); break;
  default: break;
  }
  size_t n = 0;
  while (out[n]) n++;
  if (m->has_interval && (size_t)m->interval < sizeof intervals / sizeof *intervals && n < size)
    snprintf(out + n, size - n, ja ? "%s区間 %s" : "%sinterval %s", n ? (ja ? "、" : ", ") : "", intervals[m->interval]);
  return out;
}

static struct str item_words(const char *name, enum err_lang lang, item_label_fn item, const void *context) {
  struct str s = item ? item(context, name, lang) : STR("");
  return s.n ? s : str_of(name);
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

const char *measure_title(struct arena *a, const char *measure, enum err_lang lang, item_label_fn item, const void *context, char *out, size_t size) {
  struct measure m;
  struct err ignored;
  size_t n = 0;
  snprintf(out, size, "%s", measure);
  if (measure_parse(a, str_of(measure), &m, &ignored) || measure_words(m.kind)->published || m.kind == MEASURE_FORMULA || m.kind == MEASURE_RATE)
    return out;
  const char *text = measure_words(m.kind)->definition[lang];
  char before = ' ', options[200];
  out[0] = 0;
  for (const char *p = text; *p && n + 1 < size; before = *p++) {
    bool alone = (*p == 'x' || *p == 'y') && !is_letter(before) && !is_letter(p[1]);
    struct str s = alone ? item_words(*p == 'x' ? m.x : m.y, lang, item, context) : str_view(p, 1);
    if (s.n > size - n - 1) s.n = size - n - 1;
    memcpy(out + n, s.p, s.n);
    n += s.n;
    if (alone && lang == LANG_JA && p[1] == ' ') p++; /* no blank after the words of an item */
  }
  out[n] = 0;
  while (n && !utf8_valid(out, n, NULL)) out[--n] = 0;
  if (*measure_options(&m, lang, options, sizeof options) && n < size) snprintf(out + n, size - n, lang == LANG_JA ? "（%s）" : " (%s)", options);
  return out;
}

const char *unit_words(const char *unit, enum err_lang lang, char *out, size_t size) {
  static const char *const units[][2] = {
      {"yen", "円"}, {"percent", "％"}, {"person", "人"}, {"unit", "件"}, {"hour", "時間"}, {"day", "日"}, {"week", "週"}, {"month", "か月"}, {"year", "年"}};
  static const char *const scales[][3] = {{"1000 ", "thousand ", "千"}, {"10000 ", "ten thousand ", "万"}, {"1000000 ", "million ", "百万"}};
  const char *scale = "", *word = unit;
  for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
    if (!strncmp(unit, scales[i][0], strlen(scales[i][0]))) scale = scales[i][lang == LANG_JA ? 2 : 1], word = unit + strlen(scales[i][0]);
  for (size_t i = 0; lang == LANG_JA && i < sizeof units / sizeof *units; i++)
    if (!strcmp(word, units[i][0])) word = units[i][1];
  snprintf(out, size, "%s%s", scale, word);
  return out;
}
