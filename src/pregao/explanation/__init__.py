"""What a forecast depends on, by feature and by lag."""

from pregao.explanation._explanation import Explanation as Explanation
from pregao.explanation._integrated_gradients import Attributed as Attributed
from pregao.explanation._integrated_gradients import Share as Share
from pregao.explanation._integrated_gradients import grouped_by_lag as grouped_by_lag
from pregao.explanation._narrative import name_of_quantity as name_of_quantity
from pregao.explanation._permutation import Importance as Importance
from pregao.explanation._permutation import Importances as Importances
from pregao.explanation._permutation import evenly_chosen as evenly_chosen
from pregao.explanation._permutation import permutation_importance as permutation_importance
