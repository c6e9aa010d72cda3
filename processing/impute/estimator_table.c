/* The twenty built-in estimators: fifteen functions and five regressions (Statistics Canada, Banff: pre-defined algorithms of the estimator
 *          procedure). */
#include "processing/impute/estimator_formula.h"

const struct est_algorithm EST_ALGORITHMS[EST_BUILT_IN] = {
    {"AUXTREND", "AT", false, "fieldid(h) * aux1 / aux1(h)"},
    {"AUXTREND2", "AT2", false, "fieldid(h) * (aux1/aux1(h) + aux2/aux2(h)) / 2"},
    {"CURAUX", "CA", false, "aux1"},
    {"CURAUXMEAN", "CAM", false, "aux1(a)"},
    {"CURMEAN", "CM", false, "fieldid(a)"},
    {"CURRATIO", "CR", false, "fieldid(a) * aux1 / aux1(a)"},
    {"CURRATIO2", "CR2", false, "fieldid(a) * (aux1/aux1(a) + aux2/aux2(a)) / 2"},
    {"CURSUM2", "SM2", false, "aux1 + aux2"},
    {"CURSUM3", "SM3", false, "aux1 + aux2 + aux3"},
    {"CURSUM4", "SM4", false, "aux1 + aux2 + aux3 + aux4"},
    {"DIFTREND", "DT", false, "fieldid(h) * fieldid(a) / fieldid(h,a)"},
    {"PREAUX", "PA", false, "aux1(h)"},
    {"PREAUXMEAN", "PAM", false, "aux1(h,a)"},
    {"PREMEAN", "PM", false, "fieldid(h,a)"},
    {"PREVALUE", "PV", false, "fieldid(h)"},
    {"CURREG", "LR1", true, "intercept, aux1"},
    {"CURREG2", "LR2", true, "intercept, aux1, aux2"},
    {"CURREG3", "LR3", true, "intercept, aux1, aux2, aux3"},
    {"CURREG_E2", "LRE", true, "intercept, aux1, aux1^2"},
    {"HISTREG", "HLR", true, "intercept, fieldid(h)"},
};
