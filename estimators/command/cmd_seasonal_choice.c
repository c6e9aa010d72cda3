/* Model, scale and regressors of a seasonal adjustment: as given, or chosen from the data, with every candidate printed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/command/cmd_seasonal.h"

enum { AHEAD_MOST = 120, AHEAD_DEFAULT_YEARS = 1 };

static enum err_code bad_option(const char *option, const char *expected, struct err *e) {
  return ERR(e, E_ESTIMATE_ARGUMENT, .subject = option, .expected = expected);
}
static enum err_code add_word(struct cli *c, struct seasonal_report *r, const char *word, struct err *e) {
  if (r->n_words == SEASONAL_WORDS) return bad_option("--regress", "fewer words", e);
  TRY(effects_add(cli_job(c)->arena, &r->series.span, word, &r->effects, e));
  r->words[r->n_words++] = word;
  return E_OK;
}
static enum err_code add_chosen(struct cli *c, struct seasonal_report *r, const char *words, struct err *e) {
  for (struct str one, rest = str_of(words); rest.n;) {
    one = str_split(rest, ' ', &rest);
    const char *copy = arena_strdup(cli_job(c)->arena, one.p, one.n);
    if (!copy) return ERR(e, E_NO_MEMORY, .subject = "choice");
    TRY(add_word(c, r, copy, e));
  }
  return E_OK;
}
static struct choice_input input_of(const struct seasonal_report *r) {
  return (struct choice_input){&r->series.span, r->series.value, &r->effects, r->spec.order, r->spec.logs};
}
static enum err_code choose_scale(struct cli *c, struct seasonal_report *r, struct err *e) {
  const struct choice_input in = input_of(r);
  if (!strcmp(cli_text(c, "transform"), "mode")) return E_OK;
  r->choices.logs_asked = true;
  TRY(choose_logs(cli_job(c)->arena, &in, &r->choices.logs, &r->spec.logs, e));
  if (!r->spec.logs) r->spec.x11.mode = X11_ADDITIVE;
  else if (r->spec.x11.mode == X11_ADDITIVE) r->spec.x11.mode = X11_MULTIPLICATIVE;
  return E_OK;
}
static enum err_code choose_days(struct cli *c, struct seasonal_report *r, struct err *e) {
  const struct choice_input in = input_of(r);
  const char *words = "";
  if (!r->choices.calendar_asked) return E_OK;
  TRY(choose_calendar(cli_job(c)->arena, &in, &r->choices.calendar, &words, e));
  return add_chosen(c, r, words, e);
}
static enum err_code choose_order(struct cli *c, struct seasonal_report *r, const char *model, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const struct choice_input in = input_of(r);
  struct seasonal_choices *k = &r->choices;
  if ((k->five_asked = !strcmp(model, "five"))) TRY(choose_of_five(a, &in, &k->model, e));
  else if ((k->model_asked = !strcmp(model, "auto"))) TRY(choose_model(a, &in, &k->model, &k->steps, &k->constant, &k->constant_t, e));
  else return E_OK;
  r->spec.order = k->model.candidate[k->model.taken].order;
  char word[CHOICE_NAME];
  choice_constant(&r->spec.order, word);
  return k->constant ? add_chosen(c, r, word, e) : E_OK;
}
enum err_code seasonal_model(struct cli *c, struct seasonal_report *r, struct err *e) {
  const char *model = cli_text(c, "model");
  int64_t ahead = cli_int(c, "ahead");
  struct effect_span *s = &r->series.span;
  const bool none = !strcmp(model, "none"), named = !none && strcmp(model, "auto") && strcmp(model, "five");
  if (none && (cli_repeat_count(c, "regress") || cli_text(c, "outliers") || strcmp(cli_text(c, "transform"), "mode")))
    return bad_option("--model", "a model: --regress, --outliers and --transform need one", e);
  if (none) return E_OK;
  if (ahead < -1 || ahead > AHEAD_MOST) return bad_option("--ahead", "0 to 120", e);
  r->spec.with_model = true;
  r->spec.logs = r->spec.x11.mode != X11_ADDITIVE;
  r->spec.ahead = s->ahead = ahead < 0 ? AHEAD_DEFAULT_YEARS * s->period : (int)ahead;
  r->spec.order = choice_airline(s->period);
  if (named) TRY(arima_order_parse(model, s->period, &r->spec.order, e));
  for (int i = 0; i < cli_repeat_count(c, "regress"); i++) {
    const char *word = cli_repeat(c, "regress", i);
    if (!strcmp(word, "auto")) r->choices.calendar_asked = true;
    else TRY(add_word(c, r, word, e));
  }
  TRY(choose_scale(c, r, e));
  TRY(choose_days(c, r, e));
  TRY(choose_order(c, r, model, e));
  r->spec.effects = r->effects.effect;
  r->spec.n_effects = r->effects.n;
  return E_OK;
}

/* --- what was tried --- */
static const char *flaw_word(struct cli *c, enum choice_flaw f) {
  static const char *const words[][2] = {{"", ""}, {"cannot be estimated", "推定できない"}, {"keeps a unit root", "単位根が残る"},
      {"forecast error above 15 %", "予測誤差が15%超"}, {"residuals correlated (p below 5 %)", "残差に自己相関（p 5%未満）"},
      {"overdifferenced", "階差の取り過ぎ"}};
  return cli_say(c, words[f][0], words[f][1]);
}
static void candidates_text(struct cli *c, const struct choice *k, bool five) {
  FILE *o = cli_out(c);
  for (int i = 0; i < k->n; i++) {
    const struct choice_candidate *x = &k->candidate[i];
    fprintf(o, "  %c %-18s", i == k->taken ? '*' : ' ', x->name);
    if (x->flaw == CHOICE_NOT_ESTIMATED) {
      fprintf(o, " %s\n", flaw_word(c, x->flaw));
      continue;
    }
    fprintf(o, cli_say(c, " %2d parameters, log likelihood %11.4f, AICC %11.4f, BIC %11.4f", " 母数 %2d、対数尤度 %11.4f、AICC %11.4f、BIC %11.4f"),
        x->n_parameters, x->log_likelihood, x->aicc, x->bic);
    if (five)
      fprintf(o, cli_say(c, ", forecast error %5.2f %%, Ljung-Box p %.3f", "、予測誤差 %5.2f%%、Ljung-Box p %.3f"), x->forecast_error, x->ljung_box);
    fprintf(o, "%s%s\n", x->flaw ? "  " : "", flaw_word(c, x->flaw));
  }
}
static void steps_text(struct cli *c, const struct seasonal_choices *k) {
  FILE *o = cli_out(c);
  fprintf(o, "%s\n", cli_say(c, "model chosen from the data. Differences: a root above 0.96 (later 0.88) of a fitted model is one",
                 "モデルの選択。階差：推定したモデルの根が 0.96（2回目以降 0.88）を超えれば1回の階差"));
  for (int i = 0; i < k->steps.n; i++)
    fprintf(o, cli_say(c, "    %-16s root %.3f, seasonal %.3f: d = %d, D = %d\n", "    %-16s 根 %.3f、季節 %.3f：d = %d、D = %d\n"), k->steps.step[i].model,
        k->steps.step[i].ar, k->steps.step[i].seasonal_ar, k->steps.step[i].d, k->steps.step[i].sd);
  fprintf(o, "%s\n", cli_say(c, "  orders: the smallest BIC (the constant of the differences counts as a parameter in all)",
                 "  次数：BIC が最小のもの（階差の定数はどのモデルでも母数に数える）"));
  candidates_text(c, &k->model, false);
  fprintf(o, cli_say(c, "  constant of the differences: t %.2f, %s (limit 1.96)\n", "  階差の定数：t %.2f、%s（限界 1.96）\n"), k->constant_t,
      k->constant ? cli_say(c, "kept", "採用") : cli_say(c, "left out", "不採用"));
}
void seasonal_choices_text(struct cli *c, const struct seasonal_report *r) {
  const struct seasonal_choices *k = &r->choices;
  FILE *o = cli_out(c);
  if (k->logs_asked) {
    fprintf(o, "%s\n", cli_say(c, "scale chosen by AICC on the scale of the values: logarithms unless the values' is lower by more than 2",
                   "尺度の選択（原数値の尺度での AICC）：原数値が2を超えて小さいときを除き対数"));
    candidates_text(c, &k->logs, false);
    if (k->logs.n < 2) fprintf(o, "%s\n", cli_say(c, "    a value is 0 or below: no logarithms", "    0 以下の値があるため対数は使えない"));
  }
  if (k->calendar_asked) {
    fprintf(o, "%s\n", cli_say(c, "days of the calendar: the smallest AICC", "暦の変数：AICC が最小のもの"));
    candidates_text(c, &k->calendar, false);
  }
  if (k->five_asked) {
    fprintf(o, "%s\n", cli_say(c, "model of five: the smallest forecast error of those without a flaw (AICC of different differences do not compare)",
                   "5つのモデル：欠点のないもののうち予測誤差が最小（階差の異なる AICC は比べられない）"));
    candidates_text(c, &k->model, true);
    if (k->model.candidate[k->model.taken].flaw)
      fprintf(o, "%s\n", cli_say(c, "  NONE is without a flaw: the smallest forecast error was taken", "  欠点のないものがない：予測誤差が最小のものを使った"));
  }
  if (k->model_asked) steps_text(c, k);
}
static void candidates_json(struct json_out *j, const char *key, const struct choice *k, bool five) {
  static const char *const flaws[] = {"", "not estimated", "unit root", "forecast error", "residuals", "overdifferenced"};
  json_key(j, key);
  json_array(j);
  for (int i = 0; i < k->n; i++) {
    const struct choice_candidate *x = &k->candidate[i];
    json_object(j);
    json_put(j, "name", x->name);
    json_key(j, "taken");
    json_bool(j, i == k->taken);
    if (x->flaw) json_put(j, "flaw", flaws[x->flaw]);
    if (x->flaw != CHOICE_NOT_ESTIMATED) {
      json_put_int(j, "parameters", x->n_parameters);
      json_key(j, "log_likelihood"), json_real(j, x->log_likelihood);
      if (isfinite(x->aicc)) json_key(j, "aicc"), json_real(j, x->aicc);
      json_key(j, "bic"), json_real(j, x->bic);
      if (five && isfinite(x->forecast_error)) json_key(j, "forecast_error"), json_real(j, x->forecast_error);
      if (five && isfinite(x->ljung_box)) json_key(j, "ljung_box"), json_real(j, x->ljung_box);
    }
    json_end_object(j);
  }
  json_end_array(j);
}
void seasonal_choices_json(const struct seasonal_report *r, struct json_out *j) {
  const struct seasonal_choices *k = &r->choices;
  if (k->logs_asked) candidates_json(j, "transform_candidates", &k->logs, false);
  if (k->calendar_asked) candidates_json(j, "calendar_candidates", &k->calendar, false);
  if (k->five_asked || k->model_asked) candidates_json(j, "model_candidates", &k->model, k->five_asked);
  if (k->model_asked) json_key(j, "constant_t"), json_real(j, k->constant_t);
}
