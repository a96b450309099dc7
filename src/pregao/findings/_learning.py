"""Kinds of findings about learning: the curve of a training, and what had no part in it."""

from pregao.findings._kind import Kind
from pregao.values import Text

LEARNING = (
    Kind(
        code="LRN001",
        severity="info",
        title=Text(en="overfit", pt_br="sobreajuste"),
        meaning=Text(
            en="From some epoch on the network learnt the training part by heart, at the cost of "
            "validation.",
            pt_br="A partir de certa época a rede decorou a parte de treino, à custa da validação.",
        ),
        advice=Text(
            en="nothing: the best epoch was kept; more dropout or fewer weights delay it",
            pt_br="nada: ficou a melhor época; mais dropout ou menos pesos adiam isso",
        ),
    ),
    Kind(
        code="LRN002",
        severity="info",
        title=Text(en="nothing learned", pt_br="nada aprendido"),
        meaning=Text(
            en="No epoch was better on validation than the untrained network.",
            pt_br="Nenhuma época foi melhor na validação que a rede sem treino.",
        ),
        advice=Text(
            en="take the forecast as the anchor's; a lower learning rate, more symbols or more "
            "dropout may help",
            pt_br="tome a previsão como a da âncora; uma taxa de aprendizado menor, mais ativos ou "
            "mais dropout podem ajudar",
        ),
    ),
    Kind(
        code="LRN003",
        severity="warning",
        title=Text(en="diverged", pt_br="divergência"),
        meaning=Text(
            en="The loss stopped being a finite number, and training ended there.",
            pt_br="A perda deixou de ser um número finito, e o treino acabou ali.",
        ),
        advice=Text(en="lower the learning rate", pt_br="diminua a taxa de aprendizado"),
    ),
    Kind(
        code="LRN005",
        severity="warning",
        title=Text(en="not trained on", pt_br="fora do treino"),
        meaning=Text(
            en="The network forecasts a symbol of which it has seen nothing in training.",
            pt_br="A rede prevê um ativo do qual nada viu no treino.",
        ),
        advice=Text(
            en="judge its forecasts with care, or train a network for it",
            pt_br="leia essas previsões com cautela, ou treine uma rede para o ativo",
        ),
    ),
    Kind(
        code="LRN006",
        severity="info",
        title=Text(en="network left out", pt_br="rede deixada de fora"),
        meaning=Text(
            en="A network of the zoo cannot be built over this lookback and these features.",
            pt_br="Uma rede do zoológico não pode ser montada com esta janela e estes atributos.",
        ),
        advice=Text(en="nothing; the others stand", pt_br="nada; as outras valem"),
    ),
    Kind(
        code="LRN007",
        severity="warning",
        title=Text(en="ticker left out", pt_br="ativo deixado de fora"),
        meaning=Text(
            en="One of many symbols could not be used, and has no part in the result.",
            pt_br="Um de muitos ativos não pôde ser usado, e não faz parte do resultado.",
        ),
        advice=Text(
            en="mend it and run again; the others stand",
            pt_br="corrija e rode de novo; os outros valem",
        ),
    ),
    Kind(
        code="LRN008",
        severity="warning",
        title=Text(en="nothing trained", pt_br="nada treinado"),
        meaning=Text(
            en="A search has not one trained trial of a network.",
            pt_br="Uma busca não tem nenhuma tentativa treinada de uma rede.",
        ),
        advice=Text(
            en="allow more seconds, or other values",
            pt_br="permita mais segundos, ou outros valores",
        ),
    ),
    Kind(
        code="LRN009",
        severity="info",
        title=Text(en="search not finished", pt_br="busca inacabada"),
        meaning=Text(
            en="The time given to a search was up before all its trials were decided.",
            pt_br="O tempo dado a uma busca acabou antes que todas as tentativas se decidissem.",
        ),
        advice=Text(
            en="'pregao search --resume' with its id goes on",
            pt_br="'pregao search --resume' com o nome dela continua",
        ),
    ),
    Kind(
        code="LRN010",
        severity="warning",
        title=Text(en="GJR-GARCH not fitted", pt_br="GJR-GARCH sem ajuste"),
        meaning=Text(
            en="The volatility baseline found no parameters for a symbol, and uses typical ones.",
            pt_br="A referência de volatilidade não achou parâmetros para um ativo, e usa os "
            "típicos.",
        ),
        advice=Text(
            en="give a longer history; typical parameters stand in",
            pt_br="dê uma história mais longa; valem parâmetros típicos no lugar",
        ),
    ),
    Kind(
        code="LRN011",
        severity="error",
        title=Text(en="horizon mismatch", pt_br="horizonte trocado"),
        meaning=Text(
            en="A run was asked for another horizon than the one it was trained for.",
            pt_br="Pediu-se a uma execução outro horizonte que não o do seu treino.",
        ),
        advice=Text(
            en="train a run for the horizon that is asked for: no step beyond the trained ones was "
            "ever scored",
            pt_br="treine uma execução para o horizonte pedido: nenhum passo além dos treinados "
            "foi avaliado",
        ),
    ),
)
