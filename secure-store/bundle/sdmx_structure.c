/* sdmx_structure.c -- ids and components of a table in SDMX. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/bundle/bundle_time.h"
#include "secure-store/bundle/sdmx.h"

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* --- ids --- */
const char *sdmx_code_id(struct arena *a, struct str code) {
  char *out = arena_alloc(a, 3 * code.n + 2, 1);
  size_t n = 0;
  if (!out) return NULL;
  for (size_t i = 0; i < code.n; i++) {
    const char c = code.p[i];
    if (is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '@') out[n++] = c;
    else n += (size_t)snprintf(out + n, 4, "$%02X", (unsigned)(unsigned char)c);
  }
  if (!n) out[n++] = '_';
  out[n] = 0;
  return out;
}

/* A name in capitals: letters, digits, _ and -, a letter first. */
static enum err_code component_id(struct arena *a, struct str name, const char **out, struct err *e) {
  char *id = arena_strdup(a, name.p, name.n);
  if (!id) return ERR(e, E_NO_MEMORY, .subject = "sdmx");
  bool good = name.n > 0 && is_letter(id[0]);
  for (size_t i = 0; i < name.n; i++) {
    good = good && (is_letter(id[i]) || is_digit(id[i]) || id[i] == '_' || id[i] == '-');
    if (id[i] >= 'a' && id[i] <= 'z') id[i] = (char)(id[i] - 'a' + 'A');
  }
  *out = id;
  return good ? E_OK : ERR(e, E_SDMX_ID, .subject = id, .found = "a name of other signs");
}

/* --- units --- */
void sdmx_unit(struct str unit, struct str *base, int *multiplier) {
  size_t i = 0;
  *base = unit;
  *multiplier = 0;
  if (unit.n < 3 || unit.p[0] != '1') return;
  for (i = 1; i < unit.n && unit.p[i] == '0'; i++) {}
  if (i < 2 || i + 1 >= unit.n || unit.p[i] != ' ') return;
  *base = str_view(unit.p + i + 1, unit.n - i - 1);
  *multiplier = (int)i - 1;
}

/* --- states --- */
const char *sdmx_obs_status(struct str status) {
  static const char *const codes[][2] = {{"shown", "A"}, {"suppressed", "Q"}, {"not_applicable", "M"}, {"unreliable", "U"}};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (str_eq(status, str_of(codes[i][0]))) return codes[i][1];
  return "O";
}
const char *sdmx_conf_status(struct str status) { /* never D: it would tell which figures have few units behind them */
  if (str_eq(status, STR("suppressed"))) return "C";
  return str_eq(status, STR("unreliable")) ? "N" : "F";
}

int sdmx_measure_decimals(const struct bundle_source *s, struct str measure) {
  int most = 0;
  for (int64_t i = 0; i < s->table.n_rows; i++) {
    if (!bundle_shown(s, i) || !str_eq(bundle_cell(s, i, LONG_MEASURE), measure)) continue;
    const int d = bundle_decimals(bundle_cell(s, i, LONG_VALUE));
    if (d > most) most = d;
  }
  return most < 15 ? most : 15;
}

/* --- components --- */
static const struct sdmx_component head = {"FREQ", SDMX_DIMENSION, true, true, {"", 0}, "周期", "frequency", -1};
static const struct sdmx_component measure = {"MEASURE", SDMX_DIMENSION, true, true, {"measure", 7}, "測定項目", "measure", LONG_MEASURE};
static const struct sdmx_component tail[] = {
    {"TIME_PERIOD", SDMX_TIME, true, false, {"", 0}, "期間", "time period", -1},
    {"OBS_VALUE", SDMX_VALUE, false, false, {"", 0}, "値", "observation value", LONG_VALUE},
    {"UNIT_MEASURE", SDMX_ATTRIBUTE, true, true, {"unit", 4}, "単位", "unit of measure", -1},
    {"UNIT_MULT", SDMX_ATTRIBUTE, true, true, {"", 0}, "単位の乗数（10のべき）", "unit multiplier, power of ten", -1},
    {"DECIMALS", SDMX_ATTRIBUTE, true, true, {"", 0}, "小数点以下の桁数", "decimals", -1},
    {"OBS_STATUS", SDMX_ATTRIBUTE, true, true, {"", 0}, "値の状態", "observation status", -1},
    {"CONF_STATUS", SDMX_ATTRIBUTE, true, true, {"", 0}, "秘匿の状態", "confidentiality status", -1},
    {"STANDARD_ERROR", SDMX_ATTRIBUTE, false, false, {"", 0}, "標準誤差", "standard error", LONG_SE},
    {"CV", SDMX_ATTRIBUTE, false, false, {"", 0}, "変動係数", "coefficient of variation", LONG_CV},
    {"DF", SDMX_ATTRIBUTE, false, false, {"", 0}, "自由度", "degrees of freedom", LONG_DF},
    {"CI_LOWER", SDMX_ATTRIBUTE, false, false, {"", 0}, "信頼区間の下限", "lower limit of the interval", LONG_LOW},
    {"CI_UPPER", SDMX_ATTRIBUTE, false, false, {"", 0}, "信頼区間の上限", "upper limit of the interval", LONG_HIGH},
    {"CI_LEVEL", SDMX_ATTRIBUTE, false, false, {"", 0}, "信頼水準", "confidence of the interval", LONG_CONFIDENCE},
    {"DEFF", SDMX_ATTRIBUTE, false, false, {"", 0}, "デザイン効果", "design effect", LONG_DEFF},
    {"FLAG", SDMX_ATTRIBUTE, false, true, {"flag", 4}, "公表基準の符号", "mark of the publication rule", LONG_FLAG},
    {"N_UNITS", SDMX_ATTRIBUTE, false, false, {"", 0}, "客体数（ウェイトなし）", "units, unweighted", LONG_N},
    {"REPORTING_YEAR_START_DAY", SDMX_ATTRIBUTE, false, false, {"", 0}, "報告年の初日", "first day of the reporting year", -1}};
enum { TAIL = sizeof tail / sizeof *tail };

static bool is_ours(const char *id) {
  if (!strcmp(id, "FREQ") || !strcmp(id, "MEASURE") || !strcmp(id, "STRUCTURE") || !strcmp(id, "STRUCTURE_ID") || !strcmp(id, "ACTION")) return true;
  for (int i = 0; i < TAIL; i++)
    if (!strcmp(tail[i].id, id)) return true;
  return false;
}
static enum err_code add_dimension(struct arena *a, const struct bundle_source *s, int d, struct sdmx_structure *out, struct err *e) {
  const struct str name = bundle_dimension_name(s, d), ja = bundle_column_fact(s, name, "label_ja"), en = bundle_column_fact(s, name, "label_en");
  struct sdmx_component *c = &out->component[out->n++];
  *c = (struct sdmx_component){.role = SDMX_DIMENSION, .mandatory = true, .coded = true, .column = name, .figure = -1};
  TRY(component_id(a, name, &c->id, e));
  if (is_ours(c->id)) c->id = arena_printf(a, "%s_D", c->id);
  c->ja = arena_strdup(a, ja.p, ja.n);
  c->en = arena_strdup(a, en.p, en.n);
  return c->id && c->ja && c->en ? E_OK : ERR(e, E_NO_MEMORY, .subject = "sdmx");
}

static enum err_code structure_ids(struct arena *a, const struct bundle_source *s, struct sdmx_structure *out, struct err *e) {
  const struct str survey = bundle_title(s, "survey"), agency = bundle_title(s, "agency");
  const char *stem, *words = arena_printf(a, "%.*s_%s", (int)survey.n, survey.p, s->id);
  if (!words) return ERR(e, E_NO_MEMORY, .subject = "sdmx");
  TRY(component_id(a, str_of(words), &stem, e));
  for (struct str rest = agency, part; rest.n || rest.p == agency.p;) { /* names with points between them; the agency keeps its letters */
    const char *id;
    part = str_split(rest, '.', &rest);
    TRY(component_id(a, part, &id, e));
    if (!rest.n && agency.p[agency.n - 1] == '.') return ERR(e, E_SDMX_ID, .subject = id, .found = "a point at its end");
  }
  out->agency = arena_strdup(a, agency.p, agency.n);
  out->flow = arena_printf(a, "DF_%s", stem);
  out->dsd = arena_printf(a, "DSD_%s", stem);
  out->concepts = arena_printf(a, "CS_%s", stem);
  return out->agency && out->flow && out->dsd && out->concepts ? E_OK : ERR(e, E_NO_MEMORY, .subject = "sdmx");
}

enum err_code sdmx_structure_of(struct arena *a, const struct bundle_source *s, struct sdmx_structure *out, struct err *e) {
  struct bundle_time t = {.start_day = ""};
  *out = (struct sdmx_structure){.n = 0};
  TRY(structure_ids(a, s, out, e));
  if (s->table.n_rows) (void)bundle_time_of(bundle_cell(s, 0, LONG_PERIOD), &t);
  out->component[out->n++] = head;
  for (int d = 0; d < s->n_dimensions; d++) TRY(add_dimension(a, s, d, out, e));
  out->component[out->n++] = measure;
  for (int i = 0; i < TAIL; i++) {
    const bool there = tail[i].figure < 0 || s->at[tail[i].figure] >= 0;
    if (!there || (!strcmp(tail[i].id, "REPORTING_YEAR_START_DAY") && !t.start_day[0])) continue;
    out->component[out->n++] = tail[i];
  }
  return E_OK;
}
