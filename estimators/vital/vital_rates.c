#include "estimators/vital/vital_rates.h"

#include <math.h>

#include "base/ext_gsl.h"
#include "estimators/table/rounding.h"

const struct vital_measure_info vital_measure_info[VITAL_MEASURES] = {
    [VITAL_BIRTH_RATE] = {"birth_rate", "出生率", "birth rate", 1000, 1, true},
    [VITAL_DEATH_RATE] = {"death_rate", "死亡率", "death rate", 1000, 1, true},
    [VITAL_NATURAL_INCREASE] = {"natural_increase_rate", "自然増減率", "rate of natural increase", 1000, 1, false},
    [VITAL_MARRIAGE_RATE] = {"marriage_rate", "婚姻率", "marriage rate", 1000, 1, true},
    [VITAL_DIVORCE_RATE] = {"divorce_rate", "離婚率", "divorce rate", 1000, 2, true},
    [VITAL_CAUSE_RATE] = {"cause_rate", "死因別死亡率", "cause-specific death rate", 100000, 1, true},
    [VITAL_INFANT_MORTALITY] = {"infant_mortality", "乳児死亡率", "infant mortality", 1000, 1, true},
    [VITAL_NEONATAL_MORTALITY] = {"neonatal_mortality", "新生児死亡率", "neonatal mortality", 1000, 1, true},
    [VITAL_EARLY_NEONATAL_MORTALITY] = {"early_neonatal_mortality", "早期新生児死亡率", "early neonatal mortality", 1000, 1, true},
    [VITAL_STILLBIRTH_RATE] = {"stillbirth_rate", "死産率", "stillbirth rate", 1000, 1, true},
    [VITAL_PERINATAL_MORTALITY] = {"perinatal_mortality", "周産期死亡率", "perinatal mortality", 1000, 1, true},
    [VITAL_PERINATAL_OLD] = {"perinatal_mortality_28w", "周産期死亡率(28週以後)", "perinatal mortality (28 weeks, per births)", 1000, 1, true},
    [VITAL_MATERNAL_MORTALITY] = {"maternal_mortality", "妊産婦死亡率", "maternal mortality", 100000, 1, true},
    [VITAL_MATERNAL_WHO] = {"maternal_mortality_per_births", "妊産婦死亡率(出生10万対)", "maternal mortality (per 100,000 live births)", 100000, 1, true},
    [VITAL_STILL_NATURAL_RATE] = {"natural_stillbirth_rate", "自然死産率", "natural stillbirth rate", 1000, 1, true},
    [VITAL_STILL_ARTIFICIAL_RATE] = {"artificial_stillbirth_rate", "人工死産率", "artificial stillbirth rate", 1000, 1, true},
    [VITAL_STILL_22W_RATE] = {"fetal_death_rate_22w", "妊娠満22週以後の死産率", "foetal death rate from 22 weeks", 1000, 1, true},
    [VITAL_SEX_RATIO] = {"sex_ratio_at_birth", "出生性比", "sex ratio at birth", 100, 1, false},
};

static void interval(struct vital_rate *r) {
  double scale = (double)r->per / (double)r->base, low, high;
  if (r->events < 20 && dist_poisson_interval(r->events, 0.95, &low, &high)) {
    r->low = low * scale;
    r->high = high * scale;
    return;
  }
  r->low = r->value - 1.959963984540054 * r->se;
  r->high = r->value + 1.959963984540054 * r->se;
}

static enum err_code rate_of(
    int64_t events, int64_t base, int64_t per, int decimals, bool poisson, const char *name, struct vital_rate *out, struct err *e) {
  if (base <= 0) return ERR(e, E_VITAL_NO_POPULATION, .subject = name);
  *out = (struct vital_rate){.events = events, .base = base, .per = per, .decimals = decimals};
  out->value = (double)events / (double)base * (double)per;
  out->printed = round_ratio(events, base, per * power_of_ten(decimals));
  out->has_se = poisson && events >= 0;
  if (!out->has_se) return E_OK;
  out->se = sqrt((double)events) / (double)base * (double)per;
  interval(out);
  return E_OK;
}

enum err_code vital_rate(enum vital_measure m, int64_t events, int64_t base, struct vital_rate *out, struct err *e) {
  const struct vital_measure_info *i = &vital_measure_info[m];
  return rate_of(events, base, i->per, i->decimals, i->poisson, i->name, out, e);
}

enum err_code vital_rate_per(int64_t events, int64_t base, int64_t per, int decimals, struct vital_rate *out, struct err *e) {
  return rate_of(events, base, per, decimals, true, "rate", out, e);
}

enum err_code vital_stillbirth_rate(int64_t births, int64_t stillbirths, struct vital_rate *out, struct err *e) {
  return vital_rate(VITAL_STILLBIRTH_RATE, stillbirths, births + stillbirths, out, e);
}

enum err_code vital_perinatal_rate(int64_t births, int64_t stillbirths_22w, int64_t early_neonatal, struct vital_rate *out, struct err *e) {
  return vital_rate(VITAL_PERINATAL_MORTALITY, stillbirths_22w + early_neonatal, births + stillbirths_22w, out, e);
}

bool vital_rate_test(int64_t e1, int64_t p1, int64_t e2, int64_t p2, double *z) {
  if (p1 <= 0 || p2 <= 0 || e1 + e2 <= 0) return false;
  double a = (double)p1, b = (double)p2;
  *z = ((double)e1 / a - (double)e2 / b) / sqrt((double)e1 / (a * a) + (double)e2 / (b * b));
  return true;
}
