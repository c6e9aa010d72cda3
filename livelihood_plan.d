livelihood_plan.o: estimators/livelihood/livelihood_plan.c \
  estimators/livelihood/livelihood_plan.h base/err.h base/messages.def \
  base/messages/base.def base/messages/forms.def base/messages/store.def \
  base/messages/keys.def base/messages/rights.def \
  base/messages/disposal.def base/messages/use.def \
  base/messages/output.def base/messages/microdata.def \
  base/messages/isolation.def base/messages/compliance.def \
  base/messages/witness.def base/messages/oversight.def \
  base/messages/extract.def base/messages/collector.def \
  base/messages/batches.def base/messages/processing.def \
  base/messages/jobs.def base/messages/child_job.def \
  base/messages/correct.def base/messages/outlier.def \
  base/messages/models.def base/messages/model_steps.def \
  base/messages/donor.def base/messages/rules.def \
  base/messages/localise.def base/messages/mixed_step.def \
  base/messages/more_steps.def base/messages/metrics.def \
  base/messages/estimators.def base/messages/result_tables.def \
  base/messages/survey_plan.def base/messages/figures.def \
  base/messages/selection.def base/messages/weights.def \
  base/messages/replicates.def base/messages/imputed.def \
  base/messages/seasonal.def base/messages/vital.def \
  base/messages/facility.def base/messages/mls.def \
  base/messages/household.def base/messages/relations.def \
  base/messages/sdc.def base/messages/front.def \
  estimators/design/sample_design.h base/arena.h base/ext_json.h

estimators/livelihood/livelihood_plan.h:

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

estimators/design/sample_design.h:

base/arena.h:

base/ext_json.h:
