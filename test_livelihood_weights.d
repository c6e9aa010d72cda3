test_livelihood_weights.o: tests/unit/test_livelihood_weights.c \
  base/rng.h estimators/variance/survey_variance.h \
  estimators/variance/survey.h estimators/variance/pps.h base/err.h \
  base/messages.def base/messages/base.def base/messages/forms.def \
  base/messages/store.def base/messages/keys.def \
  base/messages/rights.def base/messages/disposal.def \
  base/messages/use.def base/messages/output.def \
  base/messages/microdata.def base/messages/isolation.def \
  base/messages/compliance.def base/messages/witness.def \
  base/messages/oversight.def base/messages/extract.def \
  base/messages/collector.def base/messages/batches.def \
  base/messages/processing.def base/messages/jobs.def \
  base/messages/child_job.def base/messages/correct.def \
  base/messages/outlier.def base/messages/models.def \
  base/messages/model_steps.def base/messages/donor.def \
  base/messages/rules.def base/messages/localise.def \
  base/messages/mixed_step.def base/messages/more_steps.def \
  base/messages/metrics.def base/messages/estimators.def \
  base/messages/result_tables.def base/messages/survey_plan.def \
  base/messages/figures.def base/messages/selection.def \
  base/messages/weights.def base/messages/replicates.def \
  base/messages/imputed.def base/messages/seasonal.def \
  base/messages/vital.def base/messages/facility.def \
  base/messages/mls.def base/messages/household.def \
  base/messages/relations.def base/messages/sdc.def \
  base/messages/front.def estimators/variance/pps_stages.h base/job.h \
  base/arena.h estimators/design/sample_design.h \
  estimators/variance/response.h estimators/weight/auxiliary.h \
  estimators/variance/taylor.h estimators/variance/two_phase.h \
  tests/unit/livelihood_fixture.h base/table.h base/str.h \
  estimators/design/column_read.h base/ext_csv.h \
  estimators/design/columns.h estimators/livelihood/livelihood_tables.h \
  estimators/livelihood/livelihood_income.h \
  estimators/livelihood/livelihood_plan.h \
  estimators/livelihood/livelihood_records.h \
  estimators/livelihood/livelihood_shares.h \
  estimators/livelihood/livelihood_measures.h \
  estimators/livelihood/livelihood_sorted.h \
  estimators/livelihood/livelihood_weights.h \
  estimators/variance/replicate_adjust.h \
  estimators/estimate/inequality.h estimators/estimate/quantile.h \
  estimators/variance/replicate_engine.h estimators/estimate/statistic.h \
  estimators/variance/replicate.h estimators/variance/hadamard.h \
  estimators/weight/calibrate.h estimators/table/result_table.h \
  base/json_out.h

base/rng.h:

estimators/variance/survey_variance.h:

estimators/variance/survey.h:

estimators/variance/pps.h:

base/err.h:

base/messages.def:

base/messages/base.def:

base/messages/forms.def:

base/messages/store.def:

base/messages/keys.def:

base/messages/rights.def:

base/messages/disposal.def:

base/messages/use.def:

base/messages/output.def:

base/messages/microdata.def:

base/messages/isolation.def:

base/messages/compliance.def:

base/messages/witness.def:

base/messages/oversight.def:

base/messages/extract.def:

base/messages/collector.def:

base/messages/batches.def:

base/messages/processing.def:

base/messages/jobs.def:

base/messages/child_job.def:

base/messages/correct.def:

base/messages/outlier.def:

base/messages/models.def:

base/messages/model_steps.def:

base/messages/donor.def:

base/messages/rules.def:

base/messages/localise.def:

base/messages/mixed_step.def:

base/messages/more_steps.def:

base/messages/metrics.def:

base/messages/estimators.def:

base/messages/result_tables.def:

base/messages/survey_plan.def:

base/messages/figures.def:

base/messages/selection.def:

base/messages/weights.def:

base/messages/replicates.def:

base/messages/imputed.def:

base/messages/seasonal.def:

base/messages/vital.def:

base/messages/facility.def:

base/messages/mls.def:

base/messages/household.def:

base/messages/relations.def:

base/messages/sdc.def:

base/messages/front.def:

estimators/variance/pps_stages.h:

base/job.h:

base/arena.h:

estimators/design/sample_design.h:

estimators/variance/response.h:

estimators/weight/auxiliary.h:

estimators/variance/taylor.h:

estimators/variance/two_phase.h:

tests/unit/livelihood_fixture.h:

base/table.h:

base/str.h:

estimators/design/column_read.h:

base/ext_csv.h:

estimators/design/columns.h:

estimators/livelihood/livelihood_tables.h:

estimators/livelihood/livelihood_income.h:

estimators/livelihood/livelihood_plan.h:

estimators/livelihood/livelihood_records.h:

estimators/livelihood/livelihood_shares.h:

estimators/livelihood/livelihood_measures.h:

estimators/livelihood/livelihood_sorted.h:

estimators/livelihood/livelihood_weights.h:

estimators/variance/replicate_adjust.h:

estimators/estimate/inequality.h:

estimators/estimate/quantile.h:

estimators/variance/replicate_engine.h:

estimators/estimate/statistic.h:

estimators/variance/replicate.h:

estimators/variance/hadamard.h:

estimators/weight/calibrate.h:

estimators/table/result_table.h:

base/json_out.h:
