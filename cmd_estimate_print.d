cmd_estimate_print.o: estimators/command/cmd_estimate_print.c \
  estimators/command/cmd_estimate_print.h base/cli.h base/err.h \
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
  base/messages/front.def base/job.h base/arena.h \
  estimators/command/cmd_estimate_core.h estimators/design/design.h \
  base/str.h estimators/table/result_table.h base/json_out.h \
  estimators/sdc/sdc_additive.h estimators/sdc/sdc_primary.h \
  estimators/sdc/sdc_secondary.h estimators/mls/mls_guard.h \
  base/digest.h estimators/mls/mls_plan.h estimators/mls/mls_ratio.h \
  estimators/mls/mls.h estimators/mls/mls_input.h \
  estimators/mls/mls_run.h estimators/mls/mls_carry.h \
  estimators/mls/mls_variance.h estimators/mls/mls_rollup.h \
  estimators/table/table_plan.h estimators/estimate/interval.h \
  estimators/estimate/quantile.h estimators/estimate/smooth.h \
  forms/form.h base/date.h base/expr.h base/table.h \
  estimators/table/shard_rows.h estimators/mls/mls_record.h \
  secure-store/store.h base/ext_sqlite.h secure-store/store_cutoff.h \
  secure-store/cmd_store_open.h base/term.h \
  estimators/command/cmd_estimate_document.h \
  estimators/command/cmd_estimate_result.h \
  estimators/table/result_read.h estimators/table/rounding.h

estimators/command/cmd_estimate_print.h:

base/cli.h:

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

base/job.h:

base/arena.h:

estimators/command/cmd_estimate_core.h:

estimators/design/design.h:

base/str.h:

estimators/table/result_table.h:

base/json_out.h:

estimators/sdc/sdc_additive.h:

estimators/sdc/sdc_primary.h:

estimators/sdc/sdc_secondary.h:

estimators/mls/mls_guard.h:

base/digest.h:

estimators/mls/mls_plan.h:

estimators/mls/mls_ratio.h:

estimators/mls/mls.h:

estimators/mls/mls_input.h:

estimators/mls/mls_run.h:

estimators/mls/mls_carry.h:

estimators/mls/mls_variance.h:

estimators/mls/mls_rollup.h:

estimators/table/table_plan.h:

estimators/estimate/interval.h:

estimators/estimate/quantile.h:

estimators/estimate/smooth.h:

forms/form.h:

base/date.h:

base/expr.h:

base/table.h:

estimators/table/shard_rows.h:

estimators/mls/mls_record.h:

secure-store/store.h:

base/ext_sqlite.h:

secure-store/store_cutoff.h:

secure-store/cmd_store_open.h:

base/term.h:

estimators/command/cmd_estimate_document.h:

estimators/command/cmd_estimate_result.h:

estimators/table/result_read.h:

estimators/table/rounding.h:
