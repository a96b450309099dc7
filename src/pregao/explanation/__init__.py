"""What a forecast depends on, by feature and by lag."""

from pregao.explanation._explanation import Explanation as Explanation
from pregao.explanation._integrated_gradients import AttributionShare as AttributionShare
from pregao.explanation._integrated_gradients import IntegratedGradients as IntegratedGradients
from pregao.explanation._integrated_gradients import sum_by_lag_group as sum_by_lag_group
from pregao.explanation._narrative import quantity_name as quantity_name
from pregao.explanation._permutation_importance import (
    PermutationImportance as PermutationImportance,
)
from pregao.explanation._permutation_importance import (
    PermutationImportances as PermutationImportances,
)
from pregao.explanation._permutation_importance import (
    permutation_importance as permutation_importance,
)
from pregao.explanation._permutation_importance import sample_evenly as sample_evenly
