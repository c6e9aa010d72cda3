#include "estimators/vital/vital_axes.h"

#include <stdio.h>
#include <string.h>

#define VITAL_ANY VITAL_FORMS
#define AXIS(id, form, field, classes) {#id, #field, VITAL_##form, CLASS_##classes},
const struct vital_axis vital_axes[] = {
#include "estimators/vital/vital_fields.def"
};
const int vital_n_axes = sizeof vital_axes / sizeof *vital_axes;

struct field_name {
  enum vital_form form;
  const char *name;
  bool optional;
};
#define FIELD(form, name) {VITAL_##form, #name, false},
#define OPTIONAL(form, name) {VITAL_##form, #name, true},
static const struct field_name fields[] = {
#include "estimators/vital/vital_fields.def"
};
const char *vital_field_name(enum vital_form form, int i) {
  for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
    if (fields[k].form == form && i-- == 0) return fields[k].name;
  return NULL;
}
bool vital_field_optional(enum vital_form form, const char *name) {
  for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
    if (fields[k].form == form && !strcmp(fields[k].name, name)) return fields[k].optional;
  return false;
}
int vital_axis_find(const char *name, size_t n, enum vital_form form) {
  for (int i = 0; i < vital_n_axes; i++)
    if (strlen(vital_axes[i].name) == n && memcmp(vital_axes[i].name, name, n) == 0
        && (vital_axes[i].form == form || vital_axes[i].form == VITAL_FORMS))
      return i;
  return -1;
}
int32_t vital_icd_value(struct str code) {
  struct icd_range r;
  if (!icd_parse(code, &r)) return -1;
  return r.low == r.high ? r.low : r.low + ICD_KEYS; /* a category without its fourth character */
}

/* Axes by bounds: class i holds bound[i] <= value < bound[i + 1]; the last bound is open; then unknown. Sets of plain codes begin at `first`. */
struct bounds {
  int n;
  int32_t bound[26];
  const char *code[27];
};
static const struct bounds by_bounds[CLASS_KINDS] = {
    [CLASS_MOTHER] = {9, {0, 15, 20, 25, 30, 35, 40, 45, 50}, {"0-14", "15-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50+"}},
    [CLASS_ORDER] = {5, {1, 2, 3, 4, 5}, {"1", "2", "3", "4", "5+"}},
    [CLASS_PLURALITY] = {3, {1, 2, 3}, {"1", "2", "3+"}},
    [CLASS_WEIGHT] = {8, {0, 1000, 1500, 2000, 2500, 3000, 3500, 4000},
        {"0-999", "1000-1499", "1500-1999", "2000-2499", "2500-2999", "3000-3499", "3500-3999", "4000+"}},
    [CLASS_TERM] = {5, {0, 28, 32, 37, 42}, {"0-27", "28-31", "32-36", "37-41", "42+"}},
    [CLASS_AGE] = {22, {0, 1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100},
        {"0", "1-4", "5-9", "10-14", "15-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70-74",
            "75-79", "80-84", "85-89", "90-94", "95-99", "100+"}},
    [CLASS_INFANT] = {9, {0, 1, 7, 14, 21, 28, 61, 91, 183}, {"0d", "1-6d", "1w", "2w", "3w", "4w-1m", "2m", "3-5m", "6-11m"}},
    [CLASS_STILL_WEEKS] = {7, {12, 16, 20, 22, 28, 32, 37}, {"12-15", "16-19", "20-21", "22-27", "28-31", "32-36", "37+"}},
    [CLASS_SPOUSE] = {12, {0, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70},
        {"0-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70+"}},
    [CLASS_CHILDREN] = {5, {0, 1, 2, 3, 4}, {"0", "1", "2", "3", "4+"}},
};
/* Axes of codes first..last; unknown stands at 0. */
static const struct {
  int first, last;
} by_code[CLASS_KINDS] = {[CLASS_SCOPE] = {1, 6}, [CLASS_PREFECTURE] = {1, 48}, [CLASS_MONTH] = {1, 12}, [CLASS_SEX] = {1, 2}, [CLASS_PLACE] = {1, 8},
    [CLASS_STILL_TYPE] = {1, 3}, [CLASS_BEFORE] = {1, 3}, [CLASS_DIVORCE_KIND] = {1, 6}, [CLASS_DURATION] = {1, 12}};

/* Deaths by the codes of the puerperium: direct (A34 with them), of no stated kind, indirect; late ones (O96, O97) stand apart and are not counted as
 * maternal deaths. Other codes are in no class. */
enum { MATERNAL_CLASSES = 4 };
static const char *const maternal_codes[MATERNAL_CLASSES] = {"direct", "unstated", "indirect", "late"};
static uint8_t maternal_class(int32_t value) {
  static const struct {
    int low, high, class;
  } ranges[] = {{340, 349, 0}, {14000, 14929, 0}, {14940, 14959, 1}, {14980, 14999, 2}, {14960, 14979, 3}};
  if (value < 0) return VITAL_NO_CLASS;
  const int32_t key = value % ICD_KEYS;
  for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
    if (key >= ranges[k].low && key <= ranges[k].high) return (uint8_t)ranges[k].class;
  return VITAL_NO_CLASS;
}
int vital_classes_count(enum vital_classes k, const struct cause_list *causes) {
  if (k == CLASS_CAUSE) return causes->n + 2; /* other groups, no code */
  if (k == CLASS_MATERNAL) return MATERNAL_CLASSES;
  if (k == CLASS_MOTHER_YEAR) return 38;
  return by_code[k].last ? by_code[k].last + 1 : by_bounds[k].n + 1;
}
static uint8_t cause_class(int32_t value, const int16_t *map, const struct cause_list *causes) {
  if (value < 0) return (uint8_t)(causes->n + 1);
  const int32_t low = value % ICD_KEYS, high = value < ICD_KEYS ? low : low + 9;
  const int group = map[low];
  for (int32_t k = low; k <= high; k++)
    if (map[k] != group) return (uint8_t)causes->n;
  return (uint8_t)(group < 0 ? causes->n : group);
}
uint8_t vital_class_of(enum vital_classes k, int32_t value, const int16_t *cause_map, const struct cause_list *causes) {
  if (k == CLASS_CAUSE) return cause_class(value, cause_map, causes);
  if (k == CLASS_MATERNAL) return maternal_class(value);
  if (k == CLASS_MOTHER_YEAR) return (uint8_t)(value < 0 ? 37 : value < 15 ? 0 : value > 49 ? 36 : value - 14);
  if (by_code[k].last) return (uint8_t)(value >= by_code[k].first && value <= by_code[k].last ? value : 0);
  const struct bounds *b = &by_bounds[k];
  if (k == CLASS_INFANT && (value < 0 || value > 366)) return VITAL_NO_CLASS;
  if (value < b->bound[0]) return (uint8_t)b->n;
  int c = b->n - 1;
  while (value < b->bound[c]) c--;
  return (uint8_t)c;
}

const char *vital_axis_name(const struct vital_table *t, int k) { return vital_axes[t->axis[k]].name; }
const char *vital_class_code(const struct vital_year *y, const struct vital_table *t, int k, int class, char *buffer, size_t size) {
  const enum vital_classes kind = vital_axes[t->axis[k]].classes;
  if (kind == CLASS_CAUSE) return class < y->causes->n ? y->causes->groups[class].code : class == y->causes->n ? "other" : "_U";
  if (kind == CLASS_MATERNAL) return maternal_codes[class];
  if (kind == CLASS_MOTHER_YEAR) {
    if (class == 37) return "_U";
    snprintf(buffer, size, class == 0 ? "0-14" : class == 36 ? "50+" : "%d", class + 14);
    return buffer;
  }
  if (!by_code[kind].last) return class < by_bounds[kind].n ? by_bounds[kind].code[class] : "_U";
  if (class == 0) return "_U";
  snprintf(buffer, size, kind == CLASS_PREFECTURE || kind == CLASS_MONTH ? "%02d" : "%d", class);
  return buffer;
}
