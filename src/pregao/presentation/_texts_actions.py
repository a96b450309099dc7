"""What people read in the figure of actions, in both languages."""

from typing import Final

from pregao.presentation._texts import Language

_EN: Final = {
    "f1_of": "F1 {action}",
    "abstains": "The thresholds abstain: on validation nothing that would have been bought or "
    "sold earned its costs beyond luck. The decision is not to trade.",
    "accuracy": "{share} right; always {action}: {majority}",
    "accuracy_score": "Accuracy",
    "actions": "Actions: what was right, and what was said",
    "actions_note": "Above, each row is what would have been right, in shares of the row and in "
    "windows: what lies off the diagonal was wrong. Below, each point is a tenth of the windows: "
    "on the dotted line an action comes as often as it was given chances. Thresholds are tuned on "
    "validation for what trading costs; everything shown is of the test part.",
    "always": "Always {action}",
    "as_calibrated": "calibrated",
    "as_said": "as said",
    "at_thresholds": "At thresholds:<br>{buy}, {sell}",
    "balanced_accuracy": "Balanced accuracy",
    "buy": "buy",
    "by_rule": "Its labels follow from the inputs by rule: to learn them is to learn nothing of "
    "the future.",
    "came": "share of windows in which it was right",
    "chance": "probability of {action}",
    "decisions": "What to do with it?",
    "hold": "hold",
    "likeliest": "The likeliest action",
    "macro_f1": "Macro F1",
    "mcc": "MCC",
    "never": "{action} never",
    "reached": "{action} from {share}",
    "right": "right",
    "said": "said",
    "scores_note": "Scores on the test part beside always saying the commonest action. MCC is 0 "
    "for chance and for always the same.",
    "sell": "sell",
    "source_head": "Actions are what the network was taught beside its forecast: buy, hold or "
    "sell.",
    "source_quantiles": "Nobody taught this forecaster actions: they follow from its ranges.",
    "windows": "{count} windows",
    "with_thresholds": "Decided by the thresholds",
}

_PT: Final = {
    "f1_of": "F1 {action}",
    "abstains": "Os limiares se abstêm: na validação, nada do que se teria comprado ou vendido "
    "pagou os seus custos além da sorte. A decisão é não negociar.",
    "accuracy": "{share} certas; sempre {action}: {majority}",
    "accuracy_score": "Acurácia",
    "actions": "Ações: o que era certo e o que foi dito",
    "actions_note": "Acima, cada linha é o que teria sido certo, em frações da linha e em janelas: "
    "o que está fora da diagonal foi erro. Abaixo, cada ponto é um décimo das janelas: sobre a "
    "linha pontilhada, uma ação acontece tantas vezes quanto lhe foi dada chance. Os limiares são "
    "ajustados na validação ao custo de negociar; tudo o que se mostra é da parte de teste.",
    "always": "Sempre {action}",
    "as_calibrated": "calibrada",
    "as_said": "como dita",
    "at_thresholds": "Com limiares:<br>{buy}, {sell}",
    "balanced_accuracy": "Acurácia balanceada",
    "buy": "comprar",
    "by_rule": "Os rótulos seguem das entradas por regra: aprendê-los não é aprender nada do "
    "futuro.",
    "came": "fração das janelas em que era certo",
    "chance": "probabilidade de {action}",
    "decisions": "O que fazer com isso?",
    "hold": "manter",
    "likeliest": "A ação mais provável",
    "macro_f1": "F1 macro",
    "mcc": "MCC",
    "never": "nunca {action}",
    "reached": "{action} desde {share}",
    "right": "certo",
    "said": "dito",
    "scores_note": "Notas na parte de teste, ao lado de dizer sempre a ação mais comum. MCC é 0 "
    "para o acaso e para sempre o mesmo.",
    "sell": "vender",
    "source_head": "As ações são o que se ensinou à rede além da previsão: comprar, manter ou "
    "vender.",
    "source_quantiles": "Ninguém ensinou ações a esta previsão: elas seguem das suas faixas.",
    "windows": "{count} janelas",
    "with_thresholds": "Decidido pelos limiares",
}

TEXTS_ACTIONS: Final[dict[Language, dict[str, str]]] = {"en": _EN, "pt": _PT}
