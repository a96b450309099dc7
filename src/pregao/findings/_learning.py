"""Kinds of findings about training, and about symbols and networks left out of it."""

from pregao.findings._kind import FindingKind
from pregao.values import Text

LEARNING = (
    FindingKind(
        code="LRN001",
        severity="info",
        title=Text(en="overfit", pt_br="sobreajuste"),
        meaning=Text(
            en="After the best epoch the training loss fell while the validation loss rose.",
            pt_br="Depois da melhor época a perda de treino caiu e a de validação subiu.",
        ),
        advice=Text(
            en="nothing to do, the best epoch was kept; more dropout or fewer weights delay "
            "overfitting",
            pt_br="nada a fazer, a melhor época foi mantida; mais dropout ou menos pesos "
            "adiam o sobreajuste",
        ),
    ),
    FindingKind(
        code="LRN002",
        severity="info",
        title=Text(en="nothing learned", pt_br="nada aprendido"),
        meaning=Text(
            en="No epoch was better on validation than the untrained network.",
            pt_br="Nenhuma época foi melhor na validação que a rede sem treino.",
        ),
        advice=Text(
            en="the forecast is that of the anchor, if there is one; a lower learning rate, "
            "more symbols or more dropout may help",
            pt_br="a previsão é a da âncora, se houver uma; uma taxa de aprendizado menor, "
            "mais ativos ou mais dropout podem ajudar",
        ),
    ),
    FindingKind(
        code="LRN003",
        severity="warning",
        title=Text(en="diverged", pt_br="divergência"),
        meaning=Text(
            en="The loss stopped being a finite number, and training ended there.",
            pt_br="A perda deixou de ser um número finito, e o treino terminou ali.",
        ),
        advice=Text(en="lower the learning rate", pt_br="diminua a taxa de aprendizado"),
    ),
    FindingKind(
        code="LRN005",
        severity="warning",
        title=Text(en="symbol not in training", pt_br="ativo fora do treino"),
        meaning=Text(
            en="The training of the network had no window of this symbol.",
            pt_br="O treino da rede não teve nenhuma janela deste ativo.",
        ),
        advice=Text(
            en="interpret its forecasts with care, or train a network on the symbol",
            pt_br="interprete essas previsões com cautela, ou treine uma rede com o ativo",
        ),
    ),
    FindingKind(
        code="LRN006",
        severity="info",
        title=Text(en="network left out", pt_br="rede excluída"),
        meaning=Text(
            en="A network of the catalogue cannot be built with this lookback and these features.",
            pt_br="Uma rede do catálogo não pode ser construída com esta janela e estes atributos.",
        ),
        advice=Text(
            en="nothing to do; the other networks are unaffected",
            pt_br="nada a fazer; as outras redes não são afetadas",
        ),
    ),
    FindingKind(
        code="LRN007",
        severity="warning",
        title=Text(en="symbol left out", pt_br="ativo excluído"),
        meaning=Text(
            en="One of several symbols could not be used and is not part of the result.",
            pt_br="Um de vários ativos não pôde ser usado e não faz parte do resultado.",
        ),
        advice=Text(
            en="correct the cause and run again; the result holds the other symbols",
            pt_br="corrija a causa e rode de novo; o resultado contém os outros ativos",
        ),
    ),
    FindingKind(
        code="LRN008",
        severity="warning",
        title=Text(en="no trained trial", pt_br="nenhuma tentativa treinada"),
        meaning=Text(
            en="A search has no trained trial of a network.",
            pt_br="Uma busca não tem nenhuma tentativa treinada de uma rede.",
        ),
        advice=Text(
            en="allow more seconds, or change the search space",
            pt_br="dê mais segundos, ou mude o espaço de busca",
        ),
    ),
    FindingKind(
        code="LRN009",
        severity="info",
        title=Text(en="search not finished", pt_br="busca inacabada"),
        meaning=Text(
            en="The time given to a search ended before all its trials were decided.",
            pt_br="O tempo dado a uma busca acabou antes que todas as tentativas fossem decididas.",
        ),
        advice=Text(
            en="'pregao search --resume' with its id continues it",
            pt_br="'pregao search --resume' com o id dela continua",
        ),
    ),
    FindingKind(
        code="LRN010",
        severity="warning",
        title=Text(en="GJR-GARCH not fitted", pt_br="GJR-GARCH sem ajuste"),
        meaning=Text(
            en="The parameters of the volatility baseline could not be estimated for a "
            "symbol, and typical ones are used.",
            pt_br="Não foi possível estimar os parâmetros da referência de volatilidade "
            "para um ativo; usam-se os típicos.",
        ),
        advice=Text(
            en="give a longer history, so that the parameters can be estimated",
            pt_br="dê um histórico mais longo, para que os parâmetros possam ser estimados",
        ),
    ),
    FindingKind(
        code="LRN011",
        severity="error",
        title=Text(en="horizon mismatch", pt_br="horizonte incompatível"),
        meaning=Text(
            en="The requested horizon is not the one that the run was trained for.",
            pt_br="O horizonte pedido não é o do treino da execução.",
        ),
        advice=Text(
            en="train a run for the requested horizon: steps beyond the trained ones were "
            "never scored",
            pt_br="treine uma execução para o horizonte pedido: passos além dos treinados "
            "nunca foram avaliados",
        ),
    ),
)
